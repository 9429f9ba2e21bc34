/* The HTTP API: request in, response out.
 *
 * The front turns what came over a socket into an ApiRequest, begins an exchange, and writes the
 * ApiResponse when it is done. An exchange goes from thread to thread by itself (exchange.h) and
 * holds none of them while it waits: it reads on a reader, hashes on the hasher's thread, writes on
 * the writer. Nothing here knows sockets or rooms: what a running room must know is listed in the
 * response as effects, which the front applies on the main thread.
 */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/config.h"
#include "base/throttle.h"
#include "model/effect.h"
#include "model/method.h"
#include "store/blob.h"
#include "store/database.h"
#include "store/hasher.h"
#include "store/moment.h"

#define API_PREFIX "/api/v1/"
#define API_BODY_MAX 65536         /* bytes of a request body */
#define API_TABLE_MAX (20 << 20)   /* of one that is a table to be imported */
#define API_TEMPLATE_MAX (2 << 20) /* of one that is the template of a form (papers/paper.h) */
#define API_QUERY_MAX 16           /* query parameters read; more are refused */
/* How long the front waits for an answer: a hall that signs in at once takes 300 hashes of a tenth
 * of a second. Then it abandons the exchange. */
#define API_WAIT_MS 60000
#define API_COOKIE "yishi_session"
#define API_ANY_VERSION INT64_MIN /* If-Match: *, whichever it is (RFC 9110 section 13.1.1) */

typedef struct {
  HttpMethod method;
  char *path;         /* decoded, begins with '/', no NUL inside */
  GPtrArray *query;   /* of char *: "name=value", decoded */
  char *cookie;       /* value of the session cookie or NULL */
  char *csrf;         /* X-CSRF-Token or NULL */
  int64_t if_match;   /* the version that If-Match names, API_ANY_VERSION, or 0: it is not there */
  char *behalf;       /* On-Behalf-Of: the person that it is done for; or NULL */
  char *key;          /* Idempotency-Key, 1…64 of A-Z a-z 0-9 _ -, or NULL */
  char *content_type; /* or NULL */
  GByteArray *body;   /* never NULL */
  char *address;      /* of the other side */
  char *reached;      /* "https://host[:port]" that the browser calls us by, where no public_url
                       * says it and the request does; or NULL */
  bool origin_ok;     /* the Origin header names this server or an allowed one */
  bool background;    /* the page asks by itself: nobody is there to be kept signed in for */
  uint64_t length;    /* of a body that is to be taken as a file: may it come? 0: there is none */
  BlobFacts stored;   /* that body, when it came and is kept; size 0: it did not yet */
  char *file;         /* or where it lies when it only passes: removed with the request; or NULL */
  bool again;         /* the same as one that is being answered: only the right is asked for */
} ApiRequest;

ApiRequest *api_request_new(void);
/* The same without a body. */
ApiRequest *api_request_copy(const ApiRequest *request);
void api_request_free(ApiRequest *request);
/* The value of a query parameter, borrowed, or NULL. */
const char *api_request_query(const ApiRequest *request, const char *name);

typedef struct {
  int status;
  const char *content_type;                  /* static; NULL when there is no body */
  GString *body;                             /* never NULL */
  char *location, *set_cookie, *disposition; /* header values or NULL */
  char *allow;                               /* of a 405, or NULL */
  int retry_after_s;                         /* 0: no such header */
  int64_t version;                           /* of the record in the body: its ETag; 0: none */
  bool secret;                               /* the body is to be kept nowhere */
  char *person;                              /* whose session the request came with, or NULL */
  bool go_on;      /* of a request with length: its body may come; this is no answer yet */
  bool foreign;    /* the file is not ours: no browser is to run anything in it */
  bool framed;     /* it is shown in a frame of our pages, by the browser's own viewer */
  char *file;      /* send this file (with Range) instead of body; an absolute path */
  bool file_once;  /* the file is this answer's alone: it is removed with the response */
  char *file_etag; /* without quotes; NULL: from size and time of the file */
  GArray *effects; /* of Effect */
} ApiResponse;

ApiResponse *api_response_new(void);
void api_response_free(ApiResponse *response);

/* What every request needs beside itself. Any thread reads it; it is made, and `reads`, `lanes` and
 * `hasher` used, on the main thread. */
typedef struct {
  const Config *config;
  Store *store;
  char *base_url;    /* "https://host[:port]" of the links that are handed out, unless the request
                      * that makes them knows better (reached) */
  bool secure;       /* browsers reach us by https: cookies are Secure */
  struct Turn *turn; /* NULL: none */
  const struct Model *model; /* of the subjects whose routes are served beside ours */
  Throttle *throttle;
  Hasher *hasher;
  struct Reads *reads;
  struct Workers *workers;       /* main thread: of files that come, and forms that are filled */
  struct Workers *converters;    /* main thread: of PDFs */
  GHashTable *converting;        /* main thread: the persons whose PDF is being made */
  struct Thumbnails *thumbnails; /* main thread */
  struct Lanes *lanes;           /* main thread */
  Moment (*now)(void *user);     /* a test's clock; NULL: the real ones */
  void *now_user;
  /* Asks how everybody's line is (room/lines.h); done is called later, with NULL when the server
   * stops. Main thread. NULL: no room can be open. */
  void (*lines)(void *user, void (*done)(void *asker, const json_t *lines), void *asker);
  void *lines_user;
} ApiContext;

/* config, store, mailbox (the main thread's), turn and model are borrowed; base_url and secure are
 * to be set by whoever knows them. */
ApiContext *api_context_new(const Config *config, Store *store, Mailbox *mailbox, struct Turn *turn,
                            const struct Model *model);
/* Calls that wait for a hash are answered; the mailbox must be drained afterwards. */
void api_context_stop(ApiContext *context);
/* No exchange is under way any more. */
void api_context_free(ApiContext *context);

/* What a request's body may be. */
typedef struct {
  uint64_t most; /* bytes */
  /* A file, not JSON: it is written to the disk as it comes, after an exchange without it (length)
   * said go_on, and a second one is told what came (stored, or file). */
  bool is_file;
  bool passes; /* the file is read once and not kept: it may be of any kind */
} ApiIntake;

/* Any thread. */
ApiIntake api_intake(const ApiContext *context, const ApiRequest *request);

typedef struct Exchange Exchange;
/* The response is the callee's. */
typedef void (*ApiDone)(void *user, ApiResponse *response);

/* Main thread. Takes request; done runs once on the main thread, later. context outlives it. */
Exchange *api_begin(ApiContext *context, ApiRequest *request, ApiDone done, void *user);
/* Nobody waits for the answer any more: a password that is not yet hashed need not be, and nothing
 * is made that would leave: a program that makes it is killed. done runs
 * all the same; before it, it may be abandoned. */
void api_abandon(Exchange *exchange);

/* Implemented above; main thread. */
typedef struct {
  void (*meeting_changed)(void *user, const char *meeting);
  void (*person_changed)(void *user, const char *person);
  void (*person_revoked)(void *user, const char *meeting, const char *person);
  void (*person_turned_away)(void *user, const char *meeting, const char *person, const char *name);
  void (*names_changed)(void *user);
  void (*recording_removed)(void *user);
} ApiEffects;

void api_response_apply(const ApiResponse *response, const ApiEffects *effects, void *user);

/* Writes an RFC 9457 problem into response, in place of whatever is there, effects included: title
 * and detail (or NULL) are for people, code is for programs. */
void api_problem(ApiResponse *response, int status, const char *code, const char *title,
                 const char *detail);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApiRequest, api_request_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApiResponse, api_response_free)
