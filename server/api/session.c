/* Signing in and out. Wrong passwords and codes are limited per address here, per account by the
 * store.
 *
 * Where a second factor is confirmed, password and code are said together: a right password alone
 * is answered by `code_needed`, and nothing of it is kept. */
#include <openssl/crypto.h>
#include <string.h>

#include "api/exchange.h"
#include "api/links.h"
#include "base/address.h"
#include "base/clock.h"
#include "store/passwords.h"
#include "store/people.h"
#include "store/second-factor.h"

/* Who is signed in, as every page asks first. */
static const Field person_parts[] = {
    ID("id"),
    RAW("name", 0, INT32_MAX),
    RAW("shown", 0, INT32_MAX, .about = "the name, with what tells the person from another of it"),
    RAW("login", 0, INT32_MAX, .flags = OR_NULL),
    WORD("kind", "member staff guest admin"),
    WORDS("roles", ROLE_WORDS, 0, ROLE_COUNT),
    END,
};
static const Field factor_parts[] = {
    BOOL("on", .about = "a log-in asks for a code"),
    BOOL("must", .about = "the person's roles want one: while it is not on, nothing but setting it "
                          "up is possible (403 must_enrol)"),
    INT("codes_left", 0, INT32_MAX, .about = "recovery codes that were not used"),
    END,
};
static const Field session_parts[] = {
    OBJECT("person", "SessionPerson", person_parts),
    RAW("csrf", 1, INT32_MAX, .about = "goes into X-CSRF-Token"),
    ID("scope_meeting", .flags = OR_NULL, .about = "of a session from a personal link"),
    BOOL("must_change_password"),
    OBJECT("second_factor", "SessionFactor", factor_parts),
    INT("idle_min", 0, INT32_MAX),
    RAW("time_zone", 1, INT32_MAX, .about = "in which pages write times, \"Asia/Shanghai\""),
    END,
};
static const Field session_answer = OBJECT("session", "Session", session_parts);

/* What is secret is taken as it was typed. */
static const Field fields[] = {
    RAW("login", 0, 256),
    RAW("password", 0, 1024),
    RAW("code", 0, CODE_CHARS_MOST,
        .about = "of the phone, or a recovery code, where a second factor is confirmed: without it "
                 "a right password is 401 code_needed; a wrong one is 401 bad_code"),
    RAW("secret", 0, 256),
    BOOL("replace", .about = "whoever is signed in by the cookie was asked and is signed out; "
                             "without it a link of another person is refused: 409 other_person, "
                             "with its owner's name as the detail"),
    RAW("old", 0, 1024),
    RAW("new", 0, 1024),
    END,
};

static void set_cookie(Exchange *exchange, const char *value, bool keep) {
  g_free(exchange->response->set_cookie);
  exchange->response->set_cookie =
      g_strdup_printf(API_COOKIE "=%s; Path=/; HttpOnly; SameSite=Lax%s%s", value,
                      keep ? "" : "; Max-Age=0", exchange->context->secure ? "; Secure" : "");
}

static json_t *document_of(const Exchange *exchange, const Session *session, GError **error) {
  return session_json(exchange->db, session, exchange->context->config->time_zone, error);
}

/* ---- by a password ---- */

static void too_many_failures(Exchange *exchange) {
  exchange_too_many(exchange, "Too many wrong passwords from your network; wait a minute", 60);
}

/* Wrong passwords from one address, of IPv6 from one /64. Right ones are not counted: a hall full
 * of people behind one address signs in at the same time. */
static bool may_try(Exchange *exchange) {
  char group[ADDRESS_CHARS];
  address_group(exchange->request->address, group);
  return throttle_left(exchange->context->throttle, LIMIT_LOGIN_FAILURES, group, clock_mono_us());
}

static void count_failure(Exchange *exchange) {
  char group[ADDRESS_CHARS];
  address_group(exchange->request->address, group);
  throttle_use(exchange->context->throttle, LIMIT_LOGIN_FAILURES, group, clock_mono_us());
}

/* Counted here and not when the writer has decided: those behind it in line are asked next. */
static bool try_password(Exchange *exchange) {
  PasswordTrial *trial = exchange->own;
  password_trial_hash(trial, exchange_text(exchange, "password"));
  if (!trial->matched)
    count_failure(exchange);
  return false;
}

/* After the right password. What is not proven is answered. */
static bool prove_second(Exchange *exchange, const char *person, bool *proven, GError **error) {
  const char *code = exchange_text(exchange, "code");
  SecondFactor factor;
  *proven = false;
  if (!second_factor_read(exchange->db, person, &factor, error))
    return false;
  if (!factor.confirmed) {
    *proven = true;
    return true;
  }
  if (!code || !*code) {
    exchange_problem(exchange, 401, "code_needed", "A code is asked for beside the password");
    return true;
  }
  if (!second_factor_check(exchange->db, exchange->context->config, person, code,
                           exchange->request->address, exchange->now_ms, proven, error))
    return false;
  if (!*proven) {
    count_failure(exchange);
    exchange_problem(exchange, 401, "bad_code", "The code is not right");
  }
  return true;
}

static bool sign_in(Exchange *exchange, GError **error) {
  const PasswordTrial *trial = exchange->own;
  const ApiContext *context = exchange->context;
  bool passed;
  char secret[SECRET_CHARS + 1];
  if (!password_trial_settle(exchange->db, context->config, trial, exchange->request->address,
                             exchange->now_ms, &passed, error))
    return false;
  if (!passed) {
    exchange_problem(exchange, 401, "bad_credentials", "The name or the password is not right");
    return true;
  }
  if (!prove_second(exchange, trial->person, &passed, error))
    return false;
  if (!passed)
    return true;
  g_autoptr(Session) session =
      session_begin(exchange->db, context->config, trial->person, exchange->request->address,
                    exchange->now_ms, secret, error);
  if (!session)
    return false;
  set_cookie(exchange, secret, true);
  return exchange_made(exchange, 200, document_of(exchange, session, error));
}

static void tried(Exchange *exchange) {
  exchange_write(exchange, sign_in);
}

static void trial_free(void *data) {
  OPENSSL_cleanse(data, sizeof(PasswordTrial));
  g_free(data);
}

static void create(Exchange *exchange) {
  static const ExchangeHash how = {may_try, try_password, tried, too_many_failures};
  if (!may_try(exchange)) {
    too_many_failures(exchange);
    return;
  }
  GError *error = NULL;
  PasswordTrial *trial = exchange->own = g_new0(PasswordTrial, 1);
  exchange->own_free = trial_free;
  if (!password_trial_read(exchange->db, exchange->context->config,
                           exchange_text(exchange, "login"), trial, &error)) {
    exchange_fail(exchange, error);
    return;
  }
  char group[ADDRESS_CHARS];
  address_group(exchange->request->address, group);
  exchange_hash(exchange, group, &how);
}

/* ---- by a personal link ---- */

/* A browser has one session: opening the link of B where A is signed in would turn A's open pages
 * into B's. So it is done only when the person was asked (replace). Answers and returns true when
 * it must be asked first. */
static bool would_replace(Exchange *exchange) {
  char person[ID_CHARS + 1];
  g_autofree char *name = NULL, *here = NULL;
  GError *error = NULL;
  if (!exchange->session || exchange_bool(exchange, "replace"))
    return false;
  here = person_shown(exchange->db, exchange->session->person, &error);
  if (!here ||
      !link_owner(exchange->db, exchange_text(exchange, "secret"), here, person, &name, &error)) {
    if (!g_error_matches(error, STORE_ERROR, STORE_ERROR_NOT_FOUND)) {
      exchange_fail(exchange, error);
      return true;
    }
    g_error_free(error);
    return false; /* a link that is none is refused further on */
  }
  if (strcmp(person, exchange->session->person) == 0)
    return false;
  api_problem(exchange->response, 409, "other_person",
              "Somebody else is signed in; the detail says whom the link is for", name);
  return true;
}

/* Rooms ask again what the person's connections may do: those that came by a session that is gone
 * are out. */
static void sessions_ended(Exchange *exchange, const char *person) {
  exchange_effect(exchange, EFFECT_PERSON_CHANGED, NULL, person);
}

static bool follow_link(Exchange *exchange, GError **error) {
  char secret[SECRET_CHARS + 1];
  /* Whoever was signed in here, and was asked, is signed out. */
  if (exchange->session && exchange_bool(exchange, "replace")) {
    if (!session_delete(exchange->db, exchange->session, &exchange->actor, exchange->now_ms, error))
      return false;
    sessions_ended(exchange, exchange->session->person);
  }
  g_autoptr(Session) session =
      session_from_link(exchange->db, exchange->context->config, exchange_text(exchange, "secret"),
                        exchange->request->address, exchange->now_ms, secret, error);
  if (!session)
    return false;
  set_cookie(exchange, secret, true);
  return exchange_made(exchange, 200, document_of(exchange, session, error));
}

static bool link_refused(Exchange *exchange, const GError *error) {
  if (g_error_matches(error, STORE_ERROR, STORE_ERROR_NOT_FOUND))
    exchange_problem(exchange, 401, "bad_link", "This link is not valid");
  else if (g_error_matches(error, STORE_ERROR, STORE_ERROR_CONFLICT))
    exchange_problem(exchange, 410, "link_expired", "This link is no longer valid");
  else
    return false;
  return true;
}

static void create_by_link(Exchange *exchange) {
  if (!link_used_too_often(exchange) && !would_replace(exchange))
    exchange_write_or(exchange, follow_link, link_refused);
}

/* ---- while it lasts ---- */

static void show(Exchange *exchange) {
  GError *error = NULL;
  json_t *document = document_of(exchange, exchange->session, &error);
  exchange_answer(exchange, 200, document, error);
}

static bool end_session(Exchange *exchange, GError **error) {
  if (!session_delete(exchange->db, exchange->session, &exchange->actor, exchange->now_ms, error))
    return false;
  sessions_ended(exchange, exchange->session->person);
  set_cookie(exchange, "", false);
  exchange_empty(exchange);
  return true;
}

static void end(Exchange *exchange) {
  exchange_write(exchange, end_session);
}

/* ---- the password ---- */

static bool hash_change(Exchange *exchange) {
  return password_change_slice(exchange->own, exchange_text(exchange, "old"),
                               exchange_text(exchange, "new"));
}

static bool change_password(Exchange *exchange, GError **error) {
  PasswordOutcome outcome;
  if (!password_change_settle(exchange->db, exchange->context->config, exchange->own,
                              exchange->session->digest, &exchange->actor, exchange->now_ms,
                              &outcome, error))
    return false;
  switch (outcome) {
  case PASSWORD_CHANGED:
    sessions_ended(exchange, exchange->session->person);
    exchange_empty(exchange);
    break;
  case PASSWORD_REFUSED:
    api_problem(exchange->response, 403, "forbidden", "You may not do this",
                "wrong login or password");
    break;
  case PASSWORD_REUSED:
    api_problem(exchange->response, 422, "invalid", "A value is not valid",
                "this password was used before: the last 5 are refused");
    break;
  }
  return true;
}

static void change_hashed(Exchange *exchange) {
  exchange_write(exchange, change_password);
}

static void change_free(void *data) {
  OPENSSL_cleanse(data, sizeof(PasswordChange));
  g_free(data);
}

static void change(Exchange *exchange) {
  static const ExchangeHash how = {NULL, hash_change, change_hashed, NULL};
  GError *error = NULL;
  PasswordChange *change = exchange->own = g_new0(PasswordChange, 1);
  exchange->own_free = change_free;
  if (!password_change_read(exchange->db, exchange->context->config, exchange->session->person,
                            exchange_text(exchange, "new"), change, &error))
    exchange_fail(exchange, error);
  else if (!throttle_use(exchange->context->throttle, LIMIT_PASSWORDS, exchange->session->person,
                         clock_mono_us()))
    exchange_too_many(exchange, "The password was changed too often; wait a minute", 60);
  else
    exchange_hash(exchange, exchange->session->person, &how);
}

/* ---- the endpoints ---- */

#define WHILE_HELD_UP (BEFORE_PASSWORD_CHANGE | BEFORE_ENROLMENT)

const Endpoint session_endpoints[] = {
    {HTTP_POST, "session", FOR_ANYBODY | DONE_AGAIN, "createSession", create, .fields = fields,
     .in = "login password code?", .answer = &session_answer, .what = "Signs in; sets the cookie",
     .about = "60 failed attempts a minute from one address"},
    {HTTP_POST, "session/link", FOR_ANYBODY | DONE_AGAIN, "createSessionByLink", create_by_link,
     .fields = fields, .in = "secret replace?", .answer = &session_answer,
     .what = "Signs in by a personal link, for one meeting; sets the cookie",
     .about = "1000 at once and 10 a second from one address, 60 at once and 6 a minute with one "
              "link"},
    {HTTP_GET, "session", FOR_PERSON | WHILE_HELD_UP, "getSession", show, .answer = &session_answer,
     .what = "Who am I"},
    {HTTP_DELETE, "session", FOR_PERSON | WHILE_HELD_UP | DONE_AGAIN, "deleteSession", end,
     .what = "Signs out"},
    {HTTP_PUT, "session/password", FOR_ACCOUNT | WHILE_HELD_UP | DONE_AGAIN, "changePassword",
     change, .fields = fields, .in = "old new",
     .what = "Changes one's password; other sessions end"},
    {0},
};
