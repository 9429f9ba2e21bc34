#include "model/bigram.h"

#include <string.h>

#define NUMBERS_MAX 8 /* in one query */

/* ---- characters ---- */

typedef enum {
  GAP,  /* separates */
  NONE, /* as if it were not there */
  WORD, /* belongs to a word */
  WIDE, /* belongs to a run without blanks */
} Class;

/* Han, kana, bopomofo and hangul, with their marks of repetition and length; the private areas,
 * where old Chinese fonts keep rare characters of names. Sorted. */
static const struct {
  gunichar first, last;
} wide[] = {
    {0x1100, 0x11ff},   {0x3005, 0x3007},    {0x3021, 0x3029},   {0x3031, 0x3035},
    {0x3038, 0x303c},   {0x3041, 0x3096},    {0x309d, 0x309f},   {0x30a1, 0x30fa},
    {0x30fc, 0x30ff},   {0x3105, 0x312f},    {0x3131, 0x318e},   {0x31a0, 0x31bf},
    {0x31f0, 0x31ff},   {0x3400, 0x4dbf},    {0x4e00, 0x9fff},   {0xa960, 0xa97f},
    {0xac00, 0xd7ff},   {0xe000, 0xfaff},    {0x16fe0, 0x16fe3}, {0x1aff0, 0x1b16f},
    {0x20000, 0x3fffd}, {0xf0000, 0x10fffd},
};

static bool is_wide(gunichar c) {
  for (unsigned i = 0; i < G_N_ELEMENTS(wide) && c >= wide[i].first; i++)
    if (c <= wide[i].last)
      return true;
  return false;
}

/* They choose a glyph of the character before. */
static bool is_selector(gunichar c) {
  return (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xe0100 && c <= 0xe01ef) || c == 0x34f;
}

/* A mark belongs to a word when it follows one. */
static Class class_of(gunichar c, Class before) {
  if (c < 0x80)
    return g_ascii_isalnum((char)c) ? WORD : GAP;
  if (is_wide(c))
    return WIDE;
  switch (g_unichar_type(c)) {
  case G_UNICODE_SPACING_MARK:
  case G_UNICODE_ENCLOSING_MARK:
  case G_UNICODE_NON_SPACING_MARK:
    return before == WORD ? WORD : NONE;
  default:
    return g_unichar_isalnum(c) ? WORD : GAP;
  }
}

/* In a folded text there is nothing but blanks, joints, words and what is wide. */
static Class folded_class(const char *at) {
  if (*at == 0 || *at == ' ' || *at == '-')
    return GAP;
  return is_wide(g_utf8_get_char(at)) ? WIDE : WORD;
}

/* What stands in numbers: 2026-0001, 3.5, 10:30, 政提〔2026〕12号. */
static bool is_joint(gunichar c) {
  return (c < 0x80 && c > 0 && strchr("-/._:()[]", (int)c)) || c == 0x2010 || c == 0x2013 ||
         c == 0x2014 || (c >= 0x3008 && c <= 0x3011) || (c >= 0x3014 && c <= 0x301b);
}

/* ---- folding ---- */

/* The beginning, of whole characters, with a blank for each NUL; NULL when it is not UTF-8. */
static char *first_bytes(const char *text, gssize length, size_t most) {
  size_t size = length < 0 ? strnlen(text, most + 1) : (size_t)length;
  if (size > most) {
    size = most;
    for (unsigned i = 0; i < 3 && ((guchar)text[size] & 0xc0) == 0x80; i++)
      size--;
  }
  GString *copy = g_string_new_len(text, (gssize)size);
  for (size_t i = 0; i < size; i++)
    if (copy->str[i] == 0)
      copy->str[i] = ' ';
  return g_string_free(copy, !g_utf8_validate(copy->str, (gssize)size, NULL));
}

/* Before composing: what cannot be seen must not keep two characters apart. */
static void drop_invisible(char *text) {
  char *to = text;
  for (const char *at = text, *next; *at; at = next) {
    gunichar c = g_utf8_get_char(at);
    next = g_utf8_next_char(at);
    if (c < 0x80 || (!is_selector(c) && g_unichar_type(c) != G_UNICODE_FORMAT)) {
      memmove(to, at, (size_t)(next - at));
      to += next - at;
    }
  }
  *to = 0;
}

/* NFKC with the case folded; folding may take a text out of its normal form. */
static char *normal(const char *text, gssize length, size_t most) {
  g_autofree char *copy = first_bytes(text, length, most);
  if (!copy)
    return NULL;
  drop_invisible(copy);
  g_autofree char *composed = g_utf8_normalize(copy, -1, G_NORMALIZE_ALL_COMPOSE);
  g_autofree char *lower = composed ? g_utf8_casefold(composed, -1) : NULL;
  return lower ? g_utf8_normalize(lower, -1, G_NORMALIZE_ALL_COMPOSE) : NULL;
}

/* What separates becomes a blank or, where only joints stand and they are asked for, a "-". */
static char *fold(const char *text, gssize length, size_t most, bool joints) {
  g_autofree char *from = normal(text, length, most);
  if (!from)
    return NULL;
  GString *to = g_string_sized_new(strlen(from));
  Class before = GAP;
  bool joined = joints;
  for (const char *at = from; *at; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);
    Class class = class_of(c, before);
    if (class == NONE)
      continue;
    if (class == GAP) {
      joined = joined && is_joint(c);
    } else {
      if (before == GAP && to->len > 0)
        g_string_append_c(to, joined ? '-' : ' ');
      g_string_append_len(to, at, g_utf8_next_char(at) - at);
      joined = joints;
    }
    before = class;
  }
  return g_string_free(to, FALSE);
}

char *bigram_fold(const char *text, gssize length) {
  return fold(text, length, BIGRAM_TEXT_MAX, false);
}

/* ---- tokens ---- */

/* Characters of one class, side by side. */
typedef struct {
  const char *at, *end;
  Class class;
} Piece;

/* The piece at *at, which is moved behind it. */
static Piece cut_piece(const char **at) {
  Piece piece = {*at, *at, folded_class(*at)};
  while (folded_class(piece.end) == piece.class && *piece.end)
    piece.end = g_utf8_next_char(piece.end);
  *at = piece.end;
  return piece;
}

static void add_token(GString *tokens, const char *from, const char *to) {
  if (tokens->len > 0)
    g_string_append_c(tokens, ' ');
  g_string_append_len(tokens, from, to - from);
}

/* Appends its tokens, at most `most`, without or with the last character by itself. Returns how
 * many. */
static unsigned add_tokens(GString *tokens, const Piece *piece, bool with_last, unsigned most) {
  unsigned count = 0;
  if (piece->class == WORD) {
    const char *end = piece->at;
    for (unsigned i = 0; i < BIGRAM_WORD_MAX && end < piece->end; i++)
      end = g_utf8_next_char(end);
    add_token(tokens, piece->at, end);
    return 1;
  }
  for (const char *at = piece->at; at < piece->end && count < most; at = g_utf8_next_char(at)) {
    const char *second = g_utf8_next_char(at);
    if (second < piece->end)
      add_token(tokens, at, g_utf8_next_char(second));
    else if (with_last || at == piece->at)
      add_token(tokens, at, second);
    else
      break;
    count++;
  }
  return count;
}

void bigram_tokens(const char *folded, GString *tokens) {
  for (const char *at = folded; *at;) {
    Piece piece = cut_piece(&at);
    if (piece.class != GAP)
      add_tokens(tokens, &piece, true, G_MAXUINT);
  }
}

/* ---- numbers ---- */

static bool has_digit(const char *from, const char *to) {
  for (; from < to; from++)
    if (g_ascii_isdigit(*from))
      return true;
  return false;
}

/* The words of a stretch with "-" between; NULL without a digit. */
static char *number_of(const char *from, const char *to) {
  g_autoptr(GString) number = g_string_new(NULL);
  for (const char *at = from; at < to;) {
    Piece piece = cut_piece(&at);
    if (piece.class != WORD)
      continue;
    if (number->len > 0)
      g_string_append_c(number, '-');
    g_string_append_len(number, piece.at, piece.end - piece.at);
  }
  return has_digit(number->str, number->str + number->len) ? g_strdup(number->str) : NULL;
}

char *bigram_number(const char *text) {
  g_autofree char *folded = fold(text, -1, BIGRAM_QUERY_MAX, false);
  return folded ? number_of(folded, folded + strlen(folded)) : NULL;
}

static void add_number(GPtrArray *numbers, char *number) {
  if (number && numbers->len < NUMBERS_MAX &&
      !g_ptr_array_find_with_equal_func(numbers, number, g_str_equal, NULL))
    g_ptr_array_add(numbers, number);
  else
    g_free(number);
}

/* Words that joints join are a number; a query in one piece may be one whole. */
static char *numbers_of(const char *folded) {
  g_autoptr(GPtrArray) numbers = g_ptr_array_new_with_free_func(g_free);
  if (!strchr(folded, ' '))
    add_number(numbers, number_of(folded, folded + strlen(folded)));
  for (const char *at = folded; *at;) {
    Piece piece = cut_piece(&at);
    if (piece.class != WORD)
      continue;
    const char *end = at;
    while (*end == '-' && folded_class(end + 1) == WORD) {
      at = end + 1;
      end = cut_piece(&at).end;
    }
    if (end > piece.end)
      add_number(numbers, number_of(piece.at, end));
  }
  GString *json = g_string_new("[");
  for (unsigned i = 0; i < numbers->len; i++)
    g_string_append_printf(json, "%s\"%s\"", i ? "," : "", (char *)numbers->pdata[i]);
  g_string_append_c(json, ']');
  return g_string_free(json, FALSE);
}

/* ---- queries ---- */

/* Whether what follows at `next` belongs to what was typed with the piece: a word and Chinese side
 * by side, or a joint that has a word on one side. Moves *next over the joint. */
static bool goes_on(const Piece *piece, const char **next) {
  if (**next == 0 || **next == ' ')
    return false;
  if (**next != '-')
    return true;
  if (piece->class != WORD && folded_class(*next + 1) != WORD)
    return false;
  ++*next;
  return true;
}

/* A letter by itself begins words; a Chinese character at the end begins a pair. */
static bool is_beginning(const Piece *piece, unsigned pieces) {
  bool one = g_utf8_next_char(piece->at) == piece->end;
  return one &&
         (piece->class == WIDE || (pieces == 1 && g_unichar_isalpha(g_utf8_get_char(piece->at))));
}

/* Appends the phrase at *at, which is moved behind it. Returns how many tokens it has. */
static unsigned add_phrase(GString *match, const char **at, unsigned most) {
  g_autoptr(GString) tokens = g_string_new(NULL);
  unsigned count = 0, pieces = 0;
  Piece piece;
  bool more;
  do {
    piece = cut_piece(at);
    more = goes_on(&piece, at);
    count += add_tokens(tokens, &piece, more, most - count);
    pieces++;
  } while (more && count < most);
  g_string_append_printf(match, "%s\"%s\"%s", match->len > 0 ? " AND " : "", tokens->str,
                         is_beginning(&piece, pieces) ? " *" : "");
  return count;
}

BigramResult bigram_query(const char *text, gssize length, BigramQuery *query) {
  *query = (BigramQuery){NULL, NULL, false};
  g_autofree char *folded = fold(text, length, BIGRAM_QUERY_MAX, true);
  if (!folded)
    return BIGRAM_NO_TEXT;
  if (*folded == 0)
    return BIGRAM_EMPTY;
  GString *match = g_string_new(NULL);
  unsigned left = BIGRAM_QUERY_TOKENS_MAX;
  for (const char *at = folded; *at && left > 0;) {
    if (folded_class(at) == GAP)
      at++;
    else
      left -= add_phrase(match, &at, left);
  }
  query->match = g_string_free(match, FALSE);
  query->numbers = numbers_of(folded);
  query->single = *g_utf8_next_char(folded) == 0;
  return BIGRAM_FINE;
}

void bigram_query_clear(BigramQuery *query) {
  g_clear_pointer(&query->match, g_free);
  g_clear_pointer(&query->numbers, g_free);
}
