/* For tests: whether an answer is as the OpenAPI document says. As much of JSON Schema as the
 * document uses: type, enum, properties, required, additionalProperties, items, oneOf, $ref. */
#pragma once

#include <jansson.h>

#include "api/api.h"

/* Aborts the test, naming the place, when a success answers otherwise than the document describes
 * the operation. */
void conform_check(json_t *document, const char *operation, const ApiResponse *response);
