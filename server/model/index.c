#include "model/index.h"

#include <string.h>

#include "model/pinyin.h"
#include "model/search.h"
#include "store/statement.h"

static const char *section_of(const Info *info) {
  return sections_find(&info->sections, SECTION_SEARCH, NULL);
}

bool index_has(const Info *info) {
  return section_of(info) != NULL;
}

/* ---- is it well declared? ---- */

static bool refuse(GError **error, const Info *info, const char *what, const char *column) {
  return store_invalid(error, "%s: search: %s: %s", info->subject->name, column, what);
}

static bool has_column(sqlite3_stmt *stmt, const char *name) {
  for (int n = 0; n < sqlite3_column_count(stmt); n++)
    if (strcmp(sqlite3_column_name(stmt, n), name) == 0)
      return true;
  return false;
}

/* Of an expression nobody says what it tells: those who write one see to it themselves. */
static bool is_open(const Model *model, sqlite3_stmt *stmt, int n) {
  const char *table = sqlite3_column_table_name(stmt, n);
  const char *origin = sqlite3_column_origin_name(stmt, n);
  const Field *field = table ? model_column(model, table, origin) : NULL;
  const Info *owner = table ? model_table(model, table) : NULL;
  return !(field && (field->see || (field->flags & SECRET))) &&
         !(owner && owner->published && strcmp(origin, "state") == 0);
}

bool index_check(const Model *model, sqlite3 *db, const Info *info, GError **error) {
  g_autoptr(sqlite3_stmt) stmt = NULL;
  if (sqlite3_prepare_v2(db, section_of(info), -1, &stmt, NULL) != SQLITE_OK)
    return db_fail(db, error);
  if (!has_column(stmt, "at"))
    return refuse(error, info, "is missing", "at");
  if (has_column(stmt, "title") == has_column(stmt, "name"))
    return refuse(error, info, "it has one of the two", "title, name");
  for (int n = 0; n < sqlite3_column_count(stmt); n++)
    if (!is_open(model, stmt, n))
      return refuse(error, info, "not for everybody", sqlite3_column_name(stmt, n));
  return true;
}

/* ---- a row ---- */

typedef struct {
  SearchDoc doc;
  char *pinyin;
  GString *text;
} Found;

static void found_clear(Found *found) {
  g_free(found->pinyin);
  if (found->text)
    g_string_free(found->text, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Found, found_clear)

static void take_column(sqlite3_stmt *row, int n, Found *found) {
  const char *name = sqlite3_column_name(row, n);
  const char *text = (const char *)sqlite3_column_text(row, n);
  if (strcmp(name, "at") == 0) {
    found->doc.at_ms = sqlite3_column_int64(row, n);
  } else if (strcmp(name, "number") == 0) {
    found->doc.number = text && *text ? text : NULL;
  } else if (strcmp(name, "title") == 0) {
    found->doc.title = text ? text : "";
  } else if (strcmp(name, "name") == 0) {
    found->doc.title = text ? text : "";
    found->doc.also = found->pinyin = pinyin_words(found->doc.title);
  } else if (text) {
    if (strcmp(name, "about") == 0)
      found->doc.about = text;
    g_string_append_printf(found->text, "%s\n", text);
  }
}

bool index_put(sqlite3 *db, const Info *info, const char *id, GError **error) {
  const char *section = section_of(info);
  if (!section)
    return true;
  g_autoptr(Statement) row = db_prepare(db, section, error);
  if (!row)
    return false;
  statement_text(row, "@id", id);
  int result = statement_step(row, error);
  if (result == SQLITE_DONE)
    return search_drop(db, info->subject->name, id, error);
  g_auto(Found)
      found = {.doc = {.kind = info->subject->name, .id = id}, .text = g_string_new(NULL)};
  for (int n = 0; result == SQLITE_ROW && n < sqlite3_column_count(statement_handle(row)); n++)
    take_column(statement_handle(row), n, &found);
  found.doc.text = found.text->str;
  return result == SQLITE_ROW && search_put(db, &found.doc, error);
}

static bool run_pair(sqlite3 *db, const char *sql, const char *kind, const char *id,
                     GError **error) {
  g_autoptr(Statement) run = db_prepare(db, sql, error);
  if (!run)
    return false;
  statement_text(run, ":kind", kind);
  statement_text(run, ":id", id);
  return statement_run(run, error);
}

bool index_call(Call *call) {
  if (!call->one_of_many)
    return index_put(call->db, call->info, call->id, &call->error);
  return !index_has(call->info) ||
         run_pair(call->db, "insert or ignore into search_due (kind, id) values (:kind, :id)",
                  call->info->subject->name, call->id, &call->error);
}

/* ---- later ---- */

/* What is noted; a kind that is not to be found any more is only crossed out. */
static bool put_due(sqlite3 *db, const Model *model, unsigned *rows, GError **error) {
  static const char due[] = "select kind, id from search_due limit 1";
  while (*rows < INDEX_SLICE) {
    g_autofree char *kind = NULL, *id = NULL;
    g_autoptr(Statement) next = db_prepare(db, due, error);
    int result = next ? statement_step(next, error) : SQLITE_ERROR;
    if (result != SQLITE_ROW)
      return result == SQLITE_DONE;
    kind = g_strdup(column_text(next, 0));
    id = g_strdup(column_text(next, 1));
    statement_free(g_steal_pointer(&next));
    const Info *info = model_find(model, kind);
    if ((info && !index_put(db, info, id, error)) ||
        !run_pair(db, "delete from search_due where kind = :kind and id = :id", kind, id, error))
      return false;
    ++*rows;
  }
  return true;
}

/* Where the walk over a subject's rows is: from the beginning where there was none by this section;
 * NULL where all were looked at. */
static bool find_walk(sqlite3 *db, const Info *info, const char *digest, char **walked,
                      GError **error) {
  g_autoptr(Statement) row =
      db_prepare(db, "select section, walked from search_walk where kind = :kind", error);
  if (!row)
    return false;
  statement_text(row, ":kind", info->subject->name);
  int result = statement_step(row, error);
  bool same = result == SQLITE_ROW && strcmp(column_text(row, 0), digest) == 0;
  *walked = same ? g_strdup(column_text(row, 1)) : g_strdup("");
  return result != SQLITE_ERROR;
}

static bool note_walk(sqlite3 *db, const Info *info, const char *digest, const char *walked,
                      GError **error) {
  g_autoptr(Statement) run =
      db_prepare(db,
                 "insert into search_walk (kind, section, walked)"
                 " values (:kind, :section, :walked) on conflict (kind)"
                 " do update set section = excluded.section, walked = excluded.walked",
                 error);
  if (!run)
    return false;
  statement_text(run, ":kind", info->subject->name);
  statement_text(run, ":section", digest);
  statement_text(run, ":walked", walked);
  return statement_run(run, error);
}

/* The keys of the next rows. */
static bool next_keys(sqlite3 *db, const Info *info, const char *walked, unsigned most,
                      GPtrArray *keys, GError **error) {
  g_autofree char *sql =
      g_strdup_printf("select \"%s\" from \"%s\" where \"%s\" > :walked order by 1 limit :most",
                      info->key, info->subject->table, info->key);
  g_autoptr(Statement) rows = db_prepare(db, g_intern_string(sql), error);
  if (!rows)
    return false;
  statement_text(rows, ":walked", walked);
  statement_int(rows, ":most", most);
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW)
    g_ptr_array_add(keys, g_strdup(column_text(rows, 0)));
  return result == SQLITE_DONE;
}

static bool walk(sqlite3 *db, const Info *info, unsigned *rows, GError **error) {
  g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, section_of(info), -1);
  g_autofree char *walked = NULL;
  g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
  if (!find_walk(db, info, digest, &walked, error))
    return false;
  if (!walked)
    return true;
  unsigned most = INDEX_SLICE - *rows;
  if (!next_keys(db, info, walked, most, keys, error))
    return false;
  for (unsigned i = 0; i < keys->len; i++)
    if (!index_put(db, info, keys->pdata[i], error))
      return false;
  *rows += keys->len;
  return note_walk(db, info, digest, keys->len < most ? NULL : keys->pdata[keys->len - 1], error);
}

bool index_slice(sqlite3 *db, const Model *model, unsigned *rows, GError **error) {
  *rows = 0;
  bool fine = put_due(db, model, rows, error);
  for (unsigned i = 0; fine && i < model_count(model) && *rows < INDEX_SLICE; i++)
    if (index_has(model_info(model, i)))
      fine = walk(db, model_info(model, i), rows, error);
  return fine;
}
