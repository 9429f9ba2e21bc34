#include "model/import-key.h"

#include <string.h>

#include "model/compose.h"
#include "model/plan.h"
#include "model/right.h"
#include "store/statement.h"

typedef struct {
  char id[17];
  int64_t version;
  bool keyed;  /* it has a value for some KEY */
  char *whole; /* its parts, folded */
} Row;

struct Keys {
  const Info *info;
  GPtrArray *fields;    /* Field: KEYs, then parts; NULL */
  unsigned key_count;   /* how many of them are KEYs */
  GPtrArray *rows;      /* Row */
  GHashTable *by_id;    /* id -> Row */
  GHashTable *by_key;   /* "field\x1fvalue" -> Row */
  GHashTable *by_first; /* the first part -> GPtrArray of Row */
};

static void row_free(void *pointer) {
  g_free(((Row *)pointer)->whole);
  g_free(pointer);
}

static const Field *field_of(const Keys *keys, unsigned n) {
  return keys->fields->pdata[n];
}

static unsigned part_count(const Keys *keys) {
  return keys->fields->len - keys->key_count;
}

static char *fold(const char *text) {
  g_autofree char *normal = g_utf8_normalize(text, -1, G_NORMALIZE_NFKC);
  return g_utf8_casefold(normal ? normal : text, -1);
}

static char *key_token(const Field *field, const char *text) {
  g_autofree char *folded = fold(text);
  return g_strdup_printf("%s\x1f%s", field->name, folded);
}

/* ---- the rows that are there ---- */

/* What another table has is a key where a `sort` says how it is come by. */
static bool is_column(const Info *info, const Field *field) {
  return !field->at || sections_find(&info->sections, SECTION_SORT, field->name);
}

static void find_fields(Keys *keys) {
  static const unsigned flags[] = {KEY, KEY_PART};
  keys->fields = g_ptr_array_new();
  for (unsigned i = 0; i < G_N_ELEMENTS(flags); i++) {
    for (const Field *field = keys->info->subject->fields; field->name; field++)
      if (is_column(keys->info, field) && (field->flags & flags[i]))
        g_ptr_array_add(keys->fields, (void *)(uintptr_t)field);
    if (i == 0)
      keys->key_count = keys->fields->len;
  }
}

static const char *column(sqlite3_stmt *stmt, unsigned n) {
  return (const char *)sqlite3_column_text(stmt, (int)(n + 2));
}

static void add_first(Keys *keys, Row *row, const char *first) {
  GPtrArray *list = g_hash_table_lookup(keys->by_first, first);
  if (!list) {
    list = g_ptr_array_new();
    g_hash_table_insert(keys->by_first, g_strdup(first), list);
  }
  g_ptr_array_add(list, row);
}

static void add_row(Keys *keys, sqlite3_stmt *stmt) {
  Row *row = g_new0(Row, 1);
  g_autoptr(GString) whole = g_string_new(NULL);
  g_strlcpy(row->id, (const char *)sqlite3_column_text(stmt, 0), sizeof row->id);
  row->version = sqlite3_column_int64(stmt, 1);
  g_ptr_array_add(keys->rows, row);
  g_hash_table_insert(keys->by_id, row->id, row);
  for (unsigned n = 0; n < keys->key_count; n++) {
    const char *text = column(stmt, n);
    row->keyed = row->keyed || (text && *text);
    if (text && *text)
      g_hash_table_insert(keys->by_key, key_token(field_of(keys, n), text), row);
  }
  for (unsigned n = keys->key_count; n < keys->fields->len; n++) {
    const char *text = column(stmt, n);
    g_autofree char *folded = fold(text ? text : "");
    if (n == keys->key_count)
      add_first(keys, row, folded);
    g_string_append_printf(whole, "%s\x1f", folded);
  }
  row->whole = g_strdup(whole->str);
}

static bool read_rows(Keys *keys, Call *call, const List *list) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (unsigned n = 0; n < keys->fields->len; n++)
    g_ptr_array_add(names, (void *)(uintptr_t)field_of(keys, n)->name);
  g_ptr_array_add(names, NULL);
  g_autofree char *sql = compose_keys(keys->info, call->roles, info_verb(keys->info, "read"), list,
                                      (const char *const *)names->pdata);
  g_autoptr(sqlite3_stmt) stmt = NULL;
  const Sources from = {&call->asked, &call->server, &call->row};
  int result = SQLITE_DONE;
  if (!sql)
    return true; /* he may read none */
  if (sqlite3_prepare_v2(call->db, sql, -1, &stmt, NULL) != SQLITE_OK)
    return db_fail(call->db, &call->error);
  if (!bind_all(stmt, &from, &call->error))
    return false;
  while ((result = sqlite3_step(stmt)) == SQLITE_ROW)
    add_row(keys, stmt);
  return result == SQLITE_DONE || db_fail(call->db, &call->error);
}

Keys *keys_new(Call *call, const List *list) {
  g_autoptr(Keys) keys = g_new0(Keys, 1);
  keys->info = call->info;
  keys->rows = g_ptr_array_new_with_free_func(row_free);
  keys->by_id = g_hash_table_new(g_str_hash, g_str_equal);
  keys->by_key = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  keys->by_first =
      g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  find_fields(keys);
  return read_rows(keys, call, list) ? g_steal_pointer(&keys) : NULL;
}

void keys_free(Keys *keys) {
  if (!keys)
    return;
  g_hash_table_unref(keys->by_first);
  g_hash_table_unref(keys->by_key);
  g_hash_table_unref(keys->by_id);
  g_ptr_array_unref(keys->rows);
  g_ptr_array_unref(keys->fields);
  g_free(keys);
}

/* ---- what a line is about ---- */

static const char *said(const Values *values, const Field *field) {
  const Value *value = values_find(values, field->name);
  return value && value->kind == VALUE_TEXT && *value->text ? value->text : NULL;
}

/* The parts that the line says, folded; *all: none is left out. NULL where the first is. */
static char *whole_of(const Keys *keys, const Values *values, bool *all) {
  g_autoptr(GString) whole = g_string_new(NULL);
  *all = true;
  for (unsigned n = keys->key_count; n < keys->fields->len; n++) {
    const char *text = said(values, field_of(keys, n));
    if (!text && n == keys->key_count)
      return NULL;
    *all = *all && text;
    g_autofree char *folded = fold(text ? text : "");
    g_string_append_printf(whole, "%s\x1f", folded);
  }
  return part_count(keys) > 0 ? g_strdup(whole->str) : NULL;
}

static KeyResult find_row(const Row *found, KeyRow *row) {
  *row = (KeyRow){found->id, found->version};
  return KEY_FOUND;
}

/* Among those that have the first part in common. keyed: the line says a KEY that no row has. */
static KeyResult find_by_parts(const Keys *keys, const Values *values, bool keyed, KeyRow *row) {
  bool all;
  g_autofree char *whole = whole_of(keys, values, &all);
  if (!whole)
    return KEY_NEW;
  g_autofree char *first = g_strndup(whole, strcspn(whole, "\x1f"));
  const GPtrArray *like = g_hash_table_lookup(keys->by_first, first);
  const Row *same = NULL;
  unsigned likes = 0, sames = 0;
  for (unsigned i = 0; like && i < like->len; i++) {
    const Row *other = like->pdata[i];
    if (keyed && other->keyed)
      continue; /* another KEY, so another row */
    likes++;
    if (strcmp(other->whole, whole) == 0) {
      same = other;
      sames++;
    }
  }
  if (likes == 0 || (all && sames == 0))
    return KEY_NEW;
  if (keyed || sames != 1 || (!all && likes > 1))
    return KEY_AMBIGUOUS;
  return find_row(same, row);
}

KeyResult keys_find(const Keys *keys, const char *id, const Values *values, KeyRow *row) {
  const Row *found = NULL;
  bool keyed = false;
  if (id) {
    found = g_hash_table_lookup(keys->by_id, id);
    return found ? find_row(found, row) : KEY_UNKNOWN;
  }
  for (unsigned n = 0; n < keys->key_count; n++) {
    const char *text = said(values, field_of(keys, n));
    if (!text)
      continue;
    keyed = true;
    g_autofree char *token = key_token(field_of(keys, n), text);
    const Row *other = g_hash_table_lookup(keys->by_key, token);
    if (found && other && found != other)
      return KEY_AMBIGUOUS;
    found = found ? found : other;
  }
  return found ? find_row(found, row) : find_by_parts(keys, values, keyed, row);
}

char **keys_tokens(const Keys *keys, const char *id, const Values *values) {
  GPtrArray *tokens = g_ptr_array_new();
  bool all;
  if (id)
    g_ptr_array_add(tokens, g_strdup_printf("id\x1f%s", id));
  for (unsigned n = 0; n < keys->key_count; n++) {
    const char *text = said(values, field_of(keys, n));
    if (text)
      g_ptr_array_add(tokens, key_token(field_of(keys, n), text));
  }
  g_autofree char *whole = tokens->len == 0 ? whole_of(keys, values, &all) : NULL;
  if (whole)
    g_ptr_array_add(tokens, g_strdup(whole));
  for (const Field *field = keys->info->subject->fields; field->name; field++)
    if ((field->flags & UNSHARED) && said(values, field))
      g_ptr_array_add(tokens, key_token(field, said(values, field)));
  g_ptr_array_add(tokens, NULL);
  return (char **)g_ptr_array_free(tokens, FALSE);
}

char *keys_text(const Keys *keys, const char *id, const Values *values) {
  g_autoptr(GString) text = g_string_new(NULL);
  for (unsigned n = keys->key_count; n < keys->fields->len; n++) {
    const char *part = said(values, field_of(keys, n));
    g_string_append_printf(text, "%s%s", part && text->len ? " " : "", part ? part : "");
  }
  for (unsigned n = 0; n < keys->key_count && text->len == 0; n++) {
    const char *key = said(values, field_of(keys, n));
    g_string_append(text, key ? key : "");
  }
  if (text->len == 0 && id)
    g_string_append(text, id);
  return g_strdup(text->str);
}
