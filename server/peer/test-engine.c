/* The whole layer: an engine on its thread, and clients over loopback sockets. */
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/metrics.h"
#include "peer/test-world.h"
#include "wire/tapwire.h"

static void test_forward(void) {
  World *world = world_new();
  Client *a = world_join(world, 1);
  g_assert_cmpuint(world->slot_count, ==, 2);
  g_assert_cmpstr(world->slots[0].mid, ==, "2");
  g_assert_cmpstr(world->slots[0].name, ==, "a0");
  g_assert_cmpstr(world->slots[1].name, ==, "v0");
  Client *b = world_join(world, 2);
  world_publish(world, a, b);
  g_assert_cmpuint(world->tracks_on, ==, 2);
  wait_for(world, world->in_video_slot[2] == 1 && world->in_audio_slot[2] == 1);
  engine_peer_view(world->engine, 2, NULL, 0);
  engine_peer_view(world->engine, 2, (View[]){{3, 640, 360}, {1, 320, 180}}, 2);
  g_assert_cmpuint(a->rtp_video, ==, 0); /* nobody sees himself */
  wait_for(world, a->rtcp > 0 && b->rtcp > 0);
  g_assert_cmpuint(a->undecryptable + b->undecryptable, ==, 0);

  engine_peer_mute(world->engine, 1, SOURCE_CAMERA, true);
  wait_for(world, world->in_video_slot[2] == 0);
  engine_peer_mute(world->engine, 1, SOURCE_CAMERA, false);
  world_publish(world, a, b);

  dtls_free(g_steal_pointer(&a->dtls)); /* the page closes its connection */
  wait_for(world, world->states[1] == PEER_CLOSED && world->tracks_off == 2);
  wait_for(world, world->in_video_slot[2] == 0);
  engine_peer_close(world->engine, 1);
  engine_peer_close(world->engine, 1);
  world_free(world);
}

/* A room on two threads: who publishes on one is heard and seen on the other, from when he began
 * on, is asked for key frames from there, and ends there. */
static void test_two_threads(void) {
  World *world = world_new_wide();
  Client *a = world_join(world, 1);
  Client *b = world_join(world, 2);
  world_publish(world, a, b); /* before the other engine knows of the room */
  world_widen(world);
  Client *c = world_join(world, 4), *d = world_join(world, 5);
  world_publish(world, a, c);
  wait_for(world, world->in_video_slot[4] == 1 && world->in_audio_slot[4] == 1);

  engine_peer_mute(world->engine, 1, SOURCE_MIC, true); /* there is one slot for sound */
  engine_peer_view(world->engine, 2, (View[]){{5, 320, 180}}, 1);
  world_publish(world, d, b);
  wait_for(world, world->in_video_slot[2] == 5 && world->in_audio_slot[2] == 5);
  g_assert_cmpuint(world->tracks_on, ==, 4);
  engine_peer_mute(world->other, 5, SOURCE_CAMERA, true);
  wait_for(world, world->in_video_slot[2] == 0);
  engine_peer_mute(world->other, 5, SOURCE_CAMERA, false);
  wait_for(world, world->in_video_slot[2] == 5);
  engine_peer_mute(world->other, 5, SOURCE_MIC, true);
  engine_peer_mute(world->engine, 1, SOURCE_MIC, false);
  world_publish(world, a, c);

  unsigned asked = a->keyframes_asked;
  client_want_keyframe(c);
  wait_for(world, a->keyframes_asked > asked);

  engine_peer_close(world->engine, 1);
  wait_for(world, world->tracks_off == 2 && world->in_video_slot[4] != 1);
  engine_peer_close(world->other, 5);
  wait_for(world, world->tracks_off == 4 && world->in_video_slot[2] == 0);
  engine_room_close(world->other, ROOM);
  world_free(world);
}

/* Who tells when packets came is told what its way carries; who cannot is not. */
static void test_estimate(void) {
  World *world = world_new();
  Client *a = world_join(world, 1);
  Client *b = world_open(world, 2);
  b->transport_wide = true;
  world_offer(world, b, false);
  client_check(b, true);
  wait_for(world, b->checks_answered == 1);
  client_start_dtls(b);
  wait_for(world, client_connected(b) && world->states[2] == PEER_CONNECTED);
  world_publish(world, a, b);
  world_publish(world, b, a);
  g_assert_cmpuint(world->estimates[2], ==, 0); /* nothing is known yet */
  int64_t told_by_us = g_get_monotonic_time() + WAIT_US;
  while (world->estimates[2] == 0) {
    g_assert_cmpint(g_get_monotonic_time(), <, told_by_us);
    client_send_video(a, true);
    world_turn(world);
    client_send_feedback(b);
  }
  g_assert_cmpint(world->carries_bps[2], >, 0);
  g_assert_cmpint(world->wants_bps[2], >, 0);
  g_assert_cmpuint(world->estimates[1], ==, 0);

  engine_figures(world->engine, 77);
  wait_for(world, world->figures_request == 77);
  g_assert_cmpuint(world->figure_count, ==, 2);
  const PeerFigures *figures = &world->figures[world->figures[0].peer == 2 ? 0 : 1];
  g_assert_cmpuint(figures->peer, ==, 2);
  g_assert_cmpuint(figures->room, ==, ROOM);
  g_assert_cmpint(figures->state, ==, PEER_CONNECTED);
  g_assert_cmpint(figures->way, ==, WAY_UDP);
  g_assert_false(figures->from_here); /* loopback */
  g_assert_cmpint(figures->source, ==, CAPACITY_BY_FEEDBACK);
  g_assert_cmpint(figures->bps, >, 0);
  g_assert_cmpint(figures->rtt_us, >, 0);
  world_free(world);
}

static uint64_t forged_of(World *world, uint32_t peer) {
  static uint32_t request = 700;
  engine_figures(world->engine, ++request);
  wait_for(world, world->figures_request == request);
  for (unsigned i = 0; i < world->figure_count; i++)
    if (world->figures[i].peer == peer)
      return world->figures[i].dropped[REFUSED_UNAUTHENTIC];
  g_assert_not_reached();
}

static bool metrics_have(const char *text) {
  g_autofree char *all = g_string_free(metrics_render(), FALSE);
  return strstr(all, text) != NULL;
}

/* What is not taken of what somebody sends is counted with its reason, of him and of the thread. */
static void test_refused(void) {
  World *world = world_new();
  Client *a = world_join(world, 1);
  world_join(world, 2);
  for (unsigned i = 0; i < 3; i++)
    client_send_forged(a);
  wait_for(world, forged_of(world, 1) == 3);
  g_assert_cmpuint(forged_of(world, 2), ==, 0);
  wait_for(world, metrics_have("\nyishi_media_dropped_unauthentic_total{thread=\"0\"} 3\n"));
  g_assert_true(metrics_have("\nyishi_media_unsent_total{thread=\"0\",reason=\"srtp\"} 0\n"));
  world_free(world);
}

static void test_wrong_fingerprint(void) {
  World *world = world_new();
  Client *client = world_open(world, 1);
  client->fingerprint[0] = client->fingerprint[0] == 'A' ? 'B' : 'A';
  world_offer(world, client, false);
  client_check(client, true);
  wait_for(world, client->checks_answered == 1);
  client_start_dtls(client);
  wait_for(world, world->states[1] == PEER_CLOSED);
  g_assert_cmpstr(world->reasons[1], ==, "fingerprint");
  g_assert_false(client_connected(client));
  world_free(world);
}

/* CVE-2023-49786's family: a ClientHello from where no check came from must not reach DTLS. */
static void test_client_hello_spray(void) {
  World *world = world_new();
  Client *victim = world_open(world, 1);
  world_offer(world, victim, false);
  Client *attacker = client_new(7, engine_port(world->engine));
  world->clients[7] = attacker;
  client_answer(attacker, world->sdp);
  client_check(victim, true);
  wait_for(world, victim->checks_answered == 1);
  for (int i = 0; i < 50; i++)
    client_start_dtls(attacker);
  client_start_dtls(victim);
  for (int i = 0; i < 50; i++)
    client_start_dtls(attacker);
  wait_for(world, client_connected(victim));
  g_assert_false(client_connected(attacker));
  world_free(world);
}

/* CVE-2017-14114's family: what comes from a third address neither reaches anybody nor moves the
 * peer. */
static void test_inject(void) {
  World *world = world_new();
  Client *a = world_join(world, 1), *b = world_join(world, 2);
  world_publish(world, a, b);
  Client *attacker = client_new(1, engine_port(world->engine)); /* the same SSRCs */
  world->clients[7] = attacker;
  static const uint8_t key[16] = "another-key-----", salt[14] = "another-salt-";
  attacker->out = srtp_new(SRTP_PROFILE_GCM_128, key, salt);
  unsigned rtcp = a->rtcp;
  wait_for(world, a->rtcp > rtcp + 2); /* what a had sent is through */
  unsigned video = b->rtp_video;
  attacker->video_sequence = a->video_sequence;
  for (int i = 0; i < 100; i++)
    client_send_video(attacker, true);
  g_strlcpy(attacker->server_ufrag, a->server_ufrag, sizeof attacker->server_ufrag);
  g_strlcpy(attacker->server_pwd, "not-the-password", sizeof attacker->server_pwd);
  client_check(attacker, true);
  rtcp = a->rtcp; /* a still gets what is its own */
  wait_for(world, a->rtcp > rtcp + 2);
  g_assert_cmpuint(b->rtp_video, ==, video);
  g_assert_cmpuint(attacker->checks_answered, ==, 0);
  g_assert_cmpuint(attacker->undecryptable, ==, 0); /* nothing was sent there */
  world_publish(world, a, b);
  world_free(world);
}

static void test_bad_offers(void) {
  World *world = world_new();
  Client *client = world_open(world, 1);
  g_autofree char *good = client_offer(client, false);
  GRand *rand = g_rand_new_with_seed(9);
  for (unsigned i = 0; i < 300; i++) {
    g_autofree char *bad = g_strdup(good);
    for (int flips = 0; flips < 8; flips++)
      bad[g_rand_int_range(rand, 0, (int)strlen(good))] = (char)g_rand_int_range(rand, 1, 127);
    world_send_offer(world, 1, bad);
    wait_for(world, world->answers + world->failures == i + 1);
    g_assert_true(world->sdp || g_str_equal(world->error.code, "bad_sdp") ||
                  g_str_equal(world->error.code, "no_media"));
  }
  g_rand_free(rand);
  g_assert_cmpuint(world->failures, >, 50);
  unsigned failures = world->failures;
  world_send_offer(world, 1, "");
  world_send_offer(world, 99, good); /* a peer that is not there */
  wait_for(world, world->failures == failures + 2);
  g_assert_cmpstr(world->error.code, ==, "internal");
  /* After all this a good one connects. */
  world_offer(world, client, true);
  client_check(client, true);
  wait_for(world, client->checks_answered == 1);
  client_start_dtls(client);
  wait_for(world, client_connected(client));
  world_free(world);
}

/* The client's offer with its camera in three layers, whose SSRCs are told: first, first + 1, … */
static char *offer_in_layers(Client *client, uint32_t first) {
  g_autofree char *plain = client_offer(client, false);
  g_autofree char *single =
      g_strdup_printf("a=ssrc:%u cname:c\r\n", CLIENT_VIDEO_SSRC + client->number);
  g_autofree char *layers =
      g_strdup_printf("a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
                      "a=extmap:5 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n"
                      "a=rid:l send\r\na=rid:m send\r\na=rid:h send\r\na=simulcast:send l;m;h\r\n"
                      "a=ssrc:%u cname:c\r\na=ssrc:%u cname:c\r\na=ssrc:%u cname:c\r\n",
                      first, first + 1, first + 2);
  char *found = strstr(plain, single);
  g_assert_nonnull(found);
  return g_strdup_printf("%.*s%s%s", (int)(found - plain), plain, layers, found + strlen(single));
}

/* A camera without layers that sent something, offered anew on the same connection with three, and
 * then a packet of the largest: it stopped the whole server. Its numbers begin lower, too. */
static void test_layers_change(void) {
  static const EngineSource sources[] = {{"0", SOURCE_MIC}, {"1", SOURCE_CAMERA}};
  World *world = world_new();
  Client *a = world_join(world, 1), *b = world_join(world, 2);
  a->video_sequence = a->audio_sequence = 50000;
  world_publish(world, a, b);
  unsigned on = world->tracks_on, off = world->tracks_off, answers = world->answers;
  g_autofree char *offer = offer_in_layers(a, CLIENT_VIDEO_SSRC + 100);
  engine_peer_offer(world->engine, 1, 1, &(EngineOffer){offer, NULL, sources, 2});
  wait_for(world, world->answers > answers);
  a->number = 100 + 2; /* from here on it sends what is named third */
  a->video_sequence = a->audio_sequence = 7;
  world_publish(world, a, b);
  g_assert_cmpuint(world->tracks_on, ==, on + 1); /* the camera's; the sound's goes on */
  g_assert_cmpuint(world->tracks_off, ==, off + 1);
  world_free(world);
}

static void read_tap(int fd, unsigned *tracks, unsigned *packets) {
  uint8_t data[TAP_MESSAGE_MAX];
  ssize_t len;
  while ((len = recv(fd, data, sizeof data, MSG_DONTWAIT)) > 0) {
    TapMessage message;
    g_assert_true(tapwire_parse(data, (size_t)len, &message));
    *tracks += message.type == TAP_TRACK;
    *packets += message.type == TAP_RTP;
  }
}

static void test_tap(void) {
  World *world = world_new();
  int fds[2];
  unsigned tracks = 0, packets = 0;
  g_assert_cmpint(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), ==, 0);
  Client *a = world_join(world, 1), *b = world_join(world, 2);
  engine_room_tap(world->engine, ROOM, fds[0]);
  for (unsigned i = 0; i < 100 && packets < 6; i++) { /* the tap may come after the first packets */
    world_publish(world, a, b);
    read_tap(fds[1], &tracks, &packets);
  }
  g_assert_cmpuint(tracks, ==, 2);
  g_assert_cmpuint(packets, >=, 6);
  close(fds[1]); /* the pipeline dies */
  wait_for(world, world->taps_closed == 1);
  world_publish(world, a, b);

  g_assert_cmpint(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), ==, 0);
  engine_room_tap(world->engine, ROOM, fds[0]);
  world_publish(world, a, b);
  engine_room_tap(world->engine, ROOM, -1);
  struct pollfd hung_up = {.fd = fds[1]};
  wait_for(world, poll(&hung_up, 1, 0) == 1 && (hung_up.revents & POLLHUP));
  g_assert_cmpuint(world->taps_closed, ==, 1); /* it was asked for: not told */
  close(fds[1]);
  g_assert_cmpint(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), ==, 0);
  engine_room_tap(world->engine, 999, fds[0]); /* no such room: closed at once */
  hung_up.fd = fds[1];
  wait_for(world, poll(&hung_up, 1, 0) == 1 && (hung_up.revents & POLLHUP));
  close(fds[1]);
  world_free(world);
}

static void test_close_room(void) {
  World *world = world_new();
  Client *a = world_join(world, 1), *b = world_join(world, 2);
  world_publish(world, a, b);
  engine_room_close(world->engine, ROOM);
  wait_for(world, world->tracks_off == 2);
  unsigned answered = a->checks_answered;
  client_check(a, true); /* its credentials are gone */
  engine_room_open(world->engine, 2, true);
  engine_peer_open(world->engine, 2, 3);
  world_send_offer(world, 3, "");
  wait_for(world, world->failures == 1);
  g_assert_cmpuint(a->checks_answered, ==, answered);
  world_free(world); /* with an open room and a peer */
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/peer/engine/refused", test_refused);
  g_test_add_func("/peer/engine/forward", test_forward);
  g_test_add_func("/peer/engine/two-threads", test_two_threads);
  g_test_add_func("/peer/engine/estimate", test_estimate);
  g_test_add_func("/peer/engine/wrong-fingerprint", test_wrong_fingerprint);
  g_test_add_func("/peer/engine/client-hello-spray", test_client_hello_spray);
  g_test_add_func("/peer/engine/inject", test_inject);
  g_test_add_func("/peer/engine/bad-offers", test_bad_offers);
  g_test_add_func("/peer/engine/layers-change", test_layers_change);
  g_test_add_func("/peer/engine/tap", test_tap);
  g_test_add_func("/peer/engine/close-room", test_close_room);
  return g_test_run();
}
