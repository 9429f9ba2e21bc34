/* The worker as the server runs it: a process fed in real time over sockets, stopped, abandoned, or
 * killed at a random instant; then the files are repaired and decoded.
 *
 *   test-worker YISHI-PIPELINE
 */
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../tests/tools/webm.h"
#include "base/clock.h"
#include "elements.h"
#include "testscene.h"

#define WORKERS 7
#define SCENE_US 9000000
#define LOST_MAX_US 2000000 /* of a killed recording */

typedef struct {
  char *dir;
  GPid pid;
  int tap, control;
  int64_t kill_us; /* on the scene's clock; 0: stopped, -1: its sockets are closed */
  int64_t zero_us; /* of its time line, monotonic */
  int64_t end_us;  /* monotonic, when it was killed or told to stop */
  bool over, ready, done;
  int64_t done_us;
  int64_t start_us[3]; /* of the program, the camera, the microphone */
  unsigned asked;
} Worker;

static const char *program;

/* Between fork and exec: async-signal-safe calls only. */
static void to_3_and_4(void *data) {
  const int *fds = data;
  dup2(fds[0], 3);
  dup2(fds[1], 4);
}

static void start(Worker *worker) {
  int tap[2], control[2];
  g_assert_cmpint(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, tap), ==, 0);
  g_assert_cmpint(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control), ==, 0);
  worker->dir = g_dir_make_tmp("yishi-worker-XXXXXX", NULL);
  /* Out of the way of 3 and 4. */
  int ends[2] = {fcntl(tap[1], F_DUPFD_CLOEXEC, 10), fcntl(control[1], F_DUPFD_CLOEXEC, 10)};
  char *argv[] = {(char *)program, "record", "--dir", worker->dir, "--part", "1", NULL};
  g_autoptr(GError) error = NULL;
  g_spawn_async(NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_LEAVE_DESCRIPTORS_OPEN,
                to_3_and_4, ends, &worker->pid, &error);
  g_assert_no_error(error);
  worker->tap = fcntl(tap[0], F_DUPFD_CLOEXEC, 20);
  worker->control = fcntl(control[0], F_DUPFD_CLOEXEC, 20);
  close(tap[0]), close(tap[1]), close(control[0]), close(control[1]);
  close(ends[0]), close(ends[1]);
}

static void read_control(Worker *worker) {
  char text[65536];
  ssize_t len;
  while ((len = recv(worker->control, text, sizeof text, MSG_DONTWAIT)) > 0) {
    json_t *message = json_loadb(text, (size_t)len, 0, NULL);
    g_assert_nonnull(message);
    const char *type = json_string_value(json_object_get(message, "t"));
    if (strcmp(type, "ready") == 0) {
      worker->ready = true;
      worker->zero_us = json_integer_value(json_object_get(message, "zero_us"));
    } else if (strcmp(type, "done") == 0) {
      worker->done = true;
      worker->done_us = clock_mono_us();
    } else if (strcmp(type, "file") == 0) {
      json_int_t track = json_integer_value(json_object_get(message, "track"));
      worker->start_us[track ? track - 4 : 0] =
          json_integer_value(json_object_get(message, "start_ms")) * 1000;
    } else if (strcmp(type, "trouble") == 0) {
      g_test_message("trouble: %s", json_string_value(json_object_get(message, "message")));
    }
    json_decref(message);
  }
  uint8_t up[TAP_MESSAGE_MAX];
  while ((len = recv(worker->tap, up, sizeof up, MSG_DONTWAIT)) > 0)
    worker->asked++;
}

static void tap_send_as(const Worker *worker, uint8_t message[TAP_MESSAGE_MAX], const void *body,
                        size_t len) {
  if (worker->over)
    return;
  if (len)
    memcpy(message + TAP_HEADER_BYTES, body, len);
  g_assert_cmpint(send(worker->tap, message, TAP_HEADER_BYTES + len, MSG_NOSIGNAL | MSG_DONTWAIT),
                  >, 0);
}

static void tap_send(const Worker *worker, TapType type, uint32_t track, int64_t capture_us,
                     const void *body, size_t len) {
  uint8_t message[TAP_MESSAGE_MAX];
  tapwire_write_header(message, type, track, capture_us);
  tap_send_as(worker, message, body, len);
}

static void tap_send_rtp(const Worker *worker, uint32_t track, int64_t capture_us,
                         const ScenePacket *packet) {
  uint8_t message[TAP_MESSAGE_MAX];
  tapwire_write_rtp(message, track, capture_us, packet->sequence);
  tap_send_as(worker, message, packet->data, packet->len);
}

static void finish(Worker *worker, int64_t now_us) {
  worker->over = true;
  worker->end_us = now_us;
  if (worker->kill_us > 0) {
    kill(worker->pid, SIGKILL);
  } else if (worker->kill_us == 0) {
    static const char stop[] = "{\"t\":\"stop\"}";
    g_assert_cmpint(send(worker->control, stop, sizeof stop - 1, 0), >, 0);
  } else {
    shutdown(worker->tap, SHUT_RDWR);
    shutdown(worker->control, SHUT_RDWR);
  }
}

static void feed(Worker *workers, const SceneTrack *const *tracks, unsigned count) {
  int64_t zero_us = clock_mono_us();
  unsigned next[8] = {0};
  for (unsigned w = 0; w < WORKERS; w++) {
    for (unsigned t = 0; t < count; t++) {
      uint8_t body[TAP_TRACK_BYTES];
      tapwire_write_track(body, &tracks[t]->info);
      tap_send(&workers[w], TAP_TRACK, tracks[t]->track, zero_us, body, sizeof body);
    }
    tap_send(&workers[w], TAP_PROGRAM, tracks[0]->track, zero_us, NULL, 0);
  }
  for (int64_t now_us = zero_us; now_us - zero_us < SCENE_US; now_us = clock_mono_us()) {
    for (unsigned t = 0; t < count; t++)
      for (; next[t] < tracks[t]->packets->len; next[t]++) {
        const ScenePacket *packet = &g_array_index(tracks[t]->packets, ScenePacket, next[t]);
        if (zero_us + packet->capture_us + 20000 > now_us)
          break;
        for (unsigned w = 0; w < WORKERS; w++)
          tap_send_rtp(&workers[w], tracks[t]->track, zero_us + packet->capture_us, packet);
      }
    for (unsigned w = 0; w < WORKERS; w++) {
      read_control(&workers[w]);
      if (!workers[w].over && workers[w].kill_us > 0 && now_us - zero_us > workers[w].kill_us)
        finish(&workers[w], now_us);
    }
    g_usleep(5000);
  }
}

static void repair(const char *path) {
  char *argv[] = {(char *)program, "repair", (char *)path, NULL};
  g_autofree char *out = NULL;
  int status = 0;
  g_autoptr(GError) error = NULL;
  g_spawn_sync(NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, NULL, &status, &error);
  g_assert_no_error(error);
  g_assert_true(g_spawn_check_wait_status(status, NULL));
  json_t *facts = json_loads(out, 0, NULL);
  g_assert_nonnull(facts);
  g_autofree char *bytes = NULL;
  gsize len = 0;
  g_assert_true(g_file_get_contents(path, &bytes, &len, NULL));
  g_assert_cmpint(json_integer_value(json_object_get(facts, "bytes")), ==, (json_int_t)len);
  g_autofree char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (guchar *)bytes, len);
  g_assert_cmpstr(json_string_value(json_object_get(facts, "sha256")), ==, sum);
  json_decref(facts);
}

/* It must reach to within LOST_MAX_US of the kill. */
static void check_file(Worker *worker, const char *name, int64_t start_us) {
  g_autofree char *path = g_build_filename(worker->dir, name, NULL);
  if (worker->kill_us > 0)
    repair(path);
  g_autoptr(GError) error = NULL;
  g_autoptr(WebmFacts) facts = webm_read(path, true, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(facts->error, ==, NULL);
  g_assert_cmpuint(facts->warnings, ==, 0);
  g_assert_true(facts->seekable);
  int64_t lost_us = worker->end_us - worker->zero_us - start_us - facts->duration_us;
  g_test_message("%s: %s, %d ms lost", worker->kill_us > 0 ? "killed" : "stopped", name,
                 (int)(lost_us / 1000));
  g_assert_cmpint(lost_us, <, worker->kill_us> 0 ? LOST_MAX_US : 500000);
  for (unsigned i = 0; i < facts->tracks->len; i++)
    g_assert_cmpuint(g_array_index(facts->tracks, WebmTrack, i).decoded, >, 10);
}

static void remove_all(const char *path) {
  const char *name;
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  while ((name = g_dir_read_name(dir))) {
    g_autofree char *file = g_build_filename(path, name, NULL);
    g_unlink(file);
  }
  g_rmdir(path);
}

static void test_ends(void) {
  const SceneVideo camera = {640, 360, 30, 300, 0, SCENE_US, 60};
  SceneTrack *video = scene_video(5, &camera, 1), *sound = scene_audio(6, 1000, 0, SCENE_US);
  const SceneTrack *tracks[] = {video, sound};
  Worker workers[WORKERS] = {{0}};
  for (unsigned w = 0; w < WORKERS; w++) {
    start(&workers[w]);
    /* One is stopped, one abandoned, the others are killed between 2.6 and 8.6 s. */
    workers[w].kill_us = w < 2 ? -(int64_t)w : g_random_int_range(2600, 8600) * 1000;
  }
  bool all = false;
  while (!all) {
    all = true;
    for (unsigned w = 0; w < WORKERS; w++) {
      read_control(&workers[w]);
      all = all && workers[w].ready;
    }
    g_usleep(2000);
  }
  feed(workers, tracks, 2);
  for (unsigned w = 0; w < WORKERS; w++)
    if (!workers[w].over)
      finish(&workers[w], clock_mono_us());
  for (unsigned w = 0; w < WORKERS; w++) {
    Worker *worker = &workers[w];
    int status = 0;
    while (worker->kill_us == 0 && !worker->done) {
      read_control(worker);
      g_usleep(1000);
    }
    g_assert_cmpint(waitpid(worker->pid, &status, 0), ==, worker->pid);
    if (worker->kill_us > 0) {
      g_assert_true(WIFSIGNALED(status));
    } else {
      g_assert_true(WIFEXITED(status));
      g_assert_cmpint(WEXITSTATUS(status), ==, 0);
    }
    if (worker->kill_us == 0)
      g_assert_cmpint(worker->done_us - worker->end_us, <, 2000000);
    check_file(worker, "program-1.webm", worker->start_us[0]);
    check_file(worker, "track-1-5-camera.webm", worker->start_us[1]);
    check_file(worker, "track-1-6-mic.webm", worker->start_us[2]);
    remove_all(worker->dir);
    g_free(worker->dir);
    close(worker->tap), close(worker->control);
  }
  scene_track_free(video);
  scene_track_free(sound);
}

static void test_repair_refuses(void) {
  g_autofree char *dir = g_dir_make_tmp("yishi-worker-XXXXXX", NULL);
  g_autofree char *empty = g_build_filename(dir, "empty.webm", NULL);
  g_autofree char *junk = g_build_filename(dir, "junk.webm", NULL);
  g_assert_true(g_file_set_contents(empty, "", 0, NULL));
  g_assert_true(g_file_set_contents(junk, "not a recording at all", -1, NULL));
  const char *paths[] = {empty, junk};
  for (unsigned i = 0; i < 2; i++) {
    char *argv[] = {(char *)program, "repair", (char *)paths[i], NULL};
    g_autofree char *out = NULL;
    int status = 0;
    g_assert_true(
        g_spawn_sync(NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, NULL, &status, NULL));
    g_test_message("%s", out);
  }
  g_assert_false(g_file_test(empty, G_FILE_TEST_EXISTS));
  remove_all(dir);
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
  g_test_add_func("/worker/repair-refuses", test_repair_refuses);
  g_test_add_func("/worker/ends", test_ends);
  return g_test_run();
}
