#include "sender.h"

#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "stamp.h"
#include "wire/rtcp.h"
#include "wire/rtp.h"
#include "wire/vp8.h"

#define NAMED_US 1000000
#define NTP_UNIX_S 2208988800u
#define EXTENSIONS_MAX 64
#define DESCRIPTOR_BYTES 6 /* X, I L T, 15-bit picture id, TL0PICIDX, TID (RFC 7741 §4.2) */

void sender_init(Sender *sender, const SenderSetting *setting) {
  *sender = (Sender){.setting = *setting,
                     .ssrc = random_u32(),
                     .rtx_ssrc = random_u32(),
                     .sequence = (uint16_t)(random_u32() & 0x7fff),
                     .rtx_sequence = (uint16_t)(random_u32() & 0x7fff),
                     .picture_id = (uint16_t)(random_u32() & 0x3fff),
                     .wanted = true};
  if (setting->clip && setting->rtx_type)
    sender->history = g_new0(SenderSent, SENDER_HISTORY);
}

void sender_clear(Sender *sender) {
  g_free(sender->history);
  *sender = (Sender){0};
}

static uint64_t ticks_at(const Sender *sender, int64_t now_us) {
  return (uint64_t)(now_us - sender->setting.epoch_us) * sender->setting.clip->clock_rate / 1000000;
}

static const ClipFrame *frame_at(const Sender *sender, uint64_t frame, uint64_t *timestamp) {
  const Clip *clip = sender->setting.clip;
  const ClipFrame *found = &g_array_index(clip->frames, ClipFrame, frame % clip->frames->len);
  *timestamp = frame / clip->frames->len * clip->length_ticks + found->timestamp;
  return found;
}

/* The next frame is the first that is not due yet. */
static void seek(Sender *sender, int64_t now_us) {
  const Clip *clip = sender->setting.clip;
  uint64_t ticks = ticks_at(sender, now_us), timestamp;
  sender->next_frame = ticks / clip->length_ticks * clip->frames->len;
  while (frame_at(sender, sender->next_frame, &timestamp), timestamp <= ticks)
    sender->next_frame++;
}

void sender_start(Sender *sender, int64_t now_us) {
  if (!sender->setting.clip)
    return;
  seek(sender, now_us);
  sender->want_key = true;
  sender->named_until_us = now_us + NAMED_US;
}

void sender_set_wanted(Sender *sender, bool wanted, int64_t now_us) {
  if (sender->wanted == wanted || !sender->setting.clip)
    return;
  sender->wanted = wanted;
  if (wanted)
    sender_start(sender, now_us);
}

static size_t write_extensions(const Sender *sender, const SenderWay *way, bool again,
                               uint8_t *packet, int64_t now_us) {
  const SenderExtensions *ids = &way->extensions;
  const SenderSetting *setting = &sender->setting;
  RtpExtensionWriter writer;
  rtp_extension_begin(&writer, packet, EXTENSIONS_MAX);
  if (ids->sequence) {
    uint16_t number = (*way->transport_sequence)++;
    uint8_t value[2] = {(uint8_t)(number >> 8), (uint8_t)number};
    rtp_extension_add(&writer, ids->sequence, value, 2);
  }
  if (!setting->keys && ids->level)
    rtp_extension_add(&writer, ids->level, &way->level, 1);
  if (now_us < sender->named_until_us || again) {
    if (ids->mid && setting->mid[0])
      rtp_extension_add(&writer, ids->mid, setting->mid, strlen(setting->mid));
    uint8_t rid = again ? ids->repaired : ids->rid;
    if (rid && setting->rid[0])
      rtp_extension_add(&writer, rid, setting->rid, strlen(setting->rid));
  }
  return rtp_extension_end(&writer);
}

/* The payload under a descriptor of ours: the clip's own picture numbers are those of one round.
 * *speech: whether it is; then, whether a stamp says so. */
static size_t write_payload(const Sender *sender, const SenderSent *sent, bool *speech,
                            uint8_t *out) {
  const ClipPacket *packet = sent->packet;
  size_t head = 0;
  if (sender->setting.keys) {
    bool temporal = sender->setting.temporal;
    out[0] = packet->starts ? 0x90 : 0x80;
    out[1] = temporal ? 0xe0 : 0x80;
    out[2] = (uint8_t)(0x80 | sent->picture_id >> 8);
    out[3] = (uint8_t)sent->picture_id;
    out[4] = sent->tl0picidx;
    /* Y: each picture here leans on the last of layer 0 alone. */
    out[5] = (uint8_t)(sent->tid << 6 | (sent->tid ? 0x20 : 0));
    head = temporal ? DESCRIPTOR_BYTES : 4;
  }
  size_t body = (size_t)(packet->len - packet->head_len);
  memcpy(out + head, packet->payload + packet->head_len, body);
  if (sender->setting.stamped && packet->marker == (sender->setting.keys != NULL))
    *speech = stamp_write(out, head + body, *speech, sent->sent_us) && *speech;
  else
    *speech = false;
  return head + body;
}

static void send_one(Sender *sender, const SenderWay *way, const SenderSent *sent, bool again,
                     int64_t now_us) {
  uint8_t data[1500];
  RtpHeader header = {.marker = sent->packet->marker,
                      .payload_type =
                          again ? sender->setting.rtx_type : sender->setting.payload_type,
                      .sequence = again ? sender->rtx_sequence++ : sent->sequence,
                      .timestamp = sent->timestamp,
                      .ssrc = again ? sender->rtx_ssrc : sender->ssrc};
  rtp_write(data, &header);
  size_t len = RTP_HEADER_BYTES + write_extensions(sender, way, again, data, now_us);
  if (again) { /* RFC 4588 §4 */
    data[len++] = (uint8_t)(sent->sequence >> 8);
    data[len++] = (uint8_t)sent->sequence;
  }
  bool speech = !sender->setting.keys && way->speech;
  size_t payload = write_payload(sender, sent, &speech, data + len);
  if (!transport_send_rtp(way->transport, data, len + payload, sizeof data))
    return;
  if (again) {
    way->figures->resent++;
    return;
  }
  sender->packets++;
  sender->spoken += speech;
  sender->bytes += (uint32_t)payload;
  way->figures->sent++;
}

/* L1T3: 0 2 1 2. */
static uint8_t temporal_of(const Sender *sender, uint64_t frame, bool key) {
  static const uint8_t pattern[] = {0, 2, 1, 2};
  return sender->setting.temporal && !key ? pattern[frame % 4] : 0;
}

static void send_frame(Sender *sender, const SenderWay *way, const ClipFrame *frame,
                       uint64_t timestamp, int64_t now_us) {
  const Clip *clip = sender->setting.clip;
  const ClipPacket *first = &g_array_index(clip->packets, ClipPacket, frame->first);
  bool key = first->keyframe;
  if (sender->want_key && !key && sender->setting.keys) {
    clip = sender->setting.keys;
    frame = &g_array_index(clip->frames, ClipFrame, sender->next_frame % clip->frames->len);
    key = true;
  }
  sender->want_key = false;
  SenderSent sent = {.sent_us = clock_mono_us(),
                     .timestamp = (uint32_t)timestamp,
                     .tid = temporal_of(sender, sender->next_frame, key)};
  sender->picture_id = (sender->picture_id + 1) & 0x7fff;
  sender->tl0picidx = (uint8_t)(sender->tl0picidx + (sent.tid == 0));
  sent.picture_id = sender->picture_id;
  sent.tl0picidx = sender->tl0picidx;
  for (unsigned i = 0; i < frame->count; i++) {
    sent.packet = &g_array_index(clip->packets, ClipPacket, frame->first + i);
    sent.sequence = sender->sequence++;
    if (sender->history)
      sender->history[sent.sequence % SENDER_HISTORY] = sent;
    send_one(sender, way, &sent, false, now_us);
  }
}

void sender_send_due(Sender *sender, const SenderWay *way, int64_t now_us) {
  if (!sender->setting.clip || !sender->wanted)
    return;
  uint64_t due = ticks_at(sender, now_us), timestamp;
  const ClipFrame *frame;
  while ((frame = frame_at(sender, sender->next_frame, &timestamp)), timestamp <= due) {
    send_frame(sender, way, frame, timestamp, now_us);
    sender->next_frame++;
  }
}

void sender_resend(Sender *sender, const SenderWay *way, uint16_t sequence, int64_t now_us) {
  if (!sender->history)
    return;
  const SenderSent *sent = &sender->history[sequence % SENDER_HISTORY];
  if (sent->packet && sent->sequence == sequence)
    send_one(sender, way, sent, true, now_us);
}

size_t sender_report(const Sender *sender, uint8_t *out, size_t size, int64_t now_us) {
  if (!sender->packets)
    return 0;
  /* The sender's own wall clock: any epoch does, as long as all its streams share it. */
  uint64_t us = (uint64_t)now_us + (uint64_t)NTP_UNIX_S * 1000000u;
  RtcpSenderInfo info = {.ssrc = sender->ssrc,
                         .ntp = us / 1000000u << 32 | (us % 1000000u << 32) / 1000000u,
                         .rtp_timestamp = (uint32_t)ticks_at(sender, now_us),
                         .packets = sender->packets,
                         .bytes = sender->bytes};
  return rtcp_write_sr(out, size, &info, NULL, 0);
}
