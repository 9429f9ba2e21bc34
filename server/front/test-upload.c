/* Files that are sent: written as they come, asked about before, and gone when nobody waits. */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "front/fake.h"
#include "store/blob.h"

#define HEAD                                                                                       \
  "POST /api/v1/attachments?name=a HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: yishi_session=abc\r\n"
#define STRANGER "POST /api/v1/attachments?name=a HTTP/1.1\r\nHost: 127.0.0.1\r\n"
#define BYTES (5 * 1024 * 1024)

static const char *folder; /* of the server's data */

static unsigned files_in(const char *name) {
  g_autofree char *path = g_build_filename(folder, "attachments", name, NULL);
  g_autoptr(GDir) files = g_dir_open(path, 0, NULL);
  unsigned count = 0;
  while (files && g_dir_read_name(files))
    count++;
  return count;
}

static void assert_has(const char *answer, const char *part) {
  if (!answer || !strstr(answer, part))
    g_error("no \"%s\" in: %s", part, answer);
}

/* Head and body in one piece: all of it may be there before it is said that it may come. */
static void small(unsigned port) {
  g_autofree char *answer = fake_exchange(port, HEAD "Content-Length: 5\r\n\r\nhello");
  assert_has(answer, "HTTP/1.1 201");
  assert_has(answer,
             "sha256=2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824 size=5 "
             "mime=text/plain");
  g_autofree char *program = fake_exchange(port, HEAD "Content-Length: 4\r\n\r\n\x7f"
                                                      "ELF");
  assert_has(program, "HTTP/1.1 415");
  assert_has(program, "file_kind");
  g_autofree char *stranger = fake_exchange(port, STRANGER "Content-Length: 5\r\n\r\nhello");
  assert_has(stranger, "HTTP/1.1 401");
  g_autofree char *large =
      fake_exchange(port, HEAD "Content-Length: 52428801\r\n\r\n"); /* 50 MiB and one */
  assert_has(large, "HTTP/1.1 413");
  g_autofree char *other = fake_exchange(port, "POST /api/v1/echo HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                                               "Content-Length: 65537\r\n\r\n");
  assert_has(other, "HTTP/1.1 413");
  g_assert_cmpuint(files_in("new"), ==, 0);
}

static void send_head(int fd, const char *head, size_t length) {
  g_autofree char *text = g_strdup_printf("%sContent-Length: %zu\r\n\r\n", head, length);
  fake_send(fd, text);
}

/* More than is kept in memory; the connection serves on. */
static void large(unsigned port) {
  g_autofree char *piece = g_strnfill(64 * 1024, 'a');
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  int fd = fake_connect(port);
  send_head(fd, HEAD, BYTES);
  for (unsigned sent = 0; sent < BYTES; sent += 64 * 1024) {
    fake_send(fd, piece);
    g_checksum_update(sum, (const guchar *)piece, 64 * 1024);
  }
  g_autofree char *answer = fake_receive(fd);
  g_autofree char *wanted =
      g_strdup_printf("sha256=%s size=%d ", g_checksum_get_string(sum), BYTES);
  assert_has(answer, wanted);
  fake_send(fd, "GET /api/v1/facts HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  g_autofree char *next = fake_receive(fd);
  assert_has(next, "HTTP/1.1 200");
  close(fd);
}

#define TABLE "POST /api/v1/table HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: yishi_session=abc\r\n"

/* What is read once: of any kind, with a bound of its own, and gone with the answer. */
static void passing(unsigned port) {
  g_autofree char *answer = fake_exchange(port, TABLE "Content-Length: 7\r\n\r\n\x7f"
                                                      "ELFabc");
  assert_has(answer, "HTTP/1.1 201");
  assert_has(answer, "\r\n\r\n7 \x7f"
                     "ELF");
  g_autofree char *large = fake_exchange(port, TABLE "Content-Length: 20971521\r\n\r\n");
  assert_has(large, "HTTP/1.1 413");
  g_autofree char *text = g_strnfill(BYTES, 't');
  int fd = fake_connect(port);
  for (unsigned i = 0; i < 2; i++) {
    send_head(fd, TABLE, BYTES);
    fake_send(fd, text);
    g_autofree char *long_one = fake_receive(fd);
    assert_has(long_one, "\r\n\r\n5242880 tttt");
  }
  close(fd);
  g_assert_cmpuint(files_in("new"), ==, 0);
  g_assert_cmpuint(files_in(""), ==, 1); /* `new` itself */
}

/* Whoever may not send gets his answer, and his bytes are nowhere. */
static void refused(unsigned port) {
  g_autofree char *piece = g_strnfill(64 * 1024, 'a');
  int fd = fake_connect(port);
  send_head(fd, STRANGER, BYTES);
  g_autofree char *answer = fake_receive(fd);
  assert_has(answer, "HTTP/1.1 401");
  assert_has(answer, "Connection: close");
  fake_send(fd, piece);
  g_assert_true(fake_closed(fd));
  close(fd);
  g_assert_cmpuint(files_in("new"), ==, 0);
}

/* A thread of the server's writes. */
static void await_files(unsigned count) {
  for (unsigned i = 0; files_in("new") != count && i < 1000; i++)
    g_usleep(5000);
  g_assert_cmpuint(files_in("new"), ==, count);
}

/* It ends in the middle: what was written goes. */
static void cut(unsigned port) {
  g_autofree char *piece = g_strnfill(64 * 1024, 'b');
  int fd = fake_connect(port);
  send_head(fd, HEAD, BYTES);
  for (unsigned i = 0; i < 20; i++)
    fake_send(fd, piece);
  await_files(1);
  close(fd);
  await_files(0);
}

#define OTHER                                                                                      \
  "POST /api/v1/attachments?name=a HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: yishi_session=xyz\r\n"

/* Four of one person are under way: he waits with the next, others do not. */
static void many(unsigned port) {
  g_autofree char *piece = g_strnfill(64 * 1024, 'c');
  int fds[4];
  for (unsigned i = 0; i < 4; i++) {
    fds[i] = fake_connect(port);
    send_head(fds[i], HEAD, BYTES);
    fake_send(fds[i], piece);
  }
  await_files(4);
  g_autofree char *answer = fake_exchange(port, HEAD "Content-Length: 5\r\n\r\nhello");
  assert_has(answer, "HTTP/1.1 429");
  assert_has(answer, "too_many");
  assert_has(answer, "Retry-After: 10");
  g_autofree char *other = fake_exchange(port, OTHER "Content-Length: 5\r\n\r\nhello");
  assert_has(other, "HTTP/1.1 201");
  close(fds[0]);
  await_files(3);
  g_autofree char *again = fake_exchange(port, HEAD "Content-Length: 5\r\n\r\nhello");
  assert_has(again, "HTTP/1.1 201");
  for (unsigned i = 1; i < 4; i++)
    close(fds[i]);
  await_files(0);
}

static void run(void (*client)(unsigned port)) {
  FakeServer *server = fake_server_new(NULL, NULL);
  folder = server->config->data_dir;
  fake_server_run(server, client);
  fake_server_free(server);
}

static void test_small(void) {
  run(small);
}

static void test_large(void) {
  run(large);
}

static void test_passing(void) {
  run(passing);
}

static void test_refused(void) {
  run(refused);
}

static void test_cut(void) {
  run(cut);
}

static void test_many(void) {
  run(many);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/upload/small", test_small);
  g_test_add_func("/upload/large", test_large);
  g_test_add_func("/upload/passing", test_passing);
  g_test_add_func("/upload/refused", test_refused);
  g_test_add_func("/upload/cut", test_cut);
  g_test_add_func("/upload/many", test_many);
  return g_test_run();
}
