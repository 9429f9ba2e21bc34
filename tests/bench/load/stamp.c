#include "stamp.h"

#include <string.h>

static const uint8_t mark[4] = {0x59, 0x53, 0xd7, 0x1a}; /* the last bit: speech */

#define BYTES 8       /* mark and the low 32 bits of the microseconds */
#define KEPT_BYTES 20 /* in front of it stay descriptor and frame header */

bool stamp_write(uint8_t *payload, size_t len, bool speech, int64_t now_us) {
  if (len < KEPT_BYTES + BYTES)
    return false;
  uint32_t low = (uint32_t)now_us;
  memcpy(payload + len - BYTES, mark, 4);
  payload[len - BYTES + 3] |= speech;
  memcpy(payload + len - 4, &low, 4);
  return true;
}

bool stamp_read(const uint8_t *payload, size_t len, int64_t now_us, int64_t *age_us, bool *speech) {
  if (len < KEPT_BYTES + BYTES)
    return false;
  const uint8_t *tail = payload + len - BYTES;
  if (memcmp(tail, mark, 3) != 0 || (tail[3] & 0xfe) != mark[3])
    return false;
  *speech = tail[3] & 1;
  uint32_t low;
  memcpy(&low, payload + len - 4, 4);
  *age_us = (int32_t)((uint32_t)now_us - low);
  return true;
}
