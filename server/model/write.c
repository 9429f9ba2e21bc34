#include "model/write.h"

#include <string.h>

#include "model/compose.h"
#include "model/plan.h"

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

const Value *write_before(const Call *call, const Field *field) {
  if (field->type != F_REF && field->type != F_DICT)
    return values_find(&call->row, field->name);
  g_autofree char *name = g_strconcat(field->name, field->type == F_REF ? "_id" : "_code", NULL);
  return values_find(&call->row, name);
}

GPtrArray *write_changed(const Call *call) {
  GPtrArray *names = g_ptr_array_new();
  for (const Field *field = call->info->subject->fields; field->name; field++) {
    const Value *asked = values_find(&call->asked, field->name);
    const Value *old = write_before(call, field);
    if (asked && !field->at && !(call->row.items && (field->flags & ONCE)) &&
        !(old && old->kind == asked->kind && old->number == asked->number &&
          g_strcmp0(old->text, asked->text) == 0))
      g_ptr_array_add(names, (void *)(uintptr_t)field->name);
  }
  g_ptr_array_add(names, NULL);
  return names;
}

bool write_insert(Call *call) {
  if (sections_find(&call->info->sections, SECTION_RUN, call->verb))
    return call_run(call, call->verb);
  g_autoptr(GPtrArray) names = write_changed(call);
  Write write = {call->info, (const char *const *)names->pdata, false, false};
  g_autoptr(Plan) plan = plan_write(call, &write, "insert", compose_new);
  return run_plan(call, plan);
}

bool write_update(Call *call, const GPtrArray *names, bool with_state) {
  Write write = {call->info, (const char *const *)names->pdata, call->version != 0, with_state};
  values_int(&call->server, "version", call->version);
  g_autoptr(Plan) plan = plan_write(call, &write, "update", compose_edit);
  return run_plan(call, plan);
}
