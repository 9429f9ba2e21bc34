/* One slot of one subscriber: an outgoing RTP stream that carries this track now and another later.
 *
 * Its forwarder makes the stream and knows under which numbers it went out; what the receiver
 * misses is sent again from the layers' rings. Embedded in a Subscriber; media thread.
 */
#pragma once

#include "router/forwarder.h"
#include "router/pacer.h"
#include "router/repair.h"
#include "router/router.h"

#define SLOT_SHRINK_US 1200000

typedef struct Slot {
  Forwarder forwarder;    /* the first member: its send finds the slot */
  Subscriber *subscriber; /* borrowed: its owner */
  unsigned index;         /* in the subscriber's row */
  SlotKind kind;
  int64_t pixels;       /* how large it is to be; 0: not at all … */
  int64_t shown_pixels; /* … and is shown: smaller, when it shrank a moment ago … */
  int64_t shrank_us;    /* … at this time */
  unsigned rank;        /* among the pictures: who loses first when the way is narrow */
  bool closed;          /* the client does not receive on it */
  bool unsent;          /* a packet did not go out: nothing does until slot_tick */
  uint64_t sent_next;   /* one after the highest number that went out, or the first that will */
  uint64_t keyframe;    /* the number under which the newest key frame that went out begins */
} Slot;

void slot_init(Slot *slot, Subscriber *subscriber, unsigned index, SlotKind kind);
/* Leaves its track without telling anybody. */
void slot_clear(Slot *slot);
/* Carries this track from now on, NULL for nobody; tells the sink. Aimed at nothing. */
void slot_assign(Slot *slot, Track *track);
/* Nothing that has a number and did not go out will: its stream goes on with the first of these,
 * when it begins anew. It must carry nothing at the moment. */
void slot_take_back(Slot *slot);
/* A slot that stopped because a packet did not go out begins anew. */
void slot_tick(Slot *slot);
/* How large it is shown. A picture that is shown smaller stays as large as it was for
 * SLOT_SHRINK_US: tiles shrink when somebody comes in, whose joining is not the moment to have
 * everybody's encoder set anew; and who pages or turns a phone is soon back. */
void slot_show(Slot *slot, int64_t pixels);
/* What shrank and stays so is smaller now. */
void slot_settle(Slot *slot);
/* Which layer it is to carry. While the pacer is stopped a larger one than that ends at once, and
 * what waits of it is not sent. */
void slot_aim(Slot *slot, int layer, unsigned temporal);
/* What had to wait for its turn. */
void slot_send_paced(Slot *slot, const Paced *paced);
/* What went out under this number, once more, if repair.h lets it. */
RepairVerdict slot_repair(Slot *slot, uint16_t sequence, const RepairAsk *ask);
