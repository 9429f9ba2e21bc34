#include "store/jobs.h"

#include "store/statement.h"

#define FAILURE_CHARACTERS_MOST 500

static bool has_words(const char *name) {
  g_auto(GStrv) names = g_strsplit(JOB_NAMES, " ", -1);
  return g_strv_contains((const char *const *)names, name);
}

bool job_note(sqlite3 *db, const JobRun *run, GError **error) {
  g_autoptr(Statement) note = db_prepare(
      db,
      "insert into job (name, last_started_at, last_ended_at, next_at, result, message, failures)"
      " values (:name, :started, :ended, nullif(:next, 0), iif(:failure is null, 'ok', 'failed'),"
      " :failure, :failure is not null)"
      " on conflict (name) do update set last_started_at = excluded.last_started_at,"
      " last_ended_at = excluded.last_ended_at, next_at = excluded.next_at,"
      " result = excluded.result, message = excluded.message,"
      " failures = iif(excluded.failures = 0, 0, failures + 1)",
      error);
  if (!note)
    return false;
  g_assert(has_words(run->name));
  g_autofree char *failure = run->failure ? g_utf8_make_valid(run->failure, -1) : NULL;
  if (failure && g_utf8_strlen(failure, -1) > FAILURE_CHARACTERS_MOST)
    *g_utf8_offset_to_pointer(failure, FAILURE_CHARACTERS_MOST) = 0;
  statement_text(note, ":name", run->name);
  statement_int(note, ":started", run->started_ms);
  statement_int(note, ":ended", MAX(run->ended_ms, run->started_ms)); /* clocks are set back */
  statement_int(note, ":next", run->next_ms);
  statement_text(note, ":failure", failure);
  return statement_run(note, error);
}

static bool note_work(sqlite3 *db, void *data, GError **error) {
  return job_note(db, data, error);
}

static void note_done(void *data, const GError *error) {
  JobRun *run = data;
  g_free((char *)(uintptr_t)run->name);
  g_free((char *)(uintptr_t)run->failure);
  g_free(run);
}

void job_queue(Store *store, const JobRun *run) {
  JobRun *copy = g_new0(JobRun, 1);
  *copy = *run;
  copy->name = g_strdup(run->name);
  copy->failure = g_strdup(run->failure);
  store_write(store, note_work, note_done, copy);
}
