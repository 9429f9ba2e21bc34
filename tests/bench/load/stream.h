/* A TCP connection on the loop: bytes in, bytes out, closed once. What HTTP and WebSocket are
 * spoken over. Plain TCP only: the server that is measured runs on loopback. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "loop.h"

typedef struct {
  /* Reads from in what it understands and removes it. It may free the stream. */
  void (*bytes)(void *user, GByteArray *in);
  /* The other side closed, or it failed; never called after stream_free. It may free the stream. */
  void (*closed)(void *user);
} StreamEvents;

typedef struct Stream Stream;

/* url: "http://HOST:PORT". NULL when the address is unknown or there is no descriptor left. */
Stream *stream_new(Loop *loop, const char *url, const StreamEvents *events, void *user);
/* Sends no farewell: what is still queued is lost. */
void stream_free(Stream *stream);
void stream_write(Stream *stream, const void *data, size_t len);
