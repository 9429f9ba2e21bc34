#include "store/references.h"

#include "store/statement.h"

typedef struct {
  char *table, *column;
} Reference;

static void reference_clear(void *pointer) {
  g_free(((Reference *)pointer)->table);
  g_free(((Reference *)pointer)->column);
}

static bool find_all(sqlite3 *db, const char *table, GArray *found, GError **error) {
  g_autoptr(Statement) row =
      db_prepare(db,
                 "select m.name, f.\"from\" from sqlite_schema m, pragma_foreign_key_list(m.name) f"
                 " where m.type = 'table' and f.\"table\" = :table order by 1, 2",
                 error);
  if (!row)
    return false;
  statement_text(row, ":table", table);
  int result;
  while ((result = statement_step(row, error)) == SQLITE_ROW) {
    Reference one = {g_strdup(column_text(row, 0)), g_strdup(column_text(row, 1))};
    g_array_append_val(found, one);
  }
  return result == SQLITE_DONE;
}

static bool move_one(sqlite3 *db, const Reference *one, bool twice, const char *from,
                     const char *to, GError **error) {
  g_autofree char *sql =
      g_strdup_printf("update %s \"%s\" set \"%s\" = :to where \"%s\" = :from",
                      twice ? "or ignore" : "", one->table, one->column, one->column);
  g_autoptr(Statement) update = db_prepare(db, sql, error);
  if (!update)
    return false;
  statement_text(update, ":to", to);
  statement_text(update, ":from", from);
  return statement_run(update, error);
}

bool references_move(sqlite3 *db, const char *table, const char *from, const char *to,
                     const char *const *kept, const char *const *twice, GError **error) {
  g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(Reference));
  g_array_set_clear_func(found, reference_clear);
  if (!find_all(db, table, found, error))
    return false;
  for (unsigned i = 0; i < found->len; i++) {
    const Reference *one = &g_array_index(found, Reference, i);
    g_autofree char *name = g_strconcat(one->table, ".", one->column, NULL);
    if (!g_strv_contains(kept, name) &&
        !move_one(db, one, g_strv_contains(twice, name), from, to, error))
      return false;
  }
  return true;
}
