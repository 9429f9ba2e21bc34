#include "recordings/orphan.h"

#include <jansson.h>
#include <string.h>

#include "recordings/folder.h"
#include "store/statement.h"

#define NOTE "recording.json"

bool orphan_note(const char *dir, const char *id, const char *meeting, int64_t started_at,
                 GError **error) {
  json_t *note = json_pack("{s:s, s:s, s:I}", "recording", id, "meeting", meeting, "started_at",
                           (json_int_t)started_at);
  char *text = json_dumps(note, JSON_INDENT(1));
  g_autofree char *path = g_build_filename(dir, NOTE, NULL);
  bool fine = g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, error);
  free(text);
  json_decref(note);
  return fine;
}

static int by_name(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Adds what is in recordings_dir/prefix; depth 3 is a recording's folder. */
static void add_folders(GPtrArray *folders, const char *recordings_dir, const char *prefix,
                        unsigned depth) {
  g_autofree char *path = g_build_filename(recordings_dir, prefix, NULL);
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  const char *name;
  while (dir && (name = g_dir_read_name(dir))) {
    g_autofree char *below = *prefix ? g_strconcat(prefix, "/", name, NULL) : g_strdup(name);
    if (depth < 3)
      add_folders(folders, recordings_dir, below, depth + 1);
    else if (folder_valid(below))
      g_ptr_array_add(folders, g_steal_pointer(&below));
  }
}

GPtrArray *orphan_folders(const char *recordings_dir) {
  GPtrArray *folders = g_ptr_array_new_with_free_func(g_free);
  add_folders(folders, recordings_dir, "", 1);
  g_ptr_array_sort(folders, by_name);
  return folders;
}

void orphan_free(Orphan *orphan) {
  if (!orphan)
    return;
  g_free(orphan->id);
  g_free(orphan->folder);
  g_free(orphan->meeting);
  g_free(orphan);
}

static bool is_empty(const char *path) {
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  return !dir || !g_dir_read_name(dir);
}

/* 1: there is such a row, 0: there is none, -1: error. */
static int exists(sqlite3 *db, const char *sql, const char *id, GError **error) {
  g_autoptr(Statement) row = db_prepare(db, sql, error);
  if (!row)
    return -1;
  statement_text(row, ":id", id);
  int result = statement_step(row, error);
  return result == SQLITE_ERROR ? -1 : result == SQLITE_ROW;
}

/* The note's word counts only for the folder that it was written for. */
static bool read_note(sqlite3 *db, const char *path, Orphan *orphan, GError **error) {
  g_autofree char *name = g_build_filename(path, NOTE, NULL);
  json_t *note = json_load_file(name, 0, NULL);
  const char *id = json_string_value(json_object_get(note, "recording"));
  const char *meeting = json_string_value(json_object_get(note, "meeting"));
  orphan->started_at = json_integer_value(json_object_get(note, "started_at"));
  int known = 0;
  if (g_strcmp0(id, orphan->id) == 0 && meeting)
    known = exists(db, "select 1 from meeting where id = :id", meeting, error);
  if (known == 1)
    orphan->meeting = g_strdup(meeting);
  json_decref(note);
  return known >= 0;
}

GPtrArray *orphans_find(sqlite3 *db, const char *recordings_dir, const GPtrArray *folders,
                        GError **error) {
  g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func((GDestroyNotify)orphan_free);
  for (unsigned i = 0; i < folders->len; i++) {
    const char *folder = g_ptr_array_index(folders, i);
    g_autofree char *path = g_build_filename(recordings_dir, folder, NULL);
    g_autofree char *id = g_path_get_basename(folder);
    int known = exists(db, "select 1 from recording where id = :id", id, error);
    if (known < 0)
      return NULL;
    if (known || is_empty(path))
      continue;
    Orphan *orphan = g_new0(Orphan, 1);
    orphan->id = g_steal_pointer(&id);
    orphan->folder = g_strdup(folder);
    g_ptr_array_add(found, orphan);
    if (!read_note(db, path, orphan, error))
      return NULL;
  }
  return g_steal_pointer(&found);
}
