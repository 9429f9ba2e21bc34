#include "front/doors.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <netdb.h>
#include <netinet/in.h>
#include <unistd.h>

#include "base/log.h"

#define ACCEPT_AT_ONCE 64   /* connections taken a turn, so that others get theirs */
#define ACCEPT_PAUSE_MS 200 /* after running out of descriptors */
#define SOCKETS_MAX 8

struct Doors {
  GMainContext *context;
  DoorsCame came;
  void *user;
  GSource *sources[SOCKETS_MAX];
  int sockets[SOCKETS_MAX];
  unsigned socket_count, port;
  GSource *resume;
};

static void start_accepting(Doors *doors);

static gboolean resume_accepting(void *data) {
  Doors *doors = data;
  g_clear_pointer(&doors->resume, g_source_unref);
  start_accepting(doors);
  return G_SOURCE_REMOVE;
}

static void stop_accepting(Doors *doors) {
  for (unsigned i = 0; i < doors->socket_count; i++)
    if (doors->sources[i]) {
      g_source_destroy(doors->sources[i]);
      g_clear_pointer(&doors->sources[i], g_source_unref);
    }
}

/* Out of descriptors: the socket stays readable, so without a pause this would spin. */
static void pause_accepting(Doors *doors) {
  log_limited(LOG_ERROR, "front", "accept_failed", "reason=%s", log_q(g_strerror(errno)));
  stop_accepting(doors);
  doors->resume = g_timeout_source_new(ACCEPT_PAUSE_MS);
  g_source_set_callback(doors->resume, resume_accepting, doors, NULL);
  g_source_attach(doors->resume, doors->context);
}

static gboolean accept_some(int fd, GIOCondition condition, void *data) {
  Doors *doors = data;
  for (unsigned i = 0; i < ACCEPT_AT_ONCE; i++) {
    struct sockaddr_storage peer;
    socklen_t size = sizeof peer;
    int client = accept4(fd, (struct sockaddr *)&peer, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (client >= 0) {
      doors->came(doors->user, client, &peer);
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      pause_accepting(doors);
      return G_SOURCE_REMOVE;
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      break;
    }
  }
  return G_SOURCE_CONTINUE;
}

static void start_accepting(Doors *doors) {
  for (unsigned i = 0; i < doors->socket_count; i++) {
    doors->sources[i] = g_unix_fd_source_new(doors->sockets[i], G_IO_IN);
    g_source_set_callback(doors->sources[i], G_SOURCE_FUNC(accept_some), doors, NULL);
    g_source_attach(doors->sources[i], doors->context);
  }
}

static int bind_one(const struct addrinfo *where) {
  int fd = socket(where->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -1;
  int on = 1, off = 0;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (where->ai_family == AF_INET6) /* :: takes IPv4 too */
    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (bind(fd, where->ai_addr, where->ai_addrlen) == 0 && listen(fd, 1024) == 0)
    return fd;
  int reason = errno;
  close(fd);
  errno = reason;
  return -1;
}

static unsigned bound_port(int fd) {
  struct sockaddr_storage at;
  socklen_t size = sizeof at;
  if (getsockname(fd, (struct sockaddr *)&at, &size) != 0)
    return 0;
  return at.ss_family == AF_INET6 ? ntohs(((struct sockaddr_in6 *)&at)->sin6_port)
                                  : ntohs(((struct sockaddr_in *)&at)->sin_port);
}

static bool bind_all(Doors *doors, const Config *config, GError **error) {
  char port[8];
  g_snprintf(port, sizeof port, "%d", config->listen_port);
  struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV,
                           .ai_socktype = SOCK_STREAM};
  g_auto(GStrv) addresses = g_strsplit(config->listen_address, ",", SOCKETS_MAX + 1);
  for (unsigned i = 0; addresses[i] && i < SOCKETS_MAX; i++) {
    struct addrinfo *where = NULL;
    if (getaddrinfo(g_strstrip(addresses[i]), port, &hints, &where) != 0) {
      g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE,
                  "listen_address: \"%s\" is not an IP address", addresses[i]);
      return false;
    }
    int fd = bind_one(where);
    freeaddrinfo(where);
    if (fd < 0) {
      g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno),
                  "cannot listen on %s port %s: %s", addresses[i], port, g_strerror(errno));
      return false;
    }
    doors->sockets[doors->socket_count++] = fd;
    if (doors->port == 0) /* the others of port 0 take the one that the first was given */
      doors->port = bound_port(fd);
    g_snprintf(port, sizeof port, "%u", doors->port);
  }
  return doors->socket_count > 0;
}

Doors *doors_new(const Config *config, GMainContext *context, DoorsCame came, void *user,
                 GError **error) {
  Doors *doors = g_new0(Doors, 1);
  doors->context = context;
  doors->came = came;
  doors->user = user;
  if (bind_all(doors, config, error))
    return doors;
  doors_free(doors);
  return NULL;
}

void doors_open(Doors *doors) {
  start_accepting(doors);
}

void doors_free(Doors *doors) {
  if (!doors)
    return;
  stop_accepting(doors);
  if (doors->resume) {
    g_source_destroy(doors->resume);
    g_source_unref(doors->resume);
  }
  for (unsigned i = 0; i < doors->socket_count; i++)
    close(doors->sockets[i]);
  g_free(doors);
}

unsigned doors_port(const Doors *doors) {
  return doors->port;
}
