/* Values as people write them in a spreadsheet, and as an import keeps them. Pure; any thread. */
#pragma once

#include <jansson.h>

#include "model/model.h"
#include "model/problem.h"
#include "model/values.h"

/* The cell, not empty, as a value of the field: words and switches as people read them (heads.h),
 * lists of words with commas between, days as 2026-11-30, 2026/11/30 or 2026年11月30日, times with
 * hours in the zone. Otherwise as take_text (take.h), whose codes name what is wrong. */
bool import_take(const Info *info, const Field *field, const char *cell, const char *zone,
                 Values *values, Problem *problem);

/* As a request's body would have it. A new reference; value NULL is null. */
json_t *import_value_json(const Field *field, const Value *value);
