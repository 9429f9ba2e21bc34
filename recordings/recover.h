/* After a crash: recordings that are still marked as running are made whole, files whose repair
 * failed before are tried again, and folders that no row names come into the catalogue (orphan.h).
 *
 * Each file that was not closed is repaired by `yishi-pipeline repair` in a process of its own,
 * measured and hashed; then the rows are completed and the recording becomes `interrupted` (or
 * `failed` when nothing plays). It runs on a thread beside the serving server, one file after the
 * other at low priority: an hour of meeting takes seconds.
 */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

#include "base/config.h"
#include "store/database.h"

/* The yishi-pipeline program: config's, else beside this program, else in the build folder's place.
 * Free with g_free. */
char *recover_program(const Config *config);

typedef struct {
  bool empty; /* nothing was in it, it was removed */
  int64_t duration_ms, bytes, frames;
  char sha256[65];
} RepairOutcome;

/* Repairs one file; blocks: never on the main thread. */
bool recover_file(const char *program, const char *path, GCancellable *cancel,
                  RepairOutcome *outcome, GError **error);

typedef struct Recovery Recovery;
/* Main thread, at start-up, before a room can begin a recording. done runs on the main thread when
 * all rows are written: how many recordings were found and how many files were saved. */
typedef void (*RecoveryDone)(void *user, unsigned recordings, unsigned files);
Recovery *recovery_start(const Config *config, Store *store, RecoveryDone done, void *user);
/* Main thread, before the store closes. What was not finished is found again at the next start. */
void recovery_free(Recovery *recovery);
