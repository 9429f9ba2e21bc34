#include "store/chat.h"

#include "base/log.h"
#include "store/statement.h"

json_t *chat_json(const ChatMessage *message) {
  return json_pack("{s:s, s:s, s:s, s:s, s:s, s:I}", "id", message->id, "pid", message->participant,
                   "person", message->person, "name", message->name, "text", message->text, "at",
                   (json_int_t)message->at);
}

/* The rows of a statement that selects the columns of an entry; NULL with error. */
static json_t *entries_of(Statement *rows, GError **error) {
  json_t *entries = json_array();
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW) {
    ChatMessage message = {column_text(rows, 0), column_text(rows, 1), column_text(rows, 2),
                           column_text(rows, 3), column_text(rows, 4), column_text(rows, 5),
                           column_int(rows, 6)};
    json_array_append_new(entries, chat_json(&message));
  }
  if (result == SQLITE_ERROR)
    g_clear_pointer(&entries, json_decref);
  return entries;
}

/* What stands under the name of this message, when it is the same one. */
static bool find_earlier(sqlite3 *db, const ChatMessage *message, json_t **earlier,
                         GError **error) {
  g_autoptr(Statement) rows =
      db_prepare(db,
                 "select id, meeting, person, participant, name, text, at from chat_message"
                 " where id = :id and meeting = :meeting and person = :person and text = :text",
                 error);
  if (!rows)
    return false;
  statement_text(rows, ":id", message->id);
  statement_text(rows, ":meeting", message->meeting);
  statement_text(rows, ":person", message->person);
  statement_text(rows, ":text", message->text);
  json_t *found = entries_of(rows, error);
  if (!found)
    return false;
  *earlier = json_incref(json_array_get(found, 0));
  json_decref(found);
  if (!*earlier)
    g_set_error(error, STORE_ERROR, STORE_ERROR_CONFLICT, "another entry has this name");
  return *earlier != NULL;
}

bool chat_add(sqlite3 *db, const ChatMessage *message, json_t **earlier, GError **error) {
  *earlier = NULL;
  g_autoptr(Statement) insert =
      db_prepare(db,
                 "insert into chat_message (id, meeting, person, participant, name, text, at)"
                 " values (:id, :meeting, :person, :participant, :name, :text, :at)"
                 " on conflict (id) do nothing",
                 error);
  if (!insert)
    return false;
  statement_text(insert, ":id", message->id);
  statement_text(insert, ":meeting", message->meeting);
  statement_text(insert, ":person", message->person);
  statement_text(insert, ":participant", message->participant);
  statement_text(insert, ":name", message->name);
  statement_text(insert, ":text", message->text);
  statement_int(insert, ":at", message->at);
  return statement_run(insert, error) &&
         (db_changes(db) == 1 || find_earlier(db, message, earlier, error));
}

typedef struct {
  char *id, *meeting, *person, *participant, *name, *text, *kind;
  int64_t at;
  json_t *data;
  Moment moment;
  ChatKept done;
  void *user;
  json_t *earlier;
} Posted;

static bool posted_work(sqlite3 *db, void *data, GError **error) {
  Posted *posted = data;
  ChatMessage message = {posted->id,   posted->meeting, posted->person, posted->participant,
                         posted->name, posted->text,    posted->at};
  MeetingEvent event = {posted->meeting,     posted->kind, posted->person,
                        posted->participant, posted->data, posted->moment};
  g_clear_pointer(&posted->earlier, json_decref); /* a transaction may be tried again */
  return chat_add(db, &message, &posted->earlier, error) &&
         (posted->earlier || event_add(db, &event, error));
}

static void posted_done(void *data, const GError *error) {
  Posted *posted = data;
  if (error && !g_error_matches(error, STORE_ERROR, STORE_ERROR_CONFLICT))
    log_error("chat", "refused", "meeting=%s id=%s reason=%s", log_q(posted->meeting),
              log_q(posted->id), log_q(error->message));
  posted->done(posted->user, posted->earlier, error);
  g_free(posted->id);
  g_free(posted->meeting);
  g_free(posted->person);
  g_free(posted->participant);
  g_free(posted->name);
  g_free(posted->text);
  g_free(posted->kind);
  json_decref(posted->data);
  json_decref(posted->earlier);
  g_free(posted);
}

void chat_post(Store *store, const ChatMessage *message, const MeetingEvent *event, ChatKept done,
               void *user) {
  Posted *posted = g_new0(Posted, 1);
  posted->id = g_strdup(message->id);
  posted->meeting = g_strdup(message->meeting);
  posted->person = g_strdup(message->person);
  posted->participant = g_strdup(message->participant);
  posted->name = g_strdup(message->name);
  posted->text = g_strdup(message->text);
  posted->at = message->at;
  posted->kind = g_strdup(event->kind);
  posted->data = json_deep_copy(event->data);
  posted->moment = event->at;
  posted->done = done;
  posted->user = user;
  store_write(store, posted_work, posted_done, posted);
}

json_t *chat_last(sqlite3 *db, const char *meeting, int limit, GError **error) {
  g_autoptr(Statement) rows =
      db_prepare(db,
                 "select * from (select id, meeting, person, participant, name, text, at, seq"
                 " from chat_message where meeting = :meeting order by seq desc limit :limit)"
                 " order by seq",
                 error);
  if (!rows)
    return NULL;
  statement_text(rows, ":meeting", meeting);
  statement_int(rows, ":limit", limit);
  return entries_of(rows, error);
}
