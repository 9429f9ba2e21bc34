/* Meetings: who sees which, in which list; their states, and who presides. */
#include <string.h>

#include "domain/list.h"
#include "model/act.h"
#include "model/guard.h"
#include "model/test-bed.h"
#include "store/standing.h"
#include "store/statement.h"

#define DAY INT64_C(86400000)

static void world_init(World *w) {
  static const Subject *const list[] = {&subject_person, &subject_meeting, &subject_invitation,
                                        &subject_event,  &subject_chat,    NULL};
  GError *error = NULL;
  world_make(w, list, "");
  guards_install(w->f.db, w->model, &error);
  g_assert_no_error(error);
}

/* A row as it may have come to be. state: scheduled or live. */
static void planned(World *w, const char *host, int64_t start, int64_t end, const char *state,
                    char *id) {
  fixture_meeting(w->f.db, host, NULL, 0, id);
  g_autofree char *sql = g_strdup_printf(
      "update meeting set planned_start = %" G_GINT64_FORMAT ", planned_end = %" G_GINT64_FORMAT
      ", state = '%s', opened_at = iif('%s' = 'live', planned_start, null) where id = '%s'",
      start, end, state, state, id);
  g_assert_true(db_exec(w->f.db, sql, NULL));
}

typedef struct {
  const char *person;
  unsigned roles;
  const char *link;
} Who;

/* How many a list has, in pages of two; *first is when its first one begins. */
static unsigned listed(World *w, Who who, const char *path, const char *whose, int64_t *first) {
  unsigned rows = 0;
  int64_t total = 0;
  for (g_autofree char *query = g_strdup_printf("limit=2&whose=%s", whose); query;) {
    g_auto(Answer) page = ask(w, (Ask){HTTP_GET, path, .query = query, .person = who.person,
                                       .roles = who.roles | SIGNED_IN, .link = who.link});
    g_assert_cmpint(page.status, ==, 200);
    const json_t *items = json_object_get(page.body, "items");
    if (rows == 0) {
      *first = json_integer_value(json_object_get(json_array_get(items, 0), "planned_start"));
      total = json_integer_value(json_object_get(page.body, "total"));
    }
    rows += (unsigned)json_array_size(items);
    const char *next = text_of(page.body, "next");
    g_free(query);
    query = next ? g_strdup_printf("limit=2&whose=%s&after=%s", whose, next) : NULL;
  }
  g_assert_cmpint(total, ==, rows);
  return rows;
}

static void test_lists(void) {
  World w;
  world_init(&w);
  char id[17];
  planned(&w, w.clerk, T0 - 40 * DAY, T0 - 39 * DAY, "live", id); /* long ago, and open now */
  planned(&w, w.clerk, T0 - 2 * DAY, T0 - 2 * DAY + 60000, "scheduled", id);
  for (unsigned i = 0; i < 5; i++)
    planned(&w, w.ada, T0 + (i + 2) * DAY, T0 + (i + 2) * DAY + 60000, "scheduled", id);
  planned(&w, w.clerk, T0, T0 + 60000, "scheduled", id);
  const Who staff = {w.clerk, STAFF, NULL}, ada = {w.ada, MEMBER, NULL};
  const struct {
    Who who;
    const char *path, *whose;
    unsigned count;
    int64_t first;
  } cases[] = {
      {staff, "meetings", "", 8, T0 + 6 * DAY},
      {staff, "meetings", "mine", 3, T0},
      {ada, "meetings", "", 5, T0 + 6 * DAY},
      {staff, "meetings/live", "", 1, T0 - 40 * DAY},
      {staff, "meetings/today", "", 2, T0 - 40 * DAY},
      {ada, "meetings/today", "", 0, 0},
      {ada, "meetings/upcoming", "", 5, T0 + 2 * DAY},
      {ada, "meetings/upcoming", "mine", 5, T0 + 2 * DAY},
      {staff, "meetings/upcoming", "mine", 0, 0},
      {staff, "meetings/past", "", 1, T0 - 2 * DAY},
  };
  int64_t first;
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    unsigned rows = listed(&w, cases[i].who, cases[i].path, cases[i].whose, &first);
    if (rows != cases[i].count || first != cases[i].first)
      g_error("case %u: %u rows, from %" G_GINT64_FORMAT, i, rows, first);
  }
  /* Across midnight, whatever the zone; by a link to it only it, and to none that one has no
   * invitation to. */
  planned(&w, w.clerk, T0 - DAY, T0 + DAY, "scheduled", id);
  g_assert_cmpuint(listed(&w, staff, "meetings/today", "", &first), ==, 3);
  g_assert_cmpuint(listed(&w, staff, "meetings/past", "", &first), ==, 1);
  g_assert_cmpuint(listed(&w, (Who){w.clerk, 0, id}, "meetings", "", &first), ==, 1);
  g_assert_cmpuint(listed(&w, (Who){w.ada, 0, id}, "meetings", "", &first), ==, 0);
  world_clear(&w);
}

static void test_one(void) {
  World w;
  world_init(&w);
  char id[17];
  FixtureInvited invited = {.person = w.ada, .capacity = "observe"};
  fixture_meeting(w.f.db, w.clerk, &invited, 1, id);
  g_autofree char *path = g_strconcat("meetings/", id, NULL);
  const struct {
    Who who;
    int status;
    const char *may, *capacity;
  } cases[] = {
      {{w.ada, MEMBER, NULL}, 200, "[]", "observe"},
      {{w.ada, 0, id}, 200, "[]", "observe"},
      {{w.ada, 0, "0123456789abcdef"}, 404, NULL, NULL},
      {{w.bo, MEMBER, NULL}, 404, NULL, NULL},
      {{w.bo, STAFF, NULL},
       200,
       "[\"open\",\"run\",\"cancel\",\"export\",\"edit\",\"invite\",\"hand_out\"]",
       NULL},
      {{w.clerk, MEMBER, NULL},
       200,
       "[\"open\",\"run\",\"cancel\",\"export\",\"edit\",\"invite\"]",
       "host"},
      {{w.bo, ROLES_ADMIN, NULL}, 404, NULL, NULL},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_auto(Answer) one =
        ask(&w, (Ask){HTTP_GET, path, .person = cases[i].who.person,
                      .roles = cases[i].who.roles | SIGNED_IN, .link = cases[i].who.link});
    g_assert_cmpint(one.status, ==, cases[i].status);
    if (one.status != 200)
      continue;
    g_assert_cmpstr(text_of(json_object_get(one.body, "my"), "capacity"), ==, cases[i].capacity);
    g_assert_cmpint(json_integer_value(json_object_get(one.body, "present_s")), ==, 0);
    g_assert_true(json_is_integer(json_object_get(one.body, "present_s")));
    g_autofree char *may = json_dumps(json_object_get(one.body, "may"), JSON_COMPACT);
    if (cases[i].may)
      g_assert_cmpstr(may, ==, cases[i].may);
  }
  world_clear(&w);
}

/* ---- states ---- */

typedef struct {
  World w;
  char id[17];
  char *path;
} One;

/* Ada presides; Bo is invited. */
static void one_init(One *one) {
  world_init(&one->w);
  FixtureInvited invited = {.person = one->w.bo, .capacity = "attend"};
  fixture_meeting(one->w.f.db, one->w.ada, &invited, 1, one->id);
  one->path = g_strconcat("meetings/", one->id, NULL);
}

static void one_clear(One *one) {
  g_free(one->path);
  world_clear(&one->w);
}

static int act_as(One *one, const char *verb, const char *person, unsigned roles) {
  g_autofree char *path = g_strconcat(one->path, "/", verb, NULL);
  g_auto(Answer) answer =
      ask(&one->w, (Ask){HTTP_POST, path, .person = person, .roles = roles | SIGNED_IN});
  g_assert_cmpint(answer.effects, ==, answer.status == 200);
  return answer.status;
}

static void test_states(void) {
  One one;
  one_init(&one);
  World *w = &one.w;
  g_assert_cmpint(act_as(&one, "end", w->ada, MEMBER), ==, 409);
  g_assert_cmpint(act_as(&one, "open", w->bo, MEMBER), ==, 403);
  g_assert_cmpint(act_as(&one, "open", w->ada, MEMBER), ==, 200);
  g_assert_cmpint(act_as(&one, "open", w->ada, MEMBER), ==, 409);
  g_assert_cmpint(act_as(&one, "cancel", w->ada, MEMBER), ==, 409);
  g_assert_cmpint(count(w->f.db, "select opened_at = 1764000000000 and opened_mono_us = 1000000"
                                 " and opened_boot = 'boot-a' from meeting"),
                  ==, 1);
  g_assert_cmpint(act_as(&one, "end", w->clerk, STAFF), ==, 200);
  g_assert_cmpint(act_as(&one, "reopen", w->clerk, STAFF), ==, 403); /* a person ended it */
  g_assert_cmpint(count(w->f.db, "select count(*) from meeting_event where kind in ('opened',"
                                 " 'ended') and person is not null"),
                  ==, 2);
  g_assert_cmpint(count(w->f.db, "select count(*) from case_event where subject = 'meeting'"), ==,
                  2);
  GError *error = NULL;
  g_assert_false(db_exec(w->f.db, "update meeting set state = 'live', ended_at = null", &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_CONFLICT); /* not even by hand */
  g_clear_error(&error);
  one_clear(&one);
}

/* By itself, and for half an hour back; whoever was in it when it ended is out then. */
static void test_vacant(void) {
  One one;
  one_init(&one);
  World *w = &one.w;
  const Act end = {.subject = "meeting", .verb = "end", .id = one.id, .at = fixture_moment(T0)};
  GError *error = NULL;
  g_assert_cmpint(act_as(&one, "open", w->ada, MEMBER), ==, 200);
  json_t *ended = act_now(w->f.db, w->model, "Asia/Shanghai", &end, &error);
  g_assert_nonnull(ended);
  json_decref(ended);
  g_assert_null(act_now(w->f.db, w->model, "Asia/Shanghai", &end, &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_CONFLICT);
  g_assert_cmpstr(error->message, ==, "wrong_state");
  g_clear_error(&error);
  g_assert_cmpint(count(w->f.db, "select count(*) from meeting_event where kind = 'ended' and"
                                 " data ->> '$.reason' = 'vacant'"),
                  ==, 1);
  g_assert_cmpint(act_as(&one, "reopen", w->ada, MEMBER), ==, 403);
  g_assert_true(db_exec(w->f.db, "savepoint later", NULL));
  g_assert_cmpint(act_as(&one, "reopen", w->clerk, STAFF), ==, 200);
  g_assert_true(db_exec(w->f.db,
                        "rollback to later; drop trigger meeting_times_fixed;"
                        "update meeting set ended_at = ended_at - 1800001",
                        NULL));
  g_assert_cmpint(act_as(&one, "reopen", w->clerk, STAFF), ==, 403);
  one_clear(&one);
}

/* Whom a host made his deputy in the room opens and ends, as long as he is invited. */
static void test_deputy(void) {
  One one;
  one_init(&one);
  World *w = &one.w;
  g_assert_true(standing_step(w->f.db, one.id, w->bo, STANDING_APPOINT, &(Actor){w->ada, NULL}, T0,
                              NULL, NULL));
  g_assert_cmpint(act_as(&one, "cancel", w->bo, MEMBER), ==, 403);
  g_assert_cmpint(act_as(&one, "open", w->bo, MEMBER), ==, 200);
  g_assert_true(
      db_exec(w->f.db, "update invitation set revoked_at = 1 where capacity = 'attend'", NULL));
  g_assert_cmpint(act_as(&one, "end", w->bo, MEMBER), ==, 404);
  one_clear(&one);
}

/* ---- what is planned ---- */

static Answer edit(One *one, const char *person, unsigned roles, char *body) {
  g_autofree char *owned = body;
  return ask(&one->w, (Ask){HTTP_PATCH, one->path, .body = owned, .person = person,
                            .roles = roles | SIGNED_IN});
}

static void test_edit(void) {
  One one;
  one_init(&one);
  World *w = &one.w;
  char admin[17];
  fixture_person(w->f.db, "Admin", "admin", "admin", ROLE_SYSTEM_ADMIN, admin);
  const struct {
    unsigned roles;
    char *body;
    int status;
  } cases[] = {
      {MEMBER, g_strdup("{\"title\":\"改期\"}"), 200},
      {MEMBER, g_strdup("{\"title\":\"\"}"), 422},
      {MEMBER, g_strdup("{\"state\":\"ended\"}"), 422},
      {MEMBER, g_strdup_printf("{\"planned_end\":%" G_GINT64_FORMAT "}", T0), 422},
      {MEMBER, g_strdup_printf("{\"planned_end\":%" G_GINT64_FORMAT "}", T0 + 32 * DAY), 422},
      {MEMBER, g_strdup_printf("{\"planned_end\":%" G_GINT64_FORMAT "}", T0 + 31 * DAY), 200},
      {MEMBER, g_strdup_printf("{\"host\":\"%s\"}", w->bo), 403},
      {STAFF, g_strdup_printf("{\"host\":\"%s\"}", admin), 422},
      {STAFF, g_strdup("{\"host\":\"0123456789abcdef\"}"), 422},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_auto(Answer) answer = edit(&one, w->ada, cases[i].roles, cases[i].body);
    if (answer.status != cases[i].status)
      g_error("case %u: %d %s", i, answer.status, json_dumps(answer.body, JSON_COMPACT));
  }
  g_assert_cmpint(act_as(&one, "cancel", w->ada, MEMBER), ==, 200);
  g_auto(Answer) over = edit(&one, w->ada, MEMBER, g_strdup("{\"title\":\"x\"}"));
  g_assert_cmpint(over.status, ==, 409);
  one_clear(&one);
}

/* The new host is invited as such, and let in whoever shut him out; the old one attends. */
static void test_host(void) {
  One one;
  one_init(&one);
  World *w = &one.w;
  Standing standing;
  g_assert_true(
      standing_step(w->f.db, one.id, w->bo, STANDING_BAR, &(Actor){w->ada, NULL}, T0, NULL, NULL));
  g_auto(Answer) changed = edit(&one, w->clerk, STAFF, g_strdup_printf("{\"host\":\"%s\"}", w->bo));
  g_assert_cmpint(changed.status, ==, 200);
  g_assert_cmpstr(text_of(json_object_get(changed.body, "host"), "id"), ==, w->bo);
  g_assert_true(standing_read(w->f.db, one.id, w->bo, &standing, NULL));
  g_assert_cmpint(standing, ==, STANDING_NONE);
  g_assert_cmpint(count(w->f.db, "select count(*) from invitation i join meeting m on m.id ="
                                 " i.meeting where (i.capacity = 'host') = (i.person = m.host)"),
                  ==, 2);
  g_auto(Answer) fresh =
      edit(&one, w->clerk, STAFF, g_strdup_printf("{\"host\":\"%s\"}", w->clerk));
  g_assert_cmpint(
      json_integer_value(json_object_get(json_object_get(fresh.body, "counts"), "expected")), ==,
      3);
  one_clear(&one);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/meetings/lists", test_lists);
  g_test_add_func("/meetings/one", test_one);
  g_test_add_func("/meetings/states", test_states);
  g_test_add_func("/meetings/vacant", test_vacant);
  g_test_add_func("/meetings/deputy", test_deputy);
  g_test_add_func("/meetings/edit", test_edit);
  g_test_add_func("/meetings/host", test_host);
  return g_test_run();
}
