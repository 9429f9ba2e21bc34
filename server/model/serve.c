#include "model/serve.h"

#include <string.h>

#include "model/case-event.h"
#include "model/change.h"
#include "model/read.h"
#include "model/take.h"

HttpMethod route_method(const Route *route) {
  switch (route->kind) {
  case R_LIST:
  case R_ONE:
  case R_EVENTS:
    return HTTP_GET;
  case R_CREATE:
  case R_DO:
  case R_STEPS:
    return HTTP_POST;
  case R_EDIT:
    return HTTP_PATCH;
  }
  g_assert_not_reached();
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

/* The verb of a step that leads from a state, as the steps have it; NULL. */
static const char *step_verb(const Info *info, const char *name) {
  for (const Step *step = info->subject->steps; step && step->verb; step++)
    if (*step->from && strcmp(step->verb, name) == 0)
      return step->verb;
  return NULL;
}

/* Whether the path is the route's; then *verb is what it asks for. */
static bool is_route(const Info *info, const Route *route, const char *path, Values *ids,
                     const char **verb) {
  *verb = route->verb;
  if (route->kind != R_STEPS)
    return fits(route->path, path, ids);
  const char *last = strrchr(path, '/');
  g_autofree char *row = last ? g_strndup(path, (gsize)(last - path)) : NULL;
  *verb = last ? step_verb(info, last + 1) : NULL;
  return *verb && fits(route->path, row, ids);
}

Match serve_match(const Model *model, HttpMethod method, const char *path) {
  Match match = {NULL};
  HttpMethod wanted = method == HTTP_HEAD ? HTTP_GET : method;
  for (unsigned i = 0; i < model_count(model); i++) {
    const Info *info = model_info(model, i);
    for (const Route *route = info->subject->routes; route->path; route++) {
      g_auto(Values) ids = {NULL};
      const char *verb;
      if (!is_route(info, route, path, &ids, &verb))
        continue;
      match.allow |= route_method(route);
      if (route_method(route) != wanted)
        continue;
      match.info = info;
      match.route = route;
      match.verb = verb;
      match.path = ids;
      ids = (Values){NULL};
      return match;
    }
  }
  return match;
}

void serve_begin(Call *call, const Match *match) {
  call->info = match->info;
  call->route = match->route;
  call->verb = match->verb;
  for (unsigned i = 0; match->path.items && i < match->path.items->len; i++) {
    const Value *value = &g_array_index(match->path.items, Value, i);
    if (strcmp(value->name, match->info->subject->name) == 0) {
      call_row(call, value->text);
    } else {
      values_text(&call->asked, value->name, value->text);
    }
  }
  call_begin(call);
}

bool serve_may(Call *call) {
  return change_may(call);
}

bool serve_take(Call *call, const json_t *body) {
  const char *shape = call->route->kind == R_STEPS ? call->step->in : call->route->in;
  return take_object(call->info->subject->fields, shape, body, &call->asked, &call->problem);
}

bool serve_run(Call *call, const GPtrArray *query) {
  switch (call->route->kind) {
  case R_LIST:
    return read_list(call, query);
  case R_ONE:
    return read_as_of(call, query) && read_row(call, call->verb) && read_answer(call);
  case R_EVENTS:
    return read_row(call, call->verb) && case_event_list(call);
  case R_CREATE:
    return change_create(call);
  case R_EDIT:
    return change_edit(call);
  case R_DO:
    return change_do(call);
  case R_STEPS:
    return change_step(call);
  }
  g_assert_not_reached();
}
