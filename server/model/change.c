#include "model/change.h"

#include <string.h>

#include "base/id.h"
#include "model/case-event.h"
#include "model/compose.h"
#include "model/plan.h"
#include "model/read.h"
#include "model/right.h"
#include "store/database.h"

static bool failed(const Call *call) {
  return call->error || call->problem.status != 0;
}

/* A guard or an effect that says no says why. */
static bool ask(Call *call, bool (*function)(Call *call)) {
  if (!function || function(call))
    return !failed(call);
  g_assert(failed(call));
  return false;
}

/* ---- what is written ---- */

typedef struct {
  const Info *info;
  const char *const *names;
  bool with_version, with_state;
} Write;

static char *compose_edit(void *data) {
  const Write *write = data;
  return compose_update(write->info, write->names, write->with_version, write->with_state);
}

static char *compose_new(void *data) {
  const Write *write = data;
  return compose_insert(write->info, write->names);
}

static bool run_plan(Call *call, Plan *plan) {
  Sources from = {&call->asked, &call->server, &call->row};
  return plan && plan_bind(plan, &from, &call->error) &&
         plan_step(plan, &call->error) != SQLITE_ERROR;
}

static Plan *plan_write(Call *call, Write *write, const char *what, char *(*compose)(void *data)) {
  g_autofree char *joined = g_strjoinv(" ", (char **)(uintptr_t)write->names);
  g_autofree char *key = g_strdup_printf("%s %p %d%d %s", what, (const void *)call->info,
                                         write->with_version, write->with_state, joined);
  return plan_get(call->db, call->model, call->info, key, 0, compose, write, &call->error);
}

/* Of the row before; a reference is there as "lead_id". NULL when the row does not have it. */
static const Value *old_value(const Call *call, const Field *field) {
  if (field->type != F_REF)
    return values_find(&call->row, field->name);
  g_autofree char *name = g_strconcat(field->name, "_id", NULL);
  return values_find(&call->row, name);
}

/* The columns of the table that the request has values for and, where there is a row, that are to
 * become different. Ends with NULL; free the array alone. */
static GPtrArray *changed_columns(const Call *call) {
  GPtrArray *names = g_ptr_array_new();
  for (const Field *field = call->info->subject->fields; field->name; field++) {
    const Value *asked = values_find(&call->asked, field->name);
    const Value *old = old_value(call, field);
    if (asked && !field->at &&
        !(old && old->kind == asked->kind && old->number == asked->number &&
          g_strcmp0(old->text, asked->text) == 0))
      g_ptr_array_add(names, (void *)(uintptr_t)field->name);
  }
  g_ptr_array_add(names, NULL);
  return names;
}

static bool insert_row(Call *call) {
  if (sections_find(&call->info->sections, SECTION_RUN, call->verb))
    return call_run(call, call->verb);
  g_autoptr(GPtrArray) names = changed_columns(call);
  Write write = {call->info, (const char *const *)names->pdata, false, false};
  g_autoptr(Plan) plan = plan_write(call, &write, "insert", compose_new);
  return run_plan(call, plan);
}

/* Counts the version up, also when no column of the table changes. */
static bool update_row(Call *call, const GPtrArray *names) {
  Write write = {call->info, (const char *const *)names->pdata, call->version != 0,
                 call->step != NULL};
  values_int(&call->server, "version", call->version);
  g_autoptr(Plan) plan = plan_write(call, &write, "update", compose_edit);
  return run_plan(call, plan);
}

/* ---- what is noted ---- */

static json_t *value_json(const Field *field, const Value *value) {
  if (!value || value->kind == VALUE_NULL)
    return json_null();
  if (field->type == F_BOOL)
    return json_boolean(value->number);
  if (field->type == F_WORDS)
    return json_loads(value->text, 0, NULL);
  return value->kind == VALUE_INT ? json_integer(value->number) : json_string(value->text);
}

/* {field: [old, new]}; of a new row {field: new}. */
static void note_field(Call *call, const char *name) {
  const Field *field = field_find(call->info->subject->fields, name);
  if (!call->detail)
    call->detail = json_object();
  if (field->flags & SECRET) {
    json_object_set_new(call->detail, name, json_string("changed"));
    return;
  }
  json_t *now = value_json(field, values_find(&call->asked, name));
  if (call->row.items)
    now = json_pack("[o, o]", value_json(field, old_value(call, field)), now);
  json_object_set_new(call->detail, name, now);
}

/* All that was asked: columns and what is said with the act. */
static void note_asked(Call *call) {
  for (const Field *field = call->info->subject->fields; field->name; field++)
    if (values_find(&call->asked, field->name) && strcmp(field->name, "note") != 0)
      note_field(call, field->name);
}

static void note_columns(Call *call, const GPtrArray *names) {
  for (unsigned i = 0; names->pdata[i]; i++)
    note_field(call, names->pdata[i]);
}

/* The history of the record, and the audit record. */
static bool record(Call *call) {
  const Field *note = field_find(call->info->subject->fields, "note");
  CaseEvent event = {.verb = call->verb,
                     .from = call_text(call, "$state"),
                     .to = call->step ? call->step->to : NULL,
                     .note = note ? call_text(call, ":note") : NULL,
                     .data = call->detail,
                     .internal = call->step && (call->step->flags & INTERNAL)};
  g_autofree char *kind = g_strdup_printf("%s.%s", call->info->subject->name, call->verb);
  return case_event_add(call, &event) &&
         audit_note(call->db, kind, &call->actor, call->id, g_steal_pointer(&call->detail),
                    call->now_ms, &call->error);
}

/* ---- may he? ---- */

bool change_may(Call *call) {
  int verb = info_verb(call->info, call->verb);
  if (call->route->kind == R_CREATE) {
    call->step = info_step(call->info, call->verb, "");
    return info_has(call->info, call->roles, verb) ||
           problem_set(&call->problem, PROBLEM_FORBIDDEN);
  }
  if (!read_row(call, "read"))
    return false;
  const char *state = call_text(call, "$state");
  if (!(call->verbs >> verb & 1)) {
    if (info_verbs_anywhere(call->info, call->roles, call->scopes) >> verb & 1)
      return problem_say(&call->problem, 409, "wrong_state", json_pack("{s:s?}", "state", state));
    return problem_set(&call->problem, PROBLEM_FORBIDDEN);
  }
  const Step *step = call->route->kind == R_STEPS ? info_step(call->info, call->verb, state) : NULL;
  if (call->step && call->step != step) /* it was another when the request was looked at */
    return problem_set(&call->problem, PROBLEM_STALE);
  call->step = step;
  return true;
}

/* And is it as he saw it, and do the guards agree? */
static bool may(Call *call) {
  if (!change_may(call))
    return false;
  if (call->version != 0 && call->version != call_int(call, "$version"))
    return problem_set(&call->problem, PROBLEM_STALE);
  if (call->step)
    values_text(&call->server, "to", call->step->to);
  return ask(call, call->route->guard) && (!call->step || ask(call, call->step->guard));
}

static bool finish(Call *call) {
  return ask(call, call->route->effect) && (!call->step || ask(call, call->step->effect)) &&
         record(call) && read_after(call);
}

/* ---- the four ---- */

bool change_create(Call *call) {
  char id[ID_CHARS + 1];
  id_random(id, ID_CHARS);
  call_row(call, id);
  if (!may(call) || !insert_row(call))
    return false;
  note_asked(call);
  return finish(call);
}

/* Where a section is called like the verb, it writes what is asked. */
static bool edit_by_section(Call *call) {
  g_autoptr(GPtrArray) none = g_ptr_array_new();
  g_ptr_array_add(none, NULL);
  note_asked(call);
  return call_run(call, call->verb) && update_row(call, none) && finish(call);
}

bool change_edit(Call *call) {
  if (!may(call))
    return false;
  if (sections_find(&call->info->sections, SECTION_RUN, call->verb))
    return edit_by_section(call);
  g_autoptr(GPtrArray) names = changed_columns(call);
  if (names->len == 1) /* nothing is to become different */
    return read_after(call);
  note_columns(call, names);
  return update_row(call, names) && finish(call);
}

/* What an act takes is no column of the row that it is done to. */
bool change_do(Call *call) {
  g_autoptr(GPtrArray) none = g_ptr_array_new();
  g_ptr_array_add(none, NULL);
  if (!may(call))
    return false;
  note_asked(call);
  return update_row(call, none) && finish(call);
}

bool change_step(Call *call) {
  if (!may(call))
    return false;
  g_autoptr(GPtrArray) names = changed_columns(call);
  note_asked(call);
  return update_row(call, names) && finish(call);
}
