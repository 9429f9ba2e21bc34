/* Simulcast: which layer a slot carries, when it changes, what the publisher is asked for. */
#include "router/router.h"
#include "router/slot.h"
#include "router/test-fixture.h"
#include "router/track.h"

#include "wire/seq.h"

#define FRAME_PACKETS 3
#define SLOT AUDIO_SLOTS /* the first picture's */
#define PATTERN 8 /* libvpx's three temporal layers: 0 2 1 2 0 2 1 2, the first half in sync */

typedef struct {
  PacketPool *pool;
  Router *router;
  Events events;
  Receiver *receiver;
  Subscriber *subscriber;
  int64_t now_us;
} Room;

/* A camera as browsers send it: layers of 320x180 and twice and four times that. */
typedef struct {
  Track *track;
  uint32_t id;
  bool sends[LAYERS_MAX], sent[LAYERS_MAX]; /* now, and with the last frame */
  unsigned answered[LAYERS_MAX];            /* key frames */
  VideoSpec next[LAYERS_MAX];
  unsigned at[LAYERS_MAX];      /* frames since the key frame */
  bool obeys;                   /* sends what is demanded */
  unsigned packets[LAYERS_MAX]; /* of a frame */
  bool flat;                    /* without temporal layers */
} Camera;

static Room *room_new(unsigned video_slots) {
  Room *room = g_new0(Room, 1);
  room->pool = packet_pool_new();
  room->router = router_new(&recording_events, &room->events);
  room->receiver = receiver_new();
  room->subscriber =
      router_add_subscriber(room->router, 1, video_slots, false, &receiver_sink, room->receiver);
  room->now_us = 1000000;
  router_tick(room->router, room->now_us);
  return room;
}

static void set_budget(Room *room, int64_t bps) {
  subscriber_set_budget(room->subscriber, bps, bps * 5 / 2, false);
}

static void room_free(Room *room) {
  router_remove_subscriber(room->router, room->subscriber);
  router_free(room->router);
  receiver_free(room->receiver);
  packet_pool_free(room->pool);
  g_free(room);
}

static void source_begin(Room *room, Camera *camera, const TrackInfo *info) {
  *camera = (Camera){.id = info->id, .sends = {true, true, info->layers > 2}};
  camera->track = router_add_track(room->router, info);
  for (unsigned i = 0; i < LAYERS_MAX; i++)
    camera->next[i] = (VideoSpec){.sequence = 0x10000 + 1000 * i,
                                  .timestamp = 77777 * i,
                                  .picture_id = (uint16_t)(300 * i),
                                  .layer = (uint8_t)i,
                                  .width = (uint16_t)(320u << i),
                                  .height = (uint16_t)(180u << i)};
  for (unsigned i = 0; i < LAYERS_MAX; i++)
    camera->packets[i] = FRAME_PACKETS;
}

static void camera_begin(Room *room, Camera *camera, uint32_t id, uint32_t peer) {
  source_begin(room, camera, &(TrackInfo){id, peer, SOURCE_CAMERA, 90000, LAYERS_MAX});
}

static void layer_frame(Room *room, Camera *camera, unsigned layer) {
  static const uint8_t tids[PATTERN] = {0, 2, 1, 2, 0, 2, 1, 2};
  VideoSpec *next = &camera->next[layer];
  unsigned asked = room->events.layer_keyframes[camera->id][layer];
  bool keyframe = !camera->sent[layer] || asked != camera->answered[layer];
  camera->answered[layer] = asked;
  camera->at[layer] = keyframe ? 0 : camera->at[layer] + 1;
  unsigned place = camera->at[layer] % PATTERN;
  next->keyframe = keyframe;
  next->tid = camera->flat ? 0 : tids[place];
  next->layer_sync = !camera->flat && place > 0 && place < PATTERN / 2;
  next->tl0picidx = (uint8_t)(next->tl0picidx + (next->tid == 0));
  next->picture_id++;
  next->timestamp += FRAME_TICKS;
  next->arrival_us = next->capture_us = room->now_us;
  for (unsigned i = 0; i < camera->packets[layer]; i++) {
    next->sequence++;
    next->start = i == 0;
    next->marker = i + 1 == camera->packets[layer];
    next->stamp = next->picture_id;
    deliver(camera->track, make_video(room->pool, next));
  }
}

static void run(Room *room, Camera *cameras, unsigned count, int64_t us) {
  for (int64_t end = room->now_us + us; room->now_us < end;) {
    room->now_us += FRAME_US;
    for (unsigned i = 0; i < count; i++) {
      Camera *camera = &cameras[i];
      for (unsigned layer = 0; layer < LAYERS_MAX; layer++) {
        bool sends = camera->obeys ? room->events.demanded[camera->id] & (1u << layer)
                                   : camera->sends[layer];
        if (sends)
          layer_frame(room, camera, layer);
        camera->sent[layer] = sends;
      }
    }
    router_tick(room->router, room->now_us);
  }
}

/* Nothing is lost on the way in: out of the slot comes one stream without a gap, and each picture
 * whole. */
static void check_unbroken(const Receiver *receiver, unsigned slot) {
  const Got *before = NULL;
  for (size_t i = 0; i < receiver->count; i++) {
    const Got *got = &receiver->log[i];
    if (got->slot != slot)
      continue;
    if (before) {
      g_assert_cmpuint(got->sequence, ==, (uint16_t)(before->sequence + 1));
      bool same = !before->marker;
      g_assert_cmpuint(got->picture_id, ==, (before->picture_id + !same) & 0x7fff);
      g_assert_true(same ? got->timestamp == before->timestamp
                         : timestamp_newer(got->timestamp, before->timestamp));
      if (!same)
        g_assert_cmpuint(got->tl0picidx, ==, (uint8_t)(before->tl0picidx + (got->tid == 0)));
      if (got->layer != before->layer)
        g_assert_true(got->keyframe && before->marker);
    } else {
      g_assert_true(got->keyframe);
    }
    before = got;
  }
  g_assert_nonnull(before);
}

static const Got *last(const Receiver *receiver, unsigned slot) {
  for (size_t i = receiver->count; i > 0; i--)
    if (receiver->log[i - 1].slot == slot)
      return &receiver->log[i - 1];
  return NULL;
}

static unsigned highest_tid(const Receiver *receiver, size_t from) {
  unsigned tid = 0;
  for (size_t i = from; i < receiver->count; i++)
    tid = MAX(tid, receiver->log[i].tid);
  return tid;
}

static void show(Room *room, uint32_t peer, unsigned width, unsigned height) {
  subscriber_set_view(room->subscriber, &(View){peer, (uint16_t)width, (uint16_t)height}, 1);
}

static void test_by_size(void) {
  Room *room = room_new(1);
  Camera camera;
  camera_begin(room, &camera, 10, 20);
  static const struct {
    unsigned width, height, layer;
  } sizes[] = {{1280, 720, 2}, {160, 90, 0},  {640, 360, 1}, {1920, 1080, 2},
               {400, 225, 0},  {480, 270, 1}, {700, 400, 1}, {1000, 560, 2}};
  for (unsigned i = 0; i < G_N_ELEMENTS(sizes); i++) {
    show(room, 20, sizes[i].width, sizes[i].height);
    run(room, &camera, 1, SLOT_SHRINK_US + 1500000);
    g_assert_cmpuint(last(room->receiver, SLOT)->layer, ==, sizes[i].layer);
    g_assert_cmpuint(last(room->receiver, SLOT)->capture_us, >, room->now_us - 40000);
  }
  check_unbroken(room->receiver, SLOT);
  /* Out of sight: nothing at all. */
  show(room, 20, 0, 0);
  size_t count = room->receiver->count;
  run(room, &camera, 1, 500000);
  g_assert_cmpuint(room->receiver->count, ==, count);
  router_remove_track(room->router, camera.track);
  room_free(room);
}

/* What a layer costs is measured while it is sent: resting, and beginning anew, it costs what it
 * did. */
static void test_cost(void) {
  Layer layer = {.packet_us = 0};
  Packet *packet = g_new0(Packet, 1);
  packet->rtp.payload_len = 1000;
  int64_t now_us = 10000000, least = INT64_MAX;
  for (unsigned i = 0; i < 1000; i++, now_us += 10000) { /* two seconds on, three off */
    packet->arrival_us = now_us;
    if (i % 500 < 200)
      layer_receive(&layer, packet);
    layer_measure(&layer, now_us);
    if (i > 60)
      least = MIN(least, layer_bps(&layer, 0));
  }
  g_test_message("850 kbit/s: at least %" G_GINT64_FORMAT, least);
  g_assert_cmpint(least, >, 800000);
  g_assert_cmpint(layer_bps(&layer, 0), <, 900000);

  for (unsigned i = 0; i < 1000; i++, now_us += 10000) { /* a still page: five packets a second */
    packet->arrival_us = now_us;
    if (i % 20 == 0)
      layer_receive(&layer, packet);
    layer_measure(&layer, now_us);
  }
  g_assert_cmpint(layer_bps(&layer, 0), <, 60000);
  g_assert_cmpint(layer_bps(&layer, 0), >, 30000);
  g_free(packet);
}

/* Upwards what is carried goes on until the key frame; downwards, when the picture stays small, it
 * is thinned at once. */
static void test_change(void) {
  Room *room = room_new(1);
  Camera camera;
  camera_begin(room, &camera, 10, 20);
  show(room, 20, 320, 180);
  run(room, &camera, 1, 2000000);
  unsigned asked = room->events.layer_keyframes[10][2];
  size_t from = room->receiver->count;
  show(room, 20, 1280, 720);
  g_assert_cmpuint(room->events.layer_keyframes[10][2], ==, asked + 1);
  camera.answered[2] = asked + 1; /* it does not listen for a while */
  run(room, &camera, 1, 300000);
  g_assert_cmpuint(room->receiver->count - from, >=, 9 * FRAME_PACKETS); /* every picture */
  g_assert_cmpuint(last(room->receiver, SLOT)->layer, ==, 0);
  run(room, &camera, 1, 1000000); /* it is asked again */
  g_assert_cmpuint(last(room->receiver, SLOT)->layer, ==, 2);
  show(room, 20, 320, 180);
  asked = room->events.layer_keyframes[10][0];
  int64_t shrank_us = room->now_us;
  run(room, &camera, 1, SLOT_SHRINK_US / 2);
  show(room, 20, 320, 160); /* no later for that */
  from = room->receiver->count;
  while (room->events.layer_keyframes[10][0] == asked)
    run(room, &camera, 1, FRAME_US);
  g_assert_cmpint(room->now_us - shrank_us, >=, SLOT_SHRINK_US);
  g_assert_cmpint(room->now_us - shrank_us, <, SLOT_SHRINK_US + 100000);
  g_assert_cmpuint(room->receiver->count - from, >=,
                   (SLOT_SHRINK_US / 2 / FRAME_US) * FRAME_PACKETS);
  camera.answered[0] = asked + 1;
  from = room->receiver->count;
  run(room, &camera, 1, 400000);
  g_assert_cmpuint(last(room->receiver, SLOT)->layer, ==, 2);
  g_assert_cmpuint(highest_tid(room->receiver, from), ==, 0);
  run(room, &camera, 1, 2000000);
  g_assert_cmpuint(last(room->receiver, SLOT)->layer, ==, 0);
  from = room->receiver->count;
  run(room, &camera, 1, 500000);
  g_assert_cmpuint(highest_tid(room->receiver, from), ==, 2);
  check_unbroken(room->receiver, SLOT);
  router_remove_track(room->router, camera.track);
  room_free(room);
}

/* The way is narrow: fewer pictures of the smallest layer, then none; wide again: all. */
static void test_narrow(void) {
  Room *room = room_new(1);
  Camera camera;
  camera_begin(room, &camera, 10, 20);
  show(room, 20, 1280, 720);
  run(room, &camera, 1, 2000000);
  int64_t whole = subscriber_wanted_bps(room->subscriber);
  g_assert_cmpint(whole, >, 40000);
  g_assert_cmpint(whole, <, 90000); /* the fixture's packets are small: 90 of some 84 bytes */
  set_budget(room, whole / 3);
  run(room, &camera, 1, 2000000);
  size_t from = room->receiver->count;
  run(room, &camera, 1, 2000000);
  g_assert_cmpuint(last(room->receiver, SLOT)->layer, ==, 0);
  g_assert_cmpuint(highest_tid(room->receiver, from), ==, 0);
  g_assert_cmpuint(room->receiver->count - from, >=, 14 * FRAME_PACKETS); /* 7.5 a second */
  g_assert_cmpuint(room->receiver->count - from, <=, 16 * FRAME_PACKETS);
  set_budget(room, whole / 20);
  from = room->receiver->count;
  run(room, &camera, 1, 1000000);
  g_assert_cmpuint(room->receiver->count, ==, from);
  g_assert_cmpint(subscriber_wanted_bps(room->subscriber), >, whole * 8 / 10);
  set_budget(room, whole * 2);
  run(room, &camera, 1, 2000000);
  g_assert_cmpuint(last(room->receiver, SLOT)->layer, ==, 2);
  check_unbroken(room->receiver, SLOT);
  router_remove_track(room->router, camera.track);
  room_free(room);
}

/* A shared screen in two layers, the larger four times the other: a narrow way takes from it first
 * its pictures, then its size, and only at last all of it. */
static void test_screen(void) {
  Room *room = room_new(1);
  Camera screen;
  source_begin(room, &screen, &(TrackInfo){10, 20, SOURCE_SCREEN, 90000, 2});
  screen.packets[1] = 4 * FRAME_PACKETS;
  const unsigned slot = AUDIO_SLOTS + 1;
  run(room, &screen, 1, 7000000); /* until its cost is known */
  int64_t small = subscriber_wanted_bps(room->subscriber) * 10 / 11 / 4;
  static const struct {
    int tenths; /* of what the smaller layer takes */
    int layer;
    unsigned tid;
  } steps[] = {{100, 1, 2}, {30, 1, 1}, {15, 1, 0}, {9, 0, 1}, {4, 0, 0}, {1, -1, 0}, {100, 1, 2}};
  for (unsigned i = 0; i < G_N_ELEMENTS(steps); i++) {
    set_budget(room, small * steps[i].tenths / 10);
    run(room, &screen, 1, 4000000);
    size_t from = room->receiver->count;
    run(room, &screen, 1, 2000000);
    if (steps[i].layer < 0) {
      g_assert_cmpuint(room->receiver->count, ==, from);
      continue;
    }
    g_assert_cmpuint(room->receiver->count, >, from);
    g_assert_cmpint(last(room->receiver, slot)->layer, ==, steps[i].layer);
    g_assert_cmpuint(highest_tid(room->receiver, from), ==, steps[i].tid);
  }
  check_unbroken(room->receiver, slot);
  router_remove_track(room->router, screen.track);
  room_free(room);
}

/* What little was seen of a smaller layer was its key frame: that is not what it costs. Else a way
 * that carries it never gets it again. */
static void test_screen_key_frame(void) {
  Room *room = room_new(1);
  Camera screen;
  source_begin(room, &screen, &(TrackInfo){10, 20, SOURCE_SCREEN, 90000, 2});
  Layer *small = &screen.track->layers[0];
  g_assert_cmpint(track_layer_bps(screen.track, 0, TEMPORAL_LAYERS - 1), ==, 400000);
  Packet *packet = g_new0(Packet, 1);
  packet->rtp.payload_len = 1100;
  int64_t now_us = 50000000;
  for (unsigned i = 0; i < 70; i++, now_us += 10000) { /* 440 kB at once, and then little */
    packet->arrival_us = now_us;
    for (unsigned n = 0; i == 0 && n < 400; n++)
      layer_receive(small, packet);
    if (i % 20 == 0)
      layer_receive(small, packet);
    layer_measure(small, now_us);
  }
  g_assert_cmpint(layer_bps(small, TEMPORAL_LAYERS - 1), >, 800000);
  for (unsigned i = 0; i < 300; i++, now_us += 10000)
    layer_measure(small, now_us);
  g_assert_cmpint(track_layer_bps(screen.track, 0, TEMPORAL_LAYERS - 1), <=, 400000);
  g_free(packet);
  router_remove_track(room->router, screen.track);
  room_free(room);
}

#define PACKET_BITS (85 * 8) /* of the fixture's, on the way */

/* Pictures a second of a screen that is sent to a way of 1 Mbit/s, and which layer of it. */
static double at_a_megabit(unsigned layers, const int64_t *bps, bool flat, int *layer) {
  Room *room = room_new(1);
  Camera screen;
  source_begin(room, &screen, &(TrackInfo){10, 20, SOURCE_SCREEN, 90000, layers});
  screen.sends[1] = layers > 1;
  screen.flat = flat;
  for (unsigned i = 0; i < layers; i++)
    screen.packets[i] = (unsigned)(bps[i] * FRAME_US / 1000000 / PACKET_BITS);
  set_budget(room, 1000000);
  run(room, &screen, 1, 5000000); /* until its cost is known */
  unsigned pictures = 0;
  size_t from = room->receiver->count;
  run(room, &screen, 1, 4000000);
  for (size_t i = from; i < room->receiver->count; i++)
    pictures += room->receiver->log[i].marker;
  *layer = room->receiver->count > from ? last(room->receiver, AUDIO_SLOTS + 1)->layer : -1;
  router_remove_track(room->router, screen.track);
  room_free(room);
  return pictures / 4.0;
}

/* A film of 30 pictures a second is shared. In one layer of 2.5 Mbit/s, as it was, nothing of it is
 * there; in two of 400 and 2500 kbit/s with temporal layers, its whole size, some of its pictures;
 * and where the larger one is twice as much still, all pictures of the smaller one. */
static void test_screen_at_a_megabit(void) {
  int layer;
  double before = at_a_megabit(1, (const int64_t[]){2500000}, true, &layer);
  g_assert_cmpfloat(before, ==, 0);
  double two = at_a_megabit(2, (const int64_t[]){400000, 2500000}, false, &layer);
  g_test_message("a screen at 1 Mbit/s: %.1f pictures/s in one layer, %.1f/s of layer %d of two",
                 before, two, layer);
  g_assert_cmpfloat(two, >=, 7);
  g_assert_cmpint(layer, ==, 1);
  double busy = at_a_megabit(2, (const int64_t[]){400000, 5000000}, false, &layer);
  g_test_message("when it takes twice as much: %.1f pictures/s of layer %d", busy, layer);
  g_assert_cmpfloat(busy, >=, 29);
  g_assert_cmpint(layer, ==, 0);
}

/* The larger layer of a screen rests because nobody takes it, and has never been measured: it is
 * tried with as much as a page gives it, and before that with its lowest temporal layer alone. */
static void test_screen_rests(void) {
  for (unsigned wide = 0; wide < 2; wide++) {
    Room *room = room_new(1);
    Camera screen;
    source_begin(room, &screen, &(TrackInfo){10, 20, SOURCE_SCREEN, 90000, 2});
    screen.next[0].width = 960;
    screen.next[0].height = 540;
    screen.obeys = true;
    room->events.demanded[10] = 1;
    set_budget(room, 300000);
    run(room, &screen, 1, 5000000);
    const unsigned slot = AUDIO_SLOTS + 1;
    g_assert_cmpint(last(room->receiver, slot)->layer, ==, 0);
    g_assert_cmpuint(room->events.demanded[10], ==, 1);
    set_budget(room, wide ? 2900000 : 1000000);
    run(room, &screen, 1, 500000);
    g_assert_cmpuint(room->events.demanded[10] & 2, ==, 2);
    router_remove_track(room->router, screen.track);
    room_free(room);
  }
}

/* The way broke in: the large picture ends at once, what waited of it is not sent, and the small
 * one goes on from there, as if it had never been. */
static void test_yield(void) {
  Room *room = room_new(1);
  Camera camera;
  camera_begin(room, &camera, 10, 20);
  show(room, 20, 1280, 720);
  run(room, &camera, 1, 2000000);
  int64_t whole = subscriber_wanted_bps(room->subscriber);
  size_t from = room->receiver->count;
  g_assert_cmpuint(last(room->receiver, SLOT)->layer, ==, 2);
  subscriber_set_budget(room->subscriber, whole * 2, 0, false);
  run(room, &camera, 1, 200000); /* everything waits … */
  subscriber_set_budget(room->subscriber, whole / 3, 0, true);
  run(room, &camera, 1, 200000);
  g_assert_cmpuint(room->receiver->count, ==, from);
  subscriber_set_budget(room->subscriber, whole / 3, whole * 5, true);
  for (int i = 0; i < 50; i++) {
    run(room, &camera, 1, FRAME_US);
    router_pace(room->router, room->now_us);
    router_send_trains(room->router);
  }
  g_assert_cmpuint(room->receiver->count, >, from);
  g_assert_true(room->receiver->log[from].keyframe);
  for (size_t i = from; i < room->receiver->count; i++) {
    const Got *got = &room->receiver->log[i];
    g_assert_cmpuint(got->layer, ==, 0);
    g_assert_cmpuint(got->sequence, ==, (uint16_t)(got[-1].sequence + 1));
    g_assert_true(got->timestamp == got[-1].timestamp ||
                  timestamp_newer(got->timestamp, got[-1].timestamp));
  }
  router_remove_track(room->router, camera.track);
  room_free(room);
}

/* What it made room for does not come: better the large one than none. */
static void test_yield_in_vain(void) {
  Room *room = room_new(1);
  Camera camera;
  camera_begin(room, &camera, 10, 20);
  camera.sends[0] = false;
  show(room, 20, 1280, 720);
  run(room, &camera, 1, 2000000);
  size_t from = room->receiver->count;
  set_budget(room, 10000000);
  subscriber_set_budget(room->subscriber, 10000001, 0, true);
  show(room, 20, 160, 90);
  run(room, &camera, 1, SLOT_SHRINK_US + 800000);
  set_budget(room, 10000000);
  g_assert_cmpuint(room->receiver->count, ==, from);
  run(room, &camera, 1, 2000000);
  g_assert_cmpuint(room->receiver->count, >, from);
  g_assert_true(room->receiver->log[from].keyframe);
  g_assert_cmpuint(room->receiver->log[from].sequence, ==,
                   (uint16_t)(room->receiver->log[from - 1].sequence + 1));
  router_remove_track(room->router, camera.track);
  room_free(room);
}

/* Who is named first loses last; everybody keeps the smallest before anybody gets more. */
static void test_rank(void) {
  enum { CAMERAS = 3 };
  Room *room = room_new(CAMERAS);
  Camera cameras[CAMERAS];
  View views[CAMERAS];
  for (unsigned i = 0; i < CAMERAS; i++) {
    camera_begin(room, &cameras[i], 10 + i, 20 + i);
    views[i] = (View){22 - i, 1280, 720}; /* the youngest first */
  }
  subscriber_set_view(room->subscriber, views, CAMERAS);
  run(room, cameras, CAMERAS, 2000000);
  int64_t each = subscriber_wanted_bps(room->subscriber) / CAMERAS;
  set_budget(room, each * 36 / 10); /* with something to spare */
  run(room, cameras, CAMERAS, 2000000);
  for (unsigned i = 0; i < CAMERAS; i++)
    g_assert_cmpuint(last(room->receiver, SLOT + i)->layer, ==, 2);
  /* In the fixture all layers cost the same: what is saved are temporal ones. */
  set_budget(room, each * 18 / 10);
  run(room, cameras, CAMERAS, 2000000);
  size_t from = room->receiver->count;
  run(room, cameras, CAMERAS, 2000000);
  unsigned packets[CAMERAS] = {0};
  for (size_t i = from; i < room->receiver->count; i++) {
    unsigned slot = room->receiver->log[i].slot;
    packets[room->receiver->in_slot[slot].peer - 20]++;
  }
  g_assert_cmpuint(packets[2], >=, 58 * FRAME_PACKETS);
  g_assert_cmpuint(packets[1], <, 40 * FRAME_PACKETS);
  g_assert_cmpuint(packets[0], >=, 14 * FRAME_PACKETS);
  g_assert_cmpuint(packets[0], <=, packets[1]);
  /* Not even the smallest of all: the last named goes. */
  set_budget(room, each * 6 / 10);
  run(room, cameras, CAMERAS, 1000000);
  from = room->receiver->count;
  run(room, cameras, CAMERAS, 1000000);
  bool seen[CAMERAS] = {false};
  for (size_t i = from; i < room->receiver->count; i++)
    seen[room->receiver->in_slot[room->receiver->log[i].slot].peer - 20] = true;
  g_assert_true(seen[2] && seen[1] && !seen[0]);
  for (unsigned i = 0; i < CAMERAS; i++) {
    check_unbroken(room->receiver, SLOT + i);
    router_remove_track(room->router, cameras[i].track);
  }
  room_free(room);
}

static void test_demand(void) {
  Room *room = room_new(1);
  Camera camera;
  camera_begin(room, &camera, 10, 20);
  camera.sends[0] = camera.sends[2] = false;
  show(room, 20, 640, 360);
  run(room, &camera, 1, 200000);
  g_assert_cmpuint(room->events.demanded[10], ==, 2);
  camera.obeys = true;
  /* More is asked for at once, and what is there is shown meanwhile. */
  show(room, 20, 1280, 720);
  size_t from = room->receiver->count;
  run(room, &camera, 1, 40000);
  g_assert_cmpuint(room->events.demanded[10], ==, 2 | 4);
  run(room, &camera, 1, 200000);
  g_assert_cmpuint(room->receiver->count, >=, from + 6 * FRAME_PACKETS);
  g_assert_cmpuint(last(room->receiver, SLOT)->layer, ==, 2);
  /* Less when it lasts. */
  run(room, &camera, 1, 2000000);
  g_assert_cmpuint(room->events.demanded[10], ==, 2 | 4);
  run(room, &camera, 1, 1000000);
  g_assert_cmpuint(room->events.demanded[10], ==, 4);
  unsigned told = room->events.demands;
  subscriber_set_view(room->subscriber, NULL, 0);
  run(room, &camera, 1, 5000000);
  g_assert_cmpuint(room->events.demanded[10], ==, 0);
  g_assert_cmpuint(room->events.demands, ==, told + 1);
  /* Nobody sends anything; who is wanted is asked for, and comes. */
  show(room, 20, 320, 180);
  run(room, &camera, 1, 200000);
  g_assert_cmpuint(room->events.demanded[10], ==, 1);
  g_assert_cmpuint(last(room->receiver, SLOT)->layer, ==, 0);
  g_assert_cmpint(last(room->receiver, SLOT)->capture_us, >, room->now_us - 40000);
  /* Switching the camera off and on changes nothing of it. */
  told = room->events.demands;
  track_set_muted(camera.track, true);
  run(room, &camera, 1, 5000000);
  track_set_muted(camera.track, false);
  run(room, &camera, 1, 1000000);
  g_assert_cmpuint(room->events.demands, ==, told);
  check_unbroken(room->receiver, SLOT);
  router_remove_track(room->router, camera.track);
  room_free(room);
}

/* A publisher whose camera is too small for the largest layer: the next one is asked for as well,
 * not only the smallest, which may be all that is sent when the largest is asked for. */
static void test_demand_in_vain(void) {
  Room *room = room_new(1);
  Camera camera;
  camera_begin(room, &camera, 10, 20);
  camera.sends[1] = camera.sends[2] = false;
  show(room, 20, 1280, 720);
  run(room, &camera, 1, 500000);
  g_assert_cmpuint(room->events.demanded[10] & 2, ==, 0);
  run(room, &camera, 1, 1000000);
  g_assert_cmpuint(room->events.demanded[10] & (2 | 4), ==, 2 | 4);
  camera.sends[1] = true;
  run(room, &camera, 1, 3000000);
  g_assert_cmpuint(last(room->receiver, SLOT)->layer, ==, 1);
  g_assert_cmpuint(room->events.demanded[10], ==, 2 | 4); /* the smallest is not taken any more */
  run(room, &camera, 1, 5000000);
  g_assert_cmpuint(last(room->receiver, SLOT)->layer, ==, 1);
  router_remove_track(room->router, camera.track);
  room_free(room);
}

/* Who lost the picture gets one of the layer that he is sent, though he waits for one that does not
 * come. */
static void test_keyframe_meanwhile(void) {
  Room *room = room_new(1);
  Camera camera;
  camera_begin(room, &camera, 10, 20);
  camera.sends[2] = false;
  show(room, 20, 1280, 720);
  run(room, &camera, 1, 3000000);
  g_assert_cmpuint(last(room->receiver, SLOT)->layer, ==, 1);
  size_t before = room->receiver->count;
  subscriber_keyframe(room->subscriber, SLOT, room->now_us);
  run(room, &camera, 1, 1000000);
  unsigned keyframes = 0;
  for (size_t i = before; i < room->receiver->count; i++)
    keyframes += room->receiver->log[i].keyframe && room->receiver->log[i - 1].marker;
  g_assert_cmpuint(keyframes, ==, 1);
  /* Of the one that he waits for, where that comes: he gets both wishes with one. */
  camera.sends[2] = true;
  room->now_us += FRAME_US;
  layer_frame(room, &camera, 2);
  camera.sent[2] = true;
  run(room, &camera, 1, 1000000);
  g_assert_cmpuint(last(room->receiver, SLOT)->layer, ==, 2);
  check_unbroken(room->receiver, SLOT);
  router_remove_track(room->router, camera.track);
  room_free(room);
}

/* The first layer that comes need not be the one that is wanted; none that is wanted ever comes. */
static void test_what_there_is(void) {
  Room *room = room_new(1);
  Camera camera;
  camera_begin(room, &camera, 10, 20);
  camera.sends[0] = camera.sends[2] = false;
  show(room, 20, 1280, 720);
  run(room, &camera, 1, 500000);
  g_assert_cmpuint(last(room->receiver, SLOT)->layer, ==, 1);
  show(room, 20, 160, 90);
  run(room, &camera, 1, SLOT_SHRINK_US + 500000);
  g_assert_cmpuint(last(room->receiver, SLOT)->layer, ==, 1);
  /* The wanted one comes, with a key frame of its own. */
  camera.sends[0] = true;
  run(room, &camera, 1, 100000);
  g_assert_cmpuint(last(room->receiver, SLOT)->layer, ==, 0);
  /* It ends: back to what there is, and forth again. */
  camera.sends[0] = false;
  run(room, &camera, 1, 2000000);
  g_assert_cmpuint(last(room->receiver, SLOT)->layer, ==, 1);
  g_assert_cmpint(last(room->receiver, SLOT)->capture_us, >, room->now_us - 40000);
  camera.sends[0] = true;
  run(room, &camera, 1, 100000);
  g_assert_cmpuint(last(room->receiver, SLOT)->layer, ==, 0);
  check_unbroken(room->receiver, SLOT);
  router_remove_track(room->router, camera.track);
  room_free(room);
}

/* A pressed thread thins the pictures at once, for receivers only, and thickens them again. */
static void test_relief(void) {
  Room *room = room_new(1);
  Camera camera;
  camera_begin(room, &camera, 10, 20);
  subscriber_set_view(room->subscriber, &(View){20, 1280, 720}, 1);
  run(room, &camera, 1, 2000000);
  for (unsigned relief = 0; relief <= 3; relief++) {
    router_set_relief(room->router, relief);
    run(room, &camera, 1, 400000);
    size_t from = room->receiver->count;
    run(room, &camera, 1, PATTERN * 10 * FRAME_US);
    unsigned most = relief < 2 ? 2 - relief : 0, pictures = 0;
    for (size_t i = from; i < room->receiver->count; i++) {
      g_assert_cmpuint(room->receiver->log[i].tid, <=, most);
      pictures += room->receiver->log[i].marker;
    }
    g_assert_cmpuint(pictures, >=, PATTERN * 10 / (4 >> most) - 2);
    g_assert_cmpuint(pictures, <=, PATTERN * 10 / (4 >> most) + 2);
  }
  router_set_relief(room->router, 0);
  run(room, &camera, 1, 2 * PATTERN * FRAME_US);
  g_assert_cmpuint(room->receiver->log[room->receiver->count - 1].layer, ==, 2);
  size_t from = room->receiver->count;
  run(room, &camera, 1, PATTERN * FRAME_US);
  g_assert_cmpuint(room->receiver->count - from, >=, FRAME_PACKETS * PATTERN);
  check_unbroken(room->receiver, SLOT);
  router_remove_track(room->router, camera.track);
  room_free(room);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/layers/by-size", test_by_size);
  g_test_add_func("/layers/cost", test_cost);
  g_test_add_func("/layers/change", test_change);
  g_test_add_func("/layers/narrow", test_narrow);
  g_test_add_func("/layers/screen", test_screen);
  g_test_add_func("/layers/screen-key-frame", test_screen_key_frame);
  g_test_add_func("/layers/screen-at-a-megabit", test_screen_at_a_megabit);
  g_test_add_func("/layers/screen-rests", test_screen_rests);
  g_test_add_func("/layers/yield", test_yield);
  g_test_add_func("/layers/yield-in-vain", test_yield_in_vain);
  g_test_add_func("/layers/rank", test_rank);
  g_test_add_func("/layers/demand", test_demand);
  g_test_add_func("/layers/demand-in-vain", test_demand_in_vain);
  g_test_add_func("/layers/keyframe-meanwhile", test_keyframe_meanwhile);
  g_test_add_func("/layers/what-there-is", test_what_there_is);
  g_test_add_func("/layers/relief", test_relief);
  return g_test_run();
}
