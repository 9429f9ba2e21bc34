/* The VP8 payload descriptor (RFC 7741 §4.2): read, and rewritten in place. Any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  bool start_of_partition;
  uint8_t partition;
  bool has_picture_id, picture_id_15bit, has_tl0picidx, has_tid, has_keyidx;
  uint16_t picture_id;
  uint8_t tl0picidx, tid, keyidx;
  bool layer_sync;
  uint8_t header_len;     /* bytes of the descriptor */
  bool keyframe;          /* first packet of a key frame */
  uint16_t width, height; /* pixels, of a key frame's first packet, else 0 */
} Vp8Descriptor;

/* False when truncated. */
bool vp8_parse(const uint8_t *payload, size_t len, Vp8Descriptor *vp8);

/* Writes picture id (7 or 15 bits as it was) and TL0PICIDX into the descriptor at payload. The
 * payload must have parsed to *vp8. */
void vp8_rewrite(uint8_t *payload, const Vp8Descriptor *vp8, uint16_t picture_id,
                 uint8_t tl0picidx);
