#include "model/subcase.h"

#include <string.h>

#include "base/id.h"
#include "model/change.h"
#include "model/import-plan.h"

static const Route unrouted = {.kind = R_CREATE, .path = ""}; /* nobody makes it by hand */
static const Route stepped = {.kind = R_STEPS, .path = ""};

/* The route by which people edit, with its guard and its effect. */
static const Route *edit_route(const Info *info, const char *verb) {
  for (const Route *route = info->subject->routes; route->path; route++)
    if (route->kind == R_EDIT && strcmp(route->verb, verb) == 0)
      return route;
  g_assert_not_reached();
}

/* That by which people make one, with its guard and its effect. */
static const Route *create_route(const Info *info, const char *verb) {
  for (const Route *route = info->subject->routes; route->path; route++)
    if (route->kind == R_CREATE && strcmp(route->verb, verb) == 0)
      return route;
  return &unrouted;
}

static void begin(const Call *call, Call *other, const char *subject, const char *verb,
                  const Values *values) {
  const Info *info = model_find(call->model, subject);
  g_assert(info);
  call_begin_other(other, call, info);
  other->verb = verb;
  other->roles = SERVER;
  other->is_part = true;
  g_clear_pointer(&other->given, g_ptr_array_unref);
  values_copy(values, &other->asked);
}

static bool end(Call *call, Call *other, bool fine) {
  call_join(call, other);
  call_clear(other);
  return fine;
}

bool call_create(Call *call, const char *subject, const char *verb, const Values *values,
                 char *id) {
  Call other;
  begin(call, &other, subject, verb, values);
  other.route = create_route(other.info, verb);
  bool fine = change_create(&other);
  if (fine && id)
    g_strlcpy(id, other.id, ID_CHARS + 1);
  return end(call, &other, fine);
}

typedef struct {
  const char *subject, *verb;
} Kind;

static bool create_one(Call *call, const Values *row, void *data) {
  const Kind *kind = data;
  return call_create(call, kind->subject, kind->verb, row, NULL);
}

bool call_create_each(Call *call, const char *subject, const char *verb, const char *section) {
  Kind kind = {subject, verb};
  return call_each(call, section, create_one, &kind);
}

bool call_step(Call *call, const char *subject, const char *id, const char *verb,
               const Values *values) {
  Call other;
  begin(call, &other, subject, verb, values);
  other.route = &stepped;
  call_row(&other, id);
  return end(call, &other, change_step(&other));
}

bool call_try_step(Call *call, const char *subject, const char *id, const char *verb,
                   const Values *values, bool *done) {
  Call other;
  begin(call, &other, subject, verb, values);
  other.route = &stepped;
  call_row(&other, id);
  bool possible = change_may(&other);
  if (done)
    *done = possible;
  if (possible || other.error || strcmp(other.problem.code, "wrong_state") != 0)
    return end(call, &other, possible && change_step(&other));
  problem_clear(&other.problem);
  return end(call, &other, true);
}

bool call_edit(Call *call, const char *subject, const char *id, const char *verb,
               const Values *values) {
  Call other;
  begin(call, &other, subject, verb, values);
  other.route = edit_route(other.info, verb);
  call_row(&other, id);
  return end(call, &other, change_edit(&other));
}

bool call_unmake(Call *call, const char *subject, const char *id) {
  const Values none = {NULL};
  Call other;
  begin(call, &other, subject, "unmake", &none);
  other.route = import_route(other.info, R_IMPORT);
  call_row(&other, id);
  return end(call, &other, change_unmake(&other));
}
