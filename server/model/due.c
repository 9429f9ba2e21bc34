#include "model/due.h"

#include <string.h>

#include "model/due-run.h"
#include "store/statement.h"

/* ---- what the declarations say ---- */

typedef enum { BEGIN = '+', END_IT = '-', PAUSE = '|', RESUME = '>', WAIVE = '~' } What;

GPtrArray *due_codes(const Subject *subject) {
  GPtrArray *codes = g_ptr_array_new_with_free_func(g_free);
  for (const Step *step = subject->steps; step && step->verb; step++) {
    g_auto(GStrv) acts = g_strsplit(step->due ? step->due : "", " ", -1);
    for (unsigned i = 0; acts[i]; i++)
      if (*acts[i] == BEGIN &&
          !g_ptr_array_find_with_equal_func(codes, acts[i] + 1, g_str_equal, NULL))
        g_ptr_array_add(codes, g_strdup(acts[i] + 1));
  }
  return codes;
}

const char *due_wrong(const char *acts) {
  g_auto(GStrv) list = g_strsplit(acts, " ", -1);
  for (unsigned i = 0; list[i]; i++)
    if (!*list[i] || !strchr("+-|>~", *list[i]) || !g_ascii_isalpha(list[i][1]))
      return "what a step does to a limit is one of + - | > ~ and its code";
  return NULL;
}

/* Of a paused one it is as when it was paused. */
#define COLOUR                                                                                     \
  "(case when due_now.due_at < coalesce(due_now.paused_at, @now) then 'red'"                       \
  " when due_now.orange_at <= coalesce(due_now.paused_at, @now) then 'orange'"                     \
  " when due_now.yellow_at <= coalesce(due_now.paused_at, @now) then 'yellow' else 'none' end)"

const char due_colour[] = COLOUR;
const char due_columns[] =
    ", due_now.id as \"due.id\", due_now.code as \"due.code\", due_now.due_at as \"due.at\","
    " due_now.paused_at as \"due.paused_at\", " COLOUR " as \"due.colour:text!\"";

char *due_join(const Subject *subject, char alias, const char *key) {
  return g_strdup_printf(
      " left join due due_now on due_now.id = (select d.id from due d where d.subject = '%s'"
      " and d.record = %c.\"%s\" and d.done_at is null order by d.due_at is null, d.due_at, d.code"
      " limit 1)",
      subject->name, alias, key);
}

/* ---- steps ---- */

/* The event of this step, which is written after it. */
static bool next_seq(Call *call, int64_t *seq) {
  g_autoptr(Statement) row =
      db_prepare(call->db,
                 "select coalesce(max(seq), 0) + 1 from case_event where subject = :subject"
                 " and id = :id",
                 &call->error);
  if (!row)
    return false;
  statement_text(row, ":subject", call->info->subject->name);
  statement_text(row, ":id", call->id);
  if (!statement_one(row, "", &call->error))
    return false;
  *seq = column_int(row, 0);
  return true;
}

static bool begin(Call *call, const char *code) {
  int64_t seq;
  g_autoptr(DueRun) run = NULL;
  return next_seq(call, &seq) && (run = due_run_begin(call, code, seq)) != NULL &&
         due_run_keep(call, run, &call->detail);
}

static bool act(Call *call, What what, const char *code) {
  if (what == BEGIN)
    return begin(call, code);
  g_autoptr(DueRun) run = NULL;
  if (!due_run_open(call, code, &run))
    return false;
  if (!run)
    return true;
  switch (what) {
  case PAUSE:
    return due_run_move(call, run, "pause", NULL) && due_run_keep(call, run, &call->detail);
  case RESUME:
    return due_run_move(call, run, "resume", NULL) && due_run_keep(call, run, &call->detail);
  case WAIVE:
    return due_run_end(call, run, "waived");
  default:
    return due_run_end(call, run, "done");
  }
}

static bool is_final(const Call *call) {
  const State *state = call->info->subject->states;
  while (strcmp(state->name, call->step->to) != 0)
    state++;
  return state->flags & STATE_FINAL;
}

static bool end_all(Call *call) {
  g_autoptr(GPtrArray) codes = due_codes(call->info->subject);
  for (unsigned i = 0; i < codes->len; i++)
    if (!act(call, END_IT, codes->pdata[i]))
      return false;
  return true;
}

bool due_step(Call *call) {
  g_auto(GStrv) acts = g_strsplit(call->step->due ? call->step->due : "", " ", -1);
  for (unsigned i = 0; acts[i]; i++)
    if (!act(call, (What)*acts[i], acts[i] + 1))
      return false;
  return !call->info->due.name || !is_final(call) || end_all(call);
}

/* ---- extension ---- */

static bool refuse(Call *call, const GError *error) {
  const char *code = error->domain != DEADLINE_ERROR     ? "due_not_loaded"
                     : error->code == DEADLINE_NOT_LATER ? "due_not_later"
                                                         : "due_too_far";
  return problem_say(&call->problem, 409, code, NULL);
}

bool due_extend(Call *call, const char *code, const char *day, Span most) {
  g_autoptr(DueRun) run = NULL;
  g_autoptr(GError) error = NULL;
  if (!due_run_open(call, code, &run))
    return false;
  if (!run)
    return problem_say(&call->problem, 409, "due_none", NULL);
  if (!due_run_may_extend(call, run, day, most, &error))
    return refuse(call, error);
  return due_run_move(call, run, "extend", day) && due_run_keep(call, run, &call->detail);
}
