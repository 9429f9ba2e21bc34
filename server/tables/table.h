/* A table that somebody brings, read row by row: XLSX (ECMA-376, its first visible sheet) or values
 * separated by commas, semicolons or tabs, in UTF-8 or GB18030. What it is, is seen by what is in
 * it, not by its name.
 *
 * It comes from anywhere: everything is bounded, and nothing of it is believed. Works on memory,
 * opens nothing, writes nothing. One thread. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define TABLE_ROWS_MOST 20001            /* with the heads */
#define TABLE_COLUMNS_MOST 100           /* of a row, the empty ones at its end apart */
#define TABLE_CELL_MOST 16384            /* bytes of UTF-8 */
#define TABLE_INFLATED_MOST (200u << 20) /* bytes that may come out of an archive in all */

typedef enum {
  TABLE_FINE,
  TABLE_UNREADABLE, /* neither of the two, or damaged */
  TABLE_ENCRYPTED,  /* with a password */
  TABLE_ENCODING,   /* text, but neither UTF-8 nor GB18030 */
  TABLE_TOO_LARGE,  /* more of anything than the bounds above */
} TableFault;

const char *table_fault_name(TableFault fault); /* "fine", "unreadable" … */

typedef struct {
  /* A row that is not empty. n: as a spreadsheet counts rows, from 1, rising. cells: count texts in
   * valid UTF-8, borrowed. false: no more. */
  bool (*row)(void *user, unsigned n, char *const *cells, unsigned count);
  void *user;
} TableSink;

/* What was read before a fault has been told. */
TableFault table_read(const void *bytes, size_t size, const TableSink *sink);

/* Before the process is locked in: what the libraries would otherwise load when they need it. */
void table_prepare(void);
