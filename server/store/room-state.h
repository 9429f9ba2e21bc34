/* What a room that is made anew must know of its meeting's past: one row a meeting (room_state),
 * kept by triggers in the transaction of whatever it sums up, so that nobody scans the event log in
 * front of a door at which hundreds wait. Any connection. */
#pragma once

#include <sqlite3.h>

#include "store/database.h"

typedef struct {
  bool recorded;           /* there was a recording, ever; the next three are its last event's */
  bool recording_on;       /* it says on: nobody stopped it */
  bool recording_shutdown; /* the server's end stopped it */
  int64_t recording_at;    /* wall ms */
  int64_t sign_at;         /* wall ms: the last sign of life, of a person or the room; 0: none */
} RoomPast;

bool room_state_read(sqlite3 *db, const char *meeting, RoomPast *past, GError **error);
