#include "peer/uplink.h"

#include <glib.h>
#include <string.h>

#include "peer/receive.h"
#include "wire/red.h"

#define AUDIO_PT 111
#define VIDEO_PT 96
#define RTX_PT 97
#define RED_PT 63
#define MID_ID 4
#define TWCC_ID 3
#define LEVEL_ID 1
#define RID_ID 5
#define REPAIRED_ID 6

typedef struct {
  MediaPlan plan;
  PacketPool *pool;
  Uplink *uplink;
  UplinkLimits limits;
  bool on[SOURCE_COUNT];
  unsigned begun, ended, ssrcs, layers;
  GPtrArray *packets; /* Packet */
  Source last_source;
  /* RTCP that came, counted, and the newest NACK */
  uint32_t pli_ssrc;
  unsigned nacks, plis, twccs, reports;
  uint16_t asked[64];
  size_t asked_count;
  RtcpReport report[8];
  int report_count;
} Rig;

static void on_begin(void *user, Source source, uint32_t clock_rate, unsigned layers) {
  Rig *rig = user;
  g_assert_false(rig->on[source]);
  g_assert_cmpuint(clock_rate, ==, source == SOURCE_MIC ? 48000 : 90000);
  rig->on[source] = true;
  rig->layers = layers;
  rig->begun++;
}

static void on_media(void *user, Source source, Packet *packet) {
  Rig *rig = user;
  g_assert_true(rig->on[source]);
  rig->last_source = source;
  g_ptr_array_add(rig->packets, packet_ref(packet));
}

static void on_end(void *user, Source source) {
  Rig *rig = user;
  g_assert_true(rig->on[source]);
  rig->on[source] = false;
  rig->ended++;
}

static void on_ssrc(void *user, uint32_t ssrc, bool on) {
  Rig *rig = user;
  rig->ssrcs += on ? 1 : -1u;
}

static void on_rtcp(void *user, const uint8_t *data, size_t len) {
  Rig *rig = user;
  RtcpReader reader;
  RtcpPacket packet;
  bool malformed = false;
  rtcp_reader_init(&reader, data, len);
  while (rtcp_next(&reader, &packet, &malformed)) {
    RtcpFeedback head;
    RtcpSenderInfo info;
    const uint8_t *fci;
    size_t fci_len;
    if (packet.type == RTCP_RR) {
      rig->reports++;
      rig->report_count = rtcp_parse_reports(&packet, &info, rig->report, 8);
      continue;
    }
    g_assert_true(rtcp_parse_feedback(&packet, &head, &fci, &fci_len));
    if (packet.type == RTCP_PSFB && packet.count == RTCP_FB_PLI) {
      rig->plis++;
      rig->pli_ssrc = head.media_ssrc;
    }
    if (packet.type == RTCP_RTPFB && packet.count == RTCP_FB_TWCC)
      rig->twccs++;
    if (packet.type == RTCP_RTPFB && packet.count == RTCP_FB_NACK) {
      rig->nacks++;
      rig->asked_count = rtcp_parse_nack(fci, fci_len, rig->asked, 64);
    }
  }
  g_assert_false(malformed);
}

static const UplinkSink sink = {on_begin, on_media, on_end, on_ssrc, on_rtcp};

static PlanMedia *add_media(Rig *rig, const char *mid, SdpKind kind, Source source) {
  PlanMedia *media = &rig->plan.media[rig->plan.media_count++];
  bool video = kind == SDP_VIDEO;
  *media = (PlanMedia){.kind = kind,
                       .use = PLAN_UPLINK,
                       .source = source,
                       .payload_type = video ? VIDEO_PT : AUDIO_PT,
                       .rtx_payload_type = video ? RTX_PT : 0,
                       .clock_rate = video ? 90000 : 48000,
                       .nack = video,
                       .mid_extension = MID_ID,
                       .twcc_extension = TWCC_ID,
                       .level_extension = video ? 0 : LEVEL_ID};
  g_strlcpy(media->mid, mid, sizeof media->mid);
  return media;
}

static Rig *rig_new(void) {
  Rig *rig = g_new0(Rig, 1);
  rig->packets = g_ptr_array_new();
  rig->pool = packet_pool_new();
  add_media(rig, "0", SDP_AUDIO, SOURCE_MIC);
  add_media(rig, "1", SDP_VIDEO, SOURCE_CAMERA);
  add_media(rig, "9", SDP_VIDEO, SOURCE_SCREEN);
  rig->uplink = uplink_new(&rig->plan, rig->pool, &rig->limits, &sink, rig);
  return rig;
}

/* The client makes another PeerConnection for the same. */
static void connect_anew(Rig *rig) {
  uplink_free(rig->uplink);
  rig->uplink = uplink_new(&rig->plan, rig->pool, &rig->limits, &sink, rig);
}

static void rig_free(Rig *rig) {
  uplink_free(rig->uplink);
  g_assert_cmpuint(rig->begun, ==, rig->ended);
  g_assert_cmpuint(rig->ssrcs, ==, 0);
  for (unsigned i = 0; i < rig->packets->len; i++) {
    Packet *packet = g_ptr_array_index(rig->packets, i);
    packet_unref(&packet);
  }
  g_ptr_array_unref(rig->packets);
  packet_pool_free(rig->pool);
  g_free(rig);
}

typedef struct {
  uint8_t payload_type;
  uint16_t sequence;
  uint32_t timestamp, ssrc;
  const char *mid, *rid, *repaired;
  int level, twcc; /* 0: without */
  int original;    /* RTX: the original sequence number, 0: without */
  bool keyframe;
  size_t payload_len; /* 0: a VP8 payload of 20 bytes; else that many of `payload`, or zeroes */
  const uint8_t *payload;
  uint8_t padding;
} Rtp;

static UplinkVerdict send(Rig *rig, const Rtp *rtp, int64_t at_us) {
  uint8_t data[1600] = {0};
  RtpHeader header = {.payload_type = rtp->payload_type,
                      .sequence = rtp->sequence,
                      .timestamp = rtp->timestamp,
                      .ssrc = rtp->ssrc};
  rtp_write(data, &header);
  RtpExtensionWriter writer;
  rtp_extension_begin(&writer, data, 200);
  if (rtp->mid)
    rtp_extension_add(&writer, MID_ID, rtp->mid, strlen(rtp->mid));
  if (rtp->rid)
    rtp_extension_add(&writer, RID_ID, rtp->rid, strlen(rtp->rid));
  if (rtp->repaired)
    rtp_extension_add(&writer, REPAIRED_ID, rtp->repaired, strlen(rtp->repaired));
  if (rtp->level)
    rtp_extension_add(&writer, LEVEL_ID, (uint8_t[]){(uint8_t)(0x80 | rtp->level)}, 1);
  if (rtp->twcc)
    rtp_extension_add(&writer, TWCC_ID, (uint8_t[]){(uint8_t)(rtp->twcc >> 8), (uint8_t)rtp->twcc},
                      2);
  size_t extension = rtp_extension_end(&writer);
  uint8_t *at = data + RTP_HEADER_BYTES + extension;
  if (rtp->original) {
    *at++ = (uint8_t)(rtp->original >> 8);
    *at++ = (uint8_t)rtp->original;
  }
  if (rtp->payload_len) {
    if (rtp->payload)
      memcpy(at, rtp->payload, rtp->payload_len);
    at += rtp->payload_len;
  } else if (!rtp->padding || rtp->original) { /* padding alone is a probe */
    /* VP8: start of partition 0; a key frame of 640x360 (RFC 6386 §9.1). */
    static const uint8_t key[] = {0x10, 0x00, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01};
    memcpy(at, key, sizeof key);
    if (!rtp->keyframe)
      at[1] = 0x01;
    at += 20;
  }
  if (rtp->padding) {
    data[0] |= 0x20;
    at += rtp->padding;
    at[-1] = rtp->padding;
  }
  return uplink_receive(rig->uplink, data, (size_t)(at - data), at_us);
}

#define RTP(...) (&(Rtp){__VA_ARGS__})

static const Packet *last(const Rig *rig) {
  return g_ptr_array_index(rig->packets, rig->packets->len - 1);
}

static void test_learning(void) {
  Rig *rig = rig_new();
  /* Only one m-line has this payload type. */
  g_assert_cmpint(send(rig, RTP(.payload_type = AUDIO_PT, .ssrc = 10, .level = 30), 1000), ==,
                  UPLINK_FORWARDED);
  g_assert_cmpint(rig->last_source, ==, SOURCE_MIC);
  g_assert_cmpuint(last(rig)->audio_level, ==, 30);
  /* Two have this one: the mid tells, or the offer does, and it is remembered without. */
  g_assert_cmpint(send(rig, RTP(.payload_type = VIDEO_PT, .ssrc = 20), 1000), ==,
                  UPLINK_UNKNOWN_SSRC);
  g_assert_cmpint(
      send(rig, RTP(.payload_type = VIDEO_PT, .ssrc = 20, .mid = "9", .keyframe = true), 1000), ==,
      UPLINK_FORWARDED);
  g_assert_cmpint(rig->last_source, ==, SOURCE_SCREEN);
  g_assert_true(last(rig)->vp8.keyframe);
  g_assert_cmpint(send(rig, RTP(.payload_type = VIDEO_PT, .ssrc = 20, .sequence = 1), 1000), ==,
                  UPLINK_FORWARDED);
  g_assert_false(last(rig)->vp8.keyframe);
  rig->plan.media[1].remote_ssrc[0] = 30;
  g_assert_cmpint(send(rig, RTP(.payload_type = VIDEO_PT, .ssrc = 30), 1000), ==, UPLINK_FORWARDED);
  g_assert_cmpint(rig->last_source, ==, SOURCE_CAMERA);
  /* A mid of nobody; a codec that was not agreed. */
  g_assert_cmpint(send(rig, RTP(.payload_type = 100, .ssrc = 40, .mid = "1"), 1000), ==,
                  UPLINK_UNKNOWN_SSRC);
  g_assert_cmpint(send(rig, RTP(.payload_type = 100, .ssrc = 30, .sequence = 1), 1000), ==,
                  UPLINK_UNKNOWN_SSRC);
  /* A descriptor that is cut short. */
  g_assert_cmpint(
      send(rig, RTP(.payload_type = VIDEO_PT, .ssrc = 30, .sequence = 1, .payload_len = 1), 1000),
      ==, UPLINK_MALFORMED);
  /* A new SSRC for the camera: the track goes on in another epoch. */
  uint16_t epoch = last(rig)->epoch;
  g_assert_cmpint(send(rig, RTP(.payload_type = VIDEO_PT, .ssrc = 31, .mid = "1"), 2000), ==,
                  UPLINK_FORWARDED);
  g_assert_cmpuint(last(rig)->epoch, !=, epoch);
  g_assert_cmpuint(rig->begun, ==, 3);
  g_assert_cmpuint(rig->ended, ==, 0);
  /* The screen's m-line stops. */
  rig->plan.media[2].use = PLAN_INACTIVE;
  uplink_replan(rig->uplink);
  g_assert_false(rig->on[SOURCE_SCREEN]);
  g_assert_true(rig->on[SOURCE_CAMERA]);
  rig_free(rig);
}

static void test_ssrcs_are_limited(void) {
  Rig *rig = rig_new();
  unsigned taken = 0;
  for (uint32_t i = 0; i < 1000; i++)
    taken += send(rig, RTP(.payload_type = AUDIO_PT, .ssrc = 1000 + i, .mid = "0"), 1000) ==
             UPLINK_FORWARDED;
  g_assert_cmpuint(taken, <=, 16);
  g_assert_cmpuint(rig->ssrcs, <=, 16);
  rig_free(rig);
}

/* A layer's numbers rise over all its SSRCs, upwards and downwards, and over a jump of one SSRC. */
static void test_epochs(void) {
  Rig *rig = rig_new();
  static const uint16_t first[] = {60000, 100, 33000, 40};
  uint64_t before = 0;
  uint16_t epoch = 0;
  for (unsigned i = 0; i < G_N_ELEMENTS(first); i++)
    for (uint16_t k = 0; k < 20; k++) {
      /* The second packet of each is late: before its first. */
      uint16_t sequence = (uint16_t)(first[i] + k - (k == 1 ? 2 : 0));
      g_assert_cmpint(
          send(rig, RTP(.payload_type = VIDEO_PT, .ssrc = 20 + i, .sequence = sequence, .mid = "1"),
               (int64_t)(1 + i) * 3000000),
          ==, UPLINK_FORWARDED);
      if (k == 0) {
        g_assert_cmpuint(last(rig)->epoch, !=, epoch);
        epoch = last(rig)->epoch;
      }
      g_assert_cmpuint(last(rig)->epoch, ==, epoch);
      if (k != 1) {
        g_assert_cmpuint(last(rig)->sequence, >, before);
        before = last(rig)->sequence;
      } else {
        g_assert_cmpuint(last(rig)->sequence, ==, before - 1);
      }
    }
  g_assert_cmpuint(rig->begun, ==, 1);
  send(rig, RTP(.payload_type = VIDEO_PT, .ssrc = 23, .sequence = 20000), 20000000);
  g_assert_cmpuint(last(rig)->epoch, !=, epoch);
  g_assert_cmpuint(last(rig)->sequence, >, before);
  rig_free(rig);
}

/* The attack that aborted the server: a camera without layers, then with three. */
static void test_layers_change(void) {
  Rig *rig = rig_new();
  send(rig, RTP(.payload_type = VIDEO_PT, .ssrc = 20, .sequence = 1, .mid = "1"), 1000);
  g_assert_cmpuint(rig->layers, ==, 1);
  PlanMedia *media = &rig->plan.media[1];
  media->rid_extension = RID_ID;
  media->rid_count = 3;
  for (unsigned i = 0; i < 3; i++)
    media->rids[i][0] = "lmh"[i];
  uplink_replan(rig->uplink);
  g_assert_cmpuint(rig->ended, ==, 1);
  send(rig, RTP(.payload_type = VIDEO_PT, .ssrc = 22, .sequence = 1, .mid = "1", .rid = "h"), 2000);
  g_assert_cmpuint(rig->begun, ==, 2);
  g_assert_cmpuint(rig->layers, ==, 3);
  g_assert_cmpuint(last(rig)->layer, ==, 2);
  rig_free(rig);
}

/* Each track has a file: who makes the camera come and go gets few. */
static void test_beginnings_are_limited(void) {
  Rig *rig = rig_new();
  int64_t now_us = 1000000;
  for (unsigned i = 0; i < 600; i++, now_us += 500000) { /* five minutes */
    send(rig, RTP(.payload_type = VIDEO_PT, .ssrc = 100 + i, .mid = "1"), now_us);
    rig->plan.media[1].use = PLAN_INACTIVE;
    uplink_replan(rig->uplink);
    rig->plan.media[1].use = PLAN_UPLINK;
    uplink_replan(rig->uplink);
  }
  g_assert_cmpuint(rig->begun, >, 20);
  g_assert_cmpuint(rig->begun, <=, 6 + 30);
  rig_free(rig);
}

static void set_simulcast(PlanMedia *media) {
  media->rid_extension = RID_ID;
  media->repaired_extension = REPAIRED_ID;
  media->rid_count = LAYERS_MAX;
  for (unsigned i = 0; i < LAYERS_MAX; i++)
    media->rids[i][0] = "lmh"[i];
}

/* A network over which no connection lasts for longer than ten seconds: whatever comes first, and
 * however often, the microphone is heard at once, and so are the pictures seen. */
static void test_connected_anew(void) {
  static const char *const rids[] = {"l", "m", "h"};
  Rig *rig = rig_new();
  set_simulcast(&rig->plan.media[1]);
  set_simulcast(&rig->plan.media[2]);
  int64_t now_us = 1000000;
  for (unsigned i = 0; i < 60; i++, now_us += 10000000) {
    connect_anew(rig);
    for (unsigned k = 0; k < 2 * LAYERS_MAX; k++) {
      const char *mid = k < LAYERS_MAX ? "9" : "1", *rid = rids[k % LAYERS_MAX];
      send(rig,
           RTP(.payload_type = RTX_PT, .ssrc = 40 + k, .mid = mid, .repaired = rid, .original = 1),
           now_us);
      g_assert_cmpint(
          send(rig, RTP(.payload_type = VIDEO_PT, .ssrc = 20 + k, .mid = mid, .rid = rid), now_us),
          ==, UPLINK_FORWARDED);
    }
    g_assert_cmpint(send(rig, RTP(.payload_type = AUDIO_PT, .ssrc = 10, .mid = "0"), now_us), ==,
                    UPLINK_FORWARDED);
  }
  rig_free(rig);
}

static void test_repair(void) {
  Rig *rig = rig_new();
  const uint32_t video = 20, rtx = 21;
  /* RTX first: nobody knows yet what it repairs. */
  g_assert_cmpint(
      send(rig, RTP(.payload_type = RTX_PT, .ssrc = rtx, .mid = "1", .original = 5), 1000), ==,
      UPLINK_UNKNOWN_SSRC);
  send(rig, RTP(.payload_type = VIDEO_PT, .ssrc = video, .sequence = 10, .mid = "1"), 1000);
  send(rig, RTP(.payload_type = VIDEO_PT, .ssrc = video, .sequence = 13), 2000);
  uplink_tick(rig->uplink, 10000, 50000);
  g_assert_cmpuint(rig->nacks, ==, 1);
  g_assert_cmpuint(rig->asked_count, ==, 2);
  g_assert_cmpuint(rig->asked[0], ==, 11);
  g_assert_cmpuint(rig->asked[1], ==, 12);
  uint64_t before = last(rig)->sequence;
  g_assert_cmpint(send(rig,
                       RTP(.payload_type = RTX_PT, .ssrc = rtx, .sequence = 1, .original = 12,
                           .timestamp = 900, .padding = 40, .keyframe = true),
                       60000),
                  ==, UPLINK_FORWARDED);
  const Packet *repaired = last(rig);
  g_assert_cmpuint(repaired->rtp.ssrc, ==, video);
  g_assert_cmpuint(repaired->rtp.sequence, ==, 12);
  g_assert_cmpuint(repaired->rtp.payload_type, ==, VIDEO_PT);
  g_assert_cmpuint(repaired->rtp.payload_len, ==, 20);
  g_assert_cmpuint(repaired->sequence, ==, before - 1);
  g_assert_true(repaired->vp8.keyframe);
  /* The bytes say the same as the header. */
  RtpHeader again;
  g_assert_true(rtp_parse(repaired->data, repaired->len, true, &again));
  g_assert_cmpuint(again.sequence, ==, 12);
  g_assert_cmpuint(again.ssrc, ==, video);
  g_assert_cmpuint(again.payload_len, ==, 20);
  /* The original comes late after all. */
  g_assert_cmpint(send(rig, RTP(.payload_type = VIDEO_PT, .ssrc = video, .sequence = 12), 61000),
                  ==, UPLINK_DUPLICATE);
  uplink_tick(rig->uplink, 120000, 50000);
  g_assert_cmpuint(rig->asked_count, ==, 1);
  g_assert_cmpuint(rig->asked[0], ==, 11);
  /* A probe: padding only, and one with less than the two bytes of RFC 4588. */
  g_assert_cmpint(
      send(rig, RTP(.payload_type = RTX_PT, .ssrc = rtx, .sequence = 2, .padding = 200), 130000),
      ==, UPLINK_PADDING);
  g_assert_cmpint(
      send(rig, RTP(.payload_type = RTX_PT, .ssrc = rtx, .sequence = 3, .payload_len = 1), 130000),
      ==, UPLINK_PADDING);
  rig_free(rig);
}

static void test_simulcast(void) {
  Rig *rig = rig_new();
  PlanMedia *media = &rig->plan.media[1];
  media->rid_extension = RID_ID;
  media->repaired_extension = REPAIRED_ID;
  media->rid_count = 3;
  static const char *const rids[] = {"l", "m", "h"};
  for (unsigned i = 0; i < 3; i++)
    g_strlcpy(media->rids[i], rids[i], sizeof media->rids[i]);
  uplink_replan(rig->uplink);
  /* Repair may come first: nothing to repair yet, but its layer is known from here on. */
  g_assert_cmpint(
      send(rig,
           RTP(.payload_type = RTX_PT, .ssrc = 32, .mid = "1", .repaired = "h", .original = 500),
           900),
      ==, UPLINK_UNKNOWN_SSRC);
  for (unsigned i = 0; i < 3; i++) {
    g_assert_cmpint(send(rig,
                         RTP(.payload_type = VIDEO_PT, .ssrc = 20 + i, .sequence = 500, .mid = "1",
                             .rid = rids[i]),
                         1000),
                    ==, UPLINK_FORWARDED);
    g_assert_cmpuint(last(rig)->layer, ==, i);
  }
  g_assert_cmpuint(rig->begun, ==, 1); /* one track */
  g_assert_cmpuint(rig->layers, ==, 3);
  /* Without the extensions, as after the first receiver report. */
  send(rig, RTP(.payload_type = VIDEO_PT, .ssrc = 22, .sequence = 502), 2000);
  g_assert_cmpuint(last(rig)->layer, ==, 2);
  g_assert_cmpint(send(rig, RTP(.payload_type = RTX_PT, .ssrc = 32, .original = 501), 3000), ==,
                  UPLINK_FORWARDED);
  g_assert_cmpuint(last(rig)->layer, ==, 2);
  g_assert_cmpuint(last(rig)->rtp.sequence, ==, 501);
  g_assert_cmpuint(last(rig)->rtp.ssrc, ==, 22);
  /* A layer that is none, and a packet that does not say. */
  g_assert_cmpint(
      send(rig, RTP(.payload_type = VIDEO_PT, .ssrc = 40, .mid = "1", .rid = "x"), 4000), ==,
      UPLINK_UNKNOWN_SSRC);
  g_assert_cmpint(send(rig, RTP(.payload_type = VIDEO_PT, .ssrc = 41, .mid = "1"), 4000), ==,
                  UPLINK_UNKNOWN_SSRC);
  uplink_keyframe(rig->uplink, SOURCE_CAMERA, 1);
  uplink_tick(rig->uplink, 10000, 30000);
  g_assert_cmpuint(rig->plis, ==, 1);
  g_assert_cmpuint(rig->pli_ssrc, ==, 21);
  uplink_keyframes(rig->uplink);
  uplink_tick(rig->uplink, 2000000, 30000);
  g_assert_cmpuint(rig->plis, ==, 4);
  /* A layer starts anew with another SSRC: the track goes on. */
  send(rig, RTP(.payload_type = VIDEO_PT, .ssrc = 50, .mid = "1", .rid = "l"), 2000000);
  g_assert_cmpuint(last(rig)->layer, ==, 0);
  g_assert_cmpuint(rig->begun, ==, 1);
  g_assert_cmpuint(rig->ended, ==, 0);
  rig_free(rig);
}

static void test_giving_up_asks_for_a_picture(void) {
  Rig *rig = rig_new();
  send(rig, RTP(.payload_type = VIDEO_PT, .ssrc = 20, .sequence = 10, .mid = "1"), 1000);
  send(rig, RTP(.payload_type = VIDEO_PT, .ssrc = 20, .sequence = 12), 2000);
  for (int64_t now = 10000; now < 2000000; now += 10000)
    uplink_tick(rig->uplink, now, 30000);
  g_assert_cmpuint(rig->nacks, ==, 10);
  g_assert_cmpuint(rig->plis, ==, 1);
  uplink_keyframe(rig->uplink, SOURCE_CAMERA, 0);
  uplink_tick(rig->uplink, 2010000, 30000);
  uplink_tick(rig->uplink, 2020000, 30000);
  g_assert_cmpuint(rig->plis, ==, 2);
  rig_free(rig);
}

static void test_reports(void) {
  Rig *rig = rig_new();
  for (uint16_t i = 0; i < 50; i++)
    send(rig,
         RTP(.payload_type = AUDIO_PT, .ssrc = 10, .sequence = i, .twcc = i + 1,
             .timestamp = i * 960u),
         1000000 + i * 20000);
  RtcpSenderInfo info = {.ssrc = 10, .ntp = UINT64_C(0xE0000001) << 32, .rtp_timestamp = 48000};
  uplink_sender_report(rig->uplink, &info, 2000000);
  uplink_tick(rig->uplink, 2500000, 0);
  g_assert_cmpuint(rig->reports, ==, 1);
  g_assert_cmpint(rig->report_count, ==, 1);
  g_assert_cmpuint(rig->report[0].ssrc, ==, 10);
  g_assert_cmpuint(rig->report[0].lsr, ==, 0x00010000);
  g_assert_cmpuint(rig->report[0].dlsr, ==, 32768); /* half a second */
  g_assert_cmpint(rig->report[0].total_lost, ==, 0);
  g_assert_cmpuint(rig->twccs, ==, 1);
  uplink_tick(rig->uplink, 2510000, 0);
  g_assert_cmpuint(rig->reports, ==, 1);
  g_assert_cmpuint(rig->twccs, ==, 1);
  rig_free(rig);
}

static void test_garbage(void) {
  Rig *rig = rig_new();
  GRand *rand = g_rand_new_with_seed(11);
  send(rig, RTP(.payload_type = VIDEO_PT, .ssrc = 20, .mid = "1"), 1000);
  send(rig, RTP(.payload_type = RTX_PT, .ssrc = 21, .mid = "1", .original = 1), 1000);
  for (int i = 0; i < 20000; i++) {
    size_t len = (size_t)g_rand_int_range(rand, 0, 60);
    g_autofree uint8_t *noise = g_malloc(len + 1);
    for (size_t j = 0; j < len; j++)
      noise[j] = (uint8_t)g_rand_int(rand);
    if (len > 12) { /* of a known SSRC */
      noise[0] = (uint8_t)(0x80 | (noise[0] & 0x3F));
      noise[1] = i & 1 ? VIDEO_PT : RTX_PT;
      memcpy(noise + 8, (uint8_t[]){0, 0, 0, i & 1 ? 20 : 21}, 4);
    }
    uplink_receive(rig->uplink, noise, len, 1000 + i);
    if (i % 100 == 0)
      uplink_tick(rig->uplink, 1000 + i * 100, 0);
  }
  uint8_t *big = g_malloc0(PACKET_MAX_BYTES + 1);
  big[0] = 0x80;
  g_assert_cmpint(uplink_receive(rig->uplink, big, PACKET_MAX_BYTES + 1, 1), ==, UPLINK_MALFORMED);
  g_free(big);
  g_rand_free(rand);
  rig_free(rig);
}

/* A packet of sound with copies of the ones before it, each of three bytes that tell its number. */
static UplinkVerdict send_red(Rig *rig, uint16_t sequence, unsigned copies, int64_t at_us) {
  uint8_t payload[64], before[RED_BLOCKS_MAX][3];
  RedBlock blocks[RED_BLOCKS_MAX];
  for (unsigned i = 0; i < copies; i++) {
    unsigned back = copies - i;
    memset(before[i], sequence - back, 3);
    blocks[i] = (RedBlock){before[i], 3, back * 960};
  }
  size_t len = red_write(payload, AUDIO_PT, blocks, copies);
  memset(payload + len, sequence, 3);
  return send(rig,
              RTP(.payload_type = RED_PT, .ssrc = 10, .sequence = sequence,
                  .timestamp = sequence * 960u, .level = 30, .payload = payload,
                  .payload_len = len + 3),
              at_us);
}

static void check_sound(const Rig *rig, unsigned index, uint16_t sequence) {
  const Packet *packet = g_ptr_array_index(rig->packets, index);
  RtpHeader header;
  g_assert_true(rtp_parse(packet->data, packet->len, true, &header)); /* as taps take it */
  g_assert_cmpuint(header.payload_type, ==, AUDIO_PT);
  g_assert_cmpuint(header.sequence, ==, sequence);
  g_assert_cmpuint(header.timestamp, ==, sequence * 960u);
  g_assert_cmpuint(packet->rtp.sequence, ==, sequence);
  g_assert_cmpuint(packet->sequence, ==, 65536u + sequence);
  g_assert_cmpuint(header.payload_len, ==, 3);
  g_assert_cmpuint(packet->data[header.payload_offset], ==, (uint8_t)sequence);
}

/* Copies come with the header of another packet, whose level is not theirs. */
static void check_level(const Rig *rig, unsigned index, uint8_t level) {
  g_assert_cmpuint(((const Packet *)g_ptr_array_index(rig->packets, index))->audio_level, ==,
                   level);
}

/* Redundant audio is taken apart: what is missing is in what comes after it. */
static void test_red(void) {
  Rig *rig = rig_new();
  rig->plan.media[0].red_payload_type = RED_PT;
  g_assert_cmpint(send_red(rig, 100, 1, 1000), ==, UPLINK_FORWARDED);
  g_assert_cmpuint(rig->packets->len, ==, 1); /* nothing from before it began */
  check_sound(rig, 0, 100);
  send_red(rig, 101, 1, 21000);
  g_assert_cmpuint(rig->packets->len, ==, 2);
  send_red(rig, 103, 1, 61000); /* 102 is in it */
  g_assert_cmpuint(rig->packets->len, ==, 4);
  check_sound(rig, 2, 102);
  check_sound(rig, 3, 103);
  g_assert_cmpint(send_red(rig, 102, 1, 62000), ==, UPLINK_DUPLICATE); /* it was only late */
  g_assert_cmpuint(rig->packets->len, ==, 4);
  send_red(rig, 107, 2, 141000); /* 104 is lost */
  g_assert_cmpuint(rig->packets->len, ==, 7);
  check_sound(rig, 4, 105);
  check_sound(rig, 5, 106);
  check_sound(rig, 6, 107);
  send_red(rig, 105, 3, 142000); /* late, and brings 104 */
  g_assert_cmpuint(rig->packets->len, ==, 8);
  check_sound(rig, 7, 104);
  send_red(rig, 108, 0, 161000);
  check_sound(rig, 8, 108);
  for (unsigned i = 0; i < 9; i++)
    check_level(rig, i, i == 2 || i == 4 || i == 5 || i == 7 ? AUDIO_LEVEL_UNKNOWN : 30);

  static const uint8_t broken[] = {0x80 | AUDIO_PT, 0, 4, 200, AUDIO_PT, 1};
  g_assert_cmpint(send(rig,
                       RTP(.payload_type = RED_PT, .ssrc = 10, .sequence = 110, .payload = broken,
                           .payload_len = sizeof broken),
                       200000),
                  ==, UPLINK_MALFORMED);
  rig->plan.media[0].red_payload_type = 0;
  g_assert_cmpint(send_red(rig, 111, 1, 220000), ==, UPLINK_UNKNOWN_SSRC); /* not agreed */
  g_assert_cmpuint(rig->packets->len, ==, 9);
  rig_free(rig);
}

/* --- how much --- */

static int64_t forwarded_bps(const Rig *rig, unsigned seconds) {
  int64_t bytes = 0;
  for (unsigned i = 0; i < rig->packets->len; i++)
    bytes += ((const Packet *)g_ptr_array_index(rig->packets, i))->len;
  return bytes * 8 / seconds;
}

/* Stereo music at 128 kbit/s in frames of 10 ms, each with two copies; then the network holds back
 * a second and a half of it, loses every second packet, and hands over the rest at once. */
static void test_music(void) {
  Rig *rig = rig_new();
  rig->plan.media[0].red_payload_type = RED_PT;
  static uint8_t frame[160];
  int64_t now_us = 1000000;
  for (uint16_t i = 0; i < 6000; i++) {
    bool held = i >= 3000 && i < 3150;
    now_us = 1000000 + (held ? 3150 : i) * INT64_C(10000);
    if (held && i % 2)
      continue;
    uint8_t payload[600];
    RedBlock copies[] = {{frame, sizeof frame, 960}, {frame, sizeof frame, 480}};
    size_t len = red_write(payload, AUDIO_PT, copies, 2);
    memcpy(payload + len, frame, sizeof frame);
    send(rig,
         RTP(.payload_type = RED_PT, .ssrc = 10, .sequence = i, .timestamp = i * 480u, .mid = "0",
             .level = 30, .twcc = i + 1, .payload = payload, .payload_len = len + sizeof frame),
         now_us);
  }
  g_assert_cmpuint(rig->packets->len, ==, 6000);
  rig_free(rig);
}

/* "Sound" of 1,400 bytes a packet, 20 Mbit/s of it, and 5,000 small packets a second. */
static void test_sound_is_limited(void) {
  Rig *rig = rig_new();
  uint16_t sequence = 0;
  for (int64_t now_us = 1000000; now_us < 11000000; now_us += 560)
    send(rig,
         RTP(.payload_type = AUDIO_PT, .ssrc = 10, .sequence = sequence++, .mid = "0", .level = 1,
             .payload_len = 1400),
         now_us);
  g_assert_cmpint(forwarded_bps(rig, 10), <=, 320000);
  g_assert_cmpint(forwarded_bps(rig, 10), >=, 250000);
  rig_free(rig);
  rig = rig_new();
  for (int64_t now_us = 1000000; now_us < 11000000; now_us += 200)
    send(rig,
         RTP(.payload_type = AUDIO_PT, .ssrc = 10, .sequence = sequence++, .mid = "0", .level = 1,
             .payload_len = 3),
         now_us);
  g_assert_cmpuint(rig->packets->len, <=, 2400 + 1);
  rig_free(rig);
  /* Nor is it more in one connection after the other. */
  rig = rig_new();
  int64_t anew_us = 2000000;
  for (int64_t now_us = 1000000; now_us < 11000000; now_us += 560) {
    if (now_us >= anew_us) {
      connect_anew(rig);
      anew_us += 1000000;
    }
    send(rig,
         RTP(.payload_type = AUDIO_PT, .ssrc = 10, .sequence = sequence++, .mid = "0", .level = 1,
             .payload_len = 1400),
         now_us);
  }
  g_assert_cmpint(forwarded_bps(rig, 10), <=, 320000);
  rig_free(rig);
}

/* A picture of 3 Mbit/s, the most that the page sends, with a key frame of half a second at once
 * each second passes whole. Of 100 Mbit/s a tenth does; what is left out is no loss: nobody asks
 * for it again, and the publisher is not told of any. But the picture is broken, and nobody can
 * tell by the numbers: a key frame is asked for. */
static void test_pictures_are_limited(void) {
  Rig *rig = rig_new();
  uint16_t sequence = 0;
  unsigned sent = 0;
  for (unsigned frame = 0; frame < 300; frame++) {
    unsigned packets = frame % 30 ? 8 : 150;
    for (unsigned i = 0; i < packets; i++, sent++)
      send(rig,
           RTP(.payload_type = VIDEO_PT, .ssrc = 20, .sequence = sequence++, .mid = "1",
               .payload_len = 1150),
           1000000 + frame * 33333);
  }
  g_assert_cmpuint(rig->packets->len, ==, sent);
  rig_free(rig);
  rig = rig_new();
  for (int64_t now_us = 1000000, tick_us = 0; now_us < 11000000; now_us += 96) {
    send(rig,
         RTP(.payload_type = VIDEO_PT, .ssrc = 20, .sequence = sequence++, .mid = "1",
             .payload_len = 1150),
         now_us);
    if (now_us >= tick_us) {
      uplink_tick(rig->uplink, now_us, 30000);
      tick_us = now_us + 10000;
    }
  }
  g_assert_cmpint(forwarded_bps(rig, 10), <=, 11100000);
  g_assert_cmpint(forwarded_bps(rig, 10), >=, 10000000);
  g_assert_cmpuint(rig->nacks, ==, 0);
  g_assert_cmpfloat(uplink_loss(rig->uplink), ==, 0);
  g_assert_cmpuint(rig->plis, >=, 15); /* two a second */
  g_assert_cmpuint(rig->plis, <=, 20);
  rig_free(rig);
}

/* One packet is left out because it cannot be read. */
static void test_unreadable_picture(void) {
  for (unsigned late = 0; late <= 1; late++) {
    Rig *rig = rig_new();
    send(rig, RTP(.payload_type = VIDEO_PT, .ssrc = 20, .sequence = 1, .mid = "1"), 1000000);
    if (late)
      send(rig, RTP(.payload_type = VIDEO_PT, .ssrc = 20, .sequence = 3), 1010000);
    g_assert_cmpint(send(rig,
                         RTP(.payload_type = VIDEO_PT, .ssrc = 20, .sequence = 2, .payload_len = 1,
                             .payload = (const uint8_t[]){0x80}),
                         1020000),
                    ==, UPLINK_MALFORMED);
    uplink_tick(rig->uplink, 1030000, 30000);
    g_assert_cmpuint(rig->nacks, ==, 0);
    g_assert_cmpuint(rig->plis, ==, 1);
    rig_free(rig);
  }
}

/* How far a slot that carries the layer may go on in its numbers, with all that came: it begins
 * with any packet of an epoch, perhaps one that came late, and passes gaps on (router/rewrite.h).
 */
static uint64_t numbers_used(const Rig *rig) {
  uint64_t used = 0, lowest = 0, highest = 0;
  for (unsigned i = 0; i < rig->packets->len; i++) {
    const Packet *packet = g_ptr_array_index(rig->packets, i);
    const Packet *before = i ? g_ptr_array_index(rig->packets, i - 1) : NULL;
    if (!before || packet->epoch != before->epoch) {
      used += before ? highest - lowest + 1 : 0;
      lowest = highest = packet->sequence;
    }
    lowest = MIN(lowest, packet->sequence);
    highest = MAX(highest, packet->sequence);
  }
  return used + highest - lowest + 1;
}

typedef struct {
  const char *name;
  uint16_t step;      /* from number to number */
  uint16_t malformed; /* one in so many is good */
  int64_t every_us;
  unsigned good; /* as many are forwarded at least */
} Leaps;

/* For as long as a receiver may hear nothing before it counts as lost, 8 s: his SRTP guesses the
 * roll-over counter over less than half a lap of numbers (RFC 3711 §3.3.1), whatever one publisher
 * does with his. */
static void test_leaps(void) {
  static const Leaps ways[] = {
      {"2,999 at a time", 2999, 1, 10000, 8},
      {"250 at a time", 250, 1, 2000, 20},
      {"many", 1, 1, 50, 16000},
      {"many, broken", 1, 100, 20, 3000},
      {"one in two, and broken", 2, 3, 400, 1000},
  };
  for (unsigned w = 0; w < G_N_ELEMENTS(ways); w++) {
    Rig *rig = rig_new();
    const Leaps *way = &ways[w];
    uint16_t sequence = 0;
    unsigned i = 0;
    g_test_message("%s", way->name);
    for (int64_t now_us = 1000000; now_us < 9000000; now_us += way->every_us, i++) {
      sequence = (uint16_t)(sequence + way->step);
      bool good = i % way->malformed == 0;
      send(rig,
           RTP(.payload_type = VIDEO_PT, .ssrc = 20, .sequence = sequence, .mid = "1",
               .payload_len = good ? 0 : 1, .payload = (const uint8_t[]){0x80}),
           now_us);
    }
    g_assert_cmpuint(numbers_used(rig), <, 0x8000);
    g_assert_cmpuint(rig->packets->len, >=, way->good);
    rig_free(rig);
  }
}

/* One SSRC after the other, as many as are learned, and of each what may come late and what may be
 * left out: a packet; a key frame from before it, as far as is taken or further; and one as far
 * behind it as no loss is asked for any more. */
static void test_leaps_of_new_streams(void) {
  static const int before[] = {RECEIVE_WINDOW - 1, 64};
  Rig *rig = rig_new();
  uint32_t ssrc = 100;
  for (int64_t now_us = 1000000; now_us < 9000000; now_us += 80000, ssrc++) {
    uint16_t first = (uint16_t)(ssrc * 5000);
    send(rig, RTP(.payload_type = VIDEO_PT, .ssrc = ssrc, .sequence = first, .mid = "1"), now_us);
    for (unsigned i = 0; i < G_N_ELEMENTS(before); i++)
      send(rig,
           RTP(.payload_type = VIDEO_PT, .ssrc = ssrc, .sequence = (uint16_t)(first - before[i]),
               .keyframe = true),
           now_us);
    send(rig,
         RTP(.payload_type = VIDEO_PT, .ssrc = ssrc,
             .sequence = (uint16_t)(first + RECEIVE_GAP_BURST + 1)),
         now_us);
  }
  g_assert_cmpuint(numbers_used(rig), <, 8000);
  g_assert_cmpuint(rig->packets->len, >, 20);
  rig_free(rig);
}

/* What honest lines do: a third is lost, and twice as many packets in a row as are asked for. The
 * picture goes on in its epoch after the first; a key frame is asked for after the second. */
static void test_losses_are_no_leaps(void) {
  Rig *rig = rig_new();
  uint16_t sequence = 0;
  for (unsigned i = 0; i < 3000; i++, sequence++)
    if (i % 3)
      send(rig, RTP(.payload_type = VIDEO_PT, .ssrc = 20, .sequence = sequence, .mid = "1"),
           1000000 + i * INT64_C(2500));
  g_assert_cmpuint(rig->packets->len, ==, 2000);
  uint16_t epoch = last(rig)->epoch;
  g_assert_cmpuint(epoch, ==, ((const Packet *)g_ptr_array_index(rig->packets, 0))->epoch);
  uint64_t before = last(rig)->sequence;
  sequence = (uint16_t)(sequence + 1000);
  send(rig, RTP(.payload_type = VIDEO_PT, .ssrc = 20, .sequence = sequence), 12000000);
  g_assert_cmpuint(last(rig)->epoch, !=, epoch);
  g_assert_cmpuint(last(rig)->sequence, >, before);
  /* A repair of before is nobody's now. */
  g_assert_cmpint(
      send(rig, RTP(.payload_type = VIDEO_PT, .ssrc = 20, .sequence = (uint16_t)(sequence - 1001)),
           12001000),
      ==, UPLINK_DUPLICATE);
  rig_free(rig);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/peer/uplink/learning", test_learning);
  g_test_add_func("/peer/uplink/ssrcs-are-limited", test_ssrcs_are_limited);
  g_test_add_func("/peer/uplink/epochs", test_epochs);
  g_test_add_func("/peer/uplink/layers-change", test_layers_change);
  g_test_add_func("/peer/uplink/beginnings-limited", test_beginnings_are_limited);
  g_test_add_func("/peer/uplink/connected-anew", test_connected_anew);
  g_test_add_func("/peer/uplink/repair", test_repair);
  g_test_add_func("/peer/uplink/giving-up", test_giving_up_asks_for_a_picture);
  g_test_add_func("/peer/uplink/simulcast", test_simulcast);
  g_test_add_func("/peer/uplink/reports", test_reports);
  g_test_add_func("/peer/uplink/garbage", test_garbage);
  g_test_add_func("/peer/uplink/red", test_red);
  g_test_add_func("/peer/uplink/music", test_music);
  g_test_add_func("/peer/uplink/sound-is-limited", test_sound_is_limited);
  g_test_add_func("/peer/uplink/pictures-are-limited", test_pictures_are_limited);
  g_test_add_func("/peer/uplink/unreadable-picture", test_unreadable_picture);
  g_test_add_func("/peer/uplink/leaps", test_leaps);
  g_test_add_func("/peer/uplink/leaps-of-new-streams", test_leaps_of_new_streams);
  g_test_add_func("/peer/uplink/losses-are-no-leaps", test_losses_are_no_leaps);
  return g_test_run();
}
