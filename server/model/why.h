/* Why somebody may see a record, and do what he may do with it: GET of a record with "/why" behind
 * it. It is answered to who may read the record, of himself; of somebody else (?person=…) to the
 * security administrator (安全管理员), who need not see the record for it. */
#pragma once

#include <jansson.h>

#include "model/call.h"

#define WHY_VERB "why"

/* On a reader. Into call->out {person: {id, name}, grants: [{roles, scope, verbs}], withheld}: the
 * grants that fit, and the decisions that are not his because he asked for it or it is about him.
 * Each role, scope and verb is {name, zh, en}. Without grants he does not see it. */
bool why_answer(Call *call, const GPtrArray *query);

/* What it answers, for the API's description. A new reference. */
json_t *why_schema(void);
