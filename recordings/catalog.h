/* The catalogue of recordings: which there are, their files and gaps.
 *
 * Rows are written while a recording runs, so that a crash leaves a true picture; a closed file's
 * row is fixed by its hash. What changes rows runs on the writer, the rest on any connection. A
 * "recording" here is what one recorder wrote, a part of what people see as one (recording_entry).
 * Who may see what of it stands with the subject (server/domain/recording).
 */
#pragma once

#include <stdint.h>

#include "store/database.h"

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

/* A file that is to be sent. */
typedef struct {
  char *path;       /* absolute */
  const char *type; /* "video/webm" or "audio/webm"; static */
  bool track;       /* a single one, and not the program */
  char sha256[65];  /* "" while it is written */
  char entry[17];   /* of which recording, as people see it, it is a part */
  char *meeting;    /* for the audit */
} RecordingSent;

/* Of the part `id`. Who may have it is asked by whoever sends it. NOT_FOUND: there is none, or the
 * recording was removed. */
bool recording_file_find(sqlite3 *db, const char *recordings_dir, const char *id, const char *name,
                         RecordingSent *sent, GError **error);
void recording_sent_clear(RecordingSent *sent);

/* Whether the recording of which this is a part was removed; false too where there is no such. */
bool recording_removed(sqlite3 *db, const char *id, bool *removed, GError **error);

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
