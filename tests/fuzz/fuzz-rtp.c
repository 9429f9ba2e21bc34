/* RTP headers and header extensions: whatever parses lies inside the packet. */
#include "fuzz.h"

#include <string.h>

#include "wire/rtp.h"

static void check_extensions(const uint8_t *data, size_t len, const RtpHeader *header) {
  for (unsigned id = 0; id <= 255; id++) {
    const uint8_t *value;
    size_t value_len;
    if (!rtp_extension(data, header, (uint8_t)id, &value, &value_len))
      continue;
    MUST(value >= data + header->extension_offset);
    MUST(value + value_len <= data + header->extension_offset + header->extension_len);
    volatile uint8_t sum = 0;
    for (size_t i = 0; i < value_len; i++)
      sum = (uint8_t)(sum + value[i]);
  }
  MUST(header->extension_offset + header->extension_len <= header->payload_offset);
  MUST((size_t)header->payload_offset + header->payload_len + header->padding_len == len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  RtpHeader sealed, open;
  rtp_is_rtcp(data, len);
  bool sealed_ok = rtp_parse(data, len, false, &sealed);
  if (sealed_ok)
    check_extensions(data, len, &sealed);
  if (!rtp_parse(data, len, true, &open))
    return 0;
  MUST(sealed_ok);
  check_extensions(data, len, &open);
  MUST(open.payload_len + open.padding_len == sealed.payload_len);

  uint8_t out[RTP_HEADER_BYTES];
  RtpHeader again;
  rtp_write(out, &open);
  MUST(rtp_parse(out, sizeof out, true, &again));
  MUST(again.marker == open.marker && again.payload_type == open.payload_type &&
       again.sequence == open.sequence && again.timestamp == open.timestamp &&
       again.ssrc == open.ssrc);
  return 0;
}
