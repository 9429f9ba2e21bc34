#include "peer/addresses.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gio/gio.h>
#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "peer/path.h"

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

GPtrArray *addresses_list(const char *configured, unsigned max) {
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
  if (list->len > max) {
    log_warn("port", "too_many_addresses", "found=%u used=%u", list->len, max);
    g_ptr_array_set_size(list, (int)max);
  }
  return list;
}

bool addresses_change(const char *configured) {
  g_autoptr(GPtrArray) named = split(configured);
  bool changes = named->len == 0;
  for (unsigned i = 0; i < named->len; i++) {
    const char *name = g_ptr_array_index(named, i);
    changes = changes || g_str_equal(name, "0.0.0.0") || g_str_equal(name, "::");
  }
  return changes;
}

/* --- watching --- */

int addresses_watch(GError **error) {
  struct sockaddr_nl own = {.nl_family = AF_NETLINK,
                            .nl_groups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_LINK};
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
  if (fd >= 0 && bind(fd, (struct sockaddr *)&own, sizeof own) == 0)
    return fd;
  int reason = errno;
  g_set_error(error, G_IO_ERROR, g_io_error_from_errno(reason), "netlink: %s", g_strerror(reason));
  if (fd >= 0)
    close(fd);
  return -1;
}

void addresses_watched(int fd) {
  uint8_t unread[4096]; /* what changed is read anew, whole */
  while (recv(fd, unread, sizeof unread, MSG_DONTWAIT) > 0 || errno == ENOBUFS || errno == EINTR)
    errno = 0;
}

/* --- candidates --- */

bool addresses_is_loopback(const char *name) {
  return g_str_has_prefix(name, "127.") || g_str_equal(name, "::1");
}

/* One for each name that is loopback or is not. */
static void add_candidates(GPtrArray *list, const GPtrArray *names, unsigned port, bool loopback,
                           bool tcp) {
  for (unsigned i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index(names, i);
    if (addresses_is_loopback(name) != loopback)
      continue;
    unsigned foundation = list->len + 1; /* all differ */
    /* RFC 8445 §5.1.2.1: host type preference 126, component 1. RFC 6544 §4.2: a lower one for all
     * of TCP, as any datagram is better than none; direction preference 4 of a passive host. */
    unsigned priority = tcp ? 90u << 24 | (4u << 13 | (8191u - foundation)) << 8 | 255u
                            : 126u << 24 | (65535u - foundation) << 8 | 255u;
    g_ptr_array_add(list, g_strdup_printf("candidate:%u 1 %s %u %s %u typ host%s", foundation,
                                          tcp ? "tcp" : "udp", priority, name, port,
                                          tcp ? " tcptype passive" : ""));
  }
}

/* Loopback's come last, since they only serve this machine, where TCP is of no use but when there
 * is nothing else. */
GPtrArray *addresses_candidates(const GPtrArray *bound, const char *announce, unsigned port,
                                bool tcp) {
  GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GPtrArray) announced = split(announce);
  const GPtrArray *names = announced->len ? announced : bound;
  add_candidates(list, names, port, false, false);
  bool only_loopback = list->len == 0;
  add_candidates(list, names, port, true, false);
  if (tcp)
    add_candidates(list, names, port, only_loopback, true);
  return list;
}
