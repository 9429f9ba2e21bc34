#include "room/room.h"

#include <string.h>

#include "base/log.h"
#include "room/ending.h"
#include "room/eventlog.h"
#include "room/media-state.h"
#include "room/memory.h"
#include "room/participant.h"
#include "room/placement.h"
#include "room/recheck.h"
#include "room/recording.h"
#include "room/roster.h"
#include "room/send.h"
#include "room/state.h"

static const char *const state_names[] = {"scheduled", "live", "ended", "cancelled"};

static RoomState state_parse(const char *name) {
  for (unsigned i = 0; i < G_N_ELEMENTS(state_names); i++)
    if (strcmp(name, state_names[i]) == 0)
      return (RoomState)i;
  g_assert_not_reached(); /* a CHECK of the schema */
}

static void set_text(char **field, const char *text) {
  g_free(*field);
  *field = g_utf8_make_valid(text, -1);
}

static void take_facts(Room *room, const MeetingInfo *info) {
  set_text(&room->title, info->title);
  set_text(&room->topic, info->topic);
  set_text(&room->host_name, info->host_name);
  room->planned_start_ms = info->planned_start;
  room->planned_end_ms = info->planned_end;
  room->opened_at_ms = info->opened_at;
  room->auto_record = info->auto_record;
}

Room *room_new(Assembly *assembly, const MeetingInfo *info, json_t *chat, const RecordingPast *past,
               int64_t now_us) {
  Room *room = g_new0(Room, 1);
  room->assembly = assembly;
  room->number = ++assembly->last_room;
  room->state = state_parse(info->state);
  room->meeting = g_strdup(info->id);
  take_facts(room, info);
  room->base_us = now_us;
  room->base_ms = assembly->time.wall_ms(assembly->time.user);
  room->delta_us = room->levels_us = now_us - G_USEC_PER_SEC;
  room->participants = g_ptr_array_new();
  room->left = g_ptr_array_new_with_free_func(g_free);
  room->memory = memory_new();
  room->tracks = g_array_new(FALSE, FALSE, sizeof(TrackEntry));
  g_queue_init(&room->chat);
  for (size_t i = 0; i < json_array_size(chat); i++)
    g_queue_push_tail(&room->chat, json_incref(json_array_get(chat, i)));
  placement_open(room);
  ending_begin(room, now_us);
  log_info("room", "opened", "room=%u meeting=%s engine=%u", room->number, room->meeting,
           room->home);
  if (room->state == ROOM_LIVE && (past->interrupted || (room->auto_record && !past->known))) {
    room->recording.lost_from_ms = past->lost_from_ms;
    recording_start(room, "auto", NULL, now_us);
  }
  return room;
}

void room_free(Room *room) {
  if (!room)
    return;
  recording_clear(room);
  room->floor = room->speaker = NULL;
  for (unsigned i = 0; i < room->participants->len; i++)
    participant_free(g_ptr_array_index(room->participants, i));
  placement_close(room);
  log_info("room", "closed", "room=%u", room->number);
  g_ptr_array_unref(room->participants);
  g_ptr_array_unref(room->left);
  memory_free(room->memory);
  g_array_unref(room->tracks);
  g_queue_clear_full(&room->chat, (GDestroyNotify)json_decref);
  g_free(room->meeting);
  g_free(room->title);
  g_free(room->topic);
  g_free(room->host_name);
  g_free(room);
}

void room_release(Room *room) {
  bool held = room->participants->len > 0 || room->state == ROOM_LIVE || room->recording.recorder;
  if (held)
    return;
  Assembly *assembly = room->assembly;
  if (g_hash_table_lookup(assembly->meetings, room->meeting) == room)
    g_hash_table_remove(assembly->meetings, room->meeting);
  g_hash_table_remove(assembly->rooms, GUINT_TO_POINTER(room->number)); /* frees it */
}

json_t *room_meeting_json(const Room *room) {
  json_t *meeting = json_pack(
      "{s:s, s:s, s:s, s:s, s:s, s:I, s:I}", "id", room->meeting, "title", room->title, "topic",
      room->topic, "host_name", room->host_name, "state", state_names[room->state], "planned_start",
      (json_int_t)room->planned_start_ms, "planned_end", (json_int_t)room->planned_end_ms);
  json_object_set_new(meeting, "opened_at",
                      room->opened_at_ms ? json_integer(room->opened_at_ms) : json_null());
  return meeting;
}

static void tell_meeting(Room *room) {
  json_t *message = message_new("meeting");
  json_object_set_new(message, "meeting", room_meeting_json(room));
  room_broadcast(room, message, NULL);
}

/* States go forward only. */
static void set_state(Room *room, RoomState state) {
  g_assert(state > room->state);
  room->state = state;
}

void room_went_live(Room *room, int64_t opened_at_ms, int64_t now_us) {
  if (room->state != ROOM_SCHEDULED)
    return;
  set_state(room, ROOM_LIVE);
  room->opened_at_ms = opened_at_ms;
  ending_begin(room, now_us);
  tell_meeting(room);
  if (room->auto_record)
    recording_start(room, "auto", NULL, now_us);
}

/* Closes every connection and takes everybody out, without roster deltas: nobody is left to read
 * them. The event log has the end of everything that it has the beginning of. */
static void empty(Room *room, const char *bye, unsigned code, const char *ended_by,
                  const char *reason, int64_t now_us) {
  room->floor = room->speaker = NULL;
  room_log_tracks_end(room, now_us);
  while (room->participants->len > 0) {
    Participant *participant = g_ptr_array_index(room->participants, room->participants->len - 1);
    room_log(room, "left", participant, json_pack("{s:s}", "reason", reason), now_us);
    participant_close(participant, bye, code, ended_by, now_us);
    roster_remove(room, participant);
    participant_free(participant);
  }
  g_ptr_array_set_size(room->left, 0);
}

void room_finish(Room *room, RoomState state, int64_t now_us) {
  set_state(room, state);
  tell_meeting(room);
  empty(room, "ended", 1000, "ended", state_names[state], now_us);
  recording_stop(room, "ended");
  if (g_hash_table_lookup(room->assembly->meetings, room->meeting) == room)
    g_hash_table_remove(room->assembly->meetings, room->meeting);
  room_release(room);
}

void room_shutdown(Room *room, int64_t now_us) {
  room_log(room, "shutdown", NULL, NULL, now_us);
  empty(room, "shutdown", 1001, "shutdown", "shutdown", now_us);
  recording_stop(room, "shutdown");
}

void room_update(Room *room, const MeetingInfo *info, int64_t now_us) {
  RoomState state = state_parse(info->state);
  json_t *told = room_meeting_json(room);
  take_facts(room, info);
  json_t *meeting = room_meeting_json(room);
  bool same = json_equal(told, meeting);
  json_decref(told);
  json_decref(meeting);
  if (state >= ROOM_ENDED && room->state < ROOM_ENDED) {
    room_finish(room, state, now_us);
    return;
  }
  if (state == ROOM_LIVE && room->state == ROOM_SCHEDULED)
    room_went_live(room, info->opened_at, now_us);
  else if (!same)
    tell_meeting(room);
}

json_t *floor_since_json(const Room *room) {
  return room->floor ? json_integer(room_told_ms(room, room->floor_since_ms)) : json_null();
}

json_t *room_floor_json(const Room *room) {
  json_t *floor = json_pack("{s:s?}", "pid", room->floor ? room->floor->pid : NULL);
  json_object_set_new(floor, "since", floor_since_json(room));
  return floor;
}

void room_set_floor(Room *room, Participant *who, const Participant *by, int64_t now_us) {
  if (room->floor == who)
    return;
  room->floor = who;
  room->floor_since_ms = who ? room_wall_ms(room, now_us) : 0;
  placement_floor(room, who ? who->peer : 0);
  if (who) /* what the hand asked for is there */
    room_set_hand(who, false, by, now_us);
  room_log(room, "floor", who, json_pack("{s:s?}", "by", by ? by->person : NULL), now_us);
  json_t *message = message_new("floor");
  json_t *floor = room_floor_json(room);
  json_object_update(message, floor);
  json_decref(floor);
  room_broadcast(room, message, NULL);
}

void room_set_speaker(Room *room, Participant *who, int64_t now_us) {
  if (room->speaker == who)
    return;
  room->speaker = who;
  room_log(room, "speaker", who, NULL, now_us);
  room_broadcast(room, json_pack("{s:s, s:s?}", "t", "speaker", "pid", who ? who->pid : NULL),
                 NULL);
}

void room_set_hand(Participant *participant, bool up, const Participant *by, int64_t now_us) {
  if (participant->hand == up)
    return;
  participant->hand = up;
  participant->hand_at_ms = up ? room_wall_ms(participant->room, now_us) : 0;
  roster_changed(participant);
  room_log(participant->room, "hand", participant,
           json_pack("{s:b, s:s?}", "up", up, "by", by ? by->person : NULL), now_us);
}

void room_tick(Room *room, int64_t now_us) {
  for (unsigned i = room->participants->len; i > 0; i--)
    participant_tick(g_ptr_array_index(room->participants, i - 1), now_us);
  roster_flush(room, now_us);
  room_check_clock(room, now_us);
  recheck_tick(room, now_us);
  ending_tick(room, now_us);
}
