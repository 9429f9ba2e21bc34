/* The same participants in a VideoRoom of Janus, to measure it beside our server in one run: one
 * publisher, and subscribers that take its picture, over Janus's WebSocket API (plugin
 * janus.plugin.videoroom, multistream). Janus offers to subscribers and is ICE-lite
 * (tests/bench/janus). */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "meter.h"

typedef struct {
  const char *url;     /* http://HOST:PORT of its WebSockets */
  const char *address; /* of its candidate, and of ours */
  unsigned subscribers;
  double seconds; /* measured, after all have come */
  int server_pid;
  const SeatShow *show;
} JanusSetting;

/* The figures of the time measured, with how many were connected as "in"; NULL with error. */
json_t *janus_measure(Loop *loop, const JanusSetting *setting, GError **error);
