/* What the pages know of a subject: domain/X/gen.ts of the web side, whose shape is that of
 * web/src/model/meta.ts. Rows, inputs and questions as types; fields, lists, forms, steps, states
 * and words as one constant. Any thread; db is a migrated database, of which only the schema is
 * read. */
#pragma once

#include <sqlite3.h>

#include "model/model.h"

/* false with error: the row does not compile. */
bool print_web(const Model *model, sqlite3 *db, const Info *info, GString *out, GError **error);

/* A module with the constants of all subjects in one list. */
void print_web_list(const Model *model, GString *out);
