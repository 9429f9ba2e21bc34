/* See slot.h. */
#include "router/slot.h"

#include <string.h>

#include "router/core.h"
#include "router/subscriber.h"

#define VIDEO_RATE 90000 /* Hz, RFC 7741 §4.1 */
#define AUDIO_RATE 48000 /* Hz, RFC 7587 §4.1 */

void slot_init(Slot *slot, Subscriber *subscriber, unsigned index, SlotKind kind) {
  *slot = (Slot){.subscriber = subscriber, .index = index, .kind = kind};
  bool audio = kind == SLOT_AUDIO;
  /* Below 2^15: a first packet that is lost or late must not make the receiver guess a wrong
   * roll-over counter (RFC 3711 §3.3.1). */
  rewriter_init(&slot->rewriter, audio ? AUDIO_RATE : VIDEO_RATE,
                (uint16_t)(g_random_int() & 0x7fff), g_random_int());
  history_init(&slot->history, HISTORY_PACKETS);
}

static void stop_waiting(Slot *slot) {
  slot->waiting = false;
  if (slot->waits_keyframe) {
    slot->waits_keyframe = false;
    track_end_waiting(slot->track);
  }
}

static void begin_waiting(Slot *slot) {
  slot->waiting = true;
  if (!slot->track->vp8 || slot->subscriber->paused)
    return;
  slot->waits_keyframe = true;
  track_begin_waiting(slot->track);
  track_want_keyframe(slot->track, slot->subscriber->router->now_us);
}

static void leave(Slot *slot) {
  if (!slot->track)
    return;
  stop_waiting(slot);
  track_remove_slot(slot->track, slot);
  slot->track = NULL;
}

void slot_clear(Slot *slot) {
  leave(slot);
  history_clear(&slot->history);
}

void slot_assign(Slot *slot, Track *track) {
  if (slot->track == track)
    return;
  leave(slot);
  const Subscriber *subscriber = slot->subscriber;
  if (track) {
    slot->track = track;
    track_add_slot(track, slot);
  }
  if (subscriber->sink.assigned)
    subscriber->sink.assigned(subscriber->user, slot->index, track ? &track->info : NULL);
  if (track)
    begin_waiting(slot);
}

void slot_pause(Slot *slot, bool paused) {
  if (!slot->track)
    return;
  stop_waiting(slot);
  slot->waiting = true;
  if (!paused)
    begin_waiting(slot);
}

/* The payload under the slot's own picture ids, valid until the next packet. */
static const uint8_t *own_payload(Router *router, const Packet *packet, const Vp8Descriptor *vp8,
                                  const Rewritten *rewritten) {
  const uint8_t *payload = packet->data + packet->rtp.payload_offset;
  if (!vp8 || (rewritten->picture_id == vp8->picture_id && rewritten->tl0picidx == vp8->tl0picidx))
    return payload;
  if (router->scratch_of != packet) {
    memcpy(router->scratch, payload, packet->rtp.payload_len);
    router->scratch_of = packet;
  }
  vp8_rewrite(router->scratch, vp8, rewritten->picture_id, rewritten->tl0picidx);
  return router->scratch;
}

static void emit(Slot *slot, const Packet *packet, const Vp8Descriptor *vp8,
                 const Rewritten *rewritten, bool retransmit) {
  const Subscriber *subscriber = slot->subscriber;
  SlotPacket out = {
      .packet = packet,
      .payload = own_payload(subscriber->router, packet, vp8, rewritten),
      .payload_len = packet->rtp.payload_len,
      .sequence = (uint16_t)rewritten->sequence,
      .timestamp = rewritten->timestamp,
      .marker = packet->rtp.marker,
      .retransmit = retransmit,
  };
  if (subscriber->sink.send)
    subscriber->sink.send(subscriber->user, slot->index, &out);
}

static void send_first_time(Slot *slot, Packet *packet, const Vp8Descriptor *vp8) {
  Rewritten rewritten;
  if (!rewriter_apply(&slot->rewriter, packet, vp8, &rewritten))
    return;
  if (slot->kind != SLOT_AUDIO) /* nobody retransmits sound: it conceals, and has its own FEC */
    history_put(&slot->history, packet, &rewritten);
  emit(slot, packet, vp8, &rewritten, false);
}

static const Vp8Descriptor *describe(const Packet *packet, Vp8Descriptor *vp8) {
  bool found = packet->rtp.payload_len > 0 &&
               vp8_parse(packet->data + packet->rtp.payload_offset, packet->rtp.payload_len, vp8);
  return found ? vp8 : NULL;
}

/* The start of the key frame may have been overtaken by the rest of it: send that now. */
static void send_overtakers(Slot *slot, uint64_t first) {
  for (uint64_t i = 1; i < TRACK_RECENT_PACKETS; i++) {
    Vp8Descriptor vp8;
    Packet *packet = track_recent(slot->track, first + i);
    if (packet)
      send_first_time(slot, packet, describe(packet, &vp8));
  }
}

void slot_forward(Slot *slot, Packet *packet, const Vp8Descriptor *vp8) {
  if (slot->subscriber->paused)
    return;
  if (!slot->waiting) {
    send_first_time(slot, packet, vp8);
    return;
  }
  if (slot->track->vp8 && !packet->keyframe)
    return;
  rewriter_switch(&slot->rewriter, packet, vp8);
  send_first_time(slot, packet, vp8);
  if (slot->waits_keyframe)
    send_overtakers(slot, packet->sequence);
  stop_waiting(slot);
}

void slot_resend(Slot *slot, uint16_t sequence, int64_t now_us) {
  const HistoryEntry *entry = history_resend(&slot->history, sequence, now_us);
  if (!entry || slot->subscriber->paused)
    return;
  Vp8Descriptor vp8;
  emit(slot, entry->packet, describe(entry->packet, &vp8), &entry->sent, true);
  slot->subscriber->router->scratch_of = NULL;
}
