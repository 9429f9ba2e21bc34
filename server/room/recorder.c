/* See recorder.h. A recorder is held by its owner and by every answer that is still to come (the
 * child's end, a repair, the last row); events go to the owner only until recorder_free.
 *
 *   starting ──ready──▶ running ──recorder_stop──▶ stopping ──rows written──▶ stopped
 *      ▲                   │ the process dies
 *      └──── next part ◀───┘ (its open files are repaired beside)
 *
 * The tap is handed to the engine only when the process is ready, so that nothing was captured
 * before its zero of time.
 */
#include "room/recorder.h"

#include <gio/gio.h>
#include <glib-unix.h>
#include <jansson.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/metrics.h"
#include "recordings/folder.h"
#include "recordings/orphan.h"
#include "recordings/recover.h"
#include "room/recorder-rows.h"

#define CONTROL_MAX_BYTES 65536
#define WATCH_PERIOD_S 1
#define PROGRESS_EVERY 5             /* reports a row: one a second, kept each five */
#define SILENCE_MAX_US 20000000      /* without a word: the process hangs */
#define STOP_SILENCE_MAX_US 60000000 /* while it closes and hashes large files */
#define UNREADY_MAX 5                /* parts in a row that ended before they were ready */
#define SHORT_LIFE_US 10000000       /* dying sooner, the next part waits: 0, 1, 2 … seconds */
#define RESTART_DELAY_MAX_S 10
#define TELL_MS 2000 /* a full disk is told within 5 s, also when its last rows must wait */

METRIC(metric_gaps, METRIC_COUNTER, "yishi_recording_gaps_total", "Recorder processes that died");
METRIC(metric_dropped, METRIC_COUNTER, "yishi_recording_dropped_packets_total",
       "Packets that did not fit into a recorder's socket");

typedef struct {
  char *name, *source;
  uint32_t part, track;
  int64_t start_ms;
  bool closed;
} OpenFile;

typedef struct {
  char *person, *participant;
} Publisher;

struct Recorder {
  unsigned refs;
  const Config *config;
  Store *store;
  Engine *engine;
  uint32_t room;
  char *meeting, *folder, *dir, *program;
  char id[ID_CHARS + 1];
  RecorderEvents events;
  void *user;
  bool freed; /* by the owner: no more events */

  unsigned part;
  GSubprocess *child;
  int tap, control; /* our ends; -1. The tap is the engine's from `ready` on */
  guint control_source, watch_source, restart_source, tell_source;
  bool ready, done; /* of this part */
  int64_t heard_us; /* the last message of this part's */
  int64_t zero_us;  /* of the recording: the first part's; 0 before */
  int64_t part_ms;  /* this part's zero on the recording's time line */
  int64_t died_us;  /* of the part before; 0 */
  int64_t part_began_us;
  unsigned unready, short_lives; /* parts in a row */
  int64_t elapsed_ms, bytes_before, bytes;
  unsigned reports;

  char *reason; /* set: stopping */
  bool finishing, playable, told;
  unsigned repairs;       /* that run */
  GHashTable *files;      /* name → OpenFile */
  GHashTable *publishers; /* track → Publisher */
};

static bool start_part(Recorder *recorder, GError **error);

static void open_file_free(void *data) {
  OpenFile *file = data;
  g_free(file->name);
  g_free(file->source);
  g_free(file);
}

static void publisher_free(void *data) {
  Publisher *publisher = data;
  g_free(publisher->person);
  g_free(publisher->participant);
  g_free(publisher);
}

static Recorder *recorder_ref(Recorder *recorder) {
  recorder->refs++;
  return recorder;
}

static void recorder_unref(Recorder *recorder) {
  if (--recorder->refs)
    return;
  g_hash_table_unref(recorder->files);
  g_hash_table_unref(recorder->publishers);
  g_free(recorder->meeting);
  g_free(recorder->folder);
  g_free(recorder->dir);
  g_free(recorder->program);
  g_free(recorder->reason);
  g_free(recorder);
}

static void close_part(Recorder *recorder) {
  g_clear_handle_id(&recorder->control_source, g_source_remove);
  if (recorder->control >= 0)
    close(recorder->control);
  if (recorder->tap >= 0)
    close(recorder->tap);
  recorder->control = recorder->tap = -1;
  g_clear_object(&recorder->child);
}

static void put_file(Recorder *recorder, const OpenFile *file, int64_t duration_ms, int64_t bytes,
                     int64_t frames, int64_t lost, const char *sha256) {
  const Publisher *publisher =
      g_hash_table_lookup(recorder->publishers, GUINT_TO_POINTER(file->track));
  const RecordingFile row = {.name = file->name,
                             .part = file->part,
                             .track = file->track,
                             .source = file->source,
                             .person = publisher && file->track ? publisher->person : NULL,
                             .participant =
                                 publisher && file->track ? publisher->participant : NULL,
                             .start_ms = file->start_ms,
                             .duration_ms = duration_ms,
                             .bytes = bytes,
                             .frames = frames,
                             .lost = lost,
                             .sha256 = sha256};
  rows_file(recorder->store, recorder->id, &row);
}

/* Once: when the rows are durable, or after a while when a full disk keeps them waiting, because
 * the people in the room must hear that nothing is recorded any more. */
static void tell_stopped(Recorder *recorder) {
  if (recorder->told)
    return;
  recorder->told = true;
  g_clear_handle_id(&recorder->tell_source, g_source_remove);
  log_info("recorder", "stopped", "recording=%s reason=%s duration_ms=%" G_GINT64_FORMAT,
           recorder->id, recorder->reason, (gint64)recorder->elapsed_ms);
  if (!recorder->freed)
    recorder->events.stopped(recorder->user, recorder->reason);
}

static gboolean on_tell(void *data) {
  ((Recorder *)data)->tell_source = 0;
  tell_stopped(data);
  return G_SOURCE_REMOVE;
}

static void rows_written(void *user) {
  tell_stopped(user);
  recorder_unref(user);
}

/* The last step, once the process is gone and nothing is being repaired. */
static void try_finish(Recorder *recorder) {
  if (!recorder->reason || recorder->child || recorder->repairs || recorder->finishing)
    return;
  recorder->finishing = true;
  g_clear_handle_id(&recorder->watch_source, g_source_remove);
  recorder_ref(recorder);
  if (recorder->zero_us && recorder->died_us) { /* it ended before the next part began */
    int64_t gap_ms = (recorder->heard_us - recorder->died_us) / 1000;
    rows_gap(recorder->store, recorder->id, (recorder->died_us - recorder->zero_us) / 1000,
             MAX(gap_ms, 0));
    if (!recorder->freed)
      recorder->events.gap(recorder->user, MAX(gap_ms, 0));
    recorder->died_us = 0;
  }
  if (recorder->zero_us) {
    recorder->tell_source = g_timeout_add(TELL_MS, on_tell, recorder);
    rows_finish(recorder->store, recorder->id, recorder->reason, recorder->playable,
                recorder->elapsed_ms, rows_written, recorder);
  } else {
    rows_written(recorder); /* it never began */
  }
}

static void fail(Recorder *recorder, const char *why) {
  log_error("recorder", "failed", "recording=%s reason=%s", recorder->id, log_q(why));
  if (!recorder->reason)
    recorder->reason = g_strdup("failed");
}

typedef struct {
  Recorder *recorder; /* a reference */
  char *program, *path;
  OpenFile *file;
  RepairOutcome outcome;
} RepairJob;

static void repair_thread(GTask *task, void *source, void *data, GCancellable *cancel) {
  RepairJob *job = data;
  GError *error = NULL;
  if (recover_file(job->program, job->path, NULL, &job->outcome, &error))
    g_task_return_boolean(task, TRUE);
  else
    g_task_return_error(task, error);
}

static void repair_job_free(void *data) {
  RepairJob *job = data;
  recorder_unref(job->recorder);
  g_free(job->program);
  g_free(job->path);
  open_file_free(job->file);
  g_free(job);
}

static void repair_done(GObject *source, GAsyncResult *result, void *data) {
  Recorder *recorder = data;
  RepairJob *job = g_task_get_task_data(G_TASK(result));
  g_autoptr(GError) error = NULL;
  recorder->repairs--;
  if (recorder->freed)
    return; /* the next start repairs it again */
  if (!g_task_propagate_boolean(G_TASK(result), &error)) {
    log_warn("recorder", "repair-failed", "recording=%s file=%s reason=%s", recorder->id,
             job->file->name, log_q(error->message));
  } else if (job->outcome.empty) {
    rows_drop(recorder->store, recorder->id, job->file->name);
  } else {
    put_file(recorder, job->file, job->outcome.duration_ms, job->outcome.bytes, job->outcome.frames,
             0, job->outcome.sha256);
    recorder->playable = true;
  }
  try_finish(recorder);
}

static void repair_open_files(Recorder *recorder) {
  GHashTableIter iter;
  void *value;
  g_hash_table_iter_init(&iter, recorder->files);
  while (g_hash_table_iter_next(&iter, NULL, &value)) {
    OpenFile *file = value;
    g_hash_table_iter_steal(&iter);
    RepairJob *job = g_new0(RepairJob, 1);
    job->recorder = recorder_ref(recorder);
    job->program = g_strdup(recorder->program);
    job->path = g_build_filename(recorder->dir, file->name, NULL);
    job->file = file;
    recorder->repairs++;
    GTask *task = g_task_new(NULL, NULL, repair_done, recorder);
    g_task_set_task_data(task, job, repair_job_free);
    g_task_run_in_thread(task, repair_thread);
    g_object_unref(task);
  }
}

static void on_ready(Recorder *recorder, int64_t part_zero_us) {
  bool first = !recorder->zero_us;
  recorder->ready = true;
  if (first) {
    int64_t wall_ms = clock_wall_ms() - (clock_mono_us() - part_zero_us) / 1000;
    g_autoptr(GError) error = NULL;
    recorder->zero_us = part_zero_us;
    if (!orphan_note(recorder->dir, recorder->id, recorder->meeting, wall_ms, &error))
      log_warn("recorder", "no-note", "recording=%s reason=%s", recorder->id,
               log_q(error->message));
    rows_insert(recorder->store, recorder->id, recorder->meeting, recorder->folder, wall_ms);
    if (!recorder->freed)
      recorder->events.started(recorder->user, wall_ms);
  }
  recorder->part_ms = (part_zero_us - recorder->zero_us) / 1000;
  if (recorder->died_us) {
    int64_t gap_ms = (part_zero_us - recorder->died_us) / 1000;
    rows_gap(recorder->store, recorder->id, (recorder->died_us - recorder->zero_us) / 1000, gap_ms);
    recorder->died_us = 0;
    if (!recorder->freed)
      recorder->events.gap(recorder->user, gap_ms);
  }
  if (!recorder->reason) {
    engine_room_tap(recorder->engine, recorder->room, recorder->tap);
    recorder->tap = -1;
  }
}

static int64_t int_of(const json_t *message, const char *key) {
  return json_integer_value(json_object_get(message, key));
}

static void on_file(Recorder *recorder, const json_t *message) {
  const char *name = json_string_value(json_object_get(message, "name"));
  const char *source = json_string_value(json_object_get(message, "source"));
  const char *state = json_string_value(json_object_get(message, "state"));
  if (!name || !source || !state || !folder_name_valid(name))
    return;
  if (strcmp(state, "open") == 0) {
    OpenFile *file = g_new0(OpenFile, 1);
    *file = (OpenFile){.name = g_strdup(name),
                       .source = g_strdup(source),
                       .part = recorder->part,
                       .track = (uint32_t)int_of(message, "track"),
                       .start_ms = recorder->part_ms + int_of(message, "start_ms")};
    g_hash_table_replace(recorder->files, file->name, file);
    put_file(recorder, file, 0, 0, 0, 0, NULL);
    return;
  }
  const char *sha256 = json_string_value(json_object_get(message, "sha256"));
  OpenFile *file = g_hash_table_lookup(recorder->files, name);
  if (!file || !sha256 || strlen(sha256) != 64)
    return; /* could not be read back: it is repaired when the process has ended */
  recorder->playable = true;
  put_file(recorder, file, int_of(message, "duration_ms"), int_of(message, "bytes"),
           int_of(message, "frames"), int_of(message, "lost"), sha256);
  g_hash_table_remove(recorder->files, name);
}

static void on_message(Recorder *recorder, const json_t *message) {
  const char *type = json_string_value(json_object_get(message, "t"));
  recorder->heard_us = clock_mono_us();
  if (!type)
    return;
  if (strcmp(type, "ready") == 0 && !recorder->ready) {
    on_ready(recorder, int_of(message, "zero_us"));
  } else if (strcmp(type, "file") == 0) {
    on_file(recorder, message);
  } else if (strcmp(type, "progress") == 0) {
    recorder->elapsed_ms = recorder->part_ms + int_of(message, "elapsed_ms");
    recorder->bytes = recorder->bytes_before + int_of(message, "bytes");
    if (recorder->reports++ % PROGRESS_EVERY == 0)
      rows_progress(recorder->store, recorder->id, recorder->elapsed_ms, recorder->bytes);
  } else if (strcmp(type, "trouble") == 0) {
    const char *code = json_string_value(json_object_get(message, "code"));
    log_warn("recorder", "trouble", "recording=%s code=%s message=%s", recorder->id, log_q(code),
             log_q(json_string_value(json_object_get(message, "message"))));
    if (g_strcmp0(code, "disk") == 0)
      recorder_stop(recorder, "disk");
  } else if (strcmp(type, "done") == 0) {
    recorder->done = true;
  }
}

static bool read_message(Recorder *recorder) {
  char text[CONTROL_MAX_BYTES];
  ssize_t len = recv(recorder->control, text, sizeof text, MSG_DONTWAIT);
  if (len <= 0)
    return false;
  json_t *message = json_loadb(text, (size_t)len, 0, NULL);
  if (message)
    on_message(recorder, message);
  json_decref(message);
  return true;
}

static gboolean on_control(int fd, GIOCondition condition, void *data) {
  Recorder *recorder = data;
  if (read_message(recorder) || !(condition & (G_IO_HUP | G_IO_ERR)))
    return G_SOURCE_CONTINUE;
  recorder->control_source = 0; /* the child's end is told by on_child_end */
  return G_SOURCE_REMOVE;
}

static void try_again(Recorder *recorder, bool was_ready);

static gboolean on_restart(void *data) {
  Recorder *recorder = data;
  g_autoptr(GError) error = NULL;
  recorder->restart_source = 0;
  if (!start_part(recorder, &error)) {
    log_error("recorder", "not-started", "recording=%s reason=%s", recorder->id,
              log_q(error->message));
    recorder->short_lives++;
    try_again(recorder, false);
  }
  try_finish(recorder);
  return G_SOURCE_REMOVE;
}

/* A recording that ran is never given up; one whose process cannot even start is. */
static void try_again(Recorder *recorder, bool was_ready) {
  recorder->unready = was_ready ? 0 : recorder->unready + 1;
  if (recorder->unready >= UNREADY_MAX) {
    fail(recorder, "its process cannot start");
    return;
  }
  unsigned delay_s = recorder->short_lives > 1 ? recorder->short_lives - 1 : 0;
  recorder->restart_source =
      g_timeout_add(1000 * MIN(delay_s, RESTART_DELAY_MAX_S), on_restart, recorder);
}

/* The process has ended by itself: the next part, at once or after a while. */
static void next_part(Recorder *recorder) {
  int64_t now_us = clock_mono_us();
  bool short_life = now_us - recorder->part_began_us < SHORT_LIFE_US;
  metric_add(&metric_gaps, 1);
  log_error("recorder", "process-ended", "recording=%s part=%u done=%d", recorder->id,
            recorder->part, recorder->done);
  if (recorder->ready)
    recorder->died_us = now_us;
  recorder->bytes_before = recorder->bytes;
  recorder->short_lives = short_life ? recorder->short_lives + 1 : 0;
  try_again(recorder, recorder->ready);
}

static void on_child_end(GObject *object, GAsyncResult *result, void *data) {
  Recorder *recorder = data;
  g_subprocess_wait_finish(G_SUBPROCESS(object), result, NULL);
  if (recorder->child != G_SUBPROCESS(object)) { /* freed meanwhile */
    recorder_unref(recorder);
    return;
  }
  while (recorder->control >= 0 && read_message(recorder))
    ;
  close_part(recorder);
  repair_open_files(recorder);
  if (!recorder->reason && !recorder->freed)
    next_part(recorder);
  try_finish(recorder);
  recorder_unref(recorder);
}

/* Two pairs of sockets: the tap and the control channel; the child's ends become 3 and 4, and
 * nothing else of ours reaches it: GSubprocess closes the rest, the environment is empty. */
static bool start_part(Recorder *recorder, GError **error) {
  int tap[2] = {-1, -1}, control[2] = {-1, -1};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, tap) < 0 ||
      socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control) < 0) {
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "socketpair: %s",
                g_strerror(errno));
    if (tap[0] >= 0)
      close(tap[0]), close(tap[1]);
    return false;
  }
  g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_NONE);
  char *environment[] = {NULL};
  g_subprocess_launcher_set_environ(launcher, environment);
  g_subprocess_launcher_take_fd(launcher, tap[1], 3);
  g_subprocess_launcher_take_fd(launcher, control[1], 4);
  recorder->part++;
  g_autofree char *part = g_strdup_printf("%u", recorder->part);
  recorder->child = g_subprocess_launcher_spawn(launcher, error, recorder->program, "record",
                                                "--dir", recorder->dir, "--part", part, NULL);
  g_subprocess_launcher_close(launcher);
  if (!recorder->child) {
    close(tap[0]);
    close(control[0]);
    return false;
  }
  recorder->tap = tap[0];
  recorder->control = control[0];
  recorder->ready = recorder->done = false;
  recorder->heard_us = recorder->part_began_us = clock_mono_us();
  recorder->control_source =
      g_unix_fd_add(control[0], G_IO_IN | G_IO_HUP | G_IO_ERR, on_control, recorder);
  g_subprocess_wait_async(recorder->child, NULL, on_child_end, recorder_ref(recorder));
  return true;
}

static bool disk_low(const Recorder *recorder) {
  int64_t free_bytes = folder_free_bytes(recorder->dir);
  return free_bytes >= 0 &&
         free_bytes < (int64_t)recorder->config->recording_reserve_mib * 1024 * 1024;
}

static gboolean on_watch(void *data) {
  Recorder *recorder = data;
  int64_t silent_us = clock_mono_us() - recorder->heard_us;
  if (recorder->child && silent_us > (recorder->reason ? STOP_SILENCE_MAX_US : SILENCE_MAX_US)) {
    log_error("recorder", "process-hangs", "recording=%s part=%u", recorder->id, recorder->part);
    g_subprocess_force_exit(recorder->child);
  }
  if (!recorder->reason && disk_low(recorder))
    recorder_stop(recorder, "disk");
  return G_SOURCE_CONTINUE;
}

Recorder *recorder_start(const Config *config, Store *store, Engine *engine, uint32_t room,
                         const char *meeting, const RecorderEvents *events, void *user,
                         GError **error) {
  Recorder *recorder = g_new0(Recorder, 1);
  recorder->refs = 1;
  recorder->config = config;
  recorder->store = store;
  recorder->engine = engine;
  recorder->room = room;
  recorder->meeting = g_strdup(meeting);
  recorder->events = *events;
  recorder->user = user;
  recorder->tap = recorder->control = -1;
  recorder->program = recover_program(config);
  recorder->files = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, open_file_free);
  recorder->publishers = g_hash_table_new_full(NULL, NULL, NULL, publisher_free);
  id_random(recorder->id, ID_CHARS);
  recorder->folder = folder_name(clock_wall_ms(), recorder->id);
  recorder->dir = folder_make(config->recordings_dir, recorder->folder, error);
  bool ok = recorder->dir != NULL;
  if (ok && disk_low(recorder)) {
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC, "less than %d MiB are free",
                config->recording_reserve_mib);
    ok = false;
  }
  if (!ok || !start_part(recorder, error)) {
    if (recorder->dir)
      rmdir(recorder->dir);
    recorder_unref(recorder);
    return NULL;
  }
  recorder->watch_source = g_timeout_add_seconds(WATCH_PERIOD_S, on_watch, recorder);
  return recorder;
}

void recorder_track(Recorder *recorder, uint32_t track, Source source, const char *person,
                    const char *participant, int64_t now_us) {
  Publisher *publisher = g_new0(Publisher, 1);
  publisher->person = g_strdup(person);
  publisher->participant = g_strdup(participant);
  g_hash_table_replace(recorder->publishers, GUINT_TO_POINTER(track), publisher);
  GHashTableIter iter;
  void *value;
  g_hash_table_iter_init(&iter, recorder->files);
  while (g_hash_table_iter_next(&iter, NULL, &value))
    if (((OpenFile *)value)->track == track)
      put_file(recorder, value, 0, 0, 0, 0, NULL);
}

void recorder_tap_closed(Recorder *recorder, uint64_t dropped) {
  metric_add(&metric_dropped, (int64_t)dropped);
  if (dropped)
    log_warn("recorder", "packets-dropped", "recording=%s packets=%" G_GUINT64_FORMAT, recorder->id,
             (guint64)dropped);
}

void recorder_stop(Recorder *recorder, const char *reason) {
  static const char stop[] = "{\"t\":\"stop\"}";
  if (recorder->reason)
    return;
  recorder->reason = g_strdup(reason);
  recorder->heard_us = clock_mono_us();
  g_clear_handle_id(&recorder->restart_source, g_source_remove);
  if (recorder->ready)
    engine_room_tap(recorder->engine, recorder->room, -1);
  if (recorder->control >= 0 && send(recorder->control, stop, sizeof stop - 1, MSG_NOSIGNAL) < 0)
    log_warn("recorder", "stop-not-told", "recording=%s", recorder->id);
  try_finish(recorder);
}

const char *recorder_id(const Recorder *recorder) {
  return recorder->id;
}

void recorder_free(Recorder *recorder) {
  if (!recorder)
    return;
  recorder->freed = true;
  g_clear_handle_id(&recorder->watch_source, g_source_remove);
  g_clear_handle_id(&recorder->restart_source, g_source_remove);
  g_clear_handle_id(&recorder->tell_source, g_source_remove);
  if (recorder->child) {
    if (recorder->ready && !recorder->reason)
      engine_room_tap(recorder->engine, recorder->room, -1);
    g_subprocess_force_exit(recorder->child);
    close_part(recorder);
  }
  recorder_unref(recorder);
}
