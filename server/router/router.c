/* The room as a whole: its members, its clock, and who comes first. See router.h and core.h. */
#include "router/router.h"

#include "router/allocate.h"
#include "router/core.h"
#include "router/program.h"
#include "router/relay.h"
#include "router/share.h"
#include "router/speaker.h"
#include "router/subscriber.h"
#include "router/tap.h"

#define ROUND_TICKS 25 /* every subscriber is looked after twice a second */

Router *router_new(const RouterEvents *events, void *user) {
  Router *router = g_new0(Router, 1);
  router->events = *events;
  router->user = user;
  router->tracks = g_ptr_array_new();
  router->subscribers = g_ptr_array_new();
  router->taps = g_ptr_array_new();
  router->relays = g_ptr_array_new();
  router->cameras = g_ptr_array_new();
  router->trains = g_ptr_array_new();
  router->paced = g_ptr_array_new();
  router->publishers = g_hash_table_new_full(NULL, NULL, NULL, g_free);
  router->by_id = g_hash_table_new(NULL, NULL);
  audible_init(&router->audible);
  return router;
}

void router_free(Router *router) {
  if (!router)
    return;
  g_assert(router->tracks->len == 0 && router->subscribers->len == 0 && router->taps->len == 0);
  g_assert(router->relays->len == 0);
  g_assert(g_hash_table_size(router->publishers) == 0 && g_hash_table_size(router->by_id) == 0);
  audible_clear(&router->audible);
  g_hash_table_unref(router->publishers);
  g_hash_table_unref(router->by_id);
  g_ptr_array_unref(router->tracks);
  g_ptr_array_unref(router->subscribers);
  g_ptr_array_unref(router->taps);
  g_ptr_array_unref(router->relays);
  g_ptr_array_unref(router->cameras);
  g_ptr_array_unref(router->trains);
  g_ptr_array_unref(router->paced);
  g_free(router);
}

/* Most important first; the dominant speaker is the last who came to speak. */
static gint compare_cameras(gconstpointer a, gconstpointer b, gpointer user) {
  const Router *router = user;
  const Track *first = *(Track *const *)a, *second = *(Track *const *)b;
  bool first_floor = first->info.peer == router->floor;
  bool second_floor = second->info.peer == router->floor;
  if (first_floor != second_floor)
    return first_floor ? -1 : 1;
  if (first->publisher->spoke != second->publisher->spoke)
    return first->publisher->spoke > second->publisher->spoke ? -1 : 1;
  return first->age < second->age ? -1 : 1;
}

static void find_pictures(Router *router) {
  router->screen = NULL;
  g_ptr_array_set_size(router->cameras, 0);
  for (guint i = 0; i < router->tracks->len; i++) {
    Track *track = g_ptr_array_index(router->tracks, i);
    track->publisher->camera = NULL;
  }
  for (guint i = 0; i < router->tracks->len; i++) { /* oldest first: the newest stays */
    Track *track = g_ptr_array_index(router->tracks, i);
    if (track->muted)
      continue;
    if (track->info.source == SOURCE_SCREEN)
      router->screen = track;
    if (track->info.source == SOURCE_CAMERA)
      track->publisher->camera = track;
  }
  for (guint i = 0; i < router->tracks->len; i++) {
    Track *track = g_ptr_array_index(router->tracks, i);
    if (track->publisher->camera == track)
      g_ptr_array_add(router->cameras, track);
  }
  g_ptr_array_sort_with_data(router->cameras, compare_cameras, router);
}

void router_rearrange(Router *router) {
  find_pictures(router);
  audible_update(&router->audible, router, router->now_us);
  for (guint i = 0; i < router->subscribers->len; i++)
    allocate_slots(g_ptr_array_index(router->subscribers, i));
  program_update(router);
}

void router_set_relief(Router *router, unsigned layers) {
  router->relief = layers;
}

void router_set_floor(Router *router, uint32_t peer) {
  if (router->floor == peer)
    return;
  router->floor = peer;
  router_rearrange(router);
}

static void set_dominant(Router *router, Track *track) {
  if (router->dominant == track)
    return;
  router->dominant = track;
  if (track)
    track->publisher->spoke = ++router->changes;
  if (router->events.speaker)
    router->events.speaker(router->user, track ? track->info.peer : 0);
}

void router_not_dominant(Router *router, const Track *track) {
  if (router->dominant == track)
    set_dominant(router, NULL);
}

void router_follow_speaker(Router *router, uint32_t peer) {
  router->follows = true;
  router->followed = peer;
  Track *found = NULL;
  for (guint i = 0; peer && i < router->audible.order->len; i++) {
    Track *track = g_ptr_array_index(router->audible.order, i);
    if (track->info.source == SOURCE_MIC && track->info.peer == peer)
      found = track;
  }
  if (found == router->dominant)
    return;
  set_dominant(router, found);
  router_rearrange(router);
}

/* True when the dominant speaker changed. */
static bool decide_speaker(Router *router) {
  if (router->follows || router->now_us - router->decided_us < SPEAKER_DECISION_US)
    return false;
  router->decided_us = router->now_us;
  const GPtrArray *order = router->audible.order;
  g_autoptr(GPtrArray) microphones = g_ptr_array_new();
  g_autoptr(GPtrArray) speeches = g_ptr_array_new();
  int dominant = -1;
  for (guint i = 0; i < order->len; i++) {
    Track *track = g_ptr_array_index(order, i);
    if (track->info.source != SOURCE_MIC)
      continue;
    if (track == router->dominant)
      dominant = (int)microphones->len;
    g_ptr_array_add(microphones, track);
    g_ptr_array_add(speeches, &track->speech);
  }
  int next = speaker_elect((const Speech *const *)speeches->pdata, speeches->len, dominant,
                           router->now_us);
  if (next == dominant)
    return false;
  set_dominant(router, g_ptr_array_index(microphones, next));
  return true;
}

Track *router_add_track(Router *router, const TrackInfo *info) {
  gpointer key = GUINT_TO_POINTER(info->peer);
  Publisher *publisher = g_hash_table_lookup(router->publishers, key);
  if (!publisher) {
    publisher = g_new0(Publisher, 1);
    publisher->peer = info->peer;
    g_hash_table_insert(router->publishers, key, publisher);
  }
  publisher->tracks++;
  Track *track = track_new(router, publisher, info);
  g_ptr_array_add(router->tracks, track);
  g_hash_table_insert(router->by_id, GUINT_TO_POINTER(info->id), track);
  if (track->audio)
    audible_add(&router->audible, track);
  track_update_recording(track);
  relays_begin(router, track);
  if (router->follows && info->source == SOURCE_MIC && info->peer == router->followed)
    set_dominant(router, track);
  router_rearrange(router);
  return track;
}

Track *router_track(const Router *router, uint32_t id) {
  return g_hash_table_lookup(router->by_id, GUINT_TO_POINTER(id));
}

static void report(const Router *router, const Track *track, bool on) {
  if (track->info.remote)
    return;
  if (track->audio && router->events.heard)
    router->events.heard(router->user, &track->info, on);
  if (!track->audio && router->events.shown)
    router->events.shown(router->user, &track->info, on);
}

void router_remove_track(Router *router, Track *track) {
  gboolean found = g_ptr_array_remove(router->tracks, track); /* the others stay in order */
  g_assert(found);
  g_hash_table_remove(router->by_id, GUINT_TO_POINTER(track->info.id));
  router_send_trains(router);
  track->publisher->camera = NULL;
  if (track->audio && !track->muted)
    audible_remove(&router->audible, track);
  router_not_dominant(router, track);
  router_rearrange(router); /* takes it out of every slot and of the program */
  for (guint i = 0; i < router->taps->len; i++)
    tap_end_track(g_ptr_array_index(router->taps, i), track);
  relays_end(router, track);
  if (notice_end(&track->notice))
    report(router, track, false);
  if (--track->publisher->tracks == 0)
    g_hash_table_remove(router->publishers, GUINT_TO_POINTER(track->info.peer));
  track_free(track);
}

void router_pace(Router *router, int64_t now_us) {
  for (guint i = 0; i < router->paced->len;) {
    Subscriber *subscriber = g_ptr_array_index(router->paced, i);
    if (subscriber_send_waiting(subscriber, now_us))
      i++;
    else
      g_ptr_array_remove_index_fast(router->paced, i);
  }
}

bool router_paces(const Router *router) {
  return router->paced->len > 0;
}

void router_send_trains(Router *router) {
  for (guint i = 0; i < router->trains->len; i++)
    layer_send_train(g_ptr_array_index(router->trains, i));
  g_ptr_array_set_size(router->trains, 0);
}

static void notice_tracks(Router *router) {
  for (guint i = 0; i < router->tracks->len; i++) {
    Track *track = g_ptr_array_index(router->tracks, i);
    bool on = !track->muted;
    if (track->audio)
      on = on && track->speech.speaking && audible_main(&router->audible, track);
    else
      on = on && track_flowing(track, router->now_us) && track_is_shown(track);
    NoticeChange change = notice_update(&track->notice, on, router->now_us);
    if (change != NOTICE_NONE)
      report(router, track, change == NOTICE_ON);
  }
}

/* Some subscribers each time, each twice a second: layers cost more or less than they did. */
static void look_after_some(Router *router) {
  guint count = router->subscribers->len;
  for (guint i = 0; router->share_due && i < count; i++)
    share_out(g_ptr_array_index(router->subscribers, i));
  router->share_due = false;
  for (guint n = 0; n < MIN(count, count / ROUND_TICKS + 1); n++) {
    router->round_at = (router->round_at + 1) % count;
    Subscriber *subscriber = g_ptr_array_index(router->subscribers, router->round_at);
    share_out(subscriber);
    if (subscriber->held)
      subscriber_hold(subscriber, true); /* key frames grow old */
  }
}

void router_tick(Router *router, int64_t now_us) {
  if (now_us > router->now_us)
    router->now_us = now_us;
  for (guint i = 0; i < router->tracks->len; i++)
    track_tick(g_ptr_array_index(router->tracks, i), router->now_us);
  if (decide_speaker(router))
    router_rearrange(router);
  else if (audible_update(&router->audible, router, router->now_us))
    for (guint i = 0; i < router->subscribers->len; i++)
      allocate_slots(g_ptr_array_index(router->subscribers, i));
  program_update(router);
  notice_tracks(router);
  look_after_some(router);
  for (guint i = 0; i < router->taps->len; i++)
    tap_tick(g_ptr_array_index(router->taps, i));
}

size_t router_levels(const Router *router, uint32_t *peers, uint8_t *levels, size_t max) {
  const GPtrArray *order = router->audible.order;
  size_t count = 0;
  for (guint i = 0; i < MIN(order->len, AUDIBLE_MAIN) && count < max; i++) {
    const Track *track = g_ptr_array_index(order, i);
    if (track->info.source != SOURCE_MIC)
      continue;
    peers[count] = track->info.peer;
    levels[count++] = speech_loudness(&track->speech);
  }
  return count;
}
