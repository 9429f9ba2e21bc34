/* Reading records for a call: one of them, or a page of a list. On a reader, or on the writer after
 * a change. Each leaves a document in call->out, or a problem, or an error. */
#pragma once

#include "model/call.h"
#include "model/compose.h"
#include "model/plan.h"

/* Of a query that reads one: only `on`, the day as of which it is asked (@on). */
bool read_as_of(Call *call, const GPtrArray *query);

/* The row call->id, if the actor may use the verb on it in its state; otherwise not_found, as for a
 * stranger. Leaves its columns in call->row, and call->scopes and call->verbs. */
bool read_row(Call *call, const char *verb);

/* The same with the plan at its row, for who takes its columns one by one; NULL: as read_row says
 * false. */
Plan *read_plan(Call *call, const char *verb);

/* Whether who has these verbs on a row in these scopes reads another person's file by it
 * (subject.h): a deputy also where it is the giver's own. */
bool read_is_file(const Call *call, uint64_t verbs, uint32_t scopes);

/* The document of the row call->id as it is now; not_found, as read_row. */
bool read_answer(Call *call);
/* The same after a change: of a row that is not the actor's to see any more, its id alone. */
bool read_after(Call *call);

/* GET of the route's list. query: "name=value" strings; `sort` (a field or sort of the list, "-"
 * before it: downwards), `limit`, `after` (a `next`), `on`, and the list's filters, those of words,
 * dictionaries and references with several values between commas (several.h). The document is
 * {items, next, total}: total only on the first page, and LIST_COUNTED_MOST where there are more.
 */
#define LIST_COUNTED_MOST 10001
bool read_list(Call *call, const GPtrArray *query);

/* A list that somebody asks for, for who takes its rows one by one. */
typedef struct {
  const Info *info;
  unsigned roles;
  int verb;
  ListWish wish;
  int limit; /* rows at once */
  char *(*compose)(const Info *info, unsigned roles, int verb, const ListWish *wish);
} Many;

/* Fills it with the route's list as the query asks for it; a problem when he may not, or the query
 * is wrong. */
bool read_many(Call *call, const GPtrArray *query, Many *many);
/* The statement of the list, bound: its next `limit` rows, from the first or behind the mark. */
Plan *read_many_plan(Call *call, Many *many);
/* The statement that counts the list by many->wish.by, bound: a value, and how many have it. */
Plan *read_many_counts(Call *call, Many *many);
/* How many rows the list has. */
bool read_many_total(Call *call, Many *many, int64_t *total);
/* What comes next is behind the plan's current row. */
void read_many_mark(Call *call, Many *many, const Plan *plan);
