/* The numbered migrations, made from migrations/NNNN_name.sql by embed.py at build time. The first
 * leads to version 1. Constant. */
#pragma once

#include <stdbool.h>

typedef struct {
  const char *name; /* "0001_base" */
  /* It makes a table anew, as SQLite wants it for most changes of one ("Making Other Kinds Of Table
   * Schema Changes", lang_altertable.html): nothing may be enforced while others refer to a table
   * that is not there, and what they say of it must stay as it is written. */
  bool rebuilds;
  const char *sql;
} Migration;

extern const Migration migrations[];
extern const int migration_count;
