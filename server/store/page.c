#include "store/page.h"

int page_limit(int limit) {
  return CLAMP(limit, 1, PAGE_MOST);
}

json_t *page_finish(json_t *items, int limit, const char *key, int64_t total) {
  json_t *next = json_null();
  if (json_array_size(items) > (size_t)limit) {
    while (json_array_size(items) > (size_t)limit)
      json_array_remove(items, json_array_size(items) - 1);
    const json_t *last = json_object_get(json_array_get(items, (size_t)limit - 1), key);
    if (json_is_integer(last)) {
      g_autofree char *text = g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(last));
      next = json_string(text);
    } else {
      next = json_string(json_string_value(last));
    }
  }
  return json_pack("{s:o, s:o, s:I}", "items", items, "next", next, "total", (json_int_t)total);
}

int64_t page_cursor_int(const char *after) {
  gint64 value = 0;
  if (!after || !g_ascii_string_to_signed(after, 10, 0, G_MAXINT64, &value, NULL))
    return 0;
  return value;
}

json_t *json_time(bool known, int64_t value_ms) {
  return known ? json_integer(value_ms) : json_null();
}
