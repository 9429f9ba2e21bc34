/* For test-engine and test-ways: an engine, or two, with clients over loopback sockets, and what
 * the engine told. Test thread; every wait is bounded. */
#pragma once

#include "peer/engine.h"
#include "peer/figures.h"
#include "peer/test-client.h"

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
  const char *reasons[PEERS];
  uint32_t in_video_slot[PEERS], in_audio_slot[PEERS];
  int64_t carries_bps[PEERS], wants_bps[PEERS]; /* as the server estimates */
  PeerFigures figures[8];                       /* as asked for last */
  unsigned figure_count;
  uint32_t figures_request;
  unsigned estimates[PEERS];
  unsigned answers, failures, tracks_on, tracks_off, taps_closed, events;
  char *sdp; /* of the last answer */
  EngineSlotName slots[8];
  unsigned slot_count;
  bool fresh;
  EngineError error;
} World;

/* One engine with ROOM open. */
World *world_new(void);
/* Two; the second has the room after world_widen. */
World *world_new_wide(void);
void world_widen(World *world);
void world_free(World *world);

/* One round of everything that the test thread serves; waits up to 5 ms for something to come. */
void world_turn(World *world);
#define wait_for(world, condition)                                                                 \
  do {                                                                                             \
    int64_t until_us = g_get_monotonic_time() + WAIT_US;                                           \
    while (!(condition)) {                                                                         \
      if (g_get_monotonic_time() > until_us)                                                       \
        g_error("line %d: never came: %s", __LINE__, #condition);                                  \
      world_turn(world);                                                                           \
    }                                                                                              \
  } while (0)

/* A client whose peer is open; it has said nothing yet. */
Client *world_open(World *world, unsigned number);
void world_offer(World *world, Client *client, bool restart);
/* The microphone and the camera of an offer. */
extern const EngineSource world_sources[2];
void world_send_offer(World *world, unsigned number, const char *sdp);
/* An offer that must be refused. */
void world_refuse(World *world, unsigned number, const char *sdp);
/* … and is connected. */
Client *world_join(World *world, unsigned number);
Client *world_join_over(World *world, unsigned number, bool tcp);
/* Sends until the other one has had three packets more of each. */
void world_publish(World *world, Client *from, Client *to);
