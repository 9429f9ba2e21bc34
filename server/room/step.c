#include "room/step.h"

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

/* The store refused: somebody else was quicker, through the HTTP API. */
static const char *refused(Room *room, const Stepping *stepping, const GError *error) {
  if (!g_error_matches(error, STORE_ERROR, STORE_ERROR_CONFLICT))
    return task_code(error);
  if (stepping->step == MEETING_OPEN && room->state == ROOM_LIVE)
    return NULL;
  assembly_meeting_changed(room->assembly, room->meeting);
  return "busy";
}

static void stepped(void *data, const GError *error) {
  g_autofree Stepping *stepping = data;
  Assembly *assembly = task_end(&stepping->task);
  Room *room =
      assembly ? g_hash_table_lookup(assembly->rooms, GUINT_TO_POINTER(stepping->room)) : NULL;
  const char *code = NULL;
  if (!room || room->state >= ROOM_ENDED)
    code = stepping->step != MEETING_OPEN && !error ? NULL : "ended";
  else if (error)
    code = refused(room, stepping, error);
  if (room)
    room->stepping = false;
  if (room && error && stepping->step == MEETING_END_VACANT)
    ending_failed(room, assembly_now(assembly));
  /* Answered before the room acts: ending takes the asker out. */
  if (stepping->done)
    stepping->done(stepping->user, code);
  if (!room || error || room->state >= ROOM_ENDED)
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
  Actor actor = {by ? by->person : NULL, by ? by->address : NULL};
  stepping->room = room->number;
  stepping->step = what;
  stepping->at = room_moment(room, now_us);
  stepping->done = done;
  stepping->user = user;
  room->stepping = true;
  task_begin(&stepping->task, room->assembly);
  meeting_step_queue(room->assembly->store, room->meeting, what, &actor, stepping->at, stepped,
                     stepping);
}
