#include "model/import-table.h"

#include <jansson.h>
#include <string.h>

#define LINES_MOST 20001
#define CELLS_MOST 100

static void free_line(void *pointer) {
  ImportLine *line = pointer;
  g_strfreev(line->cells);
  g_free(line);
}

void import_table_clear(ImportTable *table) {
  g_clear_pointer(&table->lines, g_ptr_array_unref);
}

/* [n, "cell", …]; NULL: it is no such list. */
static ImportLine *read_line(const json_t *list, unsigned after) {
  json_int_t n = json_integer_value(json_array_get(list, 0));
  size_t count = json_array_size(list);
  if (count < 2 || count > CELLS_MOST + 1 || n <= after || n > 10000000)
    return NULL;
  for (size_t i = 1; i < count; i++)
    if (!json_is_string(json_array_get(list, i)))
      return NULL;
  ImportLine *line = g_new0(ImportLine, 1);
  line->n = (unsigned)n;
  line->cells = g_new0(char *, count);
  for (size_t i = 1; i < count; i++)
    line->cells[i - 1] = g_strdup(json_string_value(json_array_get(list, i)));
  return line;
}

/* The last line, and nothing behind it. */
static bool read_end(ImportTable *table, const json_t *object, const char *rest) {
  const char *fault = json_string_value(json_object_get(object, "fault"));
  if (!fault || *rest)
    return false;
  g_strlcpy(table->fault, fault, sizeof table->fault);
  return true;
}

static bool read_lines(ImportTable *table, const char *text) {
  unsigned after = 0;
  while (*text) {
    const char *end = strchr(text, '\n');
    json_t *value = end ? json_loadb(text, (size_t)(end - text), 0, NULL) : NULL;
    if (json_is_object(value)) {
      bool fine = read_end(table, value, end + 1);
      json_decref(value);
      return fine;
    }
    ImportLine *line = table->lines->len < LINES_MOST ? read_line(value, after) : NULL;
    json_decref(value);
    if (!line)
      return false;
    g_ptr_array_add(table->lines, line);
    after = line->n;
    text = end + 1;
  }
  return false; /* it died before it said that it was done */
}

void import_table_read(ImportTable *table, const char *text) {
  table->lines = g_ptr_array_new_with_free_func(free_line);
  if (!read_lines(table, text))
    g_strlcpy(table->fault, "unreadable", sizeof table->fault);
}
