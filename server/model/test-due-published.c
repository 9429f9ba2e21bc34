/* Limits of a record whose inside is not shown: what is due tells how far the work on it is, so
 * that those alone see it who do that work. */
#include <string.h>

#include "model/due.h"
#include "model/guard.h"
#include "model/test-bed.h"
#include "store/statement.h"

static const char wishes_sql[] =
    "--: row\nselect {w}, w.version from wish w\n"
    "--: scope own\nw.created_by = @me\n"
    "--: people due\nselect w.created_by, @due as code, @until as until from wish w where w.id = "
    "@id\n";

static const Field wish_fields[] = {TEXT("title", 1, 20), END};
static const State wish_states[] = {
    {"asked", STATE_OPEN, "asked"}, {"drafted", STATE_OPEN}, {"done", STATE_FINAL, "done"}, {0}};
static const Step wish_steps[] = {
    {"", "ask", "asked", .due = "+reply"},
    {"asked", "draft", "drafted", .due = "-reply +check"},
    {"drafted", "finish", "done"},
    {0},
};

static bool recount(Call *call) {
  return due_recount(call);
}

static const List all = {NULL, NULL, "title due", "due", 100};
static const Route wish_routes[] = {
    {R_LIST, "wishes", "read", .list = &all},
    {R_ONE, "wishes/{wish}", "read"},
    {R_EVENTS, "wishes/{wish}/events", "read"},
    {R_CREATE, "wishes", "ask", .in = "title"},
    {R_DO, "wishes/{wish}/recount", "recount", .effect = recount},
    {R_STEPS, "wishes/{wish}", NULL},
    {0},
};
static const Grant wish_grants[] = {
    {MEMBER, "own", "read", NULL},
    {MEMBER, "all", "ask", NULL},
    {STAFF, "all", "read work draft finish recount", NULL},
    {0},
};
static const NoticeKind wish_notices[] = {
    {"due", .params = "until code"}, {"overdue", .params = "until code"}, {0}};
static const Subject wish = {"wish", "wish",     wish_fields, wish_grants, wish_routes,
                             NULL,   wishes_sql, wish_states, wish_steps,  .notices = wish_notices};

static const char schema[] =
    "create table wish (id text primary key, title text not null, state text not null,"
    " published_state text not null, created_at integer not null, created_by text,"
    " version integer not null default 1) strict;"
    "insert into calendar_year (id, year, source, state, created_at)"
    " values ('calendar00002025', 2025, 'x', 'active', 0);"
    "insert into deadline_rule (id, code, unit, count, warn, is_pausable, source, created_at)"
    " values ('rule000000000001', 'reply', 'working_days', 5, '[]', 1, 'x', 0),"
    "  ('rule000000000002', 'check', 'working_days', 3, '[]', 1, 'x', 0);";

static void world_init(World *w) {
  static const Subject *const list[] = {&wish, NULL};
  GError *error = NULL;
  world_make(w, list, schema);
  guards_install(w->f.db, w->model, &error);
  g_assert_no_error(error);
}

static char *asked(World *w, const char *title) {
  g_autofree char *body = g_strdup_printf("{\"title\":\"%s\"}", title);
  g_auto(Answer) answer = ask(w, (Ask){HTTP_POST, "wishes", NULL, body, w->ada, MEMBER});
  g_assert_cmpint(answer.status, ==, 200);
  return g_strdup(text_of(answer.body, "id"));
}

static void acted(World *w, const char *id, const char *verb) {
  g_autofree char *path = g_strdup_printf("wishes/%s/%s", id, verb);
  g_auto(Answer) answer = ask(w, (Ask){HTTP_POST, path, NULL, NULL, w->clerk, STAFF});
  g_assert_cmpint(answer.status, ==, 200);
}

static json_t *got(World *w, const char *path, const char *query, bool works) {
  g_auto(Answer) answer = ask(w, works ? (Ask){HTTP_GET, path, query, NULL, w->clerk, STAFF}
                                       : (Ask){HTTP_GET, path, query, NULL, w->ada, MEMBER});
  g_assert_cmpint(answer.status, ==, 200);
  return json_incref(answer.body);
}

static void test_row(void) {
  World world, *w = &world;
  world_init(w);
  g_autofree char *id = asked(w, "a"), *path = g_strconcat("wishes/", id, NULL);
  json_t *inside = got(w, path, NULL, true), *outside = got(w, path, NULL, false);
  g_assert_cmpstr(text_of(json_object_get(inside, "due"), "code"), ==, "reply");
  g_assert_null(json_object_get(outside, "due"));
  json_decref(inside);
  json_decref(outside);
  world_clear(w);
}

static char *titles(World *w, const char *query, bool works) {
  json_t *page = got(w, "wishes", query, works), *row;
  GString *text = g_string_new(NULL);
  size_t n;
  json_array_foreach(json_object_get(page, "items"), n, row)
      g_string_append(text, text_of(row, "title"));
  g_assert_cmpint(json_integer_value(json_object_get(page, "total")), ==, text->len);
  json_decref(page);
  return g_string_free(text, FALSE);
}

/* Neither the order nor what a filter finds tells it. */
static void test_lists(void) {
  World world, *w = &world;
  world_init(w);
  g_autofree char *first = asked(w, "a"), *second = asked(w, "b");
  acted(w, second, "draft"); /* due earlier */
  g_autofree char *inside = titles(w, "sort=due", true), *outside = titles(w, "sort=due", false);
  g_assert_cmpstr(inside, ==, "ba");
  g_assert_cmpstr(outside, ==, strcmp(first, second) < 0 ? "ab" : "ba");
  g_autofree char *found = titles(w, "due=none", true), *nothing = titles(w, "due=none", false);
  g_assert_cmpuint(strlen(found), ==, 2);
  g_assert_cmpstr(nothing, ==, "");
  world_clear(w);
}

/* Whether the text of the history has the word. */
static bool history_has(World *w, const char *id, bool works, const char *word) {
  g_autofree char *path = g_strdup_printf("wishes/%s/events", id);
  json_t *events = got(w, path, NULL, works);
  char *text = json_dumps(events, JSON_COMPACT);
  bool has = strstr(text, word);
  free(text);
  json_decref(events);
  return has;
}

static void test_history(void) {
  World world, *w = &world;
  world_init(w);
  g_autofree char *id = asked(w, "a");
  g_assert_true(db_exec(w->f.db, "update calendar_year set state = 'loaded'", NULL));
  acted(w, id, "recount");
  g_assert_true(history_has(w, id, true, "\"due.reply\""));
  g_assert_true(history_has(w, id, true, "\"due_moved\""));
  g_assert_true(history_has(w, id, false, "\"ask\""));
  g_assert_false(history_has(w, id, false, "due"));
  world_clear(w);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/due/published/row", test_row);
  g_test_add_func("/due/published/lists", test_lists);
  g_test_add_func("/due/published/history", test_history);
  return g_test_run();
}
