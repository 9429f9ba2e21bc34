/* RTCP: sender and receiver reports, SDES, BYE (RFC 3550), NACK, PLI, FIR (RFC 4585, RFC 5104),
 * REMB, transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01).
 * A compound packet is read by an iterator; each reader checks all lengths. Any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
  RTCP_SR = 200,
  RTCP_RR,
  RTCP_SDES,
  RTCP_BYE,
  RTCP_APP,
  RTCP_RTPFB,
  RTCP_PSFB,
  RTCP_XR
} RtcpType;
enum { RTCP_FB_NACK = 1, RTCP_FB_TWCC = 15, RTCP_FB_PLI = 1, RTCP_FB_FIR = 4, RTCP_FB_REMB = 15 };

typedef struct {
  const uint8_t *at, *end; /* what is left of the compound */
} RtcpReader;

typedef struct {
  uint8_t type, count; /* count: RC / SC / FMT */
  const uint8_t *body; /* after the 4-byte head */
  size_t len;          /* bytes of body, padding removed */
} RtcpPacket;

void rtcp_reader_init(RtcpReader *reader, const uint8_t *data, size_t len);
/* False at the end, or at the first packet that does not fit (then *malformed = true). */
bool rtcp_next(RtcpReader *reader, RtcpPacket *packet, bool *malformed);

typedef struct {
  uint32_t ssrc;
  uint8_t fraction_lost; /* 1/256 */
  int32_t total_lost;
  uint32_t highest_sequence;
  uint32_t jitter;    /* ticks */
  uint32_t lsr, dlsr; /* middle 32 bits of NTP; 1/65536 s */
} RtcpReport;

typedef struct {
  uint32_t ssrc;
  uint64_t ntp; /* 32.32 fixed point since 1900 */
  uint32_t rtp_timestamp;
  uint32_t packets, bytes;
} RtcpSenderInfo;

/* SR: sender info and reports; RR: *info is zeroed but for ssrc. Returns the number of reports
 * read, -1 if truncated. */
int rtcp_parse_reports(const RtcpPacket *packet, RtcpSenderInfo *info, RtcpReport *reports,
                       size_t max);

typedef struct {
  uint32_t sender_ssrc, media_ssrc;
} RtcpFeedback;
/* Feedback head of RTPFB and PSFB packets; fci is what follows. */
bool rtcp_parse_feedback(const RtcpPacket *packet, RtcpFeedback *feedback, const uint8_t **fci,
                         size_t *fci_len);

/* Expands NACK FCI to sequence numbers; returns how many (at most max). */
size_t rtcp_parse_nack(const uint8_t *fci, size_t len, uint16_t *sequences, size_t max);

typedef struct {
  uint32_t ssrc;
  uint8_t sequence;
} RtcpFir;
size_t rtcp_parse_fir(const uint8_t *fci, size_t len, RtcpFir *firs, size_t max);

bool rtcp_parse_remb(const uint8_t *fci, size_t len, uint64_t *bps);

/* Statuses in one feedback packet that we write or read: 250 ms, Chromium's longest interval, of
 * 4000 packets/s. */
#define TWCC_PACKETS_MAX 1024
typedef struct {
  uint16_t base_sequence;
  uint16_t count;
  uint8_t feedback_count;
  /* Multiple of 64 ms; read back modulo 2^24 of them, signed (12.4 days): compare differences. */
  int64_t reference_us;
  int32_t delta_us[TWCC_PACKETS_MAX]; /* from the previous received one (first: from reference), 250
                                         µs steps */
  bool received[TWCC_PACKETS_MAX];
} RtcpTwcc;
/* False when truncated, empty or longer than TWCC_PACKETS_MAX. */
bool rtcp_parse_twcc(const uint8_t *fci, size_t len, RtcpTwcc *twcc);

/* Writers append one packet at out and return its bytes, 0 when it does not fit in size. */
size_t rtcp_write_sr(uint8_t *out, size_t size, const RtcpSenderInfo *info,
                     const RtcpReport *reports, size_t count);
size_t rtcp_write_rr(uint8_t *out, size_t size, uint32_t ssrc, const RtcpReport *reports,
                     size_t count);
size_t rtcp_write_sdes_cname(uint8_t *out, size_t size, uint32_t ssrc, const char *cname);
size_t rtcp_write_pli(uint8_t *out, size_t size, uint32_t sender_ssrc, uint32_t media_ssrc);
size_t rtcp_write_fir(uint8_t *out, size_t size, uint32_t sender_ssrc, uint32_t media_ssrc,
                      uint8_t sequence);
/* sequences rise (on the circle). */
size_t rtcp_write_nack(uint8_t *out, size_t size, uint32_t sender_ssrc, uint32_t media_ssrc,
                       const uint16_t *sequences, size_t count);
size_t rtcp_write_remb(uint8_t *out, size_t size, uint32_t sender_ssrc, const uint32_t *ssrcs,
                       size_t count, uint64_t bps);
/* Also 0 when a delta does not fit 16 bits (8.19 s): start a new packet there. */
size_t rtcp_write_twcc(uint8_t *out, size_t size, uint32_t sender_ssrc, uint32_t media_ssrc,
                       const RtcpTwcc *twcc);
