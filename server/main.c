/* yishid: builds the parts, runs the main loop, takes them down in order.
 *
 * SIGTERM and SIGINT stop gracefully: no new connections, meetings are told, presence segments and
 * recordings closed, what is queued committed; a second signal exits at once. SIGHUP takes the
 * certificate from its files again. Main thread.
 */
#include <errno.h>
#include <glib-unix.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "api/turn.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "domain/recording/retention.h"
#include "domain/subjects.h"
#include "front/control.h"
#include "front/listener.h"
#include "model/attachment.h"
#include "model/due.h"
#include "model/guard.h"
#include "model/import-run.h"
#include "model/index-job.h"
#include "outbox/outbox.h"
#include "print.h"
#include "recordings/recover.h"
#include "recordings/removal.h"
#include "room/assembly.h"
#include "room/lines.h"
#include "store/audit-export.h"
#include "store/jobs.h"
#include "store/kept-answer.h"
#include "store/sessions.h"
#include "store/thumbnail-file.h"

#define STOP_MS 8000 /* below the 10 s after which service managers lose patience */
#define PURGE_S 3600
#define WARN_S 60
#define SWEEP_S 20         /* between two of BLOB_FOLDERS */
#define SWEEP_FIRST_MS 100 /* the same after the start: what a crash left is looked for at once */
#define GAUGES_S 5
#define FILES_MOST                                                                                 \
  65536 /* libwebsockets keeps a table of that many; some systems allow a billion */

/* The leak checker must be able to attach. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#define SANITIZED (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#else
#define SANITIZED 0
#endif

METRIC(rooms_metric, METRIC_GAUGE, "yishi_rooms", "Rooms that exist");
METRIC(participants_metric, METRIC_GAUGE, "yishi_participants", "Participants in all rooms");

typedef struct Server Server;

/* What is done from time to time, on the writer, and noted. */
typedef struct {
  Server *server;
  const char *name;
  unsigned every_s;
  bool (*work)(sqlite3 *db, void *chore, GError **error);
  void (*then)(Server *server); /* when it is durable, or has failed; NULL: nothing */
  int64_t began_ms;             /* the last time */
} Chore;

struct Server {
  Config *config;
  Mailbox *mailbox;
  GMainLoop *loop;
  Turn *turn;
  struct Model *model; /* outlives the store */
  Store *store;
  ApiContext *api;
  AuditExport *audit_export;
  IndexJob *index;
  Outbox *outbox;
  Recovery *recovery;
  Removal *removal;
  Assembly *assembly;
  Dispatch *dispatch;
  Listener *listener;
  Control *control; /* NULL: it could not be made */
  unsigned swept;   /* the writer's */
  unsigned swept_first;
  bool stopping;
  bool repaired; /* what a crash left of recordings: files may be removed */
  Chore purge, warn, retain;
};

/* ---- the process ---- */

static void prepare_process(const Config *config) {
  signal(SIGPIPE, SIG_IGN);
  signal(SIGHUP, SIG_IGN);
  struct rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = MIN(files.rlim_max, FILES_MOST);
    setrlimit(RLIMIT_NOFILE, &files);
  }
  umask(0077);
#if !SANITIZED
  /* Passwords and media keys must not end up in a core file; who debugs wants one. */
  if (strcmp(config->log_level, "debug") != 0) {
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
  }
#endif
}

/* Tells the service manager, when there is one (sd_notify(3), protocol only). */
static void notify(const char *state) {
  const char *path = g_getenv("NOTIFY_SOCKET");
  struct sockaddr_un where = {.sun_family = AF_UNIX};
  if (!path || (*path != '/' && *path != '@') || strlen(path) >= sizeof where.sun_path)
    return;
  memcpy(where.sun_path, path, strlen(path));
  if (*path == '@')
    where.sun_path[0] = 0;
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
  if (fd >= 0 &&
      sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&where, size) < 0)
    log_warn("main", "notify_failed", "reason=%s", log_q(g_strerror(errno)));
  if (fd >= 0)
    close(fd);
}

/* ---- what the API changed ---- */

static void meeting_changed(void *user, const char *meeting) {
  assembly_meeting_changed(((Server *)user)->assembly, meeting);
}

static void person_changed(void *user, const char *person) {
  assembly_person_changed(((Server *)user)->assembly, person);
}

static void person_revoked(void *user, const char *meeting, const char *person) {
  assembly_person_revoked(((Server *)user)->assembly, meeting, person);
}

static void person_turned_away(void *user, const char *meeting, const char *person,
                               const char *name) {
  assembly_person_turned_away(((Server *)user)->assembly, meeting, person, name);
}

static void names_changed(void *user) {
  assembly_names_changed(((Server *)user)->assembly);
}

/* Before the repair is over, its end sees to it. */
static void delete_removed(Server *server) {
  if (server->repaired)
    removal_run(server->removal);
}

static void recording_removed(void *user) {
  delete_removed(user);
}

static const ApiEffects effects = {meeting_changed,    person_changed, person_revoked,
                                   person_turned_away, names_changed,  recording_removed};

/* ---- running ---- */

static bool purge(sqlite3 *db, void *data, GError **error) {
  int64_t now_ms = clock_wall_ms();
  return sessions_purge(db, now_ms, error) && attachments_purge(db, now_ms, error) &&
         kept_answers_purge(db, now_ms, error) && imports_purge(db, now_ms, error);
}

static bool warn(sqlite3 *db, void *data, GError **error) {
  const Server *server = ((Chore *)data)->server;
  return due_warn(db, server->model, server->config->time_zone, clock_wall_ms(), error);
}

static bool retain(sqlite3 *db, void *data, GError **error) {
  const Server *server = ((Chore *)data)->server;
  unsigned removed;
  if (!recordings_retain(db, server->model, server->config->time_zone, clock_wall_ms(), &removed,
                         error))
    return false;
  if (removed > 0)
    log_info("main", "recordings_expired", "recordings=%u", removed);
  return true;
}

static void chore_ended(void *data, const GError *error) {
  const Chore *chore = data;
  if (error)
    log_warn("main", "chore_failed", "name=%s reason=%s", chore->name, log_q(error->message));
  JobRun run = {.name = chore->name,
                .started_ms = chore->began_ms,
                .ended_ms = clock_wall_ms(),
                .next_ms = chore->began_ms + chore->every_s * INT64_C(1000),
                .failure = error ? error->message : NULL};
  if (chore->server->stopping)
    return;
  job_queue(chore->server->store, &run);
  if (chore->then)
    chore->then(chore->server);
}

static gboolean chore_begin(void *data) {
  Chore *chore = data;
  chore->began_ms = clock_wall_ms();
  store_write(chore->server->store, chore->work, chore_ended, chore);
  return G_SOURCE_CONTINUE;
}

static void keep_doing(Chore *chore, Server *server, const char *name, unsigned every_s,
                       bool (*work)(sqlite3 *db, void *chore, GError **error)) {
  chore->server = server;
  chore->name = name;
  chore->every_s = every_s;
  chore->work = work;
  g_timeout_add_seconds(every_s, chore_begin, chore);
}

/* One folder a turn: the writer has other things to do. */
static bool sweep(sqlite3 *db, void *data, GError **error) {
  Server *server = data;
  unsigned folder = server->swept++ % BLOB_FOLDERS;
  blobs_sweep(db, server->config->data_dir, folder, clock_wall_ms());
  thumbnail_files_sweep(server->config->data_dir, folder);
  return true;
}

static void swept(void *data, const GError *error) {}

static gboolean sweep_now(void *data) {
  store_write(((Server *)data)->store, sweep, swept, data);
  return G_SOURCE_CONTINUE;
}

static gboolean sweep_first(void *data) {
  Server *server = data;
  sweep_now(server);
  if (++server->swept_first < BLOB_FOLDERS)
    return G_SOURCE_CONTINUE;
  g_timeout_add_seconds(SWEEP_S, sweep_now, server);
  return G_SOURCE_REMOVE;
}

static gboolean export_head(void *data) {
  audit_export_now(((Server *)data)->audit_export);
  return G_SOURCE_CONTINUE;
}

static gboolean run_outbox(void *data) {
  outbox_run(((Server *)data)->outbox, clock_wall_ms());
  return G_SOURCE_CONTINUE;
}

static gboolean run_index(void *data) {
  index_job_run(((Server *)data)->index, clock_wall_ms());
  return G_SOURCE_CONTINUE;
}

static gboolean show_gauges(void *data) {
  const Server *server = data;
  metric_set(&rooms_metric, assembly_room_count(server->assembly));
  metric_set(&participants_metric, assembly_participant_count(server->assembly));
  return G_SOURCE_CONTINUE;
}

static gboolean reload(void *data) {
  const Server *server = data;
  listener_reload(server->listener);
  return G_SOURCE_CONTINUE;
}

static void stopped(void *data) {
  g_main_loop_quit(((Server *)data)->loop);
}

static gboolean stop(void *data) {
  Server *server = data;
  if (server->stopping)
    _exit(EXIT_FAILURE); /* asked twice: at once */
  server->stopping = true;
  log_info("main", "stopping", "rooms=%u participants=%u", assembly_room_count(server->assembly),
           assembly_participant_count(server->assembly));
  notify("STOPPING=1");
  listener_stop(server->listener);
  assembly_stop(server->assembly, STOP_MS, stopped, server);
  return G_SOURCE_CONTINUE;
}

static void recovered(void *user, unsigned recordings, unsigned files) {
  Server *server = user;
  if (recordings > 0)
    log_info("main", "recordings_recovered", "recordings=%u files=%u", recordings, files);
  server->repaired = true;
  delete_removed(server);
}

static void ask_lines(void *assembly, LinesDone done, void *asker) {
  assembly_lines(assembly, done, asker);
}

static bool build(Server *server, GError **error) {
  server->turn = turn_new(server->config, error);
  if (!server->turn)
    return false;
  server->mailbox = mailbox_new();
  g_autoptr(GSource) source = mailbox_source(server->mailbox);
  g_source_attach(source, NULL);
  server->loop = g_main_loop_new(NULL, FALSE);
  server->model = subjects_model();
  server->store =
      store_open_with(server->config, server->mailbox, guards_install, server->model, error);
  if (!server->store)
    return false;
  server->index = index_job_new(server->store, server->model);
  server->api =
      api_context_new(server->config, server->store, server->mailbox, server->turn, server->model);
  server->audit_export = audit_export_new(server->config, server->store, error);
  if (!server->audit_export)
    return false;
  server->outbox = outbox_new(server->config, server->store, server->mailbox, server->model, error);
  if (!server->outbox)
    return false;
  server->removal = removal_new(server->config, server->store);
  server->recovery = recovery_start(server->config, server->store, recovered, server);
  server->assembly =
      assembly_new(server->config, server->store, server->model, server->mailbox, error);
  if (!server->assembly)
    return false;
  server->api->lines = ask_lines;
  server->api->lines_user = server->assembly;
  server->dispatch = dispatch_new(server->assembly);
  ListenerParts parts = {.config = server->config,
                         .store = server->store,
                         .api = server->api,
                         .dispatch = server->dispatch,
                         .effects = &effects,
                         .effects_user = server,
                         .loop = server->loop};
  server->listener = listener_new(&parts, error);
  if (!server->listener)
    return false;
  g_autoptr(GError) reason = NULL;
  server->control = control_new(server->config, server->assembly, &reason);
  if (!server->control) /* a path too long, say: only yishictl peers is without */
    log_warn("main", "control_failed", "reason=%s", log_q(reason->message));
  return true;
}

static void hear(Server *server) {
  while (server->mailbox && mailbox_drain(server->mailbox) > 0)
    ;
}

/* Clients go first, while rooms can still note it, and what the engines said last is heard while it
 * can still be written; then everything is committed, and what the store has to say to rooms is
 * heard before they go. The store itself goes last: whatever asks it until then gets an error. */
static void take_down(Server *server) {
  control_free(server->control);
  listener_free(server->listener);
  recovery_free(server->recovery);
  removal_free(server->removal);
  audit_export_free(server->audit_export);
  outbox_stop(server->outbox);
  api_context_stop(server->api);
  hear(server);
  store_stop(server->store);
  hear(server);
  if (server->dispatch)
    dispatch_free(server->dispatch);
  assembly_free(server->assembly);
  hear(server);
  api_context_free(server->api);
  outbox_free(server->outbox);
  store_close(server->store);
  index_job_free(server->index);
  subjects_free(server->model);
  if (server->loop)
    g_main_loop_unref(server->loop);
  mailbox_free(server->mailbox);
  turn_free(server->turn);
}

static int run(Server *server) {
  g_autoptr(GError) error = NULL;
  if (!build(server, &error)) {
    fprintf(stderr, "yishid: %s\n", error->message);
    take_down(server);
    return EXIT_FAILURE;
  }
  g_unix_signal_add(SIGTERM, stop, server);
  g_unix_signal_add(SIGINT, stop, server);
  g_unix_signal_add(SIGHUP, reload, server);
  keep_doing(&server->purge, server, "purge", PURGE_S, purge);
  keep_doing(&server->warn, server, "due", WARN_S, warn);
  keep_doing(&server->retain, server, "recordings", PURGE_S, retain);
  server->retain.then = delete_removed;
  g_timeout_add(SWEEP_FIRST_MS, sweep_first, server);
  export_head(server);
  g_timeout_add_seconds(AUDIT_EXPORT_S, export_head, server);
  g_timeout_add_seconds(OUTBOX_POLL_S, run_outbox, server);
  g_timeout_add_seconds(INDEX_JOB_S, run_index, server);
  g_timeout_add_seconds(GAUGES_S, show_gauges, server);
  printf("Yishi is ready: %s\n", listener_url(server->listener));
  fflush(stdout);
  log_info("main", "ready", "version=%s port=%u", YISHI_VERSION, listener_port(server->listener));
  notify("READY=1");
  g_main_loop_run(server->loop);
  take_down(server);
  log_info("main", "stopped", "version=%s", YISHI_VERSION);
  return EXIT_SUCCESS;
}

/* One value of the configuration, or the address when key is NULL. */
static int show(const Config *config, const char *key) {
  g_autofree char *text =
      key ? config_value(config, key) : listener_url_for(config, (unsigned)config->listen_port);
  if (text)
    puts(text);
  else
    fprintf(stderr, "yishid: there is no key \"%s\"\n", key);
  return text ? EXIT_SUCCESS : 2;
}

/* Part of what the program says of itself. */
static int print(const char *what) {
  const Print *printed = print_find(what);
  if (!printed) {
    fprintf(stderr, "yishid: it cannot print \"%s\"; see --help\n", what);
    return 2;
  }
  g_autofree char *text = print_text(printed);
  fputs(text, stdout);
  return EXIT_SUCCESS;
}

int main(int argc, char **argv) {
  g_autofree char *path = NULL;
  g_autofree char *print_value = NULL, *print_what = NULL;
  gboolean print_config = FALSE, print_version = FALSE, print_url = FALSE;
  const GOptionEntry entries[] = {
      {"config", 'c', 0, G_OPTION_ARG_FILENAME, &path, "Configuration file", "FILE"},
      {"print-config", 0, 0, G_OPTION_ARG_NONE, &print_config,
       "Print every key with its default and meaning", NULL},
      {"print-config-value", 0, 0, G_OPTION_ARG_STRING, &print_value,
       "Print the value in use of one key", "KEY"},
      {"print", 0, 0, G_OPTION_ARG_STRING, &print_what, "Print a part of what is declared (below)",
       "WHAT"},
      {"print-url", 0, 0, G_OPTION_ARG_NONE, &print_url, "Print the address that people use", NULL},
      {"version", 0, 0, G_OPTION_ARG_NONE, &print_version, "Print the version", NULL},
      {NULL},
  };
  g_autoptr(GOptionContext) options = g_option_context_new("- the Yishi conferencing server");
  g_autoptr(GError) error = NULL;
  g_autofree char *what_there_is = print_help();
  g_option_context_add_main_entries(options, entries, NULL);
  g_option_context_set_description(options, what_there_is);
  if (!g_option_context_parse(options, &argc, &argv, &error) || argc > 1) {
    fprintf(stderr, "yishid: %s\n", error ? error->message : "it takes options only; see --help");
    return 2;
  }
  if (print_version) {
    printf("yishid %s\n", YISHI_VERSION);
    return EXIT_SUCCESS;
  }
  if (print_config || print_what)
    return print(print_config ? "config" : print_what);
  Server server = {.config = config_load(path, &error)};
  if (!server.config) {
    fprintf(stderr, "yishid: %s\n", error->message);
    return 2;
  }
  if (print_value || print_url) {
    int shown = show(server.config, print_value);
    config_free(server.config);
    return shown;
  }
  LogLevel level = LOG_INFO;
  log_level_parse(server.config->log_level, &level);
  log_set_level(level);
  prepare_process(server.config);
  int status = run(&server);
  config_free(server.config);
  return status;
}
