#include "store/events.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
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
