/* One receiving peer: its row of slots and what it wants to see. Owned by its Router; media thread.
 * The public part is in router.h. */
#pragma once

#include "router/expect.h"
#include "router/pacer.h"
#include "router/slot.h"

struct Subscriber {
  Router *router; /* borrowed */
  uint32_t peer;
  SlotSink sink;
  SlotExpect expect; /* of the sink; NULL: none */
  void *user;
  bool paused, held, only_sound;
  unsigned video_slots;
  bool viewed;                /* it said what it shows */
  View view[VIDEO_SLOTS_MAX]; /* most important first */
  size_t view_count;
  int64_t budget_bps, wanted_bps;
  Pacer pacer;
  Repairs repairs;
  bool waits; /* it is among the router's `paced` */
  unsigned slot_count;
  Slot slots[]; /* audio, video, screen */
};

static inline Slot *subscriber_audio(Subscriber *subscriber) {
  return subscriber->slots;
}
static inline Slot *subscriber_video(Subscriber *subscriber) {
  return subscriber->slots + AUDIO_SLOTS;
}
static inline Slot *subscriber_screen(Subscriber *subscriber) {
  return subscriber->slots + AUDIO_SLOTS + subscriber->video_slots;
}

/* It is sent by router_pace, when it is its turn. */
void subscriber_wait(Subscriber *subscriber, const Paced *paced);
/* True while something waits still. */
bool subscriber_send_waiting(Subscriber *subscriber, int64_t now_us);
