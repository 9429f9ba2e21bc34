/* See track.h. */
#include "router/track.h"

#include "base/metrics.h"
#include "router/core.h"
#include "router/program.h"
#include "router/slot.h"
#include "router/tap.h"

METRIC(malformed, METRIC_COUNTER, "yishi_router_malformed_packets_total",
       "Video packets dropped because their payload descriptor could not be read.");

Track *track_new(Router *router, Publisher *publisher, const TrackInfo *info) {
  bool audio = info->source == SOURCE_MIC || info->source == SOURCE_SCREEN_AUDIO;
  /* A slot's clock is that of its kind (RFC 7587, RFC 7741). */
  g_assert(info->source < SOURCE_COUNT && info->clock_rate == (audio ? 48000 : 90000));
  Track *track = g_new0(Track, 1);
  track->router = router;
  track->publisher = publisher;
  track->info = *info;
  track->age = router->next_age++;
  track->audio = audio;
  track->vp8 = !audio;
  speech_init(&track->speech);
  return track;
}

static void forget_recent(Track *track) {
  if (!track->recent_used)
    return;
  for (size_t i = 0; i < TRACK_RECENT_PACKETS; i++)
    packet_unref(&track->recent[i]);
  track->recent_used = false;
}

void track_free(Track *track) {
  if (!track)
    return;
  g_assert(track->slot_count == 0 && track->waiting == 0);
  forget_recent(track);
  g_free(track->slots);
  g_free(track);
}

void track_add_slot(Track *track, Slot *slot) {
  if (track->slot_count == track->slot_room) {
    track->slot_room = track->slot_room ? 2 * track->slot_room : 8;
    track->slots = g_renew(Slot *, track->slots, track->slot_room);
  }
  slot->at = track->slot_count;
  track->slots[track->slot_count++] = slot;
}

void track_remove_slot(Track *track, Slot *slot) {
  g_assert(track->slots[slot->at] == slot);
  Slot *last = track->slots[--track->slot_count];
  track->slots[slot->at] = last;
  last->at = slot->at;
}

void track_begin_waiting(Track *track) {
  track->waiting++;
}

void track_end_waiting(Track *track) {
  g_assert(track->waiting > 0);
  if (--track->waiting == 0)
    forget_recent(track);
}

static void keep_recent(Track *track, Packet *packet) {
  Packet **place = &track->recent[packet->sequence % TRACK_RECENT_PACKETS];
  packet_unref(place);
  *place = packet_ref(packet);
  track->recent_used = true;
}

Packet *track_recent(const Track *track, uint64_t sequence) {
  Packet *packet = track->recent[sequence % TRACK_RECENT_PACKETS];
  return packet && packet->sequence == sequence ? packet : NULL;
}

bool track_flowing(const Track *track, int64_t now_us) {
  return track->packet_us != 0 && now_us - track->packet_us < TRACK_FLOWING_US;
}

static void ask_keyframe(const Track *track) {
  const Router *router = track->router;
  if (router->events.keyframe)
    router->events.keyframe(router->user, &track->info);
}

void track_want_keyframe(Track *track, int64_t now_us) {
  if (!track->vp8 || track->muted)
    return;
  if (track->packet_us == 0)
    track->keyframe.wanted = true; /* it most likely begins with one: track_tick asks otherwise */
  else if (keyframe_want(&track->keyframe, now_us))
    ask_keyframe(track);
}

void track_tick(Track *track, int64_t now_us) {
  if (track->audio)
    speech_advance(&track->speech, now_us);
  else if (!track->muted && track_flowing(track, now_us) && keyframe_due(&track->keyframe, now_us))
    ask_keyframe(track);
}

void track_receive(Track *track, Packet *packet) {
  Router *router = track->router;
  if (packet->arrival_us > router->now_us)
    router->now_us = packet->arrival_us;
  bool first = track->packet_us == 0;
  track->packet_us = packet->arrival_us;
  track->payload_type = packet->rtp.payload_type;
  if (track->muted)
    return;

  Vp8Descriptor descriptor;
  const Vp8Descriptor *vp8 = NULL;
  if (track->audio) {
    speech_level(&track->speech, packet->audio_level, packet->arrival_us);
  } else if (packet->rtp.payload_len > 0) {
    if (!vp8_parse(packet->data + packet->rtp.payload_offset, packet->rtp.payload_len,
                   &descriptor)) {
      metric_add(&malformed, 1);
      return;
    }
    vp8 = &descriptor;
    if (packet->keyframe)
      keyframe_came(&track->keyframe);
  }

  if (first && router->taps->len > 0)
    program_update(router); /* before the packet: it may be the key frame that the cut needs */
  for (guint i = 0; i < router->taps->len; i++)
    tap_send(g_ptr_array_index(router->taps, i), track, packet);
  if (track->waiting > 0)
    keep_recent(track, packet);
  for (size_t i = 0; i < track->slot_count; i++)
    slot_forward(track->slots[i], packet, vp8);
  router->scratch_of = NULL;
}

void track_set_muted(Track *track, bool muted) {
  if (track->muted == muted)
    return;
  Router *router = track->router;
  track->muted = muted;
  if (muted) {
    track->keyframe.wanted = false;
    speech_silence(&track->speech);
    if (track->audio)
      audible_remove(&router->audible, track);
    router_not_dominant(router, track);
  } else if (track->audio) {
    audible_add(&router->audible, track);
  } else if (router->taps->len > 0) {
    track_want_keyframe(track, router->now_us);
  }
  router_rearrange(router);
}

const TrackInfo *track_info(const Track *track) {
  return &track->info;
}
