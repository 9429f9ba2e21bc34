/* A recording begins at the host's word or with the meeting (auto_record), and goes on as a new one
 * when the server was restarted in between: the hole is written into the event log as a gap. */
#include "room/recording.h"

#include <gio/gio.h>
#include <string.h>

#include "base/log.h"
#include "room/eventlog.h"
#include "room/send.h"
#include "room/state.h"

json_t *recording_state_json(const Room *room, int64_t now_us) {
  const RoomRecording *recording = &room->recording;
  if (!recording->on)
    return json_pack("{s:b, s:n, s:n}", "on", 0, "since", "elapsed_ms");
  return json_pack("{s:b, s:I, s:I}", "on", 1, "since", (json_int_t)recording->since_ms,
                   "elapsed_ms", (json_int_t)((now_us - recording->since_us) / 1000));
}

static void tell(Room *room, const char *reason, int64_t now_us) {
  json_t *message = message_new("recording");
  json_t *state = recording_state_json(room, now_us);
  json_object_update(message, state);
  json_decref(state);
  json_object_set_new(message, "reason", json_string(reason));
  room_broadcast(room, message, NULL);
}

static const char *id_of(const Room *room) {
  const Recorder *recorder = room->recording.recorder;
  return recorder ? room->assembly->media.ops->recorder_id(recorder) : NULL;
}

static void started(void *user, int64_t wall_ms) {
  Room *room = user;
  RoomRecording *recording = &room->recording;
  int64_t now_us = assembly_now(room->assembly);
  recording->on = true;
  recording->since_us = now_us;
  recording->since_ms = room_wall_ms(room, now_us);
  room_log(room, "recording", NULL,
           json_pack("{s:b, s:s?, s:s, s:s?, s:I}", "on", 1, "recording", id_of(room), "reason",
                     recording->cause, "by", *recording->by ? recording->by : NULL, "zero_ms",
                     (json_int_t)wall_ms),
           now_us);
  if (recording->lost_from_ms)
    room_log(room, "gap", NULL,
             json_pack("{s:I, s:s?, s:s}", "ms",
                       (json_int_t)MAX(recording->since_ms - recording->lost_from_ms, 0),
                       "recording", id_of(room), "reason", "restart"),
             now_us);
  recording->lost_from_ms = 0;
  tell(room, recording->cause, now_us);
}

static void gap(void *user, int64_t gap_ms) {
  Room *room = user;
  room_log(room, "gap", NULL,
           json_pack("{s:I, s:s?, s:s}", "ms", (json_int_t)gap_ms, "recording", id_of(room),
                     "reason", "pipeline"),
           assembly_now(room->assembly));
}

/* A recorder is not freed inside its own call: this runs in the next turn of the loop. */
static gboolean release(void *data) {
  Room *room = data;
  RoomRecording *recording = &room->recording;
  recording->release = 0;
  room->assembly->media.ops->recorder_free(recording->recorder);
  *recording = (RoomRecording){0};
  room_release(room);
  return G_SOURCE_REMOVE;
}

static void stopped(void *user, const char *reason) {
  Room *room = user;
  RoomRecording *recording = &room->recording;
  int64_t now_us = assembly_now(room->assembly);
  if (recording->release)
    return;
  room_log(room, "recording", NULL,
           json_pack("{s:b, s:s?, s:s, s:s?}", "on", 0, "recording", id_of(room), "reason", reason,
                     "by", *recording->by ? recording->by : NULL),
           now_us);
  recording->on = false;
  recording->stopping = true;
  recording->release = g_idle_add(release, room);
  tell(room, strcmp(reason, "host") == 0 ? "stopped" : reason, now_us);
}

static const RecorderEvents events = {started, gap, stopped};

static const char *start(Room *room, const char *cause, const Participant *by, int64_t now_us) {
  RoomRecording *recording = &room->recording;
  const RoomMedia *media = &room->assembly->media;
  g_autoptr(GError) error = NULL;
  recording->cause = cause;
  g_strlcpy(recording->by, by ? by->person : "", sizeof recording->by);
  recording->recorder = media->ops->record(media->user, room->home, room->number, room->meeting,
                                           &events, room, &error);
  if (recording->recorder)
    return NULL;
  log_error("room", "recording-failed", "room=%u reason=%s", room->number,
            log_q(error ? error->message : NULL));
  bool disk = g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC) ||
              g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  return disk ? "disk" : "internal";
}

const char *recording_start(Room *room, const char *cause, const Participant *by, int64_t now_us) {
  RoomRecording *recording = &room->recording;
  if (room->state != ROOM_LIVE)
    return room->state == ROOM_SCHEDULED ? "not_live" : "ended";
  if (recording->recorder)
    return recording->stopping ? "busy" : NULL;
  const char *code = start(room, cause, by, now_us);
  if (code && !by) { /* nobody asked who could be answered: everybody is told */
    const char *reason = strcmp(code, "disk") == 0 ? "disk" : "failed";
    room_log(room, "recording", NULL,
             json_pack("{s:b, s:n, s:s, s:n}", "on", 0, "recording", "reason", reason, "by"),
             now_us);
    tell(room, reason, now_us);
  }
  for (unsigned i = 0; !code && i < room->tracks->len; i++)
    recording_track(room, &g_array_index(room->tracks, TrackEntry, i), now_us);
  return code;
}

void recording_stop(Room *room, const char *reason) {
  RoomRecording *recording = &room->recording;
  if (!recording->recorder || recording->stopping)
    return;
  recording->stopping = true;
  room->assembly->media.ops->recorder_stop(recording->recorder, reason);
}

void recording_track(Room *room, const TrackEntry *track, int64_t now_us) {
  if (room->recording.recorder && !room->recording.stopping)
    room->assembly->media.ops->recorder_track(room->recording.recorder, track->track, track->source,
                                              track->person, track->pid, now_us);
}

void recording_tap_closed(Room *room, uint64_t dropped) {
  if (room->recording.recorder)
    room->assembly->media.ops->recorder_tap_closed(room->recording.recorder, dropped);
}

void recording_clear(Room *room) {
  RoomRecording *recording = &room->recording;
  if (recording->release)
    g_source_remove(recording->release);
  if (recording->recorder)
    room->assembly->media.ops->recorder_free(recording->recorder);
  *recording = (RoomRecording){0};
}
