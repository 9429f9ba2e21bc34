#include "base/address.h"

#include <arpa/inet.h>
#include <glib.h>
#include <netinet/in.h>
#include <string.h>

#define PREFIX_BYTES 8 /* of a /64 */

static void write_v4(const struct in_addr *address, char text[ADDRESS_CHARS]) {
  g_assert(inet_ntop(AF_INET, address, text, ADDRESS_CHARS));
}

static void write_v6(const struct in6_addr *address, char text[ADDRESS_CHARS]) {
  if (IN6_IS_ADDR_V4MAPPED(address)) {
    struct in_addr inner;
    memcpy(&inner, address->s6_addr + 12, sizeof inner);
    write_v4(&inner, text);
    return;
  }
  g_assert(inet_ntop(AF_INET6, address, text, ADDRESS_CHARS));
}

void address_of_socket(const struct sockaddr_storage *from, char text[ADDRESS_CHARS]) {
  *text = 0;
  if (from->ss_family == AF_INET)
    write_v4(&((const struct sockaddr_in *)from)->sin_addr, text);
  else if (from->ss_family == AF_INET6)
    write_v6(&((const struct sockaddr_in6 *)from)->sin6_addr, text);
}

bool address_normalise(const char *text, char normal[ADDRESS_CHARS]) {
  struct in_addr v4;
  struct in6_addr v6;
  if (inet_pton(AF_INET, text, &v4) == 1)
    write_v4(&v4, normal);
  else if (inet_pton(AF_INET6, text, &v6) == 1)
    write_v6(&v6, normal);
  else
    return false;
  return true;
}

bool address_is_loopback(const char *address) {
  struct in_addr v4;
  struct in6_addr v6;
  if (inet_pton(AF_INET, address, &v4) == 1)
    return ntohl(v4.s_addr) >> 24 == 127;
  return inet_pton(AF_INET6, address, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

void address_group(const char *address, char group[ADDRESS_CHARS]) {
  struct in6_addr v6;
  if (inet_pton(AF_INET6, address, &v6) != 1) {
    g_strlcpy(group, address, ADDRESS_CHARS);
    return;
  }
  memset(v6.s6_addr + PREFIX_BYTES, 0, sizeof v6.s6_addr - PREFIX_BYTES);
  write_v6(&v6, group);
}
