/* See repair.h. */
#include "router/repair.h"

#include <glib.h>

#include "router/rate.h"

#define PLACES 1024       /* a ring of one layer holds 512 (ring.h); a power of two */
#define WAYS 4            /* a packet may be in one of so many places beside each other */
#define FORGET_US 2000000 /* after that no layer holds it any more */

struct RepairEntry {
  int64_t at_us; /* 0: empty */
  uint16_t sequence;
  uint8_t slot, times;
};

void repairs_clear(Repairs *repairs) {
  g_clear_pointer(&repairs->entries, g_free);
}

static int64_t gap_us(const RepairAsk *ask) {
  int64_t rtt_us = ask->rtt_us > 0 ? ask->rtt_us : REPAIR_RTT_UNKNOWN_US;
  return MAX(REPAIR_GAP_US, rtt_us * 3 / 4);
}

/* Neighbours in number lie in neighbouring sets; slots begin at different ones. */
static struct RepairEntry *set_of(const Repairs *repairs, unsigned slot, uint16_t sequence) {
  unsigned set = (sequence + slot * 37u) % (PLACES / WAYS);
  return &repairs->entries[(size_t)set * WAYS];
}

/* The packet's entry, or one that it may take; NULL: there is no room. */
static struct RepairEntry *find(const Repairs *repairs, unsigned slot, uint16_t sequence,
                                const RepairAsk *ask) {
  struct RepairEntry *set = set_of(repairs, slot, sequence), *oldest = set;
  for (unsigned i = 0; i < WAYS; i++) {
    if (set[i].at_us && set[i].slot == slot && set[i].sequence == sequence)
      return &set[i];
    if (set[i].at_us < oldest->at_us)
      oldest = &set[i];
  }
  return !oldest->at_us || ask->now_us - oldest->at_us >= gap_us(ask) ? oldest : NULL;
}

static int64_t share_bytes(const RepairAsk *ask, int64_t span_us) {
  return MIN(ask->budget_bps, RATE_MOST_BPS) / REPAIR_SHARE / 8 * span_us / 1000000;
}

static void fill(Repairs *repairs, const RepairAsk *ask) {
  int64_t most = MAX(share_bytes(ask, REPAIR_WINDOW_US), REPAIR_BURST_BYTES);
  int64_t span_us = CLAMP(ask->now_us - repairs->filled_us, 0, REPAIR_WINDOW_US);
  int64_t more = repairs->filled_us ? share_bytes(ask, span_us) : most;
  repairs->filled_us = MAX(repairs->filled_us, ask->now_us);
  repairs->credit_bytes = MIN(repairs->credit_bytes + more, most);
}

bool repairs_look(Repairs *repairs, const RepairAsk *ask) {
  return ask->inferred ||
         limit_take(&repairs->asked, REPAIR_ASKED_PER_SECOND, REPAIR_ASKED_BURST, ask->now_us);
}

RepairVerdict repairs_judge(Repairs *repairs, unsigned slot, uint16_t sequence, size_t bytes,
                            const RepairAsk *ask, unsigned *times) {
  if (ask->inferred && ask->loss < REPAIR_LOSING)
    return REPAIR_DOUBTED;
  if (!repairs->entries)
    repairs->entries = g_new0(struct RepairEntry, PLACES);
  struct RepairEntry *entry = find(repairs, slot, sequence, ask);
  if (!entry)
    return REPAIR_SPENT;
  bool same = entry->at_us && entry->slot == slot && entry->sequence == sequence &&
              ask->now_us - entry->at_us < FORGET_US;
  if (same && ask->now_us - entry->at_us < gap_us(ask))
    return REPAIR_RECENT;
  if (same && entry->times >= REPAIRS_MAX)
    return REPAIR_TIMES;
  fill(repairs, ask);
  if (repairs->credit_bytes <= 0)
    return REPAIR_SPENT;
  *times = same && ask->loss >= REPAIR_TWICE ? 2 : 1;
  repairs->credit_bytes -= (int64_t)(bytes * *times);
  if (!same)
    *entry = (struct RepairEntry){.slot = (uint8_t)slot, .sequence = sequence};
  entry->at_us = ask->now_us;
  entry->times++;
  return REPAIR_SENT;
}
