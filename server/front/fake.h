/* For tests: a listener on loopback with a store, an API and a dispatch of a few lines each, and a
 * client that speaks raw bytes. The server runs on the test's main thread, the client's function on
 * a thread of its own. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "front/listener.h"

typedef struct {
  Config *config;
  Mailbox *mailbox;
  GMainLoop *loop;
  GSource *mailbox_source;
  ApiContext api;
  Listener *listener;
  char *folder, *web;
} FakeServer;

/* Configuration keys as name, value, …, NULL. */
FakeServer *fake_server_new(const char *key, ...) G_GNUC_NULL_TERMINATED;
void fake_server_free(FakeServer *server);
/* Runs the loop until client(port) has returned. */
void fake_server_run(FakeServer *server, void (*client)(unsigned port));

/* What the fakes saw: g_atomic_int_get, on either thread. */
extern gint fake_clients, fake_effects, fake_gone;
extern gint fake_denied;            /* set: nobody may have /api/v1/file any more */
extern gint fake_refused;           /* how often that was said to who has it already */
extern gint fake_active, fake_idle; /* how often who has it already asked, somebody being there */
extern gint fake_held;              /* how many came to /api/v1/wait */
extern gint fake_abandoned;         /* how often nobody waited for an answer any more */
extern char fake_last_address[64];  /* when the loop does not run */

/* A connected socket with a receive timeout of 15 s. */
int fake_connect(unsigned port);
void fake_send(int fd, const char *text);
/* One response: head and body; free with g_free. NULL at the end of the stream. */
char *fake_receive(int fd);
/* Opens a connection, sends text, reads one response and closes. */
char *fake_exchange(unsigned port, const char *text);
/* Reads until the other side closes; true when it did within the timeout. */
bool fake_closed(int fd);
/* User and system time of the process, µs. */
gint64 fake_cpu_us(void);
