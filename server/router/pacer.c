/* See pacer.h. */
#include "router/pacer.h"

#include <glib.h>
#include <string.h>

#define FIRST_ROOM 64

void pacer_set(Pacer *pacer, int64_t bps, bool full) {
  pacer->rate_bps = bps;
  pacer->queue_us = full ? PACER_FULL_QUEUE_US : PACER_QUEUE_US;
  pacer->burst_bytes = PACER_BURST_BYTES;
  if (full && bps != INT64_MAX)
    pacer->burst_bytes =
        CLAMP(bps * PACER_FULL_BURST_US / 8000000, 2 * PACKET_MAX_BYTES, PACER_BURST_BYTES);
}

void pacer_init(Pacer *pacer) {
  *pacer = (Pacer){.credit_bytes = PACER_BURST_BYTES};
  pacer_set(pacer, INT64_MAX, false);
}

void pacer_clear(Pacer *pacer) {
  for (; pacer->count > 0; pacer->count--)
    packet_unref(&pacer->queue[pacer->first++ & (pacer->room - 1)].packet);
  g_clear_pointer(&pacer->queue, g_free);
  pacer->first = pacer->room = pacer->queued_bytes = 0;
}

bool pacer_stopped(const Pacer *pacer) {
  return pacer->rate_bps == 0;
}

/* So that what waits is gone in time. */
static int64_t rate_now(const Pacer *pacer) {
  if (pacer_stopped(pacer))
    return 0;
  int64_t least = (int64_t)pacer->queued_bytes * 8 * 1000000 / pacer->queue_us;
  return MAX(pacer->rate_bps, least);
}

static void fill(Pacer *pacer, int64_t now_us) {
  int64_t span_us = CLAMP(now_us - pacer->filled_us, 0, 1000000);
  pacer->filled_us = MAX(now_us, pacer->filled_us);
  int64_t more = rate_now(pacer) / 8 * span_us / 1000000;
  pacer->credit_bytes = MIN(pacer->credit_bytes + more, pacer->burst_bytes);
}

void pacer_spend(Pacer *pacer, size_t bytes, int64_t now_us) {
  if (pacer->rate_bps == INT64_MAX || pacer_stopped(pacer))
    return;
  fill(pacer, now_us);
  pacer->credit_bytes = MAX(pacer->credit_bytes - (int64_t)bytes, -PACER_BURST_BYTES);
}

bool pacer_take(Pacer *pacer, size_t bytes, int64_t now_us) {
  if (pacer->rate_bps == INT64_MAX && pacer->count == 0)
    return true;
  if (pacer->count > 0) /* in order */
    return false;
  fill(pacer, now_us);
  if (pacer->credit_bytes <= 0 || pacer_stopped(pacer))
    return false;
  pacer->credit_bytes -= (int64_t)bytes;
  return true;
}

static Paced *place_at(const Pacer *pacer, size_t index) {
  return &pacer->queue[(pacer->first + index) & (pacer->room - 1)];
}

static void grow(Pacer *pacer) {
  size_t room = pacer->room ? 2 * pacer->room : FIRST_ROOM;
  Paced *queue = g_new(Paced, room);
  for (size_t i = 0; i < pacer->count; i++)
    queue[i] = *place_at(pacer, i);
  g_free(pacer->queue);
  pacer->queue = queue;
  pacer->room = room;
  pacer->first = 0;
}

void pacer_put(Pacer *pacer, const Paced *paced) {
  if (pacer->count == pacer->room)
    grow(pacer);
  Paced *place = place_at(pacer, pacer->count++);
  *place = *paced;
  packet_ref(place->packet);
  pacer->queued_bytes += place->packet->len;
}

void pacer_forget(Pacer *pacer, unsigned slot) {
  size_t kept = 0;
  for (size_t i = 0; i < pacer->count; i++) {
    Paced *paced = place_at(pacer, i);
    if (paced->slot == slot) {
      pacer->queued_bytes -= paced->packet->len;
      packet_unref(&paced->packet);
    } else {
      *place_at(pacer, kept++) = *paced;
    }
  }
  pacer->count = kept;
}

bool pacer_next(Pacer *pacer, int64_t now_us, Paced *out) {
  if (pacer->count == 0)
    return false;
  fill(pacer, now_us);
  if (pacer_stopped(pacer) || (pacer->credit_bytes <= 0 && pacer->rate_bps != INT64_MAX))
    return false;
  *out = *place_at(pacer, 0);
  pacer->first++;
  pacer->count--;
  pacer->queued_bytes -= out->packet->len;
  pacer->credit_bytes -= out->packet->len;
  return true;
}
