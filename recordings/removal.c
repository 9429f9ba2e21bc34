#include "recordings/removal.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "recordings/folder.h"
#include "store/audit.h"
#include "store/statement.h"

struct Removal {
  Store *store;
  char *recordings_dir;
  GThread *thread;   /* while it deletes, and until the next run */
  GPtrArray *found;  /* Doomed; the thread's while it runs */
  unsigned returned; /* of these came back; main thread */
  bool looked;       /* once: also at those whose files are gone */
  bool busy, again;  /* a run is on; another is wanted */
  bool loading;      /* the store has it */
  bool freed;
  int cancel; /* atomic */
};

/* A recording whose files go. */
typedef struct {
  Removal *removal;
  char *entry;
  GPtrArray *folders; /* of its parts */
  bool purged;        /* they were gone before */
  bool there;         /* a folder was */
  bool gone;          /* and is no more */
} Doomed;

static void doomed_free(void *data) {
  Doomed *doomed = data;
  g_free(doomed->entry);
  g_ptr_array_unref(doomed->folders);
  g_free(doomed);
}

/* ---- the disk ---- */

static bool failed(const char *path, const char *what, GError **error) {
  int code = errno;
  g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(code), "%s/%s: %s", path, what,
              g_strerror(code));
  return false;
}

/* What was taken out of the folder stays out after a loss of power. */
static bool sync_folder(const char *path, GError **error) {
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  bool fine = fd >= 0 && fsync(fd) == 0;
  if (!fine)
    failed(path, "", error);
  if (fd >= 0)
    close(fd);
  return fine;
}

bool removal_delete(const char *recordings_dir, const char *folder, GError **error) {
  if (!folder_valid(folder)) {
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s is no recording's folder", folder);
    return false;
  }
  g_autofree char *path = g_build_filename(recordings_dir, folder, NULL);
  g_autofree char *month = g_path_get_dirname(path);
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) /* gone; but on a disk that is not there nothing is known to be gone */
    return (errno == ENOENT && access(month, F_OK) == 0) || failed(path, "", error);
  g_autoptr(GDir) dir = g_dir_open(path, 0, error);
  bool fine = dir != NULL;
  const char *name;
  while (fine && (name = g_dir_read_name(dir)))
    fine = unlinkat(fd, name, 0) == 0 || errno == ENOENT || failed(path, name, error);
  close(fd);
  return fine && (rmdir(path) == 0 || errno == ENOENT || failed(path, "", error)) &&
         sync_folder(month, error);
}

/* ---- which ---- */

static bool load_folders(sqlite3 *db, Doomed *doomed, GError **error) {
  g_autoptr(Statement) rows =
      db_prepare(db, "select folder from recording where entry = :entry order by folder", error);
  if (!rows)
    return false;
  statement_text(rows, ":entry", doomed->entry);
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW)
    g_ptr_array_add(doomed->folders, g_strdup(column_text(rows, 0)));
  return result == SQLITE_DONE;
}

static bool load_work(sqlite3 *db, void *data, GError **error) {
  Removal *removal = data;
  g_autoptr(Statement) rows =
      db_prepare(db,
                 "select id, purged_at is not null from recording_entry"
                 " where removed_at is not null and (purged_at is null or :all) order by id",
                 error);
  if (!rows)
    return false;
  statement_int(rows, ":all", !removal->looked);
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW) {
    Doomed *doomed = g_new0(Doomed, 1);
    doomed->removal = removal;
    doomed->entry = g_strdup(column_text(rows, 0));
    doomed->purged = column_int(rows, 1);
    doomed->folders = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(removal->found, doomed);
  }
  if (result != SQLITE_DONE)
    return false;
  for (unsigned i = 0; i < removal->found->len; i++)
    if (!load_folders(db, removal->found->pdata[i], error))
      return false;
  return true;
}

/* ---- what the rows say then ---- */

static bool note(sqlite3 *db, const Doomed *doomed, int64_t now_ms, GError **error) {
  g_autoptr(Statement) sums =
      db_prepare(db,
                 "select count(*), coalesce(sum(f.bytes), 0) from recording_file f join recording r"
                 " on r.id = f.recording where r.entry = :entry",
                 error);
  if (!sums)
    return false;
  statement_text(sums, ":entry", doomed->entry);
  return statement_one(sums, "no sum", error) &&
         audit_note(db, "recording.purged", NULL, doomed->entry,
                    json_pack("{s:I, s:I}", "files", (json_int_t)column_int(sums, 0), "bytes",
                              (json_int_t)column_int(sums, 1)),
                    now_ms, error);
}

static bool purged_work(sqlite3 *db, void *data, GError **error) {
  const Doomed *doomed = data;
  if (!doomed->gone || (doomed->purged && !doomed->there))
    return true; /* nothing has changed */
  int64_t now_ms = clock_wall_ms();
  g_autoptr(Statement) update =
      db_prepare(db, "update recording_entry set purged_at = :now where id = :entry", error);
  if (!update)
    return false;
  statement_int(update, ":now", now_ms);
  statement_text(update, ":entry", doomed->entry);
  return statement_run(update, error) && note(db, doomed, now_ms, error);
}

/* ---- a run ---- */

static void release(Removal *removal) {
  bool back = !removal->found || removal->returned == removal->found->len;
  if (!removal->freed || removal->loading || !back)
    return; /* a store job still holds it */
  if (removal->found)
    g_ptr_array_unref(removal->found);
  g_free(removal->recordings_dir);
  g_free(removal);
}

static void run_ended(Removal *removal) {
  if (removal->thread)
    g_thread_join(g_steal_pointer(&removal->thread));
  removal->busy = false;
  if (removal->again && !removal->freed)
    removal_run(removal);
}

static void purged(void *data, const GError *error) {
  const Doomed *doomed = data;
  Removal *removal = doomed->removal;
  if (error)
    log_error("recordings", "not-noted", "recording=%s reason=%s", doomed->entry,
              log_q(error->message));
  else if (doomed->there && doomed->gone)
    log_info("recordings", "purged", "recording=%s", doomed->entry);
  if (++removal->returned == removal->found->len && !removal->freed)
    run_ended(removal);
  release(removal);
}

static void delete_one(Doomed *doomed) {
  Removal *removal = doomed->removal;
  doomed->gone = true;
  for (unsigned i = 0; i < doomed->folders->len; i++) {
    const char *folder = doomed->folders->pdata[i];
    g_autofree char *path = g_build_filename(removal->recordings_dir, folder, NULL);
    g_autoptr(GError) error = NULL;
    doomed->there = doomed->there || g_file_test(path, G_FILE_TEST_EXISTS);
    if (removal_delete(removal->recordings_dir, folder, &error))
      continue;
    doomed->gone = false;
    log_error("recordings", "not-purged", "folder=%s reason=%s", log_q(folder),
              log_q(error->message));
  }
}

/* Each comes back, also what is left for the next start. */
static void *run(void *data) {
  Removal *removal = data;
  for (unsigned i = 0, count = removal->found->len; i < count; i++) {
    Doomed *doomed = removal->found->pdata[i];
    if (!g_atomic_int_get(&removal->cancel))
      delete_one(doomed);
    store_write(removal->store, purged_work, purged, doomed);
  }
  return NULL;
}

static void load_done(void *data, const GError *error) {
  Removal *removal = data;
  removal->loading = false;
  if (error)
    log_error("recordings", "removal-failed", "reason=%s", log_q(error->message));
  if (error || removal->freed)
    g_ptr_array_set_size(removal->found, 0);
  removal->looked = removal->looked || !error;
  if (removal->freed)
    release(removal);
  else if (removal->found->len == 0)
    run_ended(removal);
  else
    removal->thread = g_thread_new("removal", run, removal);
}

Removal *removal_new(const Config *config, Store *store) {
  Removal *removal = g_new0(Removal, 1);
  removal->store = store;
  removal->recordings_dir = g_canonicalize_filename(config->recordings_dir, NULL);
  return removal;
}

void removal_run(Removal *removal) {
  removal->again = removal->busy;
  if (removal->busy)
    return;
  removal->busy = removal->loading = true;
  removal->returned = 0;
  if (removal->found)
    g_ptr_array_unref(removal->found);
  removal->found = g_ptr_array_new_with_free_func(doomed_free);
  store_read(removal->store, load_work, load_done, removal);
}

void removal_free(Removal *removal) {
  if (!removal)
    return;
  g_atomic_int_set(&removal->cancel, 1);
  if (removal->thread)
    g_thread_join(removal->thread);
  removal->freed = true;
  release(removal);
}
