/* Giving and taking roles: alone, with a second person, and for an organisation. */
#include <string.h>

#include "domain/list.h"
#include "domain/test-desk.h"
#include "store/people.h"
#include "store/statement.h"

typedef struct {
  World w;
  char first[17], second[17], leader[17];
  Desk guard, other, chief;
} Office;

/* One security administrator, who is alone. */
static void office_init(Office *o) {
  static const Subject *const list[] = {&subject_person, &subject_org, &subject_post,
                                        &subject_role_holder, NULL};
  desk_init(&o->w, list, "");
  fixture_person(o->w.f.db, "Guard", "guard", "admin", ROLE_SECURITY_ADMIN, o->first);
  o->guard = (Desk){o->first, ROLE_SECURITY_ADMIN};
}

/* Another one, and a leader. */
static void office_grow(Office *o) {
  fixture_person(o->w.f.db, "Other", "other", "admin", ROLE_SECURITY_ADMIN, o->second);
  fixture_person(o->w.f.db, "Chief", "chief", "staff", ROLE_LEADER, o->leader);
  o->other = (Desk){o->second, ROLE_SECURITY_ADMIN};
  o->chief = (Desk){o->leader, ROLE_LEADER};
}

static char *role_of(const char *person, const char *role) {
  return g_strdup_printf("{\"person\":\"%s\",\"role\":\"%s\",\"reason\":\"r\"}", person, role);
}

static char *path_of(const char *id, const char *verb) {
  return g_strconcat("role_holders/", id, verb, NULL);
}

/* What is simple is given at once, and ends without being overwritten. */
static void test_give(void) {
  Office o;
  office_init(&o);
  World *w = &o.w;
  g_autofree char *id = desk_made(w, o.guard, "role_holders", role_of(w->ada, "convener"));
  g_assert_cmpuint(person_roles(w->f.db, w->ada), ==, ROLE_MEMBER | ROLE_CONVENER);
  desk_refused(w, o.guard, HTTP_POST, "role_holders", role_of(w->ada, "convener"),
               "role_holder.there");
  desk_refused(w, o.guard, HTTP_POST, "role_holders", role_of(o.first, "office"), "forbidden");
  desk_refused(w, o.guard, HTTP_POST, "role_holders", role_of(w->ada, "audit_admin"),
               "role_holder.administrator");
  desk_refused(w, o.guard, HTTP_POST, "role_holders", role_of("0123456789abcdef", "office"),
               "role_holder.unknown");
  desk_refused(w, (Desk){w->clerk, STAFF}, HTTP_POST, "role_holders", role_of(w->bo, "office"),
               "forbidden");
  g_autofree char *end = path_of(id, "/end");
  g_autofree char *one = path_of(id, "");
  desk_refused(w, (Desk){w->bo, MEMBER}, HTTP_GET, one, NULL, "not_found");
  json_decref(desk_ask(w, (Desk){w->ada, MEMBER}, HTTP_GET, one, NULL, 200));
  json_decref(desk_ask(w, o.guard, HTTP_POST, end, g_strdup("{\"note\":\"换届\"}"), 200));
  g_assert_cmpuint(person_roles(w->f.db, w->ada), ==, ROLE_MEMBER);
  desk_refused(w, o.guard, HTTP_POST, end, g_strdup("{}"), "wrong_state");
  /* What ended is a row still, and what is given again another. */
  g_free(desk_made(w, o.guard, "role_holders", role_of(w->ada, "convener")));
  g_assert_cmpint(count(w->f.db, "select count(*) from role_holder where role = 'convener'"
                                 " and valid_from is not null"),
                  ==, 2);
  world_clear(w);
}

/* Another one decides: not who asked, nor whom it is about. */
static void test_second(void) {
  Office o;
  office_init(&o);
  office_grow(&o);
  World *w = &o.w;
  desk_refused(w, o.guard, HTTP_POST, "role_holders", role_of(w->clerk, "liaison"),
               "role_holder.needs_second");
  g_autofree char *id = desk_made(w, o.guard, "role_holders/asked", role_of(w->clerk, "liaison"));
  g_autofree char *one = path_of(id, ""), *confirm = path_of(id, "/confirm");
  g_assert_cmpuint(person_roles(w->f.db, w->clerk), ==, ROLE_STAFF);
  /* Both who may confirm it are told, and nobody else. */
  g_assert_cmpint(count(w->f.db, "select count(*) from notice_entry e join notice n on n.id ="
                                 " e.notice join person p on p.id = e.person where n.code ="
                                 " 'role_holder.asked' and p.name in ('Other', 'Chief')"),
                  ==, 2);
  g_assert_cmpint(count(w->f.db, "select count(*) from notice_entry"), ==, 2);
  g_autofree char *mine = desk_may(w, o.guard, one), *his = desk_may(w, o.other, one),
                  *leaders = desk_may(w, o.chief, one);
  g_assert_cmpstr(mine, ==, "withdraw");
  g_assert_cmpstr(his, ==, "confirm refuse");
  g_assert_cmpstr(leaders, ==, "confirm refuse");
  desk_refused(w, o.guard, HTTP_POST, confirm, NULL, "forbidden");
  desk_refused(w, (Desk){w->clerk, STAFF | ROLE_LEADER}, HTTP_POST, confirm, NULL, "forbidden");
  json_t *row = desk_ask(w, o.chief, HTTP_POST, confirm, NULL, 200);
  g_assert_cmpstr(text_of(row, "state"), ==, "held");
  g_assert_cmpstr(text_of(json_object_get(row, "asked_by"), "id"), ==, o.first);
  g_assert_cmpstr(text_of(json_object_get(row, "granted_by"), "id"), ==, o.leader);
  json_decref(row);
  g_assert_cmpuint(person_roles(w->f.db, w->clerk), ==, ROLE_STAFF | ROLE_LIAISON);
  world_clear(w);
}

static void test_refused(void) {
  Office o;
  office_init(&o);
  office_grow(&o);
  World *w = &o.w;
  g_autofree char *id = desk_made(w, o.guard, "role_holders/asked", role_of(w->clerk, "opinions"));
  g_autofree char *refuse = path_of(id, "/refuse");
  desk_refused(w, o.other, HTTP_POST, refuse, g_strdup("{}"), "invalid");
  json_decref(desk_ask(w, o.other, HTTP_POST, refuse, g_strdup("{\"note\":\"no\"}"), 200));
  g_autofree char *again =
      desk_made(w, o.guard, "role_holders/asked", role_of(w->clerk, "opinions"));
  g_autofree char *withdraw = path_of(again, "/withdraw");
  desk_refused(w, o.other, HTTP_POST, withdraw, g_strdup("{}"), "forbidden");
  json_decref(desk_ask(w, o.guard, HTTP_POST, withdraw, g_strdup("{}"), 200));
  g_assert_cmpuint(person_roles(w->f.db, w->clerk), ==, ROLE_STAFF);
  json_t *asked = desk_ask(w, o.guard, HTTP_GET, "role_holders?state=asked", NULL, 200);
  g_assert_cmpint(json_integer_value(json_object_get(asked, "total")), ==, 0);
  json_decref(asked);
  world_clear(w);
}

/* The first administrators of an installation are made by one who is alone; then he is not. */
static void test_alone(void) {
  Office o;
  office_init(&o);
  World *w = &o.w;
  g_autofree char *ada = g_strdup_printf("people/%s/set_roles", w->ada);
  g_autofree char *bo = g_strdup_printf("people/%s/set_roles", w->bo);
  json_decref(desk_ask(w, o.guard, HTTP_POST, ada, g_strdup("{\"roles\":[\"audit_admin\"]}"), 200));
  office_grow(&o);
  desk_refused(w, o.guard, HTTP_POST, bo, g_strdup("{\"roles\":[\"system_admin\"]}"),
               "person.needs_second");
  /* What is not new, or is taken, or wants nobody else, is set at once. */
  json_decref(desk_ask(w, o.guard, HTTP_POST, ada, g_strdup("{\"roles\":[\"audit_admin\"]}"), 200));
  json_decref(desk_ask(w, o.guard, HTTP_POST, ada, g_strdup("{\"roles\":[]}"), 200));
  json_decref(
      desk_ask(w, o.guard, HTTP_POST, bo, g_strdup("{\"roles\":[\"member\",\"staff\"]}"), 200));
  g_assert_cmpuint(person_roles(w->f.db, w->ada), ==, 0);
  g_assert_cmpuint(person_roles(w->f.db, w->bo), ==, ROLE_MEMBER | ROLE_STAFF);
  world_clear(w);
}

/* A role for an organisation is for one of its kind; two organisations are two rows, one role. */
static void test_org(void) {
  Office o;
  office_init(&o);
  World *w = &o.w;
  static const char *const kinds[] = {"unit", "unit", "sector"};
  char *bodies[3];
  for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
    g_autofree char *org =
        desk_made(w, (Desk){w->clerk, STAFF}, "orgs",
                  g_strdup_printf("{\"kind\":\"%s\",\"code\":\"%u\",\"name\":\"n\",\"valid_from\":"
                                  "\"2020-01-01\"}",
                                  kinds[i], i));
    bodies[i] = g_strdup_printf("{\"person\":\"%s\",\"role\":\"unit\",\"org\":\"%s\"}", w->bo, org);
  }
  g_autofree char *one = desk_made(w, o.guard, "role_holders", bodies[0]);
  g_autofree char *two = desk_made(w, o.guard, "role_holders", bodies[1]);
  desk_refused(w, o.guard, HTTP_POST, "role_holders", bodies[2], "role_holder.other_org");
  g_assert_cmpuint(person_roles(w->f.db, w->bo), ==, ROLE_MEMBER | ROLE_UNIT);
  g_assert_cmpint(count(w->f.db, "select count(*) from person_role where role = 'unit'"), ==, 1);
  g_autofree char *end = path_of(one, "/end");
  json_decref(desk_ask(w, o.guard, HTTP_POST, end, g_strdup("{}"), 200));
  g_assert_cmpuint(person_roles(w->f.db, w->bo), ==, ROLE_MEMBER | ROLE_UNIT);
  g_autofree char *last = path_of(two, "/end");
  json_decref(desk_ask(w, o.guard, HTTP_POST, last, g_strdup("{}"), 200));
  g_assert_cmpuint(person_roles(w->f.db, w->bo), ==, ROLE_MEMBER);
  world_clear(w);
}

/* However an account becomes an administrator's, its old ways in are shut. */
static void test_promoted(void) {
  Office o;
  office_init(&o);
  World *w = &o.w;
  static const char sql[] =
      "insert into credential (person, cost_log2, salt, hash, must_change, changed_at)"
      " select id, 10, zeroblob(16), zeroblob(32), 0, 1 from person where login = 'bo';"
      "insert into session (digest, person, csrf, created_at, last_seen_at, expires_at, address)"
      " select printf('%064d', 1), id, 'c', 1, 1, 9, '' from person where login = 'bo'";
  g_assert_true(db_exec(w->f.db, sql, NULL));
  g_autofree char *roles = g_strdup_printf("people/%s/set_roles", w->bo);
  json_decref(desk_ask(w, o.guard, HTTP_POST, roles, g_strdup("{\"roles\":[\"staff\"]}"), 200));
  g_assert_cmpint(count(w->f.db, "select count(*) from session"), ==, 1);
  json_decref(desk_ask(w, o.guard, HTTP_POST, roles, g_strdup("{\"roles\":[]}"), 200));
  g_free(desk_made(w, o.guard, "role_holders", role_of(w->bo, "audit_admin")));
  g_assert_cmpint(count(w->f.db, "select count(*) from session"), ==, 0);
  g_assert_cmpint(count(w->f.db, "select must_change from credential"), ==, 1);
  world_clear(w);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/roles/give", test_give);
  g_test_add_func("/roles/second", test_second);
  g_test_add_func("/roles/refused", test_refused);
  g_test_add_func("/roles/alone", test_alone);
  g_test_add_func("/roles/org", test_org);
  g_test_add_func("/roles/promoted", test_promoted);
  return g_test_run();
}
