#include <glib.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "front/fake.h"

#define HANDSHAKE                                                                                  \
  "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"           \
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define ORIGIN "Origin: http://127.0.0.1\r\n"
#define PROTOCOL "Sec-WebSocket-Protocol: yishi.v1\r\n"
/* As a page of evil.example can make a browser ask. */
#define INJECTED(path)                                                                             \
  "GET " path " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"      \
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" PROTOCOL          \
  "Origin: http://evil.example\r\n\r\n"

static int open_socket(unsigned port) {
  int fd = fake_connect(port);
  fake_send(fd, HANDSHAKE ORIGIN PROTOCOL "\r\n");
  g_autofree char *answer = fake_receive(fd);
  g_assert_true(answer && g_str_has_prefix(answer, "HTTP/1.1 101"));
  g_assert_nonnull(strstr(answer, "yishi.v1"));
  g_assert_null(strstr(answer, "permessage-deflate"));
  return fd;
}

/* One frame, masked as a client must; first is FIN and the opcode. */
static void frame(int fd, unsigned char first, const void *payload, size_t length) {
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  unsigned char head[14] = {first};
  size_t size = 2;
  if (length < 126) {
    head[1] = 0x80 | (unsigned char)length;
  } else if (length < 65536) {
    head[1] = 0x80 | 126;
    head[2] = (unsigned char)(length >> 8);
    head[3] = (unsigned char)length;
    size = 4;
  } else {
    head[1] = 0x80 | 127;
    for (int i = 0; i < 8; i++)
      head[2 + i] = (unsigned char)((uint64_t)length >> (56 - 8 * i));
    size = 10;
  }
  size += 4; /* a mask of zeros leaves the payload as it is */
  g_byte_array_append(bytes, head, (unsigned)size);
  if (payload)
    g_byte_array_append(bytes, payload, (unsigned)length);
  for (size_t sent = 0; sent < bytes->len;) {
    ssize_t now = send(fd, bytes->data + sent, bytes->len - sent, MSG_NOSIGNAL);
    if (now <= 0)
      return;
    sent += (size_t)now;
  }
}

static void text(int fd, const char *message) {
  frame(fd, 0x81, message, strlen(message));
}

static bool read_all(int fd, void *out, size_t length) {
  for (size_t at = 0; at < length;) {
    ssize_t got = recv(fd, (char *)out + at, length - at, 0);
    if (got <= 0)
      return false;
    at += (size_t)got;
  }
  return true;
}

/* The next message, or "close CODE REASON", or NULL at the end. Pings are skipped. */
static char *next(int fd) {
  unsigned char head[2], more[8];
  for (;;) {
    if (!read_all(fd, head, 2))
      return NULL;
    uint64_t length = head[1];
    if (length >= 126) {
      unsigned count = length == 126 ? 2 : 8;
      if (!read_all(fd, more, count))
        return NULL;
      length = 0;
      for (unsigned i = 0; i < count; i++)
        length = length << 8 | more[i];
    }
    g_autofree unsigned char *payload = g_malloc0(length + 1);
    if (!read_all(fd, payload, length))
      return NULL;
    if ((head[0] & 15) == 8)
      return g_strdup_printf("close %d %s", length >= 2 ? payload[0] << 8 | payload[1] : 0,
                             length >= 2 ? (char *)payload + 2 : "");
    if ((head[0] & 15) == 1)
      return (char *)g_steal_pointer(&payload);
  }
}

static void expect(int fd, const char *wanted) {
  g_autofree char *got = next(fd);
  g_assert_cmpstr(got, ==, wanted);
}

static void refusals(unsigned port) {
  static const struct {
    const char *request, *status;
  } cases[] = {
      {HANDSHAKE PROTOCOL "\r\n", "HTTP/1.1 403"},
      {HANDSHAKE PROTOCOL "Origin: http://evil.example\r\n\r\n", "HTTP/1.1 403"},
      {HANDSHAKE PROTOCOL "Origin: null\r\n\r\n", "HTTP/1.1 403"},
      {HANDSHAKE PROTOCOL "Origin: http://127.0.0.1.evil.example\r\n\r\n", "HTTP/1.1 403"},
      /* One header more than the browser sent: it must not count before the real one. */
      {INJECTED("/ws%0aOrigin:http://127.0.0.1/"), "HTTP/1.1 403"},
      {INJECTED("/ws%0AOrigin:http://127.0.0.1/x"), "HTTP/1.1 403"},
      {INJECTED("/ws%0d%0aOrigin:http://127.0.0.1/"), "HTTP/1.1 403"},
      {INJECTED("/ws%0dOrigin:http://127.0.0.1/"), "HTTP/1.1 403"},
      {INJECTED("/ws?%0aOrigin:http://127.0.0.1/"), "HTTP/1.1 403"},
      {INJECTED("/ws%0aHost:evil.example"), "HTTP/1.1 403"},
      {INJECTED("/ws%0aHTTP/1.1 Origin:http://127.0.0.1/"), "HTTP/1.1 403"},
      {HANDSHAKE ORIGIN ORIGIN PROTOCOL "\r\n", "HTTP/1.1 403"},
      {HANDSHAKE "Host: 127.0.0.1\r\n" ORIGIN PROTOCOL "\r\n", "HTTP/1.1 403"},
      {HANDSHAKE ORIGIN "\r\n", "HTTP/1.1 400"},
      {HANDSHAKE ORIGIN "Sec-WebSocket-Protocol: http\r\n\r\n", "HTTP/1.1 400"},
      {"GET /other HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
       "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" ORIGIN
           PROTOCOL "\r\n",
       "HTTP/1.1 404"},
      {"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
       "Sec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" ORIGIN PROTOCOL
       "\r\n",
       "HTTP/1.1 426"},
      {"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "HTTP/1.1 426"},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *answer = fake_exchange(port, cases[i].request);
    if (!answer || !g_str_has_prefix(answer, cases[i].status))
      g_error("%s answered %s", cases[i].request, answer);
  }
  g_assert_cmpint(g_atomic_int_get(&fake_clients), ==, 0);
  /* No key: lws refuses by itself. */
  int fd = fake_connect(port);
  fake_send(fd, "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\n"
                "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" ORIGIN PROTOCOL "\r\n");
  g_assert_true(fake_closed(fd));
  close(fd);
}

static void messages(unsigned port) {
  int fd = open_socket(port);
  text(fd, "hello");
  expect(fd, "hello");
  frame(fd, 0x01, "one ", 4);
  frame(fd, 0x89, "ping", 4);
  frame(fd, 0x00, "two ", 4);
  frame(fd, 0x80, "three", 5);
  expect(fd, "one two three");
  g_autofree char *most = g_strnfill(4096, 'm');
  text(fd, most);
  expect(fd, most);
  text(fd, "bye");
  expect(fd, "goodbye");
  expect(fd, "close 4003 removed");
  frame(fd, 0x88, "\x0f\xa3", 2);
  g_assert_true(fake_closed(fd));
  close(fd);
}

/* Each is refused with its code and takes the connection, and only that, with it. */
static void refused_messages(unsigned port) {
  g_autofree char *long_text = g_strnfill(4097, 'l');
  int fd = open_socket(port);
  text(fd, long_text);
  expect(fd, "close 1009 too long");
  close(fd);
  fd = open_socket(port); /* a frame that only says that it is long */
  unsigned char huge[14] = {0x81, 0xff, 0, 0, 0, 0x10};
  g_assert_true(send(fd, huge, sizeof huge, MSG_NOSIGNAL) == sizeof huge);
  g_assert_true(send(fd, "x", 1, MSG_NOSIGNAL) == 1);
  expect(fd, "close 1009 too long");
  close(fd);
  fd = open_socket(port); /* without end, in small fragments */
  frame(fd, 0x01, "x", 1);
  for (int i = 0; i < 4097; i++)
    frame(fd, 0x00, "x", 1);
  expect(fd, "close 1009 too long");
  close(fd);
  fd = open_socket(port);
  frame(fd, 0x82, "binary", 6);
  expect(fd, "close 1003 text only");
  close(fd);
  fd = open_socket(port);
  frame(fd, 0x81, "\xff\xfe", 2);
  g_autofree char *bad = next(fd);
  g_assert_true(bad && g_str_has_prefix(bad, "close 1007"));
  close(fd);
}

/* 100 MB for a client that does not read: cut off, and nobody else notices. */
static void slow_reader(unsigned port) {
  int slow = open_socket(port), other = open_socket(port);
  text(slow, "flood");
  text(other, "hello");
  expect(other, "hello");
  g_assert_true(fake_closed(slow));
  text(other, "still here");
  expect(other, "still here");
  close(slow);
  close(other);
}

static void abrupt(unsigned port) {
  for (int i = 0; i < 20; i++) {
    int fd = open_socket(port);
    text(fd, "hello");
    struct linger reset = {.l_onoff = 1};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close(fd);
  }
  int fd = open_socket(port);
  text(fd, "hello");
  expect(fd, "hello");
  close(fd);
}

static void silent(unsigned port) {
  int fd = open_socket(port), half = fake_connect(port);
  fake_send(half, "GET /ws HTTP/1.1\r\nHost: 127");
  gint64 start = g_get_monotonic_time();
  g_assert_true(fake_closed(fd));
  g_assert_true(fake_closed(half));
  gint64 took = g_get_monotonic_time() - start;
  g_assert_cmpint(took, >, 8 * G_USEC_PER_SEC);
  g_assert_cmpint(took, <, 13 * G_USEC_PER_SEC);
  close(fd);
  close(half);
}

static gboolean nobody_left(void *data) {
  if (g_atomic_int_get(&fake_clients) > 0)
    return G_SOURCE_CONTINUE;
  g_main_loop_quit(data);
  return G_SOURCE_REMOVE;
}

static void run(void (*client)(unsigned port)) {
  FakeServer *server = fake_server_new("message_max_bytes", "4096", NULL);
  fake_server_run(server, client);
  g_timeout_add(10, nobody_left, server->loop);
  g_main_loop_run(server->loop);
  g_assert_cmpint(g_atomic_int_get(&fake_clients), ==, 0);
  fake_server_free(server);
}

static void test_refusals(void) {
  run(refusals);
}
static void test_messages(void) {
  run(messages);
  g_assert_cmpstr(fake_last_address, ==, "127.0.0.1");
}
static void test_refused_messages(void) {
  run(refused_messages);
}
static void test_slow_reader(void) {
  run(slow_reader);
}
static void test_abrupt(void) {
  run(abrupt);
}
static void test_silent(void) {
  run(silent);
}

/* Three that have not said who they are: the next one is let in when one of them goes. */
static void three(unsigned port) {
  int fds[3];
  for (int i = 0; i < 3; i++)
    fds[i] = open_socket(port);
  text(fds[2], "hello");
  expect(fds[2], "hello");
  int fd = fake_connect(port);
  fake_send(fd, HANDSHAKE ORIGIN PROTOCOL "\r\n");
  struct pollfd answered = {.fd = fd, .events = POLLIN};
  g_assert_cmpint(poll(&answered, 1, 300), ==, 0);
  close(fds[0]);
  g_autofree char *answer = fake_receive(fd);
  g_assert_true(answer && g_str_has_prefix(answer, "HTTP/1.1 101"));
  close(fd);
  for (int i = 1; i < 3; i++)
    close(fds[i]);
}

/* A proxy on this machine: everybody comes from loopback, and is counted by the real address. */
static void many_behind_proxy(unsigned port) {
  int fds[65];
  for (int i = 0; i < 65; i++) {
    fds[i] = fake_connect(port);
    fake_send(fds[i], HANDSHAKE ORIGIN PROTOCOL "X-Forwarded-For: 192.0.2.1\r\n\r\n");
    g_autofree char *answer = fake_receive(fds[i]);
    g_assert_true(answer && g_str_has_prefix(answer, "HTTP/1.1 101"));
  }
  g_assert_true(fake_closed(fds[64]));
  text(fds[2], "hello");
  expect(fds[2], "hello");
  int other = fake_connect(port);
  fake_send(other, HANDSHAKE ORIGIN PROTOCOL "X-Forwarded-For: 192.0.2.2\r\n\r\n");
  g_autofree char *answer = fake_receive(other);
  g_assert_true(answer && g_str_has_prefix(answer, "HTTP/1.1 101"));
  text(other, "hello");
  expect(other, "hello");
  close(other);
  for (int i = 0; i < 65; i++)
    close(fds[i]);
}

/* Those who were welcomed do not count. proxied as in many_behind_proxy. */
static void joined_by(unsigned port, const char *header) {
  int fds[70];
  g_autofree char *handshake = g_strconcat(HANDSHAKE ORIGIN PROTOCOL, header, "\r\n", NULL);
  for (int i = 0; i < 70; i++) {
    fds[i] = fake_connect(port);
    fake_send(fds[i], handshake);
    g_autofree char *answer = fake_receive(fds[i]);
    g_assert_true(answer && g_str_has_prefix(answer, "HTTP/1.1 101"));
    text(fds[i], "join");
    expect(fds[i], "welcome");
    text(fds[i], "join"); /* once is enough */
    expect(fds[i], "welcome");
  }
  for (int i = 0; i < 70; i++)
    close(fds[i]);
}

static void joined(unsigned port) {
  joined_by(port, "");
}

static void joined_behind_proxy(unsigned port) {
  joined_by(port, "X-Forwarded-For: 192.0.2.3\r\n");
}

static void test_held(void) {
  FakeServer *server = fake_server_new("connections_per_address", "3", NULL);
  fake_server_run(server, three);
  fake_server_free(server);
  server = fake_server_new("connections_per_address", "3", NULL);
  fake_server_run(server, joined);
  fake_server_free(server);
  server = fake_server_new("connections_per_address", "3", "trust_proxy", "yes", NULL);
  fake_server_run(server, many_behind_proxy);
  fake_server_run(server, joined_behind_proxy);
  fake_server_free(server);
}

static int left_open = -1;
static void leave_open(unsigned port) {
  left_open = open_socket(port);
}

/* The listener goes while clients are there: they are told of, once. */
static void test_free(void) {
  FakeServer *server = fake_server_new(NULL, NULL);
  fake_server_run(server, leave_open);
  fake_server_free(server);
  g_assert_cmpint(g_atomic_int_get(&fake_clients), ==, 0);
  g_assert_cmpint(g_atomic_int_get(&fake_gone), ==, 1);
  close(left_open);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/websocket/refusals", test_refusals);
  g_test_add_func("/websocket/messages", test_messages);
  g_test_add_func("/websocket/refused-messages", test_refused_messages);
  g_test_add_func("/websocket/slow-reader", test_slow_reader);
  g_test_add_func("/websocket/abrupt", test_abrupt);
  g_test_add_func("/websocket/silent", test_silent);
  g_test_add_func("/websocket/held", test_held);
  g_test_add_func("/websocket/free", test_free);
  return g_test_run();
}
