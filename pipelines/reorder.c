#include "reorder.h"

#define SLOT(sequence) ((sequence) & (REORDER_SLOTS - 1))

static const int64_t window_us[REORDER_READERS] = {REORDER_LIVE_US, REORDER_FILE_US};

void reorder_init(Reorder *reorder, GDestroyNotify free_packet) {
  *reorder = (Reorder){.free_packet = free_packet};
}

void reorder_clear(Reorder *reorder) {
  for (unsigned i = 0; i < REORDER_SLOTS; i++)
    if (reorder->slots[i].packet)
      reorder->free_packet(g_steal_pointer(&reorder->slots[i].packet));
  reorder->begun = false;
}

/* Frees what both readers have passed. */
static void free_passed(Reorder *reorder) {
  uint64_t passed = MIN(reorder->readers[0].next, reorder->readers[1].next);
  for (; reorder->first < passed; reorder->first++)
    if (reorder->slots[SLOT(reorder->first)].packet)
      reorder->free_packet(g_steal_pointer(&reorder->slots[SLOT(reorder->first)].packet));
}

bool reorder_fits(const Reorder *reorder, uint64_t sequence) {
  uint64_t passed = MIN(reorder->readers[0].next, reorder->readers[1].next);
  return !reorder->begun || sequence < passed + REORDER_SLOTS;
}

/* Nothing waits: both readers go on there. */
static void skip_to(Reorder *reorder, uint64_t sequence) {
  free_passed(reorder);
  for (unsigned i = 0; i < REORDER_READERS; i++) {
    g_assert(!reorder->begun || reorder->readers[i].next > reorder->highest);
    if (reorder->begun)
      reorder->readers[i].skipped += sequence - reorder->readers[i].next;
    reorder->readers[i].next = sequence;
  }
  reorder->begun = true;
  reorder->first = reorder->highest = sequence;
}

bool reorder_push(Reorder *reorder, uint64_t sequence, void *packet, int64_t now_us) {
  if (!reorder->begun || !reorder_fits(reorder, sequence))
    skip_to(reorder, sequence);
  free_passed(reorder);
  if (sequence < reorder->first || reorder->slots[SLOT(sequence)].packet) {
    *(sequence < reorder->first ? &reorder->late : &reorder->twice) += 1;
    reorder->free_packet(packet);
    return false;
  }
  reorder->slots[SLOT(sequence)].packet = packet;
  reorder->slots[SLOT(sequence)].arrival_us = now_us;
  reorder->highest = MAX(reorder->highest, sequence);
  return true;
}

/* The hole is as old as the first packet that came from behind it. */
static int64_t behind_since(const Reorder *reorder, uint64_t from, int64_t now_us) {
  int64_t oldest_us = now_us;
  for (uint64_t i = from; i <= reorder->highest; i++)
    if (reorder->slots[SLOT(i)].packet)
      oldest_us = MIN(oldest_us, reorder->slots[SLOT(i)].arrival_us);
  return oldest_us;
}

void *reorder_pop(Reorder *reorder, ReorderReader reader, int64_t now_us, bool all,
                  uint64_t *lost) {
  uint64_t *next = &reorder->readers[reader].next, at = *next;
  *lost = 0;
  free_passed(reorder);
  if (!reorder->begun)
    return NULL;
  while (at <= reorder->highest && !reorder->slots[SLOT(at)].packet)
    at++;
  if (at > reorder->highest)
    return NULL;
  if (at != *next && !all && now_us - behind_since(reorder, at, now_us) < window_us[reader])
    return NULL;
  *lost = at - *next + reorder->readers[reader].skipped;
  reorder->readers[reader].skipped = 0;
  reorder->readers[reader].lost += *lost;
  *next = at + 1;
  return reorder->slots[SLOT(at)].packet;
}
