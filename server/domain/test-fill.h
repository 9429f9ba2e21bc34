/* For tests: rows in every table, made of the schema and the declarations, so that new subjects
 * have some without a line of anybody's. They refer to each other and are as long as they must be,
 * and mean nothing. One thread. */
#pragma once

#include <sqlite3.h>

#include "model/model.h"

#define FILL_ROWS 7

/* The id of the n-th row (from 1) of every table that has ids; 17 bytes. */
void fill_id(unsigned n, char *id);

typedef struct {
  unsigned state; /* which of a subject's states, around */
  int64_t at_ms;  /* about when things happen; neighbours share a time */
  /* What is unique for a person and a meeting is of one person and different meetings, and not the
   * other way round. */
  bool by_meeting;
} Fill;

/* On a migrated database: FILL_ROWS rows a table, or as many as its unique keys allow. Most are the
 * first person's, of the first meeting and so on. Drops all triggers; references and CHECKs between
 * columns may not hold. */
void fill_all(sqlite3 *db, const Model *model, Fill fill);
