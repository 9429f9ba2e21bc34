/* Taking a step back: by who did it, for as long as the step says, while nothing happened after it.
 *
 * The columns that it wrote and the state get their old values out of its event; what its effect
 * wrote elsewhere is taken back by the step's own function. It is an event of its own: the history
 * has both. */
#pragma once

#include "model/call.h"

#define UNDO_VERB "undo"

/* Whether the last thing that was done to the row can be taken back by the actor now, who has to be
 * allowed to do it still: otherwise not
 * found, or 409 `undo_gone`. Leaves the row before, the step, and what is to be written: the old
 * values as if they were asked, @to and @shown. On any connection. */
bool undo_may(Call *call);

/* Until when the event of this verb, made at that time, may be taken back by who made it; 0: it may
 * not. Milliseconds UTC. */
int64_t undo_until(const Info *info, const char *verb, const char *from, int64_t at_ms);

/* Whether any step of the subject can be taken back; of many records at once, where one that is
 * done to many can. */
bool undo_exists(const Subject *subject);
bool undo_of_many(const Subject *subject);
/* Whether anybody of these roles could have done something that can be taken back. */
bool undo_has(const Info *info, unsigned roles);
