#include <glib.h>
#include <jansson.h>
#include <string.h>

#include "api/handlers.h"
#include "domain/subjects.h"
#include "model/model.h"

static void test_match(void) {
  RouteMatch match = route_match(HTTP_POST, "/api/v1/people/abc/password");
  g_assert_cmpstr(match.route->name, ==, "resetPassword");
  g_assert_cmpstr(match.ids[0], ==, "abc");
  match = route_match(HTTP_HEAD, "/api/v1/session");
  g_assert_cmpstr(match.route->name, ==, "getSession");
  match = route_match(HTTP_GET, "/api/v1/recordings/m1/files/i2");
  g_assert_cmpstr(match.route->name, ==, "getRecordingFile");
  g_assert_cmpstr(match.ids[0], ==, "m1");
  g_assert_cmpstr(match.ids[1], ==, "i2");
  match = route_match(HTTP_PUT, "/api/v1/session");
  g_assert_null(match.route);
  g_assert_cmpstr(match.allow, ==, "POST, GET, DELETE");
  static const char *const none[] = {
      "/api/v1/",
      "/api/v1",
      "/api/v2/session",
      "/api/v1/meetings/",
      "/api/v1/meetings//join",
      "/api/v1/session/",
      "/api/v1/meetings/a/b",
      "/api/v1/sessions",
      "/",
      "",
      "/api/v1/meetings/{id}/nothing",
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(none); i++) {
    match = route_match(HTTP_GET, none[i]);
    g_assert_true(!match.route && !*match.allow);
  }
  g_autofree char *much = g_strnfill(5000, 'x');
  g_autofree char *path = g_strconcat("/api/v1/meetings/", much, NULL);
  g_assert_null(route_match(HTTP_GET, path).route);
}

/* "/meetings/{id}/invitations/{iid}" as the table writes it. */
static char *table_path(const char *path) {
  GString *text = g_string_new(NULL);
  for (const char *at = path + 1; *at; at++) {
    if (*at == '{') {
      g_string_append(text, "{id}");
      at = strchr(at, '}');
    } else {
      g_string_append_c(text, *at);
    }
  }
  return g_string_free(text, FALSE);
}

static const ApiRoute *find(const char *method, const char *path) {
  for (unsigned i = 0; i < route_count; i++)
    if (strcmp(routes[i].path, path) == 0 &&
        g_ascii_strcasecmp(method_name(routes[i].method), method) == 0)
      return &routes[i];
  return NULL;
}

/* Every operation of the document is a route, every route an operation, with the same name. */
static void test_openapi(void) {
  json_error_t where;
  json_t *document = json_loads(openapi_text, 0, &where);
  g_assert_nonnull(document);
  g_assert_cmpstr(json_string_value(json_object_get(document, "openapi")), ==, "3.1.0");
  unsigned operations = 0;
  const char *path, *method;
  json_t *item, *operation;
  json_object_foreach(json_object_get(document, "paths"), path, item) {
    g_autofree char *wanted = table_path(path);
    json_object_foreach(item, method, operation) {
      const ApiRoute *route = find(method, wanted);
      if (!route)
        g_error("%s %s is described but does not exist", method, path);
      g_assert_cmpstr(json_string_value(json_object_get(operation, "operationId")), ==,
                      route->name);
      bool open = json_array_size(json_object_get(operation, "security")) == 0 &&
                  json_object_get(operation, "security");
      g_assert_true(open == !!(route->access & FOR_ANYBODY));
      operations++;
    }
  }
  g_assert_cmpuint(operations, ==, route_count);
  json_decref(document);
}

/* What subjects declare is added to the document when it is asked for. */
static bool is_described(const char *schema) {
  Model *model = subjects_model();
  g_autofree char *name = g_ascii_strdown(schema, -1);
  bool found = model_find(model, name) != NULL;
  subjects_free(model);
  return found;
}

/* Every $ref leads somewhere. */
static void check_refs(json_t *document, json_t *at) {
  size_t index;
  const char *key;
  json_t *value;
  if (json_is_array(at)) {
    json_array_foreach(at, index, value) check_refs(document, value);
  } else if (json_is_object(at)) {
    json_object_foreach(at, key, value) {
      if (strcmp(key, "$ref") == 0) {
        g_auto(GStrv) parts = g_strsplit(json_string_value(value), "/", -1);
        json_t *target = document;
        for (unsigned i = 1; parts[i]; i++)
          target = json_object_get(target, parts[i]);
        if (!target && !is_described(parts[3]))
          g_error("%s leads nowhere", json_string_value(value));
      }
      check_refs(document, value);
    }
  }
}

static void test_refs(void) {
  json_t *document = json_loads(openapi_text, 0, NULL);
  check_refs(document, document);
  json_decref(document);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/route/match", test_match);
  g_test_add_func("/route/openapi", test_openapi);
  g_test_add_func("/route/refs", test_refs);
  return g_test_run();
}
