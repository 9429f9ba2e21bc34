/* The database keeps the bounds and states that the declarations say, whoever writes. */
#include <string.h>

#include "model/guard.h"
#include "model/test-bed.h"
#include "store/connection.h"
#include "store/statement.h"

static const Field fields[] = {
    TEXT("name", 1, 3),
    TEXT("login", 0, 5, .of = "a-z0-9", .flags = OPTIONAL),
    INT("rank", 1, 9),
    BOOL("is_open"),
    DATE("day", .flags = OPTIONAL),
    WORD("kind", "one two"),
    TIME("at", .flags = OPTIONAL),
    END,
};
static const Grant grants[] = {{STAFF, "all", "read make turn back", NULL}, {0}};
static const State states[] = {{"new", 0}, {"old", 0}, {0}};
static const Step steps[] = {
    {"", "make", "new"}, {"new", "turn", "old"}, {"old", "back", "new"}, {0}};
static const Route routes[] = {{R_ONE, "things/{thing}", "read"},
                               {R_CREATE, "things", "make", .in = "name"},
                               {R_STEPS, "things/{thing}", NULL},
                               {0}};
static const Subject thing = {
    "thing", "thing", fields, grants, routes, NULL, "--: row\nselect {t} from thing t\n",
    states,  steps};
static const Subject *const things[] = {&thing, NULL};

static void world_init(World *w) {
  world_make(w, things,
             "create table thing (id text primary key, name text not null, login text, rank integer"
             " not null, is_open integer not null, day text, kind text not null, at integer, state"
             " text not null, created_at integer not null default 0) strict");
  GError *error = NULL;
  guards_install(w->f.db, w->model, &error);
  g_assert_no_error(error);
}

#define INSERT "insert into thing (id, name, login, rank, is_open, day, kind, at, state) values "

static void test_bounds(void) {
  static const struct {
    const char *values, *refused; /* what the refusal names; NULL: it is taken */
  } cases[] = {
      {"('a', '一二三', null, 1, 0, null, 'one', null, 'new')", NULL},
      {"('b', '一二三四', null, 1, 0, null, 'one', null, 'new')", "bound:name"},
      {"('b', '', null, 1, 0, null, 'one', null, 'new')", "bound:name"},
      {"('b', 'x', 'abc12', 9, 1, '2026-02-28', 'two', 1764000000000, 'new')", NULL},
      {"('c', 'x', 'ab c', 9, 1, null, 'two', null, 'new')", "bound:login"},
      {"('c', 'x', null, 0, 1, null, 'two', null, 'new')", "bound:rank"},
      {"('c', 'x', null, 10, 1, null, 'two', null, 'new')", "bound:rank"},
      {"('c', 'x', null, 1, 2, null, 'two', null, 'new')", "bound:is_open"},
      {"('c', 'x', null, 1, 1, '28.2.2026', 'two', null, 'new')", "bound:day"},
      {"('c', 'x', null, 1, 1, null, 'three', null, 'new')", "bound:kind"},
      {"('c', 'x', null, 1, 1, null, 'two', 17640000, 'new')", "bound:at"},
      {"('c', 'x', null, 1, 1, null, 'two', null, 'old')", "state"},
  };
  World w;
  world_init(&w);
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    g_autofree char *sql = g_strconcat(INSERT, cases[i].values, NULL);
    g_assert_true(db_exec(w.f.db, sql, &error) == !cases[i].refused);
    if (cases[i].refused)
      g_assert_nonnull(strstr(error->message, cases[i].refused));
  }
  world_clear(&w);
}

/* Along the steps only; and a bound looks at what changes, so that an older row can still move. */
static void test_edges(void) {
  World w;
  world_init(&w);
  sqlite3 *db = w.f.db;
  g_assert_true(db_exec(db, INSERT "('a', 'x', null, 1, 0, null, 'one', null, 'new')", NULL));
  g_assert_false(db_exec(db, "update thing set state = 'lost'", NULL));
  g_assert_true(db_exec(db, "update thing set state = 'old'", NULL));
  g_assert_true(db_exec(db, "update thing set state = 'new', rank = 2", NULL));
  g_assert_false(db_exec(db, "update thing set rank = 10", NULL));
  g_assert_true(connection_drop_guards(db, NULL));
  g_assert_true(db_exec(db, "update thing set rank = 10", NULL)); /* by an older program */
  g_assert_true(guards_install(db, w.model, NULL));
  g_assert_true(db_exec(db, "update thing set state = 'old'", NULL));
  g_assert_false(db_exec(db, "update thing set rank = 11", NULL));
  world_clear(&w);
}

/* Made anew only when the declarations say otherwise than what is there. */
static void test_installed_once(void) {
  World w;
  world_init(&w);
  sqlite3 *db = w.f.db;
  int64_t before = count(db, "pragma schema_version");
  g_assert_true(guards_install(db, w.model, NULL));
  g_assert_cmpint(count(db, "pragma schema_version"), ==, before);
  g_assert_true(connection_drop_guards(db, NULL)); /* as a migration does */
  g_assert_true(guards_install(db, w.model, NULL));
  g_assert_cmpint(count(db, "select count(*) from sqlite_schema where name glob 'guard_*'"), ==, 2);
  Field longer[G_N_ELEMENTS(fields)];
  memcpy(longer, fields, sizeof fields);
  longer[0].most = 4;
  Subject later = thing;
  later.fields = longer;
  const Subject *const subjects[] = {&later, NULL};
  g_autoptr(Model) model = model_new(subjects, NULL);
  g_assert_true(guards_install(db, model, NULL));
  g_assert_true(
      db_exec(db, INSERT "('a', '一二三四', null, 1, 0, null, 'one', null, 'new')", NULL));
  world_clear(&w);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/model/guard/bounds", test_bounds);
  g_test_add_func("/model/guard/edges", test_edges);
  g_test_add_func("/model/guard/installed-once", test_installed_once);
  return g_test_run();
}
