#include "row.h"

static void free_text(void *text) {
  g_string_free(text, TRUE);
}

void row_init(Row *row, const TableSink *sink) {
  *row = (Row){.sink = sink, .cells = g_ptr_array_new_with_free_func(free_text)};
}

void row_clear(Row *row) {
  g_ptr_array_unref(row->cells);
}

static bool fail(Row *row, TableFault fault) {
  row->fault = fault;
  return false;
}

bool row_begin(Row *row, unsigned n) {
  if (n <= row->n)
    return fail(row, TABLE_UNREADABLE);
  row->n = n;
  row->filled = 0;
  for (unsigned i = 0; i < row->cells->len; i++)
    g_string_truncate(row->cells->pdata[i], 0);
  return true;
}

bool row_set(Row *row, unsigned column, const char *text, size_t length) {
  if (length == 0)
    return true;
  if (column >= TABLE_COLUMNS_MOST || length > TABLE_CELL_MOST)
    return fail(row, TABLE_TOO_LARGE);
  if (!g_utf8_validate_len(text, length, NULL))
    return fail(row, TABLE_UNREADABLE);
  while (row->cells->len <= column)
    g_ptr_array_add(row->cells, g_string_new(NULL));
  GString *cell = row->cells->pdata[column];
  g_string_truncate(cell, 0);
  g_string_append_len(cell, text, (gssize)length);
  row->filled = MAX(row->filled, column + 1);
  return true;
}

bool row_end(Row *row) {
  char *cells[TABLE_COLUMNS_MOST];
  if (row->filled == 0)
    return true;
  if (++row->rows > TABLE_ROWS_MOST)
    return fail(row, TABLE_TOO_LARGE);
  for (unsigned i = 0; i < row->filled; i++)
    cells[i] = ((GString *)row->cells->pdata[i])->str;
  return row->sink->row(row->sink->user, row->n, cells, row->filled);
}
