/* See share.h. */
#include "router/share.h"

#include "router/core.h"
#include "router/subscriber.h"

/* A picture enlarged by less than a third in each direction is hardly told from the right one. */
#define ENOUGH(pixels) ((pixels)*6 / 10)
#define SPARE(bps) ((bps)*11 / 10) /* to be there before a picture is raised */
#define PICTURES_MAX (VIDEO_SLOTS_MAX + SCREEN_SLOTS)

/* What a picture may be: a temporal layer of the smallest spatial one, or a whole larger one. A
 * shared screen is there to be read: of its larger ones each temporal layer is better than the
 * whole smaller one. */
typedef struct {
  int layer;
  unsigned temporal;
  int64_t bps;
} Choice;

typedef struct {
  Slot *slot;
  int64_t spent; /* bps of what it gets so far; 0: nothing */
  Choice choice;
} Picture;

static int layer_for(const Track *track, int64_t pixels) {
  unsigned layer = 0;
  while (layer + 1 < track->layer_count && track_layer_pixels(track, layer) < ENOUGH(pixels))
    layer++;
  return (int)layer;
}

static unsigned temporal_top(const Track *track, int layer) {
  return track_temporal_top(track, (unsigned)layer);
}

static Choice choice_of(const Track *track, int layer, unsigned temporal) {
  return (Choice){layer, temporal, track_layer_bps(track, (unsigned)layer, temporal)};
}

/* The next better one, or one with layer NONE when this is what its size asks for. */
static Choice better(const Track *track, const Choice *choice, int64_t pixels) {
  bool screen = track->info.source == SOURCE_SCREEN;
  int next = choice->layer + 1;
  if ((choice->layer == 0 || screen) && choice->temporal < temporal_top(track, choice->layer))
    return choice_of(track, choice->layer, choice->temporal + 1);
  if (choice->layer < layer_for(track, pixels))
    return choice_of(track, next, screen ? 0 : temporal_top(track, next));
  return (Choice){.layer = LAYER_NONE};
}

static Choice best(const Track *track, int64_t pixels) {
  int layer = layer_for(track, pixels);
  return choice_of(track, layer, temporal_top(track, layer));
}

/* It fits into what is left; or is what is sent now, and fits without anything to spare. */
static bool fits(const Picture *picture, const Choice *choice, int64_t left) {
  const Forwarder *forwarder = &picture->slot->forwarder;
  bool has = choice->layer < forwarder->target ||
             (choice->layer == forwarder->target && choice->temporal <= forwarder->temporal_target);
  int64_t more = choice->bps - picture->spent;
  return (has ? more : SPARE(more)) <= left;
}

static bool take(Picture *picture, const Choice *choice, int64_t *left) {
  if (!fits(picture, choice, *left))
    return false;
  *left -= choice->bps - picture->spent;
  picture->spent = choice->bps;
  picture->choice = *choice;
  return true;
}

static int64_t sound_bps(const Subscriber *subscriber) {
  int64_t bps = 0;
  for (unsigned i = 0; i < AUDIO_SLOTS; i++) {
    const Track *track = subscriber->slots[i].forwarder.track;
    bps += track ? track_layer_bps(track, 0, 0) : 0;
  }
  return bps;
}

/* Those shown, most important first: a shared screen, then by rank. */
static unsigned list_pictures(Subscriber *subscriber, Picture pictures[PICTURES_MAX]) {
  Slot *by_rank[PICTURES_MAX] = {NULL};
  unsigned count = 0;
  for (unsigned i = AUDIO_SLOTS; i < subscriber->slot_count; i++) {
    Slot *slot = &subscriber->slots[i];
    bool screen = slot->kind == SLOT_SCREEN;
    if (slot->forwarder.track && slot->pixels > 0)
      by_rank[screen ? slot->rank : SCREEN_SLOTS + slot->rank] = slot;
  }
  for (unsigned i = 0; i < PICTURES_MAX; i++)
    if (by_rank[i])
      pictures[count++] = (Picture){.slot = by_rank[i], .choice.layer = LAYER_NONE};
  return count;
}

static void choose(Picture *pictures, unsigned count, int64_t left) {
  for (unsigned i = 0; i < count; i++) {
    Choice least = choice_of(pictures[i].slot->forwarder.track, 0, 0);
    take(&pictures[i], &least, &left);
  }
  for (unsigned i = 0; i < count; i++) {
    Picture *picture = &pictures[i];
    const Track *track = picture->slot->forwarder.track;
    while (picture->choice.layer != LAYER_NONE) {
      Choice next = better(track, &picture->choice, picture->slot->pixels);
      if (next.layer == LAYER_NONE || !take(picture, &next, &left))
        break;
    }
  }
}

static void aim_none(Subscriber *subscriber, unsigned from) {
  for (unsigned i = from; i < subscriber->slot_count; i++)
    if (subscriber->slots[i].forwarder.track)
      forwarder_aim(&subscriber->slots[i].forwarder, LAYER_NONE, 0);
}

static void aim_sound(Subscriber *subscriber) {
  for (unsigned i = 0; i < AUDIO_SLOTS; i++)
    if (subscriber->slots[i].forwarder.track)
      forwarder_aim(&subscriber->slots[i].forwarder, 0, 0);
}

void share_out(Subscriber *subscriber) {
  if (subscriber->paused) {
    aim_none(subscriber, 0);
    return;
  }
  if (subscriber->only_sound) {
    aim_none(subscriber, AUDIO_SLOTS);
    aim_sound(subscriber);
    return;
  }
  for (unsigned i = 0; i < subscriber->slot_count; i++)
    slot_tick(&subscriber->slots[i]);
  for (unsigned i = AUDIO_SLOTS; i < subscriber->slot_count; i++)
    slot_settle(&subscriber->slots[i]);
  int64_t sound = sound_bps(subscriber);
  bool limited = subscriber->budget_bps != INT64_MAX;
  Picture pictures[PICTURES_MAX];
  unsigned count = list_pictures(subscriber, pictures);
  subscriber->wanted_bps = sound;
  for (unsigned i = 0; i < count; i++) {
    Choice wanted = best(pictures[i].slot->forwarder.track, pictures[i].slot->pixels);
    subscriber->wanted_bps += SPARE(wanted.bps); /* less would not let it be taken up */
    if (!limited)
      pictures[i].choice = wanted;
  }
  if (limited)
    choose(pictures, count, subscriber->budget_bps - sound);
  aim_sound(subscriber);
  for (unsigned i = AUDIO_SLOTS; i < subscriber->slot_count; i++) {
    Slot *slot = &subscriber->slots[i];
    if (slot->forwarder.track && slot->pixels == 0)
      forwarder_aim(&slot->forwarder, LAYER_NONE, 0);
  }
  for (unsigned i = 0; i < count; i++) {
    const Choice *choice = &pictures[i].choice;
    bool whole = choice->layer != LAYER_NONE &&
                 choice->temporal == temporal_top(pictures[i].slot->forwarder.track, choice->layer);
    /* The top as of now may not be the top of what comes. */
    slot_aim(pictures[i].slot, choice->layer, whole ? TEMPORAL_LAYERS - 1 : choice->temporal);
  }
}
