/* Chinese text as words for an index that knows only blanks: folding, pairs, queries.
 *
 * Chinese puts no blanks between its words, so each character is indexed together with the next
 * one: 电梯安装 is the tokens 电梯 梯安 安装 装, and whoever looks for 梯安装 looks for 梯安 and
 * 安装 side by side. The last character of a run stands alone, so that each character begins
 * exactly one token: a single character is found as the beginning of one, wherever it stands. Latin
 * letters and digits are words. Whatever else there is separates.
 *
 * Folding (NFKC, case, what has no width) depends on the Unicode data of GLib, the tokens only on
 * the folded text: who keeps that can name the tokens that were made of it at any time (search.c),
 * unless this file is changed: then the index has to be made anew. Sources: UAX #15 (NFKC), the
 * blocks of Unicode 15. Pure; any thread. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* The text with each stretch that separates made one blank, none at the ends. Of more than
 * BIGRAM_TEXT_MAX bytes only the beginning counts. length in bytes, or -1: to its NUL, otherwise a
 * NUL in it separates. NULL when it is not UTF-8; else to be freed. */
#define BIGRAM_TEXT_MAX (1 << 20)
char *bigram_fold(const char *text, gssize length);

/* Appends the tokens of a folded text, with blanks between. A word counts by its first
 * BIGRAM_WORD_MAX characters. */
#define BIGRAM_WORD_MAX 40
void bigram_tokens(const char *folded, GString *tokens);

/* What is equal in two ways of writing a number: its digits and Latin letters, what stands between
 * them as "-": 政提〔2026〕12号 is "2026-12". NULL when there is no digit, or it is not UTF-8. */
char *bigram_number(const char *text);

typedef enum {
  BIGRAM_FINE,
  BIGRAM_EMPTY,  /* nothing in it can be looked for */
  BIGRAM_NO_TEXT /* it is not UTF-8 */
} BigramResult;

typedef struct {
  char *match;   /* for MATCH of FTS5 */
  char *numbers; /* a JSON list of what may be the number of a record, as bigram_number has it */
  bool single;   /* it is one character */
} BigramQuery;

/* What somebody typed. Words are separated by blanks, Chinese also by any other sign; all have to
 * be there. What is typed in one piece is looked for in one piece, also where digits, letters and
 * the signs of numbers join it: 2026-0001, 政提〔2026〕12号, 2026年预算. A Chinese character or a
 * letter alone is the beginning of a word. Only the first BIGRAM_QUERY_MAX bytes and
 * BIGRAM_QUERY_TOKENS_MAX tokens count. length as above. Clears *query unless it is BIGRAM_FINE. */
#define BIGRAM_QUERY_MAX 4096
#define BIGRAM_QUERY_TOKENS_MAX 64
BigramResult bigram_query(const char *text, gssize length, BigramQuery *query);
void bigram_query_clear(BigramQuery *query);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(BigramQuery, bigram_query_clear)
