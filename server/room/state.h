/* A room's life and what everybody in it shares: its meeting's state, floor, speaker, hands, chat.
 * Main thread. */
#pragma once

#include "room/inner.h"
#include "store/meetings.h"

/* How a recording stood when the server went away, from the event log. */
typedef struct {
  bool known;           /* there was one, ever */
  bool interrupted;     /* the server's end, not a person, stopped it */
  int64_t lost_from_ms; /* wall: nothing was recorded since */
} RecordingPast;

/* chat: array of the last entries, borrowed. Makes the engine's room; a live meeting whose
 * recording was cut off by a restart, or that records by itself and never did, starts to record. */
Room *room_new(Assembly *assembly, const MeetingInfo *info, json_t *chat, const RecordingPast *past,
               int64_t now_us);
/* Frees participants (not connected any more) and the recorder with it. */
void room_free(Room *room);
/* Frees the room through the assembly when nothing holds it: nobody is in it, it is not live and
 * nothing records. The caller does not touch it afterwards. */
void room_release(Room *room);

/* The meeting as the store has it now; tells everybody what changed and follows its state. */
void room_update(Room *room, const MeetingInfo *info, int64_t now_us);
void room_went_live(Room *room, int64_t opened_at_ms, int64_t now_us);
/* state: ROOM_ENDED or ROOM_CANCELLED. Everybody is told and goes; the caller may not touch the
 * room afterwards. */
void room_finish(Room *room, RoomState state, int64_t now_us);
/* The server stops: everybody is told when to come back. */
void room_shutdown(Room *room, int64_t now_us);

json_t *room_meeting_json(const Room *room);
/* {pid, since}: who has the floor and since when, wall ms; nulls for nobody. New reference. */
json_t *room_floor_json(const Room *room);
/* Since when somebody has the floor, by the wall clock; null: nobody has it. */
json_t *floor_since_json(const Room *room);
/* who, by may be NULL. Lowers the hand of who gets it. */
void room_set_floor(Room *room, Participant *who, const Participant *by, int64_t now_us);
void room_set_speaker(Room *room, Participant *who, int64_t now_us);
void room_set_hand(Participant *participant, bool up, const Participant *by, int64_t now_us);
/* Participants' timers, roster delta, clock. The caller releases the room afterwards. */
void room_tick(Room *room, int64_t now_us);
