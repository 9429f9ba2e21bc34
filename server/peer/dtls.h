/* DTLS 1.2 with use_srtp (RFC 5764) by OpenSSL, over datagrams that the caller moves.
 *
 * The server is passive; the client role exists for load clients and tests. The certificate is
 * ECDSA P-256, made with the context. The other side's certificate is checked against the
 * fingerprint of its SDP during the handshake, so that a wrong one ends in an alert and no keys.
 * Never DTLSv1_listen: browsers send a ClientHello in two datagrams, which SSL_accept reassembles
 * (platform.md). Owned by one media thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "peer/srtp.h"

#define DTLS_FINGERPRINT_CHARS 95 /* SHA-256 as hex with colons */

typedef struct DtlsContext DtlsContext;
typedef struct Dtls Dtls;

typedef enum { DTLS_SERVER, DTLS_CLIENT } DtlsRole;
typedef enum {
  DTLS_HANDSHAKE,
  DTLS_CONNECTED,
  DTLS_CLOSED, /* the other side sent close_notify */
  DTLS_FAILED
} DtlsState;

typedef struct {
  SrtpProfile profile;
  uint8_t local_key[32], local_salt[14]; /* for what we send */
  uint8_t remote_key[32], remote_salt[14];
} DtlsKeys;

/* Sends one datagram of the handshake. */
typedef void (*DtlsSend)(void *user, const uint8_t *data, size_t len);

/* Makes a key and a certificate. */
DtlsContext *dtls_context_new(DtlsRole role, GError **error);
void dtls_context_free(DtlsContext *context);
/* "AB:CD:…" of SHA-256, for the SDP. */
const char *dtls_context_fingerprint(const DtlsContext *context);

/* hash ("sha-256", "sha-384", "sha-512"; any case) and fingerprint of the other side, from its SDP.
 * NULL when the hash is not one of these or OpenSSL fails. The context must outlive it. */
Dtls *dtls_new(DtlsContext *context, const char *hash, const char *fingerprint, DtlsSend send,
               void *user);
/* Says close_notify when connected. */
void dtls_free(Dtls *dtls);

/* Without it. */
void dtls_abandon(Dtls *dtls);

/* Client: sends the ClientHello. */
DtlsState dtls_start(Dtls *dtls);
/* One datagram from the validated address. */
DtlsState dtls_receive(Dtls *dtls, const uint8_t *data, size_t len);
/* Retransmits when it is time; call every 10-50 ms during the handshake. */
DtlsState dtls_tick(Dtls *dtls);
DtlsState dtls_state(const Dtls *dtls);

/* Once connected. False when no SRTP profile was agreed. */
bool dtls_keys(Dtls *dtls, DtlsKeys *keys);
/* The reason of DTLS_FAILED, for the log. */
const char *dtls_reason(const Dtls *dtls);
/* It failed because the certificate is not the one of the fingerprint. */
bool dtls_is_stranger(const Dtls *dtls);
