/* People, roles, passwords, lock-out. */
#include <string.h>

#include "store/passwords.h"
#include "store/people.h"
#include "store/statement.h"
#include "store/test-fixture.h"

static const Actor admin = {NULL, "192.0.2.1"};

/* Whoever writes it: an administrator holds nothing else. */
static void test_separated_administrators(void) {
  Fixture f;
  fixture_init(&f);
  GError *error = NULL;
  char id[17];
  fixture_person(f.db, "管理员", "root", "admin", ROLE_SYSTEM_ADMIN, id);
  g_assert_false(db_exec(f.db,
                         "insert into role_holder (id, person, role, state, valid_from, created_at)"
                         " select 'aaaaaaaaaaaaaaaa', id, 'audit_admin', 'held', 1, 1 from person",
                         &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_CONFLICT);
  g_clear_error(&error);
  g_assert_false(db_exec(f.db, "update role_holder set role = 'audit_admin'", &error));
  g_clear_error(&error);
  g_assert_cmpuint(person_roles(f.db, id), ==, ROLE_SYSTEM_ADMIN);
  fixture_clear(&f);
}

/* Every role has its own word and bit, and they end without being overwritten. */
static void test_roles(void) {
  Fixture f;
  fixture_init(&f);
  GError *error = NULL;
  char id[17];
  Role role;
  for (unsigned bit = 0; bit < ROLE_COUNT; bit++)
    g_assert_true(role_parse(role_name((Role)(1u << bit)), &role) && role == (Role)(1u << bit));
  g_assert_true(role_parse("convener", &role) && role == ROLE_CONVENER);
  g_assert_true(role_parse("leader", &role) && role == ROLE_LEADER);
  g_assert_false(role_parse("king", &role));
  fixture_person(f.db, "李", "li", "staff", ROLE_STAFF | ROLE_LIAISON | ROLE_LEADER, id);
  g_assert_cmpuint(person_roles(f.db, id), ==, ROLE_STAFF | ROLE_LIAISON | ROLE_LEADER);
  db_exec(f.db,
          "update role_holder set state = 'ended', valid_to = valid_from"
          " where role = 'leader'",
          &error);
  g_assert_no_error(error);
  g_assert_cmpuint(person_roles(f.db, id), ==, ROLE_STAFF | ROLE_LIAISON);
  static const char *const wrong[] = {
      "update role_holder set state = 'held' where role = 'leader'",
      "update role_holder set valid_to = valid_to + 1 where role = 'leader'",
      "update role_holder set valid_from = valid_from - 1", "delete from role_holder",
      "insert into role_holder (id, person, role, state, valid_from, created_at)"
      " select 'bbbbbbbbbbbbbbbb', person, 'audit_admin', 'held', 1, 1 from role_holder"
      " where role = 'staff'"};
  for (unsigned i = 0; i < G_N_ELEMENTS(wrong); i++)
    g_assert_false(db_exec(f.db, wrong[i], NULL));
  g_assert_cmpuint(person_roles(f.db, id), ==, ROLE_STAFF | ROLE_LIAISON);
  fixture_clear(&f);
}

static void test_password_rule(void) {
  static const struct {
    const char *password;
    bool good;
  } cases[] = {
      {"Abcdefgh1", false},         {"Abcdefghi1", true},
      {"abcdefghi1", false},        {"abcdefgh1!", true},
      {"ABCDEFGHIJ", false},        {"密码密码密码密码密码", false},
      {"密码密码密码密码aB", true}, {"1234567890", false},
      {"12345678aA", true},         {"", false},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
    g_assert_cmpint(password_rule(cases[i].password, NULL), ==, cases[i].good);
  g_autofree char *one = password_generate(), *two = password_generate();
  g_assert_true(password_rule(one, NULL));
  g_assert_cmpstr(one, !=, two);
  GError *error = NULL;
  PasswordHash hash;
  g_assert_true(password_hash("Abcdefghi1", 10, &hash, &error));
  g_assert_true(password_matches("Abcdefghi1", &hash));
  g_assert_false(password_matches("Abcdefghi2", &hash));
}

typedef struct {
  Fixture *f;
  sqlite3 *db;
  char person[17];
} Passwords;

/* As the API does it: read, hash, settle. */
static bool login(Passwords *p, const char *name, const char *password, int64_t now_ms) {
  GError *error = NULL;
  PasswordTrial trial;
  bool passed = false;
  g_assert_true(password_trial_read(p->db, p->f->config, name, &trial, &error));
  password_trial_hash(&trial, password);
  password_trial_settle(p->db, p->f->config, &trial, "192.0.2.9", now_ms, &passed, &error);
  g_assert_no_error(error);
  if (passed)
    g_assert_cmpstr(trial.person, ==, p->person);
  return passed;
}

static void lockout_steps(Passwords *p) {
  int64_t minute = 60000;
  g_assert_true(login(p, "chen", "Abcdefghi1", T0));
  g_assert_true(login(p, "CHEN", "Abcdefghi1", T0));
  g_assert_false(login(p, "nobody", "Abcdefghi1", T0));
  for (unsigned i = 0; i < 4; i++)
    g_assert_false(login(p, "chen", "wrong", T0));
  g_assert_true(login(p, "chen", "Abcdefghi1", T0)); /* a success forgets the four */
  for (unsigned i = 0; i < 5; i++)
    g_assert_false(login(p, "chen", "wrong", T0));
  g_assert_false(login(p, "chen", "Abcdefghi1", T0));
  g_assert_false(login(p, "chen", "Abcdefghi1", T0 + 15 * minute - 1));
  g_assert_true(login(p, "chen", "Abcdefghi1", T0 + 15 * minute));
}

static void unlock_steps(Passwords *p) {
  GError *error = NULL;
  for (unsigned i = 0; i < 5; i++)
    g_assert_false(login(p, "chen", "wrong", T0));
  g_autoptr(Statement) locked =
      db_prepare(p->db, "select locked_until from login_failure where person = :id", &error);
  statement_text(locked, ":id", p->person);
  g_assert_true(statement_one(locked, "not locked", &error));
  g_assert_cmpint(column_int(locked, 0), ==, T0 + 900000);
  g_clear_pointer(&locked, statement_free);
  g_assert_true(password_forget_failures(p->db, p->person, &error));
  g_assert_true(login(p, "chen", "Abcdefghi1", T0));
}

static PasswordOutcome change(Passwords *p, const char *old, const char *fresh) {
  GError *error = NULL;
  PasswordChange change;
  PasswordOutcome outcome;
  password_change_read(p->db, p->f->config, p->person, fresh, &change, &error);
  g_assert_no_error(error);
  while (password_change_slice(&change, old, fresh))
    ;
  password_change_settle(p->db, p->f->config, &change, NULL, &admin, T0, &outcome, &error);
  g_assert_no_error(error);
  return outcome;
}

static void change_steps(Passwords *p) {
  GError *error = NULL;
  PasswordChange refused;
  g_assert_false(password_change_read(p->db, p->f->config, p->person, "short", &refused, &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_INVALID);
  g_clear_error(&error);
  g_assert_cmpint(change(p, "wrong", "Abcdefghi2"), ==, PASSWORD_REFUSED);
  g_assert_cmpint(change(p, "Abcdefghi1", "Abcdefghi1"), ==, PASSWORD_REUSED);
  char old[] = "Abcdefghi1", fresh[] = "Abcdefghi2";
  for (char digit = '2'; digit <= '6'; digit++) { /* 1 falls out of the last five */
    fresh[9] = digit;
    if (digit > '2')
      g_assert_cmpint(change(p, old, "Abcdefghi1"), ==, PASSWORD_REUSED);
    g_assert_cmpint(change(p, old, fresh), ==, PASSWORD_CHANGED);
    old[9] = digit;
  }
  g_assert_cmpint(change(p, old, "Abcdefghi2"), ==, PASSWORD_REUSED);
  g_assert_cmpint(change(p, old, "Abcdefghi1"), ==, PASSWORD_CHANGED);
  g_assert_true(login(p, "chen", "Abcdefghi1", T0));
  g_autofree char *once = password_reset_direct(p->db, p->f->config, p->person, &admin, T0, &error);
  g_assert_no_error(error);
  g_assert_false(login(p, "chen", "Abcdefghi1", T0));
  g_assert_true(login(p, "chen", once, T0));
  g_autoptr(Statement) row = db_prepare(p->db, "select must_change from credential", &error);
  g_assert_true(statement_one(row, "", &error));
  g_assert_cmpint(column_int(row, 0), ==, 1);
}

static int64_t failures(Passwords *p) {
  GError *error = NULL;
  g_autoptr(Statement) row = db_prepare(p->db, "select total(failures) from login_failure", &error);
  g_assert_true(statement_one(row, "", &error));
  return column_int(row, 0);
}

/* What was hashed counts only for the credential that it was hashed for: between the two another
 * thread may have changed it, or closed the account. */
static void stale_steps(Passwords *p) {
  GError *error = NULL;
  PasswordTrial trial;
  bool passed = true;
  g_assert_true(password_trial_read(p->db, p->f->config, "chen", &trial, &error));
  password_trial_hash(&trial, "Abcdefghi1");
  g_assert_true(trial.matched);
  PasswordChange late;
  PasswordOutcome outcome;
  g_assert_true(password_change_read(p->db, p->f->config, p->person, "Abcdefghi3", &late, &error));
  while (password_change_slice(&late, "Abcdefghi1", "Abcdefghi3"))
    ;
  g_assert_cmpint(change(p, "Abcdefghi1", "Abcdefghi2"), ==, PASSWORD_CHANGED);
  password_trial_settle(p->db, p->f->config, &trial, "192.0.2.9", T0, &passed, &error);
  g_assert_no_error(error);
  g_assert_false(passed);
  password_change_settle(p->db, p->f->config, &late, NULL, &admin, T0, &outcome, &error);
  g_assert_no_error(error);
  g_assert_cmpint(outcome, ==, PASSWORD_REFUSED);
  g_assert_cmpint(failures(p), ==, 0); /* nobody guessed */
  g_assert_true(login(p, "chen", "Abcdefghi2", T0));
  g_assert_true(password_trial_read(p->db, p->f->config, "chen", &trial, &error));
  password_trial_hash(&trial, "Abcdefghi2");
  g_assert_true(db_exec(p->db, "update person set active = 0", &error));
  password_trial_settle(p->db, p->f->config, &trial, "192.0.2.9", T0, &passed, &error);
  g_assert_no_error(error);
  g_assert_false(passed);
}

typedef void (*Steps)(Passwords *p);
static const Steps lockout = lockout_steps, unlock = unlock_steps, changes = change_steps,
                   stale = stale_steps;

static void run_passwords(gconstpointer steps) {
  Fixture f;
  fixture_init(&f);
  GError *error = NULL;
  Passwords p = {.f = &f};
  PasswordHash hash;
  fixture_person(f.db, "陈六", "chen", "staff", 0, p.person);
  g_assert_true(password_hash("Abcdefghi1", 10, &hash, &error));
  g_assert_true(password_store(f.db, p.person, &hash, false, T0, &error));
  p.db = f.db;
  (*(const Steps *)steps)(&p);
  AuditHead head;
  g_assert_true(audit_verify(f.db, NULL, &head, &error));
  g_assert_cmpint(head.seq, >=, 4); /* log-ins, good and bad, are on record */
  fixture_clear(&f);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/people/separated-administrators", test_separated_administrators);
  g_test_add_func("/people/roles", test_roles);
  g_test_add_func("/passwords/rule", test_password_rule);
  g_test_add_data_func("/passwords/lock-out", &lockout, run_passwords);
  g_test_add_data_func("/passwords/unlock", &unlock, run_passwords);
  g_test_add_data_func("/passwords/change", &changes, run_passwords);
  g_test_add_data_func("/passwords/stale", &stale, run_passwords);
  return g_test_run();
}
