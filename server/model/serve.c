#include "model/serve.h"

#include <string.h>

#include "model/change.h"
#include "model/read.h"
#include "model/take.h"

HttpMethod route_method(const Route *route) {
  switch (route->kind) {
  case R_LIST:
  case R_ONE:
    return HTTP_GET;
  case R_CREATE:
  case R_DO:
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

Match serve_match(const Model *model, HttpMethod method, const char *path) {
  Match match = {NULL};
  HttpMethod wanted = method == HTTP_HEAD ? HTTP_GET : method;
  for (unsigned i = 0; i < model_count(model); i++) {
    const Info *info = model_info(model, i);
    for (const Route *route = info->subject->routes; route->path; route++) {
      g_auto(Values) ids = {NULL};
      if (!fits(route->path, path, &ids))
        continue;
      match.allow |= route_method(route);
      if (route_method(route) != wanted)
        continue;
      match.info = info;
      match.route = route;
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
  return take_object(call->info->subject->fields, call->route->in, body, &call->asked,
                     &call->problem);
}

bool serve_run(Call *call, const GPtrArray *query) {
  switch (call->route->kind) {
  case R_LIST:
    return read_list(call, query);
  case R_ONE:
    return read_row(call, call->route->verb) && read_answer(call);
  case R_CREATE:
    return change_create(call);
  case R_EDIT:
    return change_edit(call);
  case R_DO:
    return change_do(call);
  }
  g_assert_not_reached();
}
