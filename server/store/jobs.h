/* What the server does by itself from time to time: the last time it did, and how that went, for
 * the system administrator (domain/job). */
#pragma once

#include "store/database.h"

/* Everything that is done so: each has words (domain/job/words.txt), and no other is noted. */
#define JOB_NAMES "purge due recordings search_index search_tidy"

typedef struct {
  const char *name; /* one of JOB_NAMES */
  int64_t started_ms, ended_ms;
  int64_t next_ms;     /* 0: not known */
  const char *failure; /* why it failed; NULL: it did not */
} JobRun;

/* Writer. */
bool job_note(sqlite3 *db, const JobRun *run, GError **error);
/* The same, queued; copies. Main thread. */
void job_queue(Store *store, const JobRun *run);
