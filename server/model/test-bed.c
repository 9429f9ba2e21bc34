#include "model/test-bed.h"

#include <string.h>

#include "store/statement.h"

void world_make(World *w, const Subject *const *subjects, const char *schema) {
  char *why = NULL;
  w->model = model_new(subjects, &why); /* before the connection: it may extend it */
  g_assert_cmpstr(why, ==, NULL);
  fixture_init(&w->f);
  g_assert_true(db_exec(w->f.db, schema, NULL));
  fixture_person(w->f.db, "Ada", "ada", "member", MEMBER, w->ada);
  fixture_person(w->f.db, "Bo", "bo", "member", MEMBER, w->bo);
  fixture_person(w->f.db, "Clerk", "clerk", "staff", STAFF, w->clerk);
}

void world_clear(World *w) {
  model_free(w->model);
  fixture_clear(&w->f);
}

Answer ask(World *w, Ask asked) {
  return ask_on(w->f.db, w->model, fixture_moment(T0), asked);
}

int64_t count(sqlite3 *db, const char *sql) {
  g_autoptr(Statement) row = db_prepare(db, sql, NULL);
  g_assert_true(row && statement_one(row, "", NULL));
  return column_int(row, 0);
}
