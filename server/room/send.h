/* Messages to clients: made once, sent to one or to all who are connected. Main thread. */
#pragma once

#include "room/inner.h"

/* {"t": type}; a new reference. */
json_t *message_new(const char *type);
/* Both steal the message; someone who is away gets nothing. */
void participant_send(Participant *participant, json_t *message);
void room_broadcast(Room *room, json_t *message, const Participant *except);
/* An error that answers request id; a new reference. message: English, for developers. */
json_t *participant_error(uint32_t id, const char *code, const char *message);
