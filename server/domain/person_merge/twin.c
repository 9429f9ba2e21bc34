#include "domain/person_merge/twin.h"

#include "model/field.h"
#include "model/subcase.h"

/* How much of it a file of a term takes. */
static int64_t most_of(const Call *call, const char *name) {
  return field_find(model_find(call->model, "term_file")->subject->fields, name)->most;
}

static bool fit_together(Call *call) {
  bool found;
  call_let_int(call, "most_summary", most_of(call, "summary"));
  call_let_int(call, "most_materials", most_of(call, "materials"));
  call_let_int(call, "most_reports", most_of(call, "reports"));
  if (!call_get(call, "too_much", &found))
    return false;
  return !found || problem_say(&call->problem, 409, "person_merge.too_much",
                               json_pack("{s:s}", "term", call_text(call, "@too_much_of")));
}

bool twin_may_join(Call *call) {
  bool found;
  if (!call_get(call, "both_ask", &found))
    return false;
  if (found)
    return call_refuse(call, "person_merge.both_ask");
  if (!call_has(call, "@second"))
    return true;
  return (!call_int(call, "@other_way") || call_refuse(call, "person_merge.other_way")) &&
         fit_together(call);
}

/* A record of another subject, and what an edit of it is to say. */
typedef struct {
  char *id;
  Values values;
} Edit;

static void edit_clear(void *pointer) {
  Edit *edit = pointer;
  g_free(edit->id);
  values_clear(&edit->values);
}

/* Its columns are the record's id and what the edit says. */
static bool note_edit(Call *call, const Values *row, void *data) {
  Edit edit = {g_strdup(values_find(row, "id")->text), {NULL}};
  static const char *const said[] = {"joined", "summary", "valid_to"};
  for (unsigned i = 0; i < G_N_ELEMENTS(said); i++) {
    const Value *value = values_find(row, said[i]);
    if (value && value->kind == VALUE_TEXT)
      values_text(&edit.values, said[i], value->text);
  }
  g_array_append_val((GArray *)data, edit);
  return true;
}

/* Each of the `rows`, by the verb. */
static bool edit_each(Call *call, const char *section, const char *subject, const char *verb) {
  g_autoptr(GArray) edits = g_array_new(FALSE, FALSE, sizeof(Edit));
  g_array_set_clear_func(edits, edit_clear);
  if (!call_each(call, section, note_edit, edits))
    return false;
  for (unsigned i = 0; i < edits->len; i++) {
    const Edit *edit = &g_array_index(edits, Edit, i);
    if (!call_edit(call, subject, edit->id, verb, &edit->values))
      return false;
  }
  return true;
}

/* The audit record has it; the rows themselves go, or say another person from now on. */
static bool note_twin(Call *call) {
  bool found;
  if (!call_get(call, "twin", &found))
    return false;
  json_decref(call->about);
  call->about = json_pack("{s:o, s:o}", "files", json_loads(call_text(call, "@files"), 0, NULL),
                          "posts", json_loads(call_text(call, "@posts"), 0, NULL));
  return true;
}

bool twin_join(Call *call) {
  return note_twin(call) && edit_each(call, "both_filed", "term_file", "join") &&
         call_run(call, "doubles") && edit_each(call, "both_seated", "post", "end");
}
