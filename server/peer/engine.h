/* The media engine: the face of this layer towards rooms.
 *
 * An Engine is one media thread: an epoll loop with one media port, the peers on it (ICE-lite,
 * DTLS, SRTP) and the routers of the rooms pinned to it. Commands are called on the main thread,
 * copied and posted; they return at once. Events come back on the main thread through its mailbox,
 * in order per peer; an event may still arrive for a room or peer that was closed in the meantime:
 * look it up by number. Rooms and peers are numbers chosen by the caller, never reused in a
 * server's life.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/config.h"
#include "base/mailbox.h"
#include "router/router.h"

typedef struct Engine Engine;
typedef struct PeerFigures PeerFigures; /* peer/figures.h */

typedef enum { PEER_CONNECTING, PEER_CONNECTED, PEER_LOST, PEER_CLOSED } PeerState;

typedef struct {
  char mid[17];
  char name[8]; /* "a0", "v12", "s0" */
} EngineSlotName;

/* Why an offer was refused, and where to change it. Constants but for the mid. */
typedef struct {
  const char *code;      /* "bad_sdp", "no_media", "internal" */
  const char *message;   /* English, for developers */
  unsigned line;         /* of the offer, counted from 1; 0: no particular one */
  const char *attribute; /* as SdpError's, "sources" for what came beside the offer; or "" */
  char mid[17];          /* of the m-line concerned, or "" */
} EngineError;

/* Reply to engine_peer_offer; borrowed. */
typedef struct {
  const char *sdp; /* NULL: refused, and nothing has changed */
  bool fresh;      /* a connection begins: what was told of the one before is void */
  const EngineSlotName *slots;
  unsigned slot_count;
  EngineError error; /* when refused */
} EngineAnswer;

typedef struct {
  void (*answer)(void *user, uint32_t peer, uint32_t request, const EngineAnswer *answer);
  /* reason: why it is PEER_CLOSED: "fingerprint" (the certificate is not the offer's),
   * "srtp_profile" (none in common), "handshake", "timeout" (no connection came about in 30 s) or
   * "bye" (the client closed it); else "". */
  void (*state)(void *user, uint32_t peer, PeerState state, const char *reason);
  /* Slot `name` of the peer's carries `source` of `publisher`; publisher 0: nobody. */
  void (*slot)(void *user, uint32_t peer, const char *name, uint32_t publisher, Source source);
  /* Only these layers of the peer's picture are taken by anybody: names as in its offer, or "all"
   * when it has no simulcast. */
  void (*demand)(void *user, uint32_t peer, Source source, const char (*layers)[17],
                 unsigned count);
  /* What the way to the peer carries by the estimate, and what all it is shown would take. At most
   * every two seconds, when one of them moved by more than a tenth. */
  void (*downlink)(void *user, uint32_t peer, int64_t bps, int64_t wanted_bps);
  void (*speaker)(void *user, uint32_t room, uint32_t peer);
  void (*levels)(void *user, uint32_t room, const uint32_t *peers, const uint8_t *levels,
                 unsigned count);
  void (*heard)(void *user, uint32_t room, uint32_t track, uint32_t peer, bool on);
  void (*shown)(void *user, uint32_t room, uint32_t track, uint32_t peer, bool on);
  /* A track's first packet came, or the track ended. */
  void (*track)(void *user, uint32_t room, uint32_t track, uint32_t peer, Source source, bool on);
  /* The tap's other end went away by itself. dropped: packets that did not fit into the socket. */
  void (*tap_closed)(void *user, uint32_t room, uint64_t dropped);
  /* Reply to engine_figures: of each peer that was offered a connection. Borrowed. */
  void (*figures)(void *user, uint32_t request, const PeerFigures *figures, unsigned count);
} EngineEvents;

/* index: 0…media_threads-1; binds media_port + index on each address. Starts the thread. */
Engine *engine_new(const Config *config, unsigned index, Mailbox *main_mailbox,
                   const EngineEvents *events, void *user, GError **error);
/* Closes every peer and room, stops and joins the thread. Engines whose rooms were linked are all
 * stopped before the first is freed. */
void engine_stop(Engine *engine);
/* Stops it if need be. No event comes afterwards. */
void engine_free(Engine *engine);

/* The port that was bound (media_port 0 takes a free one). */
unsigned engine_port(const Engine *engine);

/* A room may be on several engines, each with some of its peers: on one of them, its home, it is
 * opened first; what is known of the room as a whole (speaker, levels) is told there, its tap is
 * there. */
void engine_room_open(Engine *engine, uint32_t room, bool home);
/* What is published on one is to be had on the other from now on. Both have the room open, once for
 * each pair; the other one has just opened it and has no peer in it yet. */
void engine_room_link(Engine *engine, Engine *other, uint32_t room);
void engine_room_close(Engine *engine, uint32_t room); /* its peers are closed first */
/* On each engine that has the room. */
void engine_room_floor(Engine *engine, uint32_t room, uint32_t peer);
/* fd: one end of a SOCK_SEQPACKET pair, owned by the engine from here; -1 ends the tap. */
void engine_room_tap(Engine *engine, uint32_t room, int fd);

void engine_peer_open(Engine *engine, uint32_t room, uint32_t peer);
void engine_peer_close(Engine *engine, uint32_t peer);
typedef struct {
  char mid[17];
  Source source;
} EngineSource;
/* A peer is a member's media, one PeerConnection after the other. An offer may be a later one of
 * the connection that there is, or the first of another one, which takes its place when the offer
 * is accepted: negotiate_is_new tells. */
typedef struct {
  const char *sdp;
  const char *connection;      /* what the client calls its PeerConnection, or NULL */
  const EngineSource *sources; /* of the client's sending m-lines */
  unsigned source_count;
} EngineOffer;
/* Copied. */
void engine_peer_offer(Engine *engine, uint32_t peer, uint32_t request, const EngineOffer *offer);
/* The server forwards nothing of this source while muted. */
void engine_peer_mute(Engine *engine, uint32_t peer, Source source, bool muted);
/* Publishers whose camera is wanted and how large, most important first. Copied. */
void engine_peer_view(Engine *engine, uint32_t peer, const View *views, unsigned count);
/* How the ways of all its peers are. */
void engine_figures(Engine *engine, uint32_t request);
