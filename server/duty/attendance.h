/* Attendance: effective time from presence segments, the drafted state, staff's decision beside it.
 *
 * Being connected is not attendance: segments are evidence, the draft is computed when it is read
 * and never stored, only a decision of staff is. Reader thread; attendance_confirm on the writer.
 * Source: domain.md section 3.
 */
#pragma once

#include <jansson.h>

#include "base/config.h"
#include "store/audit.h"
#include "store/database.h"
#include "store/moment.h"

typedef struct {
  int64_t in_ms, out_ms; /* milliseconds after the meeting was opened; may lie outside it */
} Interval;

/* The time covered by at least one interval, within 0…duration. Sorts the intervals. */
int64_t attendance_effective_ms(Interval *intervals, unsigned count, int64_t duration_ms);

typedef struct {
  int64_t duration_ms; /* of the meeting; up to the last presence when nobody ended it then */
  int64_t present_ms;  /* effective */
  int64_t first_in_ms; /* clipped to the meeting; -1: never there */
  int64_t last_out_ms;
  bool observer; /* invited to observe */
} AttendanceFacts;

typedef struct {
  const char *state; /* present, observer, absent; leave comes from staff only */
  bool late, left_early;
} AttendanceDraft;

AttendanceDraft attendance_draft(const AttendanceFacts *facts, const Config *config);

/* {meeting, rules:{late_after_min,left_early_min,present_percent}, items:[AttendanceRow]}: invited
 * people by name, then those who were there without an invitation. Who was invited when the meeting
 * opened is listed even if the invitation was revoked since. For a live meeting up to now. */
json_t *attendance_rows(sqlite3 *db, const char *meeting, const Config *config, Moment now,
                        GError **error);
/* Writer. items: [{person,state,late,left_early,note}]. All or nothing. FORBIDDEN: a row of one's
 * own; CONFLICT: the meeting has not ended; INVALID: a value, or someone who was neither invited
 * nor there. */
bool attendance_confirm(sqlite3 *db, const char *meeting, const json_t *items, const Actor *by,
                        int64_t now_ms, GError **error);
/* UTF-8 with byte order mark, CRLF, cells that a spreadsheet would take for formulas defused; free
 * with g_free. */
char *attendance_csv(sqlite3 *db, const char *meeting, const Config *config, Moment now,
                     GError **error);
