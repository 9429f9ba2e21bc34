/* The rooms of one media thread: their routers, taps and links, and what routers tell and ask.
 *
 * Owned by Media, on its thread. Numbers that are not known are ignored.
 */
#pragma once

#include <sys/epoll.h>

#include "peer/links.h"
#include "peer/outlet.h"
#include "router/router.h"

typedef struct Rooms Rooms;
typedef struct LocalRoom
    LocalRoom; /* what its thread has of a room; what a Peer knows as its room */

typedef struct {
  unsigned thread;   /* the media thread's index */
  PacketPool *pool;  /* borrowed, as all that follows */
  GHashTable *peers; /* number → Peer; a room that is closed takes its own out */
  Outlet *outlet;
  MailboxRun burst;   /* links.h; for rooms_receive */
  int epoll;          /* taps are added to it … */
  uint64_t tap_event; /* … with this, or-ed with the room's number */
} RoomsHost;

Rooms *rooms_new(const RoomsHost *host);
/* Asserts that all are closed. */
void rooms_free(Rooms *rooms);

void rooms_open(Rooms *rooms, uint32_t id, bool home);
void rooms_close(Rooms *rooms, uint32_t id);
void rooms_close_all(Rooms *rooms);
LocalRoom *rooms_find(Rooms *rooms, uint32_t id); /* or NULL */
uint32_t local_room_id(const LocalRoom *room);
Router *local_room_router(const LocalRoom *room);

void rooms_link(Rooms *rooms, uint32_t id, const LinkEnd *end);
void rooms_receive(Rooms *rooms, const Burst *burst);
void rooms_floor(Rooms *rooms, uint32_t id, uint32_t peer);
/* fd: taken over; -1 ends the tap. */
void rooms_tap(Rooms *rooms, uint32_t id, int fd);
/* When a tap is readable. */
void rooms_read_tap(Rooms *rooms, uint32_t id, int64_t now_us);

/* router_set_relief for all, those to come too. */
void rooms_relieve(Rooms *rooms, unsigned layers);
void rooms_tick(Rooms *rooms, int64_t now_us);
/* Sends on what this turn of the loop brought in; paced: also what waits for its turn. */
void rooms_send(Rooms *rooms, bool paced, int64_t now_us);
/* Something waits for its turn. */
bool rooms_paces(Rooms *rooms);
/* At the end of the turn: to other threads. */
void rooms_flush(Rooms *rooms, int64_t now_us);
