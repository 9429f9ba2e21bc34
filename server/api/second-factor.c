/* The second factor of whoever is signed in: set up, renewed, taken away. It is asked for in
 * session.c. Secret and recovery codes are answered once and read nowhere later. */
#include <openssl/crypto.h>

#include "api/handlers.h"
#include "store/second-factor.h"

#define ISSUER "议事" /* how an app names the account */

static void refuse_code(Exchange *exchange) {
  exchange_problem(exchange, 403, "bad_code", "The code is not right");
}

/* {codes: […]} */
static json_t *codes_json(RecoveryCodes *codes) {
  json_t *list = json_array();
  for (unsigned i = 0; i < RECOVERY_CODES; i++)
    json_array_append_new(list, json_string(codes->code[i]));
  OPENSSL_cleanse(codes, sizeof *codes);
  return json_pack("{s:o}", "codes", list);
}

static bool read_code(Exchange *exchange) {
  static const BodyField fields[] = {{"code", BODY_TEXT, true, CODE_BYTES_MAX}};
  return exchange_body(exchange, fields, G_N_ELEMENTS(fields));
}

/* ---- setting up ---- */

static bool begin(Exchange *exchange, GError **error) {
  const Session *session = exchange->session;
  uint8_t secret[TOTP_SECRET_BYTES];
  if (!second_factor_begin(exchange->db, session->person, &exchange->actor, exchange->now_ms,
                           secret, error))
    return false;
  g_autofree char *text = totp_secret_text(secret), *uri = totp_uri(secret, ISSUER, session->login);
  OPENSSL_cleanse(secret, sizeof secret);
  return exchange_made(exchange, 200, json_pack("{s:s, s:s}", "secret", text, "uri", uri));
}

void factor_begin(Exchange *exchange) {
  if (exchange_body(exchange, NULL, 0))
    exchange_write(exchange, begin);
}

static bool confirm(Exchange *exchange, GError **error) {
  RecoveryCodes codes;
  bool passed;
  if (!second_factor_confirm(exchange->db, exchange->context->config, exchange->session->person,
                             body_text(exchange->body, "code"), &exchange->actor, exchange->now_ms,
                             &codes, &passed, error))
    return false;
  if (passed)
    return exchange_made(exchange, 200, codes_json(&codes));
  refuse_code(exchange);
  return true;
}

void factor_confirm(Exchange *exchange) {
  if (read_code(exchange))
    exchange_write(exchange, confirm);
}

/* ---- afterwards: who changes it shows that he has it ---- */

static bool check(Exchange *exchange, bool *passed, GError **error) {
  if (!second_factor_check(exchange->db, exchange->context->config, exchange->session->person,
                           body_text(exchange->body, "code"), exchange->request->address,
                           exchange->now_ms, passed, error))
    return false;
  if (!*passed)
    refuse_code(exchange);
  return true;
}

static bool new_codes(Exchange *exchange, GError **error) {
  RecoveryCodes codes;
  bool passed;
  if (!check(exchange, &passed, error))
    return false;
  if (!passed)
    return true;
  return second_factor_new_codes(exchange->db, exchange->session->person, &exchange->actor,
                                 exchange->now_ms, &codes, error) &&
         exchange_made(exchange, 200, codes_json(&codes));
}

void factor_new_codes(Exchange *exchange) {
  if (read_code(exchange))
    exchange_write(exchange, new_codes);
}

static bool take_away(Exchange *exchange, GError **error) {
  bool passed;
  if (!check(exchange, &passed, error))
    return false;
  if (!passed)
    return true;
  if (!second_factor_reset(exchange->db, exchange->session->person, &exchange->actor,
                           exchange->now_ms, error))
    return false;
  exchange_empty(exchange);
  return true;
}

void factor_remove(Exchange *exchange) {
  if (!read_code(exchange))
    return;
  if (exchange->session->second_factor_must)
    exchange_problem(exchange, 403, "forbidden", "You may not do this");
  else
    exchange_write(exchange, take_away);
}
