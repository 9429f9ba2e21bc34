#include "front/websocket.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "front/request.h"

/* Bounds of what waits for one client. A welcome with a roster page is the largest message; a
 * client that is this far behind lost its network or does not read. */
#define QUEUE_BYTES_MAX (4 * 1024 * 1024)
#define QUEUE_COUNT_MAX 1024
#define FIRST_MESSAGE_US (10 * G_USEC_PER_SEC) /* PROTOCOL.md: hello or resume within 10 s */
#define MESSAGE_US (10 * G_USEC_PER_SEC)       /* from a message's first to its last fragment */
#define CLOSING_US (5 * G_USEC_PER_SEC)        /* to write what is queued and shake hands */
#define REASON_MAX 123                         /* RFC 6455 §5.5: 125 less the code */

METRIC(sockets_metric, METRIC_GAUGE, "yishi_websockets", "Open signalling connections");
METRIC(in_metric, METRIC_COUNTER, "yishi_websocket_messages_received_total",
       "Signalling messages received");
METRIC(out_metric, METRIC_COUNTER, "yishi_websocket_messages_sent_total",
       "Signalling messages sent");
METRIC(slow_metric, METRIC_COUNTER, "yishi_websocket_slow_total",
       "Signalling connections cut off because their queue was full");

struct Websocket {
  Connection *connection;
  Client *client;
  GByteArray *message; /* the one being received */
  GQueue out;          /* of GBytes */
  size_t out_bytes;
  bool closing, cut;
  unsigned code;
  char reason[REASON_MAX + 1];
  GSource *cutter; /* closes a client that does not read, outside of whoever noticed */
};

int websocket_check(const Connection *connection, const char **code, const char **title) {
  struct lws *wsi = connection->wsi;
  bool too_long = false;
  g_autofree char *path = front_header(wsi, WSI_TOKEN_GET_URI, 64, &too_long);
  g_autofree char *protocol = front_header(wsi, WSI_TOKEN_PROTOCOL, 64, &too_long);
  g_autofree char *version = front_header(wsi, WSI_TOKEN_VERSION, 8, &too_long);
  if (!request_head_is_sound(wsi)) { /* whose origin cannot be told */
    *code = "forbidden_origin", *title = "The request cannot be read";
    return 403;
  }
  if (too_long || !path || strcmp(path, "/ws") != 0) {
    *code = "not_found", *title = "There is no such WebSocket";
    return 404;
  }
  if (!request_origin_allowed(connection)) {
    *code = "forbidden_origin", *title = "This web page may not connect here";
    return 403;
  }
  if (!protocol || strcmp(protocol, WEBSOCKET_PROTOCOL) != 0) {
    *code = "bad_protocol", *title = "The subprotocol must be " WEBSOCKET_PROTOCOL;
    return 400;
  }
  if (!version || strcmp(version, "13") != 0) {
    *code = "upgrade_required", *title = "The WebSocket version must be 13";
    return 426;
  }
  if (connection->front->stopping) {
    *code = "stopping", *title = "The server is stopping";
    return 503;
  }
  return 0;
}

static void queue(void *user, const char *text, size_t len);
static void close_later(void *user, unsigned code, const char *reason);

static void joined(void *user);

static const ClientSink sink = {queue, close_later, joined};

int websocket_established(Connection *connection) {
  Front *front = connection->front;
  int64_t now_us = clock_mono_us();
  g_autofree char *address = front_client_address(connection);
  if (!front_half_open(connection, address)) {
    log_limited(LOG_WARN, "front", "websocket_refused", "reason=%s", "too_many_half_open");
    return -1;
  }
  Websocket *socket = g_new0(Websocket, 1);
  socket->connection = connection;
  socket->message = g_byte_array_new();
  g_queue_init(&socket->out);
  connection->websocket = socket;
  connection->deadline_us = now_us + FIRST_MESSAGE_US;
  metric_add(&sockets_metric, 1);
  socket->client = dispatch_client_new(front->dispatch, &sink, socket, address, now_us);
  return 0;
}

static void joined(void *user) {
  Websocket *socket = user;
  if (socket->cut)
    return;
  front_known(socket->connection, NULL);
}

void websocket_gone(Connection *connection) {
  Websocket *socket = connection->websocket;
  if (!socket)
    return;
  connection->websocket = NULL;
  connection->deadline_us = INT64_MAX;
  socket->cut = true; /* what the client's end still sends goes nowhere */
  dispatch_client_gone(socket->client, clock_mono_us());
  if (socket->cutter) {
    g_source_destroy(socket->cutter);
    g_source_unref(socket->cutter);
  }
  g_queue_clear_full(&socket->out, (GDestroyNotify)g_bytes_unref);
  g_byte_array_free(socket->message, TRUE);
  metric_add(&sockets_metric, -1);
  g_free(socket);
}

static gboolean cut_off(void *data) {
  Websocket *socket = data;
  g_clear_pointer(&socket->cutter, g_source_unref);
  lws_set_timeout(socket->connection->wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_SYNC);
  return G_SOURCE_REMOVE;
}

/* The sender is in the middle of something with the client, so it happens in the next turn. */
static void cut_later(Websocket *socket) {
  socket->cut = true;
  g_queue_clear_full(&socket->out, (GDestroyNotify)g_bytes_unref);
  socket->out_bytes = 0;
  socket->cutter = g_idle_source_new();
  g_source_set_priority(socket->cutter, G_PRIORITY_DEFAULT);
  g_source_set_callback(socket->cutter, cut_off, socket, NULL);
  g_source_attach(socket->cutter, socket->connection->front->main_context);
}

static void queue(void *user, const char *text, size_t len) {
  Websocket *socket = user;
  if (socket->cut || socket->closing)
    return;
  if (socket->out.length >= QUEUE_COUNT_MAX || socket->out_bytes + len > QUEUE_BYTES_MAX) {
    metric_add(&slow_metric, 1);
    log_limited(LOG_WARN, "front", "websocket_slow", "messages=%u bytes=%zu", socket->out.length,
                socket->out_bytes);
    cut_later(socket);
    return;
  }
  g_queue_push_tail(&socket->out, g_bytes_new(text, len));
  socket->out_bytes += len;
  lws_callback_on_writable(socket->connection->wsi);
}

static void close_later(void *user, unsigned code, const char *reason) {
  Websocket *socket = user;
  if (socket->cut || socket->closing)
    return;
  socket->closing = true;
  socket->code = code;
  g_strlcpy(socket->reason, reason ? reason : "", sizeof socket->reason);
  socket->connection->deadline_us = clock_mono_us() + CLOSING_US;
  lws_callback_on_writable(socket->connection->wsi);
}

/* Closes from inside a callback: with lws the code is set and -1 returned. */
static int close_now(Websocket *socket, unsigned code, const char *reason) {
  socket->closing = true;
  socket->connection->deadline_us = clock_mono_us() + CLOSING_US;
  lws_close_reason(socket->connection->wsi, (enum lws_close_status)code,
                   (unsigned char *)(uintptr_t)reason, strlen(reason));
  return -1;
}

int websocket_writeable(Connection *connection) {
  Websocket *socket = connection->websocket;
  if (!socket || socket->cut)
    return 0;
  GBytes *message = g_queue_pop_head(&socket->out);
  if (message) {
    size_t length;
    const void *text = g_bytes_get_data(message, &length);
    socket->out_bytes -= length;
    g_autofree uint8_t *buffer = g_malloc(LWS_PRE + length);
    memcpy(buffer + LWS_PRE, text, length);
    g_bytes_unref(message);
    metric_add(&out_metric, 1);
    if (lws_write(connection->wsi, buffer + LWS_PRE, length, LWS_WRITE_TEXT) < 0)
      return -1;
  } else if (socket->closing) {
    return close_now(socket, socket->code, socket->reason);
  }
  if (!g_queue_is_empty(&socket->out) || socket->closing)
    lws_callback_on_writable(connection->wsi);
  return 0;
}

int websocket_received(Connection *connection, const void *bytes, size_t length) {
  Websocket *socket = connection->websocket;
  struct lws *wsi = connection->wsi;
  if (!socket)
    return -1;
  if (socket->closing || socket->cut)
    return 0; /* no more of it is wanted */
  if (lws_frame_is_binary(wsi))
    return close_now(socket, 1003, "text only");
  size_t most = (size_t)connection->front->config->message_max_bytes;
  /* What is still to come of this frame is known already: refuse before keeping any of it. */
  if (socket->message->len + length + lws_remaining_packet_payload(wsi) > most)
    return close_now(socket, 1009, "too long");
  g_byte_array_append(socket->message, bytes, (unsigned)length);
  int64_t now_us = clock_mono_us();
  if (!lws_is_final_fragment(wsi)) {
    if (connection->deadline_us == INT64_MAX)
      connection->deadline_us = now_us + MESSAGE_US;
    return 0;
  }
  connection->deadline_us = INT64_MAX;
  metric_add(&in_metric, 1);
  GByteArray *message = socket->message;
  socket->message = g_byte_array_new();
  const uint8_t end = 0;
  g_byte_array_append(message, &end, 1);
  dispatch_message(socket->client, (const char *)message->data, message->len - 1, now_us);
  g_byte_array_free(message, TRUE);
  return 0;
}
