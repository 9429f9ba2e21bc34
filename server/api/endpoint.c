#include "api/endpoint.h"

#include <string.h>

static const Endpoint *const lists[] = {
    openapi_endpoints,  session_endpoints,   factor_endpoints,     join_endpoints,
    presence_endpoints, password_endpoints,  attachment_endpoints, find_endpoints,
    line_endpoints,     recording_endpoints, system_endpoints,     template_endpoints,
    own_data_endpoints, account_endpoints,
};

const Endpoint *endpoint_at(unsigned n) {
  for (unsigned i = 0; i < G_N_ELEMENTS(lists); i++)
    for (const Endpoint *endpoint = lists[i]; endpoint->path; endpoint++)
      if (n-- == 0)
        return endpoint;
  return NULL;
}

/* Compares segment by segment; {name} takes one that is not empty. */
static bool matches(const char *pattern, const char *path, char ids[][ENDPOINT_ID_BYTES]) {
  unsigned n = 0;
  for (;;) {
    size_t wanted = strcspn(pattern, "/"), given = strcspn(path, "/");
    if (*pattern == '{') {
      if (given == 0 || given >= ENDPOINT_ID_BYTES)
        return false;
      memcpy(ids[n], path, given);
      ids[n++][given] = 0;
    } else if (wanted != given || memcmp(pattern, path, wanted) != 0) {
      return false;
    }
    pattern += wanted;
    path += given;
    if (*pattern != *path)
      return false;
    if (*pattern == 0)
      return true;
    pattern++;
    path++;
  }
}

EndpointMatch endpoint_match(HttpMethod method, const char *path) {
  EndpointMatch match = {.endpoint = NULL};
  if (!g_str_has_prefix(path, API_PREFIX))
    return match;
  HttpMethod wanted = method == HTTP_HEAD ? HTTP_GET : method;
  const Endpoint *endpoint;
  for (unsigned n = 0; (endpoint = endpoint_at(n)); n++) {
    if (!matches(endpoint->path, path + strlen(API_PREFIX), match.ids))
      continue;
    match.allow |= endpoint->method;
    if (endpoint->method == wanted) {
      match.endpoint = endpoint;
      return match;
    }
  }
  return match;
}
