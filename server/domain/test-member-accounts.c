/* Accounts of members: which the register opens, and the link by which one sets up his own. */
#include <string.h>

#include "base/id.h"
#include "domain/test-office.h"
#include "store/account-link.h"
#include "store/statement.h"

/* Who ends what may be kept of a way into an account. */
#define SECURITY ((Desk){o->leader, ROLE_SECURITY_ADMIN})

/* The register opens no account that it could not open by hand, and has no administrators. */
static void test_accounts(void) {
  Office office, *o = &office;
  office_init(o);
  World *w = &o->w;
  char admin[17], staff[17];
  fixture_person(w->f.db, "root", "root", "staff", ROLE_SYSTEM_ADMIN, admin);
  fixture_person(w->f.db, "aide", "aide", "staff", ROLE_STAFF, staff);
  desk_refused(w, LIAISON, HTTP_POST, "members",
               g_strdup_printf("{\"person\":\"%s\",\"code\":\"14-008\"}", admin),
               "member_profile.unknown");
  g_autofree char *aide = desk_made(
      w, LIAISON, "members", g_strdup_printf("{\"person\":\"%s\",\"code\":\"14-009\"}", staff));
  g_autofree char *shut = g_strdup_printf("update person set active = 0 where id = '%s'", staff);
  g_assert_cmpint(sqlite3_exec(w->f.db, shut, NULL, NULL, NULL), ==, SQLITE_OK);
  g_autofree char *admit_path = office_path(aide, "/admit");
  desk_refused(w, LIAISON, HTTP_POST, admit_path,
               office_admission(o, "2022-01-01", ",\"document_no\":\"d\""), "member_profile.shut");
  office_clear(o);
}

#define LINKS "select count(*) from account_link where "

/* Whoever is in office and has no password gets a link; a new one ends the one before, and none
 * leads into an account that is in use, or has other duties. */
static bool opens(sqlite3 *db, const char *secret) {
  AccountLink link = {0};
  bool fine = account_link_read(db, secret, T0, &link, NULL);
  account_link_clear(&link);
  return fine;
}

static void test_invite(void) {
  Office office, *o = &office;
  office_init(o);
  World *w = &o->w;
  sqlite3 *db = w->f.db;
  g_autofree char *path = office_path(o->ada, "/invite");
  g_assert_true(db_exec(db, "delete from credential", NULL));
  g_assert_cmpint(office_found(o, LIAISON, "members/register", "account=none"), ==, 1);
  Desk herself = {w->ada, MEMBER | ROLE_LIAISON};
  desk_refused(w, herself, HTTP_POST, path, g_strdup("{}"), "forbidden");
  json_t *first = desk_ask(w, LIAISON, HTTP_POST, path, g_strdup("{}"), 200);
  json_t *second = desk_ask(w, LIAISON, HTTP_POST, path, g_strdup("{}"), 200);
  g_assert_cmpstr(text_of(first, "link"), !=, text_of(second, "link"));
  g_assert_cmpstr(text_of(second, "account"), ==, "invited");
  g_assert_cmpint(json_integer_value(json_object_get(second, "invited_until")), ==,
                  T0 + INT64_C(30) * 24 * 3600 * 1000);
  g_autofree char *secret = g_strdup(strrchr(text_of(second, "link"), '/') + 1);
  char digest[65];
  g_assert_true(opens(db, secret));
  secret_digest(secret, digest);
  g_autofree char *kept = g_strdup_printf(LINKS "digest = '%s'", digest);
  g_assert_cmpint(count(db, kept), ==, 1);
  g_assert_cmpint(count(db, LINKS "1"), ==, 1);
  json_decref(first);
  json_decref(second);
  g_assert_true(db_exec(db, "update account_link set expires_at = 1", NULL));
  g_assert_cmpint(office_found(o, LIAISON, "members/register", "account=expired"), ==, 1);
  g_assert_false(opens(db, secret));
  g_assert_true(db_exec(db, "update account_link set expires_at = 9e15", NULL));
  g_assert_true(opens(db, secret));
  g_assert_true(db_exec(db,
                        "insert into role_holder (id, person, role, state, valid_from, created_at)"
                        " select 'role000000000008', id, 'committee', 'held', 1, 1 from person"
                        " where login = 'ada'",
                        NULL));
  desk_refused(w, LIAISON, HTTP_POST, path, g_strdup("{}"), "member_profile.has_duties");
  /* Nor does one that was made before he had them. */
  g_assert_false(opens(db, secret));
  /* And whoever is put out has none left when he is let in again. */
  g_autofree char *out = g_strdup_printf("people/%s/sign_out", w->ada);
  json_decref(desk_ask(w, SECURITY, HTTP_POST, out, g_strdup("{}"), 200));
  g_assert_cmpint(count(db, LINKS "1"), ==, 0);
  g_assert_true(db_exec(db,
                        "insert into credential select id, 1, zeroblob(16), zeroblob(32), 0, 1 from"
                        " person where login = 'ada'",
                        NULL));
  desk_refused(w, LIAISON, HTTP_POST, path, g_strdup("{}"), "member_profile.has_account");
  g_autofree char *bo = office_member(o, w->bo, "14-002", "");
  g_autofree char *candidate = office_path(bo, "/invite");
  desk_refused(w, LIAISON, HTTP_POST, candidate, g_strdup("{}"), "wrong_state");
  office_clear(o);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/members/accounts", test_accounts);
  g_test_add_func("/members/invite", test_invite);
  return g_test_run();
}
