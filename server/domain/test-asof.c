/* Years of an office's life by chance: organisations begin, are renamed and merge, people come, go
 * and are moved. What happened is noted beside it; afterwards every day's list of organisations,
 * with the names of that day, and every roster of that day is what the notes say. YISHI_ASOF="SEEDS
 * DAYS" makes it longer (tests/bars/asof). */
#include <stdio.h>
#include <string.h>

#include "domain/list.h"
#include "domain/test-desk.h"

#define PEOPLE 40
#define ORGS_MOST 200
#define FOR_EVER UINT_MAX

typedef struct {
  char id[17];
  unsigned from, to; /* days; `to` is the first without it */
} Org;

typedef struct {
  unsigned org, from;
  char name[16];
} Name;

typedef struct {
  char id[17];
  unsigned person, org, from, to;
} Post;

typedef struct {
  World w;
  GRand *dice;
  GArray *orgs, *names, *posts; /* the notes */
  char people[PEOPLE][17];
  unsigned today, reforms, moves, looks;
} Office;

static char *day(unsigned n) {
  g_autoptr(GDate) date = g_date_new_dmy(1, G_DATE_JANUARY, 2020);
  char text[16];
  g_date_add_days(date, n);
  g_date_strftime(text, sizeof text, "%Y-%m-%d", date);
  return g_strdup(text);
}

static json_t *clerk(Office *o, HttpMethod method, const char *path, char *body) {
  return desk_ask(&o->w, (Desk){o->w.clerk, STAFF}, method, path, body, 200);
}

static unsigned roll(Office *o, unsigned most) {
  return (unsigned)g_rand_int_range(o->dice, 0, (gint32)most);
}

#define ORG(o, n) (&g_array_index((o)->orgs, Org, n))
#define POST(o, n) (&g_array_index((o)->posts, Post, n))

/* ---- what happens ---- */

static void note_name(Office *o, unsigned org) {
  Name name = {org, o->today, ""};
  g_snprintf(name.name, sizeof name.name, "n%u-%u", org, o->names->len);
  g_array_append_val(o->names, name);
}

static unsigned begin_org(Office *o) {
  Org org = {.from = o->today, .to = FOR_EVER};
  unsigned n = o->orgs->len;
  g_autofree char *from = day(o->today);
  note_name(o, n);
  g_autofree char *id =
      desk_made(&o->w, (Desk){o->w.clerk, STAFF}, "orgs",
                g_strdup_printf(
                    "{\"kind\":\"sector\",\"code\":\"c%u\",\"name\":\"%s\",\"valid_from\":\"%s\"}",
                    n, g_array_index(o->names, Name, o->names->len - 1).name, from));
  g_strlcpy(org.id, id, sizeof org.id);
  g_array_append_val(o->orgs, org);
  return n;
}

/* Unless it has a name of this day. */
static void rename_org(Office *o, unsigned n) {
  for (unsigned i = 0; i < o->names->len; i++) {
    const Name *name = &g_array_index(o->names, Name, i);
    if (name->org == n && name->from == o->today)
      return;
  }
  g_autofree char *since = day(o->today);
  g_autofree char *path = g_strdup_printf("orgs/%s/names", ORG(o, n)->id);
  note_name(o, n);
  json_decref(clerk(o, HTTP_PATCH, path,
                    g_strdup_printf("{\"name\":\"%s\",\"since\":\"%s\"}",
                                    g_array_index(o->names, Name, o->names->len - 1).name, since)));
}

static bool is_in(const Office *o, unsigned person, unsigned org) {
  for (unsigned i = 0; i < o->posts->len; i++)
    if (POST(o, i)->person == person && POST(o, i)->org == org && POST(o, i)->to > o->today)
      return true;
  return false;
}

static void begin_post(Office *o, unsigned person, unsigned org) {
  Post post = {.person = person, .org = org, .from = o->today, .to = FOR_EVER};
  if (is_in(o, person, org))
    return;
  g_autofree char *from = day(o->today);
  g_autofree char *id =
      desk_made(&o->w, (Desk){o->w.clerk, STAFF}, "posts",
                g_strdup_printf("{\"person\":\"%s\",\"org\":\"%s\",\"role\":\"member\","
                                "\"valid_from\":\"%s\"}",
                                o->people[person], ORG(o, org)->id, from));
  g_strlcpy(post.id, id, sizeof post.id);
  g_array_append_val(o->posts, post);
}

/* One that began before today and has not ended. */
static bool end_post(Office *o, unsigned n) {
  Post *post = POST(o, n);
  if (post->to != FOR_EVER || post->from >= o->today)
    return false;
  g_autofree char *to = day(o->today);
  g_autofree char *path = g_strdup_printf("posts/%s/end", post->id);
  json_decref(clerk(o, HTTP_PATCH, path, g_strdup_printf("{\"valid_to\":\"%s\"}", to)));
  post->to = o->today;
  return true;
}

static bool may_close(const Office *o, unsigned n) {
  if (ORG(o, n)->to != FOR_EVER || ORG(o, n)->from >= o->today)
    return false;
  for (unsigned i = 0; i < o->posts->len; i++)
    if (POST(o, i)->org == n && POST(o, i)->to == FOR_EVER && POST(o, i)->from >= o->today)
      return false;
  return true;
}

/* All of it go to the successor. */
static void close_org(Office *o, unsigned n, unsigned successor) {
  for (unsigned i = 0, count = o->posts->len; i < count; i++)
    if (POST(o, i)->org == n && end_post(o, i))
      begin_post(o, POST(o, i)->person, successor);
  g_autofree char *to = day(o->today);
  g_autofree char *path = g_strdup_printf("orgs/%s/end", ORG(o, n)->id);
  json_decref(clerk(
      o, HTTP_PATCH, path,
      g_strdup_printf("{\"valid_to\":\"%s\",\"successor\":\"%s\"}", to, ORG(o, successor)->id)));
  ORG(o, n)->to = o->today;
}

static void merge(Office *o, unsigned a, unsigned b) {
  if (a == b || !may_close(o, a) || !may_close(o, b) || o->orgs->len >= ORGS_MOST)
    return;
  unsigned fresh = begin_org(o);
  close_org(o, a, fresh);
  close_org(o, b, fresh);
  o->reforms++;
}

static void happen(Office *o) {
  unsigned org = roll(o, o->orgs->len), person = roll(o, PEOPLE);
  unsigned post = o->posts->len ? roll(o, o->posts->len) : 0;
  unsigned what = roll(o, 20);
  if (what == 0 && o->orgs->len < ORGS_MOST / 4)
    begin_org(o);
  else if (what == 1 && ORG(o, org)->to == FOR_EVER)
    rename_org(o, org);
  else if (what == 2)
    merge(o, org, roll(o, o->orgs->len));
  else if (what < 10 && ORG(o, org)->to == FOR_EVER)
    begin_post(o, person, org);
  else if (what < 16 && o->posts->len && ORG(o, org)->to == FOR_EVER && end_post(o, post)) {
    begin_post(o, POST(o, post)->person, org);
    o->moves++;
  } else if (o->posts->len)
    end_post(o, post);
}

/* ---- any day afterwards ---- */

static int by_text(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *joined(GPtrArray *texts) {
  g_ptr_array_sort(texts, by_text);
  g_ptr_array_add(texts, NULL);
  return g_strjoinv(" ", (char **)texts->pdata);
}

/* What the rows have at this place, sorted. */
static char *shown(Office *o, const char *path, const char *group, const char *member) {
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
  json_t *page = clerk(o, HTTP_GET, path, NULL), *item;
  size_t i;
  json_array_foreach(json_object_get(page, "items"), i, item) g_ptr_array_add(
      texts, g_strdup(text_of(group ? json_object_get(item, group) : item, member)));
  g_assert_true(json_is_null(json_object_get(page, "next")));
  json_decref(page);
  o->looks++;
  return joined(texts);
}

static const char *named(const Office *o, unsigned org, unsigned on) {
  const char *name = NULL;
  for (unsigned i = 0; i < o->names->len; i++) /* in the order of their days */
    if (g_array_index(o->names, Name, i).org == org && g_array_index(o->names, Name, i).from <= on)
      name = g_array_index(o->names, Name, i).name;
  return name;
}

static void look_at_orgs(Office *o, unsigned on, const char *date) {
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
  for (unsigned n = 0; n < o->orgs->len; n++)
    if (ORG(o, n)->from <= on && on < ORG(o, n)->to)
      g_ptr_array_add(texts, g_strdup(named(o, n, on)));
  g_autofree char *expected = joined(texts);
  g_autofree char *path = g_strdup_printf("orgs?on=%s&limit=1000", date);
  g_autofree char *found = shown(o, path, NULL, "name");
  g_assert_cmpstr(found, ==, expected);
}

static void look_at_roster(Office *o, unsigned n, unsigned on, const char *date) {
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
  for (unsigned i = 0; i < o->posts->len; i++)
    if (POST(o, i)->org == n && POST(o, i)->from <= on && on < POST(o, i)->to)
      g_ptr_array_add(texts, g_strdup(o->people[POST(o, i)->person]));
  g_autofree char *expected = joined(texts);
  g_autofree char *path = g_strdup_printf("orgs/%s/posts?on=%s&limit=200", ORG(o, n)->id, date);
  g_autofree char *found = shown(o, path, "person", "id");
  g_assert_cmpstr(found, ==, expected);
}

static void live(unsigned seed, unsigned days) {
  static const Subject *const list[] = {&subject_person, &subject_org, &subject_post, NULL};
  Office o = {.dice = g_rand_new_with_seed(seed),
              .orgs = g_array_new(FALSE, FALSE, sizeof(Org)),
              .names = g_array_new(FALSE, FALSE, sizeof(Name)),
              .posts = g_array_new(FALSE, FALSE, sizeof(Post))};
  desk_init(&o.w, list, "");
  for (unsigned i = 0; i < PEOPLE; i++)
    fixture_person(o.w.f.db, "委员", NULL, "member", MEMBER, o.people[i]);
  for (unsigned i = 0; i < 5; i++)
    begin_org(&o);
  for (o.today = 1; o.today < days; o.today++)
    for (unsigned i = roll(&o, 3); i > 0; i--)
      happen(&o);
  for (unsigned on = 0; on < days; on++) {
    g_autofree char *date = day(on);
    look_at_orgs(&o, on, date);
    for (unsigned n = 0; n < o.orgs->len; n++)
      if (ORG(&o, n)->from <= on + 1 && (ORG(&o, n)->to == FOR_EVER || on <= ORG(&o, n)->to))
        look_at_roster(&o, n, on, date);
  }
  g_test_message("seed %u: %u organisations, %u posts, %u reforms, %u moves, %u looks", seed,
                 o.orgs->len, o.posts->len, o.reforms, o.moves, o.looks);
  g_assert_true(o.reforms > 0 && o.moves > 3);
  g_array_unref(o.orgs);
  g_array_unref(o.names);
  g_array_unref(o.posts);
  g_rand_free(o.dice);
  world_clear(&o.w);
}

static void test_any_day(void) {
  unsigned seeds = 1, days = 150;
  const char *more = g_getenv("YISHI_ASOF");
  g_assert_true(!more || sscanf(more, "%u %u", &seeds, &days) == 2);
  for (unsigned i = 0; i < seeds; i++)
    live(20261130 + i, days);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/asof/any-day", test_any_day);
  return g_test_run();
}
