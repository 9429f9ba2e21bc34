#include "model/plan.h"

#include <stdlib.h>
#include <string.h>

#include "model/right.h"
#include "store/database.h"
#include "store/statement.h"

static const struct {
  const char *suffix;
  OutType type;
} suffixes[] = {{":text", OUT_TEXT},
                {":int", OUT_INT},
                {":bool", OUT_BOOL},
                {":json", OUT_JSON},
                {":object", OUT_OBJECT}};

static void column_clear(void *pointer) {
  Column *column = pointer;
  g_strfreev(column->path);
  g_free(column->head);
}

static void plan_free(void *pointer) {
  Plan *plan = pointer;
  sqlite3_finalize(plan->stmt);
  g_array_unref(plan->columns);
  g_string_free(plan->may_text, TRUE);
  g_free(plan->key);
  g_free(plan);
}

static OutType type_of(const Field *field) {
  switch (field->type) {
  case F_INT:
  case F_TIME:
    return OUT_INT;
  case F_BOOL:
    return OUT_BOOL;
  case F_WORDS:
  case F_IDS:
  case F_FILES:
  case F_OBJECT:
  case F_LIST:
  case F_MAP:
    return OUT_JSON;
  default:
    return OUT_TEXT;
  }
}

/* Cuts the suffix off the name; false when it has none. "!" behind it: it is never null. */
static bool take_suffix(char *name, OutType *type, bool *null) {
  *null = !g_str_has_suffix(name, "!");
  if (!*null)
    name[strlen(name) - 1] = 0;
  for (unsigned i = 0; i < G_N_ELEMENTS(suffixes); i++)
    if (g_str_has_suffix(name, suffixes[i].suffix)) {
      name[strlen(name) - strlen(suffixes[i].suffix)] = 0;
      *type = suffixes[i].type;
      return true;
    }
  return false;
}

/* A key or a counter that is no field: "id", "version", a time. */
static OutType type_of_column(sqlite3_stmt *stmt, int n) {
  const char *declared = sqlite3_column_decltype(stmt, n);
  return declared && g_ascii_strcasecmp(declared, "integer") == 0 ? OUT_INT : OUT_TEXT;
}

/* Whether a column that is kept somewhere may be null; what another table has may be missing. */
static bool may_be_null(sqlite3 *db, const Info *info, const char *table, const char *column,
                        bool grouped) {
  int not_null = 0, key = 0;
  sqlite3_table_column_metadata(db, NULL, table, column, NULL, NULL, &not_null, &key, NULL);
  return !(not_null || key) || (!grouped && strcmp(table, info->subject->table) != 0);
}

/* Its `see` is a verb of the subject whose field it is. */
static bool is_foreign(const Info *info, const Field *field) {
  for (const Field *own = info->subject->fields; own->name; own++)
    if (own == field)
      return false;
  return true;
}

/* Whether a column has that member already, or one of the two is a group that the other is in. */
static bool is_there(const Plan *plan, const Column *column) {
  for (unsigned i = 0; i < plan->columns->len; i++) {
    const Column *other = &g_array_index(plan->columns, Column, i);
    if (strcmp(other->path[0], column->path[0]) == 0 &&
        (!other->path[1] || !column->path[1] || strcmp(other->path[1], column->path[1]) == 0))
      return true;
  }
  return false;
}

/* Whether it is what only those may know who work on the row: another subject's state where that
 * is not the one that is shown. */
static bool is_internal(const Model *model, const Info *info, const char *table,
                        const char *origin) {
  const Info *owner = table ? model_table(model, table) : NULL;
  return owner && owner != info && owner->published && strcmp(origin, "state") == 0;
}

/* Who sees it: by its field; and where not every state is shown, those who work on the row see what
 * is shown of it to others, and what is due. */
static int see_of(const Info *info, const Column *column) {
  if (column->field && column->field->see)
    return info_verb(info, column->field->see);
  /* What a record says of another that only some may see, "held_by.name", is theirs as a whole. */
  const Field *group = column->path[1] ? field_find(info->subject->fields, column->path[0]) : NULL;
  if (group && group->see)
    return info_verb(info, group->see);
  bool is_inside = strcmp(column->value, "published_state") == 0 ||
                   (info->due.name && strcmp(column->path[0], "due") == 0);
  return info->published && is_inside ? info->work : -1;
}

/* Of what is computed the field that is called like it: "my_capacity" of "my.capacity". */
static const Field *field_called(const Info *info, const char *name) {
  g_autofree char *flat = g_strdelimit(g_strdup(name), ".", '_');
  return field_find(info->subject->fields, flat);
}

/* The field of which a dictionary says this ("unit_kind.zh"); NULL. */
static const Field *dict_field(const Info *info, const char *name) {
  g_autofree char *first = g_strndup(name, strcspn(name, "."));
  const Field *field = field_find(info->subject->fields, first);
  return field && field->type == F_DICT && strchr(name, '.') ? field : NULL;
}

static bool read_column(Plan *plan, const Model *model, const Info *info, int n, GError **error) {
  g_autofree char *name = g_strdup(sqlite3_column_name(plan->stmt, n));
  const char *origin = sqlite3_column_origin_name(plan->stmt, n);
  const char *table = sqlite3_column_table_name(plan->stmt, n);
  Column column = {.see = -1, .computed = !origin};
  bool typed = take_suffix(name, &column.type, &column.null);
  column.field = dict_field(info, name);
  if (!column.field)
    column.field = origin ? model_column(model, table, origin) : field_called(info, name);
  if (column.field && column.null)
    column.null = column.field->flags & OPTIONAL;
  else if (origin && column.null)
    column.null =
        may_be_null(sqlite3_db_handle(plan->stmt), info, table, origin, strchr(name, '.') != NULL);
  if (!typed && column.field && origin)
    column.type = type_of(column.field);
  else if (!typed && origin)
    column.type = type_of_column(plan->stmt, n);
  else if (!typed) {
    g_set_error(error, STORE_ERROR, STORE_ERROR_DATABASE,
                "%s: \"%s\" is an expression: say its type", info->subject->name, name);
    return false;
  }
  if ((column.field && column.field->see && is_foreign(info, column.field)) ||
      (origin && is_internal(model, info, table, origin))) {
    g_set_error(error, STORE_ERROR, STORE_ERROR_DATABASE,
                "%s: \"%s\" is another subject's and not for everybody", info->subject->name, name);
    return false;
  }
  column.path = g_strsplit(name, ".", -1);
  column.head = g_strdup_printf("\"%s\":", column.path[column.path[1] ? 1 : 0]);
  column.value = g_intern_string(g_strdelimit(name, ".", '_'));
  column.see = see_of(info, &column);
  bool twice = is_there(plan, &column);
  g_array_append_val(plan->columns, column);
  if (twice)
    g_set_error(error, STORE_ERROR, STORE_ERROR_DATABASE, "%s: \"%s\" is there twice",
                info->subject->name, column.value);
  return !twice;
}

/* Which of the statement's columns is this value; -1. */
static int find_column(const Plan *plan, const char *value) {
  for (unsigned i = 0; i < plan->columns->len; i++)
    if (strcmp(g_array_index(plan->columns, Column, i).value, value) == 0)
      return (int)(plan->hidden + i);
  return -1;
}

static Plan *plan_new(sqlite3 *db, const Model *model, const Info *info, const char *sql,
                      unsigned hidden, GError **error) {
  Plan *plan = g_new0(Plan, 1);
  plan->hidden = hidden;
  plan->may_text = g_string_new(NULL);
  plan->columns = g_array_new(FALSE, FALSE, sizeof(Column));
  g_array_set_clear_func(plan->columns, column_clear);
  const char *tail = NULL;
  bool fine =
      sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &plan->stmt, &tail) == SQLITE_OK ||
      db_fail(db, error);
  for (int n = (int)hidden; fine && n < sqlite3_column_count(plan->stmt); n++)
    fine = read_column(plan, model, info, n, error);
  plan->state = find_column(plan, "state");
  plan->published = find_column(plan, "published_state");
  const Column *first = plan->columns->len ? &g_array_index(plan->columns, Column, 0) : NULL;
  if (fine && first && strcmp(first->value, info->key) != 0) { /* cursors are made of it */
    g_set_error(error, STORE_ERROR, STORE_ERROR_DATABASE, "the first column is not the key");
    fine = false;
  }
  if (fine && info->published && plan->state >= 0 && plan->published < 0) {
    g_set_error(error, STORE_ERROR, STORE_ERROR_DATABASE, "what is shown of the state is missing");
    fine = false;
  }
  if (fine)
    return plan;
  g_prefix_error(error, "%s: %s: ", info->subject->name, sql);
  plan_free(plan);
  return NULL;
}

Plan *plan_get(sqlite3 *db, const Model *model, const Info *info, const char *key, unsigned hidden,
               char *(*compose)(void *data), void *data, GError **error) {
  GHashTable *shelf = db_shelf(db, plan_free);
  Plan *plan = g_hash_table_lookup(shelf, key);
  if (plan) {
    g_hash_table_steal(shelf, key);
    return plan;
  }
  g_autofree char *sql = compose(data);
  g_assert(sql);
  plan = plan_new(db, model, info, sql, hidden, error);
  if (plan)
    plan->key = g_strdup(key);
  return plan;
}

static bool bind_value(sqlite3_stmt *stmt, int n, const Value *value) {
  int result = SQLITE_OK;
  if (!value || value->kind == VALUE_NULL)
    result = sqlite3_bind_null(stmt, n);
  else if (value->kind == VALUE_INT)
    result = sqlite3_bind_int64(stmt, n, value->number);
  else if (value->kind == VALUE_JSON)
    result = sqlite3_bind_text(stmt, n, json_dumps(value->json, JSON_COMPACT | JSON_ENCODE_ANY), -1,
                               free);
  else
    result = sqlite3_bind_text(stmt, n, value->text, -1, SQLITE_TRANSIENT);
  return result == SQLITE_OK;
}

bool bind_all(sqlite3_stmt *stmt, const Sources *from, GError **error) {
  sqlite3_reset(stmt);
  for (int n = 1; n <= sqlite3_bind_parameter_count(stmt); n++) {
    const char *name = sqlite3_bind_parameter_name(stmt, n);
    const Values *source = *name == ':' ? from->asked : *name == '@' ? from->server : from->row;
    const Value *value = source ? values_find(source, name + 1) : NULL;
    if (!value && *name != ':') {
      g_set_error(error, STORE_ERROR, STORE_ERROR_DATABASE, "no value for %s", name);
      return false;
    }
    if (!bind_value(stmt, n, value))
      return db_fail(sqlite3_db_handle(stmt), error);
  }
  return true;
}

bool plan_bind(Plan *plan, const Sources *from, GError **error) {
  return bind_all(plan->stmt, from, error);
}

int plan_step(Plan *plan, GError **error) {
  int result = sqlite3_step(plan->stmt);
  if (result == SQLITE_ROW || result == SQLITE_DONE)
    return result;
  db_fail(sqlite3_db_handle(plan->stmt), error);
  return SQLITE_ERROR;
}

void plan_reset(Plan *plan) {
  if (!plan)
    return;
  sqlite3_reset(plan->stmt);
  sqlite3_clear_bindings(plan->stmt);
  GHashTable *shelf = db_shelf(sqlite3_db_handle(plan->stmt), plan_free);
  if (g_hash_table_contains(shelf, plan->key)) {
    plan_free(plan);
    return;
  }
  if (g_hash_table_size(shelf) >= PLANS_MAX)
    g_hash_table_remove_all(shelf); /* of those that wait; none of them is in use */
  g_hash_table_insert(shelf, plan->key, plan);
}

uint32_t plan_scopes(const Plan *plan, const Info *info, unsigned roles) {
  uint32_t wanted = info_scopes(info, roles), scopes = 0;
  int column = 0;
  for (unsigned bit = 0; bit < info->scopes->len; bit++)
    if (wanted >> bit & 1) {
      if (sqlite3_column_int(plan->stmt, column))
        scopes |= UINT32_C(1) << bit;
      column++;
    }
  return scopes;
}

void column_value(sqlite3_stmt *stmt, int column, const char *name, Values *values) {
  switch (sqlite3_column_type(stmt, column)) {
  case SQLITE_NULL:
    values_null(values, name);
    break;
  case SQLITE_INTEGER:
    values_int(values, name, sqlite3_column_int64(stmt, column));
    break;
  default:
    values_text(values, name, (const char *)sqlite3_column_text(stmt, column));
  }
}

const char *plan_state(const Plan *plan) {
  return plan->state < 0 ? NULL : (const char *)sqlite3_column_text(plan->stmt, plan->state);
}

void plan_values(const Plan *plan, Values *row) {
  for (unsigned i = 0; i < plan->columns->len; i++)
    column_value(plan->stmt, (int)(plan->hidden + i), g_array_index(plan->columns, Column, i).value,
                 row);
}
