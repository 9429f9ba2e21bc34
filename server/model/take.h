/* What comes in: the only check of bodies, query strings and messages.
 *
 * A shape is a list of field names, "name?" may be left out: "name login? sector?"; "*" is all of
 * the fields. Everything that is wrong is said at once, each with its member ("want.2.w" is inside
 * of another): missing, unknown, type; characters, short, long (a text); less, more (a number);
 * few, many (a list); words, id, date, time. Pure; any thread. */
#pragma once

#include <jansson.h>

#include "model/field.h"
#include "model/problem.h"
#include "model/values.h"

#define TIME_LEAST_MS INT64_C(946684800000) /* the year 2000 */
#define TIME_MOST_MS INT64_C(7258118400000) /* the year 2200 */

/* The members of object, which may be NULL (none), as values named like the fields: texts in NFC
 * and without blanks at their ends, lists of words as JSON texts, booleans as 0 and 1; what has
 * parts stays JSON, as it came. A member that is left out has no value; null is one. values NULL:
 * it is checked only. */
bool take_object(const Field *fields, const char *shape, const json_t *object, Values *values,
                 Problem *problem);

/* One value written as text, as in a query string or a table that is imported. An empty text is
 * null where that may be. */
bool take_text(const Field *field, const char *text, Values *values, Problem *problem);

/* Whether the name stands in a list of words separated by blanks. Into *optional (or NULL) whether
 * a "?" stands behind it. */
bool shape_has(const char *shape, const char *name, bool *optional);
