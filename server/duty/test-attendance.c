/* Attendance: the union against a naive model by the second, the rules' edges, clocks that jump,
 * reboots, decisions, and the CSV's cells. */
#include "duty/attendance.h"

#include <string.h>

#include "duty/timeline.h"
#include "store/people.h"
#include "store/presence.h"
#include "store/statement.h"
#include "store/test-fixture.h"

#define MINUTE INT64_C(60000)

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
    g_assert_cmpint(attendance_effective_ms(intervals, count, LENGTH * 1000), ==, expected);
  }
  g_assert_cmpint(attendance_effective_ms(NULL, 0, 1000), ==, 0);
}

/* ---- the rules ---- */

static void test_draft(void) {
  static const struct {
    int64_t present_ms, first_in_ms, last_out_ms;
    bool observer;
    const char *state;
    bool late, left_early;
  } cases[] = {
      /* of a meeting of 90 minutes */
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
  GError *error = NULL;
  g_autoptr(Config) config = config_load(NULL, &error);
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    AttendanceFacts facts = {90 * MINUTE, cases[i].present_ms, cases[i].first_in_ms,
                             cases[i].last_out_ms, cases[i].observer};
    AttendanceDraft draft = attendance_draft(&facts, config);
    g_assert_cmpstr(draft.state, ==, cases[i].state);
    g_assert_cmpint(draft.late, ==, cases[i].late);
    g_assert_cmpint(draft.left_early, ==, cases[i].left_early);
  }
  config->present_percent = 50; /* another rule than two thirds */
  AttendanceFacts half = {90 * MINUTE, 45 * MINUTE, 0, 90 * MINUTE, false};
  g_assert_cmpstr(attendance_draft(&half, config).state, ==, "present");
  half.present_ms--;
  g_assert_cmpstr(attendance_draft(&half, config).state, ==, "absent");
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
  Actor by;
} Duty;

static void duty_init(Duty *d) {
  fixture_init(&d->f);
  fixture_person(d->f.db, "机关", "staff", "staff", 0, d->staff);
  fixture_person(d->f.db, "=cmd|'/c calc'!A0", NULL, "member", 0, d->member);
  fixture_person(d->f.db, "＋乙", NULL, "member", 0, d->observer);
  fixture_person(d->f.db, "丙", NULL, "member", 0, d->absent);
  InvitationNew invitations[] = {{.person = d->member, .capacity = "attend"},
                                 {.person = d->observer, .capacity = "observe"},
                                 {.person = d->absent, .capacity = "attend"}};
  fixture_meeting(d->f.db, d->staff, invitations, 3, d->meeting);
  d->by = (Actor){d->staff, "192.0.2.1"};
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

static json_t *rows_at(Duty *d, int64_t now_ms) {
  GError *error = NULL;
  json_t *rows = attendance_rows(d->f.db, d->meeting, d->f.config, fixture_moment(now_ms), &error);
  g_assert_no_error(error);
  return rows;
}

static int64_t present_s(const json_t *rows, const char *person) {
  return json_integer_value(json_object_get(row_of(rows, person), "present_s"));
}

static const char *drafted(const json_t *rows, const char *person) {
  return json_string_value(
      json_object_get(json_object_get(row_of(rows, person), "drafted"), "state"));
}

static void test_rows(void) {
  Duty d;
  duty_init(&d);
  GError *error = NULL;
  g_assert_true(meeting_open(d.f.db, d.meeting, &d.by, fixture_moment(T0), &error));
  minutes(&d, d.member, -10, 20); /* before the opening does not count */
  minutes(&d, d.member, 15, 50);  /* a second device overlaps */
  minutes(&d, d.member, 70, 80);  /* and a reconnect */
  minutes(&d, d.observer, 0, 85);
  char walk_in[17];
  fixture_person(d.f.db, "丁", NULL, "staff", 0, walk_in);
  was_there(&d, walk_in, fixture_moment(T0 + 5 * MINUTE), fixture_moment(0), NULL);
  json_t *rows = rows_at(&d, T0 + 60 * MINUTE); /* live */
  g_assert_cmpint(present_s(rows, d.member), ==, 50 * 60);
  g_assert_cmpint(present_s(rows, walk_in), ==, 55 * 60);
  g_assert_true(json_is_null(json_object_get(row_of(rows, walk_in), "last_out")));
  json_decref(rows);
  g_assert_true(meeting_end(d.f.db, d.meeting, &d.by, fixture_moment(T0 + 90 * MINUTE), &error));
  rows = rows_at(&d, T0 + 900 * MINUTE); /* the end counts, not now */
  g_assert_cmpint(json_array_size(json_object_get(rows, "items")), ==, 5);
  g_assert_cmpint(present_s(rows, d.member), ==, 60 * 60);
  g_assert_cmpstr(drafted(rows, d.member), ==, "present"); /* two thirds of 90 minutes */
  g_assert_cmpstr(drafted(rows, d.observer), ==, "observer");
  g_assert_cmpstr(drafted(rows, d.absent), ==, "absent");
  g_assert_cmpint(present_s(rows, walk_in), ==, 85 * 60); /* closed by the end */
  json_t *row = row_of(rows, d.member);
  g_assert_cmpint(json_integer_value(json_object_get(row, "first_in")), ==, T0);
  g_assert_cmpint(json_integer_value(json_object_get(row, "last_out")), ==, T0 + 80 * MINUTE);
  g_assert_cmpint(json_array_size(json_object_get(row, "segments")), ==, 3);
  g_assert_true(json_is_null(json_object_get(row, "decision")));
  g_assert_true(json_is_null(json_object_get(row_of(rows, walk_in), "capacity")));
  g_assert_true(json_is_null(json_object_get(row_of(rows, d.absent), "first_in")));
  json_decref(rows);
  fixture_clear(&d.f);
}

/* The wall clock jumps back an hour while somebody is there. */
static void test_clock_jump(void) {
  Duty d;
  duty_init(&d);
  GError *error = NULL;
  Moment out = fixture_moment(T0 + 30 * MINUTE), in = fixture_moment(T0 + 31 * MINUTE);
  Moment end = fixture_moment(T0 + 60 * MINUTE);
  out.wall_ms -= 60 * MINUTE;
  in.wall_ms -= 60 * MINUTE;
  end.wall_ms -= 60 * MINUTE;
  g_assert_true(meeting_open(d.f.db, d.meeting, &d.by, fixture_moment(T0), &error));
  was_there(&d, d.member, fixture_moment(T0), out, "dropped");
  was_there(&d, d.member, in, end, "left");
  g_assert_true(meeting_end(d.f.db, d.meeting, &d.by, end, &error));
  json_t *rows = rows_at(&d, T0 + 70 * MINUTE);
  g_assert_cmpint(present_s(rows, d.member), ==, 59 * 60);
  json_decref(rows);
  fixture_clear(&d.f);
}

/* The machine is restarted in the middle: the monotonic clock begins anew. */
static void test_reboot(void) {
  Duty d;
  duty_init(&d);
  GError *error = NULL;
  g_assert_true(meeting_open(d.f.db, d.meeting, &d.by, fixture_moment(T0), &error));
  was_there(&d, d.member, fixture_moment(T0), fixture_moment(T0 + 20 * MINUTE), "left");
  Moment again = {T0 + 25 * MINUTE, 7000000, "boot-b"};
  Moment end = {T0 + 60 * MINUTE, 7000000 + 35 * MINUTE * 1000, "boot-b"};
  was_there(&d, d.member, again, end, "left");
  g_assert_true(meeting_end(d.f.db, d.meeting, &d.by, end, &error));
  json_t *rows = rows_at(&d, T0 + 70 * MINUTE);
  g_assert_cmpint(present_s(rows, d.member), ==, 55 * 60);
  g_assert_cmpstr(drafted(rows, d.member), ==, "present");
  json_decref(rows);
  fixture_clear(&d.f);
}

/* Everybody went after an hour, and somebody ended the meeting in the evening. */
static void test_forgotten(void) {
  Duty d;
  duty_init(&d);
  GError *error = NULL;
  g_assert_true(meeting_open(d.f.db, d.meeting, &d.by, fixture_moment(T0), &error));
  minutes(&d, d.member, 0, 60);
  minutes(&d, d.observer, 0, 45);
  json_t *rows = rows_at(&d, T0 + 69 * MINUTE); /* perhaps they come back */
  g_assert_cmpstr(drafted(rows, d.observer), ==, "absent");
  json_decref(rows);
  g_assert_true(meeting_end(d.f.db, d.meeting, &d.by, fixture_moment(T0 + 600 * MINUTE), &error));
  rows = rows_at(&d, T0 + 700 * MINUTE);
  g_assert_cmpstr(drafted(rows, d.member), ==, "present");
  const json_t *draft = json_object_get(row_of(rows, d.observer), "drafted");
  g_assert_cmpstr(drafted(rows, d.observer), ==, "observer");
  g_assert_true(json_is_true(json_object_get(draft, "left_early")));
  g_assert_cmpstr(drafted(rows, d.absent), ==, "absent");
  json_decref(rows);
  fixture_clear(&d.f);
}

/* ---- decisions ---- */

static void confirm(Duty *d, const char *person, const char *state, int code) {
  GError *error = NULL;
  json_t *items = json_pack("[{s:s, s:s, s:b, s:b, s:s}]", "person", person, "state", state, "late",
                            1, "left_early", 0, "note", "已核实");
  bool fine = attendance_confirm(d->f.db, d->meeting, items, &d->by, T0, &error);
  if (code < 0)
    g_assert_no_error(error);
  else
    g_assert_error(error, STORE_ERROR, code);
  g_assert_cmpint(fine, ==, code < 0);
  g_clear_error(&error);
  json_decref(items);
}

static void test_confirm(void) {
  Duty d;
  duty_init(&d);
  GError *error = NULL;
  char stranger[17];
  fixture_person(d.f.db, "外人", NULL, "member", 0, stranger);
  confirm(&d, d.member, "leave", STORE_ERROR_CONFLICT); /* not yet ended */
  g_assert_true(meeting_open(d.f.db, d.meeting, &d.by, fixture_moment(T0), &error));
  g_assert_true(meeting_end(d.f.db, d.meeting, &d.by, fixture_moment(T0 + 60 * MINUTE), &error));
  confirm(&d, d.member, "here", STORE_ERROR_INVALID);
  confirm(&d, stranger, "present", STORE_ERROR_INVALID);
  confirm(&d, d.staff, "present", STORE_ERROR_FORBIDDEN); /* his own */
  confirm(&d, d.member, "present", -1);
  confirm(&d, d.member, "leave", -1); /* the newest counts */
  json_t *rows = rows_at(&d, T0 + 61 * MINUTE);
  json_t *decision = json_object_get(row_of(rows, d.member), "decision");
  g_assert_cmpstr(json_string_value(json_object_get(decision, "state")), ==, "leave");
  g_assert_true(json_is_true(json_object_get(decision, "late")));
  g_assert_cmpstr(json_string_value(json_object_get(json_object_get(decision, "by"), "name")), ==,
                  "机关");
  g_assert_cmpstr(drafted(rows, d.member), ==, "absent"); /* the draft stays beside it */
  json_decref(rows);
  g_assert_false(db_exec(d.f.db, "update attendance_decision set state = 'absent'", &error));
  g_clear_error(&error);
  g_assert_false(db_exec(d.f.db, "delete from attendance_decision", &error));
  g_clear_error(&error);
  fixture_clear(&d.f);
}

static int on_steps(void *data) {
  ++*(unsigned *)data;
  return 0;
}

/* Steps of SQLite's virtual machine, in hundreds, that the confirmation of everybody takes; each of
 * them came and went four times. */
static unsigned confirm_cost(unsigned count) {
  Duty d;
  duty_init(&d);
  GError *error = NULL;
  json_t *items = json_array();
  g_assert_true(meeting_open(d.f.db, d.meeting, &d.by, fixture_moment(T0), &error));
  g_assert_true(db_exec(d.f.db, "begin", &error));
  for (unsigned i = 0; i < count; i++) {
    g_autofree char *name = g_strdup_printf("委员%u", i);
    char person[17];
    fixture_person(d.f.db, name, NULL, "member", 0, person);
    for (unsigned j = 0; j < 4; j++)
      minutes(&d, person, j * 10, j * 10 + 5);
    json_array_append_new(items, json_pack("{s:s, s:s}", "person", person, "state", "present"));
  }
  g_assert_true(meeting_end(d.f.db, d.meeting, &d.by, fixture_moment(T0 + 60 * MINUTE), &error));
  unsigned hundreds = 0;
  sqlite3_progress_handler(d.f.db, 100, on_steps, &hundreds);
  g_assert_true(attendance_confirm(d.f.db, d.meeting, items, &d.by, T0, &error));
  sqlite3_progress_handler(d.f.db, 0, NULL, NULL);
  g_assert_true(db_exec(d.f.db, "commit", &error));
  json_decref(items);
  fixture_clear(&d.f);
  return hundreds;
}

/* Twice the people cost twice, not four times: the list is read once, not for each of them. */
static void test_confirm_many(void) {
  unsigned few = confirm_cost(150), many = confirm_cost(300);
  g_assert_cmpuint(many, <, few * 5 / 2);
}

static json_t *person_row(Duty *d, const char *person, json_t **rows) {
  json_decref(*rows);
  *rows = rows_at(d, T0 + 900 * MINUTE);
  return row_of(*rows, person);
}

static char *invitation_of(Duty *d, const char *person) {
  g_autoptr(Statement) row =
      db_prepare(d->f.db, "select id from invitation where person = :person", NULL);
  statement_text(row, ":person", person);
  g_assert_true(statement_one(row, "none", NULL));
  return g_strdup(column_text(row, 0));
}

static void take_back(Duty *d, const char *person, int64_t at) {
  GError *error = NULL;
  char revoked[17];
  g_autofree char *invitation = invitation_of(d, person);
  invitation_revoke(d->f.db, d->meeting, invitation, revoked, &d->by, at, &error);
  g_assert_no_error(error);
}

/* Invitations that go after the opening change nothing on the list. */
static void test_revoked(void) {
  Duty d;
  duty_init(&d);
  GError *error = NULL;
  char early[17];
  fixture_person(d.f.db, "早", NULL, "member", 0, early);
  InvitationNew invitation = {.person = early, .capacity = "attend"};
  json_decref(
      invitation_create(d.f.db, d.meeting, &invitation, "", &d.by, T0 - 2 * MINUTE, &error));
  take_back(&d, early, T0 - MINUTE);
  g_assert_true(meeting_open(d.f.db, d.meeting, &d.by, fixture_moment(T0), &error));
  minutes(&d, d.member, 0, 60);
  minutes(&d, d.observer, 0, 60);
  take_back(&d, d.member, T0 + 60 * MINUTE); /* while it runs */
  g_assert_true(meeting_end(d.f.db, d.meeting, &d.by, fixture_moment(T0 + 60 * MINUTE), &error));
  confirm(&d, d.absent, "absent", -1);
  take_back(&d, d.absent, T0 + 70 * MINUTE);
  take_back(&d, d.observer, T0 + 70 * MINUTE);
  json_t *rows = NULL;
  g_assert_nonnull(person_row(&d, d.absent, &rows));
  json_t *decision = json_object_get(row_of(rows, d.absent), "decision");
  g_assert_cmpstr(json_string_value(json_object_get(decision, "state")), ==, "absent");
  g_assert_cmpstr(drafted(rows, d.member), ==, "present");
  g_assert_cmpstr(drafted(rows, d.observer), ==, "observer");
  g_assert_null(row_of(rows, early)); /* was disinvited in time */
  confirm(&d, d.observer, "observer", -1);
  confirm(&d, early, "absent", STORE_ERROR_INVALID);
  g_autofree char *host = invitation_of(&d, d.staff);
  g_assert_null(invitation_set_capacity(d.f.db, d.meeting, host, "host", &d.by, T0, &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_CONFLICT);
  g_clear_error(&error);
  json_decref(rows);
  fixture_clear(&d.f);
}

static void test_csv(void) {
  Duty d;
  duty_init(&d);
  GError *error = NULL;
  g_assert_true(meeting_open(d.f.db, d.meeting, &d.by, fixture_moment(T0), &error));
  minutes(&d, d.member, 0, 60);
  g_assert_true(meeting_end(d.f.db, d.meeting, &d.by, fixture_moment(T0 + 60 * MINUTE), &error));
  json_t *items = json_pack("[{s:s, s:s, s:s}]", "person", d.member, "state", "present", "note",
                            "@SUM(\"A1\")");
  g_assert_true(attendance_confirm(d.f.db, d.meeting, items, &d.by, T0, &error));
  json_decref(items);
  g_autofree char *csv = attendance_csv(d.f.db, d.meeting, d.f.config, fixture_moment(T0), &error);
  g_assert_no_error(error);
  g_assert_true(g_str_has_prefix(csv, "\xEF\xBB\xBF\"姓名\",\"类别\""));
  g_assert_nonnull(strstr(csv, "\"'＋乙\""));
  g_autoptr(GDateTime) here = g_date_time_new_from_unix_local(T0 / 1000);
  g_autofree char *heading = g_date_time_format(here, "\"首次进入（UTC%:z）\"");
  g_autofree char *first_in = g_date_time_format(here, "\"%Y-%m-%d %H:%M:%S\"");
  g_assert_nonnull(strstr(csv, heading));
  g_assert_nonnull(strstr(csv, first_in));
  g_auto(GStrv) lines = g_strsplit(csv, "\r\n", -1);
  g_assert_cmpuint(g_strv_length(lines), ==, 6); /* head, 4 people, nothing after the last end */
  g_assert_nonnull(strstr(csv, "\r\n\"'=cmd|'/c calc'!A0\",\"委员\",\"出席\","));
  g_assert_nonnull(strstr(csv, ",\"3600\",\"1\",\"出席\",\"\",\"\",\"出席\",\"\",\"\","
                               "\"'@SUM(\"\"A1\"\")\",\"机关\","));
  for (unsigned i = 0; i < 5; i++) { /* the same number of cells in each line */
    g_auto(GStrv) cells = g_strsplit(lines[i], "\",\"", -1);
    g_assert_cmpuint(g_strv_length(cells), ==, 16);
  }
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
  g_test_add_func("/attendance/confirm", test_confirm);
  g_test_add_func("/attendance/confirm-many", test_confirm_many);
  g_test_add_func("/attendance/revoked", test_revoked);
  g_test_add_func("/attendance/csv", test_csv);
  return g_test_run();
}
