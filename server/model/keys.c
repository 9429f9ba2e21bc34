#include "model/keys.h"

#include <string.h>

#include "model/due.h"
#include "store/people.h"

static void add(GPtrArray *keys, char *key) {
  if (g_ptr_array_find_with_equal_func(keys, key, g_str_equal, NULL))
    g_free(key);
  else
    g_ptr_array_add(keys, key);
}

/* "kind.", "member staff" */
static void add_each(GPtrArray *keys, const char *before, const char *names) {
  g_auto(GStrv) list = g_strsplit(names, " ", -1);
  for (unsigned i = 0; list[i]; i++)
    if (*list[i])
      add(keys, g_strconcat(before, list[i], NULL));
}

static void add_fields(GPtrArray *keys, const Subject *subject) {
  for (const Field *field = subject->fields; field->name; field++) {
    add(keys, g_strdup(field->name));
    g_autofree char *before = g_strconcat(field->name, ".", NULL);
    if (field->type == F_WORD || field->type == F_WORDS)
      add_each(keys, before, field->of);
    else if (field->type == F_BOOL)
      add_each(keys, before, "true false");
  }
}

char *list_name(const Route *route) {
  const char *last = strrchr(route->path, '/');
  return g_strdup(route->list->name ? route->list->name : last ? last + 1 : route->path);
}

static void add_list(GPtrArray *keys, const Info *info, const Route *route) {
  const Subject *subject = info->subject;
  g_auto(GStrv) sorts = g_strsplit(route->list->sort, " ", -1);
  g_autofree char *name = list_name(route);
  add_each(keys, "list.", name);
  for (unsigned i = 0; sorts[i]; i++) {
    const char *sort = sorts[i] + (*sorts[i] == '-');
    if (!field_find(subject->fields, sort) && !(info->due.name && strcmp(sort, "due") == 0))
      add(keys, g_strconcat("sort.", sort, NULL));
  }
}

static void add_states(GPtrArray *keys, const Subject *subject) {
  if (subject->states)
    add(keys, g_strdup("state"));
  for (const State *state = subject->states; state && state->name; state++)
    add_each(keys, "state.", state->name);
}

/* Codes begin with the subject's name. */
static void add_codes(GPtrArray *keys, const Subject *subject) {
  for (const Code *code = subject->codes; code && code->code; code++) {
    const char *dot = strchr(code->code, '.');
    add(keys, g_strconcat("code.", dot ? dot + 1 : code->code, NULL));
  }
}

static void add_notices(GPtrArray *keys, const Subject *subject) {
  for (const NoticeKind *notice = subject->notices; notice && notice->code; notice++)
    add_each(keys, "notice.", notice->code);
}

static void add_due(GPtrArray *keys, const Info *info) {
  g_autoptr(GPtrArray) codes = due_codes(info->subject);
  if (!info->due.name)
    return;
  add(keys, g_strdup("due"));
  add_each(keys, "due.", DUE_COLOURS);
  add(keys, g_strdup("verb.due_moved"));
  for (unsigned i = 0; i < codes->len; i++)
    add_each(keys, "due.", codes->pdata[i]);
}

static void add_paper(GPtrArray *keys, const Paper *paper) {
  g_autofree char *before = g_strdup_printf("paper.%s.", paper->code);
  add_each(keys, "paper.", paper->code);
  add_each(keys, before, paper->words ? paper->words : "");
}

GPtrArray *keys_of(const Info *info) {
  const Subject *subject = info->subject;
  GPtrArray *keys = g_ptr_array_new_with_free_func(g_free);
  add(keys, g_strdup(subject->name));
  add_fields(keys, subject);
  for (const Route *route = subject->routes; route->path; route++)
    if (route->kind == R_LIST)
      add_list(keys, info, route);
  add_states(keys, subject);
  add_due(keys, info);
  for (unsigned i = 0; i < info->verbs->len; i++)
    add_each(keys, "verb.", info->verbs->pdata[i]);
  for (unsigned i = 0; i < info->scopes->len; i++)
    if (strcmp(info->scopes->pdata[i], DEPUTY_PARTY) != 0)
      add_each(keys, "scope.", info->scopes->pdata[i]);
  add_codes(keys, subject);
  add_notices(keys, subject);
  for (const Paper *paper = subject->papers; paper && paper->code; paper++)
    add_paper(keys, paper);
  return keys;
}

GPtrArray *keys_of_kernel(void) {
  GPtrArray *keys = g_ptr_array_new_with_free_func(g_free);
  json_t *roles = roles_json(~0u);
  for (size_t i = 0; i < json_array_size(roles); i++)
    add_each(keys, "role.", json_string_value(json_array_get(roles, i)));
  json_decref(roles);
  add(keys, g_strdup("role.signed_in"));
  add(keys, g_strdup("scope.all"));
  add_each(keys, "bool.", "true false");
  add_each(keys, "count.", "none total count");
  add(keys, g_strdup("due"));
  add_each(keys, "due.", DUE_COLOURS);
  add(keys, g_strdup("verb.due_moved"));
  add(keys, g_strdup("id")); /* heads of tables */
  add(keys, g_strdup("version"));
  return keys;
}

/* ---- are they there, and no others? ---- */

static int by_text(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* {places} of the text, in order of the alphabet. */
static char *places(const char *text) {
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  for (const char *at = strchr(text, '{'); at; at = strchr(at + 1, '{'))
    g_ptr_array_add(names, g_strndup(at, strcspn(at, "}") + 1));
  g_ptr_array_sort(names, by_text);
  g_ptr_array_add(names, NULL);
  return g_strjoinv(" ", (char **)names->pdata);
}

/* "most:int who" has {most} and {who}. */
static bool are_params(const char *params, const char *places) {
  g_auto(GStrv) wanted = g_strsplit(places, " ", -1);
  g_auto(GStrv) given = g_strsplit(params ? params : "", " ", -1);
  for (unsigned i = 0; given[i]; i++)
    given[i][strcspn(given[i], ":")] = 0;
  for (unsigned i = 0; wanted[i] && *wanted[i]; i++) {
    g_autofree char *name = g_strndup(wanted[i] + 1, strlen(wanted[i]) - 2);
    if (!g_strv_contains((const char *const *)given, name))
      return false;
  }
  return true;
}

static const char *params_of(const Subject *subject, const char *key) {
  for (const Code *code = subject ? subject->codes : NULL; code && code->code; code++)
    if (g_str_has_prefix(key, "code.") && g_str_has_suffix(code->code, key + strlen("code")))
      return code->params;
  for (const NoticeKind *notice = subject ? subject->notices : NULL; notice && notice->code;
       notice++)
    if (g_str_has_prefix(key, "notice.") && strcmp(notice->code, key + strlen("notice.")) == 0)
      return notice->params;
  return NULL;
}

static void check_places(const Subject *subject, const char *key, const Word *word,
                         GString *wrong) {
  g_autofree char *zh = places(word->zh), *en = places(word->en);
  if (strcmp(zh, en) != 0 || !are_params(params_of(subject, key), zh))
    g_string_append_printf(wrong, " %s (its {places})", key);
}

/* What the file has and nobody asks for. */
static void check_items(const Words *words, const GPtrArray *keys, GString *wrong) {
  GHashTableIter each;
  void *key;
  if (!words->items)
    return;
  g_hash_table_iter_init(&each, words->items);
  while (g_hash_table_iter_next(&each, &key, NULL))
    if (!g_ptr_array_find_with_equal_func((GPtrArray *)(uintptr_t)keys, key, g_str_equal, NULL))
      g_string_append_printf(wrong, " %s (nobody asks for it)", (const char *)key);
}

static bool check(const Model *model, const Subject *subject, const Words *words, GPtrArray *keys,
                  char **why) {
  const char *name = subject ? subject->name : "kernel";
  g_autoptr(GString) wrong = g_string_new(NULL);
  for (unsigned i = 0; i < keys->len; i++) {
    const Word *word = model_word(model, name, keys->pdata[i]);
    if (word)
      check_places(subject, keys->pdata[i], word, wrong);
    else
      g_string_append_printf(wrong, " %s", (const char *)keys->pdata[i]);
  }
  check_items(words, keys, wrong);
  if (wrong->len > 0)
    *why = g_strdup_printf("subject %s: words.txt:%s", name, wrong->str);
  return wrong->len == 0;
}

bool keys_check(const Model *model, const Info *info, char **why) {
  g_autoptr(GPtrArray) keys = keys_of(info);
  return check(model, info->subject, &info->words, keys, why);
}

bool keys_check_kernel(const Model *model, char **why) {
  g_autoptr(GPtrArray) keys = keys_of_kernel();
  return check(model, NULL, model_kernel_words(model), keys, why);
}
