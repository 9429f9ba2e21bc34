#include "domain/recording/retention.h"

#include "model/act.h"
#include "store/settings.h"
#include "store/statement.h"

#define DAY_MS (24 * 3600 * INT64_C(1000))
#define WARN_MS (RECORDING_WARN_DAYS * DAY_MS)
#define MOST 100 /* at once: the writer has other things to do */

/* Of those that are neither held nor written any more: the end of the last part, from which the
 * days count. It ended after it began, so the index of beginnings finds those that can be old
 * enough. */
#define AGED                                                                                       \
  "select e.id from recording_entry e where e.started_at <= :until - :days"                        \
  " and e.state in ('ready', 'interrupted', 'failed') and e.held_at is null"                       \
  " and (select max(coalesce(r.ended_at, r.started_at)) from recording r where r.entry = e.id)"    \
  "  + :days"

/* Told early enough is who was told WARN_MS before the day that counts now, or later. */
static const char to_warn[] = AGED
    " <= :until and coalesce(e.warned_at, 0) < (select max(coalesce(r.ended_at, r.started_at))"
    " from recording r where r.entry = e.id) + :days - :warn order by e.started_at limit :most";
static const char to_remove[] =
    AGED " <= :until and e.warned_at <= :until - :warn and e.warned_at >= (select"
         " max(coalesce(r.ended_at, r.started_at)) from recording r where r.entry = e.id)"
         " + :days - :warn order by e.started_at limit :most";

/* until_ms: whose time is over then. GPtrArray of ids; NULL and error. */
static GPtrArray *find(sqlite3 *db, const char *sql, int64_t until_ms, int64_t days_ms,
                       GError **error) {
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(Statement) rows = db_prepare(db, sql, error);
  if (!rows)
    return NULL;
  statement_int(rows, ":until", until_ms);
  statement_int(rows, ":days", days_ms);
  statement_int(rows, ":warn", WARN_MS);
  statement_int(rows, ":most", MOST);
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW)
    g_ptr_array_add(ids, g_strdup(column_text(rows, 0)));
  return result == SQLITE_DONE ? g_steal_pointer(&ids) : NULL;
}

typedef struct {
  sqlite3 *db;
  const struct Model *model;
  const char *zone;
  int64_t now_ms;
} Run;

static bool act(const Run *run, const GPtrArray *ids, const char *verb, GError **error) {
  for (unsigned i = 0; i < ids->len; i++) {
    const Act one = {.subject = "recording",
                     .verb = verb,
                     .id = ids->pdata[i],
                     .at = {.wall_ms = run->now_ms, .boot = ""}};
    json_t *answer = act_now(run->db, run->model, run->zone, &one, error);
    if (!answer)
      return false;
    json_decref(answer);
  }
  return true;
}

bool recordings_retain(sqlite3 *db, const struct Model *model, const char *zone, int64_t now_ms,
                       unsigned *removed, GError **error) {
  const Run run = {db, model, zone, now_ms};
  int64_t days;
  *removed = 0;
  if (!setting_int(db, "recording_days", &days, error))
    return false;
  if (days == 0)
    return true;
  g_autoptr(GPtrArray) old = find(db, to_remove, now_ms, days * DAY_MS, error);
  g_autoptr(GPtrArray) soon =
      old ? find(db, to_warn, now_ms + WARN_MS, days * DAY_MS, error) : NULL;
  if (!soon || !act(&run, old, "expire", error) || !act(&run, soon, "warn", error))
    return false;
  *removed = old->len;
  return true;
}
