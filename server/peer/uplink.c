#include "peer/uplink.h"

#include <glib.h>
#include <string.h>

#include "base/id.h"
#include "peer/capture.h"
#include "peer/demux.h"
#include "peer/feedback.h"
#include "wire/red.h"
#include "wire/vp8.h"

#define KEYFRAME_GAP_US 500000 /* whoever asks: the router, and losses that were given up */
#define FEEDBACK_US 50000      /* platform.md: every 50 ms, as libwebrtc's own receivers at most */
#define REPORT_US 500000       /* RFC 3550's 5 s is for multicast; browsers report once a second */
#define DEFAULT_RTT_US 100000  /* until a receiver report told better */
#define NACKS_MAX 64           /* asked in one packet */
/* Tracks of one source: each has a file of its own. Who shares a screen on and off again, or has a
 * network that lets no connection last, is not hindered; who does nothing else is. */
#define BEGIN_PER_SECOND 0.1
#define BEGIN_BURST 6

/* What is kept of one SSRC. */
typedef struct {
  uint32_t ssrc;
  Receive receive;
  CaptureStream capture;
  bool numbered;          /* offset is set */
  uint64_t offset;        /* from its own extended numbers to the layer's, modulo 2^64 … */
  uint64_t closed;        /* … that are not below this one */
  bool reported;          /* a sender report came */
  uint32_t report_middle; /* its middle 32 bits of NTP */
  int64_t report_us;      /* and its arrival */
} Reception;

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
  double loss; /* as reported last: the worst stream's */
  uint8_t twcc_extension;
  bool wants_keyframe[SOURCE_COUNT][LAYERS_MAX];
  int64_t keyframe_us[SOURCE_COUNT][LAYERS_MAX]; /* asked last; 0: never */
  bool begun[SOURCE_COUNT];
  UplinkLimits *limits;
  uint64_t next[SOURCE_COUNT][LAYERS_MAX]; /* above every Packet.sequence so far */
  Demux demux;
  Reception *at[DEMUX_PLACES]; /* 9 KB each: most members of a large room send nothing */
};

static bool is_video(Source source) {
  return source == SOURCE_CAMERA || source == SOURCE_SCREEN;
}

/* In a BUNDLE an extension has one id for all m-lines (RFC 9143 §10). */
static uint8_t read_twcc_extension(const MediaPlan *plan) {
  uint8_t id = 0;
  for (unsigned i = 0; i < plan->media_count; i++)
    if (plan->media[i].use == PLAN_UPLINK && plan->media[i].twcc_extension)
      id = plan->media[i].twcc_extension;
  return id;
}

Uplink *uplink_new(const MediaPlan *plan, PacketPool *pool, UplinkLimits *limits,
                   const UplinkSink *sink, void *user) {
  Uplink *uplink = g_new0(Uplink, 1);
  uplink->plan = plan;
  uplink->pool = pool;
  uplink->limits = limits;
  uplink->sink = sink;
  uplink->user = user;
  uplink->own_ssrc = random_u32() | 1;
  uplink->twcc_extension = read_twcc_extension(plan);
  demux_init(&uplink->demux, plan, limits->learning);
  return uplink;
}

static void end_places(Uplink *uplink, uint32_t places) {
  for (unsigned i = 0; places; i++, places >>= 1)
    if (places & 1 && uplink->at[i]) {
      uplink->sink->ssrc(uplink->user, uplink->at[i]->ssrc, false);
      g_clear_pointer(&uplink->at[i], g_free);
    }
}

static void end_sources(Uplink *uplink, unsigned sources) {
  for (int i = 0; i < SOURCE_COUNT; i++)
    if (sources & (1u << i) && uplink->begun[i]) {
      uplink->begun[i] = false;
      uplink->sink->end(uplink->user, (Source)i);
    }
}

void uplink_free(Uplink *uplink) {
  if (!uplink)
    return;
  end_places(uplink, UINT32_MAX >> (32 - DEMUX_PLACES));
  end_sources(uplink, (1u << SOURCE_COUNT) - 1);
  g_free(uplink);
}

void uplink_replan(Uplink *uplink) {
  uplink->twcc_extension = read_twcc_extension(uplink->plan);
  DemuxEnded ended = demux_replan(&uplink->demux);
  end_places(uplink, ended.places);
  end_sources(uplink, ended.sources);
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

/* A source's track begins with its first packet. */
static bool begin(Uplink *uplink, Source source, const PlanMedia *media, int64_t now_us) {
  if (uplink->begun[source])
    return true;
  if (!limit_take(&uplink->limits->beginning[source], BEGIN_PER_SECOND, BEGIN_BURST, now_us))
    return false;
  uplink->begun[source] = true;
  uplink->sink->begin(uplink->user, source, media->clock_rate,
                      demux_layers(&uplink->demux, source));
  return true;
}

/* An SSRC's numbers begin anywhere; a layer's go on and never come twice, whatever SSRC it has,
 * with room for what comes late of the new one. */
static uint64_t layer_number(Uplink *uplink, const DemuxStream *stream, Reception *reception,
                             uint64_t extended) {
  uint64_t *next = &uplink->next[stream->source][stream->layer];
  if (!reception->numbered) {
    reception->numbered = true;
    reception->offset = *next ? *next + RECEIVE_BEFORE - extended : 0;
  }
  uint64_t number = extended + reception->offset;
  *next = MAX(*next, number + 1);
  return number;
}

/* It came, and goes to nobody. The layer's numbers close up behind it, over what is missing before
 * it, too: that would come too late now. So what is left out uses up no numbers, however much it
 * is, and nobody asks for it; as no receiver can tell that something lacks, a picture's key frame
 * is asked for here. */
static void leave_out(Uplink *uplink, const DemuxStream *stream, Reception *reception,
                      uint64_t extended) {
  uplink_keyframe(uplink, stream->source, stream->layer);
  if (extended < reception->receive.highest)
    return;
  reception->closed = extended + 1;
  receive_give_up(&reception->receive);
  if (reception->numbered)
    reception->offset = uplink->next[stream->source][stream->layer] - reception->closed;
}

static bool is_too_much(Uplink *uplink, Source source, const Packet *packet) {
  return !intake_take(&uplink->limits->intake[source],
                      is_video(source) ? &intake_picture : &intake_sound, packet->len,
                      packet->arrival_us);
}

/* Its VP8 descriptor, of a picture that is more than padding. False: it cannot be read. */
static bool read_descriptor(Source source, Packet *packet) {
  packet->vp8 = (Vp8Descriptor){0};
  return !is_video(source) || !packet->rtp.payload_len ||
         vp8_parse(packet->data + packet->rtp.payload_offset, packet->rtp.payload_len,
                   &packet->vp8);
}

/* FORWARDED: it is new, is taken, and has its number. */
static UplinkVerdict take_note(Uplink *uplink, int place, Packet *packet, bool repaired) {
  Reception *reception = uplink->at[place];
  Receive *receive = &reception->receive;
  const DemuxStream *stream = &uplink->demux.streams[place];
  uint16_t sequence = packet->rtp.sequence;
  uint64_t extended;
  if (!repaired && receive_leaps(receive, sequence, packet->arrival_us) &&
      !demux_restart(&uplink->demux, place, packet->arrival_us))
    return UPLINK_EXCESS;
  switch (receive_packet(receive, sequence, packet->rtp.timestamp, packet->arrival_us, repaired,
                         &extended)) {
  case RECEIVE_DUPLICATE:
    return UPLINK_DUPLICATE;
  case RECEIVE_RESTARTED: /* and so do its timestamps, perhaps */
    capture_stream_init(&reception->capture, receive->clock_rate);
    break;
  case RECEIVE_TAKEN:
    break;
  }
  if (extended < reception->closed)
    return UPLINK_DUPLICATE;
  bool readable = read_descriptor(stream->source, packet);
  if (!readable || is_too_much(uplink, stream->source, packet)) {
    leave_out(uplink, stream, reception, extended);
    return readable ? UPLINK_EXCESS : UPLINK_MALFORMED;
  }
  packet->sequence = layer_number(uplink, stream, reception, extended);
  packet->epoch = stream->epoch;
  packet->layer = stream->layer;
  packet->capture_us = capture_stream_time(&reception->capture, &uplink->clock,
                                           packet->rtp.timestamp, packet->arrival_us);
  return UPLINK_FORWARDED;
}

static UplinkVerdict deliver(Uplink *uplink, int place, Packet *packet, bool repaired) {
  const DemuxStream *stream = &uplink->demux.streams[place];
  const PlanMedia *media = &uplink->plan->media[stream->media];
  UplinkVerdict verdict = take_note(uplink, place, packet, repaired);
  if (verdict != UPLINK_FORWARDED)
    return verdict;
  /* A copy has the header of the packet that bore it, whose level was counted with that. */
  bool levelled = !is_video(stream->source) && !repaired;
  packet->audio_level = levelled ? audio_level(media, packet) : AUDIO_LEVEL_UNKNOWN;
  if (!begin(uplink, stream->source, media, packet->arrival_us))
    return UPLINK_UNKNOWN_SSRC;
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
static void deliver_copy(Uplink *uplink, int place, const Packet *of, const RedBlock *copy,
                         unsigned back) {
  RtpHeader header = of->rtp;
  header.sequence = (uint16_t)(header.sequence - back);
  if (copy->len == 0 || !receive_misses(&uplink->at[place]->receive, header.sequence))
    return;
  header.timestamp -= copy->age;
  header.marker = false;
  header.payload_len = (uint16_t)copy->len;
  Packet *packet = packet_new(uplink->pool);
  memcpy(packet->data, of->data, header.payload_offset);
  memcpy(packet->data + header.payload_offset, copy->data, copy->len);
  write_back(packet, &header);
  packet->arrival_us = of->arrival_us;
  deliver(uplink, place, packet, true);
  packet_unref(&packet);
}

/* RFC 2198: what is missing is in what came after it. Numbers are not told; a sender has one packet
 * for each block. */
static UplinkVerdict receive_red(Uplink *uplink, int place, Packet *packet) {
  RedBlock blocks[RED_BLOCKS_MAX];
  RtpHeader header = packet->rtp;
  uint8_t *payload = packet->data + header.payload_offset;
  unsigned count = red_parse(payload, header.payload_len, blocks);
  if (count == 0)
    return UPLINK_MALFORMED;
  header.payload_type = uplink->plan->media[uplink->demux.streams[place].media].payload_type;
  packet->rtp.payload_type = header.payload_type;
  for (unsigned i = 0; i + 1 < count; i++)
    deliver_copy(uplink, place, packet, &blocks[i], count - 1 - i);
  const RedBlock *primary = &blocks[count - 1];
  header.payload_len = (uint16_t)primary->len;
  memmove(payload, primary->data, primary->len);
  write_back(packet, &header);
  return deliver(uplink, place, packet, false);
}

/* RFC 4588 §4: the payload begins with the original sequence number; the rest is the original.
 * Fewer than two bytes are a probe for bandwidth. */
static UplinkVerdict receive_rtx(Uplink *uplink, int place, Packet *packet) {
  RtpHeader header = packet->rtp;
  if (header.payload_len < 2)
    return UPLINK_PADDING;
  int primary = demux_repaired(&uplink->demux, place);
  if (primary == DEMUX_NOBODY || !uplink->at[primary])
    return UPLINK_UNKNOWN_SSRC;
  uint8_t *payload = packet->data + header.payload_offset;
  header.sequence = (uint16_t)(payload[0] << 8 | payload[1]);
  header.payload_len = (uint16_t)(header.payload_len - 2);
  memmove(payload, payload + 2, header.payload_len);
  header.ssrc = uplink->demux.streams[primary].ssrc;
  header.payload_type = uplink->plan->media[uplink->demux.streams[primary].media].payload_type;
  write_back(packet, &header);
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

/* The place of the packet's stream, with what is kept of it. */
static int find_place(Uplink *uplink, const Packet *packet) {
  uint32_t ended;
  int place = demux_packet(&uplink->demux, packet->data, &packet->rtp, packet->arrival_us, &ended);
  end_places(uplink, ended);
  if (place == DEMUX_NOBODY || uplink->at[place])
    return place;
  const DemuxStream *stream = &uplink->demux.streams[place];
  const PlanMedia *media = &uplink->plan->media[stream->media];
  Reception *reception = uplink->at[place] = g_new0(Reception, 1);
  reception->ssrc = stream->ssrc;
  receive_init(&reception->receive, media->clock_rate, media->nack && !stream->repair,
               &uplink->limits->gaps[stream->source][stream->layer]);
  capture_stream_init(&reception->capture, media->clock_rate);
  uplink->sink->ssrc(uplink->user, stream->ssrc, true);
  return place;
}

static UplinkVerdict receive_parsed(Uplink *uplink, Packet *packet) {
  note_transport_sequence(uplink, packet);
  int place = find_place(uplink, packet);
  if (place == DEMUX_NOBODY)
    return UPLINK_UNKNOWN_SSRC;
  const DemuxStream *stream = &uplink->demux.streams[place];
  const PlanMedia *media = &uplink->plan->media[stream->media];
  if (stream->repair)
    return receive_rtx(uplink, place, packet);
  if (packet->rtp.payload_type == media->payload_type)
    return deliver(uplink, place, packet, false);
  if (media->red_payload_type && packet->rtp.payload_type == media->red_payload_type)
    return receive_red(uplink, place, packet);
  return UPLINK_UNKNOWN_SSRC; /* another codec than agreed */
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
  if (rtp_parse(packet->data, len, true, &packet->rtp))
    verdict = receive_parsed(uplink, packet);
  packet_unref(&packet);
  return verdict;
}

void uplink_heard(Uplink *uplink, int64_t arrival_us) {
  capture_clock_heard(&uplink->clock, arrival_us);
}

void uplink_sender_report(Uplink *uplink, const RtcpSenderInfo *info, int64_t arrival_us) {
  int place = demux_find(&uplink->demux, info->ssrc);
  if (place == DEMUX_NOBODY || uplink->demux.streams[place].repair || info->ntp == 0)
    return;
  Reception *reception = uplink->at[place];
  capture_clock_report(&uplink->clock, info->ntp, arrival_us);
  capture_stream_report(&reception->capture, info->ntp, info->rtp_timestamp);
  reception->reported = true;
  reception->report_middle = (uint32_t)(info->ntp >> 16);
  reception->report_us = arrival_us;
}

/* --- what is sent back --- */

static void send_nacks(Uplink *uplink, int64_t now_us, int64_t rtt_us) {
  for (unsigned i = 0; i < DEMUX_PLACES; i++) {
    Reception *reception = uplink->at[i];
    const DemuxStream *stream = &uplink->demux.streams[i];
    if (!reception || !reception->receive.nack)
      continue;
    uint16_t wanted[NACKS_MAX];
    uint8_t out[512];
    size_t count = receive_nacks(&reception->receive, now_us, rtt_us ? rtt_us : DEFAULT_RTT_US,
                                 wanted, NACKS_MAX);
    size_t len =
        count ? rtcp_write_nack(out, sizeof out, uplink->own_ssrc, stream->ssrc, wanted, count) : 0;
    if (len)
      uplink->sink->rtcp(uplink->user, out, len);
    if (receive_gave_up(&reception->receive) && is_video(stream->source))
      uplink->wants_keyframe[stream->source][stream->layer] = true;
  }
}

static void send_keyframe_requests(Uplink *uplink, int64_t now_us) {
  for (unsigned i = 0; i < DEMUX_PLACES; i++) {
    const DemuxStream *stream = &uplink->demux.streams[i];
    int64_t *asked_us = &uplink->keyframe_us[stream->source][stream->layer];
    bool *wants = &uplink->wants_keyframe[stream->source][stream->layer];
    if (!uplink->at[i] || stream->repair || !*wants ||
        (*asked_us && now_us - *asked_us < KEYFRAME_GAP_US))
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
  RtcpReport reports[DEMUX_PLACES];
  size_t count = 0;
  uplink->loss = 0;
  for (unsigned i = 0; i < DEMUX_PLACES; i++) {
    Reception *reception = uplink->at[i];
    if (!reception || uplink->demux.streams[i].repair || !reception->receive.started)
      continue;
    RtcpReport *report = &reports[count++];
    *report = (RtcpReport){.ssrc = reception->ssrc};
    receive_report(&reception->receive, report);
    uplink->loss = MAX(uplink->loss, report->fraction_lost / 256.0);
    if (reception->reported) {
      report->lsr = reception->report_middle;
      report->dlsr = (uint32_t)(((now_us - reception->report_us) << 16) / 1000000);
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

double uplink_loss(const Uplink *uplink) {
  return uplink->loss;
}

bool uplink_receives(const Uplink *uplink) {
  for (unsigned i = 0; i < DEMUX_PLACES; i++)
    if (uplink->at[i])
      return true;
  return false;
}

void uplink_keyframe(Uplink *uplink, Source source, unsigned layer) {
  if (is_video(source) && layer < LAYERS_MAX)
    uplink->wants_keyframe[source][layer] = true;
}

void uplink_keyframes(Uplink *uplink) {
  for (unsigned i = 0; i < DEMUX_PLACES; i++)
    if (uplink->at[i])
      uplink_keyframe(uplink, uplink->demux.streams[i].source, uplink->demux.streams[i].layer);
}
