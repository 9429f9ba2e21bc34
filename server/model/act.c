#include "model/act.h"

#include <string.h>

#include "model/call.h"
#include "model/change.h"
#include "model/right.h"
#include "model/serve.h"
#include "store/people.h"

typedef struct {
  Call call;
  char *id, *verb, *person, *address;
  bool with_roles;
  ActDone done;
  void *user;
} Posted;

static bool has_step(const Subject *subject, const char *verb) {
  for (const Step *step = subject->steps; step && step->verb; step++)
    if (*step->from && strcmp(step->verb, verb) == 0)
      return true;
  return false;
}

static const Route *route_of(const Subject *subject, const char *verb) {
  bool step = has_step(subject, verb);
  const Route *route = subject->routes;
  while (route->path &&
         !(step ? route->kind == R_STEPS
                : (route->kind == R_CREATE || route->kind == R_EDIT || route->kind == R_DO) &&
                      strcmp(route->verb, verb) == 0))
    route++;
  g_assert(route->path);
  return route;
}

/* The code, or what is wrong with what was said. */
static void tell(const Problem *problem, GError **error) {
  char *wrong = problem->errors ? json_dumps(problem->errors, JSON_COMPACT) : NULL;
  g_set_error_literal(error, STORE_ERROR, wrong ? STORE_ERROR_INVALID : STORE_ERROR_CONFLICT,
                      wrong ? wrong : problem->code);
  free(wrong);
}

static bool run(Call *call, sqlite3 *db, bool with_roles, const json_t *body, GError **error) {
  const char *person = call->actor.person;
  call->db = db;
  call->roles = !person ? SERVER : SIGNED_IN | (with_roles ? person_roles(db, person) : 0);
  /* Before the body: what it is may follow from the state. */
  if (change_may(call) && serve_take(call, body) && serve_change(call))
    return true;
  if (call->error)
    g_propagate_error(error, g_steal_pointer(&call->error));
  else
    tell(&call->problem, error);
  return false;
}

/* Borrows act's texts. */
static void begin(Call *call, const Model *model, const char *zone, const Act *act) {
  call_init(call);
  call->model = model;
  call->info = model_find(model, act->subject);
  call->route = route_of(call->info->subject, act->verb);
  call->verb = act->verb;
  call->actor = act->by;
  call->now_ms = act->at.wall_ms;
  call->mono_us = act->at.mono_us;
  call->boot = act->at.boot;
  call->zone = zone;
  call->base = act->base;
  const char *under = route_under(call->route);
  if (under)
    values_text(&call->asked, under, act->under);
  if (act->id)
    call_row(call, act->id);
  call_begin(call);
}

json_t *act_now(sqlite3 *db, const Model *model, const char *zone, const Act *act, GError **error) {
  Call call;
  begin(&call, model, zone, act);
  json_t *answer =
      run(&call, db, act->with_roles, act->body, error) ? json_loads(call.out->str, 0, NULL) : NULL;
  call_clear(&call);
  return answer;
}

/* On the writer. */
static bool work(sqlite3 *db, void *data, GError **error) {
  Posted *posted = data;
  return run(&posted->call, db, posted->with_roles, NULL, error);
}

static void worked(void *data, const GError *error) {
  Posted *posted = data;
  const char *code = posted->call.problem.code;
  if (posted->done)
    posted->done(posted->user, code, code ? NULL : error);
  call_clear(&posted->call);
  g_free(posted->id);
  g_free(posted->verb);
  g_free(posted->person);
  g_free(posted->address);
  g_free(posted);
}

void act_post(Store *store, const Model *model, const char *zone, const Act *act, ActDone done,
              void *user) {
  Posted *posted = g_new0(Posted, 1);
  posted->id = g_strdup(act->id);
  posted->verb = g_strdup(act->verb);
  posted->person = g_strdup(act->by.person);
  posted->address = g_strdup(act->by.address);
  posted->with_roles = act->with_roles;
  posted->done = done;
  posted->user = user;
  Act own = *act;
  own.id = posted->id;
  own.verb = posted->verb;
  own.by = (Actor){posted->person, posted->address};
  begin(&posted->call, model, zone, &own);
  store_write(store, work, worked, posted);
}
