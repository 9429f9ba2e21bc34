#include "wire/vp8.h"

#include <glib.h>
#include <string.h>

/* A key frame of 640x360 behind a descriptor with everything, as libwebrtc sends it. */
static const uint8_t key[] = {0x90, 0xf0, 0x92, 0x34, 0x56, 0x65, 0x50, 0x01,
                              0x00, 0x9d, 0x01, 0x2a, 0x80, 0x42, 0x68, 0x81};

static void test_keyframe(void) {
  Vp8Descriptor vp8;
  g_assert_true(vp8_parse(key, sizeof key, &vp8));
  g_assert_true(vp8.start_of_partition);
  g_assert_true(vp8.has_picture_id && vp8.picture_id_15bit);
  g_assert_cmpuint(vp8.picture_id, ==, 0x1234);
  g_assert_true(vp8.has_tl0picidx);
  g_assert_cmpuint(vp8.tl0picidx, ==, 0x56);
  g_assert_true(vp8.has_tid && vp8.layer_sync && vp8.has_keyidx);
  g_assert_cmpuint(vp8.tid, ==, 1);
  g_assert_cmpuint(vp8.keyidx, ==, 5);
  g_assert_cmpuint(vp8.header_len, ==, 6);
  g_assert_true(vp8.keyframe);
  g_assert_cmpuint(vp8.width, ==, 640);
  g_assert_cmpuint(vp8.height, ==, 360); /* the scaling bits above are not size */
}

static void test_not_keyframe(void) {
  Vp8Descriptor vp8;
  uint8_t data[sizeof key];
  memcpy(data, key, sizeof key);
  data[6] |= 1; /* inter frame */
  g_assert_true(vp8_parse(data, sizeof data, &vp8));
  g_assert_false(vp8.keyframe);
  memcpy(data, key, sizeof key);
  data[0] = 0x80; /* not the frame's start */
  g_assert_true(vp8_parse(data, sizeof data, &vp8));
  g_assert_false(vp8.keyframe);
  data[0] = 0x91; /* another partition */
  g_assert_true(vp8_parse(data, sizeof data, &vp8));
  g_assert_false(vp8.keyframe);
  memcpy(data, key, sizeof key);
  data[9] = 0; /* no start code: nobody could decode it */
  g_assert_true(vp8_parse(data, sizeof data, &vp8));
  g_assert_false(vp8.keyframe);
}

static void test_short_forms(void) {
  Vp8Descriptor vp8;
  static const uint8_t bare[] = {0x10, 0x01, 0x02};
  g_assert_true(vp8_parse(bare, sizeof bare, &vp8));
  g_assert_cmpuint(vp8.header_len, ==, 1);
  g_assert_false(vp8.has_picture_id);
  static const uint8_t seven[] = {0x80, 0x80, 0x55, 0x01};
  g_assert_true(vp8_parse(seven, sizeof seven, &vp8));
  g_assert_true(vp8.has_picture_id && !vp8.picture_id_15bit);
  g_assert_cmpuint(vp8.picture_id, ==, 0x55);
  g_assert_cmpuint(vp8.header_len, ==, 3);
  static const uint8_t keyidx[] = {0x80, 0x10, 0xff, 0x01}; /* no TID: its bits mean nothing */
  g_assert_true(vp8_parse(keyidx, sizeof keyidx, &vp8));
  g_assert_cmpuint(vp8.tid, ==, 0);
  g_assert_false(vp8.layer_sync);
  g_assert_cmpuint(vp8.keyidx, ==, 31);
}

static void test_truncated(void) {
  Vp8Descriptor vp8;
  for (size_t len = 0; len < sizeof key; len++) {
    uint8_t *copy = g_memdup2(key, len ? len : 1);
    g_assert_cmpint(vp8_parse(copy, len, &vp8), ==, len > 6);
    g_assert_false(vp8.keyframe);
    g_free(copy);
  }
}

static void test_rewrite(void) {
  Vp8Descriptor vp8, again;
  uint8_t data[sizeof key];
  memcpy(data, key, sizeof key);
  g_assert_true(vp8_parse(data, sizeof data, &vp8));
  vp8_rewrite(data, &vp8, 0xffff, 200);
  g_assert_true(vp8_parse(data, sizeof data, &again));
  g_assert_true(again.picture_id_15bit);
  g_assert_cmpuint(again.picture_id, ==, 0x7fff);
  g_assert_cmpuint(again.tl0picidx, ==, 200);
  vp8_rewrite(data, &vp8, vp8.picture_id, vp8.tl0picidx);
  g_assert_cmpmem(data, sizeof data, key, sizeof key);

  uint8_t seven[] = {0x80, 0xc0, 0x55, 0x02, 0x01};
  g_assert_true(vp8_parse(seven, sizeof seven, &vp8));
  vp8_rewrite(seven, &vp8, 0x1ff, 9);
  g_assert_cmpmem(seven, sizeof seven, "\x80\xc0\x7f\x09\x01", 5);

  uint8_t bare[] = {0x10, 0x01, 0x02, 0x03};
  g_assert_true(vp8_parse(bare, sizeof bare, &vp8));
  vp8_rewrite(bare, &vp8, 1, 1);
  g_assert_cmpmem(bare, sizeof bare, "\x10\x01\x02\x03", 4);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/vp8/keyframe", test_keyframe);
  g_test_add_func("/vp8/not-keyframe", test_not_keyframe);
  g_test_add_func("/vp8/short-forms", test_short_forms);
  g_test_add_func("/vp8/truncated", test_truncated);
  g_test_add_func("/vp8/rewrite", test_rewrite);
  return g_test_run();
}
