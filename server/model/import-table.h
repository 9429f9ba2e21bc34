/* The rows of a table that was brought, as the worker that read it wrote them (tables/main.c). It
 * may have been taken over by what it read, so nothing of it is believed either. One thread. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct {
  unsigned n;   /* as the spreadsheet counts rows, from 1 */
  char **cells; /* with NULL behind the last */
} ImportLine;

typedef struct {
  char fault[16];   /* what was wrong with the table: "unreadable", "too_large" …; "fine" */
  GPtrArray *lines; /* ImportLine; the first has the heads */
} ImportTable;

void import_table_clear(ImportTable *table);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ImportTable, import_table_clear)

/* text: all that it wrote. */
void import_table_read(ImportTable *table, const char *text);
