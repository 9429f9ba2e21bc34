/* The estimate by receiver reports on a simulated way: a queue that empties at some rate, and a
 * receiver that reports once a second. */
#include "router/reported.h"

#include <glib.h>

#include "router/rate.h"

#define PACKET_BYTES 1200
#define STEP_US 10000
#define RTT_US 40000

typedef struct {
  Reported reported;
  GRand *random;
  int64_t now_us, capacity_bps, queue_most_us;
  double loss;
  int64_t wanted_bps; /* what there is to send */
  int64_t queue_free_us, credit_bytes, report_us;
  uint64_t sent_bytes;
  unsigned expected, lost;
  int64_t queue_worst_us;
} Way;

static Way *way_new(int64_t capacity_bps, int64_t wanted_bps, int64_t first_bps) {
  Way *way = g_new0(Way, 1);
  way->random = g_rand_new_with_seed(1);
  way->now_us = 1000000;
  way->capacity_bps = capacity_bps;
  way->wanted_bps = wanted_bps;
  way->queue_most_us = 500000;
  reported_begin(&way->reported, first_bps);
  return way;
}

static void way_free(Way *way) {
  g_rand_free(way->random);
  g_free(way);
}

static void send_packet(Way *way) {
  way->sent_bytes += PACKET_BYTES;
  way->expected++;
  way->queue_free_us = MAX(way->queue_free_us, way->now_us);
  if (g_rand_double(way->random) < way->loss ||
      way->queue_free_us - way->now_us > way->queue_most_us) {
    way->lost++;
    return;
  }
  way->queue_free_us += (int64_t)PACKET_BYTES * 8000000 / way->capacity_bps;
}

static void report(Way *way) {
  int64_t queue_us = MAX(way->queue_free_us - way->now_us, 0);
  unsigned fraction = way->expected ? way->lost * 256 / way->expected : 0;
  reported_block(&way->reported, way->expected, (way->expected * fraction + 128) / 256,
                 RTT_US + queue_us);
  reported_end(&way->reported, way->sent_bytes, way->now_us);
  way->expected = way->lost = 0;
}

static void run(Way *way, unsigned seconds) {
  way->queue_worst_us = 0;
  for (int64_t until = way->now_us + seconds * INT64_C(1000000); way->now_us < until;) {
    way->now_us += STEP_US;
    int64_t bps = MIN(reported_bps(&way->reported), way->wanted_bps);
    way->credit_bytes += bps * STEP_US / 8000000;
    for (; way->credit_bytes >= PACKET_BYTES; way->credit_bytes -= PACKET_BYTES)
      send_packet(way);
    way->queue_worst_us = MAX(way->queue_worst_us, way->queue_free_us - way->now_us);
    if (way->now_us < way->report_us)
      continue;
    way->report_us = way->now_us + 1000000;
    report(way);
  }
}

/* Nothing is lost and nothing waits: within five seconds four pictures of 700 kbit/s fit. */
static void test_wide(void) {
  Way *way = way_new(20000000, 2800000, 600000);
  run(way, 5);
  g_assert_cmpint(reported_bps(&way->reported), >=, 2800000);
  way_free(way);
}

/* A way of 1 Mbit/s is found and kept to; and when it carries more, that is found, too. */
static void test_narrow(void) {
  Way *way = way_new(1000000, 4000000, 600000);
  run(way, 20);
  uint64_t before = way->sent_bytes;
  run(way, 40);
  int64_t sent_bps = (int64_t)(way->sent_bytes - before) * 8 / 40;
  g_assert_cmpint(sent_bps, >, 700000);
  g_assert_cmpint(sent_bps, <, 1050000);
  g_assert_cmpint(way->queue_worst_us, <=, 400000);
  way->capacity_bps = 20000000;
  run(way, 40);
  g_assert_cmpint(reported_bps(&way->reported), >, 2500000);
  way_free(way);
}

/* Without a limit until one is met. */
static void test_unlimited(void) {
  Way *way = way_new(20000000, 4000000, INT64_MAX);
  run(way, 10);
  g_assert_cmpint(reported_bps(&way->reported), ==, INT64_MAX);
  way->capacity_bps = 1500000;
  run(way, 4);
  g_assert_cmpint(reported_bps(&way->reported), <, 1500000);
  run(way, 20);
  g_assert_cmpint(reported_bps(&way->reported), >, 800000);
  way_free(way);
}

/* A picture of 1.5 Mbit/s that has no smaller layer: it comes, though nothing as large as it was
 * sent, and comes again some time after the way had been too narrow for it. */
static void test_whole(void) {
  Way *way = way_new(20000000, 40000, 600000);
  run(way, 5);
  g_assert_cmpint(reported_bps(&way->reported), >, 1650000);
  way->capacity_bps = 1000000;
  way->wanted_bps = 1500000;
  run(way, 5);
  g_assert_cmpint(reported_bps(&way->reported), <, 1000000);
  way->capacity_bps = 20000000;
  way->wanted_bps = 40000;
  run(way, 50);
  g_assert_cmpint(reported_bps(&way->reported), >, 1650000);
  way_free(way);
}

/* A radio that loses 15 % whatever is sent still carries pictures. */
static void test_own_loss(void) {
  Way *way = way_new(20000000, 1500000, 600000);
  way->loss = 0.15;
  run(way, 60);
  g_assert_cmpint(reported_bps(&way->reported), >, 250000);
  way_free(way);
}

/* Whatever is reported: the estimate stays between its limits. */
static void test_nonsense(void) {
  Way *way = way_new(20000000, 1500000, 600000);
  for (unsigned i = 0; i < 200; i++) {
    way->now_us += 600000;
    way->sent_bytes += 30000;
    reported_block(&way->reported, 100, 5000, i % 2 ? 9000000 : 1);
    reported_end(&way->reported, way->sent_bytes, way->now_us);
    reported_end(&way->reported, way->sent_bytes, way->now_us);
    g_assert_cmpint(reported_bps(&way->reported), >=, RATE_LEAST_BPS);
    g_assert_cmpint(reported_bps(&way->reported), <=, RATE_MOST_BPS);
  }
  way_free(way);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/reported/wide", test_wide);
  g_test_add_func("/reported/narrow", test_narrow);
  g_test_add_func("/reported/unlimited", test_unlimited);
  g_test_add_func("/reported/whole", test_whole);
  g_test_add_func("/reported/own-loss", test_own_loss);
  g_test_add_func("/reported/nonsense", test_nonsense);
  return g_test_run();
}
