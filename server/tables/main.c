/* yishi-table: reads the table on its standard input (table.h) and writes its rows to its standard
 * output, which may be a file, a JSON list a line: [3,"李明","member"]; the number is the row's in
 * the table. The last line is what came of it: {"fault":"fine"}. Without that line it died, and
 * what it wrote is worth nothing. It runs for one table, locked in (sandbox.h). */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sandbox/sandbox.h"
#include "table.h"

#define INPUT_MOST (20u << 20)
#define OUTPUT_MOST (64u << 20)
#define MEMORY_MOST (512u << 20)
#define CPU_MOST_S 20

static bool read_input(GByteArray *bytes) {
  guint8 chunk[65536];
  for (;;) {
    ssize_t size = read(STDIN_FILENO, chunk, sizeof chunk);
    if (size < 0 && errno == EINTR)
      continue;
    if (size <= 0)
      return size == 0;
    if (bytes->len + (size_t)size > INPUT_MOST)
      return false;
    g_byte_array_append(bytes, chunk, (guint)size);
  }
}

static bool write_row(void *user, unsigned n, char *const *cells, unsigned count) {
  json_t *line = json_array();
  json_array_append_new(line, json_integer(n));
  for (unsigned i = 0; i < count; i++)
    json_array_append_new(line, json_string(cells[i]));
  bool fine = json_dumpf(line, stdout, JSON_COMPACT) == 0 && putchar('\n') == '\n';
  json_decref(line);
  return fine;
}

int main(void) {
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  const TableSink sink = {write_row, NULL};
  SandboxState state;
  g_autoptr(GError) error = NULL;
  table_prepare();
  if (!sandbox_enter_pure(MEMORY_MOST, OUTPUT_MOST, CPU_MOST_S, &state, &error)) {
    fprintf(stderr, "yishi-table: %s\n", error->message);
    return EXIT_FAILURE;
  }
  TableFault fault =
      read_input(bytes) ? table_read(bytes->data, bytes->len, &sink) : TABLE_TOO_LARGE;
  printf("{\"fault\":\"%s\"}\n", table_fault_name(fault));
  return fflush(stdout) == 0 && !ferror(stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
}
