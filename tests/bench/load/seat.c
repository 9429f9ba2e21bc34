#include "seat.h"

#include <string.h>

#include "wire/rtcp.h"
#include "wire/rtp.h"

#define REPORT_US 1000000
#define STAGGER_US 2560 /* between two publishers' frames; 16 of them fill 40 ms */
#define FRAME_US 40000
#define LEVEL_SPEAKING 30 /* -dBov, RFC 6464 */
#define LEVEL_SILENT 127
#define SETTLED_US 500000   /* of a turn: who was not among the few heard is by then */
#define RTT_FIRST_US 100000 /* until a report tells better */
#define COMPOUND_BYTES 1400

const char *const seat_rids[SEAT_LAYERS_MAX] = {"l", "m", "h"};

struct Seat {
  SeatPlan plan;
  SeatLayout layout;
  SeatTimes times;
  Transport *transport;
  Sender audio, layers[SEAT_LAYERS_MAX];
  Receiver receivers[SEAT_SLOTS_MAX];
  unsigned last; /* the receiver of the last packet: the next one's too, mostly */
  Arrivals arrivals;
  SenderWay way;
  uint16_t transport_sequence;
  int64_t next_report_us, rtt_us;
  GPtrArray *missing; /* borrowed */
  bool listed;        /* in it */
  bool connected;
  uint64_t said, heard; /* speech, as of the last mark */
  const char *trouble;
};

/* --- what comes --- */

static Receiver *receiver_of(Seat *seat, uint32_t ssrc) {
  unsigned count = seat->layout.slot_count;
  for (unsigned i = 0; i < count; i++) {
    unsigned at = (seat->last + i) % count;
    if (seat->receivers[at].ssrc == ssrc || seat->receivers[at].rtx_ssrc == ssrc) {
      seat->last = at;
      return &seat->receivers[at];
    }
  }
  return NULL;
}

static void on_rtp(void *user, uint8_t *data, size_t len, int64_t now_us) {
  Seat *seat = user;
  RtpHeader rtp;
  if (!rtp_parse(data, len, true, &rtp))
    return;
  const uint8_t *number;
  size_t number_len;
  if (seat->layout.numbers_down &&
      rtp_extension(data, &rtp, seat->layout.numbers_down, &number, &number_len) && number_len == 2)
    arrivals_add(&seat->arrivals, (uint16_t)(number[0] << 8 | number[1]), now_us);
  seat->plan.figures->bytes += len;
  Receiver *receiver = receiver_of(seat, rtp.ssrc);
  if (!receiver)
    return;
  const uint8_t *payload = data + rtp.payload_offset;
  bool repaired = rtp.ssrc != receiver->ssrc;
  if (repaired) {
    if (rtp.payload_len < 2)
      return; /* a padding probe */
    rtp.sequence = (uint16_t)(payload[0] << 8 | payload[1]);
    payload += 2;
    rtp.payload_len = (uint16_t)(rtp.payload_len - 2);
  }
  uint64_t frames = seat->plan.figures->frames;
  receiver_packet(receiver, &rtp, payload, repaired, seat->plan.figures, now_us);
  if (receiver->hole_count > 0 && !seat->listed && seat->missing) {
    seat->listed = true;
    g_ptr_array_add(seat->missing, seat);
  }
  if (!seat->times.first_packet_us)
    seat->times.first_packet_us = now_us;
  if (!seat->times.first_picture_us && seat->plan.figures->frames > frames)
    seat->times.first_picture_us = now_us;
}

static Sender *sender_of(Seat *seat, uint32_t ssrc) {
  for (unsigned i = 0; i < SEAT_LAYERS_MAX; i++)
    if (seat->layers[i].setting.clip && seat->layers[i].ssrc == ssrc)
      return &seat->layers[i];
  return seat->audio.ssrc == ssrc ? &seat->audio : NULL;
}

static void on_nack(Seat *seat, uint32_t ssrc, const uint8_t *fci, size_t len, int64_t now_us) {
  uint16_t sequences[256];
  Sender *sender = sender_of(seat, ssrc);
  size_t count = rtcp_parse_nack(fci, len, sequences, G_N_ELEMENTS(sequences));
  seat->plan.figures->nacks += count;
  for (size_t i = 0; sender && i < count; i++)
    sender_resend(sender, &seat->way, sequences[i], now_us);
}

static void want_key(Seat *seat, uint32_t ssrc) {
  Sender *sender = sender_of(seat, ssrc);
  seat->plan.figures->plis++;
  if (sender)
    sender->want_key = true;
}

static void on_feedback(Seat *seat, const RtcpPacket *packet, int64_t now_us) {
  RtcpFeedback feedback;
  const uint8_t *fci;
  size_t len;
  if (!rtcp_parse_feedback(packet, &feedback, &fci, &len))
    return;
  if (packet->type == RTCP_RTPFB && packet->count == RTCP_FB_NACK) {
    on_nack(seat, feedback.media_ssrc, fci, len, now_us);
  } else if (packet->type == RTCP_RTPFB && packet->count == RTCP_FB_TWCC) {
    seat->plan.figures->feedbacks++;
  } else if (packet->type == RTCP_PSFB && packet->count == RTCP_FB_PLI) {
    want_key(seat, feedback.media_ssrc);
  } else if (packet->type == RTCP_PSFB && packet->count == RTCP_FB_FIR) {
    RtcpFir firs[16];
    size_t count = rtcp_parse_fir(fci, len, firs, G_N_ELEMENTS(firs));
    for (size_t i = 0; i < count; i++)
      want_key(seat, firs[i].ssrc);
  }
}

static void on_rtcp(void *user, uint8_t *data, size_t len, int64_t now_us) {
  Seat *seat = user;
  RtcpReader reader;
  RtcpPacket packet;
  bool malformed = false;
  rtcp_reader_init(&reader, data, len);
  while (rtcp_next(&reader, &packet, &malformed)) {
    RtcpSenderInfo info;
    RtcpReport reports[31];
    if (packet.type == RTCP_SR &&
        rtcp_parse_reports(&packet, &info, reports, G_N_ELEMENTS(reports)) >= 0) {
      Receiver *receiver = seat->layout.slot_count ? receiver_of(seat, info.ssrc) : NULL;
      if (receiver)
        receiver_sender_report(receiver, &info, now_us);
    } else if (packet.type == RTCP_RTPFB || packet.type == RTCP_PSFB) {
      on_feedback(seat, &packet, now_us);
    }
  }
}

static void on_connected(void *user, int64_t now_us) {
  Seat *seat = user;
  seat->connected = true;
  seat->times.connected_us = now_us;
  seat->next_report_us = now_us + REPORT_US / 10;
  sender_start(&seat->audio, now_us);
  for (unsigned i = 0; i < SEAT_LAYERS_MAX; i++)
    sender_start(&seat->layers[i], now_us);
}

static void on_failed(void *user, const char *why) {
  ((Seat *)user)->trouble = why;
}

/* --- its life --- */

static void make_senders(Seat *seat) {
  const SeatShow *show = seat->plan.show;
  SenderSetting setting = {.mid = "0", .epoch_us = show->epoch_us, .stamped = show->stamped};
  if (show->staggered)
    setting.epoch_us -= seat->plan.index * STAGGER_US % FRAME_US;
  setting.clip = seat->plan.publishes ? show->audio : NULL;
  sender_init(&seat->audio, &setting);
  g_strlcpy(setting.mid, "1", sizeof setting.mid);
  setting.temporal = show->layers > 1;
  setting.rtx_type = 1; /* until the answer names it */
  for (unsigned i = 0; i < SEAT_LAYERS_MAX; i++) {
    bool sends = seat->plan.publishes && i < show->layers;
    setting.clip = sends ? show->video[i] : NULL;
    setting.keys = sends ? show->keys[i] : NULL;
    g_strlcpy(setting.rid, show->layers > 1 ? seat_rids[i] : "", sizeof setting.rid);
    sender_init(&seat->layers[i], &setting);
  }
}

Seat *seat_new(Loop *loop, SSL_CTX *context, const SeatPlan *plan) {
  static const TransportEvents events = {on_rtp, on_rtcp, on_connected, on_failed};
  Seat *seat = g_new0(Seat, 1);
  seat->plan = *plan;
  seat->rtt_us = RTT_FIRST_US;
  seat->transport = transport_new(loop, context, &events, seat);
  make_senders(seat);
  return seat;
}

void seat_free(Seat *seat) {
  if (!seat)
    return;
  transport_free(seat->transport);
  sender_clear(&seat->audio);
  for (unsigned i = 0; i < SEAT_LAYERS_MAX; i++)
    sender_clear(&seat->layers[i]);
  for (unsigned i = 0; i < seat->layout.slot_count; i++)
    receiver_clear(&seat->receivers[i]);
  g_free(seat);
}

void seat_start(Seat *seat, const SeatLayout *layout, int64_t now_us) {
  seat->layout = *layout;
  seat->times.started_us = now_us;
  seat->way = (SenderWay){.transport = seat->transport,
                          .extensions = layout->up,
                          .transport_sequence = &seat->transport_sequence,
                          .figures = seat->plan.figures};
  seat->audio.setting.payload_type = layout->audio_type;
  for (unsigned i = 0; i < SEAT_LAYERS_MAX; i++) {
    seat->layers[i].setting.payload_type = layout->video_type;
    seat->layers[i].setting.rtx_type = layout->rtx_type;
  }
  for (unsigned i = 0; i < layout->slot_count; i++) {
    const SeatSlot *slot = &layout->slots[i];
    receiver_init(&seat->receivers[i], slot->ssrc, slot->rtx_ssrc, slot->video);
    seat->receivers[i].red_type = slot->red_type;
    g_strlcpy(seat->receivers[i].name, slot->name, sizeof seat->receivers[i].name);
    if (!slot->name[0]) /* its stream is there from the beginning */
      receiver_assign(&seat->receivers[i], true, seat->plan.figures, now_us);
  }
}

void seat_assign(Seat *seat, const char *slot, bool occupied, int64_t now_us) {
  for (unsigned i = 0; i < seat->layout.slot_count; i++)
    if (strcmp(seat->receivers[i].name, slot) == 0)
      receiver_assign(&seat->receivers[i], occupied, seat->plan.figures, now_us);
}

void seat_demand(Seat *seat, unsigned layers, int64_t now_us) {
  for (unsigned i = 0; i < SEAT_LAYERS_MAX; i++)
    sender_set_wanted(&seat->layers[i], layers & 1u << i, now_us);
}

/* --- its clock --- */

/* For how long it has been this one's turn to speak; -1: it is another's. */
static int64_t turn_us(const Seat *seat, int64_t now_us) {
  const SeatShow *show = seat->plan.show;
  int64_t passed_us = now_us - show->epoch_us;
  if (show->speakers == 0 ||
      (unsigned)(passed_us / show->turn_us % show->speakers) != seat->plan.index % show->speakers)
    return -1;
  return passed_us % show->turn_us;
}

void seat_send_due(Seat *seat, int64_t now_us) {
  if (!seat->connected)
    return;
  int64_t turn = turn_us(seat, now_us);
  bool speaks = turn >= 0;
  seat->way.speech = turn >= SETTLED_US;
  seat->way.level = speaks ? 0x80 | LEVEL_SPEAKING : LEVEL_SILENT;
  if (seat->plan.show->silent_stop)
    sender_set_wanted(&seat->audio, speaks, now_us);
  sender_send_due(&seat->audio, &seat->way, now_us);
  for (unsigned i = 0; i < SEAT_LAYERS_MAX; i++)
    sender_send_due(&seat->layers[i], &seat->way, now_us);
}

void seat_report_missing(Seat *seat, GPtrArray *missing) {
  seat->missing = missing;
}

bool seat_repair(Seat *seat, int64_t now_us) {
  uint8_t data[COMPOUND_BYTES + SRTP_OVERHEAD_MAX];
  uint16_t sequences[RECEIVER_HOLES];
  bool missing = false;
  for (unsigned i = 0; i < seat->layout.slot_count; i++) {
    Receiver *receiver = &seat->receivers[i];
    missing = missing || receiver->hole_count > 0;
    size_t count =
        receiver_nacks(receiver, seat->rtt_us, now_us, sequences, G_N_ELEMENTS(sequences));
    if (!count)
      continue;
    seat->plan.figures->nacks_sent += count;
    size_t len =
        rtcp_write_nack(data, COMPOUND_BYTES, seat->audio.ssrc, receiver->ssrc, sequences, count);
    transport_send_rtcp(seat->transport, data, len, sizeof data);
  }
  seat->listed = missing;
  return missing;
}

static void send_reports(Seat *seat, int64_t now_us) {
  uint8_t data[COMPOUND_BYTES + SRTP_OVERHEAD_MAX];
  size_t len = sender_report(&seat->audio, data, COMPOUND_BYTES, now_us);
  for (unsigned i = 0; i < SEAT_LAYERS_MAX; i++)
    len += sender_report(&seat->layers[i], data + len, COMPOUND_BYTES - len, now_us);
  RtcpReport reports[31]; /* as many as one RR holds (RFC 3550 §6.4.2) */
  size_t count = 0;
  for (unsigned i = 0; i < seat->layout.slot_count && count < G_N_ELEMENTS(reports); i++)
    count += receiver_report(&seat->receivers[i], &reports[count], now_us);
  len += rtcp_write_rr(data + len, COMPOUND_BYTES - len, seat->audio.ssrc, reports, count);
  len += rtcp_write_sdes_cname(data + len, COMPOUND_BYTES - len, seat->audio.ssrc, "load");
  transport_send_rtcp(seat->transport, data, len, sizeof data);
}

void seat_tick(Seat *seat, int64_t now_us) {
  uint8_t data[COMPOUND_BYTES + SRTP_OVERHEAD_MAX];
  size_t len;
  transport_tick(seat->transport, now_us);
  if (!seat->connected)
    return;
  while ((len = arrivals_write(&seat->arrivals, seat->audio.ssrc, data, COMPOUND_BYTES)) > 0) {
    seat->plan.figures->feedbacks_sent++;
    transport_send_rtcp(seat->transport, data, len, sizeof data);
  }
  for (unsigned i = 0; i < seat->layout.slot_count; i++) {
    Receiver *receiver = &seat->receivers[i];
    receiver_tick(receiver, seat->plan.figures, now_us);
    if (receiver_wants_key(receiver, now_us)) {
      seat->plan.figures->plis_sent++;
      len = rtcp_write_pli(data, COMPOUND_BYTES, seat->audio.ssrc, receiver->ssrc);
      transport_send_rtcp(seat->transport, data, len, sizeof data);
    }
  }
  if (now_us >= seat->next_report_us) {
    seat->next_report_us = now_us + REPORT_US;
    send_reports(seat, now_us);
  }
}

/* --- what is asked about it --- */

void seat_close_window(Seat *seat, int64_t now_us) {
  for (unsigned i = 0; i < seat->layout.slot_count; i++)
    receiver_close_window(&seat->receivers[i], seat->plan.figures, now_us);
}

void seat_take_speech(Seat *seat, uint64_t *said, uint64_t *heard) {
  uint64_t all = 0;
  for (unsigned i = 0; i < seat->layout.slot_count; i++)
    all += seat->receivers[i].speech;
  *said = seat->audio.spoken - seat->said;
  *heard = all > seat->heard ? all - seat->heard : 0; /* its slots may have begun anew */
  seat->said += *said;
  seat->heard = all;
}

void seat_count_widths(const Seat *seat, unsigned widths[4]) {
  for (unsigned i = 0; i < seat->layout.slot_count; i++) {
    const Receiver *receiver = &seat->receivers[i];
    if (receiver->video && receiver->occupied)
      widths[receiver->width == 0    ? 0
             : receiver->width < 480 ? 1
             : receiver->width < 960 ? 2
                                     : 3]++;
  }
}

Transport *seat_transport(Seat *seat) {
  return seat->transport;
}

const SeatPlan *seat_plan(const Seat *seat) {
  return &seat->plan;
}

void seat_set_figures(Seat *seat, Figures *figures) {
  seat->plan.figures = seat->way.figures = figures;
}

uint32_t seat_audio_ssrc(const Seat *seat) {
  return seat->audio.ssrc;
}

uint32_t seat_video_ssrc(const Seat *seat, bool rtx) {
  return rtx ? seat->layers[0].rtx_ssrc : seat->layers[0].ssrc;
}

void seat_return(Seat *seat) {
  for (unsigned i = 0; i < seat->layout.slot_count; i++)
    receiver_restart(&seat->receivers[i]);
  seat->times.first_packet_us = seat->times.first_picture_us = 0;
}

const SeatTimes *seat_times(const Seat *seat) {
  return &seat->times;
}

const char *seat_trouble(const Seat *seat) {
  return seat->trouble;
}
