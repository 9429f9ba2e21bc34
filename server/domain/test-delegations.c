/* Delegations: who gives what to whom, who sees and ends it, who is told. */
#include <string.h>

#include "domain/list.h"
#include "domain/test-desk.h"
#include "store/people.h"

static void world_init(World *w) {
  static const Subject *const list[] = {&subject_person, &subject_setting, &subject_absence,
                                        &subject_delegation, NULL};
  desk_init(w, list, "");
}

#define ADA ((Desk){w.ada, MEMBER})
#define BO ((Desk){w.bo, MEMBER})
#define CLERK ((Desk){w.clerk, STAFF})
#define SECURITY ((Desk){w.clerk, ROLE_SECURITY_ADMIN})

static char *to(const char *deputy, const char *from, const char *until, const char *verbs) {
  return g_strdup_printf("{\"deputy\":\"%s\",\"starts_on\":\"%s\",\"ends_on\":\"%s\","
                         "\"reason\":\"r\",\"verbs\":[%s]}",
                         deputy, from, until, verbs);
}

#define CREATE "\"absence.create\""

static void test_given(void) {
  World w;
  world_init(&w);
  g_autofree char *id = desk_made(&w, ADA, "delegations", to(w.bo, TODAY, TOMORROW, CREATE));
  g_autofree char *path = g_strconcat("delegations/", id, NULL);
  g_autofree char *revoke = g_strconcat(path, "/revoke", NULL);
  json_t *row = desk_ask(&w, BO, HTTP_GET, path, NULL, 200);
  g_assert_cmpstr(text_of(json_object_get(row, "giver"), "name"), ==, "Ada");
  g_assert_cmpstr(json_string_value(json_array_get(json_object_get(row, "verbs"), 0)), ==,
                  "absence.create");
  json_decref(row);
  desk_refused(&w, CLERK, HTTP_GET, path, NULL, "not_found");
  json_decref(desk_ask(&w, SECURITY, HTTP_GET, path, NULL, 200));
  g_autofree char *told =
      g_strdup_printf("select count(*) from notice_entry where person = '%s'", w.bo);
  g_assert_cmpint(count(w.f.db, told), ==, 1);
  desk_refused(&w, BO, HTTP_POST, revoke, NULL, "forbidden");
  json_decref(desk_ask(&w, ADA, HTTP_POST, revoke, NULL, 200));
  desk_refused(&w, ADA, HTTP_POST, revoke, NULL, "delegation.revoked");
  world_clear(&w);
}

static void test_refused(void) {
  World w;
  world_init(&w);
  const struct {
    const char *code;
    char *body;
  } cases[] = {
      {"delegation.unknown", to(w.ada, TODAY, TODAY, CREATE)},
      {"delegation.unknown", to("0123456789abcdef", TODAY, TODAY, CREATE)},
      {"delegation.ends_before", to(w.bo, TOMORROW, TODAY, CREATE)},
      {"delegation.ends_before", to(w.bo, "2025-11-01", "2025-11-24", CREATE)},
      {"delegation.too_long", to(w.bo, TODAY, "2026-11-26", CREATE)},
      {"delegation.not_yours", to(w.bo, TODAY, TODAY, "\"person.create\"")},
      {"invalid", to(w.bo, TODAY, TODAY, "\"absence.read\"")},
      {"invalid", to(w.bo, TODAY, TODAY, "\"delegation.create\"")},
      {"invalid", to(w.bo, TODAY, TODAY, "\"nothing\"")},
      {"invalid", to(w.bo, TODAY, TODAY, "")},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
    desk_refused(&w, ADA, HTTP_POST, "delegations", cases[i].body, cases[i].code);
  desk_refused(&w, SECURITY, HTTP_POST, "delegations", to(w.bo, TODAY, TODAY, CREATE), "forbidden");
  char eve[17];
  fixture_person(w.f.db, "Eve", "eve", "admin", ROLE_AUDIT_ADMIN, eve);
  desk_refused(&w, ADA, HTTP_POST, "delegations", to(eve, TODAY, TODAY, CREATE),
               "delegation.administrator");
  world_clear(&w);
}

/* What is made for another is his, and says who made it. */
static void test_used(void) {
  World w;
  world_init(&w);
  g_free(desk_made(&w, ADA, "delegations", to(w.bo, TODAY, TODAY, CREATE)));
  g_auto(Answer) made =
      ask(&w, (Ask){HTTP_POST, "absences", .person = w.bo, .roles = MEMBER, .behalf = w.ada,
                    .body = "{\"starts_on\":\"" TODAY "\",\"ends_on\":\"" TODAY "\"}"});
  g_assert_cmpint(made.status, ==, 200);
  g_assert_cmpstr(text_of(json_object_get(made.body, "person"), "id"), ==, w.ada);
  g_autofree char *sql = g_strdup_printf("select count(*) from case_event where actor = '%s' and"
                                         " on_behalf = '%s' and subject = 'absence'",
                                         w.bo, w.ada);
  g_assert_cmpint(count(w.f.db, sql), ==, 1);
  world_clear(&w);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/delegations/given", test_given);
  g_test_add_func("/delegations/refused", test_refused);
  g_test_add_func("/delegations/used", test_used);
  return g_test_run();
}
