/* See track.h. */
#include "router/track.h"

#include "router/core.h"
#include "router/program.h"
#include "router/relay.h"
#include "router/tap.h"

#define NOMINAL_PIXELS ((int64_t)1280 * 720) /* of the largest layer, before one was seen */
#define AUDIO_BPS 40000
#define RESIZE_GAP_US 500000 /* everybody is looked after that often anyhow (router.c) */
/* A guess before anything was seen. A talking head at 25 frames a second, by VP8: 320x180 takes
 * some 150 kbit/s, and four times the pixels take three times that. */
#define SMALL_PIXELS ((int64_t)320 * 180)
#define SMALL_BPS 150000
#define SCREEN_BPS 2500000 /* what the page gives its encoder for it (web/src/sdk/screen.ts) … */
#define SCREEN_SMALLER_PERCENT 16 /* … and of that for half its size */

static void send_to_taps(Forwarder *forwarder, Packet *packet, const Rewritten *rewritten) {
  const Router *router = forwarder->track->router;
  for (guint i = 0; i < router->taps->len; i++)
    tap_send(g_ptr_array_index(router->taps, i), forwarder->track, packet, rewritten);
}

Track *track_new(Router *router, Publisher *publisher, const TrackInfo *info) {
  bool audio = info->source == SOURCE_MIC || info->source == SOURCE_SCREEN_AUDIO;
  /* A slot's clock is that of its kind (RFC 7587, RFC 7741). */
  g_assert(info->source < SOURCE_COUNT && info->clock_rate == (audio ? 48000 : 90000));
  g_assert(info->layers <= (audio ? 1 : LAYERS_MAX));
  Track *track = g_new0(Track, 1);
  track->router = router;
  track->publisher = publisher;
  track->info = *info;
  track->age = router->next_age++;
  track->audio = audio;
  track->vp8 = !audio;
  track->begun_us = router->now_us;
  track->layer_count = MAX(info->layers, 1);
  for (unsigned i = 0; i < track->layer_count; i++) {
    track->layers[i].keeps = track->vp8;
    if (info->source == SOURCE_SCREEN)
      track->layers[i].rate_us = LAYER_RATE_NOW_AND_THEN_US;
  }
  speech_init(&track->speech);
  forwarder_init(&track->recording, info->clock_rate, send_to_taps);
  track->recording.live_only = true; /* nothing from before people were told of it */
  return track;
}

void track_free(Track *track) {
  if (!track)
    return;
  forwarder_set_track(&track->recording, NULL);
  g_assert(track->forwarders.count == 0);
  for (unsigned i = 0; i < track->layer_count; i++)
    layer_clear(&track->layers[i]);
  g_free(track->forwarders.at);
  g_free(track);
}

void track_add_forwarder(Track *track, Forwarder *forwarder) {
  forwarder_list_add(&track->forwarders, forwarder, &forwarder->at_track);
}

void track_remove_forwarder(Track *track, Forwarder *forwarder) {
  Forwarder *moved = forwarder_list_remove(&track->forwarders, forwarder, forwarder->at_track);
  if (moved)
    moved->at_track = forwarder->at_track;
}

void track_update_recording(Track *track) {
  bool on = !track->muted && track->router->taps->len > 0;
  forwarder_set_track(&track->recording, on ? track : NULL);
  if (on)
    forwarder_aim(&track->recording, (int)track->layer_count - 1, TEMPORAL_LAYERS - 1);
}

bool track_flowing(const Track *track, int64_t now_us) {
  return track->packet_us != 0 && now_us - track->packet_us < TRACK_FLOWING_US;
}

bool track_is_shown(const Track *track) {
  const Router *router = track->router;
  size_t own = track->recording.track ? 1 : 0;
  return track->forwarders.count > own || track == router->program || relays_shown(router, track);
}

/* --- key frames --- */

static void ask_keyframe(const Track *track, unsigned layer) {
  const Router *router = track->router;
  if (router->events.keyframe)
    router->events.keyframe(router->user, &track->info, layer);
}

void track_want_keyframe(Track *track, unsigned index, int64_t now_us) {
  Layer *layer = &track->layers[index];
  if (!track->vp8 || track->muted)
    return;
  if (layer->packet_us == 0)
    layer->keyframe.wanted = true; /* it most likely begins with one: track_tick asks otherwise */
  else if (keyframe_want(&layer->keyframe, now_us))
    ask_keyframe(track, index);
}

void track_want_recording_keyframe(Track *track, int64_t now_us) {
  forwarder_keyframe(&track->recording, now_us);
}

/* --- what its layers are like --- */

int64_t track_layer_pixels(const Track *track, unsigned index) {
  for (unsigned step = 0; step < track->layer_count; step++) {
    for (int way = -1; way <= 1; way += 2) {
      int other = (int)index + way * (int)step;
      if (other < 0 || other >= (int)track->layer_count || !track->layers[other].width)
        continue;
      int64_t pixels = (int64_t)track->layers[other].width * track->layers[other].height;
      return way > 0 ? pixels >> 2 * step : pixels << 2 * step;
    }
  }
  return NOMINAL_PIXELS >> 2 * (track->layer_count - 1 - index);
}

static bool is_measured(const Layer *layer) {
  return layer_bps(layer, TEMPORAL_LAYERS - 1) > 0;
}

/* The layer itself, or one that is measured and most likely like it. */
static const Layer *like(const Track *track, unsigned index) {
  for (unsigned i = index + 1; i-- > 0;)
    if (is_measured(&track->layers[i]))
      return &track->layers[i];
  return &track->layers[index];
}

unsigned track_temporal_top(const Track *track, unsigned index) {
  return like(track, index)->temporal_top;
}

static int64_t usual_camera_bps(const Track *track, unsigned index) {
  int64_t bps = SMALL_BPS;
  for (int64_t pixels = track_layer_pixels(track, index); pixels > SMALL_PIXELS * 2; pixels /= 4)
    bps *= 3;
  return bps;
}

static int64_t usual_screen_bps(const Track *track, unsigned index) {
  int64_t bps = SCREEN_BPS;
  for (; index + 1 < track->layer_count; index++)
    bps = bps * SCREEN_SMALLER_PERCENT / 100;
  return bps;
}

/* Of one that was not measured, all of its temporal layers. */
static int64_t usual_bps(const Track *track, unsigned index) {
  bool screen = track->info.source == SOURCE_SCREEN;
  int64_t bps = screen ? usual_screen_bps(track, index) : usual_camera_bps(track, index);
  /* A still picture costs less than is usual, in every size. */
  for (unsigned i = index + 1; i < track->layer_count; i++) {
    int64_t larger = layer_bps(&track->layers[i], TEMPORAL_LAYERS - 1);
    if (larger > 0)
      bps = MIN(bps, larger);
  }
  return bps;
}

int64_t track_layer_bps(const Track *track, unsigned index, unsigned temporal) {
  int64_t bps = layer_bps(&track->layers[index], temporal);
  const Layer *layer = &track->layers[index];
  bool seldom = track->info.source == SOURCE_SCREEN && (layer->rests || layer->rough);
  if (bps > 0 && seldom) { /* what was measured may be little more than one key frame */
    int64_t measured_bps = layer_bps(layer, TEMPORAL_LAYERS - 1);
    return bps * MIN(measured_bps, usual_bps(track, index)) / measured_bps;
  }
  if (bps > 0)
    return bps;
  if (track->audio)
    return AUDIO_BPS;
  const Layer *measured = like(track, index);
  bps = usual_bps(track, index);
  int64_t all = layer_bps(measured, TEMPORAL_LAYERS - 1);
  return all > 0 ? bps * layer_bps(measured, temporal) / all : bps;
}

/* --- its course --- */

static void settle_forwarders(Track *track) {
  for (size_t i = 0; i < track->forwarders.count; i++)
    forwarder_settle(track->forwarders.at[i]);
}

static void set_flowing(Track *track, Layer *layer, bool flowing) {
  if (layer->flowing == flowing)
    return;
  layer->flowing = flowing;
  if (track->layer_count > 1)
    settle_forwarders(track);
}

static void tell_demand(Track *track, unsigned wanted) {
  Router *router = track->router;
  track->demand_told = true;
  for (unsigned i = 0; i < track->layer_count; i++) {
    Layer *layer = &track->layers[i];
    bool now = wanted & (1u << i);
    if (now && !layer->wanted)
      layer->asked_us = router->now_us;
    layer->wanted = now;
  }
  if (router->events.demand)
    router->events.demand(router->user, &track->info, wanted);
}

/* Layers that somebody takes, bit by bit. One that is asked for in vain (Chromium encodes no more
 * of them than make sense for its camera) is made up for by the one below. */
static unsigned taken_layers(const Track *track, int64_t now_us) {
  unsigned taken = relays_taken(track->router, track);
  for (unsigned i = track->layer_count; i-- > 0;) {
    const Layer *layer = &track->layers[i];
    bool takes = layer_taken(layer) || (taken & (1u << i));
    bool missed = layer->wanted && !layer->flowing && now_us - layer->asked_us > LAYER_MISSED_US;
    taken |= takes ? 1u << i : 0;
    if (takes && missed && i > 0)
      taken |= 1u << (i - 1);
  }
  return taken;
}

/* More is asked for at once; less when it has lasted. */
static void update_demand(Track *track, int64_t now_us) {
  if (track->muted) { /* whoever switches on again is seen at once */
    track->begun_us = now_us;
    return;
  }
  unsigned told = 0, wanted = 0, takes = taken_layers(track, now_us);
  bool more = false;
  for (unsigned i = 0; i < track->layer_count; i++) {
    Layer *layer = &track->layers[i];
    bool taken = takes & (1u << i);
    if (taken)
      layer->taken_us = now_us;
    int64_t last_us = MAX(layer->taken_us, track->begun_us);
    bool lasts = layer->wanted && now_us - last_us < LAYER_UNWANTED_US;
    more |= taken && !layer->wanted;
    told |= layer->wanted ? 1u << i : 0;
    wanted |= taken || lasts ? 1u << i : 0;
  }
  bool first = !track->demand_told && now_us - track->begun_us >= LAYER_UNWANTED_US;
  if (more || wanted != told || first)
    tell_demand(track, wanted);
}

/* Its own router does all else. */
static void tell_taken(Track *track, int64_t now_us) {
  Router *router = track->router;
  unsigned taken = taken_layers(track, now_us);
  bool shown = track_is_shown(track);
  if (taken == track->taken_told && shown == track->shown_told)
    return;
  track->taken_told = taken;
  track->shown_told = shown;
  if (router->events.taken)
    router->events.taken(router->user, &track->info, taken, shown);
}

void track_tick(Track *track, int64_t now_us) {
  if (track->audio)
    speech_advance(&track->speech, now_us);
  for (unsigned i = 0; i < track->layer_count; i++) {
    Layer *layer = &track->layers[i];
    bool flowing = layer->packet_us != 0 && now_us - layer->packet_us < LAYER_FLOWING_US;
    layer_measure(layer, now_us);
    ring_expire(&layer->ring, now_us);
    set_flowing(track, layer, flowing);
    if (track->vp8 && !track->muted && track_flowing(track, now_us) && layer->packet_us != 0 &&
        (flowing || track->layer_count == 1) && keyframe_due(&layer->keyframe, now_us))
      ask_keyframe(track, i);
  }
  if (track->vp8 && track->info.remote)
    tell_taken(track, now_us);
  else if (track->vp8)
    update_demand(track, now_us);
}

static void hear(Track *track, const Packet *packet) {
  if (packet->audio_level != AUDIO_LEVEL_UNKNOWN)
    speech_level(&track->speech, packet->audio_level, packet->arrival_us);
  else
    speech_untold(&track->speech, packet->data + packet->rtp.payload_offset,
                  packet->rtp.payload_len, packet->arrival_us);
}

/* Its size changed, and with it what it costs. Sizes that change with each key frame would keep the
 * room busy; what is not done at once is done when each subscriber is looked after. */
static void share_anew(Track *track) {
  Router *router = track->router;
  if (track->resized_us && router->now_us - track->resized_us < RESIZE_GAP_US)
    return;
  track->resized_us = router->now_us;
  router->share_due = true;
}

void track_receive(Track *track, Packet *packet) {
  Router *router = track->router;
  if (packet->arrival_us > router->now_us)
    router->now_us = packet->arrival_us;
  if (packet->layer >= track->layer_count)
    return; /* of what the publisher sends nothing may stop the others */
  Layer *layer = &track->layers[packet->layer];
  bool first = track->packet_us == 0;
  track->packet_us = packet->arrival_us;
  if (first)
    track->payload_type = packet->rtp.payload_type; /* an offer may change it; taps were told */
  if (track->muted)
    return;
  relays_packet(router, track, packet);
  if (layer->packet_us != 0 && packet->epoch != layer->epoch)
    layer_begin_anew(layer);
  layer->epoch = packet->epoch;
  if (track->audio)
    hear(track, packet);
  if (first && router->taps->len > 0)
    program_update(router); /* before the packet: it may be the key frame that the cut needs */
  if (layer_receive(layer, packet))
    share_anew(track);
  set_flowing(track, layer, true);
  if (layer->train_length == 0)
    g_ptr_array_add(router->trains, layer);
  bool begins = layer->waiting.count > 0 && (track->audio || packet->vp8.keyframe) &&
                !layer_is_passed(layer, packet);
  bool full = layer_board(layer, packet);
  if (full || begins ||
      packet->vp8.keyframe) /* who begins in this very turn finds it in the ring */
    layer_send_train(layer);
  while (begins && layer->waiting.count > 0)
    forwarder_begin(layer->waiting.at[0], packet);
}

void track_set_muted(Track *track, bool muted) {
  if (track->muted == muted)
    return;
  Router *router = track->router;
  router_send_trains(router); /* what came before */
  track->muted = muted;
  relays_muted(router, track);
  if (muted) {
    for (unsigned i = 0; i < track->layer_count; i++) {
      track->layers[i].keyframe.wanted = false;
      ring_clear(&track->layers[i].ring);
    }
    speech_silence(&track->speech);
    if (track->audio)
      audible_remove(&router->audible, track);
    router_not_dominant(router, track);
  } else if (track->audio) {
    audible_add(&router->audible, track);
  }
  track_update_recording(track);
  router_rearrange(router);
}

const TrackInfo *track_info(const Track *track) {
  return &track->info;
}
