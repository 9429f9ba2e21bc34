/* A participant outlives its connections: a dropped socket makes it `away`, a resume within the
 * window gives it the new one, and only then, or when it leaves or is removed, is it gone. Each
 * connection is one presence segment, from welcome until the socket goes. */
#include "room/participant.h"

#include <string.h>

#include "room/ending.h"
#include "room/eventlog.h"
#include "room/media-state.h"
#include "room/memory.h"
#include "room/placement.h"
#include "room/recording.h"
#include "room/roster.h"
#include "room/send.h"
#include "room/state.h"
#include "store/presence.h"

static void take_facts(Participant *participant, const ParticipantFacts *facts) {
  g_free(participant->name);
  g_free(participant->folded_name);
  g_free(participant->kind);
  g_free(participant->capacity);
  participant->name = g_utf8_make_valid(facts->name, -1);
  participant->folded_name = g_utf8_casefold(participant->name, -1);
  participant->kind = g_strdup(facts->kind);
  participant->capacity = g_strdup(facts->capacity);
  participant->host = facts->host;
  participant->deputy = facts->deputy;
}

Participant *participant_new(Room *room, const ParticipantFacts *facts, int64_t now_us) {
  Participant *participant = g_new0(Participant, 1);
  participant->room = room;
  id_random(participant->pid, ID_CHARS);
  id_random(participant->session, SECRET_CHARS);
  participant->person = g_strdup(facts->person);
  participant->staff = facts->staff;
  participant->came_by = g_strdup(facts->link);
  participant->signed_in_by = g_strdup(facts->session);
  take_facts(participant, facts);
  participant->device = "other";
  participant->joined_at_ms = room_wall_ms(room, now_us);
  Assembly *assembly = room->assembly;
  g_hash_table_insert(assembly->sessions, participant->session, participant);
  participant->engine = placement_take(room);
  return participant;
}

void participant_free(Participant *participant) {
  if (!participant)
    return;
  g_assert(!participant->link.user);
  Assembly *assembly = participant->room->assembly;
  media_close(participant);
  g_hash_table_remove(assembly->sessions, participant->session);
  placement_leave(participant->room, participant->engine);
  g_free(participant->person);
  g_free(participant->name);
  g_free(participant->folded_name);
  g_free(participant->kind);
  g_free(participant->capacity);
  g_free(participant->came_by);
  g_free(participant->signed_in_by);
  g_free(participant->address);
  g_free(participant->view);
  media_forget(participant);
  memset(participant, 0, sizeof *participant); /* the session's secret too */
  g_free(participant);
}

static const char *device_word(const char *device) {
  static const char *const words[] = {"desktop", "phone", "venue"};
  for (unsigned i = 0; i < G_N_ELEMENTS(words); i++)
    if (strcmp(words[i], device) == 0)
      return words[i];
  return "other";
}

void participant_attach(Participant *participant, const RoomHello *hello, const RoomLink *link,
                        int64_t now_us) {
  g_assert(!participant->link.user && link->user);
  Room *room = participant->room;
  participant->link = *link;
  participant->device = device_word(hello->device);
  g_free(participant->address);
  participant->address = g_strdup(hello->address);
  participant->heard_us = participant->seen_us = participant->attached_us = now_us;
  participant->away_us = 0;
  id_random(participant->segment, ID_CHARS);
  PresenceOpen segment = {.at = room_moment(room, now_us)};
  g_strlcpy(segment.id, participant->segment, sizeof segment.id);
  g_strlcpy(segment.meeting, room->meeting, sizeof segment.meeting);
  g_strlcpy(segment.person, participant->person, sizeof segment.person);
  g_strlcpy(segment.participant, participant->pid, sizeof segment.participant);
  g_strlcpy(segment.device, participant->device, sizeof segment.device);
  g_strlcpy(segment.address, participant->address, sizeof segment.address);
  if (participant->signed_in_by)
    g_strlcpy(segment.session, participant->signed_in_by, sizeof segment.session);
  presence_open_queue(room->assembly->store, &segment);
}

void participant_detach(Participant *participant, const char *ended_by, int64_t at_us) {
  if (!participant->link.user)
    return;
  presence_close_queue(participant->room->assembly->store, participant->segment, ended_by,
                       room_moment(participant->room, at_us));
  participant->segment[0] = 0;
  participant->link = (RoomLink){0};
  participant->offer_count = 0; /* answers to the old connection's offers are nobody's */
}

void participant_close(Participant *participant, const char *bye, unsigned code,
                       const char *ended_by, int64_t at_us) {
  RoomLink link = participant->link;
  if (!link.user)
    return;
  if (bye) {
    json_t *message = message_new("bye");
    json_object_set_new(message, "reason", json_string(bye));
    if (strcmp(bye, "shutdown") == 0) /* spread, so that a restart is not a stampede */
      json_object_set_new(message, "again_ms", json_integer(500 + random_u32() % 4000));
    participant_send(participant, message);
  }
  participant_detach(participant, ended_by, at_us);
  link.close(link.user, code, bye ? bye : ended_by);
}

int64_t participant_last_seen(const Participant *participant) {
  return MAX(participant->heard_us, participant->seen_us);
}

void participant_heard(Participant *participant, int64_t now_us) {
  participant->heard_us = now_us;
}

static void went_away(Participant *participant, const char *reason, int64_t now_us) {
  participant->away_us = now_us;
  roster_changed(participant);
  room_log(participant->room, "away", participant, json_pack("{s:s}", "reason", reason), now_us);
}

void participant_dropped(Participant *participant, int64_t now_us) {
  participant_detach(participant, "dropped", now_us);
  went_away(participant, "closed", now_us);
}

bool participant_tick(Participant *participant, int64_t now_us) {
  const Config *config = participant->room->assembly->config;
  int64_t silent_us = (int64_t)config->heartbeat_s * 3 * G_USEC_PER_SEC;
  int64_t window_us = (int64_t)config->resume_window_s * G_USEC_PER_SEC;
  if (participant->link.user && now_us - participant->heard_us > silent_us) {
    participant_close(participant, "timeout", 4004, "dropped", participant_last_seen(participant));
    went_away(participant, "silent", now_us);
  }
  if (participant->link.user || now_us - participant->away_us <= window_us)
    return true;
  room_log(participant->room, "left", participant, json_pack("{s:s}", "reason", "lost"), now_us);
  memory_lost(participant);
  participant_gone(participant, now_us);
  return false;
}

void participant_gone(Participant *participant, int64_t now_us) {
  Room *room = participant->room;
  roster_remove(room, participant);
  if (room->floor == participant)
    room_set_floor(room, NULL, NULL, now_us);
  if (room->speaker == participant)
    room_set_speaker(room, NULL, now_us);
  participant_free(participant);
}

void participant_leave(Participant *participant, int64_t now_us) {
  Room *room = participant->room;
  room_log(room, "left", participant, json_pack("{s:s}", "reason", "left"), now_us);
  participant_detach(participant, "left", now_us);
  participant_gone(participant, now_us);
  room_release(room);
}

bool participant_is_host(const Participant *participant) {
  return participant->host;
}

/* What a client is told about itself: its item, with its rights. */
static json_t *you_json(const Participant *participant) {
  json_t *you = roster_item(participant);
  json_t *rights = json_array();
  if (participant->host)
    json_array_append_new(rights, json_string("host"));
  json_object_set_new(you, "rights", rights);
  return you;
}

void participant_update(Participant *participant, const ParticipantFacts *facts) {
  g_autofree char *name = g_utf8_make_valid(facts->name, -1);
  if (strcmp(name, participant->name) == 0 && strcmp(facts->kind, participant->kind) == 0 &&
      strcmp(facts->capacity, participant->capacity) == 0 && facts->host == participant->host &&
      facts->deputy == participant->deputy)
    return;
  take_facts(participant, facts);
  roster_changed(participant);
  participant_send(participant, json_pack("{s:s, s:o}", "t", "you", "you", you_json(participant)));
}

void participant_remove(Participant *participant, const char *by, bool for_good, int64_t now_us) {
  room_log(participant->room, "removed", participant,
           json_pack("{s:s, s:b}", "by", by, "for_good", for_good), now_us);
  participant_close(participant, for_good ? "barred" : "removed", 4003, "removed", now_us);
  participant_gone(participant, now_us);
}

void participant_revoke(Participant *participant, int64_t now_us) {
  room_log(participant->room, "left", participant, json_pack("{s:s}", "reason", "revoked"), now_us);
  participant_close(participant, "revoked", 4001, "revoked", now_us);
  participant_gone(participant, now_us);
}

void participant_replace(Participant *participant, int64_t now_us) {
  room_log(participant->room, "left", participant, json_pack("{s:s}", "reason", "replaced"),
           now_us);
  participant_close(participant, "replaced", 4002, "replaced", now_us);
  participant_gone(participant, now_us);
}

const char *participant_hand(Participant *participant, bool up, int64_t now_us) {
  if (!limit_use(&participant->switch_limit, LIMIT_SWITCHES, now_us))
    return "too_fast";
  room_set_hand(participant, up, NULL, now_us);
  return NULL;
}

json_t *participant_roster(Participant *participant, const char *after, unsigned limit,
                           const char *search, int64_t since) {
  return roster_page(participant->room, after, limit, search, since);
}

/* Why the microphone is to be off when the page comes in: a host muted the person, or so many are
 * there already. */
static const char *mic_off(const Participant *participant, bool resumed) {
  if (memory_is_muted(participant->room, participant->person))
    return "muted";
  return participant->crowded && !resumed ? "crowd" : NULL;
}

json_t *participant_welcome(Participant *participant, bool resumed, int64_t now_us) {
  const Room *room = participant->room;
  const Config *config = room->assembly->config;
  json_t *chat = json_array();
  for (GList *entry = room->chat.head; entry; entry = entry->next)
    json_array_append(chat, entry->data);
  return json_pack(
      "{s:i, s:s, s:b, s:s, s:I, s:i, s:i, s:o, s:o, s:o, s:o, s:s?, s:o, s:s?, s:s?, s:b, s:o, "
      "s:o}",
      "version", 1, "session", participant->session, "resumed", resumed, "pid", participant->pid,
      "now", (json_int_t)room_told_ms(room, room_wall_ms(room, now_us)), "heartbeat_s",
      config->heartbeat_s, "resume_window_s", config->resume_window_s, "you", you_json(participant),
      "meeting", room_meeting_json(room), "recording", recording_state_json(room, now_us), "ending",
      ending_json(room), "floor", room->floor ? room->floor->pid : NULL, "floor_since",
      floor_since_json(room), "mic_off", mic_off(participant, resumed), "speaker",
      room->speaker ? room->speaker->pid : NULL, "lost_floor", participant->lost_floor && !resumed,
      "roster", roster_page(room, "", 50, "", 0), "chat", chat);
}

void participant_welcomed(Participant *participant, bool resumed) {
  if (!resumed)
    return;
  media_tell_slots(participant);
  media_retell(participant);
}
