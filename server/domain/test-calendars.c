/* Years of the calendar: loaded, looked at by another, made active, replaced. */
#include <string.h>

#include "domain/list.h"
#include "domain/test-desk.h"
#include "model/calendar-load.h"
#include "model/test-year.h"
#include "store/people.h"
#include "store/statement.h"

static void world_init(World *w) {
  static const Subject *const list[] = {&subject_calendar_year, NULL};
  desk_init(w, list, "");
}

#define LOADER ((Desk){w->clerk, ROLE_SYSTEM_ADMIN})
#define OTHER ((Desk){w->bo, ROLE_OFFICE})

/* A year of one row: its first of January, off or worked. */
static char *load(World *w, unsigned year, const char *kind) {
  return desk_made(w, LOADER, "calendar_years",
                   g_strdup_printf("{\"year\":%u,\"source\":\"s\",\"days\":[{\"date\":"
                                   "\"%u-01-01\",\"kind\":\"%s\",\"note\":\"元旦\"}]}",
                                   year, year, kind));
}

static void act(World *w, Desk who, const char *id, const char *verb, int status) {
  g_autofree char *path = g_strdup_printf("calendar_years/%s/%s", id, verb);
  json_decref(desk_ask(w, who, HTTP_POST, path, NULL, status));
}

static bool is_working(World *w, const char *text) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Calendar) calendar = calendar_load(w->f.db, &error);
  bool working;
  g_assert_no_error(error);
  g_assert_true(calendar_is_working(calendar, day(text), &working, &error));
  return working;
}

/* It counts only when somebody else looked at it and it was made active. */
static void test_way(void) {
  World world, *w = &world;
  world_init(w);
  g_autofree char *id = load(w, 2027, "off");
  act(w, LOADER, id, "check", 403);
  act(w, LOADER, id, "activate", 409);
  act(w, OTHER, id, "check", 200);
  g_autoptr(GError) error = NULL;
  g_autoptr(Calendar) before = calendar_load(w->f.db, &error);
  bool working;
  g_assert_false(calendar_is_working(before, day("2027-01-01"), &working, &error));
  g_assert_error(error, CALENDAR_ERROR, CALENDAR_NOT_LOADED);
  act(w, LOADER, id, "activate", 200);
  g_assert_false(is_working(w, "2027-01-01"));
  g_assert_true(is_working(w, "2027-01-04"));
  g_assert_false(is_working(w, "2026-10-01"));
  /* A later version takes its place, and the first is kept as it was. */
  g_autofree char *next = load(w, 2027, "work");
  act(w, OTHER, next, "check", 200);
  act(w, OTHER, next, "activate", 200);
  g_assert_true(is_working(w, "2027-01-01"));
  g_autofree char *one = g_strconcat("calendar_years/", id, NULL);
  json_t *old = desk_ask(w, OTHER, HTTP_GET, one, NULL, 200);
  g_assert_cmpstr(text_of(old, "state"), ==, "replaced");
  g_assert_cmpuint(json_array_size(json_object_get(old, "days")), ==, 1);
  json_decref(old);
  /* The record of what was done has the days too. */
  g_assert_cmpint(count(w->f.db, "select count(*) from case_event where verb = 'load'"
                                 " and data ->> '$.days[0].note' = '元旦'"),
                  ==, 2);
  g_assert_false(db_exec(w->f.db, "update calendar_day set kind = 'off'", NULL));
  g_assert_false(db_exec(w->f.db, "delete from calendar_day", NULL));
  world_clear(w);
}

static void test_refusals(void) {
  World world, *w = &world;
  world_init(w);
  g_autofree char *far = load(w, 2028, "off");
  act(w, OTHER, far, "check", 200);
  g_autofree char *activate = g_strdup_printf("calendar_years/%s/activate", far);
  desk_refused(w, OTHER, HTTP_POST, activate, NULL, "calendar_year.gap");
  static const char form[] = "{\"year\":2027,\"source\":\"s\",\"days\":[{\"date\":\"2027-01-01\","
                             "\"kind\":\"off\",\"note\":\"\"},{\"date\":\"%s\",\"kind\":\"%s\","
                             "\"note\":\"\"}]}";
  static const struct {
    const char *date, *kind, *code;
  } cases[] = {{"2028-01-02", "off", "calendar_year.other_year"},
               {"2027-01-01", "work", "calendar_year.twice"},
               {"2027-02-29", "off", "invalid"},
               {"2027-01-02", "half", "invalid"}};
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
    desk_refused(w, LOADER, HTTP_POST, "calendar_years",
                 g_strdup_printf(form, cases[i].date, cases[i].kind), cases[i].code);
  desk_refused(w, (Desk){w->ada, STAFF}, HTTP_POST, "calendar_years",
               g_strdup_printf(form, "2027-01-02", "off"), "forbidden");
  desk_refused(w, LOADER, HTTP_POST, "calendar_years",
               g_strdup("{\"year\":2027,\"source\":\"s\",\"days\":[]}"), "invalid");
  world_clear(w);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/calendars/way", test_way);
  g_test_add_func("/calendars/refusals", test_refusals);
  return g_test_run();
}
