/* No statement of any subject reads a table that grows from one end to the other: what can be made
 * of the declarations is asked of SQLite. That is for each role and each two of them, as whoever
 * has both sees what either scope lets him; for each order, without a filter, with each, and with
 * each two; of each also with several values; and for each way in which it is counted. More roles
 * and filters at once are not looked at. */
#include <string.h>

#include "domain/subjects.h"
#include "domain/test-scan.h"
#include "model/compose.h"
#include "model/count.h"
#include "model/guard.h"
#include "model/right.h"
#include "model/several.h"
#include "store/people.h"
#include "store/statement.h"
#include "store/test-fixture.h"

typedef struct {
  Fixture f;
  Model *model;
  unsigned statements, counted, bad;
  GHashTable *seen, *told; /* statements, and what was found, once each */
} World;

/* What an office keeps by hand: hundreds of rows, or as many as there are people. */
static const char small[] = "person org org_name post role_holder dict_item term term_session "
                            "calendar_year calendar_day setting setting_value integration job "
                            "inbox push_device second_factor login_failure attendance_rule "
                            "deadline_rule member_profile term_file member_change person_merge "
                            "delegation delegation_verb sqlite_sequence";

/* Lists that are sorted for each page, as what they have before it is little. */
static const struct {
  const char *subject, *list, *sort, *why;
} sorted[] = {
    {"meeting", "today", "planned_start", "a month's meetings"},
    {"meeting", NULL, NULL, "filter whose: those that one was invited to"},
    {"invitation", NULL, "name", "those of one meeting, a thousand at most"},
    {"attendance", NULL, "listed", "those of one meeting, a thousand at most"},
    {"attendance", "of_person", "planned_start", "those of one person"},
    {"notice", "of_record", "posted_at", "of one record"},
    {"absence", NULL, "name", "those of one day"},
    {"change_request", "pending", "due", "those that wait, which are few"},
    {"change_request", "pending", "created_at", "the same, of one member"},
};

static bool grows(const char *table) {
  g_auto(GStrv) names = g_strsplit(small, " ", -1);
  return !g_strv_contains((const char *const *)names, table);
}

static bool may_sort(const Info *info, const ListWish *wish) {
  bool whose = false;
  if (wish->several) /* no index has the rows of several values in one order */
    return true;
  for (unsigned i = 0; i < wish->filter_count; i++)
    whose = whose || strcmp(wish->filters[i], "whose") == 0;
  for (unsigned i = 0; i < G_N_ELEMENTS(sorted); i++)
    if (strcmp(sorted[i].subject, info->subject->name) == 0 &&
        (sorted[i].sort ? g_strcmp0(sorted[i].list, wish->list->name) == 0 &&
                              strcmp(sorted[i].sort, wish->sort) == 0
                        : whose))
      return true;
  return false;
}

static void tell(World *w, const Info *info, const char *what, const char *table, const char *sql) {
  const char *where = strstr(sql, " where ((");
  char *line =
      g_strdup_printf("%s: %s %s: %s", info->subject->name, what, table, where ? where + 1 : sql);
  if (g_hash_table_add(w->told, line))
    g_test_message("%s", line);
  w->bad++;
}

/* wish: it is a list, or its count, which may go through the subject's own table from the end where
 * it begins, as it stops when a page is full, or COUNT_ROWS_MOST were counted; or NULL. */
static void look(World *w, const Info *info, const char *sql, const ListWish *wish) {
  const char *table = info->subject->table;
  bool sorts = false;
  if (!g_hash_table_add(w->seen, g_strdup(sql)))
    return;
  bool own = wish && scan_is_outermost(w->f.db, sql, info->alias, &sorts);
  g_autoptr(GPtrArray) tables = scan_tables(w->f.db, sql);
  w->statements++;
  if (sorts && grows(table) && !may_sort(info, wish))
    tell(w, info, "sorts", table, sql);
  for (unsigned i = 0; i < tables->len; i++) {
    const char *name = tables->pdata[i];
    if (own && !sorts && strcmp(name, table) == 0)
      own = false; /* once */
    else if (grows(name))
      tell(w, info, "walks through", name, sql);
  }
}

/* text may be NULL: nobody of these roles may. */
static void look_at(World *w, const Info *info, char *text, const ListWish *wish) {
  g_autofree char *sql = text;
  if (sql)
    look(w, info, sql, wish);
}

static void look_at_page(World *w, const Info *info, unsigned roles, int verb,
                         const ListWish *wish) {
  look_at(w, info, compose_list(info, roles, verb, wish), wish);
  look_at(w, info, compose_count(info, roles, verb, wish), wish);
}

/* One filter of which several values are said; the ways through a list differ by what is sorted. */
static void look_at_several(World *w, const Info *info, unsigned roles, int verb, ListWish *wish) {
  if (wish->down || wish->after || !several_takes(info_filter(info, wish->filters[0])))
    return;
  wish->several = 1;
  look_at_page(w, info, roles, verb, wish);
  wish->several = 0;
}

/* With none of the filters, with each, and with each two of them. */
static void look_at_filters(World *w, const Info *info, unsigned roles, int verb, ListWish *wish,
                            char *const *filters) {
  wish->filter_count = 0;
  look_at_page(w, info, roles, verb, wish);
  for (unsigned n = 0; filters[n] && *filters[n]; n++) {
    wish->filters[0] = filters[n];
    wish->filter_count = 1;
    look_at_page(w, info, roles, verb, wish);
    look_at_several(w, info, roles, verb, wish);
    wish->filter_count = 2;
    for (unsigned other = n + 1; filters[other]; other++) {
      wish->filters[1] = filters[other];
      look_at_page(w, info, roles, verb, wish);
    }
  }
}

static void look_at_count(World *w, const Info *info, unsigned roles, int verb,
                          const ListWish *wish) {
  char *text = compose_counts(info, roles, verb, wish);
  w->counted += text != NULL;
  look_at(w, info, text, wish);
}

/* Counted by each filter that has known values; of the first also with each of the filters, as what
 * is counted does not change which rows are found. Order and pages are not its own. */
static void look_at_counts(World *w, const Info *info, unsigned roles, const Route *route,
                           char *const *filters) {
  int verb = info_verb(info, route->verb);
  g_auto(GStrv) names = count_names(info, route->list);
  for (unsigned i = 0; names[i]; i++) {
    ListWish wish = {.list = route->list, .under = route_under(route), .by = names[i]};
    look_at_count(w, info, roles, verb, &wish);
    wish.filter_count = 1;
    for (unsigned n = 0; i == 0 && filters[n] && *filters[n]; n++) {
      wish.filters[0] = filters[n];
      look_at_count(w, info, roles, verb, &wish);
    }
  }
}

static void look_at_list(World *w, const Info *info, unsigned roles, const Route *route) {
  int verb = info_verb(info, route->verb);
  g_auto(GStrv) sorts = g_strsplit(route->list->sort, " ", -1);
  g_auto(GStrv) filters = g_strsplit(route->list->filter ? route->list->filter : "", " ", -1);
  for (unsigned way = 0; way < 4; way++)
    for (unsigned i = 0; sorts[i]; i++) {
      ListWish wish = {.list = route->list,
                       .sort = sorts[i] + (*sorts[i] == '-'),
                       .under = route_under(route),
                       .down = way & 1,
                       .after = way & 2};
      look_at_filters(w, info, roles, verb, &wish, filters);
    }
  look_at_counts(w, info, roles, route, filters);
}

static void look_at_runs(World *w, const Info *info) {
  for (unsigned i = 0; i < info->sections.items->len; i++) {
    const Section *section = &g_array_index(info->sections.items, Section, i);
    const char *text = section->text, *next;
    for (; section->kind >= SECTION_GET && text && *text; text = next) {
      sqlite3_stmt *stmt = NULL;
      if (sqlite3_prepare_v2(w->f.db, text, -1, &stmt, &next) != SQLITE_OK)
        g_error("%s: %s: %s", info->subject->name, section->name, sqlite3_errmsg(w->f.db));
      if (stmt)
        look(w, info, sqlite3_sql(stmt), NULL);
      sqlite3_finalize(stmt);
    }
  }
}

/* What the kernel writes of a shape: all of its fields at once. */
static void look_at_writes(World *w, const Info *info) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (const Field *field = info->subject->fields; field->name; field++)
    if (!field->at)
      g_ptr_array_add(names, (void *)field->name);
  g_ptr_array_add(names, NULL);
  const char *const *list = (const char *const *)names->pdata;
  const char *has_version = "select version from \"%s\"";
  g_autofree char *ask = g_strdup_printf(has_version, info->subject->table);
  sqlite3_stmt *stmt = NULL;
  bool versioned = sqlite3_prepare_v2(w->f.db, ask, -1, &stmt, NULL) == SQLITE_OK;
  sqlite3_finalize(stmt);
  if (!versioned || strcmp(info->key, "id") != 0) /* it is only read */
    return;
  look_at(w, info, compose_update(info, list, true, info->subject->steps != NULL), NULL);
  look_at(w, info, compose_insert(info, list), NULL);
}

static void look_at_routes(World *w, const Info *info, unsigned role) {
  for (const Route *route = info->subject->routes; route->path; route++) {
    int verb = route->verb ? info_verb(info, route->verb) : -1;
    if (verb >= 0)
      look_at(w, info, compose_one(info, role, verb, route_under(route)), NULL);
    if (route->kind == R_LIST)
      look_at_list(w, info, role, route);
  }
}

static void look_at_all(World *w) {
  for (unsigned i = 0; i < model_count(w->model); i++) {
    const Info *info = model_info(w->model, i);
    for (unsigned a = 0; a < ROLE_COUNT; a++)
      for (unsigned b = a; b < ROLE_COUNT; b++)
        look_at_routes(w, info, SIGNED_IN | 1u << a | 1u << b);
    look_at_routes(w, info, SIGNED_IN);
    look_at_routes(w, info, SERVER);
    look_at_runs(w, info);
    look_at_writes(w, info);
  }
}

static void world_init(World *w) {
  GError *error = NULL;
  *w = (World){.model = subjects_model(),
               .seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
               .told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
  fixture_init(&w->f);
  guards_install(w->f.db, w->model, &error);
  g_assert_no_error(error);
}

static void world_clear(World *w) {
  g_hash_table_unref(w->seen);
  g_hash_table_unref(w->told);
  fixture_clear(&w->f);
  subjects_free(w->model);
}

static void test_plans(void) {
  World w;
  world_init(&w);
  look_at_all(&w);
  g_test_message("%u statements", w.statements);
  g_assert_cmpuint(w.statements, >, 3200); /* fewer without two roles at once */
  g_assert_cmpuint(w.counted, >, 1000);
  g_assert_cmpuint(w.bad, ==, 0);
  world_clear(&w);
}

/* The test sees what it looks for. */
static void test_seen(void) {
  World w;
  world_init(&w);
  static const struct {
    const char *sql, *tables;
  } cases[] = {
      {"select id from person where id = 'x'", ""},
      {"select count(*) from person", "person"},
      {"select name from person_shown where unit = 'x'", "person"},
      {"select 1 from session s where s.address = 'x'", "session"},
      {"select max(seq) from audit_record", ""},
      {"select * from person p left join (select 1 from session where address = 'x') on 1 where "
       "p.id = 'x'",
       "session"},
      {"update meeting set title = 'x'", "meeting"},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GPtrArray) found = scan_tables(w.f.db, cases[i].sql);
    g_ptr_array_add(found, NULL);
    g_autofree char *tables = g_strjoinv(" ", (char **)found->pdata);
    g_assert_cmpstr(tables, ==, cases[i].tables);
  }
  world_clear(&w);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/plans/seen", test_seen);
  g_test_add_func("/plans/all", test_plans);
  return g_test_run();
}
