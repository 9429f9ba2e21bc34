/* How a person's name is typed without Chinese: 吕伟 is lvwei or luwei, its beginnings, and lw.
 * Readings are CLDR's (pinyin-table.c); a character with several has the usual one, and that of a
 * surname at the head of a name, 复姓 included. Pure; any thread. */
#pragma once

/* Words to be found by, with blanks between: each syllable; all of them in one piece with every
 * beginning of two letters and more; the initials. "" when no character of it has a reading. Of
 * more than PINYIN_CHARACTERS characters only the first count. Free with g_free. */
#define PINYIN_CHARACTERS 12
char *pinyin_words(const char *name);
