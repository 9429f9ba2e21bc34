#include "model/describe.h"

#include <string.h>

#include "model/bulk.h"
#include "model/compose.h"
#include "model/count.h"
#include "model/notice.h"
#include "model/paper.h"
#include "model/right.h"
#include "model/schema.h"
#include "model/serve.h"
#include "model/several.h"
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

char *paper_operation(const Info *info, const Paper *paper) {
  return g_strdup_printf("%s.print_%s", info->subject->name, paper->code);
}

/* ---- rows ---- */

static json_t *column_schema(const Info *info, const Column *column) {
  static const char *const types[] = {[OUT_TEXT] = "string",
                                      [OUT_INT] = "integer",
                                      [OUT_BOOL] = "boolean",
                                      [OUT_JSON] = "array",
                                      [OUT_OBJECT] = "object"};
  if (column->field && column->type != OUT_OBJECT)
    return schema_field(column->field, false);
  return schema_type(types[column->type], column->null && strcmp(column->value, info->key) != 0);
}

/* The object that a column's group is, made when its first column comes. It may be null; where only
 * some see that column, others have no such member. */
static json_t *group_of(json_t *properties, json_t *required, const Column *column) {
  const char *name = column->path[0];
  json_t *group = json_object_get(properties, name);
  if (!group) {
    group = json_pack("{s:[s, s], s:{}, s:[]}", "type", "object", "null", "properties", "required");
    json_object_set_new(properties, name, group);
    if (column->see < 0)
      json_array_append_new(required, json_string(name));
  }
  return group;
}

static void add_column(const Info *info, const Column *column, json_t *properties,
                       json_t *required) {
  const char *name = column->path[0];
  if (column->path[1]) {
    json_t *group = group_of(properties, required, column);
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

static void add_path_parameters(const Route *route, json_t *parameters) {
  for (const char *at = strchr(route->path, '{'); at; at = strchr(at + 1, '{')) {
    g_autofree char *name = g_strndup(at + 1, strcspn(at, "}") - 1);
    json_array_append_new(parameters, schema_path_id(name));
  }
}

/* Several values stand between commas: "state=filed,assigned". */
static json_t *filter_parameter(const Field *field) {
  json_t *schema = schema_field(field, true);
  if (!several_takes(field))
    return json_pack("{s:s, s:s, s:o}", "name", field->name, "in", "query", "schema", schema);
  return json_pack("{s:s, s:s, s:s, s:b, s:{s:s, s:o, s:i, s:i, s:b}}", "name", field->name, "in",
                   "query", "style", "form", "explode", 0, "schema", "type", "array", "items",
                   schema, "minItems", 1, "maxItems", SEVERAL_MOST, "uniqueItems", 1);
}

static void add_list_parameters(const Info *info, const List *list, json_t *parameters) {
  json_array_append_new(parameters, schema_ref("parameters", "on"));
  json_t *sorts = json_array();
  g_auto(GStrv) names = g_strsplit(list->sort, " ", -1);
  for (unsigned i = 0; names[i]; i++) {
    const char *name = names[i] + (*names[i] == '-');
    json_array_append_new(sorts, json_string(name));
    json_array_append_new(sorts, json_sprintf("-%s", name));
  }
  json_array_append_new(parameters, json_pack("{s:s, s:s, s:{s:s, s:o}}", "name", "sort", "in",
                                              "query", "schema", "type", "string", "enum", sorts));
  g_auto(GStrv) filters = g_strsplit(list->filter ? list->filter : "", " ", -1);
  for (unsigned i = 0; filters[i] && *filters[i]; i++)
    json_array_append_new(parameters, filter_parameter(info_filter(info, filters[i])));
}

/* By what the list can be counted; false: by nothing. */
static bool add_count_parameters(const Info *info, const List *list, json_t *parameters) {
  g_auto(GStrv) names = count_names(info, list);
  json_t *by = json_array();
  for (unsigned i = 0; names[i]; i++)
    json_array_append_new(by, json_string(names[i]));
  if (json_array_size(by) == 0) {
    json_decref(by);
    return false;
  }
  json_array_append_new(
      parameters,
      json_pack("{s:s, s:s, s:s, s:{s:s, s:o}}", "name", "count_by", "in", "query", "description",
                "instead of rows how many have each value of this filter; without limit, after and "
                "sort",
                "schema", "type", "string", "enum", by));
  return true;
}

/* What a list that is counted answers. */
static json_t *counts_schema(void) {
  static const Field row_parts[] = {
      RAW("label", 0, INT32_MAX, .about = "the value in the words of `words`"),
      INT("count", 0, INT32_MAX),
      END,
  };
  json_t *row = schema_shape(row_parts, "*", false), *schema = json_object();
  json_object_set_new(json_object_get(row, "properties"), "value",
                      json_pack("{s:[s, s, s], s:s}", "type", "string", "boolean", "null",
                                "description", "as the filter takes it; null: rows without"));
  json_array_append_new(json_object_get(row, "required"), json_string("value"));
  json_object_set_new(schema, "by", schema_type("string", false));
  json_object_set_new(schema, "items", json_pack("{s:s, s:o}", "type", "array", "items", row));
  json_object_set_new(schema, "total", schema_type("integer", false));
  json_object_set_new(schema, "several", schema_type("boolean", false));
  json_object_set_new(json_object_get(schema, "several"), "description",
                      json_string("a row may have several of the values, so that the counts are "
                                  "more than the total together"));
  return json_pack("{s:s, s:o, s:[s, s, s, s], s:b}", "type", "object", "properties", schema,
                   "required", "by", "items", "total", "several", "additionalProperties", 0);
}

static json_t *page_schema(const char *row) {
  return json_pack("{s:s, s:{s:{s:s, s:o}, s:{s:[s, s]}, s:{s:[s, s], s:s}}, s:[s, s, s], s:b}",
                   "type", "object", "properties", "items", "type", "array", "items",
                   schema_ref("schemas", row), "next", "type", "string", "null", "total", "type",
                   "integer", "null", "description",
                   "on the first page; 10001 stands for more than 10000", "required", "items",
                   "next", "total", "additionalProperties", 0);
}

static json_t *list_schema(const Info *info, const List *list, const char *row) {
  g_auto(GStrv) names = count_names(info, list);
  return *names ? json_pack("{s:[o, o]}", "oneOf", page_schema(row), counts_schema())
                : page_schema(row);
}

static json_t *events_schema(void) {
  json_t *actor = json_pack("{s:[s, s], s:{s:{s:s}, s:{s:s}}}", "type", "object", "null",
                            "properties", "id", "type", "string", "name", "type", "string");
  json_t *event = json_object();
  static const char *const texts[] = {"from", "to", "note"};
  for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
    json_object_set_new(event, texts[i], schema_type("string", true));
  json_object_set_new(event, "seq", schema_type("integer", false));
  json_object_set_new(event, "at", schema_type("integer", false));
  json_object_set(event, "actor", actor);
  json_object_set_new(event, "on_behalf", actor);
  json_object_set_new(event, "verb", schema_type("string", false));
  json_object_set_new(event, "data", schema_type("object", false));
  json_object_set_new(event, "undo_until", schema_type("integer", false));
  return json_pack(
      "{s:s, s:{s:{s:s, s:{s:s, s:o, s:[s, s, s, s, s, s, s, s, s], s:b}}}, s:[s], s:b}", "type",
      "object", "properties", "items", "type", "array", "items", "type", "object", "properties",
      event, "required", "seq", "at", "actor", "on_behalf", "verb", "from", "to", "note", "data",
      "additionalProperties", 0, "required", "items", "additionalProperties", 0);
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
  bool bulk;      /* it is about many rows */
  unsigned flags; /* of the route or the step */
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
                        schema_field(field, false));
    if (!optional)
      json_array_append_new(json_object_get(schema, "required"), json_string(field->name));
  }
  return schema;
}

/* After an act whoever asks may not see the row any more: then its id is answered alone. */
static json_t *row_or_id(const char *name) {
  return json_pack("{s:[o, {s:s, s:{s:{s:s}}, s:[s], s:b}]}", "oneOf", schema_ref("schemas", name),
                   "type", "object", "properties", "id", "type", "string", "required", "id",
                   "additionalProperties", 0);
}

static json_t *answer_schema(const Info *info, const Operation *of, const Named *row) {
  return of->route->kind == R_LIST     ? list_schema(info, of->route->list, row->name)
         : of->route->kind == R_EVENTS ? events_schema()
         : is_why(of)                  ? why_schema()
         : of->route->kind == R_IMPORT ? schema_ref("schemas", "Import_plan")
         : of->route->out              ? row_and_more(info, of->route, row->schema)
         : of->route->kind == R_ONE    ? schema_ref("schemas", row->name)
                                       : row_or_id(row->name);
}

/* {done, results: [{id, status, code?, params?, errors?}]} */
static json_t *bulk_schema(void) {
  json_t *result = json_object();
  json_object_set_new(result, "id", schema_type("string", false));
  json_object_set_new(result, "status", schema_type("integer", false));
  json_object_set_new(result, "code", schema_type("string", false));
  json_object_set_new(result, "params", schema_type("object", false));
  json_object_set_new(result, "errors", schema_type("array", false));
  return json_pack("{s:s, s:{s:{s:s}, s:{s:s, s:{s:s, s:o, s:[s, s], s:b}}}, s:[s, s], s:b}",
                   "type", "object", "properties", "done", "type", "integer", "results", "type",
                   "array", "items", "type", "object", "properties", result, "required", "id",
                   "status", "additionalProperties", 0, "required", "done", "results",
                   "additionalProperties", 0);
}

/* Whether the version has to be said that was seen of the row. */
static bool is_versioned(const Operation *of, const Named *row) {
  return route_overwrites(of->route) && !of->bulk &&
         json_object_get(json_object_get(row->schema, "properties"), "version");
}

static json_t *responses(const Info *info, const Operation *of, const Named *row) {
  const Route *route = of->route;
  bool made = route->kind == R_CREATE || route->kind == R_IMPORT;
  json_t *answer = json_pack(
      "{s:s, s:{s:{s:o}}}", "description",
      route_method(route) == HTTP_GET ? "As it is" : "The record as it is now", "content",
      "application/json", "schema", of->bulk ? bulk_schema() : answer_schema(info, of, row));
  if (made)
    json_object_set_new(answer, "headers",
                        json_pack("{s:{s:{s:s}}}", "Location", "schema", "type", "string"));
  json_t *all = json_pack("{s:o, s:o}", made ? "201" : "200", answer, "default",
                          schema_ref("responses", "Problem"));
  if (is_versioned(of, row))
    json_object_set_new(all, "428", schema_ref("responses", "Unseen"));
  return all;
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
  json_t *schema = schema_shape(info->subject->fields, of->in, true);
  if (of->bulk) {
    json_object_set_new(json_object_get(schema, "properties"), "ids", schema_field(&ids, true));
    json_array_append_new(json_object_get(schema, "required"), json_string("ids"));
  }
  if (of->flags & MAY_TELL_NOBODY)
    json_object_set_new(json_object_get(schema, "properties"), TELL_NOBODY,
                        schema_field(tell_nobody_field, true));
  return schema;
}

/* The body is the table itself. */
static void describe_table(const char *shape, json_t *described) {
  json_array_append_new(json_object_get(described, "parameters"),
                        json_pack("{s:s, s:s, s:s, s:{s:s, s:i}}", "name", "file", "in", "query",
                                  "description", "how the table is called", "schema", "type",
                                  "string", "maxLength", 200));
  json_object_set_new(
      described, "requestBody",
      json_pack(
          "{s:b, s:o, s:{s:{s:{s:s}}}}", "required", 1, "description",
          json_sprintf("An XLSX or CSV file, heads in its first line: id, %s. The answer is a "
                       "plan; what it says is done by import.commit",
                       shape),
          "content", "application/octet-stream", "schema", "type", "string"));
}

static json_t *words_parameter(const char *about) {
  return json_pack("{s:s, s:s, s:s, s:{s:s, s:[s, s]}}", "name", "words", "in", "query",
                   "description", about, "schema", "type", "string", "enum", "zh", "en");
}

static json_t *operation_json(const Info *info, const Operation *of, const Named *row) {
  json_t *parameters = json_array();
  g_autofree char *name = operation_name(info, of->route, of->verb, of->bulk);
  add_path_parameters(of->route, parameters);
  if (of->route->kind == R_LIST) {
    json_array_append_new(parameters, schema_ref("parameters", "limit"));
    json_array_append_new(parameters, schema_ref("parameters", "after"));
    add_list_parameters(info, of->route->list, parameters);
    if (add_count_parameters(info, of->route->list, parameters))
      json_array_append_new(parameters, words_parameter("of the labels of `count_by`; Chinese "
                                                        "unless it says otherwise"));
  }
  if (is_why(of))
    json_array_append_new(parameters,
                          json_pack("{s:s, s:s, s:{s:s, s:s}}", "name", "person", "in", "query",
                                    "schema", "type", "string", "pattern", "^[0-9a-z]{16}$"));
  else if (of->route->kind == R_ONE)
    json_array_append_new(parameters, schema_ref("parameters", "on"));
  json_array_append_new(parameters, schema_ref("parameters", "on_behalf_of"));
  if (route_method(of->route) != HTTP_GET) {
    json_array_append_new(parameters, schema_ref("parameters", "csrf"));
    json_array_append_new(parameters, schema_ref("parameters", "key"));
    if (of->route->kind != R_CREATE && of->route->kind != R_IMPORT && !of->bulk)
      json_array_append_new(
          parameters, schema_ref("parameters", is_versioned(of, row) ? "must_match" : "if_match"));
  }
  json_t *described =
      json_pack("{s:s, s:o, s:o, s:o}", "operationId", name, "parameters", parameters, "responses",
                responses(info, of, row), "x-grants", grants_json(info, of->verb));
  if (of->route->kind == R_IMPORT)
    describe_table(of->in, described);
  else if (of->in || of->bulk || (of->flags & MAY_TELL_NOBODY))
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
static void add_with_bulk(const Info *info, Operation of, const Named *row, json_t *paths) {
  Operation many = of;
  many.path = bulk_path(info, of.path);
  many.bulk = true;
  add_operation(info, of, row, paths);
  if (of.flags & BULK)
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
                   "default", schema_ref("responses", "Problem"));
}

static json_t *format_parameter(const char *one, const char *other) {
  return json_pack("{s:s, s:s, s:b, s:{s:s, s:[s, s]}}", "name", "format", "in", "path", "required",
                   1, "schema", "type", "string", "enum", one, other);
}

static json_t *paper_responses(void) {
  json_t *content = json_object();
  for (PaperFormat format = PAPER_DOCX; format <= PAPER_PDF; format++)
    json_object_set_new(content, paper_type(format),
                        json_pack("{s:{s:s}}", "schema", "type", "string"));
  return json_pack("{s:{s:s, s:o}, s:o}", "200", "description",
                   "The form, filled; its SHA-256 is in the audit record", "content", content,
                   "default", schema_ref("responses", "Problem"));
}

/* A printed form of one record, or of a list by the same rights, filters and order. */
static void add_paper(const Info *info, const Route *route, const Paper *paper, json_t *paths) {
  g_autofree char *path = g_strconcat("/", route->path, PAPER_PATH, paper->code, ".{format}", NULL);
  g_autofree char *name = paper_operation(info, paper);
  json_t *parameters = json_array();
  add_path_parameters(route, parameters);
  json_array_append_new(parameters, format_parameter("docx", "pdf"));
  json_array_append_new(parameters, words_parameter("Chinese unless it says otherwise"));
  if (paper->list)
    add_list_parameters(info, route->list, parameters);
  else
    json_array_append_new(parameters, schema_ref("parameters", "on"));
  json_object_set_new(paths, path,
                      json_pack("{s:{s:s, s:o, s:o, s:o}}", "get", "operationId", name,
                                "parameters", parameters, "responses", paper_responses(),
                                "x-grants",
                                grants_json(info, paper->list ? route->verb : paper->verb)));
}

static void add_papers(const Info *info, const Route *route, json_t *paths) {
  for (const Paper *paper = info->subject->papers; paper && paper->code; paper++)
    if (paper_is_of(paper, route))
      add_paper(info, route, paper, paths);
}

/* A list as a table, by the same rights, filters and order. */
static void add_export(const Info *info, const Route *route, json_t *paths) {
  g_autofree char *path = g_strconcat("/", route->path, ".{format}", NULL);
  g_autofree char *name = export_name(info, route);
  json_t *parameters = json_array();
  add_path_parameters(route, parameters);
  json_array_append_new(parameters, format_parameter("csv", "xlsx"));
  json_array_append_new(parameters,
                        json_pack("{s:s, s:s, s:s, s:{s:s}}", "name", "columns", "in", "query",
                                  "description",
                                  "which ones, separated by commas; those about people want the "
                                  "verb export",
                                  "schema", "type", "string"));
  json_array_append_new(parameters, words_parameter("heads and values in the words of this "
                                                    "language, else names and codes"));
  add_list_parameters(info, route->list, parameters);
  add_count_parameters(info, route->list, parameters);
  json_t *operation =
      json_pack("{s:{s:s, s:o, s:o, s:o}}", "get", "operationId", name, "parameters", parameters,
                "responses", export_responses(), "x-grants", grants_json(info, route->verb));
  json_object_set_new(paths, path, operation);
}

static void add_routes(const Info *info, const Named *row, json_t *paths) {
  for (const Route *route = info->subject->routes; route->path; route++) {
    if (route->kind != R_STEPS) {
      Operation of = {route, route->verb, route->in, g_strconcat("/", route->path, NULL),
                      false, route->flags};
      add_with_bulk(info, of, row, paths);
      if (route->kind == R_ONE)
        add_operation(info,
                      (Operation){route, WHY_VERB, NULL,
                                  g_strconcat("/", route->path, "/" WHY_VERB, NULL), false, 0},
                      row, paths);
      if (route->kind == R_LIST)
        add_export(info, route, paths);
      add_papers(info, route, paths);
      continue;
    }
    for (const Step *step = info->subject->steps; step->verb; step++) {
      if (*step->from == 0 || !info_has(info, EVERYBODY & ~SERVER, info_verb(info, step->verb)))
        continue;
      Operation of = {route,    step->verb,
                      step->in, g_strconcat("/", route->path, "/", step->verb, NULL),
                      false,    step->flags};
      add_with_bulk(info, of, row, paths);
    }
    if (undo_exists(info->subject)) {
      Operation of = {route, UNDO_VERB,
                      NULL,  g_strconcat("/", route->path, "/" UNDO_VERB, NULL),
                      false, undo_of_many(info->subject) ? BULK : 0};
      add_with_bulk(info, of, row, paths);
    }
  }
}

bool describe_openapi(const Model *model, sqlite3 *db, json_t *document, GError **error) {
  json_t *paths = json_object_get(document, "paths");
  json_t *components = json_object_get(document, "components");
  json_t *schemas = json_object_get(components, "schemas");
  json_object_set_new(components, "parameters", schema_parameters());
  json_object_set_new(components, "responses", schema_responses());
  json_object_set_new(schemas, "Problem", schema_problem());
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
