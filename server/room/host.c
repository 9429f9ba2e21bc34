/* What a host does to a meeting. */
#include <string.h>

#include "base/log.h"
#include "room/eventlog.h"
#include "room/media-state.h"
#include "room/memory.h"
#include "room/participant.h"
#include "room/recording.h"
#include "room/roster.h"
#include "room/send.h"
#include "room/state.h"
#include "room/step.h"
#include "store/standing.h"

void host_open(Participant *by, int64_t now_us, RoomStepped done, void *user) {
  if (by->room->stepping)
    done(user, "busy");
  else if (by->room->state == ROOM_LIVE)
    done(user, NULL);
  else
    room_step(by->room, MEETING_OPEN, by, now_us, done, user);
}

void host_end(Participant *by, int64_t now_us, RoomStepped done, void *user) {
  if (by->room->stepping)
    done(user, "busy");
  else if (by->room->state == ROOM_SCHEDULED)
    done(user, "not_live");
  else
    room_step(by->room, MEETING_END, by, now_us, done, user);
}

const char *host_record(Participant *by, bool on, int64_t now_us) {
  Room *room = by->room;
  if (on)
    return recording_start(room, "host", by, now_us);
  if (room->recording.recorder)
    g_strlcpy(room->recording.by, by->person, sizeof room->recording.by);
  recording_stop(room, "host");
  return NULL;
}

const char *host_floor(Participant *by, const char *pid, int64_t now_us) {
  Participant *who = pid ? roster_find(by->room, pid) : NULL;
  if (pid && !who)
    return "no_participant";
  room_set_floor(by->room, who, by, now_us);
  return NULL;
}

static void mute_one(Participant *who, Source source, const Participant *by, int64_t now_us) {
  if (source == SOURCE_MIC)
    memory_muted(who->room, who->person, true);
  if (!who->on[source])
    return;
  media_switch(who, source, false, by, now_us);
  room_log(who->room, "muted", who,
           json_pack("{s:s, s:s}", "source", source_name(source), "by", by->person), now_us);
  participant_send(who, json_pack("{s:s, s:s, s:s}", "t", "muted", "source", source_name(source),
                                  "by", by->name));
}

const char *host_mute(Participant *by, const char *pid, Source source, int64_t now_us) {
  Room *room = by->room;
  Participant *who = pid ? roster_find(room, pid) : NULL;
  if (pid && !who)
    return "no_participant";
  if (who)
    mute_one(who, source, by, now_us);
  for (unsigned i = 0; !who && i < room->participants->len; i++) {
    Participant *other = g_ptr_array_index(room->participants, i);
    if (!other->host && other != room->floor)
      mute_one(other, source, by, now_us);
  }
  return NULL;
}

static void lower_one(Participant *who, const Participant *by, int64_t now_us) {
  if (!who->hand)
    return;
  room_set_hand(who, false, by, now_us);
  participant_send(who, json_pack("{s:s, s:s}", "t", "lowered", "by", by->name));
}

const char *host_lower(Participant *by, const char *pid, int64_t now_us) {
  Room *room = by->room;
  Participant *who = pid ? roster_find(room, pid) : NULL;
  if (pid && !who)
    return "no_participant";
  if (who)
    lower_one(who, by, now_us);
  for (unsigned i = 0; !who && i < room->participants->len; i++)
    lower_one(g_ptr_array_index(room->participants, i), by, now_us);
  return NULL;
}

/* Rights are asked for again when the store has it: whoever may do more, or nothing any more, is
 * told then. */
typedef struct {
  Task task;
  char *meeting;
  RoomStepped done;
  void *user;
} Standings;

static void standing_set_done(void *data, const GError *error) {
  Standings *setting = data;
  Assembly *assembly = task_end(&setting->task);
  if (error)
    log_error("room", "standing-failed", "meeting=%s reason=%s", setting->meeting,
              log_q(error->message));
  setting->done(setting->user, task_code(error));
  if (assembly)
    assembly_meeting_changed(assembly, setting->meeting);
  g_free(setting->meeting);
  g_free(setting);
}

static void set_standing(const Participant *by, const char *person, Standing standing,
                         int64_t now_us, RoomStepped done, void *user) {
  Room *room = by->room;
  Standings *setting = g_new0(Standings, 1);
  Actor actor = {by->person, by->address};
  setting->meeting = g_strdup(room->meeting);
  setting->done = done;
  setting->user = user;
  task_begin(&setting->task, room->assembly);
  standing_queue(room->assembly->store, room->meeting, person, standing, &actor,
                 room_wall_ms(room, now_us), standing_set_done, setting);
}

void host_deputy(Participant *by, const char *pid, bool on, int64_t now_us, RoomStepped done,
                 void *user) {
  const Participant *who = roster_find(by->room, pid);
  if (!who || strcmp(who->kind, "guest") == 0) {
    done(user, who ? "forbidden" : "no_participant");
    return;
  }
  room_log(by->room, "deputy", who, json_pack("{s:b, s:s}", "on", on, "by", by->person), now_us);
  set_standing(by, who->person, on ? STANDING_DEPUTY : STANDING_NONE, now_us, done, user);
}

void host_readmit(Participant *by, const char *person, int64_t now_us, RoomStepped done,
                  void *user) {
  set_standing(by, person, STANDING_NONE, now_us, done, user);
}

/* Done when everything that is to be kept of it is. */
typedef struct {
  unsigned awaited;
  const char *code;
  RoomStepped done;
  void *user;
} Removal;

static void removal_kept(void *data, const char *code) {
  Removal *removal = data;
  if (code)
    removal->code = code;
  if (--removal->awaited > 0)
    return;
  removal->done(removal->user, removal->code);
  g_free(removal);
}

static void removal_recorded(void *data) {
  removal_kept(data, NULL);
}

/* Every device of the person goes. */
static void bar(Participant *by, Participant *who, int64_t now_us, Removal *removal) {
  Room *room = by->room;
  g_autofree char *person = g_strdup(who->person);
  removal->awaited++;
  set_standing(by, person, STANDING_BARRED, now_us, removal_kept, removal);
  for (unsigned i = room->participants->len; i > 0; i--) {
    Participant *other = g_ptr_array_index(room->participants, i - 1);
    if (strcmp(other->person, person) == 0)
      participant_remove(other, by, true, now_us);
  }
}

void host_remove(Participant *by, const char *pid, bool for_good, int64_t now_us, RoomStepped done,
                 void *user) {
  Room *room = by->room;
  Participant *who = roster_find(room, pid);
  if (!who || (for_good && who->host)) {
    done(user, who ? "forbidden" : "no_participant");
    return;
  }
  Removal *removal = g_new0(Removal, 1);
  *removal = (Removal){.awaited = 1, .done = done, .user = user};
  json_t *detail = json_pack("{s:s, s:b}", "meeting", room->meeting, "for_good", for_good);
  AuditEntry audit = {"participant.remove", by->person, who->person, "ok", by->address, detail};
  audit_queue_then(room->assembly->store, &audit, room_wall_ms(room, now_us), removal_recorded,
                   removal);
  json_decref(detail);
  if (for_good)
    bar(by, who, now_us, removal);
  else
    participant_remove(who, by, false, now_us);
  room_release(room);
}
