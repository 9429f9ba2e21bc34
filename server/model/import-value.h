/* Values as people write them in a spreadsheet, and as an import keeps them. One thread. */
#pragma once

#include <jansson.h>

#include "model/call.h"

/* The cell, not empty, as what is asked of the field: words and switches as people read them
 * (heads.h), lists of words with commas between, items of dictionaries by code or word (dict.h),
 * what is referred to by its name, where a `rows named_FIELD` finds it (its ids where it is called
 * @named; none: "unknown_name", more than one: "several"), days as 2026-11-30, 2026/11/30 or
 * 2026年11月30日, times with hours in the zone. Otherwise as take_text (take.h), whose codes name
 * what is wrong in the call's problem. */
bool import_take(Call *one, const Field *field, const char *cell);

/* As a request's body would have it. A new reference; value NULL is null. */
json_t *import_value_json(const Field *field, const Value *value);
