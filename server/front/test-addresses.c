#include <glib.h>

#include "front/addresses.h"

#define MINUTE (60 * G_USEC_PER_SEC)

static void test_held(void) {
  Addresses *addresses = addresses_new(2);
  g_assert_true(addresses_enter(addresses, "a", 1));
  g_assert_true(addresses_enter(addresses, "a", 1));
  g_assert_false(addresses_enter(addresses, "a", 1));
  g_assert_true(addresses_enter(addresses, "b", 1));
  addresses_leave(addresses, "a");
  g_assert_true(addresses_enter(addresses, "a", 2));
  addresses_sweep(addresses, 10 * MINUTE);
  g_assert_cmpuint(addresses_count(addresses), ==, 2);
  addresses_leave(addresses, "a");
  addresses_leave(addresses, "a");
  addresses_leave(addresses, "b");
  addresses_sweep(addresses, 20 * MINUTE);
  g_assert_cmpuint(addresses_count(addresses), ==, 0);
  addresses_free(addresses);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/addresses/held", test_held);
  return g_test_run();
}
