#include "store/blob.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/id.h"
#include "base/log.h"
#include "store/database.h"
#include "store/statement.h"

#define FOLDER "attachments"
#define YOUNG_MS (3600 * INT64_C(1000))

struct Blob {
  char *data_dir, *path; /* path NULL: it is finished */
  int fd;
  uint64_t size;
  GChecksum *sum;
};

/* The folder's entries are durable. */
static bool sync_folder(const char *path, GError **error) {
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  bool fine = fd >= 0 && fsync(fd) == 0;
  if (!fine)
    store_fail_file(error, "write", path);
  if (fd >= 0)
    close(fd);
  return fine;
}

/* Makes it, durably, when it is not there. */
static bool make_folder(const char *path, GError **error) {
  if (mkdir(path, 0700) != 0)
    return errno == EEXIST || store_fail_file(error, "make", path);
  g_autofree char *above = g_path_get_dirname(path);
  return sync_folder(above, error);
}

char *blob_path(const char *data_dir, const char *sha256) {
  char first[3] = {sha256[0], sha256[1], 0};
  return g_build_filename(data_dir, FOLDER, first, sha256, NULL);
}

bool blob_is_there(const char *data_dir, const char *sha256, uint64_t size) {
  g_autofree char *path = blob_path(data_dir, sha256);
  struct stat facts;
  return stat(path, &facts) == 0 && S_ISREG(facts.st_mode) && (uint64_t)facts.st_size == size;
}

Blob *blob_new(const char *data_dir, GError **error) {
  char id[ID_CHARS + 1];
  g_autofree char *whole = g_build_filename(data_dir, FOLDER, NULL);
  g_autofree char *folder = g_build_filename(whole, "new", NULL);
  if (!make_folder(whole, error) || !make_folder(folder, error))
    return NULL;
  id_random(id, ID_CHARS);
  g_autofree char *path = g_build_filename(folder, id, NULL);
  int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) {
    store_fail_file(error, "create", path);
    return NULL;
  }
  Blob *blob = g_new0(Blob, 1);
  blob->data_dir = g_strdup(data_dir);
  blob->path = g_steal_pointer(&path);
  blob->fd = fd;
  blob->sum = g_checksum_new(G_CHECKSUM_SHA256);
  return blob;
}

bool blob_write(Blob *blob, const void *bytes, size_t size, GError **error) {
  if (blob->size + size > BLOB_BYTES_MOST) {
    g_set_error(error, STORE_ERROR, STORE_ERROR_INVALID, "the file is too large");
    return false;
  }
  for (size_t done = 0; done < size;) {
    ssize_t count = write(blob->fd, (const char *)bytes + done, size - done);
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      return store_fail_file(error, "write", blob->path);
    done += (size_t)count;
  }
  g_checksum_update(blob->sum, bytes, (gssize)size);
  blob->size += size;
  return true;
}

/* In place of one of the same content, so that it is young again for blobs_sweep. */
static bool name_it(Blob *blob, const char *sha256, GError **error) {
  g_autofree char *path = blob_path(blob->data_dir, sha256);
  g_autofree char *folder = g_path_get_dirname(path);
  if (!make_folder(folder, error))
    return false;
  if (rename(blob->path, path) != 0)
    return store_fail_file(error, "write", path);
  g_clear_pointer(&blob->path, g_free);
  return sync_folder(folder, error);
}

bool blob_finish(Blob *blob, BlobFacts *facts, GError **error) {
  *facts = (BlobFacts){.size = blob->size, .kind = file_kind(blob->fd, blob->size)};
  g_strlcpy(facts->sha256, g_checksum_get_string(blob->sum), sizeof facts->sha256);
  if (!facts->kind) {
    g_set_error(error, STORE_ERROR, STORE_ERROR_INVALID, "files of this kind are not kept");
    return false;
  }
  if (fsync(blob->fd) != 0)
    return store_fail_file(error, "write", blob->path);
  return name_it(blob, facts->sha256, error);
}

char *blob_pass(Blob *blob) {
  return g_steal_pointer(&blob->path);
}

void blob_free(Blob *blob) {
  if (!blob)
    return;
  if (blob->path)
    unlink(blob->path);
  close(blob->fd);
  g_checksum_free(blob->sum);
  g_free(blob->path);
  g_free(blob->data_dir);
  g_free(blob);
}

/* ---- what is nobody's ---- */

static bool is_old(const char *path, int64_t now_ms) {
  struct stat facts;
  return stat(path, &facts) == 0 && S_ISREG(facts.st_mode) &&
         now_ms - (int64_t)facts.st_mtim.tv_sec * 1000 > YOUNG_MS;
}

/* What cannot be looked up is named: nothing is removed for a reason that is not known. */
static bool is_named(sqlite3 *db, const char *sha256) {
  g_autoptr(Statement) row =
      db_prepare(db, "select 1 from attachment where sha256 = :sha256 limit 1", NULL);
  if (!row)
    return true;
  statement_text(row, ":sha256", sha256);
  return statement_step(row, NULL) != SQLITE_DONE;
}

static unsigned sweep_folder(sqlite3 *db, const char *data_dir, const char *name, int64_t now_ms) {
  g_autofree char *folder = g_build_filename(data_dir, FOLDER, name, NULL);
  g_autoptr(GDir) files = g_dir_open(folder, 0, NULL);
  const char *file;
  unsigned count = 0;
  while (files && (file = g_dir_read_name(files))) {
    g_autofree char *path = g_build_filename(folder, file, NULL);
    if (is_old(path, now_ms) && (!db || !is_named(db, file)) && unlink(path) == 0)
      count++;
  }
  if (count > 0)
    log_info("store", "blobs_swept", "count=%u", count);
  return count;
}

unsigned blobs_sweep(sqlite3 *db, const char *data_dir, unsigned folder, int64_t now_ms) {
  char name[3];
  g_snprintf(name, sizeof name, "%02x", folder % BLOB_FOLDERS);
  return sweep_folder(db, data_dir, name, now_ms) +
         (folder == 0 ? sweep_folder(NULL, data_dir, "new", now_ms) : 0);
}
