#include "wire/rtp.h"

#include <string.h>

#include "wire/bytes.h"

#define EXTENSION_BIT 0x10      /* RFC 3550 §5.1: X */
#define PROFILE_ONE_BYTE 0xBEDE /* RFC 8285 §4.2 */
#define PROFILE_TWO_BYTE 0x1000 /* RFC 8285 §4.3; the low 4 bits are the application's */

bool rtp_is_rtcp(const uint8_t *data, size_t len) {
  return len >= 4 && data[0] >> 6 == 2 && data[1] >= 192 && data[1] <= 223;
}

bool rtp_parse(const uint8_t *data, size_t len, bool padding_known, RtpHeader *header) {
  if (len < RTP_HEADER_BYTES || len > UINT16_MAX || data[0] >> 6 != 2)
    return false;
  *header = (RtpHeader){
      .marker = data[1] >> 7,
      .payload_type = data[1] & 0x7f,
      .sequence = bytes_get16(data + 2),
      .timestamp = bytes_get32(data + 4),
      .ssrc = bytes_get32(data + 8),
  };

  size_t at = RTP_HEADER_BYTES + 4u * (data[0] & 0x0f); /* CSRCs */
  if (at > len)
    return false;
  if (data[0] & EXTENSION_BIT) {
    if (len - at < 4)
      return false;
    size_t bytes = 4u * bytes_get16(data + at + 2);
    if (bytes > len - at - 4)
      return false;
    header->extension_profile = bytes_get16(data + at);
    header->extension_offset = (uint16_t)(at + 4);
    header->extension_len = (uint16_t)bytes;
    at += 4 + bytes;
  }

  size_t padding = 0;
  if (padding_known && data[0] & 0x20) {
    if (at == len)
      return false;
    padding = data[len - 1];
    if (padding == 0 || padding > len - at)
      return false;
  }
  header->payload_offset = (uint16_t)at;
  header->payload_len = (uint16_t)(len - at - padding);
  header->padding_len = (uint8_t)padding;
  return true;
}

void rtp_write(uint8_t out[RTP_HEADER_BYTES], const RtpHeader *header) {
  out[0] = 0x80;
  out[1] = (uint8_t)((header->marker ? 0x80 : 0) | (header->payload_type & 0x7f));
  bytes_put16(out + 2, header->sequence);
  bytes_put32(out + 4, header->timestamp);
  bytes_put32(out + 8, header->ssrc);
}

static bool find_one_byte(const uint8_t *at, const uint8_t *end, uint8_t id, const uint8_t **value,
                          size_t *len) {
  while (at < end) {
    if (*at == 0) {
      at++;
      continue;
    }
    uint8_t element = *at >> 4;
    size_t bytes = (*at & 0x0f) + 1u;
    at++;
    /* RFC 8285 §4.2: 15, and 0 with a length, end the processing. */
    if (element == 0 || element == 15 || bytes > (size_t)(end - at))
      return false;
    if (element == id) {
      *value = at;
      *len = bytes;
      return true;
    }
    at += bytes;
  }
  return false;
}

static bool find_two_byte(const uint8_t *at, const uint8_t *end, uint8_t id, const uint8_t **value,
                          size_t *len) {
  while (at < end) {
    if (*at == 0) {
      at++;
      continue;
    }
    if (end - at < 2)
      return false;
    uint8_t element = at[0];
    size_t bytes = at[1];
    at += 2;
    if (bytes > (size_t)(end - at))
      return false;
    if (element == id) {
      *value = at;
      *len = bytes;
      return true;
    }
    at += bytes;
  }
  return false;
}

bool rtp_extension(const uint8_t *data, const RtpHeader *header, uint8_t id, const uint8_t **value,
                   size_t *len) {
  const uint8_t *at = data + header->extension_offset, *end = at + header->extension_len;
  if (id == 0)
    return false;
  if (header->extension_profile == PROFILE_ONE_BYTE)
    return find_one_byte(at, end, id, value, len);
  if ((header->extension_profile & 0xfff0) == PROFILE_TWO_BYTE)
    return find_two_byte(at, end, id, value, len);
  return false;
}

void rtp_extension_begin(RtpExtensionWriter *writer, uint8_t *packet, size_t size) {
  writer->overflow = size < 4;
  writer->header = packet;
  writer->start = packet + RTP_HEADER_BYTES;
  writer->at = writer->start + (writer->overflow ? 0 : 4);
  writer->limit = writer->start + size;
}

void rtp_extension_add(RtpExtensionWriter *writer, uint8_t id, const void *value, size_t len) {
  if (id < 1 || id > 14 || len < 1 || len > 16 || writer->overflow ||
      (size_t)(writer->limit - writer->at) < 1 + len) {
    writer->overflow = true;
    return;
  }
  *writer->at = (uint8_t)((unsigned)id << 4 | (len - 1));
  memcpy(writer->at + 1, value, len);
  writer->at += len + 1;
}

size_t rtp_extension_end(RtpExtensionWriter *writer) {
  size_t bytes = (size_t)(writer->at - writer->start), padded = (bytes + 3) & ~(size_t)3;
  if (writer->overflow || bytes == 4 || padded > (size_t)(writer->limit - writer->start))
    return 0;
  memset(writer->at, 0, padded - bytes);
  writer->at = writer->start + padded;
  bytes_put16(writer->start, PROFILE_ONE_BYTE);
  bytes_put16(writer->start + 2, (uint16_t)((padded - 4) / 4));
  writer->header[0] |= EXTENSION_BIT;
  return padded;
}
