/* A router with one publisher, a downlink over a loopback socket, and a receiver that decrypts. */
#include "peer/downlink.h"

#include <glib.h>
#include <string.h>

#include "peer/port.h"
#include "wire/red.h"

#define VIDEO_PT 96
#define RTX_PT 97
#define AUDIO_PT 111
#define RED_PT 63

typedef struct {
  Port *port, *receiver;
  EgressFlow flow;
  Counters counters;
  MediaPlan plan;
  Srtp *out, *in;
  PacketPool *pool;
  Router *router;
  Track *track;
  Subscriber *subscriber;
  Downlink *downlink;
  uint32_t in_slot; /* the publisher told for v0 */
  unsigned keyframes;
  GPtrArray *got; /* GBytes, decrypted */
} Rig;

static void on_keyframe(void *user, const TrackInfo *track, unsigned layer) {
  Rig *rig = user;
  rig->keyframes++;
}

static const RouterEvents events = {.keyframe = on_keyframe};

static void on_assigned(void *user, const char *slot, const TrackInfo *track) {
  Rig *rig = user;
  if (strcmp(slot, "v0") == 0)
    rig->in_slot = track ? track->peer : 0;
  else
    g_assert_cmpstr(slot, ==, "a0");
}

static void add_slot(MediaPlan *plan, const char *name, unsigned slot, bool video, uint32_t ssrc) {
  PlanMedia *media = &plan->media[plan->media_count++];
  *media = (PlanMedia){.kind = video ? SDP_VIDEO : SDP_AUDIO,
                       .use = PLAN_SLOT,
                       .has_slot = true,
                       .slot = slot,
                       .payload_type = video ? VIDEO_PT : AUDIO_PT,
                       .rtx_payload_type = video ? RTX_PT : 0,
                       .clock_rate = video ? 90000 : 48000,
                       .nack = video,
                       .ssrc = ssrc,
                       .rtx_ssrc = video ? ssrc + 1 : 0};
  g_strlcpy(media->name, name, sizeof media->name);
}

static Rig *rig_new(void) {
  static const uint8_t key[16] = "0123456789abcdef", salt[12] = "saltsaltsal";
  Rig *rig = g_new0(Rig, 1);
  rig->port = port_new("127.0.0.1", "", 0, false, false, NULL);
  rig->receiver = port_new("127.0.0.1", "", 0, false, false, NULL);
  rig->flow.path =
      (Path){.family = AF_INET, .port = (uint16_t)port_number(rig->receiver), .ip = {127, 0, 0, 1}};
  rig->plan.video_slots = 1;
  rig->plan.has_slots = true;
  add_slot(&rig->plan, "a0", 0, false, 1000);
  add_slot(&rig->plan, "v0", AUDIO_SLOTS, true, 2000);
  rig->out = srtp_new(SRTP_PROFILE_GCM_128, key, salt);
  rig->in = srtp_new(SRTP_PROFILE_GCM_128, key, salt);
  rig->pool = packet_pool_new();
  rig->router = router_new(&events, rig);
  TrackInfo info = {.id = 7, .peer = 70, .source = SOURCE_CAMERA, .clock_rate = 90000};
  rig->track = router_add_track(rig->router, &info);
  rig->downlink = downlink_new(&rig->plan, port_egress(rig->port), &rig->flow, &rig->counters,
                               on_assigned, rig);
  rig->subscriber = router_add_subscriber(rig->router, 80, 1, false, &downlink_sink, rig->downlink);
  downlink_set_subscriber(rig->downlink, rig->subscriber);
  downlink_set_srtp(rig->downlink, rig->out);
  rig->got = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
  return rig;
}

static void rig_free(Rig *rig) {
  router_remove_subscriber(rig->router, rig->subscriber);
  router_remove_track(rig->router, rig->track);
  downlink_free(rig->downlink);
  router_free(rig->router);
  packet_pool_free(rig->pool);
  srtp_free(rig->out);
  srtp_free(rig->in);
  port_free(rig->port);
  port_free(rig->receiver);
  g_ptr_array_unref(rig->got);
  g_free(rig);
}

/* A frame of one packet: VP8 with a 15-bit picture id. */
static void publish(Rig *rig, uint16_t sequence, bool keyframe, int64_t at_us) {
  static const uint8_t key[] = {0x90, 0x80, 0x80, 0x01, 0x10, 0,    0,    0x9d,
                                0x01, 0x2a, 0x80, 0x02, 0x68, 0x01, 0x55, 0x55};
  Packet *packet = packet_new(rig->pool);
  RtpHeader header = {.marker = true,
                      .payload_type = 100,
                      .sequence = sequence,
                      .timestamp = sequence * 3000u,
                      .ssrc = 555};
  rtp_write(packet->data, &header);
  memcpy(packet->data + RTP_HEADER_BYTES, key, sizeof key);
  if (!keyframe)
    packet->data[RTP_HEADER_BYTES + 4] = 0x01; /* the frame header's P bit */
  packet->len = RTP_HEADER_BYTES + sizeof key;
  packet->layer = 0;
  packet->epoch = 0;
  g_assert_true(rtp_parse(packet->data, packet->len, true, &packet->rtp));
  packet->sequence = 65536u + sequence;
  packet->arrival_us = packet->capture_us = at_us;
  packet->audio_level = 255;
  packet->vp8 = (Vp8Descriptor){0};
  g_assert_true(
      vp8_parse(packet->data + packet->rtp.payload_offset, packet->rtp.payload_len, &packet->vp8));
  track_receive(rig->track, packet);
  router_send_trains(rig->router);
  packet_unref(&packet);
}

static void on_datagram(void *user, Datagram *datagram) {
  Rig *rig = user;
  if (rtp_is_rtcp(datagram->data, datagram->len))
    g_assert_cmpint(srtp_unprotect_rtcp(rig->in, datagram->data, &datagram->len), ==, SRTP_OK);
  else
    g_assert_cmpint(srtp_unprotect(rig->in, datagram->data, &datagram->len), ==, SRTP_OK);
  g_ptr_array_add(rig->got, g_bytes_new(datagram->data, datagram->len));
}

static unsigned collect(Rig *rig) {
  g_ptr_array_set_size(rig->got, 0);
  egress_flush(port_egress(rig->port));
  port_receive(rig->receiver, 0, 256, on_datagram, rig);
  return rig->got->len;
}

static const uint8_t *got(const Rig *rig, unsigned index, size_t *len, RtpHeader *header) {
  const uint8_t *data = g_bytes_get_data(g_ptr_array_index(rig->got, index), len);
  if (header)
    g_assert_true(rtp_parse(data, *len, true, header));
  return data;
}

static void feedback(Rig *rig, const uint8_t *data, size_t len, int64_t now_us) {
  RtcpReader reader;
  RtcpPacket packet;
  bool malformed = false;
  rtcp_reader_init(&reader, data, len);
  while (rtcp_next(&reader, &packet, &malformed))
    downlink_feedback(rig->downlink, &packet, now_us);
  g_assert_false(malformed);
}

static void test_forward_and_repair(void) {
  Rig *rig = rig_new();
  RtpHeader first, second, repaired;
  size_t len;
  uint8_t rtcp[64];
  publish(rig, 10, true, 1000000);
  publish(rig, 11, false, 1033000);
  g_assert_cmpuint(rig->in_slot, ==, 70);
  g_assert_cmpuint(collect(rig), ==, 2);
  got(rig, 0, &len, &first);
  const uint8_t *data = got(rig, 1, &len, &second);
  g_assert_cmpuint(first.ssrc, ==, 2000);
  g_assert_cmpuint(first.payload_type, ==, VIDEO_PT);
  g_assert_cmpuint((uint16_t)(second.sequence - first.sequence), ==, 1);
  g_assert_cmpuint(second.timestamp - first.timestamp, ==, 3000);
  g_assert_true(second.marker);
  g_autoptr(GBytes) payload = g_bytes_new(data + second.payload_offset, second.payload_len);

  uint16_t wanted[] = {second.sequence};
  size_t size = rtcp_write_nack(rtcp, sizeof rtcp, 1, 2000, wanted, 1);
  feedback(rig, rtcp, size, 1100000);
  g_assert_cmpuint(collect(rig), ==, 1);
  data = got(rig, 0, &len, &repaired);
  g_assert_cmpuint(repaired.ssrc, ==, 2001);
  g_assert_cmpuint(repaired.payload_type, ==, RTX_PT);
  g_assert_cmpuint(repaired.timestamp, ==, second.timestamp);
  const uint8_t *body = data + repaired.payload_offset;
  g_assert_cmpuint(body[0] << 8 | body[1], ==, second.sequence);
  g_assert_cmpmem(body + 2, repaired.payload_len - 2u, g_bytes_get_data(payload, NULL),
                  g_bytes_get_size(payload));
  /* Asked on an SSRC of nobody, or for what was never sent: nothing. */
  size = rtcp_write_nack(rtcp, sizeof rtcp, 1, 4711, wanted, 1);
  feedback(rig, rtcp, size, 1200000);
  wanted[0] = (uint16_t)(second.sequence + 100);
  size = rtcp_write_nack(rtcp, sizeof rtcp, 1, 2000, wanted, 1);
  feedback(rig, rtcp, size, 1300000);
  g_assert_cmpuint(collect(rig), ==, 0);
  rig_free(rig);
}

static void number_all(Rig *rig) {
  for (unsigned i = 0; i < rig->plan.media_count; i++)
    rig->plan.media[i].twcc_extension = 5;
  downlink_replan(rig->downlink);
}

/* So many datagrams of what was sent again came. */
static unsigned collect_repairs(Rig *rig) {
  unsigned repairs = 0, count;
  do {
    count = collect(rig);
    for (unsigned i = 0; i < count; i++) {
      RtpHeader header;
      size_t len;
      got(rig, i, &len, &header);
      repairs += header.ssrc == 2001;
    }
  } while (count > 0);
  return repairs;
}

/* The receiver measures a round trip of 200 ms. */
static void tell_round_trip(Rig *rig, int64_t now_us) {
  uint8_t rtcp[64];
  downlink_tick(rig->downlink, now_us, now_us);
  uint32_t ntp_16 = (uint32_t)((uint64_t)(2208988800 + now_us / 1000000) << 16 |
                               (uint64_t)(now_us % 1000000 * 65536 / 1000000));
  RtcpReport report = {.ssrc = 2000, .lsr = ntp_16 - 65536 / 5};
  size_t size = rtcp_write_rr(rtcp, sizeof rtcp, 1, &report, 1);
  feedback(rig, rtcp, size, now_us);
  g_assert_cmpint(ABS(downlink_rtt_us(rig->downlink) - 200000), <, 100);
}

static void nack(Rig *rig, uint16_t first, unsigned count, int64_t now_us) {
  uint16_t wanted[250];
  uint8_t rtcp[256];
  g_assert_cmpuint(count, <=, G_N_ELEMENTS(wanted));
  for (unsigned i = 0; i < count; i++)
    wanted[i] = (uint16_t)(first + i);
  size_t size = rtcp_write_nack(rtcp, sizeof rtcp, 1, 2000, wanted, count);
  g_assert_cmpuint(size, >, 0);
  feedback(rig, rtcp, size, now_us);
}

/* Twenty requests for the same 500 numbers, within 0.2 ms and a round trip of 200 ms. */
static void test_asked_again(void) {
  Rig *rig = rig_new();
  RtpHeader first = {0};
  size_t len;
  for (uint16_t i = 0; i < 500; i++) {
    publish(rig, (uint16_t)(10 + i), i == 0, 1000000 + i * 1000);
    unsigned count = collect(rig);
    g_assert_cmpuint(count, ==, 1);
    if (i == 0)
      got(rig, 0, &len, &first);
  }
  tell_round_trip(rig, 1500000);
  collect_repairs(rig);
  unsigned repairs = 0;
  for (unsigned i = 0; i < 20; i++) {
    nack(rig, first.sequence, 250, 1500000 + i * 10);
    nack(rig, (uint16_t)(first.sequence + 250), 250, 1500000 + i * 10);
    repairs += collect_repairs(rig);
  }
  g_assert_cmpuint(repairs, ==, 500);
  const uint64_t *repaired = downlink_stats(rig->downlink)->repairs;
  g_assert_cmpuint(repaired[REPAIR_SENT], ==, 500);
  g_assert_cmpuint(repaired[REPAIR_RECENT], ==, REPAIR_ASKED_BURST - 500);
  g_assert_cmpuint(repaired[REPAIR_SPENT], ==, 20 * 500 - REPAIR_ASKED_BURST);
  g_assert_cmpuint(rig->counters.repairs, ==, 500); /* the thread's, too */
  g_assert_cmpuint(rig->counters.repair_recent, ==, REPAIR_ASKED_BURST - 500);
  g_assert_cmpuint(rig->counters.repair_spent, ==, 20 * 500 - REPAIR_ASKED_BURST);
  rig_free(rig);
}

/* A receiver asks for 200,000 numbers a second that were never sent: so many are looked for, the
 * rest costs nothing. A second later what he lacks is repaired. */
static void test_asked_without_end(void) {
  Rig *rig = rig_new();
  RtpHeader first;
  size_t len;
  publish(rig, 10, true, 1000000);
  collect(rig);
  got(rig, 0, &len, &first);
  const uint64_t *repaired = downlink_stats(rig->downlink)->repairs;
  for (unsigned i = 0; i < 1000; i++)
    nack(rig, (uint16_t)(first.sequence + 1000), 200, 1000000 + i * 1000);
  g_assert_cmpuint(repaired[REPAIR_GONE], >=, REPAIR_ASKED_BURST);
  g_assert_cmpuint(repaired[REPAIR_GONE], <=, REPAIR_ASKED_BURST + REPAIR_ASKED_PER_SECOND);
  g_assert_cmpuint(repaired[REPAIR_GONE] + repaired[REPAIR_SPENT], ==, 200000);
  publish(rig, 11, true, 3000000);
  collect(rig);
  nack(rig, (uint16_t)(first.sequence + 1), 1, 3000000);
  g_assert_cmpuint(collect_repairs(rig), ==, 1);
  rig_free(rig);
}

/* Transport-wide feedback on [first, last]; what comes from `lost` on but the last is missing. */
static void tell_arrivals(Rig *rig, unsigned first, unsigned lost, unsigned last, int64_t now_us) {
  RtcpTwcc twcc = {.base_sequence = (uint16_t)first,
                   .count = (uint16_t)(last + 1 - first),
                   .reference_us = 64000 * 16};
  for (unsigned i = 0; i < twcc.count; i++) {
    twcc.received[i] = first + i < lost || first + i == last;
    twcc.delta_us[i] = twcc.received[i] ? 1000 : 0;
  }
  uint8_t rtcp[1024];
  size_t size = rtcp_write_twcc(rtcp, sizeof rtcp, 1, 2000, &twcc);
  g_assert_cmpuint(size, >, 0);
  feedback(rig, rtcp, size, now_us);
}

/* A key frame of 100 packets is lost on a way that loses much. The receiver says so in its
 * transport-wide feedback and asks for it besides: each packet is sent again once. */
static void test_told_twice(void) {
  Rig *rig = rig_new();
  number_all(rig);
  int64_t now_us = 1000000;
  RtpHeader first = {0};
  size_t len;
  for (uint16_t i = 0; i < 200; i++, now_us += 1000) {
    egress_set_now(port_egress(rig->port), now_us);
    publish(rig, (uint16_t)(10 + i), i == 0 || i == 100, now_us);
    unsigned count = collect(rig);
    if (i == 100) {
      g_assert_cmpuint(count, ==, 1);
      got(rig, 0, &len, &first);
    }
    if (i == 10)
      router_tick(rig->router, now_us); /* its cost is known: it is small */
  }
  tell_round_trip(rig, now_us);
  collect_repairs(rig);
  tell_arrivals(rig, 0, 10, 10, now_us);
  now_us += 400000;
  tell_arrivals(rig, 10, 100, 199, now_us);
  g_assert_cmpfloat(capacity_loss(downlink_capacity(rig->downlink)), >, 0.03);
  unsigned repairs = collect_repairs(rig);
  nack(rig, first.sequence, 99, now_us + 1000);
  repairs += collect_repairs(rig);
  g_assert_cmpuint(repairs, ==, 99);
  /* What is lost again goes twice, and packets are counted. */
  nack(rig, first.sequence, 5, now_us + 500000);
  repairs += collect_repairs(rig);
  g_assert_cmpuint(repairs, ==, 99 + 10);
  g_assert_cmpuint(rig->counters.repairs, ==, repairs);
  g_assert_cmpuint(downlink_stats(rig->downlink)->repairs[REPAIR_SENT], ==, repairs);
  rig_free(rig);
}

/* A receiver claims 19,999 packets a block, 31 blocks of one slot a report, report after report:
 * what counts is what was sent on the slot, once. */
static void test_reports_claim(void) {
  Rig *rig = rig_new();
  for (uint16_t i = 0; i < 10; i++)
    publish(rig, (uint16_t)(10 + i), i == 0, 1000000 + i * 1000);
  const Reported *reported = &downlink_capacity(rig->downlink)->reported;
  RtcpReport blocks[31];
  uint32_t highest = 100;
  for (unsigned i = 0; i < 8; i++) {
    uint8_t rtcp[1024];
    for (unsigned k = 0; k < G_N_ELEMENTS(blocks); k++, highest += 19999)
      blocks[k] = (RtcpReport){.ssrc = 2000, .fraction_lost = 128, .highest_sequence = highest};
    size_t size = rtcp_write_rr(rtcp, sizeof rtcp, 1, blocks, G_N_ELEMENTS(blocks));
    g_assert_cmpuint(size, >, 0);
    feedback(rig, rtcp, size, 1100000 + i * 1000);
    g_assert_cmpuint(reported->expected, <=, 10);
    g_assert_cmpuint(reported->loss.told, <=, 10);
  }
  rig_free(rig);
}

/* Of ten numbers the publisher's packet has one, and the receiver gets it: his way loses nothing,
 * though his report says nine of ten. Neither does what was sent before his first report make it
 * so, nor where he begins to count anew. When one in two of those that were sent is lost, too, that
 * counts. */
static void test_gaps_of_the_publisher(void) {
  Rig *rig = rig_new();
  const Reported *reported = &downlink_capacity(rig->downlink)->reported;
  RtcpReport report = {.ssrc = 2000, .highest_sequence = 5000};
  uint8_t rtcp[64];
  int64_t now_us = 1000000;
  for (unsigned i = 0; i < 300; i++, now_us += 10000)
    publish(rig, (uint16_t)(10 + i * 10), i == 0, now_us);
  for (unsigned i = 0; i < 400; i++, now_us += 10000) {
    publish(rig, (uint16_t)(3010 + i * 10), false, now_us);
    if (i % 50 == 0) {
      report.highest_sequence += i == 100 ? 30000 : 0;
      report.fraction_lost = i == 0 ? 0 : i <= 200 ? 230 : 243; /* of 256 */
      g_assert_cmpuint(rtcp_write_rr(rtcp, sizeof rtcp, 1, &report, 1), >, 0);
      feedback(rig, rtcp, 32, now_us);
      if (i <= 200)
        g_assert_cmpfloat(reported->loss.smooth, <, 0.01);
    }
    report.highest_sequence += 10;
  }
  g_assert_cmpfloat(reported->loss.smooth, >, 0.1);
  rig_free(rig);
}

static void test_keyframe_requests(void) {
  Rig *rig = rig_new();
  uint8_t rtcp[64];
  publish(rig, 10, true, 1000000);
  unsigned before = rig->keyframes;
  size_t size = rtcp_write_pli(rtcp, sizeof rtcp, 1, 2000);
  feedback(rig, rtcp, size, 5000000);
  router_tick(rig->router, 5000000);
  g_assert_cmpuint(rig->keyframes, ==, before + 1);
  size = rtcp_write_fir(rtcp, sizeof rtcp, 1, 2000, 1);
  feedback(rig, rtcp, size, 9000000);
  router_tick(rig->router, 9000000);
  g_assert_cmpuint(rig->keyframes, ==, before + 2);
  size = rtcp_write_pli(rtcp, sizeof rtcp, 1, 1); /* not a slot */
  feedback(rig, rtcp, size, 13000000);
  router_tick(rig->router, 13000000);
  g_assert_cmpuint(rig->keyframes, ==, before + 2);
  rig_free(rig);
}

static void test_sender_reports(void) {
  const int64_t epoch_us = 1700000000000000;
  Rig *rig = rig_new();
  RtpHeader media;
  size_t len;
  downlink_tick(rig->downlink, 1000000, epoch_us + 1000000);
  g_assert_cmpuint(collect(rig), ==, 0); /* nothing was sent yet */
  publish(rig, 10, true, 1000000);
  g_assert_cmpuint(collect(rig), ==, 1);
  got(rig, 0, &len, &media);
  downlink_tick(rig->downlink, 1010000, epoch_us + 1010000);
  downlink_tick(rig->downlink, 1020000, epoch_us + 1020000);
  g_assert_cmpuint(collect(rig), ==, 1); /* at once after the first packet, then once a second */
  const uint8_t *data = got(rig, 0, &len, NULL);
  RtcpReader reader;
  RtcpPacket packet;
  RtcpSenderInfo info;
  RtcpReport none;
  bool malformed;
  rtcp_reader_init(&reader, data, len);
  g_assert_true(rtcp_next(&reader, &packet, &malformed));
  g_assert_cmpint(packet.type, ==, RTCP_SR);
  g_assert_cmpint(rtcp_parse_reports(&packet, &info, &none, 1), ==, 0);
  g_assert_cmpuint(info.ssrc, ==, 2000);
  g_assert_cmpuint(info.packets, ==, 1);
  g_assert_cmpuint(info.bytes, ==, 16);
  g_assert_cmpuint(info.ntp >> 32, ==, 1700000001 + 2208988800u);
  /* Captured at 1.00 s, told at 1.01 s. */
  g_assert_cmpint(ABS((int32_t)(info.rtp_timestamp - media.timestamp) - 900), <=, 1);
  g_assert_true(rtcp_next(&reader, &packet, &malformed));
  g_assert_cmpint(packet.type, ==, RTCP_SDES);

  /* The receiver's report 40 ms later, held 10 ms there: a round trip of 30 ms. */
  uint8_t rtcp[64];
  RtcpReport report = {.ssrc = 2000, .lsr = (uint32_t)(info.ntp >> 16), .dlsr = 655};
  size_t size = rtcp_write_rr(rtcp, sizeof rtcp, 1, &report, 1);
  downlink_tick(rig->downlink, 1050000, epoch_us + 1050000);
  feedback(rig, rtcp, size, 1050000);
  g_assert_cmpint(ABS(downlink_rtt_us(rig->downlink) - 30000), <, 100);
  rig_free(rig);
}

/* More is wanted than is known to fit: padding on RTX finds out, for a moment only. */
static void test_probe(void) {
  Rig *rig = rig_new();
  number_all(rig);
  subscriber_set_view(rig->subscriber, &(View){70, 1280, 720}, 1);
  publish(rig, 10, true, 1000000);
  g_assert_cmpuint(collect(rig), ==, 0); /* too large for what is known of the way */
  g_assert_cmpint(subscriber_wanted_bps(rig->subscriber), >,
                  capacity_bps(downlink_capacity(rig->downlink)));
  int64_t now = 1000000;
  unsigned bytes = 0, packets = 0;
  for (int64_t until = now + 500000; now < until; now += 10000) {
    egress_set_now(port_egress(rig->port), now);
    downlink_tick(rig->downlink, now, now);
    unsigned count = collect(rig);
    for (unsigned i = 0; i < count; i++) {
      RtpHeader header;
      size_t len;
      const uint8_t *data = got(rig, i, &len, &header);
      if (rtp_is_rtcp(data, len))
        continue;
      g_assert_cmpuint(header.ssrc, ==, 2001);
      g_assert_cmpuint(header.payload_type, ==, RTX_PT);
      g_assert_cmpuint(header.payload_len, ==, 0);
      g_assert_cmpuint(header.padding_len, ==, 224);
      packets++;
      bytes += (unsigned)len;
    }
  }
  g_assert_cmpuint(packets, ==, downlink_stats(rig->downlink)->padding);
  g_assert_cmpuint(bytes, >, 4000); /* 40 ms of 1.8 Mbit/s, once */
  g_assert_cmpuint(bytes, <, 20000);
  rig_free(rig);
}

/* A receiver without transport-wide numbers says itself what its way carries. */
static void test_remb(void) {
  Rig *rig = rig_new();
  uint8_t rtcp[64];
  for (unsigned i = 0; i < rig->plan.media_count; i++)
    rig->plan.media[i].remb = true;
  downlink_replan(rig->downlink);
  size_t size = rtcp_write_remb(rtcp, sizeof rtcp, 1, (uint32_t[]){2000}, 1, 3000000);
  feedback(rig, rtcp, size, 1000000);
  downlink_tick(rig->downlink, 1000000, 0);
  int64_t target = capacity_bps(downlink_capacity(rig->downlink));
  g_assert_cmpint(target, >, 2900000);
  g_assert_cmpint(target, <=, 3000000);
  publish(rig, 10, true, 1000000);
  g_assert_cmpuint(collect(rig), ==, 1);
  size = rtcp_write_remb(rtcp, sizeof rtcp, 1, (uint32_t[]){2000}, 1, 50000);
  feedback(rig, rtcp, size, 1100000);
  downlink_tick(rig->downlink, 1200000, 0);
  publish(rig, 11, true, 1200000);
  g_assert_cmpuint(collect(rig), ==, 0); /* the picture does not fit */
  g_assert_cmpuint(downlink_stats(rig->downlink)->padding, ==, 0);
  rig_free(rig);
}

/* To offer REMB is no limit: who sends none is judged by his receiver reports. */
static void test_reports(void) {
  Rig *rig = rig_new();
  for (unsigned i = 0; i < rig->plan.media_count; i++)
    rig->plan.media[i].remb = true;
  downlink_replan(rig->downlink);
  g_assert_cmpint(capacity_bps(downlink_capacity(rig->downlink)), ==, BANDWIDTH_FIRST_BPS);
  int64_t now_us = 1000000;
  RtcpReport report = {.ssrc = 2000, .highest_sequence = 5000};
  uint8_t rtcp[64];
  for (uint16_t i = 0; i < 450; i++, now_us += 33333) {
    egress_set_now(port_egress(rig->port), now_us);
    publish(rig, (uint16_t)(10 + i), i % 100 == 0, now_us);
    collect(rig);
    downlink_tick(rig->downlink, now_us, now_us);
    report.highest_sequence++;
    if (i == 300) {
      g_assert_cmpint(capacity_bps(downlink_capacity(rig->downlink)), >, 2500000);
      g_assert_true(capacity_known(downlink_capacity(rig->downlink)));
      report.fraction_lost = 100; /* of 256 */
    }
    if (i % 30)
      continue;
    size_t size = rtcp_write_rr(rtcp, sizeof rtcp, 1, &report, 1);
    feedback(rig, rtcp, size, now_us);
  }
  g_assert_cmpint(capacity_bps(downlink_capacity(rig->downlink)), <, 600000);
  rig_free(rig);
}

/* What goes out is numbered across slots and retransmissions; the feedback on it is understood. */
static void test_transport_wide(void) {
  Rig *rig = rig_new();
  RtpHeader header;
  size_t len;
  uint8_t rtcp[128];
  g_assert_null(downlink_capacity(rig->downlink)->bandwidth);
  number_all(rig);
  egress_set_now(port_egress(rig->port), 1000000);
  for (uint16_t i = 0; i < 10; i++)
    publish(rig, (uint16_t)(10 + i), i == 0, 1000000 + i * 33000);
  router_tick(rig->router, 1300000); /* now its size, and what it costs, is known */
  g_assert_cmpuint(collect(rig), ==, 10);
  got(rig, 3, &len, &header);
  uint16_t wanted[] = {header.sequence};
  size_t size = rtcp_write_nack(rtcp, sizeof rtcp, 1, 2000, wanted, 1);
  for (unsigned i = 0; i < 10; i++) {
    const uint8_t *value, *data = got(rig, i, &len, &header);
    size_t value_len;
    g_assert_true(rtp_extension(data, &header, 5, &value, &value_len));
    g_assert_cmpuint(value_len, ==, 2);
    g_assert_cmpuint(value[0] << 8 | value[1], ==, i);
  }
  feedback(rig, rtcp, size, 1400000);
  g_assert_cmpuint(collect(rig), ==, 1);
  const uint8_t *value, *data = got(rig, 0, &len, &header);
  size_t value_len;
  g_assert_true(rtp_extension(data, &header, 5, &value, &value_len));
  g_assert_cmpuint(value[1], ==, 10);
  g_assert_cmpuint(data[header.payload_offset] << 8 | data[header.payload_offset + 1], ==,
                   wanted[0]);

  g_assert_cmpint(bandwidth_rtt_us(downlink_capacity(rig->downlink)->bandwidth), ==, 0);
  RtcpTwcc twcc = {.count = 11, .reference_us = 64000 * 1000};
  for (unsigned i = 0; i < 11; i++)
    twcc.received[i] = true, twcc.delta_us[i] = 33000;
  size = rtcp_write_twcc(rtcp, sizeof rtcp, 1, 2000, &twcc);
  g_assert_cmpuint(size, >, 0);
  feedback(rig, rtcp, size, 1080000);
  int64_t rtt_us = bandwidth_rtt_us(downlink_capacity(rig->downlink)->bandwidth);
  g_assert_cmpint(rtt_us, <=, 80000); /* from the flush, which took its time */
  g_assert_cmpint(rtt_us, >, 20000);
  g_assert_cmpint(bandwidth_acked_bps(downlink_capacity(rig->downlink)->bandwidth), >, 0);
  rig_free(rig);
}

static void publish_sound(Rig *rig, Track *track, uint16_t sequence, size_t bytes, int64_t at_us) {
  Packet *packet = packet_new(rig->pool);
  RtpHeader header = {
      .payload_type = 100, .sequence = sequence, .timestamp = sequence * 960u, .ssrc = 556};
  rtp_write(packet->data, &header);
  memset(packet->data + RTP_HEADER_BYTES, sequence, bytes);
  packet->len = (uint16_t)(RTP_HEADER_BYTES + bytes);
  packet->layer = 0;
  packet->epoch = 0;
  g_assert_true(rtp_parse(packet->data, packet->len, true, &packet->rtp));
  packet->sequence = 65536u + sequence;
  packet->arrival_us = packet->capture_us = at_us;
  packet->audio_level = 20;
  packet->vp8 = (Vp8Descriptor){0};
  egress_set_now(port_egress(rig->port), at_us);
  track_receive(track, packet);
  router_send_trains(rig->router);
  packet_unref(&packet);
}

/* Now and then some are so long that a copy of them has no room beside another. */
static size_t sound_bytes(unsigned i) {
  return i % 50 < 5 ? 700 : 30;
}

/* Sound goes with a copy of what was sent before it where packets are lost, to who takes it so, and
 * plain again when none are any more. */
static void test_redundant(void) {
  Rig *rig = rig_new();
  rig->plan.media[0].red_payload_type = RED_PT;
  number_all(rig);
  TrackInfo info = {.id = 8, .peer = 70, .source = SOURCE_MIC, .clock_rate = 48000};
  Track *mic = router_add_track(rig->router, &info);
  unsigned copied = 0, deep = 0, plain_at_end = 0;
  int64_t now_us = 1000000;
  for (uint16_t i = 0; i < 600; i++, now_us += 20000) {
    publish_sound(rig, mic, i, sound_bytes(i), now_us);
    g_assert_cmpuint(collect(rig), ==, 1);
    RtpHeader header;
    size_t len;
    const uint8_t *data = got(rig, 0, &len, &header);
    const uint8_t *payload = data + header.payload_offset;
    if (header.payload_type == RED_PT) {
      RedBlock blocks[RED_BLOCKS_MAX];
      unsigned count = red_parse(payload, header.payload_len, blocks);
      g_assert_cmpuint(count, >=, 2);
      for (unsigned k = 0; k < count; k++) {
        unsigned back = count - 1 - k;
        g_assert_cmpuint(blocks[k].age, ==, back * 960);
        g_assert_cmpuint(blocks[k].len, ==, sound_bytes(i - back));
        g_assert_cmpuint(blocks[k].data[0], ==, (uint8_t)(i - back));
      }
      copied++;
      deep += count == 3;
    } else {
      g_assert_cmpuint(header.payload_type, ==, AUDIO_PT);
      g_assert_cmpuint(payload[0], ==, (uint8_t)i);
      plain_at_end = i < 550 ? 0 : plain_at_end + 1;
    }
    uint8_t rtcp[128];
    if (i < 300 && i % 7 == 3)
      continue; /* lost, 14 % until then; told with the next one */
    bool after = i <= 300 && i % 7 == 4;
    RtcpTwcc twcc = {.base_sequence = (uint16_t)(i - after),
                     .count = after ? 2 : 1,
                     .reference_us = now_us / 64000 * 64000};
    twcc.received[after] = true;
    twcc.delta_us[after] = (int32_t)(now_us % 64000 / 250 * 250);
    size_t size = rtcp_write_twcc(rtcp, sizeof rtcp, 1, 1000, &twcc);
    g_assert_cmpuint(size, >, 0);
    feedback(rig, rtcp, size, now_us + 10000);
  }
  g_assert_cmpuint(copied, >, 200);
  g_assert_cmpuint(deep, >, 100);
  g_assert_cmpuint(plain_at_end, ==, 50);
  router_remove_track(rig->router, mic);
  rig_free(rig);
}

/* The client turns the slot's m-line off and on again. What was published meanwhile used no
 * numbers: SRTP, which can guess across 32,767 of them, takes what follows (on_datagram asserts
 * it). */
static void test_inactive(void) {
  Rig *rig = rig_new();
  RtpHeader before, after;
  size_t len;
  int64_t now_us = 1000000;
  publish(rig, 10, true, now_us);
  g_assert_cmpuint(collect(rig), ==, 1);
  got(rig, 0, &len, &before);
  rig->plan.media[1].use = PLAN_INACTIVE;
  downlink_replan(rig->downlink);
  for (unsigned i = 0; i < 40000; i++, now_us += 10000) {
    publish(rig, (uint16_t)(11 + i), i % 100 == 0, now_us);
    router_tick(rig->router, now_us);
  }
  g_assert_cmpuint(collect(rig), ==, 0);
  rig->plan.media[1].use = PLAN_SLOT;
  downlink_replan(rig->downlink);
  publish(rig, 40011, true, now_us);
  g_assert_cmpuint(collect(rig), ==, 1);
  got(rig, 0, &len, &after);
  g_assert_cmpuint(after.sequence, ==, (uint16_t)(before.sequence + 1));
  rig_free(rig);
}

/* A slot that the client closes carries nobody any more, and is told so. */
static void test_closed_slot(void) {
  Rig *rig = rig_new();
  g_assert_cmpuint(rig->in_slot, ==, 70);
  rig->plan.media[1].use = PLAN_INACTIVE;
  downlink_replan(rig->downlink);
  g_assert_cmpuint(rig->in_slot, ==, 0);
  rig->plan.media[1].use = PLAN_SLOT;
  downlink_replan(rig->downlink);
  g_assert_cmpuint(rig->in_slot, ==, 70);
  rig_free(rig);
}

static void test_not_connected(void) {
  Rig *rig = rig_new();
  downlink_set_srtp(rig->downlink, NULL);
  publish(rig, 10, true, 1000000);
  downlink_tick(rig->downlink, 1000000, 0);
  downlink_send_rtcp(rig->downlink, (const uint8_t *)"12345678", 8);
  g_assert_cmpuint(collect(rig), ==, 0);
  g_assert_cmpuint(downlink_stats(rig->downlink)->unsent[UNSENT_NO_KEY], >, 0);
  rig_free(rig);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/peer/downlink/forward-and-repair", test_forward_and_repair);
  g_test_add_func("/peer/downlink/asked-again", test_asked_again);
  g_test_add_func("/peer/downlink/asked-without-end", test_asked_without_end);
  g_test_add_func("/peer/downlink/told-twice", test_told_twice);
  g_test_add_func("/peer/downlink/reports-claim", test_reports_claim);
  g_test_add_func("/peer/downlink/gaps-of-the-publisher", test_gaps_of_the_publisher);
  g_test_add_func("/peer/downlink/keyframe-requests", test_keyframe_requests);
  g_test_add_func("/peer/downlink/sender-reports", test_sender_reports);
  g_test_add_func("/peer/downlink/transport-wide", test_transport_wide);
  g_test_add_func("/peer/downlink/probe", test_probe);
  g_test_add_func("/peer/downlink/remb", test_remb);
  g_test_add_func("/peer/downlink/reports", test_reports);
  g_test_add_func("/peer/downlink/redundant", test_redundant);
  g_test_add_func("/peer/downlink/inactive", test_inactive);
  g_test_add_func("/peer/downlink/closed-slot", test_closed_slot);
  g_test_add_func("/peer/downlink/not-connected", test_not_connected);
  return g_test_run();
}
