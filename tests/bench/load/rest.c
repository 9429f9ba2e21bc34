#include "rest.h"

#include <string.h>

Rest *rest_new(const char *url) {
  Rest *rest = g_new0(Rest, 1);
  rest->session = soup_session_new();
  soup_session_set_timeout(rest->session, 60);
  soup_session_add_feature_by_type(rest->session, SOUP_TYPE_COOKIE_JAR);
  rest->url = g_strdup(url);
  return rest;
}

void rest_free(Rest *rest) {
  if (!rest)
    return;
  g_object_unref(rest->session);
  g_free(rest->url);
  g_free(rest->csrf);
  g_free(rest);
}

json_t *rest_call(Rest *rest, const char *method, const char *path, json_t *body, GError **error) {
  g_autofree char *url = g_strconcat(rest->url, path, NULL);
  g_autoptr(SoupMessage) message = soup_message_new(method, url);
  SoupMessageHeaders *headers = soup_message_get_request_headers(message);
  soup_message_headers_append(headers, "Origin", rest->url);
  if (rest->csrf)
    soup_message_headers_append(headers, "X-CSRF-Token", rest->csrf);
  if (body) {
    char *text = json_dumps(body, JSON_COMPACT);
    json_decref(body);
    g_autoptr(GBytes) bytes = g_bytes_new_with_free_func(text, strlen(text), free, text);
    soup_message_set_request_body_from_bytes(message, "application/json", bytes);
  }
  g_autoptr(GBytes) answer = soup_session_send_and_read(rest->session, message, NULL, error);
  if (!answer)
    return NULL;
  size_t len = 0;
  const char *text = g_bytes_get_data(answer, &len);
  unsigned status = soup_message_get_status(message);
  if (status < 200 || status > 299) {
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s %s: %u %.*s", method, path, status,
                (int)MIN(len, 300), text ? text : "");
    return NULL;
  }
  if (len == 0)
    return json_null();
  json_t *json = json_loadb(text, len, 0, NULL);
  if (!json)
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s %s: not JSON", method, path);
  return json;
}

static bool open_session(Rest *rest, const char *path, json_t *body, GError **error) {
  json_t *session = rest_call(rest, "POST", path, body, error);
  if (!session)
    return false;
  rest->csrf = g_strdup(json_string_value(json_object_get(session, "csrf")));
  json_decref(session);
  if (!rest->csrf)
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, "the session has no csrf token");
  return rest->csrf != NULL;
}

bool rest_sign_in(Rest *rest, const char *login, const char *password, GError **error) {
  return open_session(rest, "/api/v1/session",
                      json_pack("{s:s, s:s}", "login", login, "password", password), error);
}

bool rest_sign_in_by_link(Rest *rest, const char *secret, GError **error) {
  return open_session(rest, "/api/v1/session/link", json_pack("{s:s}", "secret", secret), error);
}
