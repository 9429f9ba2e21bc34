/* Files on their way in or out: lists that are taken away, rows of tables that are imported. Each
 * is of one request and is removed with it; what a crash left behind is removed at the next start.
 * They lie in data_dir, not in a folder that others can write to, and only the server reads them.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/config.h"

/* Removes what is left of an earlier run. Before there are requests. */
void transit_clear(const Config *config);
/* A folder with all that is in it; follows no link. What is still being written to it by a process
 * that dies is tried again a few times. False: something stays, until the next start. Any thread.
 */
bool transit_remove(const char *folder);
/* The path of a file that is not there yet; makes the folder. NULL with error. Free with g_free.
 * Any thread. */
char *transit_path(const Config *config, const char *extension, GError **error);

/* Whether a file of so many bytes may come: the reserve for recordings (recording_reserve_mib) is
 * not for files. Any thread. */
bool transit_has_disk(const Config *config, uint64_t bytes);
