/* Heads outside the database: what a chain alone cannot show (its end cut off) is found, so is what
 * is done to the file of heads itself; a restore is told apart from that. */
#include "store/audit-heads.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "store/statement.h"
#include "store/test-fixture.h"

typedef struct {
  Fixture f;
  AuditKey *key;
  char *path;
} Bench;

static void add_records(Bench *b, unsigned count) {
  static int64_t at = T0; /* no two records are the same */
  GError *error = NULL;
  for (unsigned i = 0; i < count; i++) {
    AuditEntry entry = {"test", NULL, NULL, "ok", NULL, NULL};
    g_assert_true(audit_add(b->f.db, &entry, at++, &error));
  }
}

static void export_as(Bench *b, const char *kind) {
  GError *error = NULL;
  AuditHead head;
  g_assert_true(audit_head(b->f.db, &head, &error));
  audit_heads_append(b->path, b->key, &head, kind, T0, &error);
  g_assert_no_error(error);
}

/* Three heads: at 3, 6 and 9 records. */
static void bench_init(Bench *b) {
  GError *error = NULL;
  fixture_init(&b->f);
  b->path = audit_heads_path(b->f.config);
  b->key = audit_key_own(b->f.dir, &error);
  g_assert_no_error(error);
  for (unsigned i = 0; i < 3; i++) {
    add_records(b, 3);
    export_as(b, "head");
  }
}

static void bench_clear(Bench *b) {
  audit_key_free(b->key);
  g_free(b->path);
  fixture_clear(&b->f);
}

/* found: a part of what is said, NULL: all fits. */
static AuditHeads verify(Bench *b, const char *found) {
  GError *error = NULL;
  AuditHeads heads;
  bool fine = audit_heads_verify(b->path, b->key, b->f.db, &heads, &error);
  if (found) {
    g_assert_error(error, STORE_ERROR, STORE_ERROR_INVALID);
    g_assert_nonnull(strstr(error->message, found));
    g_clear_error(&error);
  } else {
    g_assert_no_error(error);
    g_assert_true(fine);
  }
  return heads;
}

/* Somebody with a shell. */
static void tamper(Bench *b, const char *sql) {
  GError *error = NULL;
  g_autofree char *all = g_strconcat("drop trigger if exists audit_kept;"
                                     "drop trigger if exists audit_fixed;",
                                     sql, NULL);
  db_exec(b->f.db, all, &error);
  g_assert_no_error(error);
}

static void test_whole(void) {
  Bench b;
  bench_init(&b);
  add_records(&b, 2); /* since the last head */
  AuditHeads heads = verify(&b, NULL);
  g_assert_cmpuint(heads.lines, ==, 3);
  g_assert_cmpuint(heads.voids, ==, 0);
  g_assert_cmpint(heads.last.seq, ==, 9);
  g_assert_cmpint(heads.last_ms, ==, T0);
  struct stat status;
  g_autofree char *key = g_build_filename(b.f.dir, "audit-key.pem", NULL);
  g_assert_cmpint(stat(key, &status), ==, 0);
  g_assert_cmpint(status.st_mode & 0777, ==, 0600);
  g_assert_cmpint(stat(b.path, &status), ==, 0);
  g_assert_cmpint(status.st_mode & 0777, ==, 0600);
  bench_clear(&b);
}

/* The chain itself stays whole: only the head shows it. */
static void test_cut(void) {
  Bench b;
  GError *error = NULL;
  bench_init(&b);
  tamper(&b, "delete from audit_record where seq > 7");
  g_assert_true(audit_verify(b.f.db, NULL, NULL, &error));
  verify(&b, "line 3: audit record 9 is missing");
  add_records(&b, 5); /* grown over the cut */
  g_assert_true(audit_verify(b.f.db, NULL, NULL, &error));
  export_as(&b, "head");
  verify(&b, "line 3: audit record 9 is another one now");
  bench_clear(&b);
}

static void edit_file(Bench *b, unsigned without, const char *from, const char *to) {
  g_autofree char *text = NULL;
  g_assert_true(g_file_get_contents(b->path, &text, NULL, NULL));
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  g_autoptr(GString) changed = g_string_new(NULL);
  for (unsigned i = 0; lines[i] && *lines[i]; i++)
    if (i + 1 != without)
      g_string_append_printf(changed, "%s\n", lines[i]);
  if (from)
    g_assert_cmpuint(g_string_replace(changed, from, to, 1), ==, 1);
  g_assert_true(g_file_set_contents(b->path, changed->str, -1, NULL));
}

static void test_file_tampered(void) {
  Bench b;
  bench_init(&b);
  edit_file(&b, 2, NULL, NULL);
  verify(&b, "line 2 does not follow the one before");
  bench_clear(&b);
  bench_init(&b);
  edit_file(&b, 0, "v1 6 ", "v1 5 ");
  verify(&b, "line 2 is not signed by this key");
  edit_file(&b, 0, "v1 5 ", "v2 5 ");
  verify(&b, "line 2 is no head");
  bench_clear(&b);
}

/* A chain that was written anew, with heads by another key. */
static void test_other_key(void) {
  Bench b;
  GError *error = NULL;
  bench_init(&b);
  g_autofree char *public = g_build_filename(b.f.dir, "audit-key.pub", NULL);
  g_autofree char *noted = g_build_filename(b.f.dir, "noted.pub", NULL);
  g_autofree char *private = g_build_filename(b.f.dir, "audit-key.pem", NULL);
  g_assert_cmpint(g_rename(public, noted), ==, 0);
  g_assert_cmpint(g_unlink(private), ==, 0);
  g_clear_pointer(&b.key, audit_key_free);
  b.key = audit_key_own(b.f.dir, &error);
  g_assert_cmpint(g_unlink(b.path), ==, 0);
  export_as(&b, "head");
  verify(&b, NULL);
  audit_key_free(b.key);
  b.key = audit_key_public(noted, &error);
  g_assert_no_error(error);
  verify(&b, "line 1 is not signed by this key");
  bench_clear(&b);
}

/* A backup that was put in place makes the heads behind it void, and no others. */
static void test_restore(void) {
  Bench b;
  bench_init(&b);
  tamper(&b, "delete from audit_record where seq > 4"); /* the backup's */
  add_records(&b, 1);                                   /* database.restore */
  export_as(&b, "restore");
  AuditHeads heads = verify(&b, NULL);
  g_assert_cmpuint(heads.voids, ==, 2);
  g_assert_cmpuint(heads.restores, ==, 1);
  add_records(&b, 6);
  export_as(&b, "head");
  verify(&b, NULL);
  tamper(&b, "delete from audit_record where seq > 10");
  verify(&b, "line 5: audit record 11 is missing");
  tamper(&b, "update audit_record set hash = printf('%064d', 0) where seq = 3");
  verify(&b, "audit record");
  bench_clear(&b);
}

static void append_text(const char *path, const char *text) {
  FILE *file = fopen(path, "a");
  g_assert_cmpint(fputs(text, file), >=, 0);
  g_assert_cmpint(fclose(file), ==, 0);
}

/* What a power cut left of a line is not taken for one, and the next line is whole. */
static void test_half_a_line(void) {
  Bench b;
  GError *error = NULL;
  AuditHead head;
  bench_init(&b);
  append_text(b.path, "v1 10 abc");
  verify(&b, NULL);
  g_assert_true(audit_heads_last(b.path, &head, &error));
  g_assert_cmpint(head.seq, ==, 9);
  add_records(&b, 1);
  export_as(&b, "head");
  AuditHeads heads = verify(&b, NULL);
  g_assert_cmpuint(heads.lines, ==, 4);
  bench_clear(&b);
}

static void test_refusals(void) {
  Bench b;
  GError *error = NULL;
  AuditHead head;
  AuditHeads heads;
  bench_init(&b);
  g_autofree char *private = g_build_filename(b.f.dir, "audit-key.pem", NULL);
  g_assert_cmpint(g_chmod(private, 0640), ==, 0);
  g_assert_null(audit_key_own(b.f.dir, &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_INVALID);
  g_clear_error(&error);
  g_assert_cmpint(g_chmod(private, 0600), ==, 0);
  g_assert_true(
      g_file_set_contents_full(private, "no key", -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  g_assert_null(audit_key_own(b.f.dir, &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_INVALID);
  g_clear_error(&error);
  g_assert_cmpint(g_unlink(b.path), ==, 0);
  g_assert_false(audit_heads_last(b.path, &head, &error));
  g_assert_no_error(error);
  g_assert_false(audit_heads_verify(b.path, b.key, b.f.db, &heads, &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND);
  g_clear_error(&error);
  bench_clear(&b);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/heads/whole", test_whole);
  g_test_add_func("/heads/cut", test_cut);
  g_test_add_func("/heads/file-tampered", test_file_tampered);
  g_test_add_func("/heads/other-key", test_other_key);
  g_test_add_func("/heads/restore", test_restore);
  g_test_add_func("/heads/half-a-line", test_half_a_line);
  g_test_add_func("/heads/refusals", test_refusals);
  return g_test_run();
}
