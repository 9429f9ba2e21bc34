/* See search.h. FTS5 of SQLite 3.40.1 takes an entry out of a table without content only when it is
 * told its words once more (`contentless_delete` came with 3.43), so that something has to be kept.
 * Measured with the 100,000 records of tests/bench/search.c (124 MB of text; processor time):
 *
 *   what is kept            beside the index   newest p95   ranked p95   making all
 *   folded texts                 123 MB          0.7 ms        40 ms       103 s
 *   the tokens                   319 MB          0.7 ms        39 ms        94 s
 *   the tokens, as the
 *   index's external content     319 MB          0.8 ms        36 ms        97 s
 *   folded texts in the
 *   rows of search_doc           124 MB          0.7 ms        60 ms        97 s
 *
 * Folded texts it is: bigram.h makes the same tokens of them again. They are kept apart from the
 * rows, which are read for each match to ask for its rights (all that match: p95 24 ms, 65 ms with
 * the texts among them). The index has 285 MB. It would have
 *   197 with rowids that count from 1; but then the newest first means to sort all that match, or
 *       to make much of the index anew when an old record is entered;
 *   243 with 64 places a minute instead of 1024 a second; an import would fill those of hours;
 *   261 without the token of the last character of a run (bigram.h);
 *   474 with a prefix index, by which a single character takes 0.4 ms instead of 40.
 * The tokenizer is `ascii`, to which all that is not ASCII belongs to words: bigram.h has decided
 * what separates, and unicode61, as fast, would decide it again by the Unicode of 2012. */
#include "model/search.h"

#include <string.h>

#include "model/bigram.h"
#include "store/statement.h"

/* Places: a thousand for each second from 1900 to 2200. Who comes when those of his second are
 * taken goes on to the next, as an import of many records of one day does. */
#define SECOND_FIRST INT64_C(-2208988800)
#define SECOND_LAST INT64_C(7258118400)
#define PLACES 1024

/* Pages of the index in one slice of search_tidy. */
#define TIDY_PAGES 500

/* What is found in a title counts eight times as much as in the text. */
#define BM25 "bm25(search_index, 8.0, 1.0, 0.0)"

/* ---- writing ---- */

/* What is there, or is to be. */
typedef struct {
  int64_t place; /* or 0 */
  int64_t at;
  char *number, *written, *shown, *about;
  char *title, *text; /* folded */
} Entry;

static void entry_clear(Entry *entry) {
  g_free(entry->number);
  g_free(entry->written);
  g_free(entry->shown);
  g_free(entry->about);
  g_free(entry->title);
  g_free(entry->text);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Entry, entry_clear)

static bool find_entry(sqlite3 *db, const char *kind, const char *id, Entry *entry,
                       GError **error) {
  g_autoptr(Statement) row = db_prepare(
      db,
      "select doc.place, doc.at, doc.title, doc.about, doc.written, kept.title, kept.text"
      " from search_doc doc join search_text kept on kept.place = doc.place"
      " where doc.kind = :kind and doc.id = :id",
      error);
  if (!row)
    return false;
  statement_text(row, ":kind", kind);
  statement_text(row, ":id", id);
  int result = statement_step(row, error);
  if (result == SQLITE_ROW) {
    entry->place = column_int(row, 0);
    entry->at = column_int(row, 1);
    entry->shown = g_strdup(column_text(row, 2));
    entry->about = g_strdup(column_text(row, 3));
    entry->written = g_strdup(column_text(row, 4));
    entry->title = g_strdup(column_text(row, 5));
    entry->text = g_strdup(column_text(row, 6));
  }
  return result != SQLITE_ERROR;
}

/* Runs a statement that takes the entry's place and the tokens of its folded texts. */
static bool run_tokens(sqlite3 *db, const char *sql, const char *kind, const Entry *entry,
                       GError **error) {
  g_autoptr(GString) title = g_string_new(NULL);
  g_autoptr(GString) text = g_string_new(NULL);
  g_autoptr(Statement) run = db_prepare(db, sql, error);
  if (!run)
    return false;
  bigram_tokens(entry->title, title);
  bigram_tokens(entry->text, text);
  statement_int(run, ":place", entry->place);
  statement_text(run, ":title", title->str);
  statement_text(run, ":text", text->str);
  statement_text(run, ":kind", kind);
  return statement_run(run, error);
}

static bool run_place(sqlite3 *db, const char *sql, int64_t place, GError **error) {
  g_autoptr(Statement) run = db_prepare(db, sql, error);
  if (!run)
    return false;
  statement_int(run, ":place", place);
  return statement_run(run, error);
}

static bool remove_entry(sqlite3 *db, const char *kind, const Entry *entry, GError **error) {
  return run_tokens(db,
                    "insert into search_index (search_index, rowid, title, text, kind)"
                    " values ('delete', :place, :title, :text, :kind)",
                    kind, entry, error) &&
         run_place(db, "delete from search_text where place = :place", entry->place, error) &&
         run_place(db, "delete from search_doc where place = :place", entry->place, error);
}

static int64_t second_of(int64_t at_ms) {
  int64_t second = at_ms / 1000 - (at_ms % 1000 < 0);
  return CLAMP(second, SECOND_FIRST, SECOND_LAST) - SECOND_FIRST;
}

/* The last place that is taken of those from `first` on to `end`; first - 1 when none is. */
static bool last_taken(sqlite3 *db, int64_t first, int64_t end, int64_t *last, GError **error) {
  g_autoptr(Statement) row = db_prepare(db,
                                        "select ifnull(max(place), :first - 1) from search_doc"
                                        " where place >= :first and place < :end",
                                        error);
  if (!row)
    return false;
  statement_int(row, ":first", first);
  statement_int(row, ":end", end);
  if (!statement_one(row, "no row", error))
    return false;
  *last = column_int(row, 0);
  return true;
}

/* Behind the last of its second, or of the first one after that has room. */
static bool find_place(sqlite3 *db, int64_t at_ms, int64_t *place, GError **error) {
  for (int64_t second = second_of(at_ms);; second++) {
    int64_t first = second * PLACES + 1, end = first + PLACES;
    if (!last_taken(db, first, end, place, error))
      return false;
    if (++*place < end)
      return true;
  }
}

static bool insert_entry(sqlite3 *db, const SearchDoc *doc, const Entry *entry, GError **error) {
  g_autoptr(Statement) row =
      db_prepare(db,
                 "insert into search_doc (place, kind, id, at, number, written, title, about)"
                 " values (:place, :kind, :id, :at, :number, :written, :title, :about)",
                 error);
  g_autoptr(Statement) kept = db_prepare(db,
                                         "insert into search_text (place, title, text)"
                                         " values (:place, :title, :text)",
                                         error);
  if (!row || !kept)
    return false;
  statement_int(row, ":place", entry->place);
  statement_text(row, ":kind", doc->kind);
  statement_text(row, ":id", doc->id);
  statement_int(row, ":at", entry->at);
  statement_text(row, ":number", entry->number);
  statement_text(row, ":written", entry->written);
  statement_text(row, ":title", entry->shown);
  statement_text(row, ":about", entry->about);
  statement_int(kept, ":place", entry->place);
  statement_text(kept, ":title", entry->title);
  statement_text(kept, ":text", entry->text);
  return statement_run(row, error) && statement_run(kept, error) &&
         run_tokens(db,
                    "insert into search_index (rowid, title, text, kind)"
                    " values (:place, :title, :text, :kind)",
                    doc->kind, entry, error);
}

/* The number stands before the title, so that parts of it are found as well; a comma keeps what is
 * found like the title apart from it. */
static bool fold_entry(const SearchDoc *doc, Entry *entry, GError **error) {
  g_autofree char *head =
      g_strconcat(doc->number ? doc->number : "", ", ", doc->title, ", ", doc->also, NULL);
  if (!g_utf8_validate(head, -1, NULL))
    return store_invalid(error, "title or number to be found is not UTF-8");
  entry->at = doc->at_ms;
  entry->number = doc->number ? bigram_number(doc->number) : NULL;
  entry->written = g_strdup(doc->number);
  entry->shown = g_strdup(doc->title);
  entry->about = g_strdup(doc->about);
  entry->title = bigram_fold(head, -1);
  entry->text = bigram_fold(doc->text ? doc->text : "", -1);
  return entry->text || store_invalid(error, "text to be found is not UTF-8");
}

static bool is_same(const Entry *a, const Entry *b) {
  return a->at == b->at && g_strcmp0(a->written, b->written) == 0 &&
         g_strcmp0(a->shown, b->shown) == 0 && g_strcmp0(a->about, b->about) == 0 &&
         g_strcmp0(a->title, b->title) == 0 && g_strcmp0(a->text, b->text) == 0;
}

bool search_put(sqlite3 *db, const SearchDoc *doc, GError **error) {
  g_auto(Entry) old = {0};
  g_auto(Entry) entry = {0};
  if (!fold_entry(doc, &entry, error) || !find_entry(db, doc->kind, doc->id, &old, error))
    return false;
  bool there = old.place != 0;
  if (there && is_same(&old, &entry))
    return true;
  if (there && !remove_entry(db, doc->kind, &old, error))
    return false;
  if (there && second_of(old.at) == second_of(entry.at))
    entry.place = old.place;
  else if (!find_place(db, entry.at, &entry.place, error))
    return false;
  return insert_entry(db, doc, &entry, error);
}

bool search_drop(sqlite3 *db, const char *kind, const char *id, GError **error) {
  g_auto(Entry) old = {0};
  return find_entry(db, kind, id, &old, error) &&
         (old.place == 0 || remove_entry(db, kind, &old, error));
}

/* A negative number of pages makes everything a candidate for merging; a merge that had nothing to
 * do changes at most one row (fts5.html, 6.7). */
bool search_tidy(sqlite3 *db, bool first, bool *more, GError **error) {
  g_autoptr(Statement) merge = db_prepare(
      db, "insert into search_index (search_index, rank) values ('merge', :pages)", error);
  if (!merge)
    return false;
  int64_t before = sqlite3_total_changes64(db);
  statement_int(merge, ":pages", first ? -TIDY_PAGES : TIDY_PAGES);
  if (!statement_run(merge, error))
    return false;
  *more = sqlite3_total_changes64(db) - before >= 2;
  return true;
}

/* ---- statements ---- */

/* A character by itself is looked for in titles alone. */
char *search_find(const BigramQuery *query) {
  return query->single ? g_strdup_printf("title : (%s)", query->match) : g_strdup(query->match);
}

/* "doc.kind = 'x' and (rights)" */
static char *rights_of(const char *kind, const char *rights) {
  g_assert(!kind || strspn(kind, "abcdefghijklmnopqrstuvwxyz_") == strlen(kind));
  return kind ? g_strdup_printf("doc.kind = '%s' and (%s)", kind, rights) : g_strdup(rights);
}

/* An expression that gives the match for what is of the kind. */
static char *match_of(const char *kind, const char *match) {
  return kind ? g_strdup_printf("'(' || %s || ') AND kind : \"%s\"'", match, kind)
              : g_strdup(match);
}

/* Those whose number it is. */
static void add_numbered(GString *sql, const char *rights) {
  g_string_append_printf(sql,
                         "select doc.place as place, 2 as first, 0.0 as score"
                         " from json_each(@find_numbers) asked cross join search_doc doc"
                         " indexed by search_doc_number on doc.number = asked.value where (%s)",
                         rights);
}

#define IN_ALL "'{title text} : (' || @find || ')'"
#define IN_TITLE "'title : (' || @find || ')'"
#define BESIDE_TITLE "'{title text} : (' || @find || ') NOT title : (' || @find || ')'"

/* Those that match, without the numbered. The index is walked and asked for each row's rights: the
 * other way round, a planner that thinks little of the rights would sort all that match. */
static void add_matching(GString *sql, const char *match, int first, const char *score,
                         const char *rights) {
  g_string_append_printf(sql,
                         "select search_index.rowid as place, %d as first, %s as score"
                         " from search_index cross join search_doc doc"
                         " on doc.place = search_index.rowid where search_index match %s"
                         " and (doc.number is null"
                         " or doc.number not in (select value from json_each(@find_numbers)))"
                         " and (%s)",
                         first, score, match, rights);
}

/* The arm as part of a compound, from the newest to the oldest; empties it. */
static void add_arm(GString *sql, GString *arm, const char *before, const char *limit) {
  g_string_append_printf(sql, "%sselect * from (%s%s order by 1 desc limit %s)",
                         sql->str[sql->len - 1] == '(' ? "" : " union all ", arm->str, before,
                         limit);
  g_string_truncate(arm, 0);
}

#define OLDER " and search_index.rowid < ifnull(@find_before, 9223372036854775807)"

/* One arm of those that match. */
static void add_found(GString *sql, const char *kind, const char *where, int first,
                      const char *rights, bool ranked) {
  g_autoptr(GString) arm = g_string_new(NULL);
  g_autofree char *match = match_of(kind, where);
  add_matching(arm, match, first, ranked ? BM25 : "0.0", rights);
  add_arm(sql, arm, OLDER, ranked ? G_STRINGIFY(SEARCH_RANKED_MOST) : "@limit");
}

/* The few rows of the answer are put in order before anything more is read of them. */
char *search_select(SearchOrder order, const char *kind, const char *rights, const char *more) {
  GString *sql = g_string_new(NULL);
  g_autoptr(GString) arm = g_string_new(NULL);
  g_autofree char *all = rights_of(kind, rights);
  g_string_printf(sql,
                  "select doc.kind, doc.id, doc.at, doc.title, doc.place, found.first, doc.written,"
                  " doc.about%s from (select * from (",
                  more);
  add_numbered(arm, all);
  add_arm(sql, arm, " and @find_before is null", "@limit");
  if (order == SEARCH_TITLES) {
    add_found(sql, kind, IN_TITLE, 1, all, false);
    add_found(sql, kind, BESIDE_TITLE, 0, all, false);
  } else {
    add_found(sql, kind, IN_ALL, 0, all, order == SEARCH_RANKED);
  }
  g_string_append(sql, ") order by first desc, score, place desc limit @limit) found"
                       " cross join search_doc doc on doc.place = found.place"
                       " order by found.first desc, found.score, found.place desc");
  return g_string_free(sql, FALSE);
}

static void add_all(GString *sql, const char *kind, const char *rights) {
  g_autofree char *all = rights_of(kind, rights);
  g_autofree char *match = match_of(kind, IN_ALL);
  add_numbered(sql, all);
  g_string_append(sql, " union all ");
  add_matching(sql, match, 0, "0.0", all);
}

char *search_count(const char *kind, const char *rights) {
  GString *sql = g_string_new("select count(*) from (");
  add_all(sql, kind, rights);
  g_string_append(sql, " limit " G_STRINGIFY(SEARCH_COUNTED_MOST) ")");
  return g_string_free(sql, FALSE);
}
