/* Attendance: who was at a meeting, the drafted state of each, staff's decision beside it.
 *
 * Being connected is not attendance: segments are evidence (evidence.h), the draft is computed from
 * them in the effective window (window.h) when it is read; a decision of staff keeps the draft, the
 * window and the limits that it saw (decide.h). Any connection. Source: domain.md section 3. */
#pragma once

#include <jansson.h>

#include "duty/evidence.h"
#include "store/database.h"

/* Whose row the list has, as a query of their ids: those invited, those who were there and those
 * about whom was decided. Who was invited when the meeting opened stays, whatever becomes of the
 * invitation: no host can take an absence away by taking it back. Binds :meeting. */
#define ATTENDANCE_LISTED                                                                          \
  "select i.person from invitation i join meeting m on m.id = i.meeting where"                     \
  "  i.meeting = :meeting and (i.revoked_at is null or i.revoked_at >= m.opened_at)"               \
  " union select person from presence_segment where meeting = :meeting"                            \
  " union select person from attendance_decision where meeting = :meeting"

/* Attendance of the HTTP API: {meeting, rules, window, curve, items:[AttendanceRow]}: invited
 * people by name, then those who were there without an invitation. Who was invited when the meeting
 * opened is listed even if the invitation was revoked since. For a live meeting up to now. */
json_t *attendance_rows(sqlite3 *db, const char *meeting, Moment now, GError **error);

/* What the drafts would be in another window: {from, to, counts:{present, observer, absent, late,
 * left_early}}; times as wall clock. INVALID: not a window within the meeting. */
json_t *attendance_preview(sqlite3 *db, const char *meeting, int64_t from_at, int64_t to_at,
                           Moment now, GError **error);

/* UTF-8 with byte order mark, CRLF, cells that a spreadsheet would take for formulas defused, times
 * of this zone (base/zone.h) to the minute; free with g_free. */
char *attendance_csv(sqlite3 *db, const char *meeting, const char *time_zone, Moment now,
                     GError **error);
