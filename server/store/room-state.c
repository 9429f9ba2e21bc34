#include "store/room-state.h"

#include "store/statement.h"

bool room_state_read(sqlite3 *db, const char *meeting, RoomPast *past, GError **error) {
  *past = (RoomPast){0};
  g_autoptr(Statement) row =
      db_prepare(db,
                 "select sign_at, recording_at, recording_on, recording_shutdown from room_state"
                 " where meeting = :meeting",
                 error);
  if (!row)
    return false;
  statement_text(row, ":meeting", meeting);
  int result = statement_step(row, error);
  if (result != SQLITE_ROW)
    return result == SQLITE_DONE;
  *past = (RoomPast){.sign_at = column_int(row, 0),
                     .recorded = !column_null(row, 1),
                     .recording_at = column_int(row, 1),
                     .recording_on = column_int(row, 2),
                     .recording_shutdown = column_int(row, 3)};
  return true;
}
