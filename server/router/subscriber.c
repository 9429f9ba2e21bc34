/* See subscriber.h and router.h. */
#include "router/subscriber.h"

#include <string.h>

#include "router/allocate.h"
#include "router/core.h"
#include "router/share.h"

Subscriber *router_add_subscriber(Router *router, uint32_t peer, unsigned video_slots, bool held,
                                  const SlotSink *sink, void *user) {
  g_assert(video_slots <= VIDEO_SLOTS_MAX);
  unsigned count = AUDIO_SLOTS + video_slots + SCREEN_SLOTS;
  Subscriber *subscriber = g_malloc0(sizeof *subscriber + count * sizeof *subscriber->slots);
  subscriber->router = router;
  subscriber->peer = peer;
  subscriber->sink = *sink;
  subscriber->user = user;
  subscriber->video_slots = video_slots;
  subscriber->held = held;
  subscriber->slot_count = count;
  subscriber->budget_bps = INT64_MAX;
  pacer_init(&subscriber->pacer);
  for (unsigned i = 0; i < count; i++) {
    SlotKind kind = i < AUDIO_SLOTS                 ? SLOT_AUDIO
                    : i < AUDIO_SLOTS + video_slots ? SLOT_VIDEO
                                                    : SLOT_SCREEN;
    slot_init(&subscriber->slots[i], subscriber, i, kind);
    subscriber->slots[i].forwarder.held = held;
  }
  g_ptr_array_add(router->subscribers, subscriber);
  allocate_slots(subscriber);
  return subscriber;
}

void subscriber_set_expect(Subscriber *subscriber, SlotExpect expect) {
  subscriber->expect = expect;
}

void router_remove_subscriber(Router *router, Subscriber *subscriber) {
  gboolean found = g_ptr_array_remove_fast(router->subscribers, subscriber);
  g_assert(found);
  for (unsigned i = 0; i < subscriber->slot_count; i++)
    slot_clear(&subscriber->slots[i]);
  pacer_clear(&subscriber->pacer);
  repairs_clear(&subscriber->repairs);
  if (subscriber->waits)
    g_ptr_array_remove_fast(router->paced, subscriber);
  g_free(subscriber);
}

void subscriber_set_view(Subscriber *subscriber, const View *views, size_t count) {
  subscriber->viewed = true;
  subscriber->view_count = MIN(count, VIDEO_SLOTS_MAX);
  if (subscriber->view_count > 0)
    memcpy(subscriber->view, views, subscriber->view_count * sizeof *views);
  allocate_slots(subscriber);
}

void subscriber_set_budget(Subscriber *subscriber, int64_t bps, int64_t pace_bps, bool full) {
  pacer_set(&subscriber->pacer, pace_bps, full);
  if (subscriber->budget_bps == bps)
    return;
  subscriber->budget_bps = bps;
  share_out(subscriber);
}

void subscriber_wait(Subscriber *subscriber, const Paced *paced) {
  pacer_put(&subscriber->pacer, paced);
  if (subscriber->waits)
    return;
  subscriber->waits = true;
  g_ptr_array_add(subscriber->router->paced, subscriber);
}

bool subscriber_send_waiting(Subscriber *subscriber, int64_t now_us) {
  Paced paced;
  while (pacer_next(&subscriber->pacer, now_us, &paced)) {
    slot_send_paced(&subscriber->slots[paced.slot], &paced);
    packet_unref(&paced.packet);
  }
  return subscriber->waits = subscriber->pacer.count > 0;
}

int64_t subscriber_wanted_bps(const Subscriber *subscriber) {
  return subscriber->wanted_bps;
}

bool subscriber_relieved(const Subscriber *subscriber) {
  return subscriber->router->relief > 0;
}

void subscriber_pause(Subscriber *subscriber, bool paused) {
  if (subscriber->paused == paused)
    return;
  subscriber->paused = paused;
  share_out(subscriber);
  for (unsigned i = 0; paused && i < subscriber->slot_count; i++)
    slot_take_back(&subscriber->slots[i]);
}

void subscriber_open_slot(Subscriber *subscriber, unsigned index, bool open) {
  if (index >= subscriber->slot_count || subscriber->slots[index].closed == !open)
    return;
  subscriber->slots[index].closed = !open;
  allocate_slots(subscriber);
  if (!open)
    slot_take_back(&subscriber->slots[index]);
}

void subscriber_only_sound(Subscriber *subscriber, bool only) {
  if (subscriber->only_sound == only)
    return;
  subscriber->only_sound = only;
  share_out(subscriber);
}

void subscriber_hold(Subscriber *subscriber, bool held) {
  subscriber->held = held;
  for (unsigned i = 0; i < subscriber->slot_count; i++)
    forwarder_hold(&subscriber->slots[i].forwarder, held);
}

RepairVerdict subscriber_repair(Subscriber *subscriber, unsigned slot, uint16_t sequence,
                                const RepairAsk *ask) {
  if (slot >= subscriber->slot_count)
    return REPAIR_GONE;
  return slot_repair(&subscriber->slots[slot], sequence, ask);
}

void subscriber_keyframe(Subscriber *subscriber, unsigned slot, int64_t now_us) {
  if (slot < subscriber->slot_count)
    forwarder_keyframe(&subscriber->slots[slot].forwarder, now_us);
}

void subscriber_pictures(const Subscriber *subscriber, uint8_t pictures[LAYERS_MAX + 1]) {
  memset(pictures, 0, LAYERS_MAX + 1);
  for (unsigned i = AUDIO_SLOTS; i < subscriber->slot_count; i++) {
    const Slot *slot = &subscriber->slots[i];
    if (slot->forwarder.track && (slot->pixels > 0 || forwarder_sends(&slot->forwarder)))
      pictures[slot->forwarder.current + 1]++; /* LAYER_NONE is -1 */
  }
}

unsigned subscriber_slot_count(const Subscriber *subscriber) {
  return subscriber->slot_count;
}

bool subscriber_slot_clock(const Subscriber *subscriber, unsigned slot, int64_t now_us,
                           uint32_t *rtp_timestamp) {
  if (slot >= subscriber->slot_count)
    return false;
  const Forwarder *forwarder = &subscriber->slots[slot].forwarder;
  return forwarder_sends(forwarder) && rewriter_clock(&forwarder->rewriter, now_us, rtp_timestamp);
}
