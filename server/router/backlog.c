/* See backlog.h. */
#include "router/backlog.h"

#include <glib.h>

#define RECENT_STEP_US 50000
#define BASE_STEP_US 1000000
#define JITTER_MOST_US 200000
#define JITTER_SMOOTHING 16

void backlog_init(Backlog *backlog) {
  *backlog = (Backlog){0};
}

static void enter(BacklogWindow *window, unsigned steps, int64_t step_us, int64_t delay_us,
                  int64_t arrived_us) {
  int64_t since_us = arrived_us - window->step_us;
  if (window->count == 0 || since_us >= step_us * steps || since_us < -step_us * steps) {
    *window = (BacklogWindow){.step_us = arrived_us, .count = 1, .least_us = {delay_us}};
    return;
  }
  while (arrived_us - window->step_us >= step_us) {
    window->at = (window->at + 1) % steps;
    window->count = MIN(window->count + 1, steps);
    window->least_us[window->at] = INT64_MAX;
    window->step_us += step_us;
  }
  window->least_us[window->at] = MIN(window->least_us[window->at], delay_us);
}

static int64_t least(const BacklogWindow *window, unsigned steps) {
  int64_t us = INT64_MAX;
  for (unsigned i = 0; i < window->count; i++)
    us = MIN(us, window->least_us[(window->at + steps - i) % steps]);
  return us;
}

void backlog_arrived(Backlog *backlog, int64_t sent_us, int64_t arrived_us) {
  int64_t delay_us = arrived_us - sent_us;
  if (backlog->recent.count > 0) {
    int64_t apart_us = MIN(ABS(delay_us - backlog->delay_us), JITTER_MOST_US);
    backlog->jitter_us += (apart_us - backlog->jitter_us) / JITTER_SMOOTHING;
  }
  backlog->delay_us = delay_us;
  enter(&backlog->recent, BACKLOG_RECENT, RECENT_STEP_US, delay_us, arrived_us);
  enter(&backlog->base, BACKLOG_BASE, BASE_STEP_US, delay_us, arrived_us);
}

int64_t backlog_base_us(const Backlog *backlog) {
  return backlog->base.count ? least(&backlog->base, BACKLOG_BASE) : 0;
}

int64_t backlog_us(const Backlog *backlog) {
  if (backlog->recent.count == 0)
    return 0;
  int64_t recent_us = least(&backlog->recent, BACKLOG_RECENT);
  int64_t base_us = backlog_base_us(backlog);
  return recent_us > base_us ? recent_us - base_us : 0;
}
