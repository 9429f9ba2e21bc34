/* Does the way to one receiver fill up? Judged from how the spacing of packets changes on it.
 *
 * After draft-ietf-rmcat-gcc-02 §5, with a line fitted through the smoothed queueing delay of the
 * last groups of packets (a trend line) in place of the draft's Kalman filter. Groups are packets
 * sent within a burst: a sender that works in bursts would otherwise see its own bursts as queues.
 * The threshold adapts (§5.4), or a competing TCP flow would starve us.
 *
 * Embedded in a Bandwidth; media thread; time is passed in.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define TREND_POINTS 20 /* groups in the line: about 200 ms of a picture stream */

typedef enum { TREND_NORMAL, TREND_OVERUSE, TREND_UNDERUSE } TrendUse;

typedef struct {
  int64_t sent_first_us, sent_last_us, arrived_last_us;
  bool used;
} TrendGroup;

typedef struct {
  TrendGroup now, before;
  double delay_ms, smooth_ms; /* accumulated since the start; smoothed */
  double x_ms[TREND_POINTS], y_ms[TREND_POINTS];
  unsigned points, at;
  uint64_t deltas;
  int64_t begin_us;    /* arrival of the first group */
  double slope;        /* of the newest line, ms of queue per ms */
  double threshold_ms; /* of the scaled slope */
  int64_t threshold_us;
  double over_ms; /* for how long it has been over */
  unsigned overs;
  TrendUse use;
} Trend;

void trend_init(Trend *trend);
/* One packet that arrived. In the order of sending; arrival on the receiver's clock. */
void trend_arrived(Trend *trend, int64_t sent_us, int64_t arrived_us);
