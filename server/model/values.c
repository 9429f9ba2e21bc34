#include "model/values.h"

#include <string.h>

static void clear_value(void *pointer) {
  Value *value = pointer;
  g_free(value->text);
  json_decref(value->json);
}

void values_clear(Values *values) {
  g_clear_pointer(&values->items, g_array_unref);
}

const Value *values_find(const Values *values, const char *name) {
  for (unsigned i = 0; values->items && i < values->items->len; i++) {
    const Value *value = &g_array_index(values->items, Value, i);
    if (strcmp(value->name, name) == 0)
      return value;
  }
  return NULL;
}

static void put(Values *values, Value fresh) {
  Value *old = (Value *)(uintptr_t)values_find(values, fresh.name);
  if (old) {
    clear_value(old);
    *old = fresh;
    return;
  }
  if (!values->items) {
    values->items = g_array_new(FALSE, FALSE, sizeof(Value));
    g_array_set_clear_func(values->items, clear_value);
  }
  g_array_append_val(values->items, fresh);
}

void values_text(Values *values, const char *name, const char *text) {
  values_text_take(values, name, g_strdup(text));
}

void values_text_take(Values *values, const char *name, char *text) {
  put(values, (Value){name, text ? VALUE_TEXT : VALUE_NULL, 0, text, NULL});
}

void values_int(Values *values, const char *name, int64_t number) {
  put(values, (Value){name, VALUE_INT, number, NULL, NULL});
}

void values_null(Values *values, const char *name) {
  put(values, (Value){name, VALUE_NULL, 0, NULL, NULL});
}

void values_json(Values *values, const char *name, json_t *json) {
  put(values, (Value){name, VALUE_JSON, 0, NULL, json_incref(json)});
}

json_t *value_plain(const Value *value) {
  switch (value->kind) {
  case VALUE_NULL:
    return json_null();
  case VALUE_INT:
    return json_integer(value->number);
  case VALUE_TEXT:
    return json_string(value->text);
  case VALUE_JSON:
    return json_incref(value->json);
  }
  g_assert_not_reached();
}

void values_copy(const Values *from, Values *to) {
  for (unsigned i = 0; from && from->items && i < from->items->len; i++) {
    const Value *value = &g_array_index(from->items, Value, i);
    put(to, (Value){value->name, value->kind, value->number, g_strdup(value->text),
                    json_incref(value->json)});
  }
}

void values_drop(Values *values, const char *name) {
  for (unsigned i = 0; values->items && i < values->items->len; i++)
    if (strcmp(g_array_index(values->items, Value, i).name, name) == 0) {
      g_array_remove_index(values->items, i);
      return;
    }
}
