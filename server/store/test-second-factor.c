/* The second factor: enrolment, log-in by code and by recovery code, lock-out, reset. */
#include "store/second-factor.h"

#include <string.h>

#include "store/passwords.h"
#include "store/statement.h"
#include "store/test-fixture.h"

#define STEP_MS TOTP_STEP_MS
#define MINUTE_MS INT64_C(60000)

static const Actor administrator = {NULL, "192.0.2.1"};

typedef struct {
  Fixture f;
  sqlite3 *db;
  char person[17];
  Actor self;
  uint8_t secret[TOTP_SECRET_BYTES];
  RecoveryCodes codes;
} Test;

static void test_init(Test *t) {
  GError *error = NULL;
  PasswordHash hash;
  memset(t, 0, sizeof *t);
  fixture_init(&t->f);
  t->db = t->f.db;
  fixture_person(t->db, "陈六", "chen", "staff", 0, t->person);
  t->self = (Actor){t->person, "192.0.2.9"};
  g_assert_true(password_hash("Abcdefghi1", 10, &hash, &error));
  g_assert_true(password_store(t->db, t->person, &hash, false, T0, &error));
}

static int64_t number_of(Test *t, const char *sql) {
  GError *error = NULL;
  g_autoptr(Statement) row = db_prepare(t->db, sql, &error);
  g_assert_no_error(error);
  g_assert_true(statement_one(row, "no row", &error));
  return column_int(row, 0);
}

/* The audit record as text, of which nothing secret may be a part. */
static void assert_unsaid(Test *t, const char *secret) {
  GError *error = NULL;
  g_autoptr(Statement) rows =
      db_prepare(t->db, "select kind || coalesce(object, '') || detail from audit_record", &error);
  while (statement_step(rows, &error) == SQLITE_ROW)
    g_assert_null(strstr(column_text(rows, 0), secret));
  g_assert_no_error(error);
}

static void test_clear(Test *t) {
  GError *error = NULL;
  AuditHead head;
  audit_verify(t->db, NULL, &head, &error);
  g_assert_no_error(error);
  fixture_clear(&t->f);
}

/* The last audit record: kind, subject, object, result, address, detail; @ is the person. */
static void assert_noted(Test *t, const char *wanted) {
  GError *error = NULL;
  g_autoptr(Statement) row =
      db_prepare(t->db,
                 "select kind || ' ' || coalesce(subject, '-') || ' ' || coalesce(object, '-')"
                 " || ' ' || result || ' ' || address || ' ' || detail"
                 " from audit_record order by seq desc limit 1",
                 &error);
  g_assert_no_error(error);
  g_assert_true(statement_one(row, "no record", &error));
  g_auto(GStrv) parts = g_strsplit(wanted, "@", -1);
  g_autofree char *named = g_strjoinv(t->person, parts);
  g_assert_cmpstr(column_text(row, 0), ==, named);
}

static void begin(Test *t, int64_t now_ms) {
  GError *error = NULL;
  second_factor_begin(t->db, t->person, &t->self, now_ms, t->secret, &error);
  g_assert_no_error(error);
}

static bool confirm(Test *t, const char *typed, int64_t now_ms) {
  GError *error = NULL;
  bool passed = true;
  g_assert_true(second_factor_confirm(t->db, t->f.config, t->person, typed, &t->self, now_ms,
                                      &t->codes, &passed, &error));
  g_assert_no_error(error);
  return passed;
}

static bool check(Test *t, const char *typed, int64_t now_ms) {
  GError *error = NULL;
  bool passed = true;
  g_assert_true(second_factor_check(t->db, t->f.config, t->person, typed, "192.0.2.9", now_ms,
                                    &passed, &error));
  g_assert_no_error(error);
  return passed;
}

/* What the phone shows at a time, typed at another. */
static bool check_code(Test *t, int64_t shown_ms, int64_t now_ms) {
  char code[TOTP_DIGITS + 1];
  totp_code(t->secret, shown_ms, code);
  return check(t, code, now_ms);
}

/* A code that no step near the time has. */
static void wrong_code(Test *t, int64_t now_ms, char wrong[TOTP_DIGITS + 1]) {
  for (unsigned number = 0; number < 10; number++) {
    g_snprintf(wrong, TOTP_DIGITS + 1, "%06u", number);
    if (totp_check(t->secret, wrong, now_ms, 0) == 0)
      return;
  }
  g_assert_not_reached();
}

/* At T0, with the code of then. */
static void enrol(Test *t) {
  char code[TOTP_DIGITS + 1];
  begin(t, T0);
  totp_code(t->secret, T0, code);
  g_assert_true(confirm(t, code, T0));
}

static bool log_in(Test *t, const char *password, int64_t now_ms) {
  GError *error = NULL;
  PasswordTrial trial;
  bool passed = false;
  g_assert_true(password_trial_read(t->db, t->f.config, "chen", &trial, &error));
  password_trial_hash(&trial, password);
  g_assert_true(
      password_trial_settle(t->db, t->f.config, &trial, "192.0.2.9", now_ms, &passed, &error));
  return passed;
}

static SecondFactor factor_of(Test *t) {
  GError *error = NULL;
  SecondFactor factor;
  second_factor_read(t->db, t->person, &factor, &error);
  g_assert_no_error(error);
  return factor;
}

static void expect(bool fine, GError **error, StoreErrorCode code) {
  g_assert_false(fine);
  g_assert_error(*error, STORE_ERROR, (int)code);
  g_clear_error(error);
}

/* ---- enrolment ---- */

static void test_enrol(void) {
  Test t;
  GError *error = NULL;
  uint8_t first[TOTP_SECRET_BYTES];
  char code[TOTP_DIGITS + 1], wrong[TOTP_DIGITS + 1];
  bool passed = true;
  test_init(&t);
  g_assert_false(factor_of(&t).confirmed);
  expect(second_factor_confirm(t.db, t.f.config, t.person, "000000", &t.self, T0, &t.codes, &passed,
                               &error),
         &error, STORE_ERROR_NOT_FOUND);
  begin(&t, T0);
  assert_noted(&t, "second_factor.begin @ @ ok 192.0.2.9 {}");
  memcpy(first, t.secret, sizeof first);
  begin(&t, T0); /* a new one takes its place */
  g_assert_cmpint(memcmp(first, t.secret, sizeof first), !=, 0);
  totp_code(first, T0, code);
  if (totp_check(t.secret, code, T0, 0) == 0)
    g_assert_false(confirm(&t, code, T0));
  wrong_code(&t, T0, wrong);
  g_assert_false(confirm(&t, wrong, T0));
  assert_noted(&t, "second_factor.confirm @ - failed 192.0.2.9 {}");
  g_assert_false(factor_of(&t).confirmed);
  g_assert_cmpuint(factor_of(&t).codes_left, ==, 0);
  totp_code(t.secret, T0 - STEP_MS, code);
  g_assert_true(confirm(&t, code, T0));
  assert_noted(&t, "second_factor.confirm @ @ ok 192.0.2.9 {}");
  g_assert_true(factor_of(&t).confirmed);
  g_assert_cmpuint(factor_of(&t).codes_left, ==, RECOVERY_CODES);
  g_assert_cmpint(number_of(&t, "select count(*) from login_failure"), ==, 0);
  g_assert_false(check_code(&t, T0 - STEP_MS, T0)); /* used by the confirmation */
  g_assert_true(check_code(&t, T0, T0));
  test_clear(&t);
}

/* A confirmed one is not replaced: not by another enrolment, nor by whoever writes the row. */
static void test_confirmed_stays(void) {
  Test t;
  GError *error = NULL;
  uint8_t other[TOTP_SECRET_BYTES];
  bool passed = true;
  char code[TOTP_DIGITS + 1];
  test_init(&t);
  enrol(&t);
  expect(second_factor_begin(t.db, t.person, &t.self, T0, other, &error), &error,
         STORE_ERROR_CONFLICT);
  totp_code(t.secret, T0 + STEP_MS, code);
  expect(second_factor_confirm(t.db, t.f.config, t.person, code, &t.self, T0, &t.codes, &passed,
                               &error),
         &error, STORE_ERROR_CONFLICT);
  g_assert_false(passed);
  static const char *const edits[] = {
      "update second_factor set secret = zeroblob(20), last_step = last_step + 1",
      "update second_factor set confirmed_at = confirmed_at + 1, last_step = last_step + 1",
      "update second_factor set confirmed_at = null, last_step = 0",
      "update second_factor set last_step = last_step",
      "update second_factor set last_step = last_step - 1",
      "update recovery_code set digest = replace(digest, '0', '1')",
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(edits); i++)
    expect(db_exec(t.db, edits[i], &error), &error, STORE_ERROR_CONFLICT);
  g_assert_true(check(&t, code, T0));
  test_clear(&t);
}

/* Who cannot log in with a password has no second factor. */
static void test_nobody(void) {
  Test t;
  GError *error = NULL;
  uint8_t secret[TOTP_SECRET_BYTES];
  char guest[17], plain[17];
  test_init(&t);
  fixture_person(t.db, "客", NULL, "guest", 0, guest);
  fixture_person(t.db, "王五", NULL, "member", 0, plain);
  const char *const nobody[] = {guest, plain, "0000000000000000", ""};
  for (unsigned i = 0; i < G_N_ELEMENTS(nobody); i++) {
    bool passed = true;
    SecondFactor factor = {.confirmed = true};
    g_assert_true(second_factor_read(t.db, nobody[i], &factor, &error));
    g_assert_false(factor.confirmed);
    expect(second_factor_begin(t.db, nobody[i], &t.self, T0, secret, &error), &error,
           STORE_ERROR_NOT_FOUND);
    expect(second_factor_confirm(t.db, t.f.config, nobody[i], "000000", &t.self, T0, &t.codes,
                                 &passed, &error),
           &error, STORE_ERROR_NOT_FOUND);
    expect(second_factor_check(t.db, t.f.config, nobody[i], "000000", "", T0, &passed, &error),
           &error, STORE_ERROR_NOT_FOUND);
    g_assert_false(passed);
    expect(second_factor_new_codes(t.db, nobody[i], &t.self, T0, &t.codes, &error), &error,
           STORE_ERROR_NOT_FOUND);
    expect(second_factor_reset(t.db, nobody[i], &administrator, T0, &error), &error,
           STORE_ERROR_NOT_FOUND);
  }
  expect(db_exec(t.db,
                 "insert into second_factor (person, secret, created_at)"
                 " select id, zeroblob(20), 0 from person where kind = 'guest'",
                 &error),
         &error, STORE_ERROR_CONFLICT);
  test_clear(&t);
}

/* One that was only begun lets nobody in. */
static void test_unconfirmed(void) {
  Test t;
  GError *error = NULL;
  bool passed = true;
  char code[TOTP_DIGITS + 1];
  test_init(&t);
  begin(&t, T0);
  totp_code(t.secret, T0, code);
  expect(second_factor_check(t.db, t.f.config, t.person, code, "", T0, &passed, &error), &error,
         STORE_ERROR_NOT_FOUND);
  g_assert_false(passed);
  expect(second_factor_new_codes(t.db, t.person, &t.self, T0, &t.codes, &error), &error,
         STORE_ERROR_NOT_FOUND);
  g_assert_true(second_factor_reset(t.db, t.person, &t.self, T0, &error));
  g_assert_cmpint(number_of(&t, "select count(*) from second_factor"), ==, 0);
  test_clear(&t);
}

/* ---- log-in ---- */

static void test_codes(void) {
  Test t;
  test_init(&t);
  enrol(&t);
  g_assert_false(check_code(&t, T0, T0));
  g_assert_true(check_code(&t, T0 + STEP_MS, T0 + STEP_MS));
  assert_noted(&t, "second_factor.check @ - ok 192.0.2.9 {}");
  g_assert_false(check_code(&t, T0 + STEP_MS, T0 + 2 * STEP_MS)); /* replay */
  assert_noted(&t, "second_factor.check @ - failed 192.0.2.9 {}");
  g_assert_false(check_code(&t, T0, T0 + STEP_MS)); /* older than what was used */
  g_assert_true(check_code(&t, T0 + 3 * STEP_MS, T0 + 2 * STEP_MS));
  g_assert_false(check_code(&t, T0 - 9 * STEP_MS, T0 - 9 * STEP_MS)); /* the clock went back */
  g_assert_false(check(&t, "", T0 + 9 * STEP_MS));
  g_assert_true(check_code(&t, T0 + 9 * STEP_MS, T0 + 9 * STEP_MS));
  test_clear(&t);
}

static void test_inactive(void) {
  Test t;
  GError *error = NULL;
  bool passed = true;
  test_init(&t);
  enrol(&t);
  g_assert_true(db_exec(t.db, "update person set active = 0", &error));
  char code[TOTP_DIGITS + 1];
  totp_code(t.secret, T0 + STEP_MS, code);
  expect(second_factor_check(t.db, t.f.config, t.person, code, "", T0 + STEP_MS, &passed, &error),
         &error, STORE_ERROR_NOT_FOUND);
  g_assert_false(passed);
  g_assert_true(second_factor_reset(t.db, t.person, &administrator, T0, &error));
  test_clear(&t);
}

static void test_recovery(void) {
  Test t;
  GError *error = NULL;
  char other[17];
  bool passed = true;
  test_init(&t);
  enrol(&t);
  for (unsigned i = 0; i < RECOVERY_CODES; i++) {
    const char *code = t.codes.code[i];
    g_assert_cmpuint(strlen(code), ==, RECOVERY_CHARS);
    g_assert_cmpuint(strspn(code, "0123456789abcdefghjkmnpqrstvwxyz"), ==, RECOVERY_CHARS);
    for (unsigned k = 0; k < i; k++)
      g_assert_cmpstr(code, !=, t.codes.code[k]);
  }
  g_assert_true(check(&t, t.codes.code[3], T0));
  assert_noted(&t, "second_factor.check @ - ok 192.0.2.9 {\"recovery\":true}");
  g_assert_cmpuint(factor_of(&t).codes_left, ==, RECOVERY_CODES - 1);
  g_assert_false(check(&t, t.codes.code[3], T0)); /* good once */
  assert_noted(&t, "second_factor.check @ - failed 192.0.2.9 {}");
  g_assert_true(check(&t, t.codes.code[4], T0));
  g_assert_cmpuint(factor_of(&t).codes_left, ==, RECOVERY_CODES - 2);
  expect(db_exec(t.db, "update recovery_code set used_at = null", &error), &error,
         STORE_ERROR_CONFLICT);
  /* Another person's are not: the digest has the owner in it. */
  fixture_person(t.db, "赵七", "zhao", "staff", 0, other);
  uint8_t secret[TOTP_SECRET_BYTES];
  char code[TOTP_DIGITS + 1];
  RecoveryCodes codes;
  g_assert_true(second_factor_begin(t.db, other, &t.self, T0, secret, &error));
  totp_code(secret, T0, code);
  g_assert_true(
      second_factor_confirm(t.db, t.f.config, other, code, &t.self, T0, &codes, &passed, &error));
  g_assert_true(passed);
  g_assert_true(
      second_factor_check(t.db, t.f.config, other, t.codes.code[0], "", T0, &passed, &error));
  g_assert_false(passed);
  g_assert_true(check(&t, t.codes.code[0], T0));
  test_clear(&t);
}

/* Puts one in place whose characters are those that people mistake. */
static void plant(Test *t, const char *code) {
  GError *error = NULL;
  char digest[65];
  g_autofree char *text = g_strconcat(t->person, code, NULL);
  secret_digest(text, digest);
  g_autoptr(Statement) put = db_prepare(
      t->db, "insert into recovery_code (person, digest) values (:person, :digest)", &error);
  statement_text(put, ":person", t->person);
  statement_text(put, ":digest", digest);
  g_assert_true(statement_run(put, &error));
}

static void test_recovery_typed(void) {
  static const struct {
    const char *code, *typed;
    bool good;
  } cases[] = {
      {"01abc9z1x0", "01abc9z1x0", true},    {"01abc9z1x1", "oIaBc9Zlx1", true},
      {"01abc9z1x2", "OLABC9ZIX2", true},    {"01abc9z1x3", "01abc 9z1x3", true},
      {"01abc9z1x4", "01abc  9z1x4", false}, {"01abc9z1x5", "01abc9z1x5 ", false},
      {"01abc9z1x6", "01abc9z1x", false},    {"01abc9z1x7", "01abc9z1x77", false},
      {"01abc9z1x8", "01abc-9z1x8", false},  {"01abc9z1x9", "", false},
      {"01abc9z1xa", "%%%%%%%%%%", false},   {"01abc9z1xb", "一二三", false},
      {"1234567890", "1234567890", true},
  };
  Test t;
  GError *error = NULL;
  test_init(&t);
  enrol(&t);
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    plant(&t, cases[i].code);
    if (check(&t, cases[i].typed, T0) != cases[i].good)
      g_error("\"%s\" for %s", cases[i].typed, cases[i].code);
    g_assert_true(password_forget_failures(t.db, t.person, &error));
  }
  test_clear(&t);
}

static void test_new_codes(void) {
  Test t;
  GError *error = NULL;
  test_init(&t);
  enrol(&t);
  RecoveryCodes old = t.codes;
  g_assert_true(check(&t, old.code[0], T0));
  g_assert_true(second_factor_new_codes(t.db, t.person, &t.self, T0, &t.codes, &error));
  assert_noted(&t, "second_factor.codes @ @ ok 192.0.2.9 {}");
  g_assert_cmpuint(factor_of(&t).codes_left, ==, RECOVERY_CODES);
  g_assert_false(check(&t, old.code[1], T0));
  g_assert_true(check(&t, t.codes.code[1], T0));
  g_assert_true(check_code(&t, T0 + STEP_MS, T0)); /* the secret is the same */
  test_clear(&t);
}

/* ---- failures ---- */

/* Wrong codes and wrong passwords are failures of one kind. */
static void test_lock_out(void) {
  Test t;
  char wrong[TOTP_DIGITS + 1];
  test_init(&t);
  enrol(&t);
  wrong_code(&t, T0, wrong);
  for (unsigned i = 0; i < 4; i++)
    g_assert_false(check(&t, wrong, T0));
  g_assert_true(check_code(&t, T0 + STEP_MS, T0)); /* a success forgets the four */
  g_assert_cmpint(number_of(&t, "select count(*) from login_failure"), ==, 0);
  for (unsigned i = 0; i < 3; i++)
    g_assert_false(check(&t, i % 2 ? wrong : "abcdefghjk", T0));
  g_assert_false(log_in(&t, "wrong", T0));
  g_assert_false(check(&t, wrong, T0));
  /* Locked: neither a right password nor a right code is heard, and none of them is used up. */
  g_assert_false(log_in(&t, "Abcdefghi1", T0));
  g_assert_false(check_code(&t, T0 + 2 * STEP_MS, T0 + STEP_MS));
  assert_noted(&t, "second_factor.check @ - refused 192.0.2.9 {\"locked\":true}");
  g_assert_false(check(&t, t.codes.code[0], T0));
  g_assert_cmpuint(factor_of(&t).codes_left, ==, RECOVERY_CODES);
  int64_t end = T0 + 15 * MINUTE_MS;
  g_assert_false(check_code(&t, end - 1, end - 1));
  g_assert_true(log_in(&t, "Abcdefghi1", end));
  g_assert_true(check_code(&t, end, end));
  g_assert_true(check(&t, t.codes.code[0], end));
  test_clear(&t);
}

/* Who knows the password cannot have new tries by giving it again. */
static void test_password_between(void) {
  Test t;
  char wrong[TOTP_DIGITS + 1];
  test_init(&t);
  g_assert_false(log_in(&t, "wrong", T0));
  g_assert_true(log_in(&t, "Abcdefghi1", T0));
  g_assert_cmpint(number_of(&t, "select count(*) from login_failure"), ==, 0);
  begin(&t, T0); /* no log-in asks for it yet */
  g_assert_false(log_in(&t, "wrong", T0));
  g_assert_true(log_in(&t, "Abcdefghi1", T0));
  g_assert_cmpint(number_of(&t, "select count(*) from login_failure"), ==, 0);
  enrol(&t);
  wrong_code(&t, T0, wrong);
  for (unsigned i = 0; i < 5; i++) {
    g_assert_true(log_in(&t, "Abcdefghi1", T0));
    g_assert_false(check(&t, wrong, T0));
  }
  g_assert_false(log_in(&t, "Abcdefghi1", T0));
  test_clear(&t);
}

static void test_enrolment_locks(void) {
  Test t;
  char wrong[TOTP_DIGITS + 1], code[TOTP_DIGITS + 1];
  test_init(&t);
  begin(&t, T0);
  wrong_code(&t, T0, wrong);
  for (unsigned i = 0; i < 5; i++)
    g_assert_false(confirm(&t, wrong, T0));
  totp_code(t.secret, T0, code);
  g_assert_false(confirm(&t, code, T0));
  assert_noted(&t, "second_factor.confirm @ - refused 192.0.2.9 {\"locked\":true}");
  int64_t end = T0 + 15 * MINUTE_MS;
  totp_code(t.secret, end, code);
  g_assert_true(confirm(&t, code, end)); /* what was begun is still there */
  test_clear(&t);
}

/* ---- afterwards ---- */

static void test_reset(void) {
  Test t;
  GError *error = NULL;
  test_init(&t);
  enrol(&t);
  RecoveryCodes old = t.codes;
  uint8_t secret[TOTP_SECRET_BYTES];
  memcpy(secret, t.secret, sizeof secret);
  g_assert_true(check(&t, old.code[0], T0));
  g_assert_true(second_factor_reset(t.db, t.person, &administrator, T0, &error));
  assert_noted(&t, "second_factor.reset - @ ok 192.0.2.1 {}");
  g_assert_cmpint(number_of(&t, "select count(*) from second_factor"), ==, 0);
  g_assert_cmpint(number_of(&t, "select count(*) from recovery_code"), ==, 0);
  g_assert_false(factor_of(&t).confirmed);
  enrol(&t); /* from the beginning, with another secret */
  g_assert_cmpint(memcmp(secret, t.secret, sizeof secret), !=, 0);
  g_assert_false(check(&t, old.code[1], T0));
  g_assert_true(check(&t, t.codes.code[1], T0));
  test_clear(&t);
}

/* Nothing secret is in the audit record, and of the recovery codes nothing is in the rows. */
static void test_kept_secret(void) {
  Test t;
  GError *error = NULL;
  test_init(&t);
  enrol(&t);
  g_assert_true(check(&t, t.codes.code[0], T0));
  g_assert_true(check_code(&t, T0 + STEP_MS, T0));
  char code[TOTP_DIGITS + 1];
  totp_code(t.secret, T0 + STEP_MS, code);
  g_assert_false(check(&t, code, T0));
  g_autofree char *text = totp_secret_text(t.secret);
  text[4] = 0;
  assert_unsaid(&t, text);
  assert_unsaid(&t, code);
  for (unsigned i = 0; i < RECOVERY_CODES; i++) {
    assert_unsaid(&t, t.codes.code[i]);
    char digest[65];
    g_autofree char *owned = g_strconcat(t.person, t.codes.code[i], NULL);
    secret_digest(owned, digest);
    g_autoptr(Statement) row = db_prepare(
        t.db, "select used_at is not null from recovery_code where digest = :digest", &error);
    statement_text(row, ":digest", digest);
    g_assert_true(statement_one(row, "another digest", &error));
    g_assert_cmpint(column_int(row, 0), ==, i == 0);
  }
  test_clear(&t);
}

static int on_statement(unsigned kind, void *seen, void *stmt, void *text) {
  g_hash_table_add(seen, g_strdup(sqlite3_sql(stmt)));
  return 0;
}

/* All are found by their keys. */
static void test_plans(void) {
  Test t;
  GError *error = NULL;
  test_init(&t);
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  sqlite3_trace_v2(t.db, SQLITE_TRACE_STMT, on_statement, seen);
  enrol(&t);
  g_assert_true(check(&t, t.codes.code[0], T0));
  g_assert_true(check_code(&t, T0 + STEP_MS, T0));
  g_assert_true(log_in(&t, "Abcdefghi1", T0));
  g_assert_true(factor_of(&t).confirmed);
  g_assert_true(second_factor_new_codes(t.db, t.person, &t.self, T0, &t.codes, &error));
  g_assert_true(second_factor_reset(t.db, t.person, &administrator, T0, &error));
  sqlite3_trace_v2(t.db, 0, NULL, NULL);
  GHashTableIter iter;
  gpointer sql;
  unsigned asked = 0;
  g_hash_table_iter_init(&iter, seen);
  while (g_hash_table_iter_next(&iter, &sql, NULL)) {
    if (!strstr(sql, "second_factor") && !strstr(sql, "recovery_code"))
      continue;
    g_autofree char *explain = g_strconcat("explain query plan ", sql, NULL);
    g_autoptr(Statement) plan = db_prepare(t.db, explain, &error);
    g_assert_no_error(error);
    while (statement_step(plan, &error) == SQLITE_ROW)
      if (g_str_has_prefix(column_text(plan, 3), "SCAN "))
        g_error("%s: %s", column_text(plan, 3), (const char *)sql);
    asked++;
  }
  g_assert_cmpuint(asked, >=, 10);
  test_clear(&t);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/second-factor/enrol", test_enrol);
  g_test_add_func("/second-factor/confirmed-stays", test_confirmed_stays);
  g_test_add_func("/second-factor/nobody", test_nobody);
  g_test_add_func("/second-factor/unconfirmed", test_unconfirmed);
  g_test_add_func("/second-factor/codes", test_codes);
  g_test_add_func("/second-factor/inactive", test_inactive);
  g_test_add_func("/second-factor/recovery", test_recovery);
  g_test_add_func("/second-factor/recovery-typed", test_recovery_typed);
  g_test_add_func("/second-factor/new-codes", test_new_codes);
  g_test_add_func("/second-factor/lock-out", test_lock_out);
  g_test_add_func("/second-factor/password-between", test_password_between);
  g_test_add_func("/second-factor/enrolment-locks", test_enrolment_locks);
  g_test_add_func("/second-factor/reset", test_reset);
  g_test_add_func("/second-factor/kept-secret", test_kept_secret);
  g_test_add_func("/second-factor/plans", test_plans);
  return g_test_run();
}
