#include <glib.h>
#include <jansson.h>
#include <string.h>

#include "api/bed.h"
#include "api/endpoint.h"
#include "model/take.h"

static void test_match(void) {
  EndpointMatch match = endpoint_match(HTTP_POST, "/api/v1/people/abc/password");
  g_assert_cmpstr(match.endpoint->name, ==, "resetPassword");
  g_assert_cmpstr(match.ids[0], ==, "abc");
  match = endpoint_match(HTTP_HEAD, "/api/v1/session");
  g_assert_cmpstr(match.endpoint->name, ==, "getSession");
  match = endpoint_match(HTTP_GET, "/api/v1/recordings/m1/files/i2");
  g_assert_cmpstr(match.endpoint->name, ==, "getRecordingFile");
  g_assert_cmpstr(match.ids[0], ==, "m1");
  g_assert_cmpstr(match.ids[1], ==, "i2");
  match = endpoint_match(HTTP_PUT, "/api/v1/session");
  g_assert_null(match.endpoint);
  g_assert_cmpuint(match.allow, ==, HTTP_POST | HTTP_GET | HTTP_DELETE);
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
      "/api/v1/meetings/{meeting}/nothing",
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(none); i++) {
    match = endpoint_match(HTTP_GET, none[i]);
    g_assert_true(!match.endpoint && match.allow == 0);
  }
  g_autofree char *much = g_strnfill(5000, 'x');
  g_autofree char *path = g_strconcat("/api/v1/meetings/", much, NULL);
  g_assert_null(endpoint_match(HTTP_GET, path).endpoint);
}

/* Each name of a shape is a field. */
static void check_shape(const Endpoint *endpoint, const char *shape) {
  g_auto(GStrv) names = g_strsplit(shape ? shape : "", " ", -1);
  for (unsigned i = 0; names[i] && *names[i]; i++) {
    g_strdelimit(names[i], "?", 0);
    if (!field_find(endpoint->fields, names[i]))
      g_error("%s: %s is no field", endpoint->name, names[i]);
  }
}

/* One answer at most, names that are there once, and nothing in a body of what is only read. */
static void test_declared(void) {
  g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
  const Endpoint *endpoint;
  for (unsigned n = 0; (endpoint = endpoint_at(n)); n++) {
    check_shape(endpoint, endpoint->query);
    check_shape(endpoint, endpoint->in);
    check_shape(endpoint, endpoint->out);
    g_assert_true(g_hash_table_add(names, (void *)(uintptr_t)endpoint->name));
    g_assert_false(endpoint->out && endpoint->answer);
    g_assert_false(endpoint->method == HTTP_GET && endpoint->in);
    g_assert_nonnull(endpoint->what);
    g_assert_true(!endpoint->answer || endpoint->answer->type == F_OBJECT);
    g_assert_true(!endpoint->on || strstr(endpoint->path, "{meeting}"));
  }
}

/* Every $ref leads somewhere. */
static void check_refs(json_t *document, json_t *at) {
  size_t index;
  const char *key;
  json_t *value;
  json_array_foreach(at, index, value) check_refs(document, value);
  json_object_foreach(at, key, value) {
    if (strcmp(key, "$ref") == 0) {
      g_auto(GStrv) parts = g_strsplit(json_string_value(value), "/", -1);
      json_t *target = document;
      for (unsigned i = 1; parts[i]; i++)
        target = json_object_get(target, parts[i]);
      if (!target)
        g_error("%s leads nowhere", json_string_value(value));
    }
    check_refs(document, value);
  }
}

/* The document has each endpoint, and each operation of it a name of its own. */
static void test_document(void) {
  Bed *bed = bed_new();
  json_t *document = bed_expect(bed, 200, ANYBODY, "GET", "openapi.json", NULL);
  json_t *paths = json_object_get(document, "paths"), *item, *operation;
  g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
  const char *path, *method;
  json_object_foreach(paths, path, item) {
    json_object_foreach(item, method, operation) {
      json_t *name = json_object_get(operation, "operationId");
      g_assert_true(g_hash_table_add(names, (void *)(uintptr_t)json_string_value(name)));
    }
  }
  const Endpoint *endpoint;
  for (unsigned n = 0; (endpoint = endpoint_at(n)); n++)
    g_assert_true(g_hash_table_contains(names, endpoint->name));
  check_refs(document, document);
  json_decref(document);
  bed_free(bed);
}

/* What is asked is checked by its declaration, and each member that is wrong is named. */
static void test_asked(void) {
  static const struct {
    const char *method, *path, *body, *field, *code;
  } wrong[] = {
      {"POST", "session", "{\"login\":\"a\",\"password\":1}", "password", "type"},
      {"POST", "session", "{\"login\":\"a\"}", "password", "missing"},
      {"POST", "session", "{\"login\":\"a\",\"password\":\"b\",\"more\":1}", "more", "unknown"},
      {"POST", "session/link", "{\"secret\":\"a\",\"replace\":\"yes\"}", "replace", "type"},
      {"GET", "session?who=me", NULL, "who", "unknown"},
      {"POST", "attachments", NULL, "name", "missing"},
      {"GET", "meetings/MEETING/presence/window?from=1764000000000", NULL, "to", "missing"},
      {"POST", "meetings/MEETING/join", "{\"person\":\"x\"}", "person", "id"},
  };
  Bed *bed = bed_new();
  for (unsigned i = 0; i < G_N_ELEMENTS(wrong); i++) {
    g_autofree char *path = bed_path(bed, wrong[i].path);
    json_t *problem = bed_expect(bed, 422, STAFF, wrong[i].method, path, wrong[i].body);
    json_t *first = json_array_get(json_object_get(problem, "errors"), 0);
    g_assert_cmpstr(json_string_value(json_object_get(first, "field")), ==, wrong[i].field);
    g_assert_cmpstr(json_string_value(json_object_get(first, "code")), ==, wrong[i].code);
    json_decref(problem);
  }
  bed_free(bed);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/endpoint/match", test_match);
  g_test_add_func("/endpoint/declared", test_declared);
  g_test_add_func("/endpoint/document", test_document);
  g_test_add_func("/endpoint/asked", test_asked);
  return g_test_run();
}
