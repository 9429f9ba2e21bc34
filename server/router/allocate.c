/* See allocate.h.
 *
 * First the wanted tracks are listed, most important first and never more than there are slots;
 * then those already in a slot keep it, and the others take the slots that are left. Marks on the
 * tracks make "is it wanted?" and "is it placed?" one comparison. */
#include "router/allocate.h"

#include "router/core.h"
#include "router/share.h"
#include "router/subscriber.h"

#define UNTOLD_PIXELS ((int64_t)640 * 360)   /* before the client said what it shows */
#define SCREEN_PIXELS ((int64_t)1920 * 1080) /* it is there to be read */

typedef struct {
  const Subscriber *subscriber;
  uint64_t mark;
  Track *tracks[VIDEO_SLOTS_MAX];
  int64_t pixels[VIDEO_SLOTS_MAX];
  size_t count, room;
} Wanted;

static Wanted wanted_begin(const Subscriber *subscriber, size_t room) {
  return (Wanted){.subscriber = subscriber, .mark = ++subscriber->router->mark, .room = room};
}

/* Nobody gets his own back. */
static void want(Wanted *wanted, Track *track, int64_t pixels) {
  if (!track || wanted->count == wanted->room || track->wanted == wanted->mark ||
      track->info.peer == wanted->subscriber->peer)
    return;
  track->wanted = wanted->mark;
  track->wanted_at = (unsigned)wanted->count;
  wanted->pixels[wanted->count] = pixels;
  wanted->tracks[wanted->count++] = track;
}

static Track *track_in(const Slot *slot) {
  return slot->forwarder.track;
}

/* How many of them may be used. */
static size_t open_count(const Slot *slots, size_t count) {
  size_t open = 0;
  for (size_t i = 0; i < count; i++)
    open += !slots[i].closed;
  return open;
}

static void place(const Wanted *wanted, Slot *slots, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (slots[i].closed)
      slot_assign(&slots[i], NULL);
    else if (track_in(&slots[i]) && track_in(&slots[i])->wanted == wanted->mark)
      track_in(&slots[i])->placed = wanted->mark;
  size_t next = 0;
  for (size_t i = 0; i < count; i++) {
    if (slots[i].closed)
      continue;
    if (!track_in(&slots[i]) || track_in(&slots[i])->placed != wanted->mark) {
      while (next < wanted->count && wanted->tracks[next]->placed == wanted->mark)
        next++;
      Track *track = next < wanted->count ? wanted->tracks[next++] : NULL;
      if (track)
        track->placed = wanted->mark;
      slot_assign(&slots[i], track);
    }
    const Track *track = track_in(&slots[i]);
    slot_show(&slots[i], track ? wanted->pixels[track->wanted_at] : 0);
    slots[i].rank = track ? track->wanted_at : 0;
  }
}

static void allocate_audio(Subscriber *subscriber) {
  Slot *slots = subscriber_audio(subscriber);
  Wanted wanted = wanted_begin(subscriber, open_count(slots, AUDIO_SLOTS));
  const GPtrArray *order = subscriber->router->audible.order;
  for (guint i = 0; i < MIN(order->len, AUDIBLE_KEPT); i++)
    want(&wanted, g_ptr_array_index(order, i), 0);
  place(&wanted, slots, AUDIO_SLOTS);
}

static void allocate_video(Subscriber *subscriber) {
  const Router *router = subscriber->router;
  Slot *slots = subscriber_video(subscriber);
  Wanted wanted = wanted_begin(subscriber, open_count(slots, subscriber->video_slots));
  for (size_t i = 0; i < subscriber->view_count; i++) {
    const View *view = &subscriber->view[i];
    const Publisher *publisher =
        g_hash_table_lookup(router->publishers, GUINT_TO_POINTER(view->peer));
    if (publisher)
      want(&wanted, publisher->camera, (int64_t)view->width * view->height);
  }
  for (guint i = 0; !subscriber->viewed && i < router->cameras->len; i++)
    want(&wanted, g_ptr_array_index(router->cameras, i), UNTOLD_PIXELS);
  place(&wanted, slots, subscriber->video_slots);
}

/* The newest share of somebody else: one's own may be newer. */
static void allocate_screen(Subscriber *subscriber) {
  const Router *router = subscriber->router;
  Slot *slots = subscriber_screen(subscriber);
  Wanted wanted = wanted_begin(subscriber, open_count(slots, SCREEN_SLOTS));
  for (guint i = router->tracks->len; i > 0; i--) {
    Track *track = g_ptr_array_index(router->tracks, i - 1);
    if (track->info.source == SOURCE_SCREEN && !track->muted)
      want(&wanted, track, SCREEN_PIXELS);
  }
  place(&wanted, slots, SCREEN_SLOTS);
}

void allocate_slots(Subscriber *subscriber) {
  allocate_audio(subscriber);
  allocate_video(subscriber);
  allocate_screen(subscriber);
  share_out(subscriber);
}
