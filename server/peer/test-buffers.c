/* The buffers that the kernel gives, and what it drops when one is full. */
#include "peer/buffers.h"

#include <arpa/inet.h>
#include <glib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "peer/port.h"

static void test_got(void) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  Buffers buffers = buffers_set(fd);
  g_assert_cmpint(buffers.receive_bytes, >, 0);
  g_assert_cmpint(buffers.send_bytes, >, 0);
  g_assert_cmpint(buffers.receive_bytes, <=, BUFFERS_WANTED_BYTES);
  g_assert_true(buffers_enough(&(Buffers){BUFFERS_WANTED_BYTES, BUFFERS_WANTED_BYTES}));
  g_assert_false(buffers_enough(&(Buffers){212992, BUFFERS_WANTED_BYTES}));
  g_assert_false(buffers_enough(&(Buffers){BUFFERS_WANTED_BYTES, 212992}));
  close(fd);
}

static void ignore(void *user, Datagram *datagram) {}

/* More than a small buffer holds is sent at once; what did not fit is counted, told with the first
 * datagram that comes after it. */
static void test_dropped(void) {
  Port *port = port_new("127.0.0.1", "", 0, false, false, NULL);
  g_assert_nonnull(port);
  int small = 4096, fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint(setsockopt(port_fd(port, 0), SOL_SOCKET, SO_RCVBUF, &small, sizeof small), ==, 0);
  struct sockaddr_in to = {.sin_family = AF_INET,
                           .sin_port = htons((uint16_t)port_number(port)),
                           .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  static const char data[1000];
  unsigned sent = 0, came = 0;
  for (; sent < 100; sent++)
    g_assert_cmpint(sendto(fd, data, sizeof data, 0, (struct sockaddr *)&to, sizeof to), ==,
                    sizeof data);
  came += port_receive(port, 0, 1000, ignore, NULL);
  sendto(fd, data, sizeof data, 0, (struct sockaddr *)&to, sizeof to);
  sent++;
  came += port_receive(port, 0, 1000, ignore, NULL);
  g_assert_cmpuint(came, <, sent);
  g_assert_cmpuint(port_dropped(port), ==, sent - came);
  close(fd);
  port_free(port);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/peer/buffers/got", test_got);
  g_test_add_func("/peer/buffers/dropped", test_dropped);
  return g_test_run();
}
