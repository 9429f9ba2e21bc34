/* A network that changes while the server runs, in a namespace of its own. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "peer/addresses.h"
#include "peer/port.h"
#include "peer/tcp.h"

static unsigned opened;

static void on_opened(void *user, unsigned socket) {
  g_assert_true(port_fd(user, socket) >= 0);
  opened |= 1u << socket;
}

static void ip(const char *arguments) {
  g_autofree char *line = g_strdup_printf("ip %s", arguments);
  g_autoptr(GError) error = NULL;
  int status;
  g_assert_true(g_spawn_command_line_sync(line, NULL, NULL, &status, &error));
  g_assert_true(g_spawn_check_wait_status(status, &error));
}

/* Whatever the network has to say by now. */
static void follow(Port *port) {
  struct pollfd watched = {.fd = port_watch_fd(port), .events = POLLIN};
  opened = 0;
  g_assert_cmpint(poll(&watched, 1, 5000), ==, 1);
  port_refresh(port, on_opened, port);
}

static bool offers(const Port *port, const char *address) {
  unsigned count;
  const char *const *candidates = port_candidates(port, &count);
  g_autofree char *word = g_strdup_printf(" %s %u ", address, port_number(port));
  for (unsigned i = 0; i < count; i++)
    if (strstr(candidates[i], word))
      return true;
  return false;
}

static void on_datagram(void *user, Datagram *datagram) {
  unsigned *socket = user;
  *socket = datagram->from.socket + 1u;
}

/* Which socket gets what is sent to the address; -1: none. */
static int arrives(Port *port, const char *address) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port_number(port))};
  g_assert_cmpint(inet_pton(AF_INET, address, &to.sin_addr), ==, 1);
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  unsigned seen = 0;
  (void)!sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof to);
  close(fd);
  for (unsigned i = 0; i < PORT_SOCKETS_MAX; i++)
    if (port_fd(port, i) >= 0)
      port_receive(port, i, 1, on_datagram, &seen);
  return (int)seen - 1;
}

static bool connects(const Port *port, const char *address) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port_number(port))};
  inet_pton(AF_INET, address, &to.sin_addr);
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  bool connected = connect(fd, (struct sockaddr *)&to, sizeof to) == 0;
  close(fd);
  return connected;
}

static void test_network_changes(void) {
  g_autoptr(GError) error = NULL;
  Port *port = port_new("", "", 0, false, true, &error);
  g_assert_no_error(error);
  g_assert_true(offers(port, "127.0.0.1"));
  g_assert_false(offers(port, "10.77.0.1"));

  ip("address add 10.77.0.1/24 dev yishi0"); /* the network comes up later */
  follow(port);
  g_assert_true(offers(port, "10.77.0.1") && offers(port, "127.0.0.1"));
  int place = arrives(port, "10.77.0.1");
  g_assert_true(place >= 0 && opened == 1u << place);
  g_assert_true(connects(port, "10.77.0.1"));

  ip("address delete 10.77.0.1/24 dev yishi0"); /* DHCP gives it another */
  ip("address add 10.77.0.2/24 dev yishi0");
  follow(port);
  g_assert_true(offers(port, "10.77.0.2") && !offers(port, "10.77.0.1"));
  g_assert_cmpint(arrives(port, "10.77.0.2"), >=, 0);
  g_assert_cmpint(port_fd(port, (unsigned)place), ==, -1);
  egress_send(port_egress(port), &(Path){.family = AF_INET, .socket = (uint8_t)place, .port = 9},
              "x", 1); /* somebody is still to be reached over the old one */
  egress_flush(port_egress(port));

  ip("address add 10.77.0.1/24 dev yishi0"); /* the old one is back in its old place */
  follow(port);
  g_assert_cmpint(arrives(port, "10.77.0.1"), ==, place);

  ip("address add 2001:db8::7/64 dev yishi0 nodad"); /* a new prefix */
  follow(port);
  g_assert_true(offers(port, "2001:db8::7"));
  g_assert_true(connects(port, "127.0.0.1"));
  port_free(port);
}

/* Somebody else has the port there: it is tried again, and again later, until it is free. */
static void test_taken(void) {
  g_autoptr(GError) error = NULL;
  Port *port = port_new("", "", 0, false, true, &error);
  g_assert_no_error(error);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port_number(port))};
  inet_pton(AF_INET, "10.77.0.5", &at.sin_addr);
  ip("address add 10.77.0.5/24 dev yishi0");
  int other = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint(bind(other, (struct sockaddr *)&at, sizeof at), ==, 0);
  follow(port);
  g_assert_cmpuint(opened, ==, 0);
  int64_t now_us = 1000000;
  g_assert_false(port_tick(port, now_us, on_opened, port));
  g_assert_false(port_tick(port, now_us += 4000000, on_opened, port));
  g_assert_true(port_tick(port, now_us += 1000000, on_opened, port)); /* in vain */
  g_assert_false(offers(port, "10.77.0.5"));
  close(other);
  g_assert_false(port_tick(port, now_us, on_opened, port));
  g_assert_false(port_tick(port, now_us += 9000000, on_opened, port));
  g_assert_true(port_tick(port, now_us += 1000000, on_opened, port));
  g_assert_true(offers(port, "10.77.0.5") && opened);
  g_assert_cmpint(arrives(port, "10.77.0.5"), >=, 0);
  g_assert_false(port_tick(port, now_us += 900000000, on_opened, port)); /* all is well */
  port_free(port);
  ip("address delete 10.77.0.5/24 dev yishi0");
}

/* What the configuration names stays as it is. */
static void test_named(void) {
  g_autoptr(GError) error = NULL;
  Port *port = port_new("127.0.0.1", "", 0, false, false, &error);
  g_assert_no_error(error);
  g_assert_cmpint(port_watch_fd(port), ==, -1);
  port_free(port);
  g_assert_true(addresses_change("") && addresses_change("127.0.0.1, ::"));
  g_assert_false(addresses_change("127.0.0.1, ::1"));
}

static bool enter_namespace(void) {
  if (unshare(CLONE_NEWNET) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
    return false;
  ip("link set lo up");
  ip("link add yishi0 type veth peer name yishi1");
  ip("link set yishi0 up");
  ip("link set yishi1 up");
  return true;
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  if (!enter_namespace()) {
    g_print("1..0 # SKIP no network namespace: %s\n", g_strerror(errno));
    return 0;
  }
  g_test_add_func("/peer/addresses/network-changes", test_network_changes);
  g_test_add_func("/peer/addresses/taken", test_taken);
  g_test_add_func("/peer/addresses/named", test_named);
  return g_test_run();
}
