#include "demo-act.h"

#include "model/act.h"

char *demo_act(const DemoDesk *desk, const char *person, const char *subject, const char *verb,
               const char *id, json_t *body, GError **error) {
  Act act = {.subject = subject,
             .verb = verb,
             .id = id,
             .by = {person, person ? "local" : NULL},
             .with_roles = person != NULL,
             .at = desk->now,
             .body = body};
  json_t *answer = act_now(desk->db, desk->model, desk->zone, &act, error);
  char *made = answer ? g_strdup(json_string_value(json_object_get(answer, "id"))) : NULL;
  json_decref(answer);
  json_decref(body);
  if (!made && error && *error)
    g_prefix_error(error, "%s.%s: ", subject, verb);
  return made;
}

bool demo_done(char *id) {
  bool fine = id != NULL;
  g_free(id);
  return fine;
}

char *demo_clerk(const DemoDesk *desk, const char *name, const char *login, const char *role,
                 GError **error) {
  char *id =
      demo_act(desk, NULL, "person", "create", NULL,
               json_pack("{s:s, s:s, s:s}", "name", name, "login", login, "kind", "staff"), error);
  if (id && !demo_done(demo_act(desk, NULL, "person", "set_roles", id,
                                json_pack("{s:[s]}", "roles", role), error)))
    g_clear_pointer(&id, g_free);
  return id;
}
