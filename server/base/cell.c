#include "base/cell.h"

#include <stdbool.h>
#include <string.h>

/* The full-width forms too: some spreadsheets take them for the others. */
static bool begins_formula(const char *text) {
  static const char *const signs[] = {"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"};
  for (unsigned i = 0; i < G_N_ELEMENTS(signs); i++)
    if (g_str_has_prefix(text, signs[i]))
      return true;
  return false;
}

void cell_append(GString *csv, const char *text) {
  g_string_append_c(csv, '"');
  if (begins_formula(text + strspn(text, "'")))
    g_string_append_c(csv, '\'');
  for (; *text; text++) {
    if (*text == '"')
      g_string_append_c(csv, '"');
    g_string_append_c(csv, *text);
  }
  g_string_append_c(csv, '"');
}

const char *cell_bare(const char *text) {
  return *text == '\'' && begins_formula(text + strspn(text, "'")) ? text + 1 : text;
}
