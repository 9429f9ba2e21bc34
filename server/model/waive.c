#include "model/waive.h"

#include <string.h>

#include "model/behalf.h"
#include "store/database.h"
#include "store/statement.h"

/* So many are named; more do not help whoever reads it. */
#define NAMED_MOST 20

static bool name_it(Call *call, const Values *row, void *data) {
  json_t *by = data, *object = json_object();
  for (unsigned i = 0; i < row->items->len; i++) {
    const Value *value = &g_array_index(row->items, Value, i);
    json_object_set_new(object, value->name, value_plain(value));
  }
  json_array_append_new(by, object);
  return json_array_size(by) < NAMED_MOST;
}

/* {by: {id, name}, reason}, or NULL: nobody set it aside, or it failed. */
static json_t *find_waiver(Call *call, const char *verb) {
  g_autoptr(Statement) row =
      db_prepare(call->db,
                 "select w.by, (select s.name from person_shown s where s.id = w.by), w.reason"
                 " from waiver w where w.subject = :subject and w.id = :id and w.verb = :verb",
                 &call->error);
  if (!row)
    return NULL;
  statement_text(row, ":subject", call->info->subject->name);
  statement_text(row, ":id", call->id);
  statement_text(row, ":verb", verb);
  if (statement_step(row, &call->error) != SQLITE_ROW)
    return NULL;
  return json_pack("{s:{s:s, s:s?}, s:s}", "by", "id", column_text(row, 0), "name",
                   column_text(row, 1), "reason", column_text(row, 2));
}

bool step_is_free(Call *call, const Step *step) {
  if (!step->blocked_by)
    return true;
  json_t *by = json_array();
  bool read = call_each(call, step->blocked_by, name_it, by) || !call->error;
  if (!read || json_array_size(by) == 0) {
    json_decref(by);
    return read;
  }
  json_t *waiver = find_waiver(call, step->verb);
  if (!waiver) {
    json_t *params = json_pack("{s:o}", "by", by);
    if (!call->error)
      return problem_say(&call->problem, 409, "blocked", params);
    json_decref(params);
    return false;
  }
  json_decref(by);
  call->detail = call->detail ? call->detail : json_object();
  json_object_set_new(call->detail, "waived", waiver);
  return true;
}

static bool is_blockable(const Subject *subject, const char *verb) {
  for (const Step *step = subject->steps; step->verb; step++)
    if (step->blocked_by && strcmp(step->verb, verb) == 0)
      return true;
  return false;
}

bool call_waive(Call *call) {
  if (!is_blockable(call->info->subject, call_text(call, ":step")))
    return problem_add(&call->problem, "step", "words", NULL);
  g_autoptr(Statement) insert =
      db_prepare(call->db,
                 "insert into waiver (subject, id, verb, at, by, reason)"
                 " values (:subject, :id, :verb, :at, :by, :reason)"
                 " on conflict (subject, id, verb) do update set at = excluded.at,"
                 " by = excluded.by, reason = excluded.reason",
                 &call->error);
  if (!insert)
    return false;
  statement_text(insert, ":subject", call->info->subject->name);
  statement_text(insert, ":id", call->id);
  statement_text(insert, ":verb", call_text(call, ":step"));
  statement_int(insert, ":at", call->now_ms);
  statement_text(insert, ":by", behalf_doer(call));
  statement_text(insert, ":reason", call_text(call, ":reason"));
  return statement_run(insert, &call->error);
}
