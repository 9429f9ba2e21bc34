#include "domain/invitation/move.h"

#include "store/database.h"
#include "store/link-expiry.h"
#include "store/statement.h"

/* One link, and what somebody came by it: that session ends when the link does. */
static bool move_link(sqlite3 *db, const char *meeting, Statement *row, int64_t old_end_ms,
                      int64_t new_end_ms, int64_t now_ms, GError **error) {
  g_autoptr(Statement) link =
      db_prepare(db,
                 "update invitation set link_expires_at = iif(link_digest is null, null, :expires),"
                 " link_until = iif(link_until is null, null, :until) where id = :id",
                 error);
  g_autoptr(Statement) sessions = db_prepare(db,
                                             "update session set expires_at = :expires"
                                             " where person = :person and scope_meeting = :meeting",
                                             error);
  if (!link || !sessions)
    return false;
  int64_t expires_ms = link_expiry_moved(column_int(row, 2), old_end_ms, new_end_ms, now_ms);
  statement_text(link, ":id", column_text(row, 0));
  statement_int(link, ":expires", expires_ms);
  statement_int(link, ":until",
                link_expiry_moved(column_int(row, 3), old_end_ms, new_end_ms, now_ms));
  statement_text(sessions, ":person", column_text(row, 1));
  statement_text(sessions, ":meeting", meeting);
  statement_int(sessions, ":expires", expires_ms);
  return statement_run(link, error) && (column_null(row, 2) || statement_run(sessions, error));
}

bool invitation_move_links(sqlite3 *db, const char *meeting, int64_t old_end_ms, int64_t new_end_ms,
                           int64_t now_ms, GError **error) {
  if (new_end_ms == old_end_ms)
    return true;
  g_autoptr(Statement) rows =
      db_prepare(db,
                 "select id, person, link_expires_at, link_until from invitation"
                 " where meeting = :meeting and revoked_at is null"
                 " and (link_digest is not null or link_until is not null)",
                 error);
  if (!rows)
    return false;
  statement_text(rows, ":meeting", meeting);
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW)
    if (!move_link(db, meeting, rows, old_end_ms, new_end_ms, now_ms, error))
      return false;
  return result == SQLITE_DONE;
}
