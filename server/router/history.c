/* See history.h. */
#include "router/history.h"

#include <glib.h>

void history_init(History *history, size_t capacity) {
  g_assert(capacity && (capacity & (capacity - 1)) == 0);
  *history = (History){.capacity = capacity};
}

static HistoryEntry *entry_of(const History *history, uint64_t sequence) {
  return &history->entries[sequence & (history->capacity - 1)];
}

static void drop_first(History *history) {
  packet_unref(&entry_of(history, history->first)->packet);
  history->first++;
}

void history_clear(History *history) {
  while (history->first < history->next)
    drop_first(history);
  g_free(history->entries);
  history->entries = NULL;
}

void history_expire(History *history, int64_t now_us) {
  while (history->first < history->next) {
    const Packet *oldest = entry_of(history, history->first)->packet;
    if (oldest && now_us - oldest->arrival_us < HISTORY_US)
      return;
    drop_first(history);
  }
}

void history_put(History *history, Packet *packet, const Rewritten *sent) {
  if (!history->entries)
    history->entries = g_new0(HistoryEntry, history->capacity);
  uint64_t sequence = sent->sequence;
  if (history->first == history->next)
    history->first = history->next = sequence;
  if (sequence < history->first)
    return;
  if (sequence >= history->next) {
    history->next = sequence + 1;
    uint64_t oldest = history->next > history->capacity ? history->next - history->capacity : 0;
    /* A jump over the whole ring drops each entry once, not each number. */
    for (size_t i = 0; i < history->capacity && history->first < oldest; i++)
      drop_first(history);
    if (history->first < oldest)
      history->first = oldest;
    history_expire(history, packet->arrival_us);
    if (sequence < history->first)
      history->first = sequence;
  }
  HistoryEntry *entry = entry_of(history, sequence);
  packet_unref(&entry->packet);
  *entry = (HistoryEntry){.packet = packet_ref(packet), .sent = *sent};
}

const HistoryEntry *history_resend(History *history, uint16_t sequence, int64_t now_us) {
  if (history->first == history->next)
    return NULL;
  /* The newest number with these low bits that is not in the future. */
  uint64_t newest = history->next - 1;
  uint16_t behind = (uint16_t)((uint16_t)newest - sequence);
  if (behind > newest - history->first)
    return NULL;
  HistoryEntry *entry = entry_of(history, newest - behind);
  if (!entry->packet || entry->resends >= HISTORY_RESENDS_MAX)
    return NULL;
  if (entry->resends > 0 && now_us - entry->resent_us < HISTORY_RESEND_GAP_US)
    return NULL;
  entry->resends++;
  entry->resent_us = now_us;
  return entry;
}
