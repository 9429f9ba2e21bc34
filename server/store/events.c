#include "store/events.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "store/page.h"
#include "store/statement.h"

bool event_add(sqlite3 *db, const MeetingEvent *event, GError **error) {
  g_autoptr(Statement) insert = db_prepare(
      db,
      "insert into meeting_event (meeting, seq, at, mono_us, kind, person, participant, data)"
      " values (:meeting, coalesce((select max(seq) from meeting_event where meeting = :meeting),"
      " 0) + 1, :at, :mono, :kind, :person, :participant, :data)",
      error);
  if (!insert)
    return false;
  char *data = event->data ? json_dumps(event->data, JSON_COMPACT) : NULL;
  statement_text(insert, ":meeting", event->meeting);
  statement_int(insert, ":at", event->at.wall_ms);
  statement_int(insert, ":mono", event->at.mono_us);
  statement_text(insert, ":kind", event->kind);
  statement_text(insert, ":person", event->person);
  statement_text(insert, ":participant", event->participant);
  statement_text(insert, ":data", data ? data : "{}");
  free(data);
  return statement_run(insert, error);
}

typedef struct {
  char *meeting, *kind, *person, *participant;
  json_t *data;
  Moment at;
} Queued;

static bool queued_work(sqlite3 *db, void *data, GError **error) {
  const Queued *queued = data;
  MeetingEvent event = {queued->meeting,     queued->kind, queued->person,
                        queued->participant, queued->data, queued->at};
  return event_add(db, &event, error);
}

static void queued_done(void *data, const GError *error) {
  Queued *queued = data;
  if (error)
    log_error("events", "lost", "meeting=%s kind=%s reason=%s", log_q(queued->meeting),
              log_q(queued->kind), log_q(error->message));
  g_free(queued->meeting);
  g_free(queued->kind);
  g_free(queued->person);
  g_free(queued->participant);
  json_decref(queued->data);
  g_free(queued);
}

void event_queue(Store *store, const MeetingEvent *event) {
  Queued *queued = g_new0(Queued, 1);
  queued->meeting = g_strdup(event->meeting);
  queued->kind = g_strdup(event->kind);
  queued->person = g_strdup(event->person);
  queued->participant = g_strdup(event->participant);
  queued->data = json_deep_copy(event->data);
  queued->at = event->at;
  store_write_kept(store, queued_work, queued_done, queued);
}

json_t *events_list(sqlite3 *db, const char *meeting, int64_t after, int limit, GError **error) {
  limit = page_limit(limit);
  g_autoptr(Statement) rows =
      db_prepare(db,
                 "select e.seq, e.at, e.mono_us, e.kind, e.person, p.name, e.participant, e.data"
                 " from meeting_event e left join person_shown p on p.id = e.person"
                 " where e.meeting = :meeting and e.seq > :after order by e.seq limit :limit",
                 error);
  g_autoptr(Statement) last = db_prepare(
      db, "select coalesce(max(seq), 0) from meeting_event where meeting = :meeting", error);
  if (!rows || !last)
    return NULL;
  statement_text(last, ":meeting", meeting);
  if (!statement_one(last, "", error))
    return NULL;
  statement_text(rows, ":meeting", meeting);
  statement_int(rows, ":after", after);
  statement_int(rows, ":limit", limit + 1);
  json_t *items = json_array();
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW) {
    json_t *person = column_null(rows, 4) ? json_null()
                                          : json_pack("{s:s, s:s}", "id", column_text(rows, 4),
                                                      "name", column_text(rows, 5));
    json_array_append_new(
        items, json_pack("{s:I, s:I, s:I, s:s, s:o, s:s?, s:o}", "seq",
                         (json_int_t)column_int(rows, 0), "at", (json_int_t)column_int(rows, 1),
                         "mono_us", (json_int_t)column_int(rows, 2), "kind", column_text(rows, 3),
                         "person", person, "participant", column_text(rows, 6), "data",
                         json_loads(column_text(rows, 7), JSON_DECODE_ANY, NULL)));
  }
  if (result == SQLITE_ERROR) {
    json_decref(items);
    return NULL;
  }
  return page_finish(items, limit, "seq", column_int(last, 0));
}
