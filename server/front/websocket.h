/* Signalling connections: whole text messages in and out, all of it bounded.
 *
 * A message is reassembled up to message_max_bytes, then the connection is closed with 1009; the
 * queue to a client is bounded in messages and bytes, then it is cut off. One message is written
 * each time the socket can take one. The first message must come within 10 s. Implements ClientSink
 * (dispatch.h). Main thread. Source: RFC 6455.
 */
#pragma once

#include "front/front.h"

typedef struct Websocket Websocket;

#define WEBSOCKET_PROTOCOL "yishi.v1"

/* Before the handshake: 0, or the status of the refusal with its code and title. */
int websocket_check(const Connection *connection, const char **code, const char **title);

/* All return 0, or -1 to close. */
int websocket_established(Connection *connection);
int websocket_received(Connection *connection, const void *bytes, size_t length);
int websocket_writeable(Connection *connection);

void websocket_gone(Connection *connection);
