#include "peer/receive.h"

#include <glib.h>
#include <string.h>

#define VIDEO 90000

static void begin(Receive *r, uint32_t clock_rate, bool nack) {
  static ReceiveGaps gaps;
  gaps = (ReceiveGaps){0};
  receive_init(r, clock_rate, nack, &gaps);
}

static bool receive(Receive *r, uint16_t sequence, int64_t at_ms) {
  uint64_t extended;
  return receive_packet(r, sequence, (uint32_t)(at_ms * 90), at_ms * 1000, false, &extended) !=
         RECEIVE_DUPLICATE;
}

static void test_duplicates(void) {
  static Receive r;
  begin(&r, VIDEO, true);
  g_assert_true(receive(&r, 65534, 1000));
  g_assert_true(receive(&r, 65535, 1001));
  g_assert_true(receive(&r, 2, 1004)); /* across the wrap: 0 and 1 are missing */
  g_assert_false(receive(&r, 65535, 1005));
  g_assert_true(receive(&r, 0, 1006));
  g_assert_false(receive(&r, 0, 1007));
  g_assert_false(receive(&r, 2, 1008));
  uint16_t wanted[8];
  g_assert_cmpuint(receive_nacks(&r, 1010000, 0, wanted, 8), ==, 1);
  g_assert_cmpuint(wanted[0], ==, 1);
  uint64_t last;
  g_assert_cmpint(receive_packet(&r, 3, 0, 1010000, false, &last), ==, RECEIVE_TAKEN);
  g_assert_cmpuint(last, ==, 65536 + 65536 + 3);
  /* Older than the window. */
  for (int i = 4; i < 4 + RECEIVE_WINDOW; i++)
    g_assert_true(receive(&r, (uint16_t)i, 1010 + i));
  g_assert_false(receive(&r, 1, 9000));
}

static void test_retries(void) {
  static Receive r;
  begin(&r, VIDEO, true);
  receive(&r, 10, 0);
  receive(&r, 13, 1);
  uint16_t wanted[8];
  g_assert_cmpuint(receive_nacks(&r, 2000, 50000, wanted, 8), ==, 2);
  g_assert_cmpuint(wanted[0], ==, 11);
  g_assert_cmpuint(wanted[1], ==, 12);
  g_assert_cmpuint(receive_nacks(&r, 40000, 50000, wanted, 8), ==, 0); /* not before an RTT */
  receive(&r, 11, 45);
  g_assert_cmpuint(receive_nacks(&r, 52000, 50000, wanted, 8), ==, 1);
  g_assert_cmpuint(wanted[0], ==, 12);
  unsigned asked = 2;
  for (int64_t now = 60000; now < 3000000; now += 10000)
    asked += (unsigned)receive_nacks(&r, now, 50000, wanted, 8);
  g_assert_cmpuint(asked, ==, RECEIVE_TRIES_MAX);
  g_assert_true(receive_gave_up(&r));
  g_assert_false(receive_gave_up(&r));
}

static void test_flood_of_losses(void) {
  static Receive r;
  begin(&r, VIDEO, true);
  receive(&r, 0, 0);
  receive(&r, RECEIVE_MISSING_MAX + 50, 1);
  g_assert_true(receive_gave_up(&r)); /* too much: a key frame is cheaper */
  uint16_t wanted[512];
  g_assert_cmpuint(receive_nacks(&r, 2000, 0, wanted, 512), <, RECEIVE_MISSING_MAX);
  /* A sender that starts anew far away is followed, and nothing is asked for. */
  uint64_t extended;
  g_assert_cmpint(receive_packet(&r, 30000, 0, 5000, false, &extended), ==, RECEIVE_RESTARTED);
  g_assert_cmpuint(receive_nacks(&r, 6000, 0, wanted, 512), ==, 0);
}

/* What an RTX packet or a copy says of its number is taken only where that is missing: a wrong one
 * neither moves the window nor comes twice. */
static void test_repairs(void) {
  static Receive r;
  uint64_t extended;
  begin(&r, VIDEO, true);
  g_assert_cmpint(receive_packet(&r, 10, 0, 0, true, &extended), ==, RECEIVE_DUPLICATE);
  receive(&r, 10, 0);
  receive(&r, 13, 1);
  static const uint16_t wrong[] = {10, 9, 13 + RECEIVE_AHEAD + 1, 5000, 30000, 60000};
  for (unsigned i = 0; i < G_N_ELEMENTS(wrong); i++)
    g_assert_cmpint(receive_packet(&r, wrong[i], 0, 2000, true, &extended), ==, RECEIVE_DUPLICATE);
  g_assert_cmpint(receive_packet(&r, 11, 0, 2000, true, &extended), ==, RECEIVE_TAKEN);
  g_assert_cmpint(receive_packet(&r, 11, 0, 2000, true, &extended), ==, RECEIVE_DUPLICATE);
  g_assert_cmpint(receive_packet(&r, 14, 0, 2000, true, &extended), ==, RECEIVE_TAKEN);
  g_assert_true(receive(&r, 15, 3));
}

/* Every tenth packet is overtaken by three others: after the first no more are asked for, but what
 * is really lost is. */
static void test_reordering(void) {
  static Receive r;
  uint16_t wanted[8];
  unsigned asked = 0, lost_asked = 0;
  begin(&r, VIDEO, true);
  int64_t now_ms = 1000;
  for (uint16_t i = 0; i < 1000; i += 10, now_ms += 100) {
    for (uint16_t k = 0; k < 10; k++) {
      int64_t at_ms = now_ms + 10 * k;
      if (k != 3 && !(i == 500 && k == 7))
        receive(&r, (uint16_t)(i + k), at_ms);
      if (k == 6)
        receive(&r, (uint16_t)(i + 3), at_ms + 1);
      size_t count = receive_nacks(&r, at_ms * 1000 + 5000, 80000, wanted, 8);
      for (size_t n = 0; n < count; n++)
        *(wanted[n] == 507 ? &lost_asked : &asked) += 1;
    }
  }
  g_assert_cmpuint(asked, <=, 2);
  g_assert_cmpuint(lost_asked, ==, RECEIVE_TRIES_MAX);
  /* Forgotten: asked for at once again. */
  now_ms += 11000;
  receive(&r, 1000, now_ms);
  receive(&r, 1002, now_ms + 1);
  g_assert_cmpuint(receive_nacks(&r, (now_ms + 2) * 1000, 80000, wanted, 8), ==, 1);
}

static void test_no_nack(void) {
  static Receive r;
  begin(&r, 48000, false);
  receive(&r, 1, 0);
  receive(&r, 9, 1);
  uint16_t wanted[8];
  g_assert_cmpuint(receive_nacks(&r, 2000, 0, wanted, 8), ==, 0);
  g_assert_false(receive_gave_up(&r));
}

static void test_report(void) {
  static Receive r;
  RtcpReport report = {0};
  begin(&r, VIDEO, false);
  for (uint16_t i = 0; i < 100; i++)
    if (i % 4 != 3 || i == 99) /* a quarter lost, but the last came */
      receive(&r, (uint16_t)(1000 + i), 10 * i);
  receive_report(&r, &report);
  g_assert_cmpint(report.total_lost, ==, 24);
  g_assert_cmpuint(report.fraction_lost, ==, 24 * 255 / 100);
  g_assert_cmpuint(report.highest_sequence, ==, 1099);
  g_assert_cmpuint(report.jitter, ==, 0); /* the packets came as they were timed */
  for (uint16_t i = 100; i < 200; i++)
    receive(&r, (uint16_t)(1000 + i), 10 * i);
  receive_report(&r, &report);
  g_assert_cmpuint(report.fraction_lost, ==, 0);
  g_assert_cmpint(report.total_lost, ==, 24);
  uint64_t extended;
  for (uint16_t i = 200; i < 400; i++) /* every second one 10 ms late */
    receive_packet(&r, (uint16_t)(1000 + i), (uint32_t)i * 900, (10 * i + (i & 1) * 10) * 1000,
                   false, &extended);
  receive_report(&r, &report);
  g_assert_cmpuint(report.jitter, >, 800);
  g_assert_cmpuint(report.jitter, <, 1000);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/peer/receive/duplicates", test_duplicates);
  g_test_add_func("/peer/receive/retries", test_retries);
  g_test_add_func("/peer/receive/flood", test_flood_of_losses);
  g_test_add_func("/peer/receive/repairs", test_repairs);
  g_test_add_func("/peer/receive/reordering", test_reordering);
  g_test_add_func("/peer/receive/no-nack", test_no_nack);
  g_test_add_func("/peer/receive/report", test_report);
  return g_test_run();
}
