/* What people type into a search: FTS5 can read the query that is made of it, SQLite its numbers,
 * and a text finds itself. */
#include "fuzz.h"

#include <glib.h>
#include <sqlite3.h>

#include "model/bigram.h"

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql) {
  sqlite3_stmt *statement = NULL;
  MUST(sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK);
  return statement;
}

static void check_found(const char *tokens, const BigramQuery *query) {
  static sqlite3 *db;
  static sqlite3_stmt *insert, *find;
  if (!db) {
    MUST(sqlite3_open(":memory:", &db) == SQLITE_OK);
    MUST(sqlite3_exec(db, "create virtual table t using fts5 (x, tokenize = 'ascii')", NULL, NULL,
                      NULL) == SQLITE_OK);
    insert = prepare(db, "insert or replace into t (rowid, x) values (1, ?)");
    find = prepare(db, "select json_array_length(?2) from t where t match ?1");
  }
  sqlite3_bind_text(insert, 1, tokens, -1, SQLITE_STATIC);
  MUST(sqlite3_step(insert) == SQLITE_DONE);
  sqlite3_reset(insert);
  sqlite3_bind_text(find, 1, query->match, -1, SQLITE_STATIC);
  sqlite3_bind_text(find, 2, query->numbers, -1, SQLITE_STATIC);
  MUST(sqlite3_step(find) == SQLITE_ROW);
  sqlite3_reset(find);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  if (len > BIGRAM_QUERY_MAX)
    return 0;
  const char *text = (const char *)data;
  g_auto(BigramQuery) query = {NULL};
  BigramResult result = bigram_query(text, (gssize)len, &query);
  g_autofree char *folded = bigram_fold(text, (gssize)len);
  MUST((result == BIGRAM_NO_TEXT) == (folded == NULL));
  if (!folded)
    return 0;
  MUST((result == BIGRAM_EMPTY) == (*folded == 0));
  MUST(g_utf8_validate(folded, -1, NULL));
  g_autoptr(GString) tokens = g_string_new(NULL);
  bigram_tokens(folded, tokens);
  if (result == BIGRAM_FINE)
    check_found(tokens->str, &query);
  return 0;
}
