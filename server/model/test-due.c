/* What is due: limits that steps begin and end, by rules that the office keeps; pauses, extensions,
 * a calendar that changes; colours, warnings, and whom a step tells. */
#include <string.h>

#include "model/due.h"
#include "model/guard.h"
#include "model/notice.h"
#include "model/test-bed.h"
#include "store/statement.h"

#define DAY_MS (24 * 3600 * INT64_C(1000))
/* 23:59:59.999 of a day of 2025 in Shanghai, T0 being the beginning of 25 November there. */
#define END_OF(days) (T0 + ((days) + 1) * DAY_MS - 1)

/* ---- a subject ---- */

static const char tasks_sql[] =
    "--: row\nselect {t}, t.version from task t\n"
    "--: scope own\nt.created_by = @me\n"
    "--: people due\nselect t.created_by, @due as code, @until as until from task t where t.id = "
    "@id\n"
    "--: people maker\nselect t.created_by from task t where t.id = @id\n";

static const Field task_fields[] = {TEXT("title", 1, 20), DATE("until", .at = ""),
                                    TEXT("note", 1, 50, .at = ""), END};
static const State task_states[] = {
    {"asked", STATE_OPEN}, {"waiting", STATE_OPEN}, {"freed", 0}, {"done", STATE_FINAL}, {0}};
static const Step task_steps[] = {
    {"", "ask", "asked", .due = "+reply"},
    {"asked", "wait", "waiting", .due = "|reply"},
    {"waiting", "go_on", "asked", .due = ">reply"},
    {"asked", "free", "freed", .in = "note", .due = "~reply"},
    {"asked waiting", "finish", "done", .notice = "finished>maker"},
    {"asked", "look", "asked", .due = "+check"},
    {0},
};

static bool extend(Call *call) {
  return due_extend(call, "reply", call_text(call, ":until"), (Span){SPAN_DAYS, 30});
}

static bool recount(Call *call) {
  return due_recount(call);
}

static const List all = {NULL, NULL, "title due", "due state", 100};
static const Route task_routes[] = {
    {R_LIST, "tasks", "read", .list = &all},
    {R_ONE, "tasks/{task}", "read"},
    {R_EVENTS, "tasks/{task}/events", "read"},
    {R_CREATE, "tasks", "ask", .in = "title"},
    {R_DO, "tasks/{task}/extend", "extend", .in = "until", .effect = extend},
    {R_DO, "tasks/{task}/recount", "recount", .effect = recount},
    {R_STEPS, "tasks/{task}", NULL},
    {0},
};
static const Grant task_grants[] = {
    {MEMBER, "own", "read", NULL},
    {MEMBER, "all", "ask", NULL},
    {STAFF, "all", "read wait go_on free finish look extend recount", NULL},
    {0},
};
static const NoticeKind task_notices[] = {
    {"due", .params = "until code"}, {"overdue", .params = "until code"}, {"finished", 0}, {0}};
static const Subject task = {"task", "task",    task_fields, task_grants, task_routes,
                             NULL,   tasks_sql, task_states, task_steps,  .notices = task_notices};

static const char schema[] =
    "create table task (id text primary key, title text not null, state text not null,"
    " created_at integer not null, created_by text, version integer not null default 1) strict;"
    "insert into calendar_year (id, year, source, state, created_at)"
    " values ('calendar00002025', 2025, 'x', 'active', 0);"
    "insert into deadline_rule (id, code, unit, count, warn, is_pausable, source, created_at)"
    " values ('rule000000000001', 'reply', 'working_days', 5,"
    "  '[{\"unit\":\"working_days\",\"count\":2}]', 1, 'x', 0),"
    "  ('rulecheck0000001', 'check', 'working_days', 5,"
    "  '[{\"unit\":\"working_days\",\"count\":2}]', 1, 'x', 0);";

static void world_init(World *w) {
  static const Subject *const list[] = {&task, NULL};
  GError *error = NULL;
  world_make(w, list, schema);
  guards_install(w->f.db, w->model, &error);
  g_assert_no_error(error);
}

/* ---- asking ---- */

static json_t *act(World *w, const char *id, const char *verb, const char *body, int days,
                   int status) {
  g_autofree char *path = g_strdup_printf("tasks/%s/%s", id, verb);
  g_auto(Answer) answer =
      ask(w, (Ask){HTTP_POST, path, NULL, body, w->clerk, STAFF, .later_ms = days * DAY_MS});
  g_assert_cmpint(answer.status, ==, status);
  return json_incref(answer.body);
}

static void acted(World *w, const char *id, const char *verb, const char *body, int days) {
  json_decref(act(w, id, verb, body, days, 200));
}

static char *asked(World *w, const char *title) {
  g_autofree char *body = g_strdup_printf("{\"title\":\"%s\"}", title);
  g_auto(Answer) answer = ask(w, (Ask){HTTP_POST, "tasks", NULL, body, w->ada, MEMBER});
  g_assert_cmpint(answer.status, ==, 200);
  return g_strdup(text_of(answer.body, "id"));
}

/* What is shown of it; so many days later. */
static json_t *due_of(World *w, const char *id, int64_t later_ms) {
  g_autofree char *path = g_strdup_printf("tasks/%s", id);
  g_auto(Answer) answer =
      ask(w, (Ask){HTTP_GET, path, NULL, NULL, w->clerk, STAFF, .later_ms = later_ms});
  g_assert_cmpint(answer.status, ==, 200);
  return json_incref(json_object_get(answer.body, "due"));
}

static void assert_due(World *w, const char *id, int64_t at_ms) {
  json_t *due = due_of(w, id, 0);
  g_assert_cmpint(json_integer_value(json_object_get(due, "at")), ==, at_ms);
  json_decref(due);
}

/* ---- tests ---- */

/* Asked on Tuesday 25 November: five working days end on Tuesday 2 December. */
static void test_colours(void) {
  World world, *w = &world;
  world_init(w);
  g_autofree char *id = asked(w, "a");
  static const struct {
    int64_t later_ms;
    const char *colour;
  } cases[] = {
      {0, "none"},
      {4 * DAY_MS - 1, "none"},   /* half of the time is left */
      {4 * DAY_MS, "yellow"},     /* Saturday: two working days */
      {6 * DAY_MS - 1, "yellow"}, /* the last moment of Sunday */
      {6 * DAY_MS, "orange"},     /* Monday: one */
      {8 * DAY_MS - 1, "orange"}, /* the last moment of Tuesday */
      {8 * DAY_MS, "red"},
  };
  assert_due(w, id, END_OF(7));
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    json_t *due = due_of(w, id, cases[i].later_ms);
    g_assert_cmpstr(text_of(due, "code"), ==, "reply");
    g_assert_cmpstr(text_of(due, "colour"), ==, cases[i].colour);
    json_decref(due);
  }
  /* A final state ends it, whatever the step says. */
  acted(w, id, "finish", NULL, 1);
  json_t *none = due_of(w, id, 0);
  g_assert_true(json_is_null(none));
  json_decref(none);
  g_assert_cmpint(count(w->f.db, "select count(*) from due where ended = 'done' and base_seq = 1"),
                  ==, 1);
  /* The step told the maker, and not who did it. */
  g_assert_cmpint(count(w->f.db, "select count(*) from notice_entry e join notice n"
                                 " on n.id = e.notice where n.code = 'task.finished'"
                                 " and e.person = n.actor"),
                  ==, 0);
  g_assert_cmpint(count(w->f.db, "select count(*) from notice_entry"), ==, 1);
  world_clear(w);
}

/* Lists sort and filter by it. */
static void test_lists(void) {
  World world, *w = &world;
  world_init(w);
  g_free(asked(w, "b"));
  g_autofree char *second = asked(w, "a"), *third = asked(w, "c");
  acted(w, second, "extend", "{\"until\":\"2025-12-10\"}", 0);
  acted(w, third, "finish", NULL, 0);
  static const struct {
    const char *query, *titles;
  } cases[] = {{"sort=due", "bac"},
               {"sort=-due", "cab"},
               {"due=none", "a"},
               {"due=orange", "b"},
               {"due=red", ""}};
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_auto(Answer) page = ask(
        w, (Ask){HTTP_GET, "tasks", cases[i].query, NULL, w->clerk, STAFF, .later_ms = 6 * DAY_MS});
    g_autoptr(GString) titles = g_string_new(NULL);
    json_t *row;
    size_t n;
    json_array_foreach(json_object_get(page.body, "items"), n, row)
        g_string_append(titles, text_of(row, "title"));
    g_assert_cmpstr(titles->str, ==, cases[i].titles);
  }
  g_auto(Answer) wrong = ask(w, (Ask){HTTP_GET, "tasks", "due=blue", NULL, w->clerk, STAFF});
  g_assert_cmpint(wrong.status, ==, 422);
  world_clear(w);
}

/* Five working days less one that had passed, from the day on which it goes on. */
static void test_pause(void) {
  World world, *w = &world;
  world_init(w);
  g_autofree char *id = asked(w, "a");
  acted(w, id, "wait", NULL, 1);  /* Wednesday: four are left */
  acted(w, id, "go_on", NULL, 8); /* Wednesday of the next week */
  assert_due(w, id, END_OF(14));  /* Tuesday 9 December */
  g_assert_cmpint(count(w->f.db, "select paused_ms from due"), ==, 7 * DAY_MS);
  g_assert_cmpint(count(w->f.db, "select count(*) from case_event where verb = 'go_on'"
                                 " and data ->> '$.\"due.reply\"[0]' = 1764691199999"),
                  ==, 1);
  acted(w, id, "free", "{\"note\":\"why\"}", 9);
  g_assert_cmpint(count(w->f.db, "select count(*) from due where ended = 'waived'"
                                 " and reason = 'why' and waived_by is not null"
                                 " and next_at is null"),
                  ==, 1);
  world_clear(w);
}

static void refused(World *w, const char *id, const char *body, const char *code) {
  json_t *problem = act(w, id, "extend", body, 0, 409);
  g_assert_cmpstr(text_of(problem, "code"), ==, code);
  json_decref(problem);
}

static void test_extend(void) {
  World world, *w = &world;
  world_init(w);
  g_autofree char *id = asked(w, "a");
  refused(w, id, "{\"until\":\"2025-12-02\"}", "due_not_later");
  refused(w, id, "{\"until\":\"2025-12-27\"}", "due_too_far");
  refused(w, id, "{\"until\":\"2030-01-01\"}", "due_not_loaded");
  acted(w, id, "extend", "{\"until\":\"2025-12-06\"}", 0); /* a Saturday */
  assert_due(w, id, END_OF(13));
  acted(w, id, "finish", NULL, 0);
  refused(w, id, "{\"until\":\"2025-12-12\"}", "due_none");
  world_clear(w);
}

/* Another calendar moves what runs, and says so; a new rule does not. */
static void test_changes(void) {
  World world, *w = &world;
  world_init(w);
  g_autofree char *id = asked(w, "a");
  acted(w, id, "wait", NULL, 1);
  acted(w, id, "go_on", NULL, 2); /* Thursday, four are left: Wednesday */
  assert_due(w, id, END_OF(8));
  g_assert_true(
      db_exec(w->f.db,
              "update calendar_year set state = 'loaded' where year = 2025;"
              "insert into calendar_day values ('calendar00002025', '2025-12-01', 'off',"
              " 'x'); update calendar_year set state = 'active' where year = 2025;"
              "insert into deadline_rule (id, code, unit, count, warn, is_pausable,"
              " source, starts_on, created_at)"
              " values ('rule000000000002', 'reply', 'days', 1, '[]', 0, 'x', '2000-01-01', 1),"
              " ('rule000000000003', 'reply', 'days', 9, '[]', 0, 'x', '2190-01-01', 2)",
              NULL));
  acted(w, id, "recount", NULL, 3);
  assert_due(w, id, END_OF(9));
  g_assert_cmpint(count(w->f.db, "select count(*) from case_event where verb = 'due_moved'"
                                 " and actor is null"),
                  ==, 0); /* whoever activated the calendar moved it */
  g_assert_cmpint(count(w->f.db, "select count(*) from case_event where verb = 'due_moved'"), ==,
                  1);
  acted(w, id, "recount", NULL, 3); /* nothing moved */
  g_assert_cmpint(count(w->f.db, "select count(*) from case_event where verb = 'due_moved'"), ==,
                  1);
  g_autofree char *next = asked(w, "b");
  assert_due(w, next, END_OF(1));
  /* A rule that knows no pause: it runs on. */
  acted(w, next, "wait", NULL, 0);
  g_assert_cmpint(count(w->f.db, "select count(*) from due_move"), ==, 2);
  world_clear(w);
}

static int count_reads(unsigned kind, void *data, void *statement, void *sql) {
  unsigned *reads = data;
  *reads += strstr(sqlite3_sql(statement), "from calendar_day") != NULL;
  return 0;
}

/* The calendar is read once for all limits. */
static void test_recount(void) {
  World world, *w = &world;
  unsigned reads = 0;
  world_init(w);
  g_autofree char *id = asked(w, "a");
  g_free(asked(w, "b"));
  g_free(asked(w, "c"));
  sqlite3_trace_v2(w->f.db, SQLITE_TRACE_STMT, count_reads, &reads);
  acted(w, id, "recount", NULL, 1);
  sqlite3_trace_v2(w->f.db, 0, NULL, NULL);
  g_assert_cmpuint(reads, ==, 1);
  world_clear(w);
}

/* Without a calendar it runs and has no day; when there is one, it gets it. */
static void test_unknown(void) {
  World world, *w = &world;
  world_init(w);
  g_assert_true(db_exec(w->f.db, "update calendar_year set state = 'loaded'", NULL));
  g_autofree char *id = asked(w, "a");
  json_t *due = due_of(w, id, 0);
  g_assert_true(json_is_null(json_object_get(due, "at")));
  g_assert_cmpstr(text_of(due, "colour"), ==, "none");
  json_decref(due);
  g_assert_true(db_exec(w->f.db, "update calendar_year set state = 'active'", NULL));
  acted(w, id, "recount", NULL, 1);
  assert_due(w, id, END_OF(7));
  world_clear(w);
}

/* A limit in hours has its end without a calendar, and its warnings in hours; the colours of days
 * are not guessed. */
static void test_hours(void) {
  World world, *w = &world;
  world_init(w);
  g_assert_true(db_exec(w->f.db,
                        "update calendar_year set state = 'loaded';"
                        "insert into deadline_rule (id, code, unit, count, warn, is_pausable,"
                        " source, created_at) values ('rule000000000002', 'reply', 'hours', 96,"
                        " '[{\"unit\":\"hours\",\"count\":24}]', 1, 'x', 1)",
                        NULL));
  g_autofree char *id = asked(w, "a");
  assert_due(w, id, T0 + 4 * DAY_MS);
  g_assert_cmpint(count(w->f.db, "select next_at from due"), ==, T0 + 3 * DAY_MS);
  json_t *due = due_of(w, id, 4 * DAY_MS);
  g_assert_cmpstr(text_of(due, "colour"), ==, "none");
  json_decref(due);
  due = due_of(w, id, 4 * DAY_MS + 1);
  g_assert_cmpstr(text_of(due, "colour"), ==, "red");
  json_decref(due);
  acted(w, id, "wait", NULL, 1);
  acted(w, id, "go_on", NULL, 3);
  assert_due(w, id, T0 + 6 * DAY_MS);
  world_clear(w);
}

/* What paused it and let it run on while it had no day counts when it gets one. */
static void test_unknown_pause(void) {
  World world, *w = &world;
  world_init(w);
  g_assert_true(db_exec(w->f.db, "update calendar_year set state = 'loaded'", NULL));
  g_autofree char *id = asked(w, "a");
  acted(w, id, "wait", NULL, 1); /* Wednesday: four are left */
  json_t *due = due_of(w, id, DAY_MS);
  g_assert_cmpint(json_integer_value(json_object_get(due, "paused_at")), ==, T0 + DAY_MS);
  json_decref(due);
  acted(w, id, "go_on", NULL, 8); /* Wednesday of the next week */
  g_assert_cmpint(count(w->f.db, "select paused_ms from due where paused_at is null"), ==,
                  7 * DAY_MS);
  g_assert_true(db_exec(w->f.db, "update calendar_year set state = 'active'", NULL));
  acted(w, id, "recount", NULL, 9);
  assert_due(w, id, END_OF(14));
  g_assert_true(db_exec(w->f.db, "update calendar_year set state = 'loaded'", NULL));
  acted(w, id, "recount", NULL, 9);
  acted(w, id, "wait", NULL, 9); /* three are left */
  g_assert_true(db_exec(w->f.db, "update calendar_year set state = 'active'", NULL));
  acted(w, id, "recount", NULL, 10);
  acted(w, id, "go_on", NULL, 10); /* Friday 5 December */
  assert_due(w, id, END_OF(15));
  world_clear(w);
}

static void clock_at(World *w, int64_t later_ms) {
  g_autoptr(GError) error = NULL;
  due_warn(w->f.db, w->model, "Asia/Shanghai", T0 + later_ms, &error);
  g_assert_no_error(error);
}

static int64_t told(World *w, const char *code) {
  g_autofree char *sql = g_strdup_printf(
      "select coalesce(sum(times), 0) from notice where code = 'task.%s' and params = "
      "'{\"code\":\"reply\",\"until\":\"2025-12-02\"}'",
      code);
  return count(w->f.db, sql);
}

/* Two working days before, and once when it is over. */
static void test_warn(void) {
  World world, *w = &world;
  world_init(w);
  g_autofree char *id = asked(w, "a");
  g_free(asked(w, "b"));
  g_assert_true(db_exec(w->f.db,
                        "update due set next_at = null where record not in"
                        " (select id from task where title = 'a')",
                        NULL));
  clock_at(w, 3 * DAY_MS - 1);
  g_assert_cmpint(told(w, "due"), ==, 0);
  clock_at(w, 3 * DAY_MS); /* Friday 28 November */
  clock_at(w, 4 * DAY_MS);
  g_assert_cmpint(told(w, "due"), ==, 1);
  clock_at(w, 8 * DAY_MS - 1);
  g_assert_cmpint(told(w, "overdue"), ==, 0);
  clock_at(w, 8 * DAY_MS);
  clock_at(w, 9 * DAY_MS);
  g_assert_cmpint(told(w, "overdue"), ==, 1);
  g_assert_cmpint(told(w, "due"), ==, 1);
  acted(w, id, "recount", NULL, 10);
  clock_at(w, 11 * DAY_MS);
  g_assert_cmpint(told(w, "overdue"), ==, 1);
  g_assert_false(db_exec(w->f.db, "delete from due", NULL));
  g_assert_false(db_exec(w->f.db, "update due set start_at = 1", NULL));
  world_clear(w);
}

static int64_t told_of(World *w, const char *what) {
  g_autofree char *sql = g_strdup_printf("select coalesce(sum(times), 0) from notice where"
                                         " code = 'task.due' and params ->> '$.code' = '%s'",
                                         what);
  return count(w->f.db, sql);
}

/* Two limits of one record that end together are two things to be told of. */
static void test_two(void) {
  World world, *w = &world;
  world_init(w);
  g_autofree char *id = asked(w, "a");
  acted(w, id, "look", NULL, 0);
  clock_at(w, 3 * DAY_MS);
  g_assert_cmpint(told_of(w, "reply"), ==, 1);
  g_assert_cmpint(told_of(w, "check"), ==, 1);
  world_clear(w);
}

/* What should have been told before the day was known, or before it was reckoned again, is told
 * once. */
static void test_late(void) {
  World world, *w = &world;
  world_init(w);
  g_assert_true(db_exec(w->f.db, "update calendar_year set state = 'loaded'", NULL));
  g_autofree char *id = asked(w, "a");
  g_assert_true(db_exec(w->f.db, "update calendar_year set state = 'active'", NULL));
  acted(w, id, "recount", NULL, 4); /* the warning was to be on the day before */
  clock_at(w, 4 * DAY_MS);
  g_assert_cmpint(told(w, "due"), ==, 1);
  acted(w, id, "recount", NULL, 5);
  clock_at(w, 5 * DAY_MS);
  g_assert_cmpint(told(w, "due"), ==, 1);
  clock_at(w, 8 * DAY_MS);
  g_assert_cmpint(told(w, "overdue"), ==, 1);
  world_clear(w);

  world_init(w);
  g_autofree char *pending = asked(w, "b");
  acted(w, pending, "recount", NULL, 4);
  clock_at(w, 4 * DAY_MS);
  g_assert_cmpint(told(w, "due"), ==, 1);
  acted(w, pending, "wait", NULL, 4);
  acted(w, pending, "go_on", NULL, 4); /* the same day stays */
  clock_at(w, 5 * DAY_MS);
  g_assert_cmpint(told(w, "due"), ==, 1);
  clock_at(w, 8 * DAY_MS);
  g_assert_cmpint(told(w, "overdue"), ==, 1);
  world_clear(w);
}

/* What does not resolve stops the program, by name. */
static void wrong(const Step *steps, const NoticeKind *notices, const char *sql, const char *said) {
  Subject other = task;
  const Subject *list[] = {&other, NULL};
  g_autofree char *why = NULL;
  other.steps = steps;
  other.notices = notices;
  other.sql = sql ? sql : tasks_sql;
  g_assert_null(model_new(list, &why));
  g_assert_cmpstr(why, ==, said);
}

static void test_check(void) {
  Step steps[G_N_ELEMENTS(task_steps)];
  memcpy(steps, task_steps, sizeof steps);
  steps[1].due = "|review";
  wrong(steps, task_notices, NULL, "subject task: no step begins the limit: review");
  steps[1].due = "reply";
  wrong(steps, task_notices, NULL,
        "subject task: what a step does to a limit is one of + - | > ~ and its code: reply");
  wrong(task_steps, NULL, NULL, "subject task: something is due, and there is no notice: due");
  steps[1].due = "|reply";
  steps[4].notice = NULL;
  steps[4].undo_s = 60; /* it ends the limits, as it is final */
  wrong(steps, task_notices, NULL, "subject task: it cannot be taken back: finish");
  steps[4] = task_steps[4];
  steps[1].notice = "finished>nobody";
  wrong(steps, task_notices, NULL,
        "subject task: no such notice, or no such people: finished>nobody");
  wrong(
      task_steps, task_notices,
      "--: row\nselect {t}, t.version from task t\n--: scope own\n1\n--: people maker\nselect 1\n",
      "subject task: something is due, and no people are told: due");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/due/colours", test_colours);
  g_test_add_func("/due/lists", test_lists);
  g_test_add_func("/due/pause", test_pause);
  g_test_add_func("/due/extend", test_extend);
  g_test_add_func("/due/changes", test_changes);
  g_test_add_func("/due/recount", test_recount);
  g_test_add_func("/due/unknown", test_unknown);
  g_test_add_func("/due/unknown_pause", test_unknown_pause);
  g_test_add_func("/due/hours", test_hours);
  g_test_add_func("/due/warn", test_warn);
  g_test_add_func("/due/two", test_two);
  g_test_add_func("/due/late", test_late);
  g_test_add_func("/due/check", test_check);
  return g_test_run();
}
