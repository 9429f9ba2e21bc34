/* Where presence segments lie on a meeting's own time line: milliseconds since it was opened.
 *
 * Within one boot the monotonic clocks of the meeting and of its segments are subtracted, so that a
 * wall clock that jumps changes nothing. When the machine was restarted during the meeting, the
 * later boot is tied to the line once, by the wall time of its first segment. Pure; any thread. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "store/moment.h"

typedef struct Timeline Timeline;

Timeline *timeline_new(Moment opened);
void timeline_free(Timeline *timeline);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Timeline, timeline_free)

/* Tells of a point of a boot; the earliest one of each unknown boot ties it to the line. */
void timeline_learn(Timeline *timeline, Moment at);
/* Milliseconds after the opening; before it, negative. A boot that was never learnt is placed by
 * its wall time. */
int64_t timeline_ms(const Timeline *timeline, Moment at);
/* The same for an event of the log, which names no boot: of the boots that are known, the one whose
 * place comes closest to the wall time. */
int64_t timeline_event_ms(const Timeline *timeline, int64_t wall_ms, int64_t mono_us);
