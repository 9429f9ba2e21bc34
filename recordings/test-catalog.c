#include "recordings/catalog.h"

#include <string.h>

#include "recordings/folder.h"
#include "store/people.h"
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

  Session clerk = fixture_session(b.clerk, ROLE_STAFF);
  json_t *recording = recording_json(b.f.db, R1, &clerk, &error);
  g_assert_no_error(error);
  g_assert_cmpint(json_integer_value(json_object_get(recording, "duration_ms")), ==, 61500);
  g_assert_cmpint(json_integer_value(json_object_get(recording, "ended_at")), ==, T0 + 61500);
  g_assert_cmpint(json_integer_value(json_object_get(recording, "bytes")), ==, 2000);
  g_assert_cmpstr(json_string_value(json_object_get(recording, "state")), ==, "ready");
  json_t *files = json_object_get(recording, "files");
  g_assert_cmpuint(json_array_size(files), ==, 2);
  json_t *program = json_array_get(files, 0), *camera = json_array_get(files, 1);
  g_assert_cmpstr(json_string_value(json_object_get(program, "url")), ==,
                  "/api/v1/recordings/" R1 "/files/program-1.webm");
  g_assert_true(json_is_null(json_object_get(program, "person")));
  g_assert_cmpstr(json_string_value(json_object_get(json_object_get(camera, "person"), "name")), ==,
                  "来宾");
  g_assert_cmpuint(json_array_size(json_object_get(recording, "gaps")), ==, 1);
  json_decref(recording);

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

static unsigned visible(Bench *b, const Session *session, const char *q) {
  GError *error = NULL;
  const RecordingsQuery query = {.q = q, .limit = 10};
  json_t *page = recordings_list(b->f.db, &query, session, &error);
  g_assert_no_error(error);
  size_t items = json_array_size(json_object_get(page, "items"));
  g_assert_cmpint(json_integer_value(json_object_get(page, "total")), ==, (json_int_t)items);
  json_decref(page);
  return (unsigned)items;
}

static bool may_read(Bench *b, const Session *session, const char *id, const char *name) {
  g_autoptr(GError) error = NULL;
  RecordingGrant grant;
  bool yes = recording_authorise(b->f.db, "/srv/recordings", session, id, name, &grant, &error);
  if (!yes)
    g_assert_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND);
  else
    g_assert_true(g_str_has_prefix(grant.path, "/srv/recordings/2025/"));
  recording_grant_clear(&grant);
  return yes;
}

static void test_who_may_see(void) {
  Bench b;
  bench_init(&b);
  add(&b, R1, b.meeting, T0);
  add(&b, R2, b.other, T0 + 1000);
  put(&b, R1, "program-1.webm", 0, "program", 0, 61000, SHA);
  put(&b, R2, "program-1.webm", 0, "program", 0, 61000, SHA);
  Session host = fixture_session(b.host, ROLE_MEMBER),
          guest = fixture_session(b.guest, ROLE_MEMBER);
  Session clerk = fixture_session(b.clerk, ROLE_STAFF);
  Session stranger = fixture_session(b.stranger, ROLE_MEMBER);
  Session scoped = fixture_session(b.guest, 0);
  scoped.scope_meeting = b.other;
  g_assert_cmpuint(visible(&b, &host, ""), ==, 1);
  g_assert_cmpuint(visible(&b, &guest, NULL), ==, 1);
  g_assert_cmpuint(visible(&b, &clerk, ""), ==, 2);
  g_assert_cmpuint(visible(&b, &clerk, "no such title"), ==, 0);
  g_assert_cmpuint(visible(&b, &scoped, ""), ==, 0);
  g_assert_true(may_read(&b, &host, R1, "program-1.webm"));
  g_assert_true(may_read(&b, &guest, R1, "program-1.webm"));
  g_assert_true(may_read(&b, &clerk, R2, "program-1.webm"));
  g_assert_true(may_read(&b, &stranger, R2, "program-1.webm"));
  g_assert_false(may_read(&b, &stranger, R1, "program-1.webm"));
  g_assert_false(may_read(&b, &guest, R2, "program-1.webm"));
  g_assert_false(may_read(&b, &scoped, R1, "program-1.webm"));
  g_assert_false(may_read(&b, &host, R1, "program-2.webm"));
  g_assert_false(may_read(&b, &host, R1, "../" R2 "/program-1.webm"));
  /* An invitation that is taken back takes the recording with it. */
  GError *error = NULL;
  ok(db_exec(b.f.db, "update invitation set revoked_at = 1", &error), error);
  g_assert_false(may_read(&b, &guest, R1, "program-1.webm"));
  g_assert_cmpuint(visible(&b, &guest, ""), ==, 0);
  fixture_clear(&b.f);
}

static void test_pages(void) {
  Bench b;
  GError *error = NULL;
  bench_init(&b);
  for (int i = 0; i < 5; i++) {
    g_autofree char *id = g_strdup_printf("recording00000%02d", i);
    char meeting[17];
    fixture_meeting(b.f.db, b.host, NULL, 0, meeting);
    add(&b, id, meeting, T0 + i / 2); /* two at the same instant */
  }
  Session clerk = fixture_session(b.clerk, ROLE_STAFF);
  g_autofree char *after = NULL;
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (int pages = 0; pages < 3; pages++) {
    const RecordingsQuery query = {.after = after, .limit = 2};
    json_t *page = recordings_list(b.f.db, &query, &clerk, &error);
    g_assert_no_error(error);
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(page, "items"), i, item) g_assert_true(
        g_hash_table_add(seen, g_strdup(json_string_value(json_object_get(item, "id")))));
    g_free(after);
    after = g_strdup(json_string_value(json_object_get(page, "next")));
    json_decref(page);
  }
  g_assert_null(after);
  g_assert_cmpuint(g_hash_table_size(seen), ==, 5);
  fixture_clear(&b.f);
}

static void finish(Bench *b, const char *id, const char *state, const char *reason) {
  GError *error = NULL;
  ok(recording_finish(b->f.db, id, state, reason, 0, T0, &error), error);
}

static json_int_t number(const json_t *object, const char *key) {
  return json_integer_value(json_object_get(object, key));
}

static const char *text(const json_t *object, const char *key) {
  return json_string_value(json_object_get(object, key));
}

static void check_gap(const json_t *line, size_t index, int64_t at_ms, int64_t for_ms,
                      const char *cause) {
  const json_t *gap = json_array_get(json_object_get(line, "gaps"), index);
  g_assert_cmpint(number(gap, "at_ms"), ==, at_ms);
  g_assert_cmpint(number(gap, "for_ms"), ==, for_ms);
  g_assert_cmpstr(text(gap, "cause"), ==, cause);
}

/* Stopped and begun again, broken off by a crash, a start that failed: one entry, one line. */
static void test_one_line(void) {
  Bench b;
  GError *error = NULL;
  bench_init(&b);
  add(&b, "recording0000000", b.meeting, T0 - 500);
  finish(&b, "recording0000000", "failed", "failed");
  add(&b, R1, b.meeting, T0);
  put(&b, R1, "program-1.webm", 0, "program", 0, 60000, SHA);
  put(&b, R1, "track-1-7-mic.webm", 7, "mic", 2000, 58000, SHA);
  ok(recording_gap_add(b.f.db, R1, 30000, 1000, &error), error);
  finish(&b, R1, "ready", "host");
  add(&b, R2, b.meeting, T0 + 90000);
  put(&b, R2, "program-1.webm", 0, "program", 0, 20000, SHA);
  finish(&b, R2, "interrupted", "crash");
  add(&b, "recording0000003", b.meeting, T0 + 115000);
  put(&b, "recording0000003", "program-1.webm", 0, "program", 0, 5000, SHA);
  finish(&b, "recording0000003", "ready", "ended");
  Session clerk = fixture_session(b.clerk, ROLE_STAFF);
  g_assert_cmpuint(visible(&b, &clerk, ""), ==, 1);
  const char *ids[] = {"recording0000000", R1, R2, "recording0000003"};
  for (unsigned i = 0; i < G_N_ELEMENTS(ids); i++) { /* each leads to the same */
    json_t *line = recording_json(b.f.db, ids[i], &clerk, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(text(line, "state"), ==, "interrupted");
    g_assert_cmpint(number(line, "started_at"), ==, T0);
    g_assert_cmpint(number(line, "ended_at"), ==, T0 + 120000);
    g_assert_cmpint(number(line, "duration_ms"), ==, 120000);
    g_assert_cmpuint(json_array_size(json_object_get(line, "gaps")), ==, 3);
    check_gap(line, 0, 30000, 1000, "broken");
    check_gap(line, 1, 60000, 30000, "stopped");
    check_gap(line, 2, 110000, 5000, "broken");
    json_t *files = json_object_get(line, "files");
    g_assert_cmpuint(json_array_size(files), ==, 4);
    const json_t *second = json_array_get(files, 2);
    g_assert_cmpint(number(second, "start_ms"), ==, 90000);
    g_assert_cmpstr(text(second, "url"), ==, "/api/v1/recordings/" R2 "/files/program-1.webm");
    json_decref(line);
  }
  fixture_clear(&b.f);
}

/* A clock that was set back between two parts puts none over another. */
static void test_clock_set_back(void) {
  Bench b;
  GError *error = NULL;
  bench_init(&b);
  add(&b, R1, b.meeting, T0);
  put(&b, R1, "program-1.webm", 0, "program", 0, 60000, SHA);
  finish(&b, R1, "ready", "host");
  add(&b, R2, b.meeting, T0 + 10000);
  put(&b, R2, "program-1.webm", 0, "program", 0, 20000, SHA);
  finish(&b, R2, "ready", "host");
  Session clerk = fixture_session(b.clerk, ROLE_STAFF);
  json_t *line = recording_json(b.f.db, R1, &clerk, &error);
  g_assert_cmpint(number(line, "duration_ms"), ==, 80000);
  g_assert_cmpint(number(json_array_get(json_object_get(line, "files"), 1), "start_ms"), ==, 60000);
  json_decref(line);
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
      "explain query plan select * from recording r where r.meeting = 'x'"
      " and (r.started_at, r.id) < (1, '') order by r.started_at desc, r.id desc",
      "explain query plan select * from recording r where (r.started_at, r.id) < (1, '')"
      " order by r.started_at desc, r.id desc",
      "explain query plan select * from recording where state = 'recording'"};
  const char *indexes[] = {"recording_by_meeting", "recording_by_start", "recording_unfinished"};
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
  g_test_add_func("/catalog/who-may-see", test_who_may_see);
  g_test_add_func("/catalog/pages", test_pages);
  g_test_add_func("/catalog/one-line", test_one_line);
  g_test_add_func("/catalog/clock-set-back", test_clock_set_back);
  g_test_add_func("/catalog/unfinished", test_unfinished);
  g_test_add_func("/catalog/names", test_names);
  g_test_add_func("/catalog/plans", test_plans);
  return g_test_run();
}
