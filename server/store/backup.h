/* Copying the database while it is in use, and putting a copy back. For the command line; any
 * thread, synchronously. Recordings are files of their own: back their folder up beside this. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Copies data_dir's database into file (created with mode 0600; an existing file is an error) with
 * SQLite's online backup: the server may run. The copy is checked and stands alone: no WAL. */
bool backup_make(const char *data_dir, const char *file, GError **error);

/* Puts file in the place of data_dir's database. CONFLICT while a server runs there; INVALID when
 * the file is no database of Yishi, is newer than this program, or is damaged (force: use it even
 * so). The file itself is only read. The replaced database is kept beside it: aside gets its path
 * (NULL when there was none), free with g_free. Everybody must sign in again, and the restored
 * audit record says who restored it; personal links are as they were when the copy was made, those
 * that were renewed or taken back since included. */
bool backup_restore(const char *data_dir, const char *file, bool force, char **aside,
                    GError **error);
