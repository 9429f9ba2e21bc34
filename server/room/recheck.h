/* A right holds as long as the store says so, not as long as the connection: when the API changed
 * something that a running meeting rests on, the room asks again what its participants may do. Who
 * may do nothing any more is removed; others are told. Main thread; the store is read on one of its
 * own threads. */
#pragma once

#include "room/inner.h"

/* person: only this one's devices; NULL: everybody's, and the meeting's own facts and state. */
void recheck_room(Room *room, const char *person);
/* The same for everybody, a moment from now; calls in between are the same question. */
void recheck_soon(Room *room, int64_t now_us);
/* Asks what is due: what was put off, or could not be answered. With the room's tick. */
void recheck_tick(Room *room, int64_t now_us);
