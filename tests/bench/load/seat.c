#include "seat.h"

#include <string.h>

#include "base/id.h"
#include "wire/rtcp.h"
#include "wire/rtp.h"
#include "wire/seq.h"
#include "wire/vp8.h"

#define REPORT_US 1000000
#define TURN_US 3000000 /* how long one speaks */
#define NTP_UNIX_S 2208988800u
#define LEVEL_SPEAKING 30 /* -dBov, RFC 6464 */
#define LEVEL_SILENT 127

typedef struct {
  const Clip *clip;
  uint32_t ssrc, packets, bytes;
  uint16_t sequence;
  unsigned next;  /* index of the clip's packet that is sent next */
  unsigned round; /* how many times the clip was played */
  uint16_t picture_id;
  uint8_t payload_type;
  bool want_key, in_key_frame; /* the frame being sent comes from the clip of key frames */
  unsigned key_next;
} Sender;

typedef struct {
  SeqUnwrap unwrap;
  uint64_t first, highest, count;
  uint32_t ssrc, jitter_clock;
  bool video;
} Receiver;

struct Seat {
  SeatPlan plan;
  SeatLayout layout;
  SeatFigures figures;
  Transport *transport;
  Sender audio, video;
  Receiver receivers[SEAT_SLOTS_MAX];
  uint16_t transport_sequence;
  int64_t next_report_us;
  bool connected;
};

static uint64_t ntp_of(int64_t mono_us, int64_t epoch_us) {
  /* The sender's own wall clock: any epoch does, as long as both media share it. */
  uint64_t us = (uint64_t)(mono_us - epoch_us) + (uint64_t)NTP_UNIX_S * 1000000u;
  return ((us / 1000000u) << 32) | (((us % 1000000u) << 32) / 1000000u);
}

static void on_rtp(void *user, uint8_t *data, size_t len, int64_t now_us) {
  Seat *seat = user;
  RtpHeader rtp;
  if (!rtp_parse(data, len, true, &rtp) || rtp.payload_len == 0)
    return; /* padding probes */
  for (unsigned i = 0; i < seat->layout.slot_count; i++) {
    Receiver *receiver = &seat->receivers[i];
    if (receiver->ssrc != rtp.ssrc)
      continue;
    uint64_t highest = receiver->highest;
    uint64_t sequence = seq_unwrap(&receiver->unwrap, rtp.sequence);
    if (receiver->count == 0)
      receiver->first = sequence;
    if (sequence > highest)
      receiver->highest = sequence;
    else
      seat->figures.late++;
    receiver->count++;
    seat->figures.received++;
    seat->figures.bytes += len;
    if (receiver->video && rtp.marker)
      seat->figures.frames++;
    if (receiver->video && seat->figures.first_video_us == 0)
      seat->figures.first_video_us = now_us;
    return;
  }
}

static void on_rtcp(void *user, uint8_t *data, size_t len, int64_t now_us) {
  Seat *seat = user;
  RtcpReader reader;
  RtcpPacket packet;
  bool malformed = false;
  rtcp_reader_init(&reader, data, len);
  while (rtcp_next(&reader, &packet, &malformed)) {
    if (packet.type == RTCP_PSFB && (packet.count == RTCP_FB_PLI || packet.count == RTCP_FB_FIR)) {
      seat->figures.plis++;
      seat->video.want_key = true;
    } else if (packet.type == RTCP_RTPFB && packet.count == RTCP_FB_NACK) {
      seat->figures.nacks++;
    } else if (packet.type == RTCP_RTPFB && packet.count == RTCP_FB_TWCC) {
      seat->figures.feedbacks++;
    }
  }
}

static void on_connected(void *user, int64_t now_us) {
  Seat *seat = user;
  seat->connected = true;
  seat->figures.connected_us = now_us;
  seat->next_report_us = now_us + REPORT_US / 10;
}

static void on_failed(void *user, const char *why) {
  Seat *seat = user;
  seat->figures.failed = true;
  seat->figures.why = why;
}

static const TransportEvents transport_events = {on_rtp, on_rtcp, on_connected, on_failed};

static void sender_init(Sender *sender, const Clip *clip) {
  sender->clip = clip;
  sender->ssrc = random_u32();
  sender->sequence = (uint16_t)(random_u32() & 0x7fff);
  sender->picture_id = (uint16_t)(random_u32() & 0x3fff);
}

Seat *seat_new(SSL_CTX *context, const SeatPlan *plan) {
  Seat *seat = g_new0(Seat, 1);
  seat->plan = *plan;
  seat->transport = transport_new(context, &transport_events, seat);
  sender_init(&seat->audio, plan->audio);
  sender_init(&seat->video, plan->video);
  return seat;
}

void seat_free(Seat *seat) {
  if (!seat)
    return;
  transport_free(seat->transport);
  g_free(seat);
}

Transport *seat_transport(Seat *seat) {
  return seat->transport;
}

uint32_t seat_audio_ssrc(const Seat *seat) {
  return seat->audio.ssrc;
}

uint32_t seat_video_ssrc(const Seat *seat) {
  return seat->video.ssrc;
}

/* Moves a sender to the clip's packet that is due now, so that all seats flash together. */
static void sender_seek(Sender *sender, int64_t since_epoch_us) {
  if (!sender->clip)
    return;
  int64_t length_us = CLIP_SECONDS * G_USEC_PER_SEC;
  sender->round = (unsigned)(since_epoch_us / length_us);
  uint32_t ticks = (uint32_t)(since_epoch_us % length_us * sender->clip->clock_rate / 1000000);
  sender->next = 0;
  while (sender->next < sender->clip->packets->len &&
         g_array_index(sender->clip->packets, ClipPacket, sender->next).timestamp <= ticks)
    sender->next++;
}

void seat_start(Seat *seat, const SeatLayout *layout, int64_t now_us) {
  seat->layout = *layout;
  seat->audio.payload_type = layout->audio_type;
  seat->video.payload_type = layout->video_type;
  seat->figures.started_us = now_us;
  for (unsigned i = 0; i < layout->slot_count; i++)
    seat->receivers[i] = (Receiver){.ssrc = layout->slots[i].ssrc, .video = layout->slots[i].video};
  sender_seek(&seat->audio, now_us - seat->plan.epoch_us);
  sender_seek(&seat->video, now_us - seat->plan.epoch_us);
  seat->video.want_key = true;
}

static bool my_turn(const Seat *seat, int64_t now_us) {
  if (seat->plan.speakers == 0)
    return false;
  int64_t turn = (now_us - seat->plan.epoch_us) / TURN_US;
  return (unsigned)(turn % seat->plan.speakers) == seat->plan.index % seat->plan.speakers;
}

static size_t write_extensions(Seat *seat, bool audio, uint8_t *packet, size_t size,
                               int64_t now_us) {
  RtpExtensionWriter writer;
  rtp_extension_begin(&writer, packet, size);
  if (seat->layout.sequence_extension) {
    uint8_t sequence[2] = {(uint8_t)(seat->transport_sequence >> 8),
                           (uint8_t)seat->transport_sequence};
    seat->transport_sequence++;
    rtp_extension_add(&writer, seat->layout.sequence_extension, sequence, 2);
  }
  if (audio && seat->layout.level_extension) {
    uint8_t level = my_turn(seat, now_us) ? 0x80 | LEVEL_SPEAKING : LEVEL_SILENT;
    rtp_extension_add(&writer, seat->layout.level_extension, &level, 1);
  }
  return rtp_extension_end(&writer);
}

static void send_packet(Seat *seat, Sender *sender, const ClipPacket *packet, uint32_t timestamp,
                        int64_t now_us) {
  uint8_t data[1500];
  RtpHeader header = {.marker = packet->marker,
                      .payload_type = sender->payload_type,
                      .sequence = sender->sequence++,
                      .timestamp = timestamp,
                      .ssrc = sender->ssrc};
  rtp_write(data, &header);
  size_t len = RTP_HEADER_BYTES;
  len += write_extensions(seat, sender == &seat->audio, data, 64, now_us);
  memcpy(data + len, packet->payload, packet->len);
  Vp8Descriptor vp8;
  if (sender == &seat->video && vp8_parse(data + len, packet->len, &vp8) && vp8.has_picture_id)
    vp8_rewrite(data + len, &vp8, sender->picture_id, vp8.tl0picidx);
  len += packet->len;
  if (!transport_send_rtp(seat->transport, data, len, sizeof data))
    return;
  sender->packets++;
  sender->bytes += packet->len;
  seat->figures.sent++;
}

/* Sends the frame of the same time stamp from the clip of key frames. */
static void send_key_frame(Seat *seat, uint32_t clip_timestamp, uint32_t timestamp,
                           int64_t now_us) {
  const GArray *packets = seat->plan.video_keys->packets;
  unsigned low = 0, high = packets->len;
  while (low < high) {
    unsigned middle = (low + high) / 2;
    if (g_array_index(packets, ClipPacket, middle).timestamp < clip_timestamp)
      low = middle + 1;
    else
      high = middle;
  }
  for (; low < packets->len && g_array_index(packets, ClipPacket, low).timestamp == clip_timestamp;
       low++)
    send_packet(seat, &seat->video, &g_array_index(packets, ClipPacket, low), timestamp, now_us);
}

static void send_due(Seat *seat, Sender *sender, int64_t now_us) {
  const Clip *clip = sender->clip;
  if (!clip)
    return;
  uint64_t due = (uint64_t)(now_us - seat->plan.epoch_us) * clip->clock_rate / 1000000;
  for (;;) {
    if (sender->next == clip->packets->len) {
      sender->next = 0;
      sender->round++;
    }
    const ClipPacket *packet = &g_array_index(clip->packets, ClipPacket, sender->next);
    uint64_t at = (uint64_t)sender->round * clip->length_ticks + packet->timestamp;
    if (at > due)
      return;
    bool starts =
        sender->next == 0 || g_array_index(clip->packets, ClipPacket, sender->next - 1).marker;
    if (sender == &seat->video && starts) {
      sender->picture_id = (sender->picture_id + 1) & 0x7fff;
      sender->in_key_frame = sender->want_key && !packet->keyframe;
      sender->want_key = false;
      if (sender->in_key_frame)
        send_key_frame(seat, packet->timestamp, (uint32_t)at, now_us);
    }
    if (sender != &seat->video || !sender->in_key_frame)
      send_packet(seat, sender, packet, (uint32_t)at, now_us);
    sender->next++;
  }
}

static size_t write_sender_report(const Seat *seat, const Sender *sender, uint8_t *out, size_t size,
                                  int64_t now_us) {
  if (!sender->clip)
    return 0;
  RtcpSenderInfo info = {.ssrc = sender->ssrc,
                         .ntp = ntp_of(now_us, seat->plan.epoch_us),
                         .rtp_timestamp = (uint32_t)((uint64_t)(now_us - seat->plan.epoch_us) *
                                                     sender->clip->clock_rate / 1000000),
                         .packets = sender->packets,
                         .bytes = sender->bytes};
  return rtcp_write_sr(out, size, &info, NULL, 0);
}

static void report(Seat *seat, int64_t now_us) {
  uint8_t data[1400 + SRTP_OVERHEAD_MAX];
  size_t len = write_sender_report(seat, &seat->audio, data, sizeof data, now_us);
  len += write_sender_report(seat, &seat->video, data + len, sizeof data - len, now_us);
  RtcpReport reports[31]; /* as many as one RR holds (RFC 3550 §6.4.2) */
  size_t count = 0;
  for (unsigned i = 0; i < seat->layout.slot_count && count < G_N_ELEMENTS(reports); i++) {
    const Receiver *receiver = &seat->receivers[i];
    if (receiver->count > 0)
      reports[count++] =
          (RtcpReport){.ssrc = receiver->ssrc, .highest_sequence = (uint32_t)receiver->highest};
  }
  len += rtcp_write_rr(data + len, sizeof data - len, seat->audio.ssrc, reports, count);
  len += rtcp_write_sdes_cname(data + len, sizeof data - len, seat->audio.ssrc, "load");
  transport_send_rtcp(seat->transport, data, len, sizeof data);
}

void seat_tick(Seat *seat, int64_t now_us) {
  transport_tick(seat->transport, now_us);
  if (!seat->connected)
    return;
  send_due(seat, &seat->audio, now_us);
  send_due(seat, &seat->video, now_us);
  if (now_us >= seat->next_report_us) {
    seat->next_report_us = now_us + REPORT_US;
    report(seat, now_us);
  }
}

void seat_count_anew(Seat *seat) {
  seat->figures.received = seat->figures.bytes = seat->figures.frames = seat->figures.late = 0;
  for (unsigned i = 0; i < seat->layout.slot_count; i++)
    seat->receivers[i].count = 0;
}

const SeatFigures *seat_figures(Seat *seat) {
  seat->figures.lost = 0;
  for (unsigned i = 0; i < seat->layout.slot_count; i++) {
    const Receiver *receiver = &seat->receivers[i];
    if (receiver->count > 0)
      seat->figures.lost += receiver->highest - receiver->first + 1 - receiver->count;
  }
  return &seat->figures;
}
