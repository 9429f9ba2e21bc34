/* On which media threads a room is, and on which of them each of its participants.
 *
 * A room begins on the least loaded thread, its home. When it has config->room_spread participants
 * there, it takes the least loaded other as well, and so on; the engines take what is published on
 * one of them to the others. Who is on a thread stays there. Main thread.
 */
#pragma once

#include "room/inner.h"

void placement_open(Room *room);
void placement_close(Room *room);
/* Where a new participant goes: it counts as there until placement_leave. */
unsigned placement_take(Room *room);
void placement_leave(Room *room, unsigned engine);
/* Tells all of them who has the floor; peer 0: nobody. */
void placement_floor(Room *room, uint32_t peer);
