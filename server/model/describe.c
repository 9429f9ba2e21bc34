#include "model/describe.h"

#include <string.h>

#include "model/bulk.h"
#include "model/compose.h"
#include "model/right.h"
#include "model/serve.h"
#include "model/take.h"
#include "model/undo.h"
#include "model/why.h"
#include "store/people.h"

#define EVERYBODY (~0u)

char *operation_name(const Info *info, const Route *route, const char *verb, bool bulk) {
  const char *name = info->subject->name;
  if (bulk)
    return g_strdup_printf("%s.%s_many", name, verb);
  if (route->kind == R_LIST && route->list->name)
    return g_strdup_printf("%s.list_%s", name, route->list->name);
  const char *what = route->kind == R_LIST ? "list" : route->kind == R_EVENTS ? "events" : verb;
  return g_strdup_printf("%s.%s", name, what);
}

char *export_name(const Info *info, const Route *route) {
  const char *list = route->list->name;
  return g_strconcat(info->subject->name, ".export", list ? "_" : "", list ? list : "", NULL);
}

/* ---- fields ---- */

static json_t *words_json(const char *words) {
  json_t *list = json_array();
  g_auto(GStrv) names = g_strsplit(words, " ", -1);
  for (unsigned i = 0; names[i]; i++)
    json_array_append_new(list, json_string(names[i]));
  return list;
}

static json_t *typed(const char *type, bool nullable) {
  return nullable ? json_pack("{s:[s, s]}", "type", type, "null")
                  : json_pack("{s:s}", "type", type);
}

static json_t *ids_schema(const Field *field) {
  return json_pack("{s:s, s:{s:s, s:s}, s:I, s:I, s:b}", "type", "array", "items", "type", "string",
                   "pattern", "^[0-9a-z]{16}$", "minItems", (json_int_t)field->least, "maxItems",
                   (json_int_t)field->most, "uniqueItems", 1);
}

/* As attachments stand in a row. */
static json_t *file_list_schema(void) {
  json_t *file = json_pack("{s:{s:s, s:s}, s:{s:s}, s:{s:s}, s:{s:s}}", "id", "type", "string",
                           "pattern", "^[0-9a-z]{16}$", "name", "type", "string", "mime", "type",
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

static json_t *field_schema(const Field *field, bool bounds);

static json_t *parts_schema(const Field *field, bool bounds) {
  if (field->type == F_LIST)
    return json_pack("{s:s, s:o}", "type", "array", "items", field_schema(field->parts, bounds));
  if (field->type == F_MAP)
    return json_pack("{s:s, s:o}", "type", "object", "additionalProperties",
                     field_schema(field->parts, bounds));
  json_t *properties = json_object(), *required = json_array();
  for (const Field *part = field->parts; part->name; part++) {
    json_object_set_new(properties, part->name, field_schema(part, bounds));
    if (!(part->flags & OPTIONAL))
      json_array_append_new(required, json_string(part->name));
  }
  return json_pack("{s:s, s:o, s:o, s:b}", "type", "object", "properties", properties, "required",
                   required, "additionalProperties", 0);
}

/* bounds: of what comes in; what stands in the database may be older than they are. */
static json_t *field_schema(const Field *field, bool bounds) {
  bool nullable = field->flags & (OPTIONAL | OR_NULL);
  json_t *schema = NULL;
  switch (field->type) {
  case F_INT:
    schema = typed("integer", nullable);
    if (bounds)
      json_object_update_new(schema, json_pack("{s:I, s:I}", "minimum", (json_int_t)field->least,
                                               "maximum", (json_int_t)field->most));
    return schema;
  case F_TIME:
    schema = typed("integer", nullable);
    json_object_set_new(schema, "description", json_string("milliseconds since 1970, UTC"));
    return schema;
  case F_BOOL:
    return typed("boolean", nullable);
  case F_WORDS:
    return words_schema(field, bounds);
  case F_FILES:
    if (!bounds)
      return file_list_schema();
    return ids_schema(field);
  case F_IDS:
    return ids_schema(field);
  case F_WORD:
    schema = typed("string", nullable);
    if (bounds && !nullable)
      json_object_set_new(schema, "enum", words_json(field->of));
    return schema;
  case F_DICT:
    schema = typed("string", nullable);
    if (bounds)
      json_object_set_new(schema, "description",
                          json_sprintf("code of an item of the dictionary %s", field->of));
    return schema;
  case F_DATE:
    schema = typed("string", nullable);
    json_object_set_new(schema, "format", json_string("date"));
    return schema;
  case F_ID:
  case F_REF:
    schema = typed("string", nullable);
    json_object_set_new(schema, "pattern", json_string("^[0-9a-z]{16}$"));
    return schema;
  case F_OBJECT:
  case F_LIST:
  case F_MAP:
    return parts_schema(field, bounds);
  case F_TEXT:
  case F_RAW:
    schema = typed("string", nullable);
    if (bounds)
      json_object_update_new(schema, json_pack("{s:I, s:I}", "minLength", (json_int_t)field->least,
                                               "maxLength", (json_int_t)field->most));
    return schema;
  }
  g_assert_not_reached();
}

static json_t *shape_schema(const Subject *subject, const char *shape) {
  json_t *properties = json_object(), *required = json_array();
  for (const Field *field = subject->fields; field->name; field++) {
    bool optional;
    if (!shape_has(shape, field->name, &optional))
      continue;
    json_object_set_new(properties, field->name, field_schema(field, true));
    if (!optional)
      json_array_append_new(required, json_string(field->name));
  }
  return json_pack("{s:s, s:o, s:o, s:b}", "type", "object", "properties", properties, "required",
                   required, "additionalProperties", 0);
}

/* ---- rows ---- */

static json_t *column_schema(const Info *info, const Column *column) {
  static const char *const types[] = {[OUT_TEXT] = "string",
                                      [OUT_INT] = "integer",
                                      [OUT_BOOL] = "boolean",
                                      [OUT_JSON] = "array",
                                      [OUT_OBJECT] = "object"};
  if (column->field && column->type != OUT_OBJECT)
    return field_schema(column->field, false);
  return typed(types[column->type], column->null && strcmp(column->value, info->key) != 0);
}

/* The object that a column's group is, made when its first column comes. It may be null. */
static json_t *group_of(json_t *properties, json_t *required, const char *name) {
  json_t *group = json_object_get(properties, name);
  if (!group) {
    group = json_pack("{s:[s, s], s:{}, s:[]}", "type", "object", "null", "properties", "required");
    json_object_set_new(properties, name, group);
    json_array_append_new(required, json_string(name));
  }
  return group;
}

static void add_column(const Info *info, const Column *column, json_t *properties,
                       json_t *required) {
  const char *name = column->path[0];
  if (column->path[1]) {
    json_t *group = group_of(properties, required, name);
    properties = json_object_get(group, "properties");
    required = json_object_get(group, "required");
    name = column->path[1];
  }
  json_object_set_new(properties, name, column_schema(info, column));
  if (column->see < 0)
    json_array_append_new(required, json_string(name));
}

typedef struct {
  const Info *info;
} Row;

static char *compose_row(void *data) {
  return compose_one(((const Row *)data)->info, EVERYBODY, info_verb(((Row *)data)->info, "read"),
                     NULL);
}

static json_t *may_schema(const Info *info) {
  json_t *verbs = json_array();
  for (unsigned bit = 0; bit < info->verbs->len; bit++)
    if (info->acts >> bit & 1)
      json_array_append_new(verbs, json_string(info->verbs->pdata[bit]));
  return json_pack("{s:s, s:{s:s, s:o}, s:s}", "type", "array", "items", "type", "string", "enum",
                   verbs, "description", "what whoever asks may do to it now");
}

Plan *describe_row(const Model *model, const Info *info, sqlite3 *db, GError **error) {
  Row row = {info};
  g_autofree char *key = g_strdup_printf("describe %p", (const void *)info);
  return plan_get(db, model, info, key, (unsigned)__builtin_popcount(info_scopes(info, EVERYBODY)),
                  compose_row, &row, error);
}

static json_t *row_schema(const Model *model, const Info *info, sqlite3 *db, GError **error) {
  g_autoptr(Plan) plan = describe_row(model, info, db, error);
  if (!plan)
    return NULL;
  json_t *properties = json_object(), *required = json_array();
  for (unsigned i = 0; i < plan->columns->len; i++)
    add_column(info, &g_array_index(plan->columns, Column, i), properties, required);
  json_object_set_new(properties, "may", may_schema(info));
  json_array_append_new(required, json_string("may"));
  return json_pack("{s:s, s:o, s:o, s:b}", "type", "object", "properties", properties, "required",
                   required, "additionalProperties", 0);
}

/* ---- routes ---- */

static json_t *component(const char *kind, const char *name) {
  g_autofree char *path = g_strdup_printf("#/components/%s/%s", kind, name);
  return json_pack("{s:s}", "$ref", path);
}

static void add_path_parameters(const Route *route, json_t *parameters) {
  for (const char *at = strchr(route->path, '{'); at; at = strchr(at + 1, '{')) {
    g_autofree char *name = g_strndup(at + 1, strcspn(at, "}") - 1);
    json_array_append_new(parameters, json_pack("{s:s, s:s, s:b, s:{s:s, s:s}}", "name", name, "in",
                                                "path", "required", 1, "schema", "type", "string",
                                                "pattern", "^[0-9a-z]{16}$"));
  }
}

static void add_list_parameters(const Info *info, const List *list, json_t *parameters) {
  json_array_append_new(parameters, component("parameters", "on"));
  json_t *sorts = json_array();
  g_auto(GStrv) names = g_strsplit(list->sort, " ", -1);
  for (unsigned i = 0; names[i]; i++) {
    const char *name = names[i] + (*names[i] == '-');
    json_array_append_new(sorts, json_string(name));
    json_array_append_new(sorts, json_sprintf("-%s", name));
  }
  json_array_append_new(parameters, json_pack("{s:s, s:s, s:{s:s, s:o}}", "name", "sort", "in",
                                              "query", "schema", "type", "string", "enum", sorts));
  for (const Field *field = info->subject->fields; field->name; field++)
    if (shape_has(list->filter, field->name, NULL))
      json_array_append_new(parameters, json_pack("{s:s, s:s, s:o}", "name", field->name, "in",
                                                  "query", "schema", field_schema(field, true)));
  if (info->state.name && shape_has(list->filter, "state", NULL))
    json_array_append_new(parameters, json_pack("{s:s, s:s, s:o}", "name", "state", "in", "query",
                                                "schema", field_schema(&info->state, true)));
}

static json_t *page_schema(const char *row) {
  return json_pack("{s:s, s:{s:{s:s, s:o}, s:{s:[s, s]}, s:{s:[s, s], s:s}}, s:[s, s, s], s:b}",
                   "type", "object", "properties", "items", "type", "array", "items",
                   component("schemas", row), "next", "type", "string", "null", "total", "type",
                   "integer", "null", "description",
                   "on the first page; 10001 stands for more than 10000", "required", "items",
                   "next", "total", "additionalProperties", 0);
}

static json_t *events_schema(void) {
  json_t *actor = json_pack("{s:[s, s], s:{s:{s:s}, s:{s:s}}}", "type", "object", "null",
                            "properties", "id", "type", "string", "name", "type", "string");
  json_t *event = json_object();
  static const char *const texts[] = {"from", "to", "note"};
  for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
    json_object_set_new(event, texts[i], typed("string", true));
  json_object_set_new(event, "seq", typed("integer", false));
  json_object_set_new(event, "at", typed("integer", false));
  json_object_set_new(event, "actor", actor);
  json_object_set_new(event, "verb", typed("string", false));
  json_object_set_new(event, "data", typed("object", false));
  json_object_set_new(event, "undo_until", typed("integer", false));
  return json_pack("{s:s, s:{s:{s:s, s:{s:s, s:o, s:[s, s, s, s, s, s, s, s], s:b}}}, s:[s], s:b}",
                   "type", "object", "properties", "items", "type", "array", "items", "type",
                   "object", "properties", event, "required", "seq", "at", "actor", "verb", "from",
                   "to", "note", "data", "additionalProperties", 0, "required", "items",
                   "additionalProperties", 0);
}

/* A row's schema, and what it is called in the document. */
typedef struct {
  char *name;
  const json_t *schema;
} Named;

/* What a route and, of STEPS, one of its verbs is called, takes and answers. */
typedef struct {
  const Route *route;
  const char *verb, *in;
  char *path;
  bool bulk; /* it is about many rows */
} Operation;

static bool is_why(const Operation *of) {
  return of->route->kind == R_ONE && strcmp(of->verb, WHY_VERB) == 0;
}

/* The row with what is answered beside it. */
static json_t *row_and_more(const Info *info, const Route *route, const json_t *row) {
  json_t *schema = json_deep_copy(row);
  for (const Field *field = info->subject->fields; field->name; field++) {
    bool optional;
    if (!shape_has(route->out, field->name, &optional))
      continue;
    json_object_set_new(json_object_get(schema, "properties"), field->name,
                        field_schema(field, false));
    if (!optional)
      json_array_append_new(json_object_get(schema, "required"), json_string(field->name));
  }
  return schema;
}

/* After an act whoever asks may not see the row any more: then its id is answered alone. */
static json_t *row_or_id(const char *name) {
  return json_pack("{s:[o, {s:s, s:{s:{s:s}}, s:[s], s:b}]}", "oneOf", component("schemas", name),
                   "type", "object", "properties", "id", "type", "string", "required", "id",
                   "additionalProperties", 0);
}

static json_t *answer_schema(const Info *info, const Operation *of, const Named *row) {
  return of->route->kind == R_LIST     ? page_schema(row->name)
         : of->route->kind == R_EVENTS ? events_schema()
         : is_why(of)                  ? why_schema()
         : of->route->out              ? row_and_more(info, of->route, row->schema)
         : of->route->kind == R_ONE    ? component("schemas", row->name)
                                       : row_or_id(row->name);
}

/* {done, results: [{id, status, code?, params?, errors?}]} */
static json_t *bulk_schema(void) {
  json_t *result = json_object();
  json_object_set_new(result, "id", typed("string", false));
  json_object_set_new(result, "status", typed("integer", false));
  json_object_set_new(result, "code", typed("string", false));
  json_object_set_new(result, "params", typed("object", false));
  json_object_set_new(result, "errors", typed("array", false));
  return json_pack("{s:s, s:{s:{s:s}, s:{s:s, s:{s:s, s:o, s:[s, s], s:b}}}, s:[s, s], s:b}",
                   "type", "object", "properties", "done", "type", "integer", "results", "type",
                   "array", "items", "type", "object", "properties", result, "required", "id",
                   "status", "additionalProperties", 0, "required", "done", "results",
                   "additionalProperties", 0);
}

static json_t *responses(const Info *info, const Operation *of, const Named *row) {
  const Route *route = of->route;
  json_t *answer = json_pack(
      "{s:s, s:{s:{s:o}}}", "description",
      route_method(route) == HTTP_GET ? "As it is" : "The record as it is now", "content",
      "application/json", "schema", of->bulk ? bulk_schema() : answer_schema(info, of, row));
  if (route->kind == R_CREATE)
    json_object_set_new(answer, "headers",
                        json_pack("{s:{s:{s:s}}}", "Location", "schema", "type", "string"));
  return json_pack("{s:o, s:o}", route->kind == R_CREATE ? "201" : "200", answer, "default",
                   component("responses", "Problem"));
}

/* Who may: [{roles, scope, states}]. */
static json_t *grants_json(const Info *info, const char *verb) {
  json_t *grants = json_array();
  for (const Grant *grant = info->subject->grants; grant->who; grant++) {
    if (!shape_has(grant->may, verb, NULL))
      continue;
    json_t *roles = roles_json(grant->who);
    if (grant->who & SIGNED_IN)
      json_array_append_new(roles, json_string(grantee_name(SIGNED_IN)));
    if (grant->who & SERVER)
      json_array_append_new(roles, json_string(grantee_name(SERVER)));
    json_array_append_new(grants, json_pack("{s:o, s:s, s:s*}", "roles", roles, "scope",
                                            grant->whose, "states", grant->states));
  }
  return grants;
}

static json_t *body_schema(const Info *info, const Operation *of) {
  static const Field ids = IDS("ids", 1, BULK_MOST);
  json_t *schema = shape_schema(info->subject, of->in);
  if (of->bulk) {
    json_object_set_new(json_object_get(schema, "properties"), "ids", field_schema(&ids, true));
    json_array_append_new(json_object_get(schema, "required"), json_string("ids"));
  }
  return schema;
}

static json_t *operation_json(const Info *info, const Operation *of, const Named *row) {
  json_t *parameters = json_array();
  g_autofree char *name = operation_name(info, of->route, of->verb, of->bulk);
  add_path_parameters(of->route, parameters);
  if (of->route->kind == R_LIST) {
    json_array_append_new(parameters, component("parameters", "limit"));
    json_array_append_new(parameters, component("parameters", "after"));
    add_list_parameters(info, of->route->list, parameters);
  }
  if (is_why(of))
    json_array_append_new(parameters,
                          json_pack("{s:s, s:s, s:{s:s, s:s}}", "name", "person", "in", "query",
                                    "schema", "type", "string", "pattern", "^[0-9a-z]{16}$"));
  else if (of->route->kind == R_ONE)
    json_array_append_new(parameters, component("parameters", "on"));
  if (route_method(of->route) != HTTP_GET) {
    json_array_append_new(parameters, component("parameters", "csrf"));
    json_array_append_new(parameters, component("parameters", "key"));
    if (of->route->kind != R_CREATE && !of->bulk)
      json_array_append_new(parameters, component("parameters", "if_match"));
  }
  json_t *described =
      json_pack("{s:s, s:o, s:o, s:o}", "operationId", name, "parameters", parameters, "responses",
                responses(info, of, row), "x-grants", grants_json(info, of->verb));
  if (of->in || of->bulk)
    json_object_set_new(described, "requestBody",
                        json_pack("{s:b, s:{s:{s:o}}}", "required", 1, "content",
                                  "application/json", "schema", body_schema(info, of)));
  return described;
}

/* Takes the operation's path. */
static void add_operation(const Info *info, Operation of, const Named *row, json_t *paths) {
  g_autofree char *path = of.path;
  g_autofree char *method = g_ascii_strdown(method_name(route_method(of.route)), -1);
  if (!json_object_get(paths, path))
    json_object_set_new(paths, path, json_object());
  json_object_set_new(json_object_get(paths, path), method, operation_json(info, &of, row));
}

/* The operation on one row and, where it may be done to many, that. */
static void add_with_bulk(const Info *info, Operation of, unsigned flags, const Named *row,
                          json_t *paths) {
  Operation many = of;
  many.path = bulk_path(info, of.path);
  many.bulk = true;
  add_operation(info, of, row, paths);
  if (flags & BULK)
    add_operation(info, many, row, paths);
  else
    g_free(many.path);
}

static json_t *export_responses(void) {
  json_t *content = json_object();
  for (SheetFormat format = SHEET_CSV; format <= SHEET_XLSX; format++)
    json_object_set_new(content, sheet_type(format),
                        json_pack("{s:{s:s}}", "schema", "type", "string"));
  return json_pack("{s:{s:s, s:o}, s:o}", "200", "description",
                   "All rows of the list, with heads in the first line", "content", content,
                   "default", component("responses", "Problem"));
}

/* A list as a table, by the same rights, filters and order. */
static void add_export(const Info *info, const Route *route, json_t *paths) {
  g_autofree char *path = g_strconcat("/", route->path, ".{format}", NULL);
  g_autofree char *name = export_name(info, route);
  json_t *parameters = json_array();
  add_path_parameters(route, parameters);
  json_array_append_new(parameters, json_pack("{s:s, s:s, s:b, s:{s:s, s:[s, s]}}", "name",
                                              "format", "in", "path", "required", 1, "schema",
                                              "type", "string", "enum", "csv", "xlsx"));
  json_array_append_new(parameters,
                        json_pack("{s:s, s:s, s:s, s:{s:s}}", "name", "columns", "in", "query",
                                  "description",
                                  "which ones, separated by commas; those about people want the "
                                  "verb export",
                                  "schema", "type", "string"));
  add_list_parameters(info, route->list, parameters);
  json_t *operation =
      json_pack("{s:{s:s, s:o, s:o, s:o}}", "get", "operationId", name, "parameters", parameters,
                "responses", export_responses(), "x-grants", grants_json(info, route->verb));
  json_object_set_new(paths, path, operation);
}

static void add_routes(const Info *info, const Named *row, json_t *paths) {
  for (const Route *route = info->subject->routes; route->path; route++) {
    if (route->kind != R_STEPS) {
      Operation of = {route, route->verb, route->in, g_strconcat("/", route->path, NULL), false};
      add_with_bulk(info, of, route->flags, row, paths);
      if (route->kind == R_ONE)
        add_operation(info,
                      (Operation){route, WHY_VERB, NULL,
                                  g_strconcat("/", route->path, "/" WHY_VERB, NULL), false},
                      row, paths);
      if (route->kind == R_LIST)
        add_export(info, route, paths);
      continue;
    }
    for (const Step *step = info->subject->steps; step->verb; step++) {
      if (*step->from == 0 || !info_has(info, EVERYBODY & ~SERVER, info_verb(info, step->verb)))
        continue;
      Operation of = {route, step->verb, step->in,
                      g_strconcat("/", route->path, "/", step->verb, NULL), false};
      add_with_bulk(info, of, step->flags, row, paths);
    }
    if (undo_exists(info->subject)) {
      Operation of = {route, UNDO_VERB, NULL, g_strconcat("/", route->path, "/" UNDO_VERB, NULL),
                      false};
      add_operation(info, of, row, paths);
    }
  }
}

bool describe_openapi(const Model *model, sqlite3 *db, json_t *document, GError **error) {
  json_t *paths = json_object_get(document, "paths");
  json_t *schemas = json_object_get(json_object_get(document, "components"), "schemas");
  for (unsigned i = 0; i < model_count(model); i++) {
    const Info *info = model_info(model, i);
    g_autofree char *row = g_strdup(info->subject->name);
    *row = g_ascii_toupper(*row);
    json_t *schema = row_schema(model, info, db, error);
    if (!schema)
      return false;
    json_object_set_new(schemas, row, schema);
    add_routes(info, &(Named){row, schema}, paths);
  }
  return true;
}
