/* Which addresses the server lets itself be sent to. */
#include "outbox/networks.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "base/config.h"

static bool allowed(const Networks *networks, const char *text) {
  struct sockaddr_in v4 = {.sin_family = AF_INET};
  struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
  if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
    return networks_allow(networks, (const struct sockaddr *)&v4);
  g_assert_cmpint(inet_pton(AF_INET6, text, &v6.sin6_addr), ==, 1);
  return networks_allow(networks, (const struct sockaddr *)&v6);
}

static void test_public(void) {
  static const char *const fine[] = {
      "1.1.1.1",     "9.255.255.255",   "172.15.0.1",   "172.32.0.1",   "100.63.0.1",
      "100.128.0.1", "223.255.255.255", "2400:3200::1", "2606:4700::1", "::ffff:1.1.1.1"};
  static const char *const refused[] = {"0.0.0.0",
                                        "10.0.0.1",
                                        "100.64.0.1",
                                        "127.0.0.1",
                                        "127.255.255.255",
                                        "169.254.169.254",
                                        "172.16.0.1",
                                        "172.31.255.255",
                                        "192.168.1.1",
                                        "198.18.0.1",
                                        "224.0.0.1",
                                        "255.255.255.255",
                                        "::",
                                        "::1",
                                        "::ffff:127.0.0.1",
                                        "::ffff:10.0.0.1",
                                        "::127.0.0.1",
                                        "64:ff9b::7f00:1",
                                        "fe80::1",
                                        "fd00::1",
                                        "ff02::1",
                                        "2001::1",
                                        "2001:db8::1",
                                        "2002:7f00:1::1"};
  g_autoptr(Networks) none = networks_parse("", NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS(fine); i++)
    if (!allowed(none, fine[i]))
      g_error("%s is refused", fine[i]);
  for (unsigned i = 0; i < G_N_ELEMENTS(refused); i++)
    if (allowed(none, refused[i]))
      g_error("%s is allowed", refused[i]);
  const struct sockaddr_storage local = {.ss_family = AF_UNIX};
  g_assert_false(networks_allow(none, (const struct sockaddr *)&local));
}

static void test_named(void) {
  g_autoptr(Networks) some = networks_parse("10.1.0.0/16, 192.168.7.9,fd00:1::/33", NULL);
  g_assert_true(allowed(some, "10.1.255.255"));
  g_assert_true(allowed(some, "::ffff:10.1.2.3"));
  g_assert_false(allowed(some, "10.2.0.0"));
  g_assert_true(allowed(some, "192.168.7.9"));
  g_assert_false(allowed(some, "192.168.7.8"));
  g_assert_true(allowed(some, "fd00:1:7fff::1"));
  g_assert_false(allowed(some, "fd00:1:8000::1"));
}

static void test_refused(void) {
  static const char *const wrong[] = {"10.0.0.0/33",        "10.0.0/8", "host",
                                      "10.0.0.1,,10.0.0.2", "::/129",   "10.0.0.0/",
                                      "10.0.0.0/-1"};
  for (unsigned i = 0; i < G_N_ELEMENTS(wrong); i++) {
    g_autoptr(GError) error = NULL;
    if (networks_parse(wrong[i], &error))
      g_error("%s is taken", wrong[i]);
    g_assert_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/networks/public", test_public);
  g_test_add_func("/networks/named", test_named);
  g_test_add_func("/networks/refused", test_refused);
  return g_test_run();
}
