/* One track: from the tap's packets to a WebM file of its own, untouched, and to the program.
 *
 *   reorder ─┬ live ─▶ timeline, frames ─▶ SourceEvents: sound, whole pictures
 *            └ file ─▶ timeline, frames ─▶ webmmux ─▶ filesink
 *
 * The file waits longer for what is missing than the program can (reorder.h). Frames are pushed
 * into the muxer from here, on the caller's thread: no streaming threads, no clocks, no latency, so
 * hundreds of tracks cost nothing while they are silent and the same packets make the same file.
 * After a lost packet video waits for a key frame, because what follows cannot be decoded. The file
 * begins (time 0) with the track's first sample. Main thread of the pipeline process; times are
 * microseconds on the part's time line unless they say otherwise.
 */
#pragma once

#include <gst/gst.h>
#include <stdbool.h>
#include <stdint.h>

#include "wire/tapwire.h"

typedef struct TapSource TapSource;

typedef struct {
  /* The file was made; its first sample stands at start_us. */
  void (*opened)(void *user, TapSource *source, int64_t start_us);
  /* Opus, in order. */
  void (*audio)(void *user, TapSource *source, int64_t pts_us, const uint8_t *data, size_t len);
  /* A whole VP8 frame, in order; borrowed. The first one after a loss is a key frame. */
  void (*picture)(void *user, TapSource *source, int64_t pts_us, GstBuffer *frame, bool keyframe);
  /* A key frame is wanted; throttled already. */
  void (*keyframe)(void *user, TapSource *source);
  /* Nothing more is written to the file. disk: it cannot be written any more; else the track holds
   * what the elements refuse. */
  void (*failed)(void *user, TapSource *source, bool disk, const char *message);
} SourceEvents;

typedef struct {
  const char *dir;
  unsigned part;
  uint32_t track; /* the tap's number */
  TapTrack info;
} SourceSetup;

typedef struct {
  uint64_t frames; /* pictures or Opus packets in the file */
  uint64_t lost;   /* packets that the file never got */
  int64_t duration_us;
} SourceFigures;

TapSource *source_new(const SourceSetup *setup, const SourceEvents *events, void *user);
void source_free(TapSource *source);

/* An RTP packet; sequence: its extended number, pts_us: its capture time. now_us (monotonic): when
 * it was read. */
void source_push(TapSource *source, uint64_t sequence, int64_t pts_us, const uint8_t *rtp,
                 size_t len, int64_t now_us);
/* Gives up old holes and repeats requests; every 20 ms or so. */
void source_tick(TapSource *source, int64_t now_us);
/* Asks the publisher for a key frame now, at most one request each SOURCE_ASK_US. */
void source_ask(TapSource *source, int64_t now_us);
/* Empties the window and closes the file: afterwards it does not change any more. False when the
 * file is not whole: it wants repair. */
bool source_finish(TapSource *source, int64_t now_us);

#define SOURCE_ASK_US 500000

const char *source_name(const TapSource *source); /* of the file; NULL when it never began */
uint32_t source_track(const TapSource *source);
const TapTrack *source_info(const TapSource *source);
SourceFigures source_figures(const TapSource *source);

/* "mic", "camera", "screen", "screen_audio"; NULL for a number that stands for none. */
const char *source_kind_name(unsigned source);
