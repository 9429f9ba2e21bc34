#include "model/problem.h"

#include <string.h>

static const struct {
  int status;
  const char *code, *title; /* the title is for developers */
} kinds[] = {
    [PROBLEM_NOT_FOUND] = {404, "not_found", "There is no such thing"},
    [PROBLEM_FORBIDDEN] = {403, "forbidden", "You may not do this"},
    [PROBLEM_INVALID] = {422, "invalid", "A value is not valid"},
    [PROBLEM_STALE] = {412, "stale", "It was changed since it was read"},
    [PROBLEM_UNSEEN] = {428, "precondition_required", "Say which version you saw, by If-Match"},
};

void problem_clear(Problem *problem) {
  json_decref(problem->params);
  json_decref(problem->errors);
  *problem = (Problem){0};
}

bool problem_set(Problem *problem, ProblemKind kind) {
  if (problem->status == 0) {
    problem->status = kinds[kind].status;
    problem->code = kinds[kind].code;
    problem->title = kinds[kind].title;
  }
  return false;
}

bool problem_say(Problem *problem, int status, const char *code, json_t *params) {
  if (problem->status != 0) {
    json_decref(params);
    return false;
  }
  problem->status = status;
  problem->code = problem->title = code;
  problem->params = params;
  return false;
}

bool problem_add(Problem *problem, const char *field, const char *code, json_t *params) {
  problem_set(problem, PROBLEM_INVALID);
  if (!problem->errors)
    problem->errors = json_array();
  if (json_array_size(problem->errors) >= PROBLEM_ENTRIES_MOST) {
    json_decref(params);
    return false;
  }
  g_autofree char *shown = g_utf8_make_valid(field, (gssize)MIN(strlen(field), 40));
  json_array_append_new(problem->errors, json_pack("{s:s, s:s, s:o*}", "field", shown, "code", code,
                                                   "params", params));
  return false;
}

char *problem_text(const Problem *problem) {
  json_t *document = json_pack("{s:s, s:s, s:i, s:s, s:O*, s:O*}", "type", "about:blank", "title",
                               problem->title, "status", problem->status, "code", problem->code,
                               "params", problem->params, "errors", problem->errors);
  char *text = json_dumps(document, JSON_COMPACT);
  json_decref(document);
  return text;
}
