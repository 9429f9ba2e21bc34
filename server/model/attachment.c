#include "model/attachment.h"

#include <string.h>

#include "base/id.h"
#include "model/behalf.h"
#include "model/read.h"
#include "store/database.h"
#include "store/statement.h"

/* ---- sent ---- */

bool attachment_has_room(sqlite3 *db, const char *person, uint64_t bytes, int64_t now_ms,
                         GError **error) {
  g_autoptr(Statement) row = db_prepare(db,
                                        "select coalesce(sum(size), 0) from attachment where"
                                        " created_by = :person and expires_at > :now",
                                        error);
  if (!row)
    return false;
  statement_text(row, ":person", person);
  statement_int(row, ":now", now_ms);
  return statement_one(row, "", error) &&
         (uint64_t)column_int(row, 0) + bytes <= ATTACHMENT_WAITING_BYTES_MOST;
}

bool attachment_put(sqlite3 *db, const char *data_dir, const BlobFacts *facts, const char *name,
                    const char *person, int64_t now_ms, char *id, GError **error) {
  if (!blob_is_there(data_dir, facts->sha256, facts->size)) {
    g_set_error(error, STORE_ERROR, STORE_ERROR_CONFLICT, "the file took too long");
    return false;
  }
  g_autofree char *shown = file_kind_name(facts->kind, name);
  g_autoptr(Statement) insert = db_prepare(
      db,
      "insert into attachment (id, name, mime, size, sha256, created_by, created_at, expires_at)"
      " values (:id, :name, :mime, :size, :sha256, :person, :now, :expires)",
      error);
  if (!insert)
    return false;
  id_random(id, ID_CHARS);
  statement_text(insert, ":id", id);
  statement_text(insert, ":name", shown);
  statement_text(insert, ":mime", facts->kind->mime);
  statement_int(insert, ":size", (int64_t)facts->size);
  statement_text(insert, ":sha256", facts->sha256);
  statement_text(insert, ":person", person);
  statement_int(insert, ":now", now_ms);
  statement_int(insert, ":expires", now_ms + ATTACHMENT_WAITS_MS);
  return statement_run(insert, error);
}

/* ---- taken ---- */

/* Null is none. */
static const char *ids_asked(const Call *call, const Field *field) {
  const char *ids = values_find(&call->asked, field->name)->text;
  return ids ? ids : "[]";
}

/* The same values for each of the statements below, as far as it has them. */
static Statement *about(Call *call, const Field *field, const char *sql) {
  Statement *statement = db_prepare(call->db, sql, &call->error);
  if (!statement)
    return NULL;
  statement_text(statement, ":kind", call->info->subject->name);
  statement_text(statement, ":owner", call->id);
  if (strstr(sql, ":field"))
    statement_text(statement, ":field", field->name);
  if (strstr(sql, ":ids"))
    statement_text(statement, ":ids", ids_asked(call, field));
  if (strstr(sql, ":now"))
    statement_int(statement, ":now", call->now_ms);
  if (strstr(sql, ":me"))
    statement_text(statement, ":me", behalf_doer(call));
  return statement;
}

#define OWN " owner_kind = :kind and owner_id = :owner and field = :field and removed_at is null"
#define WAITS " owner_kind is null and created_by = :me and expires_at > :now"
#define NAMED " id in (select value from json_each(:ids))"

/* Each is one of the field's already, or waits for a record of the actor's. */
static bool are_his(Call *call, const Field *field) {
  g_autoptr(Statement) row = about(call, field,
                                   "select count(*) = json_array_length(:ids) from attachment"
                                   " where" NAMED " and (" OWN " or" WAITS ")");
  if (!row || !statement_one(row, "", &call->error))
    return false;
  return column_int(row, 0) || problem_add(&call->problem, field->name, "reference", NULL);
}

static bool fits(Call *call, const Field *field) {
  g_autoptr(Statement) row = about(call, field,
                                   "select coalesce(sum(size), 0) from attachment where"
                                   " owner_kind = :kind and owner_id = :owner"
                                   " and removed_at is null");
  if (!row || !statement_one(row, "", &call->error))
    return false;
  return column_int(row, 0) <= ATTACHMENT_RECORD_BYTES_MOST ||
         problem_add(&call->problem, field->name, "large",
                     json_pack("{s:I}", "most", (json_int_t)ATTACHMENT_RECORD_BYTES_MOST));
}

static bool run(Call *call, const Field *field, const char *sql) {
  g_autoptr(Statement) statement = about(call, field, sql);
  return statement && statement_run(statement, &call->error);
}

static bool adopt(Call *call, const Field *field) {
  return are_his(call, field) &&
         run(call, field, "update attachment set removed_at = :now where" OWN " and not" NAMED) &&
         run(call, field,
             "update attachment set owner_kind = :kind, owner_id = :owner, field = :field,"
             " adopted_at = :now, expires_at = null where" NAMED " and" WAITS) &&
         fits(call, field);
}

bool attachments_adopt(Call *call) {
  for (const Field *field = call->info->subject->fields; field->name; field++) {
    const Value *asked = field->type == F_FILES ? values_find(&call->asked, field->name) : NULL;
    if (asked && !adopt(call, field))
      return false;
  }
  return true;
}

/* ---- fetched ---- */

void attachment_clear(Attachment *attachment) {
  g_free(attachment->name);
  g_free(attachment->sha256);
  g_free(attachment->mime);
  g_free(attachment->kind);
  g_free(attachment->owner);
  g_free(attachment->field);
  g_free(attachment->sender);
}

static bool find(Call *call, const char *id, Attachment *found) {
  g_autoptr(Statement) row = db_prepare(
      call->db,
      "select name, sha256, mime, owner_kind, owner_id, field, created_by from attachment"
      " where id = :id and removed_at is null and coalesce(expires_at > :now, 1)",
      &call->error);
  if (!row)
    return false;
  statement_text(row, ":id", id);
  statement_int(row, ":now", call->now_ms);
  int result = statement_step(row, &call->error);
  if (result == SQLITE_DONE)
    return problem_set(&call->problem, PROBLEM_NOT_FOUND);
  if (result != SQLITE_ROW)
    return false;
  *found = (Attachment){g_strdup(column_text(row, 0)), g_strdup(column_text(row, 1)),
                        g_strdup(column_text(row, 2)), g_strdup(column_text(row, 3)),
                        g_strdup(column_text(row, 4)), g_strdup(column_text(row, 5)),
                        g_strdup(column_text(row, 6))};
  return true;
}

/* Whoever may see the field on the record; and who sees a field may read its record. */
static bool may_see(Call *call, const Attachment *found) {
  call->info = model_find(call->model, found->kind);
  const Field *field = call->info ? field_find(call->info->subject->fields, found->field) : NULL;
  if (!field || field->type != F_FILES)
    return problem_set(&call->problem, PROBLEM_NOT_FOUND);
  call_row(call, found->owner);
  call_begin(call);
  return read_row(call, "read") && (!field->see || read_row(call, field->see));
}

bool attachment_may(Call *call, const char *id, Attachment *attachment) {
  if (!find(call, id, attachment))
    return false;
  if (attachment->kind)
    return may_see(call, attachment);
  return strcmp(attachment->sender, call->actor.person) == 0 ||
         problem_set(&call->problem, PROBLEM_NOT_FOUND);
}

bool attachments_purge(sqlite3 *db, int64_t now_ms, GError **error) {
  g_autoptr(Statement) purge = db_prepare(
      db, "delete from attachment where expires_at <= :now or removed_at <= :now - :kept", error);
  if (!purge)
    return false;
  statement_int(purge, ":now", now_ms);
  statement_int(purge, ":kept", ATTACHMENT_REMOVED_MS);
  return statement_run(purge, error);
}
