#include "wire/rtcp.h"

#include <string.h>

#include "wire/bytes.h"

#define HEAD_BYTES 4
#define REPORT_BYTES 24
#define SENDER_INFO_BYTES 20

void rtcp_reader_init(RtcpReader *reader, const uint8_t *data, size_t len) {
  reader->at = data;
  reader->end = data + len;
}

bool rtcp_next(RtcpReader *reader, RtcpPacket *packet, bool *malformed) {
  size_t left = (size_t)(reader->end - reader->at);
  *malformed = false;
  if (left == 0)
    return false;
  *malformed = true;
  if (left < HEAD_BYTES || reader->at[0] >> 6 != 2)
    return false;
  size_t body = 4u * bytes_get16(reader->at + 2);
  if (body > left - HEAD_BYTES)
    return false;
  const uint8_t *head = reader->at;
  size_t padding = 0;
  if (head[0] & 0x20) {
    padding = body ? head[HEAD_BYTES + body - 1] : 0;
    if (padding == 0 || padding > body)
      return false;
  }
  *packet = (RtcpPacket){
      .type = head[1],
      .count = head[0] & 0x1f,
      .body = head + HEAD_BYTES,
      .len = body - padding,
  };
  reader->at += HEAD_BYTES + body;
  *malformed = false;
  return true;
}

static int32_t sign24(uint32_t value) {
  return value & 0x800000 ? (int32_t)value - 0x1000000 : (int32_t)value;
}

int rtcp_parse_reports(const RtcpPacket *packet, RtcpSenderInfo *info, RtcpReport *reports,
                       size_t max) {
  bool sender = packet->type == RTCP_SR;
  size_t head = 4 + (sender ? SENDER_INFO_BYTES : 0);
  *info = (RtcpSenderInfo){0};
  if ((!sender && packet->type != RTCP_RR) || packet->len < head + REPORT_BYTES * packet->count)
    return -1;
  const uint8_t *at = packet->body;
  info->ssrc = bytes_get32(at);
  if (sender) {
    info->ntp = bytes_get64(at + 4);
    info->rtp_timestamp = bytes_get32(at + 12);
    info->packets = bytes_get32(at + 16);
    info->bytes = bytes_get32(at + 20);
  }
  at += head;
  int count = 0;
  for (; count < packet->count && (size_t)count < max; count++, at += REPORT_BYTES)
    reports[count] = (RtcpReport){
        .ssrc = bytes_get32(at),
        .fraction_lost = at[4],
        .total_lost = sign24(bytes_get24(at + 5)),
        .highest_sequence = bytes_get32(at + 8),
        .jitter = bytes_get32(at + 12),
        .lsr = bytes_get32(at + 16),
        .dlsr = bytes_get32(at + 20),
    };
  return count;
}

bool rtcp_parse_feedback(const RtcpPacket *packet, RtcpFeedback *feedback, const uint8_t **fci,
                         size_t *fci_len) {
  if (packet->len < 8 || (packet->type != RTCP_RTPFB && packet->type != RTCP_PSFB))
    return false;
  feedback->sender_ssrc = bytes_get32(packet->body);
  feedback->media_ssrc = bytes_get32(packet->body + 4);
  *fci = packet->body + 8;
  *fci_len = packet->len - 8;
  return true;
}

size_t rtcp_parse_nack(const uint8_t *fci, size_t len, uint16_t *sequences, size_t max) {
  size_t count = 0;
  for (; len >= 4; fci += 4, len -= 4) {
    uint16_t base = bytes_get16(fci), following = bytes_get16(fci + 2);
    if (count < max)
      sequences[count++] = base;
    for (unsigned bit = 0; bit < 16; bit++)
      if (following >> bit & 1 && count < max)
        sequences[count++] = (uint16_t)(base + bit + 1);
  }
  return count;
}

size_t rtcp_parse_fir(const uint8_t *fci, size_t len, RtcpFir *firs, size_t max) {
  size_t count = 0;
  for (; len >= 8 && count < max; fci += 8, len -= 8)
    firs[count++] = (RtcpFir){.ssrc = bytes_get32(fci), .sequence = fci[4]};
  return count;
}

bool rtcp_parse_remb(const uint8_t *fci, size_t len, uint64_t *bps) {
  if (len < 8 || memcmp(fci, "REMB", 4) != 0 || len < 8 + 4u * fci[4])
    return false;
  unsigned exponent = fci[5] >> 2;
  uint64_t mantissa = bytes_get24(fci + 5) & 0x3ffff;
  *bps = mantissa << exponent;
  return *bps >> exponent == mantissa;
}

/* Writers: one packet's head; the length in words comes from the whole size. */
static void put_head(uint8_t *out, unsigned count, RtcpType type, size_t bytes) {
  out[0] = (uint8_t)(0x80 | count);
  out[1] = (uint8_t)type;
  bytes_put16(out + 2, (uint16_t)(bytes / 4 - 1));
}

static void put_reports(uint8_t *at, const RtcpReport *reports, size_t count) {
  for (size_t i = 0; i < count; i++, at += REPORT_BYTES) {
    int32_t lost = reports[i].total_lost; /* RFC 3550 A.3: clamped, not wrapped */
    lost = lost > 0x7fffff ? 0x7fffff : lost < -0x800000 ? -0x800000 : lost;
    bytes_put32(at, reports[i].ssrc);
    at[4] = reports[i].fraction_lost;
    bytes_put24(at + 5, (uint32_t)lost & 0xffffff);
    bytes_put32(at + 8, reports[i].highest_sequence);
    bytes_put32(at + 12, reports[i].jitter);
    bytes_put32(at + 16, reports[i].lsr);
    bytes_put32(at + 20, reports[i].dlsr);
  }
}

size_t rtcp_write_sr(uint8_t *out, size_t size, const RtcpSenderInfo *info,
                     const RtcpReport *reports, size_t count) {
  size_t bytes = HEAD_BYTES + 4 + SENDER_INFO_BYTES + REPORT_BYTES * count;
  if (count > 31 || bytes > size)
    return 0;
  put_head(out, (unsigned)count, RTCP_SR, bytes);
  bytes_put32(out + 4, info->ssrc);
  bytes_put64(out + 8, info->ntp);
  bytes_put32(out + 16, info->rtp_timestamp);
  bytes_put32(out + 20, info->packets);
  bytes_put32(out + 24, info->bytes);
  put_reports(out + 28, reports, count);
  return bytes;
}

size_t rtcp_write_rr(uint8_t *out, size_t size, uint32_t ssrc, const RtcpReport *reports,
                     size_t count) {
  size_t bytes = HEAD_BYTES + 4 + REPORT_BYTES * count;
  if (count > 31 || bytes > size)
    return 0;
  put_head(out, (unsigned)count, RTCP_RR, bytes);
  bytes_put32(out + 4, ssrc);
  put_reports(out + 8, reports, count);
  return bytes;
}

size_t rtcp_write_sdes_cname(uint8_t *out, size_t size, uint32_t ssrc, const char *cname) {
  size_t len = strlen(cname);
  if (len > 255)
    return 0;
  /* SSRC, the item's type and length, the text, and one to four zeros to the word's end. */
  size_t bytes = HEAD_BYTES + ((4 + 2 + len + 1 + 3) & ~(size_t)3);
  if (bytes > size)
    return 0;
  memset(out, 0, bytes);
  put_head(out, 1, RTCP_SDES, bytes);
  bytes_put32(out + 4, ssrc);
  out[8] = 1;
  out[9] = (uint8_t)len;
  memcpy(out + 10, cname, len);
  return bytes;
}

/* Head of a feedback packet of `bytes` in all; false when it does not fit. */
static bool put_feedback(uint8_t *out, size_t size, RtcpType type, unsigned format, size_t bytes,
                         uint32_t sender_ssrc, uint32_t media_ssrc) {
  if (bytes > size || bytes / 4 - 1 > UINT16_MAX)
    return false;
  put_head(out, format, type, bytes);
  bytes_put32(out + 4, sender_ssrc);
  bytes_put32(out + 8, media_ssrc);
  return true;
}

size_t rtcp_write_pli(uint8_t *out, size_t size, uint32_t sender_ssrc, uint32_t media_ssrc) {
  return put_feedback(out, size, RTCP_PSFB, RTCP_FB_PLI, 12, sender_ssrc, media_ssrc) ? 12 : 0;
}

size_t rtcp_write_fir(uint8_t *out, size_t size, uint32_t sender_ssrc, uint32_t media_ssrc,
                      uint8_t sequence) {
  /* RFC 5104 §4.3.1.2: the head's media SSRC is zero, the target stands in the FCI. */
  if (!put_feedback(out, size, RTCP_PSFB, RTCP_FB_FIR, 20, sender_ssrc, 0))
    return 0;
  bytes_put32(out + 12, media_ssrc);
  bytes_put32(out + 16, (uint32_t)sequence << 24);
  return 20;
}

size_t rtcp_write_nack(uint8_t *out, size_t size, uint32_t sender_ssrc, uint32_t media_ssrc,
                       const uint16_t *sequences, size_t count) {
  if (count == 0 || size < 12)
    return 0;
  size_t bytes = 12;
  for (size_t i = 0; i < count;) {
    if (size - bytes < 4)
      return 0;
    uint16_t base = sequences[i++], following = 0;
    for (; i < count; i++) {
      uint16_t ahead = (uint16_t)(sequences[i] - base);
      if (ahead > 16)
        break;
      if (ahead > 0)
        following = (uint16_t)(following | 1u << (ahead - 1));
    }
    bytes_put16(out + bytes, base);
    bytes_put16(out + bytes + 2, following);
    bytes += 4;
  }
  return put_feedback(out, size, RTCP_RTPFB, RTCP_FB_NACK, bytes, sender_ssrc, media_ssrc) ? bytes
                                                                                           : 0;
}

size_t rtcp_write_remb(uint8_t *out, size_t size, uint32_t sender_ssrc, const uint32_t *ssrcs,
                       size_t count, uint64_t bps) {
  if (count > 255)
    return 0;
  size_t bytes = 20 + 4 * count;
  if (!put_feedback(out, size, RTCP_PSFB, RTCP_FB_REMB, bytes, sender_ssrc, 0))
    return 0;
  unsigned exponent = 0;
  for (; bps > 0x3ffff; exponent++)
    bps >>= 1;
  memcpy(out + 12, "REMB", 4);
  bytes_put32(out + 16, (uint32_t)count << 24 | (uint32_t)exponent << 18 | (uint32_t)bps);
  for (size_t i = 0; i < count; i++)
    bytes_put32(out + 20 + 4 * i, ssrcs[i]);
  return bytes;
}
