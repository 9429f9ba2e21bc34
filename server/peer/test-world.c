#include "peer/test-world.h"

#include <poll.h>
#include <string.h>

static void on_answer(void *user, uint32_t peer, uint32_t request, const EngineAnswer *answer) {
  World *world = user;
  world->events++;
  g_free(world->sdp);
  world->sdp = g_strdup(answer->sdp);
  world->fresh = answer->fresh;
  world->error = answer->error;
  if (!answer->sdp) {
    g_assert_true(*answer->error.code && *answer->error.message && answer->error.attribute);
    world->failures++;
    return;
  }
  world->answers++;
  world->slot_count = answer->slot_count;
  memcpy(world->slots, answer->slots, MIN(answer->slot_count, 8) * sizeof *answer->slots);
}

static void on_state(void *user, uint32_t peer, PeerState state, const char *reason) {
  World *world = user;
  world->events++;
  world->states[peer] = state;
  world->reasons[peer] = reason;
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

static void on_figures(void *user, uint32_t request, const PeerFigures *figures, unsigned count) {
  World *world = user;
  g_assert_cmpuint(count, <=, G_N_ELEMENTS(world->figures));
  world->figure_count = count;
  for (unsigned i = 0; i < count; i++)
    world->figures[i] = figures[i];
  world->figures_request = request;
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
                                    .figures = on_figures,
                                    .track = on_track,
                                    .tap_closed = on_tap_closed};

static World *new_of(int threads) {
  World *world = g_new0(World, 1);
  GError *error = NULL;
  world->config = config_load(NULL, &error);
  g_assert_no_error(error);
  g_free(world->config->media_addresses);
  world->config->media_addresses = g_strdup("127.0.0.1");
  world->config->media_port = 0;
  world->config->media_threads = threads;
  world->mailbox = mailbox_new();
  world->engine = engine_new(world->config, 0, world->mailbox, &events, world, &error);
  g_assert_no_error(error);
  engine_room_open(world->engine, ROOM, true);
  return world;
}

World *world_new(void) {
  return new_of(1);
}

World *world_new_wide(void) {
  World *world = new_of(2);
  GError *error = NULL;
  world->other = engine_new(world->config, 1, world->mailbox, &events, world, &error);
  g_assert_no_error(error);
  return world;
}

void world_widen(World *world) {
  engine_room_open(world->other, ROOM, false);
  engine_room_link(world->engine, world->other, ROOM);
}

static Engine *world_engine(const World *world, unsigned number) {
  return world->other && number >= OTHER_FROM ? world->other : world->engine;
}

void world_free(World *world) {
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

void world_turn(World *world) {
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

const EngineSource world_sources[2] = {{"0", SOURCE_MIC}, {"1", SOURCE_CAMERA}};

void world_send_offer(World *world, unsigned number, const char *sdp) {
  EngineOffer offer = {sdp, NULL, world_sources, 2};
  engine_peer_offer(world_engine(world, number), number, 1, &offer);
}

void world_offer(World *world, Client *client, bool restart) {
  unsigned answers = world->answers;
  g_autofree char *sdp = client_offer(client, restart);
  world_send_offer(world, client->number, sdp);
  wait_for(world, world->answers > answers);
  client_answer(client, world->sdp);
}

void world_refuse(World *world, unsigned number, const char *sdp) {
  unsigned failures = world->failures;
  world_send_offer(world, number, sdp);
  wait_for(world, world->failures > failures);
}

Client *world_open(World *world, unsigned number) {
  Engine *engine = world_engine(world, number);
  Client *client = client_new(number, engine_port(engine));
  world->clients[number] = client;
  engine_peer_open(engine, ROOM, number);
  return client;
}

Client *world_join_over(World *world, unsigned number, bool tcp) {
  Client *client = world_open(world, number);
  client->tcp = tcp;
  client_move(client);
  world_offer(world, client, false);
  client_check(client, true);
  wait_for(world, client->checks_answered == 1);
  client_start_dtls(client);
  wait_for(world, client_connected(client) && world->states[number] == PEER_CONNECTED);
  return client;
}

Client *world_join(World *world, unsigned number) {
  return world_join_over(world, number, false);
}

void world_publish(World *world, Client *from, Client *to) {
  unsigned audio = to->rtp_audio, video = to->rtp_video;
  int64_t until_us = g_get_monotonic_time() + WAIT_US;
  while (to->rtp_audio < audio + 3 || to->rtp_video < video + 3) {
    g_assert_cmpint(g_get_monotonic_time(), <, until_us);
    client_send_audio(from);
    client_send_video(from, true);
    world_turn(world);
  }
}
