/* What is due: limits that run for records, by the rules that the office keeps.
 *
 * A step says which ones it begins and ends (Step.due); they are rows beside the record, written in
 * the step's transaction. A limit keeps the rule that it began with. It is reckoned from the rule,
 * its start and what moved it since (deadline.h), so it can be reckoned again when the calendar
 * changes; while the calendar of its days is not loaded it runs without a day, and nothing is
 * guessed. Every move stands in the history of the record, as "due.CODE": [before, after].
 *
 * What of it is shown: the row has the open limit that ends first as `due` {id, code, at,
 * paused_at, colour}, null when there is none; lists may sort and filter by `due`. Where a subject
 * does not show each state to everybody (State.shown), all of that is for those only who have the
 * verb `work` on the row: which limit runs tells how far the work is. Writer's thread, but for the
 * texts, which are pure. Source: systems.md 1.3, 1.5. */
#pragma once

#include "model/call.h"
#include "model/deadline.h"

/* The colours, as words; DeadlineColour names them in this order. */
#define DUE_COLOURS "none yellow orange red"
/* The order by it: what has no day comes last. */
#define DUE_LAST "9007199254740991"
#define DUE_SORT "coalesce(due_now.due_at, " DUE_LAST ")"

/* ---- what the declarations say ---- */

/* Each code that the subject's steps begin, once; free with g_ptr_array_unref. */
GPtrArray *due_codes(const Subject *subject);
/* NULL, or what is wrong with the text of a step ("+reply -review"); a constant. */
const char *due_wrong(const char *acts);
/* " left join …" of the open limit, for a row whose table has that alias and that key; its columns
 * and its colour, as SQL. */
char *due_join(const Subject *subject, char alias, const char *key);
extern const char due_columns[], due_colour[];

/* ---- on the writer ---- */

/* For the kernel: what the step says, of the call's row. Where the step leads to a final state all
 * that still runs has been done. */
bool due_step(Call *call);

/* For effects: the open limit of this code is to end with that day ("2026-07-01"), or the next one
 * that is worked; most: from its start, in all. Refuses with 409 due_none, due_not_later,
 * due_too_far or due_not_loaded. */
bool due_extend(Call *call, const char *code, const char *day, Span most);

/* Reckons all that runs again, after the calendar changed. */
bool due_recount(Call *call);

/* Tells who is to be told by now, as the job of a clock: the subject's notice `due` before the time
 * and `overdue` after it, to the people of its section `people due`, which may use @due (the code)
 * and @until (the day). zone: base/zone.h. */
bool due_warn(sqlite3 *db, const Model *model, const char *zone, int64_t now_ms, GError **error);
