/* One member's whole way in: offers, one after the other on one connection, with packets between
 * them, through negotiate, demux, uplink, tracks, forwarders and tap. The input is a list of
 * commands, see the switch at the end. Nothing of it may stop the server; what comes out must be
 * whole:
 *  - a layer's packets never have the same number twice, over all its SSRCs and epochs;
 *  - what a slot sends goes on from number to number: a change of layer or epoch makes no gap, and
 *    a picture's begins with a key frame;
 *  - the tap says nothing that its reader cannot read, and numbers each track in one go. */
#include "fuzz.h"

#include <glib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "peer/negotiate.h"
#include "peer/receive.h"
#include "peer/uplink.h"
#include "router/ring.h"
#include "router/router.h"
#include "wire/tapwire.h"

#define SLOTS 5 /* a0 a1 a2 v0 s0 */
/* From number to number: over what was lost, RECEIVE_GAP_BURST, else it is a new epoch; and from a
 * key frame that comes late, with which somebody begins, over what came before it and is not held
 * any more. */
#define GAP_MAX (RING_PACKETS + RECEIVE_GAP_BURST)
#define COMMANDS_MAX 400        /* an input's: libFuzzer likes short runs */
#define KEPT 256                /* numbers of a layer that are remembered */
#define TRACKS_MAX COMMANDS_MAX /* each begins with a packet */

static const uint8_t *at, *end;

static unsigned byte(void) {
  return at < end ? *at++ : 0;
}

typedef struct {
  bool known;
  uint32_t ssrc;
  uint16_t epoch, newest;
  uint8_t layer;
} Sent;

typedef struct {
  bool known;
  uint16_t epoch;
  uint64_t highest, seen[KEPT];
} Layered;

typedef struct {
  uint32_t id;
  bool known;
  uint16_t newest;
} Tapped;

typedef struct {
  MediaPlan plan;
  PacketPool *pool;
  Router *router;
  Uplink *uplink;
  UplinkLimits limits;
  Subscriber *subscriber;
  Track *tracks[SOURCE_COUNT];
  unsigned layers[SOURCE_COUNT];
  Layered layered[SOURCE_COUNT][LAYERS_MAX];
  Sent sent[SLOTS];
  Tap *tap;
  int worker;
  Tapped tapped[TRACKS_MAX];
  unsigned tapped_count;
  uint32_t next_track, ssrcs;
  int64_t now_us;
} World;

/* --- what comes out --- */

static void on_begin(void *user, Source source, uint32_t clock_rate, unsigned layers) {
  World *world = user;
  MUST(!world->tracks[source] && layers >= 1 && layers <= LAYERS_MAX);
  TrackInfo info = {.id = ++world->next_track,
                    .peer = 1,
                    .source = source,
                    .clock_rate = clock_rate,
                    .layers = layers};
  world->tracks[source] = router_add_track(world->router, &info);
  world->layers[source] = layers;
}

static void on_media(void *user, Source source, Packet *packet) {
  World *world = user;
  MUST(world->tracks[source] && packet->layer < world->layers[source]);
  Layered *layered = &world->layered[source][packet->layer];
  MUST(!layered->known || packet->epoch == layered->epoch || packet->sequence > layered->highest);
  uint64_t *seen = &layered->seen[packet->sequence % KEPT];
  MUST(*seen != packet->sequence + 1);
  *seen = packet->sequence + 1;
  layered->highest = layered->known ? MAX(layered->highest, packet->sequence) : packet->sequence;
  layered->epoch = packet->epoch;
  layered->known = true;
  track_receive(world->tracks[source], packet);
}

static void on_end(void *user, Source source) {
  World *world = user;
  MUST(world->tracks[source]);
  router_remove_track(world->router, world->tracks[source]);
  world->tracks[source] = NULL;
}

static void on_ssrc(void *user, uint32_t ssrc, bool on) {
  World *world = user;
  MUST(on || world->ssrcs > 0);
  world->ssrcs += on ? 1 : -1u;
}

static void on_rtcp(void *user, const uint8_t *data, size_t len) {
  RtcpReader reader;
  RtcpPacket packet;
  bool malformed = false;
  rtcp_reader_init(&reader, data, len);
  while (rtcp_next(&reader, &packet, &malformed))
    ;
  MUST(!malformed);
}

static const UplinkSink uplink_sink = {on_begin, on_media, on_end, on_ssrc, on_rtcp};

static bool on_send(void *user, unsigned slot, const SlotPacket *packet) {
  World *world = user;
  uint8_t payload[PACKET_MAX_BYTES];
  MUST(slot < SLOTS && packet->payload_len <= sizeof payload);
  slot_packet_write(packet, payload);
  if (packet->retransmit)
    return true;
  Sent *sent = &world->sent[slot];
  const Packet *in = packet->packet;
  bool goes_on = sent->known && sent->ssrc == in->rtp.ssrc && sent->epoch == in->epoch &&
                 sent->layer == in->layer;
  MUST(slot < AUDIO_SLOTS || goes_on || in->vp8.keyframe);
  uint16_t ahead = (uint16_t)(packet->sequence - sent->newest);
  MUST(!sent->known || (goes_on ? ahead <= GAP_MAX || ahead >= 0x8000 : ahead == 1));
  if (!sent->known || ahead < 0x8000)
    sent->newest = packet->sequence;
  sent->known = true;
  sent->ssrc = in->rtp.ssrc;
  sent->epoch = in->epoch;
  sent->layer = in->layer;
  return true;
}

static const SlotSink slot_sink = {.send = on_send};
static const RouterEvents router_events = {.keyframe = NULL};

static void read_packet(World *world, const TapMessage *message) {
  RtpHeader rtp;
  MUST(rtp_parse(message->body, message->body_len, true, &rtp));
  Tapped *tapped = NULL;
  for (unsigned i = 0; i < world->tapped_count; i++)
    if (world->tapped[i].id == message->track)
      tapped = &world->tapped[i];
  MUST(tapped); /* announced */
  uint16_t ahead = (uint16_t)(rtp.sequence - tapped->newest);
  MUST(!tapped->known || ahead <= GAP_MAX || ahead >= 0x8000);
  if (!tapped->known || ahead < 0x8000)
    tapped->newest = rtp.sequence;
  tapped->known = true;
}

static void read_tap(World *world) {
  uint8_t data[TAP_MESSAGE_MAX];
  ssize_t len;
  while (world->tap && (len = recv(world->worker, data, sizeof data, MSG_DONTWAIT)) > 0) {
    TapMessage message;
    MUST(tapwire_parse(data, (size_t)len, &message));
    if (message.type == TAP_TRACK) {
      MUST(world->tapped_count < TRACKS_MAX);
      world->tapped[world->tapped_count++] = (Tapped){.id = message.track};
    } else if (message.type == TAP_RTP) {
      read_packet(world, &message);
    }
  }
}

static void begin_tap(World *world) {
  int ends[2];
  MUST(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
  world->worker = ends[1];
  world->tapped_count = 0;
  world->tap = router_add_tap(world->router, ends[0]);
}

static void end_tap(World *world) {
  router_remove_tap(world->router, world->tap);
  close(world->worker);
  world->tap = NULL;
}

/* --- what goes in --- */

static void take_offer(World *world, const char *text, size_t len) {
  static const NegotiateSelf self = {.ufrag = "abcdefgh",
                                     .pwd = "0123456789abcdefghijklmnopqrstuv",
                                     .fingerprint = "00:11",
                                     .session = 7,
                                     .version = 1,
                                     .video_slots_max = 1};
  /* By place: microphone, camera, screen, its sound. */
  static const Source order[] = {SOURCE_MIC, SOURCE_CAMERA, SOURCE_SCREEN, SOURCE_SCREEN_AUDIO};
  SdpError why;
  Sdp *offer = sdp_parse(text, len, &why);
  if (!offer)
    return;
  EngineSource sources[G_N_ELEMENTS(order)] = {0};
  unsigned count = 0;
  for (unsigned i = 0; i < MIN(offer->media_count, G_N_ELEMENTS(order)); i++) {
    g_strlcpy(sources[count].mid, offer->media[i].mid, sizeof sources[count].mid);
    sources[count++].source = order[i];
  }
  EngineError error = {0};
  char *answer =
      negotiate(offer, &(EngineOffer){text, NULL, sources, count}, &self, &world->plan, &error);
  if (answer)
    uplink_replan(world->uplink);
  free(answer);
  free(offer);
}

static void write_line(GString *sdp, unsigned place) {
  static const char *const rids[2][3] = {{"l", "m", "h"}, {"0", "1", "2"}};
  bool video = place == 1 || place == 2;
  unsigned bits = byte(), more = byte();
  unsigned type = (video ? 96 : 111) + (more & 1), layers = video ? bits >> 6 : 0;
  g_string_append_printf(sdp,
                         "m=%s %u UDP/TLS/RTP/SAVPF %u %u\r\nc=IN IP4 0.0.0.0\r\na=mid:%u\r\n"
                         "a=ice-ufrag:83NW\r\na=ice-pwd:2nj38YWvw+HNtY90PYv3A7bW\r\n"
                         "a=fingerprint:sha-256 54:8A\r\na=setup:actpass\r\na=rtcp-mux\r\n",
                         video ? "video" : "audio", bits & 1 ? 9 : 0, type, type + 2, place);
  g_string_append(sdp, bits & 2   ? "a=sendonly\r\n"
                       : bits & 4 ? "a=recvonly\r\n"
                                  : "a=inactive\r\n");
  g_string_append_printf(sdp, "a=rtpmap:%u %s\r\n", type, video ? "VP8/90000" : "opus/48000/2");
  if (bits & 8)
    g_string_append_printf(sdp, "a=rtcp-fb:%u nack\r\na=rtcp-fb:%u transport-cc\r\n", type, type);
  if (bits & 16 && video)
    g_string_append_printf(sdp, "a=rtpmap:%u rtx/90000\r\na=fmtp:%u apt=%u\r\n", type + 2, type + 2,
                           type);
  if (bits & 16 && !video)
    g_string_append_printf(sdp, "a=rtpmap:%u red/48000/2\r\n", type + 2);
  if (bits & 32)
    g_string_append(sdp, "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
                         "a=extmap:5 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n"
                         "a=extmap:6 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id\r\n"
                         "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n"
                         "a=extmap:3 http://www.ietf.org/id/"
                         "draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n");
  const char *const *names = rids[more >> 1 & 1];
  for (unsigned i = 0; i < layers; i++)
    g_string_append_printf(sdp, "a=rid:%s send\r\n", names[i]);
  if (layers)
    g_string_append_printf(sdp, "a=simulcast:send %s%s%s%s%s\r\n", names[0], layers > 1 ? ";" : "",
                           layers > 1 ? names[1] : "", layers > 2 ? ";" : "",
                           layers > 2 ? names[2] : "");
  if (more & 4)
    g_string_append_printf(sdp,
                           "a=ssrc-group:FID %u %u\r\na=ssrc:%u cname:a\r\na=ssrc:%u cname:a\r\n",
                           20 + (more >> 4), 40 + (more >> 4), 20 + (more >> 4), 40 + (more >> 4));
}

/* As a page would make it, each m-line with two bytes of choices. */
static void make_offer(World *world) {
  g_autoptr(GString) sdp = g_string_new("v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n");
  unsigned lines = 1 + byte() % 4;
  g_string_append(sdp, "a=group:BUNDLE");
  for (unsigned i = 0; i < lines; i++)
    g_string_append_printf(sdp, " %u", i);
  g_string_append(sdp, "\r\n");
  for (unsigned i = 0; i < lines; i++)
    write_line(sdp, i);
  take_offer(world, sdp->str, sdp->len);
}

/* A text up to a NUL. */
static void copy_offer(World *world) {
  const uint8_t *nul = at < end ? memchr(at, 0, (size_t)(end - at)) : NULL;
  const uint8_t *stop = nul ? nul : end;
  take_offer(world, (const char *)at, (size_t)(stop - at));
  at = nul ? nul + 1 : end;
}

static void add_text(RtpExtensionWriter *writer, uint8_t id, unsigned choice, const char *names) {
  if (choice)
    rtp_extension_add(writer, id, &names[(choice - 1) % strlen(names)], 1);
}

/* Its payload: VP8 with a key frame or without, RED, RTX of something, or bytes of the input. */
static size_t write_payload(uint8_t *out) {
  static const uint8_t picture[] = {0x90, 0xe0, 0x81, 0x00, 0x00, 0x00, 0x10, 0x00, 0x00,
                                    0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01, 0x00};
  unsigned kind = byte();
  size_t len = 0;
  if (kind & 1) { /* RTX: the number that it repairs */
    out[len++] = (uint8_t)byte();
    out[len++] = (uint8_t)byte();
  }
  if (kind & 2) {
    uint8_t *vp8 = out + len;
    memcpy(vp8, picture, sizeof picture);
    len += sizeof picture;
    vp8[3] = (uint8_t)byte();        /* picture id */
    vp8[5] = (uint8_t)(kind & 0xe0); /* temporal layer, sync */
    vp8[6] = kind & 4 ? 0x10 : 0x11; /* key frame or not */
    vp8[0] = kind & 8 ? 0x90 : 0x80; /* start of partition */
  } else {
    for (unsigned n = kind >> 3; n > 0; n--)
      out[len++] = (uint8_t)byte();
  }
  return len;
}

static void send_packet(World *world) {
  static const uint8_t types[] = {96, 97, 98, 99, 111, 112, 113, 114};
  uint8_t data[256] = {0};
  unsigned which = byte(), names = byte(), more = byte();
  RtpHeader header = {.payload_type = types[which & 7],
                      .ssrc = 20 + (which >> 3),
                      .marker = more & 1,
                      .sequence = (uint16_t)(byte() << 8)};
  header.sequence = (uint16_t)(header.sequence | byte());
  header.timestamp = byte() << 12;
  rtp_write(data, &header);
  RtpExtensionWriter writer;
  rtp_extension_begin(&writer, data, 64);
  add_text(&writer, 4, names & 7, "0123");
  add_text(&writer, 5, names >> 3 & 7, "lmh012");
  add_text(&writer, 6, more >> 1 & 7, "lmh012");
  if (names & 64)
    rtp_extension_add(&writer, 1, &(uint8_t){(uint8_t)byte()}, 1);
  if (names & 128)
    rtp_extension_add(&writer, 3, (uint8_t[]){0, (uint8_t)byte()}, 2);
  size_t len = RTP_HEADER_BYTES + rtp_extension_end(&writer);
  len += write_payload(data + len);
  if (more & 128) { /* padding, perhaps more than there is */
    data[0] |= 0x20;
    data[len++] = (uint8_t)byte();
  }
  world->now_us += (more >> 4 & 7) * 1000;
  uint8_t *exact = g_memdup2(data, len);
  uplink_receive(world->uplink, exact, len, world->now_us);
  g_free(exact);
}

static void send_report(World *world) {
  RtcpSenderInfo info = {.ssrc = 20 + byte() % 32,
                         .ntp = (uint64_t)byte() << 36 | (uint64_t)byte() << 24,
                         .rtp_timestamp = byte() << 16};
  uplink_sender_report(world->uplink, &info, world->now_us);
}

static void pass_time(World *world) {
  unsigned choice = byte(), ticks = 1 + choice % 8;
  router_send_trains(world->router);
  for (unsigned i = 0; i < ticks; i++) {
    world->now_us += 20000 * (1 + (choice >> 3)); /* a fast thread's ticks, or a slow one's */
    uplink_tick(world->uplink, world->now_us, 30000);
    router_tick(world->router, world->now_us);
    router_pace(world->router, world->now_us);
  }
}

/* What the server and the others do meanwhile. */
static void others(World *world) {
  unsigned what = byte();
  Source source = (Source)(what >> 4 & 3);
  switch (what & 7) {
  case 0:
  case 1:
    if (world->tracks[source])
      track_set_muted(world->tracks[source], what & 1);
    break;
  case 2:
    world->tap ? end_tap(world) : begin_tap(world);
    break;
  case 3:
    subscriber_keyframe(world->subscriber, (what >> 3) % SLOTS, world->now_us);
    break;
  case 4: {
    RepairAsk ask = {.rtt_us = 30000, .budget_bps = INT64_MAX, .now_us = world->now_us};
    unsigned slot = (what >> 3) % SLOTS;
    subscriber_repair(world->subscriber, slot, (uint16_t)(world->sent[slot].newest - byte() % 64),
                      &ask);
    break;
  }
  case 5:
    subscriber_pause(world->subscriber, what & 8);
    break;
  case 6:
    subscriber_set_view(world->subscriber,
                        &(View){1, (uint16_t)(what & 0xf8), (uint16_t)(what & 0xf8)}, 1);
    break;
  case 7:
    subscriber_set_budget(world->subscriber, what * INT64_C(20000), what * INT64_C(40000),
                          what & 8);
    break;
  }
}

static void run(World *world) {
  for (unsigned i = 0; at < end && i < COMMANDS_MAX; i++) {
    unsigned command = byte();
    switch (command & 7) {
    case 0:
      make_offer(world);
      break;
    case 1:
      copy_offer(world);
      break;
    case 2:
      pass_time(world);
      break;
    case 3:
      others(world);
      break;
    case 4:
      send_report(world);
      break;
    default:
      send_packet(world);
    }
    if (command & 8)
      router_send_trains(world->router);
    read_tap(world);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  at = data;
  end = data + len;
  World *world = g_new0(World, 1);
  world->now_us = 1000000;
  world->pool = packet_pool_new();
  world->router = router_new(&router_events, world);
  world->uplink = uplink_new(&world->plan, world->pool, &world->limits, &uplink_sink, world);
  world->subscriber = router_add_subscriber(world->router, 2, 1, false, &slot_sink, world);
  begin_tap(world);
  run(world);
  uplink_free(world->uplink);
  MUST(world->ssrcs == 0);
  router_send_trains(world->router);
  read_tap(world);
  if (world->tap)
    end_tap(world);
  router_remove_subscriber(world->router, world->subscriber);
  router_free(world->router);
  packet_pool_free(world->pool);
  g_free(world);
  return 0;
}
