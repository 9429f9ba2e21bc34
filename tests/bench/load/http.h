/* A signed-in HTTP client of the server's API: one kept-alive connection and the cookies of one
 * identity. One call at a time. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "loop.h"

typedef struct Http Http;

/* status 0: the connection failed. json: borrowed; NULL when the body is none. It may free the
 * Http.
 */
typedef void (*HttpDone)(void *user, unsigned status, json_t *json);

/* url: "http://localhost:8080"; borrowed. */
Http *http_new(Loop *loop, const char *url);
void http_free(Http *http);
/* body: stolen; NULL for none. */
void http_call(Http *http, const char *method, const char *path, json_t *body, HttpDone done,
               void *user);
/* Waits for the answer, turning the loop. NULL when it is not 2xx, with error; json_null() when it
 * has no body. Stolen body; the caller frees the answer. */
json_t *http_ask(Http *http, const char *method, const char *path, json_t *body, GError **error);
/* Closes the connection and keeps the cookies. */
void http_rest(Http *http);
const char *http_cookies(const Http *http);
