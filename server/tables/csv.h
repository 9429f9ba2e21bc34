/* Values separated by commas, semicolons or tabs (RFC 4180, and what spreadsheets write). */
#pragma once

#include "table.h"

TableFault csv_read(const char *bytes, size_t size, const TableSink *sink);
/* Finds the converter of GB18030 while files can still be opened. */
void csv_prepare(void);
