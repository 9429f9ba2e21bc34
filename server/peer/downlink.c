#include "peer/downlink.h"

#include <glib.h>
#include <stddef.h>
#include <string.h>

#include "base/prefetch.h"
#include "peer/copies.h"
#include "peer/figures.h"
#include "router/expect.h"

#define REPORT_US 1000000
#define NACKS_MAX 256           /* sequence numbers taken from one packet */
#define NTP_UNIX_S 2208988800ll /* 1900 to 1970, RFC 5905 */
#define RTT_MAX_US 10000000
#define REPORTED_PACKETS_MAX 20000 /* between two reports: 10 s of 20 Mbit/s; more is nonsense */
#define TWCC_EXTENSION_BYTES 8 /* RFC 8285 §4.2: head, one element of two bytes, one of padding */
#define UDP_IP_BYTES 28        /* what the way carries on top: IPv4 */
#define BUDGET_US 100000  /* the layers are chosen anew about as often as feedback comes twice */
#define PADDING_BYTES 224 /* of one packet: its last byte counts them (RFC 3550 §5.1) */
#define COPIES_BYTES_MAX                                                                           \
  1100                  /* of sound and its copies: with heads and tag below any way's limit */
#define PADDINGS_MAX 64 /* packets at a time */

typedef struct {
  bool on; /* the m-line is there and receives */
  char name[8];
  uint32_t ssrc, rtx_ssrc;
  uint8_t payload_type, rtx_payload_type, twcc_extension;
  uint16_t rtx_sequence;
  uint8_t red_payload_type;
  Copies copies;           /* of sound */
  bool report_now;         /* the first packet after a change went out */
  uint32_t timestamp;      /* sent last */
  uint32_t packets, bytes; /* as in the sender report: modulo 2^32 */
  bool reported;           /* by the receiver, up to … */
  uint32_t reported_to;    /* … this number, with its cycles (RFC 3550 §6.4.1) */
  int64_t next_report_us;
  uint32_t clock_rate;
  int64_t quiet_us;         /* when it was paused; 0: it had sent nothing … */
  uint32_t quiet_timestamp; /* … and its time line then */
} SlotStream;

struct Downlink {
  const MediaPlan *plan;
  Egress *egress;
  EgressFlow *flow;
  Srtp *srtp;
  Counters *counters; /* the media thread's */
  Subscriber *subscriber;
  int64_t next_budget_us;
  DownlinkAssigned assigned;
  void *user;
  int64_t rtt_us;
  int64_t mono_minus_wall_us; /* of the last tick: turns an echoed NTP time into ours */
  Capacity capacity;          /* its first fields belong to each packet */
  DownlinkStats stats;
  unsigned slot_count;
  SlotStream slots[SLOTS_MAX];
};

Downlink *downlink_new(const MediaPlan *plan, Egress *egress, EgressFlow *flow, Counters *counters,
                       DownlinkAssigned assigned, void *user) {
  Downlink *downlink = g_new0(Downlink, 1);
  downlink->plan = plan;
  downlink->egress = egress;
  downlink->flow = flow;
  downlink->counters = counters;
  downlink->assigned = assigned;
  downlink->user = user;
  capacity_init(&downlink->capacity);
  downlink_replan(downlink);
  return downlink;
}

void downlink_free(Downlink *downlink) {
  if (!downlink)
    return;
  for (unsigned i = 0; i < SLOTS_MAX; i++)
    copies_clear(&downlink->slots[i].copies);
  capacity_clear(&downlink->capacity);
  g_free(downlink);
}

static bool unsent(Downlink *downlink, Unsent why) {
  downlink->stats.unsent[why]++;
  ++*counters_unsent(downlink->counters, why);
  return false;
}

/* The router uses those that the client has. */
static void open_slots(const Downlink *downlink) {
  for (unsigned i = 0; downlink->subscriber && i < downlink->slot_count; i++)
    subscriber_open_slot(downlink->subscriber, i, downlink->slots[i].on);
}

static void set_budget(const Downlink *downlink) {
  const Capacity *capacity = &downlink->capacity;
  if (downlink->subscriber)
    subscriber_set_budget(downlink->subscriber, capacity_bps(capacity), capacity_pace_bps(capacity),
                          capacity_full(capacity));
}

void downlink_replan(Downlink *downlink) {
  const MediaPlan *plan = downlink->plan;
  downlink->slot_count = AUDIO_SLOTS + plan->video_slots + SCREEN_SLOTS;
  g_assert(downlink->slot_count <= SLOTS_MAX);
  for (unsigned i = 0; i < downlink->slot_count; i++)
    downlink->slots[i].on = false;
  for (unsigned i = 0; i < plan->media_count; i++) {
    const PlanMedia *media = &plan->media[i];
    if (media->use != PLAN_SLOT)
      continue;
    g_assert(media->slot < downlink->slot_count);
    SlotStream *slot = &downlink->slots[media->slot];
    slot->on = true;
    memcpy(slot->name, media->name, sizeof slot->name);
    slot->ssrc = media->ssrc;
    slot->rtx_ssrc = media->rtx_ssrc;
    slot->payload_type = media->payload_type;
    slot->rtx_payload_type = media->rtx_payload_type;
    slot->red_payload_type = media->red_payload_type;
    slot->twcc_extension = media->twcc_extension;
    slot->clock_rate = media->clock_rate;
    if (slot->twcc_extension || media->remb)
      capacity_offered(&downlink->capacity);
  }
  open_slots(downlink);
  set_budget(downlink);
}

void downlink_set_srtp(Downlink *downlink, Srtp *srtp) {
  downlink->srtp = srtp;
}

static void sink_assigned(void *user, unsigned index, const TrackInfo *track) {
  Downlink *downlink = user;
  if (index < downlink->slot_count && downlink->slots[index].on) {
    downlink->slots[index].report_now = true;
    downlink->assigned(downlink->user, downlink->slots[index].name, track);
  }
}

/* The transport-wide number of what is about to be sent, as a header extension behind the header at
 * out. */
static void write_number(const Downlink *downlink, uint8_t id, uint8_t *out) {
  uint16_t number = bandwidth_sequence(downlink->capacity.bandwidth);
  uint8_t value[2] = {(uint8_t)(number >> 8), (uint8_t)number};
  RtpExtensionWriter writer;
  rtp_extension_begin(&writer, out, TWCC_EXTENSION_BYTES);
  rtp_extension_add(&writer, id, value, sizeof value);
  rtp_extension_end(&writer);
}

/* A turn of the loop may last long: what was queued is on its way since its flush. */
static void note_left(Downlink *downlink) {
  if (downlink->capacity.bandwidth && !downlink->flow->queued)
    bandwidth_left(downlink->capacity.bandwidth, downlink->flow->left_us);
}

static const BandwidthLabel unlabelled = {.slot = BANDWIDTH_NO_SLOT};

/* Encrypts a packet of the slot that lies at the egress, `len` bytes, and queues it. */
static bool commit(Downlink *downlink, const SlotStream *slot, uint8_t *out, size_t len,
                   BandwidthLabel label) {
  if (srtp_protect(downlink->srtp, out, &len, len + SRTP_OVERHEAD_MAX) != SRTP_OK)
    return unsent(downlink, UNSENT_REFUSED);
  note_left(downlink);
  egress_commit(downlink->egress, downlink->flow, len);
  int64_t now_us = egress_now(downlink->egress);
  capacity_sent(&downlink->capacity, (unsigned)len + UDP_IP_BYTES, now_us);
  if (slot->twcc_extension)
    bandwidth_sent(downlink->capacity.bandwidth, (unsigned)len + UDP_IP_BYTES, label, now_us);
  return true;
}

/* A header with its number at the egress, for `payload_len` bytes behind it; NULL when that is too
 * much. *head: bytes of it. */
static uint8_t *begin(Downlink *downlink, const SlotStream *slot, const RtpHeader *header,
                      size_t payload_len, size_t *head) {
  *head = RTP_HEADER_BYTES + (slot->twcc_extension ? TWCC_EXTENSION_BYTES : 0);
  size_t size = *head + payload_len + SRTP_OVERHEAD_MAX;
  if (size > EGRESS_DATAGRAM_MAX)
    return NULL;
  uint8_t *out = egress_reserve(downlink->egress, size);
  rtp_write(out, header);
  if (slot->twcc_extension)
    write_number(downlink, slot->twcc_extension, out);
  return out;
}

/* RFC 4588 §4: under another number of another stream, the original one goes in front. Under its
 * own number again it would be a replay. */
static bool send_repair(Downlink *downlink, SlotStream *slot, const SlotPacket *packet) {
  if (!slot->rtx_payload_type)
    return false;
  RtpHeader header = {.marker = packet->marker,
                      .payload_type = slot->rtx_payload_type,
                      .sequence = slot->rtx_sequence,
                      .timestamp = packet->timestamp,
                      .ssrc = slot->rtx_ssrc};
  size_t head;
  uint8_t *out = begin(downlink, slot, &header, 2 + packet->payload_len, &head);
  if (!out)
    return unsent(downlink, UNSENT_TOO_LONG);
  out[head] = (uint8_t)(packet->sequence >> 8);
  out[head + 1] = (uint8_t)packet->sequence;
  slot_packet_write(packet, out + head + 2);
  BandwidthLabel label = {(uint8_t)(slot - downlink->slots), packet->sequence};
  bool sent = commit(downlink, slot, out, head + 2 + packet->payload_len, label);
  slot->rtx_sequence += sent;
  return sent;
}

/* Copies to go with a packet of the slot. */
static unsigned copies_wanted(const Downlink *downlink, const SlotStream *slot) {
  return slot->red_payload_type ? copies_for(capacity_loss(&downlink->capacity)) : 0;
}

/* The oldest go first where they do not fit beside the packet itself. Bytes of all before it. */
static size_t fit_copies(RedBlock *copies, unsigned *count, size_t payload_len) {
  while (*count > 0 && red_len(copies, *count) + payload_len > COPIES_BYTES_MAX)
    memmove(copies, copies + 1, --*count * sizeof *copies);
  return *count ? red_len(copies, *count) : 0;
}

static bool sink_send(void *user, unsigned index, const SlotPacket *packet) {
  Downlink *downlink = user;
  if (index >= downlink->slot_count || !downlink->slots[index].on)
    return unsent(downlink, UNSENT_CLOSED);
  if (!downlink->srtp)
    return unsent(downlink, UNSENT_NO_KEY);
  SlotStream *slot = &downlink->slots[index];
  if (packet->retransmit)
    return send_repair(downlink, slot, packet);
  RedBlock copies[COPIES_MAX];
  unsigned wanted = copies_wanted(downlink, slot);
  unsigned count = copies_list(&slot->copies, wanted, packet->timestamp, copies);
  size_t before = fit_copies(copies, &count, packet->payload_len);
  size_t payload_len = before + packet->payload_len;
  RtpHeader header = {.marker = packet->marker,
                      .payload_type = count ? slot->red_payload_type : slot->payload_type,
                      .sequence = packet->sequence,
                      .timestamp = packet->timestamp,
                      .ssrc = slot->ssrc};
  size_t head;
  uint8_t *out = begin(downlink, slot, &header, payload_len, &head);
  if (!out)
    return unsent(downlink, UNSENT_TOO_LONG);
  if (count)
    red_write(out + head, slot->payload_type, copies, count);
  slot_packet_write(packet, out + head + before);
  if (wanted)
    copies_keep(&slot->copies, packet->packet, packet->timestamp);
  else if (slot->copies.packets[0])
    copies_clear(&slot->copies);
  BandwidthLabel label = {slot->rtx_payload_type ? (uint8_t)index : BANDWIDTH_NO_SLOT,
                          packet->sequence};
  if (!commit(downlink, slot, out, head + payload_len, label))
    return false;
  slot->timestamp = packet->timestamp;
  slot->packets++;
  slot->bytes += (uint32_t)payload_len;
  return true;
}

static void expect(const void *user, unsigned index, unsigned step) {
  const Downlink *downlink = user;
  const SlotStream *slot = &downlink->slots[MIN(index, SLOTS_MAX - 1)];
  if (step == 0) {
    prefetch(downlink, offsetof(Downlink, capacity.source));
    prefetch(slot, sizeof *slot);
    return;
  }
  if (step == 1)
    prefetch(downlink->flow, sizeof *downlink->flow);
  if (downlink->srtp)
    srtp_prefetch(downlink->srtp, slot->ssrc, step - 1);
  if (downlink->capacity.bandwidth && step < 3)
    bandwidth_prefetch(downlink->capacity.bandwidth, step - 1);
}
_Static_assert(SLOT_EXPECT_STEPS == 1 + SRTP_PREFETCH_STEPS, "the last step is the keys'");

const SlotSink downlink_sink = {.send = sink_send, .assigned = sink_assigned};

void downlink_set_subscriber(Downlink *downlink, Subscriber *subscriber) {
  downlink->subscriber = subscriber;
  if (subscriber)
    subscriber_set_expect(subscriber, expect);
  open_slots(downlink);
  set_budget(downlink);
}

void downlink_send_rtcp(Downlink *downlink, const uint8_t *data, size_t len) {
  size_t size = len + SRTP_OVERHEAD_MAX;
  if (!downlink->srtp || size > EGRESS_DATAGRAM_MAX)
    return;
  uint8_t *out = egress_reserve(downlink->egress, size);
  memcpy(out, data, len);
  if (srtp_protect_rtcp(downlink->srtp, out, &len, size) != SRTP_OK)
    return;
  note_left(downlink); /* the flow's time will be this one's */
  egress_commit(downlink->egress, downlink->flow, len);
}

/* --- probes --- */

static bool send_padding(Downlink *downlink, SlotStream *slot) {
  RtpHeader header = {.payload_type = slot->rtx_payload_type,
                      .sequence = slot->rtx_sequence,
                      .timestamp = slot->timestamp,
                      .ssrc = slot->rtx_ssrc};
  size_t head;
  uint8_t *out = begin(downlink, slot, &header, PADDING_BYTES, &head);
  if (!out)
    return false;
  out[0] |= 0x20; /* P, RFC 3550 §5.1 */
  memset(out + head, 0, PADDING_BYTES);
  out[head + PADDING_BYTES - 1] = PADDING_BYTES;
  bool sent = commit(downlink, slot, out, head + PADDING_BYTES, unlabelled);
  downlink->stats.padding += sent;
  slot->rtx_sequence += sent;
  return sent;
}

/* Whether or not it carries a picture: one that is too large for what is known of the way waits for
 * the probe. */
static SlotStream *padding_slot(Downlink *downlink) {
  for (unsigned i = AUDIO_SLOTS; i < downlink->slot_count; i++) {
    SlotStream *slot = &downlink->slots[i];
    if (slot->on && slot->rtx_payload_type && slot->twcc_extension)
      return slot;
  }
  return NULL;
}

static void probe(Downlink *downlink, int64_t now_us) {
  SlotStream *slot = padding_slot(downlink);
  if (!slot || subscriber_relieved(downlink->subscriber))
    return;
  int64_t wanted_bps = subscriber_wanted_bps(downlink->subscriber);
  unsigned bytes = capacity_padding(&downlink->capacity, wanted_bps, now_us);
  unsigned packets = (bytes + PADDING_BYTES / 2) / PADDING_BYTES;
  for (unsigned i = 0; i < MIN(packets, PADDINGS_MAX); i++)
    if (!send_padding(downlink, slot))
      break;
}

static void steer(Downlink *downlink, int64_t now_us) {
  capacity_tick(&downlink->capacity, now_us);
  probe(downlink, now_us);
  if (now_us < downlink->next_budget_us)
    return;
  downlink->next_budget_us = now_us + BUDGET_US;
  set_budget(downlink);
}

/* --- what the receiver says --- */

static int slot_of(const Downlink *downlink, uint32_t ssrc) {
  for (unsigned i = 0; i < downlink->slot_count; i++)
    if (downlink->slots[i].on && downlink->slots[i].ssrc == ssrc)
      return (int)i;
  return -1;
}

static void ask_keyframe(Downlink *downlink, uint32_t ssrc, int64_t now_us) {
  int slot = slot_of(downlink, ssrc);
  if (slot < 0 || !downlink->subscriber)
    return;
  downlink->stats.keyframes_asked++;
  subscriber_keyframe(downlink->subscriber, (unsigned)slot, now_us);
}

static int64_t round_trip_us(const Downlink *downlink) {
  const Bandwidth *bandwidth = downlink->capacity.bandwidth;
  return downlink->rtt_us || !bandwidth ? downlink->rtt_us : bandwidth_rtt_us(bandwidth);
}

static RepairAsk repair_ask(const Downlink *downlink, bool inferred, int64_t now_us) {
  return (RepairAsk){.inferred = inferred,
                     .loss = capacity_loss(&downlink->capacity),
                     .rtt_us = round_trip_us(downlink),
                     .budget_bps = capacity_bps(&downlink->capacity),
                     .now_us = now_us};
}

static void repair(Downlink *downlink, unsigned slot, uint16_t sequence, const RepairAsk *ask) {
  RepairVerdict verdict = subscriber_repair(downlink->subscriber, slot, sequence, ask);
  downlink->stats.repairs[verdict]++;
  ++*counters_repair(downlink->counters, verdict);
}

static void retransmit(Downlink *downlink, uint32_t ssrc, const uint8_t *fci, size_t len,
                       int64_t now_us) {
  uint16_t sequences[NACKS_MAX];
  int slot = slot_of(downlink, ssrc);
  if (slot < 0 || !downlink->subscriber)
    return;
  size_t count = rtcp_parse_nack(fci, len, sequences, NACKS_MAX);
  downlink->stats.nacked += count;
  RepairAsk ask = repair_ask(downlink, false, now_us);
  for (size_t i = 0; i < count; i++)
    repair(downlink, (unsigned)slot, sequences[i], &ask);
}

/* It tells of what is missing too, and where packets are lost NACKs are as well. */
static void take_feedback(Downlink *downlink, const uint8_t *fci, size_t len, int64_t now_us) {
  BandwidthMissing missing;
  RtcpTwcc twcc;
  bool readable = rtcp_parse_twcc(fci, len, &twcc);
  bool doubted = downlink->capacity.witness.doubted;
  note_left(downlink);
  if (capacity_feedback(&downlink->capacity, readable ? &twcc : NULL, &missing, now_us))
    set_budget(downlink);
  downlink->counters->feedback_doubted += downlink->capacity.witness.doubted && !doubted;
  if (!downlink->subscriber)
    return;
  RepairAsk ask = repair_ask(downlink, true, now_us);
  for (unsigned i = 0; i < missing.count; i++)
    repair(downlink, missing.labels[i].slot, missing.labels[i].number, &ask);
}

/* Packets of the slot since its last report. The first one says where counting begins. */
static unsigned expected_of(SlotStream *slot, const RtcpReport *report) {
  uint32_t expected = slot->reported ? report->highest_sequence - slot->reported_to : 0;
  slot->reported = true;
  slot->reported_to = report->highest_sequence;
  return expected < REPORTED_PACKETS_MAX ? expected : 0;
}

/* RFC 3550 §6.4.1: our time now, less that of the report that was echoed, less the wait there. */
static void read_reports(Downlink *downlink, const RtcpPacket *packet, int64_t now_us) {
  RtcpSenderInfo info;
  RtcpReport reports[31];
  int count = rtcp_parse_reports(packet, &info, reports, G_N_ELEMENTS(reports));
  int64_t wall_us = now_us - downlink->mono_minus_wall_us;
  uint64_t ntp_16 = (uint64_t)((wall_us / 1000000 + NTP_UNIX_S) << 16) +
                    (uint64_t)((wall_us % 1000000 << 16) / 1000000);
  bool told = false;
  for (int i = 0; i < count; i++) {
    int index = slot_of(downlink, reports[i].ssrc);
    if (index < 0)
      continue;
    uint32_t rtt_16 = (uint32_t)ntp_16 - reports[i].lsr - reports[i].dlsr;
    int64_t rtt_us = ((int64_t)(int32_t)rtt_16 * 1000000) >> 16;
    bool timed = reports[i].lsr != 0 && rtt_us >= 0 && rtt_us < RTT_MAX_US;
    if (timed)
      downlink->rtt_us = rtt_us < 1000 ? 1000 : rtt_us;
    unsigned expected = expected_of(&downlink->slots[index], &reports[i]);
    unsigned lost = (expected * reports[i].fraction_lost + 128) / 256;
    capacity_block(&downlink->capacity, expected, lost, timed ? downlink->rtt_us : 0);
    told = true;
  }
  if (told && capacity_report(&downlink->capacity, now_us))
    set_budget(downlink);
}

void downlink_feedback(Downlink *downlink, const RtcpPacket *packet, int64_t now_us) {
  RtcpFeedback feedback;
  const uint8_t *fci;
  size_t len;
  switch (packet->type) {
  case RTCP_SR:
  case RTCP_RR:
    read_reports(downlink, packet, now_us);
    break;
  case RTCP_RTPFB:
    if (!rtcp_parse_feedback(packet, &feedback, &fci, &len))
      break;
    if (packet->count == RTCP_FB_NACK)
      retransmit(downlink, feedback.media_ssrc, fci, len, now_us);
    if (packet->count == RTCP_FB_TWCC)
      take_feedback(downlink, fci, len, now_us);
    break;
  case RTCP_PSFB:
    if (!rtcp_parse_feedback(packet, &feedback, &fci, &len))
      break;
    if (packet->count == RTCP_FB_PLI)
      ask_keyframe(downlink, feedback.media_ssrc, now_us);
    if (packet->count == RTCP_FB_FIR) {
      RtcpFir firs[16];
      size_t count = rtcp_parse_fir(fci, len, firs, G_N_ELEMENTS(firs));
      for (size_t i = 0; i < count; i++)
        ask_keyframe(downlink, firs[i].ssrc, now_us);
    }
    if (packet->count == RTCP_FB_REMB) {
      uint64_t bps;
      if (rtcp_parse_remb(fci, len, &bps))
        capacity_remb(&downlink->capacity, bps, now_us);
    }
    break;
  default:
    break; /* SDES, BYE and the rest say nothing to a slot */
  }
}

/* --- sender reports --- */

static uint64_t ntp_time(int64_t wall_us) {
  uint64_t seconds = (uint64_t)(wall_us / 1000000 + NTP_UNIX_S);
  uint64_t fraction = ((uint64_t)(wall_us % 1000000) << 32) / 1000000;
  return seconds << 32 | fraction;
}

static void send_report(Downlink *downlink, const SlotStream *slot, uint32_t timestamp,
                        int64_t wall_us) {
  uint8_t out[128];
  char cname[32];
  RtcpSenderInfo info = {.ssrc = slot->ssrc,
                         .ntp = ntp_time(wall_us),
                         .rtp_timestamp = timestamp,
                         .packets = slot->packets,
                         .bytes = slot->bytes};
  g_snprintf(cname, sizeof cname, "slot-%s", slot->name);
  size_t len = rtcp_write_sr(out, sizeof out, &info, NULL, 0);
  size_t more = len ? rtcp_write_sdes_cname(out + len, sizeof out - len, slot->ssrc, cname) : 0;
  if (!more)
    return;
  downlink_send_rtcp(downlink, out, len + more);
  downlink->stats.sender_reports++;
}

void downlink_quiet(Downlink *downlink, int64_t now_us) {
  for (unsigned i = 0; i < downlink->slot_count; i++) {
    SlotStream *slot = &downlink->slots[i];
    bool runs = slot->on && slot->packets && downlink->subscriber &&
                subscriber_slot_clock(downlink->subscriber, i, now_us, &slot->quiet_timestamp);
    slot->quiet_us = runs ? now_us : 0;
  }
}

void downlink_trickle(Downlink *downlink, int64_t now_us, int64_t wall_us) {
  downlink->mono_minus_wall_us = now_us - wall_us;
  if (!downlink->srtp)
    return;
  for (unsigned i = 0; i < downlink->slot_count; i++) {
    const SlotStream *slot = &downlink->slots[i];
    int64_t ticks = (now_us - slot->quiet_us) * slot->clock_rate / 1000000;
    if (slot->on && slot->quiet_us)
      send_report(downlink, slot, slot->quiet_timestamp + (uint32_t)ticks, wall_us);
  }
  SlotStream *slot = padding_slot(downlink);
  if (slot)
    send_padding(downlink, slot);
}

uint32_t downlink_packets(const Downlink *downlink) {
  uint32_t packets = 0;
  for (unsigned i = 0; i < downlink->slot_count; i++)
    packets += downlink->slots[i].packets;
  return packets;
}

void downlink_tick(Downlink *downlink, int64_t now_us, int64_t wall_us) {
  downlink->mono_minus_wall_us = now_us - wall_us;
  if (!downlink->subscriber || !downlink->srtp)
    return;
  steer(downlink, now_us);
  for (unsigned i = 0; i < downlink->slot_count; i++) {
    SlotStream *slot = &downlink->slots[i];
    uint32_t timestamp;
    if (!slot->on || !slot->packets || (!slot->report_now && now_us < slot->next_report_us) ||
        !subscriber_slot_clock(downlink->subscriber, i, now_us, &timestamp))
      continue;
    slot->report_now = false;
    slot->next_report_us = now_us + REPORT_US;
    send_report(downlink, slot, timestamp, wall_us);
  }
}

void downlink_restart(Downlink *downlink, int64_t now_us) {
  capacity_restart(&downlink->capacity);
  set_budget(downlink);
  if (!downlink->subscriber)
    return;
  for (unsigned i = AUDIO_SLOTS; i < downlink->slot_count; i++)
    if (downlink->slots[i].on)
      subscriber_keyframe(downlink->subscriber, i, now_us);
}

bool downlink_probes(const Downlink *downlink) {
  return capacity_probes(&downlink->capacity);
}

int64_t downlink_rtt_us(const Downlink *downlink) {
  return downlink->rtt_us;
}

const Capacity *downlink_capacity(const Downlink *downlink) {
  return &downlink->capacity;
}

const DownlinkStats *downlink_stats(const Downlink *downlink) {
  return &downlink->stats;
}

void downlink_figures(const Downlink *downlink, PeerFigures *figures) {
  const Capacity *capacity = &downlink->capacity;
  const DownlinkStats *stats = &downlink->stats;
  figures->rtt_us = round_trip_us(downlink);
  figures->loss_down = capacity_loss(capacity);
  figures->source = capacity->source;
  figures->bps = capacity_known(capacity) ? capacity_bps(capacity) : INT64_MAX;
  figures->keyframes = stats->keyframes_asked;
  figures->repairs = stats->repairs[REPAIR_SENT];
  for (unsigned i = REPAIR_SENT + 1; i < REPAIR_COUNT; i++)
    figures->refused += i == REPAIR_DOUBTED ? 0 : stats->repairs[i]; /* nobody asked for those */
  for (unsigned i = 0; i < UNSENT_REASONS; i++)
    figures->unsent += stats->unsent[i];
  if (!downlink->subscriber)
    return;
  figures->wanted_bps = subscriber_wanted_bps(downlink->subscriber);
  subscriber_pictures(downlink->subscriber, figures->pictures);
}
