#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

#define SYNC_PERIOD_US G_TIME_SPAN_SECOND
#define HASH_THREADS 2 /* one file is bound by SHA-256, about 1 GB/s; the server needs the rest */

typedef struct {
  gint refs;
  char *name;
  int fd; /* read only: enough for fdatasync and for hashing */
} PartFile;

typedef struct {
  Files *files;
  PartFile *file;
  FilesClosed closed;
  void *data;
  FileFacts facts;
} CloseJob;

struct Files {
  char *dir;
  int dir_fd;
  Mailbox *mailbox;
  GPtrArray *open; /* PartFile; lock */
  uint64_t closed_bytes;
  unsigned pending;
  GThreadPool *pool;
  GThread *syncer;
  GMutex lock;
  GCond wake;
  bool stop;      /* lock */
  bool dir_dirty; /* lock: a new name is not on the disk yet */
};

static void part_file_unref(PartFile *file) {
  if (!g_atomic_int_dec_and_test(&file->refs))
    return;
  close(file->fd);
  g_free(file->name);
  g_free(file);
}

static PartFile *part_file_ref(PartFile *file) {
  g_atomic_int_inc(&file->refs);
  return file;
}

static void *copy_ref(const void *file, void *data) {
  return part_file_ref((PartFile *)file);
}

static void *sync_loop(void *data) {
  Files *files = data;
  g_mutex_lock(&files->lock);
  while (!files->stop) {
    int64_t until = g_get_monotonic_time() + SYNC_PERIOD_US;
    while (!files->stop && g_cond_wait_until(&files->wake, &files->lock, until))
      ;
    if (files->stop)
      break;
    g_autoptr(GPtrArray) now = g_ptr_array_copy(files->open, copy_ref, NULL);
    g_ptr_array_set_free_func(now, (GDestroyNotify)part_file_unref);
    bool dir_dirty = files->dir_dirty;
    files->dir_dirty = false;
    g_mutex_unlock(&files->lock);
    if (dir_dirty && fsync(files->dir_fd) < 0)
      log_warn("pipeline", "sync_failed", "error=%s", log_q(g_strerror(errno)));
    for (unsigned i = 0; i < now->len; i++) {
      PartFile *file = g_ptr_array_index(now, i);
      if (fdatasync(file->fd) < 0)
        log_warn("pipeline", "sync_failed", "file=%s error=%s", file->name,
                 log_q(g_strerror(errno)));
    }
    g_mutex_lock(&files->lock);
  }
  g_mutex_unlock(&files->lock);
  return NULL;
}

static void job_free(void *data) {
  CloseJob *job = data;
  part_file_unref(job->file);
  g_free(job);
}

static void job_done(void *data) {
  CloseJob *job = data;
  job->files->pending--;
  job->files->closed_bytes += job->facts.bytes;
  job->closed(job->data, &job->facts);
  job_free(job);
}

static void job_run(void *data, void *user) {
  CloseJob *job = data;
  Files *files = user;
  if (fsync(job->file->fd) < 0 || !digest_fd(job->file->fd, job->facts.sha256, &job->facts.bytes))
    log_warn("pipeline", "close_failed", "file=%s error=%s", job->file->name,
             log_q(g_strerror(errno)));
  mailbox_post(files->mailbox, job_done, job_free, job);
}

Files *files_new(const char *dir, Mailbox *mailbox) {
  Files *files = g_new0(Files, 1);
  files->dir = g_strdup(dir);
  files->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  files->mailbox = mailbox;
  files->open = g_ptr_array_new_with_free_func((GDestroyNotify)part_file_unref);
  g_mutex_init(&files->lock);
  g_cond_init(&files->wake);
  files->pool = g_thread_pool_new(job_run, files, HASH_THREADS, FALSE, NULL);
  files->syncer = g_thread_new("sync", sync_loop, files);
  return files;
}

void files_free(Files *files) {
  if (!files)
    return;
  g_thread_pool_free(files->pool, FALSE, TRUE);
  g_mutex_lock(&files->lock);
  files->stop = true;
  g_cond_signal(&files->wake);
  g_mutex_unlock(&files->lock);
  g_thread_join(files->syncer);
  g_ptr_array_unref(files->open);
  g_mutex_clear(&files->lock);
  g_cond_clear(&files->wake);
  if (files->dir_fd >= 0)
    close(files->dir_fd);
  g_free(files->dir);
  g_free(files);
}

bool files_add(Files *files, const char *name, GError **error) {
  g_autofree char *path = g_build_filename(files->dir, name, NULL);
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) {
    g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(errno), "%s: %s", name,
                g_strerror(errno));
    return false;
  }
  PartFile *file = g_new0(PartFile, 1);
  *file = (PartFile){.refs = 1, .name = g_strdup(name), .fd = fd};
  g_mutex_lock(&files->lock);
  g_ptr_array_add(files->open, file);
  files->dir_dirty = true;
  g_mutex_unlock(&files->lock);
  return true;
}

void files_close(Files *files, const char *name, FilesClosed closed, void *data) {
  PartFile *file = NULL;
  g_mutex_lock(&files->lock);
  for (unsigned i = 0; i < files->open->len && !file; i++) {
    PartFile *at = g_ptr_array_index(files->open, i);
    if (strcmp(at->name, name) == 0)
      file = g_ptr_array_steal_index_fast(files->open, i);
  }
  g_mutex_unlock(&files->lock);
  g_assert(file);
  CloseJob *job = g_new0(CloseJob, 1);
  *job = (CloseJob){.files = files, .file = file, .closed = closed, .data = data};
  job->facts.name = file->name;
  files->pending++;
  g_thread_pool_push(files->pool, job, NULL);
}

unsigned files_pending(const Files *files) {
  return files->pending;
}

uint64_t files_bytes(Files *files) {
  uint64_t bytes = files->closed_bytes;
  struct stat st;
  g_mutex_lock(&files->lock);
  for (unsigned i = 0; i < files->open->len; i++)
    if (fstat(((PartFile *)g_ptr_array_index(files->open, i))->fd, &st) == 0)
      bytes += (uint64_t)st.st_size;
  g_mutex_unlock(&files->lock);
  return bytes;
}
