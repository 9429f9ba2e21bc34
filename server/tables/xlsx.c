#include "xlsx.h"

#include <archive_entry.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "book.h"
#include "row.h"
#include "serial.h"
#include "xml.h"

#define ENTRIES_MOST 4096

/* ---- the sheet: <row r><c r s t><v> or <is><t> ---- */

typedef enum { CELL_NUMBER, CELL_SHARED, CELL_TEXT, CELL_BOOL } CellType;

typedef struct {
  const Book *book;
  Row row;
  bool done;
  unsigned next_n, column, style;
  CellType type;
  GString *value, *shown;
  bool in_value, in_ruby;
} Reading;

/* "BC12" is column 54; without a letter, the next one. */
static unsigned column_of(const char *reference, unsigned next) {
  unsigned column = 0;
  for (; reference && g_ascii_isupper(*reference) && column < 100000; reference++)
    column = column * 26 + (unsigned)(*reference - 'A') + 1;
  return column > 0 ? column - 1 : next;
}

static unsigned number_of(const char *text, unsigned otherwise) {
  return text ? (unsigned)MIN(strtoul(text, NULL, 10), 10000000) : otherwise;
}

static CellType type_of(const char *type) {
  if (!type || strcmp(type, "n") == 0)
    return CELL_NUMBER;
  if (strcmp(type, "s") == 0)
    return CELL_SHARED;
  return strcmp(type, "b") == 0 ? CELL_BOOL
                                : CELL_TEXT; /* str, inlineStr, d; e is shown as it is */
}

static void sheet_begin(void *user, const char *name, const char *const *attributes) {
  Reading *reading = user;
  if (strcmp(name, "row") == 0) {
    unsigned n = number_of(xml_attribute(attributes, "r"), reading->next_n);
    reading->done = !row_begin(&reading->row, n) || reading->done;
    reading->next_n = n + 1;
    reading->column = 0;
  } else if (strcmp(name, "c") == 0) {
    reading->column = column_of(xml_attribute(attributes, "r"), reading->column);
    reading->style = number_of(xml_attribute(attributes, "s"), 0);
    reading->type = type_of(xml_attribute(attributes, "t"));
    g_string_truncate(reading->value, 0);
  } else if (strcmp(name, "rPh") == 0) {
    reading->in_ruby = true;
  } else if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0) {
    reading->in_value = true;
  }
}

/* A number as a person sees it: a day, a whole number (so a telephone number, too), or as it is. */
static const char *number_text(Reading *reading) {
  char *end;
  double number = g_ascii_strtod(reading->value->str, &end);
  if (end == reading->value->str || *end)
    return reading->value->str;
  if (book_is_date(reading->book, reading->style) &&
      serial_text(number, book_since_1904(reading->book), reading->shown))
    return reading->shown->str;
  if (fabs(number) < 1e15 && floor(number) == number) {
    g_string_printf(reading->shown, "%" PRId64, (int64_t)number);
    return reading->shown->str;
  }
  return reading->value->str;
}

static const char *cell_text(Reading *reading) {
  const char *value = reading->value->str;
  switch (reading->type) {
  case CELL_NUMBER:
    return *value ? number_text(reading) : "";
  case CELL_SHARED:
    return book_text(reading->book, number_of(value, 0));
  case CELL_BOOL:
    return *value == '1' ? "true" : *value == '0' ? "false" : "";
  case CELL_TEXT:
    return value;
  }
  return NULL;
}

static void sheet_end(void *user, const char *name) {
  Reading *reading = user;
  if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0) {
    reading->in_value = false;
  } else if (strcmp(name, "rPh") == 0) {
    reading->in_ruby = false;
  } else if (strcmp(name, "c") == 0) {
    const char *text = cell_text(reading);
    if (!text)
      reading->row.fault = TABLE_UNREADABLE;
    reading->done =
        !text || !row_set(&reading->row, reading->column, text, strlen(text)) || reading->done;
    reading->column++;
  } else if (strcmp(name, "row") == 0) {
    reading->done = reading->done || !row_end(&reading->row);
  }
}

static void sheet_text(void *user, const char *text, size_t length) {
  Reading *reading = user;
  if (!reading->in_value || reading->in_ruby)
    return;
  if (reading->value->len + length > TABLE_CELL_MOST) {
    reading->row.fault = TABLE_TOO_LARGE;
    reading->done = true;
    return;
  }
  g_string_append_len(reading->value, text, (gssize)length);
}

static bool sheet_stop(void *user) {
  return ((const Reading *)user)->done;
}

static TableFault read_sheet(const Book *book, struct archive *archive, size_t *budget,
                             const TableSink *sink) {
  Reading reading = {
      .book = book, .next_n = 1, .value = g_string_new(NULL), .shown = g_string_new(NULL)};
  const XmlHandler handler = {sheet_begin, sheet_end, sheet_text, sheet_stop, &reading};
  row_init(&reading.row, sink);
  TableFault fault = xml_read(archive, budget, &handler);
  if (reading.row.fault != TABLE_FINE)
    fault = reading.row.fault;
  row_clear(&reading.row);
  g_string_free(reading.value, TRUE);
  g_string_free(reading.shown, TRUE);
  return fault;
}

/* ---- the archive ---- */

typedef struct {
  Book *book;
  char *sheet; /* NULL: the other parts are read */
  bool found;
  size_t budget;
  const TableSink *sink;
} Walk;

static TableFault read_entry(Walk *walk, struct archive *archive, struct archive_entry *entry) {
  const char *name = archive_entry_pathname(entry);
  if (!name)
    return TABLE_FINE;
  if (archive_entry_is_data_encrypted(entry))
    return TABLE_ENCRYPTED;
  if (!walk->sheet)
    return book_read(walk->book, name, archive, &walk->budget);
  if (walk->found || strcmp(name, walk->sheet) != 0)
    return TABLE_FINE;
  walk->found = true;
  return read_sheet(walk->book, archive, &walk->budget, walk->sink);
}

static TableFault walk_archive(Walk *walk, const void *bytes, size_t size) {
  struct archive *archive = archive_read_new();
  struct archive_entry *entry;
  TableFault fault = TABLE_FINE;
  int result = ARCHIVE_FATAL;
  archive_read_support_format_zip_seekable(archive);
  if (archive_read_open_memory(archive, bytes, size) == ARCHIVE_OK)
    for (unsigned count = 0; fault == TABLE_FINE; count++) {
      result = archive_read_next_header(archive, &entry);
      if (result != ARCHIVE_OK)
        break;
      fault = count < ENTRIES_MOST ? read_entry(walk, archive, entry) : TABLE_TOO_LARGE;
    }
  archive_read_free(archive);
  return fault == TABLE_FINE && result != ARCHIVE_EOF ? TABLE_UNREADABLE : fault;
}

TableFault xlsx_read(const void *bytes, size_t size, const TableSink *sink) {
  Walk walk = {.book = book_new(), .budget = TABLE_INFLATED_MOST, .sink = sink};
  TableFault fault = walk_archive(&walk, bytes, size);
  walk.sheet = fault == TABLE_FINE ? book_sheet(walk.book) : NULL;
  if (walk.sheet)
    fault = walk_archive(&walk, bytes, size);
  if (fault == TABLE_FINE && !walk.found)
    fault = TABLE_UNREADABLE;
  g_free(walk.sheet);
  book_free(walk.book);
  return fault;
}
