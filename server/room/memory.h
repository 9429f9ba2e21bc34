/* What a room remembers of people who may come back: whom a host muted, whose hand was up and who
 * spoke when a connection was lost for longer than the resume window, whom hosts were told of at
 * the door. So reloading the page, or a tunnel, neither unmutes anybody nor costs the place in the
 * queue. Lives as long as the room; main thread. */
#pragma once

#include "room/inner.h"

typedef struct Memory Memory;

Memory *memory_new(void);
void memory_free(Memory *memory);

/* A host switched the person's microphone off, or the person switched it on again. */
void memory_muted(Room *room, const char *person, bool muted);
bool memory_is_muted(const Room *room, const char *person);
/* The person, who was removed for good, tries to come in: whether hosts are to be told. One who
 * taps again and again hides nobody else. */
bool memory_knocks(Room *room, const char *person, int64_t now_us);
/* The participant is given up because its connection did not come back. Left with a goodbye:
 * nothing but the mute is remembered. */
void memory_lost(const Participant *participant);
/* A new participant of this person: it gets its hand back, with its place in the queue, and
 * arrival says what it must be told. */
void memory_back(Participant *participant);
