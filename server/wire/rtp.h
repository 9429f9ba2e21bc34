/* RTP headers (RFC 3550 §5.1) and header extensions (RFC 8285). Pure bytes <-> structs. Any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RTP_HEADER_BYTES 12

typedef struct {
  bool marker;
  uint8_t payload_type;
  uint16_t sequence;
  uint32_t timestamp;
  uint32_t ssrc;
  uint16_t extension_profile; /* 0xBEDE, 0x100x, or 0 without extension */
  uint16_t extension_offset;  /* bytes from the packet's start to the extension's first element */
  uint16_t extension_len;     /* bytes */
  uint16_t payload_offset;    /* bytes from the packet's start */
  uint16_t payload_len;       /* without padding */
  uint8_t padding_len;
} RtpHeader;

/* Is this datagram RTP or RTCP at all, and which (RFC 5761 §4)? */
bool rtp_is_rtcp(const uint8_t *data, size_t len);

/* False when truncated, not version 2, or when lengths contradict each other. In SRTP, call it on
 * the still encrypted packet with padding_known = false: the padding is then left in the payload.
 */
bool rtp_parse(const uint8_t *data, size_t len, bool padding_known, RtpHeader *header);

/* Writes 12 bytes without extension, CSRC or padding. */
void rtp_write(uint8_t out[RTP_HEADER_BYTES], const RtpHeader *header);

/* Finds element `id` of one- and two-byte header extensions. */
bool rtp_extension(const uint8_t *data, const RtpHeader *header, uint8_t id, const uint8_t **value,
                   size_t *len);

/* One-byte extensions, written behind the header of rtp_write: begin, add…, end. */
typedef struct {
  uint8_t *header, *at, *start, *limit;
  bool overflow;
} RtpExtensionWriter;
/* packet: where rtp_write wrote; size: bytes that are free behind those 12. */
void rtp_extension_begin(RtpExtensionWriter *writer, uint8_t *packet, size_t size);
void rtp_extension_add(RtpExtensionWriter *writer, uint8_t id, const void *value, size_t len);
/* Bytes written including the 4-byte head, and the header says so (X); 0, and nothing changed in
 * the header, when nothing was added or it did not fit. */
size_t rtp_extension_end(RtpExtensionWriter *writer);
