/* The recorder's rows in the catalogue, queued for the store's writer in the order of the calls.
 * They are facts: a full disk delays them but loses none (store_write_kept), but for progress, of
 * which there is more soon. What fails otherwise is logged: a recording goes on without its row,
 * and is found on the disk. Main thread. */
#pragma once

#include "recordings/catalog.h"
#include "store/database.h"

void rows_insert(Store *store, const char *id, const char *meeting, const char *folder,
                 int64_t started_at);
void rows_file(Store *store, const char *id, const RecordingFile *file);
void rows_drop(Store *store, const char *id, const char *name);
void rows_progress(Store *store, const char *id, int64_t duration_ms, int64_t bytes);
void rows_gap(Store *store, const char *id, int64_t at_ms, int64_t for_ms);
/* playable: some file can be played. done runs when all rows are durable (or were refused). */
void rows_finish(Store *store, const char *id, const char *reason, bool playable,
                 int64_t duration_ms, void (*done)(void *user), void *user);
