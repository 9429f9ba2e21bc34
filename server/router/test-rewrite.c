#include <glib.h>

#include "router/rewrite.h"

static Packet packet_at(uint64_t sequence, uint32_t timestamp, int64_t capture_us) {
  Packet packet = {.sequence = sequence, .capture_us = capture_us};
  packet.rtp.sequence = (uint16_t)sequence;
  packet.rtp.timestamp = timestamp;
  return packet;
}

/* vp8: NULL when it has none. */
static Packet with_vp8(Packet packet, const Vp8Descriptor *vp8) {
  packet.vp8 = vp8 ? *vp8 : (Vp8Descriptor){0};
  packet.vp8.header_len = vp8 ? 6 : 0;
  return packet;
}

static void begin(Rewriter *rewriter, Packet first, const Vp8Descriptor *vp8) {
  first = with_vp8(first, vp8);
  rewriter_switch(rewriter, 7, &first);
}

static Rewritten apply(Rewriter *rewriter, Packet packet, const Vp8Descriptor *vp8) {
  Rewritten out;
  packet = with_vp8(packet, vp8);
  g_assert_true(rewriter_apply(rewriter, &packet, &out));
  return out;
}

static void test_wrap(void) {
  Rewriter rewriter;
  rewriter_init(&rewriter, 90000, 65534, 0xfffffff0);
  Packet first = packet_at(0x10000 + 65535, 0xffffff00, 1000);
  begin(&rewriter, first, NULL);
  Rewritten out = apply(&rewriter, first, NULL);
  g_assert_cmpuint((uint16_t)out.sequence, ==, 65534);
  g_assert_cmpuint(out.timestamp, ==, 0xfffffff0);
  out = apply(&rewriter, packet_at(0x20000 + 2, 0xffffff00 + 3000, 34333), NULL);
  g_assert_cmpuint((uint16_t)out.sequence, ==, 1);
  g_assert_cmpuint(out.timestamp, ==, 0xfffffff0 + 3000);
}

static void test_late(void) {
  Rewriter rewriter;
  rewriter_init(&rewriter, 90000, 100, 0);
  Packet first = packet_at(70000, 0, 1000000);
  begin(&rewriter, first, NULL);
  apply(&rewriter, first, NULL);
  g_assert_cmpuint((uint16_t)apply(&rewriter, packet_at(70005, 9000, 1100000), NULL).sequence, ==,
                   105);
  /* Late: in its own place. Older than the switch: never. */
  g_assert_cmpuint((uint16_t)apply(&rewriter, packet_at(70002, 3000, 1033333), NULL).sequence, ==,
                   102);
  Packet old = packet_at(69999, 0, 1000000);
  Rewritten out;
  g_assert_false(rewriter_apply(&rewriter, &old, &out));
  /* The next piece goes on after the highest, not after the last. */
  Packet next = packet_at(500000, 77, 1200000);
  begin(&rewriter, next, NULL);
  out = apply(&rewriter, next, NULL);
  g_assert_cmpuint((uint16_t)out.sequence, ==, 106);
  g_assert_cmpuint(out.timestamp, ==, 18000); /* 200 ms after the first */
}

static void test_clock(void) {
  Rewriter rewriter;
  rewriter_init(&rewriter, 48000, 0, 5000);
  uint32_t timestamp;
  g_assert_false(rewriter_clock(&rewriter, 1, &timestamp));
  Packet first = packet_at(70000, 123456, 10000000);
  begin(&rewriter, first, NULL);
  apply(&rewriter, first, NULL);
  g_assert_true(rewriter_clock(&rewriter, 10500000, &timestamp));
  g_assert_cmpuint(timestamp, ==, 5000 + 24000);
  /* A publisher whose sample clock is 200 ppm slow: after ten minutes the report still maps
   * capture times, within a millisecond. */
  uint64_t n = 0;
  for (; n < 30000; n++)
    apply(&rewriter,
          packet_at(70000 + n, (uint32_t)(123456 + n * 960), (int64_t)(10000000 + n * 20004)),
          NULL);
  int64_t captured = (int64_t)(10000000 + (n - 1) * 20004);
  g_assert_true(rewriter_clock(&rewriter, captured, &timestamp));
  int32_t off = (int32_t)(timestamp - (uint32_t)(5000 + (n - 1) * 960));
  g_assert_cmpint(ABS(off), <=, 48);
  /* A newcomer whose last frame was captured before: forward by a frame at least. */
  Packet next = packet_at(9, 9, captured - 300000);
  begin(&rewriter, next, NULL);
  g_assert_cmpuint(apply(&rewriter, next, NULL).timestamp, ==, 5000 + n * 960);
  /* …and the report tells the truth about it. */
  g_assert_true(rewriter_clock(&rewriter, captured - 300000, &timestamp));
  g_assert_cmpuint(timestamp, ==, 5000 + n * 960);
  /* A day later it is still a step forward. */
  Packet day = packet_at(99, 99, captured + G_GINT64_CONSTANT(86400000000));
  begin(&rewriter, day, NULL);
  uint32_t later = apply(&rewriter, day, NULL).timestamp;
  g_assert_cmpuint(later - (uint32_t)(5000 + n * 960), <, 0x80000000u);
}

static void test_capture_jump(void) {
  Rewriter rewriter;
  rewriter_init(&rewriter, 90000, 0, 0);
  Packet first = packet_at(70000, 0, 1000000);
  begin(&rewriter, first, NULL);
  apply(&rewriter, first, NULL);
  /* The first sender report shows that capture was 150 ms earlier: followed at once. */
  apply(&rewriter, packet_at(70001, 3000, 1033333 - 150000), NULL);
  uint32_t timestamp;
  g_assert_true(rewriter_clock(&rewriter, 1033333 - 150000, &timestamp));
  g_assert_cmpuint(timestamp, ==, 3000);
}

static void test_pictures(void) {
  Rewriter rewriter;
  rewriter_init(&rewriter, 90000, 0, 0);
  Vp8Descriptor vp8 = {.has_picture_id = true,
                       .picture_id_15bit = true,
                       .has_tl0picidx = true,
                       .picture_id = 32767,
                       .tl0picidx = 255};
  Packet packet = packet_at(70000, 0, 1000000);
  begin(&rewriter, packet, &vp8);
  Rewritten out = apply(&rewriter, packet, &vp8);
  g_assert_cmpuint(out.picture_id, ==, 32767);
  g_assert_cmpuint(out.tl0picidx, ==, 255);
  /* Another publisher. */
  vp8.picture_id = 5000;
  vp8.tl0picidx = 9;
  packet = packet_at(10, 0, 1100000);
  begin(&rewriter, packet, &vp8);
  out = apply(&rewriter, packet, &vp8);
  g_assert_cmpuint(out.picture_id, ==, 0);
  g_assert_cmpuint(out.tl0picidx, ==, 0);
  vp8.picture_id = 5003;
  out = apply(&rewriter, packet_at(14, 0, 1200000), &vp8);
  g_assert_cmpuint(out.picture_id, ==, 3);
  vp8.picture_id = 5001; /* late */
  out = apply(&rewriter, packet_at(11, 0, 1133333), &vp8);
  g_assert_cmpuint(out.picture_id, ==, 1);
  vp8.picture_id = 1;
  packet = packet_at(20, 0, 1300000);
  begin(&rewriter, packet, &vp8);
  g_assert_cmpuint(apply(&rewriter, packet, &vp8).picture_id, ==, 4);
}

static void test_short_ids(void) {
  Rewriter rewriter;
  rewriter_init(&rewriter, 90000, 0, 0);
  Vp8Descriptor vp8 = {.has_picture_id = true, .picture_id = 120};
  Packet packet = packet_at(70000, 0, 1000000);
  begin(&rewriter, packet, &vp8);
  for (unsigned i = 0; i < 300; i++) {
    vp8.picture_id = (uint16_t)((120 + i) & 0x7f);
    Rewritten out = apply(&rewriter, packet_at(70000 + i, i * 3000, 1000000 + i * 33333), &vp8);
    g_assert_cmpuint(out.picture_id, ==, 120 + i);
  }
  vp8 = (Vp8Descriptor){.has_picture_id = true, .picture_id_15bit = true, .picture_id = 7};
  packet = packet_at(5, 0, 20000000);
  begin(&rewriter, packet, &vp8);
  g_assert_cmpuint(apply(&rewriter, packet, &vp8).picture_id, ==, 420);
}

/* Every second picture is left out, packets come late by chance: in the end the numbers are taken
 * without a gap and none twice. */
static void test_leave_out(void) {
  enum { PACKETS = 4000, LATE = 24 };
  for (guint32 seed = 1; seed <= 20; seed++) {
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);
    g_autofree bool *taken = g_new0(bool, PACKETS);
    unsigned due[PACKETS] = {0}, sent = 0, left_out = 0, pictures = 0;
    Rewriter rewriter;
    rewriter_init(&rewriter, 90000, 0, 0);
    Vp8Descriptor vp8 = {.has_picture_id = true, .picture_id_15bit = true, .has_tid = true};
    Packet first = packet_at(70000, 0, 1000000);
    begin(&rewriter, first, &vp8);
    for (unsigned i = 1; i < PACKETS; i++)
      due[i] =
          g_rand_int_range(random, 0, 10) ? i : i + (unsigned)g_rand_int_range(random, 1, LATE);
    for (unsigned now = 0; now < PACKETS + LATE; now++) {
      for (unsigned i = now > LATE ? now - LATE : 0; i <= now && i < PACKETS; i++) {
        if (due[i] != now)
          continue;
        unsigned picture = i / 3;
        vp8.picture_id = (uint16_t)picture;
        Packet packet =
            with_vp8(packet_at(70000 + i, picture * 3000, 1000000 + picture * 33333), &vp8);
        if (picture % 2 && rewriter_leave_out(&rewriter, &packet)) {
          left_out++;
          continue;
        }
        Rewritten out = apply(&rewriter, packet, &vp8);
        uint16_t number = (uint16_t)out.sequence;
        g_assert_cmpuint(number, <, PACKETS);
        g_assert_false(taken[number]);
        taken[number] = true;
        sent++;
        if (picture % 2 == 0 && due[i] == i)
          pictures = MAX(pictures, out.picture_id);
      }
    }
    g_assert_cmpuint(sent + left_out, ==, PACKETS);
    for (unsigned i = 0; i < sent; i++)
      g_assert_true(taken[i]);
    g_assert_cmpuint(left_out, >, PACKETS / 4);
    /* Pictures close up too, but for those of which something came late. */
    g_assert_cmpuint(pictures, >=, PACKETS / 6);
    g_assert_cmpuint(pictures, <, PACKETS / 4);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/rewrite/wrap", test_wrap);
  g_test_add_func("/rewrite/late", test_late);
  g_test_add_func("/rewrite/clock", test_clock);
  g_test_add_func("/rewrite/capture-jump", test_capture_jump);
  g_test_add_func("/rewrite/pictures", test_pictures);
  g_test_add_func("/rewrite/short-ids", test_short_ids);
  g_test_add_func("/rewrite/leave-out", test_leave_out);
  return g_test_run();
}
