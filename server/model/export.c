#include "model/export.h"

#include <string.h>

#include "base/zone.h"
#include "model/count.h"
#include "model/heads.h"
#include "model/right.h"
#include "model/row.h"
#include "model/shown.h"
#include "store/database.h"

struct Export {
  Call *call;
  SheetFormat format;
  Heads heads;
  Many many;
  int verb;        /* export, or -1 */
  bool own;        /* it is about who takes it away */
  GArray *columns; /* unsigned: which of the plan's, in their order */
  char *query;     /* as it was asked */
  Sheet *sheet;
  int64_t rows;
  json_t *names, *table; /* SHEET_ROWS: of the columns, and what they have */
  Counts *counts; /* the list is counted (count.h): a value and a number in each row; or NULL */
};

static const Column *column_of(const Plan *plan, unsigned n) {
  return &g_array_index(plan->columns, Column, n);
}

static char *name_of(const Column *column) {
  return g_strjoinv(".", column->path);
}

/* Whom a record is about is personal whether or not it was said to be. */
static bool is_about_people(const Field *field) {
  return (field->flags & PERSONAL) || (field->type == F_REF && strcmp(field->of, "person") == 0);
}

/* By the column that it shows, or by the field whose group it is in ("host.name" of "host"). Of
 * what is computed nobody said what it tells: texts and lists count as personal. */
static bool is_personal(const Info *info, const Column *column) {
  const Field *group = field_find(info->subject->fields, column->path[0]);
  if (column->field && is_about_people(column->field))
    return true;
  if (group)
    return is_about_people(group);
  return column->computed && !column->field && column->type != OUT_INT && column->type != OUT_BOOL;
}

/* ---- which columns ---- */

static bool is_named(const Column *column, char *const *names) {
  g_autofree char *name = name_of(column);
  return g_strv_contains((const char *const *)names, name) ||
         g_strv_contains((const char *const *)names, column->path[0]);
}

/* Each name is a column, or a group of them. */
static bool check_names(Call *call, const Plan *plan, char **names) {
  bool fine = true;
  for (unsigned i = 0; names[i]; i++) {
    char *only[] = {names[i], NULL};
    unsigned n = 0;
    while (n < plan->columns->len && !is_named(column_of(plan, n), only))
      n++;
    if (n == plan->columns->len)
      fine = problem_add(&call->problem, "columns", "words", json_pack("{s:s}", "name", names[i]));
  }
  return fine;
}

/* Whether the column can be seen by who asks, in some row. */
static bool is_open(const Export *export, const Column *column) {
  return column->see < 0 || info_has(export->call->info, export->call->roles, column->see);
}

static bool has_column(const Export *export, unsigned n) {
  for (unsigned i = 0; i < export->columns->len; i++)
    if (g_array_index(export->columns, unsigned, i) == n)
      return true;
  return false;
}

/* names: one of those that are wanted, or all there are (NULL). */
static bool choose_named(Export *export, const Plan *plan, char *const *names) {
  Call *call = export->call;
  bool may = export->own || info_has(call->info, call->roles, export->verb);
  for (unsigned n = 0; n < plan->columns->len; n++) {
    const Column *column = column_of(plan, n);
    if ((names && !is_named(column, names)) || has_column(export, n) || !is_open(export, column) ||
        (export->heads.in != HEADS_PLAIN && shown_is_other(call->info, column, export->heads.in)))
      continue;
    if (is_personal(call->info, column) && !may)
      return problem_set(&call->problem, PROBLEM_FORBIDDEN);
    g_array_append_val(export->columns, n);
  }
  return true;
}

/* In the order in which they are named; else in that of the row. */
static bool choose(Export *export, const Plan *plan, const char *wanted) {
  Call *call = export->call;
  g_auto(GStrv) names = wanted ? g_strsplit(wanted, ",", -1) : NULL;
  if (names && !check_names(call, plan, names))
    return false;
  bool fine = names || choose_named(export, plan, NULL);
  for (unsigned i = 0; fine && names && names[i]; i++)
    fine = choose_named(export, plan, (char *[]){names[i], NULL});
  return fine && (export->columns->len > 0 || problem_add(&call->problem, "columns", "few", NULL));
}

/* ---- what is asked ---- */

/* The query without what is the table's own: `columns`, whose value is given, and `words`; pages
 * are none. */
static GPtrArray *read_query(Export *export, const GPtrArray *query, char **columns) {
  GPtrArray *rest = g_ptr_array_new();
  g_autoptr(GString) asked = g_string_new(NULL);
  for (unsigned i = 0; i < query->len; i++) {
    char *pair = query->pdata[i];
    g_string_append_printf(asked, "%s%s", asked->len ? "&" : "", pair);
    if (g_str_has_prefix(pair, "limit=") || g_str_has_prefix(pair, "after="))
      problem_add(&export->call->problem, pair[0] == 'l' ? "limit" : "after", "unknown", NULL);
    else if (g_str_has_prefix(pair, "columns="))
      *columns = pair[8] ? pair + 8 : *columns;
    else if (!g_str_has_prefix(pair, "words="))
      g_ptr_array_add(rest, pair);
    else if (!heads_in(pair + 6, &export->heads.in))
      problem_add(&export->call->problem, "words", "words", NULL);
    else if (count_is_asked(query)) /* the labels are in them */
      g_ptr_array_add(rest, pair);
  }
  export->query = g_strdup(asked->str);
  return rest;
}

/* What is counted is no list of people; but what is kept of them is told by numbers, too. */
static bool begin_counts(Export *export, const GPtrArray *query, const char *columns) {
  Call *call = export->call;
  if (columns)
    return problem_add(&call->problem, "columns", "unknown", NULL);
  if (export->format == SHEET_ROWS)
    return problem_add(&call->problem, "count_by", "unknown", NULL);
  export->counts = count_read(call, query);
  if (!export->counts)
    return false;
  if (is_about_people(export->counts->by) && !info_has(call->info, call->roles, export->verb))
    return problem_set(&call->problem, PROBLEM_FORBIDDEN);
  return true;
}

static Export *new_export(Call *call, const GPtrArray *query, SheetFormat format, bool own) {
  g_autoptr(Export) export = g_new0(Export, 1);
  export->call = call;
  export->own = own;
  export->format = format;
  export->heads = (Heads){call->model, call->info, HEADS_PLAIN};
  export->verb = info_verb(call->info, "export");
  export->columns = g_array_new(FALSE, FALSE, sizeof(unsigned));
  char *wanted = NULL;
  g_autoptr(GPtrArray) rest = read_query(export, query, &wanted);
  if (call->problem.status == 0 && count_is_asked(query))
    return begin_counts(export, rest, wanted) ? g_steal_pointer(&export) : NULL;
  if (call->problem.status != 0 || !read_many(call, rest, &export->many))
    return NULL;
  export->many.limit = EXPORT_SLICE;
  g_autoptr(Plan) plan = read_many_plan(call, &export->many);
  return plan && choose(export, plan, wanted) ? g_steal_pointer(&export) : NULL;
}

Export *export_new(Call *call, const GPtrArray *query, SheetFormat format) {
  return new_export(call, query, format, false);
}

Export *export_new_own(Call *call, const GPtrArray *query, SheetFormat format) {
  return new_export(call, query, format, true);
}

void export_free(Export *export) {
  if (!export)
    return;
  g_array_unref(export->columns);
  sheet_free(export->sheet);
  json_decref(export->names);
  json_decref(export->table);
  count_free(export->counts);
  g_free(export->query);
  g_free(export);
}

/* ---- cells ---- */

static char *time_text(const Export *export, int64_t at_ms) {
  if (export->format == SHEET_ROWS)
    return shown_time(export->call->zone, export->heads.in, at_ms);
  return zone_format(export->call->zone, at_ms, "%Y-%m-%d %H:%M:%S");
}

/* For people: a program wants what the API has. */
static bool in_words(const Export *export) {
  return export->format == SHEET_ROWS || export->heads.in != HEADS_PLAIN;
}

/* at: where it stands in the statement. */
static void add_cell(Export *export, const Plan *plan, const Column *column, int at) {
  const Field *field = column->field;
  g_autofree char *text = NULL;
  int64_t number = sqlite3_column_int64(plan->stmt, at);
  const char *kept = (const char *)sqlite3_column_text(plan->stmt, at);
  if (!kept) {
    sheet_text(export->sheet, NULL);
    return;
  }
  switch (column->type) {
  case OUT_INT:
    if (!field || field->type != F_TIME) {
      sheet_number(export->sheet, number);
      return;
    }
    text = time_text(export, number);
    break;
  case OUT_BOOL:
    text = head_bool(&export->heads, field, number);
    break;
  case OUT_JSON:
    text = in_words(export) ? shown_list(&export->heads, field, kept)
                            : head_list(&export->heads, field, kept);
    break;
  case OUT_OBJECT: /* else as the page has it */
    text = in_words(export) ? shown_object(kept) : NULL;
    break;
  case OUT_TEXT:
    text = export->format == SHEET_ROWS ? shown_text(&export->heads, column, kept)
                                        : head_word(&export->heads, column->path, field, kept);
    break;
  }
  sheet_text(export->sheet, text ? text : kept);
}

/* As row_column; what is about people is for who may take it away. */
static int shown_column(const Export *export, const Plan *plan, unsigned n, uint64_t verbs) {
  const Info *info = export->call->info;
  bool may = export->own || (export->verb >= 0 && (verbs >> export->verb & 1));
  if (is_personal(info, column_of(plan, n)) && !may)
    return -1;
  return row_column(plan, info, n, verbs);
}

static void add_row(Export *export, const Plan *plan) {
  const Call *call = export->call;
  uint32_t scopes = plan_scopes(plan, call->info, call->roles);
  uint64_t verbs = info_verbs(call->info, call->roles, scopes, plan_state(plan));
  for (unsigned i = 0; i < export->columns->len; i++) {
    unsigned n = g_array_index(export->columns, unsigned, i);
    int at = shown_column(export, plan, n, verbs);
    if (at >= 0)
      add_cell(export, plan, column_of(plan, n), at);
    else
      sheet_text(export->sheet, NULL);
  }
  sheet_row(export->sheet);
  export->rows++;
}

static void add_heads(Export *export, const Plan *plan) {
  export->names = json_array();
  for (unsigned i = 0; i < export->columns->len; i++) {
    const Column *column = column_of(plan, g_array_index(export->columns, unsigned, i));
    g_autofree char *head = head_of(&export->heads, column->path, column->field);
    sheet_text(export->sheet, head);
    g_autofree char *name = shown_name(export->call->info, column);
    json_array_append_new(export->names, json_string(name));
  }
  sheet_row(export->sheet);
}

/* ---- slices ---- */

static bool add_rows(Export *export, Plan *plan, bool *more) {
  Call *call = export->call;
  int result, count = 0;
  while ((result = plan_step(plan, &call->error)) == SQLITE_ROW) {
    add_row(export, plan);
    if (++count == export->many.limit)
      read_many_mark(call, &export->many, plan);
  }
  *more = count == export->many.limit;
  if (export->rows >= SHEET_ROWS_MOST)
    return problem_say(&call->problem, 409, "too_many_rows",
                       json_pack("{s:i}", "most", SHEET_ROWS_MOST));
  return result == SQLITE_DONE;
}

static void add_count(Export *export, const char *value, int64_t count) {
  sheet_text(export->sheet, value);
  sheet_number(export->sheet, count);
  sheet_row(export->sheet);
}

/* A row for each value, in words or as the API has it, and below them all of the list. */
static bool write_counts(Export *export, const char *path) {
  const Counts *counts = export->counts;
  const Heads *heads = &export->heads;
  char *by[] = {(char *)(uintptr_t)counts->by->name, NULL};
  g_autofree char *head = head_of(heads, by, counts->by);
  export->sheet = sheet_new(path, export->format, &export->call->error);
  if (!export->sheet)
    return false;
  sheet_text(export->sheet, head);
  sheet_text(export->sheet, head_count(heads));
  sheet_row(export->sheet);
  for (unsigned i = 0; i < counts->rows->len; i++) {
    const CountRow *row = &g_array_index(counts->rows, CountRow, i);
    add_count(export, heads->in == HEADS_PLAIN ? row->value : row->label, row->count);
  }
  add_count(export, head_total(heads), counts->total);
  export->rows = counts->rows->len;
  return sheet_close(g_steal_pointer(&export->sheet), &export->call->error);
}

bool export_slice(Export *export, const char *path, bool *more) {
  Call *call = export->call;
  *more = false;
  if (export->counts)
    return write_counts(export, path);
  g_autoptr(Plan) plan = read_many_plan(call, &export->many);
  if (!plan)
    return false;
  if (!export->sheet) {
    export->sheet = sheet_new(path, export->format, &call->error);
    if (!export->sheet)
      return false;
    add_heads(export, plan);
  }
  if (!add_rows(export, plan, more))
    return false;
  if (*more)
    return true;
  if (export->format == SHEET_ROWS)
    export->table = sheet_rows(export->sheet);
  return sheet_close(g_steal_pointer(&export->sheet), &call->error);
}

json_t *export_table(const Export *export) {
  json_t *rows = json_copy(export->table);
  json_array_remove(rows, 0); /* the heads */
  return json_pack("{s:O, s:o}", "columns", export->names, "rows", rows);
}

int64_t export_rows(const Export *export) {
  return export->rows;
}

json_t *export_detail(const Export *export) {
  const char *extension = sheet_extension(export->format);
  return json_pack("{s:s, s:s*, s:s, s:i, s:I}", "list", export->call->route->path, "format",
                   *extension ? extension + 1 : NULL, "query", export->query, "columns",
                   export->counts ? 2 : (int)export->columns->len, "rows",
                   (json_int_t) export->rows);
}
