/* The one row a meeting that stands for its event log: right against a scan of everything, also
 * after an upgrade, and as cheap after 40,000 events as after none. */
#include "store/room-state.h"

#include <string.h>

#include "store/connection.h"
#include "store/events.h"
#include "store/migrations.h"
#include "store/presence.h"
#include "store/statement.h"
#include "store/test-fixture.h"

#define BEFORE_ROOM_STATE 3 /* the newest migration that does not know the row */

typedef struct {
  Fixture f;
  char host[17], meeting[17], other[17];
} Bench;

static void bench_init(Bench *b) {
  fixture_init(&b->f);
  fixture_person(b->f.db, "主持", "host", "staff", 0, b->host);
  fixture_meeting(b->f.db, b->host, NULL, 0, b->meeting);
  fixture_meeting(b->f.db, b->host, NULL, 0, b->other);
}

static void add_event(sqlite3 *db, const char *meeting, const char *kind, json_t *data,
                      int64_t at) {
  GError *error = NULL;
  const MeetingEvent event = {
      .meeting = meeting, .kind = kind, .data = data, .at = fixture_moment(at)};
  g_assert_true(event_add(db, &event, &error));
  json_decref(data);
}

/* The same facts by reading everything there is. */
static RoomPast scan(sqlite3 *db, const char *meeting) {
  GError *error = NULL;
  RoomPast past = {0};
  g_autoptr(Statement) events =
      db_prepare(db,
                 "select kind, at, json_extract(data, '$.on'), json_extract(data, '$.reason') from"
                 " meeting_event where meeting = :meeting order by seq",
                 &error);
  g_autoptr(Statement) segments = db_prepare(
      db, "select coalesce(max(last_seen_at), 0) from presence_segment where meeting = :meeting",
      &error);
  g_assert_no_error(error);
  statement_text(events, ":meeting", meeting);
  while (statement_step(events, &error) == SQLITE_ROW) {
    if (strcmp(column_text(events, 0), "crashed") != 0)
      past.sign_at = MAX(past.sign_at, column_int(events, 1));
    if (strcmp(column_text(events, 0), "recording") != 0)
      continue;
    past.recorded = true;
    past.recording_on = column_int(events, 2);
    past.recording_shutdown = g_strcmp0(column_text(events, 3), "shutdown") == 0;
    past.recording_at = column_int(events, 1);
  }
  statement_text(segments, ":meeting", meeting);
  g_assert_true(statement_one(segments, "none", &error));
  past.sign_at = MAX(past.sign_at, column_int(segments, 0));
  return past;
}

static void check(sqlite3 *db, const char *meeting) {
  GError *error = NULL;
  RoomPast expected = scan(db, meeting), found;
  g_assert_true(room_state_read(db, meeting, &found, &error));
  g_assert_cmpint(found.recorded, ==, expected.recorded);
  g_assert_cmpint(found.recording_on, ==, expected.recording_on);
  g_assert_cmpint(found.recording_shutdown, ==, expected.recording_shutdown);
  g_assert_cmpint(found.recording_at, ==, expected.recording_at);
  g_assert_cmpint(found.sign_at, ==, expected.sign_at);
}

/* As the releases before wrote it, too. */
static void open_segment(sqlite3 *db, const char *id, const char *meeting, const char *person,
                         Moment at) {
  GError *error = NULL;
  g_autoptr(Statement) insert =
      db_prepare(db,
                 "insert into presence_segment (id, meeting, person, participant, device, address,"
                 " boot, joined_at, joined_mono_us, last_seen_at, last_seen_mono_us) values (:id,"
                 " :meeting, :person, '', 'phone', '', :boot, :at, :mono, :at, :mono)",
                 &error);
  g_assert_no_error(error);
  statement_text(insert, ":id", id);
  statement_text(insert, ":meeting", meeting);
  statement_text(insert, ":person", person);
  statement_text(insert, ":boot", at.boot);
  statement_int(insert, ":at", at.wall_ms);
  statement_int(insert, ":mono", at.mono_us);
  g_assert_true(statement_run(insert, &error));
}

/* One thing that happens in a meeting, by chance. */
static void happen(sqlite3 *db, const char *meeting, const char *person, unsigned number,
                   int64_t at) {
  static const char *const kinds[] = {"joined", "heard", "crashed", "clock"};
  GError *error = NULL;
  char segment[17];
  const char *ids[] = {segment};
  g_snprintf(segment, sizeof segment, "segment-%08u", number);
  switch (g_test_rand_int_range(0, 6)) {
  case 0:
    add_event(db, meeting, "recording", json_pack("{s:b, s:s}", "on", 1, "reason", "host"), at);
    break;
  case 1:
    add_event(db, meeting, "recording",
              json_pack("{s:b, s:s}", "on", 0, "reason", number % 2 ? "shutdown" : "host"), at);
    break;
  case 2:
    open_segment(db, segment, meeting, person, fixture_moment(at));
    g_assert_true(presence_seen(db, ids, 1, fixture_moment(at + number % 900), &error));
    break;
  default:
    add_event(db, meeting, kinds[number % G_N_ELEMENTS(kinds)], NULL, at);
  }
}

static void test_model(void) {
  Bench b;
  bench_init(&b);
  check(b.f.db, b.meeting);
  for (unsigned i = 0; i < 400; i++) {
    happen(b.f.db, i % 3 ? b.meeting : b.other, b.host, i, T0 + i * 100);
    check(b.f.db, b.meeting);
    check(b.f.db, b.other);
  }
  fixture_clear(&b.f);
}

static int on_steps(void *data) {
  ++*(unsigned *)data;
  return 0;
}

/* Steps of SQLite's virtual machine, in tens, that a read takes. */
static unsigned cost(sqlite3 *db, const char *meeting) {
  GError *error = NULL;
  RoomPast past;
  unsigned tens = 0;
  sqlite3_progress_handler(db, 10, on_steps, &tens);
  g_assert_true(room_state_read(db, meeting, &past, &error));
  sqlite3_progress_handler(db, 0, NULL, NULL);
  return tens;
}

static void test_cost(void) {
  Bench b;
  GError *error = NULL;
  bench_init(&b);
  add_event(b.f.db, b.meeting, "recording", json_pack("{s:b, s:s}", "on", 1, "reason", "host"), T0);
  unsigned before = cost(b.f.db, b.meeting);
  g_assert_true(db_exec(b.f.db, "begin", &error));
  for (unsigned i = 0; i < 40000; i++)
    add_event(b.f.db, b.meeting, "heard", NULL, T0 + i);
  g_assert_true(db_exec(b.f.db, "commit", &error));
  g_assert_cmpuint(cost(b.f.db, b.meeting), <=, before);
  fixture_clear(&b.f);
}

/* A database of the release before has events and no row. */
static void test_upgrade(void) {
  Bench b;
  GError *error = NULL;
  g_autofree char *dir = g_dir_make_tmp("yishi-upgrade-XXXXXX", &error);
  g_autofree char *path = g_build_filename(dir, "yishi.db", NULL);
  bench_init(&b);
  sqlite3 *db = connection_open(path, CONNECTION_WRITE, &error);
  for (int i = 0; i < BEFORE_ROOM_STATE; i++)
    g_assert_true(db_exec(db, migrations[i].sql, &error));
  g_autofree char *mark = g_strdup_printf("pragma user_version = %d", BEFORE_ROOM_STATE);
  g_assert_true(db_exec(db, mark, &error));
  g_autofree char *people = g_strdup_printf(
      "insert into person (id, name, kind, created_at) values ('%s', 'x', 'staff', 0);"
      "insert into meeting (id, title, planned_start, planned_end, host, created_at)"
      " values ('%s', 'x', 0, 1, '%s', 0), ('%s', 'x', 0, 1, '%s', 0)",
      b.host, b.meeting, b.host, b.other, b.host);
  g_assert_true(db_exec(db, people, &error));
  for (unsigned i = 0; i < 100; i++)
    happen(db, b.meeting, b.host, i, T0 + i * 100);
  g_assert_true(connection_migrate(db, &error));
  check(db, b.meeting);
  check(db, b.other);
  happen(db, b.other, b.host, 100, T0);
  check(db, b.other);
  db_close(db);
  fixture_remove(dir);
  fixture_clear(&b.f);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/room-state/model", test_model);
  g_test_add_func("/room-state/cost", test_cost);
  g_test_add_func("/room-state/upgrade", test_upgrade);
  return g_test_run();
}
