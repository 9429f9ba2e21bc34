/* One API request on its way: what is known about it, and how handlers answer.
 *
 *   main ─▶ a reader: route, session, role, token, meeting, body, the handler ─▶ main: done
 *                        │ call_hash                 │ call_write
 *                        ▼                           ▼
 *                  the hasher's thread ─▶ main ─▶ the writer: changes and answers ─▶ main: done
 *
 * A handler runs on a reader. It answers, or says what comes next and returns: nothing waits. What
 * is to be written is written and answered in one go on the writer, in one transaction; when that
 * fails, or is not committed, the answer is the failure. A call is used by one thread at a time and
 * freed on the main thread. */
#pragma once

#include <jansson.h>

#include "api/api.h"
#include "api/route.h"
#include "base/id.h"
#include "store/audit.h"
#include "store/meetings.h"
#include "store/sessions.h"

typedef struct Call Call;

/* On the writer: changes rows by call->db and answers; false with error undoes it. */
typedef bool (*CallWork)(Call *call, GError **error);
/* Main thread: answers for an error in words of its own, or returns false. */
typedef bool (*CallRefused)(Call *call, const GError *error);

typedef struct {
  bool (*begin)(Call *call); /* main thread, when its turn has come: still worth it? NULL: always */
  bool (*slice)(Call *call); /* the hasher's thread: one hash; true: there is more to do */
  /* Main thread: call_write, or answers. */
  void (*after)(Call *call);
  /* Main thread: it was not worth it any more; answers. NULL: the server cannot answer now. */
  void (*given_up)(Call *call);
} CallHash;

struct Call {
  ApiContext *context;
  ApiRequest *request;
  sqlite3 *db; /* of the thread that it is on; NULL on those without */
  ApiResponse *response;
  RouteMatch match;
  Session *session;     /* NULL only where FOR_ANYBODY */
  bool no_session;      /* the cookie was looked up and is none, or none any more */
  MeetingRights rights; /* where a MEETING_ value stands */
  json_t *body;         /* an object, or NULL when there was none */
  Moment now;           /* when the request came */
  int64_t now_ms;       /* its wall clock */
  Actor actor;          /* who does it, for the audit record */

  void *own; /* a handler's own, between its steps; freed by own_free */
  GDestroyNotify own_free;

  /* call.c's: what comes next, and who is told at the end. */
  const CallHash *hash;
  char *hash_whose;
  CallWork work;
  CallRefused refused;
  bool abandoned; /* main thread */
  ApiDone done;
  void *user;
};

void call_free(Call *call);

/* ---- what comes next; one of them at most ---- */

void call_write(Call *call, CallWork work);
void call_write_or(Call *call, CallWork work, CallRefused refused);
/* whose: the address or account that it waits in line for. how is static. */
void call_hash(Call *call, const char *whose, const CallHash *how);
/* Main thread: does what comes next, or tells that the call is done, and frees it. */
void call_proceed(Call *call);

/* ---- answering ---- */

/* The route's nth {id}. */
const char *call_id(const Call *call, unsigned n);

/* Answers with a JSON document; takes it. NULL answers error (freed). */
void call_json(Call *call, int status, json_t *document);
void call_empty(Call *call); /* 204 */
/* Answers with what a StoreErrorCode means; frees error. */
void call_fail(Call *call, GError *error);
void call_problem(Call *call, int status, const char *code, const char *title);
/* A document, or error when it is NULL. */
void call_answer(Call *call, int status, json_t *document, GError *error);

/* The same in work: false when document is NULL, for work to return. */
bool call_made(Call *call, int status, json_t *document);
/* 429 with Retry-After. */
void call_too_many(Call *call, const char *title, int retry_after_s);

/* The query's limit (50 unless given, 1…200); answers and returns false when it is nonsense. */
bool call_limit(Call *call, int *limit);
const char *call_query(const Call *call, const char *name); /* NULL when absent or empty */

void call_effect(Call *call, ApiEffectKind kind, const char *meeting, const char *person);
/* name: of the person, as others see it. */
void call_effect_named(Call *call, ApiEffectKind kind, const char *meeting, const char *person,
                       const char *name);

/* ---- bodies ---- */

typedef enum { BODY_TEXT, BODY_TEXT_OR_NULL, BODY_INTEGER, BODY_SWITCH, BODY_LIST } BodyType;

typedef struct {
  const char *name;
  BodyType type;
  bool required;
  unsigned most; /* bytes of a text, entries of a list */
} BodyField;

/* Whether object has the fields and no others; NULL is no object. A message names the member. */
bool body_check(const json_t *object, const BodyField *fields, unsigned count, GError **error);
/* The same for the call's body; answers and returns false when it is not so. */
bool call_body(Call *call, const BodyField *fields, unsigned count);
/* Members, after the check: NULL, 0 or false when absent. */
const char *body_text(const json_t *object, const char *name);
int64_t body_integer(const json_t *object, const char *name);
bool body_switch(const json_t *object, const char *name);
