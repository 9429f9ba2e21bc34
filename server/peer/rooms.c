/* See rooms.h. */
#include "peer/rooms.h"

#include <errno.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "peer/peer.h"

#define LEVELS_US 500000 /* PROTOCOL.md: twice a second at most */
#define LEVELS_MAX 16

struct LocalRoom {
  Rooms *rooms; /* borrowed */
  uint32_t id;
  bool home; /* what is known of the room as a whole is told here */
  Router *router;
  Links *links;
  Tap *tap;
  int64_t next_levels_us;
  unsigned levels_told; /* how many were in the last event */
};

struct Rooms {
  RoomsHost host;
  GHashTable *by_id; /* owned */
  unsigned relief;
};

/* --- events of routers --- */

static Peer *find_peer(const LocalRoom *room, uint32_t id) {
  return g_hash_table_lookup(room->rooms->host.peers, GUINT_TO_POINTER(id));
}

static void on_keyframe(void *user, const TrackInfo *track, unsigned layer) {
  LocalRoom *room = user;
  if (track->remote) {
    links_keyframe(room->links, track, layer);
    return;
  }
  Peer *peer = find_peer(room, track->peer);
  if (peer)
    peer_keyframe(peer, track->source, layer);
}

static void on_demand(void *user, const TrackInfo *track, unsigned layers) {
  LocalRoom *room = user;
  const Peer *peer = find_peer(room, track->peer);
  const char *names[LAYERS_MAX];
  if (peer)
    outlet_demand(room->rooms->host.outlet, track->peer, track->source, names,
                  peer_layer_names(peer, track->source, layers, names));
}

static void on_taken(void *user, const TrackInfo *track, unsigned layers, bool shown) {
  LocalRoom *room = user;
  links_taken(room->links, track, layers, shown);
}

static void on_speaker(void *user, uint32_t peer) {
  LocalRoom *room = user;
  if (!room->home)
    return;
  links_speaker(room->links, peer);
  outlet_speaker(room->rooms->host.outlet, room->id, peer);
}

static void on_heard(void *user, const TrackInfo *track, bool on) {
  LocalRoom *room = user;
  outlet_heard(room->rooms->host.outlet, room->id, track, on);
}

static void on_shown(void *user, const TrackInfo *track, bool on) {
  LocalRoom *room = user;
  outlet_shown(room->rooms->host.outlet, room->id, track, on);
}

static const RouterEvents router_events = {.keyframe = on_keyframe,
                                           .demand = on_demand,
                                           .taken = on_taken,
                                           .speaker = on_speaker,
                                           .heard = on_heard,
                                           .shown = on_shown};

/* --- their course --- */

Rooms *rooms_new(const RoomsHost *host) {
  Rooms *rooms = g_new0(Rooms, 1);
  rooms->host = *host;
  rooms->by_id = g_hash_table_new(NULL, NULL);
  return rooms;
}

void rooms_free(Rooms *rooms) {
  if (!rooms)
    return;
  g_assert(g_hash_table_size(rooms->by_id) == 0);
  g_hash_table_unref(rooms->by_id);
  g_free(rooms);
}

LocalRoom *rooms_find(Rooms *rooms, uint32_t id) {
  return g_hash_table_lookup(rooms->by_id, GUINT_TO_POINTER(id));
}

uint32_t local_room_id(const LocalRoom *room) {
  return room->id;
}

Router *local_room_router(const LocalRoom *room) {
  return room->router;
}

void rooms_open(Rooms *rooms, uint32_t id, bool home) {
  if (rooms_find(rooms, id))
    return;
  const RoomsHost *host = &rooms->host;
  LocalRoom *room = g_new0(LocalRoom, 1);
  room->rooms = rooms;
  room->id = id;
  room->home = home;
  room->router = router_new(&router_events, room);
  room->links = links_new(room->router, host->pool, id, host->thread, host->burst);
  if (!home)
    router_follow_speaker(room->router, 0);
  router_set_relief(room->router, rooms->relief);
  g_hash_table_insert(rooms->by_id, GUINT_TO_POINTER(id), room);
}

static void end_tap(LocalRoom *room) {
  if (!room->tap)
    return;
  epoll_ctl(room->rooms->host.epoll, EPOLL_CTL_DEL, tap_fd(room->tap), NULL);
  router_remove_tap(room->router, room->tap);
  room->tap = NULL;
}

static gboolean is_in_room(void *id, void *peer, void *room) {
  return peer_room(peer) == room;
}

static void close_room(LocalRoom *room) {
  g_hash_table_foreach_remove(room->rooms->host.peers, is_in_room, room);
  end_tap(room);
  links_free(room->links);
  router_free(room->router);
  g_free(room);
}

void rooms_close(Rooms *rooms, uint32_t id) {
  LocalRoom *room = rooms_find(rooms, id);
  if (!room)
    return;
  g_hash_table_remove(rooms->by_id, GUINT_TO_POINTER(id));
  close_room(room);
}

void rooms_close_all(Rooms *rooms) {
  GHashTableIter iter;
  void *room;
  g_hash_table_iter_init(&iter, rooms->by_id);
  while (g_hash_table_iter_next(&iter, NULL, &room)) {
    g_hash_table_iter_remove(&iter);
    close_room(room);
  }
}

/* --- commands --- */

void rooms_link(Rooms *rooms, uint32_t id, const LinkEnd *end) {
  const LocalRoom *room = rooms_find(rooms, id);
  if (room)
    links_add(room->links, end);
}

void rooms_receive(Rooms *rooms, const Burst *burst) {
  const LocalRoom *room = rooms_find(rooms, burst_room(burst));
  if (room)
    links_receive(room->links, burst, clock_mono_us());
}

void rooms_floor(Rooms *rooms, uint32_t id, uint32_t peer) {
  const LocalRoom *room = rooms_find(rooms, id);
  if (room)
    router_set_floor(room->router, peer);
}

void rooms_tap(Rooms *rooms, uint32_t id, int fd) {
  LocalRoom *room = rooms_find(rooms, id);
  if (!room) {
    if (fd >= 0)
      close(fd);
    return;
  }
  end_tap(room);
  if (fd < 0)
    return;
  room->tap = router_add_tap(room->router, fd);
  struct epoll_event event = {.events = EPOLLIN, .data.u64 = rooms->host.tap_event | id};
  if (epoll_ctl(rooms->host.epoll, EPOLL_CTL_ADD, fd, &event) < 0) {
    uint64_t dropped = tap_dropped(room->tap);
    log_error("media", "tap_not_watched", "reason=%s", g_strerror(errno));
    end_tap(room);
    outlet_tap_closed(rooms->host.outlet, id, dropped);
  }
}

void rooms_read_tap(Rooms *rooms, uint32_t id, int64_t now_us) {
  LocalRoom *room = rooms_find(rooms, id);
  if (!room || !room->tap || tap_read(room->tap, now_us))
    return;
  uint64_t dropped = tap_dropped(room->tap);
  end_tap(room);
  outlet_tap_closed(rooms->host.outlet, id, dropped);
}

/* --- the loop's --- */

void rooms_relieve(Rooms *rooms, unsigned layers) {
  GHashTableIter iter;
  void *room;
  rooms->relief = layers;
  g_hash_table_iter_init(&iter, rooms->by_id);
  while (g_hash_table_iter_next(&iter, NULL, &room))
    router_set_relief(((LocalRoom *)room)->router, layers);
}

static void tell_levels(LocalRoom *room, int64_t now_us) {
  if (!room->home || now_us < room->next_levels_us)
    return;
  room->next_levels_us = now_us + LEVELS_US;
  uint32_t peers[LEVELS_MAX];
  uint8_t levels[LEVELS_MAX];
  unsigned count = (unsigned)router_levels(room->router, peers, levels, LEVELS_MAX);
  if (count || room->levels_told) /* one empty list when it falls silent */
    outlet_levels(room->rooms->host.outlet, room->id, peers, levels, count);
  room->levels_told = count;
}

void rooms_tick(Rooms *rooms, int64_t now_us) {
  GHashTableIter iter;
  void *room;
  g_hash_table_iter_init(&iter, rooms->by_id);
  while (g_hash_table_iter_next(&iter, NULL, &room)) {
    router_tick(((LocalRoom *)room)->router, now_us);
    tell_levels(room, now_us);
  }
}

void rooms_send(Rooms *rooms, bool paced, int64_t now_us) {
  GHashTableIter iter;
  void *room;
  g_hash_table_iter_init(&iter, rooms->by_id);
  while (g_hash_table_iter_next(&iter, NULL, &room)) {
    Router *router = ((LocalRoom *)room)->router;
    if (paced)
      router_pace(router, now_us);
    router_send_trains(router);
  }
}

bool rooms_paces(Rooms *rooms) {
  GHashTableIter iter;
  void *room;
  g_hash_table_iter_init(&iter, rooms->by_id);
  while (g_hash_table_iter_next(&iter, NULL, &room))
    if (router_paces(((LocalRoom *)room)->router))
      return true;
  return false;
}

void rooms_flush(Rooms *rooms, int64_t now_us) {
  GHashTableIter iter;
  void *room;
  g_hash_table_iter_init(&iter, rooms->by_id);
  while (g_hash_table_iter_next(&iter, NULL, &room))
    links_flush(((LocalRoom *)room)->links, now_us);
}
