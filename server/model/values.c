#include "model/values.h"

#include <string.h>

static void clear_value(void *pointer) {
  g_free(((Value *)pointer)->text);
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
    g_free(old->text);
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
  put(values, (Value){name, text ? VALUE_TEXT : VALUE_NULL, 0, text});
}

void values_int(Values *values, const char *name, int64_t number) {
  put(values, (Value){name, VALUE_INT, number, NULL});
}

void values_null(Values *values, const char *name) {
  put(values, (Value){name, VALUE_NULL, 0, NULL});
}

void values_copy(const Values *from, Values *to) {
  for (unsigned i = 0; from && from->items && i < from->items->len; i++) {
    const Value *value = &g_array_index(from->items, Value, i);
    if (value->kind == VALUE_INT)
      values_int(to, value->name, value->number);
    else
      values_text(to, value->name, value->text);
  }
}
