#include "model/count.h"

#include <string.h>

#include "model/compose.h"
#include "model/dict.h"
#include "model/read.h"
#include "model/right.h"
#include "store/database.h"

#define ASKED "count_by="

char **count_names(const Info *info, const List *list) {
  GPtrArray *names = g_ptr_array_new();
  g_auto(GStrv) filters = g_strsplit(list->filter ? list->filter : "", " ", -1);
  for (unsigned i = 0; filters[i] && *filters[i]; i++)
    if (compose_counts_by(info, filters[i]))
      g_ptr_array_add(names, g_strdup(filters[i]));
  g_ptr_array_add(names, NULL);
  return (char **)g_ptr_array_free(names, FALSE);
}

bool count_is_asked(const GPtrArray *query) {
  for (unsigned i = 0; i < query->len; i++)
    if (g_str_has_prefix(query->pdata[i], ASKED))
      return true;
  return false;
}

static void clear_row(void *pointer) {
  CountRow *row = pointer;
  g_free(row->value);
  g_free(row->label);
}

void count_free(Counts *counts) {
  if (!counts)
    return;
  g_array_unref(counts->rows);
  g_free(counts);
}

/* ---- what is asked ---- */

/* As what it can be counted by, for who asked for something else. */
static bool refuse_by(Call *call) {
  g_auto(GStrv) names = count_names(call->info, call->route->list);
  g_autofree char *list = g_strjoinv(" ", names);
  return problem_add(&call->problem, "count_by", "words", json_pack("{s:s}", "of", list));
}

static bool take_by(Call *call, const char *name, Counts *counts) {
  g_auto(GStrv) names = count_names(call->info, call->route->list);
  if (counts->by)
    return problem_add(&call->problem, "count_by", "twice", NULL);
  if (!g_strv_contains((const char *const *)names, name))
    return refuse_by(call);
  counts->by = info_filter(call->info, name);
  return true;
}

static bool is_of_pages(Call *call, const char *pair) {
  static const char *const names[] = {"limit", "after", "sort"};
  for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
    if (g_str_has_prefix(pair, names[i]) && pair[strlen(names[i])] == '=') {
      problem_add(&call->problem, names[i], "unknown", NULL);
      return true;
    }
  return false;
}

/* The query without what is the counting's own; of the pairs of the query. */
static GPtrArray *take_query(Call *call, const GPtrArray *query, Counts *counts) {
  GPtrArray *rest = g_ptr_array_new();
  for (unsigned i = 0; i < query->len; i++) {
    char *pair = query->pdata[i];
    if (g_str_has_prefix(pair, ASKED))
      take_by(call, pair + strlen(ASKED), counts);
    else if (!g_str_has_prefix(pair, "words=") && !is_of_pages(call, pair))
      g_ptr_array_add(rest, pair);
    else if (pair[0] == 'w' && !heads_in(pair + 6, &counts->in))
      problem_add(&call->problem, "words", "words", NULL);
  }
  return rest;
}

/* ---- in words ---- */

/* What the record is called, if whoever asks may read it. NULL otherwise. */
static char *title_of(Call *call, const char *subject, const char *id) {
  static const char *const called[] = {"$shown", "$title",       "$name", "$number",
                                       "$year",  "$person_name", NULL};
  char *title = NULL;
  Call other;
  call_begin_other(&other, call, model_find(call->model, subject));
  call_row(&other, id);
  values_text(&other.server, "on", call_text(call, "@on"));
  if (read_row(&other, "read"))
    for (unsigned i = 0; !title && called[i]; i++)
      title = g_strdup(call_text(&other, called[i]));
  if (!call->error)
    call->error = g_steal_pointer(&other.error);
  call_clear(&other);
  return title;
}

static char *label_of(Call *call, const Counts *counts, const char *value) {
  const Heads heads = {call->model, call->info, counts->in};
  char *label = NULL;
  if (!value)
    return g_strdup(head_none(&heads));
  switch (counts->by->type) {
  case F_WORD:
    return head_value(&heads, counts->by, value);
  case F_BOOL:
    return head_bool(&heads, counts->by, strcmp(value, "true") == 0);
  case F_DICT:
    label = dict_label(call, counts->by, value, counts->in == HEADS_ZH ? "zh" : "en");
    break;
  case F_TEXT: /* a word of somebody's own */
    break;
  default:
    label = title_of(call, counts->by->of, value);
  }
  return label ? label : g_strdup(value);
}

/* ---- their order ---- */

/* Where the word stands among those of the field. */
static unsigned place_of(const Field *by, const char *value) {
  g_auto(GStrv) words = g_strsplit(by->of, " ", -1);
  unsigned place = 0;
  while (words[place] && strcmp(words[place], value) != 0)
    place++;
  return place;
}

static int in_order(const void *a, const void *b, void *user) {
  const CountRow *one = a, *other = b;
  const Field *by = user;
  if (!one->value || !other->value)
    return !one->value - !other->value;
  if (by->type == F_BOOL)
    return strcmp(other->value, one->value); /* yes before no */
  if (by->type == F_WORD)
    return (int)place_of(by, one->value) - (int)place_of(by, other->value);
  if (one->count != other->count)
    return one->count < other->count ? 1 : -1;
  return strcmp(one->value, other->value);
}

/* ---- counting ---- */

static char *value_of(const Field *by, sqlite3_stmt *stmt) {
  if (sqlite3_column_type(stmt, 0) == SQLITE_NULL)
    return NULL;
  if (by->type == F_BOOL)
    return g_strdup(sqlite3_column_int(stmt, 0) ? "true" : "false");
  return g_strdup((const char *)sqlite3_column_text(stmt, 0));
}

static bool too_many(Call *call, int most) {
  return problem_say(&call->problem, 409, "too_many_rows", json_pack("{s:i}", "most", most));
}

static bool add_rows(Call *call, Many *many, Counts *counts) {
  g_autoptr(Plan) plan = read_many_counts(call, many);
  int result = SQLITE_ERROR;
  while (plan && (result = plan_step(plan, &call->error)) == SQLITE_ROW) {
    CountRow row = {value_of(counts->by, plan->stmt), NULL, sqlite3_column_int64(plan->stmt, 1)};
    g_array_append_val(counts->rows, row);
    counts->total += row.count;
    if (counts->rows->len > COUNT_GROUPS_MOST)
      return too_many(call, COUNT_GROUPS_MOST);
  }
  if (counts->total > COUNT_ROWS_MOST)
    return too_many(call, COUNT_ROWS_MOST);
  return result == SQLITE_DONE;
}

static void add_labels(Call *call, Counts *counts) {
  for (unsigned i = 0; i < counts->rows->len; i++) {
    CountRow *row = &g_array_index(counts->rows, CountRow, i);
    row->label = label_of(call, counts, row->value);
  }
}

static bool read_all(Call *call, Many *many, Counts *counts) {
  many->wish.by = counts->by->name;
  counts->several = compose_counts_several(call->info, counts->by->name);
  if (!add_rows(call, many, counts) ||
      (counts->several && !read_many_total(call, many, &counts->total)))
    return false;
  g_array_sort_with_data(counts->rows, in_order, (void *)(uintptr_t)counts->by);
  add_labels(call, counts);
  return !call->error;
}

Counts *count_read(Call *call, const GPtrArray *query) {
  g_autoptr(Counts) counts = g_new0(Counts, 1);
  counts->in = HEADS_ZH;
  counts->rows = g_array_new(FALSE, FALSE, sizeof(CountRow));
  g_array_set_clear_func(counts->rows, clear_row);
  g_autoptr(GPtrArray) rest = take_query(call, query, counts);
  Many many;
  bool fine = read_many(call, rest, &many) && call->problem.status == 0;
  return fine && read_all(call, &many, counts) ? g_steal_pointer(&counts) : NULL;
}

static json_t *value_json(const Field *by, const char *value) {
  if (!value)
    return json_null();
  return by->type == F_BOOL ? json_boolean(strcmp(value, "true") == 0) : json_string(value);
}

/* Which rows they are is not said; files of others may be among them for whoever may read those. */
static unsigned files_among(const Call *call, int64_t total) {
  uint32_t others =
      info_scopes(call->info, call->roles) & ~(UINT32_C(1) << MAX(call->info->own, 0));
  uint64_t verbs = info_verbs_anywhere(call->info, call->roles, others);
  return read_is_file(call, verbs, others) ? (unsigned)MIN(total, G_MAXINT) : 0;
}

bool count_list(Call *call, const GPtrArray *query) {
  g_autoptr(Counts) counts = count_read(call, query);
  if (!counts)
    return false;
  call->files += files_among(call, counts->total);
  json_t *items = json_array();
  for (unsigned i = 0; i < counts->rows->len; i++) {
    const CountRow *row = &g_array_index(counts->rows, CountRow, i);
    json_array_append_new(items,
                          json_pack("{s:o, s:s, s:I}", "value", value_json(counts->by, row->value),
                                    "label", row->label, "count", (json_int_t)row->count));
  }
  json_t *answer = json_pack("{s:s, s:o, s:I, s:b}", "by", counts->by->name, "items", items,
                             "total", (json_int_t)counts->total, "several", counts->several);
  char *text = json_dumps(answer, JSON_COMPACT);
  json_decref(answer);
  g_string_assign(call->out, text);
  free(text);
  return true;
}
