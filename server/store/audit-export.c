#include "store/audit-export.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "store/audit-heads.h"
#include "store/statement.h"

METRIC(metric_exported, METRIC_COUNTER, "yishi_audit_heads_total",
       "Audit heads that were exported");
METRIC(metric_failed, METRIC_COUNTER, "yishi_audit_heads_failed_total",
       "Audit heads that could not be exported");

/* Held by its owner, by what was asked of the store, and by the thread that writes. */
struct AuditExport {
  gint refs, busy; /* atomic */
  Store *store;
  AuditKey *key;
  char *path;
  bool checked; /* the reader's */
  bool freed;   /* main thread */
  AuditHead head, last;
  bool lost; /* the last line is not in the chain */
};

static AuditExport *export_ref(AuditExport *export) {
  g_atomic_int_inc(&export->refs);
  return export;
}

static void export_unref(AuditExport *export) {
  if (!g_atomic_int_dec_and_test(&export->refs))
    return;
  audit_key_free(export->key);
  g_free(export->path);
  g_free(export);
}

AuditExport *audit_export_new(const Config *config, Store *store, GError **error) {
  AuditKey *key = audit_key_own(config->data_dir, error);
  if (!key)
    return NULL;
  AuditExport *export = g_new0(AuditExport, 1);
  export->refs = 1;
  export->store = store;
  export->key = key;
  export->path = audit_heads_path(config);
  metric_register(&metric_exported);
  metric_register(&metric_failed);
  return export;
}

void audit_export_free(AuditExport *export) {
  if (!export)
    return;
  export->freed = true;
  export_unref(export);
}

/* Is the last line's head still in the chain? */
static bool check_last(sqlite3 *db, AuditExport *export, GError **error) {
  g_autoptr(GError) unread = NULL;
  export->checked = true;
  if (!audit_heads_last(export->path, &export->last, &unread) || export->last.seq == 0)
    return true; /* a file that cannot be read is told when it is written to */
  g_autoptr(Statement) row =
      db_prepare(db, "select 1 from audit_record where seq = :seq and hash = :hash", error);
  if (!row)
    return false;
  statement_int(row, ":seq", export->last.seq);
  statement_text(row, ":hash", export->last.hash);
  int result = statement_step(row, error);
  export->lost = result == SQLITE_DONE;
  return result != SQLITE_ERROR;
}

static bool read_work(sqlite3 *db, void *data, GError **error) {
  AuditExport *export = data;
  return (export->checked || check_last(db, export, error)) && audit_head(db, &export->head, error);
}

static void *write_main(void *data) {
  AuditExport *export = data;
  g_autoptr(GError) error = NULL;
  bool fine =
      audit_heads_append(export->path, export->key, &export->head, "head", clock_wall_ms(), &error);
  metric_add(fine ? &metric_exported : &metric_failed, 1);
  if (fine)
    export->last = export->head;
  else
    log_error("audit", "head_not_exported", "reason=%s", log_q(error->message));
  g_atomic_int_set(&export->busy, 0);
  export_unref(export);
  return NULL;
}

static void read_done(void *data, const GError *error) {
  AuditExport *export = data;
  if (export->lost)
    log_error("audit", "head_missing",
              "seq=%" G_GINT64_FORMAT " file=%s the record was cut short or an older database put"
              " in place: see yishictl verify",
              export->last.seq, log_q(export->path));
  export->lost = false;
  if (error)
    log_error("audit", "head_not_read", "reason=%s", log_q(error->message));
  if (!error && !export->freed && export->head.seq > 0 &&
      (export->head.seq != export->last.seq || strcmp(export->head.hash, export->last.hash) != 0)) {
    g_thread_unref(g_thread_new("audit-head", write_main, export)); /* takes the reference */
    return;
  }
  g_atomic_int_set(&export->busy, 0);
  export_unref(export);
}

void audit_export_now(AuditExport *export) {
  if (!g_atomic_int_compare_and_exchange(&export->busy, 0, 1))
    return;
  store_read(export->store, read_work, read_done, export_ref(export));
}
