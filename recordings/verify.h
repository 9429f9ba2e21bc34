/* Are the recordings what they were? Each closed file against the hash in its row, the rows against
 * the digest that the audit record (which is chained) noted when they were closed, the folders
 * against the catalogue; of what was removed the files must be gone, and the audit record know of
 * it. Reads every byte; any thread, no server needed. */
#pragma once

#include <sqlite3.h>
#include <stdbool.h>

#include "store/database.h"

typedef struct {
  unsigned recordings, files;
  int64_t bytes;
  unsigned problems; /* what was altered or is gone */
  unsigned notes;    /* what is unusual, and no proof of anything */
} RecordingsVerdict;

/* tell: a line for each problem or note. false: the database cannot be read. */
bool recordings_verify(sqlite3 *db, const char *recordings_dir,
                       void (*tell)(void *user, bool problem, const char *line), void *user,
                       RecordingsVerdict *verdict, GError **error);
