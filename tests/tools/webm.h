/* What is in a WebM file, by decoding it: for the tools here and for the pipelines' tests.
 *
 * Reads with the same few GStreamer plugins as the recorder (pipelines/elements.h must have been
 * started). Runs to the end of the file on the caller's thread and one of GStreamer's.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  bool video;
  char codec[16];         /* "vp8", "opus" */
  unsigned width, height; /* pixels, of the header */
  uint64_t frames;        /* blocks in the file */
  uint64_t keyframes;
  uint64_t decoded;          /* pictures, or audio buffers, that came out of the decoder */
  uint64_t sizes;            /* changes of the decoded picture's size */
  int64_t first_us, last_us; /* time of the first block; end of the last one when it is known */
  int64_t max_gap_us;        /* longest time between two blocks */
  int64_t max_gap_at_us;
  int64_t keyframe_gap_us; /* longest time between two key frames */
} WebmTrack;

typedef struct {
  int64_t pts_us;
  float luma;      /* mean, 0…255 */
  uint16_t blocks; /* of 16 equal blocks along the lower edge, the highest bit left: 1 is bright */
} WebmPicture;

typedef struct {
  int64_t duration_us; /* of the header; -1 when it has none */
  bool seekable;       /* the file has cues */
  unsigned warnings;   /* of decoders */
  char *error;         /* the reading ended by this error; NULL at the end of the file */
  GArray *tracks;      /* WebmTrack */
  GArray *pictures;    /* WebmPicture, of the first video track */
  GArray *samples;     /* float, mono, 48000 a second from time 0 of the first audio track; what the
                          file leaves out is 0 */
} WebmFacts;

/* decode: also fill pictures and samples. NULL and error when the file cannot be read at all. */
WebmFacts *webm_read(const char *path, bool decode, GError **error);
void webm_facts_free(WebmFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WebmFacts, webm_facts_free)

/* Times, microseconds, at which the picture turns bright after it was dark. GArray of int64_t. */
GArray *webm_flashes(const WebmFacts *facts);
/* Times at which a tone of this frequency (Hz) begins after silence of it. GArray of int64_t. */
GArray *webm_beeps(const WebmFacts *facts, double frequency);
