#include "wire/tapwire.h"

#include <glib.h>
#include <string.h>

static void test_rtp(void) {
  uint8_t data[TAP_HEADER_BYTES + 12] = {0};
  TapMessage message;
  tapwire_write_header(data, TAP_RTP, 0x01020304, -5);
  data[TAP_HEADER_BYTES] = 0x80;
  g_assert_true(tapwire_parse(data, sizeof data, &message));
  g_assert_cmpint(message.type, ==, TAP_RTP);
  g_assert_cmpuint(message.track, ==, 0x01020304);
  g_assert_cmpint(message.capture_us, ==, -5);
  g_assert_cmpuint(message.body_len, ==, 12);
  g_assert_true(message.body == data + TAP_HEADER_BYTES);
  g_assert_cmpuint(message.sequence, ==, 0);
  g_assert_false(tapwire_parse(data, sizeof data - 1, &message)); /* no whole RTP header */
  /* The upper bits of the number before, the lower in the packet. */
  tapwire_write_rtp(data, 0x01020304, -5, UINT64_C(0x123456789a));
  data[TAP_HEADER_BYTES + 2] = 0x78;
  data[TAP_HEADER_BYTES + 3] = 0x9a;
  g_assert_true(tapwire_parse(data, sizeof data, &message));
  g_assert_cmpuint(message.sequence, ==, UINT64_C(0x123456789a));
  g_assert_cmpint(message.capture_us, ==, -5);
}

static void test_track(void) {
  uint8_t data[TAP_HEADER_BYTES + TAP_TRACK_BYTES];
  TapTrack track = {.codec = TAP_VP8, .source = 3, .payload_type = 96, .clock_rate = 90000}, read;
  TapMessage message;
  tapwire_write_header(data, TAP_TRACK, 9, 123456789012345);
  tapwire_write_track(data + TAP_HEADER_BYTES, &track);
  g_assert_true(tapwire_parse(data, sizeof data, &message));
  g_assert_cmpint(message.capture_us, ==, 123456789012345);
  g_assert_true(tapwire_parse_track(message.body, message.body_len, &read));
  g_assert_cmpint(read.codec, ==, TAP_VP8);
  g_assert_cmpuint(read.source, ==, 3);
  g_assert_cmpuint(read.payload_type, ==, 96);
  g_assert_cmpuint(read.clock_rate, ==, 90000);
  g_assert_false(tapwire_parse_track(message.body, message.body_len - 1, &read));
  data[TAP_HEADER_BYTES] = 3;
  g_assert_false(tapwire_parse_track(message.body, message.body_len, &read));
  g_assert_false(tapwire_parse(data, sizeof data - 1, &message));
}

static void test_without_body(void) {
  static const TapType types[] = {TAP_TRACK_END, TAP_PROGRAM, TAP_KEYFRAME};
  for (unsigned i = 0; i < 3; i++) {
    uint8_t data[TAP_HEADER_BYTES + 1] = {0};
    TapMessage message;
    tapwire_write_header(data, types[i], 4, 5);
    for (size_t len = 0; len < TAP_HEADER_BYTES; len++)
      g_assert_false(tapwire_parse(data, len, &message));
    g_assert_true(tapwire_parse(data, TAP_HEADER_BYTES, &message));
    g_assert_cmpint(message.type, ==, types[i]);
    g_assert_cmpuint(message.body_len, ==, 0);
    g_assert_false(tapwire_parse(data, TAP_HEADER_BYTES + 1, &message));
  }
}

static void test_refused(void) {
  static uint8_t data[TAP_MESSAGE_MAX + 1];
  TapMessage message;
  tapwire_write_header(data, TAP_RTP, 1, 1);
  g_assert_true(tapwire_parse(data, TAP_MESSAGE_MAX, &message));
  g_assert_false(tapwire_parse(data, TAP_MESSAGE_MAX + 1, &message));
  data[0] = 0;
  g_assert_false(tapwire_parse(data, 100, &message));
  data[0] = 6;
  g_assert_false(tapwire_parse(data, 100, &message));
  tapwire_write_header(data, TAP_KEYFRAME, 1, 1);
  g_assert_true(tapwire_parse(data, TAP_HEADER_BYTES, &message));
  data[2] = 1; /* reserved */
  g_assert_false(tapwire_parse(data, TAP_HEADER_BYTES, &message));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/tapwire/rtp", test_rtp);
  g_test_add_func("/tapwire/track", test_track);
  g_test_add_func("/tapwire/without-body", test_without_body);
  g_test_add_func("/tapwire/refused", test_refused);
  return g_test_run();
}
