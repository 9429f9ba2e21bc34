/* What stands in the way of a step, and who sets it aside for one record.
 *
 * A step that is `blocked_by` a `rows` section waits until that has no rows: "the co-sponsors have
 * not signed". Whoever was given an act for it (a DO route whose effect is call_waive, with the
 * fields `step` and `reason`) sets the rule aside for this record, with a reason; the step then
 * names in its event who did. Two people's acts are two events. */
#pragma once

#include "model/call.h"

/* 409 `blocked` with params {by: [row, …]}, unless it is waived; then the event's data names the
 * waiver. */
bool step_is_free(Call *call, const Step *step);
/* An effect: ":step" is the verb that is freed, ":reason" why. */
bool call_waive(Call *call);
