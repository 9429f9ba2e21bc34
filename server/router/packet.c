/* The packet pool: slabs of packets with a free list through them.
 *
 * A slab is never given back before the pool is freed: a media thread's peak is soon reached again,
 * and growing is the only allocation on the packet path. Media thread that owns the pool.
 */
#include "router/packet.h"

#include <glib.h>
#include <string.h>

#define SLAB_PACKETS 64 /* about 100 KB a slab: one burst of one video track */

/* What is in a slab: the packet first, so that the two have one address. */
typedef struct Node {
  Packet packet;
  struct Node *next_free;
} Node;

typedef struct Slab {
  struct Slab *next;
  Node nodes[SLAB_PACKETS];
} Slab;

struct PacketPool {
  Slab *slabs;
  Node *free;
  size_t in_use;
};

PacketPool *packet_pool_new(void) {
  return g_new0(PacketPool, 1);
}

void packet_pool_free(PacketPool *pool) {
  if (!pool)
    return;
  g_assert(pool->in_use == 0);
  while (pool->slabs) {
    Slab *slab = pool->slabs;
    pool->slabs = slab->next;
    g_free(slab);
  }
  g_free(pool);
}

static void grow(PacketPool *pool) {
  Slab *slab = g_new(Slab, 1);
  slab->next = pool->slabs;
  pool->slabs = slab;
  for (size_t i = 0; i < SLAB_PACKETS; i++) {
    slab->nodes[i].packet.refs = 0;
    slab->nodes[i].next_free = pool->free;
    pool->free = &slab->nodes[i];
  }
}

Packet *packet_new(PacketPool *pool) {
  if (!pool->free)
    grow(pool);
  Node *node = pool->free;
  pool->free = node->next_free;
  pool->in_use++;
  node->packet.pool = pool;
  node->packet.refs = 1;
  return &node->packet;
}

/* All from len on, as far as data is in use. */
#define PACKED_AT offsetof(Packet, len)

size_t packet_packed_len(const Packet *packet) {
  return offsetof(Packet, data) - PACKED_AT + packet->len;
}

void packet_pack(const Packet *packet, uint8_t *out) {
  memcpy(out, (const uint8_t *)packet + PACKED_AT, packet_packed_len(packet));
}

Packet *packet_unpack(PacketPool *pool, const uint8_t *data, size_t len) {
  Packet *packet = packet_new(pool);
  g_assert(len >= offsetof(Packet, data) - PACKED_AT && len <= sizeof *packet - PACKED_AT);
  memcpy((uint8_t *)packet + PACKED_AT, data, len);
  g_assert(len == packet_packed_len(packet));
  return packet;
}

Packet *packet_ref(Packet *packet) {
  g_assert(packet->refs > 0);
  packet->refs++;
  return packet;
}

void packet_unref(Packet **packet) {
  Packet *gone = *packet;
  if (!gone)
    return;
  *packet = NULL;
  g_assert(gone->refs > 0);
  if (--gone->refs > 0)
    return;
  Node *node = (Node *)gone;
  node->next_free = gone->pool->free;
  gone->pool->free = node;
  gone->pool->in_use--;
}
