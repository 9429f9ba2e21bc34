#include "model/take.h"

#include <string.h>

#include "model/calendar.h"
#include "model/tags.h"

bool shape_has(const char *shape, const char *name, bool *optional) {
  size_t length = strlen(name);
  if (optional)
    *optional = false;
  if (shape && strcmp(shape, "*") == 0)
    return true;
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

/* Where a value goes, under which name it is known, and who is told what is wrong with it. */
typedef struct {
  const char *name;
  Values *values; /* NULL: nowhere */
  Problem *problem;
} Place;

static bool wrong(const Place *place, const char *code) {
  return problem_add(place->problem, place->name, code, NULL);
}

/* What a bound counts: the value itself, characters, or entries. */
typedef struct {
  const char *below, *above; /* codes */
} Measure;

static const Measure amount_of = {"less", "more"}, characters = {"short", "long"},
                     entries = {"few", "many"};

static bool in_bounds(const Field *field, int64_t amount, const Measure *of, const Place *place) {
  if (amount < field->least)
    return problem_add(place->problem, place->name, of->below,
                       json_pack("{s:I}", "least", (json_int_t)field->least));
  if (amount > field->most)
    return problem_add(place->problem, place->name, of->above,
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

/* Line ends as one character. */
static void join_line_ends(char *text) {
  char *to = text;
  for (const char *from = text; *from; from++)
    if (from[0] != '\r' || from[1] != '\n')
      *to++ = *from;
  *to = 0;
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

/* Free words as they are kept. */
static bool join_tags(char **text, const Place *place) {
  char *joined;
  if (!tags_join(*text, &joined))
    return problem_add(place->problem, place->name, "tag_long",
                       json_pack("{s:i}", "most", TAG_CHARS_MOST));
  g_free(*text);
  *text = joined;
  return true;
}

static bool take_characters(const Field *field, const char *text, const Place *place) {
  g_autofree char *normal = g_utf8_normalize(text, -1, G_NORMALIZE_NFC);
  if (!normal)
    return wrong(place, "characters");
  if (field->flags & LINES)
    join_line_ends(normal);
  g_strstrip(normal);
  if ((field->flags & TAGS) && !join_tags(&normal, place))
    return false;
  int64_t count = count_characters(field, normal);
  if (count < 0 || (field->of && !is_of_set(field->of, normal)))
    return wrong(place, "characters");
  if (!in_bounds(field, count, &characters, place))
    return false;
  if (place->values)
    values_text_take(place->values, field->name, g_steal_pointer(&normal));
  return true;
}

static bool take_raw(const Field *field, const char *text, const Place *place) {
  if (!in_bounds(field, g_utf8_strlen(text, -1), &characters, place))
    return false;
  if (place->values)
    values_text(place->values, field->name, text);
  return true;
}

static bool take_number(const Field *field, int64_t number, const Place *place) {
  bool fits = field->type == F_TIME
                  ? (number >= TIME_LEAST_MS && number <= TIME_MOST_MS) || wrong(place, "time")
                  : in_bounds(field, number, &amount_of, place);
  if (fits && place->values)
    values_int(place->values, field->name, number);
  return fits;
}

static bool is_id(const char *text) {
  return strlen(text) == 16 && is_of_set("a-z0-9", text);
}

static bool is_code(const char *text) {
  size_t length = strnlen(text, DICT_CODE_MOST + 1);
  return length > 0 && length <= DICT_CODE_MOST && is_of_set("a-z0-9_", text);
}

static bool take_word(const Field *field, const char *text, const Place *place) {
  const char *code = NULL;
  if (field->type == F_WORD)
    code = *text && !strpbrk(text, " ?") && shape_has(field->of, text, NULL) ? NULL : "words";
  else if (field->type == F_DICT)
    code = is_code(text) ? NULL : "words";
  else if (field->type == F_DATE)
    code = day_parse(text, NULL) ? NULL : "date";
  else
    code = is_id(text) ? NULL : "id";
  if (code)
    return wrong(place, code);
  if (place->values)
    values_text(place->values, field->name, text);
  return true;
}

static bool take_string(const Field *field, const char *text, const Place *place) {
  switch (field->type) {
  case F_TEXT:
    return take_characters(field, text, place);
  case F_RAW:
    return take_raw(field, text, place);
  default:
    return take_word(field, text, place);
  }
}

/* Whether the entry may stand in the list at all. */
static bool is_entry(const Field *field, const char *text) {
  if (field->type == F_IDS || field->type == F_FILES)
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

static bool take_words(const Field *field, const json_t *list, const Place *place) {
  if (!in_bounds(field, (int64_t)json_array_size(list), &entries, place))
    return false;
  if (!are_different(field, list))
    return wrong(place, field->type == F_WORDS ? "words" : "id");
  if (place->values) {
    char *text = json_dumps(list, JSON_COMPACT);
    values_text(place->values, field->name, text);
    free(text);
  }
  return true;
}

static bool take_value(const Field *field, json_t *value, const Place *place);
static bool check_members(const Field *fields, const char *shape, const json_t *object,
                          const char *within, Values *values, Problem *problem);

static bool check_list(const Field *field, const json_t *list, const Place *place) {
  if (!in_bounds(field, (int64_t)json_array_size(list), &entries, place))
    return false;
  bool fine = true;
  for (size_t i = 0; i < json_array_size(list); i++) {
    g_autofree char *name = g_strdup_printf("%s.%zu", place->name, i);
    const Place inner = {name, NULL, place->problem};
    fine = take_value(field->parts, json_array_get(list, i), &inner) && fine;
  }
  return fine;
}

static bool check_map(const Field *field, const json_t *map, const Place *place) {
  if (!in_bounds(field, (int64_t)json_object_size(map), &entries, place))
    return false;
  bool fine = true;
  const char *key;
  json_t *value;
  json_object_foreach((json_t *)(uintptr_t)map, key, value) {
    g_autofree char *name = g_strdup_printf("%s.%s", place->name, key);
    const Place inner = {name, NULL, place->problem};
    bool named = *key && strlen(key) <= MAP_NAME_MOST && is_of_set("!-~", key);
    fine = (named ? take_value(field->parts, value, &inner) : wrong(&inner, "unknown")) && fine;
  }
  return fine;
}

/* What has parts is checked to its depth, and stays as it is. */
static bool take_parts(const Field *field, json_t *value, const Place *place) {
  bool fine = false;
  if (field->type == F_OBJECT && json_is_object(value))
    fine = check_members(field->parts, "*", value, place->name, NULL, place->problem);
  else if (field->type == F_LIST && json_is_array(value))
    fine = check_list(field, value, place);
  else if (field->type == F_MAP && json_is_object(value))
    fine = check_map(field, value, place);
  else
    wrong(place, "type");
  if (fine && place->values)
    values_json(place->values, field->name, value);
  return fine;
}

static bool take_null(const Field *field, const Place *place) {
  if (place->values)
    values_null(place->values, field->name);
  return true;
}

static bool take_bool(const Field *field, bool value, const Place *place) {
  if (place->values)
    values_int(place->values, field->name, value);
  return true;
}

static bool take_value(const Field *field, json_t *value, const Place *place) {
  if (json_is_null(value) && (field->flags & (OPTIONAL | OR_NULL)))
    return take_null(field, place);
  switch (field->type) {
  case F_TEXT:
  case F_RAW:
  case F_DATE:
  case F_WORD:
  case F_DICT:
  case F_ID:
  case F_REF:
    return json_is_string(value) ? take_string(field, json_string_value(value), place)
                                 : wrong(place, "type");
  case F_INT:
  case F_TIME:
    return json_is_integer(value) ? take_number(field, json_integer_value(value), place)
                                  : wrong(place, "type");
  case F_BOOL:
    return json_is_boolean(value) ? take_bool(field, json_is_true(value), place)
                                  : wrong(place, "type");
  case F_WORDS:
  case F_IDS:
  case F_FILES:
    return json_is_array(value) ? take_words(field, value, place) : wrong(place, "type");
  case F_OBJECT:
  case F_LIST:
  case F_MAP:
    return take_parts(field, value, place);
  }
  return false;
}

/* The field that this member of a request is, or NULL. */
static const Field *field_of(const Field *fields, const char *shape, const char *name) {
  return *name && !strpbrk(name, " ?") && shape_has(shape, name, NULL) ? field_find(fields, name)
                                                                       : NULL;
}

/* What is wanted is not null, unless null is a value of it. */
static bool is_missing(const Field *field, const json_t *object) {
  const json_t *value = json_object_get(object, field->name);
  return !value || (json_is_null(value) && (field->flags & OPTIONAL));
}

/* within: the name of what the object stands in, or NULL. */
static bool check_members(const Field *fields, const char *shape, const json_t *object,
                          const char *within, Values *values, Problem *problem) {
  bool fine = true, optional;
  const char *name;
  json_t *value;
  json_object_foreach((json_t *)(uintptr_t)object, name, value) {
    const Field *field = field_of(fields, shape, name);
    g_autofree char *path = within ? g_strdup_printf("%s.%s", within, name) : NULL;
    const Place place = {path ? path : name, values, problem};
    fine = (field ? take_value(field, value, &place) : wrong(&place, "unknown")) && fine;
  }
  for (const Field *field = fields; field && field->name; field++) {
    bool part = shape && strcmp(shape, "*") == 0 && (field->flags & OPTIONAL);
    if (!shape_has(shape, field->name, &optional) || optional || part || !is_missing(field, object))
      continue;
    g_autofree char *path = within ? g_strdup_printf("%s.%s", within, field->name) : NULL;
    fine = problem_add(problem, path ? path : field->name, "missing", NULL);
  }
  return fine;
}

bool take_object(const Field *fields, const char *shape, const json_t *object, Values *values,
                 Problem *problem) {
  return check_members(fields, shape, object, NULL, values, problem);
}

bool take_text(const Field *field, const char *text, Values *values, Problem *problem) {
  const Place place = {field->name, values, problem};
  gint64 number;
  if (*text == 0 && (field->flags & OPTIONAL))
    return take_null(field, &place);
  switch (field->type) {
  case F_INT:
  case F_TIME:
    return g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &number, NULL)
               ? take_number(field, number, &place)
               : wrong(&place, "type");
  case F_BOOL:
    return strcmp(text, "true") == 0 || strcmp(text, "false") == 0
               ? take_bool(field, strcmp(text, "true") == 0, &place)
               : wrong(&place, "type");
  case F_WORDS:
  case F_IDS:
  case F_FILES:
  case F_OBJECT:
  case F_LIST:
  case F_MAP:
    return wrong(&place, "type");
  default:
    return g_utf8_validate(text, -1, NULL) ? take_string(field, text, &place)
                                           : wrong(&place, "characters");
  }
}
