/* The load client's own judges: a figure is worth what its instrument is. */
#include <glib.h>
#include <string.h>

#include "load/arrivals.h"
#include "load/histogram.h"
#include "load/link.h"
#include "load/receiver.h"
#include "load/stamp.h"

#define MS 1000

static void test_histogram(void) {
  Histogram histogram = {0};
  for (int i = 1; i <= 1000; i++)
    histogram_add(&histogram, i * 100);
  g_assert_cmpfloat_with_epsilon(histogram_ms(&histogram, 0.5), 50, 4);
  g_assert_cmpfloat_with_epsilon(histogram_ms(&histogram, 0.99), 99, 7);
  g_assert_cmpfloat_with_epsilon(histogram_ms(&histogram, 1), 100, 0.001);
}

static void test_stamp(void) {
  uint8_t payload[64] = {0};
  int64_t age_us = -1;
  bool speech;
  g_assert_false(stamp_read(payload, sizeof payload, 0, &age_us, &speech));
  for (unsigned i = 0; i < 2; i++) {
    memset(payload, 0, sizeof payload);
    g_assert_true(stamp_write(payload, sizeof payload, i, 5000000000));
    g_assert_true(stamp_read(payload, sizeof payload, 5000001234, &age_us, &speech));
    g_assert_cmpint(speech, ==, i);
  }
  g_assert_cmpint(age_us, ==, 1234);
  g_assert_false(stamp_write(payload, 16, false, 0));
}

typedef struct {
  unsigned count, late;
  uint8_t last;
  int64_t last_us;
} Delivered;

static void deliver(void *user, uint8_t *data, size_t len, int64_t now_us) {
  Delivered *delivered = user;
  delivered->late += delivered->count > 0 && (uint8_t)(data[0] - delivered->last) > 128;
  delivered->count++;
  delivered->last = data[0];
  delivered->last_us = now_us;
}

static Delivered run_link(const char *words, unsigned packets, int64_t each_us, size_t bytes) {
  static uint8_t data[1500];
  Delivered delivered = {0};
  LinkSetting setting;
  g_assert_true(link_read(words, &setting));
  Link *link = link_new(7, deliver, &delivered);
  link_set(link, &setting);
  int64_t now_us = MS;
  for (unsigned i = 0; i < packets; i++, now_us += each_us) {
    data[0] = (uint8_t)i;
    link_push(link, data, bytes, now_us);
    link_run(link, now_us);
  }
  for (int64_t end_us = now_us + 2000 * MS; now_us < end_us; now_us += MS)
    link_run(link, now_us);
  link_free(link);
  return delivered;
}

static void test_link(void) {
  Delivered plain = run_link("delay=30", 100, MS, 100);
  g_assert_cmpuint(plain.count, ==, 100);
  g_assert_cmpint(plain.last_us, >=, 130 * MS);
  g_assert_cmpint(plain.last_us, <=, 132 * MS);
  unsigned lossy = run_link("loss=0.1", 10000, 100, 100).count;
  g_assert_cmpuint(lossy, >, 8800);
  g_assert_cmpuint(lossy, <, 9200);
  g_assert_cmpuint(run_link("loss=0.1", 10000, 100, 100).count, ==, lossy); /* it repeats */
  Delivered jitter = run_link("delay=60 jitter=50", 1000, MS, 100);
  g_assert_cmpuint(jitter.count, ==, 1000);
  g_assert_cmpuint(jitter.late, ==, 0);
  Delivered reordered = run_link("delay=10 reorder=0.05 hold=30", 10000, MS, 100);
  g_assert_cmpuint(reordered.count, ==, 10000);
  g_assert_cmpuint(reordered.late, >, 300);
  g_assert_cmpuint(reordered.late, <, 700);
  /* 10,000 bits each at 1 Mbit/s: 100 a second of the 1000 offered in one, and 200 ms of queue. */
  unsigned limited = run_link("rate=1000 queue=200", 1000, MS, 1222).count;
  g_assert_cmpuint(limited, >=, 118);
  g_assert_cmpuint(limited, <=, 122);
  LinkSetting setting;
  g_assert_false(link_read("los=0.1", &setting));
}

/* A picture of one packet; key, or of temporal layer 0. */
static void give(Receiver *receiver, uint16_t sequence, bool key, uint8_t tl0, Figures *figures,
                 int64_t now_us) {
  uint8_t payload[40] = {0x90, 0xe0, 0x80, 0,    tl0,  0,   key ? 0x10 : 0x11, 0, 0, 0x9d,
                         0x01, 0x2a, 0x80, 0x02, 0x68, 0x01};
  RtpHeader rtp = {.marker = true,
                   .sequence = sequence,
                   .timestamp = sequence * 3000u,
                   .payload_len = sizeof payload};
  receiver_packet(receiver, &rtp, payload, false, figures, now_us);
}

static void test_receiver_holes(void) {
  Receiver receiver;
  Figures figures = {0};
  uint16_t asked[8];
  receiver_init(&receiver, 1, 2, true);
  receiver_assign(&receiver, true, &figures, MS);
  give(&receiver, 65534, true, 1, &figures, 10 * MS);
  give(&receiver, 1, false, 4, &figures, 20 * MS); /* 65535 and 0 are missing */
  g_assert_cmpuint(receiver_nacks(&receiver, 50 * MS, 21 * MS, asked, 8), ==, 0);
  g_assert_cmpuint(receiver_nacks(&receiver, 50 * MS, 31 * MS, asked, 8), ==, 2);
  g_assert_cmpuint(asked[0], ==, 65535);
  g_assert_cmpuint(asked[1], ==, 0);
  g_assert_cmpuint(receiver_nacks(&receiver, 50 * MS, 60 * MS, asked, 8), ==, 0);
  give(&receiver, 65535, false, 2, &figures, 70 * MS);
  g_assert_cmpuint(receiver_nacks(&receiver, 50 * MS, 100 * MS, asked, 8), ==, 1);
  g_assert_cmpuint(figures.frames, ==, 2);
  receiver_tick(&receiver, &figures, 1500 * MS);
  g_assert_cmpuint(figures.lost, ==, 1);
  RtcpReport report;
  g_assert_true(receiver_report(&receiver, &report, 1500 * MS));
  g_assert_cmpint(report.total_lost, ==, 1);
  receiver_clear(&receiver);
}

static void test_receiver_freezes(void) {
  Receiver receiver;
  Figures figures = {0};
  receiver_init(&receiver, 1, 2, true);
  receiver_assign(&receiver, true, &figures, MS);
  uint16_t sequence = 100;
  uint8_t tl0 = 0;
  int64_t now_us = 10 * MS;
  give(&receiver, sequence++, true, ++tl0, &figures, now_us);
  for (unsigned i = 0; i < 10; i++)
    give(&receiver, sequence++, false, ++tl0, &figures, now_us += 33 * MS);
  g_assert_cmpuint(figures.freezes, ==, 0);
  sequence++, ++tl0; /* lost: nothing can be decoded until a key frame */
  for (unsigned i = 0; i < 12; i++)
    give(&receiver, sequence++, false, ++tl0, &figures, now_us += 33 * MS);
  g_assert_cmpuint(figures.frames, ==, 11);
  g_assert_true(receiver_wants_key(&receiver, now_us));
  g_assert_false(receiver_wants_key(&receiver, now_us + MS));
  give(&receiver, sequence++, true, ++tl0, &figures, now_us += 33 * MS);
  g_assert_cmpuint(figures.frames, ==, 12);
  g_assert_cmpuint(figures.freezes, ==, 1);
  g_assert_cmpuint(figures.frozen_us, ==, 13 * 33 * MS);
  receiver_close_window(&receiver, &figures, now_us + 1000 * MS); /* and it stands still again */
  g_assert_cmpuint(figures.freezes, ==, 2);
  receiver_clear(&receiver);
}

/* A packet of sound, with copies of those before it. */
static void give_sound(Receiver *receiver, uint16_t sequence, unsigned copies, Figures *figures,
                       int64_t now_us) {
  static const uint8_t sound[20];
  uint8_t payload[200];
  RedBlock blocks[RED_BLOCKS_MAX];
  for (unsigned i = 0; i < copies; i++)
    blocks[i] = (RedBlock){sound, sizeof sound, 960 * (copies - i)};
  size_t len = red_write(payload, 111, blocks, copies);
  memcpy(payload + len, sound, sizeof sound);
  RtpHeader rtp = {.payload_type = 63,
                   .sequence = sequence,
                   .timestamp = sequence * 960u,
                   .payload_len = (uint16_t)(len + sizeof sound)};
  receiver_packet(receiver, &rtp, payload, false, figures, now_us);
}

static void test_receiver_copies(void) {
  Receiver receiver;
  Figures figures = {0};
  receiver_init(&receiver, 1, 0, false);
  receiver.red_type = 63;
  give_sound(&receiver, 10, 0, &figures, 20 * MS);
  give_sound(&receiver, 13, 1, &figures, 80 * MS);  /* 12 is in it, 11 is not */
  give_sound(&receiver, 16, 2, &figures, 140 * MS); /* 14 and 15 are */
  give_sound(&receiver, 18, 0, &figures, 180 * MS);
  receiver_tick(&receiver, &figures, 1000 * MS);
  g_assert_cmpuint(figures.audio, ==, 4);
  g_assert_cmpuint(figures.audio_lost, ==, 5);
  g_assert_cmpuint(figures.audio_gaps, ==, 2);
  receiver_clear(&receiver);
}

static void test_arrivals(void) {
  Arrivals arrivals = {0};
  uint8_t data[1400];
  g_assert_cmpuint(arrivals_write(&arrivals, 1, data, sizeof data), ==, 0);
  arrivals_add(&arrivals, 65535, 1000 * MS);
  arrivals_add(&arrivals, 1, 1010 * MS);
  size_t len = arrivals_write(&arrivals, 1, data, sizeof data);
  g_assert_cmpuint(len, >, 0);
  g_assert_cmpuint(arrivals_write(&arrivals, 1, data, sizeof data), ==, 0);
  RtcpReader reader;
  RtcpPacket packet;
  RtcpFeedback feedback;
  RtcpTwcc twcc;
  const uint8_t *fci;
  bool malformed = false;
  rtcp_reader_init(&reader, data, len);
  g_assert_true(rtcp_next(&reader, &packet, &malformed));
  g_assert_true(rtcp_parse_feedback(&packet, &feedback, &fci, &len));
  g_assert_true(rtcp_parse_twcc(fci, len, &twcc));
  g_assert_cmpuint(twcc.base_sequence, ==, 65535);
  g_assert_cmpuint(twcc.count, ==, 3);
  g_assert_true(twcc.received[0] && !twcc.received[1] && twcc.received[2]);
  g_assert_cmpint(twcc.delta_us[2], ==, 10 * MS);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/load/histogram", test_histogram);
  g_test_add_func("/load/stamp", test_stamp);
  g_test_add_func("/load/link", test_link);
  g_test_add_func("/load/receiver/holes", test_receiver_holes);
  g_test_add_func("/load/receiver/freezes", test_receiver_freezes);
  g_test_add_func("/load/receiver/copies", test_receiver_copies);
  g_test_add_func("/load/arrivals", test_arrivals);
  return g_test_run();
}
