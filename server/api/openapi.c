#include "api/openapi.h"

#include <string.h>

#include "api/exchange.h"
#include "model/describe.h"
#include "model/schema.h"
#include "model/take.h"
#include "model/typescript-fields.h"

#define ABOUT                                                                                      \
  "Remote consultation: people, meetings, attendance and recordings. Times are milliseconds since" \
  " 1970 UTC. Errors are problem details (RFC 9457) with a code. Unsafe methods want an Origin of" \
  " this server and the X-CSRF-Token of the session. A GET that a page makes by itself, and not"   \
  " because somebody did something, says X-Background: 1 and keeps nobody signed in. 429 and 503"  \
  " come with Retry-After: too much at once (server/base/limit-table.c), or the server has too"    \
  " much to do."

static bool is_open(const Endpoint *endpoint) {
  return endpoint->access & FOR_ANYBODY;
}

static json_t *who_json(const Endpoint *endpoint) {
  static const struct {
    Access access;
    const char *name;
  } names[] = {
      {FOR_ANYBODY, "anybody"}, {FOR_PERSON, "signed_in"},          {FOR_ACCOUNT, "account"},
      {FOR_STAFF, "staff"},     {FOR_SYSTEM_ADMIN, "system_admin"},
  };
  json_t *who = json_array();
  for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
    if (endpoint->access & names[i].access)
      json_array_append_new(who, json_string(names[i].name));
  return json_pack("[{s:o, s:s*}]", "roles", who, "on", endpoint->on);
}

static json_t *content_json(const char *type, json_t *schema) {
  return json_pack("{s:{s:o}}", type, "schema", schema);
}

static bool is_document(const Endpoint *endpoint) {
  return g_strcmp0(endpoint->type, "application/json") == 0;
}

static bool gives_bytes(const Endpoint *endpoint) {
  return endpoint->type && endpoint->method == HTTP_GET;
}

static json_t *bytes_json(const Endpoint *endpoint) {
  return is_document(endpoint) ? schema_type("object", false)
                               : json_pack("{s:s, s:s}", "type", "string", "format", "binary");
}

/* What lies in a file, of which a part may be asked for. */
static bool takes_range(const Endpoint *endpoint) {
  return gives_bytes(endpoint) && !is_document(endpoint) && strcmp(endpoint->type, "text/csv") != 0;
}

/* Of what its path names one is not a record: the file of a recording. */
static json_t *path_parameter(const Endpoint *endpoint, const char *name) {
  const Field *field = field_find(endpoint->fields, name);
  return field ? json_pack("{s:s, s:s, s:b, s:o}", "name", name, "in", "path", "required", 1,
                           "schema", schema_field(field, true))
               : schema_path_id(name);
}

static void add_query(const Endpoint *endpoint, json_t *parameters) {
  bool optional;
  for (const Field *field = endpoint->fields; endpoint->query && field->name; field++)
    if (shape_has(endpoint->query, field->name, &optional))
      json_array_append_new(parameters,
                            json_pack("{s:s, s:s, s:b, s:o}", "name", field->name, "in", "query",
                                      "required", !optional, "schema", schema_field(field, true)));
}

static json_t *header(const char *name) {
  return json_pack("{s:s, s:s, s:{s:s}}", "name", name, "in", "header", "schema", "type", "string");
}

static json_t *parameters_json(const Endpoint *endpoint) {
  json_t *parameters = json_array();
  for (const char *at = strchr(endpoint->path, '{'); at; at = strchr(at + 1, '{')) {
    g_autofree char *name = g_strndup(at + 1, strcspn(at, "}") - 1);
    json_array_append_new(parameters, path_parameter(endpoint, name));
  }
  add_query(endpoint, parameters);
  if (takes_range(endpoint)) {
    json_array_append_new(parameters, header("Range"));
    json_array_append_new(parameters, header("If-Range"));
  }
  if (endpoint->method == HTTP_GET)
    return parameters;
  if (!is_open(endpoint))
    json_array_append_new(parameters, schema_ref("parameters", "csrf"));
  if (!(endpoint->access & DONE_AGAIN))
    json_array_append_new(parameters, schema_ref("parameters", "key"));
  return parameters;
}

static json_t *responses_json(const Endpoint *endpoint) {
  const char *const parts[] = {"206", "The part asked for", "304", "Not changed",
                               "416", "No such part"};
  json_t *schema = endpoint->answer ? schema_shape(endpoint->answer->parts, "*", true)
                   : endpoint->out  ? schema_shape(endpoint->fields, endpoint->out, true)
                                    : NULL;
  int status = endpoint->status ? endpoint->status : schema || gives_bytes(endpoint) ? 200 : 204;
  g_autofree char *code = g_strdup_printf("%d", status);
  json_t *answer = json_pack("{s:s}", "description", status == 204 ? "It is done" : "As it is");
  if (schema)
    json_object_set_new(answer, "content", content_json("application/json", schema));
  else if (gives_bytes(endpoint))
    json_object_set_new(answer, "content", content_json(endpoint->type, bytes_json(endpoint)));
  json_t *all =
      json_pack("{s:o, s:o}", code, answer, "default", schema_ref("responses", "Problem"));
  for (unsigned i = 0; takes_range(endpoint) && i < G_N_ELEMENTS(parts); i += 2)
    json_object_set_new(all, parts[i], json_pack("{s:s}", "description", parts[i + 1]));
  if (endpoint->later)
    json_object_set_new(all, "202", json_pack("{s:s}", "description", endpoint->later));
  return all;
}

/* Whether it may be left out: nothing in it must be said. */
static bool needs_body(const Endpoint *endpoint) {
  bool optional;
  for (const Field *field = endpoint->fields; endpoint->in && field->name; field++)
    if (shape_has(endpoint->in, field->name, &optional) && !optional)
      return true;
  return false;
}

static json_t *operation_json(const Endpoint *endpoint) {
  json_t *operation = json_pack("{s:s, s:s, s:s*, s:o, s:o, s:o}", "operationId", endpoint->name,
                                "summary", endpoint->what, "description", endpoint->about,
                                "parameters", parameters_json(endpoint), "responses",
                                responses_json(endpoint), "x-grants", who_json(endpoint));
  if (is_open(endpoint))
    json_object_set_new(operation, "security", json_array());
  if (endpoint->in)
    json_object_set_new(
        operation, "requestBody",
        json_pack(
            "{s:b, s:o}", "required", needs_body(endpoint), "content",
            content_json("application/json", schema_shape(endpoint->fields, endpoint->in, true))));
  else if (endpoint->type && endpoint->method != HTTP_GET)
    json_object_set_new(operation, "requestBody",
                        json_pack("{s:b, s:o}", "required", 1, "content",
                                  content_json("*/*", bytes_json(endpoint))));
  return operation;
}

json_t *openapi_document(const Model *model, sqlite3 *db, GError **error) {
  json_t *document = json_pack(
      "{s:s, s:{s:s, s:s, s:s, s:{s:s, s:s}}, s:[{s:s}], s:[{s:[]}], s:{}, s:{s:{s:{s:s, s:s,"
      " s:s}}, s:{}}}",
      "openapi", "3.1.0", "info", "title", "Yishi", "version", "1", "description", ABOUT, "license",
      "name", "Apache-2.0", "identifier", "Apache-2.0", "servers", "url", "/api/v1", "security",
      "session", "paths", "components", "securitySchemes", "session", "type", "apiKey", "in",
      "cookie", "name", API_COOKIE, "schemas");
  json_t *paths = json_object_get(document, "paths");
  const Endpoint *endpoint;
  for (unsigned n = 0; (endpoint = endpoint_at(n)); n++) {
    g_autofree char *path = g_strconcat("/", endpoint->path, NULL);
    g_autofree char *method = g_ascii_strdown(method_name(endpoint->method), -1);
    if (!json_object_get(paths, path))
      json_object_set_new(paths, path, json_object());
    json_object_set_new(json_object_get(paths, path), method, operation_json(endpoint));
  }
  if (describe_openapi(model, db, document, error))
    return document;
  json_decref(document);
  return NULL;
}

static void show(Exchange *exchange) {
  GError *error = NULL;
  json_t *document = openapi_document(exchange->context->model, exchange->db, &error);
  exchange_answer(exchange, 200, document, error);
}

const Endpoint openapi_endpoints[] = {
    {HTTP_GET, "openapi.json", FOR_ANYBODY, "getOpenapi", show, .type = "application/json",
     .what = "This document"},
    {0},
};

/* ---- for the page ---- */

static void add_asked(GString *out, const Endpoint *endpoint, const char *shape) {
  if (!shape) {
    g_string_append(out, "object");
    return;
  }
  g_string_append(out, "{\n");
  typescript_members(out, endpoint->fields, shape, "      ");
  g_string_append(out, "    }");
}

static void add_answered(GString *out, const Endpoint *endpoint) {
  if (endpoint->answer)
    g_string_append(out, endpoint->answer->of);
  else if (endpoint->out)
    add_asked(out, endpoint, endpoint->out);
  else
    g_string_append(out, "void");
}

/* What the page asks by its client: files are fetched, sent and shown by their addresses. */
static bool is_for_client(const Endpoint *endpoint) {
  return !endpoint->type;
}

static void add_types(GString *out, const Endpoint *endpoint) {
  typescript_comment(out, "  ", endpoint->what);
  g_string_append_printf(out, "  %s: {\n    asked: ", endpoint->name);
  add_asked(out, endpoint, endpoint->query ? endpoint->query : endpoint->in);
  g_string_append(out, "\n    answered: ");
  add_answered(out, endpoint);
  g_string_append(out, "\n  }\n");
}

static GPtrArray *objects_of_all(void) {
  GPtrArray *objects = g_ptr_array_new();
  const Endpoint *endpoint;
  for (unsigned n = 0; (endpoint = endpoint_at(n)); n++) {
    for (const Field *field = endpoint->fields; field && field->name; field++)
      typescript_objects(field, objects);
    if (endpoint->answer)
      typescript_objects(endpoint->answer, objects);
  }
  return objects;
}

char *openapi_types(void) {
  GString *out =
      g_string_new("// Printed by `yishid --print api`: what the server's API has beside "
                   "the records that subjects declare.\n\n");
  g_autoptr(GPtrArray) objects = objects_of_all();
  typescript_interfaces(out, objects);
  g_string_append(out, "/** What is asked, as query of a GET and else as body, and answered. */\n"
                       "export interface Endpoints {\n");
  const Endpoint *endpoint;
  for (unsigned n = 0; (endpoint = endpoint_at(n)); n++)
    if (is_for_client(endpoint))
      add_types(out, endpoint);
  g_string_append(out, "}\n\nexport const endpoints = {\n");
  for (unsigned n = 0; (endpoint = endpoint_at(n)); n++)
    if (is_for_client(endpoint))
      g_string_append_printf(out, "  %s: { method: '%s', path: '/%s' },\n", endpoint->name,
                             method_name(endpoint->method), endpoint->path);
  g_string_append(out, "} as const\n");
  return g_string_free(out, FALSE);
}
