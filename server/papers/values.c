#include "values.h"

#include <stdlib.h>
#include <string.h>

void name_clear(Name *name) {
  g_free(name->list);
  g_free(name->name);
}

static const json_t *list_of(const json_t *data, const char *list) {
  return json_object_get(json_object_get(data, "lists"), list);
}

size_t list_rows(const json_t *data, const char *list) {
  return json_array_size(json_object_get(list_of(data, list), "rows"));
}

/* -1: it has none of that name. */
static int column_of(const json_t *list, const char *name) {
  const json_t *columns = json_object_get(list, "columns");
  for (size_t i = 0; i < json_array_size(columns); i++)
    if (strcmp(json_string_value(json_array_get(columns, i)), name) == 0)
      return (int)i;
  return -1;
}

#define NUMBER "n" /* the row's */

/* "2.org" is a column of the second of the rows. */
static bool read_column(const json_t *list, const char *text, Name *name) {
  size_t digits = strspn(text, "0123456789");
  if (digits > 0 && digits <= 2 && text[digits] == '.') {
    unsigned long step = strtoul(text, NULL, 10);
    if (step < 1 || step > VALUES_STRIDE_MOST)
      return false;
    name->step = (unsigned)step - 1;
    text += digits + 1;
  }
  name->name = g_strdup(text);
  return strcmp(text, NUMBER) == 0 || column_of(list, text) >= 0;
}

bool name_read(const json_t *data, const char *text, Name *name) {
  name->qr = g_str_has_prefix(text, "qr.");
  text += name->qr ? 3 : 0;
  const char *dot = strchr(text, '.');
  g_autofree char *first = dot ? g_strndup(text, (gsize)(dot - text)) : NULL;
  if (first && list_of(data, first)) {
    name->list = g_steal_pointer(&first);
    return read_column(list_of(data, name->list), dot + 1, name);
  }
  name->name = g_strdup(text);
  return json_is_string(json_object_get(json_object_get(data, "values"), text));
}

char *name_value(const json_t *data, const Name *name, const Place *place) {
  if (!name->list)
    return g_strdup(
        json_string_value(json_object_get(json_object_get(data, "values"), name->name)));
  const json_t *list = list_of(data, name->list);
  bool here = place->list && strcmp(place->list, name->list) == 0;
  size_t row = (here ? place->row : 0) + name->step;
  if (row >= list_rows(data, name->list))
    return g_strdup("");
  if (strcmp(name->name, NUMBER) == 0)
    return g_strdup_printf("%zu", row + 1);
  const json_t *cells = json_array_get(json_object_get(list, "rows"), row);
  int column = column_of(list, name->name);
  const char *text = json_string_value(json_array_get(cells, (size_t)MAX(column, 0)));
  return g_strdup(text ? text : "");
}
