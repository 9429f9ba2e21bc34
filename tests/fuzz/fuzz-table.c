/* Tables that people bring: whatever comes, rows are told in rising order, within the bounds, in
 * valid UTF-8 without a byte that ends a text, and it is said what came of it. */
#include "fuzz.h"

#include <string.h>

#include "table.h"

typedef struct {
  unsigned rows, n;
} Seen;

static bool see_row(void *user, unsigned n, char *const *cells, unsigned count) {
  Seen *seen = user;
  MUST(n > seen->n);
  MUST(count > 0 && count <= TABLE_COLUMNS_MOST && *cells[count - 1]);
  for (unsigned i = 0; i < count; i++)
    MUST(strlen(cells[i]) <= TABLE_CELL_MOST && g_utf8_validate(cells[i], -1, NULL));
  seen->n = n;
  MUST(++seen->rows <= TABLE_ROWS_MOST);
  return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  Seen seen = {0};
  const TableSink sink = {see_row, &seen};
  MUST(table_fault_name(table_read(data, len, &sink)));
  return 0;
}
