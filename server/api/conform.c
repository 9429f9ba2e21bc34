#include "api/conform.h"

#include <string.h>

/* Of the check that is under way. */
static json_t *document;

static json_t *follow(json_t *schema) {
  const char *ref;
  while ((ref = json_string_value(json_object_get(schema, "$ref")))) {
    g_auto(GStrv) parts = g_strsplit(ref, "/", -1);
    schema = document;
    for (unsigned i = 1; parts[i]; i++)
      schema = json_object_get(schema, parts[i]);
    g_assert_nonnull(schema);
  }
  return schema;
}

static bool is_a(const json_t *value, const char *type) {
  switch (json_typeof(value)) {
  case JSON_OBJECT:
    return strcmp(type, "object") == 0;
  case JSON_ARRAY:
    return strcmp(type, "array") == 0;
  case JSON_STRING:
    return strcmp(type, "string") == 0;
  case JSON_INTEGER:
    return strcmp(type, "integer") == 0;
  case JSON_TRUE:
  case JSON_FALSE:
    return strcmp(type, "boolean") == 0;
  case JSON_NULL:
    return strcmp(type, "null") == 0;
  default:
    return false;
  }
}

static bool type_fits(const json_t *value, const json_t *type) {
  if (!type)
    return true;
  if (json_is_string(type))
    return is_a(value, json_string_value(type));
  for (size_t i = 0; i < json_array_size(type); i++)
    if (is_a(value, json_string_value(json_array_get(type, i))))
      return true;
  return false;
}

static bool in_enum(const json_t *value, const json_t *list) {
  for (size_t i = 0; i < json_array_size(list); i++)
    if (json_equal(value, json_array_get(list, i)))
      return true;
  return !list;
}

static bool fits(json_t *value, json_t *schema, GString *place);

static bool object_fits(json_t *value, json_t *schema, GString *place) {
  json_t *properties = json_object_get(schema, "properties"), *item;
  const json_t *required = json_object_get(schema, "required");
  for (size_t i = 0; i < json_array_size(required); i++) {
    const char *name = json_string_value(json_array_get(required, i));
    if (!json_object_get(value, name)) {
      g_string_append_printf(place, ".%s is missing", name);
      return false;
    }
  }
  const char *name;
  json_object_foreach(value, name, item) {
    size_t length = place->len;
    json_t *described = json_object_get(properties, name);
    g_string_append_printf(place, ".%s", name);
    if (described ? !fits(item, described, place)
                  : json_is_false(json_object_get(schema, "additionalProperties")))
      return false;
    g_string_truncate(place, length);
  }
  return true;
}

static bool fits(json_t *value, json_t *schema, GString *place) {
  schema = follow(schema);
  json_t *choices = json_object_get(schema, "oneOf"), *items = json_object_get(schema, "items");
  size_t length = place->len;
  for (size_t i = 0; i < json_array_size(choices); i++) {
    if (fits(value, json_array_get(choices, i), place)) {
      g_string_truncate(place, length);
      return true;
    }
    g_string_truncate(place, length);
  }
  if (choices || !type_fits(value, json_object_get(schema, "type")) ||
      !in_enum(value, json_object_get(schema, "enum")))
    return false;
  if (json_is_object(value))
    return object_fits(value, schema, place);
  for (size_t i = 0; items && i < json_array_size(value); i++) {
    g_string_append_printf(place, "[%zu]", i);
    if (!fits(json_array_get(value, i), items, place))
      return false;
    g_string_truncate(place, length);
  }
  return true;
}

static json_t *operation_of(const char *name) {
  const char *path, *method;
  json_t *item, *operation;
  json_object_foreach(json_object_get(document, "paths"), path, item) {
    json_object_foreach(item, method, operation) {
      if (g_strcmp0(json_string_value(json_object_get(operation, "operationId")), name) == 0)
        return operation;
    }
  }
  return NULL;
}

void conform_check(json_t *described_in, const char *name, const ApiResponse *response) {
  if (response->status / 100 != 2)
    return;
  document = described_in;
  g_autofree char *status = g_strdup_printf("%d", response->status);
  json_t *described = json_object_get(json_object_get(operation_of(name), "responses"), status);
  if (!described)
    g_error("%s: status %s is not described", name, status);
  json_t *content = json_object_get(described, "content");
  if (!response->content_type != !content)
    g_error("%s: a body where none is described, or none where one is", name);
  json_t *schema = json_object_get(json_object_get(content, "application/json"), "schema");
  if (!schema)
    return;
  json_t *body = json_loadb(response->body->str, response->body->len, 0, NULL);
  g_autoptr(GString) place = g_string_new(NULL);
  if (!body || !fits(body, schema, place))
    g_error("%s: %s is not as described in %s", name, place->str, response->body->str);
  json_decref(body);
}
