#include "model/bulk.h"

#include <string.h>

#include "model/change.h"
#include "model/notice.h"
#include "model/right.h"
#include "model/take.h"
#include "model/undo.h"
#include "store/statement.h"

static const Field ids_field[] = {IDS("ids", 1, BULK_MOST), END};

char *bulk_path(const Info *info, const char *path) {
  g_autofree char *mark = g_strdup_printf("{%s}", info->subject->name);
  g_auto(GStrv) parts = g_strsplit(path, mark, -1);
  return g_strjoinv("-", parts);
}

/* The step of that verb, in whichever state; NULL: an act or an edit. */
static const Step *any_step(const Call *call) {
  for (const Step *step = call->info->subject->steps; step && step->verb; step++)
    if (call->route->kind == R_STEPS && *step->from && step->verb == call->verb)
      return step;
  return NULL;
}

static bool is_undo(const Call *call) {
  return call->route->kind == R_STEPS && strcmp(call->verb, UNDO_VERB) == 0;
}

bool bulk_may(Call *call) {
  return (is_undo(call) ? undo_has(call->info, call->roles)
                        : info_has(call->info, call->roles, info_verb(call->info, call->verb))) ||
         problem_set(&call->problem, PROBLEM_FORBIDDEN);
}

bool bulk_take(Call *call, const json_t *body) {
  const Step *step = any_step(call);
  json_t *said = body ? json_copy((json_t *)(uintptr_t)body) : json_object();
  json_t *ids = json_object();
  if (json_object_get(said, "ids"))
    json_object_set(ids, "ids", json_object_get(said, "ids"));
  json_object_del(said, "ids");
  bool fine = take_object(ids_field, "ids", ids, &call->asked, &call->problem);
  fine = notice_take(call, step ? step->flags : 0, said) && fine;
  fine = take_object(call->info->subject->fields, step ? step->in : call->route->in, said,
                     &call->asked, &call->problem) &&
         fine;
  json_decref(said);
  json_decref(ids);
  return fine;
}

static bool run_one(Call *one) {
  switch (one->route->kind) {
  case R_EDIT:
    return change_edit(one);
  case R_DO:
    return change_do(one);
  default:
    return is_undo(one) ? change_undo(one) : change_step(one);
  }
}

static json_t *result_of(const char *id, const Call *one, bool fine) {
  const Problem *problem = &one->problem;
  if (fine)
    return json_pack("{s:s, s:i}", "id", id, "status", 200);
  return json_pack("{s:s, s:i, s:s, s:O*, s:O*}", "id", id, "status", problem->status, "code",
                   problem->code, "params", problem->params, "errors", problem->errors);
}

/* For want of a right, which the audit record is told. */
static void note_refused(Call *call, const char *id, const Problem *problem) {
  if (problem->status != 403 && problem->status != 404)
    return;
  if (!call->refused)
    call->refused = json_array();
  json_array_append_new(call->refused, json_string(id));
}

/* false: the database failed, and nothing is done at all. */
static bool do_one(Call *call, const char *id, json_t *results, int *done) {
  Call one;
  if (!db_exec(call->db, "savepoint bulk", &call->error))
    return false;
  call_begin_other(&one, call, call->info);
  one.route = call->route;
  one.verb = call->verb;
  one.is_part = true;
  values_copy(&call->asked, &one.asked);
  call_row(&one, id);
  bool fine = run_one(&one);
  if (!one.error)
    json_array_append_new(results, result_of(id, &one, fine));
  if (!fine) { /* what was refused leaves nothing */
    note_refused(call, id, &one.problem);
    problem_clear(&one.problem);
    g_array_set_size(one.effects, 0);
  }
  *done += fine;
  call_join(call, &one);
  call_clear(&one);
  return !call->error &&
         db_exec(call->db, fine ? "release bulk" : "rollback to bulk; release bulk", &call->error);
}

bool bulk_run(Call *call) {
  if (!bulk_may(call))
    return false;
  json_t *ids = json_loads(call_text(call, ":ids"), 0, NULL), *results = json_array(), *id;
  size_t n;
  int done = 0;
  bool fine = true;
  json_array_foreach(ids, n, id) {
    fine = do_one(call, json_string_value(id), results, &done);
    if (!fine)
      break;
  }
  json_decref(ids);
  json_t *answer = json_pack("{s:i, s:o}", "done", done, "results", results);
  char *text = json_dumps(answer, JSON_COMPACT);
  json_decref(answer);
  g_string_assign(call->out, text);
  free(text);
  return fine;
}
