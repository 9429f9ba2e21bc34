#include "model/several.h"

#include <string.h>

#include "model/take.h"

bool several_takes(const Field *field) {
  return field->type == F_WORD || field->type == F_DICT || field->type == F_REF;
}

static bool has_text(const json_t *list, const char *text) {
  for (size_t i = 0; i < json_array_size(list); i++)
    if (strcmp(json_string_value(json_array_get(list, i)), text) == 0)
      return true;
  return false;
}

/* One of them, into the list; an empty one is as if it were not there. */
static bool add_one(const Field *field, const char *text, json_t *list, Problem *problem) {
  g_auto(Values) one = {NULL};
  if (*text == 0)
    return true;
  if (!take_text(field, text, &one, problem))
    return false;
  const char *value = values_find(&one, field->name)->text;
  if (!has_text(list, value))
    json_array_append_new(list, json_string(value));
  return true;
}

static bool take_list(const Field *field, char *const *texts, json_t *list, Problem *problem) {
  for (unsigned i = 0; texts[i]; i++)
    if (!add_one(field, texts[i], list, problem))
      return false;
  if (json_array_size(list) > SEVERAL_MOST)
    return problem_add(problem, field->name, "many", json_pack("{s:i}", "most", SEVERAL_MOST));
  return json_array_size(list) > 0 || problem_add(problem, field->name, "few", NULL);
}

bool several_take(const Field *field, const char *text, Values *values, Problem *problem) {
  if (!several_takes(field) || !strchr(text, ','))
    return take_text(field, text, values, problem);
  g_auto(GStrv) texts = g_strsplit(text, ",", -1);
  json_t *list = json_array();
  bool fine = take_list(field, texts, list, problem);
  if (fine && json_array_size(list) == 1) /* which is what one statement more would not know */
    values_text(values, field->name, json_string_value(json_array_get(list, 0)));
  else if (fine)
    values_json(values, field->name, list);
  json_decref(list);
  return fine;
}

/* ---- conditions ---- */

/* Where ":name" stands next, as a whole; NULL. */
static const char *find_parameter(const char *text, const char *parameter) {
  size_t length = strlen(parameter);
  for (const char *at = strstr(text, parameter); at; at = strstr(at + 1, parameter))
    if (!g_ascii_isalnum(at[length]) && at[length] != '_')
      return at;
  return NULL;
}

/* The "=" before what stands at `at`, where it is that alone; NULL. */
static const char *equals_before(const char *text, const char *at) {
  while (at > text && g_ascii_isspace(at[-1]))
    at--;
  bool equals = at > text && at[-1] == '=' && !(at - 1 > text && strchr("<>!=", at[-2]));
  return equals ? at - 1 : NULL;
}

static bool only_compares(const char *text, const char *parameter) {
  const char *at = find_parameter(text, parameter);
  for (; at; at = find_parameter(at + 1, parameter)) {
    const char *rest = at + strlen(parameter);
    rest += strspn(rest, " \n");
    bool ends = *rest == 0 || *rest == ')' || g_str_has_prefix(rest, "and ") ||
                g_str_has_prefix(rest, "or ") || g_str_has_prefix(rest, "union ");
    if (!ends || !equals_before(text, at))
      return false;
  }
  return true;
}

char *several_condition(const char *condition, const char *name) {
  g_autofree char *parameter = g_strconcat(":", name, NULL);
  bool compares = only_compares(condition, parameter);
  GString *sql = g_string_new(NULL);
  if (!compares)
    g_string_printf(sql, "exists (select 1 from json_each(:%s) each_%s where ", name, name);
  const char *from = condition, *at;
  while ((at = find_parameter(from, parameter))) {
    const char *end = compares ? equals_before(condition, at) : at;
    g_string_append_len(sql, from, end - from);
    g_string_append_printf(
        sql, compares ? "in (select value from json_each(:%s))" : "each_%s.value", name);
    from = at + strlen(parameter);
  }
  g_string_append(sql, from);
  g_string_append(sql, compares ? "" : "\n)");
  return g_string_free(sql, FALSE);
}

/* Nothing in it binds looser than a comparison, but in brackets. */
static bool is_one_side(const char *text) {
  int depth = 0;
  for (; *text; text++) {
    depth += (*text == '(') - (*text == ')');
    if (depth == 0 && g_ascii_isspace(*text) &&
        (g_str_has_prefix(text + 1, "and ") || g_str_has_prefix(text + 1, "or ")))
      return false;
  }
  return true;
}

char *several_compared(const char *condition, const char *name) {
  g_autofree char *before = g_strdup_printf(":%s = ", name);
  g_autofree char *behind = g_strdup_printf(" = :%s", name);
  g_autofree char *parameter = g_strconcat(":", name, NULL);
  g_autofree char *side = NULL;
  if (g_str_has_prefix(condition, before))
    side = g_strdup(condition + strlen(before));
  else if (g_str_has_suffix(condition, behind))
    side = g_strndup(condition, strlen(condition) - strlen(behind));
  return side && is_one_side(side) && !find_parameter(side, parameter) ? g_steal_pointer(&side)
                                                                       : NULL;
}
