#include "front/reply.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define READ_AHEAD (1024 * 1024) /* bytes the kernel may fetch while a chunk is on its way */

static const struct {
  int status;
  const char *reason;
} reasons[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {507, "Insufficient Storage"},
};

static const char *reason_of(int status) {
  for (unsigned i = 0; i < G_N_ELEMENTS(reasons); i++)
    if (reasons[i].status == status)
      return reasons[i].reason;
  return "Unknown";
}

/* RFC 9110 §6.6.1. The C locale is what the server runs in, but names are written out anyway. */
static void add_date(GString *head) {
  static const char days[] = "SunMonTueWedThuFriSat";
  static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  time_t now = time(NULL);
  struct tm utc;
  gmtime_r(&now, &utc);
  g_string_append_printf(head, "Date: %.3s, %02d %.3s %04d %02d:%02d:%02d GMT\r\n",
                         days + (size_t)utc.tm_wday * 3, utc.tm_mday,
                         months + (size_t)utc.tm_mon * 3, utc.tm_year + 1900, utc.tm_hour,
                         utc.tm_min, utc.tm_sec);
}

/* No inline script or style; blob: for the media player and workers; wasm for noise suppression;
 * frames only of what is `framed`. */
static void add_page_policy(GString *head, const ReplyPolicy *policy) {
  g_string_append_printf(
      head,
      "Content-Security-Policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; "
      "style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'%s%s; "
      "media-src 'self' blob:; worker-src 'self' blob:; manifest-src 'self'; frame-src 'self'; "
      "base-uri 'none'; form-action 'self'; frame-ancestors 'none'\r\n"
      "X-Frame-Options: DENY\r\n",
      *policy->websockets ? " " : "", policy->websockets);
}

/* A document that a browser's own viewer shows, in a place of its own: it loads nothing, sends
 * nothing and runs nothing here. The viewer is an object with a style (Chromium), and none comes
 * in a sandbox (HTML "sandboxed plugins"). */
static void add_framed_policy(GString *head) {
  g_string_append(head, "Content-Security-Policy: default-src 'none'; object-src 'self'; "
                        "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
                        "frame-ancestors 'self'\r\n"
                        "X-Frame-Options: SAMEORIGIN\r\n");
}

static void add_policy(GString *head, const ReplyPolicy *policy) {
  if (policy->framed)
    add_framed_policy(head);
  else
    add_page_policy(head, policy);
  g_string_append(head, "X-Content-Type-Options: nosniff\r\n"
                        "Referrer-Policy: no-referrer\r\n"
                        "Cross-Origin-Opener-Policy: same-origin\r\n"
                        "Cross-Origin-Resource-Policy: same-origin\r\n"
                        "Permissions-Policy: camera=(self), microphone=(self), "
                        "display-capture=(self), geolocation=(), payment=(), usb=()\r\n");
  if (policy->hsts)
    g_string_append(head, "Strict-Transport-Security: max-age=31536000\r\n");
}

Reply *reply_new(int status, const ReplyPolicy *policy) {
  Reply *reply = g_new0(Reply, 1);
  reply->status = status;
  reply->fd = -1;
  reply->head = g_string_sized_new(1024);
  g_string_append_printf(reply->head, "HTTP/1.1 %d %s\r\n", status, reason_of(status));
  add_date(reply->head);
  add_policy(reply->head, policy);
  return reply;
}

void reply_free(Reply *reply) {
  if (!reply)
    return;
  if (reply->fd >= 0)
    close(reply->fd);
  g_string_free(reply->head, TRUE);
  if (reply->body)
    g_string_free(reply->body, TRUE);
  g_free(reply);
}

void reply_header(Reply *reply, const char *name, const char *value) {
  g_assert(!reply->finished);
  for (const char *c = value; *c; c++)
    if ((unsigned char)*c < 0x20 || *c == 0x7f)
      return;
  g_string_append_printf(reply->head, "%s: %s\r\n", name, value);
}

static void finish(Reply *reply, bool with_length, uint64_t length) {
  if (with_length)
    g_string_append_printf(reply->head, "Content-Length: %" PRIu64 "\r\n", length);
  if (reply->close)
    g_string_append(reply->head, "Connection: close\r\n");
  g_string_append(reply->head, "\r\n");
  reply->finished = true;
}

void reply_text(Reply *reply, const char *type, const char *text, size_t length, bool bodyless) {
  reply_header(reply, "Content-Type", type);
  finish(reply, true, length);
  if (bodyless)
    return;
  reply->body = g_string_new_len(text, (gssize)length);
  reply->remaining = length;
}

void reply_file(Reply *reply, int fd, uint64_t offset, uint64_t length, bool bodyless) {
  finish(reply, true, length);
  if (bodyless) {
    close(fd);
    return;
  }
  reply->fd = fd;
  reply->offset = offset;
  reply->remaining = length;
  posix_fadvise(fd, (off_t)offset, READ_AHEAD, POSIX_FADV_WILLNEED);
}

void reply_empty(Reply *reply) {
  /* RFC 9110 §8.6: no Content-Length with 204; a 304's would describe the body not sent. */
  finish(reply, reply->status != 204 && reply->status != 304, 0);
}

Reply *reply_problem(const ReplyPolicy *policy, int status, const char *code, const char *title) {
  Reply *reply = reply_new(status, policy);
  reply_header(reply, "Cache-Control", "no-store");
  /* code and title are our own words: nothing in them to escape. */
  g_autofree char *text =
      g_strdup_printf("{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,\"code\":\"%s\"}",
                      title, status, code);
  reply->close = status == 400 || status == 411 || status == 413 || status == 431 || status == 501;
  reply_text(reply, "application/problem+json", text, strlen(text), false);
  return reply;
}

static long next_of_body(Reply *reply, uint8_t *buffer, size_t size) {
  size_t count = reply->remaining < size ? (size_t)reply->remaining : size;
  if (reply->body) {
    memcpy(buffer, reply->body->str + reply->offset, count);
  } else {
    ssize_t got = pread(reply->fd, buffer, count, (off_t)reply->offset);
    if (got <= 0)
      return -1;
    count = (size_t)got;
    posix_fadvise(reply->fd, (off_t)(reply->offset + count), READ_AHEAD, POSIX_FADV_WILLNEED);
  }
  reply->offset += count;
  reply->remaining -= count;
  return (long)count;
}

long reply_next(Reply *reply, uint8_t *buffer, size_t size) {
  g_assert(reply->finished);
  size_t head = MIN(reply->head->len, size);
  if (head > 0) {
    memcpy(buffer, reply->head->str, head);
    g_string_erase(reply->head, 0, (gssize)head);
  }
  if (head == size || reply->remaining == 0)
    return (long)head;
  long body = next_of_body(reply, buffer + head, size - head);
  return body < 0 ? -1 : (long)head + body;
}

bool reply_done(const Reply *reply) {
  return reply->head->len == 0 && reply->remaining == 0;
}
