/* A meeting's row, for the room, and who may come in. */
#include "store/meetings.h"

#include <string.h>

#include "store/people.h"
#include "store/statement.h"

void meeting_info_free(MeetingInfo *info) {
  if (!info)
    return;
  g_free(info->id);
  g_free(info->title);
  g_free(info->topic);
  g_free(info->type);
  g_free(info->state);
  g_free(info->host);
  g_free(info->host_name);
  g_free(info->opened_boot);
  g_free(info);
}

MeetingInfo *meeting_info(sqlite3 *db, const char *id, GError **error) {
  g_autoptr(Statement) row = db_prepare(
      db,
      "select m.id, m.title, m.topic, m.type, m.state, m.host, h.name, m.opened_boot,"
      " m.planned_start, m.planned_end, m.opened_at, m.ended_at, m.opened_mono_us, m.auto_record,"
      " (select count(*) from invitation i where i.meeting = m.id and i.revoked_at is null)"
      " from meeting m join person_shown h on h.id = m.host where m.id = :id",
      error);
  if (!row)
    return NULL;
  statement_text(row, ":id", id);
  if (!statement_one(row, "no such meeting", error))
    return NULL;
  MeetingInfo *info = g_new0(MeetingInfo, 1);
  info->id = g_strdup(column_text(row, 0));
  info->title = g_strdup(column_text(row, 1));
  info->topic = g_strdup(column_text(row, 2));
  info->type = g_strdup(column_text(row, 3));
  info->state = g_strdup(column_text(row, 4));
  info->host = g_strdup(column_text(row, 5));
  info->host_name = g_strdup(column_text(row, 6));
  info->opened_boot = g_strdup(column_text(row, 7));
  info->planned_start = column_int(row, 8);
  info->planned_end = column_int(row, 9);
  info->opened_at = column_int(row, 10); /* null reads as 0 */
  info->ended_at = column_int(row, 11);
  info->opened_mono_us = column_int(row, 12);
  info->auto_record = column_int(row, 13);
  info->expected = (int)column_int(row, 14);
  return info;
}
