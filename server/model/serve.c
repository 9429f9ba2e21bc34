#include "model/serve.h"

#include <string.h>

#include "model/bulk.h"
#include "model/case-event.h"
#include "model/change.h"
#include "model/notice.h"
#include "model/read.h"
#include "model/right.h"
#include "model/take.h"
#include "model/undo.h"
#include "model/why.h"

HttpMethod route_method(const Route *route) {
  switch (route->kind) {
  case R_LIST:
  case R_ONE:
  case R_EVENTS:
    return HTTP_GET;
  case R_CREATE:
  case R_DO:
  case R_STEPS:
  case R_IMPORT:
    return HTTP_POST;
  case R_EDIT:
    return HTTP_PATCH;
  }
  g_assert_not_reached();
}

bool route_overwrites(const Route *route) {
  return route->kind == R_EDIT || route->kind == R_STEPS;
}

void match_clear(Match *match) {
  values_clear(&match->path);
}

/* Compares segment by segment; {name} takes an id. */
static bool fits(const char *pattern, const char *path, Values *ids) {
  for (;;) {
    size_t wanted = strcspn(pattern, "/"), given = strcspn(path, "/");
    if (*pattern == '{') {
      g_autofree char *name = g_strndup(pattern + 1, wanted - 2);
      if (given != 16 || strspn(path, "abcdefghijklmnopqrstuvwxyz0123456789") < given)
        return false;
      values_text_take(ids, g_intern_string(name), g_strndup(path, given));
    } else if (wanted != given || memcmp(pattern, path, wanted) != 0) {
      return false;
    }
    pattern += wanted;
    path += given;
    if (*pattern != *path)
      return false;
    if (*pattern == 0)
      return true;
    pattern++;
    path++;
  }
}

/* The step of this verb that leads from a state, or NULL. */
static const Step *find_step(const Info *info, const char *name) {
  for (const Step *step = info->subject->steps; step && step->verb; step++)
    if (*step->from && strcmp(step->verb, name) == 0)
      return step;
  return NULL;
}

static bool fits_one_or_many(const Info *info, const Route *route, unsigned flags, const char *path,
                             Match *match) {
  if (fits(route->path, path, &match->path))
    return true;
  g_autofree char *many = flags & BULK ? bulk_path(info, route->path) : NULL;
  values_clear(&match->path);
  match->bulk = many && fits(many, path, &match->path);
  return match->bulk;
}

/* Of one record: itself, or why it is seen. */
static bool is_one(const Route *route, const char *path, Match *match) {
  g_autofree char *why = g_strconcat(route->path, "/" WHY_VERB, NULL);
  if (fits(route->path, path, &match->path))
    return true;
  values_clear(&match->path);
  match->verb = WHY_VERB;
  return fits(why, path, &match->path);
}

/* Whether the path is the route's; then what it asks for is in match. */
static bool is_route(const Info *info, const Route *route, const char *path, Match *match) {
  match->verb = route->verb;
  if (route->kind == R_ONE)
    return is_one(route, path, match);
  if (route->kind != R_STEPS)
    return fits_one_or_many(info, route, route->flags, path, match);
  const char *last = strrchr(path, '/');
  g_autofree char *row = last ? g_strndup(path, (gsize)(last - path)) : NULL;
  const Step *step = last ? find_step(info, last + 1) : NULL;
  bool undo = last && strcmp(last + 1, UNDO_VERB) == 0 && undo_exists(info->subject);
  match->verb = step ? step->verb : undo ? UNDO_VERB : NULL;
  unsigned flags = step ? step->flags : undo && undo_of_many(info->subject) ? BULK : 0;
  return match->verb && fits_one_or_many(info, route, flags, row, match);
}

bool match_tells_secret(const Match *match) {
  for (const Field *field = match->info->subject->fields; field->name; field++)
    if ((field->flags & SECRET) && shape_has(match->route->out, field->name, NULL))
      return true;
  return false;
}

/* What is printed of one record, or of a list: its path and "/papers/CODE". */
static bool is_paper(const Info *info, const Route *route, const char *path, Match *match) {
  const Paper *paper = info->subject->papers;
  for (; paper && paper->code; paper++) {
    g_autofree char *full = g_strconcat(route->path, PAPER_PATH, paper->code, NULL);
    if (!paper_is_of(paper, route))
      continue;
    if (fits(full, path, &match->path)) {
      match->paper = paper;
      match->verb = paper->list ? route->verb : paper->verb;
      return true;
    }
    values_clear(&match->path);
  }
  return false;
}

static Match match_paper(const Model *model, HttpMethod method, const char *path) {
  Match match = {.print = paper_format(path)};
  g_autofree char *plain = g_strndup(path, strlen(path) - strlen(paper_extension(match.print)));
  for (unsigned i = 0; i < model_count(model); i++) {
    const Info *info = model_info(model, i);
    for (const Route *route = info->subject->routes; route->path; route++)
      if (is_paper(info, route, plain, &match)) {
        match.allow = HTTP_GET;
        match.info = info;
        match.route = method == HTTP_GET || method == HTTP_HEAD ? route : NULL;
        return match;
      }
  }
  return match;
}

Match serve_match(const Model *model, HttpMethod method, const char *path) {
  if (paper_format(path) != PAPER_NONE)
    return match_paper(model, method, path);
  Match match = {.format = sheet_format(path)};
  g_autofree char *list = g_strndup(path, strlen(path) - strlen(sheet_extension(match.format)));
  HttpMethod wanted = method == HTTP_HEAD ? HTTP_GET : method;
  for (unsigned i = 0; i < model_count(model); i++) {
    const Info *info = model_info(model, i);
    for (const Route *route = info->subject->routes; route->path; route++) {
      bool found = (!match.format || route->kind == R_LIST) && is_route(info, route, list, &match);
      if (found)
        match.allow |= route_method(route);
      if (found && route_method(route) == wanted) {
        match.info = info;
        match.route = route;
        return match;
      }
      match_clear(&match);
      match.bulk = false;
    }
  }
  return match;
}

/* Who names a part of a row by its id means the row. */
static void find_whole(Call *call) {
  bool found;
  if (call->id && sections_find(&call->info->sections, SECTION_GET, "whole") &&
      call_get(call, "whole", &found) && found)
    call_row(call, call_text(call, "@whole"));
}

void serve_begin(Call *call, const Match *match) {
  call->info = match->info;
  call->route = match->route;
  call->verb = match->verb;
  call->bulk = match->bulk;
  for (unsigned i = 0; match->path.items && i < match->path.items->len; i++) {
    const Value *value = &g_array_index(match->path.items, Value, i);
    if (strcmp(value->name, match->info->subject->name) == 0) {
      call_row(call, value->text);
    } else {
      values_text(&call->asked, value->name, value->text);
    }
  }
  call_begin(call);
  find_whole(call);
}

static bool is_undo(const Call *call) {
  return call->route->kind == R_STEPS && strcmp(call->verb, UNDO_VERB) == 0;
}

bool serve_may_on(Call *call, const char *subject, const char *id, const char *verb) {
  Call other;
  call_begin_other(&other, call, model_find(call->model, subject));
  call_row(&other, id);
  int bit = info_verb(other.info, verb);
  bool fine = read_row(&other, "read") && (other.verbs >> bit & 1);
  if (!fine && !other.error)
    refuse_verb(&other, bit);
  call_join(call, &other);
  call_clear(&other);
  return fine;
}

bool serve_under(Call *call) {
  const char *under = route_under(call->route);
  return !under || serve_may_on(call, under, values_find(&call->asked, under)->text,
                                strchr(call->route->on, '.') + 1);
}

static bool is_why(const Call *call) {
  return call->route->kind == R_ONE && strcmp(call->verb, WHY_VERB) == 0;
}

/* The row was read: one that shows no version has none that could be said. */
static bool says_version(Call *call) {
  return !call->must_match || call->version != 0 || !route_overwrites(call->route) ||
         !call_has(call, "$version") || problem_set(&call->problem, PROBLEM_UNSEEN);
}

bool serve_may(Call *call) {
  if (!serve_under(call))
    return false;
  if (call->bulk)
    return bulk_may(call);
  return (is_undo(call) ? undo_may(call) : change_may(call)) && says_version(call);
}

static bool take_step(Call *call, const json_t *body) {
  json_t *said = body ? json_copy((json_t *)(uintptr_t)body) : json_object();
  bool fine = notice_take(call, call->step->flags, said);
  fine = take_object(call->info->subject->fields, call->step->in, said, &call->asked,
                     &call->problem) &&
         fine;
  json_decref(said);
  return fine;
}

bool serve_take(Call *call, const json_t *body) {
  if (call->bulk)
    return bulk_take(call, body);
  if (is_undo(call)) {
    g_auto(Values) nothing = {NULL};
    return take_object(call->info->subject->fields, NULL, body, &nothing, &call->problem);
  }
  if (call->route->kind == R_STEPS)
    return take_step(call, body);
  return take_object(call->info->subject->fields, call->route->in, body, &call->asked,
                     &call->problem);
}

bool serve_change(Call *call) {
  switch (call->route->kind) {
  case R_CREATE:
    return change_create(call);
  case R_EDIT:
    return change_edit(call);
  case R_DO:
    return change_do(call);
  case R_STEPS:
    return change_step(call);
  default:
    g_assert_not_reached();
  }
}

bool serve_run(Call *call, const GPtrArray *query) {
  if (!serve_under(call))
    return false;
  if (call->bulk)
    return bulk_run(call);
  if (is_undo(call))
    return change_undo(call);
  if (is_why(call))
    return why_answer(call, query);
  switch (call->route->kind) {
  case R_LIST:
    return read_list(call, query);
  case R_ONE:
    return read_as_of(call, query) && read_row(call, call->verb) &&
           (!call->route->effect || call->route->effect(call)) && read_answer(call);
  case R_EVENTS:
    return read_row(call, call->verb) && case_event_list(call);
  default:
    return serve_change(call);
  }
}
