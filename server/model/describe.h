/* What the subjects declare, as OpenAPI 3.1: nothing of it is kept by hand. Any thread; db is a
 * migrated database, of which only the schema is read. */
#pragma once

#include <jansson.h>
#include <sqlite3.h>

#include "model/plan.h"

/* Adds paths and schemas to the document's, and what its operations share (schema.h). false with
 * error: a row does not compile. */
bool describe_openapi(const Model *model, sqlite3 *db, json_t *document, GError **error);

/* The row with all its columns, as whoever may see everything has it. NULL with error. */
Plan *describe_row(const Model *model, const Info *info, sqlite3 *db, GError **error);

/* "person.edit", of many "person.edit_many": what a route is called there; verb is its own, or that
 * of one of its steps. Free with g_free. */
char *operation_name(const Info *info, const Route *route, const char *verb, bool bulk);
/* "person.export": of a list that is taken away. */
char *paper_operation(const Info *info, const Paper *paper);
char *export_name(const Info *info, const Route *route);
