/* Who is not listened to for a while: addresses from which connectivity checks with bad credentials
 * keep coming. Many clients share an address behind a NAT, so only the bad ones count, and whoever
 * is known already passes (the caller sees to that). Embedded in a Media; media thread.
 */
#pragma once

#include "base/limit.h"
#include "peer/path.h"

#define GATES 1024

/* Zero it. */
typedef struct {
  struct {
    Limit limit;
    int64_t blocked_until_us;
  } at[GATES];
} Gates;

bool gates_closed(const Gates *gates, const Path *from, int64_t now_us);
/* A check of a stranger came. */
void gates_stranger(Gates *gates, const Path *from, int64_t now_us);
