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
#include "base/id.h"
#include "base/pool.h"
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
  struct Connections *connections;
  Pool *upload_threads; /* upload.h */
  GQueue uploads;       /* under way; Upload */
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
  GList link;                  /* in Connections */
  char address[ADDRESS_CHARS]; /* of the socket's other side */
  bool loopback;
  bool proxied;        /* came over a proxy of this machine: its address is not who it is */
  int64_t deadline_us; /* the tick kills the connection after it; INT64_MAX: never */
  struct HttpSession *http;
  struct Websocket *websocket;

  /* Connections' own: whom it is counted with. */
  bool held;                     /* as a stranger's, under address */
  char half_open[ADDRESS_CHARS]; /* the address that it is half open of, or "" */
  char person[ID_CHARS + 1];     /* or "" */
  GList of_person;               /* in the person's own list */
} Connection;

/* It asked for something: it is not half open any more. */
void front_asked(Connection *connection);
/* A WebSocket that has yet to say who it is, of this address. False: there are too many. */
bool front_half_open(Connection *connection, const char *address);
/* The other side is signed in, or in a room (person NULL): its connection is not one of its address
 * any more, which may be a whole institution's. The person's oldest ones go when there are too
 * many. */
void front_known(Connection *connection, const char *person);
/* It waits for the next request, so that closing it costs its owner nothing. */
bool front_idle(const Connection *connection);

/* The address to hold somebody responsible by: the socket's, or, with trust_proxy, the last one of
 * X-Forwarded-For from a proxy on this machine. Free with g_free. */
char *front_client_address(const Connection *connection);

/* A header of the request that wsi is parsing; NULL when absent, too_long set when it exceeds most
 * bytes. Free with g_free. */
char *front_header(struct lws *wsi, enum lws_token_indexes token, size_t most, bool *too_long);
