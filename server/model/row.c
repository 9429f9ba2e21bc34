#include "model/row.h"

#include <inttypes.h>
#include <string.h>

void json_string_append(GString *out, const char *text) {
  if (!text) {
    g_string_append(out, "null");
    return;
  }
  g_string_append_c(out, '"');
  for (const char *at = text; *at;) {
    const char *from = at;
    while ((unsigned char)*at >= ' ' && *at != '"' && *at != '\\')
      at++;
    g_string_append_len(out, from, at - from);
    if (*at == '"' || *at == '\\')
      g_string_append_printf(out, "\\%c", *at++);
    else if (*at)
      g_string_append_printf(out, "\\u%04x", (unsigned char)*at++);
  }
  g_string_append_c(out, '"');
}

static void add_value(sqlite3_stmt *stmt, int n, OutType type, GString *out) {
  const char *text = NULL;
  if (sqlite3_column_type(stmt, n) == SQLITE_NULL) {
    g_string_append(out, "null");
    return;
  }
  switch (type) {
  case OUT_INT:
    g_string_append_printf(out, "%" PRId64, (int64_t)sqlite3_column_int64(stmt, n));
    break;
  case OUT_BOOL:
    g_string_append(out, sqlite3_column_int(stmt, n) ? "true" : "false");
    break;
  case OUT_JSON:
  case OUT_OBJECT:
    text = (const char *)sqlite3_column_text(stmt, n);
    g_string_append(out, text);
    break;
  case OUT_TEXT:
    json_string_append(out, (const char *)sqlite3_column_text(stmt, n));
    break;
  }
}

static void add_comma(GString *out) {
  if (out->str[out->len - 1] != '{')
    g_string_append_c(out, ',');
}

static void write_may(const Info *info, uint64_t verbs, GString *out) {
  bool first = true;
  g_string_assign(out, "\"may\":[");
  for (unsigned bit = 0; bit < info->verbs->len; bit++)
    if (verbs >> bit & 1) {
      g_string_append(out, first ? "" : ",");
      json_string_append(out, info->verbs->pdata[bit]);
      first = false;
    }
  g_string_append_c(out, ']');
}

/* Most rows of a list may be used alike. */
static void add_may(Plan *plan, const Info *info, uint64_t verbs, GString *out) {
  uint64_t acts = verbs & info->acts;
  if (plan->may_text->len == 0 || plan->may != acts)
    write_may(info, acts, plan->may_text);
  plan->may = acts;
  add_comma(out);
  g_string_append_len(out, plan->may_text->str, (gssize)plan->may_text->len);
}

/* The group that is open, if any: nested objects are one deep. */
typedef struct {
  const char *name;
  bool is_null;
} Group;

static void close_group(Group *group, GString *out) {
  if (group->name && !group->is_null)
    g_string_append_c(out, '}');
  *group = (Group){NULL, false};
}

/* The column by which it is known whether there is such a group in this row. */
static bool names_group(const Column *column) {
  return strcmp(column->path[1], "id") == 0 || (column->field && column->field->type == F_DICT);
}

/* Whether the column is to be written: not in a group that is null. */
static bool enter_group(Group *group, const Column *column, bool is_null, GString *out) {
  if (group->name && (!column->path[1] || strcmp(group->name, column->path[0]) != 0))
    close_group(group, out);
  if (!column->path[1])
    return true;
  if (group->name)
    return !group->is_null;
  *group = (Group){column->path[0], is_null && names_group(column)};
  add_comma(out);
  json_string_append(out, group->name);
  g_string_append(out, group->is_null ? ":null" : ":{");
  return !group->is_null;
}

/* What is shown of the state to whoever does not work on the row; -1: the state itself. */
static int published_column(const Plan *plan, const Info *info, uint64_t verbs) {
  return info->published && !(verbs >> info->work & 1) ? plan->published : -1;
}

static bool is_his(const Column *column, uint64_t verbs) {
  return column->see < 0 || (verbs >> column->see & 1);
}

/* Whether there is no such group in this row. */
static bool is_null_group(const Plan *plan, const char *group) {
  for (unsigned i = 0; i < plan->columns->len; i++) {
    const Column *column = &g_array_index(plan->columns, Column, i);
    if (column->path[1] && strcmp(column->path[0], group) == 0)
      return names_group(column) &&
             sqlite3_column_type(plan->stmt, (int)(plan->hidden + i)) == SQLITE_NULL;
  }
  return false;
}

int row_column(const Plan *plan, const Info *info, unsigned n, uint64_t verbs) {
  const Column *column = &g_array_index(plan->columns, Column, n);
  if (!is_his(column, verbs) || (column->path[1] && is_null_group(plan, column->path[0])))
    return -1;
  int at = (int)(plan->hidden + n);
  int published = at == plan->state ? published_column(plan, info, verbs) : -1;
  return published >= 0 ? published : at;
}

void row_json(Plan *plan, const Info *info, uint64_t verbs, GString *out) {
  Group group = {NULL, false};
  int published = published_column(plan, info, verbs);
  g_string_append_c(out, '{');
  for (unsigned i = 0; i < plan->columns->len; i++) {
    const Column *column = &g_array_index(plan->columns, Column, i);
    int n = (int)(plan->hidden + i);
    if (!is_his(column, verbs))
      continue;
    if (!enter_group(&group, column, sqlite3_column_type(plan->stmt, n) == SQLITE_NULL, out))
      continue;
    add_comma(out);
    g_string_append(out, column->head);
    add_value(plan->stmt, n == plan->state && published >= 0 ? published : n, column->type, out);
  }
  close_group(&group, out);
  add_may(plan, info, verbs, out);
  g_string_append_c(out, '}');
}
