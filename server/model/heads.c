#include "model/heads.h"

#include <string.h>

char *head_of(const Info *info, const char *column) {
  return g_strdup(column);
}

static bool is_same(const char *one, const char *other) {
  g_autofree char *a = g_utf8_casefold(one, -1), *b = g_utf8_casefold(other, -1);
  return strcmp(a, b) == 0;
}

bool head_is(const Info *info, const Field *field, const char *head) {
  g_autofree char *word = head_of(info, field->name);
  return is_same(head, word) || is_same(head, field->name);
}

char *head_value(const Info *info, const Field *field, const char *word) {
  return g_strdup(word);
}

static const char *const yes[] = {"是", "yes", "true", "1"};
static const char *const no[] = {"否", "no", "false", "0"};

const char *head_bool(bool value) {
  return value ? yes[0] : no[0];
}

bool head_read_bool(const char *text, bool *value) {
  for (unsigned i = 0; i < G_N_ELEMENTS(yes); i++) {
    *value = is_same(text, yes[i]);
    if (*value || is_same(text, no[i]))
      return true;
  }
  return false;
}
