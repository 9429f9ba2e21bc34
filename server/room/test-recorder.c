/* The recorder with the real pipeline program and a real store; the engine is the test.
 *
 *   test-recorder YISHI-PIPELINE
 */
#include "room/recorder.h"

#include <glib/gstdio.h>
#include <jansson.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "pipelines/elements.h"
#include "pipelines/testscene.h"
#include "recordings/recover.h"
#include "store/people.h"
#include "store/statement.h"
#include "store/test-fixture.h"
#include "tests/tools/webm.h"
#include "wire/tapwire.h"

static const char *program;

typedef struct {
  Fixture f;
  GSource *mail;
  char host[17], meeting[17];
  Recorder *recorder;
  int tap;
  unsigned starts, gaps, taps;
  int64_t gap_ms;
  char *stopped;
  unsigned recovered;
  bool rows_lost;
  const SceneTrack *tracks[2];
  unsigned next[2];
  int64_t zero_us;
} Bench;

static Bench *bench; /* for the engine below */

/* The engine's only function that the recorder calls. */
void engine_room_tap(Engine *engine, uint32_t room, int fd) {
  g_assert_cmpuint(room, ==, 7);
  if (bench->tap >= 0)
    close(bench->tap);
  bench->tap = fd;
  if (fd < 0)
    return;
  bench->taps++;
  for (unsigned t = 0; t < 2; t++) {
    uint8_t message[TAP_HEADER_BYTES + TAP_TRACK_BYTES];
    tapwire_write_header(message, TAP_TRACK, bench->tracks[t]->track, clock_mono_us());
    tapwire_write_track(message + TAP_HEADER_BYTES, &bench->tracks[t]->info);
    g_assert_cmpint(send(fd, message, sizeof message, 0), >, 0);
  }
  uint8_t stage[TAP_HEADER_BYTES];
  tapwire_write_header(stage, TAP_PROGRAM, bench->tracks[0]->track, clock_mono_us());
  g_assert_cmpint(send(fd, stage, sizeof stage, 0), >, 0);
}

static void on_started(void *user, int64_t wall_ms) {
  ((Bench *)user)->starts++;
}

static void on_gap(void *user, int64_t gap_ms) {
  ((Bench *)user)->gaps++;
  ((Bench *)user)->gap_ms = gap_ms;
}

static void on_stopped(void *user, const char *reason) {
  ((Bench *)user)->stopped = g_strdup(reason);
}

static const RecorderEvents events = {on_started, on_gap, on_stopped};

static gboolean feed(void *data) {
  Bench *b = data;
  int64_t now_us = clock_mono_us();
  for (unsigned t = 0; t < 2; t++)
    for (; b->next[t] < b->tracks[t]->packets->len; b->next[t]++) {
      const ScenePacket *packet = &g_array_index(b->tracks[t]->packets, ScenePacket, b->next[t]);
      if (b->zero_us + packet->capture_us > now_us)
        break;
      uint8_t message[TAP_MESSAGE_MAX];
      tapwire_write_rtp(message, b->tracks[t]->track, b->zero_us + packet->capture_us,
                        packet->sequence);
      memcpy(message + TAP_HEADER_BYTES, packet->data, packet->len);
      if (b->tap >= 0) /* its other end may just have been killed */
        (void)!send(b->tap, message, TAP_HEADER_BYTES + packet->len, MSG_DONTWAIT | MSG_NOSIGNAL);
    }
  return G_SOURCE_CONTINUE;
}

static gboolean wake(void *data) {
  return G_SOURCE_CONTINUE;
}

/* Runs the loop until the condition holds; fails after a while. */
#define UNTIL(condition)                                                                           \
  for (int64_t limit_us = clock_mono_us() + 30000000; !(condition);) {                             \
    g_assert_cmpint(clock_mono_us(), <, limit_us);                                                 \
    g_main_context_iteration(NULL, TRUE);                                                          \
  }

static void run_for(int64_t us) {
  int64_t until_us = clock_mono_us() + us;
  UNTIL(clock_mono_us() >= until_us);
}

static void bench_init(Bench *b) {
  *b = (Bench){.tap = -1};
  bench = b;
  fixture_init(&b->f);
  g_free(b->f.config->pipeline_program);
  b->f.config->pipeline_program = g_strdup(program);
  g_free(b->f.config->recordings_dir);
  b->f.config->recordings_dir = g_build_filename(b->f.dir, "recordings", NULL);
  b->f.config->recording_reserve_mib = 1;
  fixture_person(b->f.db, "主持", "host", "staff", 0, b->host);
  fixture_meeting(b->f.db, b->host, NULL, 0, b->meeting);
  fixture_start(&b->f);
  b->mail = mailbox_source(b->f.mailbox);
  g_source_attach(b->mail, NULL);
  static SceneTrack *video, *sound;
  if (!video) {
    const SceneVideo camera = {320, 180, 30, 15, 0, 12000000, 60};
    video = scene_video(21, &camera, 1);
    sound = scene_audio(22, 1000, 0, 12000000);
  }
  b->tracks[0] = video;
  b->tracks[1] = sound;
  g_timeout_add(5, wake, NULL);
}

static void remove_tree(const char *path) {
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  const char *name;
  while (dir && (name = g_dir_read_name(dir))) {
    g_autofree char *child = g_build_filename(path, name, NULL);
    remove_tree(child);
  }
  g_remove(path);
}

static void bench_clear(Bench *b) {
  g_source_destroy(b->mail);
  g_source_unref(b->mail);
  if (b->tap >= 0)
    close(b->tap);
  g_free(b->stopped);
  fixture_stop(&b->f);
  remove_tree(b->f.config->recordings_dir);
  fixture_clear(&b->f);
  while (g_source_remove_by_user_data(b))
    ;
}

static void start(Bench *b) {
  g_autoptr(GError) error = NULL;
  b->recorder = recorder_start(b->f.config, b->f.store, NULL, 7, b->meeting, &events, b, &error);
  g_assert_no_error(error);
  recorder_track(b->recorder, 21, SOURCE_CAMERA, b->host, "participant00001", clock_mono_us());
  recorder_track(b->recorder, 22, SOURCE_MIC, b->host, "participant00001", clock_mono_us());
  UNTIL(b->starts == 1);
  b->zero_us = clock_mono_us();
  g_timeout_add(5, feed, b);
}

typedef struct {
  Bench *b;
  json_t *recording;
} Read;

static void read_catalogue(sqlite3 *db, void *data) {
  Read *read = data;
  GError *error = NULL;
  g_autoptr(Statement) row = db_prepare(
      db,
      "select json_object('id', r.id, 'meeting', json_object('id', r.meeting), 'state', r.state,"
      " 'duration_ms', r.duration_ms, 'gaps', (select json_group_array(g.at_ms) from recording_gap "
      "g"
      "  where g.recording = r.id), 'files', (select json_group_array(json_object('name', f.name,"
      "  'kind', f.kind, 'sha256', f.sha256, 'bytes', f.bytes, 'duration_ms', f.duration_ms,"
      "  'person', json_object('id', f.person))) from recording_file f where f.recording = r.id))"
      " from recording r",
      &error);
  g_assert_no_error(error);
  g_assert_true(statement_one(row, "none", &error));
  read->recording = json_loads(column_text(row, 0), 0, NULL);
  g_assert_cmpint(statement_step(row, &error), ==, SQLITE_DONE);
}

static json_t *catalogue(Bench *b) {
  Read read = {b, NULL};
  fixture_on_reader(&b->f, read_catalogue, &read);
  return read.recording;
}

static const char *text(const json_t *object, const char *key) {
  return json_string_value(json_object_get(object, key));
}

static json_int_t number(const json_t *object, const char *key) {
  return json_integer_value(json_object_get(object, key));
}

/* Every catalogued file exists, decodes, has its hash and (tracks) its person. */
static void check_files(Bench *b, const json_t *recording, size_t count) {
  json_t *files = json_object_get(recording, "files");
  g_assert_cmpuint(json_array_size(files), ==, count);
  size_t i;
  json_t *file;
  g_autoptr(GDateTime) now = g_date_time_new_now_utc();
  g_autofree char *month = g_date_time_format(now, "%Y/%m");
  json_array_foreach(files, i, file) {
    g_autofree char *path = g_build_filename(b->f.config->recordings_dir, month,
                                             text(recording, "id"), text(file, "name"), NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(WebmFacts) facts = webm_read(path, true, &error);
    g_assert_no_error(error);
    g_assert_null(facts->error);
    g_autofree char *bytes = NULL;
    gsize len = 0;
    g_assert_true(g_file_get_contents(path, &bytes, &len, NULL));
    g_autofree char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (guchar *)bytes, len);
    g_assert_cmpstr(text(file, "sha256"), ==, sum);
    g_assert_cmpint(number(file, "bytes"), ==, (json_int_t)len);
    g_assert_cmpint(number(file, "duration_ms"), >, 500);
    if (strcmp(text(file, "kind"), "track") == 0 && strcmp(text(recording, "state"), "ready") == 0)
      g_assert_cmpstr(text(json_object_get(file, "person"), "id"), ==, b->host);
  }
}

static void test_plain(void) {
  Bench b;
  bench_init(&b);
  start(&b);
  run_for(3000000);
  int64_t stop_us = clock_mono_us();
  recorder_stop(b.recorder, "ended");
  UNTIL(b.stopped);
  g_assert_cmpint(clock_mono_us() - stop_us, <, 2000000);
  g_assert_cmpstr(b.stopped, ==, "ended");
  json_t *recording = catalogue(&b);
  g_assert_cmpstr(text(recording, "state"), ==, "ready");
  g_assert_cmpint(number(recording, "duration_ms"), >, 2800);
  check_files(&b, recording, 3);
  json_decref(recording);
  recorder_free(b.recorder);
  bench_clear(&b);
}

static void kill_children(void) {
  g_autofree char *path = g_strdup_printf("/proc/self/task/%d/children", (int)getpid());
  g_autofree char *list = NULL;
  g_assert_true(g_file_get_contents(path, &list, NULL, NULL));
  g_auto(GStrv) pids = g_strsplit(g_strstrip(list), " ", -1);
  g_assert_nonnull(pids[0]);
  for (unsigned i = 0; pids[i]; i++)
    kill((pid_t)g_ascii_strtoll(pids[i], NULL, 10), SIGKILL);
}

static void test_death(void) {
  Bench b;
  bench_init(&b);
  start(&b);
  run_for(2500000);
  kill_children();
  UNTIL(b.gaps == 1);
  g_assert_cmpuint(b.taps, ==, 2);
  g_assert_cmpint(b.gap_ms, <, 2000);
  run_for(2500000);
  recorder_stop(b.recorder, "host");
  UNTIL(b.stopped);
  json_t *recording = catalogue(&b);
  g_assert_cmpstr(text(recording, "state"), ==, "ready");
  g_assert_cmpuint(json_array_size(json_object_get(recording, "gaps")), ==, 1);
  check_files(&b, recording, 6);
  json_decref(recording);
  recorder_free(b.recorder);
  bench_clear(&b);
}

/* It never gives up a recording that ran. */
static void test_deaths(void) {
  Bench b;
  bench_init(&b);
  start(&b);
  for (unsigned deaths = 1; deaths <= 3; deaths++) {
    run_for(1200000);
    kill_children();
    UNTIL(b.gaps == deaths);
    if (deaths > 1) /* the first is repaired at once, the next ones wait */
      g_assert_cmpint(b.gap_ms, >=, 1000 * (deaths - 1));
  }
  g_assert_null(b.stopped);
  recorder_stop(b.recorder, "host");
  UNTIL(b.stopped);
  g_assert_cmpstr(b.stopped, ==, "host");
  recorder_free(b.recorder);
  bench_clear(&b);
}

static void test_no_start(void) {
  Bench b;
  bench_init(&b);
  g_free(b.f.config->pipeline_program);
  b.f.config->pipeline_program = g_strdup("/bin/false");
  g_autoptr(GError) error = NULL;
  b.recorder = recorder_start(b.f.config, b.f.store, NULL, 7, b.meeting, &events, &b, &error);
  g_assert_no_error(error);
  UNTIL(b.stopped);
  g_assert_cmpstr(b.stopped, ==, "failed");
  g_assert_cmpuint(b.starts, ==, 0);
  recorder_free(b.recorder);
  bench_clear(&b);
}

static void test_disk(void) {
  Bench b;
  bench_init(&b);
  start(&b);
  run_for(1200000);
  b.f.config->recording_reserve_mib = 1 << 20; /* a disk of less than a tebibyte is now full */
  UNTIL(b.stopped);
  g_assert_cmpstr(b.stopped, ==, "disk");
  recorder_free(b.recorder);
  json_t *recording = catalogue(&b);
  g_assert_cmpstr(text(recording, "state"), ==, "ready");
  check_files(&b, recording, 3);
  json_decref(recording);
  g_autoptr(GError) error = NULL;
  g_assert_null(recorder_start(b.f.config, b.f.store, NULL, 7, b.meeting, &events, &b, &error));
  g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
  bench_clear(&b);
}

static void on_recovered(void *user, unsigned recordings, unsigned files) {
  ((Bench *)user)->recovered = recordings;
}

/* The server dies with its recorder: the next start finds and completes everything. */
static void test_recovery(void) {
  Bench b;
  bench_init(&b);
  start(&b);
  run_for(3000000);
  kill_children();
  recorder_free(b.recorder);
  run_for(200000); /* rows on their way are written */
  /* A start at which nothing can be repaired loses nothing: the next one does it. */
  g_free(b.f.config->pipeline_program);
  b.f.config->pipeline_program = g_strdup("/bin/false");
  Recovery *recovery = recovery_start(b.f.config, b.f.store, on_recovered, &b);
  UNTIL(b.recovered == 1);
  recovery_free(recovery);
  json_t *recording = catalogue(&b);
  g_assert_cmpstr(text(recording, "state"), ==, "interrupted");
  json_decref(recording);
  g_free(b.f.config->pipeline_program);
  b.f.config->pipeline_program = g_strdup(program);
  b.recovered = 0;
  recovery = recovery_start(b.f.config, b.f.store, on_recovered, &b);
  UNTIL(b.recovered == 1);
  recording = catalogue(&b);
  g_assert_cmpstr(text(recording, "state"), ==, "interrupted");
  g_assert_cmpint(number(recording, "duration_ms"), >, 1000);
  check_files(&b, recording, 3);
  json_decref(recording);
  recovery_free(recovery);
  bench_clear(&b);
}

static bool lose_rows(sqlite3 *db, void *data, GError **error) {
  return db_exec(db,
                 "drop trigger recording_kept; drop trigger recording_file_kept;"
                 "delete from recording_file; delete from recording",
                 error);
}

static void lost(void *data, const GError *error) {
  g_assert_no_error(error);
  ((Bench *)data)->rows_lost = true;
}

/* The rows never reached the disk: the folder says whose it is, and when each file ended. */
static void test_orphan(void) {
  Bench b;
  bench_init(&b);
  start(&b);
  run_for(3000000);
  kill_children();
  recorder_free(b.recorder);
  run_for(200000);
  store_write(b.f.store, lose_rows, lost, &b);
  UNTIL(b.rows_lost);
  g_autofree char *strange =
      g_build_filename(b.f.config->recordings_dir, "2025", "01", "0000000000000000", NULL);
  g_assert_cmpint(g_mkdir_with_parents(strange, 0700), ==, 0);
  g_autofree char *file = g_build_filename(strange, "program-1.webm", NULL);
  g_assert_true(g_file_set_contents(file, "x", 1, NULL)); /* whose is it? */
  Recovery *recovery = recovery_start(b.f.config, b.f.store, on_recovered, &b);
  UNTIL(b.recovered == 1);
  recovery_free(recovery);
  json_t *recording = catalogue(&b);
  g_assert_cmpstr(text(recording, "state"), ==, "interrupted");
  g_assert_cmpstr(text(json_object_get(recording, "meeting"), "id"), ==, b.meeting);
  g_assert_cmpint(number(recording, "duration_ms"), >, 2000);
  g_assert_cmpint(number(recording, "duration_ms"), <, 6000);
  check_files(&b, recording, 3);
  json_decref(recording);
  b.recovered = 0; /* and it is no orphan any more */
  recovery = recovery_start(b.f.config, b.f.store, on_recovered, &b);
  run_for(500000);
  g_assert_cmpuint(b.recovered, ==, 0);
  recovery_free(recovery);
  bench_clear(&b);
}

/* Until it gets its way the disk is full, for all that is kept behind it. */
static bool full_until(sqlite3 *db, void *data, GError **error) {
  if (g_atomic_int_get((gint *)data))
    return true;
  g_set_error(error, STORE_ERROR, STORE_ERROR_DISK, "full");
  return false;
}

static void let_be(void *data, const GError *error) {}

/* The database can take nothing while the recording ends: the room hears it all the same, and the
 * rows are written once they can. */
static void test_full_at_the_end(void) {
  Bench b;
  bench_init(&b);
  start(&b);
  run_for(1500000);
  gint room = 0;
  store_write_kept(b.f.store, full_until, let_be, &room);
  int64_t stop_us = clock_mono_us();
  recorder_stop(b.recorder, "ended");
  UNTIL(b.stopped);
  g_assert_cmpint(clock_mono_us() - stop_us, <, 5000000);
  recorder_free(b.recorder);
  g_atomic_int_set(&room, 1);
  fixture_stop(&b.f);
  fixture_start(&b.f);
  json_t *recording = catalogue(&b);
  g_assert_cmpstr(text(recording, "state"), ==, "ready");
  check_files(&b, recording, 3);
  json_decref(recording);
  bench_clear(&b);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_assert(argc == 2);
  program = argv[1];
  g_autoptr(GError) error = NULL;
  if (!elements_init(&error)) {
    g_printerr("%s\n", error->message);
    return 1;
  }
  g_test_add_func("/recorder/plain", test_plain);
  g_test_add_func("/recorder/death", test_death);
  g_test_add_func("/recorder/deaths", test_deaths);
  g_test_add_func("/recorder/no-start", test_no_start);
  g_test_add_func("/recorder/disk", test_disk);
  g_test_add_func("/recorder/recovery", test_recovery);
  g_test_add_func("/recorder/orphan", test_orphan);
  g_test_add_func("/recorder/full-at-the-end", test_full_at_the_end);
  return g_test_run();
}
