#include "api/records.h"

#include <string.h>

#include "api/exports.h"
#include "api/imports.h"
#include "api/papers.h"
#include "api/trail.h"
#include "model/behalf.h"
#include "model/change.h"
#include "model/read.h"
#include "model/serve.h"
#include "store/sessions.h"

void records_call_free(void *call) {
  call_clear(call);
  g_free(call);
}

void records_fill(const Exchange *exchange, const Session *session, Call *call) {
  call_init(call);
  call->model = exchange->context->model;
  call->db = exchange->db;
  call->actor = (Actor){session->person, exchange->actor.address};
  call->roles = session->roles | SIGNED_IN;
  call->link = session->scope_meeting;
  call->now_ms = exchange->now_ms;
  call->mono_us = exchange->now.mono_us;
  call->boot = exchange->now.boot;
  call->zone = exchange->context->config->time_zone;
  call->base =
      exchange->request->reached ? exchange->request->reached : exchange->context->base_url;
}

/* For whom else it is done, if so: an office's work wants a second factor of its deputies, too. */
static bool begin_behalf(const Exchange *exchange, const Session *session, Call *call) {
  if (!exchange->request->behalf)
    return true;
  if (!behalf_begin(call, exchange->request->behalf))
    return false;
  return !session_must_enrol_for(session, exchange->context->config, call->roles) ||
         problem_say(&call->problem, 403, "must_enrol", NULL);
}

Call *records_call(Exchange *exchange) {
  Call *call = g_new0(Call, 1);
  records_fill(exchange, exchange->session, call);
  bool any = exchange->request->if_match == API_ANY_VERSION;
  call->version = any ? 0 : exchange->request->if_match;
  call->must_match = !any;
  begin_behalf(exchange, exchange->session, call);
  serve_begin(call, &exchange->record);
  return call;
}

/* The path of the row: that of the subject's ONE, with the id in it. */
static char *location_of(const Call *call) {
  const Route *route = call->info->subject->routes;
  while (route->path && route->kind != R_ONE)
    route++;
  if (!route->path)
    return NULL;
  g_autofree char *mark = g_strdup_printf("{%s}", call->info->subject->name);
  g_auto(GStrv) parts = g_strsplit(route->path, mark, 2);
  return g_strconcat(API_PREFIX, parts[0], call->id, parts[1], NULL);
}

static void answer(Exchange *exchange, const Call *call) {
  ApiResponse *response = exchange->response;
  bool made = call->route->kind == R_CREATE;
  response->status = made ? 201 : 200;
  response->content_type = "application/json";
  g_string_assign(response->body, call->out->str);
  response->version = call->answered_version;
  response->secret = match_tells_secret(&exchange->record);
  if (made)
    response->location = location_of(call);
  for (unsigned i = 0; i < call->effects->len; i++) {
    const Effect *effect = &g_array_index(call->effects, Effect, i);
    exchange_effect_named(exchange, effect->kind, effect->meeting, effect->person, effect->name);
  }
}

static void answer_read(Exchange *exchange, const Call *call) {
  answer(exchange, call);
  if (call->route->kind == R_ONE || call->route->kind == R_EVENTS)
    trail_read(exchange, call);
  if (call->route->kind == R_LIST)
    trail_read_many(exchange, call);
}

/* What stood in the way. */
void records_refuse(Exchange *exchange, Call *call) {
  if (call->problem.status == 403 || call->problem.status == 404)
    trail_refused(exchange, call);
  if (call->error) {
    exchange_fail(exchange, g_steal_pointer(&call->error));
    return;
  }
  exchange_refuse(exchange, &call->problem);
}

bool records_refused(Exchange *exchange, Call *call) {
  if (call->problem.status == 0)
    return false; /* the commit failed */
  records_refuse(exchange, call);
  return true;
}

/* Main thread. */
static bool refused(Exchange *exchange, const GError *error) {
  return records_refused(exchange, exchange->own);
}

/* The session may have ended since the reader saw it, and the roles be others. */
static bool come_in(Exchange *exchange, Call *call, GError **error) {
  g_autoptr(Session) now = session_find(exchange->db, exchange->context->config,
                                        exchange->request->cookie, exchange->now_ms, error);
  if (!now && g_error_matches(*error, STORE_ERROR, STORE_ERROR_NOT_FOUND))
    problem_say(&call->problem, 401, "signed_out", NULL);
  if (!now)
    return false;
  call->db = exchange->db;
  call->roles = now->roles | SIGNED_IN;
  call->actor.person = exchange->session->person;
  return begin_behalf(exchange, now, call);
}

static bool failed(Call *call, GError **error) {
  if (call->error)
    g_propagate_error(error, g_steal_pointer(&call->error));
  else
    g_set_error_literal(error, STORE_ERROR, STORE_ERROR_CONFLICT, call->problem.code);
  return false;
}

bool records_run(Exchange *exchange, Call *call, bool (*work)(Call *call, void *user), void *user,
                 GError **error) {
  bool in = come_in(exchange, call, error);
  if (!in && *error)
    return false;
  if (in && work(call, user)) {
    answer(exchange, call);
    if (call->refused)
      trail_refused(exchange, call);
    return true;
  }
  return failed(call, error);
}

static bool run(Call *call, void *user) {
  return serve_run(call, ((const Exchange *)user)->request->query);
}

static bool change(Exchange *exchange, GError **error) {
  return records_run(exchange, exchange->own, run, exchange, error);
}

/* What gives way to others is run again: as if nothing had been asked before. */
static bool change_again(Exchange *exchange, GError **error) {
  records_call_free(exchange->own);
  Call *call = exchange->own = records_call(exchange);
  bool fine = call->problem.status == 0 && !call->error && serve_may(call) &&
              serve_take(call, exchange->body);
  return fine ? change(exchange, error) : failed(call, error);
}

void records_serve(Exchange *exchange) {
  if (exchange->record.paper) {
    papers_serve(exchange);
    return;
  }
  if (exchange->record.format) {
    exports_serve(exchange);
    return;
  }
  if (exchange->record.route->kind == R_IMPORT) {
    imports_serve(exchange);
    return;
  }
  Call *call = records_call(exchange);
  exchange->own = call;
  exchange->own_free = records_call_free;
  bool reads = route_method(exchange->record.route) == HTTP_GET;
  bool fine = call->problem.status == 0 && !call->error &&
              (reads ? serve_run(call, exchange->request->query)
                     : serve_may(call) && serve_take(call, exchange->body));
  if (!fine)
    records_refuse(exchange, call);
  else if (reads)
    answer_read(exchange, call);
  else if (call->step && (call->step->flags & HEAVY))
    exchange_write_alone(exchange, change_again, refused);
  else
    exchange_write_or(exchange, change, refused);
}

bool records_may(Exchange *exchange, const char *on) {
  g_auto(GStrv) parts = g_strsplit(on, ".", 2);
  Call call;
  records_fill(exchange, exchange->session, &call);
  bool fine = serve_may_on(&call, parts[0], exchange_text(exchange, parts[0]), parts[1]);
  if (!fine)
    records_refuse(exchange, &call);
  call_clear(&call);
  return fine;
}
