/* The catalogue of recordings: which there are, their files and gaps, and who may see them.
 *
 * Rows are written while a recording runs, so that a crash leaves a true picture; a closed file's
 * row is fixed by its hash. What changes rows runs on the writer, the rest on any connection.
 * Who may see a recording: whoever may see its meeting (invited, host, staff, within the session's
 * scope). What one sees is the program; everybody's single tracks, what each
 * camera and microphone sent all the time, are evidence for the office (recording_tracks_allowed).
 */
#pragma once

#include <jansson.h>

#include "store/database.h"
#include "store/sessions.h"

/* Writer. id: 16 characters; folder: folder_name(). */
bool recording_insert(sqlite3 *db, const char *id, const char *meeting, const char *folder,
                      int64_t started_at, GError **error);
/* Writer. What is there so far; nothing happens once it is finished. */
bool recording_progress(sqlite3 *db, const char *id, int64_t duration_ms, int64_t bytes,
                        GError **error);
/* Writer. state: ready, interrupted or failed; reason: host, ended, failed, disk, shutdown or
 * crash. Size and duration are summed from the files when they are known better. CONFLICT when it
 * is finished already. The audit record notes the digest of the files' hashes. */
bool recording_finish(sqlite3 *db, const char *id, const char *state, const char *reason,
                      int64_t duration_ms, int64_t now_ms, GError **error);
/* SHA-256, in hex, over "NAME SHA256\n" of each closed file in the order of names: what the audit
 * record's recording.files has, so that the catalogue's hashes cannot be changed unseen. */
bool recording_digest(sqlite3 *db, const char *id, char digest[65], unsigned *count,
                      GError **error);
/* Writer. A gap at the same place twice is one. */
bool recording_gap_add(sqlite3 *db, const char *id, int64_t at_ms, int64_t for_ms, GError **error);

typedef struct {
  const char *name;
  uint32_t part, track;    /* track 0: the program */
  const char *source;      /* "program", "mic", … */
  const char *person;      /* id or NULL */
  const char *participant; /* or NULL */
  int64_t start_ms, duration_ms, bytes, frames, lost;
  const char *sha256; /* NULL while it is written */
} RecordingFile;

/* Writer. Brings the figures of a finished recording up to date with its files, after a repair. */
bool recording_measure(sqlite3 *db, const char *id, int64_t now_ms, GError **error);
/* Writer. Adds the file, or brings the figures of one that is not closed up to date (person and
 * participant stay when they are NULL here). */
bool recording_file_put(sqlite3 *db, const char *id, const RecordingFile *file, GError **error);
/* Writer. A file that held nothing and was removed. */
bool recording_file_drop(sqlite3 *db, const char *id, const char *name, GError **error);

/* The office: staff, signed in as such and not by a personal link. No administrator by being one,
 * no host, nobody for the own tracks. */
bool recording_tracks_allowed(const Session *session);

/* All that was recorded of the meeting of which this is a part: one time line with files and gaps
 * ("cause": "stopped" by somebody, or "broken"), its zero the first part's. NOT_FOUND also for
 * those who may not see it. */
json_t *recording_json(sqlite3 *db, const char *id, const Session *session, GError **error);

typedef struct {
  const char *q;       /* part of the meeting's title; NULL or "": all */
  const char *meeting; /* id or NULL */
  const char *after;   /* cursor or NULL */
  int limit;           /* 1…200 */
} RecordingsQuery;

/* {items: [Recording], next, total}: one a meeting, that which began last first. */
json_t *recordings_list(sqlite3 *db, const RecordingsQuery *query, const Session *session,
                        GError **error);

typedef struct {
  char *path;       /* absolute */
  const char *type; /* "video/webm" or "audio/webm"; static */
  char sha256[65];  /* "" while it is written */
  char *meeting;    /* for the audit */
} RecordingGrant;

/* May the session read this file, and where is it? NOT_FOUND: no, or there is none. Asked again for
 * each part of it that is sent. */
bool recording_authorise(sqlite3 *db, const char *recordings_dir, const Session *session,
                         const char *id, const char *name, RecordingGrant *grant, GError **error);
void recording_grant_clear(RecordingGrant *grant);

/* A recording that is marked as running, or has a file whose repair failed, or has no row at all,
 * for recover.c. */
typedef struct {
  char *id, *folder, *meeting;
  bool running;       /* its row says so; also without a row */
  bool unlisted;      /* there is no row: the next is from its folder */
  int64_t started_at; /* wall ms */
  GPtrArray *files;   /* RecordingRow */
} UnfinishedRecording;
typedef struct {
  char *name, *source;
  uint32_t part, track;
  int64_t start_ms;
  bool closed;
} RecordingRow;
void unfinished_recording_free(UnfinishedRecording *recording);
/* GPtrArray of UnfinishedRecording, owning; NULL and error. */
GPtrArray *recordings_unfinished(sqlite3 *db, GError **error);
