/* Setting up one's account by an invitation (store/account-link.h), which whoever keeps the
 * register handed out: first the page asks whose it is, then the person says what he signs in by
 * and a password. It signs nobody in: the page does that next, as anybody does. */
#include <openssl/crypto.h>
#include <string.h>

#include "api/exchange.h"
#include "api/links.h"
#include "base/address.h"
#include "domain/person/person.h"
#include "store/account-link.h"

/* An account that is being set up. */
typedef struct {
  PasswordHash hash;
  bool hashed;
} Setup;

static void setup_free(void *data) {
  OPENSSL_cleanse(data, sizeof(Setup));
  g_free(data);
}

static bool is_refused(Exchange *exchange, const GError *error) {
  if (g_error_matches(error, STORE_ERROR, STORE_ERROR_NOT_FOUND))
    exchange_problem(exchange, 404, "invite_unknown",
                     "There is no such invitation, or a newer one");
  else if (g_error_matches(error, STORE_ERROR, STORE_ERROR_CONFLICT))
    exchange_problem(exchange, 410, "invite_expired", "This invitation has expired");
  else if (g_error_matches(error, STORE_ERROR, STORE_ERROR_FORBIDDEN))
    exchange_problem(exchange, 409, "invite_used", "This account is set up already");
  else
    return false;
  return true;
}

/* Reads what the link leads to; false when it is answered. */
static bool read_link(Exchange *exchange, AccountLink *link) {
  GError *error = NULL;
  if (account_link_read(exchange->db, exchange_text(exchange, "secret"), exchange->now_ms, link,
                        &error))
    return true;
  if (is_refused(exchange, error))
    g_error_free(error);
  else
    exchange_fail(exchange, error);
  return false;
}

static void look(Exchange *exchange) {
  g_auto(AccountLink) link = {""};
  if (!link_used_too_often(exchange) && read_link(exchange, &link))
    exchange_json(exchange, 200,
                  json_pack("{s:s, s:s?, s:s?, s:I}", "name", link.name, "login", link.login,
                            "hint", link.hint, "expires_at", (json_int_t)link.expires_at));
}

static bool hash_setup(Exchange *exchange) {
  Setup *setup = exchange->own;
  setup->hashed = password_hash(exchange_text(exchange, "password"),
                                exchange->context->config->password_cost_log2, &setup->hash, NULL);
  return false;
}

/* The login is somebody else's by now, or was when it was asked. */
static bool is_taken(Exchange *exchange, const AccountLink *link, bool *taken, GError **error) {
  bool is_free = true;
  const char *login = exchange_text(exchange, "login");
  if (!link->login && !account_login_is_free(exchange->db, link->person, login, &is_free, error))
    return false;
  *taken = !is_free;
  if (*taken)
    exchange_problem(exchange, 409, "person.login_taken", "This login is taken");
  return true;
}

static bool set_up(Exchange *exchange, GError **error) {
  bool taken;
  g_auto(AccountLink) link = {""};
  if (!account_link_read(exchange->db, exchange_text(exchange, "secret"), exchange->now_ms, &link,
                         error) ||
      !is_taken(exchange, &link, &taken, error))
    return false;
  if (taken)
    return true;
  if (!account_link_use(exchange->db, &link, exchange_text(exchange, "login"),
                        &((const Setup *)exchange->own)->hash, exchange->request->address,
                        exchange->now_ms, error))
    return false;
  exchange_effect(exchange, EFFECT_PERSON_CHANGED, NULL, link.person);
  return exchange_made(
      exchange, 200,
      json_pack("{s:s}", "login", link.login ? link.login : exchange_text(exchange, "login")));
}

static void setup_hashed(Exchange *exchange) {
  if (((const Setup *)exchange->own)->hashed)
    exchange_write_or(exchange, set_up, is_refused);
  else
    exchange_problem(exchange, 500, "internal", "The server failed to do this");
}

/* What can be said before the password is hashed; false when it is answered. */
static bool is_well_asked(Exchange *exchange) {
  bool taken;
  GError *error = NULL;
  g_auto(AccountLink) link = {""};
  if (!read_link(exchange, &link))
    return false;
  if (!link.login && !exchange_text(exchange, "login")) {
    Problem problem = {0};
    problem_add(&problem, "login", "missing", NULL);
    exchange_refuse(exchange, &problem);
    return false;
  }
  if (!password_rule(exchange_text(exchange, "password"), &error) ||
      !is_taken(exchange, &link, &taken, &error)) {
    exchange_fail(exchange, error);
    return false;
  }
  return !taken;
}

static void begin(Exchange *exchange) {
  static const ExchangeHash how = {NULL, hash_setup, setup_hashed, NULL};
  char group[ADDRESS_CHARS];
  if (link_used_too_often(exchange) || !is_well_asked(exchange))
    return;
  exchange->own = g_new0(Setup, 1);
  exchange->own_free = setup_free;
  address_group(exchange->request->address, group);
  exchange_hash(exchange, group, &how);
}

static const Field link_parts[] = {
    RAW("name", 1, INT32_MAX, .about = "whose account it is"),
    RAW("login", 0, INT32_MAX, .flags = OR_NULL, .about = "that he has; null: he chooses one"),
    RAW("hint", 0, INT32_MAX, .flags = OR_NULL, .about = "that he could choose"),
    TIME("expires_at"),
    END,
};
static const Field link_answer = OBJECT("link", "AccountLink", link_parts);

static const Field fields[] = {
    RAW("secret", 0, 256),
    TEXT("login", 1, PERSON_LOGIN_MOST, .of = PERSON_LOGIN_CHARS),
    RAW("password", 0, 1024),
    END,
};

const Endpoint account_endpoints[] = {
    {HTTP_POST, "account/link", FOR_ANYBODY | DONE_AGAIN, "readAccountLink", look, .fields = fields,
     .in = "secret", .answer = &link_answer, .what = "Whose account an invitation sets up",
     .about = "404 invite_unknown: none, or there is a newer one; 410 invite_expired; 409 "
              "invite_used: the account is set up"},
    {HTTP_POST, "account/setup", FOR_ANYBODY | DONE_AGAIN, "setUpAccount", begin, .fields = fields,
     .in = "secret login? password", .out = "login", .what = "Sets up the account of an invitation",
     .about = "login: where the person has none; what he signs in by is answered"},
    {0},
};
