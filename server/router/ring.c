/* See ring.h. */
#include "router/ring.h"

#include <glib.h>

static Packet **place(const PacketRing *ring, uint64_t sequence) {
  return &ring->at[sequence & (RING_PACKETS - 1)];
}

static void drop_first(PacketRing *ring) {
  packet_unref(place(ring, ring->first));
  ring->first++;
}

void ring_clear(PacketRing *ring) {
  while (ring->first < ring->next)
    drop_first(ring);
  g_free(ring->at);
  *ring = (PacketRing){0};
}

void ring_expire(PacketRing *ring, int64_t now_us) {
  while (ring->first < ring->next) {
    const Packet *oldest = *place(ring, ring->first);
    if (oldest && now_us - oldest->arrival_us < RING_US)
      return;
    drop_first(ring);
  }
}

/* Makes `sequence` the newest. */
static void advance(PacketRing *ring, uint64_t sequence) {
  uint64_t next = sequence + 1, oldest = next > RING_PACKETS ? next - RING_PACKETS : 0;
  /* A jump over the whole ring drops each place once, not each number. */
  while (ring->first < MIN(oldest, ring->next))
    drop_first(ring);
  ring->first = MAX(ring->first, oldest);
  ring->next = next;
}

void ring_put(PacketRing *ring, Packet *packet) {
  if (!ring->at)
    ring->at = g_new0(Packet *, RING_PACKETS);
  uint64_t sequence = packet->sequence;
  ring_expire(ring, packet->arrival_us);
  if (ring->first == ring->next)
    ring->first = ring->next = sequence;
  if (sequence < ring->first)
    return;
  if (sequence >= ring->next)
    advance(ring, sequence);
  Packet **at = place(ring, sequence);
  packet_unref(at);
  *at = packet_ref(packet);
  if (packet->vp8.keyframe && sequence >= ring->keyframe)
    ring->keyframe = sequence;
}

Packet *ring_get(const PacketRing *ring, uint64_t sequence) {
  return sequence >= ring->first && sequence < ring->next ? *place(ring, sequence) : NULL;
}

Packet *ring_keyframe(const PacketRing *ring, int64_t since_us) {
  Packet *packet = ring_get(ring, ring->keyframe);
  return packet && packet->vp8.keyframe && packet->arrival_us > since_us ? packet : NULL;
}
