/* A list counted by one of its filters ("how many members of each sector"): by the list's own
 * rights, conditions and other filters, so that it tells whoever asks what the list would tell him.
 *
 * A filter can be counted by where its values stand in a set that is known (words, a dictionary's
 * items, records, yes and no) and where there is an expression for the value of a row: the column
 * of its own, what its section compares with ("s.org = :sector"), or a section `count` of its name
 * (sections.h); and where it is free words (TAGS), each of which counts by itself. Rows that have
 * no value count as null. By the connection's thread. */
#pragma once

#include "model/call.h"
#include "model/heads.h"

#define COUNT_GROUPS_MOST 2000
/* As long as whoever asks waits for, and no other reader is kept waiting: the five years of
 * attendance that a city has (systems.md 1.6, 180,000 rows). A record that grows for ever is
 * counted by its days. */
#define COUNT_ROWS_MOST 200000

/* The names of the list's filters that it can be counted by; ends with NULL; free with g_strfreev.
 */
char **count_names(const Info *info, const List *list);

typedef struct {
  char *value; /* as the filter takes it; NULL: none */
  char *label; /* in words */
  int64_t count;
} CountRow;

typedef struct {
  const Field *by;
  HeadsIn in;    /* the language of the labels */
  GArray *rows;  /* of CountRow: words in their order, others the most first, null last */
  int64_t total; /* rows of the list */
  bool several;  /* a row may count under several values, and so the sum be more than the total */
} Counts;

/* Whether the query asks for it: it has "count_by=…". */
bool count_is_asked(const GPtrArray *query);

/* query: `count_by`, `words` (zh, en: of the labels, Chinese unless it says otherwise), and else as
 * read_list takes it, without order and pages. NULL: a problem (the list is not counted by that; it
 * has more values than COUNT_GROUPS_MOST, or the list more rows than COUNT_ROWS_MOST: 409
 * too_many_rows) or an error. */
Counts *count_read(Call *call, const GPtrArray *query);
void count_free(Counts *counts); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Counts, count_free)

/* The document {by, items: [{value, label, count}], total, several}. */
bool count_list(Call *call, const GPtrArray *query);
