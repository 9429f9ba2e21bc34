#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "front/fake.h"

#define HOST "Host: 127.0.0.1\r\n"

static void assert_answer(const char *answer, const char *head, const char *contains) {
  g_assert_nonnull(answer);
  if (!g_str_has_prefix(answer, head) || (contains && !strstr(answer, contains)))
    g_error("wanted %s … %s, got %s", head, contains, answer);
}

static void exchange(unsigned port, const char *text, const char *head, const char *contains) {
  g_autofree char *answer = fake_exchange(port, text);
  assert_answer(answer, head, contains);
}

static void pages(unsigned port) {
  exchange(port, "GET / HTTP/1.1\r\n" HOST "\r\n", "HTTP/1.1 200 OK", "<!doctype html>page");
  exchange(port, "GET /meetings/abc HTTP/1.1\r\n" HOST "\r\n", "HTTP/1.1 200", "no-cache");
  exchange(port, "GET /assets/app-1234.js HTTP/1.1\r\n" HOST "\r\n", "HTTP/1.1 200", "immutable");
  exchange(port, "GET /assets/app-1234.js HTTP/1.1\r\n" HOST "Accept-Encoding: br, gzip\r\n\r\n",
           "HTTP/1.1 200", "Content-Encoding: gzip\r\n");
  exchange(port, "GET /assets/none.js HTTP/1.1\r\n" HOST "\r\n", "HTTP/1.1 404",
           "application/problem+json");
  exchange(port, "POST / HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", "HTTP/1.1 405", NULL);
  g_autofree char *head = fake_exchange(port, "HEAD / HTTP/1.0\r\n" HOST "\r\n");
  assert_answer(head, "HTTP/1.1 200", "Content-Length: 19\r\n");
  static const char *const security[] = {
      "Content-Security-Policy: default-src 'none'",
      "frame-ancestors 'none'",
      "X-Content-Type-Options: nosniff",
      "Referrer-Policy: no-referrer",
      "Permissions-Policy: camera=(self), microphone=(self), display-capture=(self)",
  };
  g_assert_null(strstr(head, "unsafe-inline"));
  for (unsigned i = 0; i < G_N_ELEMENTS(security); i++)
    assert_answer(head, "HTTP/1.1 200", security[i]);
}

static void traversal(unsigned port) {
  static const char *const paths[] = {
      "/../secret.txt",
      "/%2e%2e/secret.txt",
      "/assets/../../secret.txt",
      "/assets/%2e%2e%2f%2e%2e%2fsecret.txt",
      "/..%5csecret.txt",
      "/.hidden.txt",
      "/assets/link.txt",
      "/link/secret.txt",
      "//secret.txt",
      "/index.html%00.js",
      "/a/%c0%ae%c0%ae/secret.txt",
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(paths); i++) {
    g_autofree char *request = g_strdup_printf("GET %s HTTP/1.1\r\n" HOST "\r\n", paths[i]);
    g_autofree char *answer = fake_exchange(port, request);
    if (answer && (strstr(answer, "TOP SECRET") || g_str_has_prefix(answer, "HTTP/1.1 200")))
      g_error("%s answered %s", paths[i], answer);
  }
}

static void test_pages(void) {
  FakeServer *server = fake_server_new(NULL, NULL);
  g_autofree char *secret = g_build_filename(server->folder, "secret.txt", NULL);
  g_autofree char *hidden = g_build_filename(server->web, ".hidden.txt", NULL);
  g_autofree char *link = g_build_filename(server->web, "assets", "link.txt", NULL);
  g_autofree char *folder = g_build_filename(server->web, "link", NULL);
  g_assert(g_file_set_contents(secret, "TOP SECRET", -1, NULL));
  g_assert(g_file_set_contents(hidden, "TOP SECRET", -1, NULL));
  g_assert(symlink(secret, link) == 0 && symlink(server->folder, folder) == 0);
  fake_server_run(server, pages);
  fake_server_run(server, traversal);
  fake_server_free(server);
}

static void requests(unsigned port) {
  exchange(port, "POST /api/v1/echo HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhello",
           "HTTP/1.1 200", "\r\n\r\nhello");
  exchange(port,
           "GET /api/v1/facts?limit=1&q=a%26b+c HTTP/1.1\r\n" HOST
           "Cookie: x=1; yishi_session=abc123; y=2\r\nX-CSRF-Token: tok\r\n"
           "Origin: http://127.0.0.1\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n",
           "HTTP/1.1 200", "method=1 origin=1 csrf=tok cookie=abc123 address=127.0.0.1 q=a&b c");
  exchange(port,
           "GET /api/v1/facts HTTP/1.1\r\n" HOST
           "Origin: http://evil.example\r\nCookie: yishi_session=A\"b\r\n\r\n",
           "HTTP/1.1 200", "origin=0 csrf=- cookie=- ");
  exchange(port, "POST /api/v1/echo HTTP/1.1\r\n" HOST "\r\n", "HTTP/1.1 411", "length_required");
  exchange(port, "POST /api/v1/echo HTTP/1.1\r\n" HOST "Content-Length: 65537\r\n\r\n",
           "HTTP/1.1 413", "too_large");
  exchange(port, "POST /api/v1/echo HTTP/1.1\r\n" HOST "Content-Length: -1\r\n\r\n", "HTTP/1.1 400",
           NULL);
  exchange(port,
           "POST /api/v1/echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           "HTTP/1.1 501", "no_chunked");
  exchange(port, "POST /api/v1/echo HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", "HTTP/1.1 200",
           "Content-Length: 0");
  exchange(port, "GET /api/v1/effect HTTP/1.1\r\n" HOST "\r\n", "HTTP/1.1 200", NULL);
  g_assert(g_atomic_int_get(&fake_effects) == 1);
  g_autofree char *big = fake_exchange(port, "GET /api/v1/big HTTP/1.1\r\n" HOST "\r\n");
  g_assert(strlen(strstr(big, "\r\n\r\n")) == 3000004);
  g_autofree char *long_cookie = g_strnfill(6000, 'c');
  g_autofree char *request =
      g_strdup_printf("GET /api/v1/facts HTTP/1.1\r\n" HOST "Cookie: %s\r\n\r\n", long_cookie);
  exchange(port, request, "HTTP/1.1 431", "header_too_large");
}

/* A refused body is read to its end, so that the answer is not lost to a reset. */
static void big_body(unsigned port) {
  int fd = fake_connect(port);
  g_autofree char *body = g_strnfill(400000, 'b');
  fake_send(fd, "PUT /api/v1/echo HTTP/1.1\r\n" HOST "Content-Length: 400000\r\n\r\n");
  fake_send(fd, body);
  g_autofree char *answer = fake_receive(fd);
  assert_answer(answer, "HTTP/1.1 413", "Connection: close");
  g_assert(fake_closed(fd));
  close(fd);
}

static void keep_alive(unsigned port) {
  int fd = fake_connect(port);
  for (int i = 0; i < 20; i++) {
    fake_send(fd, i % 3 == 0   ? "POST /api/v1/echo HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nok"
                  : i % 3 == 1 ? "GET / HTTP/1.1\r\n" HOST "\r\n"
                               : "DELETE /api/v1/echo HTTP/1.1\r\n" HOST "\r\n");
    g_autofree char *answer = fake_receive(fd);
    assert_answer(answer, "HTTP/1.1 200", NULL);
  }
  close(fd);
}

static void pipelined(unsigned port) {
  int fd = fake_connect(port);
  fake_send(fd, "POST /api/v1/echo HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\none"
                "GET /api/v1/facts HTTP/1.1\r\n" HOST "\r\n");
  g_autofree char *first = fake_receive(fd);
  assert_answer(first, "HTTP/1.1 200", "\r\n\r\none");
  g_autofree char *second = fake_receive(fd);
  assert_answer(second, "HTTP/1.1 200", "method=1");
  close(fd);
}

static void test_requests(void) {
  FakeServer *server = fake_server_new(NULL, NULL);
  fake_server_run(server, requests);
  fake_server_run(server, big_body);
  fake_server_run(server, keep_alive);
  fake_server_run(server, pipelined);
  fake_server_free(server);
}

/* libwebsockets' use after free: see listener.c. Under ASan or valgrind this fails without the
 * guard. */
static void upgrades(unsigned port) {
  static const char *const values[] = {"foo", "h2c", "websocke", "websocket2", ""};
  for (unsigned i = 0; i < G_N_ELEMENTS(values); i++) {
    int fd = fake_connect(port);
    fake_send(fd, "GET / HTTP/1.1\r\n" HOST "Connection: keep-alive\r\n\r\n");
    g_autofree char *first = fake_receive(fd);
    assert_answer(first, "HTTP/1.1 200", NULL);
    g_autofree char *second =
        g_strdup_printf("GET / HTTP/1.1\r\n" HOST "Connection: keep-alive, Upgrade\r\n"
                        "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\nUpgrade: %s\r\n\r\n",
                        values[i]);
    fake_send(fd, second);
    if (*values[i])
      g_assert(fake_closed(fd));
    close(fd);
  }
  exchange(port, "GET / HTTP/1.1\r\n" HOST "\r\n", "HTTP/1.1 200", NULL);
}

static void nonsense(unsigned port) {
  static const char *const texts[] = {
      "\r\n\r\n",
      "CONNECT a:1 HTTP/1.1\r\n" HOST "\r\n",
      "FOO / HTTP/1.1\r\n\r\n",
      "GET http://x/ HTTP/1.1\r\n\r\n",
      "\x16\x03\x01\x02\x01\x01",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      "GET / HTTP/1.1\r\nGET: /x\r\n\r\n",
      "GET /%zz HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\n\n",
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
    int fd = fake_connect(port);
    fake_send(fd, texts[i]);
    shutdown(fd, SHUT_WR);
    g_assert(fake_closed(fd));
    close(fd);
  }
  exchange(port, "GET / HTTP/1.1\r\n" HOST "\r\n", "HTTP/1.1 200", NULL);
}

/* Heads that could be read in two ways, or say too little: each is refused, and none reaches the
 * API. libwebsockets decodes %0a in the path before it looks for line ends. */
static void unsound(unsigned port) {
  static const char *const heads[] = {
      "GET /api/v1/facts HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
      "GET /api/v1/facts HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
      "GET /api/v1/facts HTTP/1.1\r\n\r\n",
      "GET /api/v1/facts HTTP/1.1\r\nHost:\r\n\r\n",
      "GET /api/v1/facts HTTP/1.1\r\nHost: a b\r\n\r\n",
      "GET /api/v1/facts HTTP/1.1\r\nHost: a,b\r\n\r\n",
      "GET /api/v1/facts HTTP/1.1\r\nHost: a@b\r\n\r\n",
      "GET /api/v1/facts HTTP/1.0\r\n\r\n",
      "GET /api/v1/facts\r\n" HOST "\r\n",
      "GET /api/v1/facts\r\n\r\n",
      "GET /api/v1/facts HTTP/0.9\r\n" HOST "\r\n",
      "GET /api/v1/facts HTTP/2.0\r\n" HOST "\r\n",
      "GET /api/v1/facts HTTP/1.11\r\n" HOST "\r\n",
      "GET /api/v1/facts%0aOrigin:http://127.0.0.1/ HTTP/1.1\r\n" HOST "\r\n",
      "GET /api/v1/facts%0aCookie:yishi_session=a HTTP/1.1\r\n" HOST "\r\n",
      "GET /api/v1/facts%0d%0aX:http://127.0.0.1/ HTTP/1.1\r\n" HOST "\r\n",
      "GET /api/v1/facts?a=%0aOrigin:http://127.0.0.1/ HTTP/1.1\r\n" HOST "\r\n",
      "GET /api/v1/facts HTTP/1.1\r\n" HOST "Origin: http://a\r\nOrigin: http://b\r\n\r\n",
      "GET /api/v1/facts HTTP/1.1\r\n" HOST "Cookie: a=b\r\nCookie: c=d\r\n\r\n",
      "POST /api/v1/echo HTTP/1.1\r\n" HOST "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx",
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(heads); i++) {
    g_autofree char *answer = fake_exchange(port, heads[i]);
    if (answer && !g_str_has_prefix(answer, "HTTP/1.1 400"))
      g_error("%s answered %s", heads[i], answer);
  }
  exchange(port, "GET /api/v1/facts HTTP/1.1\r\nhOSt: [::1]:80\r\n\r\n", "HTTP/1.1 200", NULL);
}

static void test_hostile(void) {
  FakeServer *server = fake_server_new(NULL, NULL);
  fake_server_run(server, upgrades);
  fake_server_run(server, nonsense);
  fake_server_run(server, unsound);
  fake_server_free(server);
}

static void parts(unsigned port) {
  exchange(port, "GET /api/v1/file HTTP/1.1\r\n" HOST "\r\n", "HTTP/1.1 200",
           "Content-Length: 200000\r\n");
  exchange(port, "GET /api/v1/file HTTP/1.1\r\n" HOST "Range: bytes=100-103\r\n\r\n",
           "HTTP/1.1 206", "\r\n\r\nefgh");
  exchange(port, "GET /api/v1/file HTTP/1.1\r\n" HOST "Range: bytes=199998-\r\n\r\n",
           "HTTP/1.1 206", "Content-Range: bytes 199998-199999/200000\r\n");
  exchange(port, "GET /api/v1/file HTTP/1.1\r\n" HOST "Range: bytes=200000-\r\n\r\n",
           "HTTP/1.1 416", "Content-Range: bytes */200000\r\n");
  exchange(port,
           "GET /api/v1/file HTTP/1.1\r\n" HOST "Range: bytes=0-1\r\nIf-Range: \"other\"\r\n\r\n",
           "HTTP/1.1 200", "Content-Length: 200000\r\n");
  g_autofree char *head = fake_exchange(port, "HEAD /api/v1/file HTTP/1.0\r\n" HOST "\r\n");
  assert_answer(head, "HTTP/1.1 200", "Accept-Ranges: bytes");
  const char *etag = strstr(head, "ETag: ") + 6;
  g_autofree char *known =
      g_strdup_printf("GET /api/v1/file HTTP/1.1\r\n" HOST "If-None-Match: %.*s\r\n\r\n",
                      (int)strcspn(etag, "\r"), etag);
  exchange(port, known, "HTTP/1.1 304", "ETag: ");
}

#define LARGE_BYTES (256 * 1024 * 1024) /* more than the sockets on both sides hold */

static uint64_t drain(int fd) {
  static char bytes[1 << 16];
  uint64_t sum = 0;
  ssize_t got;
  while ((got = recv(fd, bytes, sizeof bytes, 0)) > 0)
    sum += (uint64_t)got;
  return sum;
}

/* Until *count passes value; meanwhile a little is read when fd is one. */
static void wait_past(gint *count, int value, int fd) {
  static char bytes[1 << 16];
  gint64 until_us = g_get_monotonic_time() + 15 * G_USEC_PER_SEC;
  while (g_atomic_int_get(count) <= value) {
    g_assert_cmpint(g_get_monotonic_time(), <, until_us);
    if (fd >= 0)
      g_assert_cmpint(recv(fd, bytes, sizeof bytes, 0), >, 0);
    g_usleep(10000);
  }
}

/* Somebody who is let watch, and then no longer. While he takes what is sent he is there; who took
 * nothing since the last time may have gone home. */
static void watcher(unsigned port) {
  int fd = fake_connect(port);
  fake_send(fd, "GET /api/v1/file HTTP/1.1\r\n" HOST "\r\n");
  char first;
  g_assert_cmpint(recv(fd, &first, 1, 0), ==, 1);
  wait_past(&fake_idle, g_atomic_int_get(&fake_idle), -1);
  wait_past(&fake_active, g_atomic_int_get(&fake_active), fd);
  g_atomic_int_set(&fake_denied, 1);
  wait_past(&fake_refused, 0, -1);
  g_assert_cmpuint(drain(fd), <, LARGE_BYTES);
  close(fd);
  exchange(port, "GET /api/v1/file HTTP/1.1\r\n" HOST "Range: bytes=0-\r\n\r\n", "HTTP/1.1 404",
           NULL);
  g_atomic_int_set(&fake_denied, 0);
}

static void test_right_lost(void) {
  FakeServer *server = fake_server_new(NULL, NULL);
  g_autofree char *path = g_build_filename(server->folder, "recording.webm", NULL);
  int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  g_assert_cmpint(ftruncate(fd, LARGE_BYTES), ==, 0);
  close(fd);
  fake_server_run(server, watcher);
  fake_server_free(server);
}

static void test_file(void) {
  FakeServer *server = fake_server_new(NULL, NULL);
  g_autofree char *path = g_build_filename(server->folder, "recording.webm", NULL);
  g_autoptr(GString) bytes = g_string_new(NULL);
  for (unsigned i = 0; i < 200000; i++)
    g_string_append_c(bytes, (char)('a' + i % 32));
  g_assert(g_file_set_contents(path, bytes->str, (gssize)bytes->len, NULL));
  fake_server_run(server, parts);
  fake_server_free(server);
}

/* Until it waits there: whoever opens the gate before would leave it waiting for ever. */
static void send_wait(int fd) {
  int before = g_atomic_int_get(&fake_held);
  fake_send(fd, "GET /api/v1/wait HTTP/1.1\r\n" HOST "\r\n");
  wait_past(&fake_held, before, -1);
}

static void leave_while_waiting(unsigned port) {
  int fd = fake_connect(port);
  send_wait(fd);
  struct linger reset = {.l_onoff = 1};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  close(fd);
  exchange(port, "GET /api/v1/go HTTP/1.1\r\n" HOST "\r\n", "HTTP/1.1 200", NULL);
}

/* As a browser does whose page was closed: its request is given up while it waits. */
static void close_while_waiting(unsigned port) {
  int before = g_atomic_int_get(&fake_abandoned);
  int fd = fake_connect(port);
  send_wait(fd);
  close(fd);
  wait_past(&fake_abandoned, before, -1);
  exchange(port, "GET /api/v1/go HTTP/1.1\r\n" HOST "\r\n", "HTTP/1.1 200", NULL);
}

/* Input behind a request that waits, or behind an answer that is not read, must not keep the loop
 * busy. */
static void no_spin(unsigned port) {
  int waiting = fake_connect(port), unread = fake_connect(port);
  int small = 4096;
  setsockopt(unread, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  send_wait(waiting);
  fake_send(unread, "GET /api/v1/big HTTP/1.1\r\n" HOST "\r\n");
  g_usleep(200000);
  fake_send(waiting, "GET / HTTP/1.1\r\n" HOST "\r\n");
  fake_send(unread, "GET / HTTP/1.1\r\n" HOST "\r\n");
  g_usleep(100000);
  gint64 before = fake_cpu_us();
  g_usleep(500000);
  g_assert_cmpint(fake_cpu_us() - before, <, 100000);
  exchange(port, "GET /api/v1/go HTTP/1.1\r\n" HOST "\r\n", "HTTP/1.1 200", NULL);
  g_autofree char *first = fake_receive(waiting);
  assert_answer(first, "HTTP/1.1 200", NULL);
  close(waiting);
  close(unread);
}

static void test_waiting(void) {
  FakeServer *server = fake_server_new(NULL, NULL);
  fake_server_run(server, leave_while_waiting);
  g_assert(g_atomic_int_get(&fake_effects) == 1 ||
           g_atomic_int_get(&fake_effects) == 0); /* posted; applied by now or by the next run */
  fake_server_run(server, no_spin);
  g_assert(g_atomic_int_get(&fake_effects) == 2);
  fake_server_run(server, close_while_waiting);
  fake_server_free(server);
}

static void proxied(unsigned port) {
  exchange(port, "GET /api/v1/facts HTTP/1.1\r\n" HOST "X-Forwarded-For: 9.9.9.9, 1.2.3.4\r\n\r\n",
           "HTTP/1.1 200", "address=1.2.3.4 ");
  exchange(port, "GET /metrics HTTP/1.1\r\n" HOST "X-Forwarded-For: 1.2.3.4\r\n\r\n",
           "HTTP/1.1 403", NULL);
  exchange(port, "GET /metrics HTTP/1.1\r\n" HOST "\r\n", "HTTP/1.1 200",
           "yishi_http_requests_total");
  exchange(port, "GET /healthz HTTP/1.1\r\n" HOST "\r\n", "HTTP/1.1 200", "\"status\":\"ok\"");
}

static int open_idle(unsigned port, const char *path) {
  g_autofree char *request = g_strdup_printf("GET %s HTTP/1.1\r\n" HOST "\r\n", path);
  int fd = fake_connect(port);
  fake_send(fd, request);
  g_autofree char *answer = fake_receive(fd);
  assert_answer(answer, "HTTP/1.1 200", NULL);
  return fd;
}

static bool is_answered(int fd, int wait_ms) {
  struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
  return poll(&poll_fd, 1, wait_ms) == 1;
}

/* An address that holds too many: the oldest idle one goes, a browser opens it again. */
static void held(unsigned port) {
  int fds[4];
  for (int i = 0; i < 4; i++)
    fds[i] = open_idle(port, "/");
  g_assert_true(fake_closed(fds[0]));
  fake_send(fds[1], "GET / HTTP/1.1\r\n" HOST "\r\n");
  g_autofree char *answer = fake_receive(fds[1]);
  assert_answer(answer, "HTTP/1.1 200", NULL);
  for (int i = 0; i < 4; i++)
    close(fds[i]);
}

/* Whoever is signed in does not stand in the way of others behind the same address. */
static void known(unsigned port) {
  int fds[12];
  for (int i = 0; i < 12; i++) {
    g_autofree char *path = g_strdup_printf("/api/v1/known?who=p%d", i);
    fds[i] = open_idle(port, path);
  }
  held(port);
  for (int i = 0; i < 12; i++) {
    fake_send(fds[i], "GET / HTTP/1.1\r\n" HOST "\r\n");
    g_autofree char *answer = fake_receive(fds[i]);
    assert_answer(answer, "HTTP/1.1 200", NULL);
    close(fds[i]);
  }
}

/* One person's: eight idle ones, the oldest going. */
static void of_one(unsigned port) {
  int fds[40];
  for (int i = 0; i < 40; i++)
    fds[i] = open_idle(port, "/api/v1/known?who=one");
  for (int i = 0; i < 32; i++)
    g_assert_true(fake_closed(fds[i]));
  for (int i = 32; i < 40; i++) {
    fake_send(fds[i], "GET / HTTP/1.1\r\n" HOST "\r\n");
    g_autofree char *answer = fake_receive(fds[i]);
    assert_answer(answer, "HTTP/1.1 200", NULL);
  }
  for (int i = 0; i < 40; i++)
    close(fds[i]);
}

/* Sixty-four that ask for nothing: others behind their address wait for a place, and get it. */
static void half_open(unsigned port) {
  int silent[64], more[20], patient[3];
  for (int i = 0; i < 64; i++)
    silent[i] = fake_connect(port);
  for (int i = 0; i < 20; i++)
    more[i] = fake_connect(port);
  for (int i = 0; i < 3; i++) {
    patient[i] = fake_connect(port);
    fake_send(patient[i], "GET / HTTP/1.1\r\n" HOST "\r\n");
  }
  g_assert_false(is_answered(patient[0], 300));
  for (int i = 0; i < 20; i++) { /* they say nothing: no use to wait with them */
    g_assert_true(fake_closed(more[i]));
    close(more[i]);
  }
  g_assert_false(is_answered(patient[0], 0));
  close(silent[0]);
  for (int i = 0; i < 3; i++) { /* each makes room for the next by asking */
    g_autofree char *answer = fake_receive(patient[i]);
    assert_answer(answer, "HTTP/1.1 200", NULL);
    close(patient[i]);
  }
  for (int i = 1; i < 64; i++)
    close(silent[i]);
}

static void run_with(const char *most, void (*client)(unsigned port)) {
  FakeServer *server = fake_server_new("connections_per_address", most, NULL);
  fake_server_run(server, client);
  fake_server_free(server);
}

static void test_addresses(void) {
  FakeServer *server = fake_server_new("trust_proxy", "yes", NULL);
  fake_server_run(server, proxied);
  fake_server_free(server);
  run_with("3", held);
  run_with("3", known);
  run_with("3", of_one);
  run_with("200", half_open);
}

/* One GET over TLS; how many bytes came, 0 when there was no handshake. protocol: the most to
 * offer. */
static size_t get_tls(unsigned port, const char *path, long protocol, char *head, size_t size) {
  SSL_CTX *context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_max_proto_version(context, protocol);
  SSL_CTX_set_security_level(context, 0);
  SSL_CTX_set_alpn_protos(context, (const unsigned char *)"\x02h2\x08http/1.1", 12);
  SSL *ssl = SSL_new(context);
  int fd = fake_connect(port);
  size_t total = 0;
  SSL_set_fd(ssl, fd);
  if (SSL_connect(ssl) == 1) {
    const unsigned char *chosen;
    unsigned length;
    SSL_get0_alpn_selected(ssl, &chosen, &length);
    g_assert_true(length == 8 && memcmp(chosen, "http/1.1", 8) == 0);
    g_autofree char *request =
        g_strdup_printf("GET %s HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", path);
    g_assert_true(SSL_write(ssl, request, (int)strlen(request)) > 0);
    char bytes[16384];
    int got;
    while ((got = SSL_read(ssl, bytes, sizeof bytes)) > 0) {
      if (total == 0)
        g_strlcpy(head, bytes, MIN(size, (size_t)got));
      total += (size_t)got;
    }
  }
  SSL_free(ssl);
  SSL_CTX_free(context);
  close(fd);
  return total;
}

static void secure(unsigned port) {
  char head[2048] = "";
  g_assert_cmpuint(get_tls(port, "/", TLS1_3_VERSION, head, sizeof head), >, 100);
  g_assert_true(g_str_has_prefix(head, "HTTP/1.1 200"));
  g_assert_nonnull(strstr(head, "Strict-Transport-Security"));
  g_assert_cmpuint(get_tls(port, "/api/v1/big", TLS1_2_VERSION, head, sizeof head), >, 3000000);
  g_assert_cmpuint(get_tls(port, "/", TLS1_1_VERSION, head, sizeof head), ==, 0);
  int fd = fake_connect(port); /* no TLS at all */
  fake_send(fd, "GET / HTTP/1.1\r\n" HOST "\r\n");
  g_assert_true(fake_closed(fd));
  close(fd);
}

static void test_tls(void) {
  FakeServer *server =
      fake_server_new("tls", "self-signed", "public_url", "https://meet.example.org", NULL);
  g_assert_cmpstr(listener_url(server->listener), ==, "https://meet.example.org");
  fake_server_run(server, secure);
  fake_server_free(server);
}

static void of_both_families(unsigned port) {
  char head[2048] = "";
  g_assert_cmpuint(get_tls(port, "/metrics", TLS1_3_VERSION, head, sizeof head), >, 100);
  g_assert_true(g_str_has_prefix(head, "HTTP/1.1 200"));
}

/* A server that listens on :: sees IPv4 as ::ffff:127.0.0.1: still this machine. */
static void test_both_families(void) {
  FakeServer *server = fake_server_new("tls", "self-signed", "listen_address", "::", NULL);
  fake_server_run(server, of_both_families);
  fake_server_free(server);
}

static void stopped(unsigned port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in where = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  g_assert_true(connect(fd, (struct sockaddr *)&where, sizeof where) != 0);
  close(fd);
}

static void test_stop(void) {
  FakeServer *server = fake_server_new(NULL, NULL);
  fake_server_run(server, keep_alive);
  listener_stop(server->listener);
  fake_server_run(server, stopped);
  fake_server_free(server);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/listener/pages", test_pages);
  g_test_add_func("/listener/requests", test_requests);
  g_test_add_func("/listener/hostile", test_hostile);
  g_test_add_func("/listener/file", test_file);
  g_test_add_func("/listener/right-lost", test_right_lost);
  g_test_add_func("/listener/waiting", test_waiting);
  g_test_add_func("/listener/addresses", test_addresses);
  g_test_add_func("/listener/tls", test_tls);
  g_test_add_func("/listener/both-families", test_both_families);
  g_test_add_func("/listener/stop", test_stop);
  return g_test_run();
}
