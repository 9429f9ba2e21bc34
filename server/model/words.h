/* A subject's words: what people read for its fields, verbs, states, scopes and codes, in Chinese
 * and in English, each once. They stand in server/domain/X/words.txt, a line each:
 *
 *   name    姓名 | Name                  a key, and the words
 *   kind.*  = org.kind.*                 the words of kind are those that kind has with org
 *
 * "#" begins a comment. {places} are filled by whoever shows the words. Pure; any thread. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
  char *zh, *en;
} Word;

typedef struct {
  GHashTable *items; /* key → Word */
  GPtrArray *lent;   /* pairs: "kind.", "org.kind." */
} Words;

/* false, with *why (to be freed with g_free) naming the line: no words, in one language only, a key
 * twice. */
bool words_parse(Words *words, const char *text, char **why);
void words_clear(Words *words);

/* Borrowed; NULL when it has none of its own. */
const Word *words_find(const Words *words, const char *key);
/* Of a key that has another's words: that key, with its subject's name before it; free with g_free.
 * NULL: it has not. */
char *words_lent(const Words *words, const char *key);
