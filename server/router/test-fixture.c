/* See test-fixture.h. */
#include "router/test-fixture.h"

#include <string.h>

#include "router/core.h"
#include "wire/rtp.h"
#include "wire/vp8.h"

#define DESCRIPTOR_BYTES 6 /* X, I with 15 bits, L, T */
#define STAMP_OFFSET 16    /* after descriptor and a key frame's header */

static Packet *make(PacketPool *pool, uint8_t payload_type, uint64_t sequence, uint32_t timestamp,
                    bool marker, const uint8_t *payload, size_t len) {
  Packet *packet = packet_new(pool);
  RtpHeader header = {
      .marker = marker,
      .payload_type = payload_type,
      .sequence = (uint16_t)sequence,
      .timestamp = timestamp,
      .ssrc = 1234,
  };
  rtp_write(packet->data, &header);
  memcpy(packet->data + RTP_HEADER_BYTES, payload, len);
  packet->len = (uint16_t)(RTP_HEADER_BYTES + len);
  g_assert_true(rtp_parse(packet->data, packet->len, true, &packet->rtp));
  packet->sequence = sequence;
  packet->audio_level = 255;
  packet->layer = 0;
  packet->epoch = 0;
  packet->vp8 = (Vp8Descriptor){0};
  return packet;
}

Packet *make_video(PacketPool *pool, const VideoSpec *spec) {
  uint8_t payload[STAMP_OFFSET + 4] = {
      (uint8_t)(0x80 | (spec->start ? 0x10 : 0)),
      0xe0,
      (uint8_t)(0x80 | spec->picture_id >> 8),
      (uint8_t)spec->picture_id,
      spec->tl0picidx,
      (uint8_t)(spec->tid << 6 | spec->layer_sync << 5),
  };
  uint8_t *vp8 = payload + DESCRIPTOR_BYTES;
  vp8[0] = spec->keyframe ? 0x10 : 0x11;
  uint16_t width = spec->width ? spec->width : 640, height = spec->height ? spec->height : 360;
  const uint8_t head[] = {0x9d,
                          0x01,
                          0x2a,
                          (uint8_t)width,
                          (uint8_t)(width >> 8),
                          (uint8_t)height,
                          (uint8_t)(height >> 8)};
  memcpy(vp8 + 3, head, sizeof head);
  for (int i = 0; i < 4; i++)
    payload[STAMP_OFFSET + i] = (uint8_t)(spec->stamp >> 8 * i);
  Packet *packet =
      make(pool, 96, spec->sequence, spec->timestamp, spec->marker, payload, sizeof payload);
  packet->arrival_us = spec->arrival_us;
  packet->capture_us = spec->capture_us;
  g_assert_true(
      vp8_parse(packet->data + packet->rtp.payload_offset, packet->rtp.payload_len, &packet->vp8));
  packet->layer = spec->layer;
  packet->epoch = spec->epoch;
  return packet;
}

Packet *make_audio(PacketPool *pool, uint64_t sequence, uint32_t timestamp, int64_t at_us,
                   uint8_t level) {
  static const uint8_t payload[20] = {0xfc};
  Packet *packet = make(pool, 111, sequence, timestamp, false, payload, sizeof payload);
  packet->arrival_us = packet->capture_us = at_us;
  packet->audio_level = level;
  return packet;
}

void board(Track *track, Packet *packet) {
  track_receive(track, packet);
  packet_unref(&packet);
}

void deliver(Track *track, Packet *packet) {
  board(track, packet);
  router_send_trains(track->router);
}

uint32_t stamp_of(const uint8_t *payload, size_t len) {
  g_assert_cmpuint(len, ==, STAMP_OFFSET + 4);
  uint32_t stamp = 0;
  for (int i = 0; i < 4; i++)
    stamp |= (uint32_t)payload[STAMP_OFFSET + i] << 8 * i;
  return stamp;
}

static bool on_send(void *user, unsigned slot, const SlotPacket *packet) {
  Receiver *receiver = user;
  if (receiver->refuses)
    return false;
  g_assert_cmpuint(receiver->count, <, LOG_MAX);
  Got *got = &receiver->log[receiver->count++];
  *got = (Got){
      .slot = slot,
      .piece = receiver->assignments[slot],
      .sequence = packet->sequence,
      .timestamp = packet->timestamp,
      .in_sequence = packet->packet->sequence,
      .in_timestamp = packet->packet->rtp.timestamp,
      .capture_us = packet->packet->capture_us,
      .keyframe = packet->packet->vp8.keyframe,
      .retransmit = packet->retransmit,
      .marker = packet->marker,
      .layer = packet->packet->layer,
  };
  Vp8Descriptor vp8;
  if (slot < AUDIO_SLOTS || packet->payload_len == 0)
    return true;
  uint8_t payload[PACKET_MAX_BYTES];
  slot_packet_write(packet, payload);
  g_assert_true(vp8_parse(payload, packet->payload_len, &vp8));
  got->picture_id = vp8.picture_id;
  got->tl0picidx = vp8.tl0picidx;
  got->tid = vp8.tid;
  got->stamp = stamp_of(payload, packet->payload_len);
  return true;
}

static void on_assigned(void *user, unsigned slot, const TrackInfo *track) {
  Receiver *receiver = user;
  receiver->in_slot[slot] = track ? *track : (TrackInfo){0};
  receiver->assignments[slot]++;
}

const SlotSink receiver_sink = {.send = on_send, .assigned = on_assigned};

Receiver *receiver_new(void) {
  Receiver *receiver = g_new0(Receiver, 1);
  receiver->log = g_new(Got, LOG_MAX);
  return receiver;
}

void receiver_free(Receiver *receiver) {
  g_free(receiver->log);
  g_free(receiver);
}

static void on_keyframe(void *user, const TrackInfo *track, unsigned layer) {
  Events *events = user;
  events->keyframes[track->id]++;
  events->layer_keyframes[track->id][layer]++;
}

static void on_demand(void *user, const TrackInfo *track, unsigned layers) {
  Events *events = user;
  events->demanded[track->id] = layers;
  events->demands++;
}

static void on_taken(void *user, const TrackInfo *track, unsigned layers, bool shown) {
  Events *events = user;
  g_assert_true(track->remote);
  events->taken[track->id] = layers;
  events->taken_shown[track->id] = shown;
}

static void on_speaker(void *user, uint32_t peer) {
  Events *events = user;
  events->speaker = peer;
  events->speaker_changes++;
}

static void on_heard(void *user, const TrackInfo *track, bool on) {
  Events *events = user;
  g_assert_true(events->heard[track->id] != on);
  events->heard[track->id] = on;
  events->notices++;
}

static void on_shown(void *user, const TrackInfo *track, bool on) {
  Events *events = user;
  g_assert_true(events->shown[track->id] != on);
  events->shown[track->id] = on;
  events->notices++;
}

const RouterEvents recording_events = {on_keyframe, on_demand, on_taken,
                                       on_speaker,  on_heard,  on_shown};
