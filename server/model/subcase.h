/* What one record does to others: makes cases of their own under it, and leads them on.
 *
 * The event of the other record names the person whose call it is; the right is the server's: the
 * verb must be given to SERVER in the other subject's grants. Everything else goes as if a person
 * did it: guard, effect, number, history, audit. For effects. */
#pragma once

#include "model/call.h"

/* A row by the creating verb, of these values (names of its fields). Its id into id (17 bytes) or
 * NULL. What the other subject refuses is this call's problem. */
bool call_create(Call *call, const char *subject, const char *verb, const Values *values, char *id);
/* One for each row of a `rows` section, whose columns are fields of the new row. */
bool call_create_each(Call *call, const char *subject, const char *verb, const char *section);
/* A step of the row with this id; values (or NULL) are what it takes. */
bool call_step(Call *call, const char *subject, const char *id, const char *verb,
               const Values *values);
/* The same where it may be that the row is not in a state for it: then nothing is done and *done
 * (or NULL) is false. */
bool call_try_step(Call *call, const char *subject, const char *id, const char *verb,
                   const Values *values, bool *done);
/* Takes a row back as the subject's IMPORT does: its guard says whether anybody used it. */
bool call_unmake(Call *call, const char *subject, const char *id);
/* An edit, by a verb of an EDIT route; only what becomes different is written. */
bool call_edit(Call *call, const char *subject, const char *id, const char *verb,
               const Values *values);
