/* A path: one remote address as seen through one of our sockets, or one TCP connection, in a form
 * that can be compared and hashed as plain bytes. A peer is reached over a path; addresses are
 * compared as addresses, never as text. Any thread. */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

typedef struct {
  uint8_t family; /* AF_INET or AF_INET6; 0: no path */
  uint8_t socket; /* index among the port's sockets */
  uint16_t port;  /* host byte order */
  uint32_t tcp;   /* the TCP connection's number (tcp.h); 0: UDP */
  uint8_t ip[16]; /* IPv4: the first four, the rest zero */
} Path;

_Static_assert(sizeof(Path) == 24, "a path is compared as bytes: no padding");

#define PATH_TEXT_BYTES 64

/* False for other families. v4-mapped IPv6 becomes IPv4: libnice would put the mapped form into its
 * reply, and one client would look like two. */
bool path_from_sockaddr(Path *path, const struct sockaddr_storage *address, unsigned socket);
/* Returns the length. */
socklen_t path_to_sockaddr(const Path *path, struct sockaddr_storage *address);
bool path_equal(const Path *a, const Path *b);
/* "192.0.2.1:5000", "[2001:db8::1]:5000" or "192.0.2.1:5000/tcp": for debug logs. */
const char *path_text(const Path *path, char out[PATH_TEXT_BYTES]);
