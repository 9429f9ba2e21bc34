#include "recordings/recover.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "recordings/catalog.h"
#include "recordings/folder.h"
#include "recordings/orphan.h"

#define BUILD_PLACE "../pipelines/yishi-pipeline" /* from the server's program, not installed */

struct Recovery {
  Store *store;
  char *program, *recordings_dir;
  RecoveryDone done;
  void *user;
  GThread *thread;
  GCancellable *cancel;
  GPtrArray *folders; /* that were there at the start: later ones are this server's own */
  GPtrArray *found;   /* UnfinishedRecording */
  unsigned files;
  bool loading;
  unsigned posted;   /* recordings given to the writer; the thread's until it is joined */
  unsigned returned; /* of these came back; main thread */
  bool freed;
};

/* A recording that was worked on: what its rows shall say. */
typedef struct {
  Recovery *recovery;
  UnfinishedRecording *recording; /* borrowed */
  GArray *saved;                  /* SavedFile */
} Saved;

typedef struct {
  RecordingRow row; /* its texts are owned here */
  bool gone;        /* the row shall go */
  bool unlisted;    /* it has no row yet */
  bool failed;      /* to be tried again at the next start */
  int64_t ended_at; /* wall ms when it was last written to, before the repair; 0: not known */
  RepairOutcome outcome;
} SavedFile;

char *recover_program(const Config *config) {
  if (*config->pipeline_program)
    return g_strdup(config->pipeline_program);
  g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
  g_autofree char *dir = g_path_get_dirname(self ? self : ".");
  char *beside = g_build_filename(dir, "yishi-pipeline", NULL);
  if (g_file_test(beside, G_FILE_TEST_IS_EXECUTABLE))
    return beside;
  g_free(beside);
  return g_build_filename(dir, BUILD_PLACE, NULL);
}

static bool read_outcome(const char *text, RepairOutcome *outcome) {
  json_t *facts = json_loads(text ? text : "", 0, NULL);
  const char *sha256 = json_string_value(json_object_get(facts, "sha256"));
  outcome->empty = json_is_true(json_object_get(facts, "empty"));
  outcome->duration_ms = json_integer_value(json_object_get(facts, "duration_ms"));
  outcome->bytes = json_integer_value(json_object_get(facts, "bytes"));
  outcome->frames = json_integer_value(json_object_get(facts, "frames"));
  bool ok = sha256 && (outcome->empty || strlen(sha256) == 64);
  if (ok)
    g_strlcpy(outcome->sha256, sha256, sizeof outcome->sha256);
  json_decref(facts);
  return ok;
}

bool recover_file(const char *program, const char *path, GCancellable *cancel,
                  RepairOutcome *outcome, GError **error) {
  *outcome = (RepairOutcome){0};
  g_autoptr(GSubprocessLauncher) launcher =
      g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  char *environment[] = {NULL};
  g_subprocess_launcher_set_environ(launcher, environment);
  g_autoptr(GSubprocess) child =
      g_subprocess_launcher_spawn(launcher, error, program, "repair", path, NULL);
  g_autofree char *text = NULL;
  if (!child || !g_subprocess_communicate_utf8(child, NULL, cancel, &text, NULL, error)) {
    if (child)
      g_subprocess_force_exit(child);
    return false;
  }
  if (g_subprocess_get_successful(child) && read_outcome(text, outcome))
    return true;
  g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s was not repaired", path);
  return false;
}

static void saved_file_clear(void *data) {
  SavedFile *file = data;
  g_free(file->row.name);
  g_free(file->row.source);
}

static bool saved_work(sqlite3 *db, void *data, GError **error) {
  const Saved *saved = data;
  unsigned playable = 0, failed = 0;
  bool removed;
  if (!recording_removed(db, saved->recording->id, &removed, error))
    return false;
  if (removed) /* meanwhile: its files go, and its rows stay as they are */
    return true;
  if (saved->recording->unlisted &&
      !recording_insert(db, saved->recording->id, saved->recording->meeting,
                        saved->recording->folder, saved->recording->started_at, error))
    return false;
  for (unsigned i = 0; i < saved->recording->files->len; i++)
    playable += ((RecordingRow *)g_ptr_array_index(saved->recording->files, i))->closed;
  for (unsigned i = 0; i < saved->saved->len; i++) {
    const SavedFile *file = &g_array_index(saved->saved, SavedFile, i);
    failed += file->failed;
    if (file->failed && !file->unlisted)
      continue; /* its row stays open, with the last figures */
    const RecordingFile row = {.name = file->row.name,
                               .part = file->row.part,
                               .track = file->row.track,
                               .source = file->row.source,
                               .start_ms = file->row.start_ms,
                               .duration_ms = file->outcome.duration_ms,
                               .bytes = file->outcome.bytes,
                               .frames = file->outcome.frames,
                               .sha256 = *file->outcome.sha256 ? file->outcome.sha256 : NULL};
    if (!(file->gone ? recording_file_drop(db, saved->recording->id, file->row.name, error)
                     : recording_file_put(db, saved->recording->id, &row, error)))
      return false;
    playable += !file->gone && *file->outcome.sha256;
  }
  if (!saved->recording->running)
    return recording_measure(db, saved->recording->id, clock_wall_ms(), error);
  return recording_finish(db, saved->recording->id, playable || failed ? "interrupted" : "failed",
                          "crash", 0, clock_wall_ms(), error);
}

static void finish(Recovery *recovery) {
  if (recovery->done)
    recovery->done(recovery->user, recovery->found ? recovery->found->len : 0, recovery->files);
}

static void release(Recovery *recovery) {
  if (!recovery->freed || recovery->loading || recovery->returned < recovery->posted)
    return; /* a store job still holds it */
  if (recovery->found)
    g_ptr_array_unref(recovery->found);
  g_ptr_array_unref(recovery->folders);
  g_object_unref(recovery->cancel);
  g_free(recovery->program);
  g_free(recovery->recordings_dir);
  g_free(recovery);
}

static void saved_free(Saved *saved) {
  g_array_unref(saved->saved);
  g_free(saved);
}

static void saved_done(void *data, const GError *error) {
  Saved *saved = data;
  Recovery *recovery = saved->recovery;
  recovery->returned++;
  if (error)
    log_error("recordings", "not-recovered", "recording=%s reason=%s", saved->recording->id,
              log_q(error->message));
  else
    log_info("recordings", "recovered", "recording=%s files=%u", saved->recording->id,
             saved->saved->len);
  recovery->files += saved->saved->len;
  saved_free(saved);
  if (recovery->returned == recovery->found->len && !recovery->freed)
    finish(recovery);
  release(recovery);
}

/* Reads what the name of a file without a row tells; its row was lost with the crash. */
static bool row_from_name(const char *name, RecordingRow *row) {
  unsigned part = 0, track = 0;
  char source[16] = "";
  int end = 0;
  *row = (RecordingRow){0};
  if (sscanf(name, "track-%u-%u-%15[a-z_].webm%n", &part, &track, source, &end) == 3 &&
      end == (int)strlen(name) && part && track) {
    row->source = g_strdup(source);
  } else if (sscanf(name, "program-%u.webm%n", &part, &end) == 1 && end == (int)strlen(name) &&
             part) {
    track = 0;
    row->source = g_strdup("program");
  } else {
    return false;
  }
  row->name = g_strdup(name);
  row->part = part;
  row->track = track;
  return true;
}

static const RecordingRow *find_row(const UnfinishedRecording *recording, const char *name) {
  for (unsigned i = 0; i < recording->files->len; i++) {
    const RecordingRow *row = g_ptr_array_index(recording->files, i);
    if (strcmp(row->name, name) == 0)
      return row;
  }
  return NULL;
}

static void save_file(Saved *saved, const char *path, const RecordingRow *row, bool unlisted) {
  Recovery *recovery = saved->recovery;
  g_autoptr(GError) error = NULL;
  SavedFile file = {.row = *row, .unlisted = unlisted};
  file.row.name = g_strdup(row->name);
  file.row.source = g_strdup(row->source);
  struct stat status;
  if (stat(path, &status) == 0)
    file.ended_at = (int64_t)status.st_mtim.tv_sec * 1000 + status.st_mtim.tv_nsec / 1000000;
  if (!g_file_test(path, G_FILE_TEST_EXISTS))
    file.gone = true;
  else if (recover_file(recovery->program, path, recovery->cancel, &file.outcome, &error))
    file.gone = file.outcome.empty;
  else
    file.failed = true;
  if (file.failed)
    log_warn("recordings", "repair-failed", "recording=%s file=%s reason=%s", saved->recording->id,
             file.row.name, log_q(error->message));
  g_array_append_val(saved->saved, file);
}

/* Without any row: each file ends when it was last written to; the program of the first part begins
 * the recording. */
static void place_by_time(const Saved *saved) {
  for (unsigned i = 0; i < saved->saved->len; i++) {
    SavedFile *file = &g_array_index(saved->saved, SavedFile, i);
    bool first = file->row.track == 0 && file->row.part == 1;
    int64_t end_ms = file->ended_at - saved->recording->started_at;
    file->row.start_ms = first ? 0 : MAX(end_ms - file->outcome.duration_ms, 0);
  }
}

/* A track without a row was new when the crash came: it ends where the program of its part ends. */
static void place_unlisted(const Saved *saved) {
  for (unsigned i = 0; i < saved->saved->len; i++) {
    SavedFile *file = &g_array_index(saved->saved, SavedFile, i);
    if (!file->unlisted)
      continue;
    for (unsigned j = 0; j < saved->saved->len; j++) {
      const SavedFile *program = &g_array_index(saved->saved, SavedFile, j);
      if (program->row.track == 0 && program->row.part == file->row.part && program != file)
        file->row.start_ms = MAX(
            program->row.start_ms + program->outcome.duration_ms - file->outcome.duration_ms, 0);
    }
  }
}

static void save_recording(Saved *saved) {
  Recovery *recovery = saved->recovery;
  const UnfinishedRecording *recording = saved->recording;
  for (unsigned i = 0; i < recording->files->len; i++) {
    const RecordingRow *row = g_ptr_array_index(recording->files, i);
    g_autofree char *path = folder_path(recovery->recordings_dir, recording->folder, row->name);
    if (path && !row->closed && !g_cancellable_is_cancelled(recovery->cancel))
      save_file(saved, path, row, false);
  }
  g_autofree char *folder = g_build_filename(recovery->recordings_dir, recording->folder, NULL);
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  const char *name;
  while (dir && (name = g_dir_read_name(dir)) && !g_cancellable_is_cancelled(recovery->cancel)) {
    RecordingRow row;
    g_autofree char *path = g_build_filename(folder, name, NULL);
    if (g_str_has_prefix(name, ".part-") || g_str_has_suffix(name, ".repair")) {
      unlink(path);
    } else if (!find_row(recording, name) && row_from_name(name, &row)) {
      save_file(saved, path, &row, true);
      g_free(row.name);
      g_free(row.source);
    }
  }
  if (recording->unlisted)
    place_by_time(saved);
  else
    place_unlisted(saved);
}

static void *run(void *data) {
  Recovery *recovery = data;
  for (unsigned i = 0; i < recovery->found->len; i++) {
    Saved *saved = g_new0(Saved, 1);
    saved->recovery = recovery;
    saved->recording = g_ptr_array_index(recovery->found, i);
    saved->saved = g_array_new(FALSE, TRUE, sizeof(SavedFile));
    g_array_set_clear_func(saved->saved, saved_file_clear);
    save_recording(saved);
    if (g_cancellable_is_cancelled(recovery->cancel)) {
      saved_free(saved); /* half of it is not to be written */
      break;
    }
    recovery->posted++;
    store_write(recovery->store, saved_work, saved_done, saved);
  }
  return NULL;
}

static void adopt(Recovery *recovery, Orphan *orphan) {
  UnfinishedRecording *recording = g_new0(UnfinishedRecording, 1);
  recording->id = g_steal_pointer(&orphan->id);
  recording->folder = g_steal_pointer(&orphan->folder);
  recording->meeting = g_steal_pointer(&orphan->meeting);
  recording->running = recording->unlisted = true;
  recording->started_at = orphan->started_at;
  recording->files = g_ptr_array_new();
  g_ptr_array_add(recovery->found, recording);
}

static bool load_work(sqlite3 *db, void *data, GError **error) {
  Recovery *recovery = data;
  recovery->found = recordings_unfinished(db, error);
  g_autoptr(GPtrArray) orphans =
      recovery->found ? orphans_find(db, recovery->recordings_dir, recovery->folders, error) : NULL;
  for (unsigned i = 0; orphans && i < orphans->len; i++) {
    Orphan *orphan = g_ptr_array_index(orphans, i);
    log_warn("recordings", orphan->meeting ? "adopted" : "of-no-meeting", "folder=%s",
             log_q(orphan->folder));
    if (orphan->meeting)
      adopt(recovery, orphan);
  }
  return orphans != NULL;
}

static void load_done(void *data, const GError *error) {
  Recovery *recovery = data;
  recovery->loading = false;
  if (error)
    log_error("recordings", "recovery-failed", "reason=%s", log_q(error->message));
  if (recovery->freed) {
    release(recovery);
  } else if (!recovery->found || !recovery->found->len) {
    finish(recovery);
  } else {
    recovery->thread = g_thread_new("recover", run, recovery);
  }
}

Recovery *recovery_start(const Config *config, Store *store, RecoveryDone done, void *user) {
  Recovery *recovery = g_new0(Recovery, 1);
  recovery->store = store;
  recovery->program = recover_program(config);
  recovery->recordings_dir = g_canonicalize_filename(config->recordings_dir, NULL);
  recovery->folders = orphan_folders(recovery->recordings_dir);
  recovery->done = done;
  recovery->user = user;
  recovery->cancel = g_cancellable_new();
  recovery->loading = true;
  store_read(store, load_work, load_done, recovery);
  return recovery;
}

void recovery_free(Recovery *recovery) {
  if (!recovery)
    return;
  g_cancellable_cancel(recovery->cancel);
  if (recovery->thread)
    g_thread_join(recovery->thread);
  recovery->freed = true;
  release(recovery);
}
