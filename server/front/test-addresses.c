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

static void test_logins(void) {
  Addresses *addresses = addresses_new(2);
  int64_t now = MINUTE;
  for (int i = 0; i < 10; i++)
    g_assert_true(addresses_login(addresses, "a", now));
  g_assert_false(addresses_login(addresses, "a", now));
  g_assert_true(addresses_login(addresses, "b", now));
  addresses_sweep(addresses, now + MINUTE); /* does not forgive */
  g_assert_true(addresses_login(addresses, "a", now + MINUTE / 10 + 1));
  g_assert_false(addresses_login(addresses, "a", now + MINUTE / 10 + 1));
  addresses_free(addresses);
}

static void test_success_is_given_back(void) {
  Addresses *addresses = addresses_new(1);
  int64_t now = 1;
  for (int i = 0; i < 100; i++) {
    g_assert_true(addresses_login(addresses, "a", now));
    addresses_login_succeeded(addresses, "a");
  }
  for (int i = 0; i < 10; i++)
    g_assert_true(addresses_login(addresses, "a", now));
  g_assert_false(addresses_login(addresses, "a", now));
  addresses_free(addresses);
}

static void test_links_of_an_assembly(void) {
  Addresses *addresses = addresses_new(1);
  int64_t now = 1;
  for (int i = 0; i < 1000; i++)
    g_assert_true(addresses_link(addresses, "a", now));
  g_assert_false(addresses_link(addresses, "a", now));
  g_assert_true(addresses_login(addresses, "a", now));
  addresses_free(addresses);
}

static void test_valid(void) {
  g_assert_true(address_is_valid("192.0.2.1"));
  g_assert_true(address_is_valid("2001:db8::1"));
  g_assert_false(address_is_valid("192.0.2.256"));
  g_assert_false(address_is_valid("fe80::1%eth0"));
  g_assert_false(address_is_valid("meet.example.org"));
  g_assert_false(address_is_valid(""));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/addresses/held", test_held);
  g_test_add_func("/addresses/logins", test_logins);
  g_test_add_func("/addresses/success-is-given-back", test_success_is_given_back);
  g_test_add_func("/addresses/links-of-an-assembly", test_links_of_an_assembly);
  g_test_add_func("/addresses/valid", test_valid);
  return g_test_run();
}
