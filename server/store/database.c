/* See database.h. A job is owned by whoever holds it: the caller, the queue, the thread that runs
 * it, then the main mailbox.
 *
 * A batch is what waits when the writer is free, so that one fsync serves many: a busy server
 * commits more per fsync instead of falling behind. What rooms saw comes before what people ask
 * for, and after 50 ms a batch is committed with what it has, so that nobody waits for somebody
 * else's long work too. A failing job rolls its savepoint back. One that writes very much has a
 * transaction to itself and no savepoint (store_write_alone): for a savepoint SQLite keeps each
 * page as it was, and walks along all that it keeps whenever a statement with triggers ends. It may
 * take seconds, and whoever joins a meeting is not to wait for them: it gives way, that is it is
 * rolled back and run again later, rather than be done in parts that a crash would tear. When
 * SQLite itself rolled the whole transaction back (disk full, I/O error), the jobs before it in the
 * batch are failed too: `done` without error always means durable.
 *
 * Facts that cannot be asked for again (store_write_kept) do not fail because of the disk: the
 * writer keeps them, in their order, and tries again. While it keeps any, later ones queue up
 * behind them and any other write is refused, so that nothing overtakes a fact: not a leave its
 * join, nor the end of a meeting a leave. Before it comes to that there is space of our own
 * (reserve.h); the log is brought home into the database by hand, because failing there is the
 * first that a full disk shows. */
#include "store/database.h"

#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "store/connection.h"
#include "store/lost.h"
#include "store/presence.h"
#include "store/queue.h"
#include "store/reserve.h"
#include "store/rules.h"
#include "store/soundness.h"
#include "store/statement.h"

#define BATCH_MAX 256
#define BATCH_MOST_US 50000
#define BEGIN_TRIES 4  /* of 15 s each (connection.c) */
#define KEPT_MAX 65536 /* joins, leaves and events of a full house for an hour; some 20 MB */
#define RETRY_FIRST_US 100000
#define RETRY_LAST_US 10000000
#define GIVE_WAY_US 100000  /* so long others wait for what is alone */
#define GIVE_UP_US 30000000 /* so long it tries */
#define WANTED_OPS 1000     /* of SQLite's machine, between two looks at who waits: some 0.1 ms */
#define HOME_FRAMES 1000    /* pages in the log from which it is brought home: SQLite's default */

/* Of the writer's queue. */
enum { LANE_FACTS, LANE_CHANGES, LANES };

typedef struct {
  StoreWork work; /* NULL: stop */
  StoreDone done;
  void *data;
  bool keep;  /* store_write_kept */
  bool alone; /* store_write_alone */
  bool gave_way;
  int64_t begun_us; /* when what is alone was run first */
  GError *error;
} Job;

typedef struct {
  Store *store;
  Queue *jobs; /* where it takes its work from */
  sqlite3 *db;
  GThread *thread;
} Worker;

struct Store {
  Mailbox *mailbox;
  GThread *main_thread;
  int lock;
  Queue *writes, *reads, *longs, *probes; /* Job */
  Worker writer, slow, prober;
  Worker *readers;
  unsigned reader_count;
  Soundness *soundness; /* NULL: it was checked before it served */
  bool stopped;         /* main thread, when there is no other any more */

  /* The writer's own. */
  GQueue kept; /* Job, the oldest first */
  int64_t retry_us, pause_us, tried_us;
  Reserve *reserve;
  int log_frames, home_frames; /* pages in the log; from how many on it is brought home */
  GQueue given;                /* Job, alone: they gave way, and wait until nobody else does */
  Job *yielding;               /* that runs, and may be asked to give way; or NULL */
  int64_t wanted_us;           /* since when others wait for it; 0: nobody does */
};

METRIC(metric_writes, METRIC_COUNTER, "yishi_store_writes_total", "Write jobs that were committed");
METRIC(metric_failed, METRIC_COUNTER, "yishi_store_writes_failed_total", "Write jobs that failed");
METRIC(metric_waiting, METRIC_GAUGE, "yishi_store_writes_waiting", "Write jobs that wait");
METRIC(metric_kept, METRIC_GAUGE, "yishi_store_writes_kept",
       "Write jobs that failed because of the disk and are tried again");
static Metric metric_commit = {
    .name = "yishi_store_commit_seconds",
    .help = "Duration of one write transaction, fsync included",
    .kind = METRIC_HISTOGRAM,
    .bounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10},
};

static void job_free(void *data) {
  Job *job = data;
  g_clear_error(&job->error);
  g_free(job);
}

/* Main thread. */
static void job_done(void *data) {
  Job *job = data;
  if (job->done)
    job->done(job->data, job->error);
  else
    g_free(job->data);
  job_free(job);
}

static void finish(Store *store, Job *job) {
  mailbox_post(store->mailbox, job_done, job_free, job);
}

/* In the transaction, so that it can be undone. */
static void run_job(sqlite3 *db, Job *job) {
  if (!job->alone && !db_exec(db, "savepoint job", &job->error))
    return;
  if (job->work(db, job->data, &job->error)) {
    if (!job->alone)
      db_exec(db, "release job", &job->error);
    return;
  }
  if (!job->error)
    g_set_error(&job->error, STORE_ERROR, STORE_ERROR_DATABASE, "a write failed without a reason");
  if (!sqlite3_get_autocommit(db))
    db_exec(db, job->alone ? "rollback" : "rollback to job; release job", NULL);
}

static void fail_all(Job **jobs, unsigned count, const GError *error) {
  for (unsigned i = 0; i < count; i++)
    if (!jobs[i]->error)
      jobs[i]->error = g_error_copy(error);
}

/* Another process may hold the file for long (a copy being made, a shell); rather wait than lose.
 */
static bool begin_patiently(sqlite3 *db, GError **error) {
  for (unsigned tries = 1;; tries++) {
    g_autoptr(GError) busy = NULL;
    if (db_exec(db, "begin immediate", &busy))
      return true;
    if ((sqlite3_extended_errcode(db) & 0xff) != SQLITE_BUSY || tries == BEGIN_TRIES) {
      g_propagate_error(error, g_steal_pointer(&busy));
      return false;
    }
    log_warn("store", "locked_by_another", "tries=%u", tries);
  }
}

static bool disk_failed(const Job *job) {
  return g_error_matches(job->error, STORE_ERROR, STORE_ERROR_DISK);
}

/* SQLite asks in between: goes it on? */
static int must_give_way(void *data) {
  Store *store = data;
  if (!store->yielding)
    return 0;
  int64_t now_us = clock_mono_us();
  if (!queue_waits(store->writes))
    store->wanted_us = 0;
  else if (store->wanted_us == 0)
    store->wanted_us = now_us;
  else if (now_us - store->wanted_us >= GIVE_WAY_US)
    store->yielding->gave_way = true;
  return store->yielding->gave_way;
}

/* One that is alone, and is not the last thing that is done. */
static void run_alone(Store *store, sqlite3 *db, Job *job) {
  if (job->begun_us == 0)
    job->begun_us = clock_mono_us();
  store->yielding = job;
  store->wanted_us = 0;
  run_job(db, job);
  store->yielding = NULL;
  if (job->gave_way && job->error && clock_mono_us() - job->begun_us >= GIVE_UP_US) {
    job->gave_way = false;
    g_clear_error(&job->error);
    g_set_error(&job->error, STORE_ERROR, STORE_ERROR_BUSY, "others wrote all the time");
  }
}

/* Runs and commits as many as there is time for and go together, one at least, and returns how many
 * it were. */
static unsigned run_batch(Store *store, Job **jobs, unsigned count, int64_t most_us) {
  sqlite3 *db = store->writer.db;
  int64_t begun_us = clock_mono_us();
  g_autoptr(GError) error = NULL;
  bool open = false, held = false; /* held: one that is kept failed, nothing may overtake it */
  unsigned i;
  for (i = 0; i < count; i++) {
    if (i > 0 && (clock_mono_us() - begun_us >= most_us || jobs[i - 1]->alone || jobs[i]->alone))
      break;
    if (held) {
      g_set_error(&jobs[i]->error, STORE_ERROR, STORE_ERROR_DISK, "one before it failed");
      continue;
    }
    if (!open && !begin_patiently(db, &error)) {
      log_error("store", "begin_failed", "reason=%s jobs=%u", log_q(error->message), count - i);
      fail_all(jobs + i, count - i, error);
      i = count;
      break;
    }
    open = true;
    if (jobs[i]->alone && most_us != INT64_MAX)
      run_alone(store, db, jobs[i]);
    else
      run_job(db, jobs[i]);
    if (sqlite3_get_autocommit(db)) { /* everything so far is undone */
      g_assert(jobs[i]->error);
      g_autoptr(GError) undone = g_error_new(STORE_ERROR, STORE_ERROR_DISK,
                                             "undone with another: %s", jobs[i]->error->message);
      fail_all(jobs, i, undone);
      open = false;
      held = true;
    }
    held = held || (jobs[i]->keep && disk_failed(jobs[i]));
  }
  if (open && !db_exec(db, "commit", &error)) {
    log_error("store", "commit_failed", "reason=%s jobs=%u", log_q(error->message), i);
    fail_all(jobs, i, error);
    if (!sqlite3_get_autocommit(db))
      db_exec(db, "rollback", NULL);
  }
  metric_observe(&metric_commit, (double)(clock_mono_us() - begun_us) / 1e6);
  return i;
}

static void finish_write(Store *store, Job *job) {
  metric_add(job->error ? &metric_failed : &metric_writes, 1);
  metric_add(&metric_waiting, -1);
  finish(store, job);
}

/* Any other error would come again, and stand in the way of what is behind. */
static bool worth_keeping(const Store *store, const Job *job) {
  return job->keep && disk_failed(job) && store->kept.length < KEPT_MAX;
}

/* Tells each job's outcome; with keep, what failed because of the disk goes (back) to the head of
 * those kept. */
static void settle(Store *store, Job **jobs, unsigned count, bool keep) {
  for (unsigned i = 0; i < count; i++)
    if (jobs[i]->gave_way && jobs[i]->error) {
      jobs[i]->gave_way = false;
      g_clear_error(&jobs[i]->error);
      g_queue_push_tail(&store->given, g_steal_pointer(&jobs[i]));
    } else if (!keep || !worth_keeping(store, jobs[i]))
      finish_write(store, g_steal_pointer(&jobs[i]));
  for (unsigned i = count; i > 0; i--)
    if (jobs[i - 1]) {
      g_clear_error(&jobs[i - 1]->error);
      g_queue_push_head(&store->kept, jobs[i - 1]);
    }
  metric_set(&metric_kept, store->kept.length);
}

static void plan_retry(Store *store, bool failed) {
  store->pause_us = failed ? MIN(store->pause_us * 2, RETRY_LAST_US) : RETRY_FIRST_US;
  store->retry_us = store->kept.length > 0 ? clock_mono_us() + store->pause_us : INT64_MAX;
}

/* Once more; for the last time when the store stops. */
static void retry_kept(Store *store, sqlite3 *db, bool last) {
  unsigned before, tried = store->kept.length;
  store->tried_us = clock_mono_us();
  log_warn("store", "retry", "jobs=%u", tried);
  do {
    Job *batch[BATCH_MAX];
    unsigned count = 0;
    while (count < BATCH_MAX && store->kept.length > 0)
      batch[count++] = g_queue_pop_head(&store->kept);
    before = store->kept.length + count;
    run_batch(store, batch, count, INT64_MAX);
    while (last && disk_failed(batch[0]) && store->kept.length > 0) {
      Job *job = g_queue_pop_head(&store->kept); /* it would wait as long and fail as well */
      job->error = g_error_copy(batch[0]->error);
      finish_write(store, job);
    }
    settle(store, batch, count, !last);
  } while (store->kept.length > 0 && store->kept.length < before);
  plan_retry(store, store->kept.length == tried);
}

static int on_commit(void *data, sqlite3 *db, const char *name, int frames) {
  ((Store *)data)->log_frames = frames;
  return SQLITE_OK;
}

/* Copies what is in the log into the database, so that the log is begun anew. When that fails, what
 * was committed stays in the log, and it is tried again some pages later. */
static void bring_home(Store *store, sqlite3 *db) {
  if (store->log_frames < store->home_frames)
    return;
  int result = sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
  bool failed = result != SQLITE_OK && (result & 0xff) != SQLITE_BUSY;
  if (failed && reserve_give(store->reserve)) {
    result = sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    failed = result != SQLITE_OK && (result & 0xff) != SQLITE_BUSY;
  }
  if (failed)
    log_error("store", "log_not_brought_home", "pages=%d reason=%s", store->log_frames,
              log_q(sqlite3_errmsg(db)));
  store->home_frames = failed ? store->log_frames + HOME_FRAMES : HOME_FRAMES;
}

/* Fills batch with what waits; false when the store is to stop: that comes behind all else. What is
 * behind one that is alone stays in the queue, where it is seen to wait. */
static bool next_batch(Store *store, Job **batch, unsigned *count) {
  bool run = true;
  *count = 0;
  const Job *given = g_queue_peek_head(&store->given);
  bool overdue = given && clock_mono_us() - given->begun_us >= GIVE_UP_US;
  Job *job = overdue ? NULL : queue_try_pop(store->writes);
  if (!job)
    job = g_queue_pop_head(&store->given);
  if (!job)
    job = queue_pop_until(store->writes, store->retry_us);
  while (job && run) {
    run = job->work;
    if (run)
      batch[(*count)++] = job;
    else
      job_free(job);
    bool full = run && (job->alone || *count == BATCH_MAX);
    job = run && !full ? queue_try_pop(store->writes) : NULL;
  }
  return run;
}

/* Facts wait for the disk: others join them, and whatever else is asked fails. A meeting that ended
 * before a leave was written would count its person as present until then. */
static void stand_behind(Store *store, Job **jobs, unsigned count) {
  for (unsigned i = 0; i < count; i++) {
    if (jobs[i]->keep && store->kept.length < KEPT_MAX) {
      g_queue_push_tail(&store->kept, jobs[i]);
      continue;
    }
    g_set_error(&jobs[i]->error, STORE_ERROR, STORE_ERROR_DISK,
                "facts before it wait for the disk");
    finish_write(store, jobs[i]);
  }
  metric_set(&metric_kept, store->kept.length);
}

/* Little of the reserve is left: takes out of the batch what can be asked again. */
static unsigned refuse_all_but_facts(Store *store, Job **jobs, unsigned count) {
  unsigned facts = 0;
  for (unsigned i = 0; i < count; i++) {
    if (jobs[i]->keep) {
      jobs[facts++] = jobs[i];
      continue;
    }
    g_set_error(&jobs[i]->error, STORE_ERROR, STORE_ERROR_DISK, "the disk is full");
    finish_write(store, jobs[i]);
  }
  return facts;
}

static unsigned lane_of(const Job *job) {
  return job->keep ? LANE_FACTS : LANE_CHANGES;
}

static void give_back(Store *store, Job **jobs, unsigned count) {
  while (count-- > 0)
    queue_return(store->writes, lane_of(jobs[count]), jobs[count]);
}

/* last: all of them, as nobody comes back to them. */
static void write_batch(Store *store, sqlite3 *db, Job **batch, unsigned count, bool last) {
  do {
    unsigned ran = run_batch(store, batch, count, last ? INT64_MAX : BATCH_MOST_US);
    settle(store, batch, ran, true);
    batch += ran;
    count -= ran;
  } while (last && count > 0 && store->kept.length == 0);
  plan_retry(store, false);
  if (last)
    stand_behind(store, batch, count);
  else
    give_back(store, batch, count);
  if (store->kept.length > 0 && reserve_give(store->reserve))
    retry_kept(store, db, false);
}

static void *writer_main(void *data) {
  Worker *self = data;
  Store *store = self->store;
  bool run = true;
  while (run) {
    Job *batch[BATCH_MAX];
    unsigned count;
    run = next_batch(store, batch, &count);
    reserve_keep(store->reserve, clock_mono_us());
    if (reserve_scarce(store->reserve))
      count = refuse_all_but_facts(store, batch, count);
    bool due = count > 0 && clock_mono_us() >= store->tried_us + RETRY_FIRST_US;
    if (store->kept.length > 0 && (due || clock_mono_us() >= store->retry_us))
      retry_kept(store, self->db, false);
    if (store->kept.length > 0) {
      stand_behind(store, batch, count);
    } else if (count > 0) {
      write_batch(store, self->db, batch, count, !run);
    }
    bring_home(store, self->db);
    for (Job *job; !run && (job = g_queue_pop_head(&store->given));)
      write_batch(store, self->db, &job, 1, true);
    if (!run && store->kept.length > 0)
      retry_kept(store, self->db, true);
  }
  db_close(self->db);
  return NULL;
}

/* In a transaction, so that all it reads is of one moment. */
static void run_read(sqlite3 *db, Job *job) {
  g_autoptr(Statement) begin = db_prepare(db, "begin", &job->error);
  g_autoptr(Statement) end = db_prepare(db, "commit", &job->error);
  if (!begin || !end || !statement_run(begin, &job->error))
    return;
  if (!job->work(db, job->data, &job->error) && !job->error)
    g_set_error(&job->error, STORE_ERROR, STORE_ERROR_DATABASE, "a read failed without a reason");
  if (!sqlite3_get_autocommit(db) && !statement_run(end, job->error ? NULL : &job->error))
    db_exec(db, "rollback", NULL);
}

static void *reader_main(void *data) {
  Worker *self = data;
  for (;;) {
    Job *job = queue_pop(self->jobs);
    if (!job->work) {
      job_free(job);
      break;
    }
    run_read(self->db, job);
    finish(self->store, job);
  }
  db_close(self->db);
  return NULL;
}

static void start_reader(Store *store, Worker *worker, Queue *jobs, const char *name) {
  worker->store = store;
  worker->jobs = jobs;
  worker->thread = g_thread_new(name, reader_main, worker);
}

typedef struct {
  StorePrepare function; /* or NULL */
  void *data;
} Prepare;

/* Everything that must be in order before anybody reads: schema, soundness (unless that takes
 * long), segments of a crash, the limits of today. */
static bool prepare_file(const char *path, const Config *config, const Prepare *prepare,
                         bool *unchecked, GError **error) {
  sqlite3 *db = connection_open(path, CONNECTION_WRITE, error);
  if (!db)
    return false;
  unsigned closed = 0;
  bool fine = soundness_first(db, path, config, unchecked, error) &&
              connection_migrate(db, error) && db_exec(db, "begin immediate", error) &&
              presence_recover(db, moment_now(), &closed, error) &&
              rules_keep(db, config, clock_wall_ms(), error) &&
              (!prepare->function || prepare->function(db, prepare->data, error)) &&
              db_exec(db, "commit", error);
  if (fine && closed > 0)
    log_warn("store", "segments_recovered", "count=%u", closed);
  if (!fine)
    g_prefix_error(error, "%s: ", path);
  db_close(db); /* an open transaction is rolled back */
  return fine;
}

static bool open_connections(Store *store, const char *path, GError **error) {
  store->writer.db = connection_open(path, CONNECTION_WRITE, error);
  if (!store->writer.db)
    return false;
  for (unsigned i = 0; i < store->reader_count; i++) {
    store->readers[i].db = connection_open(path, CONNECTION_READ, error);
    if (!store->readers[i].db)
      return false;
  }
  store->slow.db = connection_open(path, CONNECTION_READ, error);
  store->prober.db = store->slow.db ? connection_open(path, CONNECTION_READ, error) : NULL;
  return store->prober.db != NULL;
}

static void free_store(Store *store) {
  queue_free(store->writes);
  queue_free(store->reads);
  queue_free(store->longs);
  queue_free(store->probes);
  if (store->lock >= 0)
    close(store->lock);
  reserve_free(store->reserve);
  g_free(store->readers);
  g_free(store);
}

Store *store_open(const Config *config, Mailbox *main_mailbox, GError **error) {
  return store_open_with(config, main_mailbox, NULL, NULL, error);
}

Store *store_open_with(const Config *config, Mailbox *main_mailbox, StorePrepare prepare,
                       void *data, GError **error) {
  g_autofree char *path = connection_path(config->data_dir, error);
  if (!path)
    return NULL;
  Store *store = g_new0(Store, 1);
  store->mailbox = main_mailbox;
  store->main_thread = g_thread_self();
  store->reader_count = (unsigned)config->store_readers;
  store->readers = g_new0(Worker, store->reader_count);
  store->writes = queue_new(LANES);
  store->reads = queue_new(1);
  store->longs = queue_new(1);
  store->probes = queue_new(1);
  g_queue_init(&store->kept);
  g_queue_init(&store->given);
  plan_retry(store, false);
  store->reserve = reserve_new(path, (int64_t)config->store_reserve_mib * 1024 * 1024);
  store->home_frames = HOME_FRAMES;
  store->lock = connection_lock(config->data_dir, error);
  bool unchecked = false;
  if (store->lock < 0 || !lost_check(config, error) ||
      !prepare_file(path, config, &(Prepare){prepare, data}, &unchecked, error) ||
      !open_connections(store, path, error)) {
    db_close(store->writer.db);
    for (unsigned i = 0; i < store->reader_count; i++)
      db_close(store->readers[i].db);
    db_close(store->slow.db);
    db_close(store->prober.db);
    free_store(store);
    return NULL;
  }
  metric_register(&metric_writes);
  metric_register(&metric_failed);
  metric_register(&metric_waiting);
  metric_register(&metric_kept);
  metric_register(&metric_commit);
  sqlite3_wal_hook(store->writer.db, on_commit, store);
  sqlite3_progress_handler(store->writer.db, WANTED_OPS, must_give_way, store);
  reserve_keep(store->reserve, clock_mono_us());
  store->writer.store = store;
  store_error_quark(); /* made before there are threads: G_DEFINE_QUARK keeps it in a plain variable
                        */
  store->writer.thread = g_thread_new("store-writer", writer_main, &store->writer);
  for (unsigned i = 0; i < store->reader_count; i++)
    start_reader(store, &store->readers[i], store->reads, "store-reader");
  start_reader(store, &store->slow, store->longs, "store-slow");
  start_reader(store, &store->prober, store->probes, "store-probe");
  if (unchecked)
    store->soundness = soundness_new(store, path);
  return store;
}

void store_stop(Store *store) {
  if (!store || store->stopped)
    return;
  for (unsigned i = 0; i < store->reader_count; i++)
    queue_push(store->reads, 0, g_new0(Job, 1));
  for (unsigned i = 0; i < store->reader_count; i++)
    g_thread_join(store->readers[i].thread);
  queue_push(store->longs, 0, g_new0(Job, 1));
  g_thread_join(store->slow.thread);
  queue_push(store->probes, 0, g_new0(Job, 1));
  g_thread_join(store->prober.thread);
  soundness_free(store->soundness); /* it may write */
  queue_push(store->writes, LANE_CHANGES, g_new0(Job, 1));
  g_thread_join(store->writer.thread);
  store->stopped = true;
}

void store_close(Store *store) {
  if (!store)
    return;
  store_stop(store);
  free_store(store);
}

static Job *job_new(StoreWork work, StoreDone done, void *data) {
  Job *job = g_new0(Job, 1);
  job->work = work;
  job->done = done;
  job->data = data;
  return job;
}

static void enqueue(Store *store, Queue *queue, Job *job) {
  if (store->stopped) {
    g_set_error(&job->error, STORE_ERROR, STORE_ERROR_DATABASE, "the store has stopped");
    finish(store, job);
    return;
  }
  bool write = queue == store->writes;
  if (write)
    metric_add(&metric_waiting, 1);
  queue_push(queue, write ? lane_of(job) : 0, job);
}

void store_write(Store *store, StoreWork work, StoreDone done, void *data) {
  enqueue(store, store->writes, job_new(work, done, data));
}

void store_write_alone(Store *store, StoreWork work, StoreDone done, void *data) {
  Job *job = job_new(work, done, data);
  job->alone = true;
  enqueue(store, store->writes, job);
}

void store_write_kept(Store *store, StoreWork work, StoreDone done, void *data) {
  Job *job = job_new(work, done, data);
  job->keep = true;
  enqueue(store, store->writes, job);
}

void store_read(Store *store, StoreWork work, StoreDone done, void *data) {
  enqueue(store, store->reads, job_new(work, done, data));
}

void store_read_long(Store *store, StoreWork work, StoreDone done, void *data) {
  enqueue(store, store->longs, job_new(work, done, data));
}

void store_probe(Store *store, StoreWork work, StoreDone done, void *data) {
  enqueue(store, store->probes, job_new(work, done, data));
}
