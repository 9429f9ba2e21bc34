#include "model/import-run.h"

#include <string.h>

#include "base/id.h"
#include "model/case-event.h"
#include "model/change.h"
#include "model/import-key.h"
#include "model/import-value.h"
#include "model/read.h"
#include "model/right.h"
#include "model/take.h"
#include "model/write.h"
#include "store/statement.h"

#define NOT_DONE_MS (INT64_C(7) * 86400 * 1000)
#define DONE_MS (INT64_C(92) * 86400 * 1000)

/* ---- keeping ---- */

static const Route keeping = {
    .kind = R_CREATE, .path = "imports", .verb = "plan", .in = ""}; /* nobody posts one */

static void bind_json(Statement *statement, const char *name, const json_t *value) {
  char *text = value ? json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
  statement_text(statement, name, text ? text : "[]");
  free(text);
}

static bool insert_row(Call *call, Statement *insert, const ImportRow *row) {
  char id[ID_CHARS + 1];
  id_random(id, ID_CHARS);
  statement_text(insert, ":id", id);
  statement_text(insert, ":import", call->id);
  statement_int(insert, ":n", row->n);
  statement_text(insert, ":outcome", import_outcome_name(row->outcome));
  statement_text(insert, ":key", row->key);
  statement_text(insert, ":target", row->target);
  statement_int(insert, ":seen", row->seen);
  bind_json(insert, ":data", row->data);
  bind_json(insert, ":shown", row->shown);
  bind_json(insert, ":errors", row->errors);
  statement_int(insert, ":now", call->now_ms);
  return statement_run(insert, &call->error);
}

static bool insert_rows(Call *call, const ImportPlan *plan) {
  g_autoptr(Statement) insert =
      db_prepare(call->db,
                 "insert into import_row (id, import, n, outcome, key, target, seen, data, changes,"
                 " errors, created_at) values (:id, :import, :n, :outcome, :key, :target, :seen,"
                 " :data, :shown, :errors, :now)",
                 &call->error);
  for (unsigned i = 0; insert && i < plan->rows->len; i++)
    if (!insert_row(call, insert, plan->rows->pdata[i]))
      return false;
  return insert != NULL;
}

static bool set_columns(Call *call, const ImportPlan *plan) {
  g_autoptr(Statement) update =
      db_prepare(call->db, "update import set columns = :columns where id = :id", &call->error);
  if (!update)
    return false;
  bind_json(update, ":columns", plan->columns);
  statement_text(update, ":id", call->id);
  return statement_run(update, &call->error);
}

bool import_keep(Call *call, const ImportPlan *plan, const char *file) {
  static const char *const counts[] = {"creates", "updates", "skips", "errors"};
  call->info = model_find(call->model, "import_plan");
  call->route = &keeping;
  call->verb = keeping.verb;
  call_begin(call);
  values_text(&call->asked, "subject", plan->target->subject->name);
  values_text(&call->asked, "file", file ? file : "");
  values_text(&call->asked, "digest", plan->digest);
  for (unsigned i = 0; i < G_N_ELEMENTS(counts); i++)
    values_int(&call->asked, counts[i], plan->counts[i]);
  call->is_part = true;
  return change_create(call) && set_columns(call, plan) && insert_rows(call, plan) &&
         read_after(call);
}

/* ---- the plan, as it was kept ---- */

static ImportOutcome outcome_of(const char *name) {
  ImportOutcome outcome = IMPORT_CREATE;
  while (strcmp(import_outcome_name(outcome), name) != 0)
    outcome++;
  return outcome;
}

static ImportRow *load_row(Statement *rows) {
  ImportRow *row = g_new0(ImportRow, 1);
  row->n = (unsigned)column_int(rows, 0);
  row->outcome = outcome_of(column_text(rows, 1));
  row->target = g_strdup(column_text(rows, 2));
  row->seen = column_int(rows, 3);
  row->data = json_loads(column_text(rows, 4), 0, NULL);
  json_t *errors = json_loads(column_text(rows, 5), 0, NULL);
  row->errors = json_array_size(errors) > 0 ? json_incref(errors) : NULL;
  json_decref(errors);
  return row;
}

static GPtrArray *load_rows(Call *call) {
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(import_row_free);
  g_autoptr(Statement) rows = db_prepare(call->db,
                                         "select n, outcome, target, seen, data, errors from"
                                         " import_row where import = :import order by n",
                                         &call->error);
  if (!rows)
    return NULL;
  statement_text(rows, ":import", call->id);
  int result;
  while ((result = statement_step(rows, &call->error)) == SQLITE_ROW)
    g_ptr_array_add(list, load_row(rows));
  return result == SQLITE_DONE ? g_steal_pointer(&list) : NULL;
}

/* ---- what one row needs of the whole ---- */

static bool moved(Call *call, unsigned n) {
  return problem_say(&call->problem, 409, "import_plan.moved", json_pack("{s:i}", "row", (int)n));
}

/* The subject refuses a row: so the whole. */
static bool refused(Call *call, Call *one, unsigned n) {
  if (one->error) {
    call->error = g_steal_pointer(&one->error);
    return false;
  }
  const char *field =
      json_string_value(json_object_get(json_array_get(one->problem.errors, 0), "field"));
  const char *code =
      json_string_value(json_object_get(json_array_get(one->problem.errors, 0), "code"));
  return problem_say(&call->problem, 409, "import_plan.row_refused",
                     json_pack("{s:i, s:s, s:s*}", "row", (int)n, "code",
                               code ? code : one->problem.code, "field", field));
}

/* What rooms have to know, each once. */
static void take_effects(Call *call, const Call *one) {
  for (unsigned i = 0; i < one->effects->len; i++) {
    const Effect *effect = &g_array_index(one->effects, Effect, i);
    bool known = false;
    for (unsigned n = 0; n < call->effects->len && !effect->person; n++)
      known = known || g_array_index(call->effects, Effect, n).kind == effect->kind;
    if (!known)
      call_effect(call, effect->kind, effect->meeting, effect->person, effect->name);
  }
}

static const Info *target_of(Call *call) {
  const Info *target = model_find(call->model, call_text(call, "$subject"));
  const Route *route = target ? import_route(target, R_IMPORT) : NULL;
  if (route && info_has(target, call->roles, info_verb(target, route->verb)))
    return target;
  problem_set(&call->problem, PROBLEM_FORBIDDEN);
  return NULL;
}

/* ---- doing it ---- */

/* Whether the row would be found, or not found, as it was. */
static bool stands(Call *call, const Call *one, const Keys *keys, const ImportRow *row) {
  KeyRow found;
  bool same = row->target ? keys_find(keys, row->target, &one->asked, &found) == KEY_FOUND &&
                                found.version == row->seen
                          : keys_find(keys, NULL, &one->asked, &found) == KEY_NEW;
  return same || moved(call, row->n);
}

/* Each changed field as it was, by which it can be put back. */
static json_t *before_of(const Call *one, const ImportRow *row) {
  json_t *before = json_object();
  const char *name;
  json_t *value;
  json_object_foreach(row->data, name, value) {
    const Field *field = field_find(one->info->subject->fields, name);
    json_object_set_new(before, name, import_value_json(field, write_before(one, field)));
  }
  return before;
}

static bool note_done(Call *call, const Call *one, const ImportRow *row) {
  g_autoptr(Statement) insert =
      db_prepare(call->db,
                 "insert into import_done (import, n, target, made, version, before) select"
                 " :import, :n, :target, :made, :version, :before",
                 &call->error);
  if (!insert)
    return false;
  json_t *before = row->target ? before_of(one, row) : NULL;
  statement_text(insert, ":import", call->id);
  statement_int(insert, ":n", row->n);
  statement_text(insert, ":target", one->id);
  statement_int(insert, ":made", row->target == NULL);
  statement_int(insert, ":version", row->target ? row->seen + 1 : 1);
  if (before)
    bind_json(insert, ":before", before);
  json_decref(before);
  return statement_run(insert, &call->error);
}

static bool write_row(Call *call, Call *one, const ImportRow *row) {
  if (!row->target)
    return change_create(one) || refused(call, one, row->n);
  call_row(one, row->target);
  one->version = row->seen;
  return change_edit(one) || refused(call, one, row->n);
}

static bool do_row(Call *call, const Info *target, const Keys *keys, const ImportRow *row) {
  Call one;
  const Route *route = row->target ? import_route(target, R_EDIT) : import_maker(target);
  import_call(&one, call, target, route);
  bool fine =
      take_object(target->subject->fields, route->in, row->data, &one.asked, &one.problem) ||
      refused(call, &one, row->n);
  fine = fine && stands(call, &one, keys, row) && write_row(call, &one, row) &&
         note_done(call, &one, row);
  if (fine)
    take_effects(call, &one);
  call_clear(&one);
  return fine;
}

/* What was found as it is said is to be so still: else it would be an update. */
static bool check_skip(Call *call, const Keys *keys, const ImportRow *row) {
  KeyRow found;
  const Values none = {NULL};
  return (keys_find(keys, row->target, &none, &found) == KEY_FOUND && found.version == row->seen) ||
         moved(call, row->n);
}

static bool do_rows(Call *call, const Info *target, const GPtrArray *rows) {
  Call all;
  const Route *route = import_route(target, R_IMPORT);
  import_call(&all, call, target, route);
  g_autoptr(Keys) keys = keys_new(&all, route->list);
  bool fine = keys != NULL;
  if (!keys)
    call->error = g_steal_pointer(&all.error);
  for (unsigned i = 0; fine && i < rows->len; i++) {
    const ImportRow *row = rows->pdata[i];
    if (row->outcome == IMPORT_SKIP)
      fine = check_skip(call, keys, row);
    else if (row->outcome != IMPORT_ERROR)
      fine = do_row(call, target, keys, row);
  }
  call_clear(&all);
  return fine;
}

bool import_commit(Call *call) {
  const Info *target = target_of(call);
  char digest[65];
  if (!target)
    return false;
  if (call_int(call, "$errors") > 0 && !call_int(call, ":valid_only"))
    return problem_say(&call->problem, 409, "import_plan.has_errors",
                       json_pack("{s:I}", "errors", (json_int_t)call_int(call, "$errors")));
  g_autoptr(GPtrArray) rows = load_rows(call);
  if (!rows)
    return false;
  import_digest(target->subject->name, rows, digest);
  if (strcmp(digest, call_text(call, "$digest")) != 0 ||
      strcmp(digest, call_text(call, ":seen")) != 0)
    return problem_say(&call->problem, 409, "import_plan.other_plan", NULL);
  return do_rows(call, target, rows);
}

/* ---- taking it back ---- */

typedef struct {
  unsigned n;
  char *target;
  bool made;
  int64_t version;
  json_t *before; /* of one that was changed */
} Done;

static void done_free(void *pointer) {
  Done *done = pointer;
  g_free(done->target);
  json_decref(done->before);
  g_free(done);
}

static GPtrArray *load_done(Call *call) {
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(done_free);
  g_autoptr(Statement) rows = db_prepare(call->db,
                                         "select n, target, made, version, before from import_done"
                                         " where import = :import order by n desc",
                                         &call->error);
  if (!rows)
    return NULL;
  statement_text(rows, ":import", call->id);
  int result;
  while ((result = statement_step(rows, &call->error)) == SQLITE_ROW) {
    Done *done = g_new0(Done, 1);
    *done = (Done){(unsigned)column_int(rows, 0), g_strdup(column_text(rows, 1)),
                   column_int(rows, 2), column_int(rows, 3),
                   column_null(rows, 4) ? NULL : json_loads(column_text(rows, 4), 0, NULL)};
    g_ptr_array_add(list, done);
  }
  return result == SQLITE_DONE ? g_steal_pointer(&list) : NULL;
}

static bool later(Call *call, Call *one, unsigned n) {
  /* Something refers to the row that the subject did not think of. */
  bool used = one->error && sqlite3_extended_errcode(call->db) == SQLITE_CONSTRAINT_FOREIGNKEY;
  if (one->error && !used) {
    call->error = g_steal_pointer(&one->error);
    return false;
  }
  return problem_say(&call->problem, 409, "import_plan.later", json_pack("{s:i}", "row", (int)n));
}

static bool revert_row(Call *call, const Info *target, const Done *done) {
  Call one;
  const Route *route = import_route(target, done->made ? R_IMPORT : R_EDIT);
  import_call(&one, call, target, route);
  if (done->made)
    one.verb = "unmake";
  call_row(&one, done->target);
  one.version = done->version;
  bool fine = done->made ? change_unmake(&one)
                         : take_object(target->subject->fields, route->in, done->before, &one.asked,
                                       &one.problem) &&
                               change_edit(&one);
  if (fine)
    take_effects(call, &one);
  else
    later(call, &one, done->n);
  call_clear(&one);
  return fine;
}

bool import_revert(Call *call) {
  const Info *target = target_of(call);
  g_autoptr(GPtrArray) rows = target ? load_done(call) : NULL;
  /* What was done is forgotten after some time (imports_purge), and half of it is not taken back.
   */
  if (rows && rows->len < call_int(call, "$creates") + call_int(call, "$updates"))
    return problem_say(&call->problem, 409, "import_plan.too_late", NULL);
  for (unsigned i = 0; rows && i < rows->len; i++)
    if (!revert_row(call, target, rows->pdata[i]))
      return false;
  return rows != NULL;
}

/* ---- forgetting ---- */

static bool purge(sqlite3 *db, const char *sql, int64_t before_ms, GError **error) {
  g_autoptr(Statement) statement = db_prepare(db, sql, error);
  if (!statement)
    return false;
  statement_int(statement, ":before", before_ms);
  return statement_run(statement, error);
}

bool imports_purge(sqlite3 *db, int64_t now_ms, GError **error) {
  return purge(db,
               "update import set state = 'discarded', version = version + 1"
               " where state = 'planned' and created_at < :before",
               now_ms - NOT_DONE_MS, error) &&
         purge(db,
               "delete from import_row where import in (select id from import"
               " where state in ('discarded', 'reverted') and created_at < :before)",
               now_ms - NOT_DONE_MS, error) &&
         purge(db,
               "delete from import_row where import in (select id from import"
               " where created_at < :before)",
               now_ms - DONE_MS, error) &&
         purge(db,
               "delete from import_done where import in (select id from import"
               " where created_at < :before)",
               now_ms - DONE_MS, error);
}
