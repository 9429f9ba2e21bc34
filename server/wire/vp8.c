#include "wire/vp8.h"

#include "wire/bytes.h"

#define KEYFRAME_HEADER_BYTES 10 /* RFC 6386 §9.1: frame tag 3, start code 3, width 2, height 2 */

static void parse_frame_start(const uint8_t *frame, size_t len, Vp8Descriptor *vp8) {
  if (len < KEYFRAME_HEADER_BYTES || frame[0] & 0x01)
    return; /* an inter frame, or too short to be decoded by anybody */
  if (frame[3] != 0x9d || frame[4] != 0x01 || frame[5] != 0x2a)
    return;
  vp8->keyframe = true;
  vp8->width = (uint16_t)((frame[6] | frame[7] << 8) & 0x3fff);
  vp8->height = (uint16_t)((frame[8] | frame[9] << 8) & 0x3fff);
}

bool vp8_parse(const uint8_t *payload, size_t len, Vp8Descriptor *vp8) {
  *vp8 = (Vp8Descriptor){0};
  const uint8_t *at = payload, *end = payload + len;
  if (at == end)
    return false;
  uint8_t first = *at++;
  vp8->start_of_partition = first & 0x10;
  vp8->partition = first & 0x07;
  if (first & 0x80) {
    if (at == end)
      return false;
    uint8_t present = *at++;
    vp8->has_picture_id = present & 0x80;
    vp8->has_tl0picidx = present & 0x40;
    vp8->has_tid = present & 0x20;
    vp8->has_keyidx = present & 0x10;
  }
  if (vp8->has_picture_id) {
    if (at == end)
      return false;
    vp8->picture_id_15bit = *at & 0x80;
    if (vp8->picture_id_15bit) {
      if (end - at < 2)
        return false;
      vp8->picture_id = bytes_get16(at) & 0x7fff;
      at += 2;
    } else {
      vp8->picture_id = *at++;
    }
  }
  if (vp8->has_tl0picidx) {
    if (at == end)
      return false;
    vp8->tl0picidx = *at++;
  }
  if (vp8->has_tid || vp8->has_keyidx) {
    if (at == end)
      return false;
    vp8->tid = vp8->has_tid ? *at >> 6 : 0;
    vp8->layer_sync = vp8->has_tid && *at & 0x20;
    vp8->keyidx = vp8->has_keyidx ? *at & 0x1f : 0;
    at++;
  }
  if (at == end)
    return false; /* a descriptor of nothing */
  vp8->header_len = (uint8_t)(at - payload);
  if (vp8->start_of_partition && vp8->partition == 0)
    parse_frame_start(at, (size_t)(end - at), vp8);
  return true;
}

void vp8_rewrite(uint8_t *payload, const Vp8Descriptor *vp8, uint16_t picture_id,
                 uint8_t tl0picidx) {
  uint8_t *at = payload + 2;
  if (vp8->has_picture_id && vp8->picture_id_15bit) {
    bytes_put16(at, (uint16_t)(0x8000 | (picture_id & 0x7fff)));
    at += 2;
  } else if (vp8->has_picture_id) {
    *at++ = picture_id & 0x7f;
  }
  if (vp8->has_tl0picidx)
    *at = tl0picidx;
}
