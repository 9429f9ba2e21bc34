/* The tap: what parses is written back byte for byte. */
#include "fuzz.h"

#include <string.h>

#include "wire/tapwire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  TapMessage message;
  if (!tapwire_parse(data, len, &message))
    return 0;
  MUST(message.body + message.body_len == data + len);
  uint8_t header[TAP_HEADER_BYTES], body[TAP_TRACK_BYTES];
  if (message.type == TAP_RTP)
    tapwire_write_rtp(header, message.track, message.capture_us, message.sequence);
  else
    tapwire_write_header(header, message.type, message.track, message.capture_us);
  MUST(memcmp(header, data, sizeof header) == 0);

  TapTrack track;
  if (message.type == TAP_TRACK && tapwire_parse_track(message.body, message.body_len, &track)) {
    tapwire_write_track(body, &track);
    MUST(memcmp(body, message.body, sizeof body) == 0);
  }
  return 0;
}
