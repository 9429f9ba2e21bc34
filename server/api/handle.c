/* From a request to its handler: the route, who it is, whether they may, the body. In this order,
 * so that nobody learns from a message what they may not know. A reader thread, but for the
 * beginning and the end. */
#include <openssl/crypto.h>
#include <string.h>

#include "api/converter.h"
#include "api/exchange.h"
#include "api/lanes.h"
#include "api/reads.h"
#include "api/records.h"
#include "api/thumbnails.h"
#include "api/trail.h"
#include "api/transit.h"
#include "api/worker.h"
#include "base/address.h"
#include "base/clock.h"
#include "model/parse.h"
#include "model/take.h"
#include "store/people.h"

#define WORKERS_MOST 2 /* a table or a form takes a fraction of a second */
#define WORKERS_WAITING 30

static bool is_unsafe(HttpMethod method) {
  return method != HTTP_GET && method != HTTP_HEAD;
}

/* Sets the session when a good cookie is there. A database that fails is not a bad cookie: the page
 * would sign people out. */
static bool find_session(Exchange *exchange) {
  GError *error = NULL;
  if (!exchange->request->cookie)
    return true;
  exchange->session = session_find(exchange->db, exchange->context->config,
                                   exchange->request->cookie, exchange->now_ms, &error);
  if (exchange->session) {
    exchange->response->person = g_strdup(exchange->session->person);
    exchange->actor.person = exchange->session->person;
    if (!exchange->request->background || is_unsafe(exchange->request->method))
      session_touch(exchange->context->store, exchange->session, exchange->now_ms);
    return true;
  }
  if (!g_error_matches(error, STORE_ERROR, STORE_ERROR_NOT_FOUND)) {
    exchange_fail(exchange, error);
    return false;
  }
  g_error_free(error);
  exchange->no_session = true;
  return true;
}

/* A record's own rights are checked with it: everybody who has signed in comes that far. */
static unsigned access_of(const Exchange *exchange) {
  return exchange->match.endpoint ? exchange->match.endpoint->access : FOR_PERSON;
}

static bool check_csrf(Exchange *exchange) {
  if (!is_unsafe(exchange->request->method))
    return true;
  if (!exchange->request->origin_ok) {
    exchange_problem(exchange, 403, "forbidden_origin", "This web page may not call the server");
    return false;
  }
  if (access_of(exchange) & FOR_ANYBODY)
    return true;
  const char *given = exchange->request->csrf, *wanted = exchange->session->csrf;
  if (given && strlen(given) == strlen(wanted) && CRYPTO_memcmp(given, wanted, strlen(wanted)) == 0)
    return true;
  exchange_problem(exchange, 403, "bad_csrf", "The page is out of date; load it again");
  return false;
}

static bool has_role(const Session *session, unsigned access) {
  return (access & FOR_PERSON) || ((access & FOR_ACCOUNT) && !session->scope_meeting) ||
         ((access & FOR_STAFF) && (session->roles & ROLE_STAFF)) ||
         ((access & FOR_SYSTEM_ADMIN) && (session->roles & ROLE_SYSTEM_ADMIN)) ||
         ((access & FOR_ADMIN) && (session->roles & ROLES_ADMIN)) ||
         ((access & FOR_AUDIT_ADMIN) && (session->roles & ROLE_AUDIT_ADMIN));
}

static bool check_role(Exchange *exchange) {
  unsigned access = access_of(exchange);
  if (access & FOR_ANYBODY)
    return true;
  if (!exchange->session) {
    exchange_problem(exchange, 401, "signed_out", "Please sign in");
    return false;
  }
  if (exchange->session->must_change_password && !(access & BEFORE_PASSWORD_CHANGE)) {
    exchange_problem(exchange, 403, "must_change_password", "Please change your password first");
    return false;
  }
  if (session_must_enrol(exchange->session) && !(access & BEFORE_ENROLMENT)) {
    exchange_problem(exchange, 403, "must_enrol", "Please set up a second factor first");
    return false;
  }
  if (!has_role(exchange->session, access)) {
    trail_refused(exchange, NULL);
    exchange_problem(exchange, 403, "forbidden", "You may not do this");
    return false;
  }
  return true;
}

/* What has no grants that could be given knows no deputies; nor does a file that leaves or comes.
 */
static bool check_behalf(Exchange *exchange) {
  const Route *route = exchange->record.route;
  if (!exchange->request->behalf ||
      (route && route->kind != R_IMPORT && !exchange->record.format && !exchange->record.paper))
    return true;
  exchange_problem(exchange, 403, "not_on_behalf", "Nobody can do this on behalf of another");
  return false;
}

/* What is made for whoever asks is made to leave, and noted as what left: its head alone is not
 * made. */
static bool check_head(Exchange *exchange) {
  const Endpoint *ours = exchange->match.endpoint;
  bool leaves =
      exchange->record.format || exchange->record.paper || (ours && (ours->access & MADE_TO_LEAVE));
  if (exchange->request->method != HTTP_HEAD || !leaves)
    return true;
  exchange_problem(exchange, 405, "method_not_allowed", "This address does not take that method");
  exchange->response->allow = g_strdup(method_name(HTTP_GET));
  return false;
}

/* A body is a JSON object or nothing; its type must say so, which a foreign form cannot. */
static bool read_body(Exchange *exchange) {
  const ApiRequest *request = exchange->request;
  if (request->body->len == 0)
    return true;
  if (!request->content_type ||
      !(g_ascii_strcasecmp(request->content_type, "application/json") == 0 ||
        g_ascii_strncasecmp(request->content_type, "application/json;", 17) == 0)) {
    exchange_problem(exchange, 415, "not_json", "The body must be JSON");
    return false;
  }
  exchange->body = parse_object((const char *)request->body->data, request->body->len);
  if (!exchange->body) {
    exchange_problem(exchange, 400, "bad_json", "The body is not a JSON object");
    return false;
  }
  return true;
}

/* What changes something keeps the writer and its disk busy: not too much of it from one person, by
 * however many sessions. */
static bool check_rate(Exchange *exchange) {
  if (!is_unsafe(exchange->request->method) || !exchange->session ||
      throttle_use(exchange->context->throttle, LIMIT_CHANGES, exchange->session->person,
                   clock_mono_us()))
    return true;
  exchange_too_many(exchange, "Too many changes at once; wait a moment", 1);
  return false;
}

static void refuse_method(Exchange *exchange) {
  unsigned allow = exchange->record.allow | exchange->match.allow;
  GString *names = g_string_new(NULL);
  for (unsigned method = HTTP_GET; method <= HTTP_DELETE; method *= 2)
    if (allow & method)
      g_string_append_printf(names, "%s%s", names->len ? ", " : "", method_name(method));
  exchange_problem(exchange, 405, "method_not_allowed", "This address does not take that method");
  exchange->response->allow = g_string_free(names, FALSE);
}

/* ---- endpoints ---- */

/* What the path's {names} stand for. */
static void take_path(Exchange *exchange) {
  unsigned n = 0;
  for (const char *at = strchr(exchange->match.endpoint->path, '{'); at; at = strchr(at + 1, '{')) {
    g_autofree char *name = g_strndup(at + 1, strcspn(at, "}") - 1);
    values_text(&exchange->asked, g_intern_string(name), exchange->match.ids[n++]);
  }
}

/* What is said as nothing is as if it were not there: what an empty form field sends. */
static bool take_pair(Exchange *exchange, const char *pair, Problem *problem) {
  const Endpoint *of = exchange->match.endpoint;
  size_t length = strcspn(pair, "=");
  g_autofree char *name = g_strndup(pair, length);
  const Field *field =
      of->query && *name && !strpbrk(name, " ?") && shape_has(of->query, name, NULL)
          ? field_find(of->fields, name)
          : NULL;
  if (!field)
    return problem_add(problem, name, "unknown", NULL);
  return pair[length] == 0 || pair[length + 1] == 0 ||
         take_text(field, pair + length + 1, &exchange->asked, problem);
}

static bool take_query(Exchange *exchange, Problem *problem) {
  const Endpoint *of = exchange->match.endpoint;
  bool fine = true, optional;
  for (unsigned i = 0; i < exchange->request->query->len; i++)
    fine = take_pair(exchange, exchange->request->query->pdata[i], problem) && fine;
  for (const Field *field = of->fields; of->query && field->name; field++)
    if (shape_has(of->query, field->name, &optional) && !optional &&
        !values_find(&exchange->asked, field->name))
      fine = problem_add(problem, field->name, "missing", NULL);
  return fine;
}

static bool take_asked(Exchange *exchange) {
  const Endpoint *of = exchange->match.endpoint;
  Problem problem = {0};
  bool query = take_query(exchange, &problem);
  if (take_object(of->fields, of->in, exchange->body, &exchange->asked, &problem) && query)
    return true;
  exchange_refuse(exchange, &problem);
  return false;
}

static void serve_endpoint(Exchange *exchange) {
  const Endpoint *of = exchange->match.endpoint;
  take_path(exchange);
  if ((!of->on || records_may(exchange, of->on)) && read_body(exchange) && take_asked(exchange))
    of->handle(exchange);
}

static void handle(Exchange *exchange) {
  bool found = exchange->match.endpoint || exchange->record.route;
  if (!found && (exchange->match.allow || exchange->record.allow))
    refuse_method(exchange);
  else if (!found)
    exchange_problem(exchange, 404, "not_found", "There is no such thing");
  else if (!find_session(exchange) || !check_role(exchange) || !check_csrf(exchange) ||
           !check_rate(exchange) || !check_behalf(exchange) || !check_head(exchange) ||
           (is_unsafe(exchange->request->method) && exchange_done_before(exchange)))
    return;
  else if (exchange->match.endpoint)
    serve_endpoint(exchange);
  else if (read_body(exchange))
    records_serve(exchange);
}

static bool run_handle(sqlite3 *db, void *data, GError **error) {
  Exchange *exchange = data;
  exchange->db = db;
  handle(exchange);
  exchange->db = NULL;
  return true;
}

static void handled(void *data, const GError *error) {
  Exchange *exchange = data;
  if (error)
    exchange_fail(exchange, g_error_copy(error));
  if (exchange->session)
    lanes_note(exchange->context->lanes, exchange->request->cookie, exchange->session->person);
  else if (exchange->no_session)
    lanes_forget(exchange->context->lanes, exchange->request->cookie);
  exchange_proceed(exchange);
}

/* An exchange that finds no place in the line is answered later, too, as its front expects. */
static gboolean refuse(void *data) {
  Exchange *exchange = data;
  exchange_too_many(exchange, "Too many requests at once; wait a moment", 1);
  exchange_proceed(exchange);
  return G_SOURCE_REMOVE;
}

static Match match_record(const ApiContext *context, const ApiRequest *request) {
  if (!g_str_has_prefix(request->path, API_PREFIX))
    return (Match){0};
  return serve_match(context->model, request->method, request->path + strlen(API_PREFIX));
}

ApiIntake api_intake(const ApiContext *context, const ApiRequest *request) {
  if (request->method == HTTP_POST && strcmp(request->path, API_PREFIX "attachments") == 0)
    return (ApiIntake){BLOB_BYTES_MOST, true, false};
  if (request->method == HTTP_POST && g_str_has_prefix(request->path, API_PREFIX "paper_files/"))
    return (ApiIntake){API_TEMPLATE_MAX, true, true};
  Match match = match_record(context, request);
  bool is_table = match.route && match.route->kind == R_IMPORT;
  match_clear(&match);
  return is_table ? (ApiIntake){API_TABLE_MAX, true, true}
                  : (ApiIntake){API_BODY_MAX, false, false};
}

Exchange *api_begin(ApiContext *context, ApiRequest *request, ApiDone done, void *user) {
  Exchange *exchange = g_new0(Exchange, 1);
  exchange->context = context;
  exchange->request = request;
  exchange->response = api_response_new();
  exchange->match = endpoint_match(request->method, request->path);
  if (!exchange->match.endpoint)
    exchange->record = match_record(context, request);
  exchange->now = context->now ? context->now(context->now_user) : moment_now();
  exchange->now_ms = exchange->now.wall_ms;
  exchange->actor = (Actor){NULL, request->address};
  exchange->done = done;
  exchange->user = user;
  char group[ADDRESS_CHARS];
  address_group(request->address, group);
  const char *whose = lanes_find(context->lanes, request->cookie, group);
  if (!reads_post(context->reads, whose, run_handle, handled, exchange))
    g_idle_add_full(G_PRIORITY_DEFAULT, refuse, exchange, NULL);
  return exchange;
}

void api_abandon(Exchange *exchange) {
  exchange->abandoned = true;
  if (exchange->left)
    exchange->left(exchange);
}

ApiContext *api_context_new(const Config *config, Store *store, Mailbox *mailbox, struct Turn *turn,
                            const Model *model) {
  ApiContext *context = g_new0(ApiContext, 1);
  context->model = model;
  context->config = config;
  context->store = store;
  context->turn = turn;
  context->throttle = throttle_new();
  context->hasher = hasher_new(mailbox);
  context->lanes = lanes_new();
  context->workers = workers_new(WORKERS_MOST, WORKERS_WAITING);
  context->converters = workers_new(CONVERTERS_MOST, CONVERTERS_WAITING);
  context->thumbnails = thumbnails_new();
  context->converting = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  transit_clear(config);
  context->reads = reads_new(store, (unsigned)config->store_readers);
  return context;
}

void api_context_stop(ApiContext *context) {
  if (!context)
    return;
  g_clear_pointer(&context->hasher, hasher_free);
  workers_stop(context->workers);
  workers_stop(context->converters);
  thumbnails_stop(context->thumbnails);
}

void api_context_free(ApiContext *context) {
  if (!context)
    return;
  api_context_stop(context);
  reads_free(context->reads);
  lanes_free(context->lanes);
  workers_free(context->workers);
  workers_free(context->converters);
  thumbnails_free(context->thumbnails);
  g_hash_table_unref(context->converting);
  throttle_free(context->throttle);
  g_free(context->base_url);
  g_free(context);
}
