/* One synthetic participant's way to the server: a UDP socket with ICE (full enough to be the
 * controlling agent against ICE-lite), a DTLS client and SRTP. Owned by the load client's media
 * thread.
 *
 * It is written against the RFCs on libnice's STUN library and OpenSSL, not on the server's peer
 * layer (only SRTP's transform is shared, which has libsrtp2 as its own oracle): two independent
 * ends meet. */
#pragma once

#include <glib.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>

#include "peer/srtp.h"

typedef struct Transport Transport;

typedef struct {
  /* Decrypted RTP or RTCP; data may be changed. */
  void (*rtp)(void *user, uint8_t *data, size_t len, int64_t now_us);
  void (*rtcp)(void *user, uint8_t *data, size_t len, int64_t now_us);
  void (*connected)(void *user, int64_t now_us);
  void (*failed)(void *user, const char *why);
} TransportEvents;

/* A certificate and key shared by all: returns the context and its SHA-256 fingerprint for the SDP.
 */
SSL_CTX *transport_context(char fingerprint[96]);

Transport *transport_new(SSL_CTX *context, const TransportEvents *events, void *user);
void transport_free(Transport *transport);
int transport_fd(const Transport *transport);
const char *transport_ufrag(const Transport *transport);
const char *transport_pwd(const Transport *transport);

/* The server's candidate and credentials, from its answer. fingerprint: "AB:CD:…" of SHA-256. */
void transport_start(Transport *transport, const struct sockaddr_in *server, const char *ufrag,
                     const char *pwd, const char *fingerprint, int64_t now_us);
void transport_readable(Transport *transport, int64_t now_us);
void transport_tick(Transport *transport, int64_t now_us); /* every 10 ms or so */

/* data has room for SRTP_OVERHEAD_MAX more bytes. False before the handshake is done or when the
 * socket is full. */
bool transport_send_rtp(Transport *transport, uint8_t *data, size_t len, size_t size);
bool transport_send_rtcp(Transport *transport, uint8_t *data, size_t len, size_t size);
