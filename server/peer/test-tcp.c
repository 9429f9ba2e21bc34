/* TCP over real connections of the loopback interface, in time that is passed in. */
#include "peer/tcp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "peer/frame.h"

#define WAIT_US 10000000

typedef struct {
  Port *port;
  Tcp *tcp;
  GPtrArray *packets; /* GBytes */
  Path from, closed;
  unsigned closings;
  bool trusts; /* whoever sends something */
  int64_t now_us;
} Rig;

static void on_packet(void *user, Datagram *datagram) {
  Rig *rig = user;
  for (unsigned i = 0; i < PORT_PADDING; i++)
    g_assert_cmpuint(datagram->data[datagram->len + i], ==, 0);
  g_assert_cmpint(datagram->arrival_us, ==, rig->now_us);
  g_ptr_array_add(rig->packets, g_bytes_new(datagram->data, datagram->len));
  rig->from = datagram->from;
  if (rig->trusts)
    tcp_trust(rig->tcp, &datagram->from, rig->now_us);
}

static void on_closed(void *user, const Path *path) {
  Rig *rig = user;
  rig->closed = *path;
  rig->closings++;
}

static const TcpEvents events = {.receive = on_packet, .closed = on_closed};

static Rig *rig_new(const char *address) {
  Rig *rig = g_new0(Rig, 1);
  g_autoptr(GError) error = NULL;
  rig->port = port_new(address, "", 0, false, true, &error);
  g_assert_no_error(error);
  rig->tcp = port_tcp(rig->port);
  rig->packets = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
  rig->now_us = 1000;
  tcp_set_events(rig->tcp, &events, rig);
  return rig;
}

static void rig_free(Rig *rig) {
  port_free(rig->port);
  g_ptr_array_unref(rig->packets);
  g_free(rig);
}

#define wait_for(rig, condition)                                                                   \
  do {                                                                                             \
    int64_t until_us = g_get_monotonic_time() + WAIT_US;                                           \
    while (!(condition)) {                                                                         \
      if (g_get_monotonic_time() > until_us)                                                       \
        g_error("line %d: never came: %s", __LINE__, #condition);                                  \
      poll(&(struct pollfd){.fd = tcp_fd((rig)->tcp), .events = POLLIN}, 1, 5);                    \
      tcp_turn((rig)->tcp, (rig)->now_us);                                                         \
    }                                                                                              \
  } while (0)

/* from_port 0: any. receive_buffer 0: as large as the system likes. */
static int connect_as(const Rig *rig, const char *from, uint16_t from_port, int receive_buffer) {
  struct sockaddr_in self = {.sin_family = AF_INET, .sin_port = htons(from_port)};
  struct sockaddr_in server = {.sin_family = AF_INET,
                               .sin_port = htons((uint16_t)port_number(rig->port)),
                               .sin_addr = {htonl(INADDR_LOOPBACK)}};
  int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint(inet_pton(AF_INET, from, &self.sin_addr), ==, 1);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (receive_buffer)
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  g_assert_cmpint(bind(fd, (struct sockaddr *)&self, sizeof self), ==, 0);
  g_assert_cmpint(connect(fd, (struct sockaddr *)&server, sizeof server), ==, 0);
  return fd;
}

static int connect_client(const Rig *rig) {
  return connect_as(rig, "127.0.0.1", 0, 0);
}

static void send_bytes(int fd, const void *data, size_t len) {
  g_assert_cmpint(send(fd, data, len, MSG_NOSIGNAL), ==, (ssize_t)len);
}

static void send_frame(int fd, const void *data, size_t len) {
  uint8_t frame[FRAME_HEAD_BYTES + FRAME_MAX_BYTES] = {(uint8_t)(len >> 8), (uint8_t)len};
  memcpy(frame + FRAME_HEAD_BYTES, data, len);
  send_bytes(fd, frame, FRAME_HEAD_BYTES + len);
}

static const uint8_t stun[20] = {0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42};

/* A client whose first packet was believed. */
static int connect_trusted(Rig *rig) {
  unsigned before = rig->packets->len;
  int fd = connect_client(rig);
  rig->trusts = true;
  send_frame(fd, stun, sizeof stun);
  wait_for(rig, rig->packets->len == before + 1);
  rig->trusts = false;
  return fd;
}

static bool is_closed(int fd) {
  uint8_t byte;
  ssize_t len = recv(fd, &byte, 1, MSG_DONTWAIT);
  return len == 0 || (len < 0 && errno == ECONNRESET);
}

static void queue(Rig *rig, EgressFlow *flow, const void *data, size_t len) {
  Egress *egress = port_egress(rig->port);
  memcpy(egress_reserve(egress, len), data, len);
  egress_commit(egress, flow, len);
}

static void test_exchange(void) {
  Rig *rig = rig_new("127.0.0.1");
  int fd = connect_client(rig);
  uint8_t frame[FRAME_HEAD_BYTES + sizeof stun] = {0, sizeof stun};
  memcpy(frame + FRAME_HEAD_BYTES, stun, sizeof stun);
  rig->trusts = true;
  for (size_t i = 0; i < sizeof frame; i++) {
    send_bytes(fd, frame + i, 1);
    tcp_turn(rig->tcp, rig->now_us);
  }
  wait_for(rig, rig->packets->len == 1);
  g_assert_cmpuint(rig->from.tcp, !=, 0);
  static const uint8_t dtls[3] = {22, 254, 253};
  send_frame(fd, dtls, sizeof dtls); /* two frames, and a null packet between: one segment or two */
  send_frame(fd, dtls, 0);
  send_frame(fd, dtls, sizeof dtls);
  wait_for(rig, rig->packets->len == 3);
  g_assert_cmpmem(g_bytes_get_data(g_ptr_array_index(rig->packets, 2), NULL), 3, dtls, 3);

  /* Out: what a turn has, and an answer without a flow, in one write. */
  EgressFlow flow = {.path = rig->from};
  queue(rig, &flow, "one", 3);
  queue(rig, &flow, "three", 5);
  uint64_t calls = tcp_stats(rig->tcp)->calls;
  egress_flush(port_egress(rig->port));
  g_assert_cmpuint(tcp_stats(rig->tcp)->calls, ==, calls + 1);
  egress_send(port_egress(rig->port), &rig->from, "four", 4);
  egress_flush(port_egress(rig->port));
  static const char expected[] = "\0\3one\0\5three\0\4four";
  char got[sizeof expected];
  g_assert_cmpint(recv(fd, got, sizeof expected - 1, MSG_WAITALL), ==, sizeof expected - 1);
  g_assert_cmpmem(got, sizeof expected - 1, expected, sizeof expected - 1);
  g_assert_cmpuint(egress_stats(port_egress(rig->port))->packets, ==, 3);
  g_assert_cmpuint(tcp_stats(rig->tcp)->dropped, ==, 0);
  close(fd);
  wait_for(rig, rig->closings == 1);
  g_assert_true(path_equal(&rig->closed, &rig->from));
  rig_free(rig);
}

static void test_strangers(void) {
  Rig *rig = rig_new("127.0.0.1");
  static const uint8_t hello[40] = {22, 254, 253}, long_head[] = {8, 1};
  int fd = connect_client(rig);
  send_frame(fd, hello, sizeof hello); /* DTLS before a check */
  wait_for(rig, rig->closings == 1);
  g_assert_true(is_closed(fd));
  close(fd);
  fd = connect_client(rig);
  send_bytes(fd, long_head, sizeof long_head); /* 2049 bytes */
  wait_for(rig, rig->closings == 2);
  close(fd);
  fd = connect_client(rig);
  send_bytes(fd, "GET / HTTP/1.1\r\n\r\n", 18);
  wait_for(rig, rig->closings == 3);
  close(fd);
  g_assert_cmpuint(tcp_stats(rig->tcp)->broken, ==, 3);
  g_assert_cmpuint(rig->packets->len, ==, 0);

  fd = connect_client(rig); /* checks that nobody believes: nothing is sent there */
  send_frame(fd, stun, sizeof stun);
  wait_for(rig, rig->packets->len == 1);
  egress_send(port_egress(rig->port), &rig->from, "x", 1);
  egress_flush(port_egress(rig->port));
  g_assert_cmpuint(tcp_stats(rig->tcp)->dropped, ==, 1);
  uint8_t byte;
  g_assert_cmpint(recv(fd, &byte, 1, MSG_DONTWAIT), ==, -1);
  close(fd);
  wait_for(rig, rig->closings == 4);

  fd = connect_trusted(rig); /* trust is no licence */
  send_bytes(fd, long_head, sizeof long_head);
  wait_for(rig, rig->closings == 5);
  close(fd);
  rig_free(rig);
}

static void test_time(void) {
  Rig *rig = rig_new("127.0.0.1");
  int trusted = connect_trusted(rig), stranger = connect_client(rig);
  send_bytes(stranger, "\0\24", 2); /* a head and then nothing: slow-loris */
  wait_for(rig, tcp_stats(rig->tcp)->opened == 2);
  Path path = rig->from;
  rig->now_us += TCP_STRANGER_US - 1;
  tcp_tick(rig->tcp, rig->now_us);
  g_assert_cmpuint(rig->closings, ==, 0);
  rig->now_us += 1;
  tcp_tick(rig->tcp, rig->now_us);
  g_assert_cmpuint(rig->closings, ==, 1);
  g_assert_true(is_closed(stranger));
  tcp_trust(rig->tcp, &path, rig->now_us); /* another check */
  rig->now_us += TCP_SILENT_US - 1;
  tcp_tick(rig->tcp, rig->now_us);
  g_assert_cmpuint(rig->closings, ==, 1);
  rig->now_us += 1;
  tcp_tick(rig->tcp, rig->now_us);
  g_assert_cmpuint(rig->closings, ==, 2);
  g_assert_true(path_equal(&rig->closed, &path));
  g_assert_cmpuint(tcp_stats(rig->tcp)->expired, ==, 2);
  tcp_trust(rig->tcp, &path, rig->now_us); /* too late: nothing */
  close(trusted);
  close(stranger);
  rig_free(rig);
}

static void test_limits(void) {
  struct rlimit files;
  g_assert_cmpint(getrlimit(RLIMIT_NOFILE, &files), ==, 0);
  files.rlim_cur = MIN(files.rlim_max, 4096);
  setrlimit(RLIMIT_NOFILE, &files);
  Rig *rig = rig_new("127.0.0.1");
  g_autoptr(GArray) fds = g_array_new(false, false, sizeof(int));
  static const char *sources[] = {"127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"};
  for (unsigned i = 0; i < TCP_STRANGERS_MAX; i++) {
    rig->now_us++;
    int fd = connect_as(rig, sources[i / TCP_STRANGERS_PER_ADDRESS], 0, 0);
    g_array_append_val(fds, fd);
    wait_for(rig, tcp_stats(rig->tcp)->opened == i + 1);
  }
  int one_more = connect_as(rig, "127.0.0.2", 0, 0);
  wait_for(rig, tcp_stats(rig->tcp)->refused == 1); /* its address has its share */
  g_assert_cmpuint(rig->closings, ==, 0);
  int other = connect_as(rig, "127.0.0.5", 0, 0);
  wait_for(rig, tcp_stats(rig->tcp)->opened == TCP_STRANGERS_MAX + 1); /* the oldest makes room */
  g_assert_cmpuint(rig->closings, ==, 1);
  g_assert_true(is_closed(g_array_index(fds, int, 0)));
  g_assert_false(is_closed(g_array_index(fds, int, 1)));
  g_assert_false(is_closed(other));
  /* Who shows credentials does not count any more. */
  rig->trusts = true;
  send_frame(g_array_index(fds, int, 1), stun, sizeof stun);
  wait_for(rig, rig->packets->len == 1);
  int next = connect_as(rig, "127.0.0.1", 0, 0);
  wait_for(rig, tcp_stats(rig->tcp)->opened == TCP_STRANGERS_MAX + 2);
  g_assert_cmpuint(rig->closings, ==, 1);
  for (unsigned i = 0; i < fds->len; i++)
    close(g_array_index(fds, int, i));
  close(one_more);
  close(other);
  close(next);
  wait_for(rig, rig->closings == TCP_STRANGERS_MAX + 2);
  rig_free(rig);
}

/* Two connections one after the other from one address and port. */
static void test_stale_path(void) {
  Rig *rig = rig_new("127.0.0.1");
  int fd = connect_trusted(rig);
  Path old = rig->from;
  struct linger reset = {.l_onoff = 1}; /* so that the port is free at once */
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  close(fd);
  wait_for(rig, rig->closings == 1);
  fd = connect_as(rig, "127.0.0.1", old.port, 0);
  rig->trusts = true;
  send_frame(fd, stun, sizeof stun);
  wait_for(rig, rig->packets->len == 2);
  g_assert_cmpuint(rig->from.port, ==, old.port);
  g_assert_false(path_equal(&rig->from, &old));
  egress_send(port_egress(rig->port), &old, "stale", 5);
  egress_send(port_egress(rig->port), &rig->from, "fresh", 5);
  egress_flush(port_egress(rig->port));
  char got[7];
  g_assert_cmpint(recv(fd, got, sizeof got, MSG_WAITALL), ==, sizeof got);
  g_assert_cmpmem(got, sizeof got, "\0\5fresh", sizeof got);
  g_assert_cmpint(recv(fd, got, 1, MSG_DONTWAIT), ==, -1);
  tcp_hang_up(rig->tcp, &old); /* nobody's */
  tcp_turn(rig->tcp, rig->now_us);
  g_assert_cmpuint(rig->closings, ==, 1);
  /* What was sent before a hang-up still comes. */
  egress_send(port_egress(rig->port), &rig->from, "bye", 3);
  egress_flush(port_egress(rig->port));
  tcp_hang_up(rig->tcp, &rig->from);
  egress_send(port_egress(rig->port), &rig->from, "late", 4);
  egress_flush(port_egress(rig->port));
  wait_for(rig, rig->closings == 2);
  g_assert_cmpint(recv(fd, got, 5, MSG_WAITALL), ==, 5);
  g_assert_cmpint(recv(fd, got, 1, 0), ==, 0);
  close(fd);
  rig_free(rig);
}

typedef struct {
  unsigned count, last;
} Slow;

static bool on_slow(void *user, uint8_t *data, size_t len) {
  Slow *slow = user;
  unsigned number;
  memcpy(&number, data, sizeof number);
  g_assert_true(slow->count == 0 || number > slow->last);
  g_assert_cmpuint(len, ==, 100 + number % 800);
  for (size_t i = sizeof number; i < len; i++)
    g_assert_cmpuint(data[i], ==, (uint8_t)number);
  slow->last = number;
  slow->count++;
  return true;
}

/* A receiver that hardly reads: partial writes all the time. What comes are whole packets in order,
 * what does not is counted, and when it reads again all that comes is fresh. */
static void test_slow_reader(void) {
  Rig *rig = rig_new("127.0.0.1");
  int fd = connect_as(rig, "127.0.0.1", 0, 4096);
  rig->trusts = true;
  send_frame(fd, stun, sizeof stun);
  wait_for(rig, rig->packets->len == 1);
  EgressFlow flow = {.path = rig->from};
  FrameReader *reader = g_new(FrameReader, 1);
  Slow slow = {0};
  uint8_t data[1500], read_bytes[4096];
  unsigned sent = 0;
  frame_reader_init(reader);
  for (; sent < 6000; sent++) {
    rig->now_us += 2000;
    egress_set_now(port_egress(rig->port), rig->now_us);
    memset(data, (uint8_t)sent, sizeof data);
    memcpy(data, &sent, sizeof sent);
    queue(rig, &flow, data, 100 + sent % 800);
    if (sent % 3 == 0)
      egress_flush(port_egress(rig->port));
    if (sent % 16 == 0) {
      ssize_t len = recv(fd, read_bytes, 1 + sent % 3000, MSG_DONTWAIT);
      g_assert_true(len <= 0 || frame_read(reader, read_bytes, (size_t)len, on_slow, &slow));
    }
    tcp_turn(rig->tcp, rig->now_us);
  }
  egress_flush(port_egress(rig->port));
  g_assert_cmpuint(tcp_stats(rig->tcp)->dropped, >, 1000);
  g_assert_cmpuint(slow.last, <, sent - 100);
  unsigned late = slow.count;
  int64_t until_us = g_get_monotonic_time() + WAIT_US;
  while (slow.count + tcp_stats(rig->tcp)->dropped < sent) {
    g_assert_cmpint(g_get_monotonic_time(), <, until_us);
    poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, 5);
    ssize_t len = recv(fd, read_bytes, sizeof read_bytes, MSG_DONTWAIT);
    g_assert_true(len <= 0 || frame_read(reader, read_bytes, (size_t)len, on_slow, &slow));
    tcp_turn(rig->tcp, rig->now_us);
  }
  g_assert_cmpuint(slow.last, ==, sent - 1);
  g_test_message("%u sent, %u came, %u of them after it read again", sent, slow.count,
                 slow.count - late);
  g_assert_cmpuint(rig->closings, ==, 0);
  close(fd);
  g_free(reader);
  rig_free(rig);
}

static void test_port(void) {
  g_autoptr(GError) error = NULL;
  unsigned count;
  /* Both transports of each address, all on one number; what is taken for TCP only is an error. */
  Port *port = port_new("127.0.0.1, 127.0.0.2", "", 0, false, true, &error);
  g_assert_no_error(error);
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in server = {.sin_family = AF_INET,
                               .sin_port = htons((uint16_t)port_number(port)),
                               .sin_addr = {htonl(0x7F000002)}};
  g_assert_cmpint(connect(fd, (struct sockaddr *)&server, sizeof server), ==, 0);
  close(fd);
  port_free(port);
  port = port_new("127.0.0.1", "", 0, false, false, &error);
  g_assert_no_error(error);
  g_assert_null(port_tcp(port));
  unsigned number = port_number(port);
  port_free(port);
  fd = socket(AF_INET, SOCK_STREAM, 0);
  server = (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)number),
                                .sin_addr = {htonl(INADDR_LOOPBACK)}};
  g_assert_cmpint(bind(fd, (struct sockaddr *)&server, sizeof server), ==, 0);
  g_assert_cmpint(listen(fd, 1), ==, 0);
  g_assert_null(port_new("127.0.0.1", "", number, false, true, &error));
  g_assert_nonnull(error);
  g_assert_true(g_str_has_prefix(error->message, "TCP 127.0.0.1 "));
  g_clear_error(&error);
  close(fd);

  /* Announced addresses of both families, on both transports, TCP below all of UDP. */
  port = port_new("127.0.0.1", "198.51.100.7, 2001:db8::7,203.0.113.9", 0, false, true, &error);
  g_assert_no_error(error);
  const char *const *candidates = port_candidates(port, &count);
  g_assert_cmpuint(count, ==, 6);
  static const char *names[] = {"198.51.100.7", "2001:db8::7", "203.0.113.9"};
  unsigned last = UINT_MAX;
  for (unsigned i = 0; i < count; i++) {
    unsigned foundation, priority, at;
    char transport[4], name[64], rest[64] = "";
    g_assert_cmpint(sscanf(candidates[i], "candidate:%u 1 %3s %u %63s %u typ host%63[^\n]",
                           &foundation, transport, &priority, name, &at, rest),
                    >=, 5);
    g_assert_cmpuint(foundation, ==, i + 1);
    g_assert_cmpstr(transport, ==, i < 3 ? "udp" : "tcp");
    g_assert_cmpstr(name, ==, names[i % 3]);
    g_assert_cmpuint(at, ==, port_number(port));
    g_assert_cmpuint(priority, <, last);
    g_assert_cmpstr(rest, ==, i < 3 ? "" : " tcptype passive");
    last = priority;
  }
  port_free(port);
}

static void on_datagram(void *user, Datagram *datagram) {
  *(Path *)user = datagram->from;
}

static void test_ipv6(void) {
  g_autoptr(GError) error = NULL;
  Port *port = port_new("::1", "", 0, false, true, &error);
  if (!port) {
    g_test_skip("this machine has no IPv6");
    return;
  }
  unsigned count;
  const char *const *candidates = port_candidates(port, &count);
  g_assert_cmpuint(count, ==, 2);
  g_assert_nonnull(strstr(candidates[0], " udp "));
  g_assert_nonnull(strstr(candidates[1], " tcp "));
  g_assert_nonnull(strstr(candidates[1], " ::1 "));
  port_free(port);

  Rig *rig = rig_new("::1,127.0.0.1");
  struct sockaddr_in6 server = {.sin6_family = AF_INET6,
                                .sin6_port = htons((uint16_t)port_number(rig->port)),
                                .sin6_addr = IN6ADDR_LOOPBACK_INIT};
  int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint(connect(fd, (struct sockaddr *)&server, sizeof server), ==, 0);
  rig->trusts = true;
  send_frame(fd, stun, sizeof stun);
  wait_for(rig, rig->packets->len == 1);
  g_assert_cmpint(rig->from.family, ==, AF_INET6);
  g_assert_cmpuint(rig->from.socket, ==, 0);
  egress_send(port_egress(rig->port), &rig->from, "six", 3);
  egress_flush(port_egress(rig->port));
  char got[5];
  g_assert_cmpint(recv(fd, got, sizeof got, MSG_WAITALL), ==, sizeof got);
  close(fd);

  fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0); /* and a datagram, there and back */
  g_assert_cmpint(connect(fd, (struct sockaddr *)&server, sizeof server), ==, 0);
  send_bytes(fd, "six", 3);
  Path from = {0};
  int64_t until_us = g_get_monotonic_time() + WAIT_US;
  while (!from.family) {
    g_assert_cmpint(g_get_monotonic_time(), <, until_us);
    port_receive(rig->port, 0, 1, on_datagram, &from);
  }
  g_assert_cmpint(from.family, ==, AF_INET6);
  g_assert_cmpuint(from.tcp, ==, 0);
  egress_send(port_egress(rig->port), &from, "back", 4);
  egress_flush(port_egress(rig->port));
  g_assert_cmpint(recv(fd, got, sizeof got, 0), ==, 4);
  close(fd);
  int four = connect_trusted(rig);
  g_assert_cmpint(rig->from.family, ==, AF_INET);
  g_assert_cmpuint(rig->from.socket, ==, 1);
  close(four);
  rig_free(rig);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/peer/tcp/exchange", test_exchange);
  g_test_add_func("/peer/tcp/strangers", test_strangers);
  g_test_add_func("/peer/tcp/time", test_time);
  g_test_add_func("/peer/tcp/limits", test_limits);
  g_test_add_func("/peer/tcp/stale-path", test_stale_path);
  g_test_add_func("/peer/tcp/slow-reader", test_slow_reader);
  g_test_add_func("/peer/tcp/port", test_port);
  g_test_add_func("/peer/tcp/ipv6", test_ipv6);
  return g_test_run();
}
