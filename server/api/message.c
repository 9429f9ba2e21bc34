/* Requests and responses: their memory, and the problem document (RFC 9457). Any thread. */
#include "api/api.h"

#include <glib/gstdio.h>
#include <jansson.h>
#include <string.h>

ApiRequest *api_request_new(void) {
  ApiRequest *request = g_new0(ApiRequest, 1);
  request->query = g_ptr_array_new_with_free_func(g_free);
  request->body = g_byte_array_new();
  return request;
}

static gpointer copy_text(gconstpointer text, gpointer user) {
  return g_strdup(text);
}

ApiRequest *api_request_copy(const ApiRequest *request) {
  ApiRequest *copy = g_new(ApiRequest, 1);
  *copy = *request;
  copy->path = g_strdup(request->path);
  copy->query = g_ptr_array_copy(request->query, copy_text, NULL);
  copy->cookie = g_strdup(request->cookie);
  copy->reached = g_strdup(request->reached);
  copy->csrf = g_strdup(request->csrf);
  copy->behalf = g_strdup(request->behalf);
  copy->key = g_strdup(request->key);
  copy->content_type = g_strdup(request->content_type);
  copy->address = g_strdup(request->address);
  copy->body = g_byte_array_new();
  copy->file = NULL;
  return copy;
}

void api_request_free(ApiRequest *request) {
  if (!request)
    return;
  g_free(request->path);
  g_ptr_array_free(request->query, TRUE);
  g_free(request->cookie);
  g_free(request->reached);
  g_free(request->csrf);
  g_free(request->behalf);
  g_free(request->key);
  g_free(request->content_type);
  g_byte_array_free(request->body, TRUE);
  if (request->file)
    g_unlink(request->file);
  g_free(request->file);
  g_free(request->address);
  g_free(request);
}

const char *api_request_query(const ApiRequest *request, const char *name) {
  size_t length = strlen(name);
  for (unsigned i = 0; i < request->query->len; i++) {
    const char *pair = g_ptr_array_index(request->query, i);
    if (strncmp(pair, name, length) == 0 && pair[length] == '=')
      return pair + length + 1;
  }
  return NULL;
}

ApiResponse *api_response_new(void) {
  ApiResponse *response = g_new0(ApiResponse, 1);
  response->status = 500;
  response->body = g_string_new(NULL);
  response->effects = g_array_new(FALSE, TRUE, sizeof(Effect));
  g_array_set_clear_func(response->effects, effect_clear);
  return response;
}

void api_response_free(ApiResponse *response) {
  if (!response)
    return;
  g_string_free(response->body, TRUE);
  g_free(response->person);
  g_free(response->location);
  g_free(response->allow);
  g_free(response->set_cookie);
  g_free(response->disposition);
  if (response->file_once)
    g_unlink(response->file);
  g_free(response->file);
  g_free(response->file_etag);
  g_array_free(response->effects, TRUE);
  g_free(response);
}

void api_response_apply(const ApiResponse *response, const ApiEffects *effects, void *user) {
  for (unsigned i = 0; i < response->effects->len; i++) {
    const Effect *effect = &g_array_index(response->effects, Effect, i);
    switch (effect->kind) {
    case EFFECT_MEETING_CHANGED:
      effects->meeting_changed(user, effect->meeting);
      break;
    case EFFECT_PERSON_CHANGED:
      effects->person_changed(user, effect->person);
      break;
    case EFFECT_NAMES_CHANGED:
      effects->names_changed(user);
      break;
    case EFFECT_RECORDING_REMOVED:
      effects->recording_removed(user);
      break;
    case EFFECT_PERSON_REVOKED:
      effects->person_revoked(user, effect->meeting, effect->person);
      break;
    case EFFECT_PERSON_TURNED_AWAY:
      effects->person_turned_away(user, effect->meeting, effect->person, effect->name);
      break;
    }
  }
}

void api_problem(ApiResponse *response, int status, const char *code, const char *title,
                 const char *detail) {
  json_t *problem = json_pack("{s:s, s:s, s:i, s:s*, s:s}", "type", "about:blank", "title", title,
                              "status", status, "detail", detail, "code", code);
  char *text = json_dumps(problem, JSON_COMPACT);
  json_decref(problem);
  response->status = status;
  response->content_type = "application/problem+json";
  g_string_assign(response->body, text);
  free(text);
  if (response->file_once)
    g_unlink(response->file);
  response->file_once = false;
  g_clear_pointer(&response->file, g_free);
  g_clear_pointer(&response->location, g_free);
  g_clear_pointer(&response->set_cookie, g_free);
  g_array_set_size(response->effects, 0);
}
