#include <glib.h>
#include <string.h>

#include "router/packet.h"

static void test_reference(void) {
  PacketPool *pool = packet_pool_new();
  Packet *packet = packet_new(pool);
  Packet *second = packet_ref(packet);
  g_assert_true(second == packet);
  packet_unref(&packet);
  g_assert_null(packet);
  memset(second->data, 7, PACKET_MAX_BYTES);
  Packet *other = packet_new(pool);
  g_assert_true(other != second);
  packet_unref(&second);
  packet_unref(&other);
  packet_unref(&other); /* NULL is accepted */
  packet_pool_free(pool);
}

static void test_reuse(void) {
  PacketPool *pool = packet_pool_new();
  Packet *packets[300];
  for (int i = 0; i < 300; i++) {
    packets[i] = packet_new(pool);
    g_assert_cmpuint(packets[i]->refs, ==, 1);
    packets[i]->len = (uint16_t)i;
  }
  for (int i = 0; i < 300; i++)
    g_assert_cmpuint(packets[i]->len, ==, i); /* no two share memory */
  Packet *freed = packets[123];
  packet_unref(&packets[123]);
  packets[123] = packet_new(pool);
  g_assert_true(packets[123] == freed);
  for (int i = 0; i < 300; i++)
    packet_unref(&packets[i]);
  packet_pool_free(pool);
}

static void test_leak(void) {
  if (g_test_subprocess()) {
    PacketPool *pool = packet_pool_new();
    packet_new(pool);
    packet_pool_free(pool);
    return;
  }
  g_test_trap_subprocess(NULL, 0, 0);
  g_test_trap_assert_failed(); /* the pool notices */
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/packet/reference", test_reference);
  g_test_add_func("/packet/reuse", test_reuse);
  g_test_add_func("/packet/leak", test_leak);
  return g_test_run();
}
