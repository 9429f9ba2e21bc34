/* The whole layer: an engine on its thread, and clients over loopback sockets. */
#include "peer/engine.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "peer/test-client.h"
#include "wire/tap.h"

#define ROOM 1
#define WAIT_US 10000000 /* how long a condition may take on a busy machine */
#define PEERS 8
#define OTHER_FROM 4

typedef struct {
  Config *config;
  Mailbox *mailbox;
  Engine *engine, *other; /* other: NULL, or where peers from OTHER_FROM on are */
  Client *clients[PEERS]; /* by peer number */
  PeerState states[PEERS];
  uint32_t in_video_slot[PEERS], in_audio_slot[PEERS];
  int64_t carries_bps[PEERS], wants_bps[PEERS]; /* as the server estimates */
  unsigned estimates[PEERS];
  unsigned answers, failures, tracks_on, tracks_off, taps_closed, events;
  char *sdp; /* of the last answer */
  EngineSlotName slots[8];
  unsigned slot_count;
  const char *code;
} World;

static void on_answer(void *user, uint32_t peer, uint32_t request, const char *sdp,
                      const EngineSlotName *slots, unsigned count, const char *code,
                      const char *message) {
  World *world = user;
  world->events++;
  g_free(world->sdp);
  world->sdp = g_strdup(sdp);
  world->code = code;
  if (!sdp) {
    g_assert_nonnull(message);
    world->failures++;
    return;
  }
  world->answers++;
  world->slot_count = count;
  memcpy(world->slots, slots, MIN(count, 8) * sizeof *slots);
}

static void on_state(void *user, uint32_t peer, PeerState state) {
  World *world = user;
  world->events++;
  world->states[peer] = state;
}

static void on_slot(void *user, uint32_t peer, const char *name, uint32_t publisher,
                    Source source) {
  World *world = user;
  world->events++;
  if (name[0] == 'v')
    world->in_video_slot[peer] = publisher;
  if (name[0] == 'a')
    world->in_audio_slot[peer] = publisher;
}

static void on_downlink(void *user, uint32_t peer, int64_t bps, int64_t wanted_bps) {
  World *world = user;
  world->events++;
  world->estimates[peer]++;
  world->carries_bps[peer] = bps;
  world->wants_bps[peer] = wanted_bps;
}

static void on_track(void *user, uint32_t room, uint32_t track, uint32_t peer, Source source,
                     bool on) {
  World *world = user;
  world->events++;
  g_assert_cmpuint(room, ==, ROOM);
  if (on)
    world->tracks_on++;
  else
    world->tracks_off++;
}

static void on_tap_closed(void *user, uint32_t room, uint64_t dropped) {
  World *world = user;
  world->taps_closed++;
}

static const EngineEvents events = {.answer = on_answer,
                                    .state = on_state,
                                    .slot = on_slot,
                                    .downlink = on_downlink,
                                    .track = on_track,
                                    .tap_closed = on_tap_closed};

static World *world_new(void) {
  World *world = g_new0(World, 1);
  GError *error = NULL;
  world->config = config_load(NULL, &error);
  g_assert_no_error(error);
  g_free(world->config->media_addresses);
  world->config->media_addresses = g_strdup("127.0.0.1");
  world->config->media_port = 0;
  world->mailbox = mailbox_new();
  world->engine = engine_new(world->config, 0, world->mailbox, &events, world, &error);
  g_assert_no_error(error);
  engine_room_open(world->engine, ROOM, true);
  return world;
}

/* The room is on a second engine too. */
static World *world_new_wide(void) {
  World *world = world_new();
  GError *error = NULL;
  world->other = engine_new(world->config, 1, world->mailbox, &events, world, &error);
  g_assert_no_error(error);
  return world;
}

static void widen(World *world) {
  engine_room_open(world->other, ROOM, false);
  engine_room_link(world->engine, world->other, ROOM);
}

static Engine *engine_of(const World *world, unsigned number) {
  return world->other && number >= OTHER_FROM ? world->other : world->engine;
}

static void world_free(World *world) {
  engine_stop(world->engine);
  if (world->other)
    engine_stop(world->other);
  engine_free(world->other);
  engine_free(world->engine);
  unsigned told = world->events;
  mailbox_drain(world->mailbox); /* what was on its way must not be told any more */
  g_assert_cmpuint(world->events, ==, told);
  for (int i = 0; i < PEERS; i++)
    client_free(world->clients[i]);
  mailbox_free(world->mailbox);
  config_free(world->config);
  g_free(world->sdp);
  g_free(world);
}

/* One round of everything that the test thread serves; waits up to 5 ms for something to come. */
static void turn(World *world) {
  struct pollfd fds[PEERS + 1] = {{.fd = mailbox_fd(world->mailbox), .events = POLLIN}};
  nfds_t count = 1;
  for (int i = 0; i < PEERS; i++)
    if (world->clients[i])
      fds[count++] = (struct pollfd){.fd = world->clients[i]->fd, .events = POLLIN};
  poll(fds, count, 5);
  if (fds[0].revents)
    mailbox_drain(world->mailbox);
  for (int i = 0; i < PEERS; i++)
    if (world->clients[i])
      client_poll(world->clients[i]);
}

#define wait_for(world, condition)                                                                 \
  do {                                                                                             \
    int64_t until_us = g_get_monotonic_time() + WAIT_US;                                           \
    while (!(condition)) {                                                                         \
      if (g_get_monotonic_time() > until_us)                                                       \
        g_error("line %d: never came: %s", __LINE__, #condition);                                  \
      turn(world);                                                                                 \
    }                                                                                              \
  } while (0)

static void offer(World *world, Client *client, bool restart) {
  static const EngineSource sources[] = {{"0", SOURCE_MIC}, {"1", SOURCE_CAMERA}};
  unsigned answers = world->answers;
  g_autofree char *sdp = client_offer(client, restart);
  engine_peer_offer(engine_of(world, client->number), client->number, 1, sdp, sources, 2);
  wait_for(world, world->answers > answers);
  client_answer(client, world->sdp);
}

static Client *open_client(World *world, unsigned number) {
  Engine *engine = engine_of(world, number);
  Client *client = client_new(number, engine_port(engine));
  world->clients[number] = client;
  engine_peer_open(engine, ROOM, number);
  return client;
}

static Client *join_over(World *world, unsigned number, bool tcp) {
  Client *client = open_client(world, number);
  client->tcp = tcp;
  client_move(client);
  offer(world, client, false);
  client_check(client, true);
  wait_for(world, client->checks_answered == 1);
  client_start_dtls(client);
  wait_for(world, client_connected(client) && world->states[number] == PEER_CONNECTED);
  return client;
}

static Client *join(World *world, unsigned number) {
  return join_over(world, number, false);
}

static void publish_until_seen(World *world, Client *from, Client *to) {
  unsigned audio = to->rtp_audio, video = to->rtp_video;
  int64_t until_us = g_get_monotonic_time() + WAIT_US;
  while (to->rtp_audio < audio + 3 || to->rtp_video < video + 3) {
    g_assert_cmpint(g_get_monotonic_time(), <, until_us);
    client_send_audio(from);
    client_send_video(from, true);
    turn(world);
  }
}

static void test_forward(void) {
  World *world = world_new();
  Client *a = join(world, 1);
  g_assert_cmpuint(world->slot_count, ==, 2);
  g_assert_cmpstr(world->slots[0].mid, ==, "2");
  g_assert_cmpstr(world->slots[0].name, ==, "a0");
  g_assert_cmpstr(world->slots[1].name, ==, "v0");
  Client *b = join(world, 2);
  publish_until_seen(world, a, b);
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
  publish_until_seen(world, a, b);

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
  Client *a = join(world, 1);
  Client *b = join(world, 2);
  publish_until_seen(world, a, b); /* before the other engine knows of the room */
  widen(world);
  Client *c = join(world, 4), *d = join(world, 5);
  publish_until_seen(world, a, c);
  wait_for(world, world->in_video_slot[4] == 1 && world->in_audio_slot[4] == 1);

  engine_peer_mute(world->engine, 1, SOURCE_MIC, true); /* there is one slot for sound */
  engine_peer_view(world->engine, 2, (View[]){{5, 320, 180}}, 1);
  publish_until_seen(world, d, b);
  wait_for(world, world->in_video_slot[2] == 5 && world->in_audio_slot[2] == 5);
  g_assert_cmpuint(world->tracks_on, ==, 4);
  engine_peer_mute(world->other, 5, SOURCE_CAMERA, true);
  wait_for(world, world->in_video_slot[2] == 0);
  engine_peer_mute(world->other, 5, SOURCE_CAMERA, false);
  wait_for(world, world->in_video_slot[2] == 5);
  engine_peer_mute(world->other, 5, SOURCE_MIC, true);
  engine_peer_mute(world->engine, 1, SOURCE_MIC, false);
  publish_until_seen(world, a, c);

  unsigned asked = a->keyframes_asked;
  client_want_keyframe(c);
  wait_for(world, a->keyframes_asked > asked);

  engine_peer_close(world->engine, 1);
  wait_for(world, world->tracks_off == 2 && world->in_video_slot[4] == 0);
  engine_peer_close(world->other, 5);
  wait_for(world, world->tracks_off == 4 && world->in_video_slot[2] == 0);
  engine_room_close(world->other, ROOM);
  world_free(world);
}

/* Who tells when packets came is told what its way carries; who cannot is not. */
static void test_estimate(void) {
  World *world = world_new();
  Client *a = join(world, 1);
  Client *b = open_client(world, 2);
  b->transport_wide = true;
  offer(world, b, false);
  client_check(b, true);
  wait_for(world, b->checks_answered == 1);
  client_start_dtls(b);
  wait_for(world, client_connected(b) && world->states[2] == PEER_CONNECTED);
  publish_until_seen(world, a, b);
  publish_until_seen(world, b, a);
  g_assert_cmpuint(world->estimates[2], ==, 0); /* nothing is known yet */
  int64_t until_us = g_get_monotonic_time() + WAIT_US;
  while (world->estimates[2] == 0) {
    g_assert_cmpint(g_get_monotonic_time(), <, until_us);
    client_send_video(a, true);
    turn(world);
    client_send_feedback(b);
  }
  g_assert_cmpint(world->carries_bps[2], >, 0);
  g_assert_cmpint(world->wants_bps[2], >, 0);
  g_assert_cmpuint(world->estimates[1], ==, 0);
  world_free(world);
}

static void test_wrong_fingerprint(void) {
  World *world = world_new();
  Client *client = open_client(world, 1);
  client->fingerprint[0] = client->fingerprint[0] == 'A' ? 'B' : 'A';
  offer(world, client, false);
  client_check(client, true);
  wait_for(world, client->checks_answered == 1);
  client_start_dtls(client);
  wait_for(world, world->states[1] == PEER_CLOSED);
  g_assert_false(client_connected(client));
  world_free(world);
}

/* CVE-2023-49786's family: a ClientHello from where no check came from must not reach DTLS. */
static void test_client_hello_spray(void) {
  World *world = world_new();
  Client *victim = open_client(world, 1);
  offer(world, victim, false);
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
  Client *a = join(world, 1), *b = join(world, 2);
  publish_until_seen(world, a, b);
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
  publish_until_seen(world, a, b);
  world_free(world);
}

static void test_address_change(void) {
  World *world = world_new();
  Client *a = join(world, 1), *b = join(world, 2);
  publish_until_seen(world, a, b);
  publish_until_seen(world, b, a);
  client_move(a);
  publish_until_seen(world, a, b); /* inbound at once, by SSRC */
  g_assert_cmpuint(a->undecryptable, ==, 0);
  unsigned video = a->rtp_video;
  int64_t until_us = g_get_monotonic_time() + WAIT_US;
  while (a->rtp_video == video) { /* a check that nominates nothing moves it after 300 ms */
    g_assert_cmpint(g_get_monotonic_time(), <, until_us);
    client_check(a, false);
    client_send_video(b, true);
    turn(world);
  }
  publish_until_seen(world, b, a);
  world_free(world);
}

/* b checks from a's address (by spoofing, or a NAT gave it b's port): a's next check wins it back.
 */
static void test_address_taken(void) {
  World *world = world_new();
  Client *a = join(world, 1), *b = join(world, 2);
  publish_until_seen(world, a, b);
  Client thief = *b;
  thief.fd = a->fd;
  client_check(&thief, false);
  unsigned answered = a->checks_answered;
  client_check(a, false);
  wait_for(world, a->checks_answered > answered);
  publish_until_seen(world, a, b);
  world_free(world);
}

/* An offer that is refused changes nothing about the connection, whatever it asked for. */
static void test_refused_restart(void) {
  World *world = world_new();
  Client *a = join(world, 1), *b = join(world, 2);
  static const EngineSource sources[] = {{"0", SOURCE_CAMERA}, {"1", SOURCE_MIC}};
  g_autofree char *sdp = client_offer(a, true);
  for (unsigned i = 1; i <= 2; i++) {
    engine_peer_offer(world->engine, 1, 9, sdp, sources, 2);
    wait_for(world, world->failures == i);
  }
  unsigned answered = a->checks_answered;
  client_check(a, false);
  wait_for(world, a->checks_answered == answered + 1);
  publish_until_seen(world, a, b);
  world_free(world);
}

static void test_ice_restart(void) {
  World *world = world_new();
  Client *a = join(world, 1), *b = join(world, 2);
  publish_until_seen(world, b, a);
  g_autofree char *ufrag = g_strdup(a->server_ufrag);
  offer(world, a, true);
  g_assert_cmpstr(a->server_ufrag, !=, ufrag);
  unsigned answered = a->checks_answered;
  client_check_old(a); /* one that was on its way */
  wait_for(world, a->checks_answered == answered + 1);
  client_move(a);
  client_check(a, true); /* the new credentials nominate: moved at once, DTLS and SRTP go on */
  wait_for(world, a->checks_answered == answered + 2);
  publish_until_seen(world, b, a);
  publish_until_seen(world, a, b);
  g_assert_cmpint(world->states[1], ==, PEER_CONNECTED);
  /* An offer without new credentials keeps ours. */
  g_autofree char *second = g_strdup(a->server_ufrag);
  offer(world, a, false);
  g_assert_cmpstr(a->server_ufrag, ==, second);
  world_free(world);
}

/* A page that was reloaded within its session: same peer, another certificate. */
static void test_new_connection(void) {
  World *world = world_new();
  Client *a = join(world, 1), *b = join(world, 2);
  publish_until_seen(world, a, b);
  client_free(g_steal_pointer(&world->clients[1]));
  Client *again = client_new(1, engine_port(world->engine));
  world->clients[1] = again;
  offer(world, again, false);
  g_assert_cmpint(world->states[1], ==, PEER_CONNECTING);
  client_check(again, true);
  wait_for(world, again->checks_answered == 1);
  client_start_dtls(again);
  wait_for(world, client_connected(again));
  wait_for(world, world->tracks_off == 2);
  publish_until_seen(world, again, b);
  g_assert_cmpuint(world->tracks_on, ==, 4);
  world_free(world);
}

static void test_bad_offers(void) {
  World *world = world_new();
  Client *client = open_client(world, 1);
  g_autofree char *good = client_offer(client, false);
  static const EngineSource sources[] = {{"0", SOURCE_MIC}, {"1", SOURCE_CAMERA}};
  GRand *rand = g_rand_new_with_seed(9);
  for (unsigned i = 0; i < 300; i++) {
    g_autofree char *bad = g_strdup(good);
    for (int flips = 0; flips < 8; flips++)
      bad[g_rand_int_range(rand, 0, (int)strlen(good))] = (char)g_rand_int_range(rand, 1, 127);
    engine_peer_offer(world->engine, 1, i, bad, sources, 2);
    wait_for(world, world->answers + world->failures == i + 1);
    g_assert_true(world->sdp || g_str_equal(world->code, "bad_sdp") ||
                  g_str_equal(world->code, "no_media"));
  }
  g_rand_free(rand);
  g_assert_cmpuint(world->failures, >, 50);
  unsigned failures = world->failures;
  engine_peer_offer(world->engine, 1, 1, "", NULL, 0);
  engine_peer_offer(world->engine, 99, 1, good, sources, 2); /* a peer that is not there */
  wait_for(world, world->failures == failures + 2);
  g_assert_cmpstr(world->code, ==, "internal");
  /* After all this a good one connects. */
  offer(world, client, true);
  client_check(client, true);
  wait_for(world, client->checks_answered == 1);
  client_start_dtls(client);
  wait_for(world, client_connected(client));
  world_free(world);
}

static void read_tap(int fd, unsigned *tracks, unsigned *packets) {
  uint8_t data[TAP_MESSAGE_MAX];
  ssize_t len;
  while ((len = recv(fd, data, sizeof data, MSG_DONTWAIT)) > 0) {
    TapMessage message;
    g_assert_true(tap_parse(data, (size_t)len, &message));
    *tracks += message.type == TAP_TRACK;
    *packets += message.type == TAP_RTP;
  }
}

static void test_tap(void) {
  World *world = world_new();
  int fds[2];
  unsigned tracks = 0, packets = 0;
  g_assert_cmpint(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), ==, 0);
  Client *a = join(world, 1), *b = join(world, 2);
  engine_room_tap(world->engine, ROOM, fds[0]);
  for (unsigned i = 0; i < 100 && packets < 6; i++) { /* the tap may come after the first packets */
    publish_until_seen(world, a, b);
    read_tap(fds[1], &tracks, &packets);
  }
  g_assert_cmpuint(tracks, ==, 2);
  g_assert_cmpuint(packets, >=, 6);
  close(fds[1]); /* the pipeline dies */
  wait_for(world, world->taps_closed == 1);
  publish_until_seen(world, a, b);

  g_assert_cmpint(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), ==, 0);
  engine_room_tap(world->engine, ROOM, fds[0]);
  publish_until_seen(world, a, b);
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

/* One over TCP, one over UDP: neither knows of the other's way. */
static void test_tcp(void) {
  World *world = world_new();
  Client *a = join_over(world, 1, true), *b = join(world, 2);
  g_assert_nonnull(strstr(world->sdp, "a=candidate:2 1 tcp "));
  publish_until_seen(world, a, b);
  publish_until_seen(world, b, a);
  wait_for(world, a->rtcp > 0 && b->rtcp > 0);
  g_assert_cmpuint(a->undecryptable + b->undecryptable, ==, 0);
  /* Closing a peer closes its connection: the client reads to the end of what it was sent. */
  Client *c = join_over(world, 3, true);
  engine_peer_close(world->engine, 3);
  uint8_t data[256];
  wait_for(world, recv(c->fd, data, sizeof data, MSG_DONTWAIT | MSG_PEEK) == 0);
  publish_until_seen(world, a, b);
  world_free(world);
}

/* The connection breaks: the peer is lost at once, not after 8 s, and back with the next check. */
static void test_tcp_closed(void) {
  World *world = world_new();
  Client *a = join_over(world, 1, true), *b = join(world, 2);
  publish_until_seen(world, a, b);
  publish_until_seen(world, b, a);
  int64_t begin_us = g_get_monotonic_time();
  client_move(a);
  wait_for(world, world->states[1] == PEER_LOST);
  g_assert_cmpint(g_get_monotonic_time() - begin_us, <, 4000000);
  wait_for(world, world->in_video_slot[2] == 0);
  unsigned answered = a->checks_answered;
  client_check(a, false);
  wait_for(world, a->checks_answered == answered + 1 && world->states[1] == PEER_CONNECTED);
  publish_until_seen(world, b, a);
  publish_until_seen(world, a, b);
  /* UDP came back, and goes again: each time a check moves it. */
  for (int i = 0; i < 4; i++) {
    a->tcp = i % 2;
    int before = dup(a->fd); /* the old way stays open, as while a browser still tries both */
    client_move(a);
    offer(world, a, true);
    answered = a->checks_answered;
    client_check(a, true);
    wait_for(world, a->checks_answered == answered + 1);
    publish_until_seen(world, b, a);
    close(before);
    publish_until_seen(world, b, a);
    publish_until_seen(world, a, b);
    g_assert_cmpint(world->states[1], ==, PEER_CONNECTED);
  }
  world_free(world);
}

/* A client may hold as many connections as a peer has paths: the oldest goes for the newest. */
static void test_tcp_hoard(void) {
  World *world = world_new();
  Client *a = join_over(world, 1, true), *b = join(world, 2);
  int fds[8];
  for (int i = 0; i < 8; i++) {
    fds[i] = dup(a->fd);
    client_move(a);
    unsigned answered = a->checks_answered;
    client_check(a, false);
    wait_for(world, a->checks_answered == answered + 1);
  }
  uint8_t byte;
  for (int i = 1; i < 5; i++) /* 0 may still be in use */
    wait_for(world, recv(fds[i], &byte, 1, MSG_DONTWAIT) == 0);
  for (int i = 0; i < 8; i++)
    close(fds[i]);
  publish_until_seen(world, a, b);
  publish_until_seen(world, b, a);
  world_free(world);
}

static void test_close_room(void) {
  World *world = world_new();
  Client *a = join(world, 1), *b = join(world, 2);
  publish_until_seen(world, a, b);
  engine_room_close(world->engine, ROOM);
  wait_for(world, world->tracks_off == 2);
  unsigned answered = a->checks_answered;
  client_check(a, true); /* its credentials are gone */
  engine_room_open(world->engine, 2, true);
  engine_peer_open(world->engine, 2, 3);
  engine_peer_offer(world->engine, 3, 1, "", NULL, 0);
  wait_for(world, world->failures == 1);
  g_assert_cmpuint(a->checks_answered, ==, answered);
  world_free(world); /* with an open room and a peer */
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/peer/engine/forward", test_forward);
  g_test_add_func("/peer/engine/two-threads", test_two_threads);
  g_test_add_func("/peer/engine/estimate", test_estimate);
  g_test_add_func("/peer/engine/wrong-fingerprint", test_wrong_fingerprint);
  g_test_add_func("/peer/engine/client-hello-spray", test_client_hello_spray);
  g_test_add_func("/peer/engine/inject", test_inject);
  g_test_add_func("/peer/engine/address-change", test_address_change);
  g_test_add_func("/peer/engine/address-taken", test_address_taken);
  g_test_add_func("/peer/engine/refused-restart", test_refused_restart);
  g_test_add_func("/peer/engine/ice-restart", test_ice_restart);
  g_test_add_func("/peer/engine/new-connection", test_new_connection);
  g_test_add_func("/peer/engine/bad-offers", test_bad_offers);
  g_test_add_func("/peer/engine/tap", test_tap);
  g_test_add_func("/peer/engine/tcp", test_tcp);
  g_test_add_func("/peer/engine/tcp-closed", test_tcp_closed);
  g_test_add_func("/peer/engine/tcp-hoard", test_tcp_hoard);
  g_test_add_func("/peer/engine/close-room", test_close_room);
  return g_test_run();
}
