#include "store/check.h"

#include <string.h>

#include "store/database.h"

#define YEAR_2000_MS INT64_C(946684800000)
#define YEAR_2200_MS INT64_C(7258118400000)

bool check_fail(GError **error, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *message = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_set_error_literal(error, STORE_ERROR, STORE_ERROR_INVALID, message);
  return false;
}

bool check_text(const char *what, const char *value, unsigned least, unsigned most, bool lines,
                GError **error) {
  if (!value)
    return check_fail(error, "%s is missing", what);
  if (!g_utf8_validate(value, -1, NULL))
    return check_fail(error, "%s is not UTF-8", what);
  unsigned count = 0;
  bool visible = false;
  for (const char *at = value; *at; at = g_utf8_next_char(at), count++) {
    gunichar c = g_utf8_get_char(at);
    bool line = c == '\n' || c == '\t';
    if (g_unichar_iscntrl(c) && !(lines && line))
      return check_fail(error, "%s has a control character", what);
    visible = visible || (g_unichar_isgraph(c) && !g_unichar_iszerowidth(c));
  }
  if (count < least || count > most || (least > 0 && !visible))
    return check_fail(error, "%s wants %u to %u characters", what, least, most);
  return true;
}

bool check_login(const char *value, GError **error) {
  static const char allowed[] =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-@";
  if (!value || !*value || strlen(value) > 64 || value[strspn(value, allowed)])
    return check_fail(error, "login wants 1 to 64 of letters, digits and . _ - @");
  return true;
}

bool check_word(const char *what, const char *value, const char *words, GError **error) {
  g_auto(GStrv) list = g_strsplit(words, " ", -1);
  if (value && g_strv_contains((const char *const *)list, value))
    return true;
  return check_fail(error, "%s wants one of: %s", what, words);
}

bool check_time(const char *what, int64_t value, GError **error) {
  if (value < YEAR_2000_MS || value > YEAR_2200_MS)
    return check_fail(error, "%s is not a time in milliseconds since 1970", what);
  return true;
}
