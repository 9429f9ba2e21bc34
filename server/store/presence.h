/* Presence segments: who was connected, with which device, from when to when. Facts, written as
 * they happen, closed once, never edited. Durations are monotonic (moment.h).
 *
 * A room opens a segment when a participant joins or comes back, sends heartbeats in batches and
 * closes it; what a crash left open is closed at its last heartbeat at the next start. */
#pragma once

#include "store/database.h"
#include "store/moment.h"

typedef struct {
  char id[17]; /* by id_random */
  char meeting[17], person[17];
  char participant[33];
  char device[17];
  char address[64];
  char session[65]; /* digest of the session that it came by, which it keeps alive; or "" */
  Moment at;
} PresenceOpen;

/* How a segment ends: "left", "dropped", "removed" (by somebody), "revoked" (the right to be there
 * ended, nobody removed anybody), "replaced", "ended", "shutdown"; "crash" is recovery's. */

/* Writer. */
/* A segment that is there already stays as it is (true). */
bool presence_open(sqlite3 *db, const PresenceOpen *segment, GError **error);
bool presence_seen(sqlite3 *db, const char *const *ids, unsigned count, Moment now, GError **error);
/* A segment that is closed already stays as it is (true). at: when the participant was last there;
 * for "dropped" the time of the last sign of life. */
bool presence_close(sqlite3 *db, const char *id, const char *ended_by, Moment at, GError **error);
/* Writer. Closes all that is open in the meeting, ended_by ended; meetings.c calls it. */
bool presence_close_meeting(sqlite3 *db, const char *meeting, Moment at, GError **error);
/* Closes what is open at its last heartbeat, ended_by crash, and writes an event `crashed` into
 * each meeting concerned. store_open calls it. closed: how many, or NULL. */
bool presence_recover(sqlite3 *db, Moment now, unsigned *closed, GError **error);

/* Main thread: copies and queues. A full or failing disk delays opening and closing but loses
 * neither (store_write_kept); other failures are logged as errors. */
void presence_open_queue(Store *store, const PresenceOpen *segment);
void presence_seen_queue(Store *store, const char *const *ids, unsigned count, Moment now);
void presence_close_queue(Store *store, const char *id, const char *ended_by, Moment at);
