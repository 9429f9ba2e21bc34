/* When pictures stop for a way that became narrow, and when they do not. */
#include <glib.h>

#include "router/stall.h"

#define BASE_US 77000000 /* of two clocks */
#define STEP_US 5000     /* a packet of 1250 bytes each: 2 Mbit/s */
#define BYTES 1250
#define ACKED_BPS 2000000

typedef struct {
  Stall stall;
  int64_t sent_us, arrived_us;
} Way;

/* One packet that takes so long to be let out behind those before it. */
static void pass(Way *way, int64_t each_us, int64_t jitter_us) {
  way->sent_us += STEP_US;
  way->arrived_us = MAX(way->arrived_us, way->sent_us) + each_us;
  int64_t delay_us = way->arrived_us - way->sent_us + BASE_US + jitter_us;
  stall_arrived(&way->stall, BYTES, way->sent_us, way->sent_us + delay_us);
}

static bool judge(Way *way, int64_t jitter_us) {
  return stall_judge(&way->stall, BASE_US, jitter_us, ACKED_BPS, way->arrived_us);
}

static void test_drop(void) {
  Way way = {.sent_us = 1000000};
  for (int i = 0; i < 100; i++) {
    pass(&way, 4000, 0);
    g_assert_false(judge(&way, 0));
  }
  pass(&way, 20000, 0); /* 500 kbit/s */
  g_assert_false(judge(&way, 0));
  pass(&way, 20000, 0);
  pass(&way, 20000, 0);
  g_assert_true(judge(&way, 0));
  g_assert_true(way.stall.on);
  g_assert_false(judge(&way, 0)); /* told already */
  way.sent_us = way.arrived_us;   /* nothing more was sent, and the queue is gone */
  pass(&way, 4000, 0);
  g_assert_true(judge(&way, 0));
  g_assert_false(way.stall.on);
}

/* A longer way, with some jitter, looks like it for a moment, and is not believed. */
static void test_longer(void) {
  Way way = {.sent_us = 1000000};
  unsigned changes = 0;
  for (int i = 0; i < 1000; i++) {
    pass(&way, 4000, i > 50 ? 60000 + i % 3 * 2000 : 0);
    changes += judge(&way, 0);
    g_assert_false(stall_grows(&way.stall));
    if (i > 80) /* 150 ms */
      g_assert_false(way.stall.on);
  }
  g_assert_cmpuint(changes, <=, 2);
}

/* Sound alone comes slowly, because it is sent so; a wave of delay is no queue of ours. */
static void test_little(void) {
  Way way = {.sent_us = 1000000};
  for (int i = 0; i < 200; i++) {
    static const int64_t wave_us[] = {0, 6000, 12000, 18000, 24000, 30000, 20000, 10000};
    way.sent_us += 15000;
    pass(&way, 200, 16000 + wave_us[i % 8]);
    g_assert_false(judge(&way, 0));
  }
}

static void test_jitter(void) {
  Way way = {.sent_us = 1000000};
  g_autoptr(GRand) random = g_rand_new_with_seed(1);
  unsigned begun = 0;
  for (int i = 0; i < 1000; i++) {
    pass(&way, 4000, g_rand_int_range(random, 0, 60000));
    if (i % 10 == 0) /* each feedback */
      begun += judge(&way, 20000) && way.stall.on;
  }
  g_test_message("%u times in 100", begun);
  g_assert_cmpuint(begun, <=, 1);
}

/* One that stays is another's, or none; one that hardly falls stops nobody for long. Then there is
 * quiet for a while. Returns how long it lasted. */
static int64_t stay(int64_t falls_us) {
  Way way = {.sent_us = 1000000};
  for (int i = 0; i < 10; i++)
    pass(&way, 20000, 0);
  g_assert_true(judge(&way, 0));
  int64_t begun_us = way.arrived_us, lasted_us = 0;
  way.sent_us = way.arrived_us - 150000;
  for (int i = 0; i < 800; i++) {
    way.sent_us += 5000;
    way.arrived_us = way.sent_us + 150000 - falls_us * i;
    stall_arrived(&way.stall, BYTES, way.sent_us, BASE_US + way.arrived_us);
    if (judge(&way, 0))
      lasted_us = way.arrived_us - begun_us;
    if (lasted_us > 0)
      g_assert_false(way.stall.on);
  }
  return lasted_us;
}

static void test_rival(void) {
  int64_t stays_us = stay(0);
  g_assert_cmpint(stays_us, >=, 50000);
  g_assert_cmpint(stays_us, <=, 300000);
  int64_t falls_us = stay(270);
  g_assert_cmpint(falls_us, >=, 1400000);
  g_assert_cmpint(falls_us, <=, 1600000);
}

/* Nothing is sent, and so nothing heard. */
static void test_idle(void) {
  Way way = {.sent_us = 1000000};
  for (int i = 0; i < 3; i++)
    pass(&way, 20000, 0);
  g_assert_true(judge(&way, 0));
  int64_t now_us = way.arrived_us;
  g_assert_false(stall_tick(&way.stall, now_us, now_us + 100000));
  g_assert_false(stall_tick(&way.stall, now_us + 200000, now_us + 300000)); /* the way is silent */
  g_assert_true(stall_tick(&way.stall, now_us + 200000, now_us + 400000));
  g_assert_false(way.stall.on);
  g_assert_false(stall_tick(&way.stall, now_us, now_us + 500000));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/stall/drop", test_drop);
  g_test_add_func("/stall/longer", test_longer);
  g_test_add_func("/stall/little", test_little);
  g_test_add_func("/stall/jitter", test_jitter);
  g_test_add_func("/stall/rival", test_rival);
  g_test_add_func("/stall/idle", test_idle);
  return g_test_run();
}
