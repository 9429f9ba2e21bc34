/* Migrations: a table that others refer to is made anew, and databases of earlier programs lead to
 * the same schema as an empty one. */
#include <string.h>

#include "store/connection.h"
#include "store/statement.h"
#include "store/test-fixture.h"

static char *text_of(sqlite3 *db, const char *sql) {
  GError *error = NULL;
  g_autoptr(Statement) row = db_prepare(db, sql, &error);
  g_assert_no_error(error);
  g_assert_true(statement_one(row, "none", &error));
  return g_strdup(column_text(row, 0));
}

static const Migration base = {
    "0001_base", false,
    "create table team (id text primary key, name text not null check (length(name) < 9)) strict;"
    "create table player (id text primary key, team text not null references team (id)) strict;"
    "create view shown as select p.id, t.name from player p join team t on t.id = p.team;"
    "create trigger player_named after insert on player begin"
    "  update team set name = name || '!' where id = new.team; end;"
    "insert into team values ('a', 'ada'); insert into player values ('x', 'a');"};

/* What a check, a view, a trigger and a reference say of the table holds for the new one. */
static void test_rebuild(void) {
  GError *error = NULL;
  g_autoptr(sqlite3) db = NULL;
  const Migration list[] = {
      base,
      {"0002_longer", true,
       "create table team_new (id text primary key, name text not null check (length(name) < 99))"
       " strict;"
       "insert into team_new select id, name from team;"
       "drop table team; alter table team_new rename to team;"}};
  g_assert_cmpint(sqlite3_open(":memory:", &db), ==, SQLITE_OK);
  g_assert_true(db_exec(db, "pragma foreign_keys = on", &error));
  connection_migrate_by(db, list, 2, &error);
  g_assert_no_error(error);
  g_assert_cmpint(connection_version(db), ==, 2);
  g_autofree char *kept = text_of(db, "select name from shown where id = 'x'");
  g_assert_cmpstr(kept, ==, "ada!");
  g_assert_true(db_exec(db, "insert into player values ('y', 'a')", &error));
  g_autofree char *longer = text_of(db, "select name from shown where id = 'y'");
  g_assert_cmpstr(longer, ==, "ada!!");
  g_assert_false(db_exec(db, "insert into player values ('z', 'nowhere')", NULL)); /* enforced */
  g_autofree char *to = text_of(db, "select \"table\" from pragma_foreign_key_list('player')");
  g_assert_cmpstr(to, ==, "team");
  db_close(g_steal_pointer(&db));
}

/* One that would leave a row without what it refers to is undone whole. */
static void test_dangling(void) {
  GError *error = NULL;
  g_autoptr(sqlite3) db = NULL;
  const Migration list[] = {
      base,
      {"0002_loses", true,
       "create table team_new (id text primary key, name text not null) strict;"
       "drop table team; alter table team_new rename to team;"}};
  g_assert_cmpint(sqlite3_open(":memory:", &db), ==, SQLITE_OK);
  g_assert_true(db_exec(db, "pragma foreign_keys = on", &error));
  g_assert_false(connection_migrate_by(db, list, 2, &error));
  g_assert_nonnull(strstr(error->message, "0002_loses"));
  g_assert_nonnull(strstr(error->message, "player"));
  g_clear_error(&error);
  g_assert_cmpint(connection_version(db), ==, 1);
  g_autofree char *kept = text_of(db, "select name from team");
  g_assert_cmpstr(kept, ==, "ada!");
  db_close(g_steal_pointer(&db));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/store/migrations/rebuild", test_rebuild);
  g_test_add_func("/store/migrations/dangling", test_dangling);
  return g_test_run();
}
