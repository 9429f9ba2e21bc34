/* Removed recordings lose their files, whatever happened in between; nothing else does. */
#include "recordings/removal.h"

#include <glib/gstdio.h>
#include <string.h>

#include "recordings/catalog.h"
#include "recordings/folder.h"
#include "recordings/orphan.h"
#include "store/statement.h"
#include "store/test-fixture.h"

#define SHA "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define R1 "recording0000001"
#define R2 "recording0000002"
#define R3 "recording0000003"

typedef struct {
  Fixture f;
  char host[17], meeting[17], other[17];
  GSource *source;
  char *dirs[3]; /* the first two are parts of one recording */
} Bench;

static void run_sql(Bench *b, const char *sql) {
  GError *error = NULL;
  db_exec(b->f.db, sql, &error);
  g_assert_no_error(error);
}

static char *fill(Bench *b, const char *id, const char *meeting) {
  GError *error = NULL;
  g_autofree char *folder = folder_name(T0, id);
  char *dir = folder_make(b->f.config->recordings_dir, folder, &error);
  g_assert_no_error(error);
  g_autofree char *program = g_build_filename(dir, "program-1.webm", NULL);
  g_autofree char *track = g_build_filename(dir, "track-1-3-mic.webm", NULL);
  g_assert_true(g_file_set_contents(program, "program", -1, NULL));
  g_assert_true(g_file_set_contents(track, "voice", -1, NULL));
  g_assert_true(orphan_note(dir, id, meeting, T0, &error));
  g_assert_true(recording_insert(b->f.db, id, meeting, folder, T0, &error));
  const RecordingFile file = {
      .name = "program-1.webm", .part = 1, .source = "program", .bytes = 7, .sha256 = SHA};
  const RecordingFile open = {
      .name = "track-1-3-mic.webm", .part = 1, .track = 3, .source = "mic", .bytes = 5};
  g_assert_true(recording_file_put(b->f.db, id, &file, &error));
  g_assert_true(recording_file_put(b->f.db, id, &open, &error));
  g_assert_true(recording_finish(b->f.db, id, "interrupted", "crash", 5, T0, &error));
  return dir;
}

/* A meeting's recording in two parts, each with a file that was never closed, and another's. */
static void bench_init(Bench *b) {
  fixture_init(&b->f);
  fixture_person(b->f.db, "主持", "host", "staff", 0, b->host);
  fixture_meeting(b->f.db, b->host, NULL, 0, b->meeting);
  fixture_meeting(b->f.db, b->host, NULL, 0, b->other);
  g_free(b->f.config->recordings_dir);
  b->f.config->recordings_dir = g_build_filename(b->f.dir, "recordings", NULL);
  b->dirs[0] = fill(b, R1, b->meeting);
  b->dirs[1] = fill(b, R2, b->meeting);
  b->dirs[2] = fill(b, R3, b->other);
  b->source = mailbox_source(b->f.mailbox);
  g_source_attach(b->source, NULL);
}

static void bench_clear(Bench *b) {
  g_source_destroy(b->source);
  g_source_unref(b->source);
  for (unsigned i = 0; i < G_N_ELEMENTS(b->dirs); i++)
    g_free(b->dirs[i]);
  fixture_clear(&b->f);
}

static void check(Bench *b, const char *sql) {
  GError *error = NULL;
  g_autoptr(Statement) row = db_prepare(b->f.db, sql, &error);
  g_assert_no_error(error);
  g_assert_true(statement_one(row, "none", &error));
  if (!column_int(row, 0))
    g_error("%s", sql);
}

static bool exists(const Bench *b, unsigned at) {
  return g_file_test(b->dirs[at], G_FILE_TEST_EXISTS);
}

typedef struct {
  const char *sql;
  int64_t number;
} Asked;

static void ask(sqlite3 *db, void *data) {
  Asked *asked = data;
  GError *error = NULL;
  g_autoptr(Statement) row = db_prepare(db, asked->sql, &error);
  g_assert_no_error(error);
  g_assert_true(statement_one(row, "none", &error));
  asked->number = column_int(row, 0);
}

static int64_t number(Bench *b, const char *sql) {
  Asked asked = {sql, 0};
  fixture_on_reader(&b->f, ask, &asked);
  return asked.number;
}

static gboolean wake(void *data) {
  return G_SOURCE_CONTINUE;
}

/* A server starts, deletes, and stops when the audit record has so many purges. That it is asked
 * for them handles what comes back meanwhile: the timer looks again after that. */
static void serve(Bench *b, int64_t purges) {
  fixture_start(&b->f);
  Removal *removal = removal_new(b->f.config, b->f.store);
  removal_run(removal);
  unsigned timer = g_timeout_add(10, wake, NULL);
  while (number(b, "select count(*) from audit_record where kind = 'recording.purged'") < purges)
    g_main_context_iteration(NULL, TRUE);
  g_source_remove(timer);
  removal_free(removal);
  fixture_stop(&b->f);
}

#define REMOVE "update recording_entry set state = 'removed', removed_at = 5 where id = '" R1 "'"

static void test_killed(void) {
  Bench b;
  GError *error = NULL;
  bench_init(&b);
  run_sql(&b, REMOVE); /* acknowledged, and then the server was killed */
  g_autofree char *gone = g_build_filename(b.dirs[0], "program-1.webm", NULL);
  g_assert_cmpint(g_unlink(gone), ==, 0); /* in the middle of it */
  g_autoptr(GPtrArray) unfinished = recordings_unfinished(b.f.db, &error);
  g_assert_cmpuint(unfinished->len, ==, 1); /* nobody repairs a removed one */
  serve(&b, 1);
  g_assert_false(exists(&b, 0));
  g_assert_false(exists(&b, 1));
  g_assert_true(exists(&b, 2));
  check(&b, "select purged_at is not null from recording_entry where id = '" R1 "'");
  check(&b, "select purged_at is null from recording_entry where id = '" R3 "'");
  check(&b, "select (select count(*) from recording_file) = 6 and"
            " (select count(*) from recording) = 3");
  check(&b, "select detail ->> '$.files' = 4 and detail ->> '$.bytes' = 24 and object = '" R1
            "' from audit_record where kind = 'recording.purged'");
  bench_clear(&b);
}

/* A folder that came back is no recording again, and goes at the next start. */
static void test_came_back(void) {
  Bench b;
  GError *error = NULL;
  bench_init(&b);
  run_sql(&b, REMOVE);
  serve(&b, 1);
  g_assert_cmpint(g_mkdir_with_parents(b.dirs[1], 0700), ==, 0);
  g_autofree char *file = g_build_filename(b.dirs[1], "program-1.webm", NULL);
  g_assert_true(g_file_set_contents(file, "program", -1, NULL));
  g_autoptr(GPtrArray) folders = orphan_folders(b.f.config->recordings_dir);
  g_autoptr(GPtrArray) orphans = orphans_find(b.f.db, b.f.config->recordings_dir, folders, &error);
  g_assert_cmpuint(orphans->len, ==, 0);
  serve(&b, 2);
  g_assert_false(exists(&b, 1));
  bench_clear(&b);
}

/* What cannot be deleted is not said to be, and is tried again. */
static void test_stuck(void) {
  Bench b;
  GError *error = NULL;
  bench_init(&b);
  g_autofree char *inside = g_build_filename(b.dirs[0], "folder", NULL);
  g_assert_cmpint(g_mkdir(inside, 0700), ==, 0);
  g_assert_false(removal_delete(b.f.config->recordings_dir, "2025/11/" R1, &error));
  g_assert_nonnull(error);
  g_clear_error(&error);
  run_sql(&b, REMOVE);
  run_sql(&b, "update recording_entry set state = 'removed', removed_at = 5 where id = '" R3 "'");
  serve(&b, 1);
  g_assert_true(exists(&b, 0));
  g_assert_false(exists(&b, 2));
  g_assert_cmpint(g_rmdir(inside), ==, 0);
  serve(&b, 2);
  g_assert_false(exists(&b, 0));
  g_assert_false(removal_delete(b.f.config->recordings_dir, "../11/" R1, &error));
  g_clear_error(&error);
  bench_clear(&b);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/removal/killed", test_killed);
  g_test_add_func("/removal/came-back", test_came_back);
  g_test_add_func("/removal/stuck", test_stuck);
  return g_test_run();
}
