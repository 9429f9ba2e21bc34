/* Meetings that end by themselves (vacancy.h): running rooms at each tick, and live meetings that
 * nobody is in since the server started. Main thread. */
#pragma once

#include "room/inner.h"

/* The room's meeting is live from now on, or was found live. */
void ending_begin(Room *room, int64_t now_us);
/* Warns, calls off, ends. */
void ending_tick(Room *room, int64_t now_us);
/* It could not be ended: the time begins anew. */
void ending_failed(Room *room, int64_t now_us);
/* When it will end, wall ms, or null. New reference. */
json_t *ending_json(const Room *room);

/* Live meetings without a room: the store is asked once a minute. */
typedef struct Unattended Unattended;
Unattended *unattended_new(void);
void unattended_free(Unattended *unattended);
void unattended_tick(Assembly *assembly, int64_t now_us);
