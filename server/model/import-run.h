/* An import that is kept, done, and taken back. On the writer, in its savepoint: whoever runs it
 * undoes everything when it returns false, so that an import is done whole or not at all. */
#pragma once

#include "model/import-plan.h"

/* Keeps the plan as a row of the subject `import`, and its rows, which nobody changes any more.
 * call is by who planned it, of no subject yet; it ends as after a CREATE of the import, with its
 * document. file: how the table is called, or NULL. */
bool import_keep(Call *call, const ImportPlan *plan, const char *file);

/* The effect of a step of an import (call->id): does what the plan says, row by row, by the
 * subject's own CREATE and EDIT. Refused when the plan is not the one whose digest he saw, when
 * anything that it rests on has moved since, when the subject refuses a row, and when lines are
 * wrong, unless he wants the others alone (:valid_only). */
bool import_commit(Call *call);
/* The effect of a step of an import that was done: takes back what it made, and puts back what it
 * changed; refused when something happened to one of its rows since. */
bool import_revert(Call *call);

/* Forgets the tables (they are full of people's data) of imports that were not done after a week,
 * and of others after a quarter of a year, when they cannot be undone any more. */
bool imports_purge(sqlite3 *db, int64_t now_ms, GError **error);
