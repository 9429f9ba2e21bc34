/* A signed-in HTTP client of the server's API: one per identity. Main thread; calls block. libsoup
 * does HTTP, cookies and WebSocket. */
#pragma once

#include <jansson.h>
#include <libsoup/soup.h>
#include <stdbool.h>

typedef struct {
  SoupSession *session;
  char *url;  /* "http://localhost:8080" */
  char *csrf; /* NULL until signed in */
} Rest;

Rest *rest_new(const char *url);
void rest_free(Rest *rest);

/* body: stolen, may be NULL. The answer's JSON, NULL with error when it is not 2xx; json_null() for
 * 204. */
json_t *rest_call(Rest *rest, const char *method, const char *path, json_t *body, GError **error);
bool rest_sign_in(Rest *rest, const char *login, const char *password, GError **error);
bool rest_sign_in_by_link(Rest *rest, const char *secret, GError **error);
