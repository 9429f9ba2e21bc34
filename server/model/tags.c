#include "model/tags.h"

#include <glib.h>
#include <string.h>

static const gunichar separators[] = {0x3001, 0xff0c, ',', 0xff1b, ';', '\n'};

static bool is_separator(gunichar c) {
  for (unsigned i = 0; i < G_N_ELEMENTS(separators); i++)
    if (c == separators[i])
      return true;
  return false;
}

/* Without the blanks around it, those of Chinese text too. */
static char *stripped(const char *from, const char *end) {
  while (from < end && g_unichar_isspace(g_utf8_get_char(from)))
    from = g_utf8_next_char(from);
  while (from < end) {
    const char *last = g_utf8_prev_char(end);
    if (!g_unichar_isspace(g_utf8_get_char(last)))
      break;
    end = last;
  }
  return g_strndup(from, (gsize)(end - from));
}

static bool add_word(GPtrArray *words, const char *from, const char *end) {
  g_autofree char *own = stripped(from, end);
  if (g_utf8_strlen(own, -1) > TAG_CHARS_MOST)
    return false;
  if (*own && !g_ptr_array_find_with_equal_func(words, own, g_str_equal, NULL))
    g_ptr_array_add(words, g_steal_pointer(&own));
  return true;
}

bool tags_join(const char *text, char **joined) {
  g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
  const char *from = text, *at = text;
  for (; *at; at = g_utf8_next_char(at)) {
    if (!is_separator(g_utf8_get_char(at)))
      continue;
    if (!add_word(words, from, at))
      return false;
    from = g_utf8_next_char(at);
  }
  if (!add_word(words, from, at))
    return false;
  g_ptr_array_add(words, NULL);
  *joined = g_strjoinv(TAG_SEPARATOR, (char **)words->pdata);
  return true;
}
