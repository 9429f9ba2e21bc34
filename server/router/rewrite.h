/* One unbroken RTP stream made of pieces of many: sequence numbers, timestamps, VP8 picture ids.
 *
 * Between two switches everything is a constant offset, so that a packet which comes late lands
 * where it belongs and losses stay visible as gaps. At a switch the offsets are chosen such that
 * the sequence and the picture ids go on by one, and the timestamp by the time that passed on the
 * server's clock (Packet.capture_us), because publishers' clocks have nothing in common.
 *
 * What came before the switch point never gets out: it belongs to a picture that the receiver
 * cannot decode. Pictures that are left out (a temporal layer) close up: each run of them begins a
 * piece with offsets of its own. The last few pieces are kept: for what comes late, and to find
 * what a receiver asks for again, from before a switch too. Embedded in a Forwarder; media thread.
 * Fields: RFC 3550 §5.1, RFC 7741 §4.2.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "router/packet.h"

#define REWRITE_PIECES 16 /* one second of a temporal layer that is left out */

/* From this packet on, until the next piece: what is added to its numbers. */
typedef struct {
  uint64_t first;           /* Packet.sequence */
  uint64_t sequence_offset; /* modulo 2^64 */
  uint32_t track;           /* whose packets, and … */
  uint32_t timestamp_offset;
  uint16_t picture_offset; /* modulo 2^15 */
  uint8_t layer;           /* … of which layer */
  uint8_t tl0_offset;
} RewritePiece;

typedef struct {
  uint32_t clock_rate;                        /* Hz, of the slot: its tracks have the same */
  RewritePiece pieces[REWRITE_PIECES];        /* a ring */
  unsigned newest, piece_count, since_switch; /* since_switch ≤ piece_count: of the newest source */
  uint64_t in_next;                /* one after the highest packet that was applied or left out */
  uint64_t sequence_next;          /* one after the highest sent */
  uint16_t picture_next, left_out; /* left_out: picture id of the picture left out last */
  uint8_t tl0_next;
  bool sent, picture_sent, tl0_sent; /* whether the …_next fields continue something */
  bool any_left_out;
  /* The slot's clock: this RTP timestamp was captured then (smoothed), by the newest packet. */
  uint32_t anchor_timestamp;
  int64_t anchor_us;
} Rewriter;

typedef struct {
  uint64_t sequence; /* extended: the low 16 bits are sent */
  uint32_t timestamp;
  uint16_t picture_id;
  uint8_t tl0picidx;
} Rewritten;

/* first_sequence, first_timestamp: random (RFC 3550 §5.1). */
void rewriter_init(Rewriter *rewriter, uint32_t clock_rate, uint16_t first_sequence,
                   uint32_t first_timestamp);

/* `first`, of this track, begins the new piece. */
void rewriter_switch(Rewriter *rewriter, uint32_t track, const Packet *first);

/* From this number on nothing was sent: the next piece takes them. Nothing is applied before it,
 * and it begins with a key frame, before which picture ids may lack some. */
void rewriter_take_back(Rewriter *rewriter, uint64_t sequence);

/* Leaves a packet out and closes the gap. False for one that comes late: its number is taken, and
 * what the receiver asks for in vain costs more than the packet. */
bool rewriter_leave_out(Rewriter *rewriter, const Packet *packet);

/* False for packets from before the switch point, and for those that come much too late. */
bool rewriter_apply(Rewriter *rewriter, const Packet *packet, Rewritten *out);

/* Which packet was sent under these low bits of a number, if any: Packet.sequence, and the piece it
 * belongs to. NULL for what was not sent, or too long ago. */
const RewritePiece *rewriter_find(const Rewriter *rewriter, uint16_t sent, uint64_t *sequence);
/* That packet as it was sent. */
void rewriter_repeat(const Rewriter *rewriter, const RewritePiece *piece, const Packet *packet,
                     Rewritten *out);

/* When what was applied last was captured; INT64_MIN when nothing was. */
int64_t rewriter_captured_us(const Rewriter *rewriter);
/* The timestamp that a sample captured at now_us would have; false before the first packet. */
bool rewriter_clock(const Rewriter *rewriter, int64_t now_us, uint32_t *timestamp);
