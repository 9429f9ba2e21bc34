#include "duty/timeline.h"

#include <string.h>

typedef struct {
  char *boot;
  int64_t zero_us;  /* the boot's monotonic time at the meeting's opening, were it running */
  int64_t first_us; /* of the earliest point learnt */
} Tie;

struct Timeline {
  Moment opened;
  GArray *ties; /* Tie */
};

static void tie_clear(void *data) {
  Tie *tie = data;
  g_free(tie->boot);
}

Timeline *timeline_new(Moment opened) {
  Timeline *timeline = g_new0(Timeline, 1);
  timeline->opened = opened;
  timeline->ties = g_array_new(FALSE, FALSE, sizeof(Tie));
  g_array_set_clear_func(timeline->ties, tie_clear);
  Tie tie = {g_strdup(opened.boot), opened.mono_us, INT64_MIN};
  g_array_append_val(timeline->ties, tie);
  timeline->opened.boot = NULL; /* borrowed: kept in the tie */
  return timeline;
}

void timeline_free(Timeline *timeline) {
  if (!timeline)
    return;
  g_array_unref(timeline->ties);
  g_free(timeline);
}

static Tie *find_tie(const Timeline *timeline, const char *boot) {
  for (unsigned i = 0; i < timeline->ties->len; i++) {
    Tie *tie = &g_array_index(timeline->ties, Tie, i);
    if (g_strcmp0(tie->boot, boot) == 0)
      return tie;
  }
  return NULL;
}

void timeline_learn(Timeline *timeline, Moment at) {
  Tie *tie = find_tie(timeline, at.boot);
  if (tie && at.mono_us >= tie->first_us)
    return;
  int64_t zero_us = at.mono_us - (at.wall_ms - timeline->opened.wall_ms) * 1000;
  if (tie) {
    tie->zero_us = zero_us;
    tie->first_us = at.mono_us;
  } else {
    Tie fresh = {g_strdup(at.boot), zero_us, at.mono_us};
    g_array_append_val(timeline->ties, fresh);
  }
}

int64_t timeline_ms(const Timeline *timeline, Moment at) {
  const Tie *tie = find_tie(timeline, at.boot);
  return tie ? (at.mono_us - tie->zero_us) / 1000 : at.wall_ms - timeline->opened.wall_ms;
}

int64_t timeline_event_ms(const Timeline *timeline, int64_t wall_ms, int64_t mono_us) {
  int64_t by_wall = wall_ms - timeline->opened.wall_ms, best = by_wall, off = INT64_MAX;
  for (unsigned i = 0; i < timeline->ties->len; i++) {
    const Tie *tie = &g_array_index(timeline->ties, Tie, i);
    int64_t at = (mono_us - tie->zero_us) / 1000, away = ABS(at - by_wall);
    if (away < off) {
      best = at;
      off = away;
    }
  }
  return best;
}
