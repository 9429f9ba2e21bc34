/* A room on several media threads: what is published on one is taken to the others.
 *
 *   Router ─relay──▶ Links ──Burst──▶ mailbox of the other thread ──▶ Links ─▶ Router, remote track
 *          ◀─take──        ◀─────────
 *
 * Each thread the room is on has Links of its own, one to each other thread. What there is to say
 * in one turn of the loop, packets first of all, goes as one burst, copied once on each side: pools
 * are not shared. All that one thread says to another arrives in order. When a thread does not keep
 * up, packets to it are dropped and counted; the rest is told all the same.
 *
 * Owned by the LocalRoom of its media thread.
 */
#pragma once

#include "base/mailbox.h"
#include "router/router.h"

typedef struct Links Links;

/* One side of a link: a room on a media thread. */
typedef struct {
  unsigned thread; /* its index */
  Mailbox *inbox;  /* borrowed, must outlive the links */
  void *media;     /* passed to run with each burst */
} LinkEnd;

/* What is posted; freed with burst_free. */
typedef struct Burst Burst;

uint32_t burst_room(const Burst *burst);
void *burst_media(const Burst *burst); /* of the receiving end */
void burst_free(void *burst);

/* run: called on the other thread with a Burst; it hands it to links_receive there. Borrowed:
 * router, pool. */
Links *links_new(Router *router, PacketPool *pool, uint32_t room, unsigned thread, MailboxRun run);
/* Removes the remote tracks. */
void links_free(Links *links);

/* From now on. The other thread has the room already. */
void links_add(Links *links, const LinkEnd *end);
/* At the end of each turn of the loop. */
void links_flush(Links *links, int64_t now_us);
/* What another thread says, in its order. */
void links_receive(Links *links, const Burst *burst, int64_t now_us);

/* For a remote track, the router's events of these names. */
void links_taken(Links *links, const TrackInfo *track, unsigned layers, bool shown);
void links_keyframe(Links *links, const TrackInfo *track, unsigned layer);
/* To all: who the dominant speaker is by this thread's router. */
void links_speaker(Links *links, uint32_t peer);
