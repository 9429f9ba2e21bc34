#include "room/eventlog.h"

#include <stdlib.h>

#include "room/media-state.h"
#include "store/events.h"

int64_t room_wall_ms(const Room *room, int64_t now_us) {
  return room->base_ms + (now_us - room->base_us) / 1000;
}

int64_t room_told_ms(const Room *room, int64_t room_ms) {
  return room_ms + room->jump_ms;
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

void room_log_heard(Room *room, TrackEntry *track, bool on, int64_t now_us) {
  track->heard = on;
  append(room, "heard", track->person, track->pid,
         json_pack("{s:b, s:I}", "on", on, "track", (json_int_t)track->track), now_us);
}

void room_log_shown(Room *room, TrackEntry *track, bool on, int64_t now_us) {
  track->shown = on;
  append(room, "shown", track->person, track->pid,
         json_pack("{s:b, s:I, s:s}", "on", on, "track", (json_int_t)track->track, "source",
                   source_name(track->source)),
         now_us);
}

void room_log_screen(Room *room, const TrackEntry *track, bool on, int64_t now_us) {
  if (track->source == SOURCE_SCREEN)
    append(room, "screen", track->person, track->pid,
           json_pack("{s:b, s:I}", "on", on, "track", (json_int_t)track->track), now_us);
}

void room_log_tracks_end(Room *room, int64_t now_us) {
  for (unsigned i = 0; i < room->tracks->len; i++) {
    TrackEntry *track = &g_array_index(room->tracks, TrackEntry, i);
    if (track->heard)
      room_log_heard(room, track, false, now_us);
    if (track->shown)
      room_log_shown(room, track, false, now_us);
    room_log_screen(room, track, false, now_us);
  }
  g_array_set_size(room->tracks, 0);
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
