/* Recordings: all that was recorded of a meeting is one time line; who sees it, and what of it. */
#include <inttypes.h>
#include <string.h>

#include "domain/list.h"
#include "domain/recording/joined.h"
#include "domain/recording/retention.h"
#include "domain/test-desk.h"
#include "model/compose.h"
#include "model/right.h"
#include "store/audit.h"
#include "store/people.h"
#include "store/statement.h"

#define SHA "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define R0 "recording0000000"
#define R1 "recording0000001"
#define R2 "recording0000002"
#define R3 "recording0000003"
#define OFFICE ((Desk){w->clerk, STAFF | SIGNED_IN})
#define AUDITOR ((Desk){w->clerk, ROLE_AUDIT_ADMIN | SIGNED_IN})
#define ADA ((Desk){w->ada, MEMBER | SIGNED_IN})
#define BO ((Desk){w->bo, MEMBER | SIGNED_IN})

static char meeting[17], other[17];

static void sql(World *w, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void sql(World *w, const char *format, ...) {
  va_list values;
  va_start(values, format);
  g_autofree char *text = g_strdup_vprintf(format, values);
  va_end(values);
  GError *error = NULL;
  db_exec(w->f.db, text, &error);
  g_assert_no_error(error);
}

/* As the recorder leaves it. */
static void record(World *w, const char *id, const char *of, int64_t at, int64_t duration_ms,
                   const char *state, const char *reason) {
  sql(w,
      "insert into recording (id, meeting, folder, started_at) values ('%s', '%s', '2025/11/%s',"
      " %" PRId64 ")",
      id, of, id, at);
  sql(w,
      "update recording set state = '%s', reason = '%s', ended_at = started_at + %" PRId64
      ", duration_ms = %" PRId64 ", bytes = 2000 where id = '%s'",
      state, reason, duration_ms, duration_ms, id);
}

static void add_file(World *w, const char *id, const char *name, unsigned track, const char *source,
                     int64_t start_ms, int64_t duration_ms) {
  sql(w,
      "insert into recording_file (recording, name, kind, part, track, source, person, start_ms,"
      " duration_ms, bytes, sha256) values ('%s', '%s', iif(%u, 'track', 'program'), 1, %u, '%s',"
      " iif(%u, '%s', null), %" PRId64 ", %" PRId64 ", 1000, '" SHA "')",
      id, name, track, track, source, track, w->bo, start_ms, duration_ms);
}

/* As it is noted when its files are closed. */
static void note_files(World *w, const char *id, int files, const char *sha256) {
  GError *error = NULL;
  audit_note(w->f.db, "recording.files", NULL, id,
             json_pack("{s:i, s:s}", "files", files, "sha256", sha256), T0, &error);
  g_assert_no_error(error);
}

/* Ada presides and Bo is invited; to the other meeting nobody is but who presides. */
static void world_init(World *w) {
  static const Subject *const list[] = {
      &subject_person,    &subject_org, &subject_meeting, &subject_invitation, &subject_attendance,
      &subject_recording, NULL};
  recording_joined_register();
  desk_init(w, list, "");
  const FixtureInvited invited = {.person = w->bo, .capacity = "attend"};
  fixture_meeting(w->f.db, w->ada, &invited, 1, meeting);
  fixture_meeting(w->f.db, w->clerk, NULL, 0, other);
}

static json_int_t number(const json_t *object, const char *key) {
  return json_integer_value(json_object_get(object, key));
}

static size_t size(const json_t *object, const char *key) {
  return json_array_size(json_object_get(object, key));
}

static json_t *shown(World *w, Desk who, const char *id) {
  g_autofree char *path = g_strconcat("recordings/", id, NULL);
  return desk_ask(w, who, HTTP_GET, path, NULL, 200);
}

static void act(World *w, Desk who, const char *id, const char *verb, const char *code) {
  g_autofree char *path = g_strdup_printf("recordings/%s/%s", id, verb);
  char *body = g_strdup("{\"note\":\"案件需要\"}");
  if (code)
    desk_refused(w, who, HTTP_POST, path, body, code);
  else
    json_decref(desk_ask(w, who, HTTP_POST, path, body, 200));
}

static void check_gap(const json_t *line, size_t index, int64_t at_ms, int64_t for_ms,
                      const char *cause) {
  const json_t *gap = json_array_get(json_object_get(line, "gaps"), index);
  g_assert_cmpint(number(gap, "at_ms"), ==, at_ms);
  g_assert_cmpint(number(gap, "for_ms"), ==, for_ms);
  g_assert_cmpstr(text_of(gap, "cause"), ==, cause);
}

/* Stopped and begun again, broken off by a crash, a start that failed: one line. */
static void test_one_line(void) {
  World world, *w = &world;
  world_init(w);
  record(w, R0, meeting, T0 - 500, 0, "failed", "failed");
  record(w, R1, meeting, T0, 60000, "ready", "host");
  add_file(w, R1, "program-1.webm", 0, "program", 0, 60000);
  add_file(w, R1, "track-1-7-mic.webm", 7, "mic", 2000, 58000);
  sql(w, "insert into recording_gap (recording, at_ms, for_ms) values ('" R1 "', 30000, 1000)");
  record(w, R2, meeting, T0 + 90000, 20000, "interrupted", "crash");
  add_file(w, R2, "program-1.webm", 0, "program", 0, 20000);
  record(w, R3, meeting, T0 + 115000, 5000, "ready", "ended");
  add_file(w, R3, "program-1.webm", 0, "program", 0, 5000);
  note_files(w, R1, 1, "old");
  note_files(w, R1, 2, SHA);
  json_t *line = shown(w, OFFICE, R0);
  g_assert_cmpstr(text_of(line, "state"), ==, "interrupted");
  g_assert_cmpint(number(line, "started_at"), ==, T0);
  g_assert_cmpint(number(line, "ended_at"), ==, T0 + 120000);
  g_assert_cmpint(number(line, "duration_ms"), ==, 120000);
  g_assert_cmpint(number(line, "bytes"), ==, 3000);
  g_assert_cmpint(number(line, "all_bytes"), ==, 4000);
  g_assert_cmpuint(size(line, "gaps"), ==, 3);
  check_gap(line, 0, 30000, 1000, "broken");
  check_gap(line, 1, 60000, 30000, "stopped");
  check_gap(line, 2, 110000, 5000, "broken");
  g_assert_cmpuint(size(line, "tracks"), ==, 1);
  g_assert_cmpuint(size(line, "files"), ==, 3);
  const json_t *track = json_array_get(json_object_get(line, "tracks"), 0);
  g_assert_cmpstr(text_of(track, "type"), ==, "audio/webm");
  g_assert_cmpstr(text_of(json_object_get(track, "person"), "id"), ==, w->bo);
  const json_t *second = json_array_get(json_object_get(line, "files"), 1);
  g_assert_cmpint(number(second, "start_ms"), ==, 90000);
  g_assert_cmpstr(text_of(second, "type"), ==, "video/webm");
  g_assert_true(json_is_null(json_object_get(second, "person")));
  g_assert_cmpstr(text_of(second, "url"), ==, "/api/v1/recordings/" R2 "/files/program-1.webm");
  g_assert_cmpuint(size(line, "digests"), ==, 1);
  const json_t *digest = json_array_get(json_object_get(line, "digests"), 0);
  g_assert_cmpstr(text_of(digest, "sha256"), ==, SHA);
  g_assert_cmpint(number(digest, "files"), ==, 2);
  json_decref(line);
  world_clear(w);
}

/* Files, the audit record and old links name what one recorder wrote by its own id: it stands for
 * the whole, for who may see that, whatever is asked of it or done to it. */
static void test_part(void) {
  World world, *w = &world;
  world_init(w);
  record(w, R1, meeting, T0, 60000, "ready", "host");
  record(w, R2, meeting, T0 + 90000, 20000, "ready", "ended");
  record(w, R0, other, T0 + 1, 60000, "ready", "host");
  record(w, R3, other, T0 + 90000, 20000, "ready", "ended");
  json_t *line = shown(w, ADA, R2);
  g_assert_cmpstr(text_of(line, "id"), ==, R1);
  g_assert_cmpint(number(line, "duration_ms"), ==, 110000);
  json_decref(line);
  json_decref(desk_ask(w, ADA, HTTP_GET, "recordings/" R3, NULL, 404));
  json_decref(desk_ask(w, ADA, HTTP_POST, "recordings/" R3 "/hold", g_strdup("{}"), 404));
  act(w, OFFICE, R2, "hold", NULL);
  line = shown(w, OFFICE, R1);
  g_assert_true(json_is_integer(json_object_get(line, "held_at")));
  json_decref(line);
  json_t *events = desk_ask(w, OFFICE, HTTP_GET, "recordings/" R2 "/events", NULL, 200);
  g_assert_cmpuint(size(events, "items"), ==, 1);
  json_decref(events);
  world_clear(w);
}

/* A clock that was set back between two parts puts none over another. */
static void test_clock_set_back(void) {
  World world, *w = &world;
  world_init(w);
  record(w, R1, meeting, T0, 60000, "ready", "host");
  add_file(w, R1, "program-1.webm", 0, "program", 0, 60000);
  record(w, R2, meeting, T0 + 10000, 20000, "ready", "host");
  add_file(w, R2, "program-1.webm", 0, "program", 0, 20000);
  json_t *line = shown(w, ADA, R1);
  g_assert_cmpint(number(line, "duration_ms"), ==, 80000);
  g_assert_cmpint(number(json_array_get(json_object_get(line, "files"), 1), "start_ms"), ==, 60000);
  json_decref(line);
  world_clear(w);
}

/* How many of them the list has for him. */
static json_int_t listed(World *w, Desk who, const char *query) {
  g_autofree char *path = g_strconcat("recordings", query, NULL);
  json_t *page = desk_ask(w, who, HTTP_GET, path, NULL, 200);
  json_int_t total = number(page, "total");
  g_assert_cmpint(total, ==, (json_int_t)size(page, "items"));
  json_decref(page);
  return total;
}

/* Whoever may see the meeting plays the program; the office has the single tracks; who audits sees
 * that there is something, and its digests. To everybody else there is none. */
static void test_who_may_see(void) {
  World world, *w = &world;
  world_init(w);
  record(w, R1, meeting, T0, 60000, "ready", "host");
  add_file(w, R1, "program-1.webm", 0, "program", 0, 60000);
  add_file(w, R1, "track-1-7-mic.webm", 7, "mic", 2000, 58000);
  record(w, R2, other, T0 + 1, 60000, "ready", "host");
  const struct {
    Desk who;
    json_int_t listed;
    bool files, tracks, digests;
  } cases[] = {{OFFICE, 2, true, true, true},
               {AUDITOR, 2, false, false, true},
               {ADA, 1, true, false, false},
               {BO, 1, true, false, false}};
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_assert_cmpint(listed(w, cases[i].who, ""), ==, cases[i].listed);
    json_t *row = shown(w, cases[i].who, R1);
    g_assert_true((json_object_get(row, "files") != NULL) == cases[i].files);
    g_assert_true((json_object_get(row, "tracks") != NULL) == cases[i].tracks);
    g_assert_true((json_object_get(row, "all_bytes") != NULL) == cases[i].tracks);
    g_assert_true((json_object_get(row, "digests") != NULL) == cases[i].digests);
    json_decref(row);
  }
  json_decref(desk_ask(w, ADA, HTTP_GET, "recordings/" R2, NULL, 404));
  g_auto(Answer) scoped =
      ask(w, (Ask){HTTP_GET, "recordings", .person = w->bo, .roles = SIGNED_IN, .link = other});
  g_assert_cmpint(number(scoped.body, "total"), ==, 0);
  /* An invitation that is taken back takes the recording with it. */
  sql(w, "update invitation set revoked_at = 1");
  g_assert_cmpint(listed(w, BO, ""), ==, 0);
  json_decref(desk_ask(w, BO, HTTP_GET, "recordings/" R1, NULL, 404));
  world_clear(w);
}

static void test_list(void) {
  World world, *w = &world;
  world_init(w);
  record(w, R1, meeting, T0 - 24 * 3600000, 60000, "ready", "host");
  record(w, R2, other, T0, 60000, "interrupted", "crash");
  sql(w, "update meeting set title = '水务协商' where id = '%s'", other);
  g_autofree char *of = g_strdup_printf("?meeting=%s", meeting);
  g_assert_cmpint(listed(w, OFFICE, of), ==, 1);
  g_assert_cmpint(listed(w, OFFICE, "?state=ready"), ==, 1);
  /* T0 is midnight in that zone: the day before ends there. */
  g_assert_cmpint(listed(w, OFFICE, "?since=" TODAY), ==, 1);
  g_assert_cmpint(listed(w, OFFICE, "?since=" TOMORROW), ==, 0);
  g_assert_cmpint(listed(w, OFFICE, "?until=" TODAY), ==, 2);
  g_assert_cmpint(listed(w, OFFICE, "?until=2025-11-24"), ==, 1);
  g_assert_cmpint(listed(w, OFFICE, "?q=水务"), ==, 1);
  g_assert_cmpint(listed(w, OFFICE, "?q=没有"), ==, 0);
  json_t *page = desk_ask(w, OFFICE, HTTP_GET, "recordings?limit=1", NULL, 200);
  g_assert_cmpstr(text_of(json_array_get(json_object_get(page, "items"), 0), "id"), ==, R2);
  g_assert_cmpint(number(page, "total"), ==, 2);
  g_assert_nonnull(text_of(page, "next"));
  json_decref(page);
  world_clear(w);
}

/* Held, nobody removes it; removed, it stays as a row without files. */
static void test_kept(void) {
  World world, *w = &world;
  world_init(w);
  record(w, R1, meeting, T0, 60000, "ready", "host");
  add_file(w, R1, "program-1.webm", 0, "program", 0, 60000);
  note_files(w, R1, 1, SHA);
  g_autofree char *may = desk_may(w, ADA, "recordings/" R1);
  g_assert_null(strstr(may, "remove"));
  const char *const verbs[] = {"hold", "release", "remove"};
  for (unsigned i = 0; i < G_N_ELEMENTS(verbs); i++) {
    act(w, ADA, R1, verbs[i], "forbidden");
    act(w, BO, R1, verbs[i], "forbidden");
    act(w, AUDITOR, R1, verbs[i], "forbidden");
  }
  json_decref(desk_ask(w, OFFICE, HTTP_POST, "recordings/" R1 "/remove", g_strdup("{}"), 422));
  act(w, OFFICE, R1, "release", "recording.not_held");
  act(w, OFFICE, R1, "hold", NULL);
  act(w, OFFICE, R1, "hold", "recording.held");
  act(w, OFFICE, R1, "remove", "recording.held");
  g_assert_cmpint(listed(w, OFFICE, "?held=true"), ==, 1);
  g_assert_cmpint(listed(w, OFFICE, "?held=false"), ==, 0);
  json_t *row = shown(w, AUDITOR, R1);
  g_assert_cmpstr(text_of(row, "hold_reason"), ==, "案件需要");
  g_assert_cmpstr(text_of(json_object_get(row, "held_by"), "id"), ==, w->clerk);
  json_decref(row);
  row = shown(w, BO, R1);
  g_assert_cmpint(number(row, "held_at"), ==, T0);
  g_assert_null(json_object_get(row, "hold_reason"));
  g_assert_null(json_object_get(row, "held_by"));
  json_decref(row);
  g_autofree char *of_meeting = g_strconcat("meetings/", meeting, NULL);
  row = desk_ask(w, OFFICE, HTTP_GET, of_meeting, NULL, 200);
  g_assert_cmpint(number(row, "recordings"), ==, 1);
  json_decref(row);
  act(w, OFFICE, R1, "release", NULL);
  act(w, OFFICE, R1, "remove", NULL);
  row = desk_ask(w, OFFICE, HTTP_GET, of_meeting, NULL, 200);
  g_assert_cmpint(number(row, "recordings"), ==, 0); /* nothing to be played is promised */
  json_decref(row);
  act(w, OFFICE, R1, "remove", "recording.removed");
  act(w, OFFICE, R1, "hold", "recording.removed");
  row = shown(w, OFFICE, R1);
  g_assert_cmpstr(text_of(row, "state"), ==, "removed");
  g_assert_cmpstr(text_of(row, "remove_reason"), ==, "案件需要");
  g_assert_cmpuint(size(row, "files"), ==, 0);
  g_assert_cmpuint(size(row, "digests"), ==, 1);
  json_decref(row);
  g_assert_cmpint(count(w->f.db, "select group_concat(verb) = 'hold,release,remove' and"
                                 " min(note) = '案件需要' from case_event"),
                  ==, 1);
  g_assert_cmpint(count(w->f.db, "select count(*) from audit_record where object = '" R1
                                 "' and kind = 'recording.remove' and result = 'ok'"),
                  ==, 1);
  /* Evidence that it was there is not touched, not even by hand. */
  g_assert_cmpint(count(w->f.db, "select count(*) from recording_file"), ==, 1);
  g_assert_false(db_exec(w->f.db, "delete from recording_file", NULL));
  world_clear(w);
}

static void are_done(World *w, Desk who, const char *verb, const char *codes) {
  g_autofree char *path = g_strdup_printf("recordings/-/%s", verb);
  json_t *answer =
      desk_ask(w, who, HTTP_POST, path,
               g_strdup("{\"ids\":[\"" R1 "\",\"" R2 "\",\"" R3 "\"],\"note\":\"审计需要\"}"), 200);
  const json_t *results = json_object_get(answer, "results"), *one;
  g_autoptr(GString) said = g_string_new(NULL);
  size_t i;
  json_array_foreach(results, i, one) {
    const char *code = text_of(one, "code");
    g_string_append_printf(said, "%s%s", i ? " " : "", code ? code : "ok");
  }
  g_assert_cmpstr(said->str, ==, codes);
  json_decref(answer);
}

/* Of many each is held, released and removed or refused by itself, and has its own history. */
static void test_many(void) {
  World world, *w = &world;
  world_init(w);
  record(w, R1, meeting, T0, 60000, "ready", "host");
  record(w, R2, other, T0 + 1, 60000, "ready", "host");
  char *ids = g_strdup("{\"ids\":[\"" R1 "\"],\"note\":\"审计需要\"}");
  desk_refused(w, ADA, HTTP_POST, "recordings/-/hold", g_strdup(ids), "forbidden");
  desk_refused(w, AUDITOR, HTTP_POST, "recordings/-/remove", ids, "forbidden");
  json_decref(desk_ask(w, OFFICE, HTTP_POST, "recordings/-/remove",
                       g_strdup("{\"ids\":[\"" R1 "\"]}"), 422)); /* a reason is said */
  act(w, OFFICE, R2, "hold", NULL);
  are_done(w, OFFICE, "hold", "ok recording.held not_found");
  g_assert_cmpint(listed(w, OFFICE, "?held=true"), ==, 2);
  are_done(w, OFFICE, "remove", "recording.held recording.held not_found");
  are_done(w, OFFICE, "release", "ok ok not_found");
  act(w, OFFICE, R1, "hold", NULL);
  are_done(w, OFFICE, "remove", "recording.held ok not_found");
  json_t *row = shown(w, OFFICE, R2);
  g_assert_cmpstr(text_of(row, "state"), ==, "removed");
  g_assert_cmpstr(text_of(row, "remove_reason"), ==, "审计需要");
  g_assert_cmpstr(text_of(json_object_get(row, "removed_by"), "id"), ==, w->clerk);
  json_decref(row);
  g_assert_cmpint(listed(w, OFFICE, "?state=removed"), ==, 1);
  g_assert_cmpint(count(w->f.db, "select group_concat(verb) = 'hold,release,remove' from"
                                 " case_event where id = '" R2 "'"),
                  ==, 1);
  world_clear(w);
}

static void test_running(void) {
  World world, *w = &world;
  world_init(w);
  record(w, R1, meeting, T0, 60000, "ready", "host");
  sql(w,
      "insert into recording (id, meeting, folder, started_at) values ('" R2 "', '%s',"
      " '2025/11/" R2 "', 1764000000000)",
      meeting);
  act(w, OFFICE, R1, "remove", "recording.running");
  act(w, OFFICE, R1, "hold", NULL);
  world_clear(w);
}

#define DAY (24 * 3600 * INT64_C(1000))

static unsigned retain(World *w, int64_t days_later) {
  GError *error = NULL;
  unsigned removed;
  recordings_retain(w->f.db, w->model, "Asia/Shanghai", T0 + days_later * DAY, &removed, &error);
  g_assert_no_error(error);
  return removed;
}

static void keep_for(World *w, int days) {
  sql(w,
      "insert into setting_value (id, key, value, created_at) values"
      " (lower(hex(randomblob(8))), 'recording_days', '%d', (select max(created_at) + 1"
      "  from setting_value))",
      days);
}

static int64_t told(World *w) {
  return count(w->f.db, "select count(*) from notice_entry");
}

/* Its host is told a week before, and then it goes; what is held stays, and what was held is told
 * of anew. */
static void test_retention(void) {
  World world, *w = &world;
  world_init(w);
  record(w, R1, meeting, T0, 60000, "ready", "host");
  record(w, R2, other, T0, 60000, "ready", "host");
  act(w, OFFICE, R2, "hold", NULL);
  g_assert_cmpuint(retain(w, 30000), ==, 0); /* for ever, unless somebody says how long */
  keep_for(w, 30);
  g_assert_cmpuint(retain(w, 22), ==, 0);
  g_assert_cmpint(told(w), ==, 0);
  g_assert_cmpuint(retain(w, 24), ==, 0);
  g_assert_cmpint(told(w), ==, 1);
  g_assert_cmpuint(retain(w, 25), ==, 0);
  g_assert_cmpint(told(w), ==, 1);
  g_assert_cmpint(count(w->f.db,
                        "select count(*) from notice_entry i join notice n on n.id = i.notice"
                        " where n.code = 'recording.expires' and n.params ->> '$.until' ="
                        " '2025-12-26'"),
                  ==, 1);
  g_assert_cmpuint(retain(w, 30), ==, 0); /* he was told a day late, and has his week */
  g_assert_cmpuint(retain(w, 31), ==, 1);
  g_assert_cmpuint(retain(w, 33), ==, 0);
  json_t *row = shown(w, OFFICE, R1);
  g_assert_cmpstr(text_of(row, "state"), ==, "removed");
  g_assert_true(json_is_null(json_object_get(row, "removed_by")));
  json_decref(row);
  g_assert_cmpint(count(w->f.db, "select group_concat(verb) = 'warn,expire' from case_event"
                                 " where id = '" R1 "'"),
                  ==, 1);
  act(w, OFFICE, R2, "release", NULL);
  g_assert_cmpuint(retain(w, 40), ==, 0);
  g_assert_cmpuint(retain(w, 46), ==, 0);
  g_assert_cmpuint(retain(w, 47), ==, 1);
  world_clear(w);
}

/* More days were set after he was told: he is told again when the day comes. */
static void test_retention_longer(void) {
  World world, *w = &world;
  world_init(w);
  record(w, R1, meeting, T0, 60000, "ready", "host");
  keep_for(w, 30);
  g_assert_cmpuint(retain(w, 24), ==, 0);
  keep_for(w, 60);
  g_assert_cmpuint(retain(w, 50), ==, 0);
  g_assert_cmpint(told(w), ==, 1);
  g_assert_cmpuint(retain(w, 61), ==, 0);
  g_assert_cmpint(told(w), ==, 2);
  g_assert_cmpuint(retain(w, 67), ==, 0);
  g_assert_cmpuint(retain(w, 68), ==, 1);
  world_clear(w);
}

/* What was recorded is put together for the rows that are shown, not for those that are counted. */
static void test_counted(void) {
  World world, *w = &world;
  world_init(w);
  const Info *info = model_find(w->model, "recording");
  const ListWish wish = {
      .list = info->subject->routes[0].list, .sort = "started_at", .by = "state"};
  int verb = info_verb(info, "read");
  g_autofree char *page = compose_list(info, STAFF | SIGNED_IN, verb, &wish);
  g_autofree char *count = compose_count(info, STAFF | SIGNED_IN, verb, &wish);
  g_autofree char *counts = compose_counts(info, STAFF | SIGNED_IN, verb, &wish);
  g_assert_nonnull(strstr(page, "recording_joined"));
  g_assert_null(strstr(count, "recording_joined"));
  g_assert_null(strstr(counts, "recording_joined"));
  world_clear(w);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/recordings/one-line", test_one_line);
  g_test_add_func("/recordings/part", test_part);
  g_test_add_func("/recordings/clock-set-back", test_clock_set_back);
  g_test_add_func("/recordings/who-may-see", test_who_may_see);
  g_test_add_func("/recordings/list", test_list);
  g_test_add_func("/recordings/counted", test_counted);
  g_test_add_func("/recordings/kept", test_kept);
  g_test_add_func("/recordings/many", test_many);
  g_test_add_func("/recordings/running", test_running);
  g_test_add_func("/recordings/retention", test_retention);
  g_test_add_func("/recordings/retention-longer", test_retention_longer);
  return g_test_run();
}
