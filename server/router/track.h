/* One published stream inside the router: who gets it, and what is known about it.
 *
 * A Track knows the slots that carry it (the fan-out is a walk over an array) and keeps packets
 * only while a slot waits for a key frame: the start of one may be overtaken by what follows it.
 * Owned by its Router; media thread. The public part is in router.h.
 */
#pragma once

#include "router/keyframe.h"
#include "router/notice.h"
#include "router/router.h"
#include "router/speech.h"

typedef struct Slot Slot;
typedef struct Publisher Publisher;

#define TRACK_RECENT_PACKETS                                                                       \
  64 /* more than one key frame's burst is reordered by; a power of two */
#define TRACK_FLOWING_US 3000000 /* without a packet for longer it shows nothing new */

struct Track {
  Router *router;       /* borrowed */
  Publisher *publisher; /* borrowed from the router */
  TrackInfo info;
  uint64_t age;    /* rises with each track of the router */
  bool audio, vp8; /* which of the two it is */
  bool muted;
  uint8_t payload_type;
  int64_t packet_us; /* when the last packet came; 0: none yet */

  Slot **slots; /* those which carry it */
  size_t slot_count, slot_room;
  size_t waiting;                       /* of them, for a key frame */
  Packet *recent[TRACK_RECENT_PACKETS]; /* while one waits, by sequence */
  bool recent_used;
  KeyframeWish keyframe;

  Speech speech;           /* microphones and screen audio */
  Notice notice;           /* heard or shown */
  uint64_t tapped;         /* bit i: tap i knows it */
  uint64_t wanted, placed; /* marks of allocate.c */
};

Track *track_new(Router *router, Publisher *publisher, const TrackInfo *info);
/* No slot carries it any more. */
void track_free(Track *track);

void track_add_slot(Track *track, Slot *slot);
void track_remove_slot(Track *track, Slot *slot);
/* One of its slots began or ceased to wait for a key frame. */
void track_begin_waiting(Track *track);
void track_end_waiting(Track *track);
/* The packet with this sequence, if it came while a slot waited; else NULL. Borrowed. */
Packet *track_recent(const Track *track, uint64_t sequence);

/* A packet came within TRACK_FLOWING_US. */
bool track_flowing(const Track *track, int64_t now_us);
/* Wishes a key frame: asked at once, later, or when the first packet shows that it flows. */
void track_want_keyframe(Track *track, int64_t now_us);
/* Repeats an open wish. */
void track_tick(Track *track, int64_t now_us);
