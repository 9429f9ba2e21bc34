/* Free words in one text, "、" between them ("农业、水利"): fields with the flag TAGS. Pure. */
#pragma once

#include <stdbool.h>

#define TAG_SEPARATOR "、"
#define TAG_CHARS_MOST 20 /* of one word */

/* What was typed, with any of 、，,；; and line ends between the words, as it is kept: without
 * blanks at a word's ends, none empty, none twice, in the order in which they were said. false: one
 * is longer than it may be. text is valid UTF-8; the result is never longer in characters, and
 * freed with g_free. */
bool tags_join(const char *text, char **joined);
