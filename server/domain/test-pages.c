/* Every list of every subject, for every role, in every order and both ways: page by page it gives
 * each row once, in the order and number in which it gives them at once. */
#include <string.h>

#include "domain/subjects.h"
#include "domain/test-fill.h"
#include "model/right.h"
#include "model/take.h"
#include "model/test-ask.h"
#include "store/people.h"
#include "store/statement.h"
#include "store/test-fixture.h"

#define DAY_MS INT64_C(86400000)
#define SEEN_LEAST 3 /* rows, so that there are pages */

typedef struct {
  Fixture f;
  Model *model;
  unsigned walks;
  GHashTable *most; /* List → the most rows that it had, + 1 */
} World;

typedef struct {
  World *w;
  const Route *route;
  char *path;
  unsigned role;
} Walk;

static Answer get(const Walk *walk, const char *query) {
  char me[17];
  fill_id(1, me);
  return ask_on(walk->w->f.db, walk->w->model, fixture_moment(T0),
                (Ask){HTTP_GET, walk->path, query, NULL, me, walk->role, 0});
}

/* Adds what names the rows of a page; the number of them. */
static size_t add_keys(const Answer *page, const char *key, GString *keys) {
  const json_t *items = json_object_get(page->body, "items");
  for (size_t i = 0; i < json_array_size(items); i++) {
    char *text = json_dumps(json_object_get(json_array_get(items, i), key), JSON_ENCODE_ANY);
    g_string_append_printf(keys, "%s ", text);
    free(text);
  }
  return json_array_size(items);
}

/* What a list wants to know before it has rows: whose notices. */
static const char *needed(const List *list) {
  return g_strcmp0(list->name, "of_record") == 0 ? "subject=notice&record=0000000000000001&" : "";
}

/* false: he may not, or the record that the path names is none of his. */
static bool walk_order(const Walk *walk, const char *key, const char *sort, size_t *rows) {
  g_autoptr(GString) once = g_string_new(NULL);
  g_autoptr(GString) paged = g_string_new(NULL);
  const List *list = walk->route->list;
  g_autofree char *asked = g_strdup_printf("%ssort=%s&limit", needed(list), sort);
  g_autofree char *all = g_strdup_printf("%s=%u", asked, list->most ? list->most : LIST_MOST);
  g_auto(Answer) whole = get(walk, all);
  if (whole.status != 200)
    return false;
  *rows = add_keys(&whole, key, once);
  g_assert_cmpint(json_integer_value(json_object_get(whole.body, "total")), ==, (int64_t)*rows);
  g_assert_true(json_is_null(json_object_get(whole.body, "next")));
  g_autofree char *query = g_strdup_printf("%s=2", asked);
  for (unsigned pages = 0; query; pages++) {
    g_auto(Answer) page = get(walk, query);
    g_assert_cmpint(page.status, ==, 200);
    g_assert_cmpuint(add_keys(&page, key, paged), <=, 2);
    const char *next = text_of(page.body, "next");
    g_free(query);
    query = next ? g_strdup_printf("%s=2&after=%s", asked, next) : NULL;
    g_assert_cmpuint(pages, <=, *rows);
  }
  if (strcmp(once->str, paged->str) != 0)
    g_error("%s?sort=%s: at once %s, by pages %s", walk->path, sort, once->str, paged->str);
  walk->w->walks++;
  return true;
}

static void walk_list(const Walk *walk, const Info *info) {
  g_auto(GStrv) sorts = g_strsplit(walk->route->list->sort, " ", -1);
  for (unsigned i = 0; sorts[i]; i++)
    for (unsigned down = 0; down < 2; down++) {
      size_t rows = 0;
      g_autofree char *sort =
          g_strdup_printf("%s%s", down ? "-" : "", sorts[i] + (*sorts[i] == '-'));
      if (!walk_order(walk, info->key, sort, &rows))
        return;
      void *list = (void *)walk->route->list;
      size_t most = GPOINTER_TO_SIZE(g_hash_table_lookup(walk->w->most, list));
      g_hash_table_insert(walk->w->most, list, GSIZE_TO_POINTER(MAX(most, rows + 1)));
    }
}

/* The path with the first row's id in each place. */
static char *fill_path(const char *path) {
  GString *text = g_string_new(NULL);
  char id[17];
  fill_id(1, id);
  for (; *path; path++)
    if (*path == '{') {
      g_string_append(text, id);
      path = strchr(path, '}');
    } else {
      g_string_append_c(text, *path);
    }
  return g_string_free(text, FALSE);
}

static void walk_subject(World *w, const Info *info) {
  for (const Route *route = info->subject->routes; route->path; route++) {
    if (route->kind != R_LIST)
      continue;
    g_autofree char *path = fill_path(route->path);
    if (!g_hash_table_contains(w->most, route->list))
      g_hash_table_insert(w->most, (void *)route->list, GSIZE_TO_POINTER(1));
    for (unsigned role = 1; role < 1u << ROLE_COUNT; role *= 2)
      walk_list(&(Walk){w, route, path, role}, info);
    walk_list(&(Walk){w, route, path, SIGNED_IN}, info);
  }
}

static void walk_all(World *w, Fill fill) {
  g_assert_true(db_exec(w->f.db, "begin", NULL));
  fill_all(w->f.db, w->model, fill);
  for (unsigned i = 0; i < model_count(w->model); i++)
    walk_subject(w, model_info(w->model, i));
  g_assert_true(db_exec(w->f.db, "rollback", NULL));
}

/* There is one key yet, one code of a limit, and each is there once. */
static const char one_row[] = "settings deadline_rules";

/* A list that never had pages was not tested. */
static unsigned unseen(World *w, const Info *info) {
  unsigned count = 0;
  for (const Route *route = info->subject->routes; route->path; route++) {
    size_t most = GPOINTER_TO_SIZE(g_hash_table_lookup(w->most, route->list));
    if (route->kind != R_LIST || most > SEEN_LEAST || shape_has(one_row, route->path, NULL))
      continue;
    g_test_message("%s: %s had %zu rows at most", info->subject->name, route->path, most - 1);
    count++;
  }
  return count;
}

static void test_pages(void) {
  World w = {.model = subjects_model(), .most = g_hash_table_new(NULL, NULL)};
  unsigned count = 0;
  fixture_init(&w.f);
  g_assert_true(db_exec(w.f.db, "pragma foreign_keys = off", NULL));
  g_assert_true(db_exec(w.f.db, "pragma ignore_check_constraints = on", NULL));
  for (unsigned state = 0; state < 4; state++)
    walk_all(&w, (Fill){state, T0});
  for (int days = -40; days <= 40; days += 80)
    walk_all(&w, (Fill){0, T0 + days * DAY_MS});
  walk_all(&w, (Fill){0, T0, .by_meeting = true});
  for (unsigned i = 0; i < model_count(w.model); i++)
    count += unseen(&w, model_info(w.model, i));
  g_test_message("%u walks", w.walks);
  g_assert_cmpuint(count, ==, 0);
  g_hash_table_unref(w.most);
  fixture_clear(&w.f);
  subjects_free(w.model);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/pages/all", test_pages);
  return g_test_run();
}
