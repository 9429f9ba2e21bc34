/* The recording of a room: when it runs, who is told, what the event log says. The process and its
 * files are recorder.c's. Main thread. */
#pragma once

#include "room/inner.h"

/* cause: "host" or "auto", static. by: who asked, or NULL. NULL or an error code. */
const char *recording_start(Room *room, const char *cause, const Participant *by, int64_t now_us);
/* Asks it to stop; everybody is told when it did. Does nothing when none runs. */
void recording_stop(Room *room, const char *reason);
/* {on, since, elapsed_ms} */
json_t *recording_state_json(const Room *room, int64_t now_us);
/* A track flows from now on. */
void recording_track(Room *room, const TrackEntry *track, int64_t now_us);
void recording_tap_closed(Room *room, uint64_t dropped);
/* Kills what still runs. */
void recording_clear(Room *room);
