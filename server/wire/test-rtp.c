#include "wire/rtp.h"

#include <glib.h>
#include <string.h>

/* In a block of exactly its size, so that a sanitizer sees a byte too far. */
static bool parse_exact(const uint8_t *data, size_t len, bool padding_known, RtpHeader *header) {
  uint8_t *copy = g_malloc(len ? len : 1);
  if (len)
    memcpy(copy, data, len);
  bool ok = rtp_parse(copy, len, padding_known, header);
  g_free(copy);
  return ok;
}

static void test_plain(void) {
  static const uint8_t data[] = {0x80, 0xe0, 0x12, 0x34, 0, 1, 2, 3, 0xde, 0xad, 0xbe, 0xef, 9, 8};
  RtpHeader header;
  g_assert_true(parse_exact(data, sizeof data, true, &header));
  g_assert_true(header.marker);
  g_assert_cmpuint(header.payload_type, ==, 96);
  g_assert_cmpuint(header.sequence, ==, 0x1234);
  g_assert_cmpuint(header.timestamp, ==, 0x00010203);
  g_assert_cmpuint(header.ssrc, ==, 0xdeadbeef);
  g_assert_cmpuint(header.extension_profile, ==, 0);
  g_assert_cmpuint(header.payload_offset, ==, 12);
  g_assert_cmpuint(header.payload_len, ==, 2);
  uint8_t out[RTP_HEADER_BYTES];
  rtp_write(out, &header);
  g_assert_cmpmem(out, sizeof out, data, sizeof out);
}

/* Two CSRCs, an extension of two words, 3 bytes of payload, 4 of padding. */
static const uint8_t full[] = {0xb2, 96,   0,    7,    0, 0, 0, 1,    0,    0, 0, 2,    1,
                               1,    1,    1,    2,    2, 2, 2, 0xbe, 0xde, 0, 2, 0x10, 0x85,
                               0x00, 0x21, 0xaa, 0xbb, 0, 0, 5, 6,    7,    0, 0, 0,    4};

static void test_everything(void) {
  RtpHeader header;
  g_assert_true(parse_exact(full, sizeof full, true, &header));
  g_assert_cmpuint(header.extension_profile, ==, 0xbede);
  g_assert_cmpuint(header.extension_offset, ==, 24);
  g_assert_cmpuint(header.extension_len, ==, 8);
  g_assert_cmpuint(header.payload_offset, ==, 32);
  g_assert_cmpuint(header.payload_len, ==, 3);
  g_assert_cmpuint(header.padding_len, ==, 4);
  g_assert_true(parse_exact(full, sizeof full, false, &header));
  g_assert_cmpuint(header.payload_len, ==, 7);
  g_assert_cmpuint(header.padding_len, ==, 0);

  const uint8_t *value;
  size_t len;
  g_assert_true(rtp_extension(full, &header, 1, &value, &len));
  g_assert_cmpmem(value, len, "\x85", 1);
  g_assert_true(rtp_extension(full, &header, 2, &value, &len));
  g_assert_cmpmem(value, len, "\xaa\xbb", 2);
  g_assert_false(rtp_extension(full, &header, 3, &value, &len));
  g_assert_false(rtp_extension(full, &header, 0, &value, &len));
}

static void test_truncated(void) {
  RtpHeader header;
  for (size_t len = 0; len < 32; len++) {
    g_assert_false(parse_exact(full, len, false, &header));
    g_assert_false(parse_exact(full, len, true, &header));
  }
}

static void test_refused(void) {
  RtpHeader header;
  uint8_t data[sizeof full];
  memcpy(data, full, sizeof full);
  data[sizeof full - 1] = 0; /* no padding at all, though P says so */
  g_assert_false(parse_exact(data, sizeof data, true, &header));
  data[sizeof full - 1] = 8; /* more than there is */
  g_assert_false(parse_exact(data, sizeof data, true, &header));
  data[sizeof full - 1] = 7; /* nothing but padding: a probe */
  g_assert_true(parse_exact(data, sizeof data, true, &header));
  g_assert_cmpuint(header.payload_len, ==, 0);
  data[0] = 0x72;
  g_assert_false(parse_exact(data, sizeof data, false, &header));
}

static void test_two_byte_extension(void) {
  static const uint8_t data[] = {0x90, 96, 0,  0, 0, 0,   0, 0,   0,   0,   0,  0, 0x10, 0,
                                 0,    3,  20, 0, 0, 200, 3, 'a', 'b', 'c', 99, 9, 1,    2};
  RtpHeader header;
  const uint8_t *value;
  size_t len;
  g_assert_true(rtp_parse(data, sizeof data, false, &header));
  g_assert_true(rtp_extension(data, &header, 20, &value, &len));
  g_assert_cmpuint(len, ==, 0);
  g_assert_true(rtp_extension(data, &header, 200, &value, &len));
  g_assert_cmpmem(value, len, "abc", 3);
  g_assert_false(rtp_extension(data, &header, 99, &value, &len)); /* runs over the end */
}

static void test_extension_of_other_profile(void) {
  static const uint8_t data[] = {0x90, 96, 0,    0,    0, 0, 0,    0,    0, 0,
                                 0,    0,  0xca, 0xfe, 0, 1, 0x10, 0x20, 0, 0};
  RtpHeader header;
  const uint8_t *value;
  size_t len;
  g_assert_true(rtp_parse(data, sizeof data, false, &header));
  g_assert_cmpuint(header.extension_profile, ==, 0xcafe);
  g_assert_false(rtp_extension(data, &header, 1, &value, &len));
}

static void test_one_byte_ends(void) {
  /* 15 stops the reading; so does 0 with a length. */
  static const uint8_t stops[][4] = {{0xf0, 0, 0x10, 7}, {0x01, 0, 0, 0x10}};
  for (unsigned i = 0; i < 2; i++) {
    uint8_t data[20] = {0x90, 96, [12] = 0xbe, 0xde, 0, 1};
    memcpy(data + 16, stops[i], 4);
    RtpHeader header;
    const uint8_t *value;
    size_t len;
    g_assert_true(rtp_parse(data, sizeof data, false, &header));
    g_assert_false(rtp_extension(data, &header, 1, &value, &len));
    g_assert_false(rtp_extension(data, &header, 15, &value, &len));
  }
}

static void test_extension_writer(void) {
  uint8_t data[40] = {0};
  RtpHeader header = {.payload_type = 96, .ssrc = 5};
  rtp_write(data, &header);
  RtpExtensionWriter writer;
  rtp_extension_begin(&writer, data, sizeof data - RTP_HEADER_BYTES);
  rtp_extension_add(&writer, 3, "\x12\x34", 2);
  rtp_extension_add(&writer, 14, "0123456789abcdef", 16);
  g_assert_cmpuint(rtp_extension_end(&writer), ==, 24);
  g_assert_true(rtp_parse(data, sizeof data, false, &header));
  g_assert_cmpuint(header.payload_len, ==, 4);
  const uint8_t *value;
  size_t len;
  g_assert_true(rtp_extension(data, &header, 3, &value, &len));
  g_assert_cmpmem(value, len, "\x12\x34", 2);
  g_assert_true(rtp_extension(data, &header, 14, &value, &len));
  g_assert_cmpmem(value, len, "0123456789abcdef", 16);
}

static void test_extension_writer_bounds(void) {
  for (size_t size = 0; size < 20; size++) {
    uint8_t *out = g_malloc0(RTP_HEADER_BYTES + size);
    RtpExtensionWriter writer;
    rtp_extension_begin(&writer, out, size);
    rtp_extension_add(&writer, 1, "abcde", 5);
    rtp_extension_add(&writer, 2, "abcdefgh", 8);
    g_assert_cmpuint(rtp_extension_end(&writer), ==, 0);
    g_assert_cmpuint(out[0], ==, 0); /* no X */
    g_free(out);
  }
  uint8_t out[RTP_HEADER_BYTES + 64];
  RtpExtensionWriter writer;
  rtp_extension_begin(&writer, out, sizeof out - RTP_HEADER_BYTES);
  g_assert_cmpuint(rtp_extension_end(&writer), ==, 0);
  rtp_extension_begin(&writer, out, sizeof out - RTP_HEADER_BYTES);
  rtp_extension_add(&writer, 15, "a", 1);
  g_assert_cmpuint(rtp_extension_end(&writer), ==, 0);
}

static void test_is_rtcp(void) {
  static const struct {
    uint8_t data[4];
    bool rtcp;
  } cases[] = {{{0x80, 200}, true},  {{0x81, 223}, true},  {{0x80, 192}, true},
               {{0x80, 191}, false}, {{0x80, 224}, false}, {{0x80, 96}, false},
               {{0x00, 200}, false}, {{0x40, 200}, false}};
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
    g_assert_cmpint(rtp_is_rtcp(cases[i].data, 4), ==, cases[i].rtcp);
  g_assert_false(rtp_is_rtcp(cases[0].data, 0));
  g_assert_false(rtp_is_rtcp(cases[0].data, 3));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/rtp/plain", test_plain);
  g_test_add_func("/rtp/everything", test_everything);
  g_test_add_func("/rtp/truncated", test_truncated);
  g_test_add_func("/rtp/refused", test_refused);
  g_test_add_func("/rtp/two-byte-extension", test_two_byte_extension);
  g_test_add_func("/rtp/extension-of-other-profile", test_extension_of_other_profile);
  g_test_add_func("/rtp/one-byte-ends", test_one_byte_ends);
  g_test_add_func("/rtp/extension-writer", test_extension_writer);
  g_test_add_func("/rtp/extension-writer-bounds", test_extension_writer_bounds);
  g_test_add_func("/rtp/is-rtcp", test_is_rtcp);
  return g_test_run();
}
