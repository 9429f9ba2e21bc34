/* The window of packets already seen (RFC 3711 §3.3.2). A ring of bits: what the window moves over
 * is cleared, nothing is shifted. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* The RFC asks for 64 or more. A packet that a publisher sent again comes up to a round trip late:
 * half a second of 8 Mbit/s is about 450 packets. */
#define REPLAY_WINDOW 512

typedef struct {
  uint64_t next; /* highest index seen + 1; 0: none yet */
  uint64_t seen[REPLAY_WINDOW / 64];
} Replay;

/* May this index still come? */
bool replay_check(const Replay *replay, uint64_t index);
/* It came, and was authentic. */
void replay_mark(Replay *replay, uint64_t index);
