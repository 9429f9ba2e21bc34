#include "frames.h"

#include <string.h>

#define KEY 1
#define START 2
#define MARKER 4

/* A payload of `len` bytes, all `mark` behind what is read of it. */
static FramesVerdict put_sized(Frames *frames, unsigned what, uint8_t mark, size_t len,
                               uint16_t side) {
  g_autofree uint8_t *payload = g_malloc(len);
  memset(payload, mark, len);
  payload[0] = what & (KEY | START) ? 0x10 : 0;
  if (what & (KEY | START)) {
    const uint8_t head[] = {
        what & KEY ? 0x10 : 0x11, 0, 0, 0x9d, 0x01, 0x2a, (uint8_t)side, 0, (uint8_t)side, 0};
    memcpy(payload + 1, head, sizeof head);
  }
  return frames_put(frames, payload, len, what & MARKER);
}

static FramesVerdict put(Frames *frames, unsigned what, uint8_t mark) {
  return put_sized(frames, what, mark, 20, 64);
}

static void check(Frames *frames, size_t bytes, bool keyframe, uint8_t last) {
  GstBuffer *buffer = frames_take(frames);
  g_assert_cmpuint(gst_buffer_get_size(buffer), ==, bytes);
  g_assert_cmpint(GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT), ==, !keyframe);
  uint8_t got;
  gst_buffer_extract(buffer, bytes - 1, &got, 1);
  g_assert_cmpuint(got, ==, last);
  gst_buffer_unref(buffer);
}

static void test_pictures(void) {
  Frames frames;
  frames_init(&frames);
  g_assert_cmpint(put(&frames, START | MARKER, 1), ==, FRAMES_WAIT); /* a key frame first */
  g_assert_cmpint(put(&frames, KEY, 2), ==, FRAMES_MORE);
  g_assert_cmpuint(frames.width, ==, 64);
  g_assert_cmpint(put(&frames, 0, 3), ==, FRAMES_MORE);
  g_assert_cmpint(put(&frames, MARKER, 4), ==, FRAMES_WHOLE);
  check(&frames, 57, true, 4); /* without the descriptors */
  g_assert_cmpint(put(&frames, START | MARKER, 5), ==, FRAMES_WHOLE);
  check(&frames, 19, false, 5);
  frames_clear(&frames);
}

static void test_losses(void) {
  Frames frames;
  frames_init(&frames);
  g_assert_cmpint(put(&frames, KEY | MARKER, 1), ==, FRAMES_WHOLE);
  g_assert_cmpint(put(&frames, START, 2), ==, FRAMES_MORE);
  frames_lost(&frames);
  g_assert_cmpint(put(&frames, MARKER, 3), ==, FRAMES_WAIT);
  g_assert_cmpint(put(&frames, START | MARKER, 4), ==, FRAMES_WAIT);
  g_assert_cmpint(put(&frames, KEY | MARKER, 5), ==, FRAMES_WHOLE);
  check(&frames, 19, true, 5);
  /* No end: what follows cannot be decoded either, a key frame can. */
  g_assert_cmpint(put(&frames, START, 6), ==, FRAMES_MORE);
  g_assert_cmpint(put(&frames, START | MARKER, 7), ==, FRAMES_WAIT);
  g_assert_cmpint(put(&frames, KEY, 8), ==, FRAMES_MORE);
  g_assert_cmpint(put(&frames, KEY | MARKER, 9), ==, FRAMES_WHOLE);
  check(&frames, 19, true, 9);
  /* No beginning. */
  g_assert_cmpint(put(&frames, MARKER, 10), ==, FRAMES_WAIT);
  frames_clear(&frames);
}

static void test_nonsense(void) {
  Frames frames;
  frames_init(&frames);
  g_assert_cmpint(frames_put(&frames, (const uint8_t *)"", 0, true), ==, FRAMES_WAIT);
  g_assert_cmpint(put_sized(&frames, KEY | MARKER, 1, 20, FRAMES_SIDE_MIN - 1), ==, FRAMES_WAIT);
  g_assert_cmpint(put_sized(&frames, KEY | MARKER, 1, 20, FRAMES_SIDE_MIN), ==, FRAMES_WHOLE);
  /* A picture without end is given up. */
  g_assert_cmpint(put(&frames, KEY, 1), ==, FRAMES_MORE);
  unsigned more = 0;
  while (put_sized(&frames, 0, 2, 1200, 0) == FRAMES_MORE)
    more++;
  g_assert_cmpuint(more, ==, (FRAMES_MAX_BYTES - 19) / 1199);
  g_assert_cmpint(put(&frames, MARKER, 3), ==, FRAMES_WAIT);
  frames_clear(&frames);
}

int main(int argc, char **argv) {
  gst_init(NULL, NULL);
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/frames/pictures", test_pictures);
  g_test_add_func("/frames/losses", test_losses);
  g_test_add_func("/frames/nonsense", test_nonsense);
  return g_test_run();
}
