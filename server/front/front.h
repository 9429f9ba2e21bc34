/* What the modules of the front share: the listener owns it, sessions and WebSockets borrow it.
 *
 * Everything about one socket hangs off its Connection, which is the wsi's opaque user data;
 * nothing is kept in libwebsockets' own per-session memory, whose life changes with the protocol.
 * Main thread.
 */
#pragma once

#include <glib.h>
#include <libwebsockets.h>
#include <stdbool.h>
#include <stdint.h>

#include "api/api.h"
#include "base/address.h"
#include "front/addresses.h"
#include "front/dispatch.h"
#include "front/reply.h"

#define FRONT_CHUNK 65536 /* bytes of a body written at a time */

typedef struct Front {
  const Config *config;
  Store *store;
  Dispatch *dispatch;
  const ApiEffects *effects;
  void *effects_user;
  ApiContext *api;
  ReplyPolicy policy;
  Addresses *addresses;
  GMainContext *main_context;
  uint8_t *scratch; /* LWS_PRE + FRONT_CHUNK bytes for what is being written */
  int64_t started_us;
  bool stopping;
  char *websocket_origin;
} Front;

/* The front lives as long as a request is at the store. g_rc_box underneath. */
Front *front_ref(Front *front);
void front_unref(Front *front);

struct HttpSession;
struct Websocket;

typedef struct Connection {
  Front *front; /* borrowed: the listener outlives its connections */
  struct lws *wsi;
  GList link;                  /* in the listener's list */
  char address[ADDRESS_CHARS]; /* of the socket's other side */
  bool loopback;
  bool proxied;        /* came over a proxy of this machine: never counted itself */
  bool counted;        /* in addresses, under address */
  int64_t deadline_us; /* the listener's tick kills the connection after it; INT64_MAX: never */
  struct HttpSession *http;
  struct Websocket *websocket;
} Connection;

/* The other side is signed in, or in a room: its connection is not one of its address any more,
 * which may be a whole institution's. */
void front_known(Connection *connection);

/* The address to hold somebody responsible by: the socket's, or, with trust_proxy, the last one of
 * X-Forwarded-For from a proxy on this machine. Free with g_free. */
char *front_client_address(const Connection *connection);

/* A header of the request that wsi is parsing; NULL when absent, too_long set when it exceeds most
 * bytes. Free with g_free. */
char *front_header(struct lws *wsi, enum lws_token_indexes token, size_t most, bool *too_long);
