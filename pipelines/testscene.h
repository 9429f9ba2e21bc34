/* A recorded scene for tests: RTP as a browser would send it, made by real encoders.
 *
 * The picture is dark grey with a moving bar and flashes white for FLASH_US at each whole second of
 * the scene's time line; the sound beeps at the same instants. Everything is made before the test
 * runs; packets are then given out in the order of time, so tests need no clock.
 */
#pragma once

#include <gst/gst.h>
#include <stdbool.h>
#include <stdint.h>

#include "wire/tapwire.h"

#define SCENE_PERIOD_US 1000000
#define FLASH_US 100000

typedef struct {
  int64_t capture_us; /* on the scene's time line */
  uint64_t sequence;  /* extended */
  uint16_t len;
  bool keyframe; /* belongs to one */
  uint8_t data[1500];
} ScenePacket;

typedef struct {
  uint32_t track;
  TapTrack info;
  GArray *packets; /* ScenePacket */
  unsigned frames; /* pictures or Opus packets */
} SceneTrack;

typedef struct {
  unsigned width, height, fps;
  unsigned keyframe_every; /* frames */
  int64_t from_us, to_us;
  unsigned luma; /* of the dark ground, 16…100: tells tracks apart */
} SceneVideo;

/* Encodes; parts of different sizes may be put one after the other into one track. */
SceneTrack *scene_video(uint32_t track, const SceneVideo *parts, unsigned count);
/* A tone burst of `tone` Hz each second, silence (encoded) between. */
SceneTrack *scene_audio(uint32_t track, double tone, int64_t from_us, int64_t to_us);
void scene_track_free(SceneTrack *track);
