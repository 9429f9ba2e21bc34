/* Acting for somebody: with whose rights, how far, until when; that what neither of the two may is
 * done by none; and that both are named. */
#include <string.h>

#include "model/behalf.h"
#include "model/test-bed.h"
#include "store/statement.h"

static const Field fields[] = {TEXT("text", 1, 20), END};
static const Grant grants[] = {
    {MEMBER, "all", "ask", NULL},
    {MEMBER, "party", "read drop", NULL},
    {MEMBER, "party", "edit", "asked"},
    {STAFF, "all", "read work grant drop export", NULL},
    {0},
};
static const State states[] = {
    {"asked", STATE_OPEN}, {"granted", STATE_OPEN}, {"gone", STATE_FINAL}, {0}};
static const Step steps[] = {
    {"", "ask", "asked"},
    {"asked", "grant", "granted", .flags = DECIDES, .undo_s = 600},
    {"asked granted", "drop", "gone"},
    {0},
};
static const List all = {NULL, NULL, "text", NULL, 0};
static const Route routes[] = {
    {R_LIST, "wishes", "read", .list = &all},
    {R_ONE, "wishes/{wish}", "read"},
    {R_CREATE, "wishes", "ask", .in = "text"},
    {R_EDIT, "wishes/{wish}", "edit", .in = "text"},
    {R_EVENTS, "wishes/{wish}/events", "read"},
    {R_STEPS, "wishes/{wish}", NULL},
    {0},
};
static const char sql[] = "--: row\nselect {w}, w.version from wish w\n"
                          "--: scope party\nw.created_by = @me\n";
static const Paper papers[] = {{"form", .verb = "export"}, {"card", .verb = "edit"}, {0}};
static const Subject wish = {"wish", "wish", fields, grants, routes,
                             NULL,   sql,    states, steps,  .papers = papers};

/* Another kind of record, of which nothing was given. */
static const Grant note_grants[] = {{STAFF, "all", "read make", NULL}, {0}};
static const Route note_routes[] = {
    {R_LIST, "notes", "read", .list = &all}, {R_CREATE, "notes", "make", .in = "text"}, {0}};
static const Subject note = {"note",
                             "note",
                             fields,
                             note_grants,
                             note_routes,
                             NULL,
                             "--: row\nselect {n}, n.version from note n\n"};

typedef struct {
  World w;
  char dee[17]; /* another member of the staff */
} Bed;

#define DAY_MS (24 * 3600 * INT64_C(1000))
#define TODAY "2025-11-25" /* of T0 */

static void give(Bed *bed, const char *giver, const char *deputy, const char *verbs) {
  static unsigned n;
  g_autofree char *id = g_strdup_printf("delegation%06u", ++n);
  g_autofree char *text = g_strdup_printf(
      "insert into delegation (id, giver, deputy, starts_on, ends_on, reason, created_at) values"
      " ('%s', '%s', '%s', '" TODAY "', '" TODAY "', 'r', 0);"
      "insert into delegation_verb select '%s', value from json_each('%s')",
      id, giver, deputy, id, verbs);
  g_assert_true(db_exec(bed->w.f.db, text, NULL));
}

static void begin(Bed *bed) {
  static const Subject *const subjects[] = {&wish, &note, NULL};
  world_make(&bed->w, subjects,
             "create table wish (id text primary key, text text not null,"
             " state text not null, created_by text not null,"
             " created_at integer not null, version integer not null default 1) strict;"
             "create table note (id text primary key, text text not null, created_at integer not"
             " null, version integer not null default 1) strict");
  fixture_person(bed->w.f.db, "Dee", "dee", "staff", STAFF, bed->dee);
}

static int status(Bed *bed, HttpMethod method, const char *path, const char *who, unsigned roles,
                  const char *behalf) {
  g_auto(Answer) got = ask(
      &bed->w, (Ask){method, path, .person = who, .roles = roles,
                     .body = method == HTTP_POST && !strchr(path, '/') ? "{\"text\":\"x\"}" : NULL,
                     .behalf = behalf});
  return got.status;
}

static char *asked_by(Bed *bed, const char *person, const char *behalf) {
  g_auto(Answer) made = ask(&bed->w, (Ask){HTTP_POST, "wishes", .body = "{\"text\":\"x\"}",
                                           .person = person, .roles = MEMBER, .behalf = behalf});
  g_assert_cmpint(made.status, ==, 200);
  return g_strdup(text_of(made.body, "id"));
}

static char *path_of(const char *id, const char *verb) {
  return g_strconcat("wishes/", id, verb, NULL);
}

/* Rows and states are the giver's, verbs those that were given. */
static void test_rights(void) {
  Bed bed;
  begin(&bed);
  World *w = &bed.w;
  g_autofree char *hers = asked_by(&bed, w->ada, NULL);
  g_autofree char *one = path_of(hers, ""), *drop = path_of(hers, "/drop");
  g_assert_cmpint(status(&bed, HTTP_GET, one, w->bo, MEMBER, NULL), ==, 404);
  g_assert_cmpint(status(&bed, HTTP_GET, one, w->bo, MEMBER, w->ada), ==, 403); /* nothing given */
  give(&bed, w->ada, w->bo, "[\"wish.edit\"]");
  g_assert_cmpint(status(&bed, HTTP_GET, one, w->bo, MEMBER, NULL), ==, 404);
  g_assert_cmpint(status(&bed, HTTP_GET, one, w->bo, MEMBER, w->ada), ==, 200);
  g_assert_cmpint(status(&bed, HTTP_POST, drop, w->bo, MEMBER, w->ada), ==, 403);
  g_assert_cmpint(status(&bed, HTTP_POST, "wishes", w->bo, MEMBER, w->ada), ==, 403);
  g_auto(Answer) row =
      ask(w, (Ask){HTTP_GET, one, .person = w->bo, .roles = MEMBER, .behalf = w->ada});
  g_autofree char *may = json_dumps(json_object_get(row.body, "may"), JSON_COMPACT);
  g_assert_cmpstr(may, ==, "[\"edit\"]");
  g_auto(Answer) edited = ask(w, (Ask){HTTP_PATCH, one, .body = "{\"text\":\"y\"}", .person = w->bo,
                                       .roles = MEMBER, .behalf = w->ada});
  g_assert_cmpint(edited.status, ==, 200);
  /* Lists are hers, too, and what the buttons of their rows are. */
  g_auto(Answer) list =
      ask(w, (Ask){HTTP_GET, "wishes", .person = w->bo, .roles = MEMBER, .behalf = w->ada});
  const json_t *first = json_array_get(json_object_get(list.body, "items"), 0);
  g_autofree char *listed = json_dumps(json_object_get(first, "may"), JSON_COMPACT);
  g_assert_cmpstr(text_of(first, "id"), ==, hers);
  g_assert_cmpstr(listed, ==, "[\"edit\"]");
  world_clear(w);
}

/* Of another kind nothing, also where the deputy's own roles would do. */
static void test_other_kinds(void) {
  Bed bed;
  begin(&bed);
  World *w = &bed.w;
  give(&bed, w->clerk, bed.dee, "[\"wish.grant\",\"nothing.edit\",\"wish.nothing\"]");
  g_assert_cmpint(status(&bed, HTTP_GET, "notes", bed.dee, STAFF, NULL), ==, 200);
  g_assert_cmpint(status(&bed, HTTP_GET, "notes", bed.dee, STAFF, w->clerk), ==, 403);
  g_assert_cmpint(status(&bed, HTTP_POST, "notes", bed.dee, STAFF, w->clerk), ==, 403);
  /* And nothing of what the other has lost. */
  g_assert_cmpint(status(&bed, HTTP_GET, "wishes", bed.dee, STAFF, w->clerk), ==, 200);
  g_assert_true(db_exec(w->f.db, "update person set active = 0 where name = 'Clerk'", NULL));
  g_assert_cmpint(status(&bed, HTTP_GET, "wishes", bed.dee, STAFF, w->clerk), ==, 403);
  world_clear(w);
}

/* Nobody decides for another on what he asked for himself; nor lets another decide on his own. */
static void test_party(void) {
  Bed bed;
  begin(&bed);
  World *w = &bed.w;
  give(&bed, w->clerk, w->ada, "[\"wish.grant\",\"wish.drop\"]");
  g_autofree char *own = asked_by(&bed, w->ada, NULL), *bos = asked_by(&bed, w->bo, NULL);
  g_autofree char *grant_own = path_of(own, "/grant"), *grant_bos = path_of(bos, "/grant");
  g_autofree char *one = path_of(own, "");
  g_assert_cmpint(status(&bed, HTTP_POST, grant_own, w->ada, MEMBER, w->clerk), ==, 403);
  g_auto(Answer) row =
      ask(w, (Ask){HTTP_GET, one, .person = w->ada, .roles = MEMBER, .behalf = w->clerk});
  g_autofree char *may = json_dumps(json_object_get(row.body, "may"), JSON_COMPACT);
  g_assert_cmpstr(may, ==, "[\"drop\"]");
  g_assert_cmpint(status(&bed, HTTP_POST, grant_bos, w->ada, MEMBER, w->clerk), ==, 200);
  /* What is the clerk's own, asked for as a member. */
  g_auto(Answer) asked = ask(w, (Ask){HTTP_POST, "wishes", .body = "{\"text\":\"z\"}",
                                      .person = w->clerk, .roles = MEMBER | STAFF});
  g_autofree char *grant_his = path_of(text_of(asked.body, "id"), "/grant");
  g_assert_cmpint(status(&bed, HTTP_POST, grant_his, w->ada, MEMBER, w->clerk), ==, 403);
  world_clear(w);
}

/* Nor on what he asked for in the name of another: not as himself, and not for a third. */
static void test_asked_for_another(void) {
  Bed bed;
  begin(&bed);
  World *w = &bed.w;
  give(&bed, w->ada, bed.dee, "[\"wish.ask\"]");
  give(&bed, w->clerk, bed.dee, "[\"wish.grant\"]");
  g_autofree char *hers = asked_by(&bed, bed.dee, w->ada), *grant = path_of(hers, "/grant");
  g_assert_cmpint(status(&bed, HTTP_POST, grant, bed.dee, STAFF, NULL), ==, 403);
  g_assert_cmpint(status(&bed, HTTP_POST, grant, bed.dee, STAFF, w->clerk), ==, 403);
  g_assert_cmpint(status(&bed, HTTP_POST, grant, w->clerk, STAFF, NULL), ==, 200);
  /* What she asks for herself is for him to decide, as before. */
  g_autofree char *other = asked_by(&bed, w->ada, NULL), *grant_other = path_of(other, "/grant");
  g_assert_cmpint(status(&bed, HTTP_POST, grant_other, bed.dee, STAFF, NULL), ==, 200);
  world_clear(w);
}

/* The history, the audit record; only who did it takes it back. */
static void test_named(void) {
  Bed bed;
  begin(&bed);
  World *w = &bed.w;
  give(&bed, w->clerk, bed.dee, "[\"wish.grant\"]");
  g_autofree char *id = asked_by(&bed, w->ada, NULL);
  g_autofree char *grant = path_of(id, "/grant"), *events = path_of(id, "/events");
  g_autofree char *undo = path_of(id, "/undo");
  g_assert_cmpint(status(&bed, HTTP_POST, grant, bed.dee, STAFF, w->clerk), ==, 200);
  g_auto(Answer) history = ask(w, (Ask){HTTP_GET, events, .person = w->ada, .roles = MEMBER});
  const json_t *items = json_object_get(history.body, "items");
  const json_t *made = json_array_get(items, 0), *granted = json_array_get(items, 1);
  g_assert_true(json_is_null(json_object_get(made, "on_behalf")));
  g_assert_cmpstr(text_of(json_object_get(granted, "actor"), "id"), ==, bed.dee);
  g_assert_cmpstr(text_of(json_object_get(granted, "on_behalf"), "name"), ==, "Clerk");
  g_autofree char *audited = g_strdup_printf(
      "select count(*) from audit_record where kind = 'wish.grant' and subject = '%s' and"
      " detail ->> '$.on_behalf' = '%s'",
      bed.dee, w->clerk);
  g_assert_cmpint(count(w->f.db, audited), ==, 1);
  g_assert_cmpint(status(&bed, HTTP_POST, undo, w->clerk, STAFF, NULL), ==, 409);
  g_assert_cmpint(status(&bed, HTTP_POST, undo, bed.dee, STAFF, w->clerk), ==, 200);
  world_clear(w);
}

/* Its days, its end, and who never. */
static void test_ends(void) {
  Bed bed;
  begin(&bed);
  World *w = &bed.w;
  give(&bed, w->clerk, bed.dee, "[\"wish.grant\"]");
  const Ask list = {HTTP_GET, "wishes", .person = bed.dee, .roles = STAFF, .behalf = w->clerk};
  for (int day = -1; day <= 1; day++) {
    Ask then = list;
    then.later_ms = day * DAY_MS;
    g_auto(Answer) got = ask(w, then);
    g_assert_cmpint(got.status, ==, day ? 403 : 200);
  }
  Ask by_link = list;
  by_link.link = "0123456789abcdef";
  g_auto(Answer) linked = ask(w, by_link);
  g_assert_cmpint(linked.status, ==, 403);
  Ask administrator = list;
  administrator.roles = ROLE_AUDIT_ADMIN;
  g_auto(Answer) refused = ask(w, administrator);
  g_assert_cmpint(refused.status, ==, 403);
  g_assert_cmpstr(text_of(refused.body, "code"), ==, "not_on_behalf");
  g_assert_cmpint(status(&bed, HTTP_GET, "wishes", w->clerk, STAFF, bed.dee), ==, 403);
  g_assert_true(db_exec(w->f.db, "update delegation set revoked_at = 1", NULL));
  g_auto(Answer) revoked = ask(w, list);
  g_assert_cmpint(revoked.status, ==, 403);
  world_clear(w);
}

static void test_can_give(void) {
  Bed bed;
  begin(&bed);
  static const struct {
    const char *verb;
    bool can;
  } cases[] = {{"wish.grant", true}, {"wish.ask", true},    {"wish.edit", true},
               {"wish.read", false}, {"wish.work", false},  {"wish.none", false},
               {"none.edit", false}, {"wish", false},       {"wish.", false},
               {".edit", false},     {"wish.export", false}};
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
    g_assert_true(behalf_can_give(bed.w.model, cases[i].verb) == cases[i].can);
  world_clear(&bed.w);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/behalf/rights", test_rights);
  g_test_add_func("/behalf/other_kinds", test_other_kinds);
  g_test_add_func("/behalf/party", test_party);
  g_test_add_func("/behalf/asked_for_another", test_asked_for_another);
  g_test_add_func("/behalf/named", test_named);
  g_test_add_func("/behalf/ends", test_ends);
  g_test_add_func("/behalf/can_give", test_can_give);
  return g_test_run();
}
