/* What somebody looks for, in every kind of record that is to be found (index.h).
 *
 *   q=电梯            what he typed, 1…64 characters
 *   kind=meeting      only these; then the answer has pages (after=, of `next`)
 *   limit=5           of each kind, 1…50
 *
 * The answer is {"kinds": [{"kind", "items": [{"id", "title", "number", "about", "state", "at"}],
 * "total", "next"}]}: kinds of which nothing is found are left out, those with a number that was
 * asked for come first. `total` is at most SEARCH_COUNTED_MOST. What he may not read is a condition
 * of the statements: the answer is the same whether there is such or not.
 *
 * Of several kinds titles come first, then texts, each newest first; of one kind the newest. */
#pragma once

#include "model/call.h"

#define FIND_MOST 50
#define FIND_USUAL 5

/* What is asked (FIND_QUERY, a shape of take.h) and answered ("kinds"). */
extern const Field find_fields[];
#define FIND_QUERY "q kind? after? limit?"

/* What the call's `asked` says, after its check; on any connection, into call->out. No subject is
 * chosen in the call; call_begin was called. false: the problem or the error says why. */
bool find_answer(Call *call);
