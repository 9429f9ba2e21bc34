#include "domain/test-desk.h"

#include "model/guard.h"

void desk_init(World *w, const Subject *const *subjects, const char *schema) {
  GError *error = NULL;
  world_make(w, subjects, schema);
  guards_install(w->f.db, w->model, &error);
  g_assert_no_error(error);
}

static Answer send(World *w, Desk who, HttpMethod method, const char *path, char *body) {
  g_autofree char *owned = body;
  g_auto(GStrv) parts = g_strsplit(path, "?", 2);
  return ask(w, (Ask){method, parts[0], parts[1], owned, who.person, who.roles, 0});
}

json_t *desk_ask(World *w, Desk who, HttpMethod method, const char *path, char *body, int status) {
  g_auto(Answer) answer = send(w, who, method, path, body);
  if (answer.status != status)
    g_error("%s: %d %s", path, answer.status, json_dumps(answer.body, JSON_COMPACT));
  return json_incref(answer.body);
}

void desk_refused(World *w, Desk who, HttpMethod method, const char *path, char *body,
                  const char *code) {
  g_auto(Answer) answer = send(w, who, method, path, body);
  g_assert_cmpstr(text_of(answer.body, "code"), ==, code);
}

char *desk_made(World *w, Desk who, const char *path, char *body) {
  json_t *made = desk_ask(w, who, HTTP_POST, path, body, 200);
  char *id = g_strdup(text_of(made, "id"));
  json_decref(made);
  return id;
}

char *desk_may(World *w, Desk who, const char *path) {
  json_t *row = desk_ask(w, who, HTTP_GET, path, NULL, 200), *verb;
  GString *verbs = g_string_new(NULL);
  size_t i;
  json_array_foreach(json_object_get(row, "may"), i, verb)
      g_string_append_printf(verbs, "%s%s", i ? " " : "", json_string_value(verb));
  json_decref(row);
  return g_string_free(verbs, FALSE);
}
