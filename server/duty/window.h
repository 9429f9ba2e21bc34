/* The effective window of a meeting: the stretch from which lateness, leaving early and the share
 * of presence are measured. Staff may move it (domain/meeting); this is the default.
 *
 * It begins at the later of opening and planned start: who comes to a sound check is not early, and
 * who comes at the planned time is not late. It ends at the last moment at which enough people were
 * there, at most when the meeting was ended: a tablet that somebody forgot makes nobody absent.
 * After the planned end it also closes when nobody was heard, showed a screen or did anything for
 * a while; it then ends where that quiet began, so that nobody seems to have left early.
 *
 * Pure; any thread. Times are milliseconds on the meeting's line (timeline.h), where 0 is the
 * opening; the plan may lie before it. Source: domain.md section 3. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/rules.h"

typedef struct {
  int64_t from_ms, to_ms;
} Window;

/* A person's presence, or something that was going on. */
typedef struct {
  int64_t in_ms, out_ms;
} Interval;

/* How many people were there from at_ms on. */
typedef struct {
  int64_t at_ms;
  int people;
} CurveStep;

/* The number of people over time within 0…end_ms, as steps that differ, the first at 0. Each
 * interval counts as one person: two devices of one person are merged before
 * (draft_merge). Returns an array of *count steps, at least one; free with g_free. */
CurveStep *window_curve(const Interval *stays, unsigned stay_count, int64_t end_ms,
                        unsigned *count);

typedef enum {
  WINDOW_ENDED, /* people stayed until the meeting was ended, or nobody ever came */
  WINDOW_LEFT,  /* they had gone before */
  WINDOW_QUIET, /* nothing went on any more after the planned end */
} WindowWhy;

typedef struct {
  int64_t planned_start_ms, planned_end_ms;
  int64_t end_ms;         /* when the meeting was ended; until now while it is live; not negative */
  const CurveStep *curve; /* of window_curve, up to end_ms */
  unsigned curve_count;
  const Interval *acts; /* somebody was heard, showed a screen or acted; sorted by in_ms */
  unsigned act_count;
} WindowFacts;

/* The default by the rule's window_* members. why: what ended it, or NULL. least: how many people
 * had to be there, or NULL.
 *
 * A planned start that had not come when the meeting was ended does not count. Where never more
 * than one person was there, that one is enough. */
Window window_default(const WindowFacts *facts, const AttendanceRule *rule, WindowWhy *why,
                      int *least);
