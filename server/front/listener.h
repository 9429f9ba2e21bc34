/* The web server's socket: accepts, does TLS and HTTP by libwebsockets on the GLib main loop, and
 * hands what comes to sessions and WebSockets. Main thread.
 *
 * The listening sockets are ours and accepted connections are adopted, so that accepting can be
 * stopped, several addresses bound and one address's connections counted. libwebsockets' traps that
 * this works around are named where they are (listener.c, session.h).
 */
#pragma once

#include <glib.h>

#include "api/api.h"
#include "front/dispatch.h"

typedef struct Listener Listener;

typedef struct {
  const Config *config;
  Store *store;
  ApiContext *api; /* is told the address that people use */
  Dispatch *dispatch;
  const ApiEffects *effects;
  void *effects_user;
  GMainLoop *loop;
} ListenerParts;

/* All borrowed. Binds and serves from the next turn of the loop on. */
Listener *listener_new(const ListenerParts *parts, GError **error);

/* "http://127.0.0.1:8080": public_url, or made from what was bound. */
const char *listener_url(const Listener *listener);
/* What that will be, without a listener. Free with g_free. */
char *listener_url_for(const Config *config, unsigned port);
unsigned listener_port(const Listener *listener);
unsigned listener_connection_count(const Listener *listener);

/* Takes the certificate from its files again; those that are bad change nothing. */
void listener_reload(Listener *listener);

/* No new connections or requests; signalling connections stay until the rooms close them. */
void listener_stop(Listener *listener);
/* Closes everything. Requests at the store are finished by the store; run the loop until then. */
void listener_free(Listener *listener);
