#include "router/repair.h"

#include <glib.h>

#define WIDE_BPS 20000000
#define BYTES 1000

static unsigned times; /* that the last one that is sent goes */

static RepairAsk ask_at(int64_t now_us, int64_t rtt_us) {
  return (RepairAsk){.rtt_us = rtt_us, .budget_bps = WIDE_BPS, .now_us = now_us};
}

static RepairVerdict judge(Repairs *repairs, uint16_t sequence, int64_t rtt_us, int64_t now_us) {
  RepairAsk ask = ask_at(now_us, rtt_us);
  return repairs_judge(repairs, 3, sequence, BYTES, &ask, &times);
}

static void test_times(void) {
  Repairs repairs = {0};
  g_assert_cmpint(judge(&repairs, 10, 1000, 1000000), ==, REPAIR_SENT);
  g_assert_cmpint(judge(&repairs, 10, 1000, 1000000 + REPAIR_GAP_US - 1), ==, REPAIR_RECENT);
  g_assert_cmpint(judge(&repairs, 11, 1000, 1000000), ==, REPAIR_SENT); /* each for itself */
  RepairAsk ask = ask_at(1000000, 1000);
  g_assert_cmpint(repairs_judge(&repairs, 4, 10, BYTES, &ask, &times), ==,
                  REPAIR_SENT); /* another slot's */
  unsigned again = 0;
  for (int64_t now = 1000000 + REPAIR_GAP_US; now < 2000000; now += REPAIR_GAP_US)
    again += judge(&repairs, 10, 1000, now) == REPAIR_SENT;
  g_assert_cmpuint(again, ==, REPAIRS_MAX - 1); /* not for ever */
  g_assert_cmpint(judge(&repairs, 10, 1000, 2000000), ==, REPAIR_TIMES);
  /* Half a minute later the number is another packet's. */
  g_assert_cmpint(judge(&repairs, 10, 1000, 30000000), ==, REPAIR_SENT);
  repairs_clear(&repairs);
}

static void test_round_trip(void) {
  Repairs repairs = {0};
  g_assert_cmpint(judge(&repairs, 500, 150000, 1000000), ==, REPAIR_SENT);
  g_assert_cmpint(judge(&repairs, 500, 150000, 1110000), ==, REPAIR_RECENT); /* on its way */
  g_assert_cmpint(judge(&repairs, 500, 150000, 1115000), ==, REPAIR_SENT);
  /* Unknown: as if it were 100 ms. */
  g_assert_cmpint(judge(&repairs, 600, 0, 1000000), ==, REPAIR_SENT);
  g_assert_cmpint(judge(&repairs, 600, 0, 1074000), ==, REPAIR_RECENT);
  g_assert_cmpint(judge(&repairs, 600, 0, 1075000), ==, REPAIR_SENT);
  repairs_clear(&repairs);
}

/* Whatever is asked for, in whatever order: nothing twice within a round trip, and no more than
 * there are places; after it all may go again. */
static void test_crowd(void) {
  Repairs repairs = {0};
  const int64_t rtt_us = 400000;
  g_autofree uint8_t *sent = g_malloc0(1 << 16);
  unsigned total = 0;
  for (unsigned round = 0; round < 20; round++)
    for (unsigned i = 0; i < 5000; i++) {
      uint16_t sequence = (uint16_t)(64000 + i);
      RepairAsk ask = ask_at(1000000 + round, rtt_us);
      bool yes = repairs_judge(&repairs, 3, sequence, 1, &ask, &times) == REPAIR_SENT;
      g_assert_false(yes && sent[sequence]);
      sent[sequence] |= yes;
      total += yes;
    }
  g_assert_cmpuint(total, ==, 1024);
  g_assert_cmpint(judge(&repairs, 3000, rtt_us, 1000000 + rtt_us), ==, REPAIR_SENT);
  repairs_clear(&repairs);
  repairs_clear(&repairs);
}

/* Half of what the way carries, however often and whatever is asked for. */
static void test_share(void) {
  Repairs repairs = {0};
  const int64_t budget_bps = 1000000, begun_us = 1000000, until_us = begun_us + 10000000;
  uint64_t bytes = 0, spent = 0;
  uint16_t sequence = 0;
  for (int64_t now = begun_us; now < until_us; now += 10000)
    for (unsigned i = 0; i < 50; i++) {
      RepairAsk ask = {.rtt_us = 50000, .budget_bps = budget_bps, .now_us = now};
      RepairVerdict verdict = repairs_judge(&repairs, 3, sequence++, BYTES, &ask, &times);
      bytes += verdict == REPAIR_SENT ? BYTES : 0;
      spent += verdict == REPAIR_SPENT;
    }
  uint64_t share_bytes = (uint64_t)budget_bps / REPAIR_SHARE / 8 * 10;
  g_assert_cmpuint(bytes, >=, share_bytes);
  g_assert_cmpuint(bytes, <=, share_bytes + 31250 + BYTES); /* and the window's at first */
  g_assert_cmpuint(spent, >, 40000);
  repairs_clear(&repairs);
}

static void test_doubted(void) {
  Repairs repairs = {0};
  RepairAsk ask = {.inferred = true, .budget_bps = WIDE_BPS, .now_us = 1000000};
  g_assert_cmpint(repairs_judge(&repairs, 3, 10, BYTES, &ask, &times), ==, REPAIR_DOUBTED);
  ask.loss = 0.02;
  g_assert_cmpint(repairs_judge(&repairs, 3, 10, BYTES, &ask, &times), ==, REPAIR_SENT);
  ask.inferred = false; /* asked for besides: it is on its way */
  g_assert_cmpint(repairs_judge(&repairs, 3, 10, BYTES, &ask, &times), ==, REPAIR_RECENT);
  repairs_clear(&repairs);
}

/* On a way that loses much, what was lost again goes twice, within the same share. */
static void test_twice(void) {
  Repairs repairs = {0};
  RepairAsk ask = ask_at(1000000, 40000);
  ask.loss = REPAIR_TWICE;
  for (unsigned i = 0; i < 3; i++, ask.now_us += 40000) {
    g_assert_cmpint(repairs_judge(&repairs, 3, 10, BYTES, &ask, &times), ==, REPAIR_SENT);
    g_assert_cmpuint(times, ==, i == 0 ? 1 : 2);
  }
  ask.loss = REPAIR_TWICE - 0.001;
  g_assert_cmpint(repairs_judge(&repairs, 3, 10, BYTES, &ask, &times), ==, REPAIR_SENT);
  g_assert_cmpuint(times, ==, 1);
  ask.loss = 0.5;
  ask.budget_bps = 100000; /* 6250 bytes a second: the burst of 24,000, and then no more */
  unsigned bytes = 0;
  repairs_clear(&repairs);
  repairs = (Repairs){0};
  for (uint16_t sequence = 0; sequence < 20; sequence++)
    for (unsigned i = 0; i < 2; i++) {
      ask.now_us += 30001;
      if (repairs_judge(&repairs, 3, sequence, BYTES, &ask, &times) == REPAIR_SENT)
        bytes += times * BYTES;
    }
  g_assert_cmpuint(bytes, <=, 24000 + 6250 * 40 * 30 / 1000 + 2 * BYTES);
  repairs_clear(&repairs);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/repair/times", test_times);
  g_test_add_func("/repair/round-trip", test_round_trip);
  g_test_add_func("/repair/crowd", test_crowd);
  g_test_add_func("/repair/share", test_share);
  g_test_add_func("/repair/doubted", test_doubted);
  g_test_add_func("/repair/twice", test_twice);
  return g_test_run();
}
