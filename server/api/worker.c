#include "api/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <unistd.h>

#include "base/log.h"

struct Workers {
  unsigned most, waiting;
  GPtrArray *running; /* Job */
  GQueue line;        /* Job */
};

typedef struct {
  Workers *workers; /* NULL: they were stopped, and nobody waits for it any more */
  char *program, *argument, *second, *in, *out;
  unsigned most_s, timer;
  WorkerDone done;
  void *data;
  const char *not_started; /* why not */
  bool dropped;
  GSubprocess *process;
} Job;

Workers *workers_new(unsigned most, unsigned waiting) {
  Workers *workers = g_new0(Workers, 1);
  workers->most = most;
  workers->waiting = waiting;
  workers->running = g_ptr_array_new();
  return workers;
}

void workers_free(Workers *workers) {
  if (!workers)
    return;
  g_assert(workers->running->len == 0 && g_queue_is_empty(&workers->line));
  g_ptr_array_unref(workers->running);
  g_free(workers);
}

static void job_free(Job *job) {
  g_clear_object(&job->process);
  g_free(job->program);
  g_free(job->argument);
  g_free(job->second);
  g_free(job->in);
  g_free(job->out);
  g_free(job);
}

/* ---- one of them ---- */

static gboolean takes_too_long(void *data) {
  Job *job = data;
  job->timer = 0;
  log_warn("api", "worker_too_slow", "program=%s seconds=%u", log_q(job->program), job->most_s);
  g_subprocess_force_exit(job->process);
  return G_SOURCE_REMOVE;
}

static int open_file(const char *path, int flags, GError **error) {
  int fd = open(path ? path : "/dev/null", flags | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "%s: %s",
                path ? path : "/dev/null", g_strerror(errno));
  return fd;
}

/* The process has the two files and nothing else of ours, not even where the server's log goes. */
static bool start(Job *job, GError **error) {
  g_autoptr(GSubprocessLauncher) launcher =
      g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  char *environment[] = {NULL};
  int in = open_file(job->in, O_RDONLY, error);
  int out = in < 0 ? -1 : open_file(job->out, O_WRONLY | (job->out ? O_CREAT | O_EXCL : 0), error);
  if (out < 0) {
    if (in >= 0)
      close(in);
    return false;
  }
  g_subprocess_launcher_set_environ(launcher, environment);
  g_subprocess_launcher_take_stdin_fd(launcher, in);
  g_subprocess_launcher_take_stdout_fd(launcher, out);
  job->process = g_subprocess_launcher_spawn(launcher, error, job->program, job->argument,
                                             job->argument ? job->second : NULL, NULL);
  return job->process != NULL;
}

static void begin(Job *job);

static void finish(Job *job, int status, const GError *error) {
  Workers *workers = job->workers;
  Job *next;
  g_ptr_array_remove(workers->running, job);
  job->done(job->data, status, error);
  job_free(job);
  if (workers->running->len < workers->most && (next = g_queue_pop_head(&workers->line)))
    begin(next);
}

/* What it refused it says by its status, and to whoever asked. */
static int status_of(const Job *job) {
  if (!g_subprocess_get_if_exited(job->process)) {
    if (!job->dropped)
      log_limited(LOG_WARN, "api", "worker_died", "program=%s signal=%d", log_q(job->program),
                  g_subprocess_get_term_sig(job->process));
    return -1;
  }
  int status = g_subprocess_get_exit_status(job->process);
  if (status != 0)
    log_limited(LOG_INFO, "api", "worker_ended", "program=%s status=%d", log_q(job->program),
                status);
  return status;
}

static void ended(GObject *object, GAsyncResult *result, void *data) {
  Job *job = data;
  g_subprocess_wait_finish(G_SUBPROCESS(object), result, NULL);
  if (job->timer)
    g_source_remove(job->timer);
  if (!job->workers) {
    job_free(job);
    return;
  }
  finish(job, status_of(job), NULL);
}

static gboolean not_started(void *data) {
  Job *job = data;
  if (!job->workers) {
    job_free(job);
    return G_SOURCE_REMOVE;
  }
  g_autoptr(GError) error =
      g_error_new(G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s %s", job->program, job->not_started);
  finish(job, -1, error);
  return G_SOURCE_REMOVE;
}

static void begin(Job *job) {
  g_autoptr(GError) error = NULL;
  g_ptr_array_add(job->workers->running, job);
  if (start(job, &error)) {
    job->timer = g_timeout_add_seconds(job->most_s, takes_too_long, job);
    g_subprocess_wait_async(job->process, NULL, ended, job);
    return;
  }
  log_error("api", "worker_not_started", "reason=%s", log_q(error->message));
  job->not_started = "could not be started";
  g_idle_add(not_started, job);
}

bool workers_run(Workers *workers, const Worker *worker, WorkerDone done, void *data) {
  bool now = workers->running->len < workers->most;
  if (!now && g_queue_get_length(&workers->line) >= workers->waiting)
    return false;
  Job *job = g_new0(Job, 1);
  *job = (Job){.workers = workers,
               .program = g_strdup(worker->program),
               .argument = g_strdup(worker->argument),
               .second = g_strdup(worker->second),
               .in = g_strdup(worker->in),
               .out = g_strdup(worker->out),
               .most_s = worker->most_s,
               .done = done,
               .data = data};
  if (now)
    begin(job);
  else
    g_queue_push_tail(&workers->line, job);
  return true;
}

static void leave_line(Workers *workers, Job *job) {
  g_queue_remove(&workers->line, job);
  g_ptr_array_add(workers->running, job); /* it ends as those do */
  job->not_started = "is not wanted any more";
  g_idle_add(not_started, job);
}

void workers_drop(Workers *workers, const void *data) {
  for (GList *link = workers->line.head, *next; link; link = next) {
    next = link->next;
    if (((Job *)link->data)->data == data)
      leave_line(workers, link->data);
  }
  for (unsigned i = 0; i < workers->running->len; i++) {
    Job *job = workers->running->pdata[i];
    job->dropped |= job->data == data;
    if (job->data == data && job->process)
      g_subprocess_force_exit(job->process);
  }
}

/* What runs is waited for by its own callback, which frees it, if there is still a loop to call it.
 */
void workers_stop(Workers *workers) {
  g_autoptr(GError) error = g_error_new(G_FILE_ERROR, G_FILE_ERROR_FAILED, "the server stops");
  g_autoptr(GPtrArray) running = g_steal_pointer(&workers->running);
  Job *job;
  workers->running = g_ptr_array_new();
  workers->most = workers->waiting = 0; /* no more */
  while ((job = g_queue_pop_head(&workers->line))) {
    job->done(job->data, -1, error);
    job_free(job);
  }
  for (unsigned i = 0; i < running->len; i++) {
    job = running->pdata[i];
    job->workers = NULL;
    if (job->process)
      g_subprocess_force_exit(job->process);
    job->done(job->data, -1, error);
  }
}

char *worker_program(const char *configured, const char *name, const char *build_folder) {
  if (*configured)
    return g_strdup(configured);
  g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
  g_autofree char *dir = g_path_get_dirname(self ? self : ".");
  char *beside = g_build_filename(dir, name, NULL);
  if (g_file_test(beside, G_FILE_TEST_IS_EXECUTABLE))
    return beside;
  g_free(beside);
  return g_build_filename(dir, build_folder, name, NULL);
}
