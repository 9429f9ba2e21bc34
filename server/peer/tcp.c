#include "peer/tcp.h"

#include <errno.h>
#include <gio/gio.h>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "peer/frame.h"

#define BACKLOG 512
#define ACCEPT_MAX 64 /* connections in one turn, before the others' turn */
#define EVENTS_MAX 64
#define READ_BYTES (16 * 1024) /* of one connection in one turn */
/* On its way and not acknowledged: 8 Mbit/s over a round trip of 200 ms (the kernel counts its own
 * overhead twice over). */
#define SEND_BUFFER_BYTES (256 * 1024)
#define RECEIVE_BUFFER_BYTES (256 * 1024)
/* Handed to the kernel beyond what it may send now: 65 ms of 500 kbit/s. */
#define UNSENT_BYTES (4 * 1024)
#define UNACKNOWLEDGED_MS 10000 /* as long as a silent peer is kept (peer.c) and a little */
#define PAUSE_US 1000000        /* of accepting, when the system has no file descriptor left */
#define STUN_HEAD 20
#define LISTENER (UINT64_C(1) << 32) /* in an epoll event, beside the socket */

typedef struct {
  Path path; /* path.tcp: its number */
  int fd;
  bool hung_up, waits_to_write;
  int64_t since_us;  /* stranger: came; trusted: its newest check */
  FrameQueue *queue; /* NULL: a stranger */
  GList link;        /* in strangers or trusted */
  FrameReader reader;
} Connection;

struct Tcp {
  int epoll;
  unsigned listener_count;
  struct {
    int fd;
    unsigned socket;
  } listeners[PORT_SOCKETS_MAX];
  bool paused;
  int64_t resume_us;
  const TcpEvents *events;
  void *user;
  uint32_t last_number;
  unsigned count;
  Connection *connections[TCP_CONNECTIONS_MAX]; /* by number modulo their most */
  GQueue strangers, trusted;                    /* longest since_us first */
  TcpStats stats;
  uint8_t buffer[READ_BYTES];
};

Tcp *tcp_new(void) {
  Tcp *tcp = g_new0(Tcp, 1);
  tcp->epoll = epoll_create1(EPOLL_CLOEXEC);
  g_queue_init(&tcp->strangers);
  g_queue_init(&tcp->trusted);
  return tcp;
}

int tcp_fd(const Tcp *tcp) {
  return tcp->epoll;
}

void tcp_set_events(Tcp *tcp, const TcpEvents *events, void *user) {
  tcp->events = events;
  tcp->user = user;
}

const TcpStats *tcp_stats(const Tcp *tcp) {
  return &tcp->stats;
}

static bool watch(Tcp *tcp, int operation, int fd, uint32_t wanted, uint64_t data) {
  struct epoll_event event = {.events = wanted, .data.u64 = data};
  return epoll_ctl(tcp->epoll, operation, fd, &event) == 0;
}

bool tcp_listen(Tcp *tcp, int fd, unsigned socket, GError **error) {
  g_assert(tcp->listener_count < PORT_SOCKETS_MAX);
  int send_bytes = SEND_BUFFER_BYTES, receive_bytes = RECEIVE_BUFFER_BYTES;
  /* Before listen: who connects inherits them, and the window's scale is told in the handshake. */
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &send_bytes, sizeof send_bytes);
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
  if (listen(fd, BACKLOG) != 0 || !watch(tcp, EPOLL_CTL_ADD, fd, EPOLLIN, LISTENER | socket)) {
    int reason = errno;
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(reason), "TCP: %s", g_strerror(reason));
    close(fd);
    return false;
  }
  tcp->listeners[tcp->listener_count].fd = fd;
  tcp->listeners[tcp->listener_count++].socket = socket;
  return true;
}

void tcp_unlisten(Tcp *tcp, unsigned socket) {
  for (unsigned i = 0; i < tcp->listener_count; i++) {
    if (tcp->listeners[i].socket != socket)
      continue;
    close(tcp->listeners[i].fd);
    tcp->listeners[i] = tcp->listeners[--tcp->listener_count];
    return;
  }
}

static Connection *find(const Tcp *tcp, uint32_t number) {
  Connection *connection = tcp->connections[number % TCP_CONNECTIONS_MAX];
  return connection && connection->path.tcp == number ? connection : NULL;
}

static GQueue *list_of(Tcp *tcp, const Connection *connection) {
  return connection->queue ? &tcp->trusted : &tcp->strangers;
}

static void free_connection(Tcp *tcp, Connection *connection) {
  tcp->connections[connection->path.tcp % TCP_CONNECTIONS_MAX] = NULL;
  tcp->count--;
  tcp->stats.closed++;
  g_queue_unlink(list_of(tcp, connection), &connection->link);
  if (!connection->queue) { /* nothing of a stranger stays in the kernel either */
    struct linger reset = {.l_onoff = 1};
    setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  }
  close(connection->fd);
  g_free(connection->queue);
  g_free(connection);
}

static void close_connection(Tcp *tcp, Connection *connection) {
  Path path = connection->path;
  free_connection(tcp, connection);
  tcp->events->closed(tcp->user, &path);
}

void tcp_free(Tcp *tcp) {
  if (!tcp)
    return;
  for (unsigned i = 0; i < TCP_CONNECTIONS_MAX; i++)
    if (tcp->connections[i])
      free_connection(tcp, tcp->connections[i]);
  for (unsigned i = 0; i < tcp->listener_count; i++)
    close(tcp->listeners[i].fd);
  close(tcp->epoll);
  g_free(tcp);
}

/* --- who comes --- */

/* One household or firm: an IPv4 address or an IPv6 /64. */
static bool same_source(const Path *a, const Path *b) {
  return a->family == b->family && memcmp(a->ip, b->ip, a->family == AF_INET6 ? 8 : 4) == 0;
}

static bool source_is_full(const Tcp *tcp, const Path *path) {
  unsigned count = 0;
  for (const GList *at = tcp->strangers.head; at; at = at->next)
    count += same_source(&((const Connection *)at->data)->path, path);
  return count >= TCP_STRANGERS_PER_ADDRESS;
}

/* False when there is none. */
static bool refuse_oldest_stranger(Tcp *tcp) {
  GList *oldest = g_queue_peek_head_link(&tcp->strangers);
  if (!oldest)
    return false;
  tcp->stats.refused++;
  close_connection(tcp, oldest->data);
  return true;
}

static bool make_room(Tcp *tcp, const Path *path) {
  if (source_is_full(tcp, path))
    return false;
  if (tcp->strangers.length < TCP_STRANGERS_MAX && tcp->count < TCP_CONNECTIONS_MAX)
    return true;
  return refuse_oldest_stranger(tcp);
}

/* The next number whose place is free; 0 is UDP's. */
static uint32_t new_number(Tcp *tcp) {
  do
    tcp->last_number++;
  while (tcp->last_number == 0 || tcp->connections[tcp->last_number % TCP_CONNECTIONS_MAX]);
  return tcp->last_number;
}

static void set_options(int fd) {
  int on = 1, unsent = UNSENT_BYTES, ms = UNACKNOWLEDGED_MS;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
  setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof ms);
}

static void admit(Tcp *tcp, int fd, const Path *from, int64_t now_us) {
  if (!make_room(tcp, from)) {
    tcp->stats.refused++;
    close(fd);
    return;
  }
  Connection *connection = g_new0(Connection, 1);
  connection->path = *from;
  connection->path.tcp = new_number(tcp);
  connection->fd = fd;
  connection->since_us = now_us;
  connection->link.data = connection;
  frame_reader_init(&connection->reader);
  tcp->connections[connection->path.tcp % TCP_CONNECTIONS_MAX] = connection;
  tcp->count++;
  tcp->stats.opened++;
  g_queue_push_tail_link(&tcp->strangers, &connection->link);
  set_options(fd);
  if (!watch(tcp, EPOLL_CTL_ADD, fd, EPOLLIN, connection->path.tcp))
    close_connection(tcp, connection);
}

static void watch_listeners(Tcp *tcp, bool on) {
  tcp->paused = !on;
  for (unsigned i = 0; i < tcp->listener_count; i++)
    watch(tcp, EPOLL_CTL_MOD, tcp->listeners[i].fd, on ? EPOLLIN : 0,
          LISTENER | tcp->listeners[i].socket);
}

static int fd_of(const Tcp *tcp, unsigned socket) {
  for (unsigned i = 0; i < tcp->listener_count; i++)
    if (tcp->listeners[i].socket == socket)
      return tcp->listeners[i].fd;
  return -1; /* closed in this turn */
}

static void accept_some(Tcp *tcp, unsigned socket, int64_t now_us) {
  int listener = fd_of(tcp, socket);
  for (int i = 0; listener >= 0 && i < ACCEPT_MAX; i++) {
    struct sockaddr_storage address;
    socklen_t len = sizeof address;
    int fd = accept4(listener, (struct sockaddr *)&address, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
    Path path;
    if (fd >= 0) {
      path_from_sockaddr(&path, &address, socket);
      admit(tcp, fd, &path, now_us);
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      /* It would be readable for ever. */
      if (refuse_oldest_stranger(tcp))
        continue;
      tcp->stats.refused++;
      tcp->resume_us = now_us + PAUSE_US;
      watch_listeners(tcp, false);
      return;
    } else if (errno != EINTR && errno != ECONNABORTED) {
      return;
    }
  }
}

/* --- in --- */

typedef struct {
  Tcp *tcp;
  Connection *connection;
  int64_t now_us;
} Reading;

/* RFC 8489 §5: two zero bits, then the magic cookie. */
static bool is_stun(const uint8_t *data, size_t len) {
  static const uint8_t cookie[] = {0x21, 0x12, 0xA4, 0x42};
  return len >= STUN_HEAD && data[0] <= 3 && memcmp(data + 4, cookie, sizeof cookie) == 0;
}

static bool on_frame(void *user, uint8_t *data, size_t len) {
  Reading *reading = user;
  Connection *connection = reading->connection;
  if (!connection->queue && !is_stun(data, len))
    return false;
  Datagram datagram = {
      .data = data, .len = len, .from = connection->path, .arrival_us = reading->now_us};
  reading->tcp->events->receive(reading->tcp->user, &datagram);
  return !connection->hung_up;
}

static void read_connection(Tcp *tcp, Connection *connection, int64_t now_us) {
  ssize_t len = recv(connection->fd, tcp->buffer, sizeof tcp->buffer, MSG_DONTWAIT);
  if (len < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (len > 0 && !connection->hung_up) {
    Reading reading = {tcp, connection, now_us};
    if (frame_read(&connection->reader, tcp->buffer, (size_t)len, on_frame, &reading))
      return;
    if (!connection->hung_up)
      tcp->stats.broken++;
  }
  close_connection(tcp, connection);
}

/* --- out --- */

static void hang_up(Connection *connection) {
  connection->hung_up = true; /* the kernel's hang-up event closes it: never amid a flush */
  shutdown(connection->fd, SHUT_RDWR);
}

/* How many bytes the kernel may be given now. TCP_NOTSENT_LOWAT alone tells when to go on, but a
 * large write passes it by up to 64 KiB, a second of a slow link. */
static size_t kernel_room(const Connection *connection) {
  int unsent = 0;
  if (ioctl(connection->fd, SIOCOUTQNSD, &unsent) != 0)
    unsent = 0;
  return unsent < UNSENT_BYTES ? (size_t)(UNSENT_BYTES - unsent) : 0;
}

static void write_queue(Tcp *tcp, Connection *connection) {
  size_t room;
  while (!frame_queue_empty(connection->queue) && (room = kernel_room(connection)) > 0) {
    const uint8_t *bytes;
    size_t len = MIN(frame_queue_peek(connection->queue, &bytes), room);
    tcp->stats.calls++;
    ssize_t sent = send(connection->fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR)
      continue;
    if (sent < 0 && errno != EAGAIN)
      hang_up(connection);
    if (sent < 0)
      break;
    frame_queue_took(connection->queue, (size_t)sent);
  }
  bool waits = !frame_queue_empty(connection->queue) && !connection->hung_up;
  if (waits != connection->waits_to_write)
    watch(tcp, EPOLL_CTL_MOD, connection->fd, waits ? EPOLLIN | EPOLLOUT : EPOLLIN,
          connection->path.tcp);
  connection->waits_to_write = waits;
}

void tcp_send(Tcp *tcp, const Path *path, const struct iovec *packets, unsigned count,
              int64_t now_us) {
  Connection *connection = find(tcp, path->tcp);
  if (!connection || connection->hung_up || !connection->queue) {
    tcp->stats.dropped += count;
    return;
  }
  FrameQueue *queue = connection->queue;
  unsigned i = 0;
  tcp->stats.dropped += frame_queue_expire(queue, now_us);
  for (; i < count; i++) {
    if (frame_queue_put(queue, packets[i].iov_base, packets[i].iov_len, now_us))
      continue;
    write_queue(tcp, connection);
    if (!frame_queue_put(queue, packets[i].iov_base, packets[i].iov_len, now_us))
      break;
  }
  tcp->stats.dropped += count - i;
  if (!connection->waits_to_write)
    write_queue(tcp, connection);
}

void tcp_hang_up(Tcp *tcp, const Path *path) {
  Connection *connection = find(tcp, path->tcp);
  if (connection && !connection->hung_up)
    hang_up(connection);
}

/* --- time --- */

static void turn_connection(Tcp *tcp, uint32_t number, uint32_t events, int64_t now_us) {
  Connection *connection = find(tcp, number);
  if (!connection) /* closed since the event */
    return;
  if ((events & EPOLLOUT) && !connection->hung_up) {
    tcp->stats.dropped += frame_queue_expire(connection->queue, now_us);
    write_queue(tcp, connection);
  }
  if (events & ~(uint32_t)EPOLLOUT)
    read_connection(tcp, connection, now_us);
}

void tcp_turn(Tcp *tcp, int64_t now_us) {
  struct epoll_event events[EVENTS_MAX];
  int count = epoll_wait(tcp->epoll, events, EVENTS_MAX, 0);
  for (int i = 0; i < count; i++) {
    uint64_t data = events[i].data.u64;
    if (data & LISTENER)
      accept_some(tcp, (unsigned)(data & UINT32_MAX), now_us);
    else
      turn_connection(tcp, (uint32_t)data, events[i].events, now_us);
  }
}

static void expire(Tcp *tcp, GQueue *list, int64_t before_us) {
  GList *oldest;
  while ((oldest = g_queue_peek_head_link(list)) != NULL) {
    Connection *connection = oldest->data;
    if (connection->since_us > before_us)
      return;
    tcp->stats.expired++;
    close_connection(tcp, connection);
  }
}

void tcp_tick(Tcp *tcp, int64_t now_us) {
  expire(tcp, &tcp->strangers, now_us - TCP_STRANGER_US);
  expire(tcp, &tcp->trusted, now_us - TCP_SILENT_US);
  if (tcp->paused && now_us >= tcp->resume_us)
    watch_listeners(tcp, true);
}

void tcp_trust(Tcp *tcp, const Path *path, int64_t now_us) {
  Connection *connection = find(tcp, path->tcp);
  if (!connection)
    return;
  g_queue_unlink(list_of(tcp, connection), &connection->link);
  if (!connection->queue) {
    connection->queue = g_new(FrameQueue, 1);
    frame_queue_init(connection->queue);
  }
  connection->since_us = now_us;
  g_queue_push_tail_link(&tcp->trusted, &connection->link);
}
