/* Backup while the server writes, restore, and what restore refuses. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/backup.h"
#include "store/connection.h"
#include "store/statement.h"
#include "store/test-fixture.h"

static int64_t count(const char *path, const char *sql) {
  GError *error = NULL;
  sqlite3 *db = connection_open(path, CONNECTION_READ, &error);
  g_assert_no_error(error);
  Statement *row = db_prepare(db, sql, &error);
  g_assert_no_error(error);
  g_assert_true(statement_one(row, "", &error));
  int64_t number = column_int(row, 0);
  statement_free(row);
  db_close(db);
  return number;
}

static int64_t people(const char *path) {
  return count(path, "select count(*) from person");
}

static void add_person(sqlite3 *db) {
  char id[17];
  fixture_person(db, "某人", NULL, "member", 0, id);
}

static bool add_work(sqlite3 *db, void *data, GError **error) {
  add_person(db);
  return true;
}

static void test_round_trip(void) {
  Fixture f;
  fixture_init(&f);
  GError *error = NULL;
  g_autofree char *file = g_build_filename(f.dir, "backup.db", NULL);
  add_person(f.db);
  fixture_start(&f);
  for (unsigned i = 0; i < 20; i++)
    store_write(f.store, add_work, NULL, NULL);
  g_assert_true(backup_make(f.dir, file, &error)); /* the server runs and writes */
  g_assert_no_error(error);
  struct stat status;
  g_assert_cmpint(stat(file, &status), ==, 0);
  g_assert_cmpint(status.st_mode & 0777, ==, 0600);
  int64_t then = people(file);
  g_assert_cmpint(then, >=, 1);
  g_assert_cmpint(then, <=, 21);
  g_assert_false(backup_make(f.dir, file, &error)); /* never over a file */
  g_assert_error(error, STORE_ERROR, STORE_ERROR_CONFLICT);
  g_clear_error(&error);
  char *aside = NULL;
  g_assert_false(backup_restore(f.dir, file, true, &aside, &error)); /* not while it runs */
  g_assert_error(error, STORE_ERROR, STORE_ERROR_CONFLICT);
  g_clear_error(&error);
  fixture_stop(&f);
  add_person(f.db);
  g_clear_pointer(&f.db, db_close);
  g_assert_true(backup_restore(f.dir, file, false, &aside, &error));
  g_assert_no_error(error);
  g_assert_cmpint(people(f.path), ==, then);
  g_assert_cmpint(people(aside), ==, 22); /* nothing is thrown away */
  g_free(aside);
  fixture_start(&f); /* and the server starts on it */
  fixture_stop(&f);
  fixture_clear(&f);
}

/* Who was signed in when the copy was made may have been signed out since. */
static void test_signed_out(void) {
  Fixture f;
  fixture_init(&f);
  GError *error = NULL;
  g_autofree char *file = g_build_filename(f.dir, "backup.db", NULL);
  add_person(f.db);
  g_assert_true(db_exec(f.db,
                        "insert into session select hex(zeroblob(32)), id, '', null, 0, 0,"
                        " 9000000000000, '' from person limit 1",
                        &error));
  g_clear_pointer(&f.db, db_close);
  g_assert_true(backup_make(f.dir, file, &error));
  g_assert_cmpint(count(file, "select count(*) from session"), ==, 1);
  g_autofree char *aside = NULL;
  g_assert_true(backup_restore(f.dir, file, false, &aside, &error));
  g_assert_cmpint(count(f.path, "select count(*) from session"), ==, 0);
  g_assert_cmpint(count(f.path, "select count(*) from audit_record"
                                " where kind = 'database.restore'"),
                  ==, 1);
  g_assert_cmpint(count(aside, "select count(*) from session"), ==, 1);
  fixture_clear(&f);
}

/* A shell still has the old database open: its log goes away with it. */
static void test_held_open(void) {
  Fixture f;
  fixture_init(&f);
  GError *error = NULL;
  char *aside = NULL;
  g_autofree char *file = g_build_filename(f.dir, "backup.db", NULL);
  g_autofree char *wal = g_strconcat(f.path, "-wal", NULL);
  add_person(f.db);
  g_assert_true(backup_make(f.dir, file, &error));
  add_person(f.db); /* f.db stays open */
  g_assert_true(g_file_test(wal, G_FILE_TEST_EXISTS));
  g_assert_true(backup_restore(f.dir, file, false, &aside, &error));
  g_assert_no_error(error);
  g_autofree char *old_wal = g_strconcat(aside, "-wal", NULL);
  g_assert_true(g_file_test(old_wal, G_FILE_TEST_EXISTS));
  g_assert_cmpint(people(f.path), ==, 1);
  g_assert_cmpint(people(aside), ==, 2);
  g_free(aside);
  fixture_clear(&f);
}

/* A cut between taking the old one away and putting the new one in place: no empty database comes
 * instead, and restoring again is what helps. */
static void test_interrupted(void) {
  Fixture f;
  fixture_init(&f);
  GError *error = NULL;
  g_autofree char *file = g_build_filename(f.dir, "backup.db", NULL);
  g_autofree char *moved = g_strconcat(f.path, ".replaced-20260101T000000-0", NULL);
  add_person(f.db);
  g_clear_pointer(&f.db, db_close);
  g_assert_true(backup_make(f.dir, file, &error));
  g_assert_cmpint(g_rename(f.path, moved), ==, 0);
  g_assert_null(connection_open(f.path, CONNECTION_WRITE, &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_CONFLICT);
  g_clear_error(&error);
  g_assert_null(store_open(f.config, f.mailbox, &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_CONFLICT);
  g_clear_error(&error);
  g_assert_false(g_file_test(f.path, G_FILE_TEST_EXISTS));
  char *aside = NULL;
  g_assert_true(backup_restore(f.dir, file, false, &aside, &error));
  g_assert_null(aside);
  g_assert_cmpint(people(f.path), ==, 1);
  fixture_clear(&f);
}

/* What root makes belongs to the server's user. */
static void test_owner(void) {
  if (geteuid() != 0) {
    g_test_skip("only root can give files away");
    return;
  }
  Fixture f;
  fixture_init(&f);
  GError *error = NULL;
  g_autofree char *file = g_build_filename(f.dir, "backup.db", NULL);
  g_autofree char *lock = g_build_filename(f.dir, "yishi.lock", NULL);
  g_clear_pointer(&f.db, db_close);
  g_assert_true(backup_make(f.dir, file, &error));
  g_assert_cmpint(chown(f.dir, 4711, 4712), ==, 0);
  g_autofree char *aside = NULL;
  g_assert_true(backup_restore(f.dir, file, false, &aside, &error));
  const char *const made[] = {f.path, lock};
  for (unsigned i = 0; i < G_N_ELEMENTS(made); i++) {
    struct stat status;
    g_assert_cmpint(stat(made[i], &status), ==, 0);
    g_assert_cmpint(status.st_uid, ==, 4711);
    g_assert_cmpint(status.st_gid, ==, 4712);
    g_assert_cmpint(status.st_mode & 0777, ==, 0600);
  }
  fixture_clear(&f);
}

static void refuses(Fixture *f, const char *file) {
  GError *error = NULL;
  char *aside = NULL;
  g_assert_false(backup_restore(f->dir, file, false, &aside, &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_INVALID);
  g_clear_error(&error);
  g_assert_null(aside);
  g_assert_cmpint(people(f->path), ==, 1); /* what was there is untouched */
}

static void test_refusals(void) {
  Fixture f;
  fixture_init(&f);
  GError *error = NULL;
  g_autofree char *file = g_build_filename(f.dir, "backup.db", NULL);
  g_autofree char *junk = g_build_filename(f.dir, "junk", NULL);
  add_person(f.db);
  g_clear_pointer(&f.db, db_close);
  g_assert_true(backup_make(f.dir, file, &error));
  g_assert_true(g_file_set_contents(junk, "this is no database, only some text", -1, &error));
  refuses(&f, junk);
  sqlite3 *db = connection_open(file, CONNECTION_WRITE, &error);
  g_assert_true(db_exec(db, "pragma user_version = 9999", &error));
  db_close(db);
  refuses(&f, file);
  g_unlink(file);
  /* Damaged in the middle of a table. */
  g_assert_true(backup_make(f.dir, file, &error));
  db = connection_open(file, CONNECTION_WRITE, &error);
  g_assert_true(db_exec(db,
                        "with recursive n(i) as (select 1 union all select i + 1 from n where"
                        " i < 5000) insert into setting select 'key' || i, hex(zeroblob(50))"
                        " from n; pragma journal_mode = delete",
                        &error));
  db_close(db);
  FILE *damage = g_fopen(file, "r+");
  fseek(damage, -100 * 4096, SEEK_END);
  for (unsigned i = 0; i < 8192; i++)
    fputc(0x5A, damage);
  fclose(damage);
  refuses(&f, file);
  char *aside = NULL;
  g_assert_true(backup_restore(f.dir, file, true, &aside, &error)); /* nothing better is left */
  g_free(aside);
  g_assert_false(backup_restore(f.dir, "/nonexistent", false, &aside, &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND);
  g_clear_error(&error);
  fixture_clear(&f);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/backup/round-trip", test_round_trip);
  g_test_add_func("/backup/refusals", test_refusals);
  g_test_add_func("/backup/signed-out", test_signed_out);
  g_test_add_func("/backup/held-open", test_held_open);
  g_test_add_func("/backup/interrupted", test_interrupted);
  g_test_add_func("/backup/owner", test_owner);
  return g_test_run();
}
