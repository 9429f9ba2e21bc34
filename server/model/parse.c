#include "model/parse.h"

#include <stdbool.h>

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
      if (++depth > PARSE_DEPTH)
        return true;
    } else if ((text[i] == '}' || text[i] == ']') && depth > 0) {
      depth--;
    }
  }
  return false;
}

json_t *parse_object(const char *text, size_t len) {
  if (too_deep(text, len))
    return NULL;
  json_t *object = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
  if (json_is_object(object))
    return object;
  json_decref(object);
  return NULL;
}
