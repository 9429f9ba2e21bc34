#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <unistd.h>

#include "front/reply.h"

static const ReplyPolicy policy = {.hsts = true, .websockets = "wss://meet.example.org"};

static char *drain(Reply *reply, size_t size) {
  g_autoptr(GString) text = g_string_new(NULL);
  g_autofree uint8_t *buffer = g_malloc(size);
  while (!reply_done(reply)) {
    long count = reply_next(reply, buffer, size);
    if (count < 0)
      return NULL;
    g_string_append_len(text, (char *)buffer, count);
  }
  return g_strdup(text->str);
}

static void test_text(void) {
  for (size_t size = 1; size < 3000; size = size * 3 + 1) {
    g_autoptr(Reply) reply = reply_new(200, &policy);
    reply_header(reply, "X-Good", "yes");
    reply_header(reply, "X-Bad", "a\r\nSet-Cookie: stolen=1");
    reply_text(reply, "text/plain", "hello", 5, false);
    g_autofree char *text = drain(reply, size);
    g_assert_true(g_str_has_prefix(text, "HTTP/1.1 200 OK\r\nDate: "));
    g_assert_nonnull(strstr(text, "X-Good: yes\r\n"));
    g_assert_null(strstr(text, "stolen"));
    g_assert_nonnull(strstr(text, "Strict-Transport-Security"));
    g_assert_nonnull(strstr(text, "connect-src 'self' wss://meet.example.org;"));
    g_assert_true(g_str_has_suffix(text, "Content-Length: 5\r\n\r\nhello"));
  }
}

/* Only what is to be shown in a frame may be, by our own pages, and runs no script of ours there.
 */
static void test_framed(void) {
  ReplyPolicy framed = policy;
  framed.framed = true;
  g_autoptr(Reply) page = reply_new(200, &policy), document = reply_new(200, &framed);
  reply_text(page, "text/html", "", 0, false);
  reply_text(document, "application/pdf", "", 0, false);
  g_autofree char *whole = drain(page, 5000), *shown = drain(document, 5000);
  g_assert_nonnull(strstr(whole, "frame-ancestors 'none'\r\n"));
  g_assert_nonnull(strstr(whole, "X-Frame-Options: DENY\r\n"));
  g_assert_nonnull(strstr(whole, "frame-src 'self';"));
  g_assert_nonnull(strstr(shown, "frame-ancestors 'self'\r\n"));
  g_assert_nonnull(strstr(shown, "X-Frame-Options: SAMEORIGIN\r\n"));
  g_assert_nonnull(strstr(shown, "X-Content-Type-Options: nosniff\r\n"));
  g_assert_nonnull(strstr(shown, "Content-Security-Policy: default-src 'none';"));
  g_assert_null(strstr(shown, "script-src"));
  g_assert_null(strstr(shown, "connect-src"));
}

static void test_bodyless(void) {
  g_autoptr(Reply) head = reply_new(200, &policy);
  reply_text(head, "text/plain", "hello", 5, true);
  g_autofree char *text = drain(head, 100);
  g_assert_true(g_str_has_suffix(text, "Content-Length: 5\r\n\r\n"));
  g_autoptr(Reply) none = reply_new(204, &policy);
  reply_empty(none);
  g_autofree char *empty = drain(none, 100);
  g_assert_null(strstr(empty, "Content-Length"));
}

static void test_file(void) {
  char path[] = "/tmp/yishi-reply-XXXXXX";
  int fd = g_mkstemp(path);
  g_assert_true(write(fd, "0123456789", 10) == 10);
  g_autoptr(Reply) reply = reply_new(206, &policy);
  reply_file(reply, open(path, O_RDONLY), 3, 4, false);
  g_autofree char *text = drain(reply, 7);
  g_assert_true(g_str_has_suffix(text, "\r\n\r\n3456"));
  /* Cut while it is being sent: the length was promised, so only closing is left. */
  g_autoptr(Reply) cut = reply_new(200, &policy);
  reply_file(cut, open(path, O_RDONLY), 0, 10, false);
  g_assert_true(ftruncate(fd, 2) == 0);
  g_assert_null(drain(cut, 4096));
  close(fd);
  unlink(path);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/reply/text", test_text);
  g_test_add_func("/reply/framed", test_framed);
  g_test_add_func("/reply/bodyless", test_bodyless);
  g_test_add_func("/reply/file", test_file);
  return g_test_run();
}
