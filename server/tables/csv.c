#include "csv.h"

#include <iconv.h>
#include <stdint.h>
#include <string.h>

#include "base/cell.h"
#include "row.h"

static iconv_t converter = (iconv_t)-1;

void csv_prepare(void) {
  if (converter == (iconv_t)-1)
    converter = iconv_open("UTF-8", "GB18030");
}

/* In UTF-8; false: it is neither that nor GB18030. Of the two, a text that could be both is UTF-8:
 * Chinese in GB18030 hardly ever is. */
static bool to_utf8(const char *bytes, size_t size, GString *text) {
  if (g_utf8_validate_len(bytes, size, NULL)) {
    g_string_append_len(text, bytes, (gssize)size);
    return true;
  }
  char buffer[4096], *in = (char *)(uintptr_t)bytes;
  csv_prepare();
  if (converter == (iconv_t)-1)
    return false;
  iconv(converter, NULL, NULL, NULL, NULL);
  while (size > 0) {
    char *out = buffer;
    size_t left = sizeof buffer;
    size_t result = iconv(converter, &in, &size, &out, &left);
    g_string_append_len(text, buffer, out - buffer);
    if (result == (size_t)-1 && out == buffer)
      return false; /* nothing went on */
  }
  return g_utf8_validate_len(text->str, text->len, NULL);
}

/* The separator that the first line has most of outside of quotes. */
static char find_separator(const char *text) {
  static const char separators[] = {',', '\t', ';'};
  unsigned counts[G_N_ELEMENTS(separators)] = {0}, best = 0;
  bool quoted = false;
  for (; *text && (quoted || (*text != '\n' && *text != '\r')); text++) {
    quoted ^= *text == '"';
    for (unsigned i = 0; i < G_N_ELEMENTS(separators); i++)
      counts[i] += !quoted && *text == separators[i];
  }
  for (unsigned i = 1; i < G_N_ELEMENTS(separators); i++)
    if (counts[i] > counts[best])
      best = i;
  return separators[best];
}

/* Reads one cell up to what ends it; false: its quotes are not closed. */
static bool read_cell(const char **at, char separator, GString *cell) {
  g_string_truncate(cell, 0);
  if (**at == '"') {
    for (++*at; **at != '"' || (*at)[1] == '"'; ++*at) {
      if (!**at)
        return false;
      *at += **at == '"';
      g_string_append_c(cell, **at);
    }
    ++*at;
  }
  const char ends[] = {separator, '\r', '\n', 0};
  size_t rest = strcspn(*at, ends);
  g_string_append_len(cell, *at, (gssize)rest);
  *at += rest;
  return true;
}

/* Reads one line and its end; false: no more. */
static bool read_line(Row *row, const char **at, char separator, GString *cell) {
  for (unsigned column = 0;; column++) {
    if (!read_cell(at, separator, cell)) {
      row->fault = TABLE_UNREADABLE;
      return false;
    }
    const char *bare = cell_bare(cell->str);
    if (!row_set(row, column, bare, strlen(bare)))
      return false;
    if (**at != separator)
      break;
    ++*at;
  }
  *at += **at == '\r' && (*at)[1] == '\n';
  *at += **at != 0;
  return row_end(row);
}

TableFault csv_read(const char *bytes, size_t size, const TableSink *sink) {
  g_autoptr(GString) text = g_string_new(NULL);
  g_autoptr(GString) cell = g_string_new(NULL);
  Row row;
  if (memchr(bytes, 0, size))
    return TABLE_UNREADABLE;
  if (!to_utf8(bytes, size, text))
    return TABLE_ENCODING;
  const char *at = text->str + (g_str_has_prefix(text->str, "\xEF\xBB\xBF") ? 3 : 0);
  char separator = find_separator(at);
  row_init(&row, sink);
  for (unsigned n = 1; *at && row_begin(&row, n); n++)
    if (!read_line(&row, &at, separator, cell))
      break;
  TableFault fault = row.fault;
  row_clear(&row);
  return fault;
}
