#include "room/eventlog.h"

#include <stdlib.h>

#include "store/events.h"

int64_t room_wall_ms(const Room *room, int64_t now_us) {
  return room->base_ms + (now_us - room->base_us) / 1000;
}

Moment room_moment(const Room *room, int64_t now_us) {
  return (Moment){room_wall_ms(room, now_us), now_us, moment_boot()};
}

static void append(Room *room, const char *kind, const char *person, const char *pid, json_t *data,
                   int64_t now_us) {
  MeetingEvent event = {
      .meeting = room->meeting,
      .kind = kind,
      .person = person,
      .participant = pid,
      .data = data,
      .at = room_moment(room, now_us),
  };
  event_queue(room->assembly->store, &event);
  json_decref(data);
}

void room_log(Room *room, const char *kind, const Participant *who, json_t *data, int64_t now_us) {
  append(room, kind, who ? who->person : NULL, who ? who->pid : NULL, data, now_us);
}

void room_log_track(Room *room, const char *kind, const TrackEntry *track, json_t *data,
                    int64_t now_us) {
  append(room, kind, track->person, track->pid, data, now_us);
}

void room_check_clock(Room *room, int64_t now_us) {
  const RoomTime *time = &room->assembly->time;
  int64_t ahead_ms = time->wall_ms(time->user) - room_wall_ms(room, now_us);
  if (llabs(ahead_ms - room->jump_ms) <= 1000)
    return;
  room_log(room, "clock", NULL,
           json_pack("{s:I}", "jump_ms", (json_int_t)(ahead_ms - room->jump_ms)), now_us);
  room->jump_ms = ahead_ms;
}
