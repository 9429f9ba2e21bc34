/* What model_new checks of one subject: that every name in its declarations resolves, and that what
 * is declared together goes together. Each adds to info what follows from it, or sets *why (free
 * with g_free) and is false. Only while the model is made. */
#pragma once

#include "model/model.h"

/* Fields, routes and printed forms. */
bool check_fields(const Info *info, char **why);
bool check_papers(Info *info, char **why);
bool check_routes(Info *info, char **why);
/* States, steps, limits and notices. */
bool check_steps(Info *info, char **why);

/* ---- for these files alone ---- */

/* false, with "subject X: WHAT: NAME". */
bool model_fail(const Subject *subject, char **why, const char *what, const char *name);
/* The index of the name, which is added where it is not there yet. */
unsigned model_bit_of(GPtrArray *names, const char *name);
const State *model_state(const Subject *subject, const char *name);
bool field_is_own(const Field *field); /* a column of the subject's table */
bool subject_has_route(const Subject *subject, RouteKind kind);
bool check_given(const Info *info, const char *verb, char **why);
uint64_t verb_bit(const Info *info, const char *verb);
/* never: flags of fields that it may not set. */
bool check_shape(const Subject *subject, const char *shape, unsigned never, char **why);
