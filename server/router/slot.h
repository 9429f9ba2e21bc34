/* One slot of one subscriber: an outgoing RTP stream that carries this track now and another later.
 *
 * After a change of track a video slot is silent until a key frame begins; then everything from
 * that packet on is rewritten (rewrite.h), remembered (history.h) and sent. Embedded in a
 * Subscriber; media thread.
 */
#pragma once

#include "router/history.h"
#include "router/rewrite.h"
#include "router/router.h"
#include "wire/vp8.h"

typedef struct Slot {
  Subscriber *subscriber; /* borrowed: its owner */
  unsigned index;         /* in the subscriber's row */
  SlotKind kind;
  Track *track;        /* borrowed; NULL: nobody */
  size_t at;           /* its place in track->slots */
  bool waiting;        /* for the first packet that may be sent */
  bool waits_keyframe; /* counted in track->waiting */
  Rewriter rewriter;
  History history;
} Slot;

void slot_init(Slot *slot, Subscriber *subscriber, unsigned index, SlotKind kind);
/* Leaves its track without telling anybody. */
void slot_clear(Slot *slot);
/* Carries this track from now on, NULL for nobody; tells the sink. */
void slot_assign(Slot *slot, Track *track);
/* Stops; or goes on with the next packet (a key frame's first, for pictures), and asks for it. */
void slot_pause(Slot *slot, bool paused);
/* A packet of its track; vp8 is NULL when it is not VP8 (or carries no payload). */
void slot_forward(Slot *slot, Packet *packet, const Vp8Descriptor *vp8);
void slot_resend(Slot *slot, uint16_t sequence, int64_t now_us);
