#include "peer/media.h"

#include <errno.h>
#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "peer/figures.h"
#include "peer/peer.h"
#include "peer/rooms.h"
#include "peer/strain.h"

METRIC(thinned, METRIC_GAUGE, "yishi_media_thinned_layers",
       "Temporal layers of all pictures that media threads leave out, having too much to do.");

#define TICK_US 10000
#define EARLY_US 2500 /* a turn that is there anyhow ticks: to wake up for it alone costs more */
#define PEER_TICKS 5  /* so many ticks make a round in which each peer has its own */
#define PACE_US 4000  /* while something waits for its turn */
#define ROUTER_TICK_US 20000
#define RECEIVE_MAX 256 /* datagrams of one socket before the others' turn and a flush */
#define EVENTS_MAX 32

struct Media {
  unsigned index; /* of the thread */
  Port *port;
  Ice *ice;
  PeerHost host;
  Mailbox *inbox;
  Outlet *outlet;
  Rooms *rooms;
  GHashTable *peers;  /* by number; owned */
  GHashTable *lively; /* numbers of peers that need every tick */
  int epoll;
  bool stop;
  int64_t next_tick_us, next_router_tick_us;
  int64_t next_pace_us;       /* INT64_MAX: nothing waits */
  unsigned tick;              /* of the round: 0 … PEER_TICKS - 1 */
  int64_t wall_minus_mono_us; /* fixed at the start: report times must not jump with the clock */
  Counters published;
  Strain strain;
};

/* What an epoll event is about: kind in the upper half, index or room in the lower. */
enum { ON_SOCKET, ON_TCP, ON_INBOX, ON_TAP, ON_ADDRESSES };

/* --- events of peers --- */

static void on_state(void *user, Peer *peer, PeerState state, const char *reason) {
  Media *media = user;
  outlet_state(media->outlet, peer_id(peer), state, reason);
}

static void on_slot(void *user, Peer *peer, const char *name, const TrackInfo *track) {
  Media *media = user;
  outlet_slot(media->outlet, peer_id(peer), name, track);
}

static void on_track(void *user, Peer *peer, const TrackInfo *track, bool on) {
  Media *media = user;
  outlet_track(media->outlet, local_room_id(peer_room(peer)), track, on);
}

static void on_downlink(void *user, Peer *peer, int64_t bps, int64_t wanted_bps) {
  Media *media = user;
  outlet_downlink(media->outlet, peer_id(peer), bps, wanted_bps);
}

static const PeerEvents peer_events = {
    .state = on_state, .slot = on_slot, .track = on_track, .downlink = on_downlink};

static Peer *find_peer(Media *media, uint32_t id) {
  return g_hash_table_lookup(media->peers, GUINT_TO_POINTER(id));
}

/* --- datagrams --- */

static bool find_credentials(void *user, const char ufrag[ICE_UFRAG_CHARS], const char **pwd,
                             void **owner, bool *current) {
  Media *media = user;
  Peer *peer = table_get(media->host.reach.by_ufrag, ufrag);
  *owner = peer;
  return peer && peer_password(peer, ufrag, pwd, current);
}

/* The number of the peer that asked leads the transaction (reach.c). */
static void receive_answer(Media *media, const Datagram *datagram) {
  uint32_t number;
  memcpy(&number, ice_transaction(datagram->data), sizeof number);
  Peer *peer = find_peer(media, g_ntohl(number));
  if (peer)
    peer_receive_answer(peer, datagram);
  else
    media->host.counters.checks_malformed++;
}

static void receive_check(Media *media, const Datagram *datagram) {
  Counters *counters = &media->host.counters;
  Egress *egress = media->host.reach.egress;
  IceCheck check;
  IceVerdict verdict =
      ice_receive(media->ice, datagram->data, datagram->len, &datagram->from, &check);
  switch (verdict) {
  case ICE_DROP:
    counters->checks_malformed++;
    break;
  case ICE_STRANGER:
    counters->checks_stranger++;
    break;
  case ICE_FORGED:
    counters->checks_forged++;
    break;
  case ICE_ERROR_REPLY:
    counters->checks_refused++;
    egress_send(egress, &datagram->from, check.reply, check.reply_len);
    break;
  case ICE_VALID:
    if (!peer_checked(check.owner, &datagram->from, &check, datagram->arrival_us)) {
      counters->checks_replayed++;
      break;
    }
    counters->checks++;
    egress_send(egress, &datagram->from, check.reply, check.reply_len);
    break;
  }
}

/* The sender's SSRC: RTP at byte 8, RTCP at byte 4 (RFC 3550 §5.1, §6.4). */
static Peer *peer_of_ssrc(Media *media, const Datagram *datagram) {
  size_t at = rtp_is_rtcp(datagram->data, datagram->len) ? 4 : 8;
  if (datagram->len < at + 4)
    return NULL;
  const uint8_t *data = datagram->data + at;
  uint32_t ssrc =
      (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 | (uint32_t)data[2] << 8 | data[3];
  return table_get(media->host.by_ssrc, &ssrc);
}

/* RFC 7983 §7: the first byte tells. Whose address it is goes before whose SSRC: an address is
 * somebody's who is heard there or answered there, while an SSRC anybody may take first, and many
 * clients that only receive report under the same one. */
static void on_datagram(void *user, Datagram *datagram) {
  Media *media = user;
  Counters *counters = &media->host.counters;
  uint8_t first = datagram->data[0];
  counters->datagrams_in++;
  counters->bytes_in += datagram->len;
  if (first <= 3) {
    if (ice_is_answer(datagram->data, datagram->len))
      receive_answer(media, datagram);
    else
      receive_check(media, datagram);
    return;
  }
  Peer *peer = table_get(media->host.reach.by_path, &datagram->from);
  bool media_byte = first >= 128 && first <= 191;
  if (!peer && media_byte)
    peer = peer_of_ssrc(media, datagram);
  if (!peer)
    counters->no_peer++;
  else if (media_byte)
    peer_receive_srtp(peer, datagram);
  else if (first >= 20 && first <= 63)
    peer_receive_dtls(peer, datagram);
  else
    peer_refuse(peer, REFUSED_MALFORMED);
}

static void on_tcp_closed(void *user, const Path *path) {
  Media *media = user;
  Peer *peer = table_get(media->host.reach.by_path, path);
  if (peer)
    peer_path_closed(peer, path, egress_now(media->host.reach.egress));
}

static const TcpEvents tcp_events = {.receive = on_datagram, .closed = on_tcp_closed};

/* --- rooms and peers --- */

static bool watch(Media *media, int fd, uint32_t kind, uint32_t index) {
  struct epoll_event event = {.events = EPOLLIN, .data.u64 = (uint64_t)kind << 32 | index};
  return epoll_ctl(media->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static void on_opened(void *user, unsigned socket) {
  Media *media = user;
  if (!watch(media, port_fd(media->port, socket), ON_SOCKET, socket))
    log_error("media", "socket_not_watched", "reason=%s", g_strerror(errno));
}

/* Who connects from now on is offered what there is now. */
static void take_candidates(Media *media) {
  media->host.candidates = port_candidates(media->port, &media->host.candidate_count);
}

/* What another thread says of one of its rooms. */
static void on_burst(void *data) {
  Burst *burst = data;
  const Media *media = burst_media(burst);
  rooms_receive(media->rooms, burst);
  burst_free(burst);
}

void media_room_open(Media *media, uint32_t id, bool home) {
  rooms_open(media->rooms, id, home);
}

void media_room_close(Media *media, uint32_t id) {
  rooms_close(media->rooms, id);
}

void media_room_link(Media *media, uint32_t id, const LinkEnd *end) {
  rooms_link(media->rooms, id, end);
}

void media_room_floor(Media *media, uint32_t id, uint32_t peer) {
  rooms_floor(media->rooms, id, peer);
}

void media_room_tap(Media *media, uint32_t id, int fd) {
  rooms_tap(media->rooms, id, fd);
}

void media_peer_open(Media *media, uint32_t in, uint32_t id) {
  LocalRoom *room = rooms_find(media->rooms, in);
  if (!room || find_peer(media, id))
    return;
  g_hash_table_insert(media->peers, GUINT_TO_POINTER(id),
                      peer_new(&media->host, local_room_router(room), id, room, NULL));
}

void media_peer_close(Media *media, uint32_t id) {
  g_hash_table_remove(media->peers, GUINT_TO_POINTER(id));
}

/* Judged first: only an offer that is accepted changes anything. */
static char *take_offer(Media *media, Peer *peer, const EngineOffer *offer, bool *fresh,
                        EngineError *error) {
  SdpError bad;
  Sdp *sdp = sdp_parse(offer->sdp, strlen(offer->sdp), &bad);
  if (!sdp) {
    *error = (EngineError){
        .code = "bad_sdp", .message = bad.why, .line = bad.line, .attribute = bad.attribute};
    return NULL;
  }
  Peer *of = peer;
  if (peer_is_left_for(peer, sdp, offer->connection))
    of = peer_new(&media->host, local_room_router(peer_room(peer)), peer_id(peer), peer_room(peer),
                  peer);
  *fresh = !peer_has_begun(of);
  char *answer = peer_offer(of, sdp, offer, clock_mono_us(), error);
  free(sdp);
  if (of != peer && !answer) {
    peer_free(of);
  } else if (of != peer) { /* the one before ends here */
    g_hash_table_insert(media->peers, GUINT_TO_POINTER(peer_id(of)), of);
    on_state(media, of, PEER_CONNECTING, "");
  }
  return answer;
}

void media_peer_offer(Media *media, uint32_t id, uint32_t request, const EngineOffer *offer) {
  Peer *peer = find_peer(media, id);
  EngineError error = {.code = "internal", .message = "the peer is closed", .attribute = ""};
  bool fresh = false;
  char *answer = peer ? take_offer(media, peer, offer, &fresh, &error) : NULL;
  if (!answer) {
    outlet_refusal(media->outlet, id, request, &error);
    return;
  }
  peer = find_peer(media, id);
  outlet_answer(media->outlet, id, request, answer, fresh, peer_plan(peer));
  peer_answered(peer);
}

void media_peer_mute(Media *media, uint32_t id, Source source, bool muted) {
  Peer *peer = find_peer(media, id);
  if (peer)
    peer_mute(peer, source, muted);
}

void media_peer_view(Media *media, uint32_t id, const View *views, unsigned count) {
  Peer *peer = find_peer(media, id);
  if (peer)
    peer_view(peer, views, count);
}

void media_figures(Media *media, uint32_t request) {
  GHashTableIter iter;
  void *peer;
  g_autofree PeerFigures *figures = g_new0(PeerFigures, g_hash_table_size(media->peers) + 1);
  unsigned count = 0;
  g_hash_table_iter_init(&iter, media->peers);
  while (g_hash_table_iter_next(&iter, NULL, &peer))
    if (peer_figures(peer, clock_mono_us(), &figures[count])) {
      figures[count].room = local_room_id(peer_room(peer));
      figures[count].from_here = port_is_own(media->port, peer_path(peer));
      count++;
    }
  outlet_figures(media->outlet, request, figures, count);
}

/* --- the loop --- */

static void publish_counters(Media *media) {
  const EgressStats *stats = egress_stats(media->host.reach.egress);
  Counters *counters = &media->host.counters;
  counters->datagrams_out = stats->packets;
  counters->bytes_out = stats->bytes;
  counters->dropped_out = stats->dropped;
  counters->send_calls = stats->calls;
  counters->receive_dropped = port_dropped(media->port);
  if (media->host.reach.tcp) {
    const TcpStats *tcp = tcp_stats(media->host.reach.tcp);
    counters->send_calls += tcp->calls;
    counters->tcp_opened = tcp->opened;
    counters->tcp_closed = tcp->closed;
    counters->tcp_refused = tcp->refused;
    counters->tcp_expired = tcp->expired;
    counters->tcp_broken = tcp->broken;
    counters->tcp_dropped = tcp->dropped;
  }
  counters_publish(counters, &media->published, media->index);
}

/* Hundreds of silent receivers have little to be looked after: a fifth of them each time. */
static void tick_peers(Media *media, int64_t now_us) {
  GHashTableIter iter;
  void *id, *peer;
  int64_t wall_us = now_us + media->wall_minus_mono_us;
  g_hash_table_iter_init(&iter, media->lively);
  while (g_hash_table_iter_next(&iter, &id, NULL)) {
    peer = g_hash_table_lookup(media->peers, id);
    if (!peer || !peer_tick(peer, now_us, wall_us))
      g_hash_table_iter_remove(&iter);
  }
  media->tick = (media->tick + 1) % PEER_TICKS;
  g_hash_table_iter_init(&iter, media->peers);
  while (g_hash_table_iter_next(&iter, &id, &peer)) {
    if (GPOINTER_TO_UINT(id) % PEER_TICKS != media->tick ||
        g_hash_table_contains(media->lively, id))
      continue;
    if (peer_tick(peer, now_us, wall_us))
      g_hash_table_add(media->lively, id);
  }
}

static void tick(Media *media, int64_t now_us) {
  if (media->host.reach.tcp)
    tcp_tick(media->host.reach.tcp, now_us);
  if (port_tick(media->port, now_us, on_opened, media))
    take_candidates(media);
  tick_peers(media, now_us);
  if (now_us >= media->next_router_tick_us - EARLY_US) {
    media->next_router_tick_us = MAX(media->next_router_tick_us, now_us) + ROUTER_TICK_US;
    rooms_tick(media->rooms, now_us);
  }
  publish_counters(media);
}

static void relieve(Media *media, unsigned before) {
  unsigned relief = media->strain.relief;
  rooms_relieve(media->rooms, relief);
  metric_add(&thinned, (int64_t)relief - (int64_t)before);
  if (relief > before)
    log_warn("media", "pressed", "layers_left_out=%u", relief);
  else
    log_info("media", "eased", "layers_left_out=%u", relief);
}

/* When to look again at what waits for its turn. */
static void watch_paced(Media *media, int64_t now_us) {
  if (media->next_pace_us == INT64_MAX && rooms_paces(media->rooms))
    media->next_pace_us = now_us + PACE_US;
}

/* What this turn brought in goes out together, and what had to wait for its turn. */
static void send_on(Media *media, int64_t now_us) {
  bool due = now_us >= media->next_pace_us;
  rooms_send(media->rooms, due, now_us);
  if (due)
    media->next_pace_us = INT64_MAX;
  watch_paced(media, now_us);
}

static void turn(Media *media) {
  struct epoll_event events[EVENTS_MAX];
  int64_t begun_us = clock_mono_us();
  int64_t wait_us = MIN(media->next_tick_us, media->next_pace_us) - begun_us;
  int64_t rest_us = MIN(media->strain.rest_us, wait_us);
  if (rest_us > 0) {
    g_usleep((gulong)rest_us);
    wait_us -= rest_us;
  }
  int wait_ms = wait_us <= 0 ? 0 : (int)((wait_us + 999) / 1000);
  int count = epoll_wait(media->epoll, events, EVENTS_MAX, wait_ms);
  int64_t now_us = clock_mono_us();
  unsigned relief = media->strain.relief;
  uint64_t datagrams = media->host.counters.datagrams_in;
  if (strain_waited(&media->strain, now_us - begun_us, datagrams, now_us))
    relieve(media, relief);
  egress_set_now(media->host.reach.egress, now_us);
  for (int i = 0; i < count; i++) {
    uint32_t index = (uint32_t)events[i].data.u64;
    switch (events[i].data.u64 >> 32) {
    case ON_SOCKET:
      if (port_fd(media->port, index) < 0)
        break; /* closed in this turn */
      port_receive(media->port, index, RECEIVE_MAX, on_datagram, media);
      break;
    case ON_TCP:
      tcp_turn(media->host.reach.tcp, clock_mono_us());
      break;
    case ON_INBOX:
      mailbox_drain(media->inbox);
      break;
    case ON_ADDRESSES:
      port_refresh(media->port, on_opened, media);
      take_candidates(media);
      break;
    case ON_TAP:
      rooms_read_tap(media->rooms, index, clock_mono_us());
      break;
    default:
      g_assert_not_reached();
    }
  }
  send_on(media, clock_mono_us());
  now_us = clock_mono_us();
  if (now_us >= media->next_tick_us - EARLY_US) {
    media->next_tick_us = MAX(media->next_tick_us, now_us) + TICK_US;
    egress_set_now(media->host.reach.egress, now_us);
    tick(media, now_us);
    watch_paced(media, now_us); /* it may have let something begin */
  }
  rooms_flush(media->rooms, now_us);
  egress_flush(media->host.reach.egress);
}

void media_run(Media *media) {
  metric_register(&thinned);
  strain_init(&media->strain, clock_mono_us());
  media->next_pace_us = INT64_MAX;
  while (!media->stop)
    turn(media);
  rooms_close_all(media->rooms);
  egress_flush(media->host.reach.egress);
  publish_counters(media);
}

void media_stop(Media *media) {
  media->stop = true;
}

static void free_peer(void *peer) {
  peer_free(peer);
}

Media *media_new(const Config *config, unsigned index, Mailbox *inbox, Outlet *outlet,
                 GError **error) {
  Media *media = g_new0(Media, 1);
  unsigned number = config->media_port ? (unsigned)config->media_port + index : 0;
  media->index = index;
  counters_register(index);
  media->inbox = inbox;
  media->outlet = outlet;
  media->epoll = epoll_create1(EPOLL_CLOEXEC);
  media->lively = g_hash_table_new(g_direct_hash, g_direct_equal);
  media->peers = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, free_peer);
  media->wall_minus_mono_us = clock_wall_ms() * 1000 - clock_mono_us();
  PeerHost *host = &media->host;
  host->pool = packet_pool_new();
  media->rooms = rooms_new(&(RoomsHost){index, host->pool, media->peers, outlet, on_burst,
                                        media->epoll, (uint64_t)ON_TAP << 32});
  host->reach.by_path = table_new(sizeof(Path));
  host->reach.by_ufrag = table_new(ICE_UFRAG_CHARS);
  host->by_ssrc = table_new(sizeof(uint32_t));
  host->video_slots_max = (unsigned)config->video_slots_max;
  host->next_track = index + 1;
  host->track_step = (uint32_t)config->media_threads;
  host->events = &peer_events;
  host->user = media;
  media->ice = ice_new(find_credentials, media);
  media->port = port_new(config->media_addresses, config->media_announce, number, config->media_gso,
                         config->media_tcp, error);
  host->dtls = media->port ? dtls_context_new(DTLS_SERVER, error) : NULL;
  if (!host->dtls) {
    media_free(media);
    return NULL;
  }
  host->reach.egress = port_egress(media->port);
  host->reach.tcp = port_tcp(media->port);
  host->candidates = port_candidates(media->port, &host->candidate_count);
  bool watched = watch(media, mailbox_fd(inbox), ON_INBOX, 0);
  for (unsigned i = 0; i < PORT_SOCKETS_MAX; i++)
    if (port_fd(media->port, i) >= 0)
      watched = watch(media, port_fd(media->port, i), ON_SOCKET, i) && watched;
  if (port_watch_fd(media->port) >= 0)
    watched = watch(media, port_watch_fd(media->port), ON_ADDRESSES, 0) && watched;
  if (host->reach.tcp) {
    tcp_set_events(host->reach.tcp, &tcp_events, media);
    watched = watch(media, tcp_fd(host->reach.tcp), ON_TCP, 0) && watched;
  }
  if (!watched) {
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "epoll: %s", g_strerror(errno));
    media_free(media);
    return NULL;
  }
  return media;
}

void media_free(Media *media) {
  if (!media)
    return;
  g_assert(g_hash_table_size(media->peers) == 0);
  rooms_free(media->rooms);
  g_hash_table_unref(media->peers);
  g_hash_table_unref(media->lively);
  port_free(media->port);
  dtls_context_free(media->host.dtls);
  ice_free(media->ice);
  table_free(media->host.reach.by_path);
  table_free(media->host.reach.by_ufrag);
  table_free(media->host.by_ssrc);
  packet_pool_free(media->host.pool);
  close(media->epoll);
  g_free(media);
}

unsigned media_port(const Media *media) {
  return port_number(media->port);
}
