/* One PeerConnection of a browser: ICE, DTLS and SRTP under its uplink and downlink.
 *
 *   CONNECTING ──DTLS done──▶ CONNECTED ◀──heard again── LOST        every state ──▶ CLOSED
 *                                 └──────8 s of silence──▶
 *                           (TCP closed, no other path heard: 2 s)
 *
 * Whose TCP connection closed, and who was not heard of late on any other path, is sent no media
 * until he is heard; nobody is told, because he most likely has another connection in a moment.
 * Whoever has said nothing for 4 s is asked whether he is there (ice_ask); after 8 s media pauses,
 * but for a minute and more he goes on being asked, and sent sender reports and a little sound each
 * second, so that a receiver that only answers has something to answer. Anything authentic brings
 * him back.
 *
 * A check is answered by the first valid one on; DTLS is taken from validated addresses only; SRTP
 * from an unknown address is taken inbound when it authenticates. A later offer continues the
 * connection (an ICE restart keeps the DTLS session, until a ClientHello tells that it was another
 * connection after all: association.h). One of another PeerConnection is not for this
 * Peer: a new one is made for it, which takes this one's place when the offer is accepted. Owned by
 * one media thread; time is passed in.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "peer/counters.h"
#include "peer/dtls.h"
#include "peer/engine.h"
#include "peer/negotiate.h"
#include "peer/reach.h"
#include "router/router.h"

typedef struct Peer Peer;

typedef struct {
  /* reason: as EngineEvents.state. */
  void (*state)(void *user, Peer *peer, PeerState state, const char *reason);
  void (*slot)(void *user, Peer *peer, const char *name, const TrackInfo *track);
  void (*track)(void *user, Peer *peer, const TrackInfo *track, bool on);
  /* As EngineEvents.downlink. */
  void (*downlink)(void *user, Peer *peer, int64_t bps, int64_t wanted_bps);
} PeerEvents;

/* What all peers of a media thread share; owned by the thread. */
typedef struct {
  ReachHost reach; /* its owners are Peers */
  PacketPool *pool;
  DtlsContext *dtls;
  Table *by_ssrc; /* to Peer */
  const char *const *candidates;
  unsigned candidate_count, video_slots_max;
  uint32_t next_track, track_step; /* ids: unique over all media threads */
  Counters counters;
  const PeerEvents *events;
  void *user;
} PeerHost;

/* before: the peer whose place it may take, or NULL: it begins with that one's switches, views and
 * limits. */
Peer *peer_new(PeerHost *host, Router *router, uint32_t id, void *room, const Peer *before);
/* Ends its tracks and slots; says close_notify. */
void peer_free(Peer *peer);
uint32_t peer_id(const Peer *peer);
/* Something that came as its is not taken: counted, of the peer and of the thread. */
void peer_refuse(Peer *peer, Refusal why);
void *peer_room(const Peer *peer);

/* Its first offer was accepted. */
bool peer_has_begun(const Peer *peer);
/* Is this the offer of another PeerConnection, for which a new Peer is to be made? */
bool peer_is_left_for(const Peer *peer, const Sdp *offer, const char *connection);
/* The answer, to be freed with free(), or NULL with *error, and nothing has changed. */
char *peer_offer(Peer *peer, const Sdp *sdp, const EngineOffer *offer, int64_t now_us,
                 EngineError *error);
const MediaPlan *peer_plan(const Peer *peer);
/* Once the answer is on its way: gives the client its row of slots, before it is connected, so that
 * what it is to see is ready by then. */
void peer_answered(Peer *peer);

void peer_mute(Peer *peer, Source source, bool muted);
void peer_view(Peer *peer, const View *views, unsigned count);
/* The router wants a key frame of this source's layer. */
void peer_keyframe(Peer *peer, Source source, unsigned layer);
/* What the client calls the layers of a source (bit i: layer i): rids, or "all" without simulcast.
 * Returns how many names were filled in. */
unsigned peer_layer_names(const Peer *peer, Source source, unsigned layers,
                          const char *names[LAYERS_MAX]);

/* reach_password. */
bool peer_password(const Peer *peer, const char ufrag[ICE_UFRAG_CHARS], const char **pwd,
                   bool *current);
/* A valid check came. False: somebody sent it again from elsewhere; it is not to be answered. */
bool peer_checked(Peer *peer, const Path *path, const IceCheck *check, int64_t now_us);
/* A STUN response to what the peer may have asked. */
void peer_receive_answer(Peer *peer, const Datagram *datagram);
/* The TCP connection that was one of its paths is closed. Without another path that it is heard on
 * the peer is LOST after 2 s: the next check, from wherever, brings it back, and before that nobody
 * else is told anything. */
void peer_path_closed(Peer *peer, const Path *path, int64_t now_us);
/* Datagrams from one of its paths, or found by SSRC. */
void peer_receive_dtls(Peer *peer, const Datagram *datagram);
void peer_receive_srtp(Peer *peer, Datagram *datagram);
/* The path in use; family 0: none. Borrowed. */
const Path *peer_path(const Peer *peer);
/* All that a peer knows of them; room and from_here are the caller's. False: nothing was offered.
 */
bool peer_figures(const Peer *peer, int64_t now_us, PeerFigures *figures);

/* Every 50 ms, every 10 after it said true. wall_us: microseconds since 1970 of a clock that does
 * not jump. */
bool peer_tick(Peer *peer, int64_t now_us, int64_t wall_us);
