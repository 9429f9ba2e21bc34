/* See rewrite.h. */
#include "router/rewrite.h"

#include <glib.h>

#include "wire/seq.h"

#define SECOND_US 1000000
#define PICTURE_MASK 0x7fff /* 15 bits, RFC 7741 §4.2 */
#define AUDIO_RATE 48000    /* Hz, Opus always (RFC 7587 §4.1) */
/* A switch after a day must not look like a step back in the receiver's 32-bit arithmetic. */
#define TIMESTAMP_STEP_MAX (1 << 30)
/* Until the publisher's first sender report capture times carry the network's jitter: followed
 * slowly, unless the clock was really set anew. */
#define CLOCK_JUMP_US 100000
#define CLOCK_SMOOTHING 16

void rewriter_init(Rewriter *rewriter, uint32_t clock_rate, uint16_t first_sequence,
                   uint32_t first_timestamp) {
  *rewriter = (Rewriter){
      .clock_rate = clock_rate,
      /* A lap ahead, so that nothing ever goes below zero. */
      .sequence_next = 0x10000 + (uint64_t)first_sequence,
      .anchor_timestamp = first_timestamp,
  };
}

static int64_t ticks_of(const Rewriter *rewriter, int64_t us) {
  return us * (int64_t)rewriter->clock_rate / SECOND_US;
}

static uint32_t timestamp_at_switch(const Rewriter *rewriter, const Packet *first) {
  if (!rewriter->sent)
    return rewriter->anchor_timestamp;
  int64_t step = ticks_of(rewriter, first->capture_us - rewriter->anchor_us);
  /* Two publishers' delays differ: the newcomer may have been captured before the last packet of
   * its forerunner. The stream still goes forward; an audio frame is 20 ms. */
  int64_t least = rewriter->clock_rate == AUDIO_RATE ? AUDIO_RATE / 50 : 1;
  if (step < least)
    step = least;
  if (step > TIMESTAMP_STEP_MAX)
    step = TIMESTAMP_STEP_MAX;
  return rewriter->anchor_timestamp + (uint32_t)step;
}

/* Behind the newest, as a copy of `like`. */
static RewritePiece *new_piece(Rewriter *rewriter, const RewritePiece *like) {
  rewriter->newest = (rewriter->newest + 1) % REWRITE_PIECES;
  rewriter->piece_count = MIN(rewriter->piece_count + 1, REWRITE_PIECES);
  rewriter->since_switch = MIN(rewriter->since_switch + 1, REWRITE_PIECES);
  RewritePiece *piece = &rewriter->pieces[rewriter->newest];
  *piece = *like;
  return piece;
}

void rewriter_switch(Rewriter *rewriter, uint32_t track, const Packet *first) {
  const Vp8Descriptor *vp8 = packet_vp8(first);
  uint32_t timestamp = timestamp_at_switch(rewriter, first);
  RewritePiece *piece =
      new_piece(rewriter, &(RewritePiece){
                              .first = first->sequence,
                              .sequence_offset = rewriter->sequence_next - first->sequence,
                              .track = track,
                              .layer = first->layer,
                              .timestamp_offset = timestamp - first->rtp.timestamp,
                          });
  rewriter->since_switch = 1;
  rewriter->in_next = first->sequence;
  rewriter->any_left_out = false;
  rewriter->anchor_timestamp = timestamp;
  rewriter->anchor_us = first->capture_us;
  rewriter->sent = true;
  if (!vp8)
    return;
  if (vp8->has_picture_id && rewriter->picture_sent)
    piece->picture_offset = (uint16_t)((rewriter->picture_next - vp8->picture_id) & PICTURE_MASK);
  if (vp8->has_tl0picidx && rewriter->tl0_sent)
    piece->tl0_offset = (uint8_t)(rewriter->tl0_next - vp8->tl0picidx);
}

void rewriter_take_back(Rewriter *rewriter, uint64_t sequence) {
  rewriter->sequence_next = sequence;
}

bool rewriter_leave_out(Rewriter *rewriter, const Packet *packet) {
  if (packet->sequence < rewriter->in_next)
    return false;
  RewritePiece *piece = &rewriter->pieces[rewriter->newest];
  if (piece->first != packet->sequence) { /* something of the newest piece was sent, or is due */
    const RewritePiece before = *piece;
    piece = new_piece(rewriter, &before);
  }
  piece->first = rewriter->in_next = packet->sequence + 1;
  piece->sequence_offset--;
  if (!rewriter->any_left_out || rewriter->left_out != packet->vp8.picture_id)
    piece->picture_offset = (uint16_t)((piece->picture_offset - 1) & PICTURE_MASK);
  rewriter->any_left_out = true;
  rewriter->left_out = packet->vp8.picture_id;
  return true;
}

/* The newest is number 0. */
static const RewritePiece *piece_at(const Rewriter *rewriter, unsigned number) {
  return &rewriter->pieces[(rewriter->newest + REWRITE_PIECES - number) % REWRITE_PIECES];
}

/* Of the source that is sent now. */
static const RewritePiece *piece_of(const Rewriter *rewriter, uint64_t sequence) {
  for (unsigned i = 0; i < rewriter->since_switch; i++) {
    const RewritePiece *piece = piece_at(rewriter, i);
    if (sequence >= piece->first)
      return piece;
  }
  return NULL;
}

/* The newest packet moves the slot's clock. */
static void follow_clock(Rewriter *rewriter, uint32_t timestamp, int64_t capture_us) {
  int32_t step = (int32_t)(timestamp - rewriter->anchor_timestamp);
  int64_t expected = rewriter->anchor_us + (int64_t)step * SECOND_US / rewriter->clock_rate;
  int64_t error = capture_us - expected;
  bool jump = error > CLOCK_JUMP_US || error < -CLOCK_JUMP_US;
  rewriter->anchor_timestamp = timestamp;
  rewriter->anchor_us = jump ? capture_us : expected + error / CLOCK_SMOOTHING;
}

/* A 7-bit picture id wraps long before ours: the number with these low bits that is nearest. */
static uint16_t nearest_short_id(uint16_t id, uint16_t next) {
  uint16_t ahead = (uint16_t)((id - next) & 0x7f);
  uint16_t back = ahead < 0x40 ? 0 : 0x80;
  return (uint16_t)((next + ahead - back) & PICTURE_MASK);
}

void rewriter_repeat(const Rewriter *rewriter, const RewritePiece *piece, const Packet *packet,
                     Rewritten *out) {
  const Vp8Descriptor *vp8 = packet_vp8(packet);
  *out = (Rewritten){.sequence = packet->sequence + piece->sequence_offset,
                     .timestamp = packet->rtp.timestamp + piece->timestamp_offset};
  if (!vp8)
    return;
  out->picture_id = vp8->picture_id;
  out->tl0picidx = vp8->tl0picidx;
  if (vp8->has_picture_id) {
    uint16_t id = (uint16_t)((vp8->picture_id + piece->picture_offset) & PICTURE_MASK);
    bool known = vp8->picture_id_15bit || !rewriter->picture_sent;
    out->picture_id = known ? id : nearest_short_id(id, rewriter->picture_next);
  }
  if (vp8->has_tl0picidx)
    out->tl0picidx = (uint8_t)(vp8->tl0picidx + piece->tl0_offset);
}

/* The next picture goes on from this one. */
static void follow_vp8(Rewriter *rewriter, const Vp8Descriptor *vp8, const Rewritten *sent) {
  if (vp8->has_picture_id) {
    uint16_t ahead = (uint16_t)((sent->picture_id - rewriter->picture_next) & PICTURE_MASK);
    if (!rewriter->picture_sent || ahead < (PICTURE_MASK + 1) / 2)
      rewriter->picture_next = (uint16_t)((sent->picture_id + 1) & PICTURE_MASK);
    rewriter->picture_sent = true;
  }
  if (vp8->has_tl0picidx) {
    if (!rewriter->tl0_sent || (uint8_t)(sent->tl0picidx - rewriter->tl0_next) < 0x80)
      rewriter->tl0_next = (uint8_t)(sent->tl0picidx + 1);
    rewriter->tl0_sent = true;
  }
}

bool rewriter_apply(Rewriter *rewriter, const Packet *packet, Rewritten *out) {
  const RewritePiece *piece = piece_of(rewriter, packet->sequence);
  if (!piece)
    return false;
  if (packet->sequence >= rewriter->in_next)
    rewriter->in_next = packet->sequence + 1;
  rewriter_repeat(rewriter, piece, packet, out);
  if (out->sequence >= rewriter->sequence_next) {
    rewriter->sequence_next = out->sequence + 1;
    if (!timestamp_newer(rewriter->anchor_timestamp, out->timestamp))
      follow_clock(rewriter, out->timestamp, packet->capture_us);
  }
  if (packet_vp8(packet))
    follow_vp8(rewriter, &packet->vp8, out);
  return true;
}

const RewritePiece *rewriter_find(const Rewriter *rewriter, uint16_t sent, uint64_t *sequence) {
  if (!rewriter->sent)
    return NULL;
  /* The newest number with these low bits that is not in the future. */
  uint64_t newest = rewriter->sequence_next - 1;
  uint64_t number = newest - (uint16_t)((uint16_t)newest - sent);
  for (unsigned i = 0; i < rewriter->piece_count; i++) {
    const RewritePiece *piece = piece_at(rewriter, i);
    if (number < piece->first + piece->sequence_offset)
      continue;
    *sequence = number - piece->sequence_offset;
    return piece;
  }
  return NULL;
}

int64_t rewriter_captured_us(const Rewriter *rewriter) {
  return rewriter->sent ? rewriter->anchor_us : INT64_MIN;
}

bool rewriter_clock(const Rewriter *rewriter, int64_t now_us, uint32_t *timestamp) {
  if (!rewriter->sent)
    return false;
  *timestamp =
      rewriter->anchor_timestamp + (uint32_t)ticks_of(rewriter, now_us - rewriter->anchor_us);
  return true;
}
