#include "store/thumbnail-file.h"

#include <glib/gstdio.h>
#include <string.h>

#include "store/blob.h"
#include "store/database.h"

#define FOLDER "thumbnails"
#define NONE ".none"

char *thumbnail_file_path(const char *data_dir, const char *sha256) {
  char first[3] = {sha256[0], sha256[1], 0};
  return g_build_filename(data_dir, FOLDER, first, sha256, NULL);
}

static char *none_path(const char *data_dir, const char *sha256) {
  g_autofree char *path = thumbnail_file_path(data_dir, sha256);
  return g_strconcat(path, NONE, NULL);
}

/* An empty one is what a crash left of it: its bytes were not on the disk yet. */
static bool is_there(const char *path) {
  GStatBuf facts;
  return g_stat(path, &facts) == 0 && facts.st_size > 0;
}

ThumbnailState thumbnail_file_state(const char *data_dir, const char *sha256, int64_t now_ms) {
  g_autofree char *path = thumbnail_file_path(data_dir, sha256);
  g_autofree char *none = none_path(data_dir, sha256);
  GStatBuf facts;
  if (is_there(path))
    return THUMBNAIL_THERE;
  return g_stat(none, &facts) == 0 && now_ms - (int64_t)facts.st_mtime * 1000 < THUMBNAIL_NONE_MS
             ? THUMBNAIL_NONE
             : THUMBNAIL_NOT_YET;
}

bool thumbnail_file_keep(const char *data_dir, const char *sha256, const char *made,
                         GError **error) {
  g_autofree char *path = thumbnail_file_path(data_dir, sha256);
  g_autofree char *none = none_path(data_dir, sha256);
  g_autofree char *folder = g_path_get_dirname(path);
  if (g_mkdir_with_parents(folder, 0700) != 0)
    return store_fail_file(error, "make", folder);
  if (!made) /* in place of an older one */
    return g_file_set_contents_full(none, "", 0, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL) ||
           store_fail_file(error, "write", none);
  if (g_rename(made, path) != 0)
    return store_fail_file(error, "write", path);
  g_unlink(none);
  return true;
}

/* The name of its blob, which is that of either file as far as it goes. */
static bool has_blob(const char *data_dir, const char *name) {
  g_autofree char *sha256 = g_strndup(name, strcspn(name, "."));
  g_autofree char *path = strlen(sha256) == 64 ? blob_path(data_dir, sha256) : NULL;
  return path && g_file_test(path, G_FILE_TEST_EXISTS);
}

unsigned thumbnail_files_sweep(const char *data_dir, unsigned folder) {
  char first[3];
  g_snprintf(first, sizeof first, "%02x", folder % BLOB_FOLDERS);
  g_autofree char *path = g_build_filename(data_dir, FOLDER, first, NULL);
  g_autoptr(GDir) files = g_dir_open(path, 0, NULL);
  const char *name;
  unsigned count = 0;
  while (files && (name = g_dir_read_name(files))) {
    g_autofree char *file = g_build_filename(path, name, NULL);
    if (!has_blob(data_dir, name) && g_unlink(file) == 0)
      count++;
  }
  return count;
}
