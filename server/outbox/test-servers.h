/* Servers for tests, on loopback, each with a thread of its own: what the outbox sends to. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct Fake Fake;

typedef enum { FAKE_HTTP, FAKE_HTTPS, FAKE_SMTP } FakeKind;

/* HTTPS: for 127.0.0.1, by the authority in the file ca_path, which it writes. */
Fake *fake_new(FakeKind kind, const char *ca_path);
void fake_free(Fake *fake);
unsigned fake_port(const Fake *fake);
/* What the next requests are answered with, each number once, then 200 (SMTP: 250, at the end of
 * the message; 550 refuses the receiver). */
void fake_answer(Fake *fake, unsigned status);
/* Connections that came. */
unsigned fake_connections(Fake *fake);
/* All that was said in one connection, in the order in which they ended; NULL when there were not
 * so many. Free with g_bytes_unref. */
GBytes *fake_heard(Fake *fake, unsigned n);
