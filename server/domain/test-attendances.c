/* Attendance: drafted out of the evidence, confirmed once the meeting is over and never by oneself,
 * kept with what it rests on, taken back for a while; and the window in which it counts. */
#include <string.h>

#include "domain/list.h"
#include "domain/test-desk.h"
#include "store/people.h"
#include "store/presence.h"
#include "store/statement.h"

#define MINUTE INT64_C(60000)
#define OFFICE ((Desk){w->clerk, STAFF | SIGNED_IN})
#define SECOND ((Desk){second, STAFF | SIGNED_IN})
#define ADA ((Desk){w->ada, MEMBER | SIGNED_IN})
#define BO ((Desk){w->bo, MEMBER | SIGNED_IN})

static char meeting[17], second[17];

static void was_there(World *w, const char *person, int64_t from, int64_t to) {
  static unsigned segments;
  GError *error = NULL;
  PresenceOpen open = {.participant = "p",
                       .device = "phone",
                       .address = "192.0.2.8",
                       .at = fixture_moment(T0 + from * MINUTE)};
  g_snprintf(open.id, sizeof open.id, "segment-%08u", segments++);
  g_strlcpy(open.meeting, meeting, sizeof open.meeting);
  g_strlcpy(open.person, person, sizeof open.person);
  g_assert_true(presence_open(w->f.db, &open, &error));
  g_assert_true(presence_close(w->f.db, open.id, "left", fixture_moment(T0 + to * MINUTE), &error));
}

/* An hour that is about to begin, Ada in the chair, Bo and the clerk invited. */
static void world_init(World *w) {
  static const Subject *const list[] = {
      &subject_person,  &subject_org,        &subject_post,       &subject_term,
      &subject_meeting, &subject_invitation, &subject_attendance, NULL};
  desk_init(w, list, "");
  FixtureInvited invited[] = {{.person = w->bo, .capacity = "attend"},
                              {.person = w->clerk, .capacity = "observe"}};
  fixture_meeting(w->f.db, w->ada, invited, 2, meeting);
  fixture_person(w->f.db, "Second", "second", "staff", 0, second);
}

/* It was held: Ada stayed all the time, the clerk went half-way, Bo did not come. */
static void hold(World *w) {
  fixture_open(w->f.db, meeting, fixture_moment(T0 - 60 * MINUTE));
  was_there(w, w->ada, -60, 0);
  was_there(w, w->clerk, -60, -30);
  was_there(w, second, -60, 0);
  g_autofree char *plan = g_strdup_printf(
      "update meeting set planned_start = planned_start - 3600000, planned_end = planned_end -"
      " 3600000 where id = '%s'",
      meeting);
  g_assert_true(db_exec(w->f.db, plan, NULL));
  fixture_end(w->f.db, meeting, fixture_moment(T0));
}

static char *path_of(const char *format, const char *id) {
  return g_strconcat("attendance/", id, format, NULL);
}

/* Whose attendance of the meeting; free with g_free. */
static char *row_of(World *w, const char *person) {
  g_autofree char *sql = g_strdup_printf(
      "select id from attendance where meeting = '%s' and person = '%s'", meeting, person);
  g_autoptr(Statement) row = db_prepare(w->f.db, sql, NULL);
  g_assert_true(statement_one(row, "none", NULL));
  return g_strdup(column_text(row, 0));
}

static json_t *shown(World *w, Desk who, const char *person) {
  g_autofree char *id = row_of(w, person), *path = path_of("", id);
  return desk_ask(w, who, HTTP_GET, path, NULL, 200);
}

static void decide(World *w, Desk who, const char *person, const char *body, const char *code) {
  g_autofree char *id = row_of(w, person), *path = path_of("/decide", id);
  if (code)
    desk_refused(w, who, HTTP_POST, path, g_strdup(body), code);
  else
    json_decref(desk_ask(w, who, HTTP_POST, path, g_strdup(body), 200));
}

static void test_decide(void) {
  World world, *w = &world;
  world_init(w);
  decide(w, OFFICE, w->bo, "{\"result\":\"leave\"}", "attendance.not_ended");
  hold(w);
  decide(w, OFFICE, w->clerk, "{\"result\":\"observer\"}", "forbidden"); /* his own */
  decide(w, ADA, w->bo, "{\"result\":\"leave\"}", "forbidden");          /* who only presides */
  decide(w, BO, w->ada, "{\"result\":\"leave\"}", "not_found");
  decide(w, OFFICE, w->bo, "{\"result\":\"here\"}", "invalid");
  decide(w, OFFICE, w->bo, "{\"result\":\"leave\",\"late\":true,\"remark\":\"书面\"}", NULL);
  json_t *row = shown(w, ADA, w->bo);
  g_assert_cmpstr(text_of(row, "result"), ==, "leave");
  g_assert_cmpstr(text_of(row, "state"), ==, "confirmed");
  g_assert_true(json_is_true(json_object_get(row, "late")));
  g_assert_true(json_is_false(json_object_get(row, "left_early")));
  g_assert_cmpstr(text_of(json_object_get(row, "decided_by"), "name"), ==, "Clerk");
  g_assert_cmpstr(text_of(json_object_get(row, "drafted"), "state"), ==, "absent");
  json_decref(row);
  /* The newest counts, whole: what it does not say is not so any more. */
  decide(w, SECOND, w->bo, "{\"result\":\"present\"}", NULL);
  row = shown(w, OFFICE, w->bo);
  g_assert_true(json_is_false(json_object_get(row, "late")));
  g_assert_true(json_is_null(json_object_get(row, "remark")));
  json_decref(row);
  g_assert_cmpint(count(w->f.db, "select count(*) from case_event where subject = 'attendance' and"
                                 " json_extract(data, '$.result[0]') = 'leave' and"
                                 " json_extract(data, '$.result[1]') = 'present' and"
                                 " json_extract(data, '$.remark[0]') = '书面'"),
                  ==, 1);
  g_assert_cmpint(count(w->f.db, "select count(*) from audit_record where kind ="
                                 " 'attendance.decide' and json_extract(detail, '$.seen_state[1]')"
                                 " = 'absent'"),
                  ==, 2);
  /* Whose it is, in the audit record; the history is the row's own. */
  g_assert_cmpint(count(w->f.db, "select count(*) from audit_record a join person p on p.id ="
                                 " a.detail ->> '$.person' join meeting m on m.id = a.detail ->>"
                                 " '$.meeting' where a.kind = 'attendance.decide'"
                                 " and p.login = 'bo'"),
                  ==, 2);
  g_assert_cmpint(count(w->f.db, "select count(*) from case_event where data -> '$.person' is not"
                                 " null and subject = 'attendance'"),
                  ==, 0);
  g_assert_false(db_exec(w->f.db, "delete from attendance", NULL));
  world_clear(w);
}

/* {done, results} of many rows. */
static json_t *many(World *w, Desk who, const char *verb, const char *more, int people,
                    const char *const *ids) {
  GString *body = g_string_new("{\"ids\":[");
  for (int i = 0; i < people; i++)
    g_string_append_printf(body, "%s\"%s\"", i ? "," : "", ids[i]);
  g_string_append_printf(body, "]%s}", more);
  g_autofree char *path = g_strconcat("attendance/-/", verb, NULL);
  return desk_ask(w, who, HTTP_POST, path, g_string_free(body, FALSE), 200);
}

static const char *code_at(const json_t *answer, size_t n) {
  const char *code = text_of(json_array_get(json_object_get(answer, "results"), n), "code");
  return code ? code : "done";
}

static const char *state_of(World *w, const char *person) {
  static char state[32];
  json_t *row = shown(w, OFFICE, person);
  g_strlcpy(state, text_of(row, "result") ? text_of(row, "result") : "none", sizeof state);
  json_decref(row);
  return state;
}

/* Many as they are drafted, each for itself; and back. */
static void test_many(void) {
  World world, *w = &world;
  world_init(w);
  hold(w);
  decide(w, OFFICE, second, "{\"result\":\"leave\"}", NULL);
  g_autofree char *ada = row_of(w, w->ada), *bo = row_of(w, w->bo), *clerk = row_of(w, w->clerk),
                  *other = row_of(w, second);
  const char *ids[] = {ada, bo, clerk, other};
  json_t *answer = many(w, OFFICE, "confirm", "", 4, ids);
  g_assert_cmpint(json_integer_value(json_object_get(answer, "done")), ==, 2);
  g_assert_cmpstr(code_at(answer, 2), ==, "forbidden");
  g_assert_cmpstr(code_at(answer, 3), ==, "wrong_state"); /* decided already */
  json_decref(answer);
  g_assert_cmpstr(state_of(w, w->ada), ==, "present");
  g_assert_cmpstr(state_of(w, w->bo), ==, "absent");
  /* By nobody else; what was decided before is as it was. */
  decide(w, OFFICE, w->bo, "{\"result\":\"leave\"}", NULL);
  answer = many(w, SECOND, "undo", "", 2, ids);
  g_assert_cmpstr(code_at(answer, 0), ==, "undo_gone");
  json_decref(answer);
  answer = many(w, OFFICE, "undo", "", 3, ids);
  g_assert_cmpint(json_integer_value(json_object_get(answer, "done")), ==, 2);
  json_decref(answer);
  g_assert_cmpstr(state_of(w, w->ada), ==, "none");
  g_assert_cmpstr(state_of(w, w->bo), ==, "absent");
  g_assert_cmpint(count(w->f.db, "select count(*) from attendance where seen_state is null and"
                                 " decided_by is null and rules is null"),
                  ==, 2);
  json_t *row = shown(w, OFFICE, w->ada);
  g_assert_cmpstr(text_of(row, "state"), ==, "drafted");
  json_decref(row);
  /* What somebody else decided is not decided anew unseen, of many at once. */
  Match match = serve_match(w->model, HTTP_POST, "attendance/-/decide");
  g_assert_null(match.route);
  match_clear(&match);
  desk_refused(w, ADA, HTTP_POST, "attendance/-/undo", g_strdup_printf("{\"ids\":[\"%s\"]}", ada),
               "forbidden");
  world_clear(w);
}

static int on_steps(void *data) {
  ++*(unsigned *)data;
  return 0;
}

/* Steps of SQLite's virtual machine, in hundreds, that it takes to confirm so many at once, each of
 * whom came and went four times. */
static unsigned confirming_cost(int people) {
  World world, *w = &world;
  world_init(w);
  g_auto(GStrv) ids = g_new0(char *, people + 1);
  g_assert_true(db_exec(w->f.db, "begin", NULL));
  for (int i = 0; i < people; i++) {
    g_autofree char *name = g_strdup_printf("Member %d", i);
    char person[17];
    fixture_person(w->f.db, name, NULL, "member", 0, person);
    for (int j = 0; j < 4; j++)
      was_there(w, person, -60 + j * 10, -55 + j * 10);
    ids[i] = row_of(w, person);
  }
  hold(w);
  g_assert_true(db_exec(w->f.db, "commit", NULL));
  unsigned hundreds = 0;
  sqlite3_progress_handler(w->f.db, 100, on_steps, &hundreds);
  json_t *answer = many(w, OFFICE, "confirm", "", people, (const char *const *)ids);
  sqlite3_progress_handler(w->f.db, 0, NULL, NULL);
  g_assert_cmpint(json_integer_value(json_object_get(answer, "done")), ==, people);
  json_decref(answer);
  world_clear(w);
  return hundreds;
}

/* Eight times as many take about eight times as long. */
static void test_many_cost(void) {
  unsigned few = confirming_cost(20), more = confirming_cost(160);
  g_test_message("%u, %u", few, more);
  g_assert_cmpuint(more, <, few * 10);
}

static char *window_body(int64_t from, int64_t to) {
  return g_strdup_printf("{\"window_from\":%" G_GINT64_FORMAT ",\"window_to\":%" G_GINT64_FORMAT
                         ",\"window_reason\":\"散会\"}",
                         T0 + from * MINUTE, T0 + to * MINUTE);
}

static int64_t window_to(World *w, const char *person) {
  json_t *row = shown(w, OFFICE, person);
  int64_t to = json_integer_value(json_object_get(json_object_get(row, "window"), "to"));
  json_decref(row);
  return (to - T0) / MINUTE;
}

/* Who decides again sees what his decision will rest on, not what the last one did. */
static void corrected(World *w) {
  json_t *row = shown(w, OFFICE, w->ada);
  json_int_t seconds = json_integer_value(json_object_get(row, "present_s"));
  g_assert_cmpint(seconds, ==, 1800);
  g_assert_cmpint(json_integer_value(json_object_get(row, "seen_s")), ==, 3600);
  json_decref(row);
  decide(w, OFFICE, w->ada, "{\"result\":\"present\"}", NULL);
  row = shown(w, OFFICE, w->ada);
  g_assert_cmpint(json_integer_value(json_object_get(row, "seen_s")), ==, seconds);
  json_decref(row);
}

/* It is moved by staff, with a reason; a decision stands with the one that it saw. */
static void test_window(void) {
  World world, *w = &world;
  world_init(w);
  g_autofree char *path = g_strdup_printf("meetings/%s/window", meeting);
  desk_refused(w, OFFICE, HTTP_POST, path, window_body(-60, -30), "wrong_state");
  hold(w);
  desk_refused(w, ADA, HTTP_POST, path, window_body(-60, -30), "forbidden");
  desk_refused(w, OFFICE, HTTP_POST, path, window_body(-61, -30), "meeting.window_outside");
  desk_refused(w, OFFICE, HTTP_POST, path, window_body(-60, 1), "meeting.window_outside");
  decide(w, OFFICE, w->ada, "{\"result\":\"present\"}", NULL);
  json_decref(desk_ask(w, OFFICE, HTTP_POST, path, window_body(-60, -30), 200));
  g_assert_cmpint(window_to(w, w->ada), ==, -30);
  g_assert_cmpint(window_to(w, w->clerk), ==, -30);
  json_t *row = shown(w, OFFICE, w->clerk);
  g_assert_cmpstr(text_of(json_object_get(row, "drafted"), "state"), ==, "observer");
  json_decref(row);
  /* Who looked at another window is told. */
  g_autofree char *old = g_strdup_printf("{\"result\":\"present\",\"seen_from\":%" G_GINT64_FORMAT
                                         ",\"seen_to\":%" G_GINT64_FORMAT "}",
                                         T0 - 60 * MINUTE, T0);
  decide(w, OFFICE, w->ada, old, "attendance.window_moved");
  corrected(w);
  g_assert_cmpint(count(w->f.db, "select count(*) from attendance where rules = 1 and seen_state ="
                                 " 'present' and seen_to - seen_from = 1800000 and seen_s = 1800"),
                  ==, 1);
  g_assert_cmpint(count(w->f.db, "select count(*) from audit_record where kind ="
                                 " 'meeting.move_window' and"
                                 " json_extract(detail, '$.window_to[0]') -"
                                 " json_extract(detail, '$.window_to[1]') = 1800000"),
                  ==, 1);
  json_decref(desk_ask(w, OFFICE, HTTP_POST, path, window_body(-60, 0), 200)); /* the default's */
  g_assert_cmpint(count(w->f.db, "select count(*) from attendance_window where from_at is null"),
                  ==, 1);
  world_clear(w);
}

static unsigned rows_of(World *w, Desk who, const char *person, bool evidence) {
  g_autofree char *path = g_strdup_printf("people/%s/attendance", person);
  json_t *page = desk_ask(w, who, HTTP_GET, path, NULL, 200);
  const json_t *items = json_object_get(page, "items"), *first = json_array_get(items, 0);
  unsigned rows = (unsigned)json_array_size(items);
  if (rows > 0) {
    g_assert_cmpint(json_object_get(first, "segments") != NULL, ==, evidence);
    g_assert_cmpint(json_object_get(first, "drafted") != NULL, ==, evidence);
    g_assert_cmpint(json_object_get(first, "remark") != NULL, ==, evidence);
  }
  json_decref(page);
  return rows;
}

static unsigned rows_in(World *w, Desk who, const char *term) {
  g_autofree char *path = g_strdup_printf("people/%s/attendance?term=%s", w->bo, term);
  json_t *page = desk_ask(w, who, HTTP_GET, path, NULL, 200);
  unsigned rows = (unsigned)json_array_size(json_object_get(page, "items"));
  json_decref(page);
  return rows;
}

/* Of a term are the meetings of its days, the last one too, in the server's zone: the meeting was
 * at 23:00 of the day before TODAY there. */
static void test_of_term(void) {
  static const char first[] = "term000000000001", second_term[] = "term000000000002";
  World world, *w = &world;
  world_init(w);
  hold(w);
  g_assert_true(db_exec(w->f.db,
                        "insert into term (id, no, name, starts_on, ends_on, created_at) values"
                        " ('term000000000001', 1, 'first', '2020-01-01', '2025-11-24', 1),"
                        " ('term000000000002', 2, 'second', '2025-11-25', '2030-01-01', 1)",
                        NULL));
  g_assert_cmpuint(rows_in(w, BO, first), ==, 1);
  g_assert_cmpuint(rows_in(w, BO, second_term), ==, 0);
  world_clear(w);
}

/* Steps of SQLite's virtual machine, in hundreds, that the newest three of Bo's rows take, of so
 * many meetings of thirty people. */
static unsigned own_cost(unsigned meetings) {
  World world, *w = &world;
  world_init(w);
  g_assert_true(db_exec(w->f.db, "begin", NULL));
  for (unsigned i = 0; i < meetings; i++) {
    FixtureInvited invited = {.person = w->bo, .capacity = "attend"};
    fixture_meeting(w->f.db, w->ada, &invited, 1, meeting);
    fixture_open(w->f.db, meeting, fixture_moment(T0 - 60 * MINUTE));
    for (unsigned n = 0; n < 30; n++) {
      g_autofree char *name = g_strdup_printf("Member %u %u", i, n);
      char person[17];
      fixture_person(w->f.db, name, NULL, "member", 0, person);
      was_there(w, person, -60, 0);
    }
    fixture_end(w->f.db, meeting, fixture_moment(T0));
  }
  g_assert_true(db_exec(w->f.db, "commit", NULL));
  g_autofree char *path = g_strdup_printf("people/%s/attendance?limit=3", w->bo);
  unsigned hundreds = 0;
  sqlite3_progress_handler(w->f.db, 100, on_steps, &hundreds);
  json_t *page = desk_ask(w, BO, HTTP_GET, path, NULL, 200);
  sqlite3_progress_handler(w->f.db, 0, NULL, NULL);
  g_assert_cmpuint(json_array_size(json_object_get(page, "items")), ==, 3);
  g_assert_cmpint(json_integer_value(json_object_get(page, "total")), ==, meetings + 1);
  json_decref(page);
  world_clear(w);
  return hundreds;
}

/* Evidence is read of those meetings that the page has. */
static void test_own_cost(void) {
  unsigned few = own_cost(10), more = own_cost(80);
  g_test_message("%u, %u", few, more);
  g_assert_cmpuint(more, <, few * 5); /* what is sorted is found all the same */
}

/* One's own is seen, without what it was judged by; another's by who runs the meeting and by who
 * keeps the register. */
static void test_seen(void) {
  World world, *w = &world;
  world_init(w);
  hold(w);
  decide(w, OFFICE, w->bo, "{\"result\":\"leave\",\"remark\":\"书面\"}", NULL);
  g_assert_cmpuint(rows_of(w, BO, w->bo, false), ==, 1);
  g_assert_cmpuint(rows_of(w, BO, w->ada, false), ==, 0);
  g_assert_cmpuint(rows_of(w, ADA, w->bo, true), ==, 1);
  g_assert_cmpuint(rows_of(w, (Desk){second, ROLE_LIAISON | SIGNED_IN}, w->bo, true), ==, 1);
  g_autofree char *list = g_strdup_printf("meetings/%s/attendance", meeting);
  desk_refused(w, BO, HTTP_GET, list, NULL, "forbidden");
  json_t *page = desk_ask(w, ADA, HTTP_GET, list, NULL, 200);
  g_assert_cmpuint(json_array_size(json_object_get(page, "items")), ==, 4);
  json_t *last = json_array_get(json_object_get(page, "items"), 3); /* came uninvited */
  g_assert_true(json_is_null(json_object_get(last, "capacity")));
  g_assert_cmpstr(text_of(json_object_get(last, "person"), "name"), ==, "Second");
  json_decref(page);
  /* Who was disinvited before it began has none. */
  char early[17], invitation[17];
  fixture_person(w->f.db, "Early", NULL, "member", 0, early);
  FixtureInvited invited = {.person = early, .capacity = "attend"};
  fixture_invite(w->f.db, meeting, &invited, invitation);
  fixture_revoke(w->f.db, invitation, T0 - 90 * MINUTE);
  decide(w, OFFICE, early, "{\"result\":\"absent\"}", "not_found");
  world_clear(w);
}

/* ---- by sector ---- */

#define CLERK ((Desk){w->clerk, STAFF | SIGNED_IN})

/* Bo is in it from that day to another (or for good: ""). */
static void seat(World *w, const char *sector, const char *from, const char *to) {
  g_free(desk_made(w, CLERK, "posts",
                   g_strdup_printf("{\"person\":\"%s\",\"org\":\"%s\",\"role\":\"member\","
                                   "\"valid_from\":\"%s\"%s%s%s}",
                                   w->bo, sector, from, *to ? ",\"valid_to\":\"" : "", to,
                                   *to ? "\"" : "")));
}

/* A meeting that begins then, UTC, to which Bo is invited; its id into 17 bytes. */
static void meeting_at(World *w, const char *time, char *id) {
  FixtureInvited bo = {.person = w->bo, .capacity = "attend"};
  fixture_meeting(w->f.db, w->ada, &bo, 1, id);
  g_autofree char *plan =
      g_strdup_printf("update meeting set planned_start = unixepoch('%s') * 1000, planned_end ="
                      " unixepoch('%s') * 1000 + 3600000 where id = '%s'",
                      time, time, id);
  g_assert_true(db_exec(w->f.db, plan, NULL));
}

/* Of Bo at the meeting: his sector as attendance and the invitation have it. */
static void sector_is(World *w, const char *of, const char *name) {
  static const char *const lists[] = {"attendance", "invitations"};
  for (unsigned i = 0; i < G_N_ELEMENTS(lists); i++) {
    g_autofree char *path = g_strdup_printf("meetings/%s/%s", of, lists[i]);
    json_t *page = desk_ask(w, CLERK, HTTP_GET, path, NULL, 200), *row;
    unsigned seen = 0;
    size_t n;
    json_array_foreach(json_object_get(page, "items"), n, row) {
      const json_t *person = json_object_get(row, "person");
      bool his = strcmp(text_of(person, "id"), w->bo) == 0;
      g_assert_cmpstr(text_of(person, "sector"), ==, his ? name : "free text");
      seen += his;
    }
    g_assert_cmpuint(seen, ==, 1);
    json_decref(page);
  }
}

static json_int_t of_sector(World *w, const char *sector) {
  g_autofree char *path = g_strdup_printf("people/%s/attendance?sector=%s", w->bo, sector);
  json_t *page = desk_ask(w, CLERK, HTTP_GET, path, NULL, 200);
  json_int_t total = json_integer_value(json_object_get(page, "total"));
  json_decref(page);
  return total;
}

static char *sector(World *w, const char *code, const char *name) {
  return desk_made(w, CLERK, "orgs",
                   g_strdup_printf("{\"kind\":\"sector\",\"code\":\"%s\",\"name\":\"%s\","
                                   "\"valid_from\":\"2020-01-01\"}",
                                   code, name));
}

/* "label count, …" */
static void counted_as(World *w, const char *list, const char *wanted) {
  g_autofree char *path = g_strdup_printf("%s?count_by=sector", list);
  json_t *counts = desk_ask(w, CLERK, HTTP_GET, path, NULL, 200), *row;
  g_autoptr(GString) text = g_string_new("");
  size_t i;
  json_array_foreach(json_object_get(counts, "items"), i, row) {
    g_string_append_printf(text, "%s%s %d", i ? ", " : "", text_of(row, "label"),
                           (int)json_integer_value(json_object_get(row, "count")));
  }
  g_assert_cmpstr(text->str, ==, wanted);
  json_decref(counts);
}

/* What was in June counts in the sector of June, what was in July in that of July, by the days of
 * the office; each under its name of then, whatever his account says. */
static void test_sectors(void) {
  World world, *w = &world;
  char june[17], night[17], july[17], early[17];
  world_init(w);
  g_autofree char *arts = sector(w, "S1", "文艺"), *science = sector(w, "S2", "科技");
  g_autofree char *names = g_strdup_printf("orgs/%s/names", arts);
  json_decref(desk_ask(w, CLERK, HTTP_PATCH, names,
                       g_strdup("{\"name\":\"文化艺术\",\"since\":\"2023-01-01\"}"), 200));
  seat(w, arts, "2021-01-01", "2025-07-01");
  seat(w, science, "2025-07-01", "");
  g_assert_true(db_exec(w->f.db, "update person set sector = 'free text'", NULL));
  meeting_at(w, "2022-06-01 02:00", early);
  meeting_at(w, "2025-06-30 15:30", june);  /* half past eleven at night */
  meeting_at(w, "2025-06-30 16:30", night); /* half an hour into July */
  meeting_at(w, "2025-07-20 02:00", july);
  sector_is(w, early, "文艺");
  sector_is(w, june, "文化艺术");
  sector_is(w, night, "科技");
  sector_is(w, july, "科技");
  g_assert_cmpint(of_sector(w, arts), ==, 2);
  g_assert_cmpint(of_sector(w, science), ==, 3); /* and that of the world's own */
  g_autofree char *his = g_strdup_printf("people/%s/attendance", w->bo);
  counted_as(w, his, "科技 3, 文化艺术 2");
  g_autofree char *list = g_strdup_printf("meetings/%s/attendance", june);
  counted_as(w, list, "文化艺术 1, 未填写 1");
  world_clear(w);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/attendances/decide", test_decide);
  g_test_add_func("/attendances/many", test_many);
  g_test_add_func("/attendances/many-cost", test_many_cost);
  g_test_add_func("/attendances/window", test_window);
  g_test_add_func("/attendances/of-term", test_of_term);
  g_test_add_func("/attendances/own-cost", test_own_cost);
  g_test_add_func("/attendances/seen", test_seen);
  g_test_add_func("/attendances/sectors", test_sectors);
  return g_test_run();
}
