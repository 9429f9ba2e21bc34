/* Terms, their sessions, and posts in them. */
#include <string.h>

#include "domain/list.h"
#include "domain/test-desk.h"
#include "store/people.h"
#include "store/statement.h"

static void world_init(World *w) {
  static const Subject *const list[] = {&subject_person,       &subject_org,  &subject_term,
                                        &subject_term_session, &subject_post, NULL};
  desk_init(w, list, "");
}

#define OFFICE ((Desk){w.clerk, ROLE_OFFICE})
#define CLERK ((Desk){w.clerk, STAFF})
#define ADA ((Desk){w.ada, MEMBER})

static char *term_json(unsigned no, const char *from, const char *to) {
  return g_strdup_printf("{\"no\":%u,\"name\":\"第%u届\",\"starts_on\":\"%s\",\"ends_on\":\"%s\"}",
                         no, no, from, to);
}

static char *next_json(const char *term, unsigned no, const char *from, const char *to) {
  return g_strdup_printf("{\"term\":\"%s\",\"no\":%u,\"name\":\"第%u次\",\"plenary_from\":\"%s\","
                         "\"plenary_to\":\"%s\"}",
                         term, no, no, from, to);
}

static void test_terms(void) {
  World w;
  world_init(&w);
  g_free(desk_made(&w, OFFICE, "terms", term_json(13, "2017-01-01", "2021-12-31")));
  g_autofree char *id = desk_made(&w, OFFICE, "terms", term_json(14, "2022-01-01", "2026-12-31"));
  desk_refused(&w, CLERK, HTTP_POST, "terms", term_json(15, "2027-01-01", "2031-12-31"),
               "forbidden");
  desk_refused(&w, OFFICE, HTTP_POST, "terms", term_json(14, "2027-01-01", "2031-12-31"),
               "term.taken");
  desk_refused(&w, OFFICE, HTTP_POST, "terms", term_json(15, "2026-12-31", "2031-12-31"),
               "term.overlaps");
  desk_refused(&w, OFFICE, HTTP_POST, "terms", term_json(15, "2027-12-31", "2027-01-01"),
               "term.ends_before");
  g_autofree char *one = g_strconcat("terms/", id, NULL);
  desk_refused(&w, OFFICE, HTTP_PATCH, one, g_strdup("{\"starts_on\":\"2021-12-31\"}"),
               "term.overlaps");
  json_t *page = desk_ask(&w, ADA, HTTP_GET, "terms", NULL, 200);
  const json_t *first = json_array_get(json_object_get(page, "items"), 0);
  g_assert_cmpint(json_integer_value(json_object_get(first, "no")), ==, 14);
  g_assert_true(json_is_true(json_object_get(first, "current")));
  json_decref(page);
  world_clear(&w);
}

static void test_sessions(void) {
  World w;
  world_init(&w);
  g_autofree char *term = desk_made(&w, OFFICE, "terms", term_json(14, "2022-01-01", "2026-12-31"));
  g_autofree char *id =
      desk_made(&w, OFFICE, "term_sessions", next_json(term, 4, "2025-02-18", "2025-02-20"));
  desk_refused(&w, OFFICE, HTTP_POST, "term_sessions",
               next_json(term, 4, "2026-01-20", "2026-01-23"), "term_session.taken");
  desk_refused(&w, OFFICE, HTTP_POST, "term_sessions",
               next_json(term, 6, "2027-01-20", "2027-01-23"), "term_session.outside");
  desk_refused(&w, OFFICE, HTTP_POST, "term_sessions",
               next_json("0123456789abcdef", 6, "2026-01-20", "2026-01-23"),
               "term_session.unknown");
  g_autofree char *shorter = g_strconcat("terms/", term, NULL);
  desk_refused(&w, OFFICE, HTTP_PATCH, shorter, g_strdup("{\"ends_on\":\"2025-02-19\"}"),
               "term.has_sessions");
  g_autofree char *of_term = g_strdup_printf("terms/%s/sessions", term);
  json_t *page = desk_ask(&w, ADA, HTTP_GET, of_term, NULL, 200);
  g_assert_cmpint(json_integer_value(json_object_get(page, "total")), ==, 1);
  json_decref(page);
  /* Proposals are taken from the opening to just before the close. */
  g_autofree char *one = g_strconcat("term_sessions/", id, NULL);
  g_autofree char *window = g_strconcat(one, "/window", NULL);
  static const struct {
    int64_t open, close;
    bool takes;
  } cases[] = {{T0, T0 + 1, true}, {T0 - 9, T0, false}, {T0 + 1, T0 + 2, false}};
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    json_t *row = desk_ask(&w, (Desk){w.clerk, ROLE_PROPOSALS}, HTTP_PATCH, window,
                           g_strdup_printf("{\"proposal_open_at\":%" G_GINT64_FORMAT
                                           ",\"proposal_close_at\":%" G_GINT64_FORMAT "}",
                                           cases[i].open, cases[i].close),
                           200);
    g_assert_cmpint(json_is_true(json_object_get(row, "takes_proposals")), ==, cases[i].takes);
    json_decref(row);
  }
  desk_refused(&w, OFFICE, HTTP_PATCH, window,
               g_strdup("{\"proposal_open_at\":1764000000000,\"proposal_close_at\":1764000000000}"),
               "term_session.closes_before");
  /* Whose the time for proposals is sees what was done to the term, too. */
  g_autofree char *events = g_strconcat(shorter, "/events", NULL);
  json_decref(desk_ask(&w, (Desk){w.clerk, ROLE_PROPOSALS}, HTTP_GET, events, NULL, 200));
  desk_refused(&w, (Desk){w.clerk, ROLE_UNIT}, HTTP_GET, events, NULL, "not_found");
  g_assert_false(db_exec(w.f.db, "update term_session set plenary_to = '2025-01-01'", NULL));
  world_clear(&w);
}

/* A post may say in which term it is held. */
static void test_posts(void) {
  World w;
  world_init(&w);
  g_autofree char *term = desk_made(&w, OFFICE, "terms", term_json(14, "2022-01-01", "2026-12-31"));
  g_autofree char *org =
      desk_made(&w, CLERK, "orgs",
                g_strdup("{\"kind\":\"sector\",\"code\":\"1\",\"name\":\"科技界\","
                         "\"valid_from\":\"2020-01-01\"}"));
  static const char form[] = "{\"person\":\"%s\",\"org\":\"%s\",\"role\":\"member\","
                             "\"valid_from\":\"2022-01-01\",\"term\":\"%s\"}";
  desk_refused(&w, CLERK, HTTP_POST, "posts", g_strdup_printf(form, w.ada, org, org),
               "post.unknown");
  json_t *post =
      desk_ask(&w, CLERK, HTTP_POST, "posts", g_strdup_printf(form, w.ada, org, term), 200);
  const json_t *shown = json_object_get(post, "term");
  g_assert_cmpint(json_integer_value(json_object_get(shown, "no")), ==, 14);
  json_decref(post);
  world_clear(&w);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/terms/terms", test_terms);
  g_test_add_func("/terms/sessions", test_sessions);
  g_test_add_func("/terms/posts", test_posts);
  return g_test_run();
}
