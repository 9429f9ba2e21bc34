#include "recordings/folder.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>

#define NAME_MAX_CHARS 80

char *folder_name(int64_t wall_ms, const char *id) {
  time_t seconds = (time_t)(wall_ms / 1000);
  struct tm tm;
  gmtime_r(&seconds, &tm);
  return g_strdup_printf("%04d/%02d/%s", tm.tm_year + 1900, tm.tm_mon + 1, id);
}

static bool digits(const char *text, unsigned count) {
  for (unsigned i = 0; i < count; i++)
    if (!g_ascii_isdigit(text[i]))
      return false;
  return true;
}

bool folder_valid(const char *folder) {
  if (strnlen(folder, 9) < 9 || !digits(folder, 4) || folder[4] != '/' || !digits(folder + 5, 2) ||
      folder[7] != '/')
    return false;
  const char *id = folder + 8;
  return *id && strlen(id) == strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789");
}

bool folder_name_valid(const char *name) {
  size_t len = strlen(name);
  return len > 0 && len <= NAME_MAX_CHARS && name[0] != '.' && name[len - 1] != '.' &&
         strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_.-") == len && !strstr(name, "..");
}

char *folder_make(const char *recordings_dir, const char *folder, GError **error) {
  g_autofree char *absolute = g_canonicalize_filename(recordings_dir, NULL);
  g_autofree char *path = g_build_filename(absolute, folder, NULL);
  if (folder_valid(folder) && g_mkdir_with_parents(path, 0700) == 0)
    return g_steal_pointer(&path);
  int code = folder_valid(folder) ? errno : EINVAL;
  g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(code), "%s: %s", path,
              g_strerror(code));
  return NULL;
}

char *folder_path(const char *recordings_dir, const char *folder, const char *name) {
  if (!folder_valid(folder) || !folder_name_valid(name))
    return NULL;
  g_autofree char *absolute = g_canonicalize_filename(recordings_dir, NULL);
  return g_build_filename(absolute, folder, name, NULL);
}

int64_t folder_free_bytes(const char *path) {
  struct statvfs fs;
  if (statvfs(path, &fs) < 0)
    return -1;
  return (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
}
