#include "model/schema.h"

#include <glib.h>
#include <string.h>

#include "model/subject.h"
#include "model/take.h"

json_t *schema_type(const char *type, bool nullable) {
  return nullable ? json_pack("{s:[s, s]}", "type", type, "null")
                  : json_pack("{s:s}", "type", type);
}

json_t *schema_ref(const char *kind, const char *name) {
  g_autofree char *path = g_strdup_printf("#/components/%s/%s", kind, name);
  return json_pack("{s:s}", "$ref", path);
}

/* ---- fields ---- */

#define ID_PATTERN "^[0-9a-z]{16}$"

static json_t *words_json(const char *words) {
  json_t *list = json_array();
  g_auto(GStrv) names = g_strsplit(words, " ", -1);
  for (unsigned i = 0; names[i]; i++)
    json_array_append_new(list, json_string(names[i]));
  return list;
}

static json_t *ids_schema(const Field *field) {
  return json_pack("{s:s, s:{s:s, s:s}, s:I, s:I, s:b}", "type", "array", "items", "type", "string",
                   "pattern", ID_PATTERN, "minItems", (json_int_t)field->least, "maxItems",
                   (json_int_t)field->most, "uniqueItems", 1);
}

/* As attachments stand in a row. */
static json_t *file_list_schema(void) {
  json_t *file = json_pack("{s:{s:s, s:s}, s:{s:s}, s:{s:s}, s:{s:s}}", "id", "type", "string",
                           "pattern", ID_PATTERN, "name", "type", "string", "mime", "type",
                           "string", "size", "type", "integer");
  return json_pack("{s:s, s:{s:s, s:o, s:[s, s, s, s]}}", "type", "array", "items", "type",
                   "object", "properties", file, "required", "id", "name", "mime", "size");
}

static json_t *words_schema(const Field *field, bool bounds) {
  json_t *schema = json_pack("{s:s, s:{s:s, s:o}}", "type", "array", "items", "type", "string",
                             "enum", words_json(field->of));
  if (bounds)
    json_object_update_new(schema,
                           json_pack("{s:I, s:I, s:b}", "minItems", (json_int_t)field->least,
                                     "maxItems", (json_int_t)field->most, "uniqueItems", 1));
  return schema;
}

/* "*" of a shape takes all; what is OPTIONAL in it may be left out. */
static bool may_be_left_out(const char *shape, const Field *field, bool marked) {
  return marked || (strcmp(shape, "*") == 0 && (field->flags & OPTIONAL));
}

json_t *schema_shape(const Field *fields, const char *shape, bool bounds) {
  json_t *properties = json_object(), *required = json_array();
  for (const Field *field = fields; field && field->name; field++) {
    bool optional;
    if (!shape_has(shape, field->name, &optional))
      continue;
    json_object_set_new(properties, field->name, schema_field(field, bounds));
    if (!may_be_left_out(shape, field, optional))
      json_array_append_new(required, json_string(field->name));
  }
  return json_pack("{s:s, s:o, s:o, s:b}", "type", "object", "properties", properties, "required",
                   required, "additionalProperties", 0);
}

static json_t *parts_schema(const Field *field, bool nullable, bool bounds) {
  json_t *schema =
      field->type == F_LIST
          ? json_pack("{s:s, s:o}", "type", "array", "items", schema_field(field->parts, bounds))
      : field->type == F_MAP ? json_pack("{s:s, s:o}", "type", "object", "additionalProperties",
                                         schema_field(field->parts, bounds))
                             : schema_shape(field->parts, "*", bounds);
  if (nullable)
    json_object_update_new(schema, schema_type(field->type == F_LIST ? "array" : "object", true));
  return schema;
}

static json_t *word_schema(const Field *field, bool nullable, bool bounds) {
  json_t *schema = schema_type("string", nullable);
  if (!bounds)
    return schema;
  json_t *words = words_json(field->of);
  if (nullable)
    json_array_append_new(words, json_null());
  json_object_set_new(schema, "enum", words);
  return schema;
}

/* The bounds of a value that has a name of its own for them; none where there is no upper one. */
static json_t *bounded(const Field *field, bool nullable, bool bounds) {
  bool text = field->type != F_INT;
  json_t *schema = schema_type(text ? "string" : "integer", nullable);
  if (bounds && field->most < INT32_MAX)
    json_object_update_new(
        schema, json_pack("{s:I, s:I}", text ? "minLength" : "minimum", (json_int_t)field->least,
                          text ? "maxLength" : "maximum", (json_int_t)field->most));
  return schema;
}

static json_t *plain_schema(const Field *field, bool nullable, bool bounds) {
  json_t *schema = NULL;
  switch (field->type) {
  case F_TEXT:
  case F_RAW:
  case F_INT:
    return bounded(field, nullable, bounds);
  case F_TIME:
    schema = schema_type("integer", nullable);
    json_object_set_new(schema, "description", json_string("milliseconds since 1970, UTC"));
    return schema;
  case F_BOOL:
    return schema_type("boolean", nullable);
  case F_WORDS:
    return words_schema(field, bounds);
  case F_FILES:
    return bounds ? ids_schema(field) : file_list_schema();
  case F_IDS:
    return ids_schema(field);
  case F_WORD:
    return word_schema(field, nullable, bounds);
  case F_DICT:
    schema = schema_type("string", nullable);
    if (bounds)
      json_object_set_new(schema, "description",
                          json_sprintf("code of an item of the dictionary %s", field->of));
    return schema;
  case F_DATE:
    schema = schema_type("string", nullable);
    json_object_set_new(schema, "format", json_string("date"));
    return schema;
  case F_ID:
  case F_REF:
    schema = schema_type("string", nullable);
    json_object_set_new(schema, "pattern", json_string(ID_PATTERN));
    return schema;
  case F_OBJECT:
  case F_LIST:
  case F_MAP:
    return parts_schema(field, nullable, bounds);
  }
  g_assert_not_reached();
}

json_t *schema_field(const Field *field, bool bounds) {
  json_t *schema = plain_schema(field, field->flags & (OPTIONAL | OR_NULL), bounds);
  if (field->about)
    json_object_set_new(schema, "description", json_string(field->about));
  return schema;
}

/* ---- operations ---- */

json_t *schema_path_id(const char *name) {
  return json_pack("{s:s, s:s, s:b, s:{s:s, s:s}}", "name", name, "in", "path", "required", 1,
                   "schema", "type", "string", "pattern", ID_PATTERN);
}

static json_t *parameter(const char *name, const char *in, const char *about, json_t *schema) {
  return json_pack("{s:s, s:s, s:s, s:o}", "name", name, "in", in, "description", about, "schema",
                   schema);
}

json_t *schema_parameters(void) {
  json_t *parameters = json_object();
  json_t *csrf = parameter("X-CSRF-Token", "header", "as the session says it",
                           json_pack("{s:s}", "type", "string"));
  json_object_set_new(csrf, "required", json_true());
  json_object_set_new(parameters, "csrf", csrf);
  json_object_set_new(
      parameters, "key",
      parameter("Idempotency-Key", "header",
                "1 to 64 of A-Z a-z 0-9 _ -, new for each thing that is done: sent again with the "
                "same key within a day it is done once, and answered as before",
                json_pack("{s:s, s:s}", "type", "string", "pattern", "^[A-Za-z0-9_-]{1,64}$")));
  json_object_set_new(parameters, "if_match",
                      parameter("If-Match", "header",
                                "the version that was read, in quotes, as ETag gives it; 412 stale "
                                "when it is another by now",
                                json_pack("{s:s}", "type", "string")));
  json_t *must_match =
      parameter("If-Match", "header",
                "the version that was read, in quotes, as ETag and the member version give it: 412 "
                "stale when it is another by now, 428 precondition_required when nothing is said; "
                "* is whichever it is",
                json_pack("{s:s, s:s}", "type", "string", "pattern", "^(\\*|\"[0-9]+\")$"));
  json_object_set_new(must_match, "required", json_true());
  json_object_set_new(parameters, "must_match", must_match);
  json_object_set_new(
      parameters, "on_behalf_of",
      parameter("On-Behalf-Of", "header",
                "id of the person that it is done for, who gave the verb for today to whoever asks "
                "(delegations); 403 not_on_behalf when nobody did, and must_enrol when that person "
                "works for an office, whose deputies need a second factor, too",
                json_pack("{s:s, s:s}", "type", "string", "pattern", "^[0-9a-z]{16}$")));
  json_object_set_new(parameters, "limit",
                      parameter("limit", "query", "how many",
                                json_pack("{s:s, s:i, s:i}", "type", "integer", "minimum", 1,
                                          "default", LIST_USUAL)));
  json_object_set_new(
      parameters, "after",
      parameter("after", "query", "next of the page before", json_pack("{s:s}", "type", "string")));
  json_object_set_new(parameters, "on",
                      parameter("on", "query",
                                "the day as of which it is asked; today unless given",
                                json_pack("{s:s, s:s}", "type", "string", "format", "date")));
  return parameters;
}

json_t *schema_responses(void) {
  json_t *problem =
      json_pack("{s:s, s:{s:{s:o}}}", "description", "It did not work", "content",
                "application/problem+json", "schema", schema_ref("schemas", "Problem"));
  json_t *unseen = json_deep_copy(problem);
  json_object_set_new(unseen, "description",
                      json_string("precondition_required: If-Match is missing (RFC 6585)"));
  return json_pack("{s:o, s:o}", "Problem", problem, "Unseen", unseen);
}

json_t *schema_problem(void) {
  static const Field wrong_parts[] = {RAW("field", 0, 40), RAW("code", 0, 40), END};
  static const Field wrong = OBJECT("error", "Error", wrong_parts);
  static const Field fields[] = {
      RAW("type", 0, INT32_MAX),
      RAW("title", 0, INT32_MAX),
      INT("status", 400, 599),
      RAW("code", 1, INT32_MAX, .about = "for programs; stable"),
      RAW("detail", 0, INT32_MAX),
      LIST("errors", 1, 50, &wrong, .about = "what is wrong with which member"),
      END,
  };
  json_t *schema = schema_shape(fields, "type title status code detail? errors?", false);
  json_t *params = json_pack("{s:s, s:s}", "type", "object", "description", "of the code");
  json_t *properties = json_object_get(schema, "properties");
  json_t *each = json_object_get(json_object_get(properties, "errors"), "items");
  json_object_set(json_object_get(each, "properties"), "params", params);
  json_object_set_new(properties, "params", params);
  json_object_set_new(schema, "description", json_string("RFC 9457"));
  return schema;
}
