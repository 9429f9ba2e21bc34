/* Which of what a receiver tells counts. */
#include "router/capacity.h"

#include <glib.h>
#include <string.h>

static const BandwidthLabel unlabelled = {.slot = BANDWIDTH_NO_SLOT};

typedef struct {
  Capacity capacity;
  int64_t now_us;
  bool numbered;
  uint16_t fed; /* all before it was told of */
} Receiver;

#define WANTED_BPS 9000000

static void begin(Receiver *receiver, bool offers, bool numbered) {
  *receiver = (Receiver){.now_us = 1000000, .numbered = numbered};
  capacity_init(&receiver->capacity);
  if (offers)
    capacity_offered(&receiver->capacity, numbered, !numbered);
}

static void send(Receiver *receiver) {
  capacity_sent(&receiver->capacity, 1000, receiver->numbered, receiver->now_us);
  if (receiver->numbered)
    bandwidth_sent(receiver->capacity.bandwidth, 1000, unlabelled, receiver->now_us);
}

static bool feed(Receiver *receiver, const RtcpTwcc *twcc) {
  BandwidthMissing missing;
  bool changed = capacity_feedback(&receiver->capacity, twcc, &missing, receiver->now_us);
  g_assert_cmpuint(missing.count, ==, 0);
  return changed;
}

/* What came, a packet each 10 ms, every second of two tracks' if `half`. */
static void tell(Receiver *receiver, unsigned count, bool half) {
  RtcpTwcc twcc = {.base_sequence = receiver->fed,
                   .count = (uint16_t)count,
                   .reference_us = receiver->now_us / 64000 * 64000};
  for (unsigned i = 0; i < count; i++) {
    twcc.received[i] = !half || i % 2 == 0;
    twcc.delta_us[i] = !twcc.received[i] ? 0 : half ? 20000 : 10000;
  }
  feed(receiver, &twcc);
  if (half) { /* the other track's, as if these had been lost */
    twcc.base_sequence++;
    feed(receiver, &twcc);
  }
  receiver->fed = (uint16_t)(receiver->fed + count);
}

/* For so long: 100 packets a second, reports once a second. */
static void run(Receiver *receiver, unsigned seconds, bool reports,
                void (*each_tenth)(Receiver *receiver)) {
  for (unsigned step = 1; step <= seconds * 100; step++) {
    receiver->now_us += 10000;
    send(receiver);
    if (each_tenth && step % 10 == 0)
      each_tenth(receiver);
    if (reports && step % 100 == 0) {
      capacity_block(&receiver->capacity, 100, 0, 40000);
      capacity_report(&receiver->capacity, receiver->now_us);
    }
    if (step % 5 == 0)
      capacity_tick(&receiver->capacity, WANTED_BPS, receiver->now_us);
  }
}

static void tell_all(Receiver *receiver) {
  tell(receiver, 10, false);
}

/* REMB is offered and never sent. */
static void test_offered_only(void) {
  Receiver receiver;
  begin(&receiver, true, false);
  g_assert_cmpint(capacity_bps(&receiver.capacity), ==, BANDWIDTH_FIRST_BPS);
  g_assert_false(capacity_known(&receiver.capacity));
  run(&receiver, 10, true, NULL);
  g_assert_cmpint(receiver.capacity.source, ==, CAPACITY_BY_REPORTS);
  g_assert_cmpint(capacity_bps(&receiver.capacity), >, 2500000);
  g_assert_true(capacity_known(&receiver.capacity));
  g_assert_cmpuint(capacity_padding(&receiver.capacity, 9000000, receiver.now_us), ==, 0);
  /* It comes after all, and counts from then on. */
  capacity_remb(&receiver.capacity, 900000, receiver.now_us);
  g_assert_cmpint(capacity_bps(&receiver.capacity), ==, 900000);
  run(&receiver, 3, true, NULL);
  g_assert_cmpint(capacity_bps(&receiver.capacity), ==, 900000);
  capacity_clear(&receiver.capacity);
}

/* Transport-wide feedback is offered and never sent. */
static void test_numbered_only(void) {
  Receiver receiver;
  begin(&receiver, true, true);
  run(&receiver, 10, true, NULL);
  g_assert_cmpint(receiver.capacity.source, ==, CAPACITY_BY_REPORTS);
  g_assert_cmpint(capacity_bps(&receiver.capacity), >, 2500000);
  capacity_clear(&receiver.capacity);
}

static void idle(Receiver *receiver, int64_t wanted_bps) {
  for (unsigned i = 0; i < 140; i++) {
    receiver->now_us += 50000;
    capacity_tick(&receiver->capacity, wanted_bps, receiver->now_us);
  }
}

/* REMB is offered, and the only picture there is does not fit: nothing is sent, and nothing told.
 */
static void test_nothing_sent(void) {
  Receiver receiver;
  begin(&receiver, true, false);
  idle(&receiver, 100000); /* nobody is there: nothing is found out */
  g_assert_cmpint(capacity_bps(&receiver.capacity), ==, BANDWIDTH_FIRST_BPS);
  idle(&receiver, 2000000);
  int64_t bps = capacity_bps(&receiver.capacity);
  g_assert_cmpint(bps, >, 1500000);
  g_assert_cmpint(bps, <, 4000000); /* no more than it takes */
  send(&receiver);                  /* the picture begins: it is not taken back */
  capacity_tick(&receiver.capacity, 2000000, receiver.now_us + 10000);
  g_assert_cmpint(capacity_bps(&receiver.capacity), ==, bps);
  capacity_clear(&receiver.capacity);
}

/* Who was alone for a minute and can tell begins as everybody does. */
static void test_alone(void) {
  Receiver receiver;
  begin(&receiver, true, true);
  for (unsigned i = 0; i < 10; i++)
    idle(&receiver, 5000000);
  g_assert_cmpint(receiver.capacity.source, ==, CAPACITY_UNTOLD);
  g_assert_cmpint(capacity_bps(&receiver.capacity), ==, BANDWIDTH_FIRST_BPS);
  capacity_block(&receiver.capacity, 0, 0, 40000); /* a report comes before the first feedback */
  send(&receiver);
  capacity_report(&receiver.capacity, receiver.now_us);
  g_assert_cmpint(receiver.capacity.source, ==, CAPACITY_UNTOLD);
  capacity_clear(&receiver.capacity);
}

/* Only pictures are numbered, and none is there for a while: feedback has not ceased. */
static void test_sound_alone(void) {
  Receiver receiver;
  begin(&receiver, true, true);
  run(&receiver, 5, true, tell_all);
  for (unsigned i = 0; i < 10; i++) {
    receiver.now_us += 1000000;
    capacity_sent(&receiver.capacity, 100, false, receiver.now_us);
    capacity_block(&receiver.capacity, 50, 0, 40000);
    capacity_report(&receiver.capacity, receiver.now_us);
    capacity_tick(&receiver.capacity, WANTED_BPS, receiver.now_us);
  }
  g_assert_cmpint(receiver.capacity.source, ==, CAPACITY_BY_FEEDBACK);
  capacity_clear(&receiver.capacity);
}

static void test_nothing_offered(void) {
  Receiver receiver;
  begin(&receiver, false, false);
  run(&receiver, 10, true, NULL);
  g_assert_cmpint(capacity_bps(&receiver.capacity), ==, INT64_MAX);
  g_assert_cmpint(capacity_pace_bps(&receiver.capacity), ==, INT64_MAX);
  g_assert_false(capacity_known(&receiver.capacity));
  for (unsigned i = 0; i < 3; i++) {
    receiver.now_us += 1000000;
    receiver.capacity.sent_bytes += 250000; /* 2 Mbit/s */
    capacity_block(&receiver.capacity, 200, 60, 40000);
    capacity_report(&receiver.capacity, receiver.now_us);
  }
  g_assert_cmpint(capacity_bps(&receiver.capacity), <, 2000000);
  g_assert_true(capacity_known(&receiver.capacity));
  capacity_clear(&receiver.capacity);
}

/* What it offers it sends, and that decides; until it ceases. */
static void test_feedback(void) {
  Receiver receiver;
  begin(&receiver, true, true);
  run(&receiver, 5, true, tell_all);
  g_assert_cmpint(receiver.capacity.source, ==, CAPACITY_BY_FEEDBACK);
  g_assert_cmpint(capacity_bps(&receiver.capacity), ==,
                  bandwidth_target_bps(receiver.capacity.bandwidth));
  g_assert_false(receiver.capacity.witness.doubted);
  run(&receiver, 10, true, NULL);
  g_assert_cmpint(receiver.capacity.source, ==, CAPACITY_BY_REPORTS);
  int64_t bps = capacity_bps(&receiver.capacity);
  g_assert_cmpint(bps, >, BANDWIDTH_FIRST_BPS / 2);
  capacity_clear(&receiver.capacity);
}

/* With the reports everything has gone silent: that is no good news. */
static void test_silence(void) {
  Receiver receiver;
  begin(&receiver, true, true);
  run(&receiver, 5, true, tell_all);
  run(&receiver, 8, false, NULL);
  g_assert_cmpint(capacity_bps(&receiver.capacity), <, 100000);
  capacity_clear(&receiver.capacity);
}

static void tell_malformed(Receiver *receiver) {
  feed(receiver, NULL);
}

/* What cannot be read, as werift sends it of more than one track. */
static void test_malformed(void) {
  Receiver receiver;
  begin(&receiver, true, true);
  run(&receiver, 10, true, tell_malformed);
  g_assert_true(receiver.capacity.witness.doubted);
  g_assert_cmpint(receiver.capacity.source, ==, CAPACITY_BY_REPORTS);
  g_assert_cmpint(capacity_bps(&receiver.capacity), >, 2500000);
  capacity_restart(&receiver.capacity); /* on another way it is the same stack */
  g_assert_true(receiver.capacity.witness.doubted);
  capacity_clear(&receiver.capacity);
}

static void tell_by_track(Receiver *receiver) {
  tell(receiver, 10, true);
}

/* Well-formed, but each track for itself: the other's packets are as if lost. */
static void test_by_track(void) {
  Receiver receiver;
  begin(&receiver, true, true);
  run(&receiver, 15, true, tell_by_track);
  g_assert_true(receiver.capacity.witness.doubted);
  g_assert_cmpint(receiver.capacity.source, ==, CAPACITY_BY_REPORTS);
  g_assert_cmpint(capacity_bps(&receiver.capacity), >, 2500000);
  capacity_clear(&receiver.capacity);
}

/* One broken packet among many good ones is no reason. */
static void test_one_broken(void) {
  Witness witness = {0};
  for (unsigned i = 0; i < 1000; i++) {
    witness_feedback(&witness, i % 50 != 7);
    witness_packets(&witness, i * 3, i, 0);
  }
  g_assert_false(witness.doubted);
  witness_packets(&witness, 3000, 1000, WITNESS_FALSE);
  g_assert_true(witness.doubted);
}

/* A probe is under way when REMB, or reports, come to decide: it ends. */
static void test_probe_ends(void) {
  for (unsigned remb = 0; remb <= 1; remb++) {
    Receiver receiver;
    begin(&receiver, true, true);
    capacity_offered(&receiver.capacity, true, true);
    run(&receiver, 4, true, tell_all);
    g_assert_cmpint(receiver.capacity.source, ==, CAPACITY_BY_FEEDBACK);
    bandwidth_restart(receiver.capacity.bandwidth); /* it may probe at once */
    capacity_padding(&receiver.capacity, 50000000, receiver.now_us);
    g_assert_true(capacity_probes(&receiver.capacity));
    for (unsigned i = 0; remb && i < 10; i++)
      capacity_feedback(&receiver.capacity, NULL, &(BandwidthMissing){0}, receiver.now_us);
    for (unsigned i = 0; i < 10; i++) {
      if (remb)
        capacity_remb(&receiver.capacity, 1000000, receiver.now_us);
      receiver.now_us += 1000000;
      send(&receiver);
      capacity_block(&receiver.capacity, 100, 0, 40000);
      capacity_report(&receiver.capacity, receiver.now_us);
    }
    g_assert_cmpint(receiver.capacity.source, ==, remb ? CAPACITY_BY_REMB : CAPACITY_BY_REPORTS);
    g_assert_false(capacity_probes(&receiver.capacity));
    capacity_clear(&receiver.capacity);
  }
}

/* An offer without feedback follows one with it: what is numbered no more is told of no more, and
 * reports decide. */
static void test_offered_no_more(void) {
  Receiver receiver;
  begin(&receiver, true, true);
  run(&receiver, 4, true, tell_all);
  g_assert_cmpint(receiver.capacity.source, ==, CAPACITY_BY_FEEDBACK);
  int64_t before_bps = capacity_bps(&receiver.capacity);
  capacity_offered(&receiver.capacity, false, false);
  receiver.numbered = false;
  run(&receiver, 10, true, NULL);
  g_assert_cmpint(receiver.capacity.source, ==, CAPACITY_BY_REPORTS);
  g_assert_cmpint(capacity_bps(&receiver.capacity), >, before_bps);
  capacity_offered(&receiver.capacity, true, false);
  receiver.numbered = true;
  receiver.fed = bandwidth_sequence(receiver.capacity.bandwidth);
  run(&receiver, 2, true, tell_all);
  g_assert_cmpint(receiver.capacity.source, ==, CAPACITY_BY_FEEDBACK);
  capacity_clear(&receiver.capacity);
}

/* REMB decides. It is offered no more, or limits nothing any more, or ceases while reports go on:
 * those go on from where it left off. */
static void test_remb_ends(void) {
  for (unsigned how = 0; how < 3; how++) {
    Receiver receiver;
    begin(&receiver, true, false);
    run(&receiver, 3, true, NULL);
    capacity_remb(&receiver.capacity, 900000, receiver.now_us);
    run(&receiver, 4, true, NULL);
    g_assert_cmpint(receiver.capacity.source, ==, CAPACITY_BY_REMB);
    g_assert_cmpint(capacity_bps(&receiver.capacity), ==, 900000);
    if (how == 0)
      capacity_offered(&receiver.capacity, false, false);
    else if (how == 1)
      capacity_remb(&receiver.capacity, 0, receiver.now_us);
    else
      run(&receiver, 1, true, NULL);
    g_assert_cmpint(receiver.capacity.source, ==, CAPACITY_BY_REPORTS);
    g_assert_cmpint(capacity_bps(&receiver.capacity), ==, 900000);
    run(&receiver, 5, true, NULL);
    g_assert_cmpint(capacity_bps(&receiver.capacity), >, 900000);
    capacity_clear(&receiver.capacity);
  }
}

/* With the reports it has gone silent: that is no good news. One that comes again and again, the
 * same, is as good as a new one. */
static void test_remb_lasts(void) {
  Receiver receiver;
  begin(&receiver, true, false);
  run(&receiver, 3, true, NULL);
  capacity_remb(&receiver.capacity, 900000, receiver.now_us);
  run(&receiver, 20, false, NULL);
  g_assert_cmpint(capacity_bps(&receiver.capacity), ==, 900000);
  for (unsigned i = 0; i < 10; i++) {
    capacity_remb(&receiver.capacity, 900000, receiver.now_us);
    run(&receiver, 2, true, NULL);
    g_assert_cmpint(capacity_bps(&receiver.capacity), ==, 900000);
  }
  capacity_clear(&receiver.capacity);
}

/* Who did not offer REMB and sends it all the same. */
static void test_remb_not_offered(void) {
  Receiver receiver;
  begin(&receiver, true, true);
  capacity_remb(&receiver.capacity, 100000, receiver.now_us);
  g_assert_cmpint(capacity_bps(&receiver.capacity), ==, BANDWIDTH_FIRST_BPS);
  capacity_offered(&receiver.capacity, true, true);
  capacity_restart(&receiver.capacity); /* the offer stands */
  capacity_remb(&receiver.capacity, 100000, receiver.now_us);
  g_assert_cmpint(capacity_bps(&receiver.capacity), ==, 100000);
  capacity_clear(&receiver.capacity);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/capacity/offered-only", test_offered_only);
  g_test_add_func("/capacity/numbered-only", test_numbered_only);
  g_test_add_func("/capacity/nothing-sent", test_nothing_sent);
  g_test_add_func("/capacity/alone", test_alone);
  g_test_add_func("/capacity/sound-alone", test_sound_alone);
  g_test_add_func("/capacity/nothing-offered", test_nothing_offered);
  g_test_add_func("/capacity/feedback", test_feedback);
  g_test_add_func("/capacity/silence", test_silence);
  g_test_add_func("/capacity/malformed", test_malformed);
  g_test_add_func("/capacity/by-track", test_by_track);
  g_test_add_func("/capacity/one-broken", test_one_broken);
  g_test_add_func("/capacity/probe-ends", test_probe_ends);
  g_test_add_func("/capacity/offered-no-more", test_offered_no_more);
  g_test_add_func("/capacity/remb-ends", test_remb_ends);
  g_test_add_func("/capacity/remb-lasts", test_remb_lasts);
  g_test_add_func("/capacity/remb-not-offered", test_remb_not_offered);
  return g_test_run();
}
