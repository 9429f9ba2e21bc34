/* From a request to its handler: the route, who it is, whether they may, the body. In this order,
 * so that nobody learns from a message what they may not know. A reader thread, but for the
 * beginning and the end. */
#include <openssl/crypto.h>
#include <string.h>

#include "api/call.h"
#include "api/lanes.h"
#include "api/reads.h"
#include "base/address.h"
#include "base/clock.h"
#include "store/people.h"

static bool is_unsafe(ApiMethod method) {
  return method != API_GET && method != API_HEAD;
}

/* Sets the session when a good cookie is there. A database that fails is not a bad cookie: the page
 * would sign people out. */
static bool find_session(Call *call) {
  GError *error = NULL;
  if (!call->request->cookie)
    return true;
  call->session =
      session_find(call->db, call->context->config, call->request->cookie, call->now_ms, &error);
  if (call->session) {
    call->response->person = g_strdup(call->session->person);
    call->actor.person = call->session->person;
    if (!call->request->background || is_unsafe(call->request->method))
      session_touch(call->context->store, call->session, call->now_ms);
    return true;
  }
  if (!g_error_matches(error, STORE_ERROR, STORE_ERROR_NOT_FOUND)) {
    call_fail(call, error);
    return false;
  }
  g_error_free(error);
  call->no_session = true;
  return true;
}

static bool check_csrf(Call *call) {
  if (!is_unsafe(call->request->method))
    return true;
  if (!call->request->origin_ok) {
    call_problem(call, 403, "forbidden_origin", "This web page may not call the server");
    return false;
  }
  if (call->match.route->access & FOR_ANYBODY)
    return true;
  const char *given = call->request->csrf, *wanted = call->session->csrf;
  if (given && strlen(given) == strlen(wanted) && CRYPTO_memcmp(given, wanted, strlen(wanted)) == 0)
    return true;
  call_problem(call, 403, "bad_csrf", "The page is out of date; load it again");
  return false;
}

static bool has_role(const Session *session, unsigned access) {
  return (access & FOR_PERSON) || ((access & FOR_ACCOUNT) && !session->scope_meeting) ||
         ((access & FOR_STAFF) && (session->roles & ROLE_STAFF)) ||
         ((access & FOR_SYSTEM_ADMIN) && (session->roles & ROLE_SYSTEM_ADMIN)) ||
         ((access & FOR_SECURITY_ADMIN) && (session->roles & ROLE_SECURITY_ADMIN)) ||
         ((access & FOR_AUDIT_ADMIN) && (session->roles & ROLE_AUDIT_ADMIN));
}

static bool check_role(Call *call) {
  unsigned access = call->match.route->access;
  if (access & FOR_ANYBODY)
    return true;
  if (!call->session) {
    call_problem(call, 401, "signed_out", "Please sign in");
    return false;
  }
  if (call->session->must_change_password && !(access & BEFORE_PASSWORD_CHANGE)) {
    call_problem(call, 403, "must_change_password", "Please change your password first");
    return false;
  }
  if (!has_role(call->session, access)) {
    call_problem(call, 403, "forbidden", "You may not do this");
    return false;
  }
  return true;
}

static bool check_meeting(Call *call) {
  unsigned access = call->match.route->access;
  if (!(access & (MEETING_SEE | MEETING_RUN)))
    return true;
  GError *error = NULL;
  if (!meeting_rights(call->db, call_id(call, 0), call->session, &call->rights, &error)) {
    call_fail(call, error);
    return false;
  }
  if (!call->rights.see) {
    call_problem(call, 404, "not_found", "There is no such thing");
    return false;
  }
  if ((access & MEETING_RUN) && !call->rights.host && !call->rights.manage) {
    call_problem(call, 403, "forbidden", "You may not do this");
    return false;
  }
  return true;
}

/* A body is a JSON object or nothing; its type must say so, which a foreign form cannot. */
static bool read_body(Call *call) {
  const ApiRequest *request = call->request;
  if (request->body->len == 0)
    return true;
  if (!request->content_type ||
      !(g_ascii_strcasecmp(request->content_type, "application/json") == 0 ||
        g_ascii_strncasecmp(request->content_type, "application/json;", 17) == 0)) {
    call_problem(call, 415, "not_json", "The body must be JSON");
    return false;
  }
  call->body = json_loadb((const char *)request->body->data, request->body->len,
                          JSON_REJECT_DUPLICATES, NULL);
  if (!json_is_object(call->body)) {
    call_problem(call, 400, "bad_json", "The body is not a JSON object");
    return false;
  }
  return true;
}

/* What changes something keeps the writer and its disk busy: not too much of it from one person, by
 * however many sessions. */
static bool check_rate(Call *call) {
  if (!is_unsafe(call->request->method) || !call->session ||
      throttle_use(call->context->throttle, LIMIT_CHANGES, call->session->person, clock_mono_us()))
    return true;
  call_too_many(call, "Too many changes at once; wait a moment", 1);
  return false;
}

static void handle(Call *call) {
  if (!call->match.route && *call->match.allow) {
    call_problem(call, 405, "method_not_allowed", "This address does not take that method");
    call->response->allow = g_strdup(call->match.allow);
  } else if (!call->match.route) {
    call_problem(call, 404, "not_found", "There is no such thing");
  } else if (find_session(call) && check_role(call) && check_csrf(call) && check_rate(call) &&
             check_meeting(call) && read_body(call)) {
    call->match.route->handle(call);
  }
}

static bool run_handle(sqlite3 *db, void *data, GError **error) {
  Call *call = data;
  call->db = db;
  handle(call);
  call->db = NULL;
  return true;
}

static void handled(void *data, const GError *error) {
  Call *call = data;
  if (error)
    call_fail(call, g_error_copy(error));
  if (call->session)
    lanes_note(call->context->lanes, call->request->cookie, call->session->person);
  else if (call->no_session)
    lanes_forget(call->context->lanes, call->request->cookie);
  call_proceed(call);
}

/* A call that finds no place in the line is answered later, too, as its front expects. */
static gboolean refuse(void *data) {
  Call *call = data;
  call_too_many(call, "Too many requests at once; wait a moment", 1);
  call_proceed(call);
  return G_SOURCE_REMOVE;
}

ApiCall *api_begin(ApiContext *context, ApiRequest *request, ApiDone done, void *user) {
  Call *call = g_new0(Call, 1);
  call->context = context;
  call->request = request;
  call->response = api_response_new();
  call->match = route_match(request->method, request->path);
  call->now = context->now ? context->now(context->now_user) : moment_now();
  call->now_ms = call->now.wall_ms;
  call->actor = (Actor){NULL, request->address};
  call->done = done;
  call->user = user;
  char group[ADDRESS_CHARS];
  address_group(request->address, group);
  const char *whose = lanes_find(context->lanes, request->cookie, group);
  if (!reads_post(context->reads, whose, run_handle, handled, call))
    g_idle_add_full(G_PRIORITY_DEFAULT, refuse, call, NULL);
  return call;
}

void api_abandon(ApiCall *call) {
  call->abandoned = true;
}

ApiContext *api_context_new(const Config *config, Store *store, Mailbox *mailbox,
                            struct Turn *turn) {
  ApiContext *context = g_new0(ApiContext, 1);
  context->config = config;
  context->store = store;
  context->turn = turn;
  context->throttle = throttle_new();
  context->hasher = hasher_new(mailbox);
  context->lanes = lanes_new();
  context->reads = reads_new(store, (unsigned)config->store_readers);
  return context;
}

void api_context_stop(ApiContext *context) {
  if (context)
    g_clear_pointer(&context->hasher, hasher_free);
}

void api_context_free(ApiContext *context) {
  if (!context)
    return;
  api_context_stop(context);
  reads_free(context->reads);
  lanes_free(context->lanes);
  throttle_free(context->throttle);
  g_free(context->base_url);
  g_free(context);
}
