#include "domain/test-scan.h"

#include <string.h>

static sqlite3_stmt *explain(sqlite3 *db, const char *how, const char *sql) {
  sqlite3_stmt *stmt = NULL;
  g_autofree char *text = g_strconcat(how, " ", sql, NULL);
  if (sqlite3_prepare_v2(db, text, -1, &stmt, NULL) != SQLITE_OK)
    g_error("%s: %s", sqlite3_errmsg(db), sql);
  return stmt;
}

static const char *text_at(sqlite3_stmt *stmt, int column) {
  return (const char *)sqlite3_column_text(stmt, column);
}

/* The table whose rows, or whose index, begin at this page; NULL. */
static char *table_at(sqlite3 *db, int page) {
  sqlite3_stmt *stmt = NULL;
  int result = sqlite3_prepare_v2(
      db, "select tbl_name from sqlite_schema where rootpage = ?1 and rootpage > 0", -1, &stmt,
      NULL);
  g_assert_cmpint(result, ==, SQLITE_OK);
  sqlite3_bind_int(stmt, 1, page);
  char *name = sqlite3_step(stmt) == SQLITE_ROW ? g_strdup(text_at(stmt, 0)) : NULL;
  sqlite3_finalize(stmt);
  return name;
}

typedef struct {
  int cursor, page, first; /* first: the address of its loop, -1 while there is none */
} Cursor;

static Cursor *find(GArray *cursors, int cursor) {
  for (unsigned i = 0; i < cursors->len; i++)
    if (g_array_index(cursors, Cursor, i).cursor == cursor)
      return &g_array_index(cursors, Cursor, i);
  return NULL;
}

static void opened(GArray *cursors, int number, int page) {
  Cursor fresh = {number, page, -1}, *old = find(cursors, number);
  if (old)
    *old = fresh;
  else
    g_array_append_val(cursors, fresh);
}

/* One of these names, which are separated by blanks; it is asked of millions. */
static bool is(const char *opcode, const char *names) {
  size_t length = strlen(opcode);
  for (const char *at = names; (at = strstr(at, opcode)); at += length)
    if ((at == names || at[-1] == ' ') && (at[length] == ' ' || at[length] == 0))
      return true;
  return false;
}

/* A loop over all: from one end of a cursor, and back to behind where it began. Of min() and max()
 * it is left at once: nothing comes to where it would go on. */
GPtrArray *scan_tables(sqlite3 *db, const char *sql) {
  GPtrArray *tables = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GArray) cursors = g_array_new(FALSE, FALSE, sizeof(Cursor));
  g_autoptr(GHashTable) aims = g_hash_table_new(NULL, NULL); /* addresses that are jumped to */
  bool left = false;                                         /* by the operation before */
  int skipped = 0; /* to here: only while a reference is broken, in the midst of a transaction */
  sqlite3_stmt *stmt = explain(db, "explain", sql);
  while (sqlite3_step(stmt) == SQLITE_ROW) {
    int address = sqlite3_column_int(stmt, 0), p1 = sqlite3_column_int(stmt, 2),
        p2 = sqlite3_column_int(stmt, 3);
    const char *opcode = text_at(stmt, 1);
    if (address == 0) { /* of the statement, or of a trigger behind it */
      g_array_set_size(cursors, 0);
      g_hash_table_remove_all(aims);
      skipped = 0;
    }
    if (is(opcode, "FkIfZero"))
      skipped = p2;
    if (is(opcode, "OpenRead OpenWrite ReopenIdx"))
      opened(cursors, p1, p2);
    else if (is(opcode, "OpenEphemeral OpenAutoindex OpenPseudo SorterOpen VOpen"))
      opened(cursors, p1, 0);
    Cursor *cursor = find(cursors, p1);
    if (cursor && is(opcode, "Rewind Last"))
      cursor->first = address + 1;
    bool reached = !left || g_hash_table_contains(aims, GINT_TO_POINTER(address));
    bool whole = is(opcode, "Count") || (is(opcode, "Next Prev") && reached && cursor &&
                                         cursor->first >= 0 && p2 == cursor->first);
    left = is(opcode, "Goto");
    g_hash_table_add(aims, GINT_TO_POINTER(p2));
    char *table = cursor && whole && address >= skipped ? table_at(db, cursor->page) : NULL;
    if (table)
      g_ptr_array_add(tables, table);
  }
  sqlite3_finalize(stmt);
  return tables;
}

bool scan_is_outermost(sqlite3 *db, const char *sql, char alias, bool *sorts) {
  sqlite3_stmt *stmt = explain(db, "explain query plan", sql);
  g_autofree char *with = g_strdup_printf("SCAN %c USING INDEX ", alias);
  g_autofree char *covered = g_strdup_printf("SCAN %c USING COVERING INDEX ", alias);
  g_autofree char *plain = g_strdup_printf("SCAN %c", alias);
  bool scans = false;
  int counted = 0; /* the step of what is counted, of a count */
  *sorts = false;
  while (sqlite3_step(stmt) == SQLITE_ROW) {
    const char *step = text_at(stmt, 3);
    int parent = sqlite3_column_int(stmt, 1);
    if (g_str_has_prefix(step, "CO-ROUTINE (subquery-") && parent == 0)
      counted = sqlite3_column_int(stmt, 0);
    if (parent != 0 && parent != counted)
      continue;
    scans |=
        g_str_has_prefix(step, with) || g_str_has_prefix(step, covered) || strcmp(step, plain) == 0;
    *sorts |= strcmp(step, "USE TEMP B-TREE FOR ORDER BY") == 0;
  }
  sqlite3_finalize(stmt);
  return scans;
}
