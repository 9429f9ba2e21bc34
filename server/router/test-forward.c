/* What a receiver gets out of a slot: one stream, whatever comes in. */
#include "router/router.h"
#include "router/test-fixture.h"

#include <string.h>

#include "router/forwarder.h"
#include "router/keyframe.h"
#include "router/layer.h"
#include "router/ring.h"
#include "wire/seq.h"

#define PICTURES 0x8000

typedef struct {
  PacketPool *pool;
  Router *router;
  Events events;
  Receiver *receiver;
  Subscriber *subscriber;
} Room;

static Room *room_new(unsigned video_slots) {
  Room *room = g_new0(Room, 1);
  room->pool = packet_pool_new();
  room->router = router_new(&recording_events, &room->events);
  room->receiver = receiver_new();
  room->subscriber =
      router_add_subscriber(room->router, 1, video_slots, false, &receiver_sink, room->receiver);
  router_tick(room->router, 1000000);
  return room;
}

static void room_free(Room *room) {
  router_remove_subscriber(room->router, room->subscriber);
  router_free(room->router);
  receiver_free(room->receiver);
  packet_pool_free(room->pool); /* asserts that nobody kept a packet */
  g_free(room);
}

/* The receiver asks for it, after a round trip of a millisecond. */
static RepairVerdict nack(Room *room, unsigned slot, uint16_t sequence, int64_t now_us) {
  RepairAsk ask = {.rtt_us = 1000, .budget_bps = INT64_MAX, .now_us = now_us};
  return subscriber_repair(room->subscriber, slot, sequence, &ask);
}

static Track *camera(Room *room, uint32_t id, uint32_t peer) {
  return router_add_track(room->router, &(TrackInfo){id, peer, SOURCE_CAMERA, 90000});
}

/* A publisher's encoder: frames of some packets, now and then a key frame. */
typedef struct {
  Track *track;
  VideoSpec next;
  int64_t capture_us;
  unsigned in_frame, frame_packets;
  Packet *held[4]; /* on a slow path: come later */
} Camera;

static void camera_next(Camera *camera, GRand *random, bool keyframe_wanted) {
  VideoSpec *next = &camera->next;
  next->sequence++;
  if (++camera->in_frame < camera->frame_packets) {
    next->start = false;
  } else {
    next->start = true;
    next->timestamp += FRAME_TICKS;
    camera->capture_us += FRAME_US;
    next->picture_id = (uint16_t)((next->picture_id + 1) % PICTURES);
    next->tl0picidx++;
    next->keyframe = keyframe_wanted || g_rand_int_range(random, 0, 20) == 0;
    camera->in_frame = 0;
    camera->frame_packets = (unsigned)g_rand_int_range(random, 1, next->keyframe ? 12 : 4);
  }
  next->marker = camera->in_frame + 1 == camera->frame_packets;
  next->arrival_us = next->capture_us = camera->capture_us;
  next->stamp = (uint32_t)(next->picture_id | next->tl0picidx << 16);
}

/* Model of one piece: everything is a constant offset from the first packet of a key frame. */
typedef struct {
  unsigned piece;
  bool open;
  uint16_t sequence_offset, picture_offset;
  uint32_t timestamp_offset;
  uint8_t tl0_offset;
  uint64_t first;
} Piece;

typedef struct {
  bool any;
  uint16_t sequence, picture_id;
  uint32_t timestamp;
  uint8_t tl0picidx;
  int64_t capture_us;
} Newest;

static void check_piece_start(const Got *got, const Newest *newest) {
  g_assert_true(got->keyframe);
  if (!newest->any)
    return;
  g_assert_cmpuint(got->sequence, ==, (uint16_t)(newest->sequence + 1));
  g_assert_cmpuint(got->picture_id, ==, (newest->picture_id + 1) % PICTURES);
  g_assert_cmpuint(got->tl0picidx, ==, (uint8_t)(newest->tl0picidx + 1));
  g_assert_true(timestamp_newer(got->timestamp, newest->timestamp));
  int64_t ticks = (int64_t)(got->timestamp - newest->timestamp);
  int64_t elapsed = (got->capture_us - newest->capture_us) * 90000 / 1000000;
  if (elapsed > 1)
    g_assert_cmpint(ABS(ticks - elapsed), <=, 90); /* 1 ms */
}

static void check_stream(const Receiver *receiver, unsigned slot, unsigned pieces_least) {
  g_autofree uint8_t *seen = g_malloc0(1 << 16);
  Piece piece = {0};
  Newest newest = {0};
  unsigned pieces = 0;
  for (size_t i = 0; i < receiver->count; i++) {
    const Got *got = &receiver->log[i];
    if (got->slot != slot)
      continue;
    if (!piece.open || piece.piece != got->piece) {
      check_piece_start(got, &newest);
      piece = (Piece){got->piece,
                      true,
                      (uint16_t)(got->sequence - got->in_sequence),
                      (uint16_t)((got->picture_id - got->stamp) % PICTURES),
                      got->timestamp - got->in_timestamp,
                      (uint8_t)(got->tl0picidx - (got->stamp >> 16)),
                      got->in_sequence};
      pieces++;
    }
    g_assert_cmpuint(got->in_sequence, >=, piece.first);
    g_assert_cmpuint((uint16_t)(got->sequence - got->in_sequence), ==, piece.sequence_offset);
    g_assert_cmpuint(got->timestamp - got->in_timestamp, ==, piece.timestamp_offset);
    g_assert_cmpuint((uint16_t)((got->picture_id - got->stamp) % PICTURES), ==,
                     piece.picture_offset);
    g_assert_cmpuint((uint8_t)(got->tl0picidx - (got->stamp >> 16)), ==, piece.tl0_offset);
    g_assert_cmpuint(seen[got->sequence], ==, 0); /* never twice: under 2^16 packets here */
    seen[got->sequence] = 1;
    if (!newest.any || seq_newer(got->sequence, newest.sequence))
      newest = (Newest){true,           got->sequence,  got->picture_id,
                        got->timestamp, got->tl0picidx, got->capture_us};
  }
  g_assert_cmpuint(pieces, >=, pieces_least);
}

/* Switches, losses and reordering at random: the slot stays one stream. */
static void test_random(void) {
  for (guint32 seed = 1; seed <= 20; seed++) {
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);
    Room *room = room_new(1);
    Camera cameras[3] = {0};
    for (uint32_t i = 0; i < 3; i++) {
      Camera *at = &cameras[i];
      at->track = camera(room, 10 + i, 20 + i);
      at->next.sequence = 0x10000 + g_rand_int(random) % 0x10000;
      at->next.timestamp = g_rand_int(random);
      at->next.picture_id = (uint16_t)(g_rand_int(random) % PICTURES);
      at->next.tl0picidx = (uint8_t)g_rand_int(random);
      at->capture_us = 1000000 - (int64_t)i * 40000; /* their paths differ */
      at->frame_packets = 1;
    }
    unsigned answered[1000] = {0};
    for (unsigned step = 0; step < 6000; step++) {
      Camera *at = &cameras[step % 3];
      uint32_t id = 10 + step % 3;
      camera_next(at, random, room->events.keyframes[id] != answered[id]);
      if (at->next.start)
        answered[id] = room->events.keyframes[id];
      Packet *packet = make_video(room->pool, &at->next);
      switch (g_rand_int_range(random, 0, 20)) {
      case 0: /* lost */
        packet_unref(&packet);
        break;
      case 1:
      case 2: { /* overtaken */
        Packet **place = &at->held[g_rand_int_range(random, 0, 4)];
        if (*place)
          board(at->track, *place);
        *place = packet;
        break;
      }
      default:
        board(at->track, packet);
      }
      if (g_rand_int_range(random, 0, 4) == 0)
        router_send_trains(room->router);
      if (g_rand_int_range(random, 0, 60) == 0) {
        uint32_t peer = 20 + (uint32_t)g_rand_int_range(random, 0, 3);
        subscriber_set_view(room->subscriber, &(View){peer, 640, 360}, 1);
      }
      router_tick(room->router, at->capture_us);
    }
    router_send_trains(room->router);
    check_stream(room->receiver, AUDIO_SLOTS, 20);
    g_assert_cmpuint(room->receiver->count, >, 1000);
    for (unsigned i = 0; i < 3; i++) {
      for (unsigned j = 0; j < 4; j++)
        packet_unref(&cameras[i].held[j]);
      router_remove_track(room->router, cameras[i].track);
    }
    room_free(room);
  }
}

static void send_video(Room *room, Track *track, VideoSpec spec) {
  spec.capture_us = spec.arrival_us;
  deliver(track, make_video(room->pool, &spec));
}

static void test_waits_for_keyframe(void) {
  Room *room = room_new(1);
  Track *track = camera(room, 10, 20);
  g_assert_cmpuint(room->receiver->in_slot[AUDIO_SLOTS].id, ==, 10);
  g_assert_cmpuint(room->events.keyframes[10], ==, 0); /* it may begin with one by itself */
  send_video(room, track, (VideoSpec){.sequence = 70000, .arrival_us = 1100000, .start = true});
  send_video(room, track, (VideoSpec){.sequence = 70001, .arrival_us = 1133000, .start = true});
  g_assert_cmpuint(room->receiver->count, ==, 0);
  router_tick(room->router, 1140000);
  g_assert_cmpuint(room->events.keyframes[10], ==, 1); /* it did not */
  /* The key frame's first packet is overtaken by the second and by the next frame. */
  send_video(room, track, (VideoSpec){.sequence = 70003, .arrival_us = 1200000, .keyframe = true});
  send_video(room, track,
             (VideoSpec){.sequence = 70004, .arrival_us = 1233000, .start = true, .stamp = 4});
  g_assert_cmpuint(room->receiver->count, ==, 0);
  send_video(
      room, track,
      (VideoSpec){.sequence = 70002, .arrival_us = 1240000, .start = true, .keyframe = true});
  g_assert_cmpuint(room->receiver->count, ==, 3);
  for (unsigned i = 0; i < 3; i++)
    g_assert_cmpuint(room->receiver->log[i].in_sequence, ==, 70002 + i);
  send_video(room, track, (VideoSpec){.sequence = 70001, .arrival_us = 1250000}); /* too old */
  g_assert_cmpuint(room->receiver->count, ==, 3);
  router_tick(room->router, 3000000);
  g_assert_cmpuint(room->events.keyframes[10], ==, 1); /* satisfied */
  router_remove_track(room->router, track);
  g_assert_cmpuint(room->receiver->in_slot[AUDIO_SLOTS].id, ==, 0);
  room_free(room);
}

/* A key frame that comes late is begun with, but not from further back than anybody keeps what
 * followed it: the slot would go on by all those numbers at once. Another is asked for. */
static void test_late_keyframe(void) {
  Room *room = room_new(1);
  Track *track = camera(room, 10, 20);
  const uint64_t newest = 70000;
  VideoSpec spec = {.sequence = newest, .arrival_us = 1100000, .start = true};
  send_video(room, track, spec);
  router_tick(room->router, 1110000);
  g_assert_cmpuint(room->events.keyframes[10], ==, 1);
  spec.keyframe = true;
  spec.arrival_us = 1120000;
  spec.sequence = newest - RING_PACKETS;
  send_video(room, track, spec);
  g_assert_cmpuint(room->receiver->count, ==, 0);
  router_tick(room->router, 1800000);
  g_assert_cmpuint(room->events.keyframes[10], ==, 2);
  spec.arrival_us = 1810000;
  spec.sequence = newest - RING_PACKETS + 1;
  send_video(room, track, spec);
  g_assert_cmpuint(room->receiver->log[0].in_sequence, ==, spec.sequence);
  router_tick(room->router, 2800000);
  g_assert_cmpuint(room->events.keyframes[10], ==, 2);
  router_remove_track(room->router, track);
  room_free(room);
}

static void test_keyframes_merged(void) {
  Room *room = room_new(1);
  Receiver *others[50];
  Subscriber *subscribers[50];
  Track *track = camera(room, 10, 20);
  send_video(
      room, track,
      (VideoSpec){.sequence = 70000, .arrival_us = 1100000, .start = true, .keyframe = true});
  for (unsigned i = 0; i < 50; i++) {
    others[i] = receiver_new();
    subscribers[i] =
        router_add_subscriber(room->router, 100 + i, 1, false, &receiver_sink, others[i]);
  }
  /* Each has begun with the one that came a moment ago. */
  g_assert_cmpuint(room->events.keyframes[10], ==, 0);
  for (unsigned i = 0; i < 50; i++)
    g_assert_cmpuint(others[i]->count, ==, 1);
  for (int64_t now = 1120000; now < 3100000; now += 20000) {
    subscriber_keyframe(subscribers[now / 20000 % 50], AUDIO_SLOTS, now);
    send_video(room, track,
               (VideoSpec){.sequence = 70000 + (uint64_t)now / 20000, .arrival_us = now});
    router_tick(room->router, now);
  }
  g_assert_cmpuint(room->events.keyframes[10], >=, 4);
  g_assert_cmpuint(room->events.keyframes[10], <=, 5); /* two a second */
  subscriber_keyframe(subscribers[0], 999, 4000000);   /* not a slot */
  for (unsigned i = 0; i < 50; i++) {
    router_remove_subscriber(room->router, subscribers[i]);
    receiver_free(others[i]);
  }
  router_remove_track(room->router, track);
  room_free(room);
}

/* Who comes a moment after a key frame gets it and what followed it, in order and under numbers of
 * its own, and what comes from then on; who comes later waits for the next one. */
static void test_begins_from_ring(void) {
  Room *room = room_new(0);
  Track *track = camera(room, 10, 20);
  VideoSpec spec = {.sequence = 70000, .arrival_us = 1100000, .start = true, .keyframe = true};
  for (unsigned i = 0; i < 12; i++) {
    spec.sequence++;
    spec.timestamp += FRAME_TICKS;
    spec.arrival_us = spec.capture_us = spec.arrival_us + FRAME_US;
    spec.keyframe = i == 2;
    spec.stamp = i;
    send_video(room, track, spec);
  }
  Receiver *soon = receiver_new(), *late = receiver_new();
  Subscriber *first = router_add_subscriber(room->router, 2, 1, false, &receiver_sink, soon);
  g_assert_cmpuint(soon->count, ==, 10); /* the key frame and nine more */
  spec.sequence++;
  spec.timestamp += FRAME_TICKS;
  spec.stamp = 12;
  send_video(room, track, spec);
  g_assert_cmpuint(soon->count, ==, 11);
  for (unsigned i = 0; i < 11; i++) {
    g_assert_cmpuint(soon->log[i].stamp, ==, i + 2);
    g_assert_cmpuint(soon->log[i].sequence, ==, (uint16_t)(soon->log[0].sequence + i));
    g_assert_cmpuint(soon->log[i].timestamp, ==, soon->log[0].timestamp + i * FRAME_TICKS);
  }
  g_assert_cmpuint(room->events.keyframes[10], ==, 0);
  router_tick(room->router, 1100000 + 3 * FRAME_US + FORWARDER_FRESH_US);
  Subscriber *second = router_add_subscriber(room->router, 3, 1, false, &receiver_sink, late);
  g_assert_cmpuint(late->count, ==, 0);
  g_assert_cmpuint(room->events.keyframes[10], ==, 1);
  /* Muted and switched on again: nothing from before. */
  track_set_muted(track, true);
  track_set_muted(track, false);
  g_assert_cmpuint(soon->count, ==, 11);
  router_remove_subscriber(room->router, first);
  router_remove_subscriber(room->router, second);
  router_remove_track(room->router, track);
  receiver_free(soon);
  receiver_free(late);
  room_free(room);
}

/* Held, a subscriber keeps key frames coming and is sent nothing; then it begins at once. */
static void test_hold(void) {
  Room *room = room_new(1);
  Track *track = camera(room, 10, 20);
  subscriber_hold(room->subscriber, true);
  VideoSpec spec = {.sequence = 70000, .arrival_us = 1100000, .capture_us = 1100000, .start = true};
  unsigned asked = 0;
  for (unsigned i = 0; i < 90; i++) { /* the publisher does as it is asked */
    spec.sequence++;
    spec.timestamp += FRAME_TICKS;
    spec.arrival_us = spec.capture_us = spec.arrival_us + FRAME_US;
    spec.keyframe = room->events.keyframes[10] > asked;
    asked = room->events.keyframes[10];
    send_video(room, track, spec);
    router_tick(room->router, spec.arrival_us);
  }
  g_assert_cmpuint(room->receiver->count, ==, 0);
  g_assert_cmpuint(asked, >=, 4); /* in three seconds */
  g_assert_cmpuint(asked, <=, 7);
  g_assert_cmpuint(room->receiver->in_slot[AUDIO_SLOTS].id, ==, 10); /* it knows who comes */
  subscriber_hold(room->subscriber, false);
  g_assert_cmpuint(room->receiver->count, >, 0);
  g_assert_true(room->receiver->log[0].keyframe);
  g_assert_cmpuint(room->receiver->log[room->receiver->count - 1].in_sequence, ==, spec.sequence);
  router_remove_track(room->router, track);
  room_free(room);
}

static void test_nack(void) {
  Room *room = room_new(1);
  Track *first = camera(room, 10, 20), *second = camera(room, 11, 21);
  subscriber_set_view(room->subscriber, &(View){20, 640, 360}, 1);
  int64_t now = 1100000;
  uint64_t sequence = 70000;
  for (unsigned i = 0; i < 100; i++, now += 10000) {
    if (i == 50)
      subscriber_set_view(room->subscriber, &(View){21, 640, 360}, 1);
    send_video(room, i < 50 ? first : second,
               (VideoSpec){.sequence = sequence++,
                           .timestamp = i * 900,
                           .arrival_us = now,
                           .start = true,
                           .keyframe = i % 50 == 0,
                           .picture_id = (uint16_t)(i < 50 ? i : 20000 + i),
                           .stamp = 5000 + i});
  }
  Receiver *receiver = room->receiver;
  g_assert_cmpuint(receiver->count, ==, 100);
  /* From before the newest key frame none: pictures go on from that. After it each as it was. */
  for (unsigned i = 30; i < 100; i += 7) {
    Got sent = receiver->log[i];
    RepairVerdict verdict = nack(room, AUDIO_SLOTS, sent.sequence, now);
    g_assert_cmpint(verdict, ==, i < 50 ? REPAIR_OLD : REPAIR_SENT);
    if (i < 50)
      continue;
    Got again = receiver->log[receiver->count - 1];
    g_assert_true(again.retransmit);
    g_assert_cmpuint(again.sequence, ==, sent.sequence);
    g_assert_cmpuint(again.timestamp, ==, sent.timestamp);
    g_assert_cmpuint(again.picture_id, ==, sent.picture_id);
    g_assert_cmpuint(again.stamp, ==, 5000 + i);
  }
  size_t before = receiver->count;
  uint16_t last = receiver->log[99].sequence;
  g_assert_cmpint(nack(room, AUDIO_SLOTS, receiver->log[51].sequence, now + 1000), ==,
                  REPAIR_RECENT);
  g_assert_cmpint(nack(room, AUDIO_SLOTS, (uint16_t)(last + 1), now), ==, REPAIR_GONE);
  g_assert_cmpint(nack(room, 77, 1, now), ==, REPAIR_GONE);
  g_assert_cmpuint(receiver->count, ==, before);
  /* Two seconds later nothing is held, though nothing more was sent. */
  for (int64_t until = now + 2000000; now < until; now += 20000)
    router_tick(room->router, now);
  g_assert_cmpint(nack(room, AUDIO_SLOTS, last, now), ==, REPAIR_GONE);
  g_assert_cmpuint(receiver->count, ==, before);
  router_remove_track(room->router, first);
  router_remove_track(room->router, second);
  room_free(room);
}

/* Two publishers' voices and pictures in slots: equal capture times get equal report times. */
static void test_clock(void) {
  Room *room = room_new(2);
  Track *picture = camera(room, 10, 20);
  Track *voice = router_add_track(room->router, &(TrackInfo){11, 20, SOURCE_MIC, 48000});
  uint32_t timestamp;
  g_assert_false(subscriber_slot_clock(room->subscriber, 0, 1000000, &timestamp));
  g_assert_cmpuint(subscriber_slot_count(room->subscriber), ==, 6);
  g_assert_false(subscriber_slot_clock(room->subscriber, 6, 1000000, &timestamp));
  Got heard = {0}, seen = {0};
  for (unsigned i = 0; i < 300; i++) {
    int64_t captured = 2000000 + (int64_t)i * 20000;
    Packet *packet = make_audio(room->pool, 70000 + i, 777 + i * 960, captured + 30000, 40);
    packet->capture_us = captured; /* 30 ms on its way */
    deliver(voice, packet);
    heard = room->receiver->log[room->receiver->count - 1];
    VideoSpec spec = {.sequence = 90000 + i,
                      .timestamp = 31337 + i * 1800,
                      .arrival_us = captured + 90000, /* pictures take longer */
                      .capture_us = captured,
                      .start = true,
                      .keyframe = i == 0};
    deliver(picture, make_video(room->pool, &spec));
    seen = room->receiver->log[room->receiver->count - 1];
  }
  g_assert_cmpuint(heard.slot, ==, 0);
  g_assert_cmpuint(seen.slot, ==, AUDIO_SLOTS);
  /* A report made 500 ms later, of both: where the last samples lie on the server's clock. */
  int64_t captured = 2000000 + 299 * 20000, now = captured + 500000;
  g_assert_true(subscriber_slot_clock(room->subscriber, 0, now, &timestamp));
  g_assert_cmpint((int32_t)(timestamp - heard.timestamp), ==, 24000);
  g_assert_true(subscriber_slot_clock(room->subscriber, AUDIO_SLOTS, now, &timestamp));
  g_assert_cmpint((int32_t)(timestamp - seen.timestamp), ==, 45000);
  router_remove_track(room->router, picture);
  g_assert_false(subscriber_slot_clock(room->subscriber, AUDIO_SLOTS, now, &timestamp));
  router_remove_track(room->router, voice);
  room_free(room);
}

static void test_odd_packets(void) {
  Room *room = room_new(1);
  Track *track = camera(room, 10, 20);
  send_video(
      room, track,
      (VideoSpec){.sequence = 70000, .arrival_us = 1100000, .start = true, .keyframe = true});
  /* Padding alone: an empty packet, so that there is no gap. */
  VideoSpec spec = {.sequence = 70001, .arrival_us = 1110000};
  Packet *packet = make_video(room->pool, &spec);
  packet->rtp.payload_len = 0;
  packet->vp8 = (Vp8Descriptor){0};
  deliver(track, packet);
  g_assert_cmpuint(room->receiver->count, ==, 2);
  g_assert_cmpint(nack(room, AUDIO_SLOTS, room->receiver->log[1].sequence, 1120000), ==,
                  REPAIR_SENT);
  g_assert_cmpuint(room->receiver->count, ==, 3);
  /* A layer that the track has not goes nowhere. */
  spec.sequence++;
  spec.layer = 1;
  deliver(track, make_video(room->pool, &spec));
  spec.layer = 0;
  g_assert_cmpuint(room->receiver->count, ==, 3);
  /* Muted: nothing, and the slot is given away. */
  track_set_muted(track, true);
  g_assert_cmpuint(room->receiver->in_slot[AUDIO_SLOTS].id, ==, 0);
  spec.sequence++;
  spec.start = spec.keyframe = true;
  deliver(track, make_video(room->pool, &spec));
  g_assert_cmpuint(room->receiver->count, ==, 3);
  track_set_muted(track, false);
  g_assert_cmpuint(room->receiver->in_slot[AUDIO_SLOTS].id, ==, 10);
  g_assert_cmpuint(room->events.keyframes[10], ==, 1);
  router_remove_track(room->router, track);
  room_free(room);
}

/* The publisher's SSRC changes: nothing until its first key frame, then the next number; what is
 * late of before is not sent, and a repair is never another packet of the same number. */
static void test_epoch(void) {
  Room *room = room_new(1);
  Track *track = camera(room, 10, 20);
  VideoSpec spec = {.sequence = 70000, .start = true, .keyframe = true, .marker = true};
  int64_t now_us = 1100000;
  for (unsigned i = 0; i < 10; i++, now_us += FRAME_US) {
    spec.arrival_us = spec.capture_us = now_us;
    spec.stamp = i;
    spec.picture_id = (uint16_t)i;
    deliver(track, make_video(room->pool, &spec));
    spec.keyframe = false;
    spec.sequence++;
    spec.timestamp += FRAME_TICKS;
  }
  const Receiver *receiver = room->receiver;
  g_assert_cmpuint(receiver->count, ==, 10);
  unsigned asked = room->events.keyframes[10];
  uint16_t newest = receiver->log[9].sequence;
  uint32_t timestamp = receiver->log[9].timestamp;

  spec.sequence = 90000;
  spec.timestamp = 7;
  spec.epoch = 1;
  for (unsigned i = 0; i < 5; i++, now_us += FRAME_US) { /* the key frame was lost */
    spec.arrival_us = spec.capture_us = now_us;
    deliver(track, make_video(room->pool, &spec));
    spec.sequence++;
    spec.timestamp += FRAME_TICKS;
    router_tick(room->router, now_us);
  }
  g_assert_cmpuint(receiver->count, ==, 10);
  g_assert_cmpuint(room->events.keyframes[10], ==, asked + 1);
  g_assert_cmpint(nack(room, AUDIO_SLOTS, newest, now_us), ==, REPAIR_GONE);
  spec.keyframe = true;
  spec.arrival_us = spec.capture_us = now_us;
  deliver(track, make_video(room->pool, &spec));
  g_assert_cmpuint(receiver->count, ==, 11);
  g_assert_cmpuint(receiver->log[10].sequence, ==, (uint16_t)(newest + 1));
  g_assert_cmpuint(receiver->log[10].picture_id, ==, 10);
  uint32_t step = receiver->log[10].timestamp - timestamp;
  g_assert_cmpuint(step, >=, 6 * FRAME_TICKS - 10);
  g_assert_cmpuint(step, <=, 6 * FRAME_TICKS + 10);
  /* In one turn with what was before it: what waits goes first. */
  spec.keyframe = false;
  spec.sequence++;
  board(track, make_video(room->pool, &spec));
  spec.epoch = 2;
  spec.keyframe = true;
  spec.sequence = 200000;
  deliver(track, make_video(room->pool, &spec));
  g_assert_cmpuint(receiver->count, ==, 13);
  g_assert_cmpuint(receiver->log[12].sequence, ==, (uint16_t)(newest + 3));
  router_remove_track(room->router, track);
  room_free(room);
}

/* Sound: at once. */
static void test_epoch_of_sound(void) {
  Room *room = room_new(0);
  Track *track = router_add_track(room->router, &(TrackInfo){10, 20, SOURCE_MIC, 48000});
  for (unsigned i = 0; i < 20; i++) {
    int64_t now_us = 1100000 + i * 20000;
    bool other = i >= 10;
    Packet *packet = make_audio(room->pool, (other ? 90000 : 70000) + i,
                                (other ? 5 : 1000000) + i * AUDIO_TICKS, now_us, 30);
    packet->epoch = other;
    deliver(track, packet);
  }
  const Receiver *receiver = room->receiver;
  g_assert_cmpuint(receiver->count, ==, 20);
  for (unsigned i = 1; i < 20; i++) {
    g_assert_cmpuint(receiver->log[i].sequence, ==, (uint16_t)(receiver->log[i - 1].sequence + 1));
    uint32_t step = receiver->log[i].timestamp - receiver->log[i - 1].timestamp;
    g_assert_cmpuint(step, >=, AUDIO_TICKS);
    g_assert_cmpuint(step, <=, AUDIO_TICKS + 2);
  }
  router_remove_track(room->router, track);
  room_free(room);
}

/* While the receiver is away nothing advances that it would have to guess. */
static void test_pause(void) {
  Room *room = room_new(1);
  Track *track = camera(room, 10, 2);
  VideoSpec spec = {.start = true, .keyframe = true, .marker = true};
  deliver(track, make_video(room->pool, &spec));
  g_assert_cmpuint(room->receiver->count, ==, 1);
  uint16_t sequence = room->receiver->log[0].sequence;
  subscriber_pause(room->subscriber, true);
  spec.keyframe = false;
  for (unsigned i = 0; i < 40000; i++) {
    spec.sequence++;
    spec.timestamp += FRAME_TICKS;
    spec.arrival_us = spec.capture_us += FRAME_US;
    deliver(track, make_video(room->pool, &spec));
  }
  g_assert_cmpint(nack(room, AUDIO_SLOTS, sequence, spec.arrival_us), ==, REPAIR_GONE);
  g_assert_cmpuint(room->receiver->count, ==, 1);
  router_tick(room->router, spec.arrival_us);
  unsigned asked = room->events.keyframes[10];
  subscriber_pause(room->subscriber, false);
  router_tick(room->router, spec.arrival_us + 1000000);
  g_assert_cmpuint(room->events.keyframes[10], >, asked);
  spec.sequence++;
  deliver(track, make_video(room->pool, &spec));
  g_assert_cmpuint(room->receiver->count, ==, 1);
  spec.sequence++;
  spec.keyframe = true;
  deliver(track, make_video(room->pool, &spec));
  g_assert_cmpuint(room->receiver->count, ==, 2);
  g_assert_cmpuint(room->receiver->log[1].sequence, ==, (uint16_t)(sequence + 1));
  router_remove_track(room->router, track);
  room_free(room);
}

/* 40,000 packets of a picture and of a voice, on a slot that is closed or that refuses them: when
 * it takes them again, each stream goes on with the next number. */
static void test_unsent(void) {
  for (unsigned how = 0; how < 2; how++) {
    Room *room = room_new(1);
    Receiver *receiver = room->receiver;
    Track *track = camera(room, 10, 2);
    Track *mic = router_add_track(room->router, &(TrackInfo){11, 2, SOURCE_MIC, 48000});
    VideoSpec spec = {.start = true, .keyframe = true, .arrival_us = 1100000};
    deliver(track, make_video(room->pool, &spec));
    deliver(mic, make_audio(room->pool, 1, 960, spec.arrival_us, 30));
    g_assert_cmpuint(receiver->count, ==, 2);
    uint16_t picture = receiver->log[0].sequence, voice = receiver->log[1].sequence;
    receiver->refuses = how == 0;
    for (unsigned i = 0; how == 1 && i <= AUDIO_SLOTS; i++)
      subscriber_open_slot(room->subscriber, i, false);
    for (unsigned i = 0; i < 40000; i++) {
      spec.sequence++;
      spec.timestamp += FRAME_TICKS;
      spec.arrival_us = spec.capture_us += FRAME_US;
      spec.keyframe = i % 100 == 0;
      deliver(track, make_video(room->pool, &spec));
      deliver(mic, make_audio(room->pool, 2 + i, 960 * (2 + i), spec.arrival_us, 30));
      router_tick(room->router, spec.arrival_us);
    }
    g_assert_cmpuint(receiver->count, ==, 2);
    receiver->refuses = false;
    for (unsigned i = 0; how == 1 && i <= AUDIO_SLOTS; i++)
      subscriber_open_slot(room->subscriber, i, true);
    for (unsigned i = 0; i < 60; i++) {
      spec.sequence++;
      spec.timestamp += FRAME_TICKS;
      spec.arrival_us = spec.capture_us += FRAME_US;
      spec.keyframe = i == 45;
      deliver(track, make_video(room->pool, &spec));
      deliver(mic, make_audio(room->pool, 40002 + i, 960 * (40002 + i), spec.arrival_us, 30));
      router_tick(room->router, spec.arrival_us);
    }
    unsigned pictures = 0, voices = 0;
    for (unsigned i = 2; i < receiver->count; i++) {
      const Got *got = &receiver->log[i];
      if (got->slot < AUDIO_SLOTS)
        g_assert_cmpuint(got->sequence, ==, (uint16_t)(voice + ++voices));
      else
        g_assert_cmpuint(got->sequence, ==, (uint16_t)(picture + ++pictures));
      g_assert_true(got->slot < AUDIO_SLOTS || got->keyframe == (pictures == 1));
    }
    g_assert_cmpuint(pictures, ==, 15);
    g_assert_cmpuint(voices, >, 25);
    router_remove_track(room->router, track);
    router_remove_track(room->router, mic);
    room_free(room);
  }
}

/* Somebody with one slot closed sees and hears in the others. */
static void test_closed(void) {
  Room *room = room_new(2);
  Track *first = camera(room, 10, 2), *second = camera(room, 11, 3);
  subscriber_set_view(room->subscriber, (View[]){{2, 640, 360}, {3, 640, 360}}, 2);
  g_assert_cmpuint(room->receiver->in_slot[AUDIO_SLOTS].id, ==, 10);
  subscriber_open_slot(room->subscriber, AUDIO_SLOTS, false);
  g_assert_cmpuint(room->receiver->in_slot[AUDIO_SLOTS].id, ==, 0);
  g_assert_cmpuint(room->receiver->in_slot[AUDIO_SLOTS + 1].id, ==, 10); /* who comes first */
  subscriber_open_slot(room->subscriber, AUDIO_SLOTS, true);
  g_assert_cmpuint(room->receiver->in_slot[AUDIO_SLOTS].id, ==, 11);
  router_remove_track(room->router, first);
  router_remove_track(room->router, second);
  room_free(room);
}

/* Each receiver is given all of a turn in a row, and nothing is kept back that must not be. */
static void test_trains(void) {
  Room *room = room_new(1);
  Receiver *other = receiver_new();
  Subscriber *second = router_add_subscriber(room->router, 2, 1, false, &receiver_sink, other);
  Track *track = camera(room, 10, 20);
  VideoSpec spec = {.sequence = 70000, .start = true, .keyframe = true};
  spec.arrival_us = spec.capture_us = 1100000;
  board(track, make_video(room->pool, &spec)); /* waited for: at once */
  g_assert_cmpuint(room->receiver->count, ==, 1);
  spec.keyframe = false;
  for (unsigned i = 0; i < TRAIN_PACKETS - 1; i++) {
    spec.sequence++;
    board(track, make_video(room->pool, &spec));
  }
  g_assert_cmpuint(room->receiver->count, ==, 1);
  /* Who comes now begins with the key frame, and is sent the train like everybody. */
  Receiver *late = receiver_new();
  Subscriber *third = router_add_subscriber(room->router, 3, 1, false, &receiver_sink, late);
  g_assert_cmpuint(late->count, ==, 1);
  router_send_trains(room->router);
  Receiver *const all[] = {room->receiver, other, late};
  for (unsigned r = 0; r < G_N_ELEMENTS(all); r++) {
    g_assert_cmpuint(all[r]->count, ==, TRAIN_PACKETS);
    for (unsigned i = 0; i < TRAIN_PACKETS; i++)
      g_assert_cmpuint(all[r]->log[i].in_sequence, ==, 70000 + i);
  }
  router_send_trains(room->router); /* it is gone */
  g_assert_cmpuint(other->count, ==, TRAIN_PACKETS);
  for (unsigned i = 0; i < TRAIN_PACKETS; i++) { /* one that is full waits for nobody */
    spec.sequence++;
    board(track, make_video(room->pool, &spec));
  }
  g_assert_cmpuint(other->count, ==, 2 * TRAIN_PACKETS);
  spec.sequence++;
  board(track, make_video(room->pool, &spec));
  track_set_muted(track, true); /* it was sent before */
  g_assert_cmpuint(other->count, ==, 2 * TRAIN_PACKETS + 1);
  track_set_muted(track, false);
  spec.sequence++;
  spec.keyframe = true;
  board(track, make_video(room->pool, &spec));
  spec.sequence++;
  spec.keyframe = false;
  board(track, make_video(room->pool, &spec));
  router_remove_track(room->router, track);
  g_assert_cmpuint(other->count, ==, 2 * TRAIN_PACKETS + 3);
  router_remove_subscriber(room->router, second);
  router_remove_subscriber(room->router, third);
  receiver_free(other);
  receiver_free(late);
  room_free(room);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/forward/random", test_random);
  g_test_add_func("/forward/waits-for-keyframe", test_waits_for_keyframe);
  g_test_add_func("/forward/late-keyframe", test_late_keyframe);
  g_test_add_func("/forward/keyframes-merged", test_keyframes_merged);
  g_test_add_func("/forward/begins-from-ring", test_begins_from_ring);
  g_test_add_func("/forward/hold", test_hold);
  g_test_add_func("/forward/nack", test_nack);
  g_test_add_func("/forward/clock", test_clock);
  g_test_add_func("/forward/odd-packets", test_odd_packets);
  g_test_add_func("/forward/epoch", test_epoch);
  g_test_add_func("/forward/epoch-of-sound", test_epoch_of_sound);
  g_test_add_func("/forward/pause", test_pause);
  g_test_add_func("/forward/unsent", test_unsent);
  g_test_add_func("/forward/closed", test_closed);
  g_test_add_func("/forward/trains", test_trains);
  return g_test_run();
}
