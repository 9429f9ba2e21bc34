/* The index's job: catches up with what is noted and with rows that were there before their subject
 * was to be found (index_slice), and once a day tidies the index (search_tidy). Each slice is a
 * piece of work of its own on the writer, so that others come between; at a start nothing waits for
 * it. Main thread. */
#pragma once

#include "model/model.h"
#include "store/database.h"

#define INDEX_JOB_S 5
#define INDEX_TIDY_S (24 * 3600)

typedef struct IndexJob IndexJob;

/* Both are borrowed. */
IndexJob *index_job_new(Store *store, const Model *model);
/* Looks whether there is something to do; to be called every INDEX_JOB_S. */
void index_job_run(IndexJob *job, int64_t now_ms);
/* After the store stopped. NULL is fine. */
void index_job_free(IndexJob *job);
