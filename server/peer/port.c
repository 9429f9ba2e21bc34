#include "peer/port.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gio/gio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "peer/addresses.h"
#include "peer/buffers.h"
#include "peer/tcp.h"

#define BATCH 64
#define DATAGRAM_BYTES 2048 /* whole Ethernet frames and a little more; longer ones are dropped */
#define BIND_TRIES 16
/* An address that could not be bound is tried again: the kernel does not tell when another program
 * has left the port, or descriptors are to be had. Each time later, as each failure is logged. */
#define AGAIN_US (5 * INT64_C(1000000))
#define AGAIN_MOST_US (300 * INT64_C(1000000))

struct Port {
  unsigned number;
  char *configured, *announce;
  int fds[PORT_SOCKETS_MAX]; /* -1: none */
  /* Of each socket; kept after it was closed, so that an address that comes back gets its place and
   * the paths over it go on. NULL: never used. */
  char *names[PORT_SOCKETS_MAX];
  uint32_t dropped[PORT_SOCKETS_MAX]; /* by the kernel, since the socket was opened … */
  uint64_t dropped_before;            /* … and before that */
  int watch;                          /* netlink; -1: none */
  bool missing;                       /* an address of the list is not bound */
  int64_t again_us, wait_us;          /* when that is tried next; 0: not said yet. How long after */
  Tcp *tcp;                           /* NULL: none */
  Egress *egress;
  GPtrArray *candidates;
  struct mmsghdr messages[BATCH];
  struct iovec iovs[BATCH];
  struct sockaddr_storage addresses[BATCH];
  union {
    char bytes[CMSG_SPACE(sizeof(struct timespec)) + CMSG_SPACE(sizeof(uint32_t))];
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
    Buffers buffers = buffers_set(fd);
    buffers_note(&buffers);
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

static void close_socket(Port *port, unsigned socket) {
  close(port->fds[socket]);
  port->fds[socket] = -1;
  port->dropped_before += port->dropped[socket];
  port->dropped[socket] = 0;
  if (port->tcp)
    tcp_unlisten(port->tcp, socket);
}

static void close_sockets(Port *port) {
  for (unsigned i = 0; i < PORT_SOCKETS_MAX; i++)
    if (port->fds[i] >= 0)
      close_socket(port, i);
  g_clear_pointer(&port->tcp, tcp_free);
}

/* The place for an address: the one that it had, or one never used, or one not in use; -1: none. */
static int find_place(const Port *port, const char *name) {
  int unused = -1, free_place = -1;
  for (int i = PORT_SOCKETS_MAX - 1; i >= 0; i--) {
    if (port->fds[i] >= 0)
      continue;
    free_place = i;
    if (!port->names[i])
      unused = i;
    else if (strcmp(port->names[i], name) == 0)
      return i;
  }
  return unused >= 0 ? unused : free_place;
}

/* Opens one address's sockets; *number 0: becomes the one that was free. Returns their place, -1 on
 * failure. */
static int open_address(Port *port, const char *name, unsigned *number, GError **error) {
  int place = find_place(port, name);
  if (place < 0) {
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "too many addresses");
    return -1;
  }
  int fd = open_socket(name, *number, SOCK_DGRAM, error);
  if (fd < 0)
    return -1;
  unsigned bound = *number ? *number : bound_number(fd);
  if (port->tcp) {
    int listener = open_socket(name, bound, SOCK_STREAM, error);
    if (listener < 0 || !tcp_listen(port->tcp, listener, (unsigned)place, error)) {
      close(fd);
      return -1;
    }
  }
  port->fds[place] = fd;
  g_free(port->names[place]);
  port->names[place] = g_strdup(name);
  *number = bound;
  return place;
}

/* Binds all of `names` to one port number; those of `names` that were bound stay in it. */
static bool open_sockets(Port *port, GPtrArray *names, unsigned number, bool strict, bool tcp,
                         GError **error) {
  port->tcp = tcp ? tcp_new() : NULL;
  for (unsigned i = 0; i < names->len;) {
    g_autoptr(GError) reason = NULL;
    if (open_address(port, g_ptr_array_index(names, i), &number, &reason) < 0) {
      bool taken = g_error_matches(reason, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
      if (strict || taken) {
        close_sockets(port);
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
      }
      /* Found on an interface but not usable, such as a tentative IPv6 address. */
      log_warn("port", "address_skipped", "reason=%s", log_q(reason->message));
      g_ptr_array_remove_index(names, i);
      port->missing = true;
      continue;
    }
    i++;
  }
  port->number = number;
  return true;
}

static bool is_open(const Port *port) {
  for (unsigned i = 0; i < PORT_SOCKETS_MAX; i++)
    if (port->fds[i] >= 0)
      return true;
  return false;
}

static void make_candidates(Port *port) {
  g_autoptr(GPtrArray) bound = g_ptr_array_new();
  bool beyond = false; /* loopback */
  for (unsigned i = 0; i < PORT_SOCKETS_MAX; i++)
    if (port->fds[i] >= 0) {
      g_ptr_array_add(bound, port->names[i]);
      beyond = beyond || !addresses_is_loopback(port->names[i]);
    }
  g_clear_pointer(&port->candidates, g_ptr_array_unref);
  port->candidates = addresses_candidates(bound, port->announce, port->number, port->tcp != NULL);
  if (!beyond && addresses_change(port->configured))
    log_warn("port", "only_loopback", "port=%u", port->number);
}

/* Where it fails media goes on with the addresses that there were at the start. */
static void watch_addresses(Port *port) {
  g_autoptr(GError) error = NULL;
  if (!addresses_change(port->configured))
    return;
  port->watch = addresses_watch(&error);
  if (port->watch < 0)
    log_warn("port", "addresses_not_watched", "reason=%s", log_q(error->message));
}

Port *port_new(const char *addresses, const char *announce, unsigned number, bool gso, bool tcp,
               GError **error) {
  Port *port = g_new0(Port, 1);
  port->configured = g_strdup(addresses);
  port->announce = g_strdup(announce);
  port->watch = -1;
  port->wait_us = AGAIN_US;
  for (unsigned i = 0; i < PORT_SOCKETS_MAX; i++)
    port->fds[i] = -1;
  bool strict = addresses && *addresses;
  g_autoptr(GError) reason = NULL;
  g_autoptr(GPtrArray) names = NULL;
  /* A free number on the first address may be taken on the second: try again with another. */
  for (unsigned try = 0; try < (number ? 1 : BIND_TRIES) && !is_open(port); try++) {
    g_clear_error(&reason);
    g_clear_pointer(&names, g_ptr_array_unref);
    names = addresses_list(addresses, PORT_SOCKETS_MAX);
    port->missing = false;
    open_sockets(port, names, number, strict, tcp, &reason);
  }
  if (!is_open(port)) {
    if (!reason)
      g_set_error(&reason, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no address to bind for media");
    g_propagate_error(error, g_steal_pointer(&reason));
    port_free(port);
    return NULL;
  }
  port->egress = egress_new(port->fds, PORT_SOCKETS_MAX, port->tcp, gso);
  make_candidates(port);
  watch_addresses(port);
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
  if (port->watch >= 0)
    close(port->watch);
  for (unsigned i = 0; i < PORT_SOCKETS_MAX; i++)
    g_free(port->names[i]);
  if (port->candidates)
    g_ptr_array_unref(port->candidates);
  g_free(port->configured);
  g_free(port->announce);
  g_free(port);
}

unsigned port_number(const Port *port) {
  return port->number;
}

int port_fd(const Port *port, unsigned socket) {
  g_assert(socket < PORT_SOCKETS_MAX);
  return port->fds[socket];
}

int port_watch_fd(const Port *port) {
  return port->watch;
}

static bool is_listed(GPtrArray *names, const char *name) {
  return g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL);
}

static bool is_bound(const Port *port, const char *name) {
  for (unsigned i = 0; i < PORT_SOCKETS_MAX; i++)
    if (port->fds[i] >= 0 && strcmp(port->names[i], name) == 0)
      return true;
  return false;
}

/* Returns its place, -1 when it cannot be used (yet: a tentative IPv6 address is told again). */
static int add_address(Port *port, const char *name) {
  g_autoptr(GError) error = NULL;
  unsigned number = port->number;
  int place = open_address(port, name, &number, &error);
  if (place < 0)
    log_warn("port", "address_skipped", "reason=%s", log_q(error->message));
  else
    log_info("port", "address_added", "address=%s port=%u", name, number);
  return place;
}

/* Binds what is not bound, closes what is gone. */
static void follow_list(Port *port, PortOpened opened, void *user) {
  bool changed = false;
  port->missing = false;
  port->again_us = 0;
  g_autoptr(GPtrArray) names = addresses_list(port->configured, PORT_SOCKETS_MAX);
  for (unsigned i = 0; i < PORT_SOCKETS_MAX; i++) {
    if (port->fds[i] < 0 || is_listed(names, port->names[i]))
      continue;
    egress_flush(port->egress);
    close_socket(port, i);
    log_info("port", "address_gone", "address=%s port=%u", port->names[i], port->number);
    changed = true;
  }
  for (unsigned i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index(names, i);
    int place = is_bound(port, name) ? -1 : add_address(port, name);
    if (place < 0) {
      port->missing = port->missing || !is_bound(port, name);
      continue;
    }
    opened(user, (unsigned)place);
    changed = true;
  }
  if (changed)
    make_candidates(port);
}

void port_refresh(Port *port, PortOpened opened, void *user) {
  addresses_watched(port->watch);
  port->wait_us = AGAIN_US;
  follow_list(port, opened, user);
}

bool port_tick(Port *port, int64_t now_us, PortOpened opened, void *user) {
  if (!port->missing)
    return false;
  if (port->again_us == 0)
    port->again_us = now_us + port->wait_us;
  if (now_us < port->again_us)
    return false;
  port->wait_us = MIN(2 * port->wait_us, AGAIN_MOST_US);
  follow_list(port, opened, user);
  return true;
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

/* What the kernel says beside a datagram. It stamps with the wall clock: how long ago, on the
 * monotonic one. A stamp from before a jump of the wall clock is not believed. */
static int64_t read_beside(struct msghdr *message, uint32_t *dropped, int64_t mono_us,
                           int64_t wall_us) {
  int64_t arrival_us = mono_us;
  for (struct cmsghdr *at = CMSG_FIRSTHDR(message); at; at = CMSG_NXTHDR(message, at)) {
    if (at->cmsg_level != SOL_SOCKET)
      continue;
    if (at->cmsg_type == SO_RXQ_OVFL)
      memcpy(dropped, CMSG_DATA(at), sizeof *dropped);
    if (at->cmsg_type != SCM_TIMESTAMPNS)
      continue;
    struct timespec stamp;
    memcpy(&stamp, CMSG_DATA(at), sizeof stamp);
    int64_t ago = wall_us - ((int64_t)stamp.tv_sec * 1000000 + stamp.tv_nsec / 1000);
    if (ago >= 0 && ago < 500000)
      arrival_us = mono_us - ago;
  }
  return arrival_us;
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
    datagram.arrival_us = read_beside(message, &port->dropped[socket], mono_us, wall_us);
    receive(user, &datagram);
  }
  return (unsigned)count;
}

unsigned port_receive(Port *port, unsigned socket, unsigned max, PortReceive receive, void *user) {
  g_assert(socket < PORT_SOCKETS_MAX);
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

uint64_t port_dropped(const Port *port) {
  uint64_t dropped = port->dropped_before;
  for (unsigned i = 0; i < PORT_SOCKETS_MAX; i++)
    dropped += port->dropped[i];
  return dropped;
}

bool port_is_own(const Port *port, const Path *path) {
  for (unsigned i = 0; i < PORT_SOCKETS_MAX; i++) {
    struct sockaddr_storage address;
    socklen_t len = sizeof address;
    Path own;
    if (port->fds[i] >= 0 && !addresses_is_loopback(port->names[i]) &&
        getsockname(port->fds[i], (struct sockaddr *)&address, &len) == 0 &&
        path_from_sockaddr(&own, &address, i) && own.family == path->family && path->family &&
        memcmp(own.ip, path->ip, sizeof own.ip) == 0)
      return true;
  }
  return false;
}

const char *const *port_candidates(const Port *port, unsigned *count) {
  *count = port->candidates->len;
  return (const char *const *)port->candidates->pdata;
}
