/* Whether one receiver is sent a packet again. All ways to a repair go through here: that the
 * receiver asked (NACK), and that its transport-wide feedback lacks the packet.
 *
 * - One that was sent less than a round trip ago may still be on its way, as its receiver's next
 *   request may be: not again before (mediasoup, RtpStreamSend.cpp, decides likewise).
 * - What is older than the newest key frame that was sent helps nobody: pictures go on from that.
 * - Repairs have a share of what the way carries. Whoever asks for everything without end gets no
 *   more than that, and his own pictures have the rest.
 * - Each number that is asked for has to be looked for, whether or not it was ever sent: so many a
 *   second are, of one receiver.
 * - What the feedback lacks may only be late; on a way that loses nothing it is waited for.
 * - Where much is lost, what has to be repaired anew goes twice: a picture waits for it, and each
 *   repair that is lost costs another round trip.
 *
 * What was repaired is remembered in a table of bounded size, made with the first request. When
 * there is no room for a packet in it, it is not repaired: nothing falls out of the table before
 * its time. Embedded in a Subscriber; media thread; time is passed in.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limit.h"

#define REPAIR_GAP_US 20000 /* at least; three quarters of a round trip where that is longer */
#define REPAIR_RTT_UNKNOWN_US 100000 /* until it is measured (mediasoup's, too) */
#define REPAIRS_MAX 10 /* of one packet, each once or twice: as often as Chromium asks for it */
#define REPAIR_SHARE 2 /* one part in so many of the budget … */
#define REPAIR_WINDOW_US 500000  /* … over so long: libwebrtc's limiter's window */
#define REPAIR_BURST_BYTES 24000 /* and at least this at a time: a small picture's key frame */
/* Numbers that one receiver is served: a picture's second (ring.h holds 512 packets) asked for ten
 * times over at once, and then more than any way loses that carries pictures. */
#define REPAIR_ASKED_PER_SECOND 4000
#define REPAIR_ASKED_BURST 5000
#define REPAIR_LOSING 0.01 /* feedback is believed to tell of losses, not of what is late */
#define REPAIR_TWICE 0.03  /* from this loss on */

typedef enum {
  REPAIR_SENT,
  REPAIR_RECENT,  /* sent again already, and that may be on its way */
  REPAIR_TIMES,   /* repaired REPAIRS_MAX times */
  REPAIR_OLD,     /* a newer key frame was sent */
  REPAIR_SPENT,   /* the share is used up, or too much was asked for */
  REPAIR_DOUBTED, /* nobody asked for it, and it may only be late */
  REPAIR_GONE,    /* never sent, or not held any more */
  REPAIR_UNSENT,  /* the receiver takes none (no RTX), or it could not be sent */
  REPAIR_COUNT    /* of verdicts */
} RepairVerdict;

/* Why now. */
typedef struct {
  bool inferred;      /* from transport-wide feedback; else the receiver asked */
  double loss;        /* of the way, 0…1 */
  int64_t rtt_us;     /* 0: unknown */
  int64_t budget_bps; /* what the way carries; INT64_MAX: no limit is known */
  int64_t now_us;
} RepairAsk;

typedef struct {
  struct RepairEntry *entries;
  int64_t credit_bytes, filled_us;
  Limit asked; /* numbers */
} Repairs;

void repairs_clear(Repairs *repairs);
/* A number may be looked for. What the feedback lacks always may: it was sent, and is told of once.
 */
bool repairs_look(Repairs *repairs, const RepairAsk *ask);
/* May what was sent on this slot under this number, `bytes` long, be sent again now? SENT: *times,
 * once or twice, and it is counted so. Never OLD or GONE: that is the slot's to know. */
RepairVerdict repairs_judge(Repairs *repairs, unsigned slot, uint16_t sequence, size_t bytes,
                            const RepairAsk *ask, unsigned *times);
