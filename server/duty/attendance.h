/* What a meeting's attendance is judged by, as one picture: the effective window with why it is so,
 * people over time, and what is drafted in it; and what would be in another window.
 *
 * Being connected is not attendance: segments are evidence (evidence.h), the draft is computed from
 * them in the effective window (window.h) when it is read. What staff decide is a record
 * (domain/attendance), which takes the figures of each person from here (figures.h). Any
 * connection. Source: domain.md section 3. */
#pragma once

#include <jansson.h>

#include "duty/evidence.h"
#include "store/database.h"

/* Presence of the HTTP API: {meeting, rules, line, window, curve, counts}. For a live meeting up to
 * now; what is null before the opening is said there. */
json_t *attendance_picture(sqlite3 *db, const char *meeting, Moment now, GError **error);

/* What the drafts would be in another window: {from, to, counts:{present, observer, absent, late,
 * left_early}}; times as wall clock. INVALID: not a window within the meeting. */
json_t *attendance_preview(sqlite3 *db, const char *meeting, int64_t from_at, int64_t to_at,
                           Moment now, GError **error);

/* Whether a window given as wall clock lies within the meeting; then it is on the meeting's line.
 */
bool attendance_window(const Evidence *evidence, int64_t from_at, int64_t to_at, Window *window);
