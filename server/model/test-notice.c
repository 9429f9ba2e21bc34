/* Whom a notice reaches, what of it is the same again, and when it leaves the house. */
#include <string.h>

#include "model/notice-time.h"
#include "model/notice.h"
#include "model/test-bed.h"
#include "store/statement.h"

static const char wishes_sql[] =
    "--: row\n"
    "select {w}, w.version from wish w\n"
    "--: people everybody\n"
    "select id, :title as title, 7 as number from person union all select null, '', 0\n";

static bool made(Call *call) {
  return notice_post(call, "made", "everybody") &&
         (strcmp(call_text(call, ":title"), "no") != 0 || call_refuse(call, "forbidden"));
}

static const Field fields[] = {TEXT("title", 1, 20), END};
static const Grant grants[] = {{MEMBER | STAFF, "all", "read create", NULL}, {0}};
static const Route routes[] = {{R_ONE, "wishes/{wish}", "read"},
                               {R_CREATE, "wishes", "create", .in = "title", .effect = made},
                               {0}};
static const NoticeKind notices[] = {{"made"}, {"lost", URGENT}, {0}};
static const Subject wish = {
    "wish", "wish", fields, grants, routes, .sql = wishes_sql, .notices = notices};

static void world_init(World *w) {
  static const Subject *const subjects[] = {&wish, NULL};
  world_make(w, subjects,
             "create table wish (id text primary key, title text not null,"
             " created_at integer not null, version integer not null default 1) strict");
}

static int make(World *w, const char *title) {
  g_autofree char *body = g_strdup_printf("{\"title\":\"%s\"}", title);
  g_auto(Answer) answer =
      ask(w, (Ask){HTTP_POST, "wishes", .body = body, .person = w->ada, .roles = MEMBER});
  return answer.status;
}

static void test_people(void) {
  World w;
  world_init(&w);
  g_assert_true(db_exec(w.f.db, "update person set active = 0 where name = 'Clerk'", NULL));
  g_assert_cmpint(make(&w, "no"), ==, 403); /* what is undone was never told */
  g_assert_cmpint(count(w.f.db, "select count(*) from notice"), ==, 0);
  g_assert_cmpint(make(&w, "sun"), ==, 200);
  /* Neither Ada, who did it, nor the clerk, who is out. */
  g_assert_cmpint(count(w.f.db, "select count(*) from notice_entry e join person p"
                                " on p.id = e.person where p.name = 'Bo' and e.read_at is null"),
                  ==, 1);
  g_assert_cmpint(count(w.f.db, "select count(*) from notice_entry"), ==, 1);
  g_assert_cmpint(count(w.f.db, "select count(*) from notice where code = 'wish.made' and"
                                " severity = 'normal' and params = '{\"title\":\"sun\","
                                "\"number\":7}'"),
                  ==, 1);
  g_assert_cmpint(count(w.f.db, "select count(*) from delivery"), ==, 0);
  world_clear(&w);
}

/* Posts to Bo, about a record of this name. */
static void put(World *w, const char *code, const char *record, bool urgent, int64_t now_ms) {
  const char *people[] = {w->bo, w->bo};
  NoticeNew notice = {"wish", code, record, urgent, w->ada, NULL};
  GError *error = NULL;
  notice_put(w->f.db, &notice, people, 2, now_ms, "Asia/Shanghai", &error);
  g_assert_no_error(error);
}

#define ONE "one-one-one-one1"
#define TWO "two-two-two-two2"

#define MINUTES(n) ((int64_t)((n)*60000))

static void test_merge(void) {
  World w;
  world_init(&w);
  put(&w, "made", ONE, false, T0);
  g_assert_true(db_exec(w.f.db, "update notice_entry set read_at = 1, escalate_at = null", NULL));
  put(&w, "made", ONE, false, T0 + MINUTES(30) - 1);
  g_assert_cmpint(count(w.f.db, "select count(*) from notice where times = 2"), ==, 1);
  g_assert_cmpint(count(w.f.db, "select count(*) from notice_entry where read_at is null"), ==, 1);
  put(&w, "lost", ONE, false, T0);
  put(&w, "made", TWO, false, T0);
  put(&w, "made", ONE, false, T0 + MINUTES(30));
  g_assert_cmpint(count(w.f.db, "select count(*) from notice"), ==, 4);
  /* What is urgent is told each time: it may be the second that he did not expect. */
  put(&w, "lost", TWO, true, T0);
  put(&w, "lost", TWO, true, T0 + 1);
  g_assert_cmpint(count(w.f.db, "select count(*) from notice where record = '" TWO "'"
                                " and code = 'wish.lost'"),
                  ==, 2);
  world_clear(&w);
}

/* T0 is 2025-11-25 00:00 in Shanghai. */
#define HOURS(n) ((int64_t)((n)*3600000))

static void test_ways(void) {
  World w;
  world_init(&w);
  g_assert_true(
      db_exec(w.f.db, "update inbox set email = 'bo@example.org', phone = '+8613'", NULL));
  put(&w, "made", ONE, true, T0);
  g_assert_cmpint(count(w.f.db, "select count(*) from delivery"), ==, 0); /* nothing is there */
  g_assert_true(notice_channels_set(w.f.db, "email sms push", NULL));
  put(&w, "made", TWO, false, T0);
  g_assert_cmpint(count(w.f.db, "select count(*) from delivery where channel = 'email'"), ==, 1);
  g_assert_cmpint(count(w.f.db, "select count(*) from delivery"), ==, 1);
  g_assert_cmpint(count(w.f.db, "select next_at from delivery"), ==, T0 + HOURS(8.5));
  put(&w, "lost", TWO, true, T0 + 5);
  g_assert_cmpint(count(w.f.db, "select count(*) from delivery where channel = 'sms'"), ==, 1);
  g_assert_cmpint(count(w.f.db, "select max(next_at) - min(next_at) from delivery"), ==,
                  HOURS(8.5) - 5);
  g_assert_true(db_exec(w.f.db, "update inbox set by_email = 0, phone = null", NULL));
  put(&w, "lost", ONE, true, T0);
  g_assert_cmpint(count(w.f.db, "select count(*) from delivery"), ==, 3);
  world_clear(&w);
}

static void test_hours(void) {
  World w;
  world_init(&w);
  NoticeTimes times;
  g_assert_true(notice_times_load(w.f.db, "Asia/Shanghai", &times, NULL));
  g_assert_cmpint(notice_digest_ms(&times, T0), ==, T0 + HOURS(8.5));
  g_assert_cmpint(notice_digest_ms(&times, T0 + HOURS(8.5)), ==, T0 + HOURS(16));
  g_assert_cmpint(notice_digest_ms(&times, T0 + HOURS(16) - 1), ==, T0 + HOURS(16));
  g_assert_cmpint(notice_digest_ms(&times, T0 + HOURS(16)), ==, T0 + HOURS(32.5));
  g_assert_cmpint(notice_after_quiet_ms(&times, T0), ==, T0 + HOURS(7.5));
  g_assert_cmpint(notice_after_quiet_ms(&times, T0 + HOURS(7.5)), ==, T0 + HOURS(7.5));
  g_assert_cmpint(notice_after_quiet_ms(&times, T0 + HOURS(21.5) - 1), ==, T0 + HOURS(21.5) - 1);
  g_assert_cmpint(notice_after_quiet_ms(&times, T0 + HOURS(21.5)), ==, T0 + HOURS(31.5));
  times.zone = "UTC";
  g_assert_cmpint(notice_after_quiet_ms(&times, T0), ==, T0);
  g_assert_cmpint(notice_retry_ms(1, T0), ==, T0 + 60000);
  g_assert_cmpint(notice_retry_ms(7, T0), ==, T0 + HOURS(24));
  g_assert_cmpint(notice_retry_ms(8, T0), ==, 0);
  world_clear(&w);
}

static void set(World *w, const char *key, const char *value) {
  g_autofree char *sql = g_strdup_printf("insert into setting_value (id, key, value, created_at)"
                                         " values (lower(hex(randomblob(8))), '%s', '%s', 1)",
                                         key, value);
  g_assert_true(db_exec(w->f.db, sql, NULL));
}

/* What the office sets counts from the next notice on; the order of the gatherings is that of the
 * day, a night may lie within one day, and there may be none. */
static void test_set(void) {
  World w;
  world_init(&w);
  NoticeTimes times;
  set(&w, "notice_digest_morning", "18:00");
  set(&w, "notice_digest_afternoon", "06:15");
  set(&w, "notice_quiet_from", "01:00");
  set(&w, "notice_quiet_to", "05:00");
  set(&w, "notice_merge_min", "5");
  set(&w, "notice_escalate_hours", "2");
  g_assert_true(notice_times_load(w.f.db, "Asia/Shanghai", &times, NULL));
  g_assert_cmpint(notice_digest_ms(&times, T0), ==, T0 + HOURS(6.25));
  g_assert_cmpint(notice_digest_ms(&times, T0 + HOURS(6.25)), ==, T0 + HOURS(18));
  g_assert_cmpint(notice_digest_ms(&times, T0 + HOURS(18)), ==, T0 + HOURS(30.25));
  g_assert_cmpint(notice_after_quiet_ms(&times, T0), ==, T0);
  g_assert_cmpint(notice_after_quiet_ms(&times, T0 + HOURS(1)), ==, T0 + HOURS(5));
  g_assert_cmpint(notice_after_quiet_ms(&times, T0 + HOURS(5)), ==, T0 + HOURS(5));
  times.quiet_to_min = times.quiet_from_min;
  g_assert_cmpint(notice_after_quiet_ms(&times, T0 + HOURS(1)), ==, T0 + HOURS(1));
  put(&w, "made", ONE, false, T0);
  g_assert_cmpint(count(w.f.db, "select escalate_at from notice_entry"), ==, T0 + HOURS(2));
  put(&w, "made", ONE, false, T0 + MINUTES(5));
  g_assert_cmpint(count(w.f.db, "select count(*) from notice"), ==, 2);
  world_clear(&w);
}

/* ---- a step of which nobody is told ---- */

static const char tasks_sql[] = "--: row\n"
                                "select {t}, t.version from task t\n"
                                "--: people maker\n"
                                "select t.created_by from task t where t.id = @id\n";

static bool opened(Call *call) {
  return notice_post(call, "opened", "maker");
}

static bool shut(Call *call) {
  return notice_post(call, "shut", "maker");
}

static const Field task_fields[] = {TEXT("title", 1, 20), END};
static const Grant task_grants[] = {
    {MEMBER, "all", "read make", NULL}, {STAFF, "all", "read finish drop open_again", NULL}, {0}};
static const State task_states[] = {{"made", STATE_OPEN}, {"done", 0}, {0}};
static const Step task_steps[] = {
    {"", "make", "made"},
    {"made", "finish", "done", .notice = "finished>maker", .flags = MAY_TELL_NOBODY | BULK},
    {"made", "drop", "done", .notice = "finished>maker"},
    {"done", "open_again", "made", .effect = opened, .undo = shut, .undo_s = 60,
     .flags = MAY_TELL_NOBODY},
    {0},
};
static const Route task_routes[] = {{R_ONE, "tasks/{task}", "read"},
                                    {R_EVENTS, "tasks/{task}/events", "read"},
                                    {R_CREATE, "tasks", "make", .in = "title"},
                                    {R_STEPS, "tasks/{task}", NULL},
                                    {0}};
static const NoticeKind task_notices[] = {{"finished"}, {"opened", URGENT}, {"shut", URGENT}, {0}};
static const Subject task = {"task", "task",    task_fields, task_grants, task_routes,
                             NULL,   tasks_sql, task_states, task_steps,  .notices = task_notices};

static void tasks_init(World *w) {
  static const Subject *const subjects[] = {&task, NULL};
  world_make(w, subjects,
             "create table task (id text primary key, title text not null, state text not null,"
             " created_at integer not null, created_by text not null, version integer not null"
             " default 1) strict");
}

static char *task_of(World *w) {
  g_auto(Answer) made = ask(
      w, (Ask){HTTP_POST, "tasks", .body = "{\"title\":\"a\"}", .person = w->ada, .roles = MEMBER});
  g_assert_cmpint(made.status, ==, 200);
  return g_strdup(text_of(made.body, "id"));
}

static void take_step(World *w, const char *id, const char *verb, const char *body, int status) {
  g_autofree char *path = g_strdup_printf("tasks/%s/%s", id, verb);
  g_auto(Answer) answer =
      ask(w, (Ask){HTTP_POST, path, .body = body, .person = w->clerk, .roles = STAFF});
  g_assert_cmpint(answer.status, ==, status);
}

static int64_t told(World *w) {
  return count(w->f.db, "select count(*) from notice");
}

#define NOBODY_TOLD "{\"tell_nobody\":true}"

/* Where the step has it, and he says so: the history and the audit record say that nobody was. */
static void test_nobody(void) {
  World w;
  tasks_init(&w);
  g_autofree char *a = task_of(&w), *b = task_of(&w), *c = task_of(&w);
  take_step(&w, a, "drop", NOBODY_TOLD, 422);
  take_step(&w, a, "finish", "{\"tell_nobody\":\"x\"}", 422);
  take_step(&w, a, "finish", "{\"tell_nobody\":true,\"title\":\"b\"}", 422);
  take_step(&w, a, "finish", NOBODY_TOLD, 200);
  g_assert_cmpint(told(&w), ==, 0);
  g_assert_cmpint(count(w.f.db, "select count(*) from case_event where verb = 'finish' and"
                                " data = '{\"told_nobody\":true}'"),
                  ==, 1);
  g_assert_cmpint(count(w.f.db, "select count(*) from audit_record where kind = 'task.finish' and"
                                " detail ->> '$.told_nobody' = 1"),
                  ==, 1);
  g_autofree char *ids = g_strdup_printf("{\"ids\":[\"%s\"],\"tell_nobody\":true}", b);
  take_step(&w, "-", "finish", ids, 200);
  g_assert_cmpint(told(&w), ==, 0);
  take_step(&w, c, "finish", "{\"tell_nobody\":false}", 200);
  g_assert_cmpint(told(&w), ==, 1);
  g_assert_cmpint(count(w.f.db, "select count(*) from case_event where verb = 'finish' and"
                                " data is null"),
                  ==, 1);
  world_clear(&w);
}

/* Who was not told of it is not told that it was taken back, and who was is. */
static void test_nobody_undone(void) {
  World w;
  tasks_init(&w);
  g_autofree char *a = task_of(&w);
  take_step(&w, a, "finish", NOBODY_TOLD, 200);
  take_step(&w, a, "open_again", NOBODY_TOLD, 200);
  take_step(&w, a, "undo", NULL, 200);
  g_assert_cmpint(told(&w), ==, 0);
  take_step(&w, a, "undo", NOBODY_TOLD, 409);
  take_step(&w, a, "open_again", NULL, 200);
  take_step(&w, a, "undo", NULL, 200);
  g_assert_cmpint(told(&w), ==, 2);
  world_clear(&w);
}

static void wrong(const Step *steps, const Field *with, const Route *paths, const char *said) {
  Subject other = task;
  const Subject *list[] = {&other, NULL};
  g_autofree char *why = NULL;
  other.steps = steps;
  other.fields = with;
  other.routes = paths;
  g_assert_null(model_new(list, &why));
  g_assert_cmpstr(why, ==, said);
}

static void test_nobody_check(void) {
  static const Field named[] = {TEXT("title", 1, 20), BOOL("tell_nobody"), END};
  static const Route quiet[] = {
      {R_CREATE, "tasks", "make", .in = "title", .flags = MAY_TELL_NOBODY}, {0}};
  Step steps[G_N_ELEMENTS(task_steps)];
  wrong(task_steps, named, task_routes, "subject task: the kernel's own name: tell_nobody");
  wrong(task_steps, task_fields, quiet,
        "subject task: only steps are taken without telling anybody: tasks");
  memcpy(steps, task_steps, sizeof steps);
  steps[0].flags = MAY_TELL_NOBODY;
  wrong(steps, task_fields, task_routes, "subject task: nobody is told of it: make");
  memcpy(steps, task_steps, sizeof steps);
  steps[1].notice = NULL;
  wrong(steps, task_fields, task_routes, "subject task: nobody is told of it: finish");
  memcpy(steps, task_steps, sizeof steps);
  steps[2] = (Step){"done", "finish", "done", .notice = "finished>maker", .flags = BULK};
  wrong(steps, task_fields, task_routes,
        "subject task: for many, the steps of one verb take different things: finish");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/notice/people", test_people);
  g_test_add_func("/notice/merge", test_merge);
  g_test_add_func("/notice/ways", test_ways);
  g_test_add_func("/notice/nobody", test_nobody);
  g_test_add_func("/notice/nobody-undone", test_nobody_undone);
  g_test_add_func("/notice/nobody-check", test_nobody_check);
  g_test_add_func("/notice/hours", test_hours);
  g_test_add_func("/notice/set", test_set);
  return g_test_run();
}
