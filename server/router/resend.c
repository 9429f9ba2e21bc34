/* See resend.h. */
#include "router/resend.h"

#include <glib.h>

#define PLACES 64 /* more are seldom missing within a round trip; a power of two */

struct ResendEntry {
  int64_t at_us; /* 0: empty */
  uint16_t sequence;
  uint8_t times;
};

void resends_clear(Resends *resends) {
  g_clear_pointer(&resends->entries, g_free);
}

bool resends_allow(Resends *resends, uint16_t sequence, int64_t rtt_us, int64_t now_us) {
  if (!resends->entries)
    resends->entries = g_new0(struct ResendEntry, PLACES);
  struct ResendEntry *entry = &resends->entries[sequence & (PLACES - 1)];
  if (!entry->at_us || entry->sequence != sequence)
    *entry = (struct ResendEntry){.sequence = sequence};
  else if (entry->times >= RESENDS_MAX ||
           now_us - entry->at_us < MAX(RESEND_GAP_US, rtt_us * 3 / 4))
    return false;
  entry->at_us = now_us;
  entry->times++;
  return true;
}
