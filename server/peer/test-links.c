/* A room on two threads, as one: bursts lie in the mailboxes until the test drains them. */
#include "peer/links.h"

#include <stdlib.h>
#include <string.h>

#include "base/metrics.h"
#include "router/test-fixture.h"

#define ROOM 7
#define CAMERA 1
#define PUBLISHER 10
#define SLOT AUDIO_SLOTS /* the first picture's */
#define WAITING (4u << 20)

typedef struct {
  PacketPool *pool;
  Router *router;
  Links *links;
  Mailbox *inbox;
  Events events;
} Side;

typedef struct {
  Side home, other;
  Track *camera;          /* at home */
  Receiver *receiver;     /* the other's */
  Subscriber *subscriber; /* of it */
  VideoSpec next;
  uint64_t dropped_before;
  int64_t now_us;
} World;

static void on_burst(void *data) {
  Burst *burst = data;
  const Side *side = burst_media(burst);
  g_assert_cmpuint(burst_room(burst), ==, ROOM);
  links_receive(side->links, burst, g_get_monotonic_time());
  burst_free(burst);
}

static void side_open(Side *side, unsigned thread) {
  side->pool = packet_pool_new();
  side->router = router_new(&recording_events, &side->events);
  side->links = links_new(side->router, side->pool, ROOM, thread, on_burst);
  side->inbox = mailbox_new();
}

static void side_close(Side *side) {
  links_free(side->links);
  router_free(side->router);
  packet_pool_free(side->pool);
}

static uint64_t dropped(void) {
  g_autofree char *text = g_string_free(metrics_render(), FALSE);
  const char *line = strstr(text, "\nyishi_media_relay_dropped_total ");
  g_assert_nonnull(line);
  return strtoull(strchr(line, ' '), NULL, 10);
}

static World *world_new(void) {
  World *world = g_new0(World, 1);
  side_open(&world->home, 0);
  side_open(&world->other, 1);
  router_follow_speaker(world->other.router, 0);
  links_add(world->home.links, &(LinkEnd){1, world->other.inbox, &world->other});
  links_add(world->other.links, &(LinkEnd){0, world->home.inbox, &world->home});
  world->camera = router_add_track(world->home.router,
                                   &(TrackInfo){CAMERA, PUBLISHER, SOURCE_CAMERA, 90000, 1});
  world->receiver = receiver_new();
  world->subscriber =
      router_add_subscriber(world->other.router, 20, 1, false, &receiver_sink, world->receiver);
  world->next = (VideoSpec){.sequence = 100, .picture_id = 7};
  world->dropped_before = dropped();
  return world;
}

static void world_free(World *world) {
  router_remove_track(world->home.router, world->camera);
  side_close(&world->home);
  router_remove_subscriber(world->other.router, world->subscriber);
  side_close(&world->other);
  mailbox_free(world->home.inbox);
  mailbox_free(world->other.inbox);
  receiver_free(world->receiver);
  g_free(world);
}

/* A frame, 40 ms after the last. */
static void frame(World *world, bool keyframe) {
  VideoSpec *next = &world->next;
  world->now_us += 40000;
  router_tick(world->home.router, world->now_us);
  next->arrival_us = next->capture_us = world->now_us;
  next->keyframe = keyframe;
  next->start = next->marker = true;
  next->stamp++;
  deliver(world->camera, make_video(world->home.pool, next));
  next->sequence++;
  next->picture_id++;
  next->timestamp += FRAME_TICKS;
}

static void read_all(World *world) {
  links_flush(world->home.links, world->now_us);
  router_tick(world->other.router, world->now_us);
  mailbox_drain(world->other.inbox);
  router_send_trains(world->other.router);
  links_flush(world->other.links, world->now_us);
  mailbox_drain(world->home.inbox);
  links_flush(world->home.links, world->now_us);
}

/* A key frame and as many others arrive one by one. */
static void see(World *world, size_t others) {
  for (size_t i = 0, before = world->receiver->count; i <= others; i++) {
    frame(world, i == 0);
    read_all(world);
    g_assert_cmpuint(world->receiver->count, ==, before + i + 1);
    g_assert_cmpuint(world->receiver->log[before + i].stamp, ==, world->next.stamp);
  }
}

static void test_order(void) {
  World *world = world_new();
  see(world, 20);
  g_assert_cmpuint(world->receiver->in_slot[SLOT].peer, ==, PUBLISHER);
  g_assert_cmpuint(dropped(), ==, world->dropped_before);
  world_free(world);
}

/* A thread that does not keep up loses packets, not memory, and gets them all again when it has
 * read what waited; what else it is told it is told. */
static void test_behind(void) {
  World *world = world_new();
  see(world, 0);
  for (size_t i = 0; dropped() < world->dropped_before + 100; i++) {
    g_assert_cmpuint(i, <, WAITING / 64);
    frame(world, false);
    links_flush(world->home.links, world->now_us / 1000);
  }
  track_set_muted(world->camera, true);
  uint64_t lost = dropped();
  read_all(world);
  g_assert_cmpuint(world->receiver->in_slot[SLOT].id, ==, 0);
  track_set_muted(world->camera, false);
  see(world, 20);
  g_assert_cmpuint(dropped(), ==, lost);
  world_free(world);
}

/* Sound alone would fill that only in minutes: what is old is of no use. */
static void test_late(void) {
  World *world = world_new();
  see(world, 0);
  for (int i = 0; i < 12; i++) { /* half a second */
    frame(world, false);
    links_flush(world->home.links, world->now_us);
  }
  g_assert_cmpuint(dropped(), ==, world->dropped_before);
  for (int i = 0; i < 12; i++) {
    frame(world, false);
    links_flush(world->home.links, world->now_us);
  }
  g_assert_cmpuint(dropped(), >=, world->dropped_before + 10);
  uint64_t lost = dropped();
  read_all(world);
  world->now_us += 60000000; /* a long silence is not late */
  see(world, 20);
  g_assert_cmpuint(dropped(), ==, lost);
  world_free(world);
}

/* What a thread says in one turn is bounded too. */
static void test_one_burst(void) {
  World *world = world_new();
  see(world, 0);
  for (size_t i = 0; dropped() == world->dropped_before; i++) {
    g_assert_cmpuint(i, <, WAITING / 64);
    frame(world, false);
  }
  read_all(world);
  see(world, 20);
  world_free(world);
}

/* What waits may outlive who said it. */
static void test_gone(void) {
  World *world = world_new();
  frame(world, true);
  links_flush(world->home.links, world->now_us);
  world_free(world);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/peer/links/order", test_order);
  g_test_add_func("/peer/links/behind", test_behind);
  g_test_add_func("/peer/links/late", test_late);
  g_test_add_func("/peer/links/one-burst", test_one_burst);
  g_test_add_func("/peer/links/gone", test_gone);
  return g_test_run();
}
