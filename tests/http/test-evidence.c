/* What is evidence, with the built programs: a server without its database, an audit record that
 * was cut short, a backup put in place. Arguments: yishid, yishictl. */
#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>

#include "place.h"

static void stop(Place *place) {
  g_subprocess_send_signal(place->process, SIGTERM);
  g_assert_cmpint(finish(place), ==, 0);
}

/* yishictl WORDS…: its exit status. */
static int ctl(const Place *place, char **said, const char *command, const char *word,
               const char *more) {
  const char *const argv[] = {yishictl, "--config", place->config, command, word, more, NULL};
  return run(argv, NULL, said);
}

static void expect_refused(const Place *place, const char *what) {
  g_autofree char *said = NULL, *listed = NULL, *copied = NULL;
  g_autofree char *copy = g_build_filename(place->folder, "empty.db", NULL);
  const char *const again[] = {yishid, "--config", place->config, NULL};
  g_assert_cmpint(run(again, NULL, &said), ==, 1);
  g_assert_nonnull(strstr(said, what));
  g_assert_nonnull(strstr(said, "yishictl restore FILE"));
  g_assert_cmpint(ctl(place, &listed, "admin", "list", NULL), ==, 1);
  g_assert_nonnull(strstr(listed, what));
  g_assert_cmpint(ctl(place, &copied, "backup", copy, NULL), ==, 1);
  g_assert_nonnull(strstr(copied, what));
}

/* A server without its database never poses as a new one. */
static void test_lost(void) {
  Place *place = place_new();
  g_autofree char *database = g_build_filename(place->folder, "var", "yishi.db", NULL);
  g_autofree char *heads = g_build_filename(place->folder, "var", "audit-heads.log", NULL);
  g_autofree char *backup = g_build_filename(place->folder, "backup.db", NULL);
  g_autofree char *folder = g_build_filename(place->folder, "var/recordings/2026/11/x", NULL);
  g_autofree char *file = g_build_filename(folder, "program-1.webm", NULL);
  start(place);
  make_staff(place);
  stop(place);
  g_assert_cmpint(ctl(place, NULL, "backup", backup, NULL), ==, 0);
  g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
  g_assert_true(g_file_set_contents(file, "x", 1, NULL));
  g_unlink(heads);
  g_assert_cmpint(g_unlink(database), ==, 0);
  expect_refused(place, "is missing");
  g_assert_false(g_file_test(database, G_FILE_TEST_EXISTS));
  g_assert_true(g_file_set_contents(database, "", 0, NULL));
  expect_refused(place, "is empty");
  g_assert_cmpint(g_unlink(file), ==, 0); /* without recordings: by the audit record's heads */
  g_assert_true(g_file_set_contents(heads, "v1 ", -1, NULL));
  expect_refused(place, "audit-heads.log");
  g_assert_cmpint(g_unlink(heads), ==, 0);
  g_assert_cmpint(ctl(place, NULL, "restore", backup, NULL), ==, 0);
  start(place);
  sign_in(place);
  stop(place);
  place_free(place);
}

static unsigned lines_of(const char *path) {
  g_autofree char *text = NULL;
  unsigned lines = 0;
  if (g_file_get_contents(path, &text, NULL, NULL))
    for (const char *c = text; *c; c++)
      lines += *c == '\n';
  return lines;
}

/* The server exports a head when it starts. */
static void start_and_export(Place *place, const char *heads) {
  unsigned before = lines_of(heads);
  gint64 until = g_get_monotonic_time() + 10 * SECOND_US;
  start(place);
  while (lines_of(heads) == before) {
    g_assert_cmpint(g_get_monotonic_time(), <, until);
    g_usleep(20000);
  }
  stop(place);
}

static void expect_verdict(const Place *place, int status, const char *what) {
  g_autofree char *said = NULL;
  g_assert_cmpint(ctl(place, &said, "verify", NULL, NULL), ==, status);
  if (!strstr(said, what))
    g_error("%s", said);
}

/* Whoever cuts the audit record's end off is found, whoever restores a backup is told apart. */
static void test_verify(void) {
  Place *place = place_new();
  g_autofree char *database = g_build_filename(place->folder, "var", "yishi.db", NULL);
  g_autofree char *heads = g_build_filename(place->folder, "var", "audit-heads.log", NULL);
  g_autofree char *backup = g_build_filename(place->folder, "backup.db", NULL);
  start(place);
  make_staff(place);
  stop(place);
  g_assert_cmpint(ctl(place, NULL, "backup", backup, NULL), ==, 0);
  start_and_export(place, heads);
  expect_verdict(place, 0, "everything fits");
  sqlite3 *db = NULL;
  g_assert_cmpint(sqlite3_open(database, &db), ==, SQLITE_OK);
  g_assert_cmpint(sqlite3_exec(db,
                               "drop trigger audit_kept; delete from audit_record where seq ="
                               " (select max(seq) from audit_record)",
                               NULL, NULL, NULL),
                  ==, SQLITE_OK);
  g_assert_cmpint(sqlite3_close(db), ==, SQLITE_OK);
  expect_verdict(place, 1, "is missing: the record was cut short");
  g_assert_cmpint(ctl(place, NULL, "restore", backup, NULL), ==, 0);
  expect_verdict(place, 0, "a backup was put in place 1 times");
  place_free(place);
}

int main(int argc, char **argv) {
  /* No question of proxies on loopback: libproxy throws where sanitizers do not expect C++. */
  g_setenv("GIO_USE_PROXY_RESOLVER", "dummy", TRUE);
  g_test_init(&argc, &argv, NULL);
  g_assert_cmpint(argc, ==, 3);
  yishid = argv[1];
  yishictl = argv[2];
  g_test_add_func("/evidence/lost", test_lost);
  g_test_add_func("/evidence/verify", test_verify);
  return g_test_run();
}
