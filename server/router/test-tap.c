/* The tap over a real socket pair: order of messages, content, a worker that does not read. */
#include "wire/tapwire.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "router/router.h"
#include "router/test-fixture.h"

typedef struct {
  PacketPool *pool;
  Router *router;
  Events events;
  Tap *tap;
  int worker;
  int64_t now_us;
} Room;

static Room *room_new(void) {
  Room *room = g_new0(Room, 1);
  room->pool = packet_pool_new();
  room->router = router_new(&recording_events, &room->events);
  room->now_us = 1000000;
  router_tick(room->router, room->now_us);
  return room;
}

static void open_tap(Room *room) {
  int ends[2];
  g_assert_cmpint(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), ==, 0);
  room->worker = ends[1];
  room->tap = router_add_tap(room->router, ends[0]);
  g_assert_cmpint(tap_fd(room->tap), ==, ends[0]);
}

static void room_free(Room *room) {
  router_remove_tap(room->router, room->tap);
  router_free(room->router);
  packet_pool_free(room->pool);
  close(room->worker);
  g_free(room);
}

static Track *add(Room *room, uint32_t id, uint32_t peer, Source source) {
  bool audio = source == SOURCE_MIC || source == SOURCE_SCREEN_AUDIO;
  return router_add_track(room->router, &(TrackInfo){id, peer, source, audio ? 48000 : 90000});
}

static void send_video(Room *room, Track *track, uint64_t sequence) {
  room->now_us += FRAME_US;
  VideoSpec spec = {.sequence = sequence,
                    .timestamp = (uint32_t)sequence * FRAME_TICKS,
                    .arrival_us = room->now_us,
                    .capture_us = room->now_us - 5000,
                    .start = true,
                    .keyframe = true,
                    .stamp = (uint32_t)sequence};
  deliver(track, make_video(room->pool, &spec));
}

/* The next message; false when there is none. */
static bool next(Room *room, TapMessage *message) {
  static uint8_t data[TAP_MESSAGE_MAX];
  ssize_t len = recv(room->worker, data, sizeof data, MSG_DONTWAIT);
  if (len <= 0)
    return false;
  g_assert_true(tapwire_parse(data, (size_t)len, message));
  return true;
}

static TapMessage expect(Room *room, TapType type, uint32_t track) {
  TapMessage message = {0};
  g_assert_true(next(room, &message));
  g_assert_cmpint(message.type, ==, type);
  g_assert_cmpuint(message.track, ==, track);
  return message;
}

static void expect_nothing(Room *room) {
  TapMessage message;
  g_assert_false(next(room, &message));
}

static void test_messages(void) {
  Room *room = room_new();
  Track *camera = add(room, 10, 1, SOURCE_CAMERA);
  send_video(room, camera, 70000);
  unsigned asked = room->events.keyframes[10];
  open_tap(room);
  g_assert_cmpuint(room->events.keyframes[10], ==, asked + 1);
  TapTrack described;
  TapMessage message = expect(room, TAP_TRACK, 10);
  g_assert_true(tapwire_parse_track(message.body, message.body_len, &described));
  g_assert_cmpint(described.codec, ==, TAP_VP8);
  g_assert_cmpuint(described.source, ==, SOURCE_CAMERA);
  g_assert_cmpuint(described.payload_type, ==, 96);
  g_assert_cmpuint(described.clock_rate, ==, 90000);
  expect(room, TAP_PROGRAM, 10);
  expect_nothing(room);

  /* The packet, in the track's one stream, with its capture time. */
  send_video(room, camera, 70001);
  message = expect(room, TAP_RTP, 10);
  g_assert_cmpint(message.capture_us, ==, room->now_us - 5000);
  RtpHeader rtp;
  g_assert_true(rtp_parse(message.body, message.body_len, true, &rtp));
  uint16_t sequence = rtp.sequence;
  g_assert_cmpuint(rtp.ssrc, ==, 10);
  g_assert_cmpuint(stamp_of(message.body + rtp.payload_offset, rtp.payload_len), ==, 70001);

  send_video(room, camera, 70002);
  message = expect(room, TAP_RTP, 10);
  g_assert_true(rtp_parse(message.body, message.body_len, true, &rtp));
  g_assert_cmpuint(rtp.sequence, ==, (uint16_t)(sequence + 1));

  /* A new track is announced before its first packet, and the screen takes the program. */
  Track *screen = add(room, 11, 2, SOURCE_SCREEN);
  expect_nothing(room);
  send_video(room, screen, 500);
  expect(room, TAP_TRACK, 11);
  expect(room, TAP_PROGRAM, 11);
  expect(room, TAP_RTP, 11);

  Track *voice = add(room, 12, 2, SOURCE_MIC);
  deliver(voice, make_audio(room->pool, 70000, 1, room->now_us, 40));
  message = expect(room, TAP_TRACK, 12);
  g_assert_true(tapwire_parse_track(message.body, message.body_len, &described));
  g_assert_cmpint(described.codec, ==, TAP_OPUS);
  expect(room, TAP_RTP, 12);

  track_set_muted(camera, true);
  send_video(room, camera, 70003);
  expect_nothing(room);
  track_set_muted(camera, false);
  send_video(room, camera, 70004);
  expect(room, TAP_RTP, 10);

  router_remove_track(room->router, screen);
  expect(room, TAP_PROGRAM, 10);
  expect(room, TAP_TRACK_END, 11);
  router_remove_track(room->router, camera);
  expect(room, TAP_PROGRAM, 0);
  expect(room, TAP_TRACK_END, 10);
  router_remove_track(room->router, voice);
  expect(room, TAP_TRACK_END, 12);
  expect_nothing(room);
  g_assert_cmpuint(tap_dropped(room->tap), ==, 0);
  room_free(room);
}

static void test_program(void) {
  Room *room = room_new();
  open_tap(room);
  expect(room, TAP_PROGRAM, 0);
  Track *cameras[3];
  for (uint32_t i = 0; i < 3; i++) {
    cameras[i] = add(room, 10 + i, 1 + i, SOURCE_CAMERA);
    send_video(room, cameras[i], 70000);
  }
  expect(room, TAP_TRACK, 10);
  expect(room, TAP_PROGRAM, 10); /* the first camera, nobody has spoken */
  for (TapMessage message; next(room, &message);)
    g_assert_cmpint(message.type, !=, TAP_PROGRAM);
  unsigned asked = room->events.keyframes[12];
  router_set_floor(room->router, 3);
  expect(room, TAP_PROGRAM, 12);
  g_assert_cmpuint(room->events.keyframes[12], ==, asked + 1);
  /* The floor holder's camera ceases to send: somebody who does is shown. */
  for (unsigned i = 0; i < 200; i++) {
    send_video(room, cameras[0], 70001 + i);
    router_tick(room->router, room->now_us);
  }
  bool changed = false;
  for (TapMessage message; next(room, &message);) {
    if (message.type == TAP_PROGRAM) {
      g_assert_cmpuint(message.track, ==, 10);
      changed = true;
    }
  }
  g_assert_true(changed);
  send_video(room, cameras[2], 70001);
  router_tick(room->router, room->now_us);
  expect(room, TAP_RTP, 12);
  expect(room, TAP_PROGRAM, 12);
  for (unsigned i = 0; i < 3; i++)
    router_remove_track(room->router, cameras[i]);
  room_free(room);
}

static void test_keyframe_wish(void) {
  Room *room = room_new();
  Track *camera = add(room, 10, 1, SOURCE_CAMERA);
  open_tap(room);
  send_video(room, camera, 70000);
  router_tick(room->router, room->now_us);
  unsigned asked = room->events.keyframes[10];
  uint8_t wish[TAP_HEADER_BYTES];
  tapwire_write_header(wish, TAP_KEYFRAME, 10, 0);
  for (int i = 0; i < 5; i++)
    g_assert_cmpint(send(room->worker, wish, sizeof wish, 0), ==, sizeof wish);
  g_assert_cmpint(send(room->worker, "nonsense", 8, 0), ==, 8);
  g_assert_true(tap_read(room->tap, room->now_us + 600000));
  g_assert_cmpuint(room->events.keyframes[10], ==, asked + 1);
  g_assert_true(tap_read(room->tap, room->now_us + 600000)); /* nothing there */
  shutdown(room->worker, SHUT_RDWR);
  g_assert_false(tap_read(room->tap, room->now_us + 700000));
  send_video(room, camera, 70001); /* into nowhere: no signal, no harm */
  g_assert_cmpuint(tap_dropped(room->tap), ==, 1);
  router_remove_track(room->router, camera);
  room_free(room);
}

/* The worker stalls: media is dropped and counted, announcements arrive when it reads again. */
static void test_full(void) {
  Room *room = room_new();
  open_tap(room);
  Track *camera = add(room, 10, 1, SOURCE_CAMERA);
  uint64_t sent = 0;
  while (tap_dropped(room->tap) < 100) {
    send_video(room, camera, 70000 + sent++);
    g_assert_cmpuint(sent, <, 1000000);
  }
  Track *screen = add(room, 11, 2, SOURCE_SCREEN);
  send_video(room, screen, 500);
  router_remove_track(room->router, camera);
  g_assert_cmpuint(tap_dropped(room->tap), ==, 101);
  uint64_t got = 0;
  expect(room, TAP_PROGRAM, 0);
  expect(room, TAP_TRACK, 10);
  expect(room, TAP_PROGRAM, 10);
  for (TapMessage message; next(room, &message); got++)
    g_assert_cmpint(message.type, ==, TAP_RTP);
  g_assert_cmpuint(got, ==, sent - 100);
  router_tick(room->router, room->now_us);
  expect(room, TAP_TRACK_END, 10);
  expect(room, TAP_TRACK, 11);
  expect(room, TAP_PROGRAM, 11);
  send_video(room, screen, 501);
  expect(room, TAP_RTP, 11);
  expect_nothing(room);
  router_remove_track(room->router, screen);
  room_free(room);
}

/* Sound whose SSRC, numbers and payload type change: to the recorder it is one stream. */
static void test_one_stream(void) {
  Room *room = room_new();
  open_tap(room);
  expect(room, TAP_PROGRAM, 0);
  Track *voice = add(room, 12, 2, SOURCE_MIC);
  uint64_t before = 0;
  for (unsigned i = 0; i < 9; i++) {
    static const uint64_t first[] = {130000, 70000, 200000};
    room->now_us += 20000;
    Packet *packet = make_audio(room->pool, first[i / 3] + i, i * AUDIO_TICKS, room->now_us, 40);
    packet->epoch = (uint16_t)(i / 3);
    packet->rtp.payload_type = (uint8_t)(111 + i / 3);
    deliver(voice, packet);
    if (i == 0)
      expect(room, TAP_TRACK, 12);
    TapMessage message = expect(room, TAP_RTP, 12);
    RtpHeader rtp;
    g_assert_true(rtp_parse(message.body, message.body_len, true, &rtp));
    g_assert_cmpuint(rtp.payload_type, ==, 111); /* as announced */
    g_assert_cmpuint(rtp.sequence, ==, (uint16_t)message.sequence);
    g_assert_true(i == 0 || message.sequence == before + 1);
    before = message.sequence;
  }
  router_remove_track(room->router, voice);
  room_free(room);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/tap/messages", test_messages);
  g_test_add_func("/tap/program", test_program);
  g_test_add_func("/tap/keyframe-wish", test_keyframe_wish);
  g_test_add_func("/tap/full", test_full);
  g_test_add_func("/tap/one-stream", test_one_stream);
  return g_test_run();
}
