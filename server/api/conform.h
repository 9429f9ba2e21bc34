/* For tests: whether an answer is as the OpenAPI document says. As much of JSON Schema as the
 * document uses: type, enum, properties, required, additionalProperties, items, oneOf, $ref. */
#pragma once

#include <jansson.h>

#include "api/api.h"

/* Aborts the test, naming the place, when a success answers otherwise than described. */
void conform_check(HttpMethod method, const char *path, const ApiResponse *response);
