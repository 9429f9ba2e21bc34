#include "timeline.h"

#include <stdlib.h>

void timeline_init(Timeline *timeline, uint32_t clock_rate) {
  *timeline = (Timeline){.clock_rate = clock_rate ? clock_rate : 90000};
}

static int64_t restart(Timeline *timeline, uint32_t timestamp, int64_t measured_us) {
  timeline->started = true;
  timeline->last_ts = timestamp;
  timeline->ticks = 0;
  timeline->rest = 0;
  timeline->base_us = timeline->last_us = measured_us;
  return measured_us;
}

int64_t timeline_map(Timeline *timeline, uint32_t timestamp, int64_t measured_us) {
  if (!timeline->started)
    return restart(timeline, timestamp, measured_us);
  if (timestamp == timeline->last_ts)
    return timeline->last_us;
  timeline->ticks += (int32_t)(timestamp - timeline->last_ts);
  timeline->last_ts = timestamp;
  int64_t predicted = timeline->base_us + timeline->ticks * 1000000 / timeline->clock_rate;
  int64_t error = measured_us - predicted;
  if (llabs(error) > TIMELINE_JUMP_US)
    return restart(timeline, timestamp, measured_us);
  timeline->rest += error;
  int64_t step = timeline->rest / TIMELINE_SLEW_PARTS;
  timeline->rest -= step * TIMELINE_SLEW_PARTS;
  timeline->base_us += step;
  timeline->last_us = predicted + step;
  return timeline->last_us;
}
