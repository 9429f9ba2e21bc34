/* Makes a WebM that a crash left (no duration, no cues, perhaps half a frame at its end) into a
 * whole one: its blocks are copied, not encoded again, into a new file beside it, which then takes
 * its name. Main thread of a process of its own. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  bool empty;      /* not one frame was in it: the file was removed */
  uint64_t frames; /* of the video, or of the sound when there is no video */
  int64_t duration_us;
  uint64_t bytes;
  char sha256[65];
} RepairFacts;

/* False and error when it could not be done: the old file is still there then, untouched. */
bool repair_file(const char *path, RepairFacts *facts, GError **error);
