/* Workflows: wishes that members ask for and staff grants, refuses or leaves. */
#include <string.h>

#include "model/test-bed.h"
#include "store/statement.h"

static const char wishes_sql[] =
    "--: row\n"
    "select {w}, w.version, p.id as \"person.id\", p.name as \"person.name\"\n"
    "from wish w join person p on p.id = w.person\n"
    "--: scope own\nw.person = @me or w.created_by = @me\n"
    "--: scope party\nw.person = @me or w.created_by = @me\n";

static const Field fields[] = {
    TEXT("title", 1, 20),
    TEXT("answer", 1, 20, .flags = OPTIONAL),
    TEXT("mobile", 5, 20, .see = "work", .flags = OPTIONAL),
    REF("person", "person", .flags = ONCE),
    TEXT("note", 1, 50, .at = ""),
    END,
};
static const Grant grants[] = {
    {MEMBER, "own", "read recall", NULL},
    {MEMBER | STAFF, "all", "ask", NULL},
    {STAFF, "all", "read work look grant refuse edit touch", NULL},
    {0},
};
static const State states[] = {{"asked", STATE_OPEN},    {"seen", STATE_OPEN},      {"granted", 0},
                               {"refused", STATE_FINAL}, {"recalled", STATE_FINAL}, {0}};

static bool for_oneself(Call *call) {
  call_default(call, "person", call_text(call, "@me"));
  return true;
}

static const Step steps[] = {
    {"", "ask", "asked"},
    {"asked", "look", "seen", .flags = INTERNAL},
    {"asked seen", "grant", "granted", .in = "answer? note?", .flags = DECIDES},
    {"asked seen", "refuse", "refused", .in = "note", .flags = DECIDES},
    {"asked seen granted", "recall", "recalled", .in = "note?"},
    {0},
};
static bool nothing(Call *call) {
  return true;
}

static const Route routes[] = {
    {R_DO, "wishes/{wish}/touch", "touch", .effect = nothing},
    {R_ONE, "wishes/{wish}", "read"},
    {R_EVENTS, "wishes/{wish}/events", "read"},
    {R_CREATE, "wishes", "ask", .in = "title mobile? person?", .guard = for_oneself},
    {R_EDIT, "wishes/{wish}", "edit", .in = "title? mobile?"},
    {R_STEPS, "wishes/{wish}", NULL},
    {0},
};
static const Subject wish = {"wish", "wish",     fields, grants, routes,
                             NULL,   wishes_sql, states, steps};

static void world_init(World *w) {
  static const Subject *const subjects[] = {&wish, NULL};
  world_make(
      w, subjects,
      "create table wish (id text primary key, title text not null, answer text, mobile text,"
      " person text not null references person, state text not null, created_at integer not"
      " null, created_by text not null references person, version integer not null default 1)"
      " strict");
}

static char *wish_of(World *w, const char *person, unsigned roles, const char *body) {
  g_auto(Answer) made =
      ask(w, (Ask){HTTP_POST, "wishes", .body = body, .person = person, .roles = roles});
  g_assert_cmpint(made.status, ==, 200);
  g_assert_cmpstr(text_of(made.body, "state"), ==, "asked");
  return g_strdup(text_of(made.body, "id"));
}

/* Does the verb and expects the status; whatever it is asked with. */
static json_t *act(World *w, const char *id, const char *verb, const char *person, unsigned roles,
                   const char *body, int status) {
  g_autofree char *path = g_strconcat("wishes/", id, "/", verb, NULL);
  g_auto(Answer) answer =
      ask(w, (Ask){HTTP_POST, path, .body = body, .person = person, .roles = roles});
  if (answer.status != status)
    g_error("%s: %d instead of %d: %s", verb, answer.status, status,
            json_dumps(answer.body, JSON_COMPACT));
  return json_incref(answer.body);
}

static char *may_of(const json_t *row) {
  const json_t *may = json_object_get(row, "may");
  GString *verbs = g_string_new(NULL);
  for (size_t i = 0; i < json_array_size(may); i++)
    g_string_append_printf(verbs, "%s%s", i ? " " : "", json_string_value(json_array_get(may, i)));
  return g_string_free(verbs, FALSE);
}

/* A step leads from its states to another, by whoever was given it, and writes what it takes. */
static void test_way(void) {
  World w;
  world_init(&w);
  g_autofree char *id = wish_of(&w, w.ada, MEMBER, "{\"title\": \"a\"}");
  json_decref(act(&w, id, "grant", w.ada, MEMBER, "{}", 403));
  json_decref(act(&w, id, "grant", w.bo, MEMBER, "{}", 404));
  /* An act writes the same columns, none, and no state: its statement is another one. */
  json_decref(act(&w, id, "touch", w.clerk, STAFF, NULL, 200));
  json_t *seen = act(&w, id, "look", w.clerk, STAFF, NULL, 200);
  g_autofree char *may = may_of(seen);
  g_assert_cmpstr(may, ==, "grant refuse edit touch");
  g_assert_cmpstr(text_of(seen, "state"), ==, "seen");
  json_decref(seen);
  json_t *missing = act(&w, id, "refuse", w.clerk, STAFF, "{}", 422);
  json_decref(missing);
  json_t *granted = act(&w, id, "grant", w.clerk, STAFF, "{\"answer\": \"yes\"}", 200);
  g_assert_cmpstr(text_of(granted, "state"), ==, "granted");
  g_assert_cmpstr(text_of(granted, "answer"), ==, "yes");
  g_assert_cmpint(json_integer_value(json_object_get(granted, "version")), ==, 4);
  json_decref(granted);
  json_t *wrong = act(&w, id, "refuse", w.clerk, STAFF, "{\"note\": \"n\"}", 409);
  g_assert_cmpstr(text_of(wrong, "code"), ==, "wrong_state");
  g_assert_cmpstr(text_of(json_object_get(wrong, "params"), "state"), ==, "granted");
  json_decref(wrong);
  json_decref(act(&w, id, "recall", w.ada, MEMBER, "{}", 200));
  json_decref(act(&w, id, "recall", w.ada, MEMBER, "{}", 409));
  world_clear(&w);
}

/* Nobody decides on what he asked for, or what is about himself: not by a button, not by a call. */
static void test_own_is_not_decided(void) {
  World w;
  world_init(&w);
  g_autofree char *about = g_strdup_printf("{\"title\": \"a\", \"person\": \"%s\"}", w.clerk);
  g_autofree char *theirs = g_strdup_printf("{\"title\": \"b\", \"person\": \"%s\"}", w.bo);
  g_autofree char *subject = wish_of(&w, w.ada, MEMBER, about);
  g_autofree char *asker = wish_of(&w, w.clerk, STAFF, theirs);
  char *const ids[] = {subject, asker};
  for (unsigned i = 0; i < G_N_ELEMENTS(ids); i++) {
    json_decref(act(&w, ids[i], "grant", w.clerk, STAFF, "{}", 403));
    json_t *row = act(&w, ids[i], "look", w.clerk, STAFF, NULL, 200); /* that decides nothing */
    g_autofree char *may = may_of(row);
    g_assert_cmpstr(may, ==, "edit touch");
    json_decref(row);
  }
  world_clear(&w);
}

static json_t *events_of(World *w, const char *id, const char *person, unsigned roles) {
  g_autofree char *path = g_strconcat("wishes/", id, "/events", NULL);
  g_auto(Answer) answer = ask(w, (Ask){HTTP_GET, path, .person = person, .roles = roles});
  g_assert_cmpint(answer.status, ==, 200);
  return json_incref(json_object_get(answer.body, "items"));
}

/* Who did what when, with old and new; without what is internal or hidden from whoever asks. */
static void test_history(void) {
  World w;
  world_init(&w);
  g_autofree char *id =
      wish_of(&w, w.ada, MEMBER, "{\"title\": \"a\", \"mobile\": \"13800000000\"}");
  g_autofree char *path = g_strconcat("wishes/", id, NULL);
  json_decref(act(&w, id, "look", w.clerk, STAFF, NULL, 200));
  g_auto(Answer) edited =
      ask(&w, (Ask){HTTP_PATCH, path, .body = "{\"title\": \"b\", \"mobile\": \"13900000000\"}",
                    .person = w.clerk, .roles = STAFF});
  g_assert_cmpint(edited.status, ==, 200);
  json_decref(act(&w, id, "refuse", w.clerk, STAFF, "{\"note\": \"not now\"}", 200));

  json_t *all = events_of(&w, id, w.clerk, STAFF), *own = events_of(&w, id, w.ada, MEMBER);
  g_assert_cmpuint(json_array_size(all), ==, 4);
  g_assert_cmpuint(json_array_size(own), ==, 3);
  json_t *edit = json_array_get(all, 2), *same = json_array_get(own, 1);
  g_autofree char *full = json_dumps(json_object_get(edit, "data"), JSON_COMPACT | JSON_SORT_KEYS);
  g_autofree char *part = json_dumps(json_object_get(same, "data"), JSON_COMPACT);
  g_assert_cmpstr(full, ==,
                  "{\"mobile\":[\"13800000000\",\"13900000000\"],\"title\":[\"a\",\"b\"]}");
  g_assert_cmpstr(part, ==, "{\"title\":[\"a\",\"b\"]}");
  json_t *last = json_array_get(own, 2);
  g_assert_cmpstr(text_of(last, "from"), ==, "seen");
  g_assert_cmpstr(text_of(last, "to"), ==, "refused");
  g_assert_cmpstr(text_of(last, "note"), ==, "not now");
  g_assert_cmpstr(text_of(json_object_get(last, "actor"), "name"), ==, "Clerk");
  json_decref(all);
  json_decref(own);
  g_auto(Answer) stranger =
      ask(&w, (Ask){HTTP_GET, "wishes/0123456789abcdef/events", .person = w.clerk, .roles = STAFF});
  g_assert_cmpint(stranger.status, ==, 404);
  /* Nobody edits it, whoever writes SQL. */
  g_assert_false(db_exec(w.f.db, "update case_event set note = 'x'", NULL));
  g_assert_false(db_exec(w.f.db, "delete from case_event", NULL));
  g_assert_cmpint(count(w.f.db, "select count(distinct hash) from case_event"), ==, 4);
  world_clear(&w);
}

static void test_check(void) {
  static const Grant no_look[] = {
      {MEMBER | STAFF, "all", "read work ask grant refuse recall edit touch", NULL}, {0}};
  static const Grant idle[] = {
      {STAFF, "all", "read work ask look grant refuse recall edit touch burn", NULL}, {0}};
  static const State no_seen[] = {
      {"asked", 0}, {"granted", 0}, {"refused", STATE_FINAL}, {"recalled", STATE_FINAL}, {0}};
  static const State lost[] = {{"asked", 0},
                               {"seen", 0},
                               {"granted", 0},
                               {"refused", STATE_FINAL},
                               {"recalled", STATE_FINAL},
                               {"lost", 0},
                               {0}};
  static const State ended[] = {{"asked", 0},
                                {"seen", STATE_FINAL},
                                {"granted", 0},
                                {"refused", STATE_FINAL},
                                {"recalled", STATE_FINAL},
                                {0}};
  static const char nobody[] = "--: row\nselect {w}, w.version from wish w\n--: scope own\n1\n";
  const struct {
    Subject subject;
    const char *named;
  } cases[] = {
      {{"wish", "wish", fields, no_look, routes, NULL, wishes_sql, states, steps}, "look"},
      {{"wish", "wish", fields, idle, routes, NULL, wishes_sql, states, steps}, "burn"},
      {{"wish", "wish", fields, grants, routes, NULL, wishes_sql, no_seen, steps}, "seen"},
      {{"wish", "wish", fields, grants, routes, NULL, wishes_sql, lost, steps}, "lost"},
      {{"wish", "wish", fields, grants, routes, NULL, wishes_sql, ended, steps}, "seen"},
      {{"wish", "wish", fields, grants, routes, NULL, nobody, states, steps}, "party"},
      {{"wish", "wish", fields, grants, routes, NULL, wishes_sql, states, NULL}, "wish"},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    const Subject *const subjects[] = {&cases[i].subject, NULL};
    g_autofree char *why = NULL;
    g_assert_null(model_new(subjects, &why));
    g_assert_nonnull(strstr(why, cases[i].named));
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/model/steps/way", test_way);
  g_test_add_func("/model/steps/own-is-not-decided", test_own_is_not_decided);
  g_test_add_func("/model/steps/history", test_history);
  g_test_add_func("/model/steps/check", test_check);
  return g_test_run();
}
