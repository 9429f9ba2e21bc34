/* For this layer's tests: packets as browsers send them, and a subscriber that writes down what it
 * gets. */
#pragma once

#include <glib.h>

#include "router/router.h"

#define FRAME_TICKS 3000 /* video: 30 frames/s at 90 kHz */
#define FRAME_US 33333
#define AUDIO_TICKS 960 /* 20 ms at 48 kHz */
#define LOG_MAX 40000

typedef struct {
  uint64_t sequence;
  uint32_t timestamp;
  int64_t arrival_us, capture_us;
  bool keyframe, start, marker;
  uint16_t picture_id;
  uint8_t tl0picidx, tid, layer;
  uint16_t epoch;
  bool layer_sync;
  uint16_t width, height; /* 0: 640x360 */
  uint32_t stamp;         /* written into the payload, to recognise it */
} VideoSpec;

Packet *make_video(PacketPool *pool, const VideoSpec *spec);
Packet *make_audio(PacketPool *pool, uint64_t sequence, uint32_t timestamp, int64_t at_us,
                   uint8_t level);
void board(Track *track, Packet *packet);   /* receives it and gives the reference back … */
void deliver(Track *track, Packet *packet); /* … and sends it on */

/* One sent packet as the receiver sees it. */
typedef struct {
  unsigned slot, piece; /* piece: how many times the slot had been assigned before */
  uint16_t sequence;
  uint32_t timestamp;
  uint16_t picture_id;
  uint8_t tl0picidx, tid, layer;
  uint32_t stamp;
  uint64_t in_sequence;
  uint32_t in_timestamp;
  int64_t capture_us;
  bool keyframe, retransmit, marker;
} Got;

typedef struct {
  Got *log;
  size_t count;
  bool refuses;                 /* what is sent */
  TrackInfo in_slot[SLOTS_MAX]; /* id 0: nobody */
  unsigned assignments[SLOTS_MAX];
} Receiver;

extern const SlotSink receiver_sink;
Receiver *receiver_new(void);
void receiver_free(Receiver *receiver);

/* What the router asked and told. */
typedef struct {
  unsigned keyframes[1000]; /* by track id */
  unsigned layer_keyframes[1000][LAYERS_MAX];
  unsigned demanded[1000], demands;
  unsigned taken[1000]; /* remote tracks, by id */
  bool taken_shown[1000];
  uint32_t speaker;
  unsigned speaker_changes;
  bool heard[1000], shown[1000]; /* by track id */
  unsigned notices;
} Events;

extern const RouterEvents recording_events;

/* Reads the stamp back out of a payload from make_video. */
uint32_t stamp_of(const uint8_t *payload, size_t len);
