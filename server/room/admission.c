/* hello: the token is redeemed on the store's writer, and what a new room would have to know is
 * read in the same turn, so that a room exists whole or not at all. */
#include <string.h>

#include "base/log.h"
#include "room/eventlog.h"
#include "room/memory.h"
#include "room/participant.h"
#include "room/roster.h"
#include "room/state.h"
#include "store/chat.h"
#include "store/room-state.h"
#include "store/sessions.h"

struct Admission {
  Task task;
  /* What was asked. */
  char *token, *device, *client, *address, *for_person;
  RoomLink link;
  RoomAdmitted admitted;
  void *user;
  bool cancelled;
  /* What the writer's thread found. */
  int64_t wall_ms;
  JoinGrant *grant;
  MeetingInfo *info;
  json_t *chat;
  RecordingPast past;
};

static void admission_free(Admission *admission) {
  g_free(admission->token);
  g_free(admission->device);
  g_free(admission->client);
  g_free(admission->address);
  g_free(admission->for_person);
  join_grant_free(admission->grant);
  meeting_info_free(admission->info);
  json_decref(admission->chat);
  g_free(admission);
}

/* How the last recording ended; a crash left it on, and nothing was recorded after the last sign of
 * life. */
static bool read_past(sqlite3 *db, const char *meeting, RecordingPast *past, GError **error) {
  RoomPast kept;
  if (!room_state_read(db, meeting, &kept, error))
    return false;
  *past = (RecordingPast){.known = kept.recorded,
                          .interrupted = kept.recording_on || kept.recording_shutdown,
                          .lost_from_ms = kept.recording_on ? kept.sign_at : kept.recording_at};
  return true;
}

/* The writer's thread. */
static bool redeem(sqlite3 *db, void *data, GError **error) {
  Admission *admission = data;
  admission->grant = join_token_redeem(db, admission->token, admission->wall_ms, error);
  if (!admission->grant)
    return false;
  const char *meeting = admission->grant->meeting;
  admission->info = meeting_info(db, meeting, error);
  if (!admission->info)
    return false;
  admission->chat = chat_last(db, meeting, CHAT_KEPT, error);
  return admission->chat && read_past(db, meeting, &admission->past, error);
}

static const char *code_of(const GError *error) {
  if (g_error_matches(error, STORE_ERROR, STORE_ERROR_CONFLICT))
    return "ended";
  if (g_error_matches(error, STORE_ERROR, STORE_ERROR_FORBIDDEN) ||
      g_error_matches(error, STORE_ERROR, STORE_ERROR_NOT_FOUND))
    return "unauthorised";
  log_error("room", "admission-failed", "reason=%s", log_q(error->message));
  return "internal";
}

static Room *room_for(Assembly *assembly, const Admission *admission, int64_t now_us) {
  Room *room = g_hash_table_lookup(assembly->meetings, admission->info->id);
  if (room)
    return room;
  room = room_new(assembly, admission->info, admission->chat, &admission->past, now_us);
  g_hash_table_insert(assembly->meetings, room->meeting, room);
  g_hash_table_insert(assembly->rooms, GUINT_TO_POINTER(room->number), room);
  return room;
}

/* The person's one that has been here the longest, of all rooms; those that are away go first. */
static Participant *oldest_of(const Assembly *assembly, const char *person, unsigned *count) {
  Participant *oldest = NULL;
  GHashTableIter iter;
  void *value;
  *count = 0;
  g_hash_table_iter_init(&iter, assembly->sessions);
  while (g_hash_table_iter_next(&iter, NULL, &value)) {
    Participant *other = value;
    if (strcmp(other->person, person) != 0)
      continue;
    ++*count;
    bool away = !other->link.user, oldest_away = oldest && !oldest->link.user;
    if (!oldest || (away && !oldest_away) ||
        (away == oldest_away && other->joined_at_ms < oldest->joined_at_ms))
      oldest = other;
  }
  return oldest;
}

/* A person has so many signalling connections, the oldest going. */
static void make_room(Assembly *assembly, const char *person, const Room *into, int64_t now_us) {
  unsigned count;
  Participant *oldest = oldest_of(assembly, person, &count);
  if (count < limit_most(LIMIT_SOCKETS))
    return;
  Room *room = oldest->room;
  participant_replace(oldest, now_us);
  if (room != into)
    room_release(room);
}

static Participant *admit(Assembly *assembly, const Admission *admission, const char **code) {
  int64_t now_us = assembly_now(assembly);
  const JoinGrant *grant = admission->grant;
  const char *state = admission->info->state;
  if (admission->for_person && strcmp(admission->for_person, grant->person) != 0) {
    *code = "other_person";
    return NULL;
  }
  if (strcmp(state, "ended") == 0 || strcmp(state, "cancelled") == 0) {
    *code = "ended";
    return NULL;
  }
  Room *room = room_for(assembly, admission, now_us);
  make_room(assembly, grant->person, room, now_us);
  if (room->participants->len >= PARTICIPANTS_MAX) {
    *code = "full";
    return NULL;
  }
  ParticipantFacts facts = {.person = grant->person,
                            .name = grant->name,
                            .kind = grant->kind,
                            .capacity = grant->capacity,
                            .link = grant->link,
                            .session = grant->session,
                            .host = grant->host,
                            .deputy = grant->deputy,
                            .staff = grant->staff};
  RoomHello hello = {admission->device, admission->client, admission->address,
                     admission->for_person};
  Participant *participant = participant_new(room, &facts, now_us);
  participant_attach(participant, &hello, &admission->link, now_us);
  memory_back(participant);
  roster_add(room, participant);
  room_log(room, "joined", participant,
           json_pack("{s:s, s:s, s:s}", "device", participant->device, "client", admission->client,
                     "capacity", participant->capacity),
           now_us);
  return participant;
}

static void redeemed(void *data, const GError *error) {
  Admission *admission = data;
  Assembly *assembly = task_end(&admission->task);
  if (!admission->cancelled) {
    const char *code = NULL;
    Participant *participant = NULL;
    if (!assembly || assembly->stopping)
      code = "busy";
    else if (error)
      code = code_of(error);
    else
      participant = admit(assembly, admission, &code);
    admission->admitted(admission->user, participant, code);
  }
  admission_free(admission);
}

Admission *assembly_hello(Assembly *assembly, const char *token, const RoomHello *hello,
                          const RoomLink *link, RoomAdmitted admitted, void *user) {
  Admission *admission = g_new0(Admission, 1);
  admission->token = g_strdup(token);
  admission->device = g_strdup(hello->device);
  admission->client = g_strdup(hello->client);
  admission->address = g_strdup(hello->address);
  admission->for_person = g_strdup(hello->person);
  admission->link = *link;
  admission->admitted = admitted;
  admission->user = user;
  admission->wall_ms = assembly->time.wall_ms(assembly->time.user);
  task_begin(&admission->task, assembly);
  store_write(assembly->store, redeem, redeemed, admission);
  return admission;
}

void admission_cancel(Admission *admission) {
  admission->cancelled = true;
}

Participant *assembly_resume(Assembly *assembly, const char *session, const RoomHello *hello,
                             const RoomLink *link, int64_t now_us, const char **code) {
  Participant *participant = g_hash_table_lookup(assembly->sessions, session);
  *code = "gone";
  if (!participant || assembly->stopping)
    return NULL;
  *code = "other_person";
  if (hello->person && strcmp(hello->person, participant->person) != 0)
    return NULL;
  bool replaced = participant->link.user != NULL;
  int64_t away_ms = replaced ? 0 : (now_us - participant->away_us) / 1000;
  participant_close(participant, "replaced", 4002, "replaced", now_us);
  participant_attach(participant, hello, link, now_us);
  roster_changed(participant);
  room_log(participant->room, "back", participant,
           json_pack("{s:I, s:s}", "away_ms", (json_int_t)away_ms, "reason",
                     replaced ? "replaced" : "resumed"),
           now_us);
  return participant;
}
