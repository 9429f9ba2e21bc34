/* See slot.h. */
#include "router/slot.h"

#include <string.h>

#include "router/core.h"
#include "router/subscriber.h"

#define VIDEO_RATE 90000 /* Hz, RFC 7741 §4.1 */
#define AUDIO_RATE 48000 /* Hz, RFC 7587 §4.1 */

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

static void send_first_time(Forwarder *forwarder, Packet *packet, const Vp8Descriptor *vp8,
                            const Rewritten *rewritten) {
  Slot *slot = (Slot *)forwarder;
  if (slot->kind != SLOT_AUDIO) /* nobody retransmits sound: it conceals, and has its own FEC */
    history_put(&slot->history, packet, rewritten);
  emit(slot, packet, vp8, rewritten, false);
}

void slot_init(Slot *slot, Subscriber *subscriber, unsigned index, SlotKind kind) {
  *slot = (Slot){.subscriber = subscriber, .index = index, .kind = kind};
  forwarder_init(&slot->forwarder, kind == SLOT_AUDIO ? AUDIO_RATE : VIDEO_RATE, send_first_time);
  history_init(&slot->history, HISTORY_PACKETS);
}

void slot_clear(Slot *slot) {
  forwarder_set_track(&slot->forwarder, NULL);
  history_clear(&slot->history);
}

void slot_assign(Slot *slot, Track *track) {
  if (slot->forwarder.track == track)
    return;
  forwarder_set_track(&slot->forwarder, track);
  const Subscriber *subscriber = slot->subscriber;
  if (subscriber->sink.assigned)
    subscriber->sink.assigned(subscriber->user, slot->index, track ? &track->info : NULL);
}

void slot_resend(Slot *slot, uint16_t sequence, int64_t now_us) {
  const HistoryEntry *entry = history_resend(&slot->history, sequence, now_us);
  if (!entry || slot->subscriber->paused)
    return;
  Vp8Descriptor vp8;
  emit(slot, entry->packet, packet_vp8(entry->packet, &vp8), &entry->sent, true);
  slot->subscriber->router->scratch_of = NULL;
}
