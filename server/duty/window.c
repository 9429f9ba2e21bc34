#include "duty/window.h"

#include <glib.h>

#define MINUTE_MS INT64_C(60000)

/* ---- people over time ---- */

typedef struct {
  int64_t at_ms;
  int change;
} Change;

static int by_time(const void *a, const void *b) {
  const Change *left = a, *right = b;
  return left->at_ms < right->at_ms ? -1 : left->at_ms > right->at_ms;
}

static GArray *changes_of(const Interval *stays, unsigned count, int64_t end_ms) {
  GArray *changes = g_array_new(FALSE, FALSE, sizeof(Change));
  for (unsigned i = 0; i < count; i++) {
    int64_t in = MAX(stays[i].in_ms, 0), out = MIN(stays[i].out_ms, end_ms);
    if (out <= in)
      continue;
    Change come = {in, 1}, go = {out, -1};
    g_array_append_val(changes, come);
    g_array_append_val(changes, go);
  }
  g_array_sort(changes, by_time);
  return changes;
}

CurveStep *window_curve(const Interval *stays, unsigned stay_count, int64_t end_ms,
                        unsigned *count) {
  g_autoptr(GArray) changes = changes_of(stays, stay_count, end_ms);
  GArray *curve = g_array_new(FALSE, FALSE, sizeof(CurveStep));
  CurveStep now = {0, 0};
  for (unsigned i = 0; i < changes->len;) {
    int64_t at_ms = g_array_index(changes, Change, i).at_ms;
    int people = now.people;
    for (; i < changes->len && g_array_index(changes, Change, i).at_ms == at_ms; i++)
      people += g_array_index(changes, Change, i).change;
    if (people == now.people)
      continue;
    if (at_ms > now.at_ms)
      g_array_append_val(curve, now);
    now = (CurveStep){at_ms, people};
  }
  g_array_append_val(curve, now);
  *count = curve->len;
  return (CurveStep *)(void *)g_array_free(curve, FALSE);
}

/* Where step i ends. */
static int64_t until(const WindowFacts *facts, unsigned i) {
  return i + 1 < facts->curve_count ? facts->curve[i + 1].at_ms : facts->end_ms;
}

static int peak_from(const WindowFacts *facts, int64_t from_ms) {
  int peak = 0;
  for (unsigned i = 0; i < facts->curve_count; i++)
    if (until(facts, i) > from_ms)
      peak = MAX(peak, facts->curve[i].people);
  return peak;
}

/* The last moment at which so many were there; the end when they never were. */
static int64_t last_with(const WindowFacts *facts, int least, int64_t from_ms) {
  for (unsigned i = facts->curve_count; i-- > 0;)
    if (facts->curve[i].people >= least && until(facts, i) > from_ms)
      return until(facts, i);
  return facts->end_ms;
}

/* ---- quiet ---- */

/* Where the first quiet after the planned end began that lasted up to `to`; `to` when there was
 * none. A meeting that was opened after its planned end is not judged before somebody did
 * something. */
static int64_t quiet_from(const WindowFacts *facts, int64_t from_ms, int64_t to_ms, int quiet_min) {
  int64_t quiet_ms = quiet_min * MINUTE_MS;
  int64_t open_ms = MAX(facts->planned_end_ms, from_ms); /* before that quiet closes nothing */
  int64_t last_ms = from_ms;                             /* the last sign of life so far */
  for (unsigned i = 0; i <= facts->act_count; i++) {
    int64_t next_ms = i < facts->act_count ? facts->acts[i].in_ms : INT64_MAX;
    int64_t due_ms = MAX(last_ms + quiet_ms, open_ms), begun_ms = MAX(last_ms, open_ms);
    if (due_ms <= to_ms && due_ms < next_ms && begun_ms > from_ms)
      return begun_ms;
    if (i < facts->act_count)
      last_ms = MAX(last_ms, facts->acts[i].out_ms);
  }
  return to_ms;
}

Window window_default(const WindowFacts *facts, const AttendanceRule *rule, WindowWhy *why,
                      int *least) {
  bool as_planned = facts->planned_start_ms > 0 && facts->planned_start_ms < facts->end_ms;
  int64_t from_ms = as_planned ? facts->planned_start_ms : 0;
  int peak = peak_from(facts, from_ms);
  int share = (peak * rule->window_share_percent + 99) / 100; /* a fifth of 11 is 3 people, not 2 */
  int needed = MAX(MIN(rule->window_people, peak), share);
  int64_t to_ms = needed > 0 ? last_with(facts, needed, from_ms) : facts->end_ms;
  int64_t quiet_ms = needed > 0 ? quiet_from(facts, from_ms, to_ms, rule->window_quiet_min) : to_ms;
  if (why)
    *why = quiet_ms < to_ms ? WINDOW_QUIET : to_ms < facts->end_ms ? WINDOW_LEFT : WINDOW_ENDED;
  if (least)
    *least = needed;
  return (Window){from_ms, quiet_ms};
}
