/* The client's end of a WebSocket (RFC 6455) on the loop: text messages both ways. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "loop.h"

typedef struct Websocket Websocket;

typedef struct {
  void (*open)(void *user);
  /* text: zero-terminated, borrowed. It may free the socket. */
  void (*message)(void *user, const char *text, size_t len);
  /* Closed by the other side or never opened; why: a constant. It may free the socket. */
  void (*closed)(void *user, const char *why);
} WebsocketEvents;

/* url: "http://HOST:PORT"; cookies: "" for none. NULL when there is no descriptor left. */
Websocket *websocket_new(Loop *loop, const char *url, const char *path, const char *protocol,
                         const char *cookies, const WebsocketEvents *events, void *user);
/* Drops the connection without a close frame, as a lost network does. */
void websocket_free(Websocket *websocket);
void websocket_send(Websocket *websocket, const char *text, size_t len);
