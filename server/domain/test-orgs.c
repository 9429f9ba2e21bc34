/* Organisations and posts as of any day: names, reforms, rosters. */
#include <string.h>

#include "domain/list.h"
#include "domain/test-desk.h"
#include "model/attachment.h"

static void world_init(World *w) {
  static const Subject *const list[] = {&subject_person, &subject_org, &subject_post, NULL};
  desk_init(w, list, "");
}

static json_t *clerk(World *w, HttpMethod method, const char *path, char *body, int status) {
  return desk_ask(w, (Desk){w->clerk, STAFF}, method, path, body, status);
}

static void refused(World *w, HttpMethod method, const char *path, char *body, const char *code) {
  desk_refused(w, (Desk){w->clerk, STAFF}, method, path, body, code);
}

static char *org_of(World *w, const char *kind, const char *code, const char *name,
                    const char *from) {
  return desk_made(w, (Desk){w->clerk, STAFF}, "orgs",
                   g_strdup_printf("{\"kind\":\"%s\",\"code\":\"%s\",\"name\":\"%s\","
                                   "\"valid_from\":\"%s\"}",
                                   kind, code, name, from));
}

/* The names of a list, in its order. */
static char *names(World *w, const char *path) {
  json_t *page = clerk(w, HTTP_GET, path, NULL, 200), *item;
  GString *text = g_string_new(NULL);
  size_t i;
  json_array_foreach(json_object_get(page, "items"), i, item) {
    const char *name = text_of(item, "name");
    g_string_append_printf(text, "%s%s", i ? " " : "",
                           name ? name : text_of(json_object_get(item, "person"), "name"));
  }
  json_decref(page);
  return g_string_free(text, FALSE);
}

/* Two sectors become one: a list of an old year has them apart, by the names of that year. */
static void test_reform(void) {
  World w;
  world_init(&w);
  g_autofree char *league = org_of(&w, "sector", "01", "共青团", "2017-01-01");
  g_autofree char *youth = org_of(&w, "sector", "02", "青联", "2017-01-01");
  g_autofree char *both = org_of(&w, "sector", "03", "共青团和青联", "2023-03-01");
  char *const old[] = {league, youth};
  for (unsigned i = 0; i < 2; i++) {
    g_autofree char *path = g_strdup_printf("orgs/%s/end", old[i]);
    json_decref(clerk(&w, HTTP_PATCH, path,
                      g_strdup_printf("{\"valid_to\":\"2023-03-01\",\"successor\":\"%s\"}", both),
                      200));
  }
  g_autofree char *before = names(&w, "orgs?on=2022-12-31&kind=sector&sort=name");
  g_autofree char *after = names(&w, "orgs?on=2023-12-31&kind=sector");
  g_assert_cmpstr(before, ==, "共青团 青联");
  g_assert_cmpstr(after, ==, "共青团和青联");
  g_autofree char *path = g_strdup_printf("orgs/%s?on=2022-12-31", league);
  json_t *shown = clerk(&w, HTTP_GET, path, NULL, 200);
  g_assert_cmpstr(text_of(json_object_get(shown, "successor"), "name"), ==, "共青团和青联");
  json_decref(shown);
  world_clear(&w);
}

static void test_names(void) {
  World w;
  world_init(&w);
  g_autofree char *id = org_of(&w, "committee", "h", "人口资源委", "2017-01-01");
  g_autofree char *rename = g_strdup_printf("orgs/%s/names", id);
  g_autofree char *one = g_strdup_printf("orgs/%s", id);
  g_autofree char *then = g_strdup_printf("orgs/%s?on=2019-06-30", id);
  json_decref(clerk(&w, HTTP_PATCH, rename,
                    g_strdup("{\"name\":\"环资委\",\"since\":\"2019-07-01\"}"), 200));
  json_t *now = clerk(&w, HTTP_GET, one, NULL, 200), *old = clerk(&w, HTTP_GET, then, NULL, 200);
  g_assert_cmpstr(text_of(now, "name"), ==, "环资委");
  g_assert_cmpstr(text_of(old, "name"), ==, "人口资源委");
  g_assert_cmpuint(json_array_size(json_object_get(now, "names")), ==, 2);
  json_decref(now);
  json_decref(old);
  refused(&w, HTTP_PATCH, rename, g_strdup("{\"name\":\"x\",\"since\":\"2016-01-01\"}"),
          "org.before_it_began");
  refused(&w, HTTP_PATCH, rename, g_strdup("{\"name\":\"x\",\"since\":\"2017-01-01\"}"),
          "org.named_then");
  g_autofree char *nothing = g_strdup_printf("orgs/%s?on=2019-02-30", id);
  json_decref(clerk(&w, HTTP_GET, nothing, NULL, 422));
  world_clear(&w);
}

static void test_refusals(void) {
  World w;
  world_init(&w);
  g_autofree char *top = org_of(&w, "unit", "1", "市委", "2017-01-01");
  g_autofree char *low = org_of(&w, "unit", "2", "办公室", "2017-01-01");
  g_autofree char *edit_top = g_strdup_printf("orgs/%s", top);
  g_autofree char *edit_low = g_strdup_printf("orgs/%s", low);
  json_decref(clerk(&w, HTTP_PATCH, edit_low, g_strdup_printf("{\"parent\":\"%s\"}", top), 200));
  refused(&w, HTTP_PATCH, edit_top, g_strdup_printf("{\"parent\":\"%s\"}", low), "org.circle");
  refused(&w, HTTP_PATCH, edit_top, g_strdup("{\"parent\":\"0123456789abcdef\"}"), "org.unknown");
  refused(&w, HTTP_PATCH, edit_low, g_strdup("{\"code\":\"1\"}"), "org.code_taken");
  g_autofree char *under = g_strdup_printf("orgs?under=%s&sort=name", top);
  g_autofree char *below = names(&w, under);
  g_assert_cmpstr(below, ==, "办公室 市委");
  world_clear(&w);
}

static void test_posts(void) {
  World w;
  world_init(&w);
  g_autofree char *org = org_of(&w, "sector", "1", "科技界", "2020-01-01");
  const char *form = "{\"person\":\"%s\",\"org\":\"%s\",\"role\":\"member\",\"valid_from\":\"%s\"}";
  json_t *made =
      clerk(&w, HTTP_POST, "posts", g_strdup_printf(form, w.ada, org, "2022-01-01"), 200);
  g_autofree char *end = g_strdup_printf("posts/%s/end", text_of(made, "id"));
  json_decref(made);
  refused(&w, HTTP_POST, "posts", g_strdup_printf(form, w.ada, org, "2023-01-01"), "post.overlaps");
  refused(&w, HTTP_POST, "posts", g_strdup_printf(form, w.bo, org, "2019-12-31"), "post.outside");
  refused(&w, HTTP_POST, "posts", g_strdup_printf(form, "0123456789abcdef", org, "2022-01-01"),
          "post.unknown");
  g_autofree char *close = g_strdup_printf("orgs/%s/end", org);
  refused(&w, HTTP_PATCH, close, g_strdup("{\"valid_to\":\"2026-01-01\"}"), "org.has_posts");
  refused(&w, HTTP_PATCH, end, g_strdup("{\"valid_to\":\"2022-01-01\"}"), "post.ends_before");
  json_decref(clerk(&w, HTTP_PATCH, end,
                    g_strdup("{\"valid_to\":\"2024-07-01\",\"reason\":\"调离\"}"), 200));
  json_decref(clerk(&w, HTTP_POST, "posts", g_strdup_printf(form, w.ada, org, "2024-07-01"), 200));
  /* A closed post stays closed, and what is wanted is not null. */
  refused(&w, HTTP_PATCH, end, g_strdup("{\"valid_to\":\"2024-09-01\"}"), "post.ended");
  refused(&w, HTTP_PATCH, end, g_strdup("{\"valid_to\":null}"), "invalid");
  refused(&w, HTTP_PATCH, close, g_strdup("{\"valid_to\":null}"), "invalid");
  json_decref(clerk(&w, HTTP_PATCH, end, g_strdup("{\"valid_to\":\"2024-06-30\"}"), 200));
  g_assert_cmpint(count(w.f.db, "select count(*) from post"), ==, 2);
  world_clear(&w);
}

/* ---- every past day's roster equals what the spans say ---- */

#define SPANS 120
#define DAYS 400

typedef struct {
  unsigned person, from, to; /* days; `to` is the first without */
} Span;

static char *day(unsigned n) {
  g_autoptr(GDate) date = g_date_new_dmy(1, G_DATE_JANUARY, 2022);
  char text[16];
  g_date_add_days(date, n);
  g_date_strftime(text, sizeof text, "%Y-%m-%d", date);
  return g_strdup(text);
}

static bool overlaps(const Span *spans, unsigned count, const Span *fresh) {
  for (unsigned i = 0; i < count; i++)
    if (spans[i].person == fresh->person && spans[i].from < fresh->to && fresh->from < spans[i].to)
      return true;
  return false;
}

static unsigned on_day(const Span *spans, unsigned count, unsigned n) {
  unsigned total = 0;
  for (unsigned i = 0; i < count; i++)
    total += spans[i].from <= n && n < spans[i].to;
  return total;
}

static void test_any_day(void) {
  World w;
  world_init(&w);
  char people[20][17];
  Span spans[SPANS];
  unsigned count = 0, refusals = 0;
  g_autofree char *org = org_of(&w, "sector", "1", "科技界", "2022-01-01");
  g_autoptr(GRand) dice = g_rand_new_with_seed(20261130);
  for (unsigned i = 0; i < G_N_ELEMENTS(people); i++)
    fixture_person(w.f.db, "委员", NULL, "member", MEMBER, people[i]);
  for (unsigned i = 0; i < SPANS; i++) {
    Span fresh = {(unsigned)g_rand_int_range(dice, 0, 20),
                  (unsigned)g_rand_int_range(dice, 0, DAYS), 0};
    fresh.to = fresh.from + (unsigned)g_rand_int_range(dice, 1, 90);
    g_autofree char *from = day(fresh.from), *to = day(fresh.to);
    char *body = g_strdup_printf("{\"person\":\"%s\",\"org\":\"%s\",\"role\":\"member\","
                                 "\"valid_from\":\"%s\",\"valid_to\":\"%s\"}",
                                 people[fresh.person], org, from, to);
    bool taken = overlaps(spans, count, &fresh);
    json_decref(clerk(&w, HTTP_POST, "posts", body, taken ? 409 : 200));
    if (!taken)
      spans[count++] = fresh;
    refusals += taken;
  }
  g_assert_true(count > 20 && refusals > 20);
  for (unsigned n = 0; n < DAYS + 90; n++) {
    g_autofree char *on = day(n);
    g_autofree char *path = g_strdup_printf("orgs/%s/posts?on=%s", org, on);
    json_t *page = clerk(&w, HTTP_GET, path, NULL, 200);
    g_assert_cmpint(json_integer_value(json_object_get(page, "total")), ==,
                    on_day(spans, count, n));
    json_decref(page);
  }
  world_clear(&w);
}

/* A founding document that the clerk sent before; another's is none of his. */
static void test_documents(void) {
  World w;
  char mine[17], foreign[17];
  BlobFacts facts;
  world_init(&w);
  g_autoptr(Blob) blob = blob_new(w.f.dir, NULL);
  g_assert_true(blob_write(blob, "%PDF-1.7", 8, NULL) && blob_finish(blob, &facts, NULL));
  g_assert_true(attachment_put(w.f.db, w.f.dir, &facts, "章程", w.clerk, T0, mine, NULL) &&
                attachment_put(w.f.db, w.f.dir, &facts, "章程", w.ada, T0, foreign, NULL));
  g_autofree char *id = org_of(&w, "sector", "1", "科技界", "2020-01-01");
  g_autofree char *path = g_strdup_printf("orgs/%s", id);
  json_t *row = clerk(&w, HTTP_PATCH, path, g_strdup_printf("{\"documents\":[\"%s\"]}", mine), 200);
  json_t *only = json_array_get(json_object_get(row, "documents"), 0);
  g_assert_cmpstr(text_of(only, "name"), ==, "章程.pdf");
  g_assert_cmpstr(text_of(only, "mime"), ==, "application/pdf");
  json_decref(row);
  json_decref(clerk(&w, HTTP_PATCH, path,
                    g_strdup_printf("{\"documents\":[\"%s\",\"%s\"]}", mine, foreign), 422));
  g_assert_cmpint(count(w.f.db, "select count(*) from attachment where owner_id is not null"), ==,
                  1);
  world_clear(&w);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/orgs/reform", test_reform);
  g_test_add_func("/orgs/names", test_names);
  g_test_add_func("/orgs/refusals", test_refusals);
  g_test_add_func("/orgs/posts", test_posts);
  g_test_add_func("/orgs/documents", test_documents);
  g_test_add_func("/orgs/any-day", test_any_day);
  return g_test_run();
}
