/* What counts as one in the audit record though it comes again and again: a player asks for a file
 * in many pieces, a page reads the same row anew. Any thread. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define AGAIN_MS (10 * 60 * 1000)

/* Whether it is the first for AGAIN_MS: those that are not do not put the next one off. key: what
 * it is and whose. Should thousands be remembered, each is a first one: too many records rather
 * than too few. */
bool again_begins(const char *key, int64_t now_ms);
