/* The full-text index over all records: what is put into it, and statements that look for it.
 *
 * A record is put with the texts of it that may be found by whoever may read it; what only some may
 * see of a record does not belong here. Rights are a condition in the statement itself, so that
 * neither rows nor counts tell of what the asker may not see.
 *
 * Writing: on the writer's connection, inside its transaction. Statements: any connection. Source:
 * "SQLite FTS5 Extension" (fts5.html). */
#pragma once

#include <sqlite3.h>

#include "model/bigram.h"
#include "store/database.h"

typedef struct {
  const char *kind;   /* a word of the program, 1…40 of a-z _ */
  const char *id;     /* 1…64 bytes */
  int64_t at_ms;      /* what "newest" means */
  const char *number; /* as people write it, or NULL; found like the title too */
  const char *title;  /* shown in results */
  const char *about;  /* shown beside it, or NULL; found only when it is in the text too */
  const char *also;   /* NULL, or what is found like the title and not shown (a name's pinyin) */
  const char *text;   /* or NULL; of more than BIGRAM_TEXT_MAX bytes only the beginning */
} SearchDoc;

/* Writer. Replaces what is there of this kind and id; the same once more writes nothing. INVALID
 * when a text is not UTF-8. */
bool search_put(sqlite3 *db, const SearchDoc *doc, GError **error);
/* Writer. Fine when it is not there. */
bool search_drop(sqlite3 *db, const char *kind, const char *id, GError **error);

/* Writer, a job in slices: rewrites the index into one piece, without the words of what was dropped
 * or replaced, which it keeps until then although they find nothing. The first call begins; *more
 * says whether another is needed. */
bool search_tidy(sqlite3 *db, bool first, bool *more, GError **error);

/* ---- statements ----
 *
 * They are made of the caller's condition and constants; what is looked for is parameters:
 * @find                  of search_find
 * @find_numbers          numbers of the same BigramQuery
 * @find_before           the place of the last row of the page before; null for the first page
 * @limit                 rows
 * kind: a word of the program; NULL: all kinds.
 * rights: a condition over doc.kind and doc.id, with parameters of the caller's own. It stands in
 * the statement more than once. Each is to be freed with g_free. */

/* What the match of a query looks for: one character alone, as the beginning of a word of titles
 * only. Free with g_free. */
char *search_find(const BigramQuery *query);

typedef enum {
  SEARCH_NEWEST, /* can be paged; the others end with their first page */
  SEARCH_TITLES, /* what has it in the title or number, then the rest; each newest first */
  /* By bm25 of the newest SEARCH_RANKED_MOST. It weighs words by how many records have them, all
   * records: to whom some are hidden, the order can tell of those. For who may read everything. */
  SEARCH_RANKED,
} SearchOrder;
#define SEARCH_RANKED_MOST 5000

/* Rows of kind, id, at, title, place, first, written (the number), about, then more: "" or further
 * columns over doc with a comma before each. Those whose number is asked for come first (first is
 * 2), whatever the order. */
char *search_select(SearchOrder order, const char *kind, const char *rights, const char *more);

/* One row: how many there are, at most SEARCH_COUNTED_MOST, which is said as "200+". Without @limit
 * and @find_before. */
#define SEARCH_COUNTED_MOST 201
char *search_count(const char *kind, const char *rights);
