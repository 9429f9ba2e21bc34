#include "record.h"

#include <inttypes.h>
#include <stdio.h>

#include "audiomix.h"
#include "base/log.h"
#include "files.h"
#include "program.h"
#include "source.h"

#define PROGRESS_PERIOD_US 1000000
#define TROUBLE_PERIOD_US 1000000
#define TRACKS_MAX 2000 /* at a time: two descriptors each; the process may hold 4096 */

typedef struct {
  Record *record;
  TapSource *source;
  AudioVoice *voice; /* Opus only */
  int64_t start_us;
  bool ended, filed; /* filed: it has an open file */
  bool whole;        /* that file was closed as it should be */
} RecordTrack;

typedef enum { TROUBLE_DISK, TROUBLE_LATE, TROUBLE_ELEMENT, TROUBLES } Trouble;

static const char *const trouble_codes[] = {
    [TROUBLE_DISK] = "disk", [TROUBLE_LATE] = "late", [TROUBLE_ELEMENT] = "element"};

struct Record {
  RecordEvents events;
  void *user;
  int64_t zero_us, now_us;
  int64_t newest_us; /* newest capture time, on the time line */
  int64_t progress_us, trouble_us[TROUBLES];
  uint64_t overrun;
  Files *files;
  Program *program;
  GHashTable *tracks; /* number → RecordTrack */
  char *dir;
  unsigned part;
  bool stopping, done, program_whole;
};

static void report(Record *record, json_t *message) {
  g_assert(message);
  record->events.report(record->user, message);
  json_decref(message);
}

/* Throttled: a full disk fails on every frame of every track. */
static void trouble(Record *record, Trouble what, const char *text) {
  int64_t *last_us = &record->trouble_us[what];
  if (*last_us && record->now_us - *last_us < TROUBLE_PERIOD_US)
    return;
  *last_us = record->now_us;
  report(record, json_pack("{s:s, s:s, s:s}", "t", "trouble", "code", trouble_codes[what],
                           "message", text));
}

static void report_open(Record *record, const char *name, uint32_t track, const char *source,
                        int64_t start_us) {
  report(record, json_pack("{s:s, s:s, s:I, s:s, s:I, s:s}", "t", "file", "name", name, "track",
                           (json_int_t)track, "source", source, "start_ms",
                           (json_int_t)(start_us / 1000), "state", "open"));
}

/* A file that is not whole gets no hash: the server has it repaired when this process has ended. */
static void report_closed(Record *record, const FileFacts *facts, bool whole, uint32_t track,
                          const char *source, int64_t start_us, SourceFigures figures) {
  report(record, json_pack("{s:s, s:s, s:I, s:s, s:I, s:s, s:I, s:I, s:s, s:I, s:I}", "t", "file",
                           "name", facts->name, "track", (json_int_t)track, "source", source,
                           "start_ms", (json_int_t)(start_us / 1000), "state", "closed",
                           "duration_ms", (json_int_t)(figures.duration_us / 1000), "bytes",
                           (json_int_t)facts->bytes, "sha256", whole ? facts->sha256 : "", "frames",
                           (json_int_t)figures.frames, "lost", (json_int_t)figures.lost));
}

static void check_done(Record *record) {
  if (!record->stopping || record->done || files_pending(record->files))
    return;
  record->done = true;
  report(record, json_pack("{s:s}", "t", "done"));
}

static const char *track_kind(const RecordTrack *track) {
  const char *kind = source_kind_name(source_info(track->source)->source);
  return kind ? kind : "other";
}

static void on_opened(void *user, TapSource *source, int64_t start_us) {
  RecordTrack *track = user;
  Record *record = track->record;
  g_autoptr(GError) error = NULL;
  track->start_us = start_us;
  track->filed = files_add(record->files, source_name(source), &error);
  if (!track->filed)
    trouble(record, TROUBLE_DISK, error->message);
  report_open(record, source_name(source), source_track(source), track_kind(track), start_us);
}

static void on_audio(void *user, TapSource *source, int64_t pts_us, const uint8_t *data,
                     size_t len) {
  RecordTrack *track = user;
  if (track->voice)
    audiomix_write(program_mix(track->record->program), track->voice, pts_us, data, len);
}

static void on_picture(void *user, TapSource *source, int64_t pts_us, GstBuffer *frame,
                       bool keyframe) {
  RecordTrack *track = user;
  program_picture(track->record->program, source_track(source), pts_us, frame, keyframe);
}

static void on_keyframe(void *user, TapSource *source) {
  RecordTrack *track = user;
  track->record->events.keyframe(track->record->user, source_track(source));
}

static void on_source_failed(void *user, TapSource *source, bool disk, const char *message) {
  RecordTrack *track = user;
  log_error("pipeline", "track_failed", "track=%u disk=%d error=%s", source_track(source), disk,
            log_q(message));
  trouble(track->record, disk ? TROUBLE_DISK : TROUBLE_ELEMENT, message);
}

static const SourceEvents source_events = {.opened = on_opened,
                                           .audio = on_audio,
                                           .picture = on_picture,
                                           .keyframe = on_keyframe,
                                           .failed = on_source_failed};

static void program_keyframe(void *user, uint32_t number) {
  Record *record = user;
  RecordTrack *track = g_hash_table_lookup(record->tracks, GUINT_TO_POINTER(number));
  if (track && !track->ended)
    source_ask(track->source, record->now_us);
}

static void program_failed(void *user, bool disk, const char *message) {
  Record *record = user;
  log_error("pipeline", "program_failed", "disk=%d error=%s", disk, log_q(message));
  trouble(record, disk ? TROUBLE_DISK : TROUBLE_ELEMENT, message);
}

static void track_free(void *data) {
  RecordTrack *track = data;
  if (track->voice)
    audiomix_remove(program_mix(track->record->program), track->voice);
  source_free(track->source);
  g_free(track);
}

Record *record_new(const char *dir, unsigned part, int64_t zero_us, Mailbox *mailbox,
                   const RecordEvents *events, void *user, GError **error) {
  Record *record = g_new0(Record, 1);
  record->events = *events;
  record->user = user;
  record->zero_us = record->now_us = record->progress_us = zero_us;
  record->dir = g_strdup(dir);
  record->part = part;
  record->tracks = g_hash_table_new_full(NULL, NULL, NULL, track_free);
  record->files = files_new(dir, mailbox);
  const ProgramEvents program_events = {.keyframe = program_keyframe, .failed = program_failed};
  record->program = program_new(dir, part, &program_events, record, error);
  if (!record->program || !files_add(record->files, program_name(record->program), error)) {
    record_free(record);
    return NULL;
  }
  report(record, json_pack("{s:s, s:I}", "t", "ready", "zero_us", (json_int_t)zero_us));
  report_open(record, program_name(record->program), 0, "program", 0);
  return record;
}

void record_free(Record *record) {
  if (!record)
    return;
  g_hash_table_unref(record->tracks);
  program_free(record->program);
  files_free(record->files);
  g_free(record->dir);
  g_free(record);
}

static void on_track_closed(void *data, const FileFacts *facts) {
  RecordTrack *track = data;
  Record *record = track->record;
  report_closed(record, facts, track->whole, source_track(track->source), track_kind(track),
                track->start_us, source_figures(track->source));
  g_hash_table_remove(record->tracks, GUINT_TO_POINTER(source_track(track->source)));
  check_done(record);
}

/* The track goes when its file is hashed, or now when it has none. */
static void end_track(Record *record, RecordTrack *track) {
  if (track->ended)
    return;
  track->whole = source_finish(track->source, record->now_us);
  track->ended = true;
  program_track_gone(record->program, source_track(track->source),
                     record->now_us - record->zero_us);
  if (track->voice)
    audiomix_remove(program_mix(record->program), g_steal_pointer(&track->voice));
  if (track->filed)
    files_close(record->files, source_name(track->source), on_track_closed, track);
  else
    g_hash_table_remove(record->tracks, GUINT_TO_POINTER(source_track(track->source)));
}

static void begin_track(Record *record, uint32_t number, const TapTrack *info) {
  if (g_hash_table_contains(record->tracks, GUINT_TO_POINTER(number)))
    return;
  if (g_hash_table_size(record->tracks) >= TRACKS_MAX) {
    trouble(record, TROUBLE_ELEMENT, "too many tracks in one part");
    return;
  }
  RecordTrack *track = g_new0(RecordTrack, 1);
  track->record = record;
  const SourceSetup setup = {
      .dir = record->dir, .part = record->part, .track = number, .info = *info};
  track->source = source_new(&setup, &source_events, track);
  if (info->codec == TAP_OPUS)
    track->voice = audiomix_add(program_mix(record->program));
  g_hash_table_insert(record->tracks, GUINT_TO_POINTER(number), track);
}

void record_message(Record *record, const TapMessage *message, int64_t now_us) {
  if (record->stopping)
    return;
  record->now_us = MAX(now_us, record->now_us);
  RecordTrack *track = g_hash_table_lookup(record->tracks, GUINT_TO_POINTER(message->track));
  TapTrack info;
  switch (message->type) {
  case TAP_TRACK:
    if (message->track && tapwire_parse_track(message->body, message->body_len, &info))
      begin_track(record, message->track, &info);
    break;
  case TAP_RTP:
    if (!track || track->ended)
      break;
    /* A capture time ahead of the present would make the sound run ahead of everybody. */
    int64_t pts_us = MIN(message->capture_us, record->now_us) - record->zero_us;
    record->newest_us = MAX(record->newest_us, pts_us);
    source_push(track->source, message->sequence, pts_us, message->body, message->body_len,
                record->now_us);
    break;
  case TAP_TRACK_END:
    if (track)
      end_track(record, track);
    break;
  case TAP_PROGRAM:
    program_stage(record->program, message->track, record->now_us - record->zero_us);
    break;
  case TAP_KEYFRAME:
    break; /* ours, never theirs */
  }
}

static void progress(Record *record) {
  if (record->now_us - record->progress_us < PROGRESS_PERIOD_US)
    return;
  record->progress_us = record->now_us;
  report(record, json_pack("{s:s, s:I, s:I}", "t", "progress", "elapsed_ms",
                           (json_int_t)((record->now_us - record->zero_us) / 1000), "bytes",
                           (json_int_t)files_bytes(record->files)));
  if (record->overrun) {
    char text[64];
    snprintf(text, sizeof text, "%" PRIu64 " packets dropped", record->overrun);
    trouble(record, TROUBLE_LATE, text);
    record->overrun = 0;
  }
}

void record_tick(Record *record, int64_t now_us) {
  if (record->stopping)
    return;
  record->now_us = MAX(now_us, record->now_us);
  GHashTableIter iter;
  void *value;
  g_hash_table_iter_init(&iter, record->tracks);
  while (g_hash_table_iter_next(&iter, NULL, &value)) {
    RecordTrack *track = value;
    if (!track->ended)
      source_tick(track->source, record->now_us);
  }
  program_tick(record->program, record->now_us - record->zero_us, record->newest_us);
  progress(record);
}

void record_overrun(Record *record, uint64_t packets) {
  record->overrun += packets;
}

static void on_program_closed(void *data, const FileFacts *facts) {
  Record *record = data;
  SourceFigures figures = {.frames = program_frames(record->program),
                           .duration_us = program_duration_us(record->program)};
  report_closed(record, facts, record->program_whole, 0, "program", 0, figures);
  check_done(record);
}

void record_stop(Record *record, int64_t now_us) {
  if (record->stopping)
    return;
  record->now_us = MAX(now_us, record->now_us);
  record->stopping = true;
  /* First every window is emptied, so that the program gets the last sounds and pictures; its file
   * is hashed first, because it is what people want to see at once. */
  g_autoptr(GList) tracks = g_hash_table_get_values(record->tracks);
  for (GList *at = tracks; at; at = at->next)
    if (!((RecordTrack *)at->data)->ended)
      source_finish(((RecordTrack *)at->data)->source, record->now_us);
  record->program_whole = program_finish(record->program, record->now_us - record->zero_us);
  files_close(record->files, program_name(record->program), on_program_closed, record);
  for (GList *at = tracks; at; at = at->next)
    end_track(record, at->data);
}

bool record_done(const Record *record) {
  return record->done;
}
