/* Signing in and out. Wrong passwords are limited per address here, per account by the store. */
#include <openssl/crypto.h>
#include <string.h>

#include "api/handlers.h"
#include "base/address.h"
#include "base/clock.h"
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

static json_t *document_of(const Call *call, const Session *session, GError **error) {
  return session_json(call->db, session, call->context->config->time_zone, error);
}

/* ---- by a password ---- */

static void too_many_failures(Call *call) {
  call_too_many(call, "Too many wrong passwords from your network; wait a minute", 60);
}

/* Wrong passwords from one address, of IPv6 from one /64. Right ones are not counted: a hall full
 * of people behind one address signs in at the same time. */
static bool may_try(Call *call) {
  char group[ADDRESS_CHARS];
  address_group(call->request->address, group);
  return throttle_left(call->context->throttle, LIMIT_LOGIN_FAILURES, group, clock_mono_us());
}

static void count_failure(Call *call) {
  char group[ADDRESS_CHARS];
  address_group(call->request->address, group);
  throttle_use(call->context->throttle, LIMIT_LOGIN_FAILURES, group, clock_mono_us());
}

/* Counted here and not when the writer has decided: those behind it in line are asked next. */
static bool try_password(Call *call) {
  PasswordTrial *trial = call->own;
  password_trial_hash(trial, body_text(call->body, "password"));
  if (!trial->matched)
    count_failure(call);
  return false;
}

static bool sign_in(Call *call, GError **error) {
  const PasswordTrial *trial = call->own;
  const ApiContext *context = call->context;
  bool passed;
  char secret[SECRET_CHARS + 1];
  if (!password_trial_settle(call->db, context->config, trial, call->request->address, call->now_ms,
                             &passed, error))
    return false;
  if (!passed) {
    call_problem(call, 401, "bad_credentials", "The name or the password is not right");
    return true;
  }
  g_autoptr(Session) session = session_begin(call->db, context->config, trial->person,
                                             call->request->address, call->now_ms, secret, error);
  if (!session)
    return false;
  set_cookie(call, secret, true);
  return call_made(call, 200, document_of(call, session, error));
}

static void tried(Call *call) {
  call_write(call, sign_in);
}

static void trial_free(void *data) {
  OPENSSL_cleanse(data, sizeof(PasswordTrial));
  g_free(data);
}

void session_create(Call *call) {
  static const BodyField fields[] = {
      {"login", BODY_TEXT, true, SECRET_BYTES_MAX},
      {"password", BODY_TEXT, true, PASSWORD_BYTES_MAX},
  };
  static const CallHash how = {may_try, try_password, tried, too_many_failures};
  if (!call_body(call, fields, G_N_ELEMENTS(fields)))
    return;
  if (!may_try(call)) {
    too_many_failures(call);
    return;
  }
  GError *error = NULL;
  PasswordTrial *trial = call->own = g_new0(PasswordTrial, 1);
  call->own_free = trial_free;
  if (!password_trial_read(call->db, call->context->config, body_text(call->body, "login"), trial,
                           &error)) {
    call_fail(call, error);
    return;
  }
  char group[ADDRESS_CHARS];
  address_group(call->request->address, group);
  call_hash(call, group, &how);
}

/* ---- by a personal link ---- */

/* Each use makes a session and a record. */
static bool used_too_often(Call *call) {
  char digest[65], group[ADDRESS_CHARS];
  secret_digest(body_text(call->body, "secret"), digest);
  address_group(call->request->address, group);
  int64_t now_us = clock_mono_us();
  if (!throttle_use(call->context->throttle, LIMIT_LINKS, group, now_us))
    call_too_many(call, "Too many links were opened from your network; wait a minute", 60);
  else if (!throttle_use(call->context->throttle, LIMIT_LINK_USES, digest, now_us))
    call_too_many(call, "This link was opened too often; wait a minute", 60);
  else
    return false;
  return true;
}

/* A browser has one session: opening the link of B where A is signed in would turn A's open pages
 * into B's. So it is done only when the person was asked (replace). Answers and returns true when
 * it must be asked first. */
static bool would_replace(Call *call) {
  char person[ID_CHARS + 1];
  g_autofree char *name = NULL, *here = NULL;
  GError *error = NULL;
  if (!call->session || body_switch(call->body, "replace"))
    return false;
  here = person_shown(call->db, call->session->person, &error);
  if (!here ||
      !link_owner(call->db, body_text(call->body, "secret"), here, person, &name, &error)) {
    if (!g_error_matches(error, STORE_ERROR, STORE_ERROR_NOT_FOUND)) {
      call_fail(call, error);
      return true;
    }
    g_error_free(error);
    return false; /* a link that is none is refused further on */
  }
  if (strcmp(person, call->session->person) == 0)
    return false;
  api_problem(call->response, 409, "other_person",
              "Somebody else is signed in; the detail says whom the link is for", name);
  return true;
}

/* Rooms ask again what the person's connections may do: those that came by a session that is gone
 * are out. */
static void sessions_ended(Call *call, const char *person) {
  call_effect(call, API_PERSON_CHANGED, NULL, person);
}

static bool follow_link(Call *call, GError **error) {
  char secret[SECRET_CHARS + 1];
  /* Whoever was signed in here, and was asked, is signed out. */
  if (call->session && body_switch(call->body, "replace")) {
    if (!session_delete(call->db, call->session, &call->actor, call->now_ms, error))
      return false;
    sessions_ended(call, call->session->person);
  }
  g_autoptr(Session) session =
      session_from_link(call->db, call->context->config, body_text(call->body, "secret"),
                        call->request->address, call->now_ms, secret, error);
  json_t *meeting = session ? meeting_json(call->db, session->scope_meeting, session, error) : NULL;
  json_t *document = meeting ? document_of(call, session, error) : NULL;
  if (!document) {
    json_decref(meeting);
    return false;
  }
  json_object_set_new(document, "meeting", meeting);
  set_cookie(call, secret, true);
  return call_made(call, 200, document);
}

static bool link_refused(Call *call, const GError *error) {
  if (g_error_matches(error, STORE_ERROR, STORE_ERROR_NOT_FOUND))
    call_problem(call, 401, "bad_link", "This link is not valid");
  else if (g_error_matches(error, STORE_ERROR, STORE_ERROR_CONFLICT))
    call_problem(call, 410, "link_expired", "This link is no longer valid");
  else
    return false;
  return true;
}

void session_create_by_link(Call *call) {
  static const BodyField fields[] = {{"secret", BODY_TEXT, true, SECRET_BYTES_MAX},
                                     {"replace", BODY_SWITCH, false, 0}};
  if (call_body(call, fields, G_N_ELEMENTS(fields)) && !used_too_often(call) &&
      !would_replace(call))
    call_write_or(call, follow_link, link_refused);
}

/* ---- while it lasts ---- */

void session_show(Call *call) {
  GError *error = NULL;
  json_t *document = document_of(call, call->session, &error);
  call_answer(call, 200, document, error);
}

static bool end_session(Call *call, GError **error) {
  if (!session_delete(call->db, call->session, &call->actor, call->now_ms, error))
    return false;
  sessions_ended(call, call->session->person);
  set_cookie(call, "", false);
  call_empty(call);
  return true;
}

void session_end(Call *call) {
  if (call_body(call, NULL, 0))
    call_write(call, end_session);
}

/* ---- the password ---- */

static bool hash_change(Call *call) {
  return password_change_slice(call->own, body_text(call->body, "old"),
                               body_text(call->body, "new"));
}

static bool change_password(Call *call, GError **error) {
  PasswordOutcome outcome;
  if (!password_change_settle(call->db, call->context->config, call->own, call->session->digest,
                              &call->actor, call->now_ms, &outcome, error))
    return false;
  switch (outcome) {
  case PASSWORD_CHANGED:
    sessions_ended(call, call->session->person);
    call_empty(call);
    break;
  case PASSWORD_REFUSED:
    api_problem(call->response, 403, "forbidden", "You may not do this", "wrong login or password");
    break;
  case PASSWORD_REUSED:
    api_problem(call->response, 422, "invalid", "A value is not valid",
                "this password was used before: the last 5 are refused");
    break;
  }
  return true;
}

static void change_hashed(Call *call) {
  call_write(call, change_password);
}

static void change_free(void *data) {
  OPENSSL_cleanse(data, sizeof(PasswordChange));
  g_free(data);
}

void session_change_password(Call *call) {
  static const BodyField fields[] = {
      {"old", BODY_TEXT, true, PASSWORD_BYTES_MAX},
      {"new", BODY_TEXT, true, PASSWORD_BYTES_MAX},
  };
  static const CallHash how = {NULL, hash_change, change_hashed, NULL};
  if (!call_body(call, fields, G_N_ELEMENTS(fields)))
    return;
  GError *error = NULL;
  PasswordChange *change = call->own = g_new0(PasswordChange, 1);
  call->own_free = change_free;
  if (!password_change_read(call->db, call->context->config, call->session->person,
                            body_text(call->body, "new"), change, &error))
    call_fail(call, error);
  else if (!throttle_use(call->context->throttle, LIMIT_PASSWORDS, call->session->person,
                         clock_mono_us()))
    call_too_many(call, "The password was changed too often; wait a minute", 60);
  else
    call_hash(call, call->session->person, &how);
}
