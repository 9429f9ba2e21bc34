/* What a packet of Opus tells of itself without being decoded (RFC 6716 §3.1, §4.2.3). Any thread.
 *
 * The first bits of a frame that has a SILK layer say whether it holds speech: the encoder's own
 * voice detector. Frames of CELT alone, as for music, do not tell.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef enum {
  OPUS_UNKNOWN, /* it does not tell */
  OPUS_SILENT,  /* no voice, or nothing at all: discontinuous transmission */
  OPUS_VOICE
} OpusActivity;

#define OPUS_DTX_BYTES 2 /* so short is only what says that there is nothing */

/* Of the packet's first frame. A payload that is malformed does not tell. */
OpusActivity opus_activity(const uint8_t *payload, size_t len);
