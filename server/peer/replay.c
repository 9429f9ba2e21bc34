#include "peer/replay.h"

#include <string.h>

static uint64_t bit(uint64_t index) {
  return UINT64_C(1) << index % 64;
}

static unsigned word(uint64_t index) {
  return index / 64 % (REPLAY_WINDOW / 64);
}

bool replay_check(const Replay *replay, uint64_t index) {
  if (index >= replay->next)
    return true;
  if (replay->next - index > REPLAY_WINDOW)
    return false;
  return !(replay->seen[word(index)] & bit(index));
}

void replay_mark(Replay *replay, uint64_t index) {
  if (index >= replay->next) {
    if (index - replay->next >= REPLAY_WINDOW)
      memset(replay->seen, 0, sizeof replay->seen);
    else
      for (uint64_t skipped = replay->next; skipped < index; skipped++)
        replay->seen[word(skipped)] &= ~bit(skipped);
    replay->next = index + 1;
  }
  replay->seen[word(index)] |= bit(index);
}
