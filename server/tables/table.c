#include "table.h"

#include <libxml/parser.h>
#include <string.h>

#include "csv.h"
#include "xlsx.h"

static const char *const names[] = {
    [TABLE_FINE] = "fine",           [TABLE_UNREADABLE] = "unreadable",
    [TABLE_ENCRYPTED] = "encrypted", [TABLE_ENCODING] = "encoding",
    [TABLE_TOO_LARGE] = "too_large",
};

const char *table_fault_name(TableFault fault) {
  return names[fault];
}

void table_prepare(void) {
  xmlInitParser();
  csv_prepare();
}

static bool begins(const void *bytes, size_t size, const char *with, size_t length) {
  return size >= length && memcmp(bytes, with, length) == 0;
}

TableFault table_read(const void *bytes, size_t size, const TableSink *sink) {
  if (begins(bytes, size, "PK\003\004", 4))
    return xlsx_read(bytes, size, sink);
  /* A compound file: a workbook with a password, or one of before 2007. */
  if (begins(bytes, size, "\xD0\xCF\x11\xE0", 4))
    return TABLE_ENCRYPTED;
  return csv_read(bytes, size, sink);
}
