/* Recordings that were altered, exchanged, taken away or put in: what the verifier says. */
#include "recordings/verify.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "recordings/catalog.h"
#include "recordings/folder.h"
#include "recordings/orphan.h"
#include "store/audit.h"
#include "store/statement.h"
#include "store/test-fixture.h"

#define ID "recording0000001"

typedef struct {
  Fixture f;
  char host[17], meeting[17];
  char *dir, *folder;
  GString *said;
} Bench;

static char *file_path(const Bench *b, const char *name) {
  return g_build_filename(b->dir, name, NULL);
}

static void put(Bench *b, const char *name, unsigned track, const char *bytes) {
  GError *error = NULL;
  g_autofree char *path = file_path(b, name);
  g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, bytes, -1);
  g_assert_true(g_file_set_contents(path, bytes, -1, &error));
  const RecordingFile file = {.name = name,
                              .part = 1,
                              .track = track,
                              .source = track ? "mic" : "program",
                              .duration_ms = 5,
                              .bytes = (int64_t)strlen(bytes),
                              .sha256 = sum};
  recording_file_put(b->f.db, ID, &file, &error);
  g_assert_no_error(error);
}

static void bench_init(Bench *b) {
  GError *error = NULL;
  fixture_init(&b->f);
  fixture_person(b->f.db, "主持", "host", "staff", 0, b->host);
  fixture_meeting(b->f.db, b->host, NULL, 0, b->meeting);
  g_free(b->f.config->recordings_dir);
  b->f.config->recordings_dir = g_build_filename(b->f.dir, "recordings", NULL);
  b->folder = folder_name(T0, ID);
  b->dir = folder_make(b->f.config->recordings_dir, b->folder, &error);
  b->said = g_string_new(NULL);
  g_assert_true(orphan_note(b->dir, ID, b->meeting, T0, &error));
  g_assert_true(recording_insert(b->f.db, ID, b->meeting, b->folder, T0, &error));
  put(b, "program-1.webm", 0, "program");
  put(b, "track-1-3-mic.webm", 3, "voice");
  g_assert_true(recording_finish(b->f.db, ID, "ready", "host", 5, T0, &error));
}

static void bench_clear(Bench *b) {
  fixture_clear(&b->f);
  g_free(b->dir);
  g_free(b->folder);
  g_string_free(b->said, TRUE);
}

static void note_line(void *user, bool problem, const char *line) {
  g_string_append_printf(user, "%s%s\n", problem ? "PROBLEM " : "", line);
}

/* said: a part of what it says, NULL: nothing at all. */
static void verify(Bench *b, unsigned problems, const char *said) {
  GError *error = NULL;
  RecordingsVerdict verdict;
  g_string_truncate(b->said, 0);
  recordings_verify(b->f.db, b->f.config->recordings_dir, note_line, b->said, &verdict, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(verdict.problems, ==, problems);
  if (said)
    g_assert_nonnull(strstr(b->said->str, said));
  else
    g_assert_cmpstr(b->said->str, ==, "");
}

/* Somebody with a shell: the triggers go first. */
static void tamper(Bench *b, const char *sql) {
  GError *error = NULL;
  g_autofree char *all = g_strconcat("drop trigger if exists recording_file_fixed;"
                                     "drop trigger if exists recording_file_kept;"
                                     "drop trigger if exists recording_kept;",
                                     sql, NULL);
  db_exec(b->f.db, all, &error);
  g_assert_no_error(error);
}

static void test_whole(void) {
  Bench b;
  bench_init(&b);
  verify(&b, 0, NULL);
  bench_clear(&b);
}

static void test_files(void) {
  Bench b;
  bench_init(&b);
  g_autofree char *path = file_path(&b, "track-1-3-mic.webm");
  g_assert_true(g_file_set_contents(path, "noise", -1, NULL));
  verify(&b, 1, "PROBLEM 2025/11/" ID "/track-1-3-mic.webm is not what was recorded");
  g_assert_cmpint(g_unlink(path), ==, 0);
  verify(&b, 1, "track-1-3-mic.webm cannot be read: No such file");
  g_assert_cmpint(symlink("program-1.webm", path), ==, 0);
  verify(&b, 1, "track-1-3-mic.webm cannot be read");
  bench_clear(&b);
}

/* File and hash exchanged together: the audit record remembers. */
static void test_rows(void) {
  Bench b;
  bench_init(&b);
  g_autofree char *path = file_path(&b, "track-1-3-mic.webm");
  g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "noise", -1);
  g_autofree char *sql =
      g_strdup_printf("update recording_file set sha256 = '%s' where track = 3", sum);
  g_assert_true(g_file_set_contents(path, "noise", -1, NULL));
  tamper(&b, sql);
  verify(&b, 1, "the catalogue's hashes are not those that the audit record noted");
  tamper(&b, "delete from recording_file; delete from recording");
  verify(&b, 1, "PROBLEM recording " ID " is gone from the catalogue");
  g_assert_nonnull(strstr(b.said->str, "2025/11/" ID " is in no row"));
  bench_clear(&b);
}

/* A repair that came later is noted too. */
static void test_repaired_later(void) {
  Bench b;
  GError *error = NULL;
  bench_init(&b);
  put(&b, "track-1-4-mic.webm", 4, "late");
  verify(&b, 1, "not those that the audit record noted");
  g_assert_true(recording_measure(b.f.db, ID, T0 + 1, &error));
  verify(&b, 0, NULL);
  bench_clear(&b);
}

/* Removed by who may, the files must be gone; said to be removed by who changed the row, they are
 * missed. */
static void test_removed(void) {
  Bench b;
  GError *error = NULL;
  bench_init(&b);
  tamper(&b, "update recording_entry set state = 'removed', removed_at = 5");
  verify(&b, 1, "PROBLEM 2025/11/" ID " is said to be removed");
  g_assert_true(audit_note(b.f.db, "recording.remove", NULL, ID, NULL, T0, &error));
  verify(&b, 0, "its files wait to be deleted");
  tamper(&b, "update recording_entry set purged_at = 6");
  verify(&b, 1, "but it is there");
  fixture_remove(b.dir);
  verify(&b, 0, NULL);
  tamper(&b, "update recording_file set sha256 = replace(sha256, 'a', 'b')");
  verify(&b, 1, "are not those that the audit record noted");
  bench_clear(&b);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/verify/whole", test_whole);
  g_test_add_func("/verify/files", test_files);
  g_test_add_func("/verify/rows", test_rows);
  g_test_add_func("/verify/repaired-later", test_repaired_later);
  g_test_add_func("/verify/removed", test_removed);
  return g_test_run();
}
