/* The OpenAPI document, made of what endpoints (endpoint.h) and subjects (model/describe.h)
 * declare. */
#pragma once

#include <jansson.h>
#include <sqlite3.h>

#include "model/model.h"

/* Any thread. db is a migrated database, of which only the schema is read. A new reference; NULL
 * with error. */
json_t *openapi_document(const Model *model, sqlite3 *db, GError **error);

/* The types of web/src/sdk/api.gen.ts. Free with g_free. */
char *openapi_types(void);
