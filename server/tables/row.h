/* A row that is being read, cell by cell, within the table's bounds. */
#pragma once

#include "table.h"

typedef struct {
  const TableSink *sink;
  TableFault fault;
  unsigned rows;    /* told so far */
  unsigned n;       /* of the row */
  unsigned filled;  /* cells up to the last that is not empty */
  GPtrArray *cells; /* GString; all that were ever needed */
} Row;

void row_init(Row *row, const TableSink *sink);
void row_clear(Row *row);

/* Begins the row n; false with a fault when it does not follow the one before. */
bool row_begin(Row *row, unsigned n);
/* The text of the cell; empty at first. false with a fault when it is too much. */
bool row_set(Row *row, unsigned column, const char *text, size_t length);
/* Tells the row unless it is empty. false: no more, or a fault. */
bool row_end(Row *row);
