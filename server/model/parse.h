/* JSON from outside, before anything is known about it. Pure; any thread. */
#pragma once

#include <jansson.h>
#include <stddef.h>

/* Nesting that any body or message may have; the deepest of ours has 3. jansson itself recurses up
 * to 2048 deep. */
#define PARSE_DEPTH 8

/* An object, or NULL: not UTF-8, not JSON, duplicate members, NUL characters, nested too deep, not
 * an object. The caller owns it. */
json_t *parse_object(const char *text, size_t len);
