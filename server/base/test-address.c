#include "base/address.h"

#include <glib.h>
#include <netinet/in.h>
#include <string.h>

static const struct {
  const char *text, *normal, *group;
  bool loopback;
} cases[] = {
    {"192.0.2.1", "192.0.2.1", "192.0.2.1", false},
    {"::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1", false},
    {"::ffff:c000:201", "192.0.2.1", "192.0.2.1", false},
    {"127.0.0.1", "127.0.0.1", "127.0.0.1", true},
    {"::ffff:127.0.0.5", "127.0.0.5", "127.0.0.5", true},
    {"::1", "::1", "::", true},
    {"2001:DB8:0:7:1:2:3:4", "2001:db8:0:7:1:2:3:4", "2001:db8:0:7::", false},
    {"2001:db8:0:7:ffff::", "2001:db8:0:7:ffff::", "2001:db8:0:7::", false},
    {"2001:db8:0:8::1", "2001:db8:0:8::1", "2001:db8:0:8::", false},
};

static void test_forms(void) {
  char normal[ADDRESS_CHARS], group[ADDRESS_CHARS];
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_assert_true(address_normalise(cases[i].text, normal));
    g_assert_cmpstr(normal, ==, cases[i].normal);
    g_assert_true(address_is_loopback(normal) == cases[i].loopback);
    address_group(normal, group);
    g_assert_cmpstr(group, ==, cases[i].group);
  }
  static const char *const none[] = {"", "1.2.3", "1.2.3.4:5", "fe80::1%eth0", "host", "1.2.3.4 "};
  for (unsigned i = 0; i < G_N_ELEMENTS(none); i++)
    g_assert_false(address_normalise(none[i], normal));
}

static void test_socket(void) {
  struct sockaddr_storage storage = {.ss_family = AF_INET6};
  struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&storage;
  const unsigned char mapped[16] = {[10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1};
  char text[ADDRESS_CHARS];
  memcpy(v6->sin6_addr.s6_addr, mapped, sizeof mapped);
  address_of_socket(&storage, text);
  g_assert_cmpstr(text, ==, "127.0.0.1");
  v6->sin6_addr = in6addr_loopback;
  address_of_socket(&storage, text);
  g_assert_cmpstr(text, ==, "::1");
  storage.ss_family = AF_UNIX;
  address_of_socket(&storage, text);
  g_assert_cmpstr(text, ==, "");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/address/forms", test_forms);
  g_test_add_func("/address/socket", test_socket);
  return g_test_run();
}
