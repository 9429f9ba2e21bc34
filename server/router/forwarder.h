/* What one receiver gets of a track: one unbroken stream out of the track's layers.
 *
 * It is aimed at a spatial layer and a temporal one. A change of the spatial layer waits for a key
 * frame there; until it comes, what was carried goes on, thinned at once to its lowest temporal
 * layer when the change is downwards. A layer that is not sent at the moment (its publisher cannot,
 * or was told that nobody takes it) is waited for while the best of those that are is carried.
 * Who begins (with a track, or anew after a pause) is sent a key frame that came a moment ago, and
 * what followed it, rather than waiting for another: so a join needs no round trip to the
 * publisher. While held it makes ready for that: its layer is asked for and its key frames are kept
 * fresh, but nothing is sent.
 *
 * A layer whose epoch changes (another SSRC, packet.h) is begun anew at its next key frame, with
 * the next number.
 *
 * Sound has one layer and no key frames. Embedded in a Slot and, for the recorder, in a Track;
 * media thread.
 */
#pragma once

#include "router/expect.h"
#include "router/layer.h"
#include "router/rewrite.h"
#include "router/router.h"

typedef struct Track Track;

#define LAYER_NONE (-1)
/* So old may a key frame be that one begins with: the receiver shows the stream that much late at
 * first. */
#define FORWARDER_FRESH_US 600000

typedef void (*ForwarderSend)(Forwarder *forwarder, Packet *packet, const Rewritten *rewritten);

/* It will be given something in a moment: step 0, 1 … FORWARDER_EXPECT_STEPS - 1, a memory access
 * apart. */
typedef void (*ForwarderExpect)(const Forwarder *forwarder, unsigned step);
#define FORWARDER_EXPECT_STEPS (2 + SLOT_EXPECT_STEPS)

struct Forwarder {
  ForwarderSend send;
  ForwarderExpect expect; /* NULL: nothing is far away */
  Track *track;           /* borrowed; NULL: nobody */
  int target, current, waits;
  unsigned temporal_target, temporal;
  bool held, live_only;                  /* live_only: never begins with what came before */
  size_t at_current, at_waits, at_track; /* its places in the lists */
  bool judged, judged_out;               /* the newest picture's verdict */
  uint16_t judged_picture;
  int64_t yielded_us; /* when it last stopped for a smaller layer */
  Rewriter rewriter;
};

/* clock_rate: Hz. */
void forwarder_init(Forwarder *forwarder, uint32_t clock_rate, ForwarderSend send);
/* Leaves its track, if any, and joins this one, NULL for none; aimed at nothing. */
void forwarder_set_track(Forwarder *forwarder, Track *track);
/* LAYER_NONE: nothing is sent, at once. */
void forwarder_aim(Forwarder *forwarder, int layer, unsigned temporal);
/* Ready, but nothing is sent: at once. Told again while held: keeps key frames fresh. */
void forwarder_hold(Forwarder *forwarder, bool held);
/* What it carries is larger than what it is aimed at: nothing is sent until that begins. */
void forwarder_yield(Forwarder *forwarder);
/* Nothing is carried until the next key frame; forwarder_settle waits for one. */
void forwarder_interrupt(Forwarder *forwarder);
/* A layer of its track began or ceased to flow. */
void forwarder_settle(Forwarder *forwarder);
/* The receiver lost the picture. */
void forwarder_keyframe(const Forwarder *forwarder, int64_t now_us);

/* Step 0 touches nothing of it. */
void forwarder_expect(const Forwarder *forwarder, unsigned step);
/* For Track. A packet of the layer it carries. */
void forwarder_receive(Forwarder *forwarder, Packet *packet);
/* A key frame of the layer it waits for begins (sound: any packet): it carries that from now on. */
void forwarder_begin(Forwarder *forwarder, Packet *packet);

/* It sends something, as far as is known. */
static inline bool forwarder_sends(const Forwarder *forwarder) {
  return forwarder->track && forwarder->current != LAYER_NONE;
}
