/* What a call does through the routes of other subjects, as a part of itself: with their checks,
 * guards, effects, history and audit, in the same transaction and of the same actor, who needs no
 * right of his own for it: SERVER does (subcase.h leads cases on by their steps). What belongs to
 * the call's row is made and found under it. Nobody waits for the answer. For effects. */
#pragma once

#include "model/call.h"

/* A row by the subject's R_CREATE, of this body; id gets 17 bytes. */
bool part_create(Call *call, const char *subject, const json_t *body, char *id);
/* An act (R_DO) on a row. What it answers beside the row goes into said (NULL: nothing; the
 * caller's), unless that is NULL. */
bool part_act(Call *call, const char *subject, const char *id, const char *verb, json_t **said);
