#include "receiver.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "stamp.h"
#include "wire/vp8.h"

/* ReceiverPacket.what; 0: not come. */
enum { CAME = 1, MARKER = 2, STARTS = 4, KEY = 8, BASE = 16, SYNC = 32 };

#define FREEZE_US 200000    /* quality.md: a gap that one sees */
#define FIRST_DUE_US 800000 /* a slot's new picture is due so long after it was promised */
#define VIDEO_GIVE_UP_US 1000000
#define AUDIO_GIVE_UP_US 250000 /* a jitter buffer has played what comes after it by then */
#define FRAME_TICKS 960         /* of sound, 20 ms */
#define REORDER_US 10000        /* a hole may close by itself */
#define RETRY_MIN_US 20000
#define TRIES_MAX 10
#define STALL_US 250000 /* decoding waits so long before a key frame is asked for */
#define KEY_AGAIN_US 500000

void receiver_init(Receiver *receiver, uint32_t ssrc, uint32_t rtx_ssrc, bool video) {
  *receiver = (Receiver){.ssrc = ssrc,
                         .rtx_ssrc = rtx_ssrc,
                         .video = video,
                         .clock_rate = video ? 90000 : 48000,
                         .broken = true};
  if (video)
    receiver->ring = g_new0(ReceiverPacket, RECEIVER_RING);
}

void receiver_clear(Receiver *receiver) {
  g_free(receiver->ring);
  receiver->ring = NULL;
}

void receiver_restart(Receiver *receiver) {
  receiver->highest = receiver->first = receiver->received = 0;
  receiver->expected_before = receiver->received_before = 0;
  receiver->hole_count = 0;
  receiver->broken = true;
  receiver->stalled_us = 0;
  if (receiver->ring)
    memset(receiver->ring, 0, RECEIVER_RING * sizeof *receiver->ring);
}

/* --- pictures --- */

static ReceiverPacket *slot_of(const Receiver *receiver, uint64_t sequence) {
  return &receiver->ring[sequence % RECEIVER_RING];
}

static uint8_t what_of(const Receiver *receiver, uint64_t sequence) {
  const ReceiverPacket *packet = slot_of(receiver, sequence);
  return packet->sequence == (uint16_t)sequence ? packet->what : 0;
}

static void count_gap(Receiver *receiver, Figures *figures, int64_t now_us) {
  if (!receiver->occupied || receiver->shown_us == 0)
    return;
  int64_t gap_us = now_us - receiver->shown_us;
  figures->worst_gap_us = MAX(figures->worst_gap_us, (uint64_t)MAX(gap_us, 0));
  if (gap_us > FREEZE_US) {
    figures->freezes++;
    figures->frozen_us += (uint64_t)gap_us;
  }
}

static void show(Receiver *receiver, bool key, Figures *figures, int64_t now_us) {
  figures->frames++;
  if (receiver->waiting_us && key) {
    histogram_add(&figures->switch_time, now_us - receiver->waiting_us);
    receiver->waiting_us = 0;
    receiver->shown_us = now_us;
  }
  if (!receiver->waiting_us)
    count_gap(receiver, figures, now_us);
  receiver->shown_us = now_us;
}

/* Where the picture that starts at `start` ends, when it is whole; 0 otherwise. */
static uint64_t whole_until(const Receiver *receiver, uint64_t start) {
  for (uint64_t at = start; at <= receiver->highest; at++) {
    uint8_t what = what_of(receiver, at);
    if (!(what & CAME) || (at > start && what & STARTS))
      return 0;
    if (what & MARKER)
      return at;
  }
  return 0;
}

/* Can it be decoded after what was shown last, whatever is missing between (RFC 7741 §4.2)? */
static bool decodable(const Receiver *receiver, uint64_t start) {
  const ReceiverPacket *packet = slot_of(receiver, start);
  if (packet->what & KEY)
    return true;
  if (receiver->broken)
    return false;
  if (packet->what & BASE)
    return packet->tl0picidx == (uint8_t)(receiver->shown_tl0 + 1);
  return packet->what & SYNC && packet->tl0picidx == receiver->shown_tl0;
}

/* Takes whole pictures in order; over a hole only to one that does not need what is missing. */
static void take_pictures(Receiver *receiver, Figures *figures, int64_t now_us) {
  while (receiver->next <= receiver->highest) {
    uint64_t start = receiver->next;
    if (receiver->highest - start >= RECEIVER_RING)
      start = receiver->next = receiver->highest - RECEIVER_RING + 1;
    bool in_order = true;
    uint64_t end = 0;
    for (; start <= receiver->highest; start++, in_order = false) {
      uint8_t what = what_of(receiver, start);
      if (!(what & STARTS))
        continue;
      end = whole_until(receiver, start);
      if (end && (decodable(receiver, start) || (in_order && !receiver->broken)))
        break;
      end = 0;
    }
    if (!end)
      break;
    const ReceiverPacket *packet = slot_of(receiver, start);
    if (packet->what & (KEY | BASE))
      receiver->shown_tl0 = packet->tl0picidx;
    receiver->broken = false;
    receiver->stalled_us = 0;
    receiver->next = end + 1;
    show(receiver, packet->what & KEY, figures, now_us);
  }
  if (receiver->next <= receiver->highest && !receiver->stalled_us)
    receiver->stalled_us = now_us;
}

static void keep_packet(Receiver *receiver, uint64_t sequence, const RtpHeader *rtp,
                        const uint8_t *payload, Figures *figures) {
  ReceiverPacket packet = {.sequence = (uint16_t)sequence,
                           .what = (uint8_t)(CAME | (rtp->marker ? MARKER : 0))};
  Vp8Descriptor vp8;
  if (vp8_parse(payload, rtp->payload_len, &vp8)) {
    if (vp8.start_of_partition && vp8.partition == 0)
      packet.what |= STARTS;
    if (vp8.keyframe)
      packet.what |= KEY;
    if (vp8.has_tl0picidx && vp8.has_tid)
      packet.what |= vp8.tid == 0 ? BASE : vp8.layer_sync ? SYNC : 0;
    packet.tl0picidx = vp8.tl0picidx;
    if (vp8.width && vp8.width != receiver->width) {
      figures->layer_switches += receiver->width != 0;
      receiver->width = vp8.width;
    }
  }
  *slot_of(receiver, sequence) = packet;
}

/* --- what is missing --- */

static void drop_holes(Receiver *receiver, unsigned count, Figures *figures) {
  figures->lost += count;
  for (unsigned i = 0; i < count && !receiver->video; i++) {
    figures->audio_lost++;
    figures->audio_gaps += !receiver->holes[i].copied;
  }
  receiver->hole_count -= count;
  memmove(receiver->holes, receiver->holes + count, receiver->hole_count * sizeof *receiver->holes);
}

static void open_holes(Receiver *receiver, uint64_t from, uint64_t to, Figures *figures,
                       int64_t now_us) {
  for (uint64_t sequence = from; sequence < to; sequence++) {
    if (receiver->hole_count == RECEIVER_HOLES)
      drop_holes(receiver, 1, figures);
    receiver->holes[receiver->hole_count++] =
        (ReceiverHole){.sequence = sequence, .since_us = now_us};
  }
}

static bool close_hole(Receiver *receiver, uint64_t sequence) {
  for (unsigned i = 0; i < receiver->hole_count; i++)
    if (receiver->holes[i].sequence == sequence) {
      receiver->hole_count--;
      memmove(receiver->holes + i, receiver->holes + i + 1,
              (receiver->hole_count - i) * sizeof *receiver->holes);
      return true;
    }
  return false;
}

/* RFC 2198: copies of the packets right before it, oldest first. Leaves what it carries itself. */
static void take_copies(Receiver *receiver, uint64_t sequence, const uint8_t **payload,
                        size_t *len) {
  RedBlock blocks[RED_BLOCKS_MAX];
  unsigned count = red_parse(*payload, *len, blocks);
  if (count == 0)
    return;
  for (unsigned i = 0; i < receiver->hole_count; i++) {
    ReceiverHole *hole = &receiver->holes[i];
    for (unsigned k = 0; k + 1 < count && hole->sequence < sequence; k++)
      hole->copied |= blocks[k].age == (sequence - hole->sequence) * FRAME_TICKS;
  }
  *payload = blocks[count - 1].data;
  *len = blocks[count - 1].len;
}

static void measure_jitter(Receiver *receiver, uint32_t timestamp, int64_t now_us) {
  int64_t transit = now_us * receiver->clock_rate / 1000000 - timestamp;
  int64_t d = llabs((int64_t)(int32_t)(uint32_t)(transit - receiver->transit));
  receiver->transit = transit;
  if (receiver->received > 1 && d < receiver->clock_rate) /* a slot may change its time line */
    receiver->jitter_16 += (uint32_t)d - ((receiver->jitter_16 + 8) >> 4);
}

void receiver_packet(Receiver *receiver, const RtpHeader *rtp, const uint8_t *payload,
                     bool repaired, Figures *figures, int64_t now_us) {
  uint64_t sequence = seq_unwrap(&receiver->unwrap, rtp->sequence);
  if (receiver->highest == 0) {
    receiver->first = receiver->next = sequence;
    receiver->highest = sequence - 1;
  }
  if (sequence > receiver->highest) {
    open_holes(receiver, receiver->highest + 1, sequence, figures, now_us);
    receiver->highest = sequence;
  } else if (close_hole(receiver, sequence)) {
    figures->repaired += repaired;
    figures->late += !repaired;
  } else {
    return; /* twice, or after it was given up */
  }
  size_t len = rtp->payload_len;
  if (receiver->red_type && rtp->payload_type == receiver->red_type)
    take_copies(receiver, sequence, &payload, &len);
  receiver->received++;
  figures->received++;
  figures->audio += !receiver->video;
  int64_t age_us;
  if (!repaired) {
    measure_jitter(receiver, rtp->timestamp, now_us);
    bool speech;
    if (stamp_read(payload, len, now_us, &age_us, &speech)) {
      receiver->speech += speech;
      histogram_add(receiver->video ? &figures->video_delay : &figures->audio_delay, age_us);
    }
  }
  if (receiver->video) {
    keep_packet(receiver, sequence, rtp, payload, figures);
    if (rtp->marker || receiver->stalled_us)
      take_pictures(receiver, figures, now_us);
  }
}

size_t receiver_nacks(Receiver *receiver, int64_t rtt_us, int64_t now_us, uint16_t *out,
                      size_t max) {
  size_t count = 0;
  if (!receiver->rtx_ssrc)
    return 0;
  for (unsigned i = 0; i < receiver->hole_count && count < max; i++) {
    ReceiverHole *hole = &receiver->holes[i];
    int64_t due_us = hole->asked_us ? hole->asked_us + MAX(rtt_us + rtt_us / 4, RETRY_MIN_US)
                                    : hole->since_us + REORDER_US;
    if (now_us < due_us || hole->tries >= TRIES_MAX)
      continue;
    hole->asked_us = now_us;
    hole->tries++;
    out[count++] = (uint16_t)hole->sequence;
  }
  return count;
}

bool receiver_wants_key(Receiver *receiver, int64_t now_us) {
  if (!receiver->video || receiver->highest == 0 || !receiver->stalled_us ||
      now_us - receiver->stalled_us < STALL_US || now_us - receiver->asked_key_us < KEY_AGAIN_US)
    return false;
  receiver->asked_key_us = now_us;
  return true;
}

void receiver_tick(Receiver *receiver, Figures *figures, int64_t now_us) {
  int64_t patience_us = receiver->video ? VIDEO_GIVE_UP_US : AUDIO_GIVE_UP_US;
  unsigned old = 0;
  while (old < receiver->hole_count && now_us - receiver->holes[old].since_us > patience_us)
    old++;
  if (old > 0) {
    drop_holes(receiver, old, figures);
    receiver->broken = receiver->broken || (receiver->video && receiver->stalled_us);
  }
}

/* --- the slot --- */

void receiver_close_window(Receiver *receiver, Figures *figures, int64_t now_us) {
  if (!receiver->video || !receiver->occupied)
    return;
  figures->picture_us += (uint64_t)MAX(now_us - receiver->occupied_us, 0);
  receiver->occupied_us = now_us;
  if (receiver->shown_us && now_us - receiver->shown_us > FREEZE_US) {
    count_gap(receiver, figures, now_us);
    receiver->shown_us = now_us;
  }
}

void receiver_assign(Receiver *receiver, bool occupied, Figures *figures, int64_t now_us) {
  receiver_close_window(receiver, figures, now_us);
  figures->switches += occupied && receiver->occupied;
  receiver->occupied = occupied;
  receiver->occupied_us = now_us;
  receiver->waiting_us = occupied ? now_us : 0;
  receiver->shown_us = occupied ? now_us + FIRST_DUE_US : 0;
}

/* --- reports --- */

bool receiver_report(Receiver *receiver, RtcpReport *report, int64_t now_us) {
  if (receiver->highest == 0)
    return false;
  uint64_t expected = receiver->highest - receiver->first + 1;
  uint64_t expected_now = expected - receiver->expected_before;
  uint64_t received_now = receiver->received - receiver->received_before;
  receiver->expected_before = expected;
  receiver->received_before = receiver->received;
  uint64_t lost_now = expected_now > received_now ? expected_now - received_now : 0;
  *report = (RtcpReport){
      .ssrc = receiver->ssrc,
      .fraction_lost = (uint8_t)(expected_now ? MIN(lost_now * 256 / expected_now, 255) : 0),
      .total_lost = (int32_t)(expected - receiver->received),
      .highest_sequence = (uint32_t)receiver->highest,
      .jitter = receiver->jitter_16 >> 4,
      .lsr = receiver->last_sr,
      .dlsr = receiver->last_sr
                  ? (uint32_t)((now_us - receiver->last_sr_us) * 65536 / G_USEC_PER_SEC)
                  : 0};
  return true;
}

void receiver_sender_report(Receiver *receiver, const RtcpSenderInfo *info, int64_t now_us) {
  receiver->last_sr = (uint32_t)(info->ntp >> 16);
  receiver->last_sr_us = now_us;
}
