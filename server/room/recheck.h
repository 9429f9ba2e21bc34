/* A right holds as long as the store says so, not as long as the connection: when the API changed
 * something that a running meeting rests on, the room asks again what its participants may do. Who
 * may do nothing any more is removed; others are told. Main thread; the store is read on one of its
 * own threads. */
#pragma once

#include "room/inner.h"

/* person: only this one's devices; NULL: everybody's, and the meeting's own facts and state. */
void recheck_room(Room *room, const char *person);
/* Asks again what could not be answered; with the room's tick. */
void recheck_tick(Room *room, int64_t now_us);
