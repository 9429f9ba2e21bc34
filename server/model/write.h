/* Writing a row for a call: the one way in which the kernel does. On the writer. */
#pragma once

#include "model/call.h"

/* The columns of the table that the call has values for and, where there is a row before, that are
 * to become different. Ends with NULL; free the array alone. */
GPtrArray *write_changed(const Call *call);
/* A field of the row before; a reference is there as "lead_id". NULL when the row does not have it.
 */
const Value *write_before(const Call *call, const Field *field);

/* The row call->id of what was asked; a `run` section named like the verb does it instead. */
bool write_insert(Call *call);
/* These columns, and with_state the state @to and what is shown of it; counts the version up, also
 * when no column of the table changes. */
bool write_update(Call *call, const GPtrArray *names, bool with_state);
