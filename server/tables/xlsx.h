/* The first visible sheet of a workbook (ECMA-376 Part 1 §18). Read twice: what the sheet refers to
 * (texts, formats) may lie behind it in the archive. */
#pragma once

#include "table.h"

TableFault xlsx_read(const void *bytes, size_t size, const TableSink *sink);
