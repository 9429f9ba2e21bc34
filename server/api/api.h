/* The HTTP API as a function: request in, response out.
 *
 * The front turns what came over a socket into an ApiRequest, has api_handle run on a reader thread
 * of the store, and writes the ApiResponse. Nothing here knows sockets or rooms: what a running
 * room must know is listed in the response as effects, which the front applies on the main thread.
 */
#pragma once

#include <glib.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/config.h"
#include "store/database.h"
#include "store/moment.h"

#define API_PREFIX "/api/v1/"
#define API_BODY_MAX 65536 /* bytes of a request body */
#define API_QUERY_MAX 16   /* query parameters read; more are refused */
#define API_COOKIE "yishi_session"

typedef enum {
  API_GET = 1,
  API_HEAD = 2, /* handled as GET; the front leaves the body out */
  API_POST = 4,
  API_PUT = 8,
  API_PATCH = 16,
  API_DELETE = 32,
} ApiMethod;

typedef struct {
  ApiMethod method;
  char *path;         /* decoded, begins with '/', no NUL inside */
  GPtrArray *query;   /* of char *: "name=value", decoded */
  char *cookie;       /* value of the session cookie or NULL */
  char *csrf;         /* X-CSRF-Token or NULL */
  char *content_type; /* or NULL */
  GByteArray *body;   /* never NULL */
  char *address;      /* of the other side */
  bool origin_ok;     /* the Origin header names this server or an allowed one */
} ApiRequest;

ApiRequest *api_request_new(void);
void api_request_free(ApiRequest *request);
/* The value of a query parameter, borrowed, or NULL. */
const char *api_request_query(const ApiRequest *request, const char *name);

typedef enum {
  API_MEETING_CHANGED, /* its facts, its state, or what somebody may do in it */
  API_PERSON_CHANGED,  /* name, roles, active */
  API_PERSON_REVOKED,  /* from this meeting */
} ApiEffectKind;

typedef struct {
  ApiEffectKind kind;
  char *meeting, *person; /* NULL where the kind says nothing about it */
} ApiEffect;

typedef struct {
  int status;
  const char *content_type;                  /* static; NULL when there is no body */
  GString *body;                             /* never NULL */
  char *location, *set_cookie, *disposition; /* header values or NULL */
  char *allow;                               /* of a 405, or NULL */
  int retry_after_s;                         /* 0: no such header */
  bool signed_in;                            /* the request came with a good session */
  char *file;      /* send this file (with Range) instead of body; an absolute path */
  char *file_etag; /* without quotes; NULL: from size and time of the file */
  GArray *effects; /* of ApiEffect */
} ApiResponse;

ApiResponse *api_response_new(void);
void api_response_free(ApiResponse *response);

/* What every request needs beside itself; read-only, any thread. */
typedef struct {
  const Config *config;
  Store *store;
  const char *base_url;      /* "https://host[:port]" of the links that are handed out */
  bool secure;               /* browsers reach us by https: cookies are Secure */
  const struct Turn *turn;   /* NULL: none */
  Moment (*now)(void *user); /* a test's clock; NULL: the real ones */
  void *now_user;
} ApiContext;

/* A reader thread of the store. Fills response, always. */
void api_handle(const ApiContext *context, const ApiRequest *request, sqlite3 *db,
                ApiResponse *response);

/* Implemented above (by the assembly); main thread. */
typedef struct {
  void (*meeting_changed)(void *user, const char *meeting);
  void (*person_changed)(void *user, const char *person);
  void (*person_revoked)(void *user, const char *meeting, const char *person);
} ApiEffects;

void api_response_apply(const ApiResponse *response, const ApiEffects *effects, void *user);

/* Writes an RFC 9457 problem into response: title and detail (or NULL) are for people, code is for
 * programs. */
void api_problem(ApiResponse *response, int status, const char *code, const char *title,
                 const char *detail);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApiRequest, api_request_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApiResponse, api_response_free)
