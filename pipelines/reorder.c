#include "reorder.h"

#define SLOT(sequence) ((sequence) & (REORDER_SLOTS - 1))

void reorder_init(Reorder *reorder, GDestroyNotify free_packet) {
  *reorder = (Reorder){.free_packet = free_packet};
}

void reorder_clear(Reorder *reorder) {
  for (unsigned i = 0; i < REORDER_SLOTS; i++)
    if (reorder->slots[i].packet)
      reorder->free_packet(g_steal_pointer(&reorder->slots[i].packet));
  reorder->held = 0;
  reorder->next = 0;
}

static void begin_anew(Reorder *reorder) {
  reorder_clear(reorder);
  reorder->anew = true;
}

bool reorder_push(Reorder *reorder, uint16_t sequence, void *packet, int64_t now_us) {
  uint64_t at = seq_unwrap(&reorder->unwrap, sequence);
  bool paused = now_us - reorder->push_us >= REORDER_PAUSE_US;
  reorder->push_us = now_us;
  if (at < reorder->next && (++reorder->late_run >= REORDER_RESTART || paused)) {
    begin_anew(reorder);
    reorder->unwrap = (SeqUnwrap){0};
    at = seq_unwrap(&reorder->unwrap, sequence);
  }
  if (reorder->next && at >= reorder->next + REORDER_SLOTS)
    begin_anew(reorder); /* too far ahead to be a hole: the sender started anew */
  if (!reorder->next)
    reorder->next = reorder->highest = at;
  if (at < reorder->next || reorder->slots[SLOT(at)].packet) {
    if (at < reorder->next)
      reorder->late++;
    else
      reorder->twice++;
    reorder->free_packet(packet);
    return false;
  }
  reorder->late_run = 0;
  reorder->slots[SLOT(at)].packet = packet;
  reorder->slots[SLOT(at)].arrival_us = now_us;
  reorder->held++;
  reorder->highest = MAX(reorder->highest, at);
  return true;
}

void *reorder_pop(Reorder *reorder, int64_t now_us, bool all, uint64_t *lost) {
  *lost = 0;
  if (!reorder->held)
    return NULL;
  uint64_t at = reorder->next;
  int64_t oldest = now_us;
  while (!reorder->slots[SLOT(at)].packet)
    at++;
  if (at != reorder->next) {
    /* The hole is as old as the first packet that came from behind it. */
    for (uint64_t i = at; i <= reorder->highest; i++)
      if (reorder->slots[SLOT(i)].packet)
        oldest = MIN(oldest, reorder->slots[SLOT(i)].arrival_us);
    if (!all && now_us - oldest < REORDER_WINDOW_US)
      return NULL;
    *lost = at - reorder->next;
  }
  if (reorder->anew) {
    *lost = MAX(*lost, 1);
    reorder->anew = false;
  }
  reorder->lost += *lost;
  reorder->next = at + 1;
  reorder->held--;
  return g_steal_pointer(&reorder->slots[SLOT(at)].packet);
}
