/* What workflows can beside steps: an answer that is drafted apart from what is shown, cases of
 * others under a case, what blocks a step and who sets it aside, numbers, taking back, and many at
 * once. Petitions that members make, and opinions on them that units give. */
#include <string.h>

#include "model/guard.h"
#include "model/subcase.h"
#include "model/test-bed.h"
#include "model/waive.h"
#include "store/statement.h"

/* ---- the subjects ---- */

static const char petitions_sql[] =
    "--: row\n"
    "select {t}, t.version from petition t\n"
    "--: scope own\nt.created_by = @me\n"
    "--: rows units\nselect @id as petition, value as unit from json_each(:units)\n"
    "--: rows missing\n"
    "select o.id, o.unit as name from opinion o where o.petition = @id and o.state = 'asked'\n"
    "--: rows asked\n"
    "select o.id from opinion o where o.petition = @id and o.state = 'asked'\n"
    "--: run keep_copy\nupdate petition set copy = answer where id = @id\n"
    "--: run drop_copy\nupdate petition set copy = null where id = @id\n";

#define READER ROLE_OFFICE

static const Field petition_fields[] = {
    TEXT("title", 1, 20),
    TEXT("answer", 1, 50, .see = "answered", .flags = OPTIONAL),
    INT("number", 1, 9999, .flags = GIVEN | OPTIONAL),
    IDS("units", 1, 3, .at = ""),
    TEXT("note", 1, 50, .at = ""),
    WORD("step", "draft", .at = ""),
    TEXT("reason", 1, 50, .at = ""),
    END,
};
static const State petition_states[] = {{"made", STATE_OPEN, "made"},
                                        {"filed", STATE_OPEN, "filed"},
                                        {"asked", STATE_OPEN},
                                        {"drafted", STATE_OPEN},
                                        {"approved", STATE_OPEN},
                                        {"delivered", STATE_FINAL, "delivered"},
                                        {0}};

static bool ask_units(Call *call) {
  return call_create_each(call, "opinion", "open", "units");
}

static bool close_one(Call *call, const Values *row, void *data) {
  return call_try_step(call, "opinion", values_find(row, "id")->text, "close", NULL, NULL);
}

/* What was not answered when the answer goes out is closed. */
static bool deliver(Call *call) {
  return call_each(call, "asked", close_one, NULL);
}

static bool keep_copy(Call *call) {
  return call_run(call, "keep_copy");
}

static bool drop_copy(Call *call) {
  return call_run(call, "drop_copy");
}

static const Number filed = {"number", "@today"};
static const Step petition_steps[] = {
    {"", "make", "made"},
    {"made", "file", "filed", .number = &filed, .flags = BULK},
    {"filed", "ask", "asked", .in = "units", .effect = ask_units},
    {"asked", "draft", "drafted", .in = "answer", .blocked_by = "missing", .effect = keep_copy,
     .undo = drop_copy, .undo_s = 600, .flags = INTERNAL},
    {"drafted", "approve", "approved", .in = "note?", .undo_s = 600},
    {"approved", "deliver", "delivered", .effect = deliver},
    {0},
};
static const List all = {NULL, NULL, "title", "state", 100};
static const Route petition_routes[] = {
    {R_LIST, "petitions", "read", .list = &all},
    {R_ONE, "petitions/{petition}", "read"},
    {R_EVENTS, "petitions/{petition}/events", "read"},
    {R_CREATE, "petitions", "make", .in = "title"},
    {R_DO, "petitions/{petition}/waive", "waive", .in = "step reason", .effect = call_waive},
    {R_STEPS, "petitions/{petition}", NULL},
    {0},
};
static const Grant petition_grants[] = {
    {READER, "all", "read", NULL},
    {MEMBER, "own", "read", NULL},
    {MEMBER, "own", "answered", "delivered"},
    {MEMBER, "all", "make", NULL},
    {STAFF, "all", "read work answered file ask draft approve deliver waive", NULL},
    {0},
};
static const Subject petition = {"petition",      "petition",      petition_fields,
                                 petition_grants, petition_routes, NULL,
                                 petitions_sql,   petition_states, petition_steps};

static const char opinions_sql[] = "--: row\nselect {o}, o.version from opinion o\n";
static const Field opinion_fields[] = {REF("petition", "petition", .flags = ONCE),
                                       TEXT("unit", 1, 16), TEXT("text", 1, 50, .flags = OPTIONAL),
                                       END};
static const Grant opinion_grants[] = {
    {STAFF, "all", "read give", NULL}, {SERVER, "all", "open close", NULL}, {0}};
static const State opinion_states[] = {
    {"asked", STATE_OPEN}, {"given", STATE_FINAL}, {"closed", STATE_FINAL}, {0}};
static const Step opinion_steps[] = {
    {"", "open", "asked"},
    {"asked", "give", "given", .in = "text"},
    {"asked", "close", "closed"},
    {0},
};
static const Route opinion_routes[] = {
    {R_ONE, "opinions/{opinion}", "read"}, {R_STEPS, "opinions/{opinion}", NULL}, {0}};
static const Subject opinion = {"opinion",      "opinion",      opinion_fields,
                                opinion_grants, opinion_routes, NULL,
                                opinions_sql,   opinion_states, opinion_steps};

/* ---- the world ---- */

static void world_init(World *w) {
  static const Subject *const subjects[] = {&petition, &opinion, NULL};
  GError *error = NULL;
  world_make(w, subjects,
             "create table petition (id text primary key, title text not null, answer text,"
             " number integer, copy text, state text not null, published_state text not null,"
             " created_at integer not null, created_by text not null references person, version"
             " integer not null default 1) strict;"
             "create table opinion (id text primary key, petition text not null references"
             " petition, unit text not null, text text, state text not null, created_at integer not"
             " null, created_by text not null, version integer not null default 1) strict");
  guards_install(w->f.db, w->model, &error);
  g_assert_no_error(error);
}

static char *petition_of(World *w, const char *title) {
  g_autofree char *body = g_strdup_printf("{\"title\": \"%s\"}", title);
  g_auto(Answer) made =
      ask(w, (Ask){HTTP_POST, "petitions", .body = body, .person = w->ada, .roles = MEMBER});
  g_assert_cmpint(made.status, ==, 200);
  return g_strdup(text_of(made.body, "id"));
}

/* By the clerk; expects the status. The caller frees the document. */
static json_t *act(World *w, const char *path, const char *body, int status) {
  g_auto(Answer) answer =
      ask(w, (Ask){HTTP_POST, path, .body = body, .person = w->clerk, .roles = STAFF});
  if (answer.status != status)
    g_error("%s: %d: %s", path, answer.status, json_dumps(answer.body, 0));
  return json_incref(answer.body);
}

static json_t *step(World *w, const char *id, const char *verb, const char *body, int status) {
  g_autofree char *path = g_strdup_printf("petitions/%s/%s", id, verb);
  return act(w, path, body, status);
}

static void done(World *w, const char *id, const char *verb, const char *body) {
  json_decref(step(w, id, verb, body, 200));
}

static json_t *seen(World *w, const char *id, const char *tail, const char *person,
                    unsigned roles) {
  g_autofree char *path = g_strdup_printf("petitions/%s%s", id, tail);
  g_auto(Answer) answer = ask(w, (Ask){HTTP_GET, path, .person = person, .roles = roles});
  g_assert_cmpint(answer.status, ==, 200);
  return json_incref(answer.body);
}

#define TWO_UNITS "{\"units\": [\"aaaaaaaaaaaaaaaa\", \"bbbbbbbbbbbbbbbb\"]}"
#define ANSWER "{\"answer\": \"we will\"}"

static int64_t opinions(World *w, const char *state) {
  g_autofree char *sql = g_strdup_printf("select count(*) from opinion where state = '%s'", state);
  return count(w->f.db, sql);
}

static void give(World *w) {
  g_autoptr(Statement) row =
      db_prepare(w->f.db, "select id from opinion where state = 'asked' limit 1", NULL);
  g_assert_true(statement_one(row, "none", NULL));
  g_autofree char *path = g_strdup_printf("opinions/%s/give", column_text(row, 0));
  statement_step(row, NULL);
  json_decref(act(w, path, "{\"text\": \"fine\"}", 200));
}

/* ---- tests ---- */

/* What is drafted is not what is shown: not in a row, not in a history, not by a filter. */
static void test_published(void) {
  World w;
  world_init(&w);
  g_autofree char *id = petition_of(&w, "lift");
  done(&w, id, "file", NULL);
  done(&w, id, "ask", "{\"units\": [\"aaaaaaaaaaaaaaaa\"]}");
  give(&w);
  done(&w, id, "draft", ANSWER);
  json_t *inside = seen(&w, id, "", w.clerk, STAFF), *outside = seen(&w, id, "", w.ada, MEMBER);
  g_assert_cmpstr(text_of(inside, "state"), ==, "drafted");
  g_assert_cmpstr(text_of(inside, "published_state"), ==, "filed");
  g_assert_cmpstr(text_of(inside, "answer"), ==, "we will");
  g_assert_cmpstr(text_of(outside, "state"), ==, "filed");
  g_assert_null(json_object_get(outside, "published_state"));
  g_assert_null(json_object_get(outside, "answer"));
  json_decref(inside);
  json_decref(outside);

  const struct {
    const char *query, *person;
    unsigned roles;
    size_t found;
  } filters[] = {{"state=drafted", w.clerk, STAFF, 1},
                 {"state=filed", w.clerk, STAFF, 0},
                 {"state=drafted", w.ada, MEMBER, 0},
                 {"state=filed", w.ada, MEMBER, 1}};
  for (unsigned i = 0; i < G_N_ELEMENTS(filters); i++) {
    g_auto(Answer) found = ask(&w, (Ask){HTTP_GET, "petitions", .query = filters[i].query,
                                         .person = filters[i].person, .roles = filters[i].roles});
    g_assert_cmpint(json_array_size(json_object_get(found.body, "items")), ==, filters[i].found);
    g_assert_cmpint(json_integer_value(json_object_get(found.body, "total")), ==,
                    (json_int_t)filters[i].found);
  }
  done(&w, id, "approve", "{}");
  done(&w, id, "deliver", NULL);
  json_t *own = seen(&w, id, "/events", w.ada, MEMBER), *event;
  const json_t *items = json_object_get(own, "items");
  g_assert_cmpuint(json_array_size(items), ==, 5); /* the draft is internal */
  size_t n;
  json_array_foreach(items, n, event) {
    const char *to = text_of(event, "to");
    g_assert_true(!to || strstr("made filed delivered", to));
    g_assert_null(json_object_get(json_object_get(event, "data"), "published_state"));
  }
  event = json_array_get(items, 4);
  g_assert_cmpstr(text_of(event, "from"), ==, "filed");
  g_assert_cmpstr(text_of(event, "to"), ==, "delivered");
  json_decref(own);
  world_clear(&w);
}

/* The units' cases are made by the step, nobody makes one by hand, and they block the answer until
 * each has given its own or somebody sets the rule aside. */
static void test_blocked(void) {
  World w;
  world_init(&w);
  g_autofree char *id = petition_of(&w, "lift");
  done(&w, id, "file", NULL);
  done(&w, id, "ask", TWO_UNITS);
  g_assert_cmpint(opinions(&w, "asked"), ==, 2);
  give(&w);
  json_t *blocked = step(&w, id, "draft", ANSWER, 409);
  g_assert_cmpstr(text_of(blocked, "code"), ==, "blocked");
  const json_t *by = json_object_get(json_object_get(blocked, "params"), "by");
  g_assert_cmpuint(json_array_size(by), ==, 1);
  g_assert_cmpstr(text_of(json_array_get(by, 0), "name"), ==, "bbbbbbbbbbbbbbbb");
  json_decref(blocked);
  done(&w, id, "waive", "{\"step\": \"draft\", \"reason\": \"two reminders\"}");
  json_decref(step(&w, id, "draft", ANSWER, 200));
  json_t *events = seen(&w, id, "/events", w.clerk, STAFF);
  const json_t *list = json_object_get(events, "items");
  const json_t *last = json_array_get(list, json_array_size(list) - 1);
  g_assert_cmpstr(text_of(json_object_get(json_object_get(last, "data"), "waived"), "reason"), ==,
                  "two reminders");
  json_decref(events);
  done(&w, id, "approve", "{}");
  done(&w, id, "deliver", NULL);
  g_assert_cmpint(opinions(&w, "closed"), ==, 1);
  g_assert_cmpint(opinions(&w, "given"), ==, 1);
  /* Nobody takes the server's own steps. */
  g_auto(Answer) refused = ask(
      &w, (Ask){HTTP_POST, "opinions/0123456789abcdef/close", .person = w.clerk, .roles = STAFF});
  g_assert_cmpint(refused.status, ==, 404);
  world_clear(&w);
}

/* A refused step takes no number; each series counts from one. */
static void test_numbers(void) {
  World w;
  world_init(&w);
  g_autofree char *a = petition_of(&w, "a"), *b = petition_of(&w, "b"), *c = petition_of(&w, "c");
  done(&w, a, "file", NULL);
  json_decref(step(&w, a, "file", NULL, 409));
  done(&w, b, "file", NULL);
  g_assert_true(db_exec(w.f.db, "update counter set value = 9998", NULL));
  done(&w, c, "file", NULL);
  g_autofree char *sql = g_strdup_printf(
      "select group_concat(number) = '1,2,9999' from (select number from petition order by title)");
  g_assert_cmpint(count(w.f.db, sql), ==, 1);
  g_assert_false(db_exec(w.f.db, "update counter set value = 1", NULL));
  g_assert_false(db_exec(w.f.db, "delete from counter", NULL));
  world_clear(&w);
}

/* By who did it, at once, while nothing came after it: with what its effect wrote. */
static void test_undo(void) {
  World w;
  world_init(&w);
  g_autofree char *id = petition_of(&w, "lift");
  done(&w, id, "file", NULL);
  json_decref(step(&w, id, "undo", NULL, 409)); /* a number stays taken */
  done(&w, id, "ask", "{\"units\": [\"aaaaaaaaaaaaaaaa\"]}");
  give(&w);
  done(&w, id, "draft", ANSWER);
  json_t *events = seen(&w, id, "/events", w.clerk, STAFF);
  const json_t *list = json_object_get(events, "items");
  g_assert_cmpint(json_integer_value(json_object_get(json_array_get(list, 3), "undo_until")), ==,
                  T0 + 600000);
  g_assert_null(json_object_get(json_array_get(list, 2), "undo_until"));
  json_decref(events);
  g_autofree char *path = g_strdup_printf("petitions/%s/undo", id);
  g_auto(Answer) other = ask(&w, (Ask){HTTP_POST, path, .person = w.bo, .roles = STAFF});
  g_assert_cmpint(other.status, ==, 409);
  g_auto(Answer) late =
      ask(&w, (Ask){HTTP_POST, path, .person = w.clerk, .roles = STAFF, .later_ms = 600001});
  g_assert_cmpint(late.status, ==, 409);
  g_auto(Answer) lost = ask(&w, (Ask){HTTP_POST, path, .person = w.clerk, .roles = READER});
  g_assert_cmpint(lost.status, ==, 409); /* he may not draft any more */
  json_t *back = step(&w, id, "undo", NULL, 200);
  g_assert_cmpstr(text_of(back, "state"), ==, "asked");
  g_assert_true(json_is_null(json_object_get(back, "answer")));
  json_decref(back);
  g_assert_cmpint(count(w.f.db, "select count(copy) from petition"), ==, 0);
  json_decref(step(&w, id, "undo", NULL, 409)); /* and not that either */
  done(&w, id, "draft", ANSWER);
  done(&w, id, "approve", "{}");
  json_t *again = step(&w, id, "undo", NULL, 200);
  g_assert_cmpstr(text_of(again, "state"), ==, "drafted");
  g_assert_cmpstr(text_of(again, "answer"), ==, "we will");
  json_decref(again);
  world_clear(&w);
}

/* Each is its own, and the answer says what became of it. */
static void test_bulk(void) {
  World w;
  world_init(&w);
  g_autofree char *a = petition_of(&w, "a"), *b = petition_of(&w, "b");
  done(&w, b, "file", NULL);
  g_autofree char *body =
      g_strdup_printf("{\"ids\": [\"%s\", \"%s\", \"0123456789abcdef\"]}", a, b);
  json_t *answer = act(&w, "petitions/-/file", body, 200);
  const json_t *results = json_object_get(answer, "results");
  g_assert_cmpint(json_integer_value(json_object_get(answer, "done")), ==, 1);
  const char *const codes[] = {NULL, "wrong_state", "not_found"};
  for (unsigned i = 0; i < G_N_ELEMENTS(codes); i++)
    g_assert_cmpstr(text_of(json_array_get(results, i), "code"), ==, codes[i]);
  json_decref(answer);
  json_decref(act(&w, "petitions/-/file", "{}", 422));
  json_decref(act(&w, "petitions/-/file", "{\"ids\": [\"x\"]}", 422));
  g_autofree char *twice = g_strdup_printf("{\"ids\": [\"%s\", \"%s\"]}", a, a);
  json_decref(act(&w, "petitions/-/file", twice, 422));
  g_auto(Answer) member =
      ask(&w, (Ask){HTTP_POST, "petitions/-/file", .body = body, .person = w.ada, .roles = MEMBER});
  g_assert_cmpint(member.status, ==, 403);
  g_assert_cmpint(count(w.f.db, "select count(*) from case_event where verb = 'file'"), ==, 2);
  g_assert_null(serve_match(w.model, HTTP_POST, "petitions/-/approve").route); /* one by one */
  world_clear(&w);
}

static void test_check(void) {
  static const State unknown[] = {{"made", 0, "nowhere"}, {0}};
  static const State hidden[] = {{"made", 0}, {"shown", 0, "shown"}, {0}};
  static const Step make[] = {{"", "make", "made"}, {0}};
  static const Step two[] = {{"", "make", "made"}, {"made", "file", "shown"}, {0}};
  static const Number odd = {"title", NULL};
  static const Step numbered[] = {{"", "make", "made", .number = &odd}, {0}};
  static const Step walled[] = {{"", "make", "made", .blocked_by = "wall"}, {0}};
  static const Step back[] = {{"", "make", "made", .undo_s = 5}, {0}};
  static const Step kept[] = {
      {"", "make", "made"}, {"made", "file", "made", .effect = deliver, .undo_s = 5}, {0}};
  static const State plain[] = {{"made", 0}, {0}};
  static const Route routes[] = {{R_CREATE, "petitions", "make", .in = "title"}, {0}};
  static const Grant grants[] = {{STAFF, "all", "read work make", NULL}, {0}};
  static const Grant more[] = {{STAFF, "all", "read work make file", NULL}, {0}};
  static const Grant lost[] = {{STAFF, "all", "read work make", "made maed"}, {0}};
  const struct {
    Subject subject;
    const char *named;
  } cases[] = {
      {{"p", "petition", petition_fields, grants, routes, NULL, petitions_sql, unknown, make},
       "nowhere"},
      {{"p", "petition", petition_fields, more, routes, NULL, petitions_sql, hidden, two}, "made"},
      {{"p", "petition", petition_fields, grants, routes, NULL, petitions_sql, plain, numbered},
       "title"},
      {{"p", "petition", petition_fields, grants, routes, NULL, petitions_sql, plain, walled},
       "wall"},
      {{"p", "petition", petition_fields, grants, routes, NULL, petitions_sql, plain, back},
       "make"},
      {{"p", "petition", petition_fields, more, routes, NULL, petitions_sql, plain, kept}, "file"},
      {{"p", "petition", petition_fields, lost, routes, NULL, petitions_sql, plain, make}, "maed"},
      {{"p", "petition", petition_fields, grants, routes, NULL, petitions_sql, plain, make,
        .file = "peruse"},
       "peruse"},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    Subject with = cases[i].subject;
    static const Field no_see[] = {TEXT("title", 1, 20), END};
    with.fields = no_see;
    const Subject *const subjects[] = {&with, NULL};
    g_autofree char *why = NULL;
    g_assert_null(model_new(subjects, &why));
    if (!strstr(why, cases[i].named))
      g_error("%s does not name %s", why, cases[i].named);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/model/workflow/published", test_published);
  g_test_add_func("/model/workflow/blocked", test_blocked);
  g_test_add_func("/model/workflow/numbers", test_numbers);
  g_test_add_func("/model/workflow/undo", test_undo);
  g_test_add_func("/model/workflow/bulk", test_bulk);
  g_test_add_func("/model/workflow/check", test_check);
  return g_test_run();
}
