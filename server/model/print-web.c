#include "model/print-web.h"

#include <string.h>

#include "model/count.h"
#include "model/describe.h"
#include "model/due.h"
#include "model/import-plan.h"
#include "model/keys.h"
#include "model/notice.h"
#include "model/paper.h"
#include "model/right.h"
#include "model/serve.h"
#include "model/several.h"
#include "model/take.h"
#include "model/typescript.h"
#include "model/undo.h"
#include "store/people.h"

#define EVERYBODY (~SERVER)

/* The file as it grows. */
typedef struct {
  const Model *model;
  const Info *info;
  char *type;       /* "Person" */
  GString *out;     /* behind the imports */
  GPtrArray *needs; /* imports of other subjects' types */
} File;

/* ---- what a page fills in ---- */

typedef struct {
  const Route *route;
  const Step *step; /* that does not make the row; or NULL */
  char *name;       /* key in forms or steps */
  const char *verb, *in;
  unsigned flags;
} Form;

static void form_clear(void *pointer) {
  g_free(((Form *)pointer)->name);
}

/* Steps of one verb are told apart by where they lead from. */
static char *step_name(const Subject *subject, const Step *step) {
  unsigned alike = 0;
  for (const Step *other = subject->steps; other->verb; other++)
    alike += *other->from && strcmp(other->verb, step->verb) == 0;
  if (alike < 2)
    return g_strdup(step->verb);
  g_autofree char *from = g_strndup(step->from, strcspn(step->from, " "));
  return g_strdup_printf("%s_%s", step->verb, from);
}

/* Whether anybody but the server itself has the verb. */
static bool is_for_people(const Info *info, const char *verb) {
  return info_has(info, EVERYBODY, info_verb(info, verb));
}

static void add_steps(GArray *forms, const Info *info, const Route *route) {
  for (const Step *step = info->subject->steps; step->verb; step++) {
    Form form = {route, step, NULL, step->verb, step->in, step->flags};
    if (*step->from == 0 || !is_for_people(info, step->verb))
      continue;
    form.name = step_name(info->subject, step);
    g_array_append_val(forms, form);
  }
}

/* In the order of the routes. */
static GArray *forms_of(const Info *info) {
  GArray *forms = g_array_new(FALSE, FALSE, sizeof(Form));
  g_array_set_clear_func(forms, form_clear);
  for (const Route *route = info->subject->routes; route->path; route++) {
    Form form = {route, NULL, NULL, route->verb, route->in, route->flags};
    if (route->kind == R_STEPS)
      add_steps(forms, info, route);
    if (route->kind == R_STEPS || route->kind == R_IMPORT || route_method(route) == HTTP_GET)
      continue;
    form.name = g_strdup(route->verb);
    g_array_append_val(forms, form);
  }
  return forms;
}

/* ---- types ---- */

static bool has_words(const Field *field) {
  return field->type == F_WORD || field->type == F_WORDS;
}

/* "PersonRoles", of a field with words; the subject may be another one. */
static char *type_of_words(const Subject *subject, const Field *field) {
  g_autofree char *of = typescript_name(subject->name), *name = typescript_name(field->name);
  return g_strconcat(of, name, NULL);
}

static const Subject *subject_of(const Model *model, const Field *field) {
  for (unsigned i = 0; i < model_count(model); i++) {
    const Subject *subject = model_info(model, i)->subject;
    for (const Field *own = subject->fields; own->name; own++)
      if (own == field)
        return subject;
  }
  return NULL;
}

/* Takes the import; each stands once. */
static void need(File *file, char *import) {
  if (g_ptr_array_find_with_equal_func(file->needs, import, g_str_equal, NULL))
    g_free(import);
  else
    g_ptr_array_add(file->needs, import);
}

/* 'a' | 'b', of words that no subject's field has: those of a part. */
static char *union_of(const char *words) {
  g_auto(GStrv) names = g_strsplit(words, " ", -1);
  g_autofree char *all = g_strjoinv("' | '", names);
  return g_strdup_printf("'%s'", all);
}

/* The type of its words; what is another subject's is imported. */
static char *words_type(File *file, const Field *field) {
  const Subject *subject = subject_of(file->model, field);
  if (!subject)
    return union_of(field->of);
  char *type = type_of_words(subject, field);
  if (subject != file->info->subject)
    need(file, g_strdup_printf("import type { %s } from '@/domain/%s/gen'\n", type, subject->name));
  return type;
}

/* Of a row: a request names their ids. */
static char *files_type(File *file) {
  need(file, g_strdup("import type { RecordFile } from '@/model/meta'\n"));
  return g_strdup("RecordFile[]");
}

static char *list_type(const char *of) {
  return g_strdup_printf(*of == '\'' && strstr(of, " | ") ? "(%s)[]" : "%s[]", of);
}

static char *value_type(File *file, const Field *field);

/* { a: string; b?: number | null } */
static char *object_type(File *file, const Field *parts) {
  g_autoptr(GString) type = g_string_new("{ ");
  for (const Field *part = parts; part->name; part++) {
    g_autofree char *value = value_type(file, part);
    bool null = part->flags & (OPTIONAL | OR_NULL);
    g_string_append_printf(type, "%s%s%s: %s%s", part == parts ? "" : "; ", part->name,
                           part->flags & OPTIONAL ? "?" : "", value, null ? " | null" : "");
  }
  return g_strdup_printf("%s }", type->str);
}

static char *parts_type(File *file, const Field *field) {
  g_autofree char *part = field->type == F_OBJECT ? NULL : value_type(file, field->parts);
  return field->type == F_OBJECT ? object_type(file, field->parts)
         : field->type == F_LIST ? list_type(part)
                                 : g_strdup_printf("Record<string, %s>", part);
}

static char *value_type(File *file, const Field *field) {
  g_autofree char *words = has_words(field) ? words_type(file, field) : NULL;
  switch (field->type) {
  case F_INT:
  case F_TIME:
    return g_strdup("number");
  case F_BOOL:
    return g_strdup("boolean");
  case F_WORD:
    return g_steal_pointer(&words);
  case F_WORDS:
    return list_type(words);
  case F_IDS:
  case F_FILES:
    return g_strdup("string[]");
  case F_OBJECT:
  case F_LIST:
  case F_MAP:
    return parts_type(file, field);
  case F_TEXT:
  case F_RAW:
  case F_DICT:
  case F_DATE:
  case F_ID:
  case F_REF:
    return g_strdup("string");
  }
  g_assert_not_reached();
}

/* Of what a list is filtered by. */
static char *filter_type(File *file, const char *name) {
  const Field *field = field_find(file->info->subject->fields, name);
  g_autofree char *one = field                      ? value_type(file, field)
                         : strcmp(name, "due") == 0 ? union_of(file->info->due.of)
                                                    : g_strconcat(file->type, "State", NULL);
  return several_takes(info_filter(file->info, name)) ? g_strdup_printf("Several<%s>", one)
                                                      : g_steal_pointer(&one);
}

static char *column_type(File *file, const Column *column) {
  static const char *const types[] = {[OUT_TEXT] = "string",
                                      [OUT_INT] = "number",
                                      [OUT_BOOL] = "boolean",
                                      [OUT_JSON] = "unknown[]",
                                      [OUT_OBJECT] = "Record<string, unknown>"};
  if (column->field && column->field->type == F_FILES)
    return files_type(file);
  if (column->field)
    return value_type(file, column->field);
  if (file->info->state.name &&
      (strcmp(column->value, "state") == 0 || strcmp(column->value, "published_state") == 0))
    return g_strconcat(file->type, "State", NULL);
  return file->info->due.name && strcmp(column->value, "due_colour") == 0
             ? union_of(file->info->due.of)
             : g_strdup(types[column->type]);
}

/* A filter by the state, which is said below. */
static bool is_state(const File *file, const char *name) {
  return file->info->state.name && strcmp(name, "state") == 0;
}

/* Each word that a field may be; fields with the same words have the same type. */
static void add_words(File *file) {
  const Field *fields = file->info->subject->fields;
  for (const Field *field = fields; field->name; field++) {
    if (!has_words(field) || is_state(file, field->name))
      continue;
    g_autofree char *type = type_of_words(file->info->subject, field);
    const Field *same = fields;
    while (!has_words(same) || strcmp(same->of, field->of) != 0)
      same++;
    g_string_append_printf(file->out, "export type %s =", type);
    if (same != field) {
      g_autofree char *other = type_of_words(file->info->subject, same);
      g_string_append_printf(file->out, " %s\n", other);
      continue;
    }
    g_auto(GStrv) words = g_strsplit(field->of, " ", -1);
    typescript_union(file->out, (const char *const *)words, 0);
    g_string_append_c(file->out, '\n');
  }
}

static void add_named_union(File *file, const char *what, GPtrArray *names) {
  g_ptr_array_add(names, NULL);
  g_string_append_printf(file->out, "export type %s%s =", file->type, what);
  typescript_union(file->out, (const char *const *)names->pdata, 0);
  g_string_append_c(file->out, '\n');
}

/* What somebody may do to a row, and the states that it may be in. */
static void add_verbs_and_states(File *file) {
  const Info *info = file->info;
  g_autoptr(GPtrArray) verbs = g_ptr_array_new(), states = g_ptr_array_new();
  for (unsigned bit = 0; bit < info->verbs->len; bit++)
    if ((info->acts >> bit & 1) && info_has(info, EVERYBODY, (int)bit))
      g_ptr_array_add(verbs, info->verbs->pdata[bit]);
  add_named_union(file, "Verb", verbs);
  for (const State *state = info->subject->states; state && state->name; state++)
    g_ptr_array_add(states, (void *)(uintptr_t)state->name);
  if (states->len > 0)
    add_named_union(file, "State", states);
}

/* Whether there may be no such group in a row: by its field, or by the id that begins it. */
static bool group_is_null(const Subject *subject, const Column *first) {
  const Field *field = field_find(subject->fields, first->path[0]);
  return field ? field->flags & OPTIONAL : strcmp(first->path[1], "id") == 0 && first->null;
}

/* The members of an object, which stand beside one another in the row. */
static unsigned add_group(File *file, const Plan *plan, unsigned first) {
  const Column *begin = &g_array_index(plan->columns, Column, first);
  bool hidden = begin->see >= 0; /* all of it, from some */
  bool null = group_is_null(file->info->subject, begin);
  unsigned n = first;
  g_string_append_printf(file->out, "  %s%s: {\n", begin->path[0], hidden ? "?" : "");
  for (; n < plan->columns->len; n++) {
    const Column *column = &g_array_index(plan->columns, Column, n);
    if (!column->path[1] || strcmp(column->path[0], begin->path[0]) != 0)
      break;
    g_autofree char *type = column_type(file, column);
    bool told = null && strcmp(column->path[1], "id") == 0; /* where it is null, the group is */
    g_string_append_printf(file->out, "    %s%s: %s%s\n", column->path[1],
                           column->see >= 0 && !hidden ? "?" : "", type,
                           column->null && !told ? " | null" : "");
  }
  g_string_append_printf(file->out, "  }%s\n", null ? " | null" : "");
  return n;
}

static void add_row(File *file, const Plan *plan) {
  g_string_append_printf(file->out, "\nexport interface %s {\n", file->type);
  for (unsigned n = 0; n < plan->columns->len;) {
    const Column *column = &g_array_index(plan->columns, Column, n);
    if (column->path[1]) {
      n = add_group(file, plan, n);
      continue;
    }
    g_autofree char *type = column_type(file, column);
    g_string_append_printf(file->out, "  %s%s: %s%s\n", column->path[0],
                           column->see >= 0 ? "?" : "", type, column->null ? " | null" : "");
    n++;
  }
  g_string_append_printf(file->out, "  may: %sVerb[]\n}\n", file->type);
}

/* ---- types of what is sent ---- */

static bool takes_members(const Form *form) {
  return form->in || (form->flags & MAY_TELL_NOBODY);
}

static void add_input(File *file, const Form *form) {
  g_autofree char *name = typescript_name(form->name);
  g_auto(GStrv) names = g_strsplit(form->in ? form->in : "", " ", -1);
  g_string_append_printf(file->out, "\nexport interface %s%s {\n", file->type, name);
  for (unsigned i = 0; names[i] && *names[i]; i++) {
    bool optional = g_str_has_suffix(names[i], "?");
    names[i][strlen(names[i]) - optional] = 0;
    const Field *field = field_find(file->info->subject->fields, names[i]);
    g_autofree char *type = value_type(file, field);
    g_string_append_printf(file->out, "  %s%s: %s%s\n", names[i], optional ? "?" : "", type,
                           optional && (field->flags & OPTIONAL) ? " | null" : "");
  }
  if (form->flags & MAY_TELL_NOBODY)
    g_string_append(file->out, "  " TELL_NOBODY "?: boolean\n");
  g_string_append(file->out, "}\n");
}

/* The row with what is answered beside it: "MeetingReadAnswer". */
static void add_answer(File *file, const Route *route) {
  g_autofree char *name = typescript_name(route->verb);
  bool optional;
  g_string_append_printf(file->out, "\nexport interface %s%sAnswer extends %s {\n", file->type,
                         name, file->type);
  for (const Field *field = file->info->subject->fields; field->name; field++) {
    if (!shape_has(route->out, field->name, &optional))
      continue;
    g_autofree char *type = value_type(file, field);
    g_string_append_printf(file->out, "  %s%s: %s%s\n", field->name, optional ? "?" : "", type,
                           field->flags & (OPTIONAL | OR_NULL) ? " | null" : "");
  }
  g_string_append(file->out, "}\n");
}

/* Each order upwards and downwards. */
static void add_sorts(File *file, const List *list) {
  g_auto(GStrv) names = g_strsplit(list->sort, " ", -1);
  g_autoptr(GPtrArray) sorts = g_ptr_array_new_with_free_func(g_free);
  for (unsigned i = 0; names[i]; i++) {
    const char *name = names[i] + (*names[i] == '-');
    g_ptr_array_add(sorts, g_strdup(name));
    g_ptr_array_add(sorts, g_strconcat("-", name, NULL));
  }
  g_ptr_array_add(sorts, NULL);
  g_string_append(file->out, "  sort?:");
  typescript_union(file->out, (const char *const *)sorts->pdata, 2);
  g_string_append_c(file->out, '\n');
}

static void add_query(File *file, const Route *route) {
  g_autofree char *list = list_name(route), *name = typescript_name(list);
  g_auto(GStrv) filters = g_strsplit(route->list->filter ? route->list->filter : "", " ", -1);
  g_string_append_printf(file->out, "\nexport interface %s%sQuery extends ListQuery {\n",
                         file->type, name);
  add_sorts(file, route->list);
  for (unsigned i = 0; filters[i] && *filters[i]; i++) {
    g_autofree char *type = filter_type(file, filters[i]);
    g_string_append_printf(file->out, "  %s?: %s\n", filters[i], type);
  }
  g_string_append(file->out, "}\n");
}

/* "  forms: {…}", of the lines in it. */
static void add_block(File *file, const char *name, const GString *lines) {
  g_string_append_printf(file->out, lines->len ? "  %s: {\n%s  }\n" : "  %s: {}%s\n", name,
                         lines->str);
}

/* What client.ts is given, so that each call has the types of this subject. */
static void add_types(File *file, const GArray *forms) {
  g_autoptr(GString) lists = g_string_new(NULL), shapes = g_string_new(NULL);
  for (const Route *route = file->info->subject->routes; route->path; route++) {
    if (route->kind != R_LIST)
      continue;
    g_autofree char *list = list_name(route), *name = typescript_name(list);
    g_string_append_printf(lists, "    %s: %s%sQuery\n", list, file->type, name);
  }
  for (unsigned i = 0; i < forms->len; i++) {
    const Form *form = &g_array_index(forms, Form, i);
    g_autofree char *name = typescript_name(form->name);
    if (takes_members(form))
      g_string_append_printf(shapes, "    %s: %s%s\n", form->name, file->type, name);
    else
      g_string_append_printf(shapes, "    %s: object\n", form->name);
  }
  g_string_append_printf(file->out, "\nexport interface %sTypes {\n  row: %s\n", file->type,
                         file->type);
  add_block(file, "lists", lists);
  add_block(file, "forms", shapes);
  g_string_append(file->out, "}\n");
}

static void add_sent(File *file, const GArray *forms) {
  for (unsigned i = 0; i < forms->len; i++)
    if (takes_members(&g_array_index(forms, Form, i)))
      add_input(file, &g_array_index(forms, Form, i));
  for (const Route *route = file->info->subject->routes; route->path; route++)
    if (route->out)
      add_answer(file, route);
  for (const Route *route = file->info->subject->routes; route->path; route++)
    if (route->kind == R_LIST)
      add_query(file, route);
  add_types(file, forms);
}

/* ---- the constant ---- */

static json_t *names_json(const char *names) {
  json_t *list = json_array();
  g_auto(GStrv) each = g_strsplit(names ? names : "", " ", -1);
  for (unsigned i = 0; each[i] && *each[i]; i++)
    json_array_append_new(list, json_string(each[i]));
  return list;
}

static json_t *field_json(const Field *field) {
  static const char *const types[] = {
      [F_TEXT] = "text", [F_INT] = "int",       [F_BOOL] = "bool", [F_TIME] = "time",
      [F_DATE] = "date", [F_WORD] = "word",     [F_ID] = "id",     [F_REF] = "ref",
      [F_DICT] = "dict", [F_WORDS] = "words",   [F_IDS] = "ids",   [F_FILES] = "files",
      [F_RAW] = "text",  [F_OBJECT] = "object", [F_LIST] = "list", [F_MAP] = "map"};
  json_t *meta = json_pack("{s:s}", "type", types[field->type]);
  if (field->most)
    json_object_update_new(meta, json_pack("{s:I, s:I}", "least", (json_int_t)field->least, "most",
                                           (json_int_t)field->most));
  if (has_words(field))
    json_object_set_new(meta, "of", names_json(field->of));
  else if (field->of)
    json_object_set_new(meta, "of", json_string(field->of));
  if (field->flags & OPTIONAL)
    json_object_set_new(meta, "optional", json_true());
  if (field->flags & LINES)
    json_object_set_new(meta, "lines", json_true());
  if (field->flags & TAGS)
    json_object_set_new(meta, "tags", json_true());
  if (field->see)
    json_object_set_new(meta, "see", json_string(field->see));
  if (field->at && !*field->at)
    json_object_set_new(meta, "said", json_true());
  return meta;
}

static json_t *fields_json(const Subject *subject) {
  json_t *fields = json_object();
  for (const Field *field = subject->fields; field->name; field++)
    json_object_set_new(fields, field->name, field_json(field));
  return fields;
}

/* By what the list can be counted; NULL: by nothing. */
static json_t *counts_json(const Info *info, const List *list) {
  g_auto(GStrv) names = count_names(info, list);
  g_autofree char *joined = g_strjoinv(" ", names);
  return *joined ? names_json(joined) : NULL;
}

static json_t *lists_json(const Info *info) {
  const Subject *subject = info->subject;
  json_t *lists = json_object();
  for (const Route *route = subject->routes; route->path; route++) {
    if (route->kind != R_LIST)
      continue;
    g_autofree char *name = list_name(route);
    unsigned most = route->list->most ? route->list->most : LIST_MOST;
    json_object_set_new(
        lists, name,
        json_pack("{s:o, s:o, s:o, s:o*, s:I}", "path", json_sprintf("/%s", route->path), "sort",
                  names_json(route->list->sort), "filter", names_json(route->list->filter),
                  "counts", counts_json(info, route->list), "most", (json_int_t)most));
  }
  return lists;
}

static json_t *form_json(const Form *form) {
  json_t *fields = json_array();
  g_auto(GStrv) names = g_strsplit(form->in ? form->in : "", " ", -1);
  for (unsigned i = 0; names[i] && *names[i]; i++) {
    bool optional = g_str_has_suffix(names[i], "?");
    json_array_append_new(fields, json_pack("{s:s%, s:b}", "name", names[i],
                                            strlen(names[i]) - optional, "needed", !optional));
  }
  json_t *meta =
      json_pack("{s:s, s:o, s:s, s:o}", "method", method_name(route_method(form->route)), "path",
                form->step ? json_sprintf("/%s/%s", form->route->path, form->verb)
                           : json_sprintf("/%s", form->route->path),
                "verb", form->verb, "fields", fields);
  if (form->flags & BULK)
    json_object_set_new(meta, "bulk", json_true());
  if (form->flags & MAY_TELL_NOBODY)
    json_object_set_new(meta, "may_" TELL_NOBODY, json_true());
  if (!form->step)
    return meta;
  json_object_set_new(meta, "from", names_json(form->step->from));
  json_object_set_new(meta, "to", json_string(form->step->to));
  if (form->step->flags & DECIDES)
    json_object_set_new(meta, "decides", json_true());
  if (form->step->undo_s)
    json_object_set_new(meta, "undo_s", json_integer(form->step->undo_s));
  return meta;
}

static json_t *forms_json(const GArray *forms, bool steps) {
  json_t *all = json_object();
  for (unsigned i = 0; i < forms->len; i++) {
    const Form *form = &g_array_index(forms, Form, i);
    if (!form->step == !steps)
      json_object_set_new(all, form->name, form_json(form));
  }
  return all;
}

static json_t *states_json(const Subject *subject) {
  json_t *states = json_array();
  for (const State *state = subject->states; state && state->name; state++) {
    json_t *meta = json_pack("{s:s}", "name", state->name);
    if (state->flags & STATE_OPEN)
      json_object_set_new(meta, "open", json_true());
    if (state->flags & STATE_FINAL)
      json_object_set_new(meta, "final", json_true());
    json_array_append_new(states, meta);
  }
  return states;
}

static json_t *due_json(const Subject *subject) {
  g_autoptr(GPtrArray) codes = due_codes(subject);
  json_t *list = json_array();
  for (unsigned i = 0; i < codes->len; i++)
    json_array_append_new(list, json_string(codes->pdata[i]));
  return list;
}

static json_t *words_json(const File *file, bool english) {
  json_t *words = json_object();
  g_autoptr(GPtrArray) keys = keys_of(file->info);
  for (unsigned i = 0; i < keys->len; i++) {
    const Word *word = model_word(file->model, file->info->subject->name, keys->pdata[i]);
    if (word)
      json_object_set_new(words, keys->pdata[i], json_string(english ? word->en : word->zh));
  }
  return words;
}

static void set_path(json_t *meta, const Subject *subject, RouteKind kind, const char *name) {
  for (const Route *route = subject->routes; route->path; route++)
    if (route->kind == kind && !json_object_get(meta, name))
      json_object_set_new(meta, name, json_sprintf("/%s", route->path));
}

static void add_undo(json_t *meta, const Subject *subject) {
  for (const Route *route = subject->routes; route->path; route++)
    if (route->kind == R_STEPS)
      json_object_set_new(meta, "undo", json_sprintf("/%s/%s", route->path, UNDO_VERB));
}

/* Fields of the shape with the flag; flag 0: all of it. */
static json_t *flagged_json(const Subject *subject, const char *shape, unsigned flag) {
  json_t *names = json_array();
  for (const Field *field = subject->fields; field->name; field++)
    if (shape_has(shape, field->name, NULL) && (!flag || (field->flags & flag)))
      json_array_append_new(names, json_string(field->name));
  return names;
}

/* Which columns a table may have, how it finds a row, by which form new rows are made, and who may
 * bring one, whichever row. */
static void add_import(json_t *meta, const Info *info) {
  const Subject *subject = info->subject;
  const Route *route = import_route(info, R_IMPORT);
  if (!route)
    return;
  unsigned who = 0;
  for (unsigned i = 0; i < ROLE_COUNT; i++)
    if (info_has(info, 1u << i, info_verb(info, route->verb)))
      who |= 1u << i;
  json_object_set_new(
      meta, "imports",
      json_pack("{s:o, s:o, s:s, s:o, s:o, s:o}", "path", json_sprintf("/%s", route->path), "who",
                roles_json(who), "form", import_maker(info)->verb, "fields",
                flagged_json(subject, route->in, 0), "keys", flagged_json(subject, route->in, KEY),
                "parts", flagged_json(subject, route->in, KEY_PART)));
}

/* What is printed of one record, and of lists: where, and by which verb; of a list its own. */
static json_t *papers_json(const Subject *subject) {
  json_t *papers = json_object();
  for (const Paper *paper = subject->papers; paper && paper->code; paper++) {
    const Route *route = subject->routes;
    while (!paper_is_of(paper, route))
      route++;
    g_autofree char *list = paper->list ? list_name(route) : NULL;
    json_object_set_new(papers, paper->code,
                        json_pack("{s:o, s:s*, s:s*}", "path",
                                  json_sprintf("/%s" PAPER_PATH "%s", route->path, paper->code),
                                  "verb", paper->verb, "list", list));
  }
  return papers;
}

static void add_constant(File *file, const GArray *forms) {
  const Subject *subject = file->info->subject;
  json_t *meta = json_pack("{s:s, s:o, s:o}", "name", subject->name, "fields", fields_json(subject),
                           "lists", lists_json(file->info));
  set_path(meta, subject, R_ONE, "one");
  set_path(meta, subject, R_EVENTS, "events");
  if (undo_exists(subject))
    add_undo(meta, subject);
  add_import(meta, file->info);
  if (subject->papers)
    json_object_set_new(meta, "papers", papers_json(subject));
  json_object_set_new(meta, "forms", forms_json(forms, false));
  json_object_set_new(meta, "states", states_json(subject));
  json_object_set_new(meta, "steps", forms_json(forms, true));
  if (file->info->due.name)
    json_object_set_new(meta, "due", due_json(subject));
  json_object_set_new(
      meta, "words",
      json_pack("{s:o, s:o}", "zh", words_json(file, false), "en", words_json(file, true)));
  g_string_append_printf(file->out, "\nexport const %s = ", subject->name);
  typescript_value(file->out, meta, 0);
  g_string_append(file->out, " as const satisfies SubjectMeta\n");
  json_decref(meta);
}

static bool has_list(const Subject *subject) {
  const Route *route = subject->routes;
  while (route->path && route->kind != R_LIST)
    route++;
  return route->path != NULL;
}

bool print_web(const Model *model, sqlite3 *db, const Info *info, GString *out, GError **error) {
  g_autoptr(Plan) plan = describe_row(model, info, db, error);
  if (!plan)
    return false;
  g_autofree char *type = typescript_name(info->subject->name);
  g_autoptr(GString) body = g_string_new(NULL);
  g_autoptr(GPtrArray) needs = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GArray) forms = forms_of(info);
  File file = {model, info, type, body, needs};
  add_words(&file);
  add_verbs_and_states(&file);
  add_row(&file, plan);
  add_sent(&file, forms);
  add_constant(&file, forms);
  g_string_append_printf(out,
                         "// Printed by `yishid --print web/%s` of what the server declares "
                         "(server/domain/%s).\n",
                         info->subject->name, info->subject->name);
  for (unsigned i = 0; i < needs->len; i++)
    g_string_append(out, needs->pdata[i]);
  g_string_append_printf(out, "import type { %s%sSubjectMeta } from '@/model/meta'\n\n%s",
                         has_list(info->subject) ? "ListQuery, " : "",
                         strstr(body->str, "?: Several<") ? "Several, " : "", body->str);
  return true;
}

void print_web_list(const Model *model, GString *out) {
  g_autoptr(GPtrArray) names = g_ptr_array_new();
  for (unsigned i = 0; i < model_count(model); i++) {
    const char *name = model_info(model, i)->subject->name;
    g_string_append_printf(out, "import { %s } from '@/domain/%s/gen'\n", name, name);
    g_ptr_array_add(names, (void *)(uintptr_t)name);
  }
  g_string_append(out, "\nexport const subjects = ");
  typescript_names(out, names);
  g_string_append(out, " as const\n");
}
