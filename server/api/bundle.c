#include "api/bundle.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "store/database.h"

struct Bundle {
  struct archive *archive;
  time_t at;
};

static bool fail(const Bundle *bundle, GError **error) {
  const char *why = archive_error_string(bundle->archive);
  g_set_error(error, STORE_ERROR, STORE_ERROR_DISK, "the archive cannot be written: %s",
              why ? why : "no reason");
  return false;
}

Bundle *bundle_new(const char *path, int64_t now_ms, GError **error) {
  g_autoptr(Bundle) bundle = g_new0(Bundle, 1);
  bundle->archive = archive_write_new();
  bundle->at = (time_t)(now_ms / 1000);
  int fd =
      open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600); /* libarchive's mode is wider */
  if (fd < 0) {
    store_fail_file(error, "create", path);
    return NULL;
  }
  close(fd);
  if (archive_write_set_format_zip(bundle->archive) == ARCHIVE_OK &&
      archive_write_open_filename(bundle->archive, path) == ARCHIVE_OK)
    return g_steal_pointer(&bundle);
  fail(bundle, error);
  return NULL;
}

void bundle_free(Bundle *bundle) {
  if (!bundle)
    return;
  archive_write_free(bundle->archive);
  g_free(bundle);
}

static bool begin_file(Bundle *bundle, const char *name, uint64_t size, bool packed) {
  struct archive_entry *entry = archive_entry_new();
  archive_entry_set_pathname(entry, name);
  archive_entry_set_filetype(entry, AE_IFREG);
  archive_entry_set_perm(entry, 0644);
  archive_entry_set_size(entry, (la_int64_t)size);
  archive_entry_set_mtime(entry, bundle->at, 0);
  int result = packed ? archive_write_zip_set_compression_deflate(bundle->archive)
                      : archive_write_zip_set_compression_store(bundle->archive);
  if (result == ARCHIVE_OK)
    result = archive_write_header(bundle->archive, entry);
  archive_entry_free(entry);
  return result == ARCHIVE_OK;
}

static bool add_bytes(Bundle *bundle, const void *bytes, size_t size) {
  return archive_write_data(bundle->archive, bytes, size) == (la_ssize_t)size;
}

bool bundle_text(Bundle *bundle, const char *name, const char *text, size_t size,
                 char sha256[DIGEST_SIZE], GError **error) {
  g_autofree char *digest =
      g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text, size);
  g_strlcpy(sha256, digest, DIGEST_SIZE);
  return (begin_file(bundle, name, size, true) && add_bytes(bundle, text, size)) ||
         fail(bundle, error);
}

/* As long as it was when it was begun: what follows would be out of its place. */
static bool copy(Bundle *bundle, int fd, uint64_t size, GError **error) {
  g_autofree char *chunk = g_malloc(1 << 16);
  while (size > 0) {
    ssize_t count = read(fd, chunk, MIN(size, 1 << 16));
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0) {
      g_set_error_literal(error, STORE_ERROR, STORE_ERROR_DISK, "a file ended before its end");
      return false;
    }
    if (!add_bytes(bundle, chunk, (size_t)count))
      return fail(bundle, error);
    size -= (uint64_t)count;
  }
  return true;
}

bool bundle_file(Bundle *bundle, const char *name, const char *path, char sha256[DIGEST_SIZE],
                 uint64_t *bytes, GError **error) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0 || !digest_fd(fd, sha256, bytes) || lseek(fd, 0, SEEK_SET) != 0) {
    store_fail_file(error, "read", path);
    if (fd >= 0)
      close(fd);
    return false;
  }
  bool fine = begin_file(bundle, name, *bytes, false) ? copy(bundle, fd, *bytes, error)
                                                      : fail(bundle, error);
  close(fd);
  return fine;
}

bool bundle_close(Bundle *bundle, GError **error) {
  bool fine = archive_write_close(bundle->archive) == ARCHIVE_OK || fail(bundle, error);
  bundle_free(bundle);
  return fine;
}
