/* A filter of which several values are said, "state=filed,assigned": a row is in the list whose
 * value is any of them. Those take it whose values stand in a set that is known, and have no comma:
 * words of a declaration, items of a dictionary, records. The values are one parameter, a JSON
 * list, so that the statement does not depend on their number. Pure; any thread. */
#pragma once

#include "model/field.h"
#include "model/problem.h"
#include "model/values.h"

#define SEVERAL_MOST 50 /* values of one filter */

bool several_takes(const Field *field);

/* What a request says of a filter: one value, as take_text has it, or of a filter that takes them
 * several between commas, as a list (VALUE_JSON). A value that is said twice counts once. */
bool several_take(const Field *field, const char *text, Values *values, Problem *problem);

/* The condition of a section that is about one value of the filter, `:name`, asked of the list
 * :name. Where it only compares ("s.org = :sector") an index serves it as before; else it is asked
 * for each of the values. Free with g_free. */
char *several_condition(const char *condition, const char *name);

/* What a condition compares one value of the filter with: "s.org" of "s.org = :sector"; NULL where
 * it is more than that. Free with g_free. */
char *several_compared(const char *condition, const char *name);
