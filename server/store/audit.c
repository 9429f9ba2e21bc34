/* See audit.h. hash = SHA-256(previous hash, then each field as its length in bytes, a colon and
 * its bytes; null is "-"), in hex; before the first record stands a hash of 64 zeros. The lengths
 * keep two different records from reading the same. Sequence numbers run from 1 without a gap. */
#include "store/audit.h"

#include <string.h>

#include "base/digest.h"
#include "base/log.h"
#include "store/statement.h"

typedef struct {
  int64_t seq, at;
  const char *kind, *subject, *object, *result, *address, *detail;
} Record;

static void record_hash(const char *previous, const Record *record, char out[DIGEST_SIZE]) {
  g_autoptr(GString) text = g_string_sized_new(1024);
  g_string_append_printf(text, "%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " ", previous,
                         record->seq, record->at);
  digest_add_field(text, record->kind);
  digest_add_field(text, record->subject);
  digest_add_field(text, record->object);
  digest_add_field(text, record->result);
  digest_add_field(text, record->address);
  digest_add_field(text, record->detail);
  digest_bytes(text->str, text->len, out);
}

bool audit_head(sqlite3 *db, AuditHead *head, GError **error) {
  g_autoptr(Statement) last = db_prepare(db,
                                         "select seq, hash from audit_record where seq ="
                                         " (select max(seq) from audit_record)",
                                         error);
  if (!last)
    return false;
  head->seq = 0;
  memset(head->hash, '0', 64);
  head->hash[64] = 0;
  int result = statement_step(last, error);
  if (result == SQLITE_ROW) {
    head->seq = column_int(last, 0);
    g_strlcpy(head->hash, column_text(last, 1), sizeof head->hash);
  }
  return result != SQLITE_ERROR;
}

bool audit_add(sqlite3 *db, const AuditEntry *entry, int64_t now_ms, GError **error) {
  AuditHead head;
  g_autoptr(Statement) insert = db_prepare(
      db,
      "insert into audit_record (seq, at, kind, subject, object, result, address, detail, hash)"
      " values (:seq, :at, :kind, :subject, :object, :result, :address, :detail, :hash)",
      error);
  if (!insert || !audit_head(db, &head, error))
    return false;
  char *detail =
      entry->detail ? json_dumps(entry->detail, JSON_COMPACT | JSON_SORT_KEYS) : strdup("{}");
  g_assert(detail);
  Record record = {head.seq + 1,  now_ms,        entry->kind,    entry->subject,
                   entry->object, entry->result, entry->address, detail};
  char hash[DIGEST_SIZE];
  record_hash(head.hash, &record, hash);
  statement_int(insert, ":seq", record.seq);
  statement_int(insert, ":at", record.at);
  statement_text(insert, ":kind", record.kind);
  statement_text(insert, ":subject", record.subject);
  statement_text(insert, ":object", record.object);
  statement_text(insert, ":result", record.result);
  statement_text(insert, ":address", record.address);
  statement_text(insert, ":detail", record.detail);
  statement_text(insert, ":hash", hash);
  bool fine = statement_run(insert, error);
  free(detail);
  return fine;
}

bool audit_note(sqlite3 *db, const char *kind, const Actor *by, const char *object, json_t *detail,
                int64_t now_ms, GError **error) {
  AuditEntry entry = {kind, by ? by->person : NULL, object, "ok", by ? by->address : NULL, detail};
  bool fine = audit_add(db, &entry, now_ms, error);
  json_decref(detail);
  return fine;
}

typedef struct {
  char *kind, *subject, *object, *result, *address;
  json_t *detail;
  int64_t now_ms;
  void (*then)(void *user, const GError *error); /* or NULL */
  void *user;
} Queued;

static bool queued_work(sqlite3 *db, void *data, GError **error) {
  const Queued *queued = data;
  AuditEntry entry = {queued->kind,   queued->subject, queued->object,
                      queued->result, queued->address, queued->detail};
  return audit_add(db, &entry, queued->now_ms, error);
}

static void queued_done(void *data, const GError *error) {
  Queued *queued = data;
  if (error)
    log_error("audit", "lost", "kind=%s reason=%s", log_q(queued->kind), log_q(error->message));
  if (queued->then)
    queued->then(queued->user, error);
  g_free(queued->kind);
  g_free(queued->subject);
  g_free(queued->object);
  g_free(queued->result);
  g_free(queued->address);
  json_decref(queued->detail);
  g_free(queued);
}

void audit_queue(Store *store, const AuditEntry *entry, int64_t now_ms) {
  audit_queue_then(store, entry, now_ms, NULL, NULL);
}

void audit_queue_then(Store *store, const AuditEntry *entry, int64_t now_ms,
                      void (*then)(void *user, const GError *error), void *user) {
  Queued *queued = g_new0(Queued, 1);
  queued->kind = g_strdup(entry->kind);
  queued->subject = g_strdup(entry->subject);
  queued->object = g_strdup(entry->object);
  queued->result = g_strdup(entry->result);
  queued->address = g_strdup(entry->address);
  queued->detail = json_deep_copy(entry->detail);
  queued->now_ms = now_ms;
  queued->then = then;
  queued->user = user;
  store_write_kept(store, queued_work, queued_done, queued);
}

static bool broken(int64_t seq, const char *why, GError **error) {
  g_set_error(error, STORE_ERROR, STORE_ERROR_INVALID, "audit record %" G_GINT64_FORMAT ": %s", seq,
              why);
  return false;
}

bool audit_verify(sqlite3 *db, const AuditHead *known, AuditHead *head, GError **error) {
  g_autoptr(Statement) rows =
      db_prepare(db,
                 "select seq, at, kind, subject, object, result, address, detail, hash"
                 " from audit_record order by seq",
                 error);
  if (!rows)
    return false;
  AuditHead at = {.seq = 0};
  memset(at.hash, '0', 64);
  bool seen = !known || known->seq == 0;
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW) {
    Record record = {column_int(rows, 0),  column_int(rows, 1),  column_text(rows, 2),
                     column_text(rows, 3), column_text(rows, 4), column_text(rows, 5),
                     column_text(rows, 6), column_text(rows, 7)};
    if (record.seq != at.seq + 1)
      return broken(at.seq + 1, "is missing", error);
    char hash[DIGEST_SIZE];
    record_hash(at.hash, &record, hash);
    if (g_strcmp0(hash, column_text(rows, 8)) != 0)
      return broken(record.seq, "was changed, or one before it", error);
    at.seq = record.seq;
    g_strlcpy(at.hash, hash, sizeof at.hash);
    if (known && known->seq == at.seq) {
      if (strcmp(known->hash, hash) != 0)
        return broken(at.seq, "is not the one that was noted", error);
      seen = true;
    }
  }
  if (result == SQLITE_ERROR)
    return false;
  if (!seen)
    return broken(known->seq, "was noted but is missing: the record was cut short", error);
  if (head)
    *head = at;
  return true;
}
