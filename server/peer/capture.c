#include "peer/capture.h"

#include <string.h>

#define WINDOW_US 60000000
/* The offset follows its measure by 1 ms a second: far above any drift. */
#define SLEW_PER_MILLE 1
#define JUMP_US 500000 /* the publisher's clock was set: follow at once */
/* A capture time may lie this far before its arrival; a report that says otherwise is not believed.
 */
#define OLDEST_US 10000000
#define NEWEST_US 500000
#define DELAY_MAX_US 500000 /* that outlives a pause */
/* A peer that was not heard for this long may have been cut off. */
#define SILENCE_US 200000
/* A stream whose timestamps miss this much of the time that passed has paused. */
#define PAUSE_US 250000
#define TICKS_MAX                                                                                  \
  (INT64_C(1) << 36) /* days; a sender that jumps about must not reach an overflow */

static int64_t ntp_to_us(uint64_t ntp) {
  return (int64_t)(ntp >> 32) * 1000000 + (int64_t)(((ntp & 0xFFFFFFFF) * 1000000) >> 32);
}

void capture_clock_heard(CaptureClock *clock, int64_t arrival_us) {
  if (arrival_us - clock->heard_us >= SILENCE_US) {
    clock->silence_us = arrival_us - clock->heard_us;
    clock->silent_until_us = arrival_us;
  }
  clock->heard_us = arrival_us;
}

void capture_clock_report(CaptureClock *clock, uint64_t ntp, int64_t arrival_us) {
  int64_t sample = arrival_us - ntp_to_us(ntp);
  int64_t distance = sample - clock->offset_us;
  if (!clock->known || distance > JUMP_US || distance < -JUMP_US) {
    clock->known = true;
    clock->offset_us = clock->minimum_us = clock->before_us = sample;
    clock->window_us = clock->last_us = arrival_us;
    return;
  }
  if (arrival_us - clock->window_us >= WINDOW_US) {
    clock->window_us = arrival_us;
    clock->before_us = clock->minimum_us;
    clock->minimum_us = sample;
  } else if (sample < clock->minimum_us) {
    clock->minimum_us = sample;
  }
  int64_t target = clock->minimum_us < clock->before_us ? clock->minimum_us : clock->before_us;
  int64_t step = (arrival_us - clock->last_us) * SLEW_PER_MILLE / 1000;
  clock->last_us = arrival_us;
  if (target < clock->offset_us - step)
    clock->offset_us -= step;
  else if (target > clock->offset_us + step)
    clock->offset_us += step;
  else
    clock->offset_us = target;
}

void capture_stream_init(CaptureStream *stream, uint32_t clock_rate) {
  memset(stream, 0, sizeof *stream);
  stream->clock_rate = clock_rate;
}

static int64_t ticks_to_us(const CaptureStream *stream, int64_t ticks) {
  return ticks * 1000000 / (int64_t)stream->clock_rate;
}

/* The unwrapped time of a timestamp near the last one. */
static int64_t unwrap(const CaptureStream *stream, uint32_t timestamp) {
  return stream->ticks + (int32_t)(timestamp - stream->last_timestamp);
}

/* Measured, before smoothing. */
static int64_t measure(const CaptureStream *stream, const CaptureClock *clock, int64_t ticks) {
  if (stream->reported && clock->known)
    return stream->report_ntp_us + clock->offset_us +
           ticks_to_us(stream, ticks - stream->report_ticks);
  return stream->base_us + ticks_to_us(stream, ticks);
}

void capture_stream_report(CaptureStream *stream, uint64_t ntp, uint32_t rtp_timestamp) {
  if (!stream->started)
    return;
  stream->report_ticks = unwrap(stream, rtp_timestamp);
  stream->report_ntp_us = ntp_to_us(ntp);
  stream->reported = true;
}

/* The measured time, limited to what the arrival allows. */
static int64_t measure_checked(CaptureStream *stream, const CaptureClock *clock, int64_t ticks,
                               int64_t arrival_us) {
  int64_t early = arrival_us - stream->delay_us - (stream->base_us + ticks_to_us(stream, ticks));
  if (early < 0 || early > OLDEST_US) /* nothing comes before its capture; or the clock paused */
    stream->base_us += early;
  int64_t measured = measure(stream, clock, ticks);
  if (measured >= arrival_us - OLDEST_US && measured <= arrival_us + NEWEST_US)
    return measured;
  stream->reported = false;
  return measure(stream, clock, ticks);
}

/* Did the sender's RTP clock stand still between the newest packet and this one? */
static bool has_paused(const CaptureStream *stream, const CaptureClock *clock, int64_t passed_us,
                       int64_t arrival_us) {
  int64_t missing = arrival_us - stream->last_arrival_us - passed_us;
  bool cut_off = clock->silent_until_us > stream->last_arrival_us;
  return missing - (cut_off ? clock->silence_us : 0) > PAUSE_US;
}

/* The capture time of the first packet after a pause. */
static int64_t resume(CaptureStream *stream, int64_t ticks, int64_t arrival_us) {
  int64_t delay = stream->last_arrival_us - stream->last_us;
  stream->delay_us = delay < 0 ? 0 : delay > DELAY_MAX_US ? DELAY_MAX_US : delay;
  stream->base_us = arrival_us - stream->delay_us - ticks_to_us(stream, ticks);
  stream->reported = false;
  return arrival_us - stream->delay_us;
}

/* Makes the newest packet tick 0. */
static void rebase(CaptureStream *stream) {
  stream->base_us += ticks_to_us(stream, stream->ticks);
  stream->report_ticks -= stream->ticks;
  stream->reported = stream->reported && stream->report_ticks > -TICKS_MAX;
  stream->ticks = 0;
}

int64_t capture_stream_time(CaptureStream *stream, const CaptureClock *clock, uint32_t timestamp,
                            int64_t arrival_us) {
  if (!stream->started) {
    stream->started = true;
    stream->last_timestamp = timestamp;
    stream->base_us = stream->last_us = stream->last_arrival_us = arrival_us;
    return arrival_us;
  }
  int64_t ticks = unwrap(stream, timestamp);
  int64_t passed_us = ticks_to_us(stream, ticks - stream->ticks);
  int64_t predicted = stream->last_us + passed_us;
  if (ticks <= stream->ticks) /* same picture, or late: as its neighbours */
    return predicted > arrival_us - OLDEST_US ? predicted : arrival_us - OLDEST_US;
  if (has_paused(stream, clock, passed_us, arrival_us))
    predicted = resume(stream, ticks, arrival_us);
  int64_t measured = measure_checked(stream, clock, ticks, arrival_us);
  int64_t correction = measured - predicted;
  if (correction > -JUMP_US && correction < JUMP_US) {
    int64_t limit = passed_us / 2;
    correction = correction > limit ? limit : correction < -limit ? -limit : correction;
  }
  stream->ticks = ticks;
  stream->last_timestamp = timestamp;
  stream->last_arrival_us = arrival_us;
  stream->last_us = predicted + correction;
  if (stream->ticks > TICKS_MAX)
    rebase(stream);
  return stream->last_us;
}
