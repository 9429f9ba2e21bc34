#include "front/origin.h"

#include <glib.h>
#include <string.h>

/* "https://Host:443/path" to "https://host"; NULL when it is no http(s) origin. */
static char *normalise(const char *text) {
  const char *rest;
  const char *port;
  if (g_ascii_strncasecmp(text, "https://", 8) == 0)
    rest = text + 8, port = ":443";
  else if (g_ascii_strncasecmp(text, "http://", 7) == 0)
    rest = text + 7, port = ":80";
  else
    return NULL;
  size_t length = strcspn(rest, "/?#");
  if (length == 0 || length > 260)
    return NULL;
  g_autofree char *authority = g_ascii_strdown(rest, (gssize)length);
  if (g_str_has_suffix(authority, port))
    authority[strlen(authority) - strlen(port)] = 0;
  return g_strconcat(*port && strcmp(port, ":443") == 0 ? "https://" : "http://", authority, NULL);
}

static bool same(const char *origin, const char *other) {
  g_autofree char *normal = normalise(other);
  return normal && strcmp(origin, normal) == 0;
}

bool host_is_valid(const char *host) {
  static const char letters[] =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~[]:";
  size_t length = strlen(host);
  return length > 0 && length <= 260 && strspn(host, letters) == length;
}

char *origin_reached(const OriginPolicy *policy, const char *origin, const char *host) {
  if (*policy->public_url || !origin || !host || !host_is_valid(host))
    return NULL;
  char *mine = normalise(origin);
  /* Without TLS of our own a proxy on this machine may do it: either scheme. */
  g_autofree char *plain = g_strconcat("http://", host, NULL);
  g_autofree char *secure = g_strconcat("https://", host, NULL);
  if (mine && (same(mine, secure) || (!policy->tls && same(mine, plain))))
    return mine;
  g_free(mine);
  return NULL;
}

bool origin_allowed(const OriginPolicy *policy, const char *origin, const char *host) {
  if (!origin)
    return false;
  g_autofree char *mine = normalise(origin);
  if (!mine)
    return false;
  g_auto(GStrv) list = g_strsplit(policy->allowed, ",", -1);
  for (unsigned i = 0; list[i]; i++)
    if (same(mine, g_strstrip(list[i])))
      return true;
  if (*policy->public_url)
    return same(mine, policy->public_url);
  g_autofree char *reached = origin_reached(policy, origin, host);
  return reached != NULL;
}
