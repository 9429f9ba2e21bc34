#include "peer/path.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

bool path_from_sockaddr(Path *path, const struct sockaddr_storage *address, unsigned socket) {
  memset(path, 0, sizeof *path);
  path->socket = (uint8_t)socket;
  if (address->ss_family == AF_INET) {
    struct sockaddr_in in;
    memcpy(&in, address, sizeof in);
    path->family = AF_INET;
    path->port = ntohs(in.sin_port);
    memcpy(path->ip, &in.sin_addr, 4);
    return true;
  }
  if (address->ss_family != AF_INET6)
    return false;
  struct sockaddr_in6 in6;
  memcpy(&in6, address, sizeof in6);
  path->port = ntohs(in6.sin6_port);
  if (IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr)) {
    path->family = AF_INET;
    memcpy(path->ip, in6.sin6_addr.s6_addr + 12, 4);
  } else {
    path->family = AF_INET6;
    memcpy(path->ip, &in6.sin6_addr, 16);
  }
  return true;
}

socklen_t path_to_sockaddr(const Path *path, struct sockaddr_storage *address) {
  memset(address, 0, sizeof *address);
  if (path->family == AF_INET) {
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(path->port)};
    memcpy(&in.sin_addr, path->ip, 4);
    memcpy(address, &in, sizeof in);
    return sizeof in;
  }
  struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(path->port)};
  memcpy(&in6.sin6_addr, path->ip, 16);
  memcpy(address, &in6, sizeof in6);
  return sizeof in6;
}

bool path_equal(const Path *a, const Path *b) {
  return memcmp(a, b, sizeof *a) == 0;
}

const char *path_text(const Path *path, char out[PATH_TEXT_BYTES]) {
  char ip[INET6_ADDRSTRLEN] = "-";
  if (path->family)
    inet_ntop(path->family, path->ip, ip, sizeof ip);
  snprintf(out, PATH_TEXT_BYTES, path->family == AF_INET6 ? "[%s]:%u%s" : "%s:%u%s", ip, path->port,
           path->tcp ? "/tcp" : "");
  return out;
}
