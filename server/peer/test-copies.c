#include "peer/copies.h"

#include <glib.h>
#include <string.h>

static Packet *packet_of(PacketPool *pool, uint8_t mark, uint16_t len) {
  Packet *packet = packet_new(pool);
  packet->rtp = (RtpHeader){.payload_offset = 12, .payload_len = len};
  memset(packet->data, mark, 12u + len);
  packet->len = (uint16_t)(12 + len);
  return packet;
}

static void keep(Copies *copies, PacketPool *pool, uint8_t mark, uint16_t len, uint32_t timestamp) {
  Packet *packet = packet_of(pool, mark, len);
  copies_keep(copies, packet, timestamp);
  packet_unref(&packet);
}

static void test_how_many(void) {
  g_assert_cmpuint(copies_for(0), ==, 0);
  g_assert_cmpuint(copies_for(0.005), ==, 0);
  g_assert_cmpuint(copies_for(0.02), ==, 1);
  g_assert_cmpuint(copies_for(0.1), ==, 2);
  g_assert_cmpuint(copies_for(1), ==, COPIES_MAX);
}

static void test_list(void) {
  PacketPool *pool = packet_pool_new();
  Copies copies = {0};
  RedBlock blocks[COPIES_MAX];
  g_assert_cmpuint(copies_list(&copies, 2, 960, blocks), ==, 0);
  keep(&copies, pool, 1, 10, 0xfffffc40); /* the timestamp wraps */
  g_assert_cmpuint(copies_list(&copies, 2, 0, blocks), ==, 1);
  g_assert_cmpuint(blocks[0].age, ==, 960);
  keep(&copies, pool, 2, 20, 0);
  g_assert_cmpuint(copies_list(&copies, 2, 960, blocks), ==, 2);
  g_assert_cmpuint(blocks[0].data[0], ==, 1);
  g_assert_cmpuint(blocks[0].len, ==, 10);
  g_assert_cmpuint(blocks[0].age, ==, 1920);
  g_assert_cmpuint(blocks[1].data[0], ==, 2);
  g_assert_cmpuint(blocks[1].age, ==, 960);
  g_assert_cmpuint(copies_list(&copies, 1, 960, blocks), ==, 1);
  g_assert_cmpuint(blocks[0].data[0], ==, 2);
  g_assert_cmpuint(copies_list(&copies, 0, 960, blocks), ==, 0);

  keep(&copies, pool, 3, 30, 960);
  g_assert_cmpuint(copies_list(&copies, 2, 1920, blocks), ==, 2);
  g_assert_cmpuint(blocks[0].data[0], ==, 2); /* the oldest is gone */
  /* After a pause they are older than can be told; one that is too long is left out alone. */
  g_assert_cmpuint(copies_list(&copies, 2, 960 + 48000, blocks), ==, 0);
  keep(&copies, pool, 4, 1200, 1920);
  g_assert_cmpuint(copies_list(&copies, 2, 2880, blocks), ==, 1);
  g_assert_cmpuint(blocks[0].data[0], ==, 3);
  copies_clear(&copies);
  g_assert_cmpuint(copies_list(&copies, 2, 2880, blocks), ==, 0);
  copies_clear(&copies);
  packet_pool_free(pool); /* all came back */
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/peer/copies/how-many", test_how_many);
  g_test_add_func("/peer/copies/list", test_list);
  return g_test_run();
}
