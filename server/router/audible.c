/* See audible.h. */
#include "router/audible.h"

#include <string.h>

#include "router/core.h"

#define LOUDER 10                    /* dB above a speaking holder, on average, to take the place */
#define SWAPS_MAX (2 * AUDIBLE_KEPT) /* in one update; each brings a better one forward */

/* Those with a right to a place, by right. */
typedef enum { CLASS_ANY, CLASS_DOMINANT, CLASS_FLOOR, CLASS_SCREEN } Class;

void audible_init(Audible *audible) {
  audible->order = g_ptr_array_new();
}

void audible_clear(Audible *audible) {
  g_assert(audible->order->len == 0);
  g_ptr_array_unref(audible->order);
}

void audible_add(Audible *audible, Track *track) {
  g_ptr_array_add(audible->order, track);
}

void audible_remove(Audible *audible, Track *track) {
  g_ptr_array_remove(audible->order, track); /* keeps the order of the others */
}

static Track *at(const Audible *audible, guint place) {
  return g_ptr_array_index(audible->order, place);
}

static const Track *newest_screen(const Audible *audible, int64_t now_us) {
  const Track *newest = NULL;
  for (guint i = 0; i < audible->order->len; i++) {
    const Track *track = at(audible, i);
    if (track->info.source == SOURCE_SCREEN_AUDIO && track_flowing(track, now_us) &&
        (!newest || track->age > newest->age))
      newest = track;
  }
  return newest;
}

typedef struct {
  const Router *router;
  const Track *screen; /* the newest with sound */
} Judge;

static Class class_of(const Judge *judge, const Track *track) {
  if (track == judge->screen)
    return CLASS_SCREEN;
  if (track->info.source != SOURCE_MIC)
    return CLASS_ANY;
  if (judge->router->floor && track->info.peer == judge->router->floor)
    return CLASS_FLOOR;
  return track == judge->router->dominant && track->speech.speaking ? CLASS_DOMINANT : CLASS_ANY;
}

/* a is worth more than b, without regard to who holds a place. */
static bool better(const Judge *judge, const Track *a, const Track *b) {
  Class class_a = class_of(judge, a), class_b = class_of(judge, b);
  if (class_a != class_b)
    return class_a > class_b;
  unsigned rank_a = speech_rank(&a->speech), rank_b = speech_rank(&b->speech);
  if (rank_a != rank_b)
    return rank_a > rank_b;
  if (rank_a > 0)
    return a->speech.smooth > b->speech.smooth;
  return a->speech.active_us > b->speech.active_us;
}

/* a takes the place that b holds. */
static bool displaces(const Judge *judge, const Track *a, const Track *b) {
  Class class_a = class_of(judge, a), class_b = class_of(judge, b);
  if (class_a != class_b)
    return class_a > class_b;
  unsigned rank_a = speech_rank(&a->speech), rank_b = speech_rank(&b->speech);
  if (rank_a == 0 || rank_a != rank_b)
    return rank_a > rank_b;
  return speech_loudness(&a->speech) >= speech_loudness(&b->speech) + LOUDER;
}

/* The best from `from` on displaces the worst of the places in [first, end). */
static bool improve(const Audible *audible, const Judge *judge, guint first, guint end,
                    guint from) {
  if (from >= audible->order->len)
    return false;
  guint worst = first, best = from;
  for (guint i = first + 1; i < end; i++)
    if (better(judge, at(audible, worst), at(audible, i)))
      worst = i;
  for (guint i = from + 1; i < audible->order->len; i++)
    if (better(judge, at(audible, i), at(audible, best)))
      best = i;
  if (!displaces(judge, at(audible, best), at(audible, worst)))
    return false;
  Track *up = at(audible, best);
  g_ptr_array_index(audible->order, best) = at(audible, worst);
  g_ptr_array_index(audible->order, worst) = up;
  return true;
}

bool audible_update(Audible *audible, const Router *router, int64_t now_us) {
  void *before[AUDIBLE_KEPT] = {0}, *after[AUDIBLE_KEPT] = {0};
  guint kept = MIN(audible->order->len, AUDIBLE_KEPT);
  if (kept == 0)
    return false;
  memcpy(before, audible->order->pdata, kept * sizeof *before);
  Judge judge = {router, newest_screen(audible, now_us)};
  for (int i = 0; i < SWAPS_MAX; i++) {
    if (!improve(audible, &judge, 0, AUDIBLE_MAIN, AUDIBLE_MAIN) &&
        !improve(audible, &judge, AUDIBLE_MAIN, AUDIBLE_KEPT, AUDIBLE_KEPT))
      break;
  }
  memcpy(after, audible->order->pdata, kept * sizeof *after);
  return memcmp(before, after, sizeof before) != 0;
}

bool audible_main(const Audible *audible, const Track *track) {
  for (guint i = 0; i < MIN(audible->order->len, AUDIBLE_MAIN); i++)
    if (at(audible, i) == track)
      return true;
  return false;
}
