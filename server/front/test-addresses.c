#include <glib.h>

#include "front/addresses.h"

static void test_held(void) {
  Addresses *addresses = addresses_new(2);
  g_assert_true(addresses_enter(addresses, ADDRESS_HELD, "192.0.2.1"));
  g_assert_true(addresses_enter(addresses, ADDRESS_HELD, "192.0.2.1"));
  g_assert_false(addresses_room(addresses, ADDRESS_HELD, "192.0.2.1"));
  g_assert_false(addresses_enter(addresses, ADDRESS_HELD, "192.0.2.1"));
  g_assert_true(addresses_enter(addresses, ADDRESS_HELD, "192.0.2.2"));
  addresses_leave(addresses, ADDRESS_HELD, "192.0.2.1");
  g_assert_true(addresses_enter(addresses, ADDRESS_HELD, "192.0.2.1"));
  g_assert_cmpuint(addresses_count(addresses), ==, 2);
  addresses_leave(addresses, ADDRESS_HELD, "192.0.2.1");
  addresses_leave(addresses, ADDRESS_HELD, "192.0.2.1");
  addresses_leave(addresses, ADDRESS_HELD, "192.0.2.2");
  g_assert_cmpuint(addresses_count(addresses), ==, 0);
  addresses_free(addresses);
}

/* Sixty-four from a whole /64, whichever of its addresses they use. */
static void test_half_open(void) {
  Addresses *addresses = addresses_new(200);
  char address[64];
  for (unsigned i = 0; i < 64; i++) {
    g_snprintf(address, sizeof address, "2001:db8::%x", i);
    g_assert_true(addresses_enter(addresses, ADDRESS_HALF_OPEN, address));
    g_assert_true(addresses_enter(addresses, ADDRESS_HELD, address));
  }
  g_assert_false(addresses_enter(addresses, ADDRESS_HALF_OPEN, "2001:db8::ffff:1"));
  g_assert_true(addresses_room(addresses, ADDRESS_HELD, "2001:db8::ffff:1"));
  g_assert_true(addresses_room(addresses, ADDRESS_HALF_OPEN, "2001:db8:0:1::1"));
  g_assert_cmpuint(addresses_count(addresses), ==, 1);
  for (unsigned i = 0; i < 64; i++) {
    addresses_leave(addresses, ADDRESS_HALF_OPEN, "2001:db8::");
    addresses_leave(addresses, ADDRESS_HELD, "2001:db8::");
  }
  addresses_free(addresses);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/addresses/held", test_held);
  g_test_add_func("/addresses/half-open", test_half_open);
  return g_test_run();
}
