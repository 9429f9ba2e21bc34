/* Walks over all subjects, new ones without a line here: every statement that can be made of their
 * sections compiles, for each role, and sorts by what is never null. */
#include <string.h>

#include "domain/subjects.h"
#include "model/compose.h"
#include "model/count.h"
#include "model/describe.h"
#include "model/guard.h"
#include "model/index.h"
#include "model/plan.h"
#include "model/right.h"
#include "model/search.h"
#include "store/people.h"
#include "store/statement.h"
#include "store/test-fixture.h"

typedef struct {
  Fixture f;
  Model *model;
  unsigned statements;
} World;

/* text may be NULL: nobody of these roles may. */
static void compiles(World *w, const Info *info, char *text) {
  g_autofree char *sql = text;
  g_autoptr(sqlite3_stmt) stmt = NULL;
  if (sql && sqlite3_prepare_v2(w->f.db, sql, -1, &stmt, NULL) != SQLITE_OK)
    g_error("%s: %s: %s", info->subject->name, sqlite3_errmsg(w->f.db), sql);
  w->statements += sql != NULL;
}

static void walk_list(World *w, const Info *info, unsigned roles, const Route *route) {
  int verb = info_verb(info, route->verb);
  g_auto(GStrv) sorts = g_strsplit(route->list->sort, " ", -1);
  g_auto(GStrv) filters = g_strsplit(route->list->filter ? route->list->filter : "", " ", -1);
  g_auto(GStrv) counts = count_names(info, route->list);
  for (unsigned i = 0; counts[i]; i++)
    compiles(w, info,
             compose_counts(
                 info, roles, verb,
                 &(ListWish){.list = route->list, .under = route_under(route), .by = counts[i]}));
  for (unsigned i = 0; sorts[i]; i++)
    for (unsigned way = 0; way < 4; way++) {
      ListWish wish = {.list = route->list,
                       .sort = sorts[i] + (*sorts[i] == '-'),
                       .under = route_under(route),
                       .down = way & 1,
                       .after = way & 2};
      compiles(w, info, compose_list(info, roles, verb, &wish));
      for (unsigned n = 0; filters[n] && *filters[n] && n < FILTERS_MAX; n++)
        wish.filters[wish.filter_count++] = filters[n];
      compiles(w, info, compose_list(info, roles, verb, &wish));
      compiles(w, info, compose_count(info, roles, verb, &wish));
    }
}

static void walk_runs(World *w, const Info *info) {
  for (unsigned i = 0; i < info->sections.items->len; i++) {
    const Section *section = &g_array_index(info->sections.items, Section, i);
    const char *text = section->text;
    while (section->kind >= SECTION_GET && text && *text) {
      g_autoptr(sqlite3_stmt) stmt = NULL;
      if (sqlite3_prepare_v2(w->f.db, text, -1, &stmt, &text) != SQLITE_OK)
        g_error("%s: %s: %s", info->subject->name, section->name, sqlite3_errmsg(w->f.db));
      w->statements++;
    }
  }
}

static void walk_routes(World *w, const Info *info, unsigned role) {
  for (const Route *route = info->subject->routes; route->path; route++) {
    int verb = route->verb ? info_verb(info, route->verb) : -1;
    if (verb >= 0)
      compiles(w, info, compose_one(info, role, verb, route_under(route)));
    if (route->kind == R_LIST)
      walk_list(w, info, role, route);
  }
}

static void walk_search(World *w, const Info *info, unsigned roles) {
  g_autofree char *rights = compose_found(info, roles, info_verb(info, "read"));
  g_autofree char *state = compose_found_state(info, roles);
  g_autofree char *more = g_strconcat(", ", state, NULL);
  if (!rights)
    return;
  compiles(w, info, search_select(SEARCH_TITLES, info->subject->name, rights, more));
  compiles(w, info, search_count(info->subject->name, rights));
}

static void walk_found(World *w, const Info *info) {
  GError *error = NULL;
  index_check(w->model, w->f.db, info, &error);
  g_assert_no_error(error);
  for (unsigned role = 1; role < 1u << ROLE_COUNT; role *= 2)
    walk_search(w, info, role | SIGNED_IN);
}

/* What the kernel itself writes: a table without a column that it wants is found here, not by the
 * first who makes a record. */
static void walk_writes(World *w, const Info *info) {
  const char *const nothing[] = {NULL};
  bool makes = false, edits = false;
  for (const Route *route = info->subject->routes; route->path; route++) {
    makes |= route->kind == R_CREATE && !sections_find(&info->sections, SECTION_RUN, route->verb);
    edits |= route->kind == R_EDIT || route->kind == R_STEPS;
  }
  if (makes)
    compiles(w, info, compose_insert(info, nothing));
  if (edits)
    compiles(w, info, compose_update(info, nothing, true, info->subject->states != NULL));
}

static void walk_subject(World *w, const Info *info) {
  for (unsigned role = 1; role < 1u << ROLE_COUNT; role *= 2)
    walk_routes(w, info, role);
  walk_routes(w, info, SIGNED_IN);
  walk_runs(w, info);
  walk_writes(w, info);
  if (index_has(info))
    walk_found(w, info);
}

static void test_walk(void) {
  World w = {.model = subjects_model()};
  GError *error = NULL;
  fixture_init(&w.f);
  guards_install(w.f.db, w.model, &error);
  g_assert_no_error(error);
  for (unsigned i = 0; i < model_count(w.model); i++)
    walk_subject(&w, model_info(w.model, i));
  g_test_message("%u statements", w.statements);
  json_t *document = json_pack("{s:{}, s:{s:{}}}", "paths", "components", "schemas");
  describe_openapi(w.model, w.f.db, document, &error); /* each row's columns have types */
  g_assert_no_error(error);
  g_assert_cmpuint(json_object_size(json_object_get(document, "paths")), >=, 3);
  json_decref(document);
  fixture_clear(&w.f);
  subjects_free(w.model);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/subjects/walk", test_walk);
  return g_test_run();
}
