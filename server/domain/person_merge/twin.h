/* What both accounts have of what one person has once: files of a term, seats, what he asked to be
 * changed. For guards and effects of person_merge; @from is the account that goes, @into the one
 * that stays, @second and @first their rows of the register. */
#pragma once

#include "model/call.h"

/* Guard: whether it can all become one person's. What cannot is refused, by name. */
bool twin_may_join(Call *call);
/* Before references are moved. Files of the same term become one: what each says and has is in it.
 * Of two posts that say the same of the same time one stays; his other seat in a sector ends on
 * this day. The audit record has what the files and the posts of the account that goes said. */
bool twin_join(Call *call);
