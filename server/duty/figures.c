#include "duty/figures.h"

#include <string.h>

#include "duty/evidence.h"
#include "store/statement.h"

/* Evidence that statements share. */
typedef struct {
  char *meeting, *basis; /* basis: all that it rests on; NULL while the meeting is not over */
  Evidence *evidence;
} Shared;

static void shared_clear(void *data) {
  Shared *shared = data;
  g_free(shared->meeting);
  g_free(shared->basis);
  evidence_free(shared->evidence);
}

static void shared_unref(Shared *shared) {
  if (shared)
    g_rc_box_release_full(shared, shared_clear);
}

/* Of a connection. */
typedef struct {
  sqlite3_vtab base;
  sqlite3 *db;
  Shared *last; /* of a meeting that is over; or NULL */
} Table;

/* Of a statement. */
typedef struct {
  sqlite3_vtab_cursor base;
  Shared *shared; /* or NULL */
  char *meeting, *person, *capacity, *boot;
  int64_t now_ms, mono_us;
  bool done, loaded;
  AttendanceFacts facts, ever; /* in the window; from the opening to the end */
  AttendanceDraft draft;
} Cursor;

/* ---- the evidence ---- */

/* What the evidence of a meeting rests on, once it is over: segments, events and windows are only
 * ever added, and a segment is closed once. It is asked by every statement, so that nothing in it
 * walks the segments: the newest is that of all meetings, and those of this one that are open are
 * few. Null before the end. */
static const char basis_sql[] =
    "select iif(m.ended_at is null, null, json_array(m.opened_at, m.opened_mono_us, m.opened_boot,"
    " m.ended_at, m.ended_mono_us, m.ended_boot, m.planned_start, m.planned_end,"
    " (select max(s.rowid) from presence_segment s),"
    " (select count(*) from presence_segment s where s.meeting = m.id and s.left_at is null),"
    " (select max(e.seq) from meeting_event e where e.meeting = m.id),"
    " (select json_array(w.id, w.from_at, w.to_at) from attendance_window w where w.meeting = m.id"
    "   order by w.id desc limit 1),"
    " (select max(version) from attendance_rule)))"
    " from meeting m where m.id = :meeting";

static bool basis_of(sqlite3 *db, const char *meeting, char **basis, GError **error) {
  g_autoptr(Statement) row = db_prepare(db, basis_sql, error);
  if (!row)
    return false;
  statement_text(row, ":meeting", meeting);
  if (!statement_one(row, "no such meeting", error))
    return false;
  *basis = g_strdup(column_text(row, 0));
  return true;
}

static Shared *load(sqlite3 *db, const Cursor *cursor, GError **error) {
  Moment now = {cursor->now_ms, cursor->mono_us, cursor->boot};
  Evidence *evidence = evidence_load(db, cursor->meeting, now, error);
  if (!evidence)
    return NULL;
  Shared *shared = g_rc_box_new0(Shared);
  shared->meeting = g_strdup(cursor->meeting);
  shared->evidence = evidence;
  return shared;
}

/* Whatever the statement read of another meeting is let go. */
static bool find_evidence(Table *table, Cursor *cursor, GError **error) {
  if (cursor->shared && strcmp(cursor->shared->meeting, cursor->meeting) == 0)
    return true;
  g_clear_pointer(&cursor->shared, shared_unref);
  g_autofree char *basis = NULL;
  if (!basis_of(table->db, cursor->meeting, &basis, error))
    return false;
  const Shared *last = table->last;
  if (basis && last && strcmp(last->meeting, cursor->meeting) == 0 &&
      strcmp(last->basis, basis) == 0) {
    cursor->shared = g_rc_box_acquire(table->last);
    return true;
  }
  cursor->shared = load(table->db, cursor, error);
  if (!cursor->shared || !basis)
    return cursor->shared != NULL;
  cursor->shared->basis = g_steal_pointer(&basis);
  g_clear_pointer(&table->last, shared_unref);
  table->last = g_rc_box_acquire(cursor->shared);
  return true;
}

static bool judge(Cursor *cursor, GError **error) {
  if (cursor->loaded)
    return true;
  if (!find_evidence((Table *)(void *)cursor->base.pVtab, cursor, error))
    return false;
  const Evidence *evidence = cursor->shared->evidence;
  cursor->facts =
      evidence_facts(evidence, cursor->person, evidence->window, draft_observes(cursor->capacity));
  cursor->ever = evidence_facts(evidence, cursor->person, (Window){0, evidence->end_ms}, false);
  cursor->draft = draft_of(&cursor->facts, evidence->window, &evidence->rule);
  cursor->loaded = true;
  return true;
}

/* ---- the table ---- */

enum {
  STATE,
  LATE,
  LEFT_EARLY,
  PRESENT_S,
  FIRST_IN,
  LAST_OUT,
  WINDOW_FROM,
  WINDOW_TO,
  RULES,
  ENDED,
  ASKED /* from here on the arguments */
};
#define ARGUMENTS 6

static const char schema[] =
    "create table attendance_figures (state text, late integer, left_early integer,"
    " present_s integer, first_in integer, last_out integer, window_from integer,"
    " window_to integer, rules integer, ended integer, meeting text hidden, person text hidden,"
    " capacity text hidden, now integer hidden, mono_us integer hidden, boot text hidden)";

static int connect_table(sqlite3 *db, void *aux, int argc, const char *const *argv,
                         sqlite3_vtab **made, char **why) {
  int result = sqlite3_declare_vtab(db, schema);
  if (result != SQLITE_OK)
    return result;
  Table *table = g_new0(Table, 1);
  table->db = db;
  *made = &table->base;
  return SQLITE_OK;
}

static int disconnect_table(sqlite3_vtab *base) {
  Table *table = (Table *)(void *)base;
  g_clear_pointer(&table->last, shared_unref);
  g_free(table);
  return SQLITE_OK;
}

/* All arguments, in their order, or it cannot be done. */
static int choose_plan(sqlite3_vtab *base, sqlite3_index_info *info) {
  unsigned found = 0;
  for (int i = 0; i < info->nConstraint; i++) {
    int argument = info->aConstraint[i].iColumn - ASKED;
    if (argument < 0 || info->aConstraint[i].op != SQLITE_INDEX_CONSTRAINT_EQ)
      continue;
    if (!info->aConstraint[i].usable)
      return SQLITE_CONSTRAINT;
    info->aConstraintUsage[i].argvIndex = argument + 1;
    info->aConstraintUsage[i].omit = 1;
    found |= 1u << argument;
  }
  if (found != (1u << ARGUMENTS) - 1)
    return SQLITE_CONSTRAINT;
  info->estimatedCost = 10;
  info->estimatedRows = 1;
  info->idxFlags = SQLITE_INDEX_SCAN_UNIQUE;
  return SQLITE_OK;
}

static int open_cursor(sqlite3_vtab *base, sqlite3_vtab_cursor **made) {
  Cursor *cursor = g_new0(Cursor, 1);
  *made = &cursor->base;
  return SQLITE_OK;
}

static void forget_asked(Cursor *cursor) {
  g_free(cursor->meeting);
  g_free(cursor->person);
  g_free(cursor->capacity);
  g_free(cursor->boot);
}

static int close_cursor(sqlite3_vtab_cursor *base) {
  Cursor *cursor = (Cursor *)(void *)base;
  forget_asked(cursor);
  shared_unref(cursor->shared);
  g_free(cursor);
  return SQLITE_OK;
}

static char *text_of(sqlite3_value *value) {
  return g_strdup((const char *)sqlite3_value_text(value));
}

static int begin(sqlite3_vtab_cursor *base, int plan, const char *name, int argc,
                 sqlite3_value **argv) {
  Cursor *cursor = (Cursor *)(void *)base;
  forget_asked(cursor);
  cursor->meeting = text_of(argv[0]);
  cursor->person = text_of(argv[1]);
  cursor->capacity = text_of(argv[2]);
  cursor->now_ms = sqlite3_value_int64(argv[3]);
  cursor->mono_us = sqlite3_value_int64(argv[4]);
  cursor->boot = text_of(argv[5]);
  cursor->loaded = false;
  cursor->done = !cursor->meeting || !cursor->person;
  return SQLITE_OK;
}

static int go_on(sqlite3_vtab_cursor *base) {
  ((Cursor *)(void *)base)->done = true;
  return SQLITE_OK;
}

static int is_over(sqlite3_vtab_cursor *base) {
  return ((Cursor *)(void *)base)->done;
}

static int row_id(sqlite3_vtab_cursor *base, sqlite3_int64 *id) {
  *id = 1;
  return SQLITE_OK;
}

static void say_time(sqlite3_context *to, const Evidence *evidence, bool known, int64_t line_ms) {
  if (known)
    sqlite3_result_int64(to, evidence_wall_ms(evidence, line_ms));
  else
    sqlite3_result_null(to);
}

static void say(sqlite3_context *to, const Cursor *cursor, int column) {
  const Evidence *evidence = cursor->shared->evidence;
  const Stay *stay = evidence_stay(evidence, cursor->person);
  bool came = cursor->ever.first_in_ms >= 0;
  switch (column) {
  case STATE:
    sqlite3_result_text(to, cursor->draft.state, -1, SQLITE_STATIC);
    break;
  case LATE:
    sqlite3_result_int(to, cursor->draft.late);
    break;
  case LEFT_EARLY:
    sqlite3_result_int(to, cursor->draft.left_early);
    break;
  case PRESENT_S:
    sqlite3_result_int64(to, (cursor->facts.present_ms + 500) / 1000);
    break;
  case FIRST_IN:
    say_time(to, evidence, came, cursor->ever.first_in_ms);
    break;
  case LAST_OUT:
    say_time(to, evidence, came && !stay->here, cursor->ever.last_out_ms);
    break;
  case WINDOW_FROM:
    say_time(to, evidence, evidence->opened, evidence->window.from_ms);
    break;
  case WINDOW_TO:
    say_time(to, evidence, evidence->opened, evidence->window.to_ms);
    break;
  case RULES:
    sqlite3_result_int(to, evidence->rule.version);
    break;
  case ENDED:
    sqlite3_result_int(to, evidence->ended);
    break;
  default: /* an argument: who asked knows it */
    sqlite3_result_null(to);
    break;
  }
}

static int read_column(sqlite3_vtab_cursor *base, sqlite3_context *to, int column) {
  Cursor *cursor = (Cursor *)(void *)base;
  GError *error = NULL;
  if (judge(cursor, &error)) {
    say(to, cursor, column);
    return SQLITE_OK;
  }
  sqlite3_result_error(to, error->message, -1);
  g_error_free(error);
  return SQLITE_ERROR;
}

static const sqlite3_module module = {
    .iVersion = 0,
    .xConnect = connect_table, /* without xCreate: it is there by its name, and is never made */
    .xBestIndex = choose_plan,
    .xDisconnect = disconnect_table,
    .xOpen = open_cursor,
    .xClose = close_cursor,
    .xFilter = begin,
    .xNext = go_on,
    .xEof = is_over,
    .xColumn = read_column,
    .xRowid = row_id,
};

static int add_module(sqlite3 *db, char **why, const struct sqlite3_api_routines *api) {
  return sqlite3_create_module_v2(db, "attendance_figures", &module, NULL, NULL);
}

void figures_register(void) {
  sqlite3_auto_extension((void (*)(void))add_module);
}
