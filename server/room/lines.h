/* Whose line is bad? What the media threads know of every participant's ways, with the names that
 * only rooms know. Main thread.
 */
#pragma once

#include <jansson.h>

#include "room/assembly.h"

/* lines: an array, an object for each participant that has a connection for media (fields: the
 * README's `yishictl peers --json`); borrowed for the call. */
typedef void (*LinesDone)(void *user, const json_t *lines);

/* Asks every media thread; done is called once all have answered, never before this returns. When
 * the assembly is freed first, it is not called. */
void assembly_lines(Assembly *assembly, LinesDone done, void *user);
/* Whoever asked is gone: done is not called for it. */
void assembly_lines_forget(Assembly *assembly, const void *user);
