/* Live comments of a meeting. */
#pragma once

#include <jansson.h>

#include "store/database.h"
#include "store/events.h"

typedef struct {
  const char *id; /* by id_random, or so named by the author's page */
  const char *meeting, *person, *participant, *name;
  const char *text; /* checked where it came in (front/verbs.c); the table has a bound as well */
  int64_t at;
} ChatMessage;

/* {id, pid, person, name, text, at} as in server/PROTOCOL.md. */
json_t *chat_json(const ChatMessage *message);
/* Writer. An entry that is there already is not written again: *earlier is what stands (the
 * caller's), else NULL. CONFLICT when another entry has the name. */
bool chat_add(sqlite3 *db, const ChatMessage *message, json_t **earlier, GError **error);
/* Main thread: copies the entry and its event and writes them in one transaction. done runs on the
 * main thread when they are durable, or with what stood in the way: the author can be asked again,
 * so that a full disk refuses it at once. earlier (borrowed): as in chat_add. */
typedef void (*ChatKept)(void *user, const json_t *earlier, const GError *error);
void chat_post(Store *store, const ChatMessage *message, const MeetingEvent *event, ChatKept done,
               void *user);
/* The last `limit` entries, the oldest first: a JSON array. */
json_t *chat_last(sqlite3 *db, const char *meeting, int limit, GError **error);
