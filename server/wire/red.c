/* See red.h. RFC 2198 §3: F, PT(7), timestamp offset(14), length(10); last F = 0 and PT alone. */
#include "wire/red.h"

#include <string.h>

#define AGE_MAX 0x3fffu
#define LEN_MAX 0x3ffu
#define HEAD_BYTES 4 /* of each copy … */
#define LAST_BYTES 1 /* … and of the primary block */

bool red_fits(const RedBlock *copy) {
  return copy->age <= AGE_MAX && copy->len <= LEN_MAX;
}

size_t red_len(const RedBlock *copies, unsigned count) {
  size_t len = LAST_BYTES;
  for (unsigned i = 0; i < count; i++)
    len += HEAD_BYTES + copies[i].len;
  return len;
}

size_t red_write(uint8_t *out, uint8_t payload_type, const RedBlock *copies, unsigned count) {
  uint8_t *at = out;
  for (unsigned i = 0; i < count; i++) {
    uint32_t rest = copies[i].age << 10 | (uint32_t)copies[i].len;
    *at++ = (uint8_t)(0x80 | payload_type);
    *at++ = (uint8_t)(rest >> 16);
    *at++ = (uint8_t)(rest >> 8);
    *at++ = (uint8_t)rest;
  }
  *at++ = payload_type;
  for (unsigned i = 0; i < count; i++) {
    memcpy(at, copies[i].data, copies[i].len);
    at += copies[i].len;
  }
  return (size_t)(at - out);
}

unsigned red_parse(const uint8_t *payload, size_t len, RedBlock blocks[RED_BLOCKS_MAX]) {
  unsigned count = 0;
  size_t at = 0, told = 0, passed = 0;
  while (at < len && payload[at] & 0x80) {
    if (len - at < HEAD_BYTES)
      return 0;
    if (count + 1 == RED_BLOCKS_MAX) {
      passed += blocks[0].len;
      memmove(blocks, blocks + 1, --count * sizeof *blocks);
    }
    uint32_t rest =
        (uint32_t)payload[at + 1] << 16 | (uint32_t)payload[at + 2] << 8 | payload[at + 3];
    blocks[count++] = (RedBlock){NULL, rest & LEN_MAX, rest >> 10};
    told += rest & LEN_MAX;
    at += HEAD_BYTES;
  }
  if (len - at < LAST_BYTES || len - at - LAST_BYTES < told)
    return 0;
  at += LAST_BYTES + passed;
  for (unsigned i = 0; i < count; i++) {
    blocks[i].data = payload + at;
    at += blocks[i].len;
  }
  blocks[count++] = (RedBlock){payload + at, len - at, 0};
  return count;
}
