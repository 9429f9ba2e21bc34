/* Live comments. What all see is what is kept: an entry is written before its author's `ok` and
 * before anybody else is told. What an author sends again, because no answer came, is the
 * same entry: nobody sees it twice. */
#include <string.h>

#include "room/eventlog.h"
#include "room/roster.h"
#include "room/send.h"
#include "store/chat.h"

typedef struct {
  Task task;
  uint32_t room;
  char pid[ID_CHARS + 1]; /* the author's */
  json_t *entry;
  RoomChatted done;
  void *user;
} Posting;

static void show(Room *room, const Posting *posting) {
  g_queue_push_tail(&room->chat, json_incref(posting->entry));
  if (room->chat.length > CHAT_KEPT)
    json_decref(g_queue_pop_head(&room->chat));
  room_broadcast(room, json_pack("{s:s, s:O}", "t", "chat", "chat", posting->entry),
                 roster_find(room, posting->pid));
}

static void kept(void *user, const json_t *earlier, const GError *error) {
  Posting *posting = user;
  Assembly *assembly = task_end(&posting->task);
  Room *room =
      assembly ? g_hash_table_lookup(assembly->rooms, GUINT_TO_POINTER(posting->room)) : NULL;
  bool other = g_error_matches(error, STORE_ERROR, STORE_ERROR_CONFLICT);
  posting->done(posting->user, other ? "bad_message" : task_code(error),
                earlier ? earlier : posting->entry);
  if (room && !error && !earlier)
    show(room, posting);
  json_decref(posting->entry);
  g_free(posting);
}

void participant_chat(Participant *participant, const char *text, const char *key, int64_t now_us,
                      RoomChatted done, void *user) {
  Room *room = participant->room;
  char id[ID_CHARS + 1];
  if (!limit_use(&participant->chat_limit, LIMIT_CHAT, now_us)) {
    done(user, "too_fast", NULL);
    return;
  }
  if (key)
    g_strlcpy(id, key, sizeof id);
  else
    id_random(id, ID_CHARS);
  const ChatMessage chat = {.id = id,
                            .meeting = room->meeting,
                            .person = participant->person,
                            .participant = participant->pid,
                            .name = participant->name,
                            .text = text,
                            .at = room_wall_ms(room, now_us)};
  json_t *data = json_pack("{s:s}", "chat", id);
  const MeetingEvent event = {.meeting = room->meeting,
                              .kind = "chat",
                              .person = participant->person,
                              .participant = participant->pid,
                              .data = data,
                              .at = room_moment(room, now_us)};
  Posting *posting = g_new0(Posting, 1);
  posting->room = room->number;
  memcpy(posting->pid, participant->pid, sizeof posting->pid);
  posting->entry = chat_json(&chat);
  posting->done = done;
  posting->user = user;
  task_begin(&posting->task, room->assembly);
  chat_post(room->assembly->store, &chat, &event, kept, posting);
  json_decref(data);
}
