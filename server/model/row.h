/* The only way from a row to JSON: straight into text, each column at the place that its name says,
 * and only what whoever asks may see. Strings are as jansson would write them. By the connection's
 * thread. */
#pragma once

#include "model/plan.h"

/* The current row as an object: its columns, and "may" with the verbs of acts (Info) that are among
 * these. Columns whose verb is not among them are left out. A group of columns ("lead.id",
 * "lead.name", neighbours) is one object, and null when its id is;
 * so is what a dictionary says. */
void row_json(Plan *plan, const Info *info, uint64_t verbs, GString *out);

/* Where the value of the plan's nth column stands for who has these verbs on the current row: a
 * column of the statement; -1: he does not see it, or it is of a group that is null. */
int row_column(const Plan *plan, const Info *info, unsigned n, uint64_t verbs);

/* text with quotes and escapes, or null. */
void json_string_append(GString *out, const char *text);
