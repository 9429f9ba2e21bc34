/* The engine's events, brought to rooms and participants by their numbers. An event may come for
 * something that is gone: it is dropped. Main thread. */
#include <string.h>

#include "room/eventlog.h"
#include "room/lines-inner.h"
#include "room/media-state.h"
#include "room/recording.h"
#include "room/send.h"
#include "room/state.h"

static Participant *peer_find(void *user, uint32_t peer) {
  Assembly *assembly = user;
  return g_hash_table_lookup(assembly->peers, GUINT_TO_POINTER(peer));
}

static Room *room_find(void *user, uint32_t room) {
  Assembly *assembly = user;
  return g_hash_table_lookup(assembly->rooms, GUINT_TO_POINTER(room));
}

static void refuse(Participant *participant, uint32_t id, const EngineError *error) {
  json_t *message = participant_error(id, error->code, error->message);
  if (error->line)
    json_object_set_new(message, "line", json_integer(error->line));
  if (error->attribute[0])
    json_object_set_new(message, "attribute", json_string(error->attribute));
  if (error->mid[0])
    json_object_set_new(message, "mid", json_string(error->mid));
  participant_send(participant, message);
}

static void on_answer(void *user, uint32_t peer, uint32_t request, const EngineAnswer *answer) {
  Participant *participant = peer_find(user, peer);
  uint32_t id;
  if (!participant)
    return;
  if (answer->fresh)
    media_begins_anew(participant);
  if (!media_take_offer(participant, request, &id))
    return;
  if (!answer->sdp) {
    refuse(participant, id, &answer->error);
    return;
  }
  json_t *names = json_object();
  for (unsigned i = 0; i < answer->slot_count; i++)
    json_object_set_new(names, answer->slots[i].mid, json_string(answer->slots[i].name));
  participant_send(participant, json_pack("{s:s, s:I, s:s, s:o}", "t", "answer", "id",
                                          (json_int_t)id, "sdp", answer->sdp, "slots", names));
}

static void on_state(void *user, uint32_t peer, PeerState state, const char *reason) {
  static const char *const names[] = {"connecting", "connected", "lost", "closed"};
  Participant *participant = peer_find(user, peer);
  if (!participant || state >= G_N_ELEMENTS(names))
    return;
  json_t *message = json_pack("{s:s, s:s}", "t", "media_state", "state", names[state]);
  if (state == PEER_CLOSED)
    json_object_set_new(message, "reason", json_string(reason));
  participant_send(participant, message);
}

static void on_slot(void *user, uint32_t peer, const char *name, uint32_t publisher,
                    Source source) {
  Participant *participant = peer_find(user, peer);
  if (participant)
    media_slot(participant, name, publisher, source);
}

static void on_demand(void *user, uint32_t peer, Source source, const char (*layers)[17],
                      unsigned count) {
  Participant *participant = peer_find(user, peer);
  if (participant)
    media_demand(participant, source, layers, count);
}

static void on_downlink(void *user, uint32_t peer, int64_t bps, int64_t wanted_bps) {
  Participant *participant = peer_find(user, peer);
  if (participant)
    media_downlink(participant, bps, wanted_bps);
}

static void on_speaker(void *user, uint32_t number, uint32_t peer) {
  Room *room = room_find(user, number);
  Participant *who = peer ? peer_find(user, peer) : NULL;
  if (room && (!who || who->room == room))
    room_set_speaker(room, who, assembly_now(user));
}

static void on_levels(void *user, uint32_t number, const uint32_t *peers, const uint8_t *levels,
                      unsigned count) {
  Room *room = room_find(user, number);
  int64_t now_us = assembly_now(user);
  if (!room || now_us - room->levels_us < LEVELS_US)
    return;
  room->levels_us = now_us;
  json_t *by_pid = json_object();
  for (unsigned i = 0; i < count; i++) {
    const Participant *who = peer_find(user, peers[i]);
    if (who)
      json_object_set_new(by_pid, who->pid, json_integer(MIN(levels[i], 127)));
  }
  room_broadcast(room, json_pack("{s:s, s:o}", "t", "levels", "levels", by_pid), NULL);
}

static TrackEntry *track_find(const Room *room, uint32_t track) {
  for (unsigned i = 0; i < room->tracks->len; i++) {
    TrackEntry *entry = &g_array_index(room->tracks, TrackEntry, i);
    if (entry->track == track)
      return entry;
  }
  return NULL;
}

static void on_heard(void *user, uint32_t number, uint32_t track, uint32_t peer, bool on) {
  Room *room = room_find(user, number);
  TrackEntry *entry = room ? track_find(room, track) : NULL;
  if (entry)
    room_log_heard(room, entry, on, assembly_now(user));
}

static void on_shown(void *user, uint32_t number, uint32_t track, uint32_t peer, bool on) {
  Room *room = room_find(user, number);
  TrackEntry *entry = room ? track_find(room, track) : NULL;
  if (entry)
    room_log_shown(room, entry, on, assembly_now(user));
}

static void on_track(void *user, uint32_t number, uint32_t track, uint32_t peer, Source source,
                     bool on) {
  Room *room = room_find(user, number);
  const Participant *who = peer_find(user, peer);
  int64_t now_us = assembly_now(user);
  TrackEntry *known = room ? track_find(room, track) : NULL;
  if (known && !on) {
    room_log_screen(room, known, false, now_us);
    g_array_remove_index_fast(room->tracks,
                              (unsigned)(known - (TrackEntry *)(void *)room->tracks->data));
  }
  if (!room || known || !on || !who || who->room != room || source >= SOURCE_COUNT)
    return;
  TrackEntry entry = {.track = track, .peer = peer, .source = source};
  g_strlcpy(entry.pid, who->pid, sizeof entry.pid);
  g_strlcpy(entry.person, who->person, sizeof entry.person);
  g_array_append_val(room->tracks, entry);
  recording_track(room, &entry, now_us);
  room_log_screen(room, &entry, true, now_us);
}

static void on_tap_closed(void *user, uint32_t number, uint64_t dropped) {
  Room *room = room_find(user, number);
  if (room)
    recording_tap_closed(room, dropped);
}

static void on_figures(void *user, uint32_t request, const PeerFigures *figures, unsigned count) {
  lines_answer(user, request, figures, count);
}

const EngineEvents assembly_engine_events = {
    .answer = on_answer,
    .state = on_state,
    .slot = on_slot,
    .demand = on_demand,
    .downlink = on_downlink,
    .speaker = on_speaker,
    .levels = on_levels,
    .heard = on_heard,
    .shown = on_shown,
    .track = on_track,
    .tap_closed = on_tap_closed,
    .figures = on_figures,
};
