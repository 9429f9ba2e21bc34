/* The subjects' bounds and states in the database itself, as triggers made of the declarations: so
 * they hold whoever writes, and stand in no SQL a second time. What only SQL can say (not null,
 * unique, references) stays in the migrations. */
#pragma once

#include <sqlite3.h>

#include "model/model.h"

/* On a writing connection, in a transaction, after the migrations: makes the triggers anew unless
 * they are those that the declarations want. data: the Model. */
bool guards_install(sqlite3 *db, void *data, GError **error);

/* The triggers of one subject, as SQL; free with g_free. A guard looks only at what changes, so
 * that a row that is older than a bound can still move. It aborts with "bound:FIELD" or "state". */
char *guards_text(const Info *info);
