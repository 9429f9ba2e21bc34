/* Who is in a room: sorted by pid, paged, searched, and told to everybody as merged deltas.
 * Main thread. */
#pragma once

#include "room/inner.h"

void roster_add(Room *room, Participant *participant); /* takes it */
/* Takes it out of the list and of the next delta; the caller frees it. */
void roster_remove(Room *room, Participant *participant);
Participant *roster_find(const Room *room, const char *pid);
/* One device of the person, NULL when there is none. */
Participant *roster_find_person(const Room *room, const char *person);
void roster_changed(Participant *participant);
/* since: only those who joined or changed after that revision; 0: all. */
json_t *roster_page(const Room *room, const char *after, unsigned limit, const char *search,
                    int64_t since);
json_t *roster_item(const Participant *participant);
/* Sends the delta when there is one and the last is DELTA_US ago. */
void roster_flush(Room *room, int64_t now_us);
