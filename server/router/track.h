/* One published source inside the router: its layers, who gets them, and what is known about it.
 *
 * Owned by its Router; media thread. The public part is in router.h.
 */
#pragma once

#include "router/forwarder.h"
#include "router/notice.h"
#include "router/router.h"
#include "router/speech.h"

typedef struct Publisher Publisher;

#define TRACK_FLOWING_US 3000000 /* without a packet for longer it shows nothing new */

struct Track {
  Router *router;       /* borrowed */
  Publisher *publisher; /* borrowed from the router */
  TrackInfo info;
  uint64_t age;    /* rises with each track of the router */
  bool audio, vp8; /* which of the two it is */
  bool muted;
  uint8_t payload_type;
  int64_t begun_us;   /* when it was added, or was muted last */
  int64_t packet_us;  /* when the last packet came, of any layer; 0: none yet */
  int64_t resized_us; /* everybody's layers were shared out anew for its size; 0: never */

  unsigned layer_count;
  Layer layers[LAYERS_MAX]; /* smallest first */
  ForwarderList forwarders;
  Forwarder recording; /* what taps get */
  bool demand_told;    /* the publisher was told what is wanted */
  unsigned taken_told; /* remote: what its own router was told … */
  bool shown_told;

  Speech speech;           /* microphones and screen audio */
  Notice notice;           /* heard or shown */
  uint64_t tapped;         /* bit i: tap i knows it */
  uint64_t wanted, placed; /* marks of allocate.c */
  unsigned wanted_at;      /* its place among the wanted */
};

Track *track_new(Router *router, Publisher *publisher, const TrackInfo *info);
/* No forwarder but its own carries it any more. */
void track_free(Track *track);

void track_add_forwarder(Track *track, Forwarder *forwarder);
void track_remove_forwarder(Track *track, Forwarder *forwarder);

/* Taps came or went: they get the largest layer of a picture, and sound. */
void track_update_recording(Track *track);

/* A packet came within TRACK_FLOWING_US. */
bool track_flowing(const Track *track, int64_t now_us);
/* Somebody gets it, or it is the recording's picture. */
bool track_is_shown(const Track *track);
/* Wishes a key frame: asked at once, later, or when the first packet shows that it flows. */
void track_want_keyframe(Track *track, unsigned layer, int64_t now_us);
/* Of the layers the recorder gets. */
void track_want_recording_keyframe(Track *track, int64_t now_us);
/* Repeats open wishes, measures, tells the publisher what is wanted. */
void track_tick(Track *track, int64_t now_us);

/* Pixels of a layer: as its key frames say, else worked out from another's, each twice the one
 * below in both directions. */
int64_t track_layer_pixels(const Track *track, unsigned layer);
/* Bits per second of a layer up to this temporal layer: as measured, else what is usual for so many
 * pixels, shared among temporal layers as in one that was measured. */
int64_t track_layer_bps(const Track *track, unsigned layer, unsigned temporal);
/* The highest temporal layer of a layer; before it came, most likely. */
unsigned track_temporal_top(const Track *track, unsigned layer);
