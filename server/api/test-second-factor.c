/* The second factor over HTTP: who must set it up can do nothing else, and a log-in with it is one
 * attempt of password and code. */
#include <string.h>

#include "api/bed.h"
#include "base/clock.h"
#include "base/zone.h"
#include "store/totp.h"

#define SIGN_IN "{\"login\":\"%s\",\"password\":\"" BED_PASSWORD "\"}"
#define SIGN_IN_WITH "{\"login\":\"%s\",\"password\":\"" BED_PASSWORD "\",\"code\":\"%s\"}"
#define PATH "session/second-factor"

/* What the phone shows in the step in which the test began, which confirming uses up, or in the one
 * after it: both are good now, and when the next step begins meanwhile. */
static int64_t began_ms;

static void code_at(const uint8_t secret[TOTP_SECRET_BYTES], int step, char code[TOTP_DIGITS + 1]) {
  totp_code(secret, began_ms + (int64_t)step * TOTP_STEP_MS, code);
}

static char *code_body(const uint8_t secret[TOTP_SECRET_BYTES], int step) {
  char code[TOTP_DIGITS + 1];
  code_at(secret, step, code);
  return g_strdup_printf("{\"code\":\"%s\"}", code);
}

static void begin(Bed *bed, Who who, uint8_t secret[TOTP_SECRET_BYTES]) {
  json_t *begun = bed_expect(bed, 200, who, "POST", PATH, NULL);
  g_assert_true(totp_secret_parse(answer_text(begun, "secret"), secret));
  g_assert_true(g_str_has_prefix(answer_text(begun, "uri"), "otpauth://totp/"));
  json_decref(begun);
}

/* Sets it up; returns the recovery codes. */
static json_t *enrol(Bed *bed, Who who, uint8_t secret[TOTP_SECRET_BYTES]) {
  begin(bed, who, secret);
  g_autofree char *code = code_body(secret, 0);
  json_t *confirmed = bed_expect(bed, 200, who, "PUT", PATH, code);
  g_assert_cmpuint(json_array_size(json_object_get(confirmed, "codes")), ==, 10);
  return confirmed;
}

static void try(Bed *bed, int status, const char *problem, const char *login, const char *code) {
  g_autofree char *body =
      code ? g_strdup_printf(SIGN_IN_WITH, login, code) : g_strdup_printf(SIGN_IN, login);
  g_autoptr(ApiResponse) response = bed_ask(bed, ANYBODY, "POST", "session", body);
  g_assert_cmpint(response->status, ==, status);
  g_assert_true((response->set_cookie != NULL) == (status == 200));
  if (problem)
    g_assert_nonnull(strstr(response->body->str, problem));
}

static void try_totp(Bed *bed, int status, const char *login, const uint8_t *secret, int step) {
  char code[TOTP_DIGITS + 1];
  code_at(secret, step, code);
  try(bed, status, status == 200 ? NULL : "bad_code", login, code);
}

static void test_must(void) {
  Bed *bed = bed_new();
  began_ms = clock_wall_ms();
  bed->config->second_factor_must = true;
  uint8_t secret[TOTP_SECRET_BYTES];
  json_decref(bed_expect(bed, 200, MEMBER, "GET", "meetings", NULL));
  json_decref(bed_expect(bed, 200, GUEST, "GET", "meetings", NULL));
  static const Who offices[] = {STAFF, SYSTEM_ADMIN, SECURITY_ADMIN, AUDIT_ADMIN};
  for (unsigned i = 0; i < G_N_ELEMENTS(offices); i++) {
    bed_refused(bed, 403, "must_enrol", offices[i], "GET", "meetings", NULL);
    bed_refused(bed, 403, "must_enrol", offices[i], "GET", "people", NULL); /* of a subject */
    bed_refused(bed, 403, "must_enrol", offices[i], "POST", PATH "/codes", "{\"code\":\"1\"}");
  }
  json_t *session = bed_expect(bed, 200, STAFF, "GET", "session", NULL);
  const json_t *factor = json_object_get(session, "second_factor");
  g_assert_true(json_is_true(json_object_get(factor, "must")));
  g_assert_false(json_is_true(json_object_get(factor, "on")));
  json_decref(session);

  begin(bed, STAFF, secret);
  bed_refused(bed, 403, "bad_code", STAFF, "PUT", PATH, "{\"code\":\"12345\"}");
  bed_refused(bed, 403, "must_enrol", STAFF, "GET", "meetings", NULL);
  json_decref(enrol(bed, STAFF, secret));
  json_decref(bed_expect(bed, 200, STAFF, "GET", "meetings", NULL));
  session = bed_expect(bed, 200, STAFF, "GET", "session", NULL);
  factor = json_object_get(session, "second_factor");
  g_assert_true(json_is_true(json_object_get(factor, "on")));
  g_assert_cmpint(json_integer_value(json_object_get(factor, "codes_left")), ==, 10);
  json_decref(session);
  bed_refused(bed, 409, "conflict", STAFF, "POST", PATH, NULL);
  g_autofree char *off = code_body(secret, 1);
  bed_refused(bed, 403, "forbidden", STAFF, "POST", PATH "/off", off);
  bed_free(bed);
}

static void test_log_in(void) {
  Bed *bed = bed_new();
  began_ms = clock_wall_ms();
  uint8_t secret[TOTP_SECRET_BYTES];
  json_t *codes = enrol(bed, STAFF, secret);
  const char *paper = json_string_value(json_array_get(json_object_get(codes, "codes"), 0));
  try(bed, 401, "code_needed", "staff", NULL);
  try(bed, 401, "code_needed", "staff", "");
  try(bed, 401, "bad_code", "staff", "000");
  try_totp(bed, 401, "staff", secret, 0); /* used up by the confirmation */
  try_totp(bed, 200, "staff", secret, 1);
  try_totp(bed, 401, "staff", secret, 1);
  try(bed, 200, NULL, "staff", paper);
  try(bed, 401, "bad_code", "staff", paper);
  try(bed, 200, NULL, "member", "123456"); /* who has none is not asked */
  g_autoptr(ApiResponse) wrong =
      bed_ask(bed, ANYBODY, "POST", "session",
              "{\"login\":\"staff\",\"password\":\"Wrong-2026\",\"code\":\"123456\"}");
  g_assert_nonnull(strstr(wrong->body->str, "bad_credentials")); /* not which of the two */
  json_decref(codes);
  bed_free(bed);
}

/* Who knows the password cannot try codes without end, nor forget the failures by it alone. */
static void test_lock(void) {
  Bed *bed = bed_new();
  began_ms = clock_wall_ms();
  uint8_t secret[TOTP_SECRET_BYTES];
  json_decref(enrol(bed, STAFF, secret));
  for (int i = 0; i < bed->config->lockout_failures; i++) {
    try(bed, 401, "bad_code", "staff", "000");
    if (i + 1 < bed->config->lockout_failures)
      try(bed, 401, "code_needed", "staff", NULL);
  }
  try(bed, 401, "bad_credentials", "staff", NULL); /* locked: nothing is right any more */
  char code[TOTP_DIGITS + 1];
  code_at(secret, 1, code);
  try(bed, 401, "bad_credentials", "staff", code);
  g_autofree char *unlock = g_strdup_printf("people/%s/unlock", bed->signed_in[STAFF].id);
  json_decref(bed_expect(bed, 200, SECURITY_ADMIN, "POST", unlock, "{}"));
  try_totp(bed, 200, "staff", secret, 1);
  bed_free(bed);
}

/* Members choose: on, new codes, off again, each with a code. */
static void test_choice(void) {
  Bed *bed = bed_new();
  began_ms = clock_wall_ms();
  bed->config->second_factor_must = true;
  uint8_t secret[TOTP_SECRET_BYTES];
  bed_refused(bed, 403, "forbidden", GUEST, "POST", PATH, NULL);
  bed_refused(bed, 404, "not_found", MEMBER, "POST", PATH "/off", "{\"code\":\"1\"}");
  json_t *old = enrol(bed, MEMBER, secret);
  bed_refused(bed, 403, "bad_code", MEMBER, "POST", PATH "/codes", "{\"code\":\"1\"}");
  g_autofree char *now = code_body(secret, 1);
  json_t *fresh = bed_expect(bed, 200, MEMBER, "POST", PATH "/codes", now);
  const char *void_code = json_string_value(json_array_get(json_object_get(old, "codes"), 0));
  try(bed, 401, "bad_code", "member", void_code);
  bed_refused(bed, 403, "bad_code", MEMBER, "POST", PATH "/off", now); /* it was used */
  const char *paper = json_string_value(json_array_get(json_object_get(fresh, "codes"), 9));
  g_autofree char *off = g_strdup_printf("{\"code\":\"%s\"}", paper);
  json_decref(bed_expect(bed, 204, MEMBER, "POST", PATH "/off", off));
  try(bed, 200, NULL, "member", NULL);
  json_decref(old);
  json_decref(fresh);
  bed_free(bed);
}

/* The member enters an absence of another on a day of a distant year. */
static bool for_another(Bed *bed, Who whose, int day, int status, const char *problem) {
  g_autofree char *body =
      g_strdup_printf("{\"starts_on\":\"2190-02-%02d\",\"ends_on\":\"2190-02-%02d\"}", day, day);
  ApiRequest *request = bed_request(bed, MEMBER, "POST", "absences", body);
  request->behalf = g_strdup(bed->signed_in[whose].id);
  g_autoptr(ApiResponse) response = bed_send(bed, request);
  g_test_message("%s: %d %s", who_names[whose], response->status, response->body->str);
  return response->status == status && (!problem || strstr(response->body->str, problem));
}

/* Who does an office's work for another needs what that other needs; for a member he does not. */
static void test_deputy(void) {
  Bed *bed = bed_new();
  began_ms = clock_wall_ms();
  g_autofree char *today = zone_format("Asia/Shanghai", began_ms, "%Y-%m-%d");
  g_autofree char *give =
      g_strdup_printf("{\"deputy\":\"%s\",\"starts_on\":\"%s\",\"ends_on\":\"%s\","
                      "\"reason\":\"r\",\"verbs\":[\"absence.create\"]}",
                      bed->signed_in[MEMBER].id, today, today);
  json_decref(bed_expect(bed, 201, STAFF, "POST", "delegations", give));
  json_decref(bed_expect(bed, 201, HOST, "POST", "delegations", give));
  g_assert_true(for_another(bed, STAFF, 1, 201, NULL));
  bed->config->second_factor_must = true;
  g_assert_true(for_another(bed, STAFF, 2, 403, "must_enrol"));
  g_assert_true(for_another(bed, HOST, 2, 201, NULL));
  uint8_t secret[TOTP_SECRET_BYTES];
  json_decref(enrol(bed, MEMBER, secret));
  g_assert_true(for_another(bed, STAFF, 2, 201, NULL));
  bed_free(bed);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/api/second-factor/must", test_must);
  g_test_add_func("/api/second-factor/log-in", test_log_in);
  g_test_add_func("/api/second-factor/lock", test_lock);
  g_test_add_func("/api/second-factor/choice", test_choice);
  g_test_add_func("/api/second-factor/deputy", test_deputy);
  return g_test_run();
}
