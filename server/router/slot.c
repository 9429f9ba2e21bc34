/* See slot.h. */
#include "router/slot.h"

#include <stddef.h>
#include <string.h>

#include "base/prefetch.h"
#include "router/core.h"
#include "router/subscriber.h"

#define VIDEO_RATE 90000 /* Hz, RFC 7741 §4.1 */
#define AUDIO_RATE 48000 /* Hz, RFC 7587 §4.1 */

void slot_packet_write(const SlotPacket *packet, uint8_t *out) {
  memcpy(out, packet->packet->data + packet->packet->rtp.payload_offset, packet->payload_len);
  const Vp8Descriptor *vp8 = packet_vp8(packet->packet);
  if (vp8)
    vp8_rewrite(out, vp8, packet->picture_id, packet->tl0picidx);
}

/* False: it did not go out. */
static bool emit(Slot *slot, Packet *packet, const Rewritten *rewritten, bool retransmit) {
  const Subscriber *subscriber = slot->subscriber;
  SlotPacket out = {
      .packet = packet,
      .picture_id = rewritten->picture_id,
      .tl0picidx = rewritten->tl0picidx,
      .payload_len = packet->rtp.payload_len,
      .sequence = (uint16_t)rewritten->sequence,
      .timestamp = rewritten->timestamp,
      .marker = packet->rtp.marker,
      .retransmit = retransmit,
  };
  return subscriber->sink.send && subscriber->sink.send(subscriber->user, slot->index, &out);
}

static void emit_first_time(Slot *slot, Packet *packet, const Rewritten *rewritten) {
  if (slot->unsent)
    return;
  if (!emit(slot, packet, rewritten, false)) {
    slot->unsent = true;
    return;
  }
  slot->sent_next = MAX(slot->sent_next, rewritten->sequence + 1);
  if (packet->vp8.keyframe)
    slot->keyframe = MAX(slot->keyframe, rewritten->sequence);
}

static void send_first_time(Forwarder *forwarder, Packet *packet, const Rewritten *rewritten) {
  Slot *slot = (Slot *)forwarder;
  Subscriber *subscriber = slot->subscriber;
  Pacer *pacer = &subscriber->pacer;
  int64_t now_us = subscriber->router->now_us;
  if (slot->kind == SLOT_AUDIO)
    pacer_spend(pacer, packet->len, now_us);
  else if (!pacer_take(pacer, packet->len, now_us)) {
    subscriber_wait(subscriber,
                    &(Paced){.packet = packet, .sent = *rewritten, .slot = slot->index});
    return;
  }
  emit_first_time(slot, packet, rewritten);
}

static void expect(const Forwarder *forwarder, unsigned step) {
  const Slot *slot = (const Slot *)forwarder;
  const Subscriber *subscriber = slot->subscriber;
  if (step > 1) {
    if (subscriber->expect)
      subscriber->expect(subscriber->user, slot->index, step - 2);
    return;
  }
  const Rewriter *rewriter = &forwarder->rewriter;
  prefetch(&rewriter->pieces[rewriter->newest], sizeof *rewriter->pieces);
  prefetch(subscriber, offsetof(Subscriber, view));
  prefetch(&subscriber->pacer, sizeof subscriber->pacer);
}

void slot_send_paced(Slot *slot, const Paced *paced) {
  emit_first_time(slot, paced->packet, &paced->sent);
}

void slot_init(Slot *slot, Subscriber *subscriber, unsigned index, SlotKind kind) {
  *slot = (Slot){.subscriber = subscriber, .index = index, .kind = kind};
  forwarder_init(&slot->forwarder, kind == SLOT_AUDIO ? AUDIO_RATE : VIDEO_RATE, send_first_time);
  slot->forwarder.expect = expect;
  slot->sent_next = slot->forwarder.rewriter.sequence_next;
}

void slot_clear(Slot *slot) {
  forwarder_set_track(&slot->forwarder, NULL);
}

void slot_assign(Slot *slot, Track *track) {
  if (slot->forwarder.track == track)
    return;
  forwarder_set_track(&slot->forwarder, track);
  slot->pixels = slot->shown_pixels = 0;
  const Subscriber *subscriber = slot->subscriber;
  if (subscriber->sink.assigned)
    subscriber->sink.assigned(subscriber->user, slot->index, track ? &track->info : NULL);
}

void slot_take_back(Slot *slot) {
  pacer_forget(&slot->subscriber->pacer, slot->index);
  rewriter_take_back(&slot->forwarder.rewriter, slot->sent_next);
}

void slot_tick(Slot *slot) {
  if (!slot->unsent)
    return;
  slot->unsent = false;
  forwarder_interrupt(&slot->forwarder);
  slot_take_back(slot);
  forwarder_settle(&slot->forwarder);
}

void slot_show(Slot *slot, int64_t pixels) {
  bool shrinks = pixels > 0 && pixels < slot->pixels;
  if (shrinks && slot->shown_pixels == slot->pixels)
    slot->shrank_us = slot->subscriber->router->now_us;
  slot->shown_pixels = pixels;
  if (!shrinks)
    slot->pixels = pixels;
}

void slot_settle(Slot *slot) {
  if (slot->pixels != slot->shown_pixels &&
      slot->subscriber->router->now_us - slot->shrank_us >= SLOT_SHRINK_US)
    slot->pixels = slot->shown_pixels;
}

void slot_aim(Slot *slot, int layer, unsigned temporal) {
  Forwarder *forwarder = &slot->forwarder;
  Pacer *pacer = &slot->subscriber->pacer;
  bool sends = forwarder_sends(forwarder);
  forwarder_aim(forwarder, layer, temporal);
  if (!sends || !pacer_stopped(pacer))
    return;
  forwarder_yield(forwarder);
  if (forwarder_sends(forwarder))
    return;
  slot_take_back(slot);
}

/* Whose packets a piece has: mostly those of who is in the slot now. */
static const Track *track_of(const Slot *slot, const RewritePiece *piece) {
  const Track *now = slot->forwarder.track;
  return now && now->info.id == piece->track ? now
                                             : router_track(slot->subscriber->router, piece->track);
}

/* What went out under this number, if it is still held and of use. */
static Packet *find_sent(const Slot *slot, uint16_t sequence, const RewritePiece **piece,
                         RepairVerdict *verdict) {
  uint64_t number;
  *verdict = REPAIR_GONE;
  *piece = rewriter_find(&slot->forwarder.rewriter, sequence, &number);
  if (!*piece)
    return NULL;
  uint64_t sent = number + (*piece)->sequence_offset;
  if (sent >= slot->sent_next)
    return NULL;
  if (sent < slot->keyframe) {
    *verdict = REPAIR_OLD;
    return NULL;
  }
  const Track *track = track_of(slot, *piece);
  return track ? ring_get(&track->layers[(*piece)->layer].ring, number) : NULL;
}

RepairVerdict slot_repair(Slot *slot, uint16_t sequence, const RepairAsk *ask) {
  Subscriber *subscriber = slot->subscriber;
  if (subscriber->paused)
    return REPAIR_GONE;
  if (!repairs_look(&subscriber->repairs, ask))
    return REPAIR_SPENT;
  const RewritePiece *piece;
  RepairVerdict verdict;
  Packet *packet = find_sent(slot, sequence, &piece, &verdict);
  if (!packet)
    return verdict;
  unsigned times;
  verdict = repairs_judge(&subscriber->repairs, slot->index, sequence, packet->len, ask, &times);
  if (verdict != REPAIR_SENT)
    return verdict;
  Rewritten again;
  rewriter_repeat(&slot->forwarder.rewriter, piece, packet, &again);
  bool sent = false;
  for (unsigned i = 0; i < times; i++) {
    pacer_spend(&subscriber->pacer, packet->len, ask->now_us);
    sent = emit(slot, packet, &again, true) || sent;
  }
  return sent ? REPAIR_SENT : REPAIR_UNSENT;
}
