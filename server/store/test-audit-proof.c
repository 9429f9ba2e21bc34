/* A proof is of one table, by one key, and of nothing that was changed. */
#include "store/audit-proof.h"

#include <string.h>

#include "store/people.h"
#include "store/statement.h"
#include "store/test-fixture.h"

#define SHA "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void refuse(const char *proof, const AuditKey *key, const char *sha256, const char *why) {
  g_autoptr(GError) error = NULL;
  g_assert_false(audit_proof_check(proof, key, sha256, &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_INVALID);
  g_assert_nonnull(strstr(error->message, why));
}

static char *with(const char *proof, const char *from, const char *to) {
  g_auto(GStrv) parts = g_strsplit(proof, from, 2);
  g_assert_nonnull(parts[1]);
  return g_strconcat(parts[0], to, parts[1], NULL);
}

static void test_proof(void) {
  Fixture f;
  GError *error = NULL;
  char person[17];
  fixture_init(&f);
  fixture_person(f.db, "\xe6\x9d\x8e\nsha256: " OTHER, "li", "staff", ROLE_STAFF, person);
  const Actor by = {person, NULL};
  audit_note(f.db, "person.export", &by, NULL,
             json_pack("{s:s, s:s, s:i, s:s}", "list", "people", "query", "q=a", "rows", 12,
                       "sha256", SHA),
             T0, &error);
  g_assert_no_error(error);
  audit_note(f.db, "person.create", &by, NULL, NULL, T0, &error);
  g_assert_no_error(error);
  AuditHead head;
  g_assert_true(audit_head(f.db, &head, &error));
  g_autoptr(AuditKey) key = audit_key_own(f.dir, &error);
  g_assert_no_error(error);

  g_assert_null(audit_proof_make(f.db, key, head.seq, T0, &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND);
  g_clear_error(&error);
  g_autofree char *proof = audit_proof_make(f.db, key, head.seq - 1, T0 + 60000, &error);
  g_assert_no_error(error);
  g_assert_nonnull(strstr(proof, "list: people\nquery: q=a\nrows: 12\nsha256: " SHA "\n"));
  g_autofree char *taken = g_strdup_printf(" (li)\ntaken-by-id: %s\ntaken-at: ", person);
  g_assert_nonnull(strstr(proof, taken)); /* whatever he is called later */
  g_assert_nonnull(strstr(proof, head.hash));
  g_assert_true(audit_proof_check(proof, key, SHA, &error));
  g_assert_no_error(error);

  refuse(proof, key, OTHER, "another table"); /* a name cannot say another line */
  g_autofree char *more = with(proof, "rows: 12", "rows: 13");
  refuse(more, key, SHA, "changed");
  g_autofree char *behind = g_strconcat(proof, "sha256: " OTHER "\n", NULL);
  refuse(behind, key, OTHER, "changed");
  refuse("", key, SHA, "no proof");
  refuse("yishi-table v1\nsha256: " SHA "\n", key, SHA, "no proof");

  g_autofree char *elsewhere = g_build_filename(f.dir, "elsewhere", NULL);
  g_mkdir_with_parents(elsewhere, 0700);
  g_autoptr(AuditKey) other = audit_key_own(elsewhere, &error);
  g_assert_no_error(error);
  refuse(proof, other, SHA, "not signed");
  g_autofree char *public_path = g_build_filename(f.dir, "audit-key.pub", NULL);
  g_autoptr(AuditKey) public_key = audit_key_public(public_path, &error);
  g_assert_no_error(error);
  g_assert_true(audit_proof_check(proof, public_key, SHA, &error));
  fixture_clear(&f);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/store/audit-proof", test_proof);
  return g_test_run();
}
