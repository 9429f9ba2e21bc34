/* The numbered migrations, made from migrations/NNNN_name.sql by embed.py at build time. The first
 * leads to version 1. Constant. */
#pragma once

typedef struct {
  const char *name; /* "0001_base" */
  const char *sql;
} Migration;

extern const Migration migrations[];
extern const int migration_count;
