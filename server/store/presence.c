#include "store/presence.h"

#include <string.h>

#include "base/log.h"
#include "store/events.h"
#include "store/statement.h"

bool presence_open(sqlite3 *db, const PresenceOpen *segment, GError **error) {
  g_autoptr(Statement) insert = db_prepare(
      db,
      "insert into presence_segment (id, meeting, person, participant, device, address, boot,"
      " session, joined_at, joined_mono_us, last_seen_at, last_seen_mono_us) values (:id, :meeting,"
      " :person, :participant, :device, :address, :boot, :session, :at, :mono, :at, :mono)",
      error);
  if (!insert)
    return false;
  statement_text(insert, ":id", segment->id);
  statement_text(insert, ":meeting", segment->meeting);
  statement_text(insert, ":person", segment->person);
  statement_text(insert, ":participant", segment->participant);
  statement_text(insert, ":device", segment->device);
  statement_text(insert, ":address", segment->address);
  statement_text(insert, ":boot", segment->at.boot);
  statement_text(insert, ":session", *segment->session ? segment->session : NULL);
  statement_int(insert, ":at", segment->at.wall_ms);
  statement_int(insert, ":mono", segment->at.mono_us);
  return statement_run(insert, error);
}

bool presence_seen(sqlite3 *db, const char *const *ids, unsigned count, Moment now,
                   GError **error) {
  g_autoptr(Statement) update = db_prepare(
      db,
      "update presence_segment set last_seen_at = :at, last_seen_mono_us = :mono"
      " where id = :id and left_at is null and boot = :boot and last_seen_mono_us < :mono",
      error);
  if (!update)
    return false;
  for (unsigned i = 0; i < count; i++) {
    statement_text(update, ":id", ids[i]);
    statement_int(update, ":at", now.wall_ms);
    statement_int(update, ":mono", now.mono_us);
    statement_text(update, ":boot", now.boot);
    if (!statement_run(update, error))
      return false;
  }
  return true;
}

bool presence_close(sqlite3 *db, const char *id, const char *ended_by, Moment at, GError **error) {
  g_autoptr(Statement) update = db_prepare(
      db,
      "update presence_segment set left_at = :at, left_mono_us = max(:mono, joined_mono_us),"
      " ended_by = :ended_by where id = :id and left_at is null and boot = :boot",
      error);
  if (!update)
    return false;
  statement_text(update, ":id", id);
  statement_text(update, ":ended_by", ended_by);
  statement_int(update, ":at", at.wall_ms);
  statement_int(update, ":mono", at.mono_us);
  statement_text(update, ":boot", at.boot);
  return statement_run(update, error);
}

bool presence_close_meeting(sqlite3 *db, const char *meeting, Moment at, GError **error) {
  g_autoptr(Statement) update = db_prepare(
      db,
      "update presence_segment set left_at = :at, left_mono_us = max(:mono, joined_mono_us),"
      " ended_by = 'ended' where meeting = :meeting and left_at is null and boot = :boot",
      error);
  if (!update)
    return false;
  statement_text(update, ":meeting", meeting);
  statement_int(update, ":at", at.wall_ms);
  statement_int(update, ":mono", at.mono_us);
  statement_text(update, ":boot", at.boot);
  return statement_run(update, error);
}

static GPtrArray *crashed_meetings(sqlite3 *db, GError **error) {
  g_autoptr(Statement) rows =
      db_prepare(db, "select distinct meeting from presence_segment where left_at is null", error);
  if (!rows)
    return NULL;
  g_autoptr(GPtrArray) meetings = g_ptr_array_new_with_free_func(g_free);
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW)
    g_ptr_array_add(meetings, g_strdup(column_text(rows, 0)));
  return result == SQLITE_DONE ? g_steal_pointer(&meetings) : NULL;
}

bool presence_recover(sqlite3 *db, Moment now, unsigned *closed, GError **error) {
  g_autoptr(GPtrArray) meetings = crashed_meetings(db, error);
  g_autoptr(Statement) update =
      db_prepare(db,
                 "update presence_segment set left_at = last_seen_at,"
                 " left_mono_us = last_seen_mono_us, ended_by = 'crash' where left_at is null",
                 error);
  if (!meetings || !update || !statement_run(update, error))
    return false;
  if (closed)
    *closed = meetings->len > 0 ? (unsigned)db_changes(db) : 0;
  for (unsigned i = 0; i < meetings->len; i++) {
    MeetingEvent event = {.meeting = meetings->pdata[i], .kind = "crashed", .at = now};
    if (!event_add(db, &event, error))
      return false;
  }
  return true;
}

static bool open_work(sqlite3 *db, void *data, GError **error) {
  return presence_open(db, data, error);
}

static void open_done(void *data, const GError *error) {
  const PresenceOpen *segment = data;
  if (error)
    log_error("presence", "open_lost", "meeting=%s segment=%s reason=%s", segment->meeting,
              segment->id, log_q(error->message));
  g_free(data);
}

void presence_open_queue(Store *store, const PresenceOpen *segment) {
  store_write_kept(store, open_work, open_done, g_memdup2(segment, sizeof *segment));
}

typedef struct {
  GStrv ids;
  unsigned count;
  Moment now;
} Seen;

static bool seen_work(sqlite3 *db, void *data, GError **error) {
  const Seen *seen = data;
  return presence_seen(db, (const char *const *)seen->ids, seen->count, seen->now, error);
}

static void seen_done(void *data, const GError *error) {
  Seen *seen = data;
  if (error)
    log_error("presence", "heartbeat_lost", "count=%u reason=%s", seen->count,
              log_q(error->message));
  g_strfreev(seen->ids);
  g_free(seen);
}

void presence_seen_queue(Store *store, const char *const *ids, unsigned count, Moment now) {
  if (count == 0)
    return;
  Seen *seen = g_new0(Seen, 1);
  seen->ids = g_new0(char *, count + 1);
  for (unsigned i = 0; i < count; i++)
    seen->ids[i] = g_strdup(ids[i]);
  seen->count = count;
  seen->now = now;
  store_write(store, seen_work, seen_done, seen);
}

typedef struct {
  char id[17];
  char ended_by[16];
  Moment at;
} Close;

static bool close_work(sqlite3 *db, void *data, GError **error) {
  const Close *close = data;
  return presence_close(db, close->id, close->ended_by, close->at, error);
}

static void close_done(void *data, const GError *error) {
  const Close *close = data;
  if (error)
    log_error("presence", "close_lost", "segment=%s reason=%s", close->id, log_q(error->message));
  g_free(data);
}

void presence_close_queue(Store *store, const char *id, const char *ended_by, Moment at) {
  Close *close = g_new0(Close, 1);
  g_strlcpy(close->id, id, sizeof close->id);
  g_strlcpy(close->ended_by, ended_by, sizeof close->ended_by);
  close->at = at;
  store_write_kept(store, close_work, close_done, close);
}
