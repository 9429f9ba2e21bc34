#include "store/chat.h"

#include "base/log.h"
#include "store/check.h"
#include "store/page.h"
#include "store/statement.h"

json_t *chat_json(const ChatMessage *message) {
  return json_pack("{s:s, s:s, s:s, s:s, s:s, s:I}", "id", message->id, "pid", message->participant,
                   "person", message->person, "name", message->name, "text", message->text, "at",
                   (json_int_t)message->at);
}

bool chat_add(sqlite3 *db, const ChatMessage *message, GError **error) {
  if (!check_text("text", message->text, 1, 2000, true, error))
    return false;
  g_autoptr(Statement) insert =
      db_prepare(db,
                 "insert into chat_message (id, meeting, person, participant, name, text, at)"
                 " values (:id, :meeting, :person, :participant, :name, :text, :at)",
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
  return statement_run(insert, error);
}

typedef struct {
  char *id, *meeting, *person, *participant, *name, *text, *kind;
  int64_t at;
  json_t *data;
  Moment moment;
  ChatKept done;
  void *user;
} Posted;

static bool posted_work(sqlite3 *db, void *data, GError **error) {
  const Posted *posted = data;
  ChatMessage message = {posted->id,   posted->meeting, posted->person, posted->participant,
                         posted->name, posted->text,    posted->at};
  MeetingEvent event = {posted->meeting,     posted->kind, posted->person,
                        posted->participant, posted->data, posted->moment};
  return chat_add(db, &message, error) && event_add(db, &event, error);
}

static void posted_done(void *data, const GError *error) {
  Posted *posted = data;
  if (error)
    log_error("chat", "refused", "meeting=%s id=%s reason=%s", log_q(posted->meeting),
              log_q(posted->id), log_q(error->message));
  posted->done(posted->user, error);
  g_free(posted->id);
  g_free(posted->meeting);
  g_free(posted->person);
  g_free(posted->participant);
  g_free(posted->name);
  g_free(posted->text);
  g_free(posted->kind);
  json_decref(posted->data);
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
                 "select id, meeting, person, participant, name, text, at from chat_message"
                 " where meeting = :meeting order by seq desc limit :limit",
                 error);
  if (!rows)
    return NULL;
  statement_text(rows, ":meeting", meeting);
  statement_int(rows, ":limit", page_limit(limit));
  json_t *entries = json_array();
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW) {
    ChatMessage message = {column_text(rows, 0), column_text(rows, 1), column_text(rows, 2),
                           column_text(rows, 3), column_text(rows, 4), column_text(rows, 5),
                           column_int(rows, 6)};
    json_array_insert_new(entries, 0, chat_json(&message));
  }
  if (result == SQLITE_ERROR) {
    json_decref(entries);
    return NULL;
  }
  return entries;
}

typedef struct {
  char *meeting;
  int limit;
  ChatLoaded done;
  void *user;
  json_t *entries;
} Load;

static bool load_work(sqlite3 *db, void *data, GError **error) {
  Load *load = data;
  load->entries = chat_last(db, load->meeting, load->limit, error);
  return load->entries != NULL;
}

static void load_done(void *data, const GError *error) {
  Load *load = data;
  load->done(load->user, load->entries, error);
  g_free(load->meeting);
  g_free(load);
}

void chat_last_queue(Store *store, const char *meeting, int limit, ChatLoaded done, void *user) {
  Load *load = g_new0(Load, 1);
  load->meeting = g_strdup(meeting);
  load->limit = limit;
  load->done = done;
  load->user = user;
  store_read(store, load_work, load_done, load);
}
