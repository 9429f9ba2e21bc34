/* One synthetic participant's way to the server: a UDP socket with ICE (full enough to be the
 * controlling agent against ICE-lite), a DTLS client and SRTP. Bursts are read as the kernel keeps
 * them (UDP GRO), with the time at which they came. An emulated link can be put in front of the
 * socket, and the socket be exchanged for another, as a NAT does.
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

#include "link.h"
#include "loop.h"
#include "peer/srtp.h"

typedef struct Transport Transport;

typedef struct {
  /* Decrypted RTP or RTCP; data may be changed. now_us: when it came to this machine's kernel. */
  void (*rtp)(void *user, uint8_t *data, size_t len, int64_t now_us);
  void (*rtcp)(void *user, uint8_t *data, size_t len, int64_t now_us);
  void (*connected)(void *user, int64_t now_us);
  void (*failed)(void *user, const char *why);
} TransportEvents;

/* A certificate and key shared by all: returns the context and its SHA-256 fingerprint for the SDP.
 */
SSL_CTX *transport_context(char fingerprint[96]);

Transport *transport_new(Loop *loop, SSL_CTX *context, const TransportEvents *events, void *user);
void transport_free(Transport *transport);
/* Before it starts: sends from this address of the machine. */
void transport_bind(Transport *transport, const char *address);
unsigned transport_port(const Transport *transport); /* of the socket */
const char *transport_ufrag(const Transport *transport);
const char *transport_pwd(const Transport *transport);

/* The server's candidate and credentials, from its answer. fingerprint: "AB:CD:…" of SHA-256. */
void transport_start(Transport *transport, const struct sockaddr_in *server, const char *ufrag,
                     const char *pwd, const char *fingerprint, int64_t now_us);
/* A restart of ICE (RFC 8445 §9) begins: new credentials of ours, for the next offer; then
 * transport_restarted with the answer's. DTLS and SRTP go on. */
void transport_restart(Transport *transport);
void transport_restarted(Transport *transport, const char *ufrag, const char *pwd, int64_t now_us);
/* Another local port from now on, with no word to anybody: what a NAT does when it forgets. */
void transport_rebind(Transport *transport);
/* Nothing goes out or comes in: the network is gone. transport_restart brings it back. */
void transport_cut(Transport *transport);
/* The networks up and down; made at the first call. */
Link *transport_link(Transport *transport, bool up, uint64_t seed);

void transport_tick(Transport *transport, int64_t now_us); /* every 50 ms or so */
/* Every millisecond, when there is a link. */
void transport_run_links(Transport *transport, int64_t now_us);
/* The longest wait at a rate limit downwards since the last call. */
int64_t transport_worst_queue_us(Transport *transport);
int64_t transport_connected_us(const Transport *transport); /* 0: not yet */

/* data has room for SRTP_OVERHEAD_MAX more bytes. False before the handshake is done or when the
 * socket is full. */
bool transport_send_rtp(Transport *transport, uint8_t *data, size_t len, size_t size);
bool transport_send_rtcp(Transport *transport, uint8_t *data, size_t len, size_t size);
