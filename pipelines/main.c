/* yishi-pipeline: the media worker (PIPELINE.md).
 *
 *   yishi-pipeline record --dir DIR --part N   records one room from descriptors 3 and 4
 *   yishi-pipeline repair FILE                 makes what a crash left into a whole file
 *   yishi-pipeline check                       tells which GStreamer elements are missing
 *
 * It ends when it is told to or when its tap closes, never by a terminal's or a service manager's
 * signal: the server decides when a recording is over, and a closed socket tells that it is gone.
 */
#include <fcntl.h>
#include <glib-unix.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mailbox.h"
#include "elements.h"
#include "record.h"
#include "repair.h"
#include "sandbox/sandbox.h"
#include "tapreader.h"

#define TAP_FD 3
#define CONTROL_FD 4
#define CONTROL_MAX_BYTES 65536
#define TICK_MS 20
#define LOCK_TRIES 300
#define LOCK_WAIT_US 100000 /* half a minute in all: closing and hashing a long recording */
#define REPAIR_NICE 10      /* the server forwards media beside it */

typedef struct {
  GMainLoop *loop;
  Mailbox *mailbox;
  Record *record;
} Worker;

static void send_report(void *user, const json_t *message) {
  g_autofree char *text = json_dumps(message, JSON_COMPACT);
  /* The server may be gone; the files are closed all the same. */
  if (send(CONTROL_FD, text, strlen(text), MSG_NOSIGNAL) < 0)
    log_debug("pipeline", "report_failed", "bytes=%zu", strlen(text));
  Worker *worker = user;
  if (worker->record && record_done(worker->record))
    g_main_loop_quit(worker->loop);
}

static void ask_keyframe(void *user, uint32_t track) {
  uint8_t message[TAP_HEADER_BYTES];
  tapwire_write_header(message, TAP_KEYFRAME, track, 0);
  /* Lost when the socket is full: it is asked again. */
  if (send(TAP_FD, message, sizeof message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
    log_debug("pipeline", "ask_failed", "track=%u", track);
}

static void on_tap_message(void *user, const TapMessage *message, int64_t now_us) {
  record_message(((Worker *)user)->record, message, now_us);
}

static void on_tap_overrun(void *user, uint64_t packets) {
  record_overrun(((Worker *)user)->record, packets);
}

static void on_tap_closed(void *user) {
  record_stop(((Worker *)user)->record, clock_mono_us());
}

static gboolean on_tick(void *user) {
  Worker *worker = user;
  if (mailbox_depth(worker->mailbox) == 0) /* else what waits is older than now */
    record_tick(worker->record, clock_mono_us());
  return G_SOURCE_CONTINUE;
}

static gboolean on_control(int fd, GIOCondition condition, void *user) {
  Worker *worker = user;
  static char text[CONTROL_MAX_BYTES];
  ssize_t len = recv(fd, text, sizeof text, MSG_DONTWAIT);
  if (len <= 0) /* the server is gone: the tap's end follows, unless it is stuck */
    return len < 0 && condition == G_IO_IN;
  json_t *message = json_loadb(text, (size_t)len, 0, NULL);
  const char *type = json_string_value(json_object_get(message, "t"));
  /* The reader takes what is still in the socket, then finds its end, and that stops the part. */
  if (type && strcmp(type, "stop") == 0 && shutdown(TAP_FD, SHUT_RD) < 0)
    record_stop(worker->record, clock_mono_us());
  json_decref(message);
  return G_SOURCE_CONTINUE;
}

static int say(const char *what, GError *error) {
  log_error("pipeline", what, "error=%s", log_q(error ? error->message : NULL));
  g_clear_error(&error);
  return 1;
}

/* A part's files belong to the process that holds its lock: a repair that was started by a new
 * server waits until the old server's recorder has closed them. False when somebody else keeps it.
 */
static bool lock_part(const char *dir, unsigned part, bool wait) {
  g_autofree char *name = g_strdup_printf("%s/.part-%u", dir, part);
  int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    return false;
  for (unsigned tries = wait ? LOCK_TRIES : 0;; tries--) {
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
      return true; /* held until the process ends */
    if (!tries)
      break;
    g_usleep(LOCK_WAIT_US);
  }
  close(fd);
  return false;
}

static int run_record(const char *dir, unsigned part) {
  GError *error = NULL;
  SandboxState state;
  umask(077);
  if (!lock_part(dir, part, false))
    return say("part_is_taken", NULL);
  if (!sandbox_enter(dir, &state, &error))
    return say("no_sandbox", error);
  Worker worker = {.loop = g_main_loop_new(NULL, FALSE), .mailbox = mailbox_new()};
  const RecordEvents events = {.report = send_report, .keyframe = ask_keyframe};
  worker.record = record_new(dir, part, clock_mono_us(), worker.mailbox, &events, &worker, &error);
  if (!worker.record)
    return say("not_started", error);
  log_info("pipeline", "recording", "part=%u seccomp=%d landlock=%d", part, state.seccomp,
           state.landlock);
  const TapReaderEvents tap_events = {on_tap_message, on_tap_overrun, on_tap_closed};
  tapreader_start(TAP_FD, worker.mailbox, &tap_events, &worker);
  g_autoptr(GSource) mail = mailbox_source(worker.mailbox);
  g_source_attach(mail, NULL);
  g_unix_fd_add(CONTROL_FD, G_IO_IN | G_IO_HUP | G_IO_ERR, on_control, &worker);
  g_timeout_add(TICK_MS, on_tick, &worker);
  g_main_loop_run(worker.loop);
  g_autofree char *lock = g_strdup_printf("%s/.part-%u", dir, part);
  unlink(lock);
  /* Everything is closed and synced; the tap's thread may still sit in a read. */
  _exit(0);
}

static int run_repair(const char *path) {
  GError *error = NULL;
  SandboxState state;
  RepairFacts facts;
  g_autofree char *dir = g_path_get_dirname(path), *name = g_path_get_basename(path);
  unsigned part = 0;
  umask(077);
  if (nice(REPAIR_NICE) < 0)
    log_debug("pipeline", "not_nice", "file=%s", log_q(name));
  if ((sscanf(name, "program-%u", &part) == 1 || sscanf(name, "track-%u", &part) == 1) &&
      !lock_part(dir, part, true))
    return say("still_recorded", NULL);
  if (!sandbox_enter(dir, &state, &error))
    return say("no_sandbox", error);
  if (!repair_file(path, &facts, &error))
    return say("not_repaired", error);
  printf("{\"empty\":%s,\"duration_ms\":%" G_GINT64_FORMAT ",\"bytes\":%" G_GUINT64_FORMAT
         ",\"frames\":%" G_GUINT64_FORMAT ",\"sha256\":\"%s\"}\n",
         facts.empty ? "true" : "false", (gint64)(facts.duration_us / 1000), (guint64)facts.bytes,
         (guint64)facts.frames, facts.sha256);
  return fflush(stdout) == 0 ? 0 : 1;
}

static int usage(void) {
  fprintf(stderr, "usage: yishi-pipeline record --dir DIR --part N\n"
                  "       yishi-pipeline repair FILE\n"
                  "       yishi-pipeline check\n");
  return 2;
}

int main(int argc, char **argv) {
  const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
  GError *error = NULL;
  bool record = argc == 6 && strcmp(argv[1], "record") == 0 && strcmp(argv[2], "--dir") == 0 &&
                strcmp(argv[4], "--part") == 0;
  bool repair = argc == 3 && strcmp(argv[1], "repair") == 0;
  bool check = argc == 2 && strcmp(argv[1], "check") == 0;
  if (!record && !repair && !check)
    return usage();
  if (record)
    for (unsigned i = 0; i < G_N_ELEMENTS(ignored); i++)
      signal(ignored[i], SIG_IGN);
  if (!elements_init(&error)) {
    if (check)
      fprintf(stderr, "%s\n", error->message);
    return say("no_elements", error);
  }
  if (record)
    return run_record(argv[3], (unsigned)strtoul(argv[5], NULL, 10));
  return repair ? run_repair(argv[2]) : 0;
}
