/* A new password for somebody else's account: by the system administrator, who gives no roles, and
 * never for an administrator's, which are reset on the machine itself (yishictl). Beside the
 * subject person (domain/), because it is hashed on a thread of its own in between. */
#include <openssl/crypto.h>
#include <string.h>

#include "api/exchange.h"
#include "base/clock.h"
#include "store/passwords.h"
#include "store/people.h"

typedef struct {
  char *password;
  PasswordHash hash;
  bool hashed;
} Reset;

static void reset_free(void *data) {
  Reset *reset = data;
  OPENSSL_cleanse(reset->password, strlen(reset->password));
  g_free(reset->password);
  g_free(reset);
}

static bool hash_reset(Exchange *exchange) {
  Reset *reset = exchange->own;
  reset->hashed = password_hash(reset->password, exchange->context->config->password_cost_log2,
                                &reset->hash, NULL);
  return false;
}

static bool reset(Exchange *exchange, GError **error) {
  const Reset *reset = exchange->own;
  if (!password_reset(exchange->db, exchange_text(exchange, "person"), &reset->hash,
                      &exchange->actor, exchange->now_ms, error))
    return false;
  exchange_effect(exchange, EFFECT_PERSON_CHANGED, NULL,
                  exchange_text(exchange, "person")); /* its sessions have ended */
  return exchange_made(exchange, 200, json_pack("{s:s}", "password", reset->password));
}

static void reset_hashed(Exchange *exchange) {
  if (((const Reset *)exchange->own)->hashed)
    exchange_write(exchange, reset);
  else
    exchange_problem(exchange, 500, "internal", "The server failed to do this");
}

static void begin(Exchange *exchange) {
  GError *error = NULL;
  const char *id = exchange_text(exchange, "person");
  g_autofree char *login = NULL;
  if (!person_login(exchange->db, id, &login, &error)) {
    exchange_fail(exchange, error);
    return;
  }
  if ((person_roles(exchange->db, id) & ROLES_ADMIN) ||
      strcmp(id, exchange->session->person) == 0) {
    exchange_problem(exchange, 403, "forbidden",
                     "An administrator's password is reset on the server itself");
    return;
  }
  if (!login) {
    exchange_problem(exchange, 409, "no_login", "This person has no login name");
    return;
  }
  if (!throttle_use(exchange->context->throttle, LIMIT_RESETS, exchange->session->person,
                    clock_mono_us())) {
    exchange_too_many(exchange, "Too many passwords were reset; wait a moment", 10);
    return;
  }
  static const ExchangeHash how = {NULL, hash_reset, reset_hashed, NULL};
  Reset *wanted = exchange->own = g_new0(Reset, 1);
  exchange->own_free = reset_free;
  wanted->password = password_generate();
  exchange_hash(exchange, exchange->session->person, &how);
}

static const Field fields[] = {RAW("password", 1, INT32_MAX), END};

const Endpoint password_endpoints[] = {
    {HTTP_POST, "people/{person}/password", FOR_SYSTEM_ADMIN | DONE_AGAIN, "resetPassword", begin,
     .fields = fields, .out = "password",
     .what = "A one-time password that must be changed, told this once",
     .about = "not for administrators"},
    {0},
};
