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
    size_t plain = strcspn(at, "\"\\\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r\x0e\x0f\x10"
                               "\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f");
    g_string_append_len(out, at, (gssize)plain);
    at += plain;
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

static void add_name(GString *out, const char *name) {
  char last = out->str[out->len - 1];
  if (last != '{')
    g_string_append_c(out, ',');
  json_string_append(out, name);
  g_string_append_c(out, ':');
}

static void add_may(const Info *info, uint64_t verbs, GString *out) {
  bool first = true;
  add_name(out, "may");
  g_string_append_c(out, '[');
  for (unsigned bit = 0; bit < info->verbs->len; bit++)
    if ((verbs & info->acts) >> bit & 1) {
      g_string_append(out, first ? "" : ",");
      json_string_append(out, info->verbs->pdata[bit]);
      first = false;
    }
  g_string_append_c(out, ']');
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
  add_name(out, group->name);
  g_string_append(out, group->is_null ? "null" : "{");
  return !group->is_null;
}

/* What is shown of the state to whoever does not work on the row; -1: the state itself. */
static int published_column(const Plan *plan, const Info *info, uint64_t verbs) {
  if (!info->published || (verbs >> info->work & 1))
    return -1;
  for (unsigned i = 0; i < plan->columns->len; i++)
    if (strcmp(g_array_index(plan->columns, Column, i).value, "published_state") == 0)
      return (int)(plan->hidden + i);
  g_assert_not_reached();
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
  int published = strcmp(column->value, "state") == 0 ? published_column(plan, info, verbs) : -1;
  return published >= 0 ? published : (int)(plan->hidden + n);
}

void row_json(const Plan *plan, const Info *info, uint64_t verbs, GString *out) {
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
    add_name(out, column->path[column->path[1] ? 1 : 0]);
    if (published >= 0 && strcmp(column->value, "state") == 0)
      n = published;
    add_value(plan->stmt, n, column->type, out);
  }
  close_group(&group, out);
  add_may(info, verbs, out);
  g_string_append_c(out, '}');
}
