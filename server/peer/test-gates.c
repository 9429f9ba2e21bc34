/* Strangers who keep knocking are not listened to for a while; nobody else is concerned. */
#include <glib.h>

#include "peer/gates.h"

static Path path_of(uint8_t last, uint16_t port) {
  return (Path){.family = 2, .port = port, .ip = {203, 0, 113, last}};
}

static void test_flood(void) {
  Gates *gates = g_new0(Gates, 1);
  Path bad = path_of(1, 5000), other_port = path_of(1, 6000), good = path_of(2, 5000);
  int64_t now_us = 1000000;
  for (unsigned i = 0; i < 50; i++)
    gates_stranger(gates, &bad, now_us);
  g_assert_false(gates_closed(gates, &bad, now_us)); /* a house full of old pages */
  for (unsigned i = 0; i < 100; i++)
    gates_stranger(gates, &bad, now_us);
  g_assert_true(gates_closed(gates, &bad, now_us));
  g_assert_true(gates_closed(gates, &other_port, now_us)); /* the address counts */
  g_assert_false(gates_closed(gates, &good, now_us));
  g_assert_true(gates_closed(gates, &bad, now_us + 900000));
  g_assert_false(gates_closed(gates, &bad, now_us + 1100000));
  g_free(gates);
}

static void test_trickle(void) {
  Gates *gates = g_new0(Gates, 1);
  Path path = path_of(1, 5000);
  for (int64_t now_us = 1000000; now_us < 60000000; now_us += 25000) {
    gates_stranger(gates, &path, now_us);
    g_assert_false(gates_closed(gates, &path, now_us));
  }
  g_free(gates);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/peer/gates/flood", test_flood);
  g_test_add_func("/peer/gates/trickle", test_trickle);
  return g_test_run();
}
