#include "model/take.h"

#include <string.h>

#include "model/calendar.h"

bool shape_has(const char *shape, const char *name, bool *optional) {
  size_t length = strlen(name);
  for (const char *at = shape; at && *at; at += strspn(at, " ")) {
    size_t word = strcspn(at, " ");
    bool mark = word > 0 && at[word - 1] == '?';
    if (word - mark == length && memcmp(at, name, length) == 0) {
      if (optional)
        *optional = mark;
      return true;
    }
    at += word;
  }
  return false;
}

/* What a bound counts: the value itself, characters, or entries. */
typedef struct {
  const char *below, *above; /* codes */
} Measure;

static const Measure amount_of = {"less", "more"}, characters = {"short", "long"},
                     entries = {"few", "many"};

static bool in_bounds(const Field *field, int64_t amount, const Measure *of, Problem *problem) {
  if (amount < field->least)
    return problem_add(problem, field->name, of->below,
                       json_pack("{s:I}", "least", (json_int_t)field->least));
  if (amount > field->most)
    return problem_add(problem, field->name, of->above,
                       json_pack("{s:I}", "most", (json_int_t)field->most));
  return true;
}

/* Characters, or -1 where one is not allowed. A text of which nothing can be seen is none. */
static int64_t count_characters(const Field *field, char *text) {
  int64_t count = 0;
  bool visible = false;
  for (const char *at = text; *at; at = g_utf8_next_char(at), count++) {
    gunichar c = g_utf8_get_char(at);
    bool line = (c == '\n' || c == '\t') && (field->flags & LINES);
    if (g_unichar_iscntrl(c) && !line)
      return -1;
    visible = visible || (g_unichar_isgraph(c) && !g_unichar_iszerowidth(c));
  }
  if (!visible)
    *text = 0;
  return visible ? count : 0;
}

/* Whether the character is in a set as GLOB writes it: single ones and ranges. */
static bool in_set(const char *set, char c) {
  for (const char *at = set; *at; at++) {
    if (at[1] == '-' && at[2]) {
      if (c >= at[0] && c <= at[2])
        return true;
      at += 2;
    } else if (c == *at) {
      return true;
    }
  }
  return false;
}

static bool is_of_set(const char *set, const char *text) {
  for (; *text; text++)
    if (!in_set(set, *text))
      return false;
  return true;
}

static bool take_characters(const Field *field, const char *text, Values *values,
                            Problem *problem) {
  g_autofree char *normal = g_utf8_normalize(text, -1, G_NORMALIZE_NFC);
  if (!normal)
    return problem_add(problem, field->name, "characters", NULL);
  g_strstrip(normal);
  int64_t count = count_characters(field, normal);
  if (count < 0 || (field->of && !is_of_set(field->of, normal)))
    return problem_add(problem, field->name, "characters", NULL);
  if (!in_bounds(field, count, &characters, problem))
    return false;
  values_text_take(values, field->name, g_steal_pointer(&normal));
  return true;
}

static bool take_number(const Field *field, int64_t number, Values *values, Problem *problem) {
  bool fits = field->type == F_TIME ? (number >= TIME_LEAST_MS && number <= TIME_MOST_MS) ||
                                          problem_add(problem, field->name, "time", NULL)
                                    : in_bounds(field, number, &amount_of, problem);
  if (fits)
    values_int(values, field->name, number);
  return fits;
}

static bool is_id(const char *text) {
  return strlen(text) == 16 && is_of_set("a-z0-9", text);
}

static bool take_word(const Field *field, const char *text, Values *values, Problem *problem) {
  const char *code = NULL;
  if (field->type == F_WORD)
    code = *text && !strpbrk(text, " ?") && shape_has(field->of, text, NULL) ? NULL : "words";
  else if (field->type == F_DATE)
    code = day_parse(text, NULL) ? NULL : "date";
  else
    code = is_id(text) ? NULL : "id";
  if (code)
    return problem_add(problem, field->name, code, NULL);
  values_text(values, field->name, text);
  return true;
}

static bool take_string(const Field *field, const char *text, Values *values, Problem *problem) {
  return field->type == F_TEXT ? take_characters(field, text, values, problem)
                               : take_word(field, text, values, problem);
}

/* Whether the entry may stand in the list at all. */
static bool is_entry(const Field *field, const char *text) {
  if (field->type == F_IDS)
    return is_id(text);
  return *text && !strpbrk(text, " ?") && shape_has(field->of, text, NULL);
}

/* Each is one that may be there, and none is there twice. */
static bool are_different(const Field *field, const json_t *list) {
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  for (size_t i = 0; i < json_array_size(list); i++) {
    const char *text = json_string_value(json_array_get(list, i));
    if (!text || !is_entry(field, text) || !g_hash_table_add(seen, (gpointer)(uintptr_t)text))
      return false;
  }
  return true;
}

static bool take_list(const Field *field, const json_t *list, Values *values, Problem *problem) {
  if (!in_bounds(field, (int64_t)json_array_size(list), &entries, problem))
    return false;
  if (!are_different(field, list))
    return problem_add(problem, field->name, field->type == F_IDS ? "id" : "words", NULL);
  char *text = json_dumps(list, JSON_COMPACT);
  values_text(values, field->name, text);
  free(text);
  return true;
}

static bool take_member(const Field *field, const json_t *value, Values *values, Problem *problem) {
  bool text = field->type == F_TEXT || field->type == F_DATE || field->type == F_WORD ||
              field->type == F_ID || field->type == F_REF;
  bool number = field->type == F_INT || field->type == F_TIME;
  if (json_is_null(value) && (field->flags & OPTIONAL)) {
    values_null(values, field->name);
    return true;
  }
  if (text && json_is_string(value))
    return take_string(field, json_string_value(value), values, problem);
  if (number && json_is_integer(value))
    return take_number(field, json_integer_value(value), values, problem);
  if ((field->type == F_WORDS || field->type == F_IDS) && json_is_array(value))
    return take_list(field, value, values, problem);
  if (field->type == F_BOOL && json_is_boolean(value)) {
    values_int(values, field->name, json_is_true(value));
    return true;
  }
  return problem_add(problem, field->name, "type", NULL);
}

static bool take_present(const Field *fields, const char *shape, const json_t *object,
                         Values *values, Problem *problem) {
  bool fine = true;
  const char *name;
  json_t *value;
  json_object_foreach((json_t *)(uintptr_t)object, name, value) {
    const Field *field = *name && !strpbrk(name, " ?") && shape_has(shape, name, NULL)
                             ? field_find(fields, name)
                             : NULL;
    fine = (field ? take_member(field, value, values, problem)
                  : problem_add(problem, name, "unknown", NULL)) &&
           fine;
  }
  return fine;
}

bool take_object(const Field *fields, const char *shape, const json_t *object, Values *values,
                 Problem *problem) {
  bool fine = take_present(fields, shape, object, values, problem);
  for (const Field *field = fields; field && field->name; field++) {
    bool optional;
    const json_t *value = json_object_get(object, field->name);
    bool null = json_is_null(value) && (field->flags & OPTIONAL); /* what is wanted is not null */
    if (shape_has(shape, field->name, &optional) && !optional && (!value || null))
      fine = problem_add(problem, field->name, "missing", NULL);
  }
  return fine;
}

bool take_text(const Field *field, const char *text, Values *values, Problem *problem) {
  gint64 number;
  if (*text == 0 && (field->flags & OPTIONAL)) {
    values_null(values, field->name);
    return true;
  }
  switch (field->type) {
  case F_INT:
  case F_TIME:
    return g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &number, NULL)
               ? take_number(field, number, values, problem)
               : problem_add(problem, field->name, "type", NULL);
  case F_BOOL:
    if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
      return problem_add(problem, field->name, "type", NULL);
    values_int(values, field->name, strcmp(text, "true") == 0);
    return true;
  case F_WORDS:
  case F_IDS:
    return problem_add(problem, field->name, "type", NULL);
  default:
    return g_utf8_validate(text, -1, NULL) ? take_string(field, text, values, problem)
                                           : problem_add(problem, field->name, "characters", NULL);
  }
}
