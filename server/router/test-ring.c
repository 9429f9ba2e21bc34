#include "router/ring.h"

#include <glib.h>

static PacketPool *pool;

static void put(PacketRing *ring, uint64_t sequence, int64_t at_us, bool keyframe) {
  Packet *packet = packet_new(pool);
  packet->arrival_us = at_us;
  packet->sequence = sequence;
  packet->vp8.keyframe = keyframe;
  ring_put(ring, packet);
  packet_unref(&packet);
}

static void test_order(void) {
  PacketRing ring = {0};
  g_assert_null(ring_get(&ring, 0)); /* nothing yet */
  put(&ring, 100, 1000000, false);
  put(&ring, 105, 1010000, false);
  g_assert_null(ring_get(&ring, 103)); /* a hole */
  put(&ring, 103, 1020000, false);
  g_assert_cmpuint(ring_get(&ring, 103)->sequence, ==, 103);
  g_assert_cmpuint(ring_get(&ring, 105)->sequence, ==, 105);
  put(&ring, 99, 1030000, false); /* from before the first: not kept, no harm */
  g_assert_null(ring_get(&ring, 99));
  g_assert_null(ring_get(&ring, 106));
  ring_clear(&ring);
  g_assert_null(ring_get(&ring, 103));
}

static void test_forget(void) {
  PacketRing ring = {0};
  for (uint64_t i = 0; i < RING_PACKETS + 200; i++)
    put(&ring, 70000 + i, 1000000 + (int64_t)i * 100, false);
  uint64_t newest = 70000 + RING_PACKETS + 199;
  g_assert_null(ring_get(&ring, newest - RING_PACKETS));
  g_assert_nonnull(ring_get(&ring, newest - RING_PACKETS + 1));
  /* A jump over the whole ring leaves nothing of the old. */
  put(&ring, newest + 1000000, 1100000, false);
  g_assert_null(ring_get(&ring, newest));
  g_assert_nonnull(ring_get(&ring, newest + 1000000));
  /* By age: what came with the next packet is kept, what is a second old is not. */
  put(&ring, newest + 1000001, 1100000 + RING_US / 2, false);
  ring_expire(&ring, 1100000 + RING_US);
  g_assert_null(ring_get(&ring, newest + 1000000));
  g_assert_nonnull(ring_get(&ring, newest + 1000001));
  ring_expire(&ring, 9000000);
  g_assert_null(ring_get(&ring, newest + 1000001));
  put(&ring, 5, 9000001, false); /* a new beginning, anywhere */
  g_assert_nonnull(ring_get(&ring, 5));
  ring_clear(&ring);
}

static void test_keyframe(void) {
  PacketRing ring = {0};
  g_assert_null(ring_keyframe(&ring, 0));
  put(&ring, 10, 1000000, false);
  g_assert_null(ring_keyframe(&ring, 0));
  put(&ring, 20, 1100000, true);
  put(&ring, 21, 1110000, false);
  g_assert_cmpuint(ring_keyframe(&ring, 1000000)->sequence, ==, 20);
  g_assert_null(ring_keyframe(&ring, 1100000)); /* too old */
  put(&ring, 30, 1200000, true);
  put(&ring, 19, 1210000, true); /* late: an older one */
  g_assert_cmpuint(ring_keyframe(&ring, 1000000)->sequence, ==, 30);
  put(&ring, 30 + RING_PACKETS, 1300000, false); /* pushes it out */
  g_assert_null(ring_keyframe(&ring, 1000000));
  ring_clear(&ring);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  pool = packet_pool_new();
  g_test_add_func("/ring/order", test_order);
  g_test_add_func("/ring/forget", test_forget);
  g_test_add_func("/ring/keyframe", test_keyframe);
  int code = g_test_run();
  packet_pool_free(pool); /* every reference came back */
  return code;
}
