/* The second factor of whoever is signed in: set up, renewed, taken away. It is asked for in
 * session.c. Secret and recovery codes are answered once and read nowhere later. */
#include <openssl/crypto.h>

#include "api/exchange.h"
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

static void factor_begin(Exchange *exchange) {
  exchange_write(exchange, begin);
}

static bool confirm(Exchange *exchange, GError **error) {
  RecoveryCodes codes;
  bool passed;
  if (!second_factor_confirm(exchange->db, exchange->context->config, exchange->session->person,
                             exchange_text(exchange, "code"), &exchange->actor, exchange->now_ms,
                             &codes, &passed, error))
    return false;
  if (passed)
    return exchange_made(exchange, 200, codes_json(&codes));
  refuse_code(exchange);
  return true;
}

static void factor_confirm(Exchange *exchange) {
  exchange_write(exchange, confirm);
}

/* ---- afterwards: who changes it shows that he has it ---- */

static bool check(Exchange *exchange, bool *passed, GError **error) {
  if (!second_factor_check(exchange->db, exchange->context->config, exchange->session->person,
                           exchange_text(exchange, "code"), exchange->request->address,
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

static void factor_new_codes(Exchange *exchange) {
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

static void factor_remove(Exchange *exchange) {
  if (exchange->session->second_factor_must)
    exchange_problem(exchange, 403, "forbidden", "You may not do this");
  else
    exchange_write(exchange, take_away);
}

static const Field fields[] = {
    RAW("code", 0, CODE_CHARS_MOST,
        .about = "six digits of the app, or a recovery code where one is confirmed; each is good "
                 "once"),
    RAW("secret", 1, INT32_MAX, .about = "to be typed: Base32 in groups of four"),
    RAW("uri", 1, INT32_MAX, .about = "to be shown as a QR code: otpauth://totp/…"),
    LIST("codes", RECOVERY_CODES, RECOVERY_CODES, &(const Field)RAW("code", 1, INT32_MAX),
         .about = "good once each, and told this once"),
    END,
};

const Endpoint factor_endpoints[] = {
    {HTTP_POST, "session/second-factor", FOR_ACCOUNT | BEFORE_ENROLMENT | DONE_AGAIN,
     "beginSecondFactor", factor_begin, .fields = fields, .out = "secret uri",
     .what = "Makes a secret for an authenticator app, told this once",
     .about = "without a confirmed second factor. It replaces one that was begun before, and "
              "counts when it is confirmed"},
    {HTTP_PUT, "session/second-factor", FOR_ACCOUNT | BEFORE_ENROLMENT | DONE_AGAIN,
     "confirmSecondFactor", factor_confirm, .fields = fields, .in = "code", .out = "codes",
     .what = "Shows that the app makes the right codes: from now on a log-in asks for one",
     .about = "with a second factor that was begun. 403 bad_code: a wrong one, which counts as a "
              "wrong password does"},
    {HTTP_POST, "session/second-factor/codes", FOR_ACCOUNT | DONE_AGAIN, "renewRecoveryCodes",
     factor_new_codes, .fields = fields, .in = "code", .out = "codes",
     .what = "New recovery codes in place of all that there were",
     .about = "with a confirmed second factor"},
    {HTTP_POST, "session/second-factor/off", FOR_ACCOUNT | DONE_AGAIN, "removeSecondFactor",
     factor_remove, .fields = fields, .in = "code", .what = "Takes the second factor away",
     .about = "where it is not a must (second_factor_must)"},
    {0},
};
