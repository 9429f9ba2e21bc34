#include "api/transit.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/statvfs.h>

#include "base/id.h"
#include "base/log.h"

static char *folder_of(const Config *config) {
  return g_build_filename(config->data_dir, "transit", NULL);
}

void transit_clear(const Config *config) {
  g_autofree char *folder = folder_of(config);
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  const char *name;
  while (dir && (name = g_dir_read_name(dir))) {
    g_autofree char *path = g_build_filename(folder, name, NULL);
    if (g_remove(path) != 0)
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
