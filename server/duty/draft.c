#include "duty/draft.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE_MS INT64_C(60000)

static int by_start(const void *a, const void *b) {
  const Interval *left = a, *right = b;
  return left->in_ms < right->in_ms ? -1 : left->in_ms > right->in_ms;
}

unsigned draft_merge(Interval *intervals, unsigned count) {
  if (count > 0)
    qsort(intervals, count, sizeof *intervals, by_start);
  unsigned kept = 0;
  for (unsigned i = 0; i < count; i++) {
    if (intervals[i].out_ms <= intervals[i].in_ms)
      continue;
    if (kept > 0 && intervals[i].in_ms <= intervals[kept - 1].out_ms)
      intervals[kept - 1].out_ms = MAX(intervals[kept - 1].out_ms, intervals[i].out_ms);
    else
      intervals[kept++] = intervals[i];
  }
  return kept;
}

bool draft_observes(const char *capacity) {
  return !capacity || !*capacity || strcmp(capacity, "observe") == 0;
}

AttendanceFacts draft_facts(const Interval *stays, unsigned count, Window window, bool observer) {
  AttendanceFacts facts = {.first_in_ms = -1, .last_out_ms = -1, .observer = observer};
  for (unsigned i = 0; i < count; i++) {
    int64_t in = MAX(stays[i].in_ms, window.from_ms), out = MIN(stays[i].out_ms, window.to_ms);
    if (out <= in)
      continue;
    facts.present_ms += out - in;
    if (facts.first_in_ms < 0)
      facts.first_in_ms = in;
    facts.last_out_ms = out;
  }
  return facts;
}

/* 67 percent stands for the two thirds of the rules, to be met exactly. */
static bool present_enough(int64_t present_ms, int64_t whole_ms, const AttendanceRule *rule) {
  if (rule->present_percent == 67)
    return 3 * present_ms >= 2 * whole_ms;
  return 100 * present_ms >= rule->present_percent * whole_ms;
}

AttendanceDraft draft_of(const AttendanceFacts *facts, Window window, const AttendanceRule *rule) {
  int64_t whole_ms = window.to_ms - window.from_ms;
  if (facts->first_in_ms < 0 || !present_enough(facts->present_ms, whole_ms, rule))
    return (AttendanceDraft){"absent", false, false};
  return (AttendanceDraft){
      .state = facts->observer ? "observer" : "present",
      .late = facts->first_in_ms - window.from_ms > rule->late_after_min * MINUTE_MS,
      .left_early = window.to_ms - facts->last_out_ms > rule->left_early_min * MINUTE_MS,
  };
}
