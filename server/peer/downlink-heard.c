/* What a receiver says of what it is sent: see downlink.h. */
#include <glib.h>

#include "peer/downlink-inner.h"

#define NACKS_MAX 256 /* sequence numbers taken from one packet */
#define RTT_MAX_US 10000000
/* Between two reports: 10 s of 20 Mbit/s. A step that is larger is a receiver that began to count
 * anew: how many of it came, nobody knows. */
#define REPORTED_PACKETS_MAX 20000

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

int64_t downlink_round_trip_us(const Downlink *downlink) {
  const Bandwidth *bandwidth = downlink->capacity.bandwidth;
  return downlink->rtt_us || !bandwidth ? downlink->rtt_us : bandwidth_rtt_us(bandwidth);
}

static RepairAsk repair_ask(const Downlink *downlink, bool inferred, int64_t now_us) {
  return (RepairAsk){.inferred = inferred,
                     .loss = capacity_loss(&downlink->capacity),
                     .rtt_us = downlink_round_trip_us(downlink),
                     .budget_bps = capacity_bps(&downlink->capacity),
                     .now_us = now_us};
}

static void repair(Downlink *downlink, unsigned slot, uint16_t sequence, const RepairAsk *ask) {
  RepairVerdict verdict = subscriber_repair(downlink->subscriber, slot, sequence, ask);
  if (verdict == REPAIR_SENT)
    return; /* once or twice: each packet is counted where it is sent */
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
  downlink_note_left(downlink);
  if (capacity_feedback(&downlink->capacity, readable ? &twcc : NULL, &missing, now_us))
    downlink_set_budget(downlink);
  downlink->counters->feedback_doubted += downlink->capacity.witness.doubted && !doubted;
  if (!downlink->subscriber)
    return;
  RepairAsk ask = repair_ask(downlink, true, now_us);
  for (unsigned i = 0; i < missing.count; i++)
    repair(downlink, missing.labels[i].slot, missing.labels[i].number, &ask);
}

/* Packets of the slot since its last report, and those of them that the way lost. The first report
 * says where counting begins. Over all reports they are no more than were sent: the numbers are the
 * receiver's claim, and those that were never sent are what the publisher's packets lack. */
static unsigned packets_of(SlotStream *slot, const RtcpReport *report, unsigned *lost) {
  uint32_t numbers = report->highest_sequence - slot->reported_to;
  bool begins = !slot->reported || numbers >= REPORTED_PACKETS_MAX;
  slot->reported = true;
  slot->reported_to = report->highest_sequence;
  *lost = 0;
  if (begins) {
    slot->reported_packets = slot->packets;
    return 0;
  }
  unsigned sent = MIN(numbers, slot->packets - slot->reported_packets), unsent = numbers - sent;
  unsigned missing = (numbers * report->fraction_lost + 128) / 256;
  slot->reported_packets += sent;
  *lost = missing > unsent ? missing - unsent : 0;
  return sent;
}

_Static_assert(SLOTS_MAX <= 64, "slots are bits of one word");

/* RFC 3550 §6.4.1: our time now, less that of the report that was echoed, less the wait there. */
static void read_reports(Downlink *downlink, const RtcpPacket *packet, int64_t now_us) {
  RtcpSenderInfo info;
  RtcpReport reports[31];
  int count = rtcp_parse_reports(packet, &info, reports, G_N_ELEMENTS(reports));
  int64_t wall_us = now_us - downlink->mono_minus_wall_us;
  uint64_t ntp_16 = (uint64_t)((wall_us / 1000000 + NTP_UNIX_S) << 16) +
                    (uint64_t)((wall_us % 1000000 << 16) / 1000000);
  uint64_t told = 0; /* bit i: slot i, which has one block a report */
  for (int i = 0; i < count; i++) {
    int index = slot_of(downlink, reports[i].ssrc);
    if (index < 0 || told & UINT64_C(1) << index)
      continue;
    told |= UINT64_C(1) << index;
    uint32_t rtt_16 = (uint32_t)ntp_16 - reports[i].lsr - reports[i].dlsr;
    int64_t rtt_us = ((int64_t)(int32_t)rtt_16 * 1000000) >> 16;
    bool timed = reports[i].lsr != 0 && rtt_us >= 0 && rtt_us < RTT_MAX_US;
    if (timed)
      downlink->rtt_us = rtt_us < 1000 ? 1000 : rtt_us;
    unsigned lost, packets = packets_of(&downlink->slots[index], &reports[i], &lost);
    capacity_block(&downlink->capacity, packets, lost, timed ? downlink->rtt_us : 0);
  }
  if (told && capacity_report(&downlink->capacity, now_us))
    downlink_set_budget(downlink);
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
