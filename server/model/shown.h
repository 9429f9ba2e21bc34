/* How a value stands on paper: in words, days as people write them, never a code. Pure; any thread.
 * What is returned is freed with g_free. */
#pragma once

#include "model/heads.h"
#include "model/plan.h"

/* "2026-11-30" is 2026年11月30日, 30 November 2026; what is no day is as it is. */
char *shown_day(HeadsIn in, const char *day);
/* With the day of the week: 2026年11月30日（星期一）14:30, Monday, 30 November 2026, 14:30. */
char *shown_time(const char *zone, HeadsIn in, int64_t at_ms);
/* A JSON list: its words, or the names of what it has. */
char *shown_list(const Heads *heads, const Field *field, const char *text);
/* A JSON object: what it is called, or as it is. */
char *shown_object(const char *text);
/* A column that is a text. */
char *shown_text(const Heads *heads, const Column *column, const char *text);

/* What a form calls the column: "lead.name"; "unit_kind" what a dictionary's words are. */
char *shown_name(const Info *info, const Column *column);
/* Whether it is the word of a dictionary in the other language, or its code: not shown. */
bool shown_is_other(const Info *info, const Column *column, HeadsIn in);
/* The column of the plan's row, whatever it is; "" for null. at: where it stands in the statement.
 */
char *shown_value(const Heads *heads, const char *zone, const Plan *plan, const Column *column,
                  int at);
