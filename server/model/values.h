/* A bag of named values: what a request asked, what the server knows, the columns of a row. Names
 * are constants or interned; texts are owned by the bag. A statement's parameters are bound from
 * three of them (plan.h). One thread at a time. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum { VALUE_NULL, VALUE_INT, VALUE_TEXT, VALUE_JSON } ValueKind;

typedef struct {
  const char *name;
  ValueKind kind;
  int64_t number;
  char *text;
  json_t *json;
} Value;

typedef struct {
  GArray *items; /* of Value; NULL: empty */
} Values;

void values_clear(Values *values);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Values, values_clear)

/* Each replaces a value of that name. text NULL is null. */
void values_text(Values *values, const char *name, const char *text);
void values_text_take(Values *values, const char *name, char *text);
void values_int(Values *values, const char *name, int64_t number);
void values_null(Values *values, const char *name);
/* Shares json. A statement gets its text, for json_each. */
void values_json(Values *values, const char *name, json_t *json);

/* The value alone, without what its field makes of it; a new reference. */
json_t *value_plain(const Value *value);

/* All of from, beside what to has; nothing of a NULL. */
void values_copy(const Values *from, Values *to);

/* Nothing when there is none of that name. */
void values_drop(Values *values, const char *name);

/* NULL when there is none of that name; borrowed until the next change. */
const Value *values_find(const Values *values, const char *name);
