/* The VP8 payload descriptor: rewriting changes the two numbers and nothing else. */
#include "fuzz.h"

#include <string.h>

#include "wire/vp8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  Vp8Descriptor vp8, again;
  if (!vp8_parse(data, len, &vp8))
    return 0;
  MUST(vp8.header_len > 0 && vp8.header_len < len);
  MUST(vp8.keyframe || (vp8.width == 0 && vp8.height == 0));

  uint8_t *copy = malloc(len);
  MUST(copy != NULL);
  memcpy(copy, data, len);
  vp8_rewrite(copy, &vp8, vp8.picture_id, vp8.tl0picidx);
  MUST(memcmp(copy, data, len) == 0);
  vp8_rewrite(copy, &vp8, (uint16_t)~vp8.picture_id, (uint8_t)~vp8.tl0picidx);
  MUST(vp8_parse(copy, len, &again));
  MUST(again.header_len == vp8.header_len && again.keyframe == vp8.keyframe);
  MUST(again.picture_id_15bit == vp8.picture_id_15bit && again.tid == vp8.tid);
  if (vp8.has_picture_id)
    MUST((again.picture_id ^ vp8.picture_id) == (vp8.picture_id_15bit ? 0x7fff : 0x7f));
  if (vp8.has_tl0picidx)
    MUST((again.tl0picidx ^ vp8.tl0picidx) == 0xff);
  free(copy);
  return 0;
}
