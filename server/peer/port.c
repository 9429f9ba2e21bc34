#include "peer/port.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gio/gio.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "peer/tcp.h"

#define BATCH 64
#define DATAGRAM_BYTES 2048 /* whole Ethernet frames and a little more; longer ones are dropped */
#define SOCKET_BUFFER_BYTES (8 * 1024 * 1024)
#define BIND_TRIES 16

struct Port {
  unsigned number, socket_count;
  int fds[PORT_SOCKETS_MAX];
  Tcp *tcp; /* NULL: none */
  Egress *egress;
  GPtrArray *candidates;
  struct mmsghdr messages[BATCH];
  struct iovec iovs[BATCH];
  struct sockaddr_storage addresses[BATCH];
  union {
    char bytes[CMSG_SPACE(sizeof(struct timespec))];
    struct cmsghdr align;
  } controls[BATCH];
  uint8_t buffers[BATCH][DATAGRAM_BYTES + PORT_PADDING];
};

static bool address_parse(const char *text, struct sockaddr_storage *address) {
  memset(address, 0, sizeof *address);
  struct sockaddr_in in = {.sin_family = AF_INET};
  struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
  if (inet_pton(AF_INET, text, &in.sin_addr) == 1)
    memcpy(address, &in, sizeof in);
  else if (inet_pton(AF_INET6, text, &in6.sin6_addr) == 1)
    memcpy(address, &in6, sizeof in6);
  else
    return false;
  return true;
}

static char *address_text(const struct sockaddr_storage *address) {
  char text[INET6_ADDRSTRLEN] = "";
  Path path;
  if (path_from_sockaddr(&path, address, 0))
    inet_ntop(path.family, path.ip, text, sizeof text);
  return g_strdup(text);
}

static bool usable(const struct sockaddr *address) {
  if (address->sa_family == AF_INET) {
    struct sockaddr_in in;
    memcpy(&in, address, sizeof in);
    uint32_t ip = ntohl(in.sin_addr.s_addr);
    return ip >> 24 != 127 && ip >> 16 != 0xA9FE && ip != 0; /* loopback, link-local 169.254/16 */
  }
  if (address->sa_family != AF_INET6)
    return false;
  struct sockaddr_in6 in6;
  memcpy(&in6, address, sizeof in6);
  return !IN6_IS_ADDR_LINKLOCAL(&in6.sin6_addr) && !IN6_IS_ADDR_LOOPBACK(&in6.sin6_addr) &&
         !IN6_IS_ADDR_MULTICAST(&in6.sin6_addr) && !IN6_IS_ADDR_UNSPECIFIED(&in6.sin6_addr);
}

/* Appends the addresses of the interfaces; family AF_UNSPEC: both. */
static void add_interfaces(GPtrArray *list, int family) {
  struct ifaddrs *all;
  if (getifaddrs(&all) != 0)
    return;
  for (struct ifaddrs *at = all; at; at = at->ifa_next) {
    if (!at->ifa_addr || !(at->ifa_flags & IFF_UP) || !usable(at->ifa_addr))
      continue;
    if (family != AF_UNSPEC && at->ifa_addr->sa_family != family)
      continue;
    struct sockaddr_storage address = {0};
    memcpy(&address, at->ifa_addr,
           at->ifa_addr->sa_family == AF_INET ? sizeof(struct sockaddr_in)
                                              : sizeof(struct sockaddr_in6));
    g_ptr_array_add(list, address_text(&address));
  }
  freeifaddrs(all);
  if (family != AF_INET6)
    g_ptr_array_add(list, g_strdup("127.0.0.1"));
}

static GPtrArray *split(const char *text) {
  GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
  g_auto(GStrv) parts = g_strsplit(text ? text : "", ",", -1);
  for (unsigned i = 0; parts[i]; i++)
    if (*g_strstrip(parts[i]))
      g_ptr_array_add(list, g_strdup(parts[i]));
  return list;
}

/* The addresses to bind; a wildcard stands for every address of its family. */
static GPtrArray *addresses_to_bind(const char *configured) {
  g_autoptr(GPtrArray) named = split(configured);
  GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
  if (named->len == 0)
    add_interfaces(list, AF_UNSPEC);
  for (unsigned i = 0; i < named->len; i++) {
    const char *name = g_ptr_array_index(named, i);
    if (g_str_equal(name, "0.0.0.0"))
      add_interfaces(list, AF_INET);
    else if (g_str_equal(name, "::"))
      add_interfaces(list, AF_INET6);
    else
      g_ptr_array_add(list, g_strdup(name));
  }
  if (list->len > PORT_SOCKETS_MAX)
    g_ptr_array_set_size(list, PORT_SOCKETS_MAX);
  return list;
}

static void set_buffer(int fd, int forced, int plain) {
  int bytes = SOCKET_BUFFER_BYTES;
  if (setsockopt(fd, SOL_SOCKET, forced, &bytes, sizeof bytes) != 0)
    setsockopt(fd, SOL_SOCKET, plain, &bytes, sizeof bytes); /* the kernel takes what it allows */
}

/* type: SOCK_DGRAM or SOCK_STREAM; bound. */
static int open_socket(const char *text, unsigned number, int type, GError **error) {
  struct sockaddr_storage address;
  if (!address_parse(text, &address)) {
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "not an IP address: %s", text);
    return -1;
  }
  int fd = socket(address.ss_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int on = 1;
  if (type == SOCK_STREAM) /* connections of a run before may linger */
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  socklen_t len = sizeof(struct sockaddr_in);
  if (address.ss_family == AF_INET6) {
    struct sockaddr_in6 in6;
    memcpy(&in6, &address, sizeof in6);
    in6.sin6_port = htons((uint16_t)number);
    memcpy(&address, &in6, sizeof in6);
    len = sizeof in6;
    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  } else {
    struct sockaddr_in in;
    memcpy(&in, &address, sizeof in);
    in.sin_port = htons((uint16_t)number);
    memcpy(&address, &in, sizeof in);
  }
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) != 0) {
    int reason = errno;
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(reason), "%s %s port %u: %s",
                type == SOCK_STREAM ? "TCP" : "UDP", text, number, g_strerror(reason));
    if (fd >= 0)
      close(fd);
    return -1;
  }
  if (type == SOCK_DGRAM) {
    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    set_buffer(fd, SO_RCVBUFFORCE, SO_RCVBUF);
    set_buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF);
  }
  return fd;
}

static unsigned bound_number(int fd) {
  struct sockaddr_storage address;
  socklen_t len = sizeof address;
  Path path;
  if (getsockname(fd, (struct sockaddr *)&address, &len) != 0 ||
      !path_from_sockaddr(&path, &address, 0))
    return 0;
  return path.port;
}

static void close_sockets(Port *port) {
  for (unsigned i = 0; i < port->socket_count; i++)
    close(port->fds[i]);
  port->socket_count = 0;
  g_clear_pointer(&port->tcp, tcp_free);
}

/* Opens one address's sockets as the port's next; *number 0: becomes the one that was free. */
static bool open_address(Port *port, const char *name, unsigned *number, GError **error) {
  int fd = open_socket(name, *number, SOCK_DGRAM, error);
  if (fd < 0)
    return false;
  unsigned bound = *number ? *number : bound_number(fd);
  if (port->tcp) {
    int listener = open_socket(name, bound, SOCK_STREAM, error);
    if (listener < 0 || !tcp_listen(port->tcp, listener, port->socket_count, error)) {
      close(fd);
      return false;
    }
  }
  port->fds[port->socket_count++] = fd;
  *number = bound;
  return true;
}

/* Binds all of `names` to one port number; those of `names` that were bound stay in it. */
static bool open_sockets(Port *port, GPtrArray *names, unsigned number, bool strict, bool tcp,
                         GError **error) {
  port->tcp = tcp ? tcp_new() : NULL;
  for (unsigned i = 0; i < names->len;) {
    g_autoptr(GError) reason = NULL;
    if (!open_address(port, g_ptr_array_index(names, i), &number, &reason)) {
      bool taken = g_error_matches(reason, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
      if (strict || taken) {
        close_sockets(port);
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
      }
      /* Found on an interface but not usable, such as a tentative IPv6 address. */
      log_warn("port", "address_skipped", "reason=%s", log_q(reason->message));
      g_ptr_array_remove_index(names, i);
      continue;
    }
    i++;
  }
  port->number = number;
  return true;
}

static bool is_loopback(const char *name) {
  return g_str_has_prefix(name, "127.") || g_str_equal(name, "::1");
}

/* One for each name that is loopback or is not. */
static void add_candidates(Port *port, const GPtrArray *names, bool loopback, bool tcp) {
  for (unsigned i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index(names, i);
    if (is_loopback(name) != loopback)
      continue;
    unsigned foundation = port->candidates->len + 1; /* all differ */
    /* RFC 8445 §5.1.2.1: host type preference 126, component 1. RFC 6544 §4.2: a lower one for all
     * of TCP, as any datagram is better than none; direction preference 4 of a passive host. */
    unsigned priority = tcp ? 90u << 24 | (4u << 13 | (8191u - foundation)) << 8 | 255u
                            : 126u << 24 | (65535u - foundation) << 8 | 255u;
    g_ptr_array_add(port->candidates,
                    g_strdup_printf("candidate:%u 1 %s %u %s %u typ host%s", foundation,
                                    tcp ? "tcp" : "udp", priority, name, port->number,
                                    tcp ? " tcptype passive" : ""));
  }
}

/* Host candidates. Loopback's come last, since they only serve this machine, where TCP is of no use
 * but when there is nothing else. */
static void make_candidates(Port *port, const GPtrArray *bound, const char *announce) {
  port->candidates = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GPtrArray) announced = split(announce);
  const GPtrArray *names = announced->len ? announced : bound;
  add_candidates(port, names, false, false);
  bool only_loopback = port->candidates->len == 0;
  add_candidates(port, names, true, false);
  if (port->tcp)
    add_candidates(port, names, only_loopback, true);
}

Port *port_new(const char *addresses, const char *announce, unsigned number, bool gso, bool tcp,
               GError **error) {
  Port *port = g_new0(Port, 1);
  bool strict = addresses && *addresses;
  g_autoptr(GError) reason = NULL;
  g_autoptr(GPtrArray) names = NULL;
  /* A free number on the first address may be taken on the second: try again with another. */
  for (unsigned try = 0; try < (number ? 1 : BIND_TRIES) && !port->socket_count; try++) {
    g_clear_error(&reason);
    g_clear_pointer(&names, g_ptr_array_unref);
    names = addresses_to_bind(addresses);
    open_sockets(port, names, number, strict, tcp, &reason);
  }
  if (!port->socket_count) {
    if (!reason)
      g_set_error(&reason, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no address to bind for media");
    g_propagate_error(error, g_steal_pointer(&reason));
    port_free(port);
    return NULL;
  }
  port->egress = egress_new(port->fds, port->socket_count, port->tcp, gso);
  make_candidates(port, names, announce);
  for (unsigned i = 0; i < BATCH; i++) {
    port->iovs[i] = (struct iovec){port->buffers[i], DATAGRAM_BYTES};
    port->messages[i].msg_hdr = (struct msghdr){.msg_name = &port->addresses[i],
                                                .msg_iov = &port->iovs[i],
                                                .msg_iovlen = 1,
                                                .msg_control = port->controls[i].bytes};
  }
  return port;
}

void port_free(Port *port) {
  if (!port)
    return;
  egress_free(port->egress);
  close_sockets(port);
  if (port->candidates)
    g_ptr_array_unref(port->candidates);
  g_free(port);
}

unsigned port_number(const Port *port) {
  return port->number;
}

unsigned port_socket_count(const Port *port) {
  return port->socket_count;
}

int port_fd(const Port *port, unsigned socket) {
  g_assert(socket < port->socket_count);
  return port->fds[socket];
}

Egress *port_egress(Port *port) {
  return port->egress;
}

Tcp *port_tcp(Port *port) {
  return port->tcp;
}

static int64_t clock_us(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* The kernel stamps with the wall clock: how long ago, on the monotonic one. A stamp from before a
 * jump of the wall clock is not believed. */
static int64_t arrival(struct msghdr *message, int64_t mono_us, int64_t wall_us) {
  for (struct cmsghdr *at = CMSG_FIRSTHDR(message); at; at = CMSG_NXTHDR(message, at)) {
    if (at->cmsg_level != SOL_SOCKET || at->cmsg_type != SCM_TIMESTAMPNS)
      continue;
    struct timespec stamp;
    memcpy(&stamp, CMSG_DATA(at), sizeof stamp);
    int64_t ago = wall_us - ((int64_t)stamp.tv_sec * 1000000 + stamp.tv_nsec / 1000);
    if (ago >= 0 && ago < 500000)
      return mono_us - ago;
  }
  return mono_us;
}

static unsigned receive_batch(Port *port, unsigned socket, unsigned max, PortReceive receive,
                              void *user) {
  for (unsigned i = 0; i < max; i++) {
    port->messages[i].msg_hdr.msg_namelen = sizeof port->addresses[i];
    port->messages[i].msg_hdr.msg_controllen = sizeof port->controls[i].bytes;
  }
  int count = recvmmsg(port->fds[socket], port->messages, max, MSG_DONTWAIT, NULL);
  if (count <= 0)
    return 0;
  int64_t mono_us = clock_us(CLOCK_MONOTONIC), wall_us = clock_us(CLOCK_REALTIME);
  for (int i = 0; i < count; i++) {
    Datagram datagram = {.data = port->buffers[i], .len = port->messages[i].msg_len};
    struct msghdr *message = &port->messages[i].msg_hdr;
    if ((message->msg_flags & MSG_TRUNC) || datagram.len == 0 ||
        !path_from_sockaddr(&datagram.from, &port->addresses[i], socket))
      continue;
    memset(datagram.data + datagram.len, 0, PORT_PADDING);
    datagram.arrival_us = arrival(message, mono_us, wall_us);
    receive(user, &datagram);
  }
  return (unsigned)count;
}

unsigned port_receive(Port *port, unsigned socket, unsigned max, PortReceive receive, void *user) {
  g_assert(socket < port->socket_count);
  unsigned total = 0;
  while (total < max) {
    unsigned wanted = MIN(BATCH, max - total);
    unsigned count = receive_batch(port, socket, wanted, receive, user);
    total += count;
    if (count < wanted)
      break;
  }
  return total;
}

const char *const *port_candidates(const Port *port, unsigned *count) {
  *count = port->candidates->len;
  return (const char *const *)port->candidates->pdata;
}
