/* Signing in and out. Passwords are checked here on the reader's thread, where it may take its tens
 * of milliseconds; attempts per address are limited by the front, per account by the store. */
#include <string.h>

#include "api/handlers.h"
#include "api/throttle.h"
#include "store/passwords.h"
#include "store/people.h"

#define SECRET_BYTES_MAX 256
#define PASSWORD_BYTES_MAX 1024

static void set_cookie(Call *call, const char *value, bool keep) {
  g_free(call->response->set_cookie);
  call->response->set_cookie =
      g_strdup_printf(API_COOKIE "=%s; Path=/; HttpOnly; SameSite=Lax%s%s", value,
                      keep ? "" : "; Max-Age=0", call->context->secure ? "; Secure" : "");
}

void session_create(Call *call) {
  static const BodyField fields[] = {
      {"login", BODY_TEXT, true, SECRET_BYTES_MAX},
      {"password", BODY_TEXT, true, PASSWORD_BYTES_MAX},
  };
  if (!call_body(call, fields, G_N_ELEMENTS(fields)))
    return;
  GError *error = NULL;
  g_autoptr(Session) session =
      session_login(call->context->store, call->db, call->context->config,
                    body_text(call->body, "login"), body_text(call->body, "password"),
                    call->request->address, call->now_ms, call->secret, &error);
  if (!session && g_error_matches(error, STORE_ERROR, STORE_ERROR_FORBIDDEN)) {
    g_error_free(error);
    call_problem(call, 401, "bad_credentials", "The name or the password is not right");
    return;
  }
  if (session)
    set_cookie(call, call->secret, true);
  call_answer(call, 200, session ? session_json(session) : NULL, error);
}

/* Each use makes a session and a record. A venue opens its link on a few devices, not on a hundred
 * a minute. */
static Throttle uses = {.per_second = 1 / 10.0, .burst = 60, .lock = PTHREAD_MUTEX_INITIALIZER};

static bool used_too_often(Call *call) {
  char digest[65];
  secret_digest(body_text(call->body, "secret"), digest);
  if (throttle_take(&uses, digest, call->now_ms))
    return false;
  call_problem(call, 429, "too_many", "This link was opened too often; wait a minute");
  call->response->retry_after_s = 60;
  return true;
}

static bool create_by_link(sqlite3 *db, void *data, GError **error) {
  Call *call = data;
  /* The session that came with the request, if any, plays no part. */
  session_free(call->session);
  call->session = session_from_link(db, call->context->config, body_text(call->body, "secret"),
                                    call->request->address, call->now_ms, call->secret, error);
  return call->session != NULL;
}

void session_create_by_link(Call *call) {
  static const BodyField fields[] = {{"secret", BODY_TEXT, true, SECRET_BYTES_MAX}};
  if (!call_body(call, fields, G_N_ELEMENTS(fields)) || used_too_often(call))
    return;
  GError *error = NULL;
  if (!store_write_wait(call->context->store, create_by_link, call, &error)) {
    if (g_error_matches(error, STORE_ERROR, STORE_ERROR_NOT_FOUND))
      call_problem(call, 401, "bad_link", "This link is not valid");
    else if (g_error_matches(error, STORE_ERROR, STORE_ERROR_CONFLICT))
      call_problem(call, 410, "link_expired", "This link is no longer valid");
    else {
      call_fail(call, error);
      return;
    }
    g_error_free(error);
    return;
  }
  json_t *meeting = meeting_json(call->db, call->session->scope_meeting, call->session, &error);
  if (!meeting) {
    call_fail(call, error);
    return;
  }
  json_t *document = session_json(call->session);
  json_object_set_new(document, "meeting", meeting);
  set_cookie(call, call->secret, true);
  call_json(call, 200, document);
}

void session_show(Call *call) {
  call_json(call, 200, session_json(call->session));
}

static bool end_session(sqlite3 *db, void *data, GError **error) {
  Call *call = data;
  return session_delete(db, call->session, &call->actor, call->now_ms, error);
}

void session_end(Call *call) {
  if (!call_body(call, NULL, 0) || !call_write(call, end_session))
    return;
  set_cookie(call, "", false);
  call_empty(call);
}

void session_change_password(Call *call) {
  static const BodyField fields[] = {
      {"old", BODY_TEXT, true, PASSWORD_BYTES_MAX},
      {"new", BODY_TEXT, true, PASSWORD_BYTES_MAX},
  };
  if (!call_body(call, fields, G_N_ELEMENTS(fields)))
    return;
  GError *error = NULL;
  if (password_change(call->context->store, call->db, call->context->config, call->session->person,
                      body_text(call->body, "old"), body_text(call->body, "new"),
                      call->session->digest, &call->actor, call->now_ms, &error))
    call_empty(call);
  else
    call_fail(call, error);
}
