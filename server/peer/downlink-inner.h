/* The structures of a downlink that its two files share: downlink.c, which sends, and
 * downlink-heard.c, which reads what the receiver says. Nothing else includes this header. Owned by
 * one media thread.
 */
#pragma once

#include "peer/copies.h"
#include "peer/downlink.h"

#define NTP_UNIX_S 2208988800ll /* 1900 to 1970, RFC 5905 */

/* A slot as it is sent. */
typedef struct {
  bool on;   /* the m-line is there and receives */
  bool told; /* that it carries somebody */
  char name[8];
  uint32_t ssrc, rtx_ssrc;
  uint8_t payload_type, rtx_payload_type, twcc_extension;
  uint16_t rtx_sequence;
  uint8_t red_payload_type;
  Copies copies;             /* of sound */
  bool report_now;           /* the first packet after a change went out */
  uint32_t timestamp;        /* sent last */
  uint32_t packets, bytes;   /* as in the sender report: modulo 2^32 */
  bool reported;             /* by the receiver, up to … */
  uint32_t reported_to;      /* … this number, with its cycles (RFC 3550 §6.4.1) */
  uint32_t reported_packets; /* of `packets`: those that reports told of */
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

/* The router's choice of layers follows what the way carries. */
void downlink_set_budget(const Downlink *downlink);
/* A turn of the loop may last long: what was queued is on its way since its flush. */
void downlink_note_left(Downlink *downlink);
/* From receiver reports, else from feedback; 0: unknown. */
int64_t downlink_round_trip_us(const Downlink *downlink);
