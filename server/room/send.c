#include "room/send.h"

#include <stdlib.h>
#include <string.h>

json_t *message_new(const char *type) {
  return json_pack("{s:s}", "t", type);
}

void participant_send(Participant *participant, json_t *message) {
  if (participant->link.user) {
    char *text = json_dumps(message, JSON_COMPACT);
    participant->link.send(participant->link.user, text, strlen(text));
    free(text);
  }
  json_decref(message);
}

void room_broadcast(Room *room, json_t *message, const Participant *except) {
  char *text = json_dumps(message, JSON_COMPACT);
  size_t len = strlen(text);
  for (unsigned i = 0; i < room->participants->len; i++) {
    Participant *participant = g_ptr_array_index(room->participants, i);
    if (participant != except && participant->link.user)
      participant->link.send(participant->link.user, text, len);
  }
  free(text);
  json_decref(message);
}

json_t *participant_error(uint32_t id, const char *code, const char *message) {
  return json_pack("{s:s, s:I, s:s, s:s}", "t", "error", "id", (json_int_t)id, "code", code,
                   "message", message);
}
