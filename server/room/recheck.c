#include "room/recheck.h"

#include <string.h>

#include "base/log.h"
#include "room/participant.h"
#include "room/roster.h"
#include "room/state.h"
#include "store/sessions.h"

#define AGAIN_US 5000000 /* after an error: what was changed must not stay unknown here */
/* For names: while a list of people is taken in, one after the other, a room of 600 reads all of
 * its people once a second and not once a person. */
#define SOON_US 1000000

/* One participant as it was when the store was asked. */
typedef struct {
  char pid[ID_CHARS + 1];
  char *person, *link, *session;
  bool staff;
  JoinGrant *grant; /* NULL: nothing any more */
} Check;

typedef struct {
  Task task;
  uint64_t number; /* in the order of asking: readers may answer in another */
  char *meeting;
  GArray *checks;    /* Check */
  bool facts;        /* info is wanted too */
  MeetingInfo *info; /* of the meeting itself */
} Recheck;

static void check_clear(void *data) {
  Check *check = data;
  g_free(check->person);
  g_free(check->link);
  g_free(check->session);
  join_grant_free(check->grant);
}

static void recheck_free(Recheck *recheck) {
  g_array_unref(recheck->checks);
  meeting_info_free(recheck->info);
  g_free(recheck->meeting);
  g_free(recheck);
}

/* A reader's thread. */
static bool ask(sqlite3 *db, void *data, GError **error) {
  Recheck *recheck = data;
  for (unsigned i = 0; i < recheck->checks->len; i++) {
    Check *check = &g_array_index(recheck->checks, Check, i);
    g_autoptr(GError) refusal = NULL;
    const JoinClaim claim = {.meeting = recheck->meeting,
                             .person = check->person,
                             .staff = check->staff,
                             .link = check->link,
                             .session = check->session};
    check->grant = join_grant_now(db, &claim, &refusal);
    if (!check->grant && !g_error_matches(refusal, STORE_ERROR, STORE_ERROR_FORBIDDEN)) {
      g_propagate_error(error, g_steal_pointer(&refusal));
      return false;
    }
  }
  if (recheck->facts)
    recheck->info = meeting_info(db, recheck->meeting, error);
  return !recheck->facts || recheck->info;
}

static void apply(Room *room, const Recheck *recheck, int64_t now_us) {
  for (unsigned i = 0; i < recheck->checks->len; i++) {
    const Check *check = &g_array_index(recheck->checks, Check, i);
    const JoinGrant *grant = check->grant;
    Participant *participant = roster_find(room, check->pid);
    if (!participant || participant->checked > recheck->number)
      continue;
    participant->checked = recheck->number;
    if (!grant) {
      participant_revoke(participant, now_us);
      continue;
    }
    ParticipantFacts facts = {.name = grant->name,
                              .kind = grant->kind,
                              .capacity = grant->capacity,
                              .host = grant->host,
                              .deputy = grant->deputy};
    participant_update(participant, &facts);
  }
  if (recheck->info && room->checked < recheck->number) {
    room->checked = recheck->number;
    room_update(room, recheck->info, now_us);
  } else {
    room_release(room);
  }
}

static void ask_by(Room *room, int64_t due_us) {
  if (room->recheck_us == 0 || due_us < room->recheck_us)
    room->recheck_us = due_us;
}

static void answered(void *data, const GError *error) {
  Recheck *recheck = data;
  Assembly *assembly = task_end(&recheck->task);
  Room *room = assembly ? g_hash_table_lookup(assembly->meetings, recheck->meeting) : NULL;
  if (error) {
    log_error("room", "recheck-failed", "meeting=%s reason=%s", recheck->meeting,
              log_q(error->message));
    if (room)
      ask_by(room, assembly_now(assembly) + AGAIN_US);
  } else if (room)
    apply(room, recheck, assembly_now(assembly));
  recheck_free(recheck);
}

static void add(GArray *checks, const Participant *participant) {
  Check check = {.person = g_strdup(participant->person),
                 .link = g_strdup(participant->came_by),
                 .session = g_strdup(participant->signed_in_by),
                 .staff = participant->staff};
  g_strlcpy(check.pid, participant->pid, sizeof check.pid);
  g_array_append_val(checks, check);
}

void recheck_soon(Room *room, int64_t now_us) {
  ask_by(room, now_us + SOON_US);
}

void recheck_tick(Room *room, int64_t now_us) {
  if (room->recheck_us == 0 || now_us < room->recheck_us)
    return;
  room->recheck_us = 0;
  recheck_room(room, NULL);
}

void recheck_room(Room *room, const char *person) {
  g_autoptr(GArray) checks = g_array_new(FALSE, FALSE, sizeof(Check));
  g_array_set_clear_func(checks, check_clear);
  for (unsigned i = 0; i < room->participants->len; i++) {
    const Participant *participant = g_ptr_array_index(room->participants, i);
    if (!person || strcmp(participant->person, person) == 0)
      add(checks, participant);
  }
  if (person && checks->len == 0)
    return;
  Recheck *recheck = g_new0(Recheck, 1);
  recheck->number = ++room->assembly->last_recheck;
  recheck->meeting = g_strdup(room->meeting);
  recheck->checks = g_steal_pointer(&checks);
  recheck->facts = !person;
  task_begin(&recheck->task, room->assembly);
  store_read(room->assembly->store, ask, answered, recheck);
}
