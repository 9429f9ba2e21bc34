/* Changing records for a call, on the writer, in a savepoint: whoever runs it undoes everything
 * when it returns false. In this order: is it seen (404)? may he (403)? is it as he saw it (412)?
 * does the guard agree? Then the row, what else the effect writes, the audit record, and the row as
 * it is now for the answer. What was asked has been checked (take.h). */
#pragma once

#include "model/call.h"

/* The first two of it, on any connection: whoever may not at all need not be let in further, nor
 * told what is wrong with his request. */
bool change_may(Call *call);

/* The row is his to see, and the verb not his to use on it: in this state (409), or at all (403).
 * Keeps a problem that is there already. false. */
bool refuse_verb(Call *call, int verb);

/* All that stands before the writing, on any connection: would it be done, as things are? */
bool change_foresee(Call *call);

bool change_create(Call *call); /* gives call->id */
bool change_edit(Call *call);
bool change_do(Call *call);
bool change_step(Call *call);
bool change_undo(Call *call); /* undo.h */
/* Takes back a row that an import (call->route) made and nobody used: its version is still
 * call->version (0: whichever), and the guard agrees. */
bool change_unmake(Call *call);
