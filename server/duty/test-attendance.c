/* Attendance: the union against a naive model by the second, the rules' edges, clocks that jump,
 * reboots, the window, and what statements see of it. */
#include "duty/attendance.h"

#include <string.h>

#include "duty/figures.h"
#include "duty/timeline.h"
#include "store/events.h"
#include "store/people.h"
#include "store/presence.h"
#include "store/rules.h"
#include "store/statement.h"
#include "store/test-fixture.h"

#define MINUTE INT64_C(60000)
#define DAY (24 * 60 * MINUTE)

/* ---- the union ---- */

static void test_union_against_model(void) {
  for (unsigned round = 0; round < 2000; round++) {
    enum { LENGTH = 300 };
    bool there[LENGTH] = {false};
    Interval intervals[12];
    unsigned count = (unsigned)g_test_rand_int_range(0, G_N_ELEMENTS(intervals) + 1);
    for (unsigned i = 0; i < count; i++) {
      int in = g_test_rand_int_range(-60, LENGTH + 60);
      int out = in + g_test_rand_int_range(0, 120);
      intervals[i] = (Interval){in * 1000, out * 1000};
      for (int second = MAX(in, 0); second < MIN(out, LENGTH); second++)
        there[second] = true;
    }
    int64_t expected = 0;
    for (unsigned second = 0; second < LENGTH; second++)
      expected += there[second] ? 1000 : 0;
    unsigned merged = draft_merge(intervals, count);
    for (unsigned i = 1; i < merged; i++)
      g_assert_cmpint(intervals[i - 1].out_ms, <, intervals[i].in_ms);
    Window whole = {0, LENGTH * 1000};
    g_assert_cmpint(draft_facts(intervals, merged, whole, false).present_ms, ==, expected);
  }
  g_assert_cmpint(draft_facts(NULL, 0, (Window){0, 1000}, false).first_in_ms, ==, -1);
}

/* ---- the rules ---- */

static void test_draft(void) {
  static const struct {
    int64_t present_ms, first_in_ms, last_out_ms;
    bool observer;
    const char *state;
    bool late, left_early;
  } cases[] = {
      /* in a window of 90 minutes */
      {90 * MINUTE, 0, 90 * MINUTE, false, "present", false, false},
      {90 * MINUTE, 0, 90 * MINUTE, true, "observer", false, false},
      {60 * MINUTE, 0, 60 * MINUTE, false, "present", false, true}, /* two thirds exactly */
      {60 * MINUTE - 1, 0, 60 * MINUTE, false, "absent", false, false},
      {60 * MINUTE - 1, 0, 60 * MINUTE, true, "absent", false, false},
      {80 * MINUTE, 10 * MINUTE, 90 * MINUTE, false, "present", false, false},
      {79 * MINUTE, 10 * MINUTE + 1, 90 * MINUTE, false, "present", true, false},
      {80 * MINUTE, 0, 80 * MINUTE, false, "present", false, false},
      {79 * MINUTE, 0, 80 * MINUTE - 1, false, "present", false, true},
      {61 * MINUTE, 15 * MINUTE, 76 * MINUTE, false, "present", true, true},
      {0, -1, -1, false, "absent", false, false},
  };
  AttendanceRule rule = {.late_after_min = 10, .left_early_min = 10, .present_percent = 67};
  for (int64_t from = 0; from <= 30 * MINUTE; from += 30 * MINUTE)
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
      bool there = cases[i].first_in_ms >= 0;
      AttendanceFacts facts = {cases[i].present_ms, there ? from + cases[i].first_in_ms : -1,
                               there ? from + cases[i].last_out_ms : -1, cases[i].observer};
      AttendanceDraft draft = draft_of(&facts, (Window){from, from + 90 * MINUTE}, &rule);
      g_assert_cmpstr(draft.state, ==, cases[i].state);
      g_assert_cmpint(draft.late, ==, cases[i].late);
      g_assert_cmpint(draft.left_early, ==, cases[i].left_early);
    }
  rule.present_percent = 50; /* another rule than two thirds */
  AttendanceFacts half = {45 * MINUTE, 0, 90 * MINUTE, false};
  g_assert_cmpstr(draft_of(&half, (Window){0, 90 * MINUTE}, &rule).state, ==, "present");
  half.present_ms--;
  g_assert_cmpstr(draft_of(&half, (Window){0, 90 * MINUTE}, &rule).state, ==, "absent");
}

static void test_timeline(void) {
  Moment opened = {1000000, 5000000, "a"};
  g_autoptr(Timeline) line = timeline_new(opened);
  g_assert_cmpint(timeline_ms(line, opened), ==, 0);
  /* The wall clock is an hour off: of no effect within the boot. */
  g_assert_cmpint(timeline_ms(line, (Moment){4600000, 7000000, "a"}), ==, 2000);
  g_assert_cmpint(timeline_ms(line, (Moment){1000000, 4000000, "a"}), ==, -1000);
  /* Another boot: tied once, by its earliest point, whatever the order of learning. */
  timeline_learn(line, (Moment){1090000, 20000000, "b"});
  timeline_learn(line, (Moment){1060000, 10000000, "b"});
  g_assert_cmpint(timeline_ms(line, (Moment){1060000, 10000000, "b"}), ==, 60000);
  g_assert_cmpint(timeline_ms(line, (Moment){9999999, 20000000, "b"}), ==, 70000);
  timeline_learn(line, (Moment){1, 1, "a"}); /* the meeting's own boot stays tied to its opening */
  g_assert_cmpint(timeline_ms(line, opened), ==, 0);
}

/* ---- on the database ---- */

typedef struct {
  Fixture f;
  char staff[17], member[17], observer[17], absent[17], meeting[17];
} Duty;

static void duty_init(Duty *d) {
  figures_register();
  fixture_init(&d->f);
  fixture_person(d->f.db, "机关", "staff", "staff", 0, d->staff);
  fixture_person(d->f.db, "甲", NULL, "member", 0, d->member);
  fixture_person(d->f.db, "乙", NULL, "member", 0, d->observer);
  fixture_person(d->f.db, "丙", NULL, "member", 0, d->absent);
  FixtureInvited invitations[] = {{.person = d->member, .capacity = "attend"},
                                  {.person = d->observer, .capacity = "observe"},
                                  {.person = d->absent, .capacity = "attend"}};
  fixture_meeting(d->f.db, d->staff, invitations, 3, d->meeting);
}

static unsigned segments;

/* NULL ended_by: still there. */
static void was_there(Duty *d, const char *person, Moment in, Moment out, const char *ended_by) {
  GError *error = NULL;
  PresenceOpen open = {.participant = "p", .device = "desktop", .address = "192.0.2.8", .at = in};
  g_snprintf(open.id, sizeof open.id, "segment-%08u", segments++);
  g_strlcpy(open.meeting, d->meeting, 17);
  g_strlcpy(open.person, person, 17);
  g_assert_true(presence_open(d->f.db, &open, &error));
  if (ended_by)
    g_assert_true(presence_close(d->f.db, open.id, ended_by, out, &error));
}

static void minutes(Duty *d, const char *person, int64_t in, int64_t out) {
  was_there(d, person, fixture_moment(T0 + in * MINUTE), fixture_moment(T0 + out * MINUTE), "left");
}

static json_t *row_of(const json_t *rows, const char *person) {
  const json_t *items = json_object_get(rows, "items");
  for (size_t i = 0; i < json_array_size(items); i++) {
    json_t *row = json_array_get(items, i);
    const char *id = json_string_value(json_object_get(json_object_get(row, "person"), "id"));
    if (g_strcmp0(id, person) == 0)
      return row;
  }
  return NULL;
}

static const char rows_sql[] =
    "select json_group_array(json_object('person', json_object('id', a.person), 'capacity',"
    " i.capacity, 'first_in', f.first_in, 'last_out', f.last_out, 'present_s', f.present_s,"
    " 'drafted', json_object('state', f.state, 'late', json(iif(f.late, 'true', 'false')),"
    " 'left_early', json(iif(f.left_early, 'true', 'false'))))) from attendance_listed a"
    " left join invitation i on i.meeting = a.meeting and i.person = a.person"
    " join attendance_figures(a.meeting, a.person, i.capacity, :now, :mono_us, :boot) f"
    " where a.meeting = :meeting";

/* The picture, with what a statement sees of each person as its items. */
static json_t *rows_at(Duty *d, int64_t now_ms) {
  GError *error = NULL;
  Moment now = fixture_moment(now_ms);
  json_t *rows = attendance_picture(d->f.db, d->meeting, now, &error);
  g_assert_no_error(error);
  g_autoptr(Statement) row = db_prepare(d->f.db, rows_sql, &error);
  g_assert_no_error(error);
  statement_text(row, ":meeting", d->meeting);
  statement_int(row, ":now", now.wall_ms);
  statement_int(row, ":mono_us", now.mono_us);
  statement_text(row, ":boot", now.boot);
  g_assert_true(statement_one(row, "none", &error));
  json_object_set_new(rows, "items", json_loads(column_text(row, 0), 0, NULL));
  return rows;
}

static int64_t present_s(const json_t *rows, const char *person) {
  return json_integer_value(json_object_get(row_of(rows, person), "present_s"));
}

static const char *drafted(const json_t *rows, const char *person) {
  return json_string_value(
      json_object_get(json_object_get(row_of(rows, person), "drafted"), "state"));
}

static void event(Duty *d, const char *kind, int64_t at, json_t *data) {
  GError *error = NULL;
  MeetingEvent made = {.meeting = d->meeting,
                       .kind = kind,
                       .participant = "p",
                       .data = data,
                       .at = fixture_moment(T0 + at * MINUTE)};
  g_assert_true(event_add(d->f.db, &made, &error));
  json_decref(data);
}

static json_t *on(bool is) {
  return json_pack("{s:b, s:i}", "on", is, "track", 1);
}

static void test_rows(void) {
  Duty d;
  duty_init(&d);
  fixture_open(d.f.db, d.meeting, fixture_moment(T0));
  minutes(&d, d.member, -10, 20); /* before the opening does not count */
  minutes(&d, d.member, 15, 50);  /* a second device overlaps */
  minutes(&d, d.member, 70, 80);  /* and a reconnect */
  minutes(&d, d.observer, 0, 85);
  event(&d, "heard", 0, on(true));
  event(&d, "heard", 89, on(false));
  char walk_in[17];
  fixture_person(d.f.db, "丁", NULL, "staff", 0, walk_in);
  was_there(&d, walk_in, fixture_moment(T0 + 5 * MINUTE), fixture_moment(0), NULL);
  json_t *rows = rows_at(&d, T0 + 60 * MINUTE); /* live */
  g_assert_cmpint(present_s(rows, d.member), ==, 50 * 60);
  g_assert_cmpint(present_s(rows, walk_in), ==, 55 * 60);
  g_assert_true(json_is_null(json_object_get(row_of(rows, walk_in), "last_out")));
  json_decref(rows);
  fixture_end(d.f.db, d.meeting, fixture_moment(T0 + 90 * MINUTE));
  rows = rows_at(&d, T0 + 900 * MINUTE); /* the end counts, not now */
  g_assert_cmpint(json_array_size(json_object_get(rows, "items")), ==, 5);
  g_assert_cmpint(present_s(rows, d.member), ==, 60 * 60);
  g_assert_cmpstr(drafted(rows, d.member), ==, "present"); /* of 85 minutes */
  g_assert_cmpstr(drafted(rows, d.observer), ==, "observer");
  g_assert_cmpstr(drafted(rows, d.absent), ==, "absent");
  g_assert_cmpint(present_s(rows, walk_in), ==, 80 * 60); /* to when the one but last went */
  json_t *row = row_of(rows, d.member);
  g_assert_cmpint(json_integer_value(json_object_get(row, "first_in")), ==, T0);
  g_assert_cmpint(json_integer_value(json_object_get(row, "last_out")), ==, T0 + 80 * MINUTE);
  g_assert_true(json_is_null(json_object_get(row_of(rows, walk_in), "capacity")));
  g_assert_true(json_is_null(json_object_get(row_of(rows, d.absent), "first_in")));
  json_decref(rows);
  fixture_clear(&d.f);
}

/* The wall clock jumps back an hour while somebody is there. */
static void test_clock_jump(void) {
  Duty d;
  duty_init(&d);
  Moment out = fixture_moment(T0 + 30 * MINUTE), in = fixture_moment(T0 + 31 * MINUTE);
  Moment end = fixture_moment(T0 + 60 * MINUTE);
  out.wall_ms -= 60 * MINUTE;
  in.wall_ms -= 60 * MINUTE;
  end.wall_ms -= 60 * MINUTE;
  fixture_open(d.f.db, d.meeting, fixture_moment(T0));
  was_there(&d, d.member, fixture_moment(T0), out, "dropped");
  was_there(&d, d.member, in, end, "left");
  fixture_end(d.f.db, d.meeting, end);
  json_t *rows = rows_at(&d, T0 + 70 * MINUTE);
  g_assert_cmpint(present_s(rows, d.member), ==, 59 * 60);
  json_decref(rows);
  fixture_clear(&d.f);
}

/* The machine is restarted in the middle: the monotonic clock begins anew. */
static void test_reboot(void) {
  Duty d;
  duty_init(&d);
  fixture_open(d.f.db, d.meeting, fixture_moment(T0));
  was_there(&d, d.member, fixture_moment(T0), fixture_moment(T0 + 20 * MINUTE), "left");
  Moment again = {T0 + 25 * MINUTE, 7000000, "boot-b"};
  Moment end = {T0 + 60 * MINUTE, 7000000 + 35 * MINUTE * 1000, "boot-b"};
  was_there(&d, d.member, again, end, "left");
  fixture_end(d.f.db, d.meeting, end);
  json_t *rows = rows_at(&d, T0 + 70 * MINUTE);
  g_assert_cmpint(present_s(rows, d.member), ==, 55 * 60);
  g_assert_cmpstr(drafted(rows, d.member), ==, "present");
  json_decref(rows);
  fixture_clear(&d.f);
}

/* Everybody went within the hour, and somebody ended the meeting in the evening. */
static void test_forgotten(void) {
  Duty d;
  duty_init(&d);
  fixture_open(d.f.db, d.meeting, fixture_moment(T0));
  minutes(&d, d.member, 0, 60);
  minutes(&d, d.staff, 0, 60);
  minutes(&d, d.observer, 0, 45);
  fixture_end(d.f.db, d.meeting, fixture_moment(T0 + 600 * MINUTE));
  json_t *rows = rows_at(&d, T0 + 700 * MINUTE);
  g_assert_cmpstr(drafted(rows, d.member), ==, "present");
  const json_t *draft = json_object_get(row_of(rows, d.observer), "drafted");
  g_assert_cmpstr(drafted(rows, d.observer), ==, "observer");
  g_assert_true(json_is_true(json_object_get(draft, "left_early")));
  g_assert_cmpstr(drafted(rows, d.absent), ==, "absent");
  json_decref(rows);
  fixture_clear(&d.f);
}

/* ---- the window ---- */

/* Planned 9 to 11 as T0 to T0 + 120. */
static void plan(Duty *d, int64_t from, int64_t to) {
  g_autoptr(Statement) row = db_prepare(
      d->f.db, "update meeting set planned_start = :from, planned_end = :to where id = :id", NULL);
  statement_text(row, ":id", d->meeting);
  statement_int(row, ":from", T0 + from * MINUTE);
  statement_int(row, ":to", T0 + to * MINUTE);
  g_assert_true(statement_run(row, NULL));
}

static int64_t window_at(const json_t *rows, const char *which, const char *end) {
  const json_t *window = json_object_get(rows, "window");
  if (*which)
    window = json_object_get(window, which);
  return (json_integer_value(json_object_get(window, end)) - T0) / MINUTE;
}

static bool flagged(const json_t *rows, const char *person, const char *flag) {
  return json_is_true(json_object_get(json_object_get(row_of(rows, person), "drafted"), flag));
}

/* Opened at 8:30 for a sound check, planned for 9 to 11. */
static void test_sound_check(void) {
  Duty d;
  duty_init(&d);
  GError *error = NULL;
  plan(&d, 0, 120);
  fixture_open(d.f.db, d.meeting, fixture_moment(T0 - 30 * MINUTE));
  minutes(&d, d.staff, -30, 120);
  minutes(&d, d.member, 0, 98);
  minutes(&d, d.observer, 0, 120);
  event(&d, "heard", 0, on(true));
  event(&d, "heard", 119, on(false));
  fixture_end(d.f.db, d.meeting, fixture_moment(T0 + 120 * MINUTE));
  json_t *rows = rows_at(&d, T0 + 300 * MINUTE);
  g_assert_cmpint(window_at(rows, "", "from"), ==, 0);
  g_assert_cmpint(window_at(rows, "", "to"), ==, 120);
  g_assert_cmpstr(drafted(rows, d.member), ==, "present");
  g_assert_false(flagged(rows, d.member, "late"));
  g_assert_true(flagged(rows, d.member, "left_early"));
  g_assert_cmpint(present_s(rows, d.staff), ==, 120 * 60); /* the check does not count */
  int64_t own = 0;
  g_assert_true(evidence_own_ms(d.f.db, d.meeting, d.staff, fixture_moment(T0), &own, &error));
  g_assert_cmpint(own, ==, 150 * MINUTE); /* what the person was there */
  json_decref(rows);
  fixture_clear(&d.f);
}

/* A tablet is forgotten until 14:00, when somebody presses End. */
static void test_straggler(void) {
  Duty d;
  duty_init(&d);
  plan(&d, 0, 120);
  fixture_open(d.f.db, d.meeting, fixture_moment(T0));
  minutes(&d, d.staff, 0, 120);
  minutes(&d, d.member, 0, 118);
  minutes(&d, d.observer, 0, 300);
  fixture_end(d.f.db, d.meeting, fixture_moment(T0 + 300 * MINUTE));
  json_t *rows = rows_at(&d, T0 + 400 * MINUTE);
  g_assert_cmpint(window_at(rows, "", "to"), ==, 120);
  g_assert_cmpstr(drafted(rows, d.member), ==, "present");
  g_assert_false(flagged(rows, d.member, "left_early"));
  const json_t *curve = json_object_get(rows, "curve");
  g_assert_cmpuint(json_array_size(curve), ==, 4); /* 3, 2, 1, 0 people */
  g_assert_cmpint(json_integer_value(json_array_get(json_array_get(curve, 2), 1)), ==, 1);
  json_decref(rows);
  fixture_clear(&d.f);
}

/* As domain/meeting does it; to 0: set back. */
static void move(Duty *d, int64_t from, int64_t to) {
  g_autofree char *window = to ? g_strdup_printf("%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT,
                                                 T0 + from * MINUTE, T0 + to * MINUTE)
                               : g_strdup("null, null");
  g_autofree char *sql = g_strdup_printf("insert into attendance_window (meeting, from_at, to_at,"
                                         " reason, by, at) values ('%s', %s, '散会', '%s', 1)",
                                         d->meeting, window, d->staff);
  g_assert_true(db_exec(d->f.db, sql, NULL));
}

static int64_t number(Duty *d, const char *sql) {
  g_autoptr(Statement) row = db_prepare(d->f.db, sql, NULL);
  g_assert_true(row && statement_one(row, "none", NULL));
  return column_int(row, 0);
}

static void previewed(Duty *d, int64_t from, int64_t to, bool fine) {
  GError *error = NULL;
  json_t *preview = attendance_preview(d->f.db, d->meeting, T0 + from * MINUTE, T0 + to * MINUTE,
                                       fixture_moment(T0 + 200 * MINUTE), &error);
  const json_t *counts = json_object_get(preview, "counts");
  if (fine) {
    g_assert_cmpint(json_integer_value(json_object_get(counts, "left_early")), ==, 0);
    g_assert_cmpint(json_integer_value(json_object_get(counts, "late")), ==, 1);
  } else {
    g_assert_error(error, STORE_ERROR, STORE_ERROR_INVALID);
  }
  g_clear_error(&error);
  json_decref(preview);
}

static void test_moved(void) {
  Duty d;
  duty_init(&d);
  plan(&d, 0, 120);
  fixture_open(d.f.db, d.meeting, fixture_moment(T0));
  minutes(&d, d.staff, 0, 120);
  minutes(&d, d.member, 0, 90);
  minutes(&d, d.observer, 30, 120);
  event(&d, "heard", 0, on(true));
  event(&d, "heard", 119, on(false));
  fixture_end(d.f.db, d.meeting, fixture_moment(T0 + 120 * MINUTE));
  previewed(&d, 0, 121, false);
  previewed(&d, -1, 90, false);
  previewed(&d, 90, 90, false);
  previewed(&d, 0, 90, true);
  json_t *rows = rows_at(&d, T0 + 200 * MINUTE);
  g_assert_true(flagged(rows, d.member, "left_early"));
  g_assert_cmpint(
      json_integer_value(json_object_get(json_object_get(rows, "counts"), "left_early")), ==, 1);
  json_decref(rows);
  move(&d, 0, 90);
  rows = rows_at(&d, T0 + 200 * MINUTE);
  g_assert_false(flagged(rows, d.member, "left_early"));
  g_assert_cmpint(window_at(rows, "", "to"), ==, 90);
  g_assert_cmpint(window_at(rows, "default", "to"), ==, 120);
  json_decref(rows);
  move(&d, 0, 0);
  rows = rows_at(&d, T0 + 200 * MINUTE);
  g_assert_cmpint(window_at(rows, "", "to"), ==, 120);
  json_decref(rows);
  g_assert_false(db_exec(d.f.db, "delete from attendance_window", NULL));
  g_assert_false(db_exec(d.f.db, "update attendance_window set reason = 'x'", NULL));
  fixture_clear(&d.f);
}

/* A limit that is changed holds for what is opened afterwards. */
static void test_rules(void) {
  Duty d;
  duty_init(&d);
  GError *error = NULL;
  plan(&d, 0, 60);
  fixture_open(d.f.db, d.meeting, fixture_moment(T0));
  minutes(&d, d.staff, 0, 60);
  minutes(&d, d.member, 12, 60);
  fixture_end(d.f.db, d.meeting, fixture_moment(T0 + 60 * MINUTE));
  d.f.config->late_after_min = 15;
  g_assert_true(rules_keep(d.f.db, d.f.config, T0 + DAY, &error));
  g_assert_true(rules_keep(d.f.db, d.f.config, T0 + 2 * DAY, &error)); /* nothing new */
  AttendanceRule rule;
  g_assert_true(rules_at(d.f.db, T0 + DAY - 1, &rule, &error));
  g_assert_cmpint(rule.version, ==, 1);
  g_assert_cmpint(rule.late_after_min, ==, 10);
  g_assert_true(rules_at(d.f.db, T0 + DAY, &rule, &error));
  g_assert_cmpint(rule.version, ==, 2);
  g_assert_cmpint(rule.late_after_min, ==, 15);
  json_t *rows = rows_at(&d, T0 + 2 * DAY);
  g_assert_true(flagged(rows, d.member, "late")); /* as when it was opened */
  json_decref(rows);
  g_assert_cmpint(number(&d, "select count(*) from audit_record where kind = 'attendance.rules' and"
                             " json_extract(detail, '$.old.late_after_min') = 10 and"
                             " json_extract(detail, '$.new.late_after_min') = 15"),
                  ==, 1);
  g_assert_false(db_exec(d.f.db, "update attendance_rule set late_after_min = 20", NULL));
  g_assert_false(db_exec(d.f.db, "delete from attendance_rule", NULL));
  fixture_clear(&d.f);
}

/* ---- what it costs ---- */

static int on_steps(void *data) {
  ++*(unsigned *)data;
  return 0;
}

/* Steps of SQLite's virtual machine, in hundreds, that the figures of everybody take, by as many
 * statements as said; each of them came and went four times. */
static unsigned figures_cost(unsigned count, unsigned times) {
  Duty d;
  duty_init(&d);
  GError *error = NULL;
  fixture_open(d.f.db, d.meeting, fixture_moment(T0));
  g_assert_true(db_exec(d.f.db, "begin", &error));
  for (unsigned i = 0; i < count; i++) {
    g_autofree char *name = g_strdup_printf("委员%u", i);
    char person[17];
    fixture_person(d.f.db, name, NULL, "member", 0, person);
    for (unsigned j = 0; j < 4; j++)
      minutes(&d, person, j * 10, j * 10 + 5);
  }
  for (int i = 0; i < 2000; i++) /* signs of life, which are the dearest to read */
    event(&d, "hand", 1, json_pack("{s:b}", "up", 1));
  fixture_end(d.f.db, d.meeting, fixture_moment(T0 + 60 * MINUTE));
  g_assert_true(db_exec(d.f.db, "commit", &error));
  json_decref(rows_at(&d, T0 + 61 * MINUTE));
  unsigned hundreds = 0;
  sqlite3_progress_handler(d.f.db, 100, on_steps, &hundreds);
  for (unsigned i = 0; i < times; i++) {
    g_autoptr(Statement) one =
        db_prepare(d.f.db,
                   "select f.state from attendance_figures(:meeting, :person,"
                   " null, 1, 1, 'boot-a') f",
                   &error);
    statement_text(one, ":meeting", d.meeting);
    statement_text(one, ":person", d.member);
    g_assert_true(statement_one(one, "none", &error));
  }
  sqlite3_progress_handler(d.f.db, 0, NULL, NULL);
  fixture_clear(&d.f);
  return hundreds;
}

/* Of a meeting that is over the evidence is not read anew for each statement, as when many rows are
 * confirmed one by one: what it rests on is, which is little. */
static void test_kept(void) {
  g_assert_cmpuint(figures_cost(50, 10), <, 10 * 50);
  /* Nor does it take more where there are more of them. */
  g_assert_cmpuint(figures_cost(200, 100), <, figures_cost(50, 100) * 3 / 2);
}

/* What is added to a meeting that is over is seen all the same. */
static void test_fresh(void) {
  Duty d;
  duty_init(&d);
  fixture_open(d.f.db, d.meeting, fixture_moment(T0));
  minutes(&d, d.staff, 0, 60);
  minutes(&d, d.observer, 0, 60);
  was_there(&d, d.member, fixture_moment(T0), fixture_moment(0), NULL);
  fixture_end(d.f.db, d.meeting, fixture_moment(T0 + 60 * MINUTE));
  json_t *rows = rows_at(&d, T0 + 61 * MINUTE);
  json_decref(rows);
  minutes(&d, d.absent, 0, 60);
  rows = rows_at(&d, T0 + 61 * MINUTE);
  g_assert_cmpstr(drafted(rows, d.absent), ==, "present");
  json_decref(rows);
  /* One that is open lasts to the end, until it is known when it was left. */
  char open[17];
  fixture_person(d.f.db, "己", NULL, "member", 0, open);
  was_there(&d, open, fixture_moment(T0), fixture_moment(0), NULL);
  rows = rows_at(&d, T0 + 61 * MINUTE);
  g_assert_cmpint(present_s(rows, open), ==, 60 * 60);
  json_decref(rows);
  g_assert_true(db_exec(d.f.db,
                        "update presence_segment set left_at = joined_at + 60000, left_mono_us ="
                        " joined_mono_us + 60000000, ended_by = 'crash' where left_at is null",
                        NULL));
  rows = rows_at(&d, T0 + 61 * MINUTE);
  g_assert_cmpint(present_s(rows, open), ==, 60);
  json_decref(rows);
  move(&d, 0, 20);
  rows = rows_at(&d, T0 + 61 * MINUTE);
  g_assert_cmpint(present_s(rows, d.absent), ==, 20 * 60);
  json_decref(rows);
  fixture_clear(&d.f);
}

/* Two of the same name are told apart by what distinguishes them, and nobody else is burdened. */
static void test_namesakes(void) {
  Duty d;
  duty_init(&d);
  static const struct {
    const char *name, *sector, *organisation, *kind, *shown; /* ####: the code */
  } cases[] = {
      {"王伟", "教育界", "一中", "member", "王伟（教育界）"},
      {"王伟", "医药卫生界", "", "member", "王伟（医药卫生界）"},
      {"王伟", "", "水务局", "staff", "王伟（水务局）"},
      {"李娜", "科技界", "", "member", "李娜（科技界 ####）"},
      {"李娜", "科技界", "某所", "member", "李娜（科技界 ####）"},
      {"张三", "教育界", "", "member", "张三"},
      {"赵六", "", "", "member", "赵六（####）"},
      {"赵六", "经济界", "", "member", "赵六（经济界）"},
      {"钱七", "", "某公司", "guest", "钱七"}, /* guests of other meetings are no namesakes */
      {"钱七", "", "某协会", "guest", "钱七"},
  };
  char ids[G_N_ELEMENTS(cases)][17];
  GError *error = NULL;
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    fixture_person(d.f.db, cases[i].name, NULL, cases[i].kind, 0, ids[i]);
    g_autoptr(Statement) rest = db_prepare(
        d.f.db, "update person set sector = :sector, organisation = :organisation where id = :id",
        &error);
    statement_text(rest, ":id", ids[i]);
    statement_text(rest, ":sector", cases[i].sector ? cases[i].sector : "");
    statement_text(rest, ":organisation", cases[i].organisation ? cases[i].organisation : "");
    g_assert_true(statement_run(rest, &error));
  }
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(Statement) row =
        db_prepare(d.f.db, "select name, code from person_shown where id = :id", &error);
    g_assert_no_error(error);
    statement_text(row, ":id", ids[i]);
    g_assert_true(statement_one(row, "none", &error));
    g_autoptr(GString) expected = g_string_new(cases[i].shown);
    g_string_replace(expected, "####", column_text(row, 1), 0);
    g_assert_cmpstr(column_text(row, 0), ==, expected->str);
  }
  fixture_clear(&d.f);
}

static void take_back(Duty *d, const char *person, int64_t at) {
  char invitation[17];
  fixture_invitation(d->f.db, d->meeting, person, invitation);
  fixture_revoke(d->f.db, invitation, at);
}

/* Invitations that go after the opening change nothing on the list. */
static void test_revoked(void) {
  Duty d;
  duty_init(&d);
  char early[17];
  fixture_person(d.f.db, "早", NULL, "member", 0, early);
  FixtureInvited invitation = {.person = early, .capacity = "attend"};
  char made[17];
  fixture_invite(d.f.db, d.meeting, &invitation, made);
  take_back(&d, early, T0 - MINUTE);
  fixture_open(d.f.db, d.meeting, fixture_moment(T0));
  minutes(&d, d.member, 0, 60);
  minutes(&d, d.observer, 0, 60);
  take_back(&d, d.member, T0 + 60 * MINUTE); /* while it runs */
  fixture_end(d.f.db, d.meeting, fixture_moment(T0 + 60 * MINUTE));
  take_back(&d, d.absent, T0 + 70 * MINUTE);
  take_back(&d, d.observer, T0 + 70 * MINUTE);
  json_t *rows = rows_at(&d, T0 + 900 * MINUTE);
  g_assert_nonnull(row_of(rows, d.absent));
  g_assert_cmpstr(drafted(rows, d.member), ==, "present");
  g_assert_cmpstr(drafted(rows, d.observer), ==, "observer");
  g_assert_null(row_of(rows, early)); /* was disinvited in time */
  json_decref(rows);
  fixture_clear(&d.f);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/attendance/union-against-model", test_union_against_model);
  g_test_add_func("/attendance/draft", test_draft);
  g_test_add_func("/attendance/timeline", test_timeline);
  g_test_add_func("/attendance/rows", test_rows);
  g_test_add_func("/attendance/clock-jump", test_clock_jump);
  g_test_add_func("/attendance/reboot", test_reboot);
  g_test_add_func("/attendance/forgotten", test_forgotten);
  g_test_add_func("/attendance/sound-check", test_sound_check);
  g_test_add_func("/attendance/straggler", test_straggler);
  g_test_add_func("/attendance/moved", test_moved);
  g_test_add_func("/attendance/rules", test_rules);
  g_test_add_func("/attendance/kept", test_kept);
  g_test_add_func("/attendance/fresh", test_fresh);
  g_test_add_func("/attendance/namesakes", test_namesakes);
  g_test_add_func("/attendance/revoked", test_revoked);
  return g_test_run();
}
