#include "model/pinyin.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "model/pinyin-table.h"

#define FIRST 0x4e00
#define LAST 0x9fff

/* Surnames of two characters that are read otherwise than each by itself (《百家姓》). */
static const struct {
  const char *surname, *first, *second;
} doubles[] = {
    {"尉迟", "yu", "chi"},  {"长孙", "zhang", "sun"}, {"万俟", "mo", "qi"},
    {"澹台", "tan", "tai"}, {"单于", "chan", "yu"},   {"宰父", "zai", "fu"},
    {"令狐", "ling", "hu"}, {"鲜于", "xian", "yu"},   {"皇甫", "huang", "fu"},
    {"夏侯", "xia", "hou"}, {"赫连", "he", "lian"},
};

static const char *reading_of(gunichar c) {
  return c >= FIRST && c <= LAST ? pinyin_readings[c - FIRST] : "";
}

static const char *head_of(gunichar c) {
  for (const PinyinHead *head = pinyin_heads; head->character; head++)
    if (head->character == c)
      return head->reading;
  return reading_of(c);
}

/* The readings of the name's characters, in order; those without one are left out. */
static unsigned read_name(const char *name, const char *readings[PINYIN_CHARACTERS]) {
  unsigned count = 0, n = 0;
  for (unsigned i = 0; i < G_N_ELEMENTS(doubles); i++)
    if (g_str_has_prefix(name, doubles[i].surname)) {
      readings[count++] = doubles[i].first;
      readings[count++] = doubles[i].second;
      name += strlen(doubles[i].surname);
      n = 2;
      break;
    }
  for (; *name && n < PINYIN_CHARACTERS; name = g_utf8_next_char(name), n++) {
    gunichar c = g_utf8_get_char(name);
    const char *reading = n == 0 ? head_of(c) : reading_of(c);
    if (*reading)
      readings[count++] = reading;
  }
  return count;
}

static void add(GString *words, const char *word, size_t length) {
  if (words->len)
    g_string_append_c(words, ' ');
  g_string_append_len(words, word, (gssize)length);
}

/* umlaut: what stands for ü. */
static void add_whole(GString *words, const char *const *readings, unsigned count, char umlaut) {
  g_autoptr(GString) whole = g_string_new(NULL);
  for (unsigned i = 0; i < count; i++) {
    size_t from = whole->len;
    g_string_append(whole, readings[i]);
    g_strdelimit(whole->str + from, "v", umlaut);
    add(words, whole->str + from, whole->len - from);
  }
  for (size_t length = 2; length <= whole->len; length++)
    add(words, whole->str, length);
}

char *pinyin_words(const char *name) {
  const char *readings[PINYIN_CHARACTERS] = {NULL};
  unsigned count = g_utf8_validate(name, -1, NULL) ? read_name(name, readings) : 0;
  GString *words = g_string_new(NULL);
  char initials[PINYIN_CHARACTERS];
  bool umlaut = false;
  for (unsigned i = 0; i < count; i++) {
    initials[i] = *readings[i];
    umlaut = umlaut || strchr(readings[i], 'v');
  }
  add_whole(words, readings, count, 'v');
  if (umlaut)
    add_whole(words, readings, count, 'u');
  for (unsigned length = 2; length <= count; length++)
    add(words, initials, length);
  return g_string_free(words, FALSE);
}
