#include "router/pacer.h"

#include <glib.h>

static PacketPool *pool;

static Packet *packet_of(uint16_t bytes, uint64_t sequence) {
  Packet *packet = packet_new(pool);
  packet->len = bytes;
  packet->sequence = sequence;
  return packet;
}

/* Sends or queues `count` packets of 1000 bytes at once. */
static unsigned offer(Pacer *pacer, unsigned count, uint64_t *sequence, int64_t now_us) {
  unsigned sent = 0;
  for (unsigned i = 0; i < count; i++) {
    Packet *packet = packet_of(1000, (*sequence)++);
    if (pacer_take(pacer, packet->len, now_us))
      sent++;
    else
      pacer_put(pacer, &(Paced){.packet = packet, .sent.sequence = packet->sequence, .slot = 3});
    packet_unref(&packet);
  }
  return sent;
}

static unsigned drain(Pacer *pacer, uint64_t *expected, int64_t now_us) {
  unsigned count = 0;
  Paced paced;
  for (; pacer_next(pacer, now_us, &paced); count++) {
    g_assert_cmpuint(paced.sent.sequence, ==, (*expected)++);
    g_assert_cmpuint(paced.slot, ==, 3);
    packet_unref(&paced.packet);
  }
  return count;
}

static void test_unlimited(void) {
  Pacer pacer;
  uint64_t sequence = 0;
  pacer_init(&pacer);
  g_assert_cmpuint(offer(&pacer, 10000, &sequence, 1000000), ==, 10000);
  pacer_clear(&pacer);
}

/* A burst beyond the credit goes out in order at the pace that is set, and is gone in time. */
static void test_spread(void) {
  Pacer pacer;
  uint64_t sequence = 0;
  pacer_init(&pacer);
  pacer_set(&pacer, 2500000, false);
  unsigned sent = offer(&pacer, 60, &sequence, 1000000);
  g_assert_cmpuint(sent, ==, PACER_BURST_BYTES / 1000);
  uint64_t expected = sent;
  unsigned most = 0, all = 0;
  int64_t now = 1000000;
  for (; all < 60 - sent; now += 10000) {
    unsigned turn = drain(&pacer, &expected, now);
    most = MAX(most, turn);
    all += turn;
    g_assert_cmpint(now, <, 2000000);
  }
  g_assert_cmpuint(most, <=, 5); /* 2.5 Mbit/s: three packets in 10 ms */
  g_assert_cmpint(now - 1000000, <=, PACER_QUEUE_US);
  /* What comes while something waits waits behind it. */
  expected += offer(&pacer, 40, &sequence, now);
  offer(&pacer, 1, &sequence, now + 1000000);
  g_assert_cmpuint(drain(&pacer, &expected, now + 1000000), >, 0);
  pacer_clear(&pacer); /* gives back what still waits */
}

/* A narrow way does not make a queue last: it is emptied faster than the estimate. */
static void test_bounded(void) {
  Pacer pacer;
  uint64_t sequence = 0;
  pacer_init(&pacer);
  pacer_set(&pacer, 125000, false);
  uint64_t expected = offer(&pacer, 400, &sequence, 1000000);
  int64_t now = 1010000;
  for (; pacer.count > 0; now += 10000)
    drain(&pacer, &expected, now);
  g_assert_cmpuint(expected, ==, 400);
  g_assert_cmpint(now - 1000000, <, 6 * PACER_QUEUE_US); /* the last few at an ever slower pace */
  pacer_clear(&pacer);
}

/* A way that was seen full: no more than it carries, with something to spare. */
static void test_full(void) {
  Pacer pacer;
  uint64_t sequence = 0;
  pacer_init(&pacer);
  pacer_set(&pacer, 600000, true);
  offer(&pacer, 1, &sequence, 1000000); /* what was saved up is gone with it */
  uint64_t expected = 1 + offer(&pacer, 40, &sequence, 1000000);
  g_assert_cmpuint(expected, <=, 4);
  unsigned sent = (unsigned)expected;
  for (int64_t now = 1010000; now <= 1400000; now += 10000)
    sent += drain(&pacer, &expected, now);
  g_assert_cmpuint(sent, >=, 25); /* 600 kbit/s */
  g_assert_cmpuint(sent, <=, 36);
  pacer_clear(&pacer);
}

/* Sound goes at any time, at the pictures' cost. */
static void test_spend(void) {
  Pacer pacer;
  uint64_t sequence = 0;
  pacer_init(&pacer);
  pacer_set(&pacer, 250000, false);
  pacer_spend(&pacer, PACER_BURST_BYTES, 1000000);
  g_assert_cmpuint(offer(&pacer, 1, &sequence, 1000000), ==, 0);
  pacer_set(&pacer, INT64_MAX, false); /* no limit any more: what waits goes at once */
  uint64_t expected = 0;
  g_assert_cmpuint(drain(&pacer, &expected, 1000001), ==, 1);
  pacer_clear(&pacer);
}

static void put(Pacer *pacer, uint64_t sequence, unsigned slot) {
  Packet *packet = packet_of(1000, sequence);
  pacer_put(pacer, &(Paced){.packet = packet, .sent.sequence = sequence, .slot = slot});
  packet_unref(&packet);
}

/* Stopped, all waits; what is forgotten of a slot is gone, the rest goes in order. */
static void test_stopped(void) {
  Pacer pacer;
  uint64_t sequence = 0;
  pacer_init(&pacer);
  pacer_set(&pacer, 0, true);
  g_assert_true(pacer_stopped(&pacer));
  g_assert_cmpuint(offer(&pacer, 200, &sequence, 1000000), ==, 0);
  uint64_t expected = 0;
  g_assert_cmpuint(drain(&pacer, &expected, 5000000), ==, 0);
  pacer_forget(&pacer, 3);
  g_assert_cmpuint(pacer.count, ==, 0);
  g_assert_cmpuint(pacer.queued_bytes, ==, 0);

  for (uint64_t i = 0; i < 10; i++) {
    put(&pacer, 100 + i, 3);
    put(&pacer, 900 + i, 6);
  }
  pacer_forget(&pacer, 7);
  g_assert_cmpuint(pacer.count, ==, 20);
  pacer_forget(&pacer, 6);
  g_assert_cmpuint(pacer.count, ==, 10);
  /* Sound that passed meanwhile leaves no debt. */
  pacer_spend(&pacer, 100000, 5000000);
  pacer_set(&pacer, 8000000, true);
  expected = 100;
  g_assert_cmpuint(drain(&pacer, &expected, 5010000), >, 0);
  pacer_clear(&pacer);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  pool = packet_pool_new();
  g_test_add_func("/pacer/unlimited", test_unlimited);
  g_test_add_func("/pacer/spread", test_spread);
  g_test_add_func("/pacer/bounded", test_bounded);
  g_test_add_func("/pacer/full", test_full);
  g_test_add_func("/pacer/spend", test_spend);
  g_test_add_func("/pacer/stopped", test_stopped);
  int code = g_test_run();
  packet_pool_free(pool);
  return code;
}
