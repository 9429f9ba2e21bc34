/* The certificate that new connections are shown: taken from its files at the start, again when
 * they change, and when asked to. Connections that are there keep theirs and go on. A file that
 * cannot be used changes nothing, and is logged once. Main thread; the time is passed in.
 *
 * With tls = self-signed the files are ours (certificate.h), looked after every hour, so that a
 * server that runs for years, or whose addresses change, has one that is good. */
#pragma once

#include <glib.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/config.h"

typedef struct Tls Tls;

/* Reads the files. config is borrowed, and its tls is not off. */
Tls *tls_new(const Config *config, int64_t wall_ms, GError **error);
void tls_free(Tls *tls);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tls, tls_free)

/* Paths, for who wants the files themselves. */
const char *tls_certificate_file(const Tls *tls);
const char *tls_key_file(const Tls *tls);

/* Sets versions, ciphers and the certificate for all connections of a context from now on. tls
 * outlives it. */
void tls_attach(Tls *tls, SSL_CTX *context);

/* Often: looks at the files every TLS_LOOK_US. */
#define TLS_LOOK_US (10 * G_USEC_PER_SEC)
void tls_tick(Tls *tls, int64_t now_us, int64_t wall_ms);
/* Reads the files whether they changed or not. False: they cannot be used, the old ones stay. */
bool tls_reload(Tls *tls, int64_t wall_ms);
