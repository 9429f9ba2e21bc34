/* Compound RTCP and everything in it; what was read, written and read again stays the same. */
#include "fuzz.h"

#include <string.h>

#include "wire/rtcp.h"

static void check_twcc(const uint8_t *fci, size_t len) {
  static RtcpTwcc first, second;
  static uint8_t out[8 * TWCC_PACKETS_MAX];
  if (!rtcp_parse_twcc(fci, len, &first))
    return;
  MUST(first.count > 0 && first.count <= TWCC_PACKETS_MAX);
  size_t written = rtcp_write_twcc(out, sizeof out, 1, 2, &first);
  MUST(written > 12 && written % 4 == 0);
  MUST(rtcp_parse_twcc(out + 12, written - 12, &second));
  MUST(first.count == second.count && first.base_sequence == second.base_sequence);
  MUST(first.reference_us == second.reference_us && first.feedback_count == second.feedback_count);
  MUST(memcmp(first.received, second.received, first.count) == 0);
  MUST(memcmp(first.delta_us, second.delta_us, first.count * sizeof first.delta_us[0]) == 0);
}

static void check_nack(const uint8_t *fci, size_t len) {
  static uint16_t sequences[17 * 0x4000];
  static uint8_t out[0x10000];
  size_t count = rtcp_parse_nack(fci, len, sequences, 17 * 0x4000);
  MUST(count <= len / 4 * 17);
  size_t written = rtcp_write_nack(out, sizeof out, 1, 2, sequences, count);
  MUST(written == 0 || written >= 16);
}

static void check_feedback(const RtcpPacket *packet) {
  RtcpFeedback feedback;
  const uint8_t *fci;
  size_t len;
  if (!rtcp_parse_feedback(packet, &feedback, &fci, &len))
    return;
  MUST(fci + len == packet->body + packet->len);
  RtcpFir firs[8];
  uint64_t bps;
  check_nack(fci, len);
  check_twcc(fci, len);
  MUST(rtcp_parse_fir(fci, len, firs, 8) <= 8);
  if (rtcp_parse_remb(fci, len, &bps)) {
    uint8_t out[20];
    uint64_t again;
    MUST(rtcp_write_remb(out, sizeof out, 1, NULL, 0, bps) == 20);
    MUST(rtcp_parse_remb(out + 12, 8, &again) && again == bps);
  }
}

static void check_reports(const RtcpPacket *packet) {
  RtcpSenderInfo info;
  RtcpReport reports[31];
  uint8_t out[1000];
  int count = rtcp_parse_reports(packet, &info, reports, 31);
  if (count < 0)
    return;
  size_t written = packet->type == RTCP_SR
                       ? rtcp_write_sr(out, sizeof out, &info, reports, (size_t)count)
                       : rtcp_write_rr(out, sizeof out, info.ssrc, reports, (size_t)count);
  MUST(written >= 8 && written - 4 <= packet->len);
  MUST(memcmp(out + 4, packet->body, written - 4) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  RtcpReader reader;
  RtcpPacket packet;
  bool malformed;
  rtcp_reader_init(&reader, data, len);
  while (rtcp_next(&reader, &packet, &malformed)) {
    MUST(packet.body >= data + 4 && packet.body + packet.len <= reader.at);
    check_reports(&packet);
    check_feedback(&packet);
  }
  MUST(malformed == (reader.at != data + len));
  return 0;
}
