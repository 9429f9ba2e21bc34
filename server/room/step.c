#include "room/step.h"

#include <string.h>

#include "model/act.h"
#include "room/ending.h"
#include "room/eventlog.h"
#include "room/state.h"

typedef struct {
  Task task;
  uint32_t room;
  MeetingStep step;
  Moment at;
  RoomStepped done;
  void *user;
} Stepping;

/* It was refused: somebody else was quicker, through the HTTP API, or it is not his to do any more.
 */
static const char *refused(Room *room, const Stepping *stepping, const char *code) {
  if (strcmp(code, "forbidden") == 0 || strcmp(code, "not_found") == 0)
    return "forbidden";
  if (stepping->step == MEETING_OPEN && room->state == ROOM_LIVE)
    return NULL;
  assembly_meeting_changed(room->assembly, room->meeting);
  return "busy";
}

static void stepped(void *data, const char *why, const GError *error) {
  g_autofree Stepping *stepping = data;
  bool done = !why && !error;
  Assembly *assembly = task_end(&stepping->task);
  Room *room =
      assembly ? g_hash_table_lookup(assembly->rooms, GUINT_TO_POINTER(stepping->room)) : NULL;
  const char *code = NULL;
  if (!room || room->state >= ROOM_ENDED)
    code = stepping->step != MEETING_OPEN && done ? NULL : "ended";
  else if (!done)
    code = why ? refused(room, stepping, why) : task_code(error);
  if (room)
    room->stepping = false;
  if (room && !done && stepping->step == MEETING_END_VACANT)
    ending_failed(room, assembly_now(assembly));
  /* Answered before the room acts: ending takes the asker out. */
  if (stepping->done)
    stepping->done(stepping->user, code);
  if (!room || !done || room->state >= ROOM_ENDED)
    return;
  int64_t now_us = assembly_now(assembly);
  if (stepping->step == MEETING_OPEN)
    room_went_live(room, stepping->at.wall_ms, now_us);
  else
    room_finish(room, ROOM_ENDED, now_us);
}

void room_step(Room *room, MeetingStep what, const Participant *by, int64_t now_us,
               RoomStepped done, void *user) {
  Stepping *stepping = g_new0(Stepping, 1);
  stepping->room = room->number;
  stepping->step = what;
  stepping->at = room_moment(room, now_us);
  stepping->done = done;
  stepping->user = user;
  room->stepping = true;
  task_begin(&stepping->task, room->assembly);
  const Act act = {.subject = "meeting",
                   .id = room->meeting,
                   .verb = what == MEETING_OPEN ? "open" : "end",
                   .by = {by ? by->person : NULL, by ? by->address : NULL},
                   .with_roles = by && by->staff,
                   .at = stepping->at};
  const Assembly *assembly = room->assembly;
  act_post(assembly->store, assembly->model, assembly->config->time_zone, &act, stepped, stepping);
}
