/* One thing done to many records: POST path/-/verb (or PATCH path/-) with "ids" beside what the
 * route or the step takes; what was done so is taken back so (undo.h). Each is its own: refused for
 * one it is done to the others, and the answer says for each what became of it. All of it is one
 * transaction, and one answer that an Idempotency-Key keeps. */
#pragma once

#include "model/call.h"

#define BULK_MOST 1000

/* "people/{person}/unlock" is "people/-/unlock" for many. Free with g_free. */
char *bulk_path(const Info *info, const char *path);

/* On any connection: whether anybody like the actor may at all, and what he says. The ids are in
 * ":ids" afterwards, as JSON. */
bool bulk_may(Call *call);
bool bulk_take(Call *call, const json_t *body);
/* On the writer. {done, results: [{id, status, code, params, errors}]}, in the order of the ids. */
bool bulk_run(Call *call);
