/* What is evidence, with the built programs: a server without its database, an audit record that
 * was cut short, a backup put in place, a full disk. Arguments: yishid, yishictl. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

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
  expect_verdict(place, 0, "heads: none yet");
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

/* A table that was taken away is known again to the byte, and says who took it. */
static void test_table(void) {
  Place *place = place_new();
  g_autofree char *table = g_build_filename(place->folder, "people.csv", NULL);
  start(place);
  make_staff(place);
  sign_in(place);
  g_autoptr(GSocketConnection) connection = ask_later(place, "GET", "/api/v1/people.csv", NULL);
  g_autofree char *answer = answer_of(connection);
  g_assert_true(g_str_has_prefix(answer, "HTTP/1.1 200"));
  g_autofree char *bytes = g_strdup(strstr(answer, "\r\n\r\n") + 4);
  g_assert_true(g_file_set_contents(table, bytes, -1, NULL));
  g_autofree char *said = NULL, *refused = NULL;
  g_assert_cmpint(ctl(place, &said, "audit", "file", table), ==, 0);
  g_assert_nonnull(strstr(said, "(login staff): people.csv, 1 rows"));
  bytes[strlen(bytes) - 3] ^= 1;
  g_assert_true(g_file_set_contents(table, bytes, -1, NULL));
  g_assert_cmpint(ctl(place, &refused, "audit", "file", table), ==, 1);
  g_assert_nonnull(strstr(refused, "no file of exactly these bytes"));
  stop(place);
  g_unlink(table);
  place_free(place);
}

static bool have_disks; /* this process may mount */

/* Before there are threads: a mount namespace, of a user namespace unless root. */
static bool may_mount(void) {
  char map[32];
  unsigned uid = getuid();
  if (unshare(CLONE_NEWNS | (uid == 0 ? 0 : CLONE_NEWUSER)) != 0)
    return false;
  g_snprintf(map, sizeof map, "0 %u 1", uid);
  int fd = uid == 0 ? -1 : open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC);
  bool mapped = uid == 0 || (fd >= 0 && write(fd, map, strlen(map)) > 0);
  if (fd >= 0)
    close(fd);
  return mapped && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

/* Takes all that is free. */
static void fill(const char *filler) {
  static const char zeros[65536];
  int fd = open(filler, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  g_assert_cmpint(fd, >=, 0);
  for (size_t size = sizeof zeros; size > 0;)
    if (write(fd, zeros, size) <= 0)
      size /= 2;
  close(fd);
}

static int64_t number(const char *database, const char *sql) {
  sqlite3 *db = NULL;
  sqlite3_stmt *row = NULL;
  g_assert_cmpint(sqlite3_open(database, &db), ==, SQLITE_OK);
  g_assert_cmpint(sqlite3_prepare_v2(db, sql, -1, &row, NULL), ==, SQLITE_OK);
  g_assert_cmpint(sqlite3_step(row), ==, SQLITE_ROW);
  int64_t value = sqlite3_column_int64(row, 0);
  sqlite3_finalize(row);
  sqlite3_close(db);
  return value;
}

#define JOINS 5

/* Something else fills the disk to the last byte while people come and write; then the server is
 * killed: who was there and what was acknowledged is in the database. */
static void test_full_disk(void) {
  if (!have_disks) {
    g_test_skip("no mount namespaces here");
    return;
  }
  Place *place = place_new_with("store_reserve_mib = 16\n");
  g_autofree char *var = g_build_filename(place->folder, "var", NULL);
  g_autofree char *filler = g_build_filename(var, "filler", NULL);
  g_autofree char *database = g_build_filename(var, "yishi.db", NULL);
  g_assert_cmpint(g_mkdir(var, 0700), ==, 0);
  g_assert_cmpint(mount("tmpfs", var, "tmpfs", 0, "size=96m"), ==, 0);
  start(place);
  make_staff(place);
  sign_in(place);
  g_autofree char *meeting = make_meeting(place);
  GSocketConnection *connections[JOINS];
  fill(filler);
  for (unsigned i = 0; i < JOINS; i++) {
    connections[i] = join(place, meeting);
    put_text(connections[i], "{\"t\":\"chat\",\"id\":7,\"text\":\"写下来\"}");
    g_assert_true(await(place, connections[i], "\"ok\""));
    g_string_free(place->tail, TRUE);
    fill(filler);
  }
  gint64 until = g_get_monotonic_time() + 5 * SECOND_US;
  while (number(database, "select count(*) from presence_segment") < JOINS)
    g_assert_cmpint(g_get_monotonic_time(), <, until);
  g_subprocess_send_signal(place->process, SIGKILL);
  g_assert_cmpint(finish(place), ==, -1);
  g_assert_cmpint(g_unlink(filler), ==, 0);
  g_assert_cmpint(number(database, "select count(*) from presence_segment"), ==, JOINS);
  g_assert_cmpint(number(database, "select count(*) from chat_message"), ==, JOINS);
  start(place);
  stop(place);
  for (unsigned i = 0; i < JOINS; i++)
    g_object_unref(connections[i]);
  g_assert_cmpint(umount2(var, MNT_DETACH), ==, 0);
  place_free(place);
}

int main(int argc, char **argv) {
  have_disks = may_mount();
  /* No question of proxies on loopback: libproxy throws where sanitizers do not expect C++. */
  g_setenv("GIO_USE_PROXY_RESOLVER", "dummy", TRUE);
  g_test_init(&argc, &argv, NULL);
  g_assert_cmpint(argc, ==, 3);
  yishid = argv[1];
  yishictl = argv[2];
  g_test_add_func("/evidence/lost", test_lost);
  g_test_add_func("/evidence/verify", test_verify);
  g_test_add_func("/evidence/table", test_table);
  g_test_add_func("/evidence/full-disk", test_full_disk);
  return g_test_run();
}
