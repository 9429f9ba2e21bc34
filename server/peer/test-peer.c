/* One peer whose clock is the test's: a client that says nothing for a minute, and comes back. */
#include "peer/peer.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "peer/test-client.h"
#include "router/test-fixture.h"
#include "wire/sdp.h"

#define STEP_US 10000
#define SECOND_US 1000000

typedef struct {
  unsigned states;  /* told */
  unsigned emptied; /* a0, so often; now it carries: */
  uint32_t in_sound_slot;
  Port *port;
  Ice *ice;
  PeerHost host;
  Router *router;
  Events routed;
  Track *microphone; /* of somebody else */
  Peer *peer;
  Client *client;
  PeerState state;
  const char *reason;
  int64_t now_us;
  uint64_t sequence;
  int64_t speaks_us; /* a packet so often */
} Rig;

static void on_state(void *user, Peer *peer, PeerState state, const char *reason) {
  Rig *rig = user;
  rig->states++;
  rig->state = state;
  rig->reason = reason;
}

static void on_slot(void *user, Peer *peer, const char *name, const TrackInfo *track) {
  Rig *rig = user;
  if (strcmp(name, "a0") != 0)
    return;
  rig->in_sound_slot = track ? track->peer : 0;
  rig->emptied += !track;
}
static void on_track(void *user, Peer *peer, const TrackInfo *track, bool on) {}
static void on_downlink(void *user, Peer *peer, int64_t bps, int64_t wanted_bps) {}
static const PeerEvents events = {on_state, on_slot, on_track, on_downlink};

static bool lookup(void *user, const char ufrag[ICE_UFRAG_CHARS], const char **pwd, void **owner,
                   bool *current) {
  const Rig *rig = user;
  Peer *peer = table_get(rig->host.reach.by_ufrag, ufrag);
  *owner = peer;
  return peer && peer_password(peer, ufrag, pwd, current);
}

static void on_datagram(void *user, Datagram *datagram) {
  Rig *rig = user;
  datagram->arrival_us = rig->now_us;
  IceCheck check;
  if (datagram->data[0] >= 128) {
    peer_receive_srtp(rig->peer, datagram);
  } else if (datagram->data[0] > 3) {
    peer_receive_dtls(rig->peer, datagram);
  } else if (ice_is_answer(datagram->data, datagram->len)) {
    peer_receive_answer(rig->peer, datagram);
  } else if (ice_receive(rig->ice, datagram->data, datagram->len, &datagram->from, &check) ==
             ICE_VALID) {
    if (peer_checked(check.owner, &datagram->from, &check, rig->now_us))
      egress_send(rig->host.reach.egress, &datagram->from, check.reply, check.reply_len);
  }
}

static void on_closed(void *user, const Path *path) {
  const Rig *rig = user;
  peer_path_closed(rig->peer, path, rig->now_us);
}
static const TcpEvents tcp_events = {.receive = on_datagram, .closed = on_closed};

/* Somebody else speaks the whole time. */
static void speak(Rig *rig) {
  if (rig->now_us % rig->speaks_us == 0) {
    rig->sequence++;
    board(rig->microphone, make_audio(rig->host.pool, rig->sequence,
                                      (uint32_t)(rig->sequence * AUDIO_TICKS), rig->now_us, 20));
  }
  if (rig->now_us % 50000 == 0)
    router_tick(rig->router, rig->now_us);
}

/* What is on its way arrives, in both directions. */
static void exchange(Rig *rig) {
  for (int i = 0; i < 2; i++) {
    port_receive(rig->port, 0, 64, on_datagram, rig);
    tcp_turn(rig->host.reach.tcp, rig->now_us);
    router_send_trains(rig->router);
    egress_flush(rig->host.reach.egress);
    client_poll(rig->client);
  }
}

static void pass(Rig *rig, int64_t us) {
  for (int64_t until_us = rig->now_us + us; rig->now_us < until_us;) {
    rig->now_us += STEP_US;
    egress_set_now(rig->host.reach.egress, rig->now_us);
    speak(rig);
    if (rig->now_us % 50000 == 0)
      peer_tick(rig->peer, rig->now_us, rig->now_us);
    exchange(rig);
  }
}

static Rig *rig_new(void) {
  Rig *rig = g_new0(Rig, 1);
  GError *error = NULL;
  rig->now_us = 1000 * (int64_t)SECOND_US;
  rig->speaks_us = 20000;
  rig->port = port_new("127.0.0.1", "", 0, false, true, &error);
  g_assert_no_error(error);
  rig->ice = ice_new(lookup, rig);
  PeerHost *host = &rig->host;
  host->reach = (ReachHost){.egress = port_egress(rig->port),
                            .tcp = port_tcp(rig->port),
                            .by_path = table_new(sizeof(Path)),
                            .by_ufrag = table_new(ICE_UFRAG_CHARS)};
  tcp_set_events(host->reach.tcp, &tcp_events, rig);
  host->by_ssrc = table_new(sizeof(uint32_t));
  host->pool = packet_pool_new();
  host->dtls = dtls_context_new(DTLS_SERVER, &error);
  g_assert_no_error(error);
  host->video_slots_max = 4;
  host->next_track = host->track_step = 1;
  host->events = &events;
  host->user = rig;
  rig->router = router_new(&recording_events, &rig->routed);
  TrackInfo info = {.id = 900, .peer = 9, .source = SOURCE_MIC, .clock_rate = 48000, .layers = 1};
  rig->microphone = router_add_track(rig->router, &info);
  track_set_muted(rig->microphone, false);
  rig->peer = peer_new(host, rig->router, 1, NULL, NULL);
  rig->client = client_new(1, port_number(rig->port));
  return rig;
}

static void rig_free(Rig *rig) {
  client_free(rig->client);
  peer_free(rig->peer);
  router_remove_track(rig->router, rig->microphone);
  router_free(rig->router);
  port_free(rig->port);
  ice_free(rig->ice);
  dtls_context_free(rig->host.dtls);
  table_free(rig->host.reach.by_path);
  table_free(rig->host.reach.by_ufrag);
  table_free(rig->host.by_ssrc);
  packet_pool_free(rig->host.pool);
  g_free(rig);
}

static void offer(Rig *rig, Peer *peer, Client *client) {
  static const EngineSource sources[] = {{"0", SOURCE_MIC}, {"1", SOURCE_CAMERA}};
  g_autofree char *text = client_offer(client, false);
  SdpError bad;
  EngineError error;
  Sdp *sdp = sdp_parse(text, strlen(text), &bad);
  char *answer = peer_offer(peer, sdp, &(EngineOffer){text, NULL, sources, 2}, rig->now_us, &error);
  g_assert_nonnull(answer);
  client_answer(client, answer);
  free(answer);
  free(sdp);
  peer_answered(peer);
}

static void join(Rig *rig) {
  offer(rig, rig->peer, rig->client);
  client_check(rig->client, true);
  exchange(rig);
  client_start_dtls(rig->client);
  for (int i = 0; i < 10; i++)
    exchange(rig);
  g_assert_true(client_connected(rig->client));
  g_assert_cmpint(rig->state, ==, PEER_CONNECTED);
  pass(rig, SECOND_US);
  g_assert_cmpuint(rig->client->rtp_audio, >=, 40);
}

/* Nothing comes from it, not even an answer: media pauses after 8 s; but for a minute it is sent
 * what it could answer, each second, and with the first thing that it says all is as before. */
static void test_silent(void) {
  Rig *rig = rig_new();
  Client *client = rig->client;
  join(rig);
  client->deaf = true;
  pass(rig, 8 * SECOND_US);
  g_assert_cmpint(rig->state, ==, PEER_LOST);
  for (int second = 9; second < 68; second++) {
    if (second == 40)
      rig->speaks_us = 400000; /* discontinuous transmission */
    unsigned audio = client->rtp_audio, reports = client->rtcp, asked = client->asked;
    pass(rig, SECOND_US);
    g_assert_cmpuint(client->rtp_audio - audio, >=, 1);
    g_assert_cmpuint(client->rtp_audio - audio, <=, 5);
    g_assert_cmpuint(client->rtcp, >, reports);
    g_assert_cmpuint(client->asked, >, asked);
  }
  g_assert_cmpuint(client->undecryptable, ==, 0);
  rig->speaks_us = 20000;
  client_send_report(client);
  exchange(rig);
  g_assert_cmpint(rig->state, ==, PEER_CONNECTED);
  unsigned audio = client->rtp_audio;
  pass(rig, SECOND_US);
  g_assert_cmpuint(client->rtp_audio - audio, >=, 45);

  /* Gone for good: in the end nothing is sent any more, and a check still brings it back. */
  pass(rig, 90 * SECOND_US);
  audio = client->rtp_audio;
  unsigned reports = client->rtcp, asked = client->asked;
  pass(rig, 5 * SECOND_US);
  g_assert_cmpuint(client->rtp_audio + client->rtcp + client->asked, ==, audio + reports + asked);
  client_check(client, false);
  exchange(rig);
  g_assert_cmpint(rig->state, ==, PEER_CONNECTED);
  pass(rig, SECOND_US);
  g_assert_cmpuint(client->rtp_audio - audio, >=, 45);
  g_assert_cmpuint(client->undecryptable, ==, 0);
  rig_free(rig);
}

/* It says nothing by itself, but answers: it is there, and media goes on. */
static void test_answering(void) {
  Rig *rig = rig_new();
  join(rig);
  unsigned audio = rig->client->rtp_audio;
  pass(rig, 60 * SECOND_US);
  g_assert_cmpint(rig->state, ==, PEER_CONNECTED);
  g_assert_cmpuint(rig->client->rtp_audio - audio, >=, 2900);
  g_assert_cmpuint(rig->client->asked, <=, 20); /* one in four seconds */
  rig_free(rig);
}

/* It went to another address while it was lost, and says something there. */
static void test_moved_while_lost(void) {
  Rig *rig = rig_new();
  Client *client = rig->client;
  join(rig);
  client_send_audio(client); /* its SSRC is known */
  exchange(rig);
  client->deaf = true;
  pass(rig, 10 * SECOND_US);
  g_assert_cmpint(rig->state, ==, PEER_LOST);
  client->deaf = false;
  client_move(client);
  client_send_audio(client);
  pass(rig, SECOND_US);
  g_assert_cmpint(rig->state, ==, PEER_CONNECTED);
  unsigned audio = client->rtp_audio;
  pass(rig, SECOND_US);
  g_assert_cmpuint(client->rtp_audio - audio, >=, 45);
  rig_free(rig);
}

/* Another client, which answers nothing, checks from the same address: as long as somebody was
 * heard there, it is his; a while later whoever says something there has it. */
static void test_address_held(void) {
  Rig *rig = rig_new();
  Client *client = rig->client;
  join(rig);
  Path path = *peer_path(rig->peer);
  Peer *other = peer_new(&rig->host, rig->router, 2, NULL, NULL);
  Client *late = client_new(2, port_number(rig->port));
  g_assert_cmpint(dup2(client->fd, late->fd), ==, late->fd);
  offer(rig, other, late);
  client->deaf = true;
  client_send_audio(client);
  exchange(rig);
  for (int second = 0; second < 10; second++) {
    client_check(late, true);
    exchange(rig);
    g_assert_true(table_get(rig->host.reach.by_path, &path) == (second < 6 ? rig->peer : other));
    pass(rig, SECOND_US);
  }
  client_check(client, true); /* nor does the one before have it back while this one is heard */
  exchange(rig);
  g_assert_true(table_get(rig->host.reach.by_path, &path) == other);
  client_free(late);
  peer_free(other);
  g_assert_null(table_get(rig->host.reach.by_path, &path));
  client_check(client, true);
  exchange(rig);
  g_assert_true(table_get(rig->host.reach.by_path, &path) == rig->peer);
  rig_free(rig);
}

/* The client has made another PeerConnection with the same certificate, which has its DTLS
 * association now: each slot that it was told of is told to be empty before it is told anew. */
static void test_replaced(void) {
  Rig *rig = rig_new();
  join(rig);
  g_assert_cmpuint(rig->in_sound_slot, ==, 9);
  g_assert_cmpuint(rig->emptied, ==, 0);
  Client *again = client_new_like(rig->client);
  offer(rig, rig->peer, again);
  client_check(again, true);
  Client *before = rig->client;
  rig->client = again;
  exchange(rig);
  client_start_dtls(again);
  for (int i = 0; i < 10; i++)
    exchange(rig);
  g_assert_true(client_connected(again));
  g_assert_cmpint(rig->state, ==, PEER_CONNECTED);
  g_assert_cmpuint(rig->emptied, ==, 1);
  g_assert_cmpuint(rig->in_sound_slot, ==, 9);
  rig->client = before;
  client_free(again);
  rig_free(rig);
}

/* What is on its way over TCP may take a turn of the kernel more. */
static void settle(Rig *rig) {
  for (int i = 0; i < 20; i++)
    exchange(rig);
}

/* Its TCP connection has closed, and after a second another comes: nobody is told, nothing is
 * muted. Of the sound of meanwhile nothing was sent to nowhere, so it does not count as lost. */
static void reconnect(Rig *rig) {
  Client *client = rig->client;
  unsigned states = rig->states, audio = client->rtp_audio;
  uint16_t number = client->sound_number;
  client_move(client);
  settle(rig);
  pass(rig, SECOND_US);
  g_assert_cmpuint(rig->states, ==, states);
  g_assert_cmpuint(client->rtp_audio, ==, audio);
  client_check(client, true);
  settle(rig);
  pass(rig, SECOND_US);
  g_assert_cmpuint(client->rtp_audio - audio, >=, 45);
  g_assert_cmpuint((uint16_t)(client->sound_number - number), ==, client->rtp_audio - audio);
  g_assert_cmpuint(rig->states, ==, states);
}

/* Without another connection it is lost soon, and never later than by silence. */
static void test_tcp_flaps(void) {
  Rig *rig = rig_new();
  Client *client = rig->client;
  client->tcp = true;
  client_move(client);
  join(rig);
  client_send_audio(client);
  settle(rig);
  for (int i = 0; i < 10; i++)
    reconnect(rig);
  client_move(client);
  settle(rig);
  g_assert_cmpint(peer_path(rig->peer)->family, ==, 0);
  pass(rig, 3 * SECOND_US);
  g_assert_cmpint(rig->state, ==, PEER_LOST);
  client_check(client, false);
  settle(rig);
  g_assert_cmpint(rig->state, ==, PEER_CONNECTED);

  client->deaf = true;
  pass(rig, 7900000);
  g_assert_cmpint(rig->state, ==, PEER_CONNECTED);
  client_move(client);
  settle(rig);
  pass(rig, 200000);
  g_assert_cmpint(rig->state, ==, PEER_LOST);
  rig_free(rig);
}

/* It came from UDP to TCP some time ago. What is left when its connection closes is where it was
 * before: as good as nothing, but asked whether it is there. */
static void test_tcp_after_udp(void) {
  Rig *rig = rig_new();
  Client *client = rig->client;
  join(rig);
  client->tcp = true;
  client_move(client);
  client_check(client, true);
  settle(rig);
  g_assert_true(peer_path(rig->peer)->tcp);
  pass(rig, 15 * SECOND_US);
  for (int i = 0; i < 10; i++)
    reconnect(rig);
  client_move(client);
  settle(rig);
  g_assert_false(peer_path(rig->peer)->tcp);
  g_assert_cmpint(peer_path(rig->peer)->family, !=, 0);
  pass(rig, 1500000);
  g_assert_cmpint(rig->state, ==, PEER_CONNECTED);
  pass(rig, 1500000);
  g_assert_cmpint(rig->state, ==, PEER_LOST);
  client_check(client, true);
  settle(rig);
  g_assert_cmpint(rig->state, ==, PEER_CONNECTED);
  unsigned audio = client->rtp_audio;
  pass(rig, SECOND_US);
  g_assert_cmpuint(client->rtp_audio - audio, >=, 45);
  rig_free(rig);
}

/* It is lost after its TCP connection closed, and is still where it was before, but only answers to
 * media: what it is sent there, each second, has the slots' time lines. */
static void test_lost_after_tcp(void) {
  Rig *rig = rig_new();
  Client *client = rig->client;
  join(rig);
  int before = dup(client->fd);
  client->tcp = true;
  client_move(client);
  client_check(client, true);
  settle(rig);
  pass(rig, 15 * SECOND_US);
  client->deaf = true;
  client_move(client);
  settle(rig);
  client->tcp = false;
  g_assert_cmpint(dup2(before, client->fd), ==, client->fd);
  close(before);
  pass(rig, 3 * SECOND_US);
  g_assert_cmpint(rig->state, ==, PEER_LOST);
  for (int second = 0; second < 5; second++) {
    unsigned audio = client->rtp_audio, reports = client->rtcp;
    pass(rig, SECOND_US);
    g_assert_cmpuint(client->rtp_audio, >, audio);
    g_assert_cmpuint(client->rtcp, >, reports);
  }
  client_send_report(client);
  exchange(rig);
  g_assert_cmpint(rig->state, ==, PEER_CONNECTED);
  rig_free(rig);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/peer/peer/silent", test_silent);
  g_test_add_func("/peer/peer/answering", test_answering);
  g_test_add_func("/peer/peer/moved-while-lost", test_moved_while_lost);
  g_test_add_func("/peer/peer/replaced", test_replaced);
  g_test_add_func("/peer/peer/tcp-flaps", test_tcp_flaps);
  g_test_add_func("/peer/peer/tcp-after-udp", test_tcp_after_udp);
  g_test_add_func("/peer/peer/lost-after-tcp", test_lost_after_tcp);
  g_test_add_func("/peer/peer/address-held", test_address_held);
  return g_test_run();
}
