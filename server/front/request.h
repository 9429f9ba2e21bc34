/* Reads what libwebsockets parsed into a request of our own, whole, bounded, before anything acts
 * on it. Main thread. */
#pragma once

#include "front/front.h"

typedef struct {
  ApiRequest *api;
  char *host, *range, *if_range, *if_none_match;
  bool accepts_gzip;
  bool forwarded;  /* X-Forwarded-For is there: a proxy speaks for somebody */
  bool has_length; /* Content-Length is there */
  uint64_t length;
} Request;

void request_clear(Request *request);

/* Fills request (zeroed before). Returns 0, or the status of the refusal with its code and title.
 */
int request_read(const Connection *connection, Request *request, const char **code,
                 const char **title);
