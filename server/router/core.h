/* The router's own state, for the files of this layer. Media thread. */
#pragma once

#include <glib.h>

#include "router/audible.h"
#include "router/router.h"
#include "router/track.h"

/* What is known of a publishing peer, while it has a track. */
struct Publisher {
  uint32_t peer;
  unsigned tracks;
  uint64_t spoke; /* rises with each change of the dominant speaker; 0: never was */
  Track *camera;  /* its newest that is not muted, borrowed */
};

struct Router {
  RouterEvents events;
  void *user;
  int64_t now_us; /* the latest time that was passed in */
  uint64_t next_age;

  GPtrArray *tracks;      /* owned, oldest first */
  GPtrArray *subscribers; /* owned */
  GPtrArray *taps;        /* owned */
  GPtrArray *relays;      /* owned */
  GHashTable *publishers; /* peer → Publisher, owned */
  GHashTable *by_id;      /* id → Track, borrowed */

  unsigned relief; /* temporal layers that are left out */
  uint32_t floor;  /* peer; 0: nobody */
  Track *dominant; /* microphone of the dominant speaker, borrowed */
  int64_t decided_us;
  bool follows; /* another router decides who it is: this peer … */
  uint32_t followed;
  uint64_t changes; /* of the dominant speaker */

  Audible audible;    /* who is heard */
  GPtrArray *cameras; /* one a publisher, most important first, borrowed */
  Track *screen;      /* the newest share, borrowed */
  Track *program;     /* the picture of the recording, borrowed; NULL without taps */

  GPtrArray *paced;  /* subscribers for whom something waits, borrowed */
  GPtrArray *trains; /* layers with a train to send, borrowed; one may be named twice */

  uint64_t mark;   /* last mark given by allocate.c */
  size_t round_at; /* the subscriber that was looked after last */
  bool share_due;  /* a picture's size changed, and with it what it costs */
};

/* Works out who comes first anew (something changed) and gives the slots to them. */
void router_rearrange(Router *router);
/* NULL for one that is gone. */
Track *router_track(const Router *router, uint32_t id);
/* The track's voice left: if it was the dominant speaker's, there is none now. */
void router_not_dominant(Router *router, const Track *track);
