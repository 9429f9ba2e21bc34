/* What is known of one received RTP stream: which packets came, for receiver reports (RFC 3550 §6.4
 * and appendix A), for dropping duplicates and for asking again (NACK, RFC 4585 §6.2.1). How many
 * numbers may be left out is not the stream's own: those that follow one another in a layer share
 * it, so that to begin anew makes nothing of it come back.
 * Embedded in the uplink's streams; time is passed in. Owned by one media thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/rtcp.h"
#include "wire/seq.h"

#define RECEIVE_WINDOW 2048     /* packets: over a second of a fast video stream */
#define RECEIVE_MISSING_MAX 256 /* more lost at once: a key frame is cheaper */
#define RECEIVE_TRIES_MAX 10
#define RECEIVE_GIVE_UP_US 1000000
#define RECEIVE_RETRY_MIN_US 20000
#define RECEIVE_AHEAD 64             /* packets: so far ahead of all others may a repair be, … */
#define RECEIVE_BEFORE RECEIVE_AHEAD /* … and before the first what that one overtook */
/* Numbers that may be left out: at once, as many as a layer's ring holds (router/ring.h): nothing
 * of before a longer gap can be repaired to anybody; and then more than any line loses that carries
 * pictures. A gap that is longer is a sender that began anew. Receivers' slots pass gaps on, and
 * their SRTP guesses the roll-over counter over less than half a lap (RFC 3711 §3.3.1). */
#define RECEIVE_GAP_BURST 512
#define RECEIVE_GAP_PER_SECOND 500
/* Packets that others overtake, by this much at most, are waited for before they are asked for, if
 * some did so within the last … */
#define RECEIVE_REORDER_MAX_US 60000
#define RECEIVE_REORDER_KEPT_US 10000000 /* … ten seconds */

typedef struct {
  uint64_t sequence;
  int64_t since_us, asked_us; /* asked 0: not yet */
  unsigned tries;
} ReceiveMissing;

/* Numbers that were left out; a zeroed one: none were. */
typedef struct {
  int64_t us;      /* time in which they may be; not over … */
  int64_t seen_us; /* … as of then */
} ReceiveGaps;

typedef struct {
  uint32_t clock_rate;
  bool started, nack;
  ReceiveGaps *gaps; /* borrowed */
  SeqUnwrap unwrap;
  uint64_t first, highest, least;       /* least: nothing below it is taken */
  uint64_t window[RECEIVE_WINDOW / 64]; /* came, by extended sequence modulo the window */
  uint64_t received, expected_before, received_before;
  int64_t transit; /* ticks */
  uint32_t jitter; /* ticks, times 16 */
  unsigned missing_count;
  ReceiveMissing missing[RECEIVE_MISSING_MAX]; /* oldest first */
  bool gave_up;         /* something was lost for good since receive_gave_up */
  int64_t rtt_us;       /* as receive_nacks was told last */
  int64_t reorder_us;   /* by how much packets were overtaken, … */
  int64_t reordered_us; /* … at this time last */
} Receive;

typedef enum {
  RECEIVE_TAKEN,
  RECEIVE_DUPLICATE, /* or older than the window, or a repair of what is not missing */
  RECEIVE_RESTARTED  /* taken: the sender began anew (receive_leaps), nothing of before comes now */
} ReceiveVerdict;

/* gaps: of its layer, whatever stream it is that sends it; borrowed, must outlive it. */
void receive_init(Receive *receive, uint32_t clock_rate, bool nack, ReceiveGaps *gaps);

/* Its number is further ahead than may be left out now. */
bool receive_leaps(const Receive *receive, uint16_t sequence, int64_t arrival_us);

/* Takes note of a packet. repaired: it came in another's stead, which says nothing about jitter,
 * and has a number that only its bearer vouches for: it is taken only where it is missing. */
ReceiveVerdict receive_packet(Receive *receive, uint16_t sequence, uint32_t timestamp,
                              int64_t arrival_us, bool repaired, uint64_t *extended);

/* A packet that should have come and did not, before the newest or right behind it. */
bool receive_misses(const Receive *receive, uint16_t sequence);

/* What is missing now is not asked for any more. */
void receive_give_up(Receive *receive);

/* The report block but for ssrc, lsr and dlsr; starts a new interval. */
void receive_report(Receive *receive, RtcpReport *report);

/* Sequence numbers to ask for now, rising; each again after max(rtt, 20 ms), ten times at most and
 * for a second. What may only have been overtaken is not asked for yet. */
size_t receive_nacks(Receive *receive, int64_t now_us, int64_t rtt_us, uint16_t *out, size_t max);

/* True once after packets were given up: video needs a key frame. */
bool receive_gave_up(Receive *receive);
