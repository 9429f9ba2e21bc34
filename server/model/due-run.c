#include "model/due-run.h"

#include <string.h>

#include "base/id.h"
#include "model/behalf.h"
#include "model/calendar-load.h"
#include "store/statement.h"

void due_run_free(DueRun *run) {
  if (!run)
    return;
  g_free(run->id);
  g_free(run->subject);
  g_free(run->record);
  g_free(run->code);
  g_free(run->rule_id);
  g_free(run);
}

/* ---- rows ---- */

static SpanUnit read_unit(const char *text) {
  static const char *const units[] = {[SPAN_HOURS] = "hours",
                                      [SPAN_DAYS] = "days",
                                      [SPAN_WORKING_DAYS] = "working_days",
                                      [SPAN_MONTHS] = "months"};
  for (unsigned i = 0; i < G_N_ELEMENTS(units); i++)
    if (g_strcmp0(text, units[i]) == 0)
      return (SpanUnit)i;
  g_assert_not_reached(); /* the rule's guard lets no other in */
}

static void read_warn(DeadlineRule *rule, const char *text) {
  json_t *list = json_loads(text, 0, NULL), *warn;
  size_t i;
  json_array_foreach(list, i, warn) {
    if (i < DEADLINE_WARNS)
      rule->warn[rule->warn_count++] =
          (Span){read_unit(json_string_value(json_object_get(warn, "unit"))),
                 (unsigned)json_integer_value(json_object_get(warn, "count"))};
  }
  json_decref(list);
}

#define RULE_COLUMNS "r.id, r.unit, r.count, r.warn, r.is_pausable"

static void read_rule(DueRun *run, Statement *row, int first) {
  run->rule_id = g_strdup(column_text(row, first));
  run->rule = (DeadlineRule){
      .code = run->code,
      .limit = {read_unit(column_text(row, first + 1)), (unsigned)column_int(row, first + 2)},
      .is_pausable = column_int(row, first + 4)};
  read_warn(&run->rule, column_text(row, first + 3));
}

#define RUN_SELECT                                                                                 \
  "select d.id, d.subject, d.record, d.code, d.start_at, d.due_at, d.next_at, d.paused_at,"        \
  " d.warn_at, " RULE_COLUMNS                                                                      \
  " from due d join deadline_rule r on r.id = d.rule where d.done_at is null"

static void read_warn_times(DueRun *run, const char *text) {
  json_t *list = json_loads(text, 0, NULL), *warn;
  size_t i;
  json_array_foreach(list, i, warn) {
    if (i < DEADLINE_WARNS)
      run->warn_ms[run->warn_count++] = json_integer_value(warn);
  }
  json_decref(list);
}

static DueRun *read_run(Statement *row) {
  DueRun *run = g_new0(DueRun, 1);
  run->id = g_strdup(column_text(row, 0));
  run->subject = g_strdup(column_text(row, 1));
  run->record = g_strdup(column_text(row, 2));
  run->code = g_strdup(column_text(row, 3));
  run->start_ms = column_int(row, 4);
  run->was_ms = column_int(row, 5);
  run->next_ms = column_int(row, 6);
  run->paused_since_ms = column_int(row, 7);
  read_warn_times(run, column_text(row, 8));
  read_rule(run, row, 9);
  return run;
}

bool due_run_open(Call *call, const char *code, DueRun **run) {
  g_autoptr(Statement) row = db_prepare(
      call->db, RUN_SELECT " and d.subject = :subject and d.record = :record and d.code = :code",
      &call->error);
  if (!row)
    return false;
  statement_text(row, ":subject", call->info->subject->name);
  statement_text(row, ":record", call->id);
  statement_text(row, ":code", code);
  int result = statement_step(row, &call->error);
  *run = result == SQLITE_ROW ? read_run(row) : NULL;
  return result != SQLITE_ERROR;
}

static bool insert_run(Call *call, const DueRun *run, int64_t base_seq) {
  g_autoptr(Statement) insert =
      db_prepare(call->db,
                 "insert into due (id, subject, record, code, rule, base_seq, start_at)"
                 " values (:id, :subject, :record, :code, :rule, :seq, :start)",
                 &call->error);
  if (!insert)
    return false;
  statement_text(insert, ":id", run->id);
  statement_text(insert, ":subject", run->subject);
  statement_text(insert, ":record", run->record);
  statement_text(insert, ":code", run->code);
  statement_text(insert, ":rule", run->rule_id);
  statement_int(insert, ":seq", base_seq);
  statement_int(insert, ":start", run->start_ms);
  return statement_run(insert, &call->error);
}

static DueRun *run_new(const Call *call, const char *code) {
  DueRun *run = g_new0(DueRun, 1);
  char id[ID_CHARS + 1];
  id_random(id, ID_CHARS);
  run->id = g_strdup(id);
  run->subject = g_strdup(call->info->subject->name);
  run->record = g_strdup(call->id);
  run->code = g_strdup(code);
  run->start_ms = call->now_ms;
  return run;
}

DueRun *due_run_begin(Call *call, const char *code, int64_t base_seq) {
  g_autoptr(DueRun) run = NULL;
  if (!due_run_open(call, code, &run) || run)
    return g_steal_pointer(&run);
  run = run_new(call, code);
  g_autoptr(Statement) rule =
      db_prepare(call->db,
                 "select " RULE_COLUMNS " from deadline_rule r where r.code = :code"
                 " and r.starts_on <= :today"
                 " order by r.starts_on desc, r.created_at desc, r.rowid desc limit 1",
                 &call->error);
  if (!rule)
    return NULL;
  statement_text(rule, ":code", code);
  statement_text(rule, ":today", call_text(call, "@today"));
  if (!statement_one(rule, "no rule of that code", &call->error))
    return NULL;
  read_rule(run, rule, 0);
  return insert_run(call, run, base_seq) ? g_steal_pointer(&run) : NULL;
}

bool due_run_end(Call *call, const DueRun *run, const char *how) {
  bool waived = strcmp(how, "waived") == 0;
  g_autoptr(Statement) update =
      db_prepare(call->db,
                 "update due set ended = :how, done_at = :now, next_at = null, waived_by = :by,"
                 " reason = :reason where id = :id",
                 &call->error);
  if (!update)
    return false;
  statement_text(update, ":how", how);
  statement_int(update, ":now", call->now_ms);
  statement_text(update, ":by", waived ? behalf_doer(call) : NULL);
  statement_text(update, ":reason", waived ? call_text(call, ":note") : NULL);
  statement_text(update, ":id", run->id);
  return statement_run(update, &call->error);
}

/* ---- what moved it ---- */

/* Whether it is paused is asked of what moved it before, which knows it without a day too. */
bool due_run_move(Call *call, const DueRun *run, const char *kind, const char *day) {
  g_autoptr(Statement) insert =
      db_prepare(call->db,
                 "insert into due_move (due, seq, at, kind, day)"
                 " select d.id, (select count(*) + 1 from due_move where due = d.id), :now, :kind,"
                 "  :day from due d where d.id = :id and :kind <> coalesce((select m.kind"
                 "  from due_move m where m.due = d.id and m.kind <> 'extend' order by m.seq desc"
                 "  limit 1), 'resume')",
                 &call->error);
  if (!insert || (strcmp(kind, "pause") == 0 && !run->rule.is_pausable))
    return insert != NULL;
  statement_int(insert, ":now", call->now_ms);
  statement_text(insert, ":kind", kind);
  statement_text(insert, ":day", day);
  statement_text(insert, ":id", run->id);
  return statement_run(insert, &call->error);
}

/* ---- the reckoning ---- */

static bool is_not_loaded(const GError *error) {
  return g_error_matches(error, CALENDAR_ERROR, CALENDAR_NOT_LOADED);
}

static void clock_clear(DueClock *clock) {
  calendar_free(clock->calendar);
  if (clock->zone)
    g_time_zone_unref(clock->zone);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DueClock, clock_clear)

/* Without any year that is active there is no calendar, and limits in hours run all the same. */
static bool clock_read(DueClock *clock, const Call *call, GError **error) {
  g_autoptr(GError) why = NULL;
  clock->zone = g_time_zone_new_identifier(call->zone);
  clock->calendar = calendar_load(call->db, &why);
  if (clock->calendar || is_not_loaded(why))
    return true;
  g_propagate_error(error, g_steal_pointer(&why));
  return false;
}

/* An extension that was granted stays one, whatever the calendar says now. */
static bool extend(Deadline *deadline, const DueClock *clock, const char *text, GError **error) {
  Day day = 0;
  day_parse(text, &day);
  if (!calendar_on_or_after(clock->calendar, day, &day, error))
    return false;
  deadline->due_ms = MAX(deadline->due_ms, day_end_ms(day, clock->zone));
  return true;
}

static bool move(Deadline *deadline, const DeadlineRule *rule, const DueClock *clock,
                 Statement *row, GError **error) {
  const char *kind = column_text(row, 1);
  int64_t at_ms = column_int(row, 0);
  if (strcmp(kind, "pause") == 0)
    return deadline_pause(deadline, rule, at_ms, error);
  if (strcmp(kind, "resume") == 0)
    return deadline_resume(deadline, rule, clock->calendar, clock->zone, at_ms, error);
  return extend(deadline, clock, column_text(row, 2), error);
}

/* From its start, through those of these kinds ("pause resume") that moved it. */
static bool walk(Call *call, const DueRun *run, const DeadlineRule *rule, const DueClock *clock,
                 const char *kinds, Deadline *deadline, GError **error) {
  g_autoptr(Statement) row = db_prepare(call->db,
                                        "select at, kind, day from due_move where due = :due"
                                        " and instr(:kinds, kind) > 0 order by seq",
                                        error);
  if (!row || !deadline_start(deadline, rule, clock->calendar, clock->zone, run->start_ms, error))
    return false;
  statement_text(row, ":due", run->id);
  statement_text(row, ":kinds", kinds);
  int result;
  while ((result = statement_step(row, error)) == SQLITE_ROW)
    if (!move(deadline, rule, clock, row, error))
      return false;
  return result == SQLITE_DONE;
}

static bool reckon(Call *call, const DueRun *run, const DueClock *clock, Deadline *deadline,
                   GError **error) {
  return walk(call, run, &run->rule, clock, "pause resume extend", deadline, error);
}

/* Of one that has no day: since when it is paused, and for how long it was. A limit in hours needs
 * no calendar to tell that. */
static bool reckon_pauses(Call *call, const DueRun *run, Deadline *deadline, GError **error) {
  static const DueClock none = {NULL, NULL};
  DeadlineRule rule = run->rule;
  rule.limit = (Span){SPAN_HOURS, 0};
  bool fine = walk(call, run, &rule, &none, "pause resume", deadline, error);
  deadline->due_ms = 0;
  return fine;
}

bool due_run_may_extend(Call *call, const DueRun *run, const char *day, Span most, GError **error) {
  g_auto(DueClock) clock = {NULL, NULL};
  Deadline deadline;
  Day to = 0;
  day_parse(day, &to);
  return clock_read(&clock, call, error) && reckon(call, run, &clock, &deadline, error) &&
         deadline_extend(&deadline, clock.calendar, clock.zone, to, most, error);
}

/* ---- what came out ---- */

typedef struct {
  Deadline deadline;
  int64_t yellow_ms, orange_ms;
  int64_t warn_ms[DEADLINE_WARNS];
  unsigned warn_count;
} Reckoned;

/* Whether what was reckoned is known; if it is not, as the calendar of those days is not loaded,
 * nothing is guessed. false with call->error: it failed. */
static bool known(Call *call, bool fine, GError *error, bool *is_known) {
  *is_known = fine;
  if (fine || is_not_loaded(error)) {
    g_clear_error(&error);
    return true;
  }
  g_propagate_error(&call->error, error);
  return false;
}

/* The end stands without the colours and the warnings before it, whose days may lie elsewhere. */
static bool reckon_signs(Call *call, const DueRun *run, const DueClock *clock, Reckoned *out) {
  GError *error = NULL;
  bool is_known;
  bool fine = deadline_turns(&out->deadline, clock->calendar, clock->zone, &out->yellow_ms,
                             &out->orange_ms, &error);
  if (!known(call, fine, error, &is_known))
    return false;
  if (!is_known)
    out->yellow_ms = out->orange_ms = 0;
  error = NULL;
  fine = deadline_warnings(&out->deadline, &run->rule, clock->calendar, clock->zone, out->warn_ms,
                           &out->warn_count, &error);
  return known(call, fine, error, &is_known);
}

static bool reckon_all(Call *call, const DueRun *run, const DueClock *clock, Reckoned *out) {
  GError *error = NULL;
  bool is_known, fine = reckon(call, run, clock, &out->deadline, &error);
  if (!known(call, fine, error, &is_known))
    return false;
  return is_known ? reckon_signs(call, run, clock, out)
                  : reckon_pauses(call, run, &out->deadline, &call->error);
}

/* Of times in order, how many lie before that one. */
static unsigned count_before(const int64_t *times_ms, unsigned count, int64_t at_ms) {
  unsigned n = 0;
  while (n < count && times_ms[n] < at_ms)
    n++;
  return n;
}

/* Of how many warnings people know already. Of another day nobody was warned; while it was paused
 * the row did not keep them. */
static unsigned count_told(const DueRun *run, const Reckoned *now) {
  if (now->deadline.due_ms != run->was_ms)
    return 0;
  return run->paused_since_ms
             ? count_before(now->warn_ms, now->warn_count, run->paused_since_ms + 1)
             : count_before(run->warn_ms, run->warn_count, run->next_ms);
}

/* Who was told that it is overdue is not told again; whoever should have been warned by now and was
 * not is warned at once. */
static int64_t next_ms(const DueRun *run, const Reckoned *now, int64_t now_ms) {
  if (now->deadline.paused_since_ms)
    return 0;
  if (now->deadline.due_ms < now_ms)
    return run->was_ms && run->was_ms < now_ms ? run->next_ms : now_ms;
  unsigned passed = count_before(now->warn_ms, now->warn_count, now_ms + 1);
  if (passed > count_told(run, now))
    return now_ms;
  return passed < now->warn_count ? now->warn_ms[passed] : now->deadline.due_ms + 1;
}

static char *warn_text(const Reckoned *now) {
  json_t *list = json_array();
  for (unsigned i = 0; i < now->warn_count; i++)
    json_array_append_new(list, json_integer(now->warn_ms[i]));
  char *text = json_dumps(list, JSON_COMPACT);
  json_decref(list);
  return text;
}

/* 0 is null: no day. */
static void set_time(Statement *update, const char *name, int64_t at_ms) {
  if (at_ms)
    statement_int(update, name, at_ms);
}

static bool write_run(Call *call, const DueRun *run, const Reckoned *now) {
  int64_t next = now->deadline.due_ms ? next_ms(run, now, call->now_ms) : 0;
  char *warn = warn_text(now);
  g_autoptr(Statement) update =
      db_prepare(call->db,
                 "update due set due_at = :due, yellow_at = :yellow, orange_at = :orange,"
                 " paused_at = :since, paused_ms = :paused, warn_at = :warn, next_at = :next"
                 " where id = :id",
                 &call->error);
  if (update) {
    set_time(update, ":due", now->deadline.due_ms);
    set_time(update, ":yellow", now->yellow_ms);
    set_time(update, ":orange", now->orange_ms);
    set_time(update, ":since", now->deadline.paused_since_ms);
    set_time(update, ":next", next);
    statement_int(update, ":paused", now->deadline.paused_ms);
    statement_text(update, ":warn", warn);
    statement_text(update, ":id", run->id);
  }
  free(warn);
  return update && statement_run(update, &call->error);
}

static json_t *time_json(int64_t at_ms) {
  return at_ms ? json_integer(at_ms) : json_null();
}

bool due_run_keep_by(Call *call, const DueRun *run, const DueClock *clock, json_t **detail) {
  Reckoned now = {.warn_count = 0};
  if (!reckon_all(call, run, clock, &now))
    return false;
  if (now.deadline.due_ms != run->was_ms) {
    g_autofree char *name = g_strconcat("due.", run->code, NULL);
    *detail = *detail ? *detail : json_object();
    json_object_set_new(
        *detail, name, json_pack("[o, o]", time_json(run->was_ms), time_json(now.deadline.due_ms)));
  }
  return write_run(call, run, &now);
}

bool due_run_keep(Call *call, const DueRun *run, json_t **detail) {
  g_auto(DueClock) clock = {NULL, NULL};
  return clock_read(&clock, call, &call->error) && due_run_keep_by(call, run, &clock, detail);
}

bool due_run_each(Call *call, DueRunEach function) {
  g_autoptr(GPtrArray) runs = g_ptr_array_new_with_free_func((GDestroyNotify)due_run_free);
  g_auto(DueClock) clock = {NULL, NULL};
  g_autoptr(Statement) row = db_prepare(call->db, RUN_SELECT, &call->error);
  int result = SQLITE_ERROR;
  while (row && (result = statement_step(row, &call->error)) == SQLITE_ROW)
    g_ptr_array_add(runs, read_run(row));
  bool fine = result == SQLITE_DONE && clock_read(&clock, call, &call->error);
  for (unsigned i = 0; fine && i < runs->len; i++)
    fine = function(call, runs->pdata[i], &clock);
  return fine;
}
