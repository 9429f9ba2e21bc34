/* Transport-wide feedback: when each packet of a publisher arrived, so that its bandwidth estimate
 * can rise (draft-holmer-rmcat-transport-wide-cc-extensions-01). Without it, or REMB, browsers
 * never send their best picture (platform.md). Owned by one media thread; time is passed in. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/rtcp.h"
#include "wire/seq.h"

#define FEEDBACK_REPORT_MAX 256 /* packets told in one RTCP packet: at most 620 bytes of it */
#define FEEDBACK_PACKETS 1024   /* 50 ms of a very fast publisher; what is older is not reported */

typedef struct {
  SeqUnwrap unwrap;
  bool started;
  uint64_t next;                      /* the first packet that was not reported yet */
  uint64_t highest;                   /* the last that came */
  uint8_t count;                      /* of feedback packets */
  int64_t arrivals[FEEDBACK_PACKETS]; /* by sequence; 0: not come */
} Feedback;

void feedback_received(Feedback *feedback, uint16_t sequence, int64_t arrival_us);
/* Fills one packet's worth of what is not reported yet; false when there is nothing (more). Call
 * until then, every 50 ms. */
bool feedback_take(Feedback *feedback, RtcpTwcc *twcc);
