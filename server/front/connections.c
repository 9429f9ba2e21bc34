#include "front/connections.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limit-table.h"
#include "base/log.h"
#include "base/metrics.h"
#include "front/addresses.h"

#define HANDSHAKE_US (10 * G_USEC_PER_SEC) /* waiting in front, TLS, and the first request */
#define SILENCE_US (1 * G_USEC_PER_SEC)    /* who waits in front has said something by then */

METRIC(connections_metric, METRIC_GAUGE, "yishi_http_connections", "Open connections");
METRIC(waiting_metric, METRIC_GAUGE, "yishi_http_connections_waiting",
       "Connections that wait because their address has too many half-open ones");
METRIC(refused_metric, METRIC_COUNTER, "yishi_http_connections_refused_total",
       "Connections refused because their address has too many");

/* Accepted and not yet read from. */
typedef struct {
  int fd;
  char address[ADDRESS_CHARS];
  int64_t speak_by_us, until_us;
} Waiter;

struct Connections {
  Front *front;
  struct lws_vhost *vhost;
  Addresses *addresses;
  GQueue all;          /* Connection, by its link */
  GQueue waiting;      /* Waiter, the oldest first */
  GHashTable *waiters; /* address group -> how many wait of it */
  GHashTable *persons; /* person -> GQueue of Connection by of_person, the oldest first */
  GSource *soon;       /* a turn of connections_tick, not from inside a callback of lws */
};

Connections *connections_new(Front *front) {
  Connections *connections = g_new0(Connections, 1);
  connections->front = front;
  connections->addresses = addresses_new((unsigned)front->config->connections_per_address);
  connections->waiters = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  connections->persons =
      g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_queue_free);
  g_queue_init(&connections->all);
  g_queue_init(&connections->waiting);
  metric_register(&connections_metric);
  metric_register(&waiting_metric);
  metric_register(&refused_metric);
  return connections;
}

void connections_free(Connections *connections) {
  if (!connections)
    return;
  g_assert(connections->all.length == 0 && connections->waiting.length == 0);
  addresses_free(connections->addresses);
  g_hash_table_unref(connections->waiters);
  g_hash_table_unref(connections->persons);
  g_free(connections);
}

void connections_serve(Connections *connections, struct lws_vhost *vhost) {
  connections->vhost = vhost;
}

unsigned connections_count(const Connections *connections) {
  return connections->all.length;
}

/* ---- a turn soon ---- */

static gboolean take_turn(void *data) {
  Connections *connections = data;
  g_clear_pointer(&connections->soon, g_source_unref);
  connections_tick(connections, clock_mono_us());
  return G_SOURCE_REMOVE;
}

static void turn_soon(Connections *connections) {
  if (connections->soon)
    return;
  connections->soon = g_idle_source_new();
  g_source_set_priority(connections->soon, G_PRIORITY_DEFAULT);
  g_source_set_callback(connections->soon, take_turn, connections, NULL);
  g_source_attach(connections->soon, connections->front->main_context);
}

static void close_soon(Connection *connection) {
  connection->deadline_us = 0;
  turn_soon(connection->front->connections);
}

/* ---- whom it is counted with ---- */

static void room_was_made(Connections *connections) {
  if (connections->waiting.length > 0)
    turn_soon(connections);
}

void front_asked(Connection *connection) {
  Connections *connections = connection->front->connections;
  if (!*connection->half_open)
    return;
  addresses_leave(connections->addresses, ADDRESS_HALF_OPEN, connection->half_open);
  *connection->half_open = 0;
  room_was_made(connections);
}

bool front_half_open(Connection *connection, const char *address) {
  Connections *connections = connection->front->connections;
  if (*connection->half_open)
    return true; /* since it connected */
  if (!addresses_enter(connections->addresses, ADDRESS_HALF_OPEN, address))
    return false;
  g_strlcpy(connection->half_open, address, sizeof connection->half_open);
  return true;
}

static void leave_address(Connection *connection) {
  Connections *connections = connection->front->connections;
  if (!connection->held)
    return;
  addresses_leave(connections->addresses, ADDRESS_HELD, connection->address);
  connection->held = false;
  room_was_made(connections);
}

static void leave_person(Connection *connection) {
  GHashTable *persons = connection->front->connections->persons;
  if (!*connection->person)
    return;
  GQueue *own = g_hash_table_lookup(persons, connection->person);
  g_queue_unlink(own, &connection->of_person);
  if (own->length == 0)
    g_hash_table_remove(persons, connection->person);
  *connection->person = 0;
}

/* The oldest that costs nobody anything, beyond the first limit; beyond the second the oldest. */
static void bound_person(const GQueue *own) {
  unsigned closing = 0, left;
  for (const GList *at = own->head; at; at = at->next)
    closing += ((const Connection *)at->data)->deadline_us == 0;
  left = own->length - closing;
  for (const GList *at = own->head; at && left > limit_most(LIMIT_CONNECTIONS_IDLE);
       at = at->next) {
    Connection *connection = at->data;
    bool spare = front_idle(connection) || left > limit_most(LIMIT_CONNECTIONS);
    if (connection->deadline_us == 0 || !spare || at == own->tail)
      continue;
    close_soon(connection);
    left--;
  }
}

void front_known(Connection *connection, const char *person) {
  GHashTable *persons = connection->front->connections->persons;
  front_asked(connection);
  leave_address(connection);
  if (!person || connection->proxied || strcmp(person, connection->person) == 0)
    return; /* a proxy's connection is nobody's */
  leave_person(connection);
  g_strlcpy(connection->person, person, sizeof connection->person);
  connection->of_person.data = connection;
  GQueue *own = g_hash_table_lookup(persons, person);
  if (!own) {
    own = g_queue_new();
    g_hash_table_insert(persons, g_strdup(person), own);
  }
  g_queue_push_tail_link(own, &connection->of_person);
  bound_person(own);
}

/* ---- coming and going ---- */

static bool proxied(const Connections *connections, const char *address) {
  return connections->front->config->trust_proxy && address_is_loopback(address);
}

static void adopt(Connections *connections, int fd, const char *address) {
  Connection *connection = g_new0(Connection, 1);
  connection->front = connections->front;
  connection->link.data = connection;
  connection->deadline_us = clock_mono_us() + HANDSHAKE_US;
  g_strlcpy(connection->address, address, sizeof connection->address);
  connection->loopback = address_is_loopback(address);
  connection->proxied = proxied(connections, address);
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  struct lws *wsi = lws_adopt_socket_vhost(connections->vhost, fd); /* closes fd when it fails */
  if (!wsi) {
    g_free(connection);
    return;
  }
  connection->wsi = wsi;
  lws_set_opaque_user_data(wsi, connection);
  g_queue_push_tail_link(&connections->all, &connection->link);
  metric_add(&connections_metric, 1);
  if (connection->proxied)
    return; /* behind a proxy on this machine everybody comes from one address */
  connection->held = addresses_enter(connections->addresses, ADDRESS_HELD, address);
  bool half_open = front_half_open(connection, address);
  g_assert(connection->held && half_open); /* there_is_room */
}

void connection_free(Connection *connection) {
  Connections *connections = connection->front->connections;
  front_asked(connection);
  leave_address(connection);
  leave_person(connection);
  g_queue_unlink(&connections->all, &connection->link);
  metric_add(&connections_metric, -1);
  g_free(connection);
}

static bool there_is_room(const Connections *connections, const char *address) {
  return proxied(connections, address) ||
         (addresses_room(connections->addresses, ADDRESS_HALF_OPEN, address) &&
          addresses_room(connections->addresses, ADDRESS_HELD, address));
}

/* An address that holds too many: the oldest of its idle ones goes. */
static void make_room(Connections *connections, const char *address) {
  char wanted[ADDRESS_CHARS], group[ADDRESS_CHARS];
  if (addresses_room(connections->addresses, ADDRESS_HELD, address))
    return;
  address_group(address, wanted);
  for (GList *at = connections->all.head; at; at = at->next) {
    Connection *connection = at->data;
    if (!connection->held || connection->deadline_us == 0 || !front_idle(connection))
      continue;
    address_group(connection->address, group);
    if (strcmp(group, wanted) != 0)
      continue;
    close_soon(connection);
    return;
  }
}

static unsigned waiting_of(const Connections *connections, const char *group) {
  return GPOINTER_TO_UINT(g_hash_table_lookup(connections->waiters, group));
}

static void count_waiting(Connections *connections, const char *address, int change) {
  char group[ADDRESS_CHARS];
  address_group(address, group);
  unsigned count = (unsigned)((int)waiting_of(connections, group) + change);
  if (count > 0)
    g_hash_table_insert(connections->waiters, g_strdup(group), GUINT_TO_POINTER(count));
  else
    g_hash_table_remove(connections->waiters, group);
  metric_add(&waiting_metric, change);
}

void connections_came(Connections *connections, int fd, const struct sockaddr_storage *peer) {
  char address[ADDRESS_CHARS], group[ADDRESS_CHARS];
  address_of_socket(peer, address);
  if (there_is_room(connections, address)) {
    adopt(connections, fd, address);
    return;
  }
  address_group(address, group);
  if (waiting_of(connections, group) >= limit_most(LIMIT_WAITING)) {
    metric_add(&refused_metric, 1);
    log_limited(LOG_WARN, "front", "connection_refused", "reason=%s", "too_many_of_address");
    close(fd);
    return;
  }
  make_room(connections, address);
  Waiter *waiter = g_new0(Waiter, 1);
  waiter->fd = fd;
  int64_t now_us = clock_mono_us();
  waiter->speak_by_us = now_us + SILENCE_US;
  waiter->until_us = now_us + HANDSHAKE_US;
  g_strlcpy(waiter->address, address, sizeof waiter->address);
  g_queue_push_tail(&connections->waiting, waiter);
  count_waiting(connections, address, 1);
}

/* A browser speaks first, with TLS and without. Who does not only holds a place. */
static bool is_worth_waiting(const Waiter *waiter, int64_t now_us) {
  char byte;
  if (now_us > waiter->until_us)
    return false;
  return now_us <= waiter->speak_by_us || recv(waiter->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1;
}

/* Takes in who waited and has room now; gives up who waited too long, or silently. */
static void serve_waiting(Connections *connections, int64_t now_us) {
  GList *next;
  for (GList *at = connections->waiting.head; at; at = next) {
    Waiter *waiter = at->data;
    next = at->next;
    bool room = there_is_room(connections, waiter->address);
    if (!room)
      make_room(connections, waiter->address);
    if (!room && is_worth_waiting(waiter, now_us))
      continue;
    g_queue_delete_link(&connections->waiting, at);
    count_waiting(connections, waiter->address, -1);
    if (room)
      adopt(connections, waiter->fd, waiter->address);
    else
      close(waiter->fd);
    g_free(waiter);
  }
}

static void kill_connection(Connection *connection) {
  lws_set_timeout(connection->wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_SYNC);
}

/* Deadlines are kept here: lws' own timers are only looked at when something else happens. */
void connections_tick(Connections *connections, int64_t now_us) {
  GList *next;
  for (GList *at = connections->all.head; at; at = next) {
    Connection *connection = at->data;
    next = at->next; /* killing frees this one only */
    if (now_us > connection->deadline_us)
      kill_connection(connection);
  }
  serve_waiting(connections, now_us);
}

void connections_end(Connections *connections) {
  if (!connections)
    return;
  while (connections->all.head)
    kill_connection(connections->all.head->data);
  serve_waiting(connections, INT64_MAX);
  if (connections->soon) {
    g_source_destroy(connections->soon);
    g_clear_pointer(&connections->soon, g_source_unref);
  }
}
