#include "websocket.h"

#include <glib.h>
#include <string.h>

#include "base/id.h"
#include "stream.h"

enum { OP_TEXT = 1, OP_CLOSE = 8, OP_PING = 9, OP_PONG = 10 };

struct Websocket {
  Stream *stream;
  WebsocketEvents events;
  void *user;
  bool open, busy, dead; /* dead: freed by a callback, its memory when that returns */
};

static void close_with(Websocket *websocket, const char *why) {
  stream_free(websocket->stream);
  websocket->stream = NULL;
  websocket->events.closed(websocket->user, why);
}

static void send_frame(Websocket *websocket, uint8_t operation, const void *data, size_t len) {
  if (!websocket->stream)
    return;
  uint8_t head[14] = {(uint8_t)(0x80 | operation)};
  size_t at = 2;
  if (len < 126) {
    head[1] = (uint8_t)(0x80 | len);
  } else {
    g_assert(len <= UINT16_MAX);
    head[1] = 0x80 | 126;
    head[2] = (uint8_t)(len >> 8);
    head[3] = (uint8_t)len;
    at = 4;
  }
  uint32_t mask = random_u32();
  memcpy(head + at, &mask, 4);
  const uint8_t *key = head + at;
  g_autofree uint8_t *frame = g_malloc(at + 4 + len);
  memcpy(frame, head, at + 4);
  for (size_t i = 0; i < len; i++)
    frame[at + 4 + i] = ((const uint8_t *)data)[i] ^ key[i & 3];
  stream_write(websocket->stream, frame, at + 4 + len);
}

void websocket_send(Websocket *websocket, const char *text, size_t len) {
  send_frame(websocket, OP_TEXT, text, len);
}

/* Takes the HTTP answer; false while it is incomplete. */
static bool read_upgrade(Websocket *websocket, GByteArray *in) {
  const uint8_t *end = memmem(in->data, in->len, "\r\n\r\n", 4);
  if (!end)
    return false;
  bool switched = in->len > 12 && memcmp(in->data, "HTTP/1.1 101", 12) == 0;
  g_byte_array_remove_range(in, 0, (guint)(end - in->data) + 4);
  if (!switched) {
    close_with(websocket, "the WebSocket was refused");
    return false;
  }
  websocket->open = true;
  websocket->events.open(websocket->user);
  return true;
}

/* One frame of the server: unmasked, never a fragment (it writes whole messages). Its length, 0
 * while it is incomplete. */
static size_t read_frame(const GByteArray *in, uint8_t *operation, size_t *start, size_t *len) {
  if (in->len < 2)
    return 0;
  *operation = in->data[0] & 0x0f;
  *start = 2;
  *len = in->data[1] & 0x7f;
  size_t more = *len == 126 ? 2 : *len == 127 ? 8 : 0;
  if (in->len < 2 + more)
    return 0;
  if (more) {
    *len = 0;
    for (size_t i = 0; i < more; i++)
      *len = *len << 8 | in->data[2 + i];
    *start += more;
  }
  return in->len >= *start + *len ? *start + *len : 0;
}

/* The code and the reason are in it, RFC 6455 §5.5.1. */
static void closed_by_server(Websocket *websocket, const uint8_t *data, size_t len) {
  g_autofree char *why =
      len < 2 ? g_strdup("closed by the server")
              : g_strdup_printf("closed by the server: %u %.*s", data[0] << 8 | data[1],
                                (int)(len - 2), (const char *)data + 2);
  close_with(websocket, why);
}

static void on_bytes(void *user, GByteArray *in) {
  Websocket *websocket = user;
  websocket->busy = true;
  if (!websocket->open && !read_upgrade(websocket, in))
    goto out;
  uint8_t operation;
  size_t start, len, frame;
  while (websocket->stream && (frame = read_frame(in, &operation, &start, &len)) > 0) {
    g_autofree char *data = g_strndup((char *)in->data + start, len);
    g_byte_array_remove_range(in, 0, (guint)frame);
    if (operation == OP_TEXT)
      websocket->events.message(websocket->user, data, len);
    else if (operation == OP_PING)
      send_frame(websocket, OP_PONG, data, len);
    else if (operation == OP_CLOSE)
      closed_by_server(websocket, (uint8_t *)data, len);
  }
out:
  websocket->busy = false;
  if (websocket->dead)
    g_free(websocket);
}

static void on_closed(void *user) {
  close_with(user, "the connection broke");
}

Websocket *websocket_new(Loop *loop, const char *url, const char *path, const char *protocol,
                         const char *cookies, const WebsocketEvents *events, void *user) {
  static const StreamEvents stream_events = {on_bytes, on_closed};
  Websocket *websocket = g_new0(Websocket, 1);
  websocket->events = *events;
  websocket->user = user;
  websocket->stream = stream_new(loop, url, &stream_events, websocket);
  if (!websocket->stream) {
    g_free(websocket);
    return NULL;
  }
  g_autofree char *cookie = *cookies ? g_strdup_printf("Cookie: %s\r\n", cookies) : g_strdup("");
  /* The key guards against caches that answer for a server (RFC 6455 §1.3): there is none here. */
  g_autofree char *request =
      g_strdup_printf("GET %s HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\n%sUpgrade: websocket\r\n"
                      "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: %s\r\n\r\n",
                      path, strstr(url, "://") + 3, url, cookie, protocol);
  stream_write(websocket->stream, request, strlen(request));
  return websocket;
}

void websocket_free(Websocket *websocket) {
  if (!websocket)
    return;
  stream_free(websocket->stream);
  websocket->stream = NULL;
  if (websocket->busy)
    websocket->dead = true;
  else
    g_free(websocket);
}
