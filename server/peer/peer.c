#include "peer/peer.h"

#include <glib.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/log.h"
#include "peer/downlink.h"
#include "peer/estimate.h"
#include "peer/paths.h"
#include "peer/uplink.h"
#include "wire/rtcp.h"
#include "wire/rtp.h"

#define CONNECT_US 30000000
#define LOST_US                                                                                    \
  8000000 /* Firefox checks every 5 s; media to a vanished client ends within 10 s                 \
           */
/* So long key frames are kept fresh for somebody who is connecting: an offer alone must not cost
 * the publishers much. */
#define PREPARE_US 5000000
#define OLD_CREDENTIALS_US 30000000 /* checks of the old generation are in flight for a while */

struct Peer {
  PeerHost *host;
  Router *router;
  void *room;
  uint32_t id;
  PeerState state;
  bool begun; /* the first offer was accepted */
  int64_t offered_us;

  IceCredentials credentials, old_credentials; /* old: ufrag empty when there is none */
  int64_t old_until_us;
  Paths paths;
  EgressFlow flow;
  Dtls *dtls;
  Srtp *srtp_in, *srtp_out;

  uint64_t session;
  unsigned version;
  MediaPlan plan;
  Uplink *uplink;
  Downlink *downlink;
  Subscriber *subscriber;
  Track *tracks[SOURCE_COUNT];
  bool muted[SOURCE_COUNT];
  unsigned view_count;
  bool viewed;
  View view[VIDEO_SLOTS_MAX];
  Estimate estimate;
};

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
  /* Nothing is sent to a client that is gone. */
  if (peer->downlink)
    downlink_set_srtp(peer->downlink, state == PEER_CONNECTED ? peer->srtp_out : NULL);
  if (peer->subscriber) {
    subscriber_pause(peer->subscriber, state != PEER_CONNECTED);
    subscriber_hold(peer->subscriber, false);
  }
  peer->host->events->state(peer->host->user, peer, state, reason);
}

static void send_handshake(void *user, const uint8_t *data, size_t len) {
  Peer *peer = user;
  if (!peer->flow.path.family || len > EGRESS_DATAGRAM_MAX)
    return;
  memcpy(egress_reserve(peer->host->egress, len), data, len);
  egress_commit(peer->host->egress, &peer->flow, len);
}

static void use_credentials(Peer *peer, const IceCredentials *credentials) {
  peer->credentials = *credentials;
  table_put(peer->host->by_ufrag, peer->credentials.ufrag, peer);
}

static void forget_credentials(Peer *peer, IceCredentials *credentials) {
  if (credentials->ufrag[0])
    table_remove(peer->host->by_ufrag, credentials->ufrag, peer);
  memset(credentials, 0, sizeof *credentials);
}

static void drop_path(Peer *peer, const Path *path) {
  table_remove(peer->host->by_path, path, peer);
  if (path->tcp)
    tcp_hang_up(peer->host->tcp, path);
}

/* Ends all that the connection holds. */
static void disconnect(Peer *peer) {
  if (peer->subscriber)
    router_remove_subscriber(peer->router, peer->subscriber);
  peer->subscriber = NULL;
  uplink_free(peer->uplink); /* ends the tracks */
  peer->uplink = NULL;
  downlink_free(peer->downlink);
  peer->downlink = NULL;
  dtls_free(peer->dtls); /* may send close_notify */
  peer->dtls = NULL;
  if (peer->flow.queued)
    egress_flush(peer->host->egress);
  srtp_free(peer->srtp_in);
  srtp_free(peer->srtp_out);
  peer->srtp_in = peer->srtp_out = NULL;
  for (unsigned i = 0; i < peer->paths.count; i++)
    drop_path(peer, &peer->paths.seen[i].path);
  memset(&peer->paths, 0, sizeof peer->paths);
  memset(&peer->flow, 0, sizeof peer->flow);
  forget_credentials(peer, &peer->credentials);
  forget_credentials(peer, &peer->old_credentials);
  memset(&peer->plan, 0, sizeof peer->plan);
  peer->estimate = (Estimate){0};
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
  if (before) {
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

static void begin(Peer *peer, Dtls *dtls, const IceCredentials *credentials, int64_t now_us) {
  peer->begun = true;
  peer->offered_us = now_us;
  peer->dtls = dtls;
  peer->uplink = uplink_new(&peer->plan, peer->host->pool, &uplink_sink, peer);
  peer->downlink = downlink_new(&peer->plan, peer->host->egress, &peer->flow, on_assigned, peer);
  use_credentials(peer, credentials);
}

static void restart_ice(Peer *peer, const IceCredentials *credentials, int64_t now_us) {
  forget_credentials(peer, &peer->old_credentials);
  peer->old_credentials = peer->credentials;
  peer->old_until_us = now_us + OLD_CREDENTIALS_US;
  use_credentials(peer, credentials);
}

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
  IceCredentials credentials = peer->credentials;
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
  Dtls *dtls = peer->begun ? NULL
                           : dtls_new(peer->host->dtls, plan->remote_hash, plan->remote_fingerprint,
                                      send_handshake, peer);
  if (!peer->begun && !dtls) {
    free(text);
    *error = (EngineError){.code = "bad_sdp",
                           .attribute = "fingerprint",
                           .message = "the fingerprint is none of SHA-256, SHA-384 or SHA-512"};
    return NULL;
  }
  /* From here on it is accepted. */
  peer->plan = *plan;
  peer->version++;
  if (!peer->begun)
    begin(peer, dtls, &credentials, now_us);
  else if (restart)
    restart_ice(peer, &credentials, now_us);
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
  *current = memcmp(peer->credentials.ufrag, ufrag, ICE_UFRAG_CHARS) == 0;
  if (!*current && memcmp(peer->old_credentials.ufrag, ufrag, ICE_UFRAG_CHARS) != 0)
    return false;
  *pwd = *current ? peer->credentials.pwd : peer->old_credentials.pwd;
  return true;
}

static bool is_silent(const Peer *peer, int64_t now_us) {
  return now_us - paths_current_heard(&peer->paths) > LOST_US;
}

static void heard(Peer *peer, int64_t now_us) {
  if (peer->state != PEER_LOST || is_silent(peer, now_us))
    return;
  set_state(peer, PEER_CONNECTED, "");
  ensure_subscriber(peer); /* its slots may have been offered meanwhile */
  downlink_restart(peer->downlink, now_us);
  uplink_keyframes(peer->uplink);
}

static void use_path(Peer *peer, const Path *path) {
  if (peer->flow.queued)
    egress_flush(peer->host->egress);
  peer->flow.path = *path;
}

static void move(Peer *peer, const Path *path, int64_t now_us) {
  char text[PATH_TEXT_BYTES];
  use_path(peer, path);
  peer->host->counters.moves++;
  log_debug("peer", "moved", "peer=%u to=%s", peer->id, path_text(path, text));
  /* What was on its way is lost, in both directions. */
  uplink_keyframes(peer->uplink);
  downlink_restart(peer->downlink, now_us);
}

void peer_checked(Peer *peer, const Path *path, bool nominated, bool current, int64_t now_us) {
  Path dropped;
  PathsVerdict verdict = paths_check(&peer->paths, path, nominated && current, now_us, &dropped);
  if (dropped.family)
    drop_path(peer, &dropped);
  table_put(peer->host->by_path, path,
            peer); /* even if known: somebody else may have had it since */
  if (verdict == PATHS_FIRST)
    use_path(peer, path);
  else if (verdict == PATHS_MOVED)
    move(peer, path, now_us);
  heard(peer, now_us);
}

void peer_path_closed(Peer *peer, const Path *path, int64_t now_us) {
  table_remove(peer->host->by_path, path, peer);
  switch (paths_closed(&peer->paths, path)) {
  case PATHS_UNUSED:
    break;
  case PATHS_REPLACED:
    move(peer, paths_current(&peer->paths), now_us);
    break;
  case PATHS_NONE:
    use_path(peer, &(Path){0});
    if (peer->state == PEER_CONNECTED)
      set_state(peer, PEER_LOST, "");
    break;
  }
}

/* --- DTLS --- */

static void on_connected(Peer *peer, int64_t now_us) {
  DtlsKeys keys;
  if (dtls_keys(peer->dtls, &keys)) {
    peer->srtp_in = srtp_new(keys.profile, keys.remote_key, keys.remote_salt);
    peer->srtp_out = srtp_new(keys.profile, keys.local_key, keys.local_salt);
    OPENSSL_cleanse(&keys, sizeof keys);
  }
  if (!peer->srtp_in || !peer->srtp_out) {
    peer->host->counters.handshakes_failed++;
    close_peer(peer, "srtp_profile");
    return;
  }
  peer->host->counters.handshakes++;
  log_debug("peer", "connected", "peer=%u after_ms=%d", peer->id,
            (int)((now_us - peer->offered_us) / 1000));
  set_state(peer, PEER_CONNECTED, "");
}

static void after_dtls(Peer *peer, DtlsState before, int64_t now_us) {
  switch (dtls_state(peer->dtls)) {
  case DTLS_HANDSHAKE:
    break;
  case DTLS_CONNECTED:
    if (before == DTLS_HANDSHAKE)
      on_connected(peer, now_us);
    break;
  case DTLS_FAILED:
    peer->host->counters.handshakes_failed++;
    log_limited(LOG_INFO, "peer", "dtls_failed", "peer=%u reason=%s", peer->id,
                log_q(dtls_reason(peer->dtls)));
    close_peer(peer, dtls_is_stranger(peer->dtls) ? "fingerprint" : "handshake");
    break;
  case DTLS_CLOSED:
    close_peer(peer, "bye");
    break;
  }
}

void peer_receive_dtls(Peer *peer, const Datagram *datagram) {
  if (!peer->dtls)
    return;
  DtlsState before = dtls_state(peer->dtls);
  dtls_receive(peer->dtls, datagram->data, datagram->len);
  after_dtls(peer, before, datagram->arrival_us);
}

/* --- SRTP --- */

static bool unprotected(Peer *peer, SrtpStatus status) {
  Counters *counters = &peer->host->counters;
  switch (status) {
  case SRTP_OK:
    return true;
  case SRTP_REPLAY:
    counters->replayed++;
    return false;
  case SRTP_AUTHENTICATION:
  case SRTP_UNENCRYPTED:
    counters->unauthentic++;
    return false;
  default:
    counters->malformed++;
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
    peer->host->counters.malformed++;
}

static void count_uplink(Counters *counters, UplinkVerdict verdict) {
  switch (verdict) {
  case UPLINK_FORWARDED:
    counters->rtp_in++;
    break;
  case UPLINK_PADDING:
    counters->padding++;
    break;
  case UPLINK_MALFORMED:
    counters->malformed++;
    break;
  case UPLINK_UNKNOWN_SSRC:
    counters->unknown_ssrc++;
    break;
  case UPLINK_DUPLICATE:
    counters->duplicate++;
    break;
  }
}

void peer_receive_srtp(Peer *peer, Datagram *datagram) {
  if (!peer->srtp_in) {
    peer->host->counters.no_keys++;
    return;
  }
  bool rtcp = rtp_is_rtcp(datagram->data, datagram->len);
  if (!unprotected(peer, rtcp ? srtp_unprotect_rtcp(peer->srtp_in, datagram->data, &datagram->len)
                              : srtp_unprotect(peer->srtp_in, datagram->data, &datagram->len)))
    return;
  /* From an address that no check validated it is taken, but the peer is not moved: the address in
   * use stays silent, so that the next check moves it. */
  paths_heard(&peer->paths, &datagram->from, datagram->arrival_us);
  heard(peer, datagram->arrival_us);
  if (rtcp)
    receive_rtcp(peer, datagram->data, datagram->len, datagram->arrival_us);
  else
    count_uplink(&peer->host->counters,
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

bool peer_tick(Peer *peer, int64_t now_us, int64_t wall_us) {
  if (!peer->begun || peer->state == PEER_CLOSED)
    return false;
  if (peer->old_credentials.ufrag[0] && now_us >= peer->old_until_us)
    forget_credentials(peer, &peer->old_credentials);
  if (peer->state == PEER_CONNECTING) {
    DtlsState before = dtls_state(peer->dtls);
    dtls_tick(peer->dtls);
    if (dtls_state(peer->dtls) != before)
      after_dtls(peer, before, now_us);
    else if (now_us - peer->offered_us > CONNECT_US)
      close_peer(peer, "timeout");
    else if (peer->subscriber && now_us - peer->offered_us > PREPARE_US)
      subscriber_pause(peer->subscriber, true);
    return false;
  }
  if (peer->state != PEER_CONNECTED)
    return false;
  if (is_silent(peer, now_us)) {
    set_state(peer, PEER_LOST, "");
    return false;
  }
  uplink_tick(peer->uplink, now_us, downlink_rtt_us(peer->downlink));
  downlink_tick(peer->downlink, now_us, wall_us);
  tell_estimate(peer, now_us);
  return uplink_receives(peer->uplink) || downlink_probes(peer->downlink);
}
