#include "model/undo.h"

#include <string.h>

#include "model/behalf.h"
#include "model/notice.h"
#include "model/read.h"
#include "model/right.h"
#include "store/database.h"
#include "store/statement.h"

bool undo_exists(const Subject *subject) {
  for (const Step *step = subject->steps; step && step->verb; step++)
    if (step->undo_s)
      return true;
  return false;
}

bool undo_of_many(const Subject *subject) {
  for (const Step *step = subject->steps; step && step->verb; step++)
    if (step->undo_s && (step->flags & BULK))
      return true;
  return false;
}

bool undo_has(const Info *info, unsigned roles) {
  for (const Step *step = info->subject->steps; step && step->verb; step++)
    if (step->undo_s && info_has(info, roles, info_verb(info, step->verb)))
      return true;
  return false;
}

int64_t undo_until(const Info *info, const char *verb, const char *from, int64_t at_ms) {
  const Step *step = from ? info_step(info, verb, from) : NULL;
  return step && step->undo_s ? at_ms + INT64_C(1000) * step->undo_s : 0;
}

/* ---- the old values, as if they were asked ---- */

static void put_value(Values *values, const Field *field, const json_t *value) {
  if (json_is_null(value))
    values_null(values, field->name);
  else if (json_is_boolean(value))
    values_int(values, field->name, json_is_true(value));
  else if (json_is_integer(value))
    values_int(values, field->name, json_integer_value(value));
  else if (json_is_string(value))
    values_text(values, field->name, json_string_value(value));
  else { /* a list is kept as its text */
    char *text = json_dumps(value, JSON_COMPACT);
    values_text(values, field->name, text);
    free(text);
  }
}

/* In place of what was put before, of another event perhaps; what the path says stays. */
static void put_old(Call *call, const json_t *data) {
  const char *under = route_under(call->route);
  for (const Field *field = call->info->subject->fields; field->name; field++) {
    const json_t *pair = json_object_get(data, field->name);
    if (!field->at && json_array_size(pair) == 2)
      put_value(&call->asked, field, json_array_get(pair, 0));
    else if (g_strcmp0(field->name, under) != 0)
      values_drop(&call->asked, field->name);
  }
  const json_t *shown = json_object_get(data, "published_state");
  values_text(&call->server, "shown", json_string_value(json_array_get(shown, 0)));
}

/* ---- may it be? ---- */

static bool gone(Call *call) {
  return problem_say(&call->problem, 409, "undo_gone", NULL);
}

/* Whether he would still have the right to do it: who lost it has lost this too. */
static bool may_still(const Call *call, const char *verb, const char *from) {
  return info_verbs(call->info, call->roles, call->scopes, from) >> info_verb(call->info, verb) & 1;
}

/* The last event of the row, if the actor made it and may still take it back. */
static bool read_last(Call *call, Statement *last) {
  const char *verb = column_text(last, 0), *from = column_text(last, 1);
  if (undo_until(call->info, verb, from, 0) == 0 || !may_still(call, verb, from) ||
      g_strcmp0(column_text(last, 3), behalf_doer(call)) != 0 ||
      call->now_ms > undo_until(call->info, verb, from, column_int(last, 2)))
    return gone(call);
  json_t *data = json_loads(column_text(last, 4) ? column_text(last, 4) : "{}", 0, NULL);
  call->step = info_step(call->info, verb, from);
  values_text(&call->server, "to", from);
  put_old(call, data);
  call->tell_nobody = json_is_true(json_object_get(data, TOLD_NOBODY));
  json_decref(data);
  return true;
}

bool undo_may(Call *call) {
  if (!read_row(call, "read"))
    return false;
  g_autoptr(Statement) last =
      db_prepare(call->db,
                 "select verb, from_state, at, actor, data from case_event where subject = :subject"
                 " and id = :id order by seq desc limit 1",
                 &call->error);
  if (!last)
    return false;
  statement_text(last, ":subject", call->info->subject->name);
  statement_text(last, ":id", call->id);
  int result = statement_step(last, &call->error);
  if (result == SQLITE_ERROR)
    return false;
  return result == SQLITE_ROW ? read_last(call, last) : gone(call);
}
