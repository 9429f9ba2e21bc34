/* A stretch of somebody's text and the few ways in which SDP is cut up. Never zero-terminated,
 * never copied until it has been checked. Any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  const char *at;
  size_t len;
} Text;

bool text_is(Text text, const char *word);

/* Cuts the part before `separator` (or everything) off the front of *rest. */
Text text_cut(Text *rest, char separator);

/* The next word, whatever the number of blanks; empty at the end. */
Text text_word(Text *rest);

/* Zero-terminated; false, and nothing is written, when it does not fit. */
bool text_copy(Text text, char *out, size_t size);

/* Decimal digits only; false when it is more than max. */
bool text_number(Text text, uint32_t max, uint32_t *value);

/* ASCII letters, digits and the characters of `also`; false when empty. */
bool text_consists_of(Text text, const char *also);
