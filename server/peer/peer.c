#include "peer/peer.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/log.h"
#include "peer/association.h"
#include "peer/downlink.h"
#include "peer/estimate.h"
#include "peer/figures.h"
#include "peer/uplink.h"
#include "wire/rtcp.h"
#include "wire/rtp.h"

#define CONNECT_US 30000000
/* Firefox checks every 5 s; media to a vanished client ends within 10 s. */
#define LOST_US 8000000
/* A browser whose TCP connection broke has another within a round trip or two: no more than a
 * moment of silence, which need not be told to anybody. */
#define STRANDED_US 2000000
#define DOUBT_US 4000000       /* then it is asked, once a second: half of that before it is lost */
#define TRICKLE_US 75000000    /* a minute, and one report of a slow one more */
#define TRICKLE_EACH_US 800000 /* each second, and a tick late */
/* So long key frames are kept fresh for somebody who is connecting: an offer alone must not cost
 * the publishers much. */
#define PREPARE_US 5000000

struct Peer {
  PeerHost *host;
  Router *router;
  void *room;
  uint32_t id;
  PeerState state;
  bool begun; /* the first offer was accepted */
  int64_t offered_us;

  Reach reach;
  Association association;
  bool restarted;            /* ICE was, at least once */
  int64_t stranded_until_us; /* CONNECTED, but not heard on any path that is left; 0: it is */
  int64_t lost_us, trickled_us;
  bool trickles; /* the slots are open, until something went out: */
  uint32_t trickled;

  uint64_t session;
  unsigned version;
  MediaPlan plan;
  Uplink *uplink;
  UplinkLimits limits;
  Downlink *downlink;
  Subscriber *subscriber;
  Track *tracks[SOURCE_COUNT];
  bool muted[SOURCE_COUNT];
  unsigned view_count;
  bool viewed;
  View view[VIDEO_SLOTS_MAX];
  Estimate estimate;
  uint64_t refused[REFUSAL_COUNT]; /* of what came from it */
};

void peer_refuse(Peer *peer, Refusal why) {
  peer->refused[why]++;
  peer->host->counters.refused[why]++;
}

/* --- tracks: what the uplink tells --- */

static void apply_mute(Peer *peer, Source source) {
  if (peer->tracks[source])
    track_set_muted(peer->tracks[source], peer->muted[source] || peer->state != PEER_CONNECTED);
}

static void on_begin(void *user, Source source, uint32_t clock_rate, unsigned layers) {
  Peer *peer = user;
  g_assert(!peer->tracks[source]);
  TrackInfo info = {.id = peer->host->next_track,
                    .peer = peer->id,
                    .source = source,
                    .clock_rate = clock_rate,
                    .layers = layers};
  peer->host->next_track += peer->host->track_step;
  peer->tracks[source] = router_add_track(peer->router, &info);
  apply_mute(peer, source);
  peer->host->events->track(peer->host->user, peer, &info, true);
}

static void on_media(void *user, Source source, Packet *packet) {
  Peer *peer = user;
  track_receive(peer->tracks[source], packet);
}

static void on_end(void *user, Source source) {
  Peer *peer = user;
  TrackInfo info = *track_info(peer->tracks[source]);
  router_remove_track(peer->router, peer->tracks[source]);
  peer->tracks[source] = NULL;
  peer->host->events->track(peer->host->user, peer, &info, false);
}

static void on_ssrc(void *user, uint32_t ssrc, bool on) {
  Peer *peer = user;
  if (!on)
    table_remove(peer->host->by_ssrc, &ssrc, peer);
  else if (!table_get(peer->host->by_ssrc, &ssrc)) /* who came first keeps it */
    table_put(peer->host->by_ssrc, &ssrc, peer);
}

/* Who has not agreed to reduced-size RTCP (RFC 5506) gets a compound that begins with a report and
 * names its sender (RFC 3550 §6.1). */
static void on_rtcp(void *user, const uint8_t *data, size_t len) {
  Peer *peer = user;
  uint8_t compound[EGRESS_DATAGRAM_MAX];
  const size_t most = sizeof compound - SRTP_OVERHEAD_MAX;
  if (peer->plan.reduced_rtcp) {
    downlink_send_rtcp(peer->downlink, data, len);
    return;
  }
  uint32_t ssrc =
      (uint32_t)data[4] << 24 | (uint32_t)data[5] << 16 | (uint32_t)data[6] << 8 | data[7];
  bool report = data[1] == RTCP_SR || data[1] == RTCP_RR;
  size_t size = report ? 0 : rtcp_write_rr(compound, most, ssrc, NULL, 0);
  if (report && len <= most) {
    memcpy(compound, data, len);
    size = len;
  }
  size += rtcp_write_sdes_cname(compound + size, most - size, ssrc, "uplink");
  if (!report && len <= most - size) {
    memcpy(compound + size, data, len);
    size += len;
  }
  downlink_send_rtcp(peer->downlink, compound, size);
}

static const UplinkSink uplink_sink = {
    .begin = on_begin, .media = on_media, .end = on_end, .ssrc = on_ssrc, .rtcp = on_rtcp};

static void on_assigned(void *user, const char *slot, const TrackInfo *track) {
  Peer *peer = user;
  peer->host->events->slot(peer->host->user, peer, slot, track);
}

/* --- life --- */

static void set_state(Peer *peer, PeerState state, const char *reason) {
  if (peer->state == state)
    return;
  peer->state = state;
  log_debug("peer", "state", "peer=%u state=%d reason=%s", peer->id, state, reason);
  for (int i = 0; i < SOURCE_COUNT; i++)
    apply_mute(peer, (Source)i);
  if (peer->downlink) /* LOST: for what trickles */
    downlink_set_srtp(peer->downlink,
                      state == PEER_CONNECTED || state == PEER_LOST ? peer->association.out : NULL);
  peer->trickles = false;
  peer->stranded_until_us = 0;
  if (peer->subscriber) {
    subscriber_pause(peer->subscriber, state != PEER_CONNECTED);
    subscriber_only_sound(peer->subscriber, false);
    subscriber_hold(peer->subscriber, false);
  }
  peer->host->events->state(peer->host->user, peer, state, reason);
}

/* Nothing has come for long. */
static void lose(Peer *peer, int64_t now_us) {
  peer->lost_us = now_us;
  if (!peer->stranded_until_us)
    downlink_quiet(peer->downlink, now_us);
  set_state(peer, PEER_LOST, "");
}

static void send_handshake(void *user, const Path *to, const uint8_t *data, size_t len) {
  Peer *peer = user;
  Egress *egress = peer->host->reach.egress;
  if (!peer->reach.flow.path.family || len > EGRESS_DATAGRAM_MAX)
    return;
  if (to && !path_equal(to, &peer->reach.flow.path)) {
    egress_send(egress, to, data, len);
    return;
  }
  memcpy(egress_reserve(egress, len), data, len);
  egress_commit(egress, &peer->reach.flow, len);
}

/* What goes up and down begins anew. */
static void end_media(Peer *peer) {
  if (peer->subscriber)
    router_remove_subscriber(peer->router, peer->subscriber);
  peer->subscriber = NULL;
  uplink_free(peer->uplink); /* ends the tracks */
  peer->uplink = NULL;
  downlink_free(peer->downlink);
  peer->downlink = NULL;
  peer->estimate = (Estimate){0};
}

static void begin_media(Peer *peer) {
  peer->uplink = uplink_new(&peer->plan, peer->host->pool, &peer->limits, &uplink_sink, peer);
  peer->downlink = downlink_new(&peer->plan, peer->host->reach.egress, &peer->reach.flow,
                                &peer->host->counters, on_assigned, peer);
}

/* Ends all that the connection holds. */
static void disconnect(Peer *peer) {
  end_media(peer);
  association_clear(&peer->association);
  reach_clear(&peer->reach);
  memset(&peer->plan, 0, sizeof peer->plan);
}

static void close_peer(Peer *peer, const char *reason) {
  disconnect(peer);
  set_state(peer, PEER_CLOSED, reason);
}

Peer *peer_new(PeerHost *host, Router *router, uint32_t id, void *room, const Peer *before) {
  Peer *peer = g_new0(Peer, 1);
  peer->host = host;
  peer->router = router;
  peer->room = room;
  peer->id = id;
  peer->session = (uint64_t)random_u32() << 16 | 1;
  reach_init(&peer->reach, &host->reach, peer, id);
  if (before) {
    peer->limits = before->limits;
    memcpy(peer->muted, before->muted, sizeof peer->muted);
    peer->viewed = before->viewed;
    peer->view_count = before->view_count;
    memcpy(peer->view, before->view, sizeof peer->view);
  }
  return peer;
}

void peer_free(Peer *peer) {
  if (!peer)
    return;
  disconnect(peer);
  for (int i = 0; i < SOURCE_COUNT; i++)
    g_assert(!peer->tracks[i]);
  g_free(peer);
}

uint32_t peer_id(const Peer *peer) {
  return peer->id;
}

void *peer_room(const Peer *peer) {
  return peer->room;
}

const MediaPlan *peer_plan(const Peer *peer) {
  return &peer->plan;
}

/* --- offers --- */

/* The row of slots exists once the client has said where it can receive. */
static void ensure_subscriber(Peer *peer) {
  bool connecting = peer->state == PEER_CONNECTING;
  if (peer->subscriber || !peer->plan.has_slots || (!connecting && peer->state != PEER_CONNECTED))
    return;
  peer->subscriber = router_add_subscriber(peer->router, peer->id, peer->plan.video_slots,
                                           connecting, &downlink_sink, peer->downlink);
  downlink_set_subscriber(peer->downlink, peer->subscriber);
  if (peer->viewed)
    subscriber_set_view(peer->subscriber, peer->view, peer->view_count);
  if (peer->stranded_until_us)
    subscriber_pause(peer->subscriber, true);
}

void peer_answered(Peer *peer) {
  ensure_subscriber(peer);
}

bool peer_has_begun(const Peer *peer) {
  return peer->begun;
}

bool peer_is_left_for(const Peer *peer, const Sdp *offer, const char *connection) {
  return peer->begun &&
         (peer->state == PEER_CLOSED || negotiate_is_new(offer, connection, &peer->plan));
}

char *peer_offer(Peer *peer, const Sdp *sdp, const EngineOffer *offer, int64_t now_us,
                 EngineError *error) {
  IceCredentials credentials = peer->reach.own;
  bool restart = !peer->begun || negotiate_restarts_ice(sdp, &peer->plan);
  if (restart)
    ice_credentials_new(&credentials);
  NegotiateSelf self = {.ufrag = credentials.ufrag,
                        .pwd = credentials.pwd,
                        .fingerprint = dtls_context_fingerprint(peer->host->dtls),
                        .candidates = peer->host->candidates,
                        .candidate_count = peer->host->candidate_count,
                        .session = peer->session,
                        .version = peer->version + 1,
                        .video_slots_max = peer->host->video_slots_max};
  g_autofree MediaPlan *plan = g_memdup2(&peer->plan, sizeof peer->plan);
  char *text = negotiate(sdp, offer, &self, plan, error);
  if (!text)
    return NULL;
  if (!peer->begun && !association_begin(&peer->association, peer->host->dtls, plan->remote_hash,
                                         plan->remote_fingerprint, send_handshake, peer)) {
    free(text);
    *error = (EngineError){.code = "bad_sdp",
                           .attribute = "fingerprint",
                           .message = "the fingerprint is none of SHA-256, SHA-384 or SHA-512"};
    return NULL;
  }
  /* From here on it is accepted. */
  peer->plan = *plan;
  peer->version++;
  if (restart) {
    reach_restart(&peer->reach, &credentials, plan->remote_ufrag, plan->remote_pwd, now_us);
    peer->restarted = peer->begun;
  }
  if (!peer->begun) {
    peer->begun = true;
    peer->offered_us = now_us;
    begin_media(peer);
  }
  uplink_replan(peer->uplink);
  downlink_replan(peer->downlink);
  return text;
}

void peer_mute(Peer *peer, Source source, bool muted) {
  peer->muted[source] = muted;
  apply_mute(peer, source);
}

void peer_view(Peer *peer, const View *views, unsigned count) {
  peer->viewed = true;
  peer->view_count = MIN(count, VIDEO_SLOTS_MAX);
  for (unsigned i = 0; i < peer->view_count; i++)
    peer->view[i] = views[i];
  if (peer->subscriber)
    subscriber_set_view(peer->subscriber, peer->view, peer->view_count);
}

void peer_keyframe(Peer *peer, Source source, unsigned layer) {
  if (peer->uplink)
    uplink_keyframe(peer->uplink, source, layer);
}

unsigned peer_layer_names(const Peer *peer, Source source, unsigned layers,
                          const char *names[LAYERS_MAX]) {
  for (unsigned i = 0; i < peer->plan.media_count; i++) {
    const PlanMedia *media = &peer->plan.media[i];
    unsigned count = 0;
    if (media->use != PLAN_UPLINK || media->source != source)
      continue;
    if (media->rid_count == 0 && layers)
      names[count++] = "all";
    for (unsigned j = 0; j < media->rid_count; j++)
      if (layers & (1u << j))
        names[count++] = media->rids[j];
    return count;
  }
  return 0;
}

/* --- ICE --- */

bool peer_password(const Peer *peer, const char ufrag[ICE_UFRAG_CHARS], const char **pwd,
                   bool *current) {
  return reach_password(&peer->reach, ufrag, pwd, current);
}

/* It was heard of late where it is sent to. */
static bool is_reached(const Peer *peer, int64_t now_us) {
  return paths_current(&peer->reach.paths) &&
         now_us - paths_current_heard(&peer->reach.paths) <= LOST_US;
}

/* Pictures begin anew, in both directions, and what the way carries is to be found out. */
static void resume(Peer *peer, int64_t now_us) {
  downlink_restart(peer->downlink, now_us);
  uplink_keyframes(peer->uplink);
}

/* It is sent nothing, and everybody else goes on as if it were there. */
static void strand(Peer *peer, int64_t until_us, int64_t now_us) {
  downlink_quiet(peer->downlink, now_us);
  if (peer->subscriber)
    subscriber_pause(peer->subscriber, true);
  peer->stranded_until_us = until_us;
}

static void come_back(Peer *peer, int64_t now_us) {
  if (peer->stranded_until_us && peer->subscriber)
    subscriber_pause(peer->subscriber, false);
  peer->stranded_until_us = 0;
  set_state(peer, PEER_CONNECTED, "");
  ensure_subscriber(peer); /* its slots may have been offered meanwhile */
  resume(peer, now_us);
}

/* Something came that may have moved the peer, or brought it back; what was on its way is lost
 * then, in both directions. */
static void follow(Peer *peer, PathsVerdict verdict, int64_t now_us) {
  char text[PATH_TEXT_BYTES];
  bool away = peer->state == PEER_LOST || peer->stranded_until_us;
  bool moved = verdict == PATHS_MOVED || (verdict == PATHS_FIRST && away);
  if (moved) {
    peer->host->counters.moves++;
    log_debug("peer", "moved", "peer=%u to=%s", peer->id, path_text(&peer->reach.flow.path, text));
  }
  if (away && is_reached(peer, now_us))
    come_back(peer, now_us);
  else if (moved)
    resume(peer, now_us);
}

bool peer_checked(Peer *peer, const Path *path, const IceCheck *check, int64_t now_us) {
  const Peer *holder = table_get(peer->host->reach.by_path, path);
  PathsVerdict verdict =
      reach_checked(&peer->reach, path, check, association_stands(&peer->association),
                    holder && holder != peer ? &holder->reach : NULL, now_us);
  if (verdict == PATHS_REPLAYED)
    return false;
  follow(peer, verdict, now_us);
  return true;
}

void peer_receive_answer(Peer *peer, const Datagram *datagram) {
  bool ours;
  PathsVerdict verdict = reach_answered(&peer->reach, datagram, &ours);
  if (!ours)
    peer_refuse(peer, REFUSED_UNAUTHENTIC);
  else
    follow(peer, verdict, datagram->arrival_us);
}

static void end_trickle(Peer *peer) {
  if (peer->trickles && peer->subscriber)
    subscriber_pause(peer->subscriber, true);
  peer->trickles = false;
}

void peer_path_closed(Peer *peer, const Path *path, int64_t now_us) {
  int64_t heard_us = paths_current_heard(&peer->reach.paths);
  PathsLoss loss = reach_path_closed(&peer->reach, path);
  if (loss == PATHS_UNUSED)
    return;
  end_trickle(peer); /* to where it went */
  if (peer->state != PEER_CONNECTED || is_reached(peer, now_us))
    follow(peer, loss == PATHS_REPLACED ? PATHS_MOVED : PATHS_KEPT, now_us);
  else if (!peer->stranded_until_us)
    strand(peer, MIN(now_us + STRANDED_US, heard_us + LOST_US), now_us);
}

/* --- DTLS --- */

static void on_connected(Peer *peer, int64_t now_us) {
  peer->host->counters.handshakes++;
  log_debug("peer", "connected", "peer=%u after_ms=%d", peer->id,
            (int)((now_us - peer->offered_us) / 1000));
  set_state(peer, PEER_CONNECTED, "");
  ensure_subscriber(peer);
}

static void after_dtls(Peer *peer, AssociationChange change, int64_t now_us) {
  switch (change) {
  case ASSOCIATION_SAME:
    break;
  case ASSOCIATION_REPLACED: /* the restart was another connection's beginning */
    downlink_empty(peer->downlink);
    end_media(peer);
    begin_media(peer);
    set_state(peer, PEER_CONNECTING, "");
    on_connected(peer, now_us);
    break;
  case ASSOCIATION_BEGUN:
    on_connected(peer, now_us);
    break;
  case ASSOCIATION_FAILED:
    peer->host->counters.handshakes_failed++;
    close_peer(peer, peer->association.reason);
    break;
  case ASSOCIATION_CLOSED:
    close_peer(peer, peer->association.reason);
    break;
  }
}

void peer_receive_dtls(Peer *peer, const Datagram *datagram) {
  bool renewed = peer->restarted && reach_is_renewed(&peer->reach, &datagram->from);
  after_dtls(peer, association_receive(&peer->association, datagram, renewed),
             datagram->arrival_us);
}

/* --- SRTP --- */

static bool unprotected(Peer *peer, SrtpStatus status) {
  switch (status) {
  case SRTP_OK:
    return true;
  case SRTP_REPLAY:
    peer_refuse(peer, REFUSED_REPLAYED);
    return false;
  case SRTP_AUTHENTICATION:
  case SRTP_UNENCRYPTED:
    peer_refuse(peer, REFUSED_UNAUTHENTIC);
    return false;
  default:
    peer_refuse(peer, REFUSED_MALFORMED);
    return false;
  }
}

static void receive_rtcp(Peer *peer, const uint8_t *data, size_t len, int64_t arrival_us) {
  RtcpReader reader;
  RtcpPacket packet;
  bool malformed = false;
  uplink_heard(peer->uplink, arrival_us);
  rtcp_reader_init(&reader, data, len);
  while (rtcp_next(&reader, &packet, &malformed)) {
    RtcpSenderInfo info;
    RtcpReport reports[31];
    if (packet.type == RTCP_SR &&
        rtcp_parse_reports(&packet, &info, reports, G_N_ELEMENTS(reports)) >= 0)
      uplink_sender_report(peer->uplink, &info, arrival_us);
    downlink_feedback(peer->downlink, &packet, arrival_us);
  }
  if (malformed)
    peer_refuse(peer, REFUSED_MALFORMED);
}

static void count_uplink(Peer *peer, UplinkVerdict verdict) {
  switch (verdict) {
  case UPLINK_FORWARDED:
    peer->host->counters.rtp_in++;
    break;
  case UPLINK_PADDING:
    peer->host->counters.padding++;
    break;
  case UPLINK_MALFORMED:
    peer_refuse(peer, REFUSED_MALFORMED);
    break;
  case UPLINK_UNKNOWN_SSRC:
    peer_refuse(peer, REFUSED_UNKNOWN_SSRC);
    break;
  case UPLINK_DUPLICATE:
    peer_refuse(peer, REFUSED_DUPLICATE);
    break;
  case UPLINK_EXCESS:
    peer_refuse(peer, REFUSED_EXCESS);
    break;
  }
}

void peer_receive_srtp(Peer *peer, Datagram *datagram) {
  if (!peer->association.in) {
    peer_refuse(peer, REFUSED_NO_KEYS);
    return;
  }
  bool rtcp = rtp_is_rtcp(datagram->data, datagram->len);
  if (!unprotected(peer,
                   rtcp ? srtp_unprotect_rtcp(peer->association.in, datagram->data, &datagram->len)
                        : srtp_unprotect(peer->association.in, datagram->data, &datagram->len)))
    return;
  /* From an address that no check validated it is taken, and asked there whether the peer is. */
  follow(peer, reach_heard(&peer->reach, &datagram->from, datagram->arrival_us),
         datagram->arrival_us);
  if (rtcp)
    receive_rtcp(peer, datagram->data, datagram->len, datagram->arrival_us);
  else
    count_uplink(peer,
                 uplink_receive(peer->uplink, datagram->data, datagram->len, datagram->arrival_us));
}

/* Nothing before the receiver told anything: until then it is only where estimating begins. */
static void tell_estimate(Peer *peer, int64_t now_us) {
  const Capacity *capacity = downlink_capacity(peer->downlink);
  if (!peer->subscriber || !capacity_known(capacity))
    return;
  int64_t bps = capacity_bps(capacity);
  int64_t wanted_bps = subscriber_wanted_bps(peer->subscriber);
  if (estimate_tell(&peer->estimate, bps, wanted_bps, now_us))
    peer->host->events->downlink(peer->host->user, peer, bps, wanted_bps);
}

/* While it is lost: what may make it answer. Each second the slots are opened until some sound has
 * passed; pictures would have to begin with key frames, which cost the publishers. */
static void trickle(Peer *peer, int64_t now_us, int64_t wall_us) {
  if (peer->trickles && downlink_packets(peer->downlink) != peer->trickled)
    end_trickle(peer);
  if (!paths_current(&peer->reach.paths) || now_us - peer->lost_us > TRICKLE_US) {
    end_trickle(peer);
    return;
  }
  reach_ask(&peer->reach, now_us);
  if (now_us - peer->trickled_us < TRICKLE_EACH_US)
    return;
  peer->trickled_us = now_us;
  downlink_trickle(peer->downlink, now_us, wall_us);
  if (!peer->subscriber || peer->trickles)
    return;
  peer->trickles = true;
  peer->trickled = downlink_packets(peer->downlink);
  subscriber_only_sound(peer->subscriber, true);
  subscriber_pause(peer->subscriber, false);
}

const Path *peer_path(const Peer *peer) {
  return &peer->reach.flow.path;
}

bool peer_figures(const Peer *peer, int64_t now_us, PeerFigures *figures) {
  if (!peer->begun || peer->state == PEER_CLOSED)
    return false;
  const Path *path = &peer->reach.flow.path;
  int64_t heard_us = paths_current_heard(&peer->reach.paths);
  *figures = (PeerFigures){.peer = peer->id,
                           .state = peer->state,
                           .way = !path->family ? WAY_NONE
                                  : path->tcp   ? WAY_TCP
                                                : WAY_UDP,
                           .silent_us = heard_us ? now_us - heard_us : 0,
                           .loss_up = uplink_loss(peer->uplink)};
  memcpy(figures->dropped, peer->refused, sizeof figures->dropped);
  downlink_figures(peer->downlink, figures);
  return true;
}

bool peer_tick(Peer *peer, int64_t now_us, int64_t wall_us) {
  if (!peer->begun || peer->state == PEER_CLOSED)
    return false;
  follow(peer, reach_tick(&peer->reach, now_us), now_us);
  AssociationChange change = association_tick(&peer->association, now_us);
  if (change != ASSOCIATION_SAME) {
    after_dtls(peer, change, now_us);
    return false;
  }
  if (peer->state == PEER_CONNECTING) {
    if (now_us - peer->offered_us > CONNECT_US)
      close_peer(peer, "timeout");
    else if (peer->subscriber && now_us - peer->offered_us > PREPARE_US)
      subscriber_pause(peer->subscriber, true);
    return false;
  }
  if (peer->state == PEER_LOST)
    trickle(peer, now_us, wall_us);
  if (peer->state != PEER_CONNECTED)
    return false;
  if (now_us - paths_current_heard(&peer->reach.paths) > DOUBT_US)
    reach_ask(&peer->reach, now_us);
  if (!is_reached(peer, now_us)) {
    if (now_us > peer->stranded_until_us)
      lose(peer, now_us);
    return false;
  }
  uplink_tick(peer->uplink, now_us, downlink_rtt_us(peer->downlink));
  downlink_tick(peer->downlink, now_us, wall_us);
  tell_estimate(peer, now_us);
  return uplink_receives(peer->uplink) || downlink_probes(peer->downlink);
}
