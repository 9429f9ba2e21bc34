/* Fields as schemas of an OpenAPI 3.1 document, and what all its operations share. Any thread. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "model/field.h"

/* Each returns a new reference. */

/* bounds: of what comes in; what stands in the database may be older than they are. */
json_t *schema_field(const Field *field, bool bounds);
/* An object of the fields that the shape names (take.h), and no others. */
json_t *schema_shape(const Field *fields, const char *shape, bool bounds);
/* {type}, or {type: [type, "null"]}. */
json_t *schema_type(const char *type, bool nullable);
/* {$ref: "#/components/KIND/NAME"} */
json_t *schema_ref(const char *kind, const char *name);
/* A parameter of a path. */
json_t *schema_path_id(const char *name);

/* For components: csrf, key, if_match, must_match, limit, after and on; Problem, as response and as
 * schema. */
json_t *schema_parameters(void);
json_t *schema_responses(void);
json_t *schema_problem(void);
