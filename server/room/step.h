/* A running room's meeting goes to its next state: written by the store before anybody is told.
 * Main thread. */
#pragma once

#include "room/inner.h"

typedef enum {
  MEETING_OPEN,
  MEETING_END,
  MEETING_END_VACANT, /* by itself: its planned end passed and nobody was left */
} MeetingStep;

/* MEETING_OPEN or an end. by: who asks, or NULL when the room itself does. done gets NULL or an
 * error code, before the room acts; it may be NULL. Nothing else is stepping (room->stepping). */
void room_step(Room *room, MeetingStep what, const Participant *by, int64_t now_us,
               RoomStepped done, void *user);
