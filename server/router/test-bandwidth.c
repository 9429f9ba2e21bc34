/* The estimate on a simulated way: a queue that empties at some rate, a delay, random loss, and a
 * receiver with a clock of its own that reports every 50 ms. */
#include <glib.h>

#include "router/bandwidth.h"

#define STEP_US 5000 /* the sender's pacer */
#define PACKET_BYTES 1200
#define AUDIO_BYTES 120
#define PADDING_BYTES 250
#define FEEDBACK_US 50000
#define ON_WAY 8192

typedef struct {
  uint16_t sequence;
  int64_t arrives_us;
  bool lost;
} OnWay;

#define RIVAL_ON_WAY 1024
#define RIVAL_BYTES 1500

/* A TCP stream without end on the same queue: slow start, then a packet more a round trip, 0.7 of
 * the window after a loss (as Cubic on a way so short). */
typedef struct {
  bool on;
  double window, threshold; /* packets */
  struct {
    int64_t acked_us;
    bool lost;
  } way[RIVAL_ON_WAY];
  unsigned first, count;
  int64_t recovered_us;
  uint64_t arrived_bytes;
} Rival;

typedef struct {
  Bandwidth *bandwidth;
  GRand *random;
  int64_t now_us;
  int64_t capacity_bps, delay_us, queue_most_us;
  double loss;
  int64_t wanted_bps;   /* what there is to send; probes are asked for up to it */
  int64_t trickle_bps;  /* … but only so much of it now; 0: all */
  unsigned large;       /* packets of a large frame that wait for the pacer */
  bool deaf;            /* no feedback comes back */
  int64_t jitter_us;    /* added to each packet's delay, up to twice as much, in any order */
  int64_t late_most_us; /* so long may what is sent lie about here; anew every second */
  Rival rival;

  int64_t late_us, late_until_us;
  int64_t queue_free_us; /* when the queue will be empty */
  int64_t queue_us;      /* its length now, in time */
  int64_t queue_worst_us;
  double credit, large_credit;
  int64_t audio_us;
  OnWay way[ON_WAY];
  unsigned first, count;
  int64_t fed_us;
  uint16_t next_told;
  uint64_t arrived_bytes;
  unsigned sent, lost;
} Link;

static const BandwidthLabel unlabelled = {.slot = BANDWIDTH_NO_SLOT};

static Link *link_new(int64_t capacity_bps, int64_t wanted_bps) {
  Link *link = g_new0(Link, 1);
  link->bandwidth = bandwidth_new();
  link->random = g_rand_new_with_seed(1);
  link->now_us = 5000000;
  link->capacity_bps = capacity_bps;
  link->wanted_bps = wanted_bps;
  link->delay_us = 30000;
  link->queue_most_us = 400000;
  return link;
}

static void link_free(Link *link) {
  bandwidth_free(link->bandwidth);
  g_rand_free(link->random);
  g_free(link);
}

/* When the queue has let it out; 0: there was no room in it. */
static int64_t enqueue(Link *link, unsigned bytes) {
  link->queue_free_us = MAX(link->queue_free_us, link->now_us);
  link->queue_us = link->queue_free_us - link->now_us;
  link->queue_worst_us = MAX(link->queue_worst_us, link->queue_us);
  if (link->queue_us > link->queue_most_us)
    return 0;
  return link->queue_free_us += (int64_t)bytes * 8 * 1000000 / link->capacity_bps;
}

static void rival_step(Link *link) {
  Rival *rival = &link->rival;
  while (rival->count > 0 && rival->way[rival->first].acked_us <= link->now_us) {
    bool lost = rival->way[rival->first].lost;
    rival->first = (rival->first + 1) % RIVAL_ON_WAY;
    rival->count--;
    if (!lost) {
      rival->arrived_bytes += RIVAL_BYTES;
      rival->window += rival->window < rival->threshold ? 1 : 1 / rival->window;
    } else if (link->now_us > rival->recovered_us) {
      rival->window = rival->threshold = MAX(rival->window * 0.7, 2);
      rival->recovered_us = link->now_us + link->queue_us + 2 * link->delay_us;
    }
  }
  while (rival->count < MIN((unsigned)rival->window, RIVAL_ON_WAY)) {
    int64_t out_us = enqueue(link, RIVAL_BYTES);
    unsigned at = (rival->first + rival->count++) % RIVAL_ON_WAY;
    rival->way[at].lost = out_us == 0;
    rival->way[at].acked_us = (out_us ? out_us : link->queue_free_us) + 2 * link->delay_us;
  }
}

static void send_one(Link *link, unsigned bytes) {
  uint16_t sequence = bandwidth_sequence(link->bandwidth);
  bandwidth_sent(link->bandwidth, bytes, unlabelled, link->now_us);
  bandwidth_left(link->bandwidth, link->now_us + link->late_us);
  link->sent++;
  bool lost = g_rand_double(link->random) < link->loss;
  int64_t out_us = lost ? 0 : enqueue(link, bytes);
  lost = out_us == 0;
  int64_t late_us =
      link->jitter_us ? g_rand_int_range(link->random, 0, 2 * (int)link->jitter_us) : 0;
  g_assert_cmpuint(link->count, <, ON_WAY);
  link->way[(link->first + link->count++) % ON_WAY] = (OnWay){
      sequence, (lost ? link->now_us : out_us) + link->late_us + link->delay_us + late_us, lost};
  if (lost)
    link->lost++;
  else
    link->arrived_bytes += bytes;
}

static void send_step(Link *link) {
  if (link->late_most_us > 0 && link->now_us >= link->late_until_us) {
    link->late_us = g_rand_int_range(link->random, 0, (int)link->late_most_us);
    link->late_until_us = link->now_us + 1000000;
  }
  if (link->now_us >= link->audio_us) {
    send_one(link, AUDIO_BYTES);
    link->audio_us = link->now_us + 20000;
  }
  bool stopped = bandwidth_pace_bps(link->bandwidth) == 0;
  int64_t offered_bps = link->trickle_bps ? link->trickle_bps : link->wanted_bps;
  int64_t rate_bps = MIN(bandwidth_target_bps(link->bandwidth), offered_bps) - 48000;
  if (!stopped)
    link->credit += MAX((double)rate_bps, 0) / 8 * STEP_US / 1e6;
  for (; link->credit >= PACKET_BYTES && !stopped; link->credit -= PACKET_BYTES)
    send_one(link, PACKET_BYTES);
  link->large_credit += (double)bandwidth_pace_bps(link->bandwidth) / 8 * STEP_US / 1e6;
  link->large_credit = MIN(link->large_credit, 4 * PACKET_BYTES);
  for (; link->large && link->large_credit >= PACKET_BYTES; link->large_credit -= PACKET_BYTES) {
    send_one(link, PACKET_BYTES);
    link->large--;
  }
  unsigned padding = bandwidth_padding(link->bandwidth, link->wanted_bps, link->now_us);
  for (; padding >= PADDING_BYTES; padding -= PADDING_BYTES)
    send_one(link, PADDING_BYTES);
}

/* Everything that has arrived, and what is missing below it. Half a round trip late. */
static void report(Link *link) {
  static const int64_t clock_us = INT64_C(77777777777); /* the receiver's is another */
  RtcpTwcc twcc = {0};
  int64_t last_us = 0;
  unsigned take = 0, arrived = 0;
  for (unsigned i = 0; i < link->count; i++) {
    const OnWay *packet = &link->way[(link->first + i) % ON_WAY];
    if (packet->arrives_us > link->now_us - link->delay_us)
      break;
    if (!packet->lost)
      take = i + 1;
  }
  take = MIN(take, TWCC_PACKETS_MAX);
  if (take == 0)
    return;
  twcc.base_sequence = link->way[link->first].sequence;
  for (unsigned i = 0; i < take; i++) {
    const OnWay *packet = &link->way[(link->first + i) % ON_WAY];
    twcc.received[i] = !packet->lost;
    if (packet->lost)
      continue;
    int64_t at_us = (packet->arrives_us + clock_us) / 250 * 250;
    if (arrived++ == 0) {
      twcc.reference_us = at_us / 64000 * 64000;
      last_us = twcc.reference_us;
    }
    twcc.delta_us[i] = (int32_t)(at_us - last_us);
    last_us = at_us;
  }
  twcc.count = (uint16_t)take;
  link->first = (link->first + take) % ON_WAY;
  link->count -= take;
  if (!link->deaf && arrived > 0)
    bandwidth_feedback(link->bandwidth, &twcc, NULL, link->now_us);
}

static void run(Link *link, int64_t seconds) {
  link->queue_worst_us = 0;
  link->arrived_bytes = 0;
  link->sent = link->lost = 0;
  for (int64_t end_us = link->now_us + seconds * 1000000; link->now_us < end_us;) {
    link->now_us += STEP_US;
    send_step(link);
    if (link->rival.on)
      rival_step(link);
    if (link->now_us - link->fed_us >= FEEDBACK_US) {
      link->fed_us = link->now_us;
      report(link);
    }
    bandwidth_tick(link->bandwidth, link->now_us);
  }
}

static void test_cold_start(void) {
  Link *link = link_new(10000000, 12000000);
  run(link, 10);
  g_assert_cmpint(bandwidth_pace_bps(link->bandwidth), >, bandwidth_target_bps(link->bandwidth));
  g_assert_cmpint(bandwidth_pace_bps(link->bandwidth), <, 26000000);
  g_test_message("10 Mbit/s: %" G_GINT64_FORMAT, bandwidth_target_bps(link->bandwidth));
  g_assert_cmpint(bandwidth_target_bps(link->bandwidth), >=, 8000000);
  run(link, 30); /* and it stays there, without a standing queue */
  g_test_message("after 30 s: %" G_GUINT64_FORMAT " bit/s, queue %" G_GINT64_FORMAT " ms",
                 link->arrived_bytes * 8 / 30, link->queue_worst_us / 1000);
  g_assert_cmpuint(link->arrived_bytes * 8 / 30, >=, 7500000);
  g_assert_cmpint(link->queue_worst_us, <=, 200000);
  link_free(link);
}

static void test_drop_and_return(void) {
  Link *link = link_new(3000000, 2500000);
  run(link, 15);
  g_assert_cmpint(bandwidth_target_bps(link->bandwidth), >=, 2300000);
  link->capacity_bps = 500000;
  link->queue_most_us = 2000000;
  run(link, 3);
  g_test_message("at 500 kbit/s after 3 s: %" G_GINT64_FORMAT ", queue %" G_GINT64_FORMAT " ms",
                 bandwidth_target_bps(link->bandwidth), link->queue_worst_us / 1000);
  g_assert_cmpint(bandwidth_target_bps(link->bandwidth), <=, 550000);
  g_assert_cmpint(link->queue_worst_us, <=, 650000); /* 155 ms at five times the rate */
  run(link, 20);
  g_test_message("20 s more: %" G_GUINT64_FORMAT " bit/s, queue %" G_GINT64_FORMAT " ms",
                 link->arrived_bytes * 8 / 20, link->queue_worst_us / 1000);
  g_assert_cmpuint(link->arrived_bytes * 8 / 20, >=, 350000);
  run(link, 10);
  g_assert_cmpint(link->queue_worst_us, <=, 300000);
  link->capacity_bps = 3000000;
  run(link, 8);
  g_test_message("8 s after it came back: %" G_GINT64_FORMAT,
                 bandwidth_target_bps(link->bandwidth));
  g_assert_cmpint(bandwidth_target_bps(link->bandwidth), >=, 2000000);
  link_free(link);
}

static void test_random_loss(void) {
  Link *link = link_new(10000000, 2000000);
  link->loss = 0.05;
  run(link, 15);
  g_assert_cmpint(bandwidth_target_bps(link->bandwidth), >=, 1500000);
  g_assert_cmpfloat(bandwidth_loss(link->bandwidth), >, 0.005);
  g_assert_cmpfloat(bandwidth_loss(link->bandwidth), <, 0.2);
  link->loss = 0.4; /* not a way for pictures */
  run(link, 15);
  g_test_message("at 40 %% loss: %" G_GINT64_FORMAT, bandwidth_target_bps(link->bandwidth));
  g_assert_cmpint(bandwidth_target_bps(link->bandwidth), <, 300000);
  link->loss = 0;
  run(link, 15);
  g_test_message("15 s after it: %" G_GINT64_FORMAT, bandwidth_target_bps(link->bandwidth));
  g_assert_cmpint(bandwidth_target_bps(link->bandwidth), >=, 1500000);
  link_free(link);
}

/* It falls, its queue empties, and it falls again within two seconds. */
static void test_two_drops(void) {
  Link *link = link_new(4000000, 3500000);
  run(link, 15);
  link->queue_most_us = 2000000;
  link->capacity_bps = 2000000;
  run(link, 2);
  link->capacity_bps = 700000;
  run(link, 2);
  g_test_message("after 4 and 2 Mbit/s at 700 kbit/s: %" G_GINT64_FORMAT ", queue %" G_GINT64_FORMAT
                 " ms",
                 bandwidth_target_bps(link->bandwidth), link->queue_worst_us / 1000);
  g_assert_cmpint(bandwidth_target_bps(link->bandwidth), <=, 700000);
  g_assert_cmpint(link->queue_worst_us, <=, 350000);
  link_free(link);
}

/* Loss that does not depend on what is sent is not answered by sending less and less. */
static void test_own_loss(void) {
  for (unsigned percent = 10; percent <= 20; percent += 10) {
    Link *link = link_new(10000000, 2000000);
    link->loss = percent / 100.0;
    run(link, 10);
    run(link, 30);
    g_test_message("at %u %% of random loss: %" G_GUINT64_FORMAT " bit/s", percent,
                   link->arrived_bytes * 8 / 30);
    g_assert_cmpuint(link->arrived_bytes * 8 / 30, >=, 1000000);
    link_free(link);
  }
}

/* A queue too short to show: only loss tells that there is no more to be had. */
static void test_short_queue(void) {
  Link *link = link_new(1000000, 3000000);
  link->queue_most_us = 8000;
  run(link, 15);
  run(link, 20);
  g_test_message("1 Mbit/s without a queue: %" G_GUINT64_FORMAT " bit/s, %u of %u lost",
                 link->arrived_bytes * 8 / 20, link->lost, link->sent);
  g_assert_cmpuint(link->arrived_bytes * 8 / 20, >=, 500000);
  g_assert_cmpuint(link->lost * 10, <=, link->sent * 2);
  link_free(link);
}

static void test_jitter(void) {
  Link *link = link_new(10000000, 2000000);
  link->jitter_us = 50000;
  run(link, 15);
  run(link, 30);
  g_test_message("with 50 ms of jitter: %" G_GUINT64_FORMAT " bit/s", link->arrived_bytes * 8 / 30);
  g_assert_cmpuint(link->arrived_bytes * 8 / 30, >=, 1400000);
  link->capacity_bps = 500000; /* and a queue is still seen through it */
  run(link, 5);
  run(link, 10);
  g_test_message("and 500 kbit/s: %" G_GUINT64_FORMAT " bit/s, queue %" G_GINT64_FORMAT " ms",
                 link->arrived_bytes * 8 / 10, link->queue_worst_us / 1000);
  g_assert_cmpint(link->queue_worst_us, <=, 300000);
  link_free(link);
}

/* The way becomes longer, as with another network. Returns the least estimate in the 8 s after. */
static int64_t lengthen(unsigned by_ms, unsigned jitter_ms) {
  Link *link = link_new(10000000, 1000000);
  link->delay_us = 2000;
  run(link, 15);
  link->delay_us += by_ms * 1000;
  link->jitter_us = jitter_ms * 1000;
  int64_t least_bps = INT64_MAX;
  for (unsigned i = 0; i < 8; i++) {
    run(link, 1);
    least_bps = MIN(least_bps, bandwidth_target_bps(link->bandwidth));
  }
  g_test_message("%u ms longer, %u ms of jitter: %" G_GINT64_FORMAT
                 " for a moment, then %" G_GUINT64_FORMAT " bit/s",
                 by_ms, jitter_ms, least_bps, link->arrived_bytes * 8);
  g_assert_cmpuint(link->arrived_bytes * 8, >=, 900000);
  link_free(link);
  return least_bps;
}

/* That is no queue; and that nothing comes for a moment is no rate. */
static void test_longer(void) {
  for (unsigned jitter_ms = 0; jitter_ms <= 40; jitter_ms += 20)
    g_assert_cmpint(lengthen(58, jitter_ms), >=, 650000);
  for (unsigned by_ms = 90; by_ms <= 150; by_ms += 30)
    g_assert_cmpint(lengthen(by_ms, 0), >=, 250000);
}

/* What waited in this machine met no queue on the way. */
static void test_late_sender(void) {
  Link *link = link_new(10000000, 2000000);
  run(link, 15);
  link->late_most_us = 150000;
  run(link, 30);
  g_test_message("sent up to 150 ms late: %" G_GUINT64_FORMAT " bit/s",
                 link->arrived_bytes * 8 / 30);
  g_assert_cmpuint(link->arrived_bytes * 8 / 30, >=, 1800000);
  link_free(link);
}

static void test_rival(void) {
  Link *link = link_new(3000000, 2500000);
  link->queue_most_us = 200000;
  run(link, 10);
  link->rival = (Rival){.on = true, .window = 10, .threshold = 1000};
  run(link, 15);
  link->rival.arrived_bytes = 0;
  run(link, 40);
  g_test_message("beside TCP: %" G_GUINT64_FORMAT " bit/s, TCP %" G_GUINT64_FORMAT,
                 link->arrived_bytes * 8 / 40, link->rival.arrived_bytes * 8 / 40);
  g_assert_cmpuint(link->arrived_bytes * 8 / 40, >=, 750000);
  g_assert_cmpuint(link->rival.arrived_bytes * 8 / 40, >=, 750000);
  link->rival.on = false;
  run(link, 15);
  run(link, 10);
  g_test_message("and after it: %" G_GUINT64_FORMAT " bit/s, queue %" G_GINT64_FORMAT " ms",
                 link->arrived_bytes * 8 / 10, link->queue_worst_us / 1000);
  g_assert_cmpuint(link->arrived_bytes * 8 / 10, >=, 2000000);
  g_assert_cmpint(link->queue_worst_us, <=, 150000);
  link_free(link);
}

/* A burst that arrives as it was sent: the way is wide, whatever was asked of it so far. */
static void test_pace(void) {
  for (unsigned wide = 0; wide < 2; wide++) {
    Link *link = link_new(wide ? 100000000 : 2000000, 500000);
    for (unsigned i = 0; i < 10; i++) {
      for (unsigned n = 0; n < 20; n++)
        send_one(link, PACKET_BYTES);
      run(link, 1);
    }
    int64_t pace_bps = bandwidth_pace_bps(link->bandwidth);
    g_test_message("pace on %s way: %" G_GINT64_FORMAT, wide ? "a wide" : "a narrow", pace_bps);
    if (wide)
      g_assert_cmpint(pace_bps, >=, 30000000);
    else
      g_assert_cmpint(pace_bps, <=, 5000000);
    link_free(link);
  }
}

static void test_little_to_send(void) {
  Link *link = link_new(10000000, 300000);
  run(link, 60);
  /* Nobody wanted more: it was never tried, so it is not known. */
  g_assert_cmpint(bandwidth_target_bps(link->bandwidth), >=, 300000);
  g_assert_cmpint(bandwidth_target_bps(link->bandwidth), <=, 700000);
  link->wanted_bps = 4000000;
  run(link, 5);
  g_test_message("5 s after more is wanted: %" G_GINT64_FORMAT,
                 bandwidth_target_bps(link->bandwidth));
  g_assert_cmpint(bandwidth_target_bps(link->bandwidth), >=, 3000000);
  link_free(link);
}

/* A screen that is shared: hardly anything, and now and then a large frame. Its queue is no reason
 * to believe that the way carries what came through on the whole. */
static void test_large_frames(void) {
  Link *link = link_new(1000000, 3000000);
  link->trickle_bps = 90000;
  int64_t least_bps = INT64_MAX;
  unsigned late = 0;
  for (unsigned second = 0; second < 60; second++) {
    link->large = 36; /* 43 kB */
    run(link, 1);
    if (second < 10)
      continue;
    least_bps = MIN(least_bps, bandwidth_target_bps(link->bandwidth));
    late += link->large > 0;
    g_assert_cmpint(link->queue_worst_us, <=, 400000);
  }
  g_test_message("frames of 43 kB on 1 Mbit/s: estimate never below %" G_GINT64_FORMAT
                 ", %u of 50 later than the next",
                 least_bps, late);
  g_assert_cmpint(least_bps, >=, 500000);
  g_assert_cmpuint(late, <=, 2);
  link_free(link);
}

static void test_silence(void) {
  Link *link = link_new(10000000, 2000000);
  run(link, 15);
  link->deaf = true;
  run(link, 5);
  g_assert_cmpint(bandwidth_target_bps(link->bandwidth), <=, 800000);
  link->deaf = false;
  run(link, 15);
  g_assert_cmpint(bandwidth_target_bps(link->bandwidth), >=, 1500000);
  link_free(link);
}

static void test_padding(void) {
  Bandwidth *bandwidth = bandwidth_new();
  g_assert_cmpint(bandwidth_target_bps(bandwidth), ==, BANDWIDTH_FIRST_BPS);
  g_assert_cmpuint(bandwidth_padding(bandwidth, BANDWIDTH_FIRST_BPS, 1000000), ==, 0);
  unsigned due = bandwidth_padding(bandwidth, 4000000, 1000000);
  g_assert_cmpuint(due, ==, 3 * BANDWIDTH_FIRST_BPS / 8 / 200); /* 5 ms */
  bandwidth_sent(bandwidth, due, unlabelled, 1000000);
  g_assert_cmpuint(bandwidth_padding(bandwidth, 4000000, 1000000), ==, 0);
  g_assert_cmpuint(bandwidth_padding(bandwidth, 4000000, 1005000), ==, due);
  bandwidth_free(bandwidth);
}

/* What a stranger may say: packets never sent, told of twice, from the other half of the circle. */
static void test_nonsense(void) {
  Link *link = link_new(10000000, 2000000);
  run(link, 5);
  int64_t before = bandwidth_target_bps(link->bandwidth);
  RtcpTwcc twcc = {.count = TWCC_PACKETS_MAX};
  for (unsigned i = 0; i < TWCC_PACKETS_MAX; i++) {
    twcc.received[i] = i % 3 == 0;
    twcc.delta_us[i] = i % 2 ? -8000000 : 8000000;
  }
  twcc.base_sequence = (uint16_t)(bandwidth_sequence(link->bandwidth) + 1); /* not sent yet */
  bandwidth_feedback(link->bandwidth, &twcc, NULL, link->now_us);
  twcc.base_sequence = (uint16_t)(bandwidth_sequence(link->bandwidth) - 3000); /* long ago */
  bandwidth_feedback(link->bandwidth, &twcc, NULL, link->now_us);
  g_assert_cmpint(bandwidth_target_bps(link->bandwidth), ==, before);
  twcc.reference_us = INT64_MAX / 2;
  twcc.base_sequence = (uint16_t)(bandwidth_sequence(link->bandwidth) - 600);
  bandwidth_feedback(link->bandwidth, &twcc, NULL, link->now_us);
  run(link, 20);
  g_assert_cmpint(bandwidth_target_bps(link->bandwidth), >=, 1500000); /* it gets over it */
  link_free(link);
}

/* Each packet with a label is told of once when it is missing, whatever comes of it. */
static void test_missing(void) {
  Bandwidth *bandwidth = bandwidth_new();
  for (unsigned i = 0; i < 10; i++) {
    BandwidthLabel label = {i % 3 == 0 ? BANDWIDTH_NO_SLOT : 4, (uint16_t)(65530 + i)};
    bandwidth_sent(bandwidth, PACKET_BYTES, label, 1000000);
  }
  RtcpTwcc twcc = {.count = 8, .reference_us = 64000};
  twcc.received[0] = twcc.received[3] = twcc.received[7] = true;
  BandwidthMissing missing = {0};
  bandwidth_feedback(bandwidth, &twcc, &missing, 1050000);
  g_assert_cmpuint(missing.count, ==, 4); /* 1, 2, 4, 5: 6 has no label, 8 and 9 may come yet */
  g_assert_cmpuint(missing.labels[0].slot, ==, 4);
  g_assert_cmpuint(missing.labels[0].number, ==, 65531);
  g_assert_cmpuint(missing.labels[3].number, ==, 65535);
  bandwidth_feedback(bandwidth, &twcc, &missing, 1100000);
  g_assert_cmpuint(missing.count, ==, 4);
  twcc.count = 10;
  twcc.received[8] = twcc.received[9] = true;
  bandwidth_feedback(bandwidth, &twcc, &missing, 1150000);
  g_assert_cmpuint(missing.count, ==, 4);
  missing.count = 0;
  for (unsigned i = 0; i < BANDWIDTH_PACKETS; i++) /* another lap: the old ones are forgotten */
    bandwidth_sent(bandwidth, PACKET_BYTES, (BandwidthLabel){4, 1}, 2000000);
  bandwidth_feedback(bandwidth, &twcc, &missing, 2050000);
  g_assert_cmpuint(missing.count, ==, 0);
  bandwidth_free(bandwidth);
}

/* What is on its way is not forgotten, however much more is sent. */
static void test_many_on_way(void) {
  Bandwidth *bandwidth = bandwidth_new();
  for (unsigned i = 0; i < BANDWIDTH_PACKETS; i++)
    bandwidth_sent(bandwidth, PACKET_BYTES, (BandwidthLabel){4, (uint16_t)(7 + i)},
                   1000000 + i * 900);
  RtcpTwcc twcc = {.count = 3, .reference_us = 64000};
  twcc.received[2] = true;
  BandwidthMissing missing = {0};
  bandwidth_feedback(bandwidth, &twcc, &missing, 2900000);
  g_assert_cmpuint(missing.count, ==, 2);
  g_assert_cmpuint(missing.labels[0].number, ==, 7);
  g_assert_cmpuint(missing.labels[1].number, ==, 8);
  bandwidth_free(bandwidth);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/bandwidth/cold-start", test_cold_start);
  g_test_add_func("/bandwidth/drop-and-return", test_drop_and_return);
  g_test_add_func("/bandwidth/two-drops", test_two_drops);
  g_test_add_func("/bandwidth/random-loss", test_random_loss);
  g_test_add_func("/bandwidth/own-loss", test_own_loss);
  g_test_add_func("/bandwidth/short-queue", test_short_queue);
  g_test_add_func("/bandwidth/jitter", test_jitter);
  g_test_add_func("/bandwidth/longer", test_longer);
  g_test_add_func("/bandwidth/late-sender", test_late_sender);
  g_test_add_func("/bandwidth/rival", test_rival);
  g_test_add_func("/bandwidth/pace", test_pace);
  g_test_add_func("/bandwidth/little-to-send", test_little_to_send);
  g_test_add_func("/bandwidth/large-frames", test_large_frames);
  g_test_add_func("/bandwidth/silence", test_silence);
  g_test_add_func("/bandwidth/padding", test_padding);
  g_test_add_func("/bandwidth/missing", test_missing);
  g_test_add_func("/bandwidth/many-on-way", test_many_on_way);
  g_test_add_func("/bandwidth/nonsense", test_nonsense);
  return g_test_run();
}
