/* The media port: one UDP socket per address and, for who gets no UDP through, a TCP listener
 * beside it (tcp.h), all on one port number, shared by every peer of a media thread.
 *
 * Each address is bound by itself, because a wildcard socket answers from the wrong address on a
 * machine with several (platform.md); those that are not named follow the machine's (addresses.h).
 * Datagrams come in by recvmmsg with the kernel's receive time; what goes out is egress.h's. Owned
 * by one media thread, made on the main one before it starts.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "peer/egress.h"

#define PORT_SOCKETS_MAX 16
/* The zeroes after a datagram: libnice's STUN library may read 20 bytes past its end. */
#define PORT_PADDING 32

typedef struct Port Port;
typedef struct Tcp Tcp;

/* A datagram, or a packet that came over TCP. */
typedef struct {
  uint8_t *data; /* PORT_PADDING zero bytes follow; may be changed in place */
  size_t len;
  Path from;
  int64_t arrival_us; /* monotonic, the kernel's receive time; of TCP: when it was read */
} Datagram;

typedef void (*PortReceive)(void *user, Datagram *datagram);

/* addresses: comma-separated; empty: every global address of the interfaces, and 127.0.0.1.
 * announce: what candidates name instead of those bound, or empty. number 0: a free one. */
Port *port_new(const char *addresses, const char *announce, unsigned number, bool gso, bool tcp,
               GError **error);
void port_free(Port *port);

unsigned port_number(const Port *port);
/* Of 0…PORT_SOCKETS_MAX-1; -1: there is none. */
int port_fd(const Port *port, unsigned socket);
/* Readable when the machine's addresses change; -1 when all are named by the configuration. */
int port_watch_fd(const Port *port);
/* A socket was opened: it is to be polled. */
typedef void (*PortOpened)(void *user, unsigned socket);
/* Binds the addresses that came and closes those that went; the candidates follow. */
void port_refresh(Port *port, PortOpened opened, void *user);
/* The same for what could not be bound, a few seconds later and then less and less often; true: it
 * was done, and the candidates may be others. */
bool port_tick(Port *port, int64_t now_us, PortOpened opened, void *user);
Egress *port_egress(Port *port);
/* NULL when it was not asked for. */
Tcp *port_tcp(Port *port);

/* Reads what one socket holds, at most `max` datagrams; returns how many came. */
unsigned port_receive(Port *port, unsigned socket, unsigned max, PortReceive receive, void *user);

/* Datagrams that the kernel dropped for want of room, as far as it told beside those that came. */
uint64_t port_dropped(const Port *port);

/* The path's other end has an address of this machine that is not loopback. */
bool port_is_own(const Port *port, const Path *path);

/* addresses_candidates of what is bound; until the next port_refresh, or port_tick that was true.
 */
const char *const *port_candidates(const Port *port, unsigned *count);
