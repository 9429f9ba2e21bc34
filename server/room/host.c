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

/* What a host decides about a person counts when the store has it: rights are asked for again then,
 * and whoever is barred goes, with every device. */
typedef struct {
  Task task;
  char *meeting, *person, *by;
  StandingStep step;
  RoomStepped done;
  void *user;
} Decision;

/* Once, by the first of the person's devices; of who left meanwhile the audit record tells. */
static void log_deputy(const Decision *decision, Assembly *assembly) {
  Room *room = g_hash_table_lookup(assembly->meetings, decision->meeting);
  const Participant *who = room ? roster_find_person(room, decision->person) : NULL;
  if (who)
    room_log(room, "deputy", who,
             json_pack("{s:b, s:s}", "on", decision->step == STANDING_APPOINT, "by", decision->by),
             assembly_now(assembly));
}

static void decided(void *data, bool changed, const GError *error) {
  Decision *decision = data;
  Assembly *assembly = task_end(&decision->task);
  bool forbidden = g_error_matches(error, STORE_ERROR, STORE_ERROR_FORBIDDEN);
  bool nobody = g_error_matches(error, STORE_ERROR, STORE_ERROR_NOT_FOUND);
  if (error && !forbidden && !nobody)
    log_error("room", "standing-failed", "meeting=%s reason=%s", decision->meeting,
              log_q(error->message));
  decision->done(decision->user, forbidden ? "forbidden"
                                 : nobody  ? "no_participant"
                                           : task_code(error));
  bool deputy = decision->step == STANDING_APPOINT || decision->step == STANDING_DISMISS;
  if (assembly && changed && deputy)
    log_deputy(decision, assembly);
  if (assembly && !error && decision->step == STANDING_BAR)
    assembly_bar_person(assembly, decision->meeting, decision->person, decision->by);
  if (assembly)
    assembly_meeting_changed(assembly, decision->meeting);
  g_free(decision->meeting);
  g_free(decision->person);
  g_free(decision->by);
  g_free(decision);
}

static void decide(const Participant *by, const char *person, StandingStep step, int64_t now_us,
                   RoomStepped done, void *user) {
  Room *room = by->room;
  Decision *decision = g_new0(Decision, 1);
  Actor actor = {by->person, by->address};
  decision->meeting = g_strdup(room->meeting);
  decision->person = g_strdup(person);
  decision->by = g_strdup(by->person);
  decision->step = step;
  decision->done = done;
  decision->user = user;
  task_begin(&decision->task, room->assembly);
  standing_queue(room->assembly->store, room->meeting, person, step, &actor,
                 room_wall_ms(room, now_us), decided, decision);
}

void host_deputy(Participant *by, const char *person, bool on, int64_t now_us, RoomStepped done,
                 void *user) {
  if (on && !roster_find_person(by->room, person))
    done(user, "no_participant");
  else
    decide(by, person, on ? STANDING_APPOINT : STANDING_DISMISS, now_us, done, user);
}

void host_readmit(Participant *by, const char *person, int64_t now_us, RoomStepped done,
                  void *user) {
  decide(by, person, STANDING_READMIT, now_us, done, user);
}

typedef struct {
  RoomStepped done;
  void *user;
} Removal;

static void removal_kept(void *data, const GError *error) {
  g_autofree Removal *removal = data;
  removal->done(removal->user, task_code(error));
}

void host_remove(Participant *by, const char *pid, bool for_good, int64_t now_us, RoomStepped done,
                 void *user) {
  Room *room = by->room;
  Participant *who = roster_find(room, pid);
  if (!who) {
    done(user, "no_participant");
    return;
  }
  if (for_good) {
    decide(by, who->person, STANDING_BAR, now_us, done, user);
    return;
  }
  Removal *removal = g_new0(Removal, 1);
  *removal = (Removal){done, user};
  json_t *detail = json_pack("{s:s}", "meeting", room->meeting);
  AuditEntry audit = {"participant.remove", by->person, who->person, "ok", by->address, detail};
  audit_queue_then(room->assembly->store, &audit, room_wall_ms(room, now_us), removal_kept,
                   removal);
  json_decref(detail);
  participant_remove(who, by->person, false, now_us);
  room_release(room);
}
