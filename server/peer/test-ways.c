/* The way to a client changes: another address, an ICE restart, another connection, TCP. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "peer/test-world.h"

static void test_address_change(void) {
  World *world = world_new();
  Client *a = world_join(world, 1), *b = world_join(world, 2);
  world_publish(world, a, b);
  world_publish(world, b, a);
  client_move(a);
  world_publish(world, a, b); /* inbound at once, by SSRC */
  g_assert_cmpuint(a->undecryptable, ==, 0);
  unsigned video = a->rtp_video;
  int64_t until_us = g_get_monotonic_time() + WAIT_US;
  while (a->rtp_video == video) { /* a check that nominates nothing moves it after 300 ms */
    g_assert_cmpint(g_get_monotonic_time(), <, until_us);
    client_check(a, false);
    client_send_video(b, true);
    world_turn(world);
  }
  world_publish(world, b, a);
  world_free(world);
}

/* Somebody heard a check and sends it from elsewhere, again and again: nothing moves, nothing is
 * sent there. */
static void test_replayed_check(void) {
  World *world = world_new();
  Client *a = world_join(world, 1), *b = world_join(world, 2);
  world_publish(world, b, a);
  Client *thief = client_new(7, engine_port(world->engine));
  world->clients[7] = thief;
  memcpy(thief->last_check, a->last_check, a->last_check_len); /* it nominates */
  thief->last_check_len = a->last_check_len;
  for (int i = 0; i < 20; i++) {
    client_check_again(thief);
    world_publish(world, b, a);
  }
  g_assert_cmpuint(thief->checks_answered + thief->asked + thief->undecryptable, ==, 0);
  world_publish(world, a, b);
  world_free(world);
}

/* A check that only the client can have made, but from where it is not: the server asks there and
 * where it was, and leaves nothing that answers. */
static void test_asked_before_left(void) {
  World *world = world_new();
  Client *a = world_join(world, 1), *b = world_join(world, 2);
  world_publish(world, b, a);
  Client *thief = client_new(1, engine_port(world->engine));
  world->clients[7] = thief;
  thief->deaf = true; /* it has no password */
  memcpy(thief->server_ufrag, a->server_ufrag, sizeof thief->server_ufrag);
  memcpy(thief->server_pwd, a->server_pwd, sizeof thief->server_pwd);
  client_check(thief, true); /* as one that was held back: a new transaction */
  wait_for(world, thief->asked >= 2 && a->asked >= 1);
  int64_t until_us = g_get_monotonic_time() + 1500000;
  while (g_get_monotonic_time() < until_us)
    world_publish(world, b, a);
  g_assert_cmpuint(thief->undecryptable, ==, 0);
  world_free(world);
}

/* Its address changed, and it says nothing but media: it is asked where that comes from. */
static void test_followed_by_media(void) {
  World *world = world_new();
  Client *a = world_join(world, 1), *b = world_join(world, 2);
  world_publish(world, a, b);
  world_publish(world, b, a);
  client_move(a);
  unsigned video = a->rtp_video;
  int64_t begin_us = g_get_monotonic_time();
  while (a->rtp_video == video) {
    g_assert_cmpint(g_get_monotonic_time() - begin_us, <, WAIT_US);
    client_send_audio(a);
    client_send_video(b, true);
    world_turn(world);
  }
  g_assert_cmpuint(a->undecryptable, ==, 0);
  world_publish(world, b, a);
  world_free(world);
}

/* b checks from a's address, by spoofing: a is heard there, and nobody but b answers for b. */
static void test_address_taken(void) {
  World *world = world_new();
  Client *a = world_join(world, 1), *b = world_join(world, 2);
  world_publish(world, a, b);
  Client thief = *b;
  thief.fd = a->fd;
  int64_t begin_us = g_get_monotonic_time();
  for (unsigned i = 0; i < 5; i++) {
    unsigned answered = a->checks_answered;
    client_check(&thief, i % 2);
    wait_for(world, a->checks_answered > answered); /* it reads what goes there */
    world_publish(world, a, b);
    world_publish(world, b, a);
  }
  g_assert_cmpint(g_get_monotonic_time() - begin_us, <, 3000000); /* before anybody is asked */
  world_free(world);
}

/* The same client has another place in the room and says so from the same port, while the server
 * still keeps the one before: what it answers there proves that it is no spoofer. */
static void test_address_inherited(void) {
  World *world = world_new();
  Client *a = world_join(world, 1), *b = world_join(world, 2);
  world_publish(world, a, b);
  world_publish(world, b, a);
  world->clients[1] = NULL;
  Client *again = world_open(world, 3);
  g_assert_cmpint(dup2(a->fd, again->fd), ==, again->fd);
  int64_t begin_us = g_get_monotonic_time();
  world_offer(world, again, false);
  client_check(again, true);
  wait_for(world, again->checks_answered == 1 && again->asked == 1);
  client_start_dtls(again);
  wait_for(world, client_connected(again) && world->states[3] == PEER_CONNECTED);
  unsigned tracks = world->tracks_on;
  while (world->tracks_on < tracks + 2) {
    g_assert_cmpint(g_get_monotonic_time() - begin_us, <, 4000000);
    client_send_audio(again);
    client_send_video(again, true);
    world_turn(world);
  }
  client_free(a);
  world_free(world);
}

/* An offer that is refused changes nothing about the connection, whatever it asked for. */
static void test_refused_restart(void) {
  World *world = world_new();
  Client *a = world_join(world, 1), *b = world_join(world, 2);
  static const EngineSource sources[] = {{"0", SOURCE_CAMERA}, {"1", SOURCE_MIC}};
  g_autofree char *sdp = client_offer(a, true);
  for (unsigned i = 1; i <= 2; i++) {
    engine_peer_offer(world->engine, 1, 9, &(EngineOffer){sdp, NULL, sources, 2});
    wait_for(world, world->failures == i);
  }
  unsigned answered = a->checks_answered;
  client_check(a, false);
  wait_for(world, a->checks_answered == answered + 1);
  world_publish(world, a, b);
  world_free(world);
}

static char *replaced(const char *text, const char *from, const char *to) {
  g_auto(GStrv) parts = g_strsplit(text, from, -1);
  g_assert_cmpuint(g_strv_length(parts), >, 1);
  return g_strjoinv(to, parts);
}

/* Whatever an offer that is refused says of the connection, what works goes on as it was: judged
 * first, acted upon after. */
static void test_refused_leaves(void) {
  World *world = world_new();
  Client *a = world_join(world, 1), *b = world_join(world, 2);
  world_publish(world, a, b);
  world_publish(world, b, a);
  g_autofree char *same = client_offer(a, false);
  g_autofree char *restart = client_offer(a, true);
  g_autofree char *mid = replaced(same, "a=mid:1\r\n", "a=mid:x\r\n");
  g_autofree char *group = replaced(mid, "BUNDLE 0 1 2 3", "BUNDLE 0 x 2 3");
  g_autofree char *print = g_strdup(a->fingerprint);
  print[0] = print[0] == 'A' ? 'B' : 'A';
  g_autofree char *stranger = replaced(restart, a->fingerprint, print);
  g_autofree char *bare = replaced(stranger, "a=rtcp-mux\r\n", "");
  g_autofree char *passive = replaced(stranger, "a=setup:actpass", "a=setup:passive");
  g_autofree char *weak = replaced(stranger, "sha-256", "md5");
  g_autofree char *empty = replaced(stranger, "a=ice-pwd:", "a=x-");
  const struct {
    const char *sdp, *attribute;
  } refused[] = {{"junk", "v"},
                 {"v=0\r\na=fingerprint:sha-256 AA:BB\r\njunk\r\n", ""},
                 {"v=0\r\na=fingerprint:sha-256 AA:BB\r\n", "m"},
                 {group, "mid"},
                 {bare, "rtcp-mux"},
                 {passive, "setup"},
                 {weak, "fingerprint"},
                 {empty, "ice-pwd"}};
  unsigned off = world->tracks_off;
  for (unsigned i = 0; i < G_N_ELEMENTS(refused); i++) {
    world_refuse(world, 1, refused[i].sdp);
    g_assert_cmpstr(world->error.attribute, ==, refused[i].attribute);
    unsigned answered = a->checks_answered;
    client_check(a, false);
    wait_for(world, a->checks_answered == answered + 1);
    world_publish(world, a, b);
    world_publish(world, b, a);
  }
  g_assert_cmpuint(world->tracks_off, ==, off);
  g_assert_cmpint(world->states[1], ==, PEER_CONNECTED);
  world_free(world);
}

static void test_ice_restart(void) {
  World *world = world_new();
  Client *a = world_join(world, 1), *b = world_join(world, 2);
  world_publish(world, b, a);
  g_autofree char *ufrag = g_strdup(a->server_ufrag);
  world_offer(world, a, true);
  g_assert_cmpstr(a->server_ufrag, !=, ufrag);
  unsigned answered = a->checks_answered;
  client_check_old(a); /* one that was on its way */
  wait_for(world, a->checks_answered == answered + 1);
  client_move(a);
  client_check(a, true); /* the new credentials nominate: moved at once, DTLS and SRTP go on */
  wait_for(world, a->checks_answered == answered + 2);
  world_publish(world, b, a);
  world_publish(world, a, b);
  g_assert_cmpint(world->states[1], ==, PEER_CONNECTED);
  /* An offer without new credentials keeps ours. */
  g_autofree char *second = g_strdup(a->server_ufrag);
  world_offer(world, a, false);
  g_assert_cmpstr(a->server_ufrag, ==, second);
  world_free(world);
}

/* A page that was reloaded within its session: same peer, another certificate. */
static void test_new_connection(void) {
  World *world = world_new();
  Client *a = world_join(world, 1), *b = world_join(world, 2);
  world_publish(world, a, b);
  client_free(g_steal_pointer(&world->clients[1]));
  Client *again = client_new(1, engine_port(world->engine));
  world->clients[1] = again;
  world_offer(world, again, false);
  g_assert_true(world->fresh);
  g_assert_cmpint(world->states[1], ==, PEER_CONNECTING);
  client_check(again, true);
  wait_for(world, again->checks_answered == 1);
  client_start_dtls(again);
  wait_for(world, client_connected(again));
  wait_for(world, world->tracks_off == 2);
  world_publish(world, again, b);
  g_assert_cmpuint(world->tracks_on, ==, 4);
  world_free(world);
}

/* Another PeerConnection with the certificate of the one before, as W3C allows: its offer looks
 * like an ICE restart, its ClientHello tells. What stands goes on until then. */
static void test_same_certificate(void) {
  World *world = world_new();
  Client *a = world_join(world, 1), *b = world_join(world, 2);
  world_publish(world, a, b);
  world_publish(world, b, a);
  Client *again = client_new_like(a);
  again->audio_sequence = again->video_sequence = 1000;
  world_offer(world, again, false);
  g_assert_false(world->fresh);
  world_publish(world, a, b); /* the first one still works */
  world->clients[7] = again;
  client_check(again, true);
  wait_for(world, again->checks_answered == 1);
  client_start_dtls(again);
  wait_for(world, client_connected(again));
  wait_for(world, world->tracks_off == 2);
  world_publish(world, again, b);
  world_publish(world, b, again);
  g_assert_cmpint(world->states[1], ==, PEER_CONNECTED);
  g_assert_cmpuint(world->tracks_on, ==, 6);
  world->clients[7] = NULL;
  client_free(again);
  world_free(world);
}

/* One PeerConnection after the other, with certificates of their own or the same, publishes no more
 * tracks than one that goes on and off: each is a file, and a rearrangement of everybody's slots.
 */
static void test_connections_limited(void) {
  World *world = world_new();
  int64_t begin_us = g_get_monotonic_time();
  Client *clients[9] = {world_join(world, 1)};
  for (unsigned i = 0; i < G_N_ELEMENTS(clients); i++) {
    if (i > 0) {
      clients[i] =
          i % 2 ? client_new_like(clients[i - 1]) : client_new(1, engine_port(world->engine));
      world->clients[1] = clients[i];
      world_offer(world, clients[i], false);
      client_check(clients[i], true);
      wait_for(world, clients[i]->checks_answered == 1);
      client_start_dtls(clients[i]);
      wait_for(world, client_connected(clients[i]));
    }
    int64_t now_us = g_get_monotonic_time();
    int64_t most_us = now_us + WAIT_US, least_us = now_us + 200000;
    for (; now_us < least_us || (i < 6 && world->tracks_on < 2 * (i + 1));
         now_us = g_get_monotonic_time()) {
      g_assert_cmpint(now_us, <, most_us);
      client_send_audio(clients[i]);
      client_send_video(clients[i], true);
      world_turn(world);
    }
  }
  g_assert_cmpuint(world->tracks_on, >=, 12);
  g_assert_cmpint(world->tracks_on, <=, 12 + 2 * ((g_get_monotonic_time() - begin_us) / 10000000));
  world->clients[1] = NULL;
  for (unsigned i = G_N_ELEMENTS(clients); i > 0; i--)
    client_free(clients[i - 1]);
  world_free(world);
}

/* A ClientHello without a restart, or from where no check with the new credentials came, is
 * nothing; and one with another certificate ends nothing. */
static void test_other_hello(void) {
  World *world = world_new();
  Client *a = world_join(world, 1), *b = world_join(world, 2);
  world_publish(world, a, b);
  Client hello = *a;
  hello.dtls = NULL;
  hello.context = dtls_context_new(DTLS_CLIENT, NULL);
  client_answer(&hello, world->sdp);
  client_start_dtls(&hello);
  world_publish(world, a, b);
  world_publish(world, b, a);
  world_offer(world, a, true);
  client_check(a, true);
  world_publish(world, b, a);
  client_start_dtls(&hello);
  for (int i = 0; i < 20; i++) {
    world_publish(world, a, b);
    world_publish(world, b, a);
  }
  g_assert_cmpint(world->states[1], ==, PEER_CONNECTED);
  dtls_free(hello.dtls);
  dtls_context_free(hello.context);
  world_free(world);
}

/* One over TCP, one over UDP: neither knows of the other's way. */
static void test_tcp(void) {
  World *world = world_new();
  Client *a = world_join_over(world, 1, true), *b = world_join(world, 2);
  g_assert_nonnull(strstr(world->sdp, "a=candidate:2 1 tcp "));
  world_publish(world, a, b);
  world_publish(world, b, a);
  wait_for(world, a->rtcp > 0 && b->rtcp > 0);
  g_assert_cmpuint(a->undecryptable + b->undecryptable, ==, 0);
  /* Closing a peer closes its connection: the client reads to the end of what it was sent. */
  Client *c = world_join_over(world, 3, true);
  engine_peer_close(world->engine, 3);
  uint8_t data[256];
  wait_for(world, recv(c->fd, data, sizeof data, MSG_DONTWAIT | MSG_PEEK) == 0);
  world_publish(world, a, b);
  world_free(world);
}

/* The connection breaks: the peer is lost after 2 s, not after 8, and back with the next check. */
static void test_tcp_closed(void) {
  World *world = world_new();
  Client *a = world_join_over(world, 1, true), *b = world_join(world, 2);
  world_publish(world, a, b);
  world_publish(world, b, a);
  int64_t begin_us = g_get_monotonic_time();
  client_move(a);
  wait_for(world, world->states[1] == PEER_LOST);
  g_assert_cmpint(g_get_monotonic_time() - begin_us, <, 4000000);
  wait_for(world, world->in_video_slot[2] == 0);
  unsigned answered = a->checks_answered;
  client_check(a, false);
  wait_for(world, a->checks_answered == answered + 1 && world->states[1] == PEER_CONNECTED);
  world_publish(world, b, a);
  world_publish(world, a, b);
  /* UDP came back, and goes again: each time a check moves it. */
  for (int i = 0; i < 4; i++) {
    a->tcp = i % 2;
    int before = dup(a->fd); /* the old way stays open, as while a browser still tries both */
    client_move(a);
    world_offer(world, a, true);
    answered = a->checks_answered;
    client_check(a, true);
    wait_for(world, a->checks_answered == answered + 1);
    world_publish(world, b, a);
    close(before);
    world_publish(world, b, a);
    world_publish(world, a, b);
    g_assert_cmpint(world->states[1], ==, PEER_CONNECTED);
  }
  world_free(world);
}

/* A client may hold as many connections as a peer has paths: the oldest goes for the newest. */
static void test_tcp_hoard(void) {
  World *world = world_new();
  Client *a = world_join_over(world, 1, true), *b = world_join(world, 2);
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
  world_publish(world, a, b);
  world_publish(world, b, a);
  world_free(world);
}

/* It may say nothing but STUN over its connection, so anything else closes it. */
static void expect_stranger(World *world, const Client *client) {
  static const uint8_t dtls[] = {0, 3, 22, 254, 253};
  uint8_t byte;
  send(client->fd, dtls, sizeof dtls, MSG_NOSIGNAL);
  wait_for(world, recv(client->fd, &byte, 1, MSG_DONTWAIT) >= 0 || errno == ECONNRESET);
}

/* A place among the trusted has who is a path of a peer: not a check that was sent before, and not
 * one that is refused, over as many connections as one likes. */
static void test_tcp_places(void) {
  World *world = world_new();
  Client *a = world_join_over(world, 1, true), *b = world_join(world, 2);
  for (int i = 0; i < 6; i++) {
    Client *more = client_new(7, engine_port(world->engine));
    more->tcp = true;
    client_move(more);
    if (i % 2) {
      more->controlled = true;
      memcpy(more->server_ufrag, a->server_ufrag, sizeof more->server_ufrag);
      memcpy(more->server_pwd, a->server_pwd, sizeof more->server_pwd);
      client_check(more, false);
    } else {
      memcpy(more->last_check, a->last_check, a->last_check_len);
      more->last_check_len = a->last_check_len;
      client_check_again(more);
    }
    expect_stranger(world, more);
    client_free(more);
  }
  world_publish(world, a, b);
  world_publish(world, b, a);
  world_free(world);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/peer/ways/address-change", test_address_change);
  g_test_add_func("/peer/ways/address-taken", test_address_taken);
  g_test_add_func("/peer/ways/address-inherited", test_address_inherited);
  g_test_add_func("/peer/ways/replayed-check", test_replayed_check);
  g_test_add_func("/peer/ways/asked-before-left", test_asked_before_left);
  g_test_add_func("/peer/ways/followed-by-media", test_followed_by_media);
  g_test_add_func("/peer/ways/refused-restart", test_refused_restart);
  g_test_add_func("/peer/ways/refused-leaves", test_refused_leaves);
  g_test_add_func("/peer/ways/ice-restart", test_ice_restart);
  g_test_add_func("/peer/ways/new-connection", test_new_connection);
  g_test_add_func("/peer/ways/same-certificate", test_same_certificate);
  g_test_add_func("/peer/ways/connections-limited", test_connections_limited);
  g_test_add_func("/peer/ways/other-hello", test_other_hello);
  g_test_add_func("/peer/ways/tcp", test_tcp);
  g_test_add_func("/peer/ways/tcp-closed", test_tcp_closed);
  g_test_add_func("/peer/ways/tcp-hoard", test_tcp_hoard);
  g_test_add_func("/peer/ways/tcp-places", test_tcp_places);
  return g_test_run();
}
