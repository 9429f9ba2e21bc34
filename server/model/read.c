#include "model/read.h"

#include <inttypes.h>
#include <string.h>

#include "model/behalf.h"
#include "model/count.h"
#include "model/right.h"
#include "model/row.h"
#include "model/several.h"
#include "model/take.h"

#define AFTER_BYTES_MAX 1024

static Sources sources(const Call *call) {
  return (Sources){&call->asked, &call->server, &call->row};
}

/* ---- one ---- */

/* The day as of which it is asked. */
static bool take_on(Call *call, const char *value) {
  static const Field on = DATE("on");
  return take_text(&on, value, &call->server, &call->problem);
}

typedef struct {
  const Info *info;
  unsigned roles;
  int verb;
  const char *under;
} One;

static char *compose_it(void *data) {
  const One *one = data;
  return compose_one(one->info, one->roles, one->verb, one->under);
}

static Plan *plan_one(Call *call, int verb) {
  One one = {call->info, call->roles, verb, route_under(call->route)};
  char key[128];
  g_snprintf(key, sizeof key, "one %p %x %d %s", (const void *)call->info, call->roles, verb,
             one.under ? one.under : "");
  return plan_get(call->db, call->model, call->info, key,
                  (unsigned)__builtin_popcount(info_scopes(call->info, call->roles)), compose_it,
                  &one, &call->error);
}

/* Steps to the row and notes what the actor may do with it. */
static bool find_row(Call *call, Plan *plan, int verb) {
  Sources from = sources(call);
  if (!plan_bind(plan, &from, &call->error))
    return false;
  int result = plan_step(plan, &call->error);
  if (result == SQLITE_ERROR)
    return false;
  if (result == SQLITE_DONE)
    return problem_set(&call->problem, PROBLEM_NOT_FOUND);
  call->scopes = plan_scopes(plan, call->info, call->roles);
  values_clear(&call->row);
  plan_values(plan, &call->row);
  call->verbs = info_verbs(call->info, call->roles, call->scopes, call_text(call, "$state")) &
                behalf_verbs(call, call->info);
  if (call->verbs >> verb & 1)
    return true;
  return problem_set(&call->problem, PROBLEM_NOT_FOUND);
}

bool read_is_file(const Call *call, uint64_t verbs, uint32_t scopes) {
  return info_is_file(call->info, verbs, call->deputy ? 0 : scopes);
}

bool read_as_of(Call *call, const GPtrArray *query) {
  for (unsigned i = 0; i < query->len; i++) {
    const char *pair = query->pdata[i];
    if (!g_str_has_prefix(pair, "on="))
      return problem_add(&call->problem, "query", "unknown", NULL);
    if (!take_on(call, pair + 3))
      return false;
  }
  return true;
}

Plan *read_plan(Call *call, const char *verb) {
  int bit = info_verb(call->info, verb);
  if (!info_has(call->info, call->roles, bit)) {
    problem_set(&call->problem, PROBLEM_NOT_FOUND);
    return NULL;
  }
  g_autoptr(Plan) plan = plan_one(call, bit);
  return plan && find_row(call, plan, bit) ? g_steal_pointer(&plan) : NULL;
}

bool read_row(Call *call, const char *verb) {
  g_autoptr(Plan) plan = read_plan(call, verb);
  return plan != NULL;
}

/* Beside the row. */
static void add_said(Call *call) {
  const char *name;
  json_t *value;
  json_object_foreach(call->said, name, value) {
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    g_string_truncate(call->out, call->out->len - 1);
    g_string_append_printf(call->out, ",\"%s\":%s}", name, text);
    free(text);
  }
}

bool read_answer(Call *call) {
  int read = info_verb(call->info, "read");
  if (!info_has(call->info, call->roles, read))
    return problem_set(&call->problem, PROBLEM_NOT_FOUND);
  g_autoptr(Plan) plan = plan_one(call, read);
  if (!plan || !find_row(call, plan, read))
    return false;
  g_string_truncate(call->out, 0);
  row_json(plan, call->info, call->verbs, call->out);
  add_said(call);
  call->answered_version = call_int(call, "$version");
  return true;
}

bool read_after(Call *call) {
  if (read_answer(call) || call->error)
    return !call->error;
  problem_clear(&call->problem); /* it was done, and is not his to see any more */
  g_string_assign(call->out, "{\"id\":");
  json_string_append(call->out, call->id);
  g_string_append_c(call->out, '}');
  return true;
}

/* ---- many ---- */

static char *compose_many(void *data) {
  const Many *many = data;
  return many->compose(many->info, many->roles, many->verb, &many->wish);
}

static Plan *plan_many(Call *call, Many *many, const char *what, unsigned hidden) {
  g_autoptr(GString) key = g_string_new(NULL);
  g_string_printf(key, "%s %p %x %d %s %d %d %s", what, (const void *)many->wish.list, many->roles,
                  many->verb, many->wish.sort, many->wish.down, many->wish.after,
                  many->wish.under ? many->wish.under : "");
  for (unsigned i = 0; i < many->wish.filter_count; i++)
    g_string_append_printf(key, " %s%s", many->wish.filters[i],
                           many->wish.several >> i & 1 ? "*" : "");
  return plan_get(call->db, call->model, many->info, key->str, hidden, compose_many, many,
                  &call->error);
}

/* The name as the list's declaration has it, so that it outlives the request; NULL. */
static const char *declared(const char *names, const char *name) {
  g_auto(GStrv) list = g_strsplit(names ? names : "", " ", -1);
  for (unsigned i = 0; list[i]; i++)
    if (strcmp(list[i] + (*list[i] == '-'), name) == 0)
      return g_intern_string(name);
  return NULL;
}

static bool take_sort(Call *call, const char *value, Many *many) {
  many->wish.down = *value == '-';
  many->wish.sort = declared(many->wish.list->sort, value + many->wish.down);
  return many->wish.sort || problem_add(&call->problem, "sort", "words", NULL);
}

static bool take_limit(Call *call, const char *value, Many *many) {
  static const Field limit = INT("limit", 1, LIST_MOST);
  Field most = limit;
  g_auto(Values) taken = {NULL};
  if (many->wish.list->most)
    most.most = many->wish.list->most;
  if (!take_text(&most, value, &taken, &call->problem))
    return false;
  many->limit = (int)values_find(&taken, "limit")->number;
  return true;
}

/* A cursor is ["key", "id"] as JSON in the base64 of URLs, without its padding. */
static json_t *cursor_read(const char *value) {
  g_autoptr(GString) code = g_string_new_len(value, (gssize)strnlen(value, AFTER_BYTES_MAX));
  for (char *at = code->str; *at; at++)
    *at = *at == '-' ? '+' : *at == '_' ? '/' : *at;
  while (code->len % 4 != 0)
    g_string_append_c(code, '=');
  gsize size;
  g_autofree guchar *text = g_base64_decode(code->str, &size);
  return json_loadb((const char *)text, size, 0, NULL);
}

static bool take_after(Call *call, const char *value, Many *many) {
  json_t *cursor = cursor_read(value);
  const json_t *key = json_array_get(cursor, 0), *id = json_array_get(cursor, 1);
  bool fine = json_is_string(id) && (json_is_string(key) || json_is_integer(key));
  if (fine && json_is_string(key))
    values_text(&call->server, "after_key", json_string_value(key));
  else if (fine)
    values_int(&call->server, "after_key", json_integer_value(key));
  if (fine)
    values_text(&call->server, "after_id", json_string_value(id));
  json_decref(cursor);
  many->wish.after = fine;
  return fine || problem_add(&call->problem, "after", "cursor", NULL);
}

static bool take_filter(Call *call, const char *name, const char *value, Many *many) {
  const char *filter = declared(many->wish.list->filter, name);
  const Field *field = info_filter(call->info, name);
  if (!filter || !field || many->wish.filter_count == FILTERS_MAX)
    return problem_add(&call->problem, name, "unknown", NULL);
  if (values_find(&call->asked, filter))
    return problem_add(&call->problem, name, "twice", NULL);
  if (!several_take(field, value, &call->asked, &call->problem))
    return false;
  many->wish.filters[many->wish.filter_count++] = filter;
  return true;
}

static bool take_query(Call *call, const char *pair, Many *many) {
  const char *equals = strchr(pair, '=');
  g_autofree char *name = equals ? g_strndup(pair, (gsize)(equals - pair)) : g_strdup(pair);
  const char *value = equals ? equals + 1 : "";
  if (*value == 0) /* as if it were not there: what an empty form field sends */
    return true;
  if (strcmp(name, "sort") == 0)
    return take_sort(call, value, many);
  if (strcmp(name, "limit") == 0)
    return take_limit(call, value, many);
  if (strcmp(name, "after") == 0)
    return take_after(call, value, many);
  if (strcmp(name, "on") == 0)
    return take_on(call, value);
  return take_filter(call, name, value, many);
}

static int by_name(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool take_wish(Call *call, const GPtrArray *query, Many *many) {
  g_auto(GStrv) sorts = g_strsplit(many->wish.list->sort, " ", 2);
  bool fine = take_sort(call, sorts[0], many);
  unsigned most = many->wish.list->most;
  many->limit = most > 0 ? MIN(LIST_USUAL, (int)most) : LIST_USUAL;
  for (unsigned i = 0; i < query->len; i++)
    fine = take_query(call, query->pdata[i], many) && fine;
  /* One statement for one set of them, in whichever order they were named. */
  qsort(many->wish.filters, many->wish.filter_count, sizeof *many->wish.filters, by_name);
  for (unsigned i = 0; i < many->wish.filter_count; i++)
    if (values_find(&call->asked, many->wish.filters[i])->kind == VALUE_JSON)
      many->wish.several |= UINT32_C(1) << i;
  return fine;
}

static void add_cursor(const Plan *plan, unsigned key, GString *out) {
  json_t *cursor = json_array();
  const char *id = (const char *)sqlite3_column_text(plan->stmt, (int)plan->hidden);
  if (sqlite3_column_type(plan->stmt, (int)key) == SQLITE_INTEGER)
    json_array_append_new(cursor, json_integer(sqlite3_column_int64(plan->stmt, (int)key)));
  else
    json_array_append_new(cursor,
                          json_string((const char *)sqlite3_column_text(plan->stmt, (int)key)));
  json_array_append_new(cursor, json_string(id));
  char *text = json_dumps(cursor, JSON_COMPACT);
  json_decref(cursor);
  g_autofree char *code = g_base64_encode((const guchar *)text, strlen(text));
  free(text);
  g_string_append_c(out, '"');
  for (const char *at = code; *at && *at != '='; at++)
    g_string_append_c(out, *at == '+' ? '-' : *at == '/' ? '_' : *at);
  g_string_append_c(out, '"');
}

/* The rows, and the cursor when there is one more than the page holds. whole: how many there are,
 * or -1 when they are more than these. */
static bool add_items(Call *call, Plan *plan, const Many *many, int *whole) {
  g_autoptr(GString) next = g_string_new("null");
  int result, count = 0;
  g_string_assign(call->out, "{\"items\":[");
  while ((result = plan_step(plan, &call->error)) == SQLITE_ROW && count < many->limit) {
    uint32_t scopes = plan_scopes(plan, call->info, call->roles);
    uint64_t verbs = info_verbs(call->info, call->roles, scopes, plan_state(plan)) &
                     behalf_verbs(call, call->info);
    call->files += read_is_file(call, verbs, scopes);
    if (count++ > 0)
      g_string_append_c(call->out, ',');
    row_json(plan, call->info, verbs, call->out);
    if (count == many->limit) {
      g_string_truncate(next, 0);
      add_cursor(plan, plan->hidden - 1, next);
    }
  }
  if (result == SQLITE_ERROR)
    return false;
  *whole = result == SQLITE_ROW ? -1 : count;
  g_string_append_printf(call->out, "],\"next\":%s", result == SQLITE_ROW ? next->str : "null");
  return true;
}

/* As many as there are, or `most`. */
static bool count_rows(Call *call, Many *many, int64_t most, int64_t *count) {
  many->compose = compose_count;
  values_int(&call->server, "limit", most);
  g_autoptr(Plan) plan = plan_many(call, many, "count", 1);
  Sources from = sources(call);
  if (!plan || !plan_bind(plan, &from, &call->error) || plan_step(plan, &call->error) != SQLITE_ROW)
    return false;
  *count = sqlite3_column_int64(plan->stmt, 0);
  return true;
}

/* Counts only what the page has not shown to be all. */
static bool add_total(Call *call, Many *many, int whole) {
  g_string_append(call->out, ",\"total\":");
  if (many->wish.after) {
    g_string_append(call->out, "null}");
    return true;
  }
  if (whole >= 0) {
    g_string_append_printf(call->out, "%d}", whole);
    return true;
  }
  int64_t total;
  if (!count_rows(call, many, LIST_COUNTED_MOST, &total))
    return false;
  g_string_append_printf(call->out, "%" PRId64 "}", total);
  return true;
}

bool read_many(Call *call, const GPtrArray *query, Many *many) {
  *many = (Many){.info = call->info,
                 .roles = call->roles,
                 .verb = info_verb(call->info, call->verb),
                 .wish = {.list = call->route->list, .under = route_under(call->route)},
                 .compose = compose_list};
  if (!info_has(call->info, call->roles, many->verb) ||
      !(behalf_verbs(call, call->info) >> many->verb & 1))
    return problem_set(&call->problem, PROBLEM_FORBIDDEN);
  return take_wish(call, query, many);
}

/* limit: of the statement; one more than the page has tells whether another follows. */
static Plan *bound_plan(Call *call, Many *many, int limit) {
  unsigned bits = (unsigned)__builtin_popcount(info_scopes(call->info, call->roles));
  values_int(&call->server, "limit", limit);
  g_autoptr(Plan) plan = plan_many(call, many, "list", bits + 1);
  Sources from = sources(call);
  return plan && plan_bind(plan, &from, &call->error) ? g_steal_pointer(&plan) : NULL;
}

Plan *read_many_plan(Call *call, Many *many) {
  return bound_plan(call, many, many->limit);
}

Plan *read_many_counts(Call *call, Many *many) {
  many->compose = compose_counts;
  values_int(&call->server, "limit", COUNT_ROWS_MOST + 1);
  g_autofree char *what = g_strconcat("counts ", many->wish.by, NULL);
  g_autoptr(Plan) plan = plan_many(call, many, what, 2);
  Sources from = sources(call);
  return plan && plan_bind(plan, &from, &call->error) ? g_steal_pointer(&plan) : NULL;
}

bool read_many_total(Call *call, Many *many, int64_t *total) {
  return count_rows(call, many, INT64_MAX, total);
}

void read_many_mark(Call *call, Many *many, const Plan *plan) {
  column_value(plan->stmt, (int)plan->hidden - 1, "after_key", &call->server);
  column_value(plan->stmt, (int)plan->hidden, "after_id", &call->server);
  many->wish.after = true;
}

bool read_list(Call *call, const GPtrArray *query) {
  Many many;
  if (count_is_asked(query))
    return count_list(call, query);
  if (!read_many(call, query, &many))
    return false;
  g_autoptr(Plan) plan = bound_plan(call, &many, many.limit + 1);
  int whole = -1;
  return plan && add_items(call, plan, &many, &whole) && add_total(call, &many, whole);
}
