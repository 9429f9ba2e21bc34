#include "model/index-job.h"

#include "base/clock.h"
#include "base/log.h"
#include "model/index.h"
#include "model/search.h"
#include "store/jobs.h"

struct IndexJob {
  Store *store;
  const Model *model;
  bool busy, tidies;
  bool tidied;        /* it was begun */
  unsigned rows, all; /* of this slice, and of this run */
  bool more;
  int64_t began_ms, tidied_ms;
};

IndexJob *index_job_new(Store *store, const Model *model) {
  IndexJob *job = g_new0(IndexJob, 1);
  job->store = store;
  job->model = model;
  job->tidied_ms = clock_wall_ms();
  return job;
}

/* On the writer. */
static bool work(sqlite3 *db, void *data, GError **error) {
  IndexJob *job = data;
  if (job->tidies)
    return search_tidy(db, !job->tidied, &job->more, error);
  bool fine = index_slice(db, job->model, &job->rows, error);
  job->more = job->rows > 0;
  return fine;
}

/* Of runs that found something to do. */
static void note(const IndexJob *job, const GError *error) {
  if (error)
    log_warn("index", "failed", "reason=%s", log_q(error->message));
  if (!error && !job->tidies && job->all == 0)
    return;
  JobRun run = {.name = job->tidies ? "search_tidy" : "search_index",
                .started_ms = job->began_ms,
                .ended_ms = clock_wall_ms(),
                .next_ms = job->tidies ? job->began_ms + INDEX_TIDY_S * INT64_C(1000) : 0,
                .failure = error ? error->message : NULL};
  job_queue(job->store, &run);
}

static void worked(void *data, const GError *error) {
  IndexJob *job = data;
  job->all += job->tidies ? 0 : job->rows;
  job->tidied = job->tidies;
  if (!error && job->more) {
    store_write(job->store, work, worked, job);
    return;
  }
  note(job, error);
  job->busy = false;
}

void index_job_run(IndexJob *job, int64_t now_ms) {
  if (job->busy)
    return;
  job->busy = true;
  job->tidies = now_ms - job->tidied_ms >= INDEX_TIDY_S * INT64_C(1000);
  if (job->tidies)
    job->tidied_ms = now_ms;
  job->tidied = false;
  job->all = 0;
  job->began_ms = now_ms;
  store_write(job->store, work, worked, job);
}

void index_job_free(IndexJob *job) {
  g_free(job);
}
