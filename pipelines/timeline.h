/* One track's clock on the part's time line.
 *
 * A packet carries two times: its RTP time stamp, exact in the sender's own clock, and capture_us,
 * on the server's clock but measured (until the first sender report it is the time of arrival, with
 * the network's jitter in it). A Timeline follows the measured time with the steadiness of the RTP
 * clock: it predicts from the time stamps and lets the prediction drift slowly towards what is
 * measured, so jitter is averaged out, and neither the two clocks' drift nor hours of it show. A
 * jump (a new clock, a pause of the sender) is taken at once. Pure; any thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  uint32_t clock_rate; /* Hz */
  bool started;
  uint32_t last_ts;
  int64_t ticks;   /* of last_ts since the last jump */
  int64_t base_us; /* time line of tick 0 */
  int64_t rest;    /* what slewing has not moved yet, 1/SLEW_PARTS µs */
  int64_t last_us; /* answer for last_ts */
} Timeline;

/* From this error on the measured time is believed at once. */
#define TIMELINE_JUMP_US 250000
/* Each new time stamp moves the prediction by this fraction of the error: at 30 to 50 packets a
 * second half of an error is gone within half a second. */
#define TIMELINE_SLEW_PARTS 24

void timeline_init(Timeline *timeline, uint32_t clock_rate);

/* The time of the sample stamped `timestamp` whose measured time is measured_us. Packets of one
 * time stamp get one answer. May step back by less than a packet's length when slewing. */
int64_t timeline_map(Timeline *timeline, uint32_t timestamp, int64_t measured_us);
