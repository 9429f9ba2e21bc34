#include "api/transit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/id.h"
#include "base/log.h"

#define REMOVING_TRIES 3
#define DEPTH_MOST 64 /* of folders in each other, each an open file meanwhile; a profile has 6 */

static char *folder_of(const Config *config) {
  return g_build_filename(config->data_dir, "transit", NULL);
}

/* Entries are only removed by their own names, so that one cannot be made a link meanwhile that
 * leads elsewhere. */
static void empty(int fd, unsigned depth) {
  DIR *dir = fdopendir(fd);
  const struct dirent *entry;
  if (!dir) {
    close(fd);
    return;
  }
  while ((entry = readdir(dir))) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
        unlinkat(fd, entry->d_name, 0) == 0)
      continue;
    int below = depth == DEPTH_MOST
                    ? -1
                    : openat(fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (below < 0)
      continue;
    empty(below, depth + 1);
    unlinkat(fd, entry->d_name, AT_REMOVEDIR);
  }
  closedir(dir);
}

bool transit_remove(const char *folder) {
  for (unsigned i = 0; i < REMOVING_TRIES; i++) {
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
      return errno == ENOENT;
    empty(fd, 1);
    if (g_rmdir(folder) == 0)
      return true;
  }
  return false;
}

void transit_clear(const Config *config) {
  g_autofree char *folder = folder_of(config);
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  const char *name;
  while (dir && (name = g_dir_read_name(dir))) {
    g_autofree char *path = g_build_filename(folder, name, NULL);
    if (g_unlink(path) != 0 && !transit_remove(path))
      log_warn("api", "transit_left", "reason=%s", log_q(g_strerror(errno)));
  }
}

char *transit_path(const Config *config, const char *extension, GError **error) {
  g_autofree char *folder = folder_of(config);
  char id[ID_CHARS + 1];
  if (g_mkdir_with_parents(folder, 0700) != 0) {
    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno), "%s: %s", folder,
                g_strerror(errno));
    return NULL;
  }
  id_random(id, ID_CHARS);
  return g_strconcat(folder, "/", id, extension, NULL);
}

bool transit_has_disk(const Config *config, uint64_t bytes) {
  struct statvfs fs;
  if (statvfs(config->data_dir, &fs) != 0)
    return true; /* writing will tell */
  uint64_t left = (uint64_t)fs.f_bavail * fs.f_frsize;
  return left > bytes + (uint64_t)config->recording_reserve_mib * 1024 * 1024;
}
