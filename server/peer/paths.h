/* The addresses a peer was validated on, and the one in use.
 *
 * A peer has several while it checks its candidates and when its network changes. It is moved by a
 * nominating check (USE-CANDIDATE) of the newest credentials at once, and by any valid check once
 * the address in use has been silent for 300 ms: Firefox's later checks nominate nothing, and
 * Chromium's come only every 2.5 s (platform.md). Time is passed in; owned by one media thread. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "peer/path.h"

#define PATHS_MAX 4
#define PATHS_SILENT_US 300000

typedef struct {
  unsigned count;
  int current; /* index in seen; meaningless while count is 0 */
  struct {
    Path path;
    int64_t heard_us;
  } seen[PATHS_MAX];
} Paths;

typedef enum { PATHS_KEPT, PATHS_FIRST, PATHS_MOVED } PathsVerdict;

/* A valid check came over path. decisive: it nominates, with the newest credentials. *dropped:
 * the path that had to go for it, family 0 when none. */
PathsVerdict paths_check(Paths *paths, const Path *path, bool decisive, int64_t now_us,
                         Path *dropped);
/* Something authentic came over path; false when it is not one of the validated. */
bool paths_heard(Paths *paths, const Path *path, int64_t now_us);
/* When the address in use was heard last; 0 while there is none. What comes from elsewhere does not
 * count: nobody there agreed to be sent to (RFC 7675). */
int64_t paths_current_heard(const Paths *paths);
/* NULL while there is none. */
const Path *paths_current(const Paths *paths);

typedef enum {
  PATHS_UNUSED,   /* another is in use, or it was none of them */
  PATHS_REPLACED, /* it was in use; now that of the others which was heard last */
  PATHS_NONE      /* it was the only one */
} PathsLoss;
/* A path leads nowhere any more: its TCP connection is closed. */
PathsLoss paths_closed(Paths *paths, const Path *path);
