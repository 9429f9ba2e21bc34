/* One limit that runs, as a row and as deadline.h reckons it; for due.c and due-clock.c. Writer's
 * thread. */
#pragma once

#include "model/call.h"
#include "model/deadline.h"

typedef struct {
  char *id, *subject, *record, *code;
  char *rule_id;
  DeadlineRule rule;
  int64_t start_ms;
  int64_t was_ms;                  /* when it was due before; 0: it had no day */
  int64_t next_ms;                 /* when somebody would have been told; 0: nobody */
  int64_t paused_since_ms;         /* 0: it ran */
  int64_t warn_ms[DEADLINE_WARNS]; /* of the end that it had, in order; none while it was paused */
  unsigned warn_count;
} DueRun;

void due_run_free(DueRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DueRun, due_run_free)

/* Begins one of this code, by the rule that counts now, for the call's row; NULL with call->error:
 * there is no such rule. One that runs already goes on. */
DueRun *due_run_begin(Call *call, const char *code, int64_t base_seq);
/* The one that is open for the call's row; *run NULL: there is none. */
bool due_run_open(Call *call, const char *code, DueRun **run);
/* What limits are reckoned with, borrowed; calendar: NULL while no year of it is active. */
typedef struct {
  Calendar *calendar;
  GTimeZone *zone;
} DueClock;

/* Each open one of any record, in no order; the calendar is read once for all of them. */
typedef bool (*DueRunEach)(Call *call, DueRun *run, const DueClock *clock);
bool due_run_each(Call *call, DueRunEach function);

/* "pause", "resume" (where its rule and its state let it), "extend" with a day. Only noted: keep
 * writes what follows from it. */
bool due_run_move(Call *call, const DueRun *run, const char *kind, const char *day);
/* Whether it can be extended so; false with error (DEADLINE_ERROR, CALENDAR_ERROR). */
bool due_run_may_extend(Call *call, const DueRun *run, const char *day, Span most, GError **error);
/* Reckons it and writes what came out; into *detail (made when it is NULL) the old and the new
 * time, if it moved. */
bool due_run_keep(Call *call, const DueRun *run, json_t **detail);
/* The same with the clock of due_run_each. */
bool due_run_keep_by(Call *call, const DueRun *run, const DueClock *clock, json_t **detail);
/* how: "done", or "waived" with the call's :note as the reason. */
bool due_run_end(Call *call, const DueRun *run, const char *how);
