/* Absences: who says whose, who sees them, and on which days. */
#include <string.h>

#include "domain/list.h"
#include "domain/test-desk.h"
#include "store/people.h"
#include "store/statement.h"

static void world_init(World *w) {
  static const Subject *const list[] = {&subject_person, &subject_setting, &subject_absence, NULL};
  desk_init(w, list, "");
}

#define ADA ((Desk){w.ada, MEMBER})
#define BO ((Desk){w.bo, MEMBER})
#define CLERK ((Desk){w.clerk, STAFF})
#define LIAISON ((Desk){w.clerk, ROLE_LIAISON})

static char *days(const char *person, const char *from, const char *to) {
  g_autofree char *who = person ? g_strdup_printf("\"person\":\"%s\",", person) : g_strdup("");
  return g_strdup_printf("{%s\"starts_on\":\"%s\",\"ends_on\":\"%s\",\"reason\":\"r\"}", who, from,
                         to);
}

/* How many are away on that day, as whoever asks sees it. */
static json_int_t away(World *w, Desk who, const char *day) {
  g_autofree char *path = g_strdup_printf("absences?on=%s", day);
  json_t *page = desk_ask(w, who, HTTP_GET, path, NULL, 200);
  json_int_t total = json_integer_value(json_object_get(page, "total"));
  json_decref(page);
  return total;
}

static void test_days(void) {
  World w;
  world_init(&w);
  g_autofree char *id = desk_made(&w, ADA, "absences", days(NULL, TODAY, TOMORROW));
  static const struct {
    const char *day;
    json_int_t count;
  } cases[] = {{"2025-11-24", 0}, {TODAY, 1}, {TOMORROW, 1}, {"2025-11-27", 0}};
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
    g_assert_cmpint(away(&w, CLERK, cases[i].day), ==, cases[i].count);
  g_assert_cmpint(away(&w, BO, TODAY), ==, 0);
  g_assert_cmpint(away(&w, ADA, TODAY), ==, 1);
  g_autofree char *cancel = g_strdup_printf("absences/%s/cancel", id);
  desk_refused(&w, BO, HTTP_POST, cancel, NULL, "not_found");
  desk_refused(&w, CLERK, HTTP_POST, cancel, NULL, "forbidden");
  json_t *row = desk_ask(&w, ADA, HTTP_POST, cancel, NULL, 200);
  g_assert_true(json_is_true(json_object_get(row, "is_cancelled")));
  json_decref(row);
  g_assert_cmpint(away(&w, CLERK, TODAY), ==, 0);
  /* Nobody believes afterwards that it counts again. */
  g_autofree char *path = g_strdup_printf("absences/%s", id);
  desk_refused(&w, ADA, HTTP_PATCH, path, g_strdup("{\"reason\":\"x\"}"), "absence.cancelled");
  desk_refused(&w, ADA, HTTP_POST, cancel, NULL, "absence.cancelled");
  world_clear(&w);
}

static json_int_t coming(World *w, Desk who, const char **deputies) {
  static char names[100];
  json_t *page = desk_ask(w, who, HTTP_GET, "absences/coming", NULL, 200);
  json_int_t total = json_integer_value(json_object_get(page, "total"));
  const json_t *row = json_array_get(json_object_get(page, "items"), 0);
  const char *text = row ? text_of(row, "deputies") : NULL;
  g_strlcpy(names, text ? text : "", sizeof names);
  *deputies = names;
  json_decref(page);
  return total;
}

/* The office sees who is away and will be, and who acts for him then; others their own. */
static void test_coming(void) {
  World w;
  world_init(&w);
  const char *deputies;
  g_free(desk_made(&w, ADA, "absences", days(NULL, TOMORROW, TOMORROW)));
  g_free(desk_made(&w, ADA, "absences", days(NULL, "2025-11-01", "2025-11-24")));
  g_assert_cmpint(coming(&w, CLERK, &deputies), ==, 1);
  g_assert_cmpstr(deputies, ==, "");
  g_autofree char *sql = g_strdup_printf(
      "insert into delegation (id, giver, deputy, starts_on, ends_on, reason, created_at)"
      " select substr(p.id, 1, 15) || '1', '%s', p.id, '" TODAY "', '2025-12-31', 'r', 1"
      " from person p where p.id in ('%s', '%s');"
      " update delegation set revoked_at = 1 where deputy = '%s'",
      w.ada, w.bo, w.clerk, w.clerk);
  g_assert_true(db_exec(w.f.db, sql, NULL));
  g_assert_cmpint(coming(&w, LIAISON, &deputies), ==, 1);
  g_assert_cmpstr(deputies, ==, "Bo");
  g_assert_cmpint(coming(&w, BO, &deputies), ==, 0);
  g_assert_cmpint(coming(&w, ADA, &deputies), ==, 1);
  world_clear(&w);
}

/* Others see that somebody is away, not why. */
static void test_rights(void) {
  World w;
  world_init(&w);
  desk_refused(&w, ADA, HTTP_POST, "absences", days(w.bo, TODAY, TODAY), "forbidden");
  desk_refused(&w, CLERK, HTTP_POST, "absences", days(w.bo, TODAY, TODAY), "forbidden");
  g_autofree char *id = desk_made(&w, LIAISON, "absences", days(w.bo, TODAY, TODAY));
  desk_refused(&w, LIAISON, HTTP_POST, "absences", days("0123456789abcdef", TODAY, TODAY),
               "absence.unknown");
  g_autofree char *path = g_strconcat("absences/", id, NULL);
  json_t *own = desk_ask(&w, BO, HTTP_GET, path, NULL, 200);
  json_t *seen = desk_ask(&w, CLERK, HTTP_GET, path, NULL, 200);
  g_assert_cmpstr(text_of(own, "reason"), ==, "r");
  g_assert_null(json_object_get(seen, "reason"));
  json_decref(own);
  json_decref(seen);
  world_clear(&w);
}

/* 180 days are let in, 181 are not, until the office sets it otherwise. */
static void test_bounds(void) {
  World w;
  world_init(&w);
  desk_refused(&w, ADA, HTTP_POST, "absences", days(NULL, TOMORROW, TODAY), "absence.ends_before");
  desk_refused(&w, ADA, HTTP_POST, "absences", days(NULL, "2026-01-01", "2026-06-30"),
               "absence.too_long");
  g_autofree char *id = desk_made(&w, ADA, "absences", days(NULL, "2026-01-01", "2026-06-29"));
  g_autofree char *path = g_strconcat("absences/", id, NULL);
  desk_refused(&w, ADA, HTTP_PATCH, path, g_strdup("{\"ends_on\":\"2026-06-30\"}"),
               "absence.too_long");
  g_free(desk_made(&w, (Desk){w.clerk, ROLE_SYSTEM_ADMIN}, "settings",
                   g_strdup("{\"key\":\"absence_days_most\",\"value\":\"181\"}")));
  json_decref(desk_ask(&w, ADA, HTTP_PATCH, path, g_strdup("{\"ends_on\":\"2026-06-30\"}"), 200));
  world_clear(&w);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/absences/coming", test_coming);
  g_test_add_func("/absences/days", test_days);
  g_test_add_func("/absences/rights", test_rights);
  g_test_add_func("/absences/bounds", test_bounds);
  return g_test_run();
}
