/* The TCP half of the media port: for networks that let no UDP through. Browsers connect to the
 * passive candidates (RFC 6544) and send over the connection what they would send as datagrams,
 * framed by RFC 4571. A whole frame is handed on exactly as a datagram is; ICE, DTLS and SRTP see
 * no difference.
 *
 * A connection is named by its number in Path.tcp. Numbers count up and are used again after 2^32
 * connections only, so that what still holds the path of a closed connection sends to nobody, not
 * to a stranger who connected since from the same address.
 *
 * A stranger becomes trusted by a check that makes it a path of a peer (reach.h), which hangs up
 * when it is one no more: a peer can hold a few only. Until then it costs little and not for long:
 * it may send nothing but STUN, is closed after 10 s, and has no buffer for writing. There may be
 * STRANGERS_MAX of them (the oldest goes for the newest, since an honest browser needs one round
 * trip only) and STRANGERS_PER_ADDRESS from one address or IPv6 /64. A trusted connection is closed
 * when 30 s pass without a check (RFC 7675 §5.1: consent ends then).
 *
 * Writing never waits. The kernel gets no more than it can send now and a little: a queue in the
 * kernel cannot be taken back. The rest waits in the connection's FrameQueue, which drops whole
 * packets. No allocation per packet. Owned by one media thread, made on the main one before it
 * starts; time is passed in.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "peer/path.h"
#include "peer/port.h"

#define TCP_CONNECTIONS_MAX 4096
#define TCP_STRANGERS_MAX 512
/* A chamber behind one NAT joins within seconds, with a connection for each candidate. */
#define TCP_STRANGERS_PER_ADDRESS 128
#define TCP_STRANGER_US 10000000
#define TCP_SILENT_US 30000000

typedef struct {
  PortReceive receive;
  /* The connection is gone; its path leads nowhere from now on. */
  void (*closed)(void *user, const Path *path);
} TcpEvents;

typedef struct {
  uint64_t opened, closed;
  uint64_t refused; /* by the limits, or by the system's */
  uint64_t expired; /* no check in time */
  uint64_t broken;  /* a frame too long, or no STUN at first */
  uint64_t dropped, calls;
} TcpStats;

Tcp *tcp_new(void);
/* No event is told. */
void tcp_free(Tcp *tcp);
/* fd: bound, of SOCK_STREAM and non-blocking; taken over, also on failure. socket: its place in the
 * port, for the paths of who connects there. */
bool tcp_listen(Tcp *tcp, int fd, unsigned socket, GError **error);
/* Nobody connects there any more; who is connected stays. */
void tcp_unlisten(Tcp *tcp, unsigned socket);
void tcp_set_events(Tcp *tcp, const TcpEvents *events, void *user);

/* Readable when tcp_turn has something to do. */
int tcp_fd(const Tcp *tcp);
/* Accepts, reads and writes what can be done without waiting; tells the events. */
void tcp_turn(Tcp *tcp, int64_t now_us);
/* Every 10 ms or so: closes who had no check in time. */
void tcp_tick(Tcp *tcp, int64_t now_us);

/* A check made it a path of a peer, or came over one. */
void tcp_trust(Tcp *tcp, const Path *path, int64_t now_us);
/* Ends a connection after what it was sent; `closed` is told in a later turn. */
void tcp_hang_up(Tcp *tcp, const Path *path);
/* Sends whole packets in this order; what does not fit, and all when the path is closed or not
 * trusted, is dropped. Tells no event. */
void tcp_send(Tcp *tcp, const Path *path, const struct iovec *packets, unsigned count,
              int64_t now_us);
const TcpStats *tcp_stats(const Tcp *tcp);
