/* See trend.h. */
#include "router/trend.h"

#include <math.h>

#define BURST_US 5000 /* draft §5.2: packets sent within it are one group */
/* A bottleneck that lets a queue out gives packets closer together than they were sent. */
#define BURST_ARRIVAL_US 5000
#define BURST_LONGEST_US 100000
#define SMOOTHING 0.9
#define GAIN 4.0
#define DELTAS_MAX 60.0
#define THRESHOLD_FIRST_MS 12.5 /* draft §5.4: del_var_th(0) */
#define THRESHOLD_LEAST_MS 6.0  /* draft §5.4: keeps within [6, 600] */
#define THRESHOLD_MOST_MS 600.0
#define THRESHOLD_UP 0.0087 /* K_u and K_d of [Pv13], "gain" per ms */
#define THRESHOLD_DOWN 0.039
#define THRESHOLD_SPIKE_MS 15.0 /* draft §5.4: a jump of a late route is not a queue */
#define THRESHOLD_STEP_MS 100.0
#define OVER_MS 10.0    /* draft §5.5: overuse_time_th */
#define GAP_US 3000000  /* the stream was silent: what was before says nothing */
#define WARP_US 1000000 /* the receiver's clock jumped */

void trend_init(Trend *trend) {
  *trend = (Trend){.threshold_ms = THRESHOLD_FIRST_MS};
}

static double fit(const Trend *trend) {
  double x = 0, y = 0, above = 0, below = 0;
  for (unsigned i = 0; i < TREND_POINTS; i++) {
    x += trend->x_ms[i];
    y += trend->y_ms[i];
  }
  x /= TREND_POINTS;
  y /= TREND_POINTS;
  for (unsigned i = 0; i < TREND_POINTS; i++) {
    above += (trend->x_ms[i] - x) * (trend->y_ms[i] - y);
    below += (trend->x_ms[i] - x) * (trend->x_ms[i] - x);
  }
  return below > 0 ? above / below : 0;
}

static void adapt(Trend *trend, double scaled_ms, int64_t now_us) {
  double step_ms = trend->threshold_us ? (double)(now_us - trend->threshold_us) / 1000 : 0;
  double size = fabs(scaled_ms);
  trend->threshold_us = now_us;
  if (size > trend->threshold_ms + THRESHOLD_SPIKE_MS)
    return;
  double gain = size < trend->threshold_ms ? THRESHOLD_DOWN : THRESHOLD_UP;
  trend->threshold_ms += gain * (size - trend->threshold_ms) * fmin(step_ms, THRESHOLD_STEP_MS);
  trend->threshold_ms = fmin(fmax(trend->threshold_ms, THRESHOLD_LEAST_MS), THRESHOLD_MOST_MS);
}

static void judge(Trend *trend, double slope, double sent_ms, int64_t now_us) {
  double scaled_ms = fmin((double)trend->deltas, DELTAS_MAX) * slope * GAIN;
  if (scaled_ms > trend->threshold_ms) {
    trend->over_ms += trend->overs ? sent_ms : sent_ms / 2;
    trend->overs++;
    if (trend->over_ms > OVER_MS && trend->overs > 1 && slope >= trend->slope) {
      trend->over_ms = 0;
      trend->overs = 0;
      trend->use = TREND_OVERUSE;
    }
  } else {
    trend->over_ms = 0;
    trend->overs = 0;
    trend->use = scaled_ms < -trend->threshold_ms ? TREND_UNDERUSE : TREND_NORMAL;
  }
  trend->slope = slope;
  adapt(trend, scaled_ms, now_us);
}

static void group_closed(Trend *trend) {
  const TrendGroup *now = &trend->now, *before = &trend->before;
  if (before->used) {
    double sent_ms = (double)(now->sent_last_us - before->sent_last_us) / 1000;
    double arrived_ms = (double)(now->arrived_last_us - before->arrived_last_us) / 1000;
    if (!trend->begin_us)
      trend->begin_us = now->arrived_last_us;
    trend->deltas++;
    trend->delay_ms += arrived_ms - sent_ms;
    trend->smooth_ms = SMOOTHING * trend->smooth_ms + (1 - SMOOTHING) * trend->delay_ms;
    trend->x_ms[trend->at] = (double)(now->arrived_last_us - trend->begin_us) / 1000;
    trend->y_ms[trend->at] = trend->smooth_ms;
    trend->at = (trend->at + 1) % TREND_POINTS;
    if (trend->points < TREND_POINTS)
      trend->points++;
    judge(trend, trend->points == TREND_POINTS ? fit(trend) : trend->slope, sent_ms,
          now->arrived_last_us);
  }
  trend->before = trend->now;
}

static bool belongs(const TrendGroup *group, int64_t sent_us, int64_t arrived_us) {
  if (sent_us - group->sent_first_us <= BURST_US)
    return true;
  int64_t arrived_apart = arrived_us - group->arrived_last_us;
  return arrived_apart - (sent_us - group->sent_last_us) < 0 && arrived_apart <= BURST_ARRIVAL_US &&
         arrived_us - group->arrived_last_us < BURST_LONGEST_US &&
         sent_us - group->sent_first_us < BURST_LONGEST_US;
}

void trend_arrived(Trend *trend, int64_t sent_us, int64_t arrived_us) {
  TrendGroup *now = &trend->now;
  if (now->used) {
    if (sent_us < now->sent_first_us)
      return; /* reordered into a group that is closed */
    int64_t apart_us = arrived_us - now->arrived_last_us;
    if (sent_us - now->sent_last_us > GAP_US || apart_us < -WARP_US ||
        apart_us > GAP_US + WARP_US) {
      double threshold_ms = trend->threshold_ms;
      trend_init(trend);
      trend->threshold_ms = threshold_ms;
    } else if (!belongs(now, sent_us, arrived_us)) {
      group_closed(trend);
      now->used = false;
    }
  }
  if (!now->used)
    *now = (TrendGroup){sent_us, sent_us, arrived_us, true};
  if (sent_us > now->sent_last_us)
    now->sent_last_us = sent_us;
  if (arrived_us > now->arrived_last_us)
    now->arrived_last_us = arrived_us;
}
