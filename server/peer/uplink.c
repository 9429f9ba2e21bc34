#include "peer/uplink.h"

#include <glib.h>
#include <string.h>

#include "base/id.h"
#include "base/limit.h"
#include "peer/capture.h"
#include "peer/feedback.h"
#include "peer/receive.h"
#include "wire/red.h"
#include "wire/vp8.h"

#define STREAMS_MAX 24         /* three layers of a camera, three others, their repair; twice */
#define KEYFRAME_GAP_US 500000 /* whoever asks: the router, and losses that were given up */
#define FEEDBACK_US 50000      /* platform.md: every 50 ms, as libwebrtc's own receivers at most */
#define REPORT_US 500000       /* RFC 3550's 5 s is for multicast; browsers report once a second */
#define DEFAULT_RTT_US 100000  /* until a receiver report told better */
#define NACKS_MAX 64           /* asked in one packet */
/* New SSRCs of one peer: each may become a track with a file of its own. */
#define LEARN_PER_SECOND 1
#define LEARN_BURST 16

typedef struct {
  uint32_t ssrc;
  bool rtx, begun;
  unsigned media; /* index in the plan */
  Source source;
  uint8_t layer;
  int64_t last_us;
  Receive receive;
  CaptureStream capture;
  bool reported;          /* a sender report came */
  uint32_t report_middle; /* its middle 32 bits of NTP */
  int64_t report_us;      /* and its arrival */
} Stream;

struct Uplink {
  const MediaPlan *plan;
  PacketPool *pool;
  const UplinkSink *sink;
  void *user;
  uint32_t own_ssrc; /* of our reports */
  CaptureClock clock;
  Feedback feedback;
  uint32_t feedback_ssrc; /* media SSRC of the feedback: any of the peer's */
  int64_t next_feedback_us, next_report_us;
  uint8_t twcc_extension, mid_extension, rid_extension, repaired_extension;
  bool wants_keyframe[SOURCE_COUNT][LAYERS_MAX];
  int64_t keyframe_us[SOURCE_COUNT][LAYERS_MAX]; /* asked last; 0: never */
  Limit learning;
  unsigned stream_count;
  Stream *streams[STREAMS_MAX]; /* 9 KB each: most members of a large room send nothing */
};

static bool is_video(Source source) {
  return source == SOURCE_CAMERA || source == SOURCE_SCREEN;
}

/* In a BUNDLE an extension has one id for all m-lines (RFC 9143 §10). */
static void read_extensions(Uplink *uplink) {
  uplink->twcc_extension = uplink->mid_extension = 0;
  uplink->rid_extension = uplink->repaired_extension = 0;
  for (unsigned i = 0; i < uplink->plan->media_count; i++) {
    const PlanMedia *media = &uplink->plan->media[i];
    if (media->use != PLAN_UPLINK)
      continue;
    if (media->twcc_extension)
      uplink->twcc_extension = media->twcc_extension;
    if (media->mid_extension)
      uplink->mid_extension = media->mid_extension;
    if (media->rid_extension)
      uplink->rid_extension = media->rid_extension;
    if (media->repaired_extension)
      uplink->repaired_extension = media->repaired_extension;
  }
}

Uplink *uplink_new(const MediaPlan *plan, PacketPool *pool, const UplinkSink *sink, void *user) {
  Uplink *uplink = g_new0(Uplink, 1);
  uplink->plan = plan;
  uplink->pool = pool;
  uplink->sink = sink;
  uplink->user = user;
  uplink->own_ssrc = random_u32() | 1;
  read_extensions(uplink);
  return uplink;
}

static bool has_begun(const Uplink *uplink, Source source) {
  for (unsigned i = 0; i < uplink->stream_count; i++)
    if (uplink->streams[i]->begun && uplink->streams[i]->source == source)
      return true;
  return false;
}

static void stream_end(Uplink *uplink, unsigned index) {
  g_autofree Stream *stream = uplink->streams[index];
  uplink->streams[index] = uplink->streams[--uplink->stream_count];
  uplink->sink->ssrc(uplink->user, stream->ssrc, false);
  if (stream->begun && !has_begun(uplink, stream->source))
    uplink->sink->end(uplink->user, stream->source);
}

void uplink_free(Uplink *uplink) {
  if (!uplink)
    return;
  while (uplink->stream_count)
    stream_end(uplink, uplink->stream_count - 1);
  g_free(uplink);
}

void uplink_replan(Uplink *uplink) {
  read_extensions(uplink);
  for (unsigned i = uplink->stream_count; i-- > 0;) {
    const Stream *stream = uplink->streams[i];
    const PlanMedia *media = &uplink->plan->media[stream->media];
    if (media->use != PLAN_UPLINK || media->source != stream->source)
      stream_end(uplink, i);
  }
}

/* --- whose packet is it --- */

static Stream *stream_find(Uplink *uplink, uint32_t ssrc) {
  for (unsigned i = 0; i < uplink->stream_count; i++)
    if (uplink->streams[i]->ssrc == ssrc)
      return uplink->streams[i];
  return NULL;
}

/* The layer whose SSRC or whose repair's the offer named, or -1. */
static int signalled_layer(const PlanMedia *media, uint32_t ssrc) {
  for (int i = 0; i < LAYERS_MAX; i++)
    if (media->remote_ssrc[i] == ssrc || media->remote_rtx_ssrc[i] == ssrc)
      return i;
  return -1;
}

static int media_by_signalled_ssrc(const MediaPlan *plan, uint32_t ssrc) {
  for (unsigned i = 0; i < plan->media_count; i++)
    if (plan->media[i].use == PLAN_UPLINK && signalled_layer(&plan->media[i], ssrc) >= 0)
      return (int)i;
  return -1;
}

static int media_by_mid(const MediaPlan *plan, const uint8_t *mid, size_t len) {
  for (unsigned i = 0; i < plan->media_count; i++)
    if (plan->media[i].use == PLAN_UPLINK && strlen(plan->media[i].mid) == len &&
        memcmp(plan->media[i].mid, mid, len) == 0)
      return (int)i;
  return -1;
}

static bool has_payload_type(const PlanMedia *media, uint8_t payload_type) {
  return media->payload_type == payload_type ||
         (media->rtx_payload_type && media->rtx_payload_type == payload_type) ||
         (media->red_payload_type && media->red_payload_type == payload_type);
}

static int media_by_payload_type(const MediaPlan *plan, uint8_t payload_type) {
  int found = -1;
  for (unsigned i = 0; i < plan->media_count; i++)
    if (plan->media[i].use == PLAN_UPLINK && has_payload_type(&plan->media[i], payload_type)) {
      if (found >= 0)
        return -1; /* camera and screen: it does not tell */
      found = (int)i;
    }
  return found;
}

static int layer_by_rid(const PlanMedia *media, const uint8_t *rid, size_t len) {
  for (unsigned i = 0; i < media->rid_count; i++)
    if (strlen(media->rids[i]) == len && memcmp(media->rids[i], rid, len) == 0)
      return (int)i;
  return -1;
}

/* Which layer of a simulcast m-line; -1: it does not say. Repair names the layer it repairs. */
static int find_layer(const Uplink *uplink, const PlanMedia *media, bool rtx, const uint8_t *data,
                      const RtpHeader *rtp) {
  const uint8_t *rid;
  size_t len;
  uint8_t extension = rtx ? uplink->repaired_extension : uplink->rid_extension;
  if (media->rid_count == 0)
    return 0;
  if (extension && rtp_extension(data, rtp, extension, &rid, &len))
    return layer_by_rid(media, rid, len);
  return signalled_layer(media, rtp->ssrc);
}

/* A new primary SSRC for a layer replaces the old one; the oldest silent stream makes room. */
static void make_room(Uplink *uplink, Source source, unsigned layer, bool rtx) {
  for (unsigned i = uplink->stream_count; i-- > 0;) {
    const Stream *stream = uplink->streams[i];
    if (stream->source == source && stream->layer == layer && stream->rtx == rtx)
      stream_end(uplink, i);
  }
  if (uplink->stream_count < STREAMS_MAX)
    return;
  unsigned oldest = 0;
  for (unsigned i = 1; i < uplink->stream_count; i++)
    if (uplink->streams[i]->last_us < uplink->streams[oldest]->last_us)
      oldest = i;
  stream_end(uplink, oldest);
}

static Stream *stream_learn(Uplink *uplink, const uint8_t *data, const RtpHeader *rtp,
                            int64_t now_us) {
  const MediaPlan *plan = uplink->plan;
  const uint8_t *mid;
  size_t mid_len;
  int index = -1;
  if (uplink->mid_extension && rtp_extension(data, rtp, uplink->mid_extension, &mid, &mid_len))
    index = media_by_mid(plan, mid, mid_len);
  if (index < 0)
    index = media_by_signalled_ssrc(plan, rtp->ssrc);
  if (index < 0)
    index = media_by_payload_type(plan, rtp->payload_type);
  if (index < 0 || !has_payload_type(&plan->media[index], rtp->payload_type))
    return NULL;
  const PlanMedia *media = &plan->media[index];
  bool rtx = media->rtx_payload_type && rtp->payload_type == media->rtx_payload_type;
  int layer = find_layer(uplink, media, rtx, data, rtp);
  if (layer < 0 || !limit_take(&uplink->learning, LEARN_PER_SECOND, LEARN_BURST, now_us))
    return NULL;
  make_room(uplink, media->source, (unsigned)layer, rtx);
  Stream *stream = uplink->streams[uplink->stream_count++] = g_new(Stream, 1);
  *stream = (Stream){.ssrc = rtp->ssrc,
                     .rtx = rtx,
                     .media = (unsigned)index,
                     .source = media->source,
                     .layer = (uint8_t)layer};
  receive_init(&stream->receive, media->clock_rate, media->nack && !rtx);
  capture_stream_init(&stream->capture, media->clock_rate);
  uplink->sink->ssrc(uplink->user, stream->ssrc, true);
  return stream;
}

static Stream *primary_of(Uplink *uplink, const Stream *rtx) {
  for (unsigned i = 0; i < uplink->stream_count; i++)
    if (!uplink->streams[i]->rtx && uplink->streams[i]->source == rtx->source &&
        uplink->streams[i]->layer == rtx->layer)
      return uplink->streams[i];
  return NULL;
}

/* --- one packet --- */

/* RFC 6464: the level is the low seven bits, 0 loudest. */
static uint8_t audio_level(const PlanMedia *media, const Packet *packet) {
  const uint8_t *value;
  size_t len;
  if (media->level_extension &&
      rtp_extension(packet->data, &packet->rtp, media->level_extension, &value, &len) && len >= 1)
    return value[0] & 0x7F;
  return AUDIO_LEVEL_UNKNOWN;
}

static UplinkVerdict deliver(Uplink *uplink, Stream *stream, Packet *packet, bool repaired) {
  const PlanMedia *media = &uplink->plan->media[stream->media];
  if (!receive_packet(&stream->receive, packet->rtp.sequence, packet->rtp.timestamp,
                      packet->arrival_us, repaired, &packet->sequence))
    return UPLINK_DUPLICATE;
  packet->capture_us = capture_stream_time(&stream->capture, &uplink->clock, packet->rtp.timestamp,
                                           packet->arrival_us);
  packet->audio_level = AUDIO_LEVEL_UNKNOWN;
  packet->vp8 = (Vp8Descriptor){0};
  packet->layer = stream->layer;
  if (is_video(stream->source)) {
    if (packet->rtp.payload_len && !vp8_parse(packet->data + packet->rtp.payload_offset,
                                              packet->rtp.payload_len, &packet->vp8))
      return UPLINK_MALFORMED;
  } else {
    packet->audio_level = audio_level(media, packet);
  }
  if (!stream->begun) {
    bool first = !has_begun(uplink, stream->source);
    stream->begun = true;
    if (first)
      uplink->sink->begin(uplink->user, stream->source, media->clock_rate,
                          MAX(media->rid_count, 1));
  }
  uplink->sink->media(uplink->user, stream->source, packet);
  return packet->rtp.payload_len ? UPLINK_FORWARDED : UPLINK_PADDING;
}

/* The bytes agree with the header again, for taps that take the packet as it is. */
static void write_back(Packet *packet, const RtpHeader *header) {
  uint8_t *data = packet->data;
  data[0] &= (uint8_t)~0x20; /* padding is gone */
  data[1] = (uint8_t)((header->marker ? 0x80 : 0) | header->payload_type);
  data[2] = (uint8_t)(header->sequence >> 8);
  data[3] = (uint8_t)header->sequence;
  for (int i = 0; i < 4; i++) {
    data[4 + i] = (uint8_t)(header->timestamp >> (24 - 8 * i));
    data[8 + i] = (uint8_t)(header->ssrc >> (24 - 8 * i));
  }
  packet->rtp = *header;
  packet->rtp.padding_len = 0;
  packet->len = (uint16_t)(header->payload_offset + header->payload_len);
}

/* The packet `back` before this one, out of the copy in it. */
static void deliver_copy(Uplink *uplink, Stream *stream, const Packet *of, const RedBlock *copy,
                         unsigned back) {
  RtpHeader header = of->rtp;
  header.sequence = (uint16_t)(header.sequence - back);
  if (copy->len == 0 || !receive_misses(&stream->receive, header.sequence))
    return;
  header.timestamp -= copy->age;
  header.marker = false;
  header.payload_len = (uint16_t)copy->len;
  Packet *packet = packet_new(uplink->pool);
  memcpy(packet->data, of->data, header.payload_offset);
  memcpy(packet->data + header.payload_offset, copy->data, copy->len);
  write_back(packet, &header);
  packet->arrival_us = of->arrival_us;
  deliver(uplink, stream, packet, true);
  packet_unref(&packet);
}

/* RFC 2198: what is missing is in what came after it. Numbers are not told; a sender has one packet
 * for each block. */
static UplinkVerdict receive_red(Uplink *uplink, Stream *stream, Packet *packet) {
  RedBlock blocks[RED_BLOCKS_MAX];
  RtpHeader header = packet->rtp;
  uint8_t *payload = packet->data + header.payload_offset;
  unsigned count = red_parse(payload, header.payload_len, blocks);
  if (count == 0)
    return UPLINK_MALFORMED;
  header.payload_type = uplink->plan->media[stream->media].payload_type;
  packet->rtp.payload_type = header.payload_type;
  for (unsigned i = 0; i + 1 < count; i++)
    deliver_copy(uplink, stream, packet, &blocks[i], count - 1 - i);
  const RedBlock *primary = &blocks[count - 1];
  header.payload_len = (uint16_t)primary->len;
  memmove(payload, primary->data, primary->len);
  write_back(packet, &header);
  return deliver(uplink, stream, packet, false);
}

/* RFC 4588 §4: the payload begins with the original sequence number; the rest is the original.
 * Fewer than two bytes are a probe for bandwidth. */
static UplinkVerdict receive_rtx(Uplink *uplink, Stream *rtx, Packet *packet) {
  RtpHeader header = packet->rtp;
  if (header.payload_len < 2)
    return UPLINK_PADDING;
  Stream *primary = primary_of(uplink, rtx);
  if (!primary)
    return UPLINK_UNKNOWN_SSRC;
  uint8_t *payload = packet->data + header.payload_offset;
  header.sequence = (uint16_t)(payload[0] << 8 | payload[1]);
  header.payload_len = (uint16_t)(header.payload_len - 2);
  memmove(payload, payload + 2, header.payload_len);
  header.ssrc = primary->ssrc;
  header.payload_type = uplink->plan->media[primary->media].payload_type;
  write_back(packet, &header);
  primary->last_us = packet->arrival_us;
  return deliver(uplink, primary, packet, true);
}

static void note_transport_sequence(Uplink *uplink, const Packet *packet) {
  const uint8_t *value;
  size_t len;
  if (!uplink->twcc_extension ||
      !rtp_extension(packet->data, &packet->rtp, uplink->twcc_extension, &value, &len) || len < 2)
    return;
  uplink->feedback_ssrc = packet->rtp.ssrc;
  feedback_received(&uplink->feedback, (uint16_t)(value[0] << 8 | value[1]), packet->arrival_us);
}

UplinkVerdict uplink_receive(Uplink *uplink, const uint8_t *data, size_t len, int64_t arrival_us) {
  if (len > PACKET_MAX_BYTES)
    return UPLINK_MALFORMED;
  capture_clock_heard(&uplink->clock, arrival_us);
  Packet *packet = packet_new(uplink->pool);
  memcpy(packet->data, data, len);
  packet->len = (uint16_t)len;
  packet->arrival_us = arrival_us;
  UplinkVerdict verdict = UPLINK_MALFORMED;
  if (rtp_parse(packet->data, len, true, &packet->rtp)) {
    note_transport_sequence(uplink, packet);
    Stream *stream = stream_find(uplink, packet->rtp.ssrc);
    if (!stream)
      stream = stream_learn(uplink, packet->data, &packet->rtp, arrival_us);
    if (!stream) {
      verdict = UPLINK_UNKNOWN_SSRC;
    } else {
      const PlanMedia *media = &uplink->plan->media[stream->media];
      stream->last_us = arrival_us;
      if (stream->rtx)
        verdict = receive_rtx(uplink, stream, packet);
      else if (packet->rtp.payload_type == media->payload_type)
        verdict = deliver(uplink, stream, packet, false);
      else if (media->red_payload_type && packet->rtp.payload_type == media->red_payload_type)
        verdict = receive_red(uplink, stream, packet);
      else
        verdict = UPLINK_UNKNOWN_SSRC; /* another codec than agreed */
    }
  }
  packet_unref(&packet);
  return verdict;
}

void uplink_heard(Uplink *uplink, int64_t arrival_us) {
  capture_clock_heard(&uplink->clock, arrival_us);
}

void uplink_sender_report(Uplink *uplink, const RtcpSenderInfo *info, int64_t arrival_us) {
  Stream *stream = stream_find(uplink, info->ssrc);
  if (!stream || stream->rtx || info->ntp == 0)
    return;
  capture_clock_report(&uplink->clock, info->ntp, arrival_us);
  capture_stream_report(&stream->capture, info->ntp, info->rtp_timestamp);
  stream->reported = true;
  stream->report_middle = (uint32_t)(info->ntp >> 16);
  stream->report_us = arrival_us;
}

/* --- what is sent back --- */

static void send_nacks(Uplink *uplink, int64_t now_us, int64_t rtt_us) {
  for (unsigned i = 0; i < uplink->stream_count; i++) {
    Stream *stream = uplink->streams[i];
    if (!stream->receive.nack)
      continue;
    uint16_t wanted[NACKS_MAX];
    uint8_t out[512];
    size_t count = receive_nacks(&stream->receive, now_us, rtt_us ? rtt_us : DEFAULT_RTT_US, wanted,
                                 NACKS_MAX);
    size_t len =
        count ? rtcp_write_nack(out, sizeof out, uplink->own_ssrc, stream->ssrc, wanted, count) : 0;
    if (len)
      uplink->sink->rtcp(uplink->user, out, len);
    if (receive_gave_up(&stream->receive) && is_video(stream->source))
      uplink->wants_keyframe[stream->source][stream->layer] = true;
  }
}

static void send_keyframe_requests(Uplink *uplink, int64_t now_us) {
  for (unsigned i = 0; i < uplink->stream_count; i++) {
    const Stream *stream = uplink->streams[i];
    int64_t *asked_us = &uplink->keyframe_us[stream->source][stream->layer];
    bool *wants = &uplink->wants_keyframe[stream->source][stream->layer];
    if (stream->rtx || !*wants || (*asked_us && now_us - *asked_us < KEYFRAME_GAP_US))
      continue;
    *asked_us = now_us;
    uint8_t out[32];
    size_t len = rtcp_write_pli(out, sizeof out, uplink->own_ssrc, stream->ssrc);
    *wants = false;
    if (len)
      uplink->sink->rtcp(uplink->user, out, len);
  }
}

static void send_feedback(Uplink *uplink) {
  RtcpTwcc twcc;
  while (feedback_take(&uplink->feedback, &twcc)) {
    uint8_t out[1200];
    size_t len = rtcp_write_twcc(out, sizeof out, uplink->own_ssrc, uplink->feedback_ssrc, &twcc);
    if (len)
      uplink->sink->rtcp(uplink->user, out, len);
  }
}

static void send_reports(Uplink *uplink, int64_t now_us) {
  RtcpReport reports[STREAMS_MAX];
  size_t count = 0;
  for (unsigned i = 0; i < uplink->stream_count; i++) {
    Stream *stream = uplink->streams[i];
    if (stream->rtx || !stream->receive.started)
      continue;
    RtcpReport *report = &reports[count++];
    *report = (RtcpReport){.ssrc = stream->ssrc};
    receive_report(&stream->receive, report);
    if (stream->reported) {
      report->lsr = stream->report_middle;
      report->dlsr = (uint32_t)(((now_us - stream->report_us) << 16) / 1000000);
    }
  }
  uint8_t out[512];
  size_t len = count ? rtcp_write_rr(out, sizeof out, uplink->own_ssrc, reports, count) : 0;
  if (len)
    uplink->sink->rtcp(uplink->user, out, len);
}

void uplink_tick(Uplink *uplink, int64_t now_us, int64_t rtt_us) {
  send_nacks(uplink, now_us, rtt_us);
  send_keyframe_requests(uplink, now_us);
  if (now_us >= uplink->next_feedback_us) {
    uplink->next_feedback_us = now_us + FEEDBACK_US;
    send_feedback(uplink);
  }
  if (now_us >= uplink->next_report_us) {
    uplink->next_report_us = now_us + REPORT_US;
    send_reports(uplink, now_us);
  }
}

bool uplink_receives(const Uplink *uplink) {
  return uplink->stream_count > 0;
}

void uplink_keyframe(Uplink *uplink, Source source, unsigned layer) {
  if (is_video(source) && layer < LAYERS_MAX)
    uplink->wants_keyframe[source][layer] = true;
}

void uplink_keyframes(Uplink *uplink) {
  for (unsigned i = 0; i < uplink->stream_count; i++)
    uplink_keyframe(uplink, uplink->streams[i]->source, uplink->streams[i]->layer);
}
