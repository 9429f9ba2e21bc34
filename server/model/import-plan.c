#include "model/import-plan.h"

#include <string.h>

#include "model/change.h"
#include "model/heads.h"
#include "model/import-key.h"
#include "model/import-value.h"
#include "model/read.h"
#include "model/take.h"
#include "model/write.h"

static const char *const outcomes[] = {"create", "update", "skip", "error"};

const char *import_outcome_name(ImportOutcome outcome) {
  return outcomes[outcome];
}

const Route *import_route(const Info *info, RouteKind kind) {
  for (const Route *route = info->subject->routes; route->path; route++)
    if (route->kind == kind)
      return route;
  return NULL;
}

const Route *import_maker(const Info *info) {
  const char *verb = import_route(info, R_IMPORT)->makes;
  const Route *route = info->subject->routes;
  while (verb && (route->kind != R_CREATE || strcmp(route->verb, verb) != 0))
    route++;
  return verb ? route : import_route(info, R_CREATE);
}

void import_call(Call *one, const Call *all, const Info *target, const Route *route) {
  call_begin_other(one, all, target);
  one->route = route;
  one->verb = route->verb;
  one->is_part = true;
  one->one_of_many = true; /* thousands of them, and the writer is for everybody */
}

void import_row_free(void *pointer) {
  ImportRow *row = pointer;
  g_free(row->key);
  g_free(row->target);
  json_decref(row->data);
  json_decref(row->shown);
  json_decref(row->errors);
  g_free(row);
}

void import_plan_free(ImportPlan *plan) {
  if (!plan)
    return;
  g_ptr_array_unref(plan->rows);
  json_decref(plan->columns);
  g_free(plan);
}

/* ---- heads ---- */

typedef struct {
  const Field **fields; /* of each column; NULL: it is not taken */
  unsigned count;
  int id; /* the column of ids, or -1 */
} Layout;

static const Field *field_of_head(const Heads *heads, const char *shape, const char *head) {
  for (const Field *field = heads->info->subject->fields; field->name; field++)
    if (shape_has(shape, field->name, NULL) && head_is(heads, field, head))
      return field;
  return NULL;
}

static bool is_taken(const Layout *layout, const Field *field) {
  for (unsigned i = 0; i < layout->count; i++)
    if (layout->fields[i] == field)
      return true;
  return false;
}

/* Which column is which field; at least one is, and none twice. */
static bool read_heads(Call *call, ImportPlan *plan, const ImportLine *line, Layout *layout) {
  bool any = false;
  const Heads heads = {call->model, call->info, HEADS_PLAIN};
  layout->fields = g_new0(const Field *, g_strv_length(line->cells) + 1);
  layout->id = -1;
  for (; line->cells[layout->count]; layout->count++) {
    g_autofree char *head = g_strstrip(g_strdup(line->cells[layout->count]));
    const Field *field = field_of_head(&heads, call->route->in, head);
    bool is_id = head_is_id(&heads, head);
    if ((field && is_taken(layout, field)) || (is_id && layout->id >= 0))
      return problem_say(&call->problem, 422, "import_plan.head_twice",
                         json_pack("{s:s}", "head", head));
    layout->fields[layout->count] = field;
    if (is_id)
      layout->id = (int)layout->count;
    json_array_append_new(plan->columns, json_pack("{s:s, s:s?}", "head", head, "field",
                                                   field   ? field->name
                                                   : is_id ? "id"
                                                           : NULL));
    any = any || field;
  }
  return any || problem_say(&call->problem, 422, "import_plan.heads", NULL);
}

/* ---- a line ---- */

/* All that is wrong, as entries of one list. */
static json_t *errors_of(const Problem *problem) {
  if (json_array_size(problem->errors) > 0)
    return json_incref(problem->errors);
  return json_pack("[{s:n, s:s, s:O?}]", "field", "code", problem->code, "params", problem->params);
}

static void set_wrong(ImportPlan *plan, ImportRow *row, json_t *errors) {
  if (row->outcome != IMPORT_ERROR) {
    plan->counts[row->outcome]--;
    plan->counts[IMPORT_ERROR]++;
    row->outcome = IMPORT_ERROR;
  }
  if (!row->errors)
    row->errors = json_array();
  json_array_extend(row->errors, errors);
  json_decref(errors);
}

/* What the cells say, as values; *named: what is referred to, in the words of the table. */
static bool take_cells(Call *one, const ImportLine *line, const Layout *layout, json_t *named) {
  bool fine = true;
  for (unsigned i = 0; i < layout->count && line->cells[i]; i++) {
    g_autofree char *text = g_strstrip(g_strdup(line->cells[i]));
    const Field *field = layout->fields[i];
    if (!field || !*text)
      continue;
    fine = import_take(one, field, text) && fine;
    if (field->type == F_REF)
      json_object_set_new(named, field->name, json_string(text));
  }
  return fine;
}

/* Of a new row: what is wanted and not said; of an edit: what cannot be edited. */
static bool check_shape(Call *one) {
  bool fine = true;
  for (const Field *field = one->info->subject->fields; field->name; field++) {
    bool optional = true, said = values_find(&one->asked, field->name);
    bool has = shape_has(one->route->in, field->name, &optional);
    if (one->route->kind == R_CREATE && has && !optional && !said)
      fine = problem_add(&one->problem, field->name, "missing", NULL);
    if (!has && said)
      fine = problem_add(&one->problem, field->name, "once", NULL);
  }
  return fine;
}

static void note_values(Call *one, ImportRow *row, const json_t *named) {
  row->data = json_object();
  row->shown = json_array();
  for (const Field *field = one->info->subject->fields; field->name; field++) {
    const Value *value = values_find(&one->asked, field->name);
    if (!value)
      continue;
    json_t *name = json_object_get(named, field->name);
    json_object_set_new(row->data, field->name, import_value_json(field, value));
    json_array_append_new(
        row->shown, json_pack("{s:s, s:o, s:o}", "field", field->name, "old",
                              import_value_json(field, field->at ? NULL : write_before(one, field)),
                              "new", name ? json_incref(name) : import_value_json(field, value)));
  }
}

/* What is said and is so already is not asked. */
static void keep_changes(Call *one) {
  g_autoptr(GPtrArray) names = write_changed(one);
  Values changes = {NULL};
  for (unsigned i = 0; names->pdata[i]; i++) {
    const Value *value = values_find(&one->asked, names->pdata[i]);
    if (value->kind == VALUE_TEXT)
      values_text(&changes, value->name, value->text);
    else
      values_int(&changes, value->name, value->number);
  }
  values_clear(&one->asked);
  one->asked = changes;
}

/* What is set once is said as it is, or wrong. */
static bool check_once(Call *one) {
  bool fine = true;
  for (const Field *field = one->info->subject->fields; field->name; field++) {
    const Value *now = values_find(&one->asked, field->name), *before = write_before(one, field);
    if ((field->flags & ONCE) && now &&
        (!before || now->number != before->number || g_strcmp0(now->text, before->text) != 0))
      fine = problem_add(&one->problem, field->name, "once", NULL);
  }
  return fine;
}

static bool is_as_said(const Value *said, const Value *now) {
  return now && said->kind == now->kind && said->number == now->number &&
         g_strcmp0(said->text, now->text) == 0;
}

/* What of the line is kept elsewhere, and by no edit of the row, is as it says, or wrong: `get
 * present` says how it is. What that does not say of is not compared. */
static bool check_elsewhere(Call *one) {
  bool found, fine = true;
  if (!sections_find(&one->info->sections, SECTION_GET, "present"))
    return true;
  if (!call_get(one, "present", &found))
    return false;
  for (const Field *field = one->info->subject->fields; field->name; field++) {
    const Value *said = values_find(&one->asked, field->name);
    const Value *now = values_find(&one->server, field->name);
    if (field->at && said && now && !is_as_said(said, now))
      fine = problem_add(&one->problem, field->name, "elsewhere", NULL);
  }
  return fine;
}

static ImportOutcome judge_new(Call *one) {
  one->route = import_maker(one->info);
  one->verb = one->route->verb;
  return check_shape(one) && change_foresee(one) ? IMPORT_CREATE : IMPORT_ERROR;
}

static ImportOutcome judge_found(Call *one, const KeyRow *found) {
  one->route = import_route(one->info, R_EDIT);
  one->verb = one->route->verb;
  call_row(one, found->id);
  if (!read_row(one, "read") || !check_once(one) || !check_elsewhere(one))
    return IMPORT_ERROR;
  keep_changes(one);
  if (!one->asked.items)
    return IMPORT_SKIP;
  return check_shape(one) && change_foresee(one) ? IMPORT_UPDATE : IMPORT_ERROR;
}

static ImportOutcome judge(Call *one, const Keys *keys, const char *id, ImportRow *row) {
  KeyRow found = {NULL};
  switch (keys_find(keys, id, &one->asked, &found)) {
  case KEY_NEW:
    return judge_new(one);
  case KEY_FOUND:
    row->target = g_strdup(found.id);
    row->seen = found.version;
    return judge_found(one, &found);
  case KEY_UNKNOWN:
    problem_add(&one->problem, "id", "not_found", NULL);
    return IMPORT_ERROR;
  case KEY_AMBIGUOUS:
    problem_say(&one->problem, 409, "ambiguous", NULL);
    return IMPORT_ERROR;
  }
  g_assert_not_reached();
}

/* ---- lines of the same table that are about the same ---- */

static json_t *twice(unsigned n) {
  return json_pack("[{s:n, s:s, s:{s:i}}]", "field", "code", "twice", "params", "row", (int)n);
}

/* Nobody can tell which of them is right: all are wrong. */
static void compare_tokens(ImportPlan *plan, GHashTable *seen, char **tokens, ImportRow *row) {
  bool told = false;
  for (; *tokens; tokens++) {
    ImportRow *first = g_hash_table_lookup(seen, *tokens);
    if (!first) {
      g_hash_table_insert(seen, g_strdup(*tokens), row);
    } else if (first != row && !told) {
      set_wrong(plan, first, twice(row->n));
      set_wrong(plan, row, twice(first->n));
      told = true;
    }
  }
}

static void compare_line(ImportPlan *plan, const Keys *keys, GHashTable *seen, const char *id,
                         const Values *values, ImportRow *row) {
  g_auto(GStrv) tokens = keys_tokens(keys, id, values);
  char target[24];
  char *only[] = {target, NULL};
  g_snprintf(target, sizeof target, "row\x1f%s", row->target ? row->target : "");
  compare_tokens(plan, seen, tokens, row);
  if (row->target && row->outcome != IMPORT_ERROR)
    compare_tokens(plan, seen, only, row);
}

/* ---- the plan ---- */

static const char *id_of(const ImportLine *line, const Layout *layout) {
  for (unsigned i = 0; layout->id >= 0 && line->cells[i]; i++)
    if ((int)i == layout->id && *line->cells[i])
      return line->cells[i];
  return NULL;
}

static bool plan_line(Call *call, ImportPlan *plan, const Keys *keys, const Layout *layout,
                      const ImportLine *line, GHashTable *seen) {
  Call one;
  const char *id = id_of(line, layout);
  import_call(&one, call, call->info, call->route);
  ImportRow *row = g_new0(ImportRow, 1);
  row->n = line->n;
  json_t *named = json_object();
  bool taken = take_cells(&one, line, layout, named);
  row->key = keys_text(keys, id, &one.asked);
  g_auto(Values) said = {one.asked.items ? g_array_ref(one.asked.items) : NULL};
  row->outcome = taken ? judge(&one, keys, id, row) : IMPORT_ERROR;
  plan->counts[row->outcome]++;
  if (row->outcome == IMPORT_ERROR && !one.error)
    set_wrong(plan, row, errors_of(&one.problem));
  note_values(&one, row, named);
  json_decref(named);
  g_ptr_array_add(plan->rows, row);
  compare_line(plan, keys, seen, id, &said, row);
  if (one.error)
    call->error = g_steal_pointer(&one.error);
  call_clear(&one);
  return !call->error;
}

static bool plan_lines(Call *call, ImportPlan *plan, const ImportTable *table) {
  const Route *route = import_route(call->info, R_IMPORT);
  g_autoptr(Keys) keys = keys_new(call, route->list);
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  Layout layout = {NULL};
  bool fine = keys && read_heads(call, plan, table->lines->pdata[0], &layout);
  for (unsigned i = 1; fine && i < table->lines->len; i++)
    fine = plan_line(call, plan, keys, &layout, table->lines->pdata[i], seen);
  g_free(layout.fields);
  return fine;
}

static bool check_table(Call *call, const ImportTable *table) {
  static const char *const faults[][2] = {
      {"encrypted", "import_plan.encrypted"},
      {"encoding", "import_plan.encoding"},
      {"too_large", "import_plan.too_large"},
  };
  if (strcmp(table->fault, "fine") == 0)
    return table->lines->len > 1 || problem_say(&call->problem, 422, "import_plan.empty", NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS(faults); i++)
    if (strcmp(table->fault, faults[i][0]) == 0)
      return problem_say(&call->problem, 422, faults[i][1], NULL);
  return problem_say(&call->problem, 422, "import_plan.unreadable", NULL);
}

ImportPlan *import_plan_new(Call *call, const ImportTable *table) {
  g_autoptr(ImportPlan) plan = g_new0(ImportPlan, 1);
  plan->target = call->info;
  plan->columns = json_array();
  plan->rows = g_ptr_array_new_with_free_func(import_row_free);
  if (!check_table(call, table) || !plan_lines(call, plan, table))
    return NULL;
  import_digest(call->info->subject->name, plan->rows, plan->digest);
  return g_steal_pointer(&plan);
}

void import_digest(const char *subject, const GPtrArray *rows, char digest[65]) {
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  g_checksum_update(sum, (const guchar *)subject, -1);
  for (unsigned i = 0; i < rows->len; i++) {
    const ImportRow *row = rows->pdata[i];
    json_t *line = json_pack("[i, s, s?, I, O?, O?]", (int)row->n, outcomes[row->outcome],
                             row->target, (json_int_t)row->seen, row->data, row->errors);
    char *text = json_dumps(line, JSON_COMPACT | JSON_SORT_KEYS);
    g_checksum_update(sum, (const guchar *)text, -1);
    free(text);
    json_decref(line);
  }
  g_strlcpy(digest, g_checksum_get_string(sum), 65);
}
