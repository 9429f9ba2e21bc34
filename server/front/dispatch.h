/* Signalling: PROTOCOL.md's messages, validated whole, turned into calls on rooms.
 *
 * A Client is one WebSocket connection as this module sees it: text in, text out. The websocket
 * module owns the socket, reassembles and bounds messages and calls dispatch_*; it implements
 * ClientSink. So the whole protocol runs in tests and under the fuzzer without a socket.
 * Main thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "room/assembly.h"

typedef struct Dispatch Dispatch;
typedef struct Client Client;

typedef struct {
  /* Queues one message (copied). A client whose queue is full is closed by the sink, later. */
  void (*send)(void *user, const char *text, size_t len);
  /* Closes with this code once what is queued was written; the sink calls dispatch_client_gone
   * later. */
  void (*close)(void *user, unsigned code, const char *reason);
  /* It was welcomed: the other side is somebody we know. */
  void (*joined)(void *user);
} ClientSink;

Dispatch *dispatch_new(Assembly *assembly);
void dispatch_free(Dispatch *dispatch);

/* address: of the other side, kept as evidence in presence segments. Copied. */
Client *dispatch_client_new(Dispatch *dispatch, const ClientSink *sink, void *user,
                            const char *address, int64_t now_us);
void dispatch_message(Client *client, const char *text, size_t len, int64_t now_us);
/* The socket is gone: frees the client. The participant keeps the place for the resume window. */
void dispatch_client_gone(Client *client, int64_t now_us);
