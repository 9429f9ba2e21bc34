/* Recordings that the catalogue does not know: their rows were lost, or the database is older than
 * they are. Each folder says itself whose it is, in a note that the recorder leaves there. */
#pragma once

#include <glib.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

/* Writes the note into the recording's folder (dir, absolute). Not synced: a crash of the program
 * does not lose it. */
bool orphan_note(const char *dir, const char *id, const char *meeting, int64_t started_at,
                 GError **error);

/* All recordings' folders there are ("2026/11/ID"), the oldest month first; owning strings. */
GPtrArray *orphan_folders(const char *recordings_dir);

typedef struct {
  char *id, *folder, *meeting; /* meeting: NULL when there is no note, or it names none we know */
  int64_t started_at;          /* wall ms */
} Orphan;
void orphan_free(Orphan *orphan);

/* Any connection. Those of the folders that no row names: GPtrArray of Orphan, owning. Empty
 * folders are none. */
GPtrArray *orphans_find(sqlite3 *db, const char *recordings_dir, const GPtrArray *folders,
                        GError **error);
