/* Whole VP8 pictures out of RTP payloads that come in order (RFC 7741).
 *
 * A picture goes from the start of its first partition to the packet with the marker. After a loss,
 * or what cannot be read, everything is left out up to the next key frame, because nothing before
 * it can be decoded. Embedded; any thread.
 */
#pragma once

#include <gst/gst.h>
#include <stdbool.h>
#include <stdint.h>

#define FRAMES_SIDE_MIN 16          /* pixels: webmmux takes no smaller picture */
#define FRAMES_MAX_BYTES (4u << 20) /* of one picture: a stranger may never send a marker */

typedef struct {
  GByteArray *bytes;         /* of the picture that is being collected */
  bool collecting, keyframe; /* keyframe: it is one */
  bool wait_keyframe;        /* at first, and after a loss */
  uint16_t width, height;    /* pixels, of the newest key frame */
} Frames;

typedef enum {
  FRAMES_MORE,  /* the picture goes on */
  FRAMES_WHOLE, /* frames_take gives it */
  FRAMES_WAIT   /* left out: a key frame is wanted */
} FramesVerdict;

void frames_init(Frames *frames);
void frames_clear(Frames *frames);
/* Something is missing before the next payload. */
void frames_lost(Frames *frames);
FramesVerdict frames_put(Frames *frames, const uint8_t *payload, size_t len, bool marker);
/* The whole picture, owned by the caller; GST_BUFFER_FLAG_DELTA_UNIT unless it is a key frame. */
GstBuffer *frames_take(Frames *frames);
