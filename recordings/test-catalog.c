#include "recordings/catalog.h"

#include <inttypes.h>
#include <string.h>

#include "recordings/folder.h"
#include "store/statement.h"
#include "store/test-fixture.h"

#define SHA "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define R1 "recording0000001"
#define R2 "recording0000002"

typedef struct {
  Fixture f;
  char host[17], guest[17], stranger[17], clerk[17], meeting[17], other[17];
} Bench;

static void bench_init(Bench *b) {
  fixture_init(&b->f);
  fixture_person(b->f.db, "主持", "host", "member", 0, b->host);
  fixture_person(b->f.db, "来宾", "guest", "member", 0, b->guest);
  fixture_person(b->f.db, "路人", "stranger", "member", 0, b->stranger);
  fixture_person(b->f.db, "职员", "clerk", "staff", 0, b->clerk);
  const FixtureInvited invitation = {.person = b->guest, .capacity = "attend"};
  fixture_meeting(b->f.db, b->host, &invitation, 1, b->meeting);
  fixture_meeting(b->f.db, b->stranger, NULL, 0, b->other);
}

static void ok(bool result, GError *error) {
  g_assert_no_error(error);
  g_assert_true(result);
}

static void add(Bench *b, const char *id, const char *meeting, int64_t at) {
  GError *error = NULL;
  g_autofree char *folder = folder_name(at, id);
  ok(recording_insert(b->f.db, id, meeting, folder, at, &error), error);
}

static void put(Bench *b, const char *id, const char *name, uint32_t track, const char *source,
                int64_t start_ms, int64_t duration_ms, const char *sha256) {
  GError *error = NULL;
  const RecordingFile file = {.name = name,
                              .part = 1,
                              .track = track,
                              .source = source,
                              .person = track ? b->guest : NULL,
                              .start_ms = start_ms,
                              .duration_ms = duration_ms,
                              .bytes = 1000,
                              .sha256 = sha256};
  ok(recording_file_put(b->f.db, id, &file, &error), error);
}

static void check(Bench *b, const char *sql) {
  GError *error = NULL;
  g_autoptr(Statement) row = db_prepare(b->f.db, sql, &error);
  g_assert_no_error(error);
  g_assert_true(statement_one(row, "none", &error));
  if (!column_int(row, 0))
    g_error("%s", sql);
}

static void test_life(void) {
  Bench b;
  GError *error = NULL;
  bench_init(&b);
  add(&b, R1, b.meeting, T0);
  put(&b, R1, "program-1.webm", 0, "program", 0, 0, NULL);
  ok(recording_progress(b.f.db, R1, 5000, 70000, &error), error);
  put(&b, R1, "track-1-7-camera.webm", 7, "camera", 1500, 0, NULL);
  put(&b, R1, "track-1-7-camera.webm", 7, "camera", 1500, 60000, SHA);
  put(&b, R1, "program-1.webm", 0, "program", 0, 61000, SHA);
  ok(recording_gap_add(b.f.db, R1, 30000, 1200, &error), error);
  ok(recording_finish(b.f.db, R1, "ready", "ended", 0, T0, &error), error);

  check(&b, "select duration_ms = 61500 and bytes = 2000 and ended_at = started_at + 61500 and"
            " state = 'ready' from recording");
  check(&b, "select count(*) = 1 from recording_gap where for_ms = 1200");
  check(&b, "select count(*) = 2 from recording_file where sha256 is not null");

  /* Finished is finished; closed is closed. */
  g_assert_false(recording_finish(b.f.db, R1, "failed", "crash", 0, T0, &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_CONFLICT);
  g_clear_error(&error);
  const RecordingFile again = {
      .name = "program-1.webm", .part = 1, .source = "program", .sha256 = NULL};
  g_assert_false(recording_file_put(b.f.db, R1, &again, &error));
  g_clear_error(&error);
  fixture_clear(&b.f);
}

/* A file is found by its name alone; what leads elsewhere is none. */
static void test_file(void) {
  Bench b;
  GError *error = NULL;
  RecordingSent sent;
  bench_init(&b);
  add(&b, R1, b.meeting, T0);
  put(&b, R1, "program-1.webm", 0, "program", 0, 61000, SHA);
  put(&b, R1, "track-1-7-mic.webm", 7, "mic", 0, 61000, SHA);
  ok(recording_file_find(b.f.db, "/srv", R1, "program-1.webm", &sent, &error), error);
  g_assert_cmpstr(sent.path, ==, "/srv/2025/11/" R1 "/program-1.webm");
  g_assert_cmpstr(sent.type, ==, "video/webm");
  g_assert_cmpstr(sent.meeting, ==, b.meeting);
  g_assert_false(sent.track);
  recording_sent_clear(&sent);
  ok(recording_file_find(b.f.db, "/srv", R1, "track-1-7-mic.webm", &sent, &error), error);
  g_assert_cmpstr(sent.type, ==, "audio/webm");
  g_assert_true(sent.track);
  recording_sent_clear(&sent);
  const char *const wrong[] = {"program-2.webm", "../" R2 "/program-1.webm", ""};
  for (unsigned i = 0; i < G_N_ELEMENTS(wrong); i++) {
    g_assert_false(recording_file_find(b.f.db, "/srv", R1, wrong[i], &sent, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND);
    g_clear_error(&error);
  }
  fixture_clear(&b.f);
}

static void finish(Bench *b, const char *id, const char *state, const char *reason) {
  GError *error = NULL;
  ok(recording_finish(b->f.db, id, state, reason, 0, T0, &error), error);
}

static void is(Bench *b, const char *state, int64_t started_at) {
  g_autofree char *sql =
      g_strdup_printf("select count(*) = 1 and min(state = '%s' and started_at = %" PRId64 ")"
                      " from recording_entry where meeting = '%s' and removed_at is null",
                      state, started_at, b->meeting);
  check(b, sql);
}

/* Whatever a meeting has of parts is one recording, whose state follows theirs. */
static void test_entry(void) {
  Bench b;
  GError *error = NULL;
  bench_init(&b);
  add(&b, R1, b.meeting, T0 - 500);
  is(&b, "recording", T0 - 500);
  finish(&b, R1, "failed", "failed");
  is(&b, "failed", T0 - 500);
  add(&b, R2, b.meeting, T0);
  is(&b, "recording", T0);
  finish(&b, R2, "ready", "host");
  is(&b, "interrupted", T0);
  add(&b, "recording0000003", b.other, T0);
  finish(&b, "recording0000003", "ready", "host");
  check(&b, "select state = 'ready' from recording_entry where id = 'recording0000003'");
  add(&b, "recording0000004", b.other, T0 + 1);
  check(&b, "select state = 'recording' from recording_entry where id = 'recording0000003'");
  finish(&b, "recording0000004", "interrupted", "crash");
  check(&b, "select state = 'interrupted' from recording_entry where id = 'recording0000003'");
  check(&b, "select count(*) = 4 and min(entry in ('" R1 "', 'recording0000003')) from recording");
  g_assert_false(db_exec(b.f.db, "update recording set entry = '" R1 "'", &error));
  g_clear_error(&error);
  g_assert_false(db_exec(b.f.db, "delete from recording_entry", &error));
  g_clear_error(&error);
  /* What is recorded after a removal is another, and the removed one stays as it is. */
  ok(db_exec(b.f.db, "update recording_entry set state = 'removed', removed_at = 5", &error),
     error);
  add(&b, "recording0000005", b.meeting, T0 + 2);
  is(&b, "recording", T0 + 2);
  check(&b, "select entry = id from recording where id = 'recording0000005'");
  g_assert_false(db_exec(b.f.db, "update recording_entry set removed_at = 6", &error));
  g_clear_error(&error);
  fixture_clear(&b.f);
}

/* A removed recording's files are not given, whoever asks. */
static void test_removed_file(void) {
  Bench b;
  GError *error = NULL;
  RecordingSent sent;
  bench_init(&b);
  add(&b, R1, b.meeting, T0);
  put(&b, R1, "program-1.webm", 0, "program", 0, 61000, SHA);
  finish(&b, R1, "ready", "host");
  ok(recording_file_find(b.f.db, "/srv", R1, "program-1.webm", &sent, &error), error);
  g_assert_cmpstr(sent.entry, ==, R1);
  recording_sent_clear(&sent);
  ok(db_exec(b.f.db, "update recording_entry set state = 'removed', removed_at = 5", &error),
     error);
  g_assert_false(recording_file_find(b.f.db, "/srv", R1, "program-1.webm", &sent, &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND);
  g_clear_error(&error);
  fixture_clear(&b.f);
}

static void test_unfinished(void) {
  Bench b;
  GError *error = NULL;
  bench_init(&b);
  add(&b, R1, b.meeting, T0);
  add(&b, R2, b.meeting, T0 + 1);
  put(&b, R1, "program-1.webm", 0, "program", 0, 0, NULL);
  put(&b, R1, "track-1-3-mic.webm", 3, "mic", 0, 10, SHA);
  ok(recording_finish(b.f.db, R2, "failed", "failed", 0, T0, &error), error);
  g_autoptr(GPtrArray) found = recordings_unfinished(b.f.db, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(found->len, ==, 1);
  UnfinishedRecording *recording = g_ptr_array_index(found, 0);
  g_assert_cmpstr(recording->id, ==, R1);
  g_assert_cmpuint(recording->files->len, ==, 2);
  g_assert_false(((RecordingRow *)g_ptr_array_index(recording->files, 0))->closed);
  g_assert_true(((RecordingRow *)g_ptr_array_index(recording->files, 1))->closed);
  fixture_clear(&b.f);
}

static void test_names(void) {
  g_autofree char *folder = folder_name(T0, R1);
  g_assert_cmpstr(folder, ==, "2025/11/" R1);
  g_assert_true(folder_name_valid("track-1-20-screen_audio.webm"));
  const char *bad[] = {"", ".", "..", ".hidden", "a/b", "a..b", "A.webm", "a b", "a%2e", "end."};
  for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++)
    g_assert_false(folder_name_valid(bad[i]));
  const char *folders[] = {"../11/" R1, "2025/11/../x", "2025/11", "/etc", "2025/11/" R1 "/.."};
  for (unsigned i = 0; i < G_N_ELEMENTS(folders); i++)
    g_assert_null(folder_path("/srv", folders[i], "a.webm"));
}

/* Each list's statement is driven by an index. */
static void test_plans(void) {
  Bench b;
  GError *error = NULL;
  bench_init(&b);
  const char *queries[] = {
      "explain query plan select * from recording where entry = 'x' order by started_at, id",
      "explain query plan select * from recording where state = 'recording'",
      "explain query plan select * from recording_file_sent where recording = 'x' and name = 'y'"};
  const char *indexes[] = {"recording_by_entry", "recording_unfinished", "PRIMARY KEY"};
  for (unsigned i = 0; i < G_N_ELEMENTS(queries); i++) {
    g_autoptr(Statement) plan = db_prepare(b.f.db, queries[i], &error);
    g_assert_no_error(error);
    g_assert_true(statement_one(plan, "no plan", &error));
    g_assert_nonnull(strstr(column_text(plan, 3), indexes[i]));
  }
  fixture_clear(&b.f);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/catalog/life", test_life);
  g_test_add_func("/catalog/file", test_file);
  g_test_add_func("/catalog/entry", test_entry);
  g_test_add_func("/catalog/removed-file", test_removed_file);
  g_test_add_func("/catalog/unfinished", test_unfinished);
  g_test_add_func("/catalog/names", test_names);
  g_test_add_func("/catalog/plans", test_plans);
  return g_test_run();
}
