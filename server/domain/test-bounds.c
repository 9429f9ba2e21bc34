/* Every field of every subject, at its bounds and beyond: what the check of a request takes, the
 * database keeps, and what the one refuses, the other does. No bound of a field is said by the
 * schema a second time, and what may be left out may be null there. */
#include <string.h>

#include "domain/subjects.h"
#include "domain/test-fill.h"
#include "model/guard.h"
#include "model/take.h"
#include "store/statement.h"
#include "store/test-fixture.h"

typedef struct {
  Fixture f;
  Model *model;
  unsigned cases, bad;
} World;

typedef struct {
  const Info *info;
  const Field *field;
} Place;

static void run(World *w, const char *sql) {
  GError *error = NULL;
  db_exec(w->f.db, sql, &error);
  g_assert_no_error(error);
}

static void tell(World *w, Place at, const json_t *value, const char *what) {
  char *text = json_dumps(value, JSON_ENCODE_ANY);
  g_test_message("%s.%s: %.60s: %s", at.info->subject->name, at.field->name, text, what);
  free(text);
  w->bad++;
}

/* ---- values ---- */

static json_t *long_text(const Field *field, int64_t chars) {
  g_autoptr(GString) text = g_string_new(NULL);
  while (chars-- > 0)
    g_string_append(text, field->of ? ((char[]){field->of[0], 0}) : "议");
  return json_string(text->str);
}

/* Its bounds, what is next to them, and what is of another kind. */
static json_t *values_of(const Field *field) {
  g_auto(GStrv) words = g_strsplit(field->of ? field->of : "", " ", -1);
  int64_t least = field->least, most = field->most;
  switch (field->type) {
  case F_TEXT:
  case F_RAW:
    return json_pack("[o, o, o, o, i]", long_text(field, least), long_text(field, most),
                     long_text(field, MAX(least - 1, 0)), long_text(field, most + 1), 1);
  case F_INT:
    return json_pack("[I, I, I, I, s]", least, most, least > INT64_MIN ? least - 1 : least,
                     most < INT64_MAX ? most + 1 : most, "x");
  case F_BOOL:
    return json_pack("[b, b, i, s]", 1, 0, 2, "x");
  case F_TIME:
    return json_pack("[I, I, I, I, s]", TIME_LEAST_MS, TIME_MOST_MS, TIME_LEAST_MS - 1,
                     TIME_MOST_MS + 1, "x");
  case F_DATE:
    return json_pack("[s, s, s, s]", "2024-02-29", "2024-2-9", "", "x");
  case F_WORD:
    return json_pack("[s, s, s, i]", words[0], words[g_strv_length(words) - 1], "no-such-word", 1);
  case F_ID:
  case F_REF:
    return json_pack("[s, s, s]", "0123456789abcdef", "0123456789abcde", "");
  default:
    return json_array(); /* is kept elsewhere, or refers to what must be there */
  }
}

/* ---- who says what of a value ---- */

static bool is_taken(Place at, json_t *value) {
  Problem problem = {0};
  json_t *body = json_pack("{s:O}", at.field->name, value);
  bool fine = take_object(at.info->subject->fields, at.field->name, body, NULL, &problem);
  problem_clear(&problem);
  json_decref(body);
  return fine;
}

/* Into the first row; *why names what refused it. */
static bool is_kept(World *w, Place at, const json_t *value, char **why) {
  const char *table = at.info->subject->table, *key = at.info->key;
  g_autofree char *sql = g_strdup_printf(
      "update \"%s\" set \"%s\" = :value where \"%s\" = (select min(\"%s\") from \"%s\")", table,
      at.field->name, key, key, table);
  sqlite3_stmt *stmt = NULL;
  if (sqlite3_prepare_v2(w->f.db, sql, -1, &stmt, NULL) != SQLITE_OK)
    g_error("%s: %s", sql, sqlite3_errmsg(w->f.db));
  if (json_is_string(value))
    sqlite3_bind_text(stmt, 1, json_string_value(value), -1, SQLITE_STATIC);
  else if (!json_is_null(value))
    sqlite3_bind_int64(stmt, 1,
                       json_is_boolean(value) ? json_is_true(value) : json_integer_value(value));
  run(w, "savepoint once");
  bool fine = sqlite3_step(stmt) == SQLITE_DONE;
  *why = fine ? NULL : g_strdup(sqlite3_errmsg(w->f.db));
  sqlite3_finalize(stmt);
  run(w, "rollback to once; release once");
  return fine;
}

/* ---- the walks ---- */

static bool has_column(World *w, Place at) {
  g_autoptr(Statement) row = db_prepare(
      w->f.db, "select count(*) from pragma_table_info(:table) where name = :name", NULL);
  statement_text(row, ":table", at.info->subject->table);
  statement_text(row, ":name", at.field->name);
  g_assert_true(statement_one(row, "", NULL));
  return column_int(row, 0) > 0;
}

typedef void (*Look)(World *w, Place at, json_t *value);

static void walk(World *w, Look look) {
  for (unsigned i = 0; i < model_count(w->model); i++) {
    const Info *info = model_info(w->model, i);
    for (const Field *field = info->subject->fields; field->name; field++) {
      Place at = {info, field};
      json_t *values = field->at ? NULL : values_of(field), *value;
      size_t n;
      if (!field->at && !has_column(w, at))
        g_error("%s.%s has no column", info->subject->name, field->name);
      json_array_foreach(values, n, value) look(w, at, value);
      json_decref(values);
    }
  }
}

/* Of a text that is kept as an integer, or the other way round, the table's types know. */
static void agree(World *w, Place at, json_t *value) {
  g_autofree char *why = NULL;
  bool taken = is_taken(at, value), kept = is_kept(w, at, value, &why);
  w->cases++;
  /* SQLite makes a text of a number where a text is wanted: nothing is lost. */
  if (taken != kept && !(kept && json_is_integer(value) && at.field->type == F_TEXT))
    tell(w, at, value, taken ? why : "the request's check refuses what the database takes");
}

static void test_agree(void) {
  World w = {.model = subjects_model()};
  GError *error = NULL;
  fixture_init(&w.f);
  run(&w, "pragma foreign_keys = off; pragma ignore_check_constraints = on");
  fill_all(w.f.db, w.model, (Fill){0, T0});
  guards_install(w.f.db, w.model, &error);
  g_assert_no_error(error);
  walk(&w, agree);
  g_test_message("%u values", w.cases);
  g_assert_cmpuint(w.cases, >, 200);
  g_assert_cmpuint(w.bad, ==, 0);
  fixture_clear(&w.f);
  subjects_free(w.model);
}

/* A rule between columns is no bound of one. */
static bool is_of_others(World *w, Place at, const char *why) {
  g_autoptr(Statement) row = db_prepare(
      w->f.db,
      "select exists (select 1 from pragma_table_info(:table) where name <> :name and"
      " ' ' || replace(replace(:why, '(', ' '), ')', ' ') || ' ' like '% ' || name || ' %')",
      NULL);
  statement_text(row, ":table", at.info->subject->table);
  statement_text(row, ":name", at.field->name);
  statement_text(row, ":why", strchr(why, ':') + 1);
  g_assert_true(statement_one(row, "", NULL));
  return column_int(row, 0);
}

/* Without the guards, what a field's bounds forbid is no affair of the schema; what they allow
 * least of all. */
static void say_once(World *w, Place at, json_t *value) {
  g_autofree char *why = NULL;
  w->cases++;
  if (!is_kept(w, at, value, &why) && g_str_has_prefix(why, "CHECK") && !is_of_others(w, at, why))
    tell(w, at, value, why);
}

static void test_once(void) {
  World w = {.model = subjects_model()};
  fixture_init(&w.f);
  run(&w, "pragma foreign_keys = off; pragma ignore_check_constraints = on");
  fill_all(w.f.db, w.model, (Fill){0, T0});
  run(&w, "pragma ignore_check_constraints = off");
  walk(&w, say_once);
  g_assert_cmpuint(w.cases, >, 200);
  g_assert_cmpuint(w.bad, ==, 0);
  fixture_clear(&w.f);
  subjects_free(w.model);
}

/* ---- null ---- */

static void null_agrees(World *w, Place at) {
  g_autoptr(Statement) row = db_prepare(
      w->f.db, "select \"notnull\" or pk from pragma_table_info(:table) where name = :name", NULL);
  statement_text(row, ":table", at.info->subject->table);
  statement_text(row, ":name", at.field->name);
  g_assert_true(statement_one(row, "", NULL));
  bool wanted = column_int(row, 0), optional = at.field->flags & OPTIONAL;
  if (wanted == optional)
    tell(w, at, json_null(), wanted ? "is optional, and not null" : "is wanted, and may be null");
}

/* Rows whose key is null are on no page behind the first. */
static void sorts_by_what_is_there(World *w, const Info *info) {
  for (const Route *route = info->subject->routes; route->path; route++) {
    g_auto(GStrv) sorts = g_strsplit(route->list ? route->list->sort : "", " ", -1);
    for (unsigned i = 0; sorts[i] && *sorts[i]; i++) {
      const Field *field = field_find(info->subject->fields, sorts[i] + (*sorts[i] == '-'));
      if (field && !field->at && field->flags & OPTIONAL)
        tell(w, (Place){info, field}, json_null(), "a list is sorted by what may be null");
    }
  }
}

static void test_null(void) {
  World w = {.model = subjects_model()};
  fixture_init(&w.f);
  for (unsigned i = 0; i < model_count(w.model); i++) {
    const Info *info = model_info(w.model, i);
    for (const Field *field = info->subject->fields; field->name; field++)
      if (!field->at)
        null_agrees(&w, (Place){info, field});
    sorts_by_what_is_there(&w, info);
  }
  g_assert_cmpuint(w.bad, ==, 0);
  fixture_clear(&w.f);
  subjects_free(w.model);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/bounds/agree", test_agree);
  g_test_add_func("/bounds/once", test_once);
  g_test_add_func("/bounds/null", test_null);
  return g_test_run();
}
