#include "domain/test-fill.h"

#include <string.h>

#include "store/statement.h"

void fill_id(unsigned n, char *id) {
  g_snprintf(id, 17, "%016u", n);
}

static const char *text_at(sqlite3_stmt *stmt, int column) {
  return (const char *)sqlite3_column_text(stmt, column);
}

static sqlite3_stmt *ask(sqlite3 *db, const char *sql, const char *name) {
  sqlite3_stmt *stmt = NULL;
  if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
    g_error("%s: %s", sqlite3_errmsg(db), sql);
  sqlite3_bind_text(stmt, 1, name, -1, SQLITE_TRANSIENT);
  return stmt;
}

static void run(sqlite3 *db, const char *sql) {
  GError *error = NULL;
  db_exec(db, sql, &error);
  g_assert_no_error(error);
}

/* ---- what a table has ---- */

typedef struct {
  char *name, *type, *to; /* to: the table that it refers to, or NULL */
  bool wanted, varies;    /* not null; tells rows apart */
  bool is_json;
} Col;

typedef struct {
  char *name;
  GArray *cols;
} Table;

static void col_clear(void *pointer) {
  Col *col = pointer;
  g_free(col->name);
  g_free(col->type);
  g_free(col->to);
}

static Col *col_find(const Table *table, const char *name) {
  for (unsigned i = 0; name && i < table->cols->len; i++)
    if (strcmp(g_array_index(table->cols, Col, i).name, name) == 0)
      return &g_array_index(table->cols, Col, i);
  return NULL;
}

static void read_references(sqlite3 *db, Table *table) {
  sqlite3_stmt *stmt =
      ask(db, "select \"from\", \"table\" from pragma_foreign_key_list(?1)", table->name);
  while (sqlite3_step(stmt) == SQLITE_ROW) {
    Col *col = col_find(table, text_at(stmt, 0));
    g_free(col->to);
    col->to = g_strdup(text_at(stmt, 1));
  }
  sqlite3_finalize(stmt);
}

/* How well a column tells the rows of a key apart while the rest stays the same: what refers to
 * people and meetings does so for most lists. */
static int worth(const Col *col, const Fill *fill) {
  if (strcmp(col->type, "integer") == 0)
    return 5;
  bool usual = col->to && (strcmp(col->to, "person") == 0 || strcmp(col->to, "meeting") == 0);
  if (usual)
    return (strcmp(col->to, "person") == 0) != fill->by_meeting ? 2 : 1;
  return col->to ? 4 : 3;
}

/* One column of each unique key. */
static void choose(const Fill *fill, Col *col, Col **best) {
  if (!*best || worth(col, fill) >= worth(*best, fill))
    *best = col;
}

static void read_keys(sqlite3 *db, Table *table, const Fill *fill) {
  sqlite3_stmt *keys =
      ask(db, "select name from pragma_index_list(?1) where \"unique\"", table->name);
  while (sqlite3_step(keys) == SQLITE_ROW) {
    Col *best = NULL;
    sqlite3_stmt *stmt =
        ask(db, "select name from pragma_index_info(?1) where name is not null", text_at(keys, 0));
    while (sqlite3_step(stmt) == SQLITE_ROW)
      choose(fill, col_find(table, text_at(stmt, 0)), &best);
    sqlite3_finalize(stmt);
    if (best)
      best->varies = true;
  }
  sqlite3_finalize(keys);
}

static void table_init(sqlite3 *db, Table *table, const char *name, const Fill *fill) {
  table->name = g_strdup(name);
  table->cols = g_array_new(FALSE, FALSE, sizeof(Col));
  g_array_set_clear_func(table->cols, col_clear);
  sqlite3_stmt *stmt = ask(db,
                           "select name, type, \"notnull\" or pk, pk,"
                           " dflt_value like '%{%' from pragma_table_xinfo(?1) where not hidden",
                           name);
  while (sqlite3_step(stmt) == SQLITE_ROW) {
    Col col = {g_strdup(text_at(stmt, 0)), g_ascii_strdown(text_at(stmt, 1), -1), NULL,
               sqlite3_column_int(stmt, 2), false};
    col.is_json = sqlite3_column_int(stmt, 4);
    col.varies = sqlite3_column_int(stmt, 3) && strcmp(col.type, "integer") == 0;
    g_array_append_val(table->cols, col);
  }
  sqlite3_finalize(stmt);
  read_references(db, table);
  read_keys(db, table, fill);
}

static void table_clear(Table *table) {
  g_free(table->name);
  g_array_unref(table->cols);
}

/* ---- what a row has ---- */

/* A character that the field may have. */
static char letter(const Field *field) {
  return field->of ? field->of[0] : 'x';
}

/* Neighbours have the same. */
static char *text_value(const Field *field, unsigned n) {
  if (!field->of)
    return g_strdup_printf("x%u", n / 2);
  int64_t length = MIN(MAX(field->least, 1) + n / 2, field->most);
  return g_strnfill((gsize)length, letter(field));
}

static char *field_value(const Field *field, const Fill *fill, unsigned n) {
  g_auto(GStrv) words = g_strsplit(field->of ? field->of : "", " ", -1);
  switch (field->type) {
  case F_WORD:
    return g_strdup(words[n % g_strv_length(words)]);
  case F_INT:
    return g_strdup_printf("%" G_GINT64_FORMAT, MIN(field->least + n / 2, field->most));
  case F_BOOL:
    return g_strdup("1");
  case F_TIME:
    return field->flags & OPTIONAL ? NULL
                                   : g_strdup_printf("%" G_GINT64_FORMAT, fill->at_ms + n / 2);
  case F_DATE:
    return field->flags & OPTIONAL                 ? NULL
           : g_str_has_prefix(field->name, "ends") ? g_strdup("2999-01-01")
                                                   : g_strdup_printf("2020-01-0%u", 1 + n / 2);
  case F_TEXT:
  case F_RAW:
    return text_value(field, n);
  default:
    return NULL;
  }
}

static bool is_state(const Info *info, const char *name) {
  return info && info->subject->states &&
         (strcmp(name, "state") == 0 || strcmp(name, "published_state") == 0);
}

static char *state_value(const Info *info, const Fill *fill) {
  unsigned count = 0;
  while (info->subject->states[count].name)
    count++;
  return g_strdup(info->subject->states[fill->state % count].name);
}

/* What may be null is, unless it says whose the row is. */
static char *value(const Model *model, const Table *table, const Col *col, const Fill *fill,
                   unsigned n) {
  const Info *info = model_table(model, table->name);
  const Field *field = model_column(model, table->name, col->name);
  char id[17];
  fill_id(col->varies ? n : 1, id);
  bool number = strcmp(col->type, "integer") == 0;
  if (col->is_json)
    return g_strdup("{}");
  if (strcmp(col->name, "subject") == 0)
    return g_strdup(table->name);
  if (is_state(info, col->name))
    return state_value(info, fill);
  if (col->to)
    return !col->wanted && strcmp(col->to, table->name) == 0 ? NULL
           : number                                          ? g_strdup_printf("%u", n)
                                                             : g_strdup(id);
  if (strcmp(col->name, "id") == 0 && !number)
    return g_strdup((fill_id(n, id), id));
  if (col->varies)
    return number ? g_strdup_printf("%u", n) : g_strdup_printf("%s%u", field ? "x" : "key", n);
  char *own = field ? field_value(field, fill, n) : NULL;
  if (own || !col->wanted)
    return own;
  if (g_str_has_suffix(col->name, "_at"))
    return g_strdup_printf("%" G_GINT64_FORMAT, fill->at_ms);
  return g_strdup(strcmp(col->name, "record") == 0 ? id : "1");
}

static void insert(sqlite3 *db, const Model *model, const Table *table, const Fill *fill,
                   unsigned n) {
  g_autoptr(GString) names = g_string_new(NULL);
  g_autoptr(GString) places = g_string_new(NULL);
  for (unsigned i = 0; i < table->cols->len; i++) {
    g_string_append_printf(names, "%s\"%s\"", i ? ", " : "",
                           g_array_index(table->cols, Col, i).name);
    g_string_append_printf(places, "%s?", i ? ", " : "");
  }
  g_autofree char *sql = g_strdup_printf("insert or ignore into \"%s\" (%s) values (%s)",
                                         table->name, names->str, places->str);
  sqlite3_stmt *stmt = ask(db, sql, NULL);
  for (unsigned i = 0; i < table->cols->len; i++) {
    const Col *col = &g_array_index(table->cols, Col, i);
    char *text = value(model, table, col, fill, n);
    if (text && strcmp(col->type, "blob") == 0)
      sqlite3_bind_blob(stmt, (int)i + 1, text, (int)strlen(text), SQLITE_TRANSIENT);
    else
      sqlite3_bind_text(stmt, (int)i + 1, text, -1, SQLITE_TRANSIENT);
    g_free(text);
  }
  if (sqlite3_step(stmt) != SQLITE_DONE)
    g_error("%s: %s", table->name, sqlite3_errmsg(db));
  sqlite3_finalize(stmt);
}

static GPtrArray *names_of(sqlite3 *db, const char *sql) {
  GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
  sqlite3_stmt *stmt = ask(db, sql, NULL);
  while (sqlite3_step(stmt) == SQLITE_ROW)
    g_ptr_array_add(names, g_strdup(text_at(stmt, 0)));
  sqlite3_finalize(stmt);
  return names;
}

void fill_all(sqlite3 *db, const Model *model, Fill fill) {
  g_autoptr(GPtrArray) triggers =
      names_of(db, "select name from sqlite_schema where type = 'trigger'");
  for (unsigned i = 0; i < triggers->len; i++) {
    g_autofree char *sql = g_strdup_printf("drop trigger \"%s\"", (char *)triggers->pdata[i]);
    run(db, sql);
  }
  g_autoptr(GPtrArray) tables =
      names_of(db, "select name from pragma_table_list where schema = 'main' and type = 'table'"
                   " and name not glob 'sqlite_*' and name <> 'setting'");
  for (unsigned i = 0; i < tables->len; i++) {
    Table table;
    table_init(db, &table, tables->pdata[i], &fill);
    for (unsigned n = 1; n <= FILL_ROWS; n++)
      insert(db, model, &table, &fill, n);
    table_clear(&table);
  }
}
