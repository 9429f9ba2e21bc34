/* Migrations: a table that others refer to is made anew, and databases of earlier programs lead to
 * the same schema as an empty one, in which people are found by whatever refers to them. */
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

/* ---- databases of earlier programs ---- */

/* tests/data/schema/NNNN.sql, each with rows in every table that the program of then filled. */
static const int versions[] = {9};

static sqlite3 *open_old(const char *path, int version) {
  GError *error = NULL;
  g_autofree char *name = g_strdup_printf(SCHEMA_FOLDER "/%04d.sql", version);
  g_autofree char *mark = g_strdup_printf("pragma user_version = %d", version);
  g_autofree char *dump = NULL;
  g_file_get_contents(name, &dump, NULL, &error);
  g_assert_no_error(error);
  sqlite3 *db = connection_open(path, CONNECTION_WRITE, &error);
  g_assert_no_error(error);
  db_exec(db, dump, &error);
  g_assert_no_error(error);
  g_assert_true(db_exec(db, mark, &error));
  g_assert_true(db_exec(db, "pragma foreign_keys = on", &error));
  return db;
}

#define SCHEMA                                                                                     \
  "select group_concat(type || ' ' || name || ' ' || coalesce(sql, ''), x'0a') from"               \
  " (select * from sqlite_schema where name not like 'sqlite_%' order by type, name)"

/* What stands in each table, by number of rows, of the tables that there were before. */
static char *contents(sqlite3 *db, const char *tables) {
  GString *text = g_string_new(NULL);
  g_auto(GStrv) names = g_strsplit(tables, " ", -1);
  for (unsigned i = 0; names[i]; i++) {
    g_autofree char *sql = g_strdup_printf("select count(*) from \"%s\"", names[i]);
    g_autofree char *rows = text_of(db, sql);
    g_string_append_printf(text, "%s=%s ", names[i], rows);
  }
  return g_string_free(text, FALSE);
}

static void test_old(void) {
  for (unsigned i = 0; i < G_N_ELEMENTS(versions); i++) {
    Fixture f;
    fixture_init(&f); /* its own database is as a new one */
    GError *error = NULL;
    g_autofree char *path = g_build_filename(f.dir, "old.db", NULL);
    sqlite3 *old = open_old(path, versions[i]);
    g_autofree char *tables =
        text_of(old, "select group_concat(name, ' ') from sqlite_schema where type = 'table' and"
                     " name not like 'sqlite_%'");
    g_autofree char *before = contents(old, tables);
    g_assert_nonnull(strstr(before, "person=33 "));
    connection_migrate(old, &error);
    g_assert_no_error(error);
    g_assert_true(connection_check(old, &error));
    g_autofree char *after = contents(old, tables);
    g_assert_cmpstr(after, ==, before);
    g_autofree char *made = text_of(f.db, SCHEMA), *led = text_of(old, SCHEMA);
    g_assert_cmpstr(led, ==, made);
    db_close(old);
    fixture_clear(&f);
  }
}

static sqlite3 *open_at(const char *path, int version) {
  GError *error = NULL;
  sqlite3 *db = connection_open(path, CONNECTION_WRITE, &error);
  g_assert_no_error(error);
  g_assert_true(connection_migrate_by(db, migrations, version, &error));
  g_assert_no_error(error);
  return db;
}

/* Members who were taken into office before files of terms were kept: of the term that the post
 * names; of one without it, the last that has begun; a candidate and who has one already get none.
 */
static void test_term_files(void) {
  Fixture f;
  fixture_init(&f);
  GError *error = NULL;
  g_autofree char *path = g_build_filename(f.dir, "older.db", NULL);
  sqlite3 *db = open_at(path, 42);
  static const char rows[] =
      "insert into person (id, name, kind, sector, organisation, created_at) values"
      " ('person0000000001', 'a', 'member', '', '', 1), ('person0000000002', 'b', 'member', '', '',"
      " 1), ('person0000000003', 'c', 'member', '', '', 1), ('person0000000004', 'd', 'member', '',"
      " '', 1);"
      "insert into org (id, kind, code, valid_from, created_at) values"
      " ('org0000000000001', 'sector', '1', '2000-01-01', 1);"
      "insert into term (id, no, name, starts_on, ends_on, created_at) values"
      " ('term000000000013', 13, '13', '2012-01-01', '2016-12-31', 1),"
      " ('term000000000014', 14, '14', '2017-01-01', '2021-12-31', 1),"
      " ('term000000000099', 99, '99', '2999-01-01', '2999-12-31', 1);"
      "insert into member_profile (id, person, state, code, work_unit, created_at) values"
      " ('member0000000001', 'person0000000001', 'active', '1', 'u', 1),"
      " ('member0000000002', 'person0000000002', 'suspended', '2', null, 1),"
      " ('member0000000003', 'person0000000003', 'candidate', '3', null, 1),"
      " ('member0000000004', 'person0000000004', 'active', '4', null, 1);"
      "insert into post (id, person, org, role, term, valid_from, created_at) values"
      " ('post000000000001', 'person0000000001', 'org0000000000001', 'standing',"
      "  'term000000000013', '2012-01-01', 1),"
      " ('post000000000002', 'person0000000002', 'org0000000000001', 'member', null, '2012-01-01',"
      "  1),"
      " ('post000000000003', 'person0000000003', 'org0000000000001', 'member', null, '2012-01-01',"
      "  1),"
      " ('post000000000004', 'person0000000004', 'org0000000000001', 'member', null, '2012-01-01',"
      "  1);"
      "insert into term_file (id, member_profile, term, sector, capacity, created_at) values"
      " ('file000000000004', 'member0000000004', 'term000000000013', 'org0000000000001', 'member',"
      "  1)";
  db_exec(db, rows, &error);
  g_assert_no_error(error);
  g_assert_true(connection_migrate_by(db, migrations, 43, &error));
  g_autofree char *files = text_of(
      db, "select group_concat(member_profile || term || capacity || coalesce(work_unit, ''),"
          " ' ') from (select * from term_file order by member_profile)");
  g_assert_cmpstr(files, ==,
                  "member0000000001term000000000013standingu "
                  "member0000000002term000000000014member "
                  "member0000000004term000000000013member");
  db_close(db);
  fixture_clear(&f);
}

/* Who is taken back after an import, or merged, is looked for by every reference to people: each
 * leads an index, whole or of all that refer to somebody. */
static void test_references(void) {
  Fixture f;
  fixture_init(&f);
  g_autofree char *without = text_of(
      f.db,
      "select coalesce(group_concat(m.name || '.' || r.\"from\", ' '), '') from sqlite_schema m,"
      " pragma_foreign_key_list(m.name) r where m.type = 'table' and r.\"table\" = 'person'"
      " and not exists (select 1 from pragma_index_list(m.name) i, pragma_index_info(i.name) c"
      "  where c.seqno = 0 and c.name = r.\"from\" and (not i.partial or exists (select 1"
      "  from sqlite_schema s where s.name = i.name"
      "  and s.sql like '% where ' || r.\"from\" || ' is not null')))");
  g_assert_cmpstr(without, ==, "");
  fixture_clear(&f);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/store/migrations/rebuild", test_rebuild);
  g_test_add_func("/store/migrations/dangling", test_dangling);
  g_test_add_func("/store/migrations/old", test_old);
  g_test_add_func("/store/migrations/term-files", test_term_files);
  g_test_add_func("/store/migrations/references", test_references);
  return g_test_run();
}
