#include "front/schema.h"

#include <glib.h>
#include <string.h>

/* jansson recurses up to 2048 deep; nothing of ours is deeper than 3, so refuse it before. */
static bool too_deep(const char *text, size_t len) {
  unsigned depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < len; i++) {
    if (in_string) {
      if (text[i] == '\\')
        i++;
      else if (text[i] == '"')
        in_string = false;
    } else if (text[i] == '"') {
      in_string = true;
    } else if (text[i] == '{' || text[i] == '[') {
      if (++depth > SCHEMA_DEPTH)
        return true;
    } else if ((text[i] == '}' || text[i] == ']') && depth > 0) {
      depth--;
    }
  }
  return false;
}

json_t *schema_parse(const char *text, size_t len) {
  if (too_deep(text, len))
    return NULL;
  json_t *message = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
  if (json_is_object(message))
    return message;
  json_decref(message);
  return NULL;
}

uint32_t schema_id(const json_t *message) {
  const json_t *id = json_object_get(message, "id");
  json_int_t value = json_is_integer(id) ? json_integer_value(id) : 0;
  return value >= 1 && value <= SCHEMA_ID_MAX ? (uint32_t)value : 0;
}

static bool is_pid(const json_t *value) {
  const char *text = json_string_value(value);
  if (!text || json_string_length(value) != 16)
    return false;
  for (; *text; text++)
    if (!g_ascii_isdigit(*text) && !g_ascii_islower(*text))
      return false;
  return true;
}

static bool is_word(const json_t *value, const char *const *words) {
  const char *text = json_string_value(value);
  return text && g_strv_contains(words, text);
}

static bool in_range(const json_t *value, int64_t least, int64_t most) {
  return json_is_integer(value) && json_integer_value(value) >= least &&
         json_integer_value(value) <= most;
}

static bool is_sources(json_t *value, const MessageField *field) {
  const char *mid;
  json_t *source;
  if (!json_is_object(value) || json_object_size(value) > (size_t)field->most)
    return false;
  json_object_foreach(value, mid, source) {
    if (*mid == 0 || strlen(mid) > 16 || !is_word(source, field->words))
      return false;
  }
  return true;
}

static bool is_view(const json_t *value, const MessageField *field) {
  size_t index;
  json_t *entry;
  if (!json_is_array(value) || json_array_size(value) > (size_t)field->most)
    return false;
  json_array_foreach(value, index, entry) {
    if (!json_is_object(entry) || json_object_size(entry) != 3 ||
        !is_pid(json_object_get(entry, "pid")) ||
        !in_range(json_object_get(entry, "w"), 0, 16384) ||
        !in_range(json_object_get(entry, "h"), 0, 16384))
      return false;
  }
  return true;
}

static bool is_text(const json_t *value, const MessageField *field) {
  if (!json_is_string(value))
    return false;
  int64_t characters = g_utf8_strlen(json_string_value(value), -1);
  return characters >= field->least && characters <= field->most;
}

static bool is_id(const json_t *value, const MessageField *field) {
  const char *text = json_string_value(value);
  if (!text || (int64_t)json_string_length(value) < field->least ||
      (int64_t)json_string_length(value) > field->most)
    return false;
  for (; *text; text++)
    if (!g_ascii_isgraph(*text))
      return false;
  return true;
}

static bool fits(json_t *value, const MessageField *field) {
  switch (field->kind) {
  case FIELD_ID:
    return is_id(value, field);
  case FIELD_TEXT:
    return is_text(value, field);
  case FIELD_INTEGER:
    return in_range(value, field->least, field->most);
  case FIELD_BOOLEAN:
    return json_is_boolean(value);
  case FIELD_WORD:
    return is_word(value, field->words);
  case FIELD_PID:
    return is_pid(value);
  case FIELD_PID_OR_NULL:
    return json_is_null(value) || is_pid(value);
  case FIELD_PID_OR_EMPTY:
    return is_pid(value) || (json_is_string(value) && json_string_length(value) == 0);
  case FIELD_SOURCES:
    return is_sources(value, field);
  case FIELD_VIEW:
    return is_view(value, field);
  }
  return false;
}

bool schema_check(const json_t *message, const MessageField *fields, size_t count, char *why,
                  size_t why_size) {
  size_t known = 2; /* t and id */
  for (size_t i = 0; i < count; i++) {
    json_t *value = json_object_get(message, fields[i].name);
    if (value)
      known++;
    else if (fields[i].optional)
      continue;
    if (!value || !fits(value, &fields[i])) {
      g_snprintf(why, why_size, "%s: %s", fields[i].name, value ? "not as described" : "missing");
      return false;
    }
  }
  if (json_object_size(message) == known)
    return true;
  g_snprintf(why, why_size, "a member that this message does not have");
  return false;
}
