#include "model/change.h"

#include <string.h>

#include "base/id.h"
#include "model/attachment.h"
#include "model/behalf.h"
#include "model/case-event.h"
#include "model/dict.h"
#include "model/due.h"
#include "model/index.h"
#include "model/notice.h"
#include "model/number.h"
#include "model/read.h"
#include "model/right.h"
#include "model/undo.h"
#include "model/waive.h"
#include "model/write.h"
#include "store/statement.h"

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

/* ---- what is noted ---- */

static json_t *value_json(const Field *field, const Value *value) {
  if (!value || value->kind == VALUE_NULL)
    return json_null();
  if (field->type == F_LIST && field->at && !*field->at) /* kept nowhere: parts with histories */
    return json_integer((json_int_t)json_array_size(value->json));
  if (value->kind == VALUE_JSON)
    return json_incref(value->json);
  if (field->type == F_BOOL)
    return json_boolean(value->number);
  if (field->type == F_WORDS || field->type == F_IDS || field->type == F_FILES)
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
    now = json_pack("[o, o]", value_json(field, write_before(call, field)), now);
  json_object_set_new(call->detail, name, now);
}

/* All that was asked: columns and what is said with the act. */
static void note_asked(Call *call) {
  for (const Field *field = call->info->subject->fields; field->name; field++)
    if (values_find(&call->asked, field->name) && strcmp(field->name, "note") != 0 &&
        !(call->row.items && (field->flags & ONCE))) /* which the path said */
      note_field(call, field->name);
}

static void note_columns(Call *call, const GPtrArray *names) {
  for (unsigned i = 0; names->pdata[i]; i++)
    note_field(call, names->pdata[i]);
}

/* What became of the state that is shown. */
static void note_published(Call *call) {
  const char *shown = call_text(call, "@shown"), *before = call_text(call, "$published_state");
  if (!shown || g_strcmp0(shown, before) == 0)
    return;
  if (!call->detail)
    call->detail = json_object();
  json_object_set_new(call->detail, "published_state",
                      before ? json_pack("[s, s]", before, shown) : json_string(shown));
}

/* With the step that it was said with, and not with all that its effect does. */
static void note_untold(Call *call) {
  if (!call->tell_nobody || !call->step || !(call->step->flags & MAY_TELL_NOBODY))
    return;
  if (!call->detail)
    call->detail = json_object();
  json_object_set_new(call->detail, TOLD_NOBODY, json_true());
}

/* The history of the record, and the audit record. */
static bool record(Call *call) {
  if (call->route->flags & QUIET)
    return true;
  const Field *note = field_find(call->info->subject->fields, "note");
  note_published(call);
  note_untold(call);
  CaseEvent event = {.verb = call->verb,
                     .from = call_text(call, "$state"),
                     .to = call->step ? call_text(call, "@to") : NULL,
                     .note = note ? call_text(call, ":note") : NULL,
                     .data = call->detail,
                     .internal = call->step && (call->step->flags & INTERNAL)};
  g_autofree char *kind = g_strdup_printf("%s.%s", call->info->subject->name, call->verb);
  const Actor doer = {behalf_doer(call), call->actor.address};
  if (!case_event_add(call, &event))
    return false;
  if ((call->deputy || call->about) && !call->detail)
    call->detail = json_object();
  json_object_update(call->detail, call->about);
  if (call->deputy)
    json_object_set_new(call->detail, "on_behalf", json_string(call->actor.person));
  return audit_note(call->db, kind, &doer, call->id, g_steal_pointer(&call->detail), call->now_ms,
                    &call->error);
}

/* ---- may he? ---- */

/* The state as the actor sees it. */
static const char *shown_state(const Call *call) {
  bool works = !call->info->published || (call->verbs >> call->info->work & 1);
  return call_text(call, works ? "$state" : "$published_state");
}

/* Which state the step leads to, and what is shown of it, if that changes. */
static void say_states(Call *call) {
  const State *state = call->info->subject->states;
  while (strcmp(state->name, call->step->to) != 0)
    state++;
  values_text(&call->server, "to", state->name);
  values_text(&call->server, "shown", state->shown);
}

bool refuse_verb(Call *call, int verb) {
  uint64_t anywhere = info_verbs_anywhere(call->info, call->roles, call->scopes);
  if ((anywhere & behalf_verbs(call, call->info)) >> verb & 1)
    return problem_say(&call->problem, 409, "wrong_state",
                       json_pack("{s:s?}", "state", shown_state(call)));
  return problem_set(&call->problem, PROBLEM_FORBIDDEN);
}

bool change_may(Call *call) {
  int verb = info_verb(call->info, call->verb);
  if (call->route->kind == R_CREATE || call->route->kind == R_IMPORT) {
    call->step = info_step(call->info, call->verb, "");
    return (info_has(call->info, call->roles, verb) &&
            (behalf_verbs(call, call->info) >> verb & 1)) ||
           problem_set(&call->problem, PROBLEM_FORBIDDEN);
  }
  if (!read_row(call, "read"))
    return false;
  const char *state = call_text(call, "$state");
  if (!(call->verbs >> verb & 1))
    return refuse_verb(call, verb);
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
    say_states(call);
  if (call->step && !step_is_free(call, call->step))
    return false;
  return ask(call, call->route->guard) && (!call->step || ask(call, call->step->guard)) &&
         dict_check(call);
}

/* "decided>asker filed>lead" */
static bool tell(Call *call, const char *notice) {
  g_auto(GStrv) told = g_strsplit(notice ? notice : "", " ", -1);
  for (unsigned i = 0; told[i]; i++) {
    g_auto(GStrv) pair = g_strsplit(told[i], ">", 2);
    if (!notice_post(call, pair[0], pair[1]))
      return false;
  }
  return true;
}

static bool finish_step(Call *call) {
  return !call->step ||
         (ask(call, call->step->effect) && due_step(call) && tell(call, call->step->notice));
}

static bool finish(Call *call) {
  return attachments_adopt(call) && ask(call, call->route->effect) && finish_step(call) &&
         index_call(call) && record(call) && (call->is_part || read_after(call));
}

static bool take_number(Call *call) {
  return !call->step || !call->step->number || number_take(call, call->step->number);
}

/* ---- the five ---- */

static void give_id(Call *call) {
  char id[ID_CHARS + 1];
  id_random(id, ID_CHARS);
  call_row(call, id);
}

bool change_foresee(Call *call) {
  if (call->route->kind == R_CREATE)
    give_id(call);
  return may(call);
}

bool change_create(Call *call) {
  give_id(call);
  if (!may(call) || !take_number(call) || !ask(call, call->route->first) || !write_insert(call))
    return false;
  note_asked(call);
  return finish(call);
}

/* Where a section is called like the verb, it writes what is asked. */
static bool edit_by_section(Call *call) {
  g_autoptr(GPtrArray) none = g_ptr_array_new();
  g_ptr_array_add(none, NULL);
  note_asked(call);
  return call_run(call, call->verb) && write_update(call, none, false) && finish(call);
}

static void note_files(Call *call) {
  for (const Field *field = call->info->subject->fields; field->name; field++)
    if (field->type == F_FILES && values_find(&call->asked, field->name))
      note_field(call, field->name);
}

static bool asks_files(const Call *call) {
  for (const Field *field = call->info->subject->fields; field->name; field++)
    if (field->type == F_FILES && values_find(&call->asked, field->name))
      return true;
  return false;
}

bool change_edit(Call *call) {
  if (!may(call))
    return false;
  if (sections_find(&call->info->sections, SECTION_RUN, call->verb))
    return edit_by_section(call);
  g_autoptr(GPtrArray) names = write_changed(call);
  if (names->len == 1 && !asks_files(call)) /* nothing is to become different */
    return call->is_part || read_after(call);
  note_columns(call, names);
  note_files(call);
  return write_update(call, names, false) && finish(call);
}

/* What an act takes is no column of the row that it is done to. */
bool change_do(Call *call) {
  g_autoptr(GPtrArray) none = g_ptr_array_new();
  g_ptr_array_add(none, NULL);
  if (!may(call))
    return false;
  note_asked(call);
  return write_update(call, none, false) && finish(call);
}

bool change_step(Call *call) {
  if (!may(call) || !take_number(call))
    return false;
  g_autoptr(GPtrArray) names = write_changed(call);
  note_asked(call);
  if (sections_find(&call->info->sections, SECTION_RUN, call->verb) && !call_run(call, call->verb))
    return false;
  return write_update(call, names, true) && finish(call);
}

bool change_undo(Call *call) {
  if (!undo_may(call))
    return false;
  if (call->version != 0 && call->version != call_int(call, "$version"))
    return problem_set(&call->problem, PROBLEM_STALE);
  g_autoptr(GPtrArray) names = write_changed(call);
  note_columns(call, names);
  return write_update(call, names, true) && ask(call, call->step->undo) && index_call(call) &&
         record(call) && (call->is_part || read_after(call));
}

/* Until it is done, the triggers that keep such rows let this one go. */
static bool note_unmaking(Call *call, const char *sql) {
  g_autoptr(Statement) note = db_prepare(call->db, sql, &call->error);
  if (!note)
    return false;
  statement_text(note, ":id", call->id);
  return statement_run(note, &call->error);
}

bool change_unmake(Call *call) {
  if (!read_row(call, "read"))
    return false;
  if (call->version != 0 && call->version != call_int(call, "$version"))
    return problem_set(&call->problem, PROBLEM_STALE);
  return ask(call, call->route->guard) && record(call) &&
         note_unmaking(call, "insert into unmaking (id) values (:id)") &&
         ask(call, call->route->effect) &&
         note_unmaking(call, "delete from unmaking where id = :id") && index_call(call);
}
