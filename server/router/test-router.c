/* Who is in which slot, who speaks, and what is told of it. */
#include "router/router.h"
#include "router/test-fixture.h"

#include <string.h>

#include "router/core.h"
#include "router/notice.h"

#define SILENT 127
#define VOICE 35
#define SCREEN(receiver, video_slots) ((receiver)->in_slot[AUDIO_SLOTS + (video_slots)].id)

typedef struct {
  PacketPool *pool;
  Router *router;
  Events events;
  int64_t now_us;
  uint64_t sequence;
} Room;

static Room *room_new(void) {
  Room *room = g_new0(Room, 1);
  room->pool = packet_pool_new();
  room->router = router_new(&recording_events, &room->events);
  room->now_us = 1000000;
  room->sequence = 70000;
  router_tick(room->router, room->now_us);
  return room;
}

static void room_free(Room *room) {
  router_free(room->router);
  packet_pool_free(room->pool);
  g_free(room);
}

static Track *add(Room *room, uint32_t id, uint32_t peer, Source source) {
  bool audio = source == SOURCE_MIC || source == SOURCE_SCREEN_AUDIO;
  return router_add_track(room->router, &(TrackInfo){id, peer, source, audio ? 48000 : 90000});
}

/* For so long each of these sends: voices in 20 ms frames at the given level, pictures at 50/s. */
static void run(Room *room, unsigned ms, Track *const *tracks, const uint8_t *levels,
                size_t count) {
  for (unsigned at = 0; at < ms; at += 20) {
    room->now_us += 20000;
    room->sequence++;
    for (size_t i = 0; i < count; i++) {
      if (!tracks[i])
        continue;
      if (track_info(tracks[i])->clock_rate == 48000) {
        uint8_t sway = (uint8_t)(levels[i] < 100 ? (at / 20 * 7) % 9 : 0);
        deliver(tracks[i],
                make_audio(room->pool, room->sequence, (uint32_t)room->sequence * AUDIO_TICKS,
                           room->now_us, (uint8_t)(levels[i] + sway)));
      } else {
        VideoSpec spec = {.sequence = room->sequence,
                          .timestamp = (uint32_t)room->sequence * 1800,
                          .arrival_us = room->now_us,
                          .capture_us = room->now_us,
                          .start = true,
                          .keyframe = at % 500 == 0};
        deliver(tracks[i], make_video(room->pool, &spec));
      }
    }
    router_tick(room->router, room->now_us);
  }
}

static bool hears(const Receiver *receiver, uint32_t track) {
  for (unsigned i = 0; i < AUDIO_SLOTS; i++)
    if (receiver->in_slot[i].id == track)
      return true;
  return false;
}

/* The video slot of this track, or -1. */
static int sees(const Receiver *receiver, unsigned video_slots, uint32_t track) {
  for (unsigned i = 0; i < video_slots; i++)
    if (receiver->in_slot[AUDIO_SLOTS + i].id == track)
      return (int)i;
  return -1;
}

static void show(Subscriber *subscriber, const uint32_t *peers, size_t count) {
  View views[8];
  g_assert_cmpuint(count, <=, G_N_ELEMENTS(views));
  for (size_t i = 0; i < count; i++)
    views[i] = (View){peers[i], 640, 360};
  subscriber_set_view(subscriber, views, count);
}

static void remove_all(Room *room, Track **tracks, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (tracks[i])
      router_remove_track(room->router, tracks[i]);
}

/* Up to three others: all are always heard, whoever speaks, and nothing ever changes. */
static void test_few_voices(void) {
  Room *room = room_new();
  Receiver *receivers[4];
  Subscriber *subscribers[4];
  Track *mics[4];
  for (uint32_t i = 0; i < 4; i++) {
    receivers[i] = receiver_new();
    subscribers[i] =
        router_add_subscriber(room->router, 1 + i, 2, false, &receiver_sink, receivers[i]);
    mics[i] = add(room, 10 + i, 1 + i, SOURCE_MIC);
  }
  unsigned before = 0, after = 0;
  for (unsigned i = 0; i < 4; i++)
    for (unsigned j = 0; j < AUDIO_SLOTS; j++)
      before += receivers[i]->assignments[j];
  for (unsigned turn = 0; turn < 12; turn++) {
    uint8_t levels[4] = {SILENT, SILENT, SILENT, SILENT};
    levels[turn * 3 % 4] = VOICE;
    run(room, 1500, mics, levels, 4);
  }
  for (unsigned i = 0; i < 4; i++) {
    for (unsigned j = 0; j < 4; j++)
      g_assert_cmpint(hears(receivers[i], 10 + j), ==, i != j);
    for (unsigned j = 0; j < AUDIO_SLOTS; j++)
      after += receivers[i]->assignments[j];
  }
  g_assert_cmpuint(after, ==, before);
  g_assert_cmpuint(room->events.speaker_changes, >=, 8);
  /* Every voice packet went to three receivers. */
  g_assert_cmpuint(receivers[0]->count, ==, 12 * 75 * 3);
  remove_all(room, mics, 4);
  for (unsigned i = 0; i < 4; i++) {
    g_assert_false(hears(receivers[i], 10 + (i + 1) % 4));
    router_remove_subscriber(room->router, subscribers[i]);
    receiver_free(receivers[i]);
  }
  room_free(room);
}

static void test_many_voices(void) {
  enum { MICS = 12 };
  Room *room = room_new();
  Receiver *listener = receiver_new(), *talker = receiver_new();
  Subscriber *first = router_add_subscriber(room->router, 500, 0, false, &receiver_sink, listener);
  Subscriber *second =
      router_add_subscriber(room->router, 100 + 9, 0, false, &receiver_sink, talker);
  Track *mics[MICS];
  uint8_t levels[MICS];
  for (uint32_t i = 0; i < MICS; i++)
    mics[i] = add(room, 10 + i, 100 + i, SOURCE_MIC);
  memset(levels, SILENT, sizeof levels);
  levels[9] = VOICE;
  run(room, 120, mics, levels, MICS); /* heard within the first syllable */
  g_assert_true(hears(listener, 19));
  g_assert_false(hears(talker, 19)); /* not by himself… */
  for (unsigned i = 0; i < AUDIO_SLOTS; i++)
    g_assert_cmpuint(talker->in_slot[i].id, !=, 0); /* …who has three others all the same */
  run(room, 3000, mics, levels, MICS);
  levels[4] = levels[6] = VOICE + 5;
  run(room, 2000, mics, levels, MICS);
  g_assert_true(hears(listener, 19) && hears(listener, 14) && hears(listener, 16));
  /* A fourth who is a little louder, however long, displaces none of the three. */
  unsigned before = 0, after = 0;
  for (unsigned i = 0; i < AUDIO_SLOTS; i++)
    before += listener->assignments[i];
  levels[1] = VOICE - 2; /* than two of them */
  run(room, 5000, mics, levels, MICS);
  for (unsigned i = 0; i < AUDIO_SLOTS; i++)
    after += listener->assignments[i];
  g_assert_cmpuint(after, ==, before);
  g_assert_false(hears(listener, 11));
  /* One who is much louder does, after a moment. */
  levels[7] = VOICE - 20;
  run(room, 200, mics, levels, MICS);
  g_assert_false(hears(listener, 17));
  run(room, 1000, mics, levels, MICS);
  g_assert_true(hears(listener, 17));
  g_assert_true(hears(listener, 19));
  levels[7] = SILENT;
  levels[1] = SILENT;
  run(room, 2000, mics, levels, MICS);
  levels[4] = levels[6] = VOICE + 5;
  run(room, 2000, mics, levels, MICS);
  g_assert_true(hears(listener, 19) && hears(listener, 14) && hears(listener, 16));
  levels[1] = VOICE + 5;
  run(room, 1000, mics, levels, MICS);
  g_assert_false(hears(listener, 11));
  /* Until one of them is silent. The others stay where they are. */
  uint32_t place[AUDIO_SLOTS];
  for (unsigned i = 0; i < AUDIO_SLOTS; i++)
    place[i] = listener->in_slot[i].id;
  levels[6] = SILENT;
  run(room, 1500, mics, levels, MICS);
  g_assert_true(hears(listener, 11));
  for (unsigned i = 0; i < AUDIO_SLOTS; i++)
    g_assert_cmpuint(listener->in_slot[i].id, ==, place[i] == 16 ? 11 : place[i]);
  /* The floor holder is heard at once, silent or not, and stays. */
  router_set_floor(room->router, 100 + 2);
  g_assert_true(hears(listener, 12));
  run(room, 3000, mics, levels, MICS);
  g_assert_true(hears(listener, 12));
  remove_all(room, mics, MICS);
  router_remove_subscriber(room->router, first);
  router_remove_subscriber(room->router, second);
  receiver_free(listener);
  receiver_free(talker);
  room_free(room);
}

/* Three members who tell no levels and send without a pause, in packets of one size, hold no place
 * against somebody who is known to speak. */
static void test_untold(void) {
  enum { MICS = 4 };
  Room *room = room_new();
  Receiver *receiver = receiver_new();
  Subscriber *subscriber =
      router_add_subscriber(room->router, 500, 0, false, &receiver_sink, receiver);
  Track *mics[MICS];
  uint8_t levels[MICS] = {AUDIO_LEVEL_UNKNOWN, AUDIO_LEVEL_UNKNOWN, AUDIO_LEVEL_UNKNOWN, VOICE};
  for (uint32_t i = 0; i < 3; i++)
    mics[i] = add(room, 10 + i, 100 + i, SOURCE_MIC);
  run(room, 3000, mics, levels, 3);
  for (uint32_t i = 0; i < 3; i++)
    g_assert_true(hears(receiver, 10 + i)); /* there is room for all */
  mics[3] = add(room, 13, 103, SOURCE_MIC);
  run(room, 300, mics, levels, MICS);
  g_assert_true(hears(receiver, 13));
  run(room, 4000, mics, levels, MICS);
  g_assert_true(hears(receiver, 13));
  g_assert_cmpuint(room->events.speaker, ==, 103);
  levels[3] = SILENT; /* nobody takes his place while there is nothing to be heard */
  run(room, 4000, mics, levels, MICS);
  g_assert_true(hears(receiver, 13));
  remove_all(room, mics, MICS);
  router_remove_subscriber(room->router, subscriber);
  receiver_free(receiver);
  room_free(room);
}

static void test_screen_audio(void) {
  enum { MICS = 5 };
  Room *room = room_new();
  Receiver *receiver = receiver_new();
  Subscriber *subscriber =
      router_add_subscriber(room->router, 500, 0, false, &receiver_sink, receiver);
  Track *tracks[MICS + 1];
  uint8_t levels[MICS + 1];
  memset(levels, VOICE, sizeof levels);
  for (uint32_t i = 0; i < MICS; i++)
    tracks[i] = add(room, 10 + i, 100 + i, SOURCE_MIC);
  router_set_floor(room->router, 100);
  tracks[MICS] = add(room, 30, 104, SOURCE_SCREEN_AUDIO);
  levels[MICS] = SILENT;
  run(room, 2000, tracks, levels, MICS + 1);
  g_assert_true(hears(receiver, 30)); /* a quiet film among five loud voices */
  g_assert_true(hears(receiver, 10));
  g_assert_cmpuint(room->events.speaker, !=, 0);
  uint32_t peers[8];
  uint8_t loudness[8];
  size_t count = router_levels(room->router, peers, loudness, 8);
  g_assert_cmpuint(count, ==, 2); /* microphones only */
  for (size_t i = 0; i < count; i++)
    g_assert_cmpuint(loudness[i], >, 60);
  remove_all(room, tracks, MICS + 1);
  g_assert_cmpuint(router_levels(room->router, peers, loudness, 8), ==, 0);
  router_remove_subscriber(room->router, subscriber);
  receiver_free(receiver);
  room_free(room);
}

static void test_view(void) {
  enum { CAMERAS = 8, V = 3 };
  Room *room = room_new();
  Receiver *receiver = receiver_new();
  Subscriber *subscriber =
      router_add_subscriber(room->router, 107, V, false, &receiver_sink, receiver);
  Track *cameras[CAMERAS];
  for (uint32_t i = 0; i < CAMERAS; i++)
    cameras[i] = add(room, 10 + i, 100 + i, SOURCE_CAMERA);
  /* Without a wish: the oldest. */
  for (unsigned i = 0; i < V; i++)
    g_assert_cmpint(sees(receiver, V, 10 + i), >=, 0);
  /* Those wanted who are there already keep their slot. */
  int place = sees(receiver, V, 11);
  show(subscriber, (uint32_t[]){105, 101, 104}, 3);
  g_assert_cmpint(sees(receiver, V, 11), ==, place);
  g_assert_cmpint(sees(receiver, V, 15), >=, 0);
  g_assert_cmpint(sees(receiver, V, 14), >=, 0);
  unsigned moves = receiver->assignments[AUDIO_SLOTS + place];
  /* Another order of the same is no change; more than there is room for: the first ones. */
  show(subscriber, (uint32_t[]){101, 104, 105, 100, 102}, 5);
  for (unsigned i = 0; i < V; i++)
    g_assert_cmpint(sees(receiver, V, (uint32_t[]){11, 14, 15}[i]), >=, 0);
  g_assert_cmpuint(receiver->assignments[AUDIO_SLOTS + place], ==, moves);
  /* Himself, strangers and repetitions take no slot. */
  show(subscriber, (uint32_t[]){107, 999, 104, 104, 103}, 5);
  g_assert_cmpint(sees(receiver, V, 17), <, 0);
  g_assert_cmpint(sees(receiver, V, 14), >=, 0);
  g_assert_cmpint(sees(receiver, V, 13), >=, 0);
  /* The slot left over carries nobody: what is not shown is not sent. */
  for (uint32_t i = 0; i < CAMERAS; i++)
    if (i != 3 && i != 4)
      g_assert_cmpint(sees(receiver, V, 10 + i), <, 0);
  /* A muted camera gives its slot away and comes back. */
  show(subscriber, (uint32_t[]){104, 103, 102, 100}, 4);
  place = sees(receiver, V, 14);
  track_set_muted(cameras[4], true);
  g_assert_cmpint(sees(receiver, V, 14), <, 0);
  g_assert_cmpint(sees(receiver, V, 10), ==, place);
  track_set_muted(cameras[4], false);
  g_assert_cmpint(sees(receiver, V, 14), ==, place);
  show(subscriber, NULL, 0);
  for (uint32_t i = 0; i < CAMERAS; i++)
    g_assert_cmpint(sees(receiver, V, 10 + i), <, 0);
  remove_all(room, cameras, CAMERAS);
  for (unsigned i = 0; i < V; i++)
    g_assert_cmpuint(receiver->in_slot[AUDIO_SLOTS + i].id, ==, 0);
  router_remove_subscriber(room->router, subscriber);
  receiver_free(receiver);
  room_free(room);
}

static void test_speakers_seen(void) {
  enum { PEERS = 6, V = 2 };
  Room *room = room_new();
  Receiver *receiver = receiver_new();
  Subscriber *subscriber =
      router_add_subscriber(room->router, 500, V, false, &receiver_sink, receiver);
  Track *tracks[2 * PEERS];
  uint8_t levels[2 * PEERS];
  for (uint32_t i = 0; i < PEERS; i++) {
    tracks[i] = add(room, 10 + i, 100 + i, SOURCE_MIC);
    tracks[PEERS + i] = add(room, 30 + i, 100 + i, SOURCE_CAMERA);
  }
  memset(levels, SILENT, sizeof levels);
  levels[5] = VOICE;
  run(room, 2000, tracks, levels, 2 * PEERS);
  g_assert_cmpuint(room->events.speaker, ==, 105);
  int place = sees(receiver, V, 35);
  g_assert_cmpint(place, >=, 0);
  levels[5] = SILENT;
  levels[3] = VOICE;
  run(room, 3000, tracks, levels, 2 * PEERS);
  g_assert_cmpuint(room->events.speaker, ==, 103);
  g_assert_cmpint(sees(receiver, V, 33), >=, 0);
  g_assert_cmpint(sees(receiver, V, 35), ==, place); /* the last speaker did not move */
  /* The dominant speaker is muted: nobody is, and the next one follows. */
  track_set_muted(tracks[3], true);
  g_assert_cmpuint(room->events.speaker, ==, 0);
  levels[0] = VOICE;
  run(room, 1000, tracks, levels, 2 * PEERS);
  g_assert_cmpuint(room->events.speaker, ==, 100);
  remove_all(room, tracks, 2 * PEERS);
  g_assert_cmpuint(room->events.speaker, ==, 0);
  router_remove_subscriber(room->router, subscriber);
  receiver_free(receiver);
  room_free(room);
}

static void test_screen(void) {
  Room *room = room_new();
  Receiver *receiver = receiver_new(), *sharer = receiver_new();
  Subscriber *first = router_add_subscriber(room->router, 1, 2, false, &receiver_sink, receiver);
  Subscriber *second = router_add_subscriber(room->router, 3, 2, false, &receiver_sink, sharer);
  Track *old = add(room, 10, 2, SOURCE_SCREEN);
  g_assert_cmpuint(SCREEN(receiver, 2), ==, 10);
  Track *new = add(room, 11, 3, SOURCE_SCREEN);
  g_assert_cmpuint(SCREEN(receiver, 2), ==, 11);
  g_assert_cmpuint(SCREEN(sharer, 2), ==, 10); /* not his own */
  router_remove_track(room->router, new);
  g_assert_cmpuint(SCREEN(receiver, 2), ==, 10);
  router_remove_track(room->router, old);
  g_assert_cmpuint(SCREEN(receiver, 2), ==, 0);
  router_remove_subscriber(room->router, first);
  router_remove_subscriber(room->router, second);
  receiver_free(receiver);
  receiver_free(sharer);
  room_free(room);
}

static void test_notices(void) {
  Room *room = room_new();
  Receiver *receiver = receiver_new();
  Track *tracks[2] = {add(room, 10, 100, SOURCE_MIC), add(room, 11, 100, SOURCE_CAMERA)};
  uint8_t levels[2] = {VOICE, 0};
  run(room, 3000, tracks, levels, 2);
  g_assert_true(room->events.heard[10]);
  g_assert_false(room->events.shown[11]); /* nobody is there to see */
  Subscriber *subscriber =
      router_add_subscriber(room->router, 500, 1, false, &receiver_sink, receiver);
  run(room, 1500, tracks, levels, 2);
  g_assert_true(room->events.shown[11]);
  unsigned notices = room->events.notices;
  track_set_muted(tracks[1], true); /* a short one is not worth a word */
  run(room, 500, tracks, levels, 2);
  track_set_muted(tracks[1], false);
  run(room, 2000, tracks, levels, 2);
  g_assert_cmpuint(room->events.notices, ==, notices);
  levels[0] = SILENT;
  run(room, 4000, tracks, levels, 2);
  g_assert_false(room->events.heard[10]);
  g_assert_true(room->events.shown[11]);
  router_remove_track(room->router, tracks[1]);
  g_assert_false(room->events.shown[11]); /* at once */
  router_remove_track(room->router, tracks[0]);
  router_remove_subscriber(room->router, subscriber);
  receiver_free(receiver);
  room_free(room);
}

/* Tracks and subscribers come, go, mute, look and speak at random: the rules hold all the time. */
static void test_random(void) {
  enum { TRACKS = 40, SUBSCRIBERS = 12, V = 2 }; /* 12: a peer's tracks are of one source */
  g_autoptr(GRand) random = g_rand_new_with_seed(7);
  Room *room = room_new();
  Track *tracks[TRACKS] = {0};
  bool muted[TRACKS] = {0};
  Subscriber *subscribers[SUBSCRIBERS] = {0};
  Receiver *receivers[SUBSCRIBERS] = {0};
  uint32_t viewed[SUBSCRIBERS] = {0}; /* the first of three peers it shows; 0: did not say */
  for (unsigned step = 0; step < 4000; step++) {
    int which = g_rand_int_range(random, 0, TRACKS), who = g_rand_int_range(random, 0, SUBSCRIBERS);
    uint32_t peer = 100 + (uint32_t)which % SUBSCRIBERS;
    switch (g_rand_int_range(random, 0, 6)) {
    case 0:
      if (tracks[which])
        router_remove_track(room->router, tracks[which]);
      tracks[which] =
          tracks[which] ? NULL : add(room, 10 + (uint32_t)which, peer, which % SOURCE_COUNT);
      muted[which] = false;
      break;
    case 1:
      if (tracks[which])
        track_set_muted(tracks[which], muted[which] = !muted[which]);
      break;
    case 2:
      if (subscribers[who]) {
        router_remove_subscriber(room->router, subscribers[who]);
        receiver_free(receivers[who]);
        subscribers[who] = NULL;
      } else if (g_rand_boolean(random)) {
        receivers[who] = receiver_new();
        viewed[who] = 0;
        subscribers[who] = router_add_subscriber(room->router, 100 + (uint32_t)who, V, false,
                                                 &receiver_sink, receivers[who]);
      }
      break;
    case 3:
      router_set_floor(room->router, g_rand_boolean(random) ? peer : 0);
      break;
    case 4:
      if (subscribers[who])
        show(subscribers[who], (uint32_t[]){viewed[who] = peer, peer + 1, peer + 2}, 3);
      break;
    default: {
      uint8_t levels[TRACKS];
      for (unsigned i = 0; i < TRACKS; i++)
        levels[i] = g_rand_boolean(random) ? VOICE : SILENT;
      run(room, 60, tracks, levels, TRACKS);
      for (unsigned i = 0; i < SUBSCRIBERS; i++)
        if (subscribers[i])
          receivers[i]->count = 0;
    }
    }
    for (unsigned i = 0; i < SUBSCRIBERS; i++) {
      if (!subscribers[i])
        continue;
      unsigned cameras = 0, carried = 0;
      for (unsigned p = SOURCE_CAMERA; p < SUBSCRIBERS; p += SOURCE_COUNT) {
        if (viewed[i] && (100 + p < viewed[i] || 100 + p > viewed[i] + 2))
          continue;
        bool there = false; /* this peer shows a camera */
        for (unsigned j = p; j < TRACKS; j += SUBSCRIBERS)
          there = there || (tracks[j] && !muted[j]);
        cameras += there && p != i;
      }
      for (unsigned j = 0; j < AUDIO_SLOTS + V + SCREEN_SLOTS; j++) {
        uint32_t id = receivers[i]->in_slot[j].id;
        if (id == 0)
          continue;
        g_assert_true(tracks[id - 10] && !muted[id - 10]);
        g_assert_cmpuint(receivers[i]->in_slot[j].peer, !=, 100 + i);
        carried += j >= AUDIO_SLOTS && j < AUDIO_SLOTS + V;
        for (unsigned k = 0; k < j; k++)
          g_assert_cmpuint(receivers[i]->in_slot[k].id, !=, id);
      }
      g_assert_cmpuint(carried, ==, MIN(cameras, V));
    }
  }
  remove_all(room, tracks, TRACKS);
  for (unsigned i = 0; i < SUBSCRIBERS; i++) {
    if (!subscribers[i])
      continue;
    router_remove_subscriber(room->router, subscribers[i]);
    receiver_free(receivers[i]);
  }
  room_free(room);
}

/* A camera whose size is another with each of fifty key frames a second has everybody's layers
 * shared out anew twice a second; one that changes once, at once. */
static void test_sizes_that_alternate(void) {
  Room *room = room_new();
  Track *camera = add(room, 1, 1, SOURCE_CAMERA);
  unsigned shared = 0;
  for (unsigned i = 0; i < 500; i++) {
    room->now_us += 20000;
    room->sequence++;
    VideoSpec spec = {.sequence = room->sequence,
                      .timestamp = (uint32_t)room->sequence * 1800,
                      .arrival_us = room->now_us,
                      .capture_us = room->now_us,
                      .start = true,
                      .keyframe = true,
                      .width = i % 2 ? 640 : 320,
                      .height = i % 2 ? 360 : 180};
    deliver(camera, make_video(room->pool, &spec));
    shared += room->router->share_due;
    g_assert_true(i > 0 || shared == 1);
    router_tick(room->router, room->now_us);
  }
  g_assert_cmpuint(shared, <=, 21);
  router_remove_track(room->router, camera);
  room_free(room);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/router/few-voices", test_few_voices);
  g_test_add_func("/router/untold", test_untold);
  g_test_add_func("/router/many-voices", test_many_voices);
  g_test_add_func("/router/screen-audio", test_screen_audio);
  g_test_add_func("/router/view", test_view);
  g_test_add_func("/router/speakers-seen", test_speakers_seen);
  g_test_add_func("/router/screen", test_screen);
  g_test_add_func("/router/sizes-that-alternate", test_sizes_that_alternate);
  g_test_add_func("/router/notices", test_notices);
  g_test_add_func("/router/random", test_random);
  return g_test_run();
}
