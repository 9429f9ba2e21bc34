#include "model/words.h"

#include <string.h>

static void word_free(void *pointer) {
  Word *word = pointer;
  g_free(word->zh);
  g_free(word->en);
  g_free(word);
}

void words_clear(Words *words) {
  if (!words->items)
    return;
  g_hash_table_unref(words->items);
  g_ptr_array_unref(words->lent);
}

static bool fail(char **why, unsigned line, const char *what) {
  *why = g_strdup_printf("line %u: %s", line, what);
  return false;
}

/* "kind.*", "= org.kind.*" */
static bool lend(Words *words, const char *key, const char *rest, unsigned line, char **why) {
  const char *from = rest + 1 + strspn(rest + 1, " ");
  if (!g_str_has_suffix(key, ".*") || !g_str_has_suffix(from, ".*"))
    return fail(why, line, "words are lent all together: \"x.* = subject.x.*\"");
  g_ptr_array_add(words->lent, g_strndup(key, strlen(key) - 1));
  g_ptr_array_add(words->lent, g_strndup(from, strlen(from) - 1));
  return true;
}

static bool take_line(Words *words, const char *text, unsigned line, char **why) {
  size_t length = strcspn(text, " ");
  const char *rest = text + length + strspn(text + length, " ");
  g_autofree char *key = g_strndup(text, length);
  if (*rest == '=')
    return lend(words, key, rest, line, why);
  const char *bar = strstr(rest, " | ");
  if (!bar || bar == rest || !bar[3])
    return fail(why, line, "a key has words in two languages: \"key  zh | en\"");
  if (words_find(words, key))
    return fail(why, line, "there is one of that key");
  Word *word = g_new(Word, 1);
  word->zh = g_strstrip(g_strndup(rest, (gsize)(bar - rest)));
  word->en = g_strstrip(g_strdup(bar + 3));
  g_hash_table_insert(words->items, g_steal_pointer(&key), word);
  return true;
}

bool words_parse(Words *words, const char *text, char **why) {
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  words->items = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, word_free);
  words->lent = g_ptr_array_new_with_free_func(g_free);
  for (unsigned i = 0; lines[i]; i++) {
    g_strstrip(lines[i]);
    if (*lines[i] && *lines[i] != '#' && !take_line(words, lines[i], i + 1, why))
      return false;
  }
  return true;
}

const Word *words_find(const Words *words, const char *key) {
  return words->items ? g_hash_table_lookup(words->items, key) : NULL;
}

char *words_lent(const Words *words, const char *key) {
  for (unsigned i = 0; words->lent && i < words->lent->len; i += 2) {
    const char *to = words->lent->pdata[i], *from = words->lent->pdata[i + 1];
    if (g_str_has_prefix(key, to))
      return g_strconcat(from, key + strlen(to), NULL);
  }
  return NULL;
}
