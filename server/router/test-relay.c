/* Two routers of one room: what is published to the one is received from the other. */
#include "router/router.h"
#include "router/test-fixture.h"

#define CAMERA 1 /* track ids */
#define MIC 2
#define PUBLISHER 10
#define SLOT AUDIO_SLOTS /* the first picture's */

typedef struct {
  PacketPool *pool, *other_pool;
  Router *home, *other;
  Events home_events, other_events;
  Relay *relay;                /* home's, to the other */
  Track *camera, *mic;         /* at home … */
  Track *far_camera, *far_mic; /* … and relayed */
  Receiver *receiver;          /* the other's */
  Subscriber *subscriber;      /* of it */
  VideoSpec next;
  uint64_t sound;
  int64_t now_us;
} World;

static Track **far_of(World *world, const TrackInfo *track) {
  return track->id == CAMERA ? &world->far_camera : &world->far_mic;
}

static void on_begin(void *user, const TrackInfo *track, bool muted) {
  World *world = user;
  TrackInfo info = *track;
  info.remote = true;
  Track **far = far_of(world, track);
  g_assert_null(*far);
  *far = router_add_track(world->other, &info);
  track_set_muted(*far, muted);
}

static void on_packet(void *user, const TrackInfo *track, const Packet *packet) {
  World *world = user;
  uint8_t bytes[sizeof(Packet)];
  packet_pack(packet, bytes);
  deliver(*far_of(world, track),
          packet_unpack(world->other_pool, bytes, packet_packed_len(packet)));
}

static void on_muted(void *user, const TrackInfo *track, bool muted) {
  track_set_muted(*far_of(user, track), muted);
}

static void on_end(void *user, const TrackInfo *track) {
  World *world = user;
  Track **far = far_of(world, track);
  router_remove_track(world->other, g_steal_pointer(far));
}

static const RelaySink sink = {on_begin, on_packet, on_muted, on_end};

static World *world_new(void) {
  World *world = g_new0(World, 1);
  world->pool = packet_pool_new();
  world->other_pool = packet_pool_new();
  world->home = router_new(&recording_events, &world->home_events);
  world->other = router_new(&recording_events, &world->other_events);
  router_follow_speaker(world->other, 0);
  world->receiver = receiver_new();
  world->subscriber =
      router_add_subscriber(world->other, 20, 1, false, &receiver_sink, world->receiver);
  world->next = (VideoSpec){.sequence = 100, .picture_id = 7};
  world->now_us = 1000000;
  router_tick(world->home, world->now_us);
  router_tick(world->other, world->now_us);
  return world;
}

static void publish(World *world) {
  world->camera =
      router_add_track(world->home, &(TrackInfo){CAMERA, PUBLISHER, SOURCE_CAMERA, 90000, 1});
  world->mic = router_add_track(world->home, &(TrackInfo){MIC, PUBLISHER, SOURCE_MIC, 48000, 1});
}

static void world_free(World *world) {
  if (world->relay)
    router_remove_relay(world->home, world->relay);
  if (world->camera)
    router_remove_track(world->home, world->camera);
  if (world->mic)
    router_remove_track(world->home, world->mic);
  if (world->far_camera)
    router_remove_track(world->other, world->far_camera);
  if (world->far_mic)
    router_remove_track(world->other, world->far_mic);
  router_remove_subscriber(world->other, world->subscriber);
  router_free(world->home);
  router_free(world->other);
  receiver_free(world->receiver);
  packet_pool_free(world->pool);
  packet_pool_free(world->other_pool);
  g_free(world);
}

static void frame(World *world, bool keyframe) {
  VideoSpec *next = &world->next;
  next->arrival_us = next->capture_us = world->now_us;
  next->keyframe = keyframe;
  next->start = next->marker = true;
  next->stamp++;
  deliver(world->camera, make_video(world->pool, next));
  next->sequence++;
  next->picture_id++;
  next->timestamp += FRAME_TICKS;
}

/* Passes ms, with sound of this level in it, and a picture every 40. Ticks and what the other
 * router's events say go back and forth. */
static void pass(World *world, int64_t ms, uint8_t level) {
  for (int64_t until_us = world->now_us + ms * 1000; world->now_us < until_us;) {
    world->now_us += 20000;
    world->sound++;
    if (world->mic)
      deliver(world->mic, make_audio(world->pool, world->sound,
                                     (uint32_t)world->sound * AUDIO_TICKS, world->now_us, level));
    if (world->camera && world->sound % 2 == 0)
      frame(world, false);
    router_tick(world->home, world->now_us);
    router_follow_speaker(world->other, world->home_events.speaker);
    router_tick(world->other, world->now_us);
    if (world->relay)
      relay_take(world->relay, CAMERA, world->other_events.taken[CAMERA],
                 world->other_events.taken_shown[CAMERA]);
  }
}

/* Who receives elsewhere gets the picture and the sound as here. */
static void test_forward(void) {
  World *world = world_new();
  publish(world); /* before the relay: it is told at once */
  world->relay = router_add_relay(world->home, &sink, world);
  g_assert_nonnull(world->far_camera);
  g_assert_nonnull(world->far_mic);
  frame(world, true);
  g_assert_cmpuint(world->receiver->in_slot[SLOT].id, ==, CAMERA);
  g_assert_cmpuint(world->receiver->in_slot[SLOT].peer, ==, PUBLISHER);
  pass(world, 400, 20);
  unsigned pictures = 0, sounds = 0;
  for (size_t i = 0; i < world->receiver->count; i++) {
    const Got *got = &world->receiver->log[i];
    if (got->slot == SLOT) {
      pictures++;
      g_assert_cmpuint(got->stamp, ==, pictures);
      g_assert_cmpint(got->capture_us, >, 0);
    } else {
      sounds++;
    }
  }
  g_assert_cmpuint(pictures, ==, 11);
  g_assert_cmpuint(sounds, >=, 19);
  world_free(world);
}

/* Layers that are taken only elsewhere are asked for at home; key frames are asked for there. */
static void test_demand(void) {
  World *world = world_new();
  world->relay = router_add_relay(world->home, &sink, world);
  publish(world);
  frame(world, true);
  pass(world, 4000, 127);
  g_assert_cmpuint(world->other_events.taken[CAMERA], !=, 0);
  g_assert_true(world->other_events.taken_shown[CAMERA]);
  g_assert_cmpuint(world->home_events.demanded[CAMERA] & world->other_events.taken[CAMERA], ==,
                   world->other_events.taken[CAMERA]);
  g_assert_cmpuint(world->other_events.demands, ==, 0); /* that is home's to say */
  g_assert_true(world->home_events.shown[CAMERA]);
  g_assert_false(world->other_events.shown[CAMERA]);

  unsigned asked = world->other_events.keyframes[CAMERA];
  subscriber_keyframe(world->subscriber, SLOT, world->now_us);
  g_assert_cmpuint(world->other_events.keyframes[CAMERA], ==, asked + 1);
  unsigned at_home = world->home_events.keyframes[CAMERA];
  relay_keyframe(world->relay, CAMERA, 0, world->now_us);
  relay_keyframe(world->relay, CAMERA, LAYERS_MAX, world->now_us); /* no such layer */
  relay_keyframe(world->relay, 999, 0, world->now_us);             /* no such track */
  g_assert_cmpuint(world->home_events.keyframes[CAMERA], ==, at_home + 1);

  subscriber_set_view(world->subscriber, NULL, 0); /* looks at nobody */
  pass(world, 5000, 127);
  g_assert_cmpuint(world->other_events.taken[CAMERA], ==, 0);
  g_assert_cmpuint(world->home_events.demanded[CAMERA], ==, 0);
  g_assert_false(world->home_events.shown[CAMERA]);
  world_free(world);
}

/* A relay that is gone takes nothing any more. */
static void test_gone(void) {
  World *world = world_new();
  publish(world);
  world->relay = router_add_relay(world->home, &sink, world);
  frame(world, true);
  pass(world, 3000, 127);
  g_assert_cmpuint(world->home_events.demanded[CAMERA], !=, 0);
  router_remove_relay(world->home, g_steal_pointer(&world->relay));
  pass(world, 5000, 127);
  g_assert_cmpuint(world->home_events.demanded[CAMERA], ==, 0);
  world_free(world);
}

static void test_mute(void) {
  World *world = world_new();
  publish(world);
  world->relay = router_add_relay(world->home, &sink, world);
  frame(world, true);
  pass(world, 200, 20);
  track_set_muted(world->camera, true);
  g_assert_cmpuint(world->receiver->in_slot[SLOT].id, ==, 0);
  size_t count = world->receiver->count;
  frame(world, true);
  g_assert_cmpuint(world->receiver->count, ==, count);
  track_set_muted(world->camera, false);
  frame(world, true);
  g_assert_cmpuint(world->receiver->count, ==, count + 1);

  router_remove_track(world->home, g_steal_pointer(&world->camera));
  g_assert_null(world->far_camera);
  g_assert_cmpuint(world->receiver->in_slot[SLOT].id, ==, 0);

  router_remove_relay(world->home, world->relay); /* one that comes later learns of it */
  router_remove_track(world->other, g_steal_pointer(&world->far_mic));
  track_set_muted(world->mic, true);
  world->relay = router_add_relay(world->home, &sink, world);
  pass(world, 200, 20);
  g_assert_cmpuint(world->receiver->in_slot[0].id, ==, 0);
  world_free(world);
}

/* One decides who speaks; the other follows, and reports nothing of what it is told. */
static void test_speaker(void) {
  World *world = world_new();
  publish(world);
  world->relay = router_add_relay(world->home, &sink, world);
  pass(world, 2000, 127);
  pass(world, 3000, 15);
  g_assert_cmpuint(world->home_events.speaker, ==, PUBLISHER);
  g_assert_cmpuint(world->other_events.speaker, ==, PUBLISHER);
  g_assert_true(world->home_events.heard[MIC]);
  g_assert_false(world->other_events.heard[MIC]);
  g_assert_cmpuint(world->receiver->in_slot[0].id, ==, MIC);
  router_remove_track(world->home, g_steal_pointer(&world->mic));
  router_follow_speaker(world->other, 0);
  g_assert_cmpuint(world->other_events.speaker, ==, 0);

  router_follow_speaker(world->other, PUBLISHER); /* told before its sound is there */
  g_assert_cmpuint(world->other_events.speaker, ==, 0);
  world->mic = router_add_track(world->home, &(TrackInfo){MIC, PUBLISHER, SOURCE_MIC, 48000, 1});
  g_assert_cmpuint(world->other_events.speaker, ==, PUBLISHER);
  world_free(world);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/router/relay/forward", test_forward);
  g_test_add_func("/router/relay/demand", test_demand);
  g_test_add_func("/router/relay/gone", test_gone);
  g_test_add_func("/router/relay/mute", test_mute);
  g_test_add_func("/router/relay/speaker", test_speaker);
  return g_test_run();
}
