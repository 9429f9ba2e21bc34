/* Reads what libwebsockets parsed into a request of our own, whole, bounded, before anything acts
 * on it. Main thread. */
#pragma once

#include "front/front.h"

typedef struct {
  ApiRequest *api;
  char *range, *if_range, *if_none_match;
  bool accepts_gzip;
  bool forwarded;  /* X-Forwarded-For is there: a proxy speaks for somebody */
  bool has_length; /* Content-Length is there */
  uint64_t length;
  ApiIntake intake; /* of its body; a file goes to the disk, piece by piece */
} Request;

void request_clear(Request *request);

/* Whether the head of the request that wsi has parsed is one that can be read in one way only:
 * HTTP/1.1 or 1.0 with its version, one Host, nothing twice that must be there once. libwebsockets
 * decodes the path before it looks for line ends, so that %0a ends the request line, without its
 * version, and what follows becomes a header. */
bool request_head_is_sound(struct lws *wsi);
/* The Origin header names this server or an allowed one. */
bool request_origin_allowed(const Connection *connection);

/* Fills request (zeroed before). Returns 0, or the status of the refusal with its code and title.
 */
int request_read(const Connection *connection, Request *request, const char **code,
                 const char **title);
