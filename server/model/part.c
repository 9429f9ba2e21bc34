#include "model/part.h"

#include <string.h>

#include "base/id.h"
#include "model/change.h"
#include "model/right.h"
#include "model/take.h"

/* The route of this kind; verb NULL: the first. */
static const Route *route_of(const Subject *subject, RouteKind kind, const char *verb) {
  const Route *route = subject->routes;
  while (route->path && !(route->kind == kind && (!verb || strcmp(route->verb, verb) == 0)))
    route++;
  g_assert(route->path);
  return route;
}

static void begin(Call *part, const Call *call, const char *subject, RouteKind kind,
                  const char *verb) {
  call_begin_other(part, call, model_find(call->model, subject));
  part->route = route_of(part->info->subject, kind, verb);
  part->verb = part->route->verb;
  part->roles |= SERVER;
  g_clear_pointer(&part->given, g_ptr_array_unref); /* what belongs to what he was given */
  part->is_part = true;
  const char *under = route_under(part->route);
  if (under)
    values_text(&part->asked, under, call->id);
}

bool part_create(Call *call, const char *subject, const json_t *body, char *id) {
  Call part;
  begin(&part, call, subject, R_CREATE, NULL);
  bool fine =
      take_object(part.info->subject->fields, part.route->in, body, &part.asked, &part.problem) &&
      change_create(&part);
  if (fine)
    g_strlcpy(id, part.id, ID_CHARS + 1);
  call_join(call, &part);
  call_clear(&part);
  return fine;
}

bool part_act(Call *call, const char *subject, const char *id, const char *verb, json_t **said) {
  Call part;
  begin(&part, call, subject, R_DO, verb);
  call_row(&part, id);
  bool fine = change_do(&part);
  if (said)
    *said = fine ? json_incref(part.said) : NULL;
  call_join(call, &part);
  call_clear(&part);
  return fine;
}
