#include "wire/tapwire.h"

#include <string.h>

#include "wire/bytes.h"
#include "wire/rtp.h"

/* The header: type 1, upper bits of the sequence 3 (zero but for RTP), track 4, capture time 8. */

void tapwire_write_header(uint8_t *out, TapType type, uint32_t track, int64_t capture_us) {
  memset(out, 0, 4);
  out[0] = (uint8_t)type;
  bytes_put32(out + 4, track);
  bytes_put64(out + 8, (uint64_t)capture_us);
}

void tapwire_write_rtp(uint8_t *out, uint32_t track, int64_t capture_us, uint64_t sequence) {
  tapwire_write_header(out, TAP_RTP, track, capture_us);
  out[1] = (uint8_t)(sequence >> 32);
  out[2] = (uint8_t)(sequence >> 24);
  out[3] = (uint8_t)(sequence >> 16);
}

bool tapwire_parse(const uint8_t *data, size_t len, TapMessage *message) {
  if (len < TAP_HEADER_BYTES || len > TAP_MESSAGE_MAX)
    return false;
  if (data[0] != TAP_RTP && (data[1] || data[2] || data[3]))
    return false;
  size_t body = len - TAP_HEADER_BYTES;
  uint64_t sequence = 0;
  switch (data[0]) {
  case TAP_TRACK:
    if (body != TAP_TRACK_BYTES)
      return false;
    break;
  case TAP_RTP:
    if (body < RTP_HEADER_BYTES)
      return false;
    sequence = (uint64_t)data[1] << 32 | (uint64_t)data[2] << 24 | (uint64_t)data[3] << 16 |
               bytes_get16(data + TAP_HEADER_BYTES + 2);
    break;
  case TAP_TRACK_END:
  case TAP_PROGRAM:
  case TAP_KEYFRAME:
    if (body != 0)
      return false;
    break;
  default:
    return false;
  }
  *message = (TapMessage){
      .type = (TapType)data[0],
      .track = bytes_get32(data + 4),
      .capture_us = (int64_t)bytes_get64(data + 8),
      .sequence = sequence,
      .body = data + TAP_HEADER_BYTES,
      .body_len = body,
  };
  return true;
}

/* The track: codec 1, source 1, payload type 1, zero 1, clock rate 4. */

void tapwire_write_track(uint8_t out[TAP_TRACK_BYTES], const TapTrack *track) {
  out[0] = (uint8_t)track->codec;
  out[1] = track->source;
  out[2] = track->payload_type;
  out[3] = 0;
  bytes_put32(out + 4, track->clock_rate);
}

bool tapwire_parse_track(const uint8_t *body, size_t len, TapTrack *track) {
  if (len != TAP_TRACK_BYTES || (body[0] != TAP_OPUS && body[0] != TAP_VP8) || body[2] > 127 ||
      body[3] != 0 || bytes_get32(body + 4) == 0)
    return false;
  *track = (TapTrack){
      .codec = (TapCodec)body[0],
      .source = body[1],
      .payload_type = body[2],
      .clock_rate = bytes_get32(body + 4),
  };
  return true;
}
