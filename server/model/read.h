/* Reading records for a call: one of them, or a page of a list. On a reader, or on the writer after
 * a change. Each leaves a document in call->out, or a problem, or an error. */
#pragma once

#include "model/call.h"

/* Of a query that reads one: only `on`, the day as of which it is asked (@on). */
bool read_as_of(Call *call, const GPtrArray *query);

/* The row call->id, if the actor may use the verb on it in its state; otherwise not_found, as for a
 * stranger. Leaves its columns in call->row, and call->scopes and call->verbs. */
bool read_row(Call *call, const char *verb);

/* The document of the row call->id as it is now; not_found, as read_row. */
bool read_answer(Call *call);
/* The same after a change: of a row that is not the actor's to see any more, its id alone. */
bool read_after(Call *call);

/* GET of the route's list. query: "name=value" strings; `sort` (a field or sort of the list, "-"
 * before it: downwards), `limit`, `after` (a `next`), `on`, and the list's filters. The document is
 * {items, next, total}: total only on the first page, and LIST_COUNTED_MOST where there are more.
 */
#define LIST_COUNTED_MOST 10001
bool read_list(Call *call, const GPtrArray *query);
