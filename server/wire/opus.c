/* See opus.h. */
#include "wire/opus.h"

#include <stdbool.h>

#define CONFIG_HYBRID 12 /* of the 32: before it SILK alone … */
#define CONFIG_CELT 16   /* … from here on CELT alone */
#define COUNT_MASK 0x3f  /* of the frame count byte, with its two flags */
#define COUNT_PADDED 0x40
#define COUNT_VBR 0x80
#define TWO_BYTES 252 /* a length from here on has a second byte, §3.2.1 */

typedef struct {
  const uint8_t *at, *end;
} Rest;

/* A frame's length; false when it is cut short. */
static bool read_length(Rest *rest, size_t *len) {
  if (rest->at == rest->end)
    return false;
  *len = *rest->at++;
  if (*len < TWO_BYTES)
    return true;
  if (rest->at == rest->end)
    return false;
  *len += (size_t)4 * *rest->at++;
  return true;
}

/* §3.2.5: any number of frames. Leaves the first frame; false when there is none. */
static bool first_of_many(Rest *rest) {
  if (rest->at == rest->end)
    return false;
  unsigned head = *rest->at++, count = head & COUNT_MASK;
  size_t padding = 0, others = 0, len = 0;
  for (bool more = head & COUNT_PADDED; more;) {
    if (rest->at == rest->end)
      return false;
    unsigned byte = *rest->at++;
    padding += byte == 255 ? 254 : byte;
    more = byte == 255;
  }
  for (unsigned i = 0; (head & COUNT_VBR) && i + 1 < count; i++) {
    size_t next;
    if (!read_length(rest, &next))
      return false;
    if (i == 0)
      len = next;
    else
      others += next;
  }
  size_t left = (size_t)(rest->end - rest->at);
  if (count == 0 || padding > left || len + others > left - padding)
    return false;
  left -= padding;
  if (!(head & COUNT_VBR))
    len = left / count;
  else if (count == 1)
    len = left;
  rest->end = rest->at + len;
  return true;
}

static bool first_frame(unsigned code, Rest *rest) {
  size_t left = (size_t)(rest->end - rest->at), len = left;
  switch (code) {
  case 0:
    return true;
  case 1:
    rest->end = rest->at + left / 2;
    return left % 2 == 0;
  case 2:
    if (!read_length(rest, &len) || len > (size_t)(rest->end - rest->at))
      return false;
    rest->end = rest->at + len;
    return true;
  default:
    return first_of_many(rest);
  }
}

/* SILK frames are 20 ms, or the one of 10 ms. */
static unsigned silk_frames(unsigned config) {
  static const unsigned narrow[] = {1, 1, 2, 3}; /* 10, 20, 40, 60 ms: table 2 */
  return config < CONFIG_HYBRID ? narrow[config % 4] : 1;
}

OpusActivity opus_activity(const uint8_t *payload, size_t len) {
  if (len == 0)
    return OPUS_UNKNOWN;
  if (len <= OPUS_DTX_BYTES)
    return OPUS_SILENT;
  unsigned config = payload[0] >> 3;
  Rest rest = {payload + 1, payload + len};
  if (!first_frame(payload[0] & 3, &rest) || config >= CONFIG_CELT)
    return OPUS_UNKNOWN;
  if (rest.at == rest.end)
    return OPUS_SILENT;
  return *rest.at >> (8 - silk_frames(config)) ? OPUS_VOICE : OPUS_SILENT;
}
