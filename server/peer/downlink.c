#include "peer/downlink.h"

#include <glib.h>
#include <stddef.h>
#include <string.h>

#include "base/prefetch.h"
#include "peer/downlink-inner.h"
#include "peer/figures.h"
#include "router/expect.h"

#define REPORT_US 1000000
#define TWCC_EXTENSION_BYTES 8 /* RFC 8285 §4.2: head, one element of two bytes, one of padding */
#define UDP_IP_BYTES 28        /* what the way carries on top: IPv4 */
#define BUDGET_US 100000  /* the layers are chosen anew about as often as feedback comes twice */
#define PADDING_BYTES 224 /* of one packet: its last byte counts them (RFC 3550 §5.1) */
#define COPIES_BYTES_MAX 1100 /* of sound and its copies: below any way's limit with all heads */
#define PADDINGS_MAX 64       /* packets at a time */

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

void downlink_set_budget(const Downlink *downlink) {
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
  bool numbered = false, remb = false;
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
    numbered |= slot->twcc_extension != 0;
    remb |= media->remb;
  }
  capacity_offered(&downlink->capacity, numbered, remb);
  open_slots(downlink);
  downlink_set_budget(downlink);
}

void downlink_set_srtp(Downlink *downlink, Srtp *srtp) {
  downlink->srtp = srtp;
}

/* Somebody in a slot that the client has, or nobody in one that it was told of: closed or not. */
static void sink_assigned(void *user, unsigned index, const TrackInfo *track) {
  Downlink *downlink = user;
  SlotStream *slot = &downlink->slots[MIN(index, SLOTS_MAX - 1)];
  if (index >= downlink->slot_count || (track ? !slot->on : !slot->told))
    return;
  slot->told = track != NULL;
  slot->report_now = true;
  downlink->assigned(downlink->user, slot->name, track);
}

void downlink_empty(Downlink *downlink) {
  for (unsigned i = 0; i < downlink->slot_count; i++)
    sink_assigned(downlink, i, NULL);
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

void downlink_note_left(Downlink *downlink) {
  if (downlink->capacity.bandwidth && !downlink->flow->queued)
    bandwidth_left(downlink->capacity.bandwidth, downlink->flow->left_us);
}

static const BandwidthLabel unlabelled = {.slot = BANDWIDTH_NO_SLOT};

/* Encrypts a packet of the slot that lies at the egress, `len` bytes, and queues it. */
static bool commit(Downlink *downlink, const SlotStream *slot, uint8_t *out, size_t len,
                   BandwidthLabel label) {
  if (srtp_protect(downlink->srtp, out, &len, len + SRTP_OVERHEAD_MAX) != SRTP_OK)
    return unsent(downlink, UNSENT_REFUSED);
  downlink_note_left(downlink);
  egress_commit(downlink->egress, downlink->flow, len);
  int64_t now_us = egress_now(downlink->egress);
  capacity_sent(&downlink->capacity, (unsigned)len + UDP_IP_BYTES, slot->twcc_extension != 0,
                now_us);
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
  downlink->stats.repairs[REPAIR_SENT] += sent;
  downlink->counters->repairs += sent;
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
  downlink_set_budget(downlink);
}

void downlink_send_rtcp(Downlink *downlink, const uint8_t *data, size_t len) {
  size_t size = len + SRTP_OVERHEAD_MAX;
  if (!downlink->srtp || size > EGRESS_DATAGRAM_MAX)
    return;
  uint8_t *out = egress_reserve(downlink->egress, size);
  memcpy(out, data, len);
  if (srtp_protect_rtcp(downlink->srtp, out, &len, size) != SRTP_OK)
    return;
  downlink_note_left(downlink); /* the flow's time will be this one's */
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
  capacity_tick(&downlink->capacity, subscriber_wanted_bps(downlink->subscriber), now_us);
  probe(downlink, now_us);
  if (now_us < downlink->next_budget_us)
    return;
  downlink->next_budget_us = now_us + BUDGET_US;
  downlink_set_budget(downlink);
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
  downlink_set_budget(downlink);
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
  figures->rtt_us = downlink_round_trip_us(downlink);
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
