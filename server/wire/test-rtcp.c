#include "wire/rtcp.h"

#include <glib.h>
#include <string.h>

static bool first(const uint8_t *data, size_t len, RtcpPacket *packet) {
  RtcpReader reader;
  bool malformed;
  rtcp_reader_init(&reader, data, len);
  bool found = rtcp_next(&reader, packet, &malformed);
  g_assert_cmpint(malformed, ==, !found && len > 0);
  return found;
}

/* The FCI of a feedback packet that must be there. */
static size_t feedback(const uint8_t *data, size_t len, RtcpType type, unsigned format,
                       const uint8_t **fci) {
  RtcpPacket packet;
  RtcpFeedback head;
  size_t fci_len;
  g_assert_true(first(data, len, &packet));
  g_assert_cmpuint(packet.type, ==, type);
  g_assert_cmpuint(packet.count, ==, format);
  g_assert_true(rtcp_parse_feedback(&packet, &head, fci, &fci_len));
  g_assert_cmpuint(head.sender_ssrc, ==, 1);
  return fci_len;
}

static const RtcpReport some_reports[] = {
    {0xa, 12, -3, 70000, 55, 0x11112222, 65536},
    {0xb, 255, 0x7fffff, 1, 2, 3, 4},
};

static void test_reports(void) {
  uint8_t out[200];
  RtcpSenderInfo info = {0x1234, UINT64_C(0x0102030405060708), 90000, 11, 2222}, read;
  RtcpReport reports[31];
  RtcpPacket packet;
  size_t len = rtcp_write_sr(out, sizeof out, &info, some_reports, 2);
  g_assert_cmpuint(len, ==, 28 + 48);
  g_assert_true(first(out, len, &packet));
  g_assert_cmpint(rtcp_parse_reports(&packet, &read, reports, 31), ==, 2);
  g_assert_cmpuint(read.ssrc, ==, info.ssrc);
  g_assert_cmpuint(read.ntp, ==, info.ntp);
  g_assert_cmpuint(read.rtp_timestamp, ==, info.rtp_timestamp);
  g_assert_cmpuint(read.packets, ==, info.packets);
  g_assert_cmpuint(read.bytes, ==, info.bytes);
  for (unsigned i = 0; i < 2; i++) {
    g_assert_cmpuint(reports[i].ssrc, ==, some_reports[i].ssrc);
    g_assert_cmpuint(reports[i].fraction_lost, ==, some_reports[i].fraction_lost);
    g_assert_cmpint(reports[i].total_lost, ==, some_reports[i].total_lost);
    g_assert_cmpuint(reports[i].highest_sequence, ==, some_reports[i].highest_sequence);
    g_assert_cmpuint(reports[i].jitter, ==, some_reports[i].jitter);
    g_assert_cmpuint(reports[i].lsr, ==, some_reports[i].lsr);
    g_assert_cmpuint(reports[i].dlsr, ==, some_reports[i].dlsr);
  }
  g_assert_cmpint(rtcp_parse_reports(&packet, &read, reports, 1), ==, 1);
  packet.len--;
  g_assert_cmpint(rtcp_parse_reports(&packet, &read, reports, 31), ==, -1);

  len = rtcp_write_rr(out, sizeof out, 77, some_reports, 1);
  g_assert_cmpuint(len, ==, 32);
  g_assert_true(first(out, len, &packet));
  g_assert_cmpint(rtcp_parse_reports(&packet, &read, reports, 31), ==, 1);
  g_assert_cmpuint(read.ssrc, ==, 77);
  g_assert_cmpuint(read.ntp, ==, 0);
  len = rtcp_write_rr(out, sizeof out, 77, NULL, 0);
  g_assert_true(first(out, len, &packet));
  g_assert_cmpint(rtcp_parse_reports(&packet, &read, reports, 31), ==, 0);
}

static void test_compound(void) {
  uint8_t out[200];
  size_t len = rtcp_write_rr(out, sizeof out, 1, NULL, 0);
  len += rtcp_write_sdes_cname(out + len, sizeof out - len, 1, "yishi");
  len += rtcp_write_pli(out + len, sizeof out - len, 1, 2);
  static const uint8_t bye[] = {0x81, RTCP_BYE, 0, 1, 0, 0, 0, 1};
  memcpy(out + len, bye, sizeof bye);
  len += sizeof bye;
  static const uint8_t types[] = {RTCP_RR, RTCP_SDES, RTCP_PSFB, RTCP_BYE};
  RtcpReader reader;
  RtcpPacket packet;
  bool malformed;
  rtcp_reader_init(&reader, out, len);
  for (unsigned i = 0; i < 4; i++) {
    g_assert_true(rtcp_next(&reader, &packet, &malformed));
    g_assert_cmpuint(packet.type, ==, types[i]);
  }
  g_assert_false(rtcp_next(&reader, &packet, &malformed));
  g_assert_false(malformed);

  /* Every shorter cut: whole packets, then either the end or malformed. */
  for (size_t cut = 0; cut < len; cut++) {
    uint8_t *copy = g_memdup2(out, cut ? cut : 1);
    rtcp_reader_init(&reader, copy, cut);
    while (rtcp_next(&reader, &packet, &malformed))
      ;
    g_assert_cmpint(malformed, ==, reader.at != reader.end);
    g_free(copy);
  }
}

static void test_padding(void) {
  uint8_t out[20] = {0xa0 | 1, RTCP_BYE, 0, 2, 0, 0, 0, 5, 0, 0, 0, 4};
  RtcpPacket packet;
  g_assert_true(first(out, 12, &packet));
  g_assert_cmpuint(packet.len, ==, 4);
  out[11] = 0;
  g_assert_false(first(out, 12, &packet));
  out[11] = 9;
  g_assert_false(first(out, 12, &packet));
  uint8_t empty[] = {0xa0, RTCP_BYE, 0, 0};
  g_assert_false(first(empty, 4, &packet));
}

static void test_sdes_words(void) {
  /* The text ends with at least one zero, whatever its length. */
  static const char *const names[] = {"", "a", "ab", "abc", "abcd"};
  static const size_t bytes[] = {12, 12, 16, 16, 16};
  for (unsigned i = 0; i < 5; i++) {
    uint8_t out[32];
    memset(out, 0xff, sizeof out);
    g_assert_cmpuint(rtcp_write_sdes_cname(out, sizeof out, 9, names[i]), ==, bytes[i]);
    g_assert_cmpuint(out[9], ==, strlen(names[i]));
    g_assert_cmpuint(out[bytes[i] - 1], ==, 0);
    g_assert_cmpuint(rtcp_write_sdes_cname(out, bytes[i] - 1, 9, names[i]), ==, 0);
  }
}

static void test_nack(void) {
  static const uint16_t lost[] = {65530, 65531, 65535, 0, 10, 11, 27, 1000};
  uint8_t out[64];
  const uint8_t *fci;
  uint16_t read[32];
  size_t len = rtcp_write_nack(out, sizeof out, 1, 2, lost, G_N_ELEMENTS(lost));
  size_t fci_len = feedback(out, len, RTCP_RTPFB, RTCP_FB_NACK, &fci);
  g_assert_cmpuint(fci_len, ==, 12); /* 65530+16, 11+16, 1000 */
  size_t count = rtcp_parse_nack(fci, fci_len, read, G_N_ELEMENTS(read));
  g_assert_cmpmem(read, count * 2, lost, sizeof lost);
  g_assert_cmpuint(rtcp_parse_nack(fci, fci_len, read, 3), ==, 3);
  g_assert_cmpuint(rtcp_parse_nack(fci, 3, read, 3), ==, 0);
  g_assert_cmpuint(rtcp_write_nack(out, 23, 1, 2, lost, G_N_ELEMENTS(lost)), ==, 0);
  g_assert_cmpuint(rtcp_write_nack(out, sizeof out, 1, 2, lost, 0), ==, 0);
}

static void test_key_frame_requests(void) {
  uint8_t out[64];
  const uint8_t *fci;
  RtcpFir firs[2];
  size_t len = rtcp_write_pli(out, sizeof out, 1, 2);
  g_assert_cmpuint(feedback(out, len, RTCP_PSFB, RTCP_FB_PLI, &fci), ==, 0);
  len = rtcp_write_fir(out, sizeof out, 1, 0xcafe, 200);
  size_t fci_len = feedback(out, len, RTCP_PSFB, RTCP_FB_FIR, &fci);
  g_assert_cmpuint(rtcp_parse_fir(fci, fci_len, firs, 2), ==, 1);
  g_assert_cmpuint(firs[0].ssrc, ==, 0xcafe);
  g_assert_cmpuint(firs[0].sequence, ==, 200);
  g_assert_cmpuint(rtcp_write_pli(out, 11, 1, 2), ==, 0);
  g_assert_cmpuint(rtcp_write_fir(out, 19, 1, 2, 3), ==, 0);
}

static void test_remb(void) {
  static const uint64_t rates[] = {0, 1, 0x3ffff, 0x40000, 2500000, UINT64_C(1) << 40, UINT64_MAX};
  static const uint32_t ssrcs[] = {7, 8};
  for (size_t i = 0; i < G_N_ELEMENTS(rates); i++) {
    uint8_t out[64];
    const uint8_t *fci;
    uint64_t bps;
    size_t len = rtcp_write_remb(out, sizeof out, 1, ssrcs, 2, rates[i]);
    size_t fci_len = feedback(out, len, RTCP_PSFB, RTCP_FB_REMB, &fci);
    g_assert_true(rtcp_parse_remb(fci, fci_len, &bps));
    g_assert_cmpuint(bps, <=, rates[i]);
    g_assert_cmpuint(rates[i] - bps, <=, rates[i] >> 17);
    for (size_t cut = 0; cut < fci_len; cut++)
      g_assert_false(rtcp_parse_remb(fci, cut, &bps));
  }
  uint64_t bps;
  g_assert_false(rtcp_parse_remb((const uint8_t *)"REMB\0\xff\xff\xff", 8, &bps)); /* > 64 bits */
  g_assert_false(rtcp_parse_remb((const uint8_t *)"REMC\0\0\0\1", 8, &bps));
}

/* By hand from the draft's §3.1. */
static void test_twcc_known(void) {
  static const uint8_t fci[] = {
      0x00, 0x05, 0x00, 0x07, 0xff, 0xff, 0xff, 0x2a, /* base 5, 7 statuses, reference -1, #42 */
      0x20, 0x02,                                     /* run: 2 small */
      0xd8, 0x00,                                     /* two-bit: small, large, lost … */
      0x04, 0x08, 0xff, 0xff, 0xfe,                   /* 1 ms, 2 ms, 63.75 ms, -0.5 ms */
  };
  RtcpTwcc twcc;
  g_assert_true(rtcp_parse_twcc(fci, sizeof fci, &twcc));
  g_assert_cmpuint(twcc.base_sequence, ==, 5);
  g_assert_cmpuint(twcc.count, ==, 7);
  g_assert_cmpuint(twcc.feedback_count, ==, 42);
  g_assert_cmpint(twcc.reference_us, ==, -64000);
  static const bool received[] = {true, true, true, true, false, false, false};
  static const int32_t deltas[] = {1000, 2000, 63750, -500, 0, 0, 0};
  for (unsigned i = 0; i < 7; i++) {
    g_assert_cmpint(twcc.received[i], ==, received[i]);
    g_assert_cmpint(twcc.delta_us[i], ==, deltas[i]);
  }
  for (size_t cut = 0; cut < sizeof fci; cut++)
    g_assert_false(rtcp_parse_twcc(fci, cut, &twcc));
}

static void test_twcc_refused(void) {
  RtcpTwcc twcc;
  uint8_t fci[] = {0, 0, 0, 1, 0, 0, 0, 0, 0x60, 0x01, 0, 0, 0, 0, 0, 0};
  g_assert_false(rtcp_parse_twcc(fci, sizeof fci, &twcc)); /* the reserved symbol */
  fci[8] = 0xf0;
  g_assert_false(rtcp_parse_twcc(fci, sizeof fci, &twcc)); /* also in a vector */
  fci[8] = 0x20;
  g_assert_true(rtcp_parse_twcc(fci, sizeof fci, &twcc));
  fci[3] = 0;
  g_assert_false(rtcp_parse_twcc(fci, sizeof fci, &twcc));
  fci[2] = 0x20; /* 8192 statuses: more than we read */
  g_assert_false(rtcp_parse_twcc(fci, sizeof fci, &twcc));
}

/* Random feedback survives, with every mixture of losses and delta sizes. */
static void test_twcc_round_trip(void) {
  GRand *rand = g_rand_new_with_seed(11);
  RtcpTwcc *wrote = g_new0(RtcpTwcc, 1), *read = g_new0(RtcpTwcc, 1);
  for (unsigned round = 0; round < 3000; round++) {
    uint8_t out[4096];
    const uint8_t *fci;
    int loss = g_rand_int_range(rand, 0, 101), large = g_rand_int_range(rand, 0, 101);
    wrote->base_sequence = (uint16_t)g_rand_int(rand);
    wrote->count = (uint16_t)g_rand_int_range(rand, 1, round % 10 ? 60 : TWCC_PACKETS_MAX + 1);
    wrote->feedback_count = (uint8_t)round;
    wrote->reference_us = (int64_t)g_rand_int_range(rand, -0x800000, 0x800000) * 64000;
    for (unsigned i = 0; i < wrote->count; i++) {
      wrote->received[i] = g_rand_int_range(rand, 0, 100) >= loss;
      gint32 steps = g_rand_int_range(rand, 0, 100) < large
                         ? g_rand_int_range(rand, INT16_MIN, INT16_MAX + 1)
                         : g_rand_int_range(rand, 0, 256);
      wrote->delta_us[i] = wrote->received[i] ? steps * 250 : 0;
    }
    size_t len = rtcp_write_twcc(out, sizeof out, 1, 2, wrote);
    g_assert_cmpuint(len, >, 0);
    size_t fci_len = feedback(out, len, RTCP_RTPFB, RTCP_FB_TWCC, &fci);
    g_assert_true(rtcp_parse_twcc(fci, fci_len, read));
    g_assert_cmpuint(read->base_sequence, ==, wrote->base_sequence);
    g_assert_cmpuint(read->count, ==, wrote->count);
    g_assert_cmpint(read->reference_us, ==, wrote->reference_us);
    g_assert_cmpmem(read->received, wrote->count, wrote->received, wrote->count);
    g_assert_cmpmem(read->delta_us, 4u * wrote->count, wrote->delta_us, 4u * wrote->count);
    uint8_t *exact = g_malloc(len - 1);
    g_assert_cmpuint(rtcp_write_twcc(exact, len - 1, 1, 2, wrote), ==, 0);
    g_free(exact);
  }
  g_free(wrote);
  g_free(read);
  g_rand_free(rand);
}

static void test_twcc_rounding(void) {
  /* 100 packets 130 µs apart: the steps must not drift away from 13 ms. */
  static RtcpTwcc twcc, read;
  uint8_t out[400];
  const uint8_t *fci;
  twcc.count = 100;
  for (unsigned i = 0; i < 100; i++) {
    twcc.received[i] = true;
    twcc.delta_us[i] = 130;
  }
  size_t len = rtcp_write_twcc(out, sizeof out, 1, 2, &twcc);
  size_t fci_len = feedback(out, len, RTCP_RTPFB, RTCP_FB_TWCC, &fci);
  g_assert_true(rtcp_parse_twcc(fci, fci_len, &read));
  int32_t sum = 0;
  for (unsigned i = 0; i < 100; i++) {
    sum += read.delta_us[i];
    g_assert_cmpint(ABS(sum - 130 * (int32_t)(i + 1)), <=, 125);
  }
  twcc.delta_us[50] = 9000000; /* no 16 bits of steps hold 9 s */
  g_assert_cmpuint(rtcp_write_twcc(out, sizeof out, 1, 2, &twcc), ==, 0);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/rtcp/reports", test_reports);
  g_test_add_func("/rtcp/compound", test_compound);
  g_test_add_func("/rtcp/padding", test_padding);
  g_test_add_func("/rtcp/sdes-words", test_sdes_words);
  g_test_add_func("/rtcp/nack", test_nack);
  g_test_add_func("/rtcp/key-frame-requests", test_key_frame_requests);
  g_test_add_func("/rtcp/remb", test_remb);
  g_test_add_func("/rtcp/twcc-known", test_twcc_known);
  g_test_add_func("/rtcp/twcc-refused", test_twcc_refused);
  g_test_add_func("/rtcp/twcc-round-trip", test_twcc_round_trip);
  g_test_add_func("/rtcp/twcc-rounding", test_twcc_rounding);
  return g_test_run();
}
