/* What moves limits without anybody's step: the calendar, and the time. */
#include <string.h>

#include "base/zone.h"
#include "model/case-event.h"
#include "model/due-run.h"
#include "model/due.h"
#include "model/notice.h"
#include "model/read.h"
#include "store/statement.h"

#define WARNED_AT_ONCE 200

/* In the history of each record that it moved, as the act of whoever changed the calendar. */
static bool note_move(Call *call, const DueRun *run, const json_t *detail) {
  const Info *info = model_find(call->model, run->subject);
  Call other;
  g_assert(info);
  call_begin_other(&other, call, info);
  call_row(&other, run->record);
  CaseEvent event = {.verb = "due_moved", .data = detail, .internal = info->published};
  bool fine = case_event_add(&other, &event);
  call_join(call, &other);
  call_clear(&other);
  return fine;
}

static bool recount_one(Call *call, DueRun *run, const DueClock *clock) {
  json_t *detail = NULL;
  bool fine =
      due_run_keep_by(call, run, clock, &detail) && (!detail || note_move(call, run, detail));
  json_decref(detail);
  return fine;
}

bool due_recount(Call *call) {
  return due_run_each(call, recount_one);
}

/* ---- warnings ---- */

typedef struct {
  char *id, *subject, *record, *code;
  int64_t due_ms;
} Warned;

static void warned_clear(void *pointer) {
  Warned *one = pointer;
  g_free(one->id);
  g_free(one->subject);
  g_free(one->record);
  g_free(one->code);
}

static bool find_warned(sqlite3 *db, int64_t now_ms, GArray *found, GError **error) {
  g_autoptr(Statement) row =
      db_prepare(db,
                 "select id, subject, record, code, due_at from due where next_at <= :now"
                 " order by next_at limit :most",
                 error);
  if (!row)
    return false;
  statement_int(row, ":now", now_ms);
  statement_int(row, ":most", WARNED_AT_ONCE);
  int result;
  while ((result = statement_step(row, error)) == SQLITE_ROW) {
    Warned one = {g_strdup(column_text(row, 0)), g_strdup(column_text(row, 1)),
                  g_strdup(column_text(row, 2)), g_strdup(column_text(row, 3)), column_int(row, 4)};
    g_array_append_val(found, one);
  }
  return result == SQLITE_DONE;
}

/* The next warning, or the end, or none any more. */
static bool move_on(sqlite3 *db, const Warned *one, int64_t now_ms, GError **error) {
  g_autoptr(Statement) update =
      db_prepare(db,
                 "update due set next_at = (select min(value) from (select value from"
                 "  json_each(due.warn_at) union all select due_at + 1) where value > :now)"
                 " where id = :id",
                 error);
  if (!update)
    return false;
  statement_int(update, ":now", now_ms);
  statement_text(update, ":id", one->id);
  return statement_run(update, error);
}

static bool tell(Call *call, const Warned *one) {
  static const Route nowhere = {.kind = R_STEPS, .path = ""};
  call->route = &nowhere;
  call->roles = SERVER;
  call_begin(call);
  call_row(call, one->record);
  if (!read_row(call, "read"))
    return !call->error; /* there is nothing to be told of */
  g_autofree char *until = zone_format(call->zone, one->due_ms, "%Y-%m-%d");
  call_let(call, "due", one->code);
  call_let(call, "until", until);
  return notice_post_about(call, one->due_ms < call->now_ms ? "overdue" : "due", "due", one->code);
}

static bool warn_one(sqlite3 *db, const Model *model, const char *zone, int64_t now_ms,
                     const Warned *one, GError **error) {
  const Info *info = model_find(model, one->subject);
  Call call;
  if (!info) /* of a kind that there is no more */
    return move_on(db, one, now_ms, error);
  call_init(&call);
  call.model = model;
  call.info = info;
  call.db = db;
  call.zone = zone;
  call.now_ms = now_ms;
  bool fine = tell(&call, one);
  if (call.error)
    g_propagate_error(error, g_steal_pointer(&call.error));
  call_clear(&call);
  return fine && move_on(db, one, now_ms, error);
}

bool due_warn(sqlite3 *db, const Model *model, const char *zone, int64_t now_ms, GError **error) {
  g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(Warned));
  g_array_set_clear_func(found, warned_clear);
  if (!find_warned(db, now_ms, found, error))
    return false;
  for (unsigned i = 0; i < found->len; i++)
    if (!warn_one(db, model, zone, now_ms, &g_array_index(found, Warned, i), error))
      return false;
  return true;
}
