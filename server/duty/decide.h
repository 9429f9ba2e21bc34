/* Decisions on attendance: staff confirm rows, may undo a confirmation for a while, and may move
 * the effective window. All append-only, all in the audit record with old and new values.
 *
 * Source: domain.md section 3. */
#pragma once

#include <jansson.h>

#include "base/id.h"
#include "duty/evidence.h"
#include "store/audit.h"

#define UNDO_MS (10 * 60 * INT64_C(1000)) /* long enough to read what one just did */

/* Any connection. The decisions that count: person → Decision of the HTTP API (json_t); NULL with
 * error. */
GHashTable *decisions_load(sqlite3 *db, const char *meeting, GError **error);

/* A window given as wall clock, onto the meeting's line. INVALID: not within the meeting. */
bool window_read(const Evidence *evidence, int64_t from_at, int64_t to_at, Window *window,
                 GError **error);

/* The window that somebody looked at while deciding; 0, 0: does not say. */
typedef struct {
  int64_t from_at, to_at;
} SeenWindow;

/* Writer. items: [{person,state,late,left_early,note}], all or nothing; batch gets the id for
 * attendance_undo. FORBIDDEN: a row of one's own; CONFLICT: the meeting has not ended, or its
 * window is not the one seen; INVALID: someone who was neither invited nor there.
 * The items are of the declared shape (api/attendance.c). */
bool attendance_confirm(sqlite3 *db, const char *meeting, const json_t *items, SeenWindow seen,
                        const Actor *by, Moment now, char batch[ID_CHARS + 1], GError **error);

/* Writer. Takes a batch back within UNDO_MS; what was decided about the same people since stays.
 * NOT_FOUND: no such batch; FORBIDDEN: somebody else's; CONFLICT: too late, or undone before. */
bool attendance_undo(sqlite3 *db, const char *meeting, const char *batch, const Actor *by,
                     int64_t now_ms, GError **error);

/* Any connection. What `by` may still take back, the last first: {batch, until, count}, or JSON's
 * null; NULL with error. */
json_t *attendance_undoable(sqlite3 *db, const char *meeting, const char *by, int64_t now_ms,
                            GError **error);

/* Writer. Moves the window of a meeting that has ended; the default's own times set it back.
 * INVALID: not within the meeting; CONFLICT: it has not ended. */
bool attendance_move(sqlite3 *db, const char *meeting, int64_t from_at, int64_t to_at,
                     const char *reason, const Actor *by, Moment now, GError **error);
