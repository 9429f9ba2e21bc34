/* One API request being handled: what is known about it, and how handlers answer. A reader thread
 * of the store; `on_writer` functions run on the writer while the reader waits. */
#pragma once

#include <jansson.h>

#include "api/api.h"
#include "api/route.h"
#include "base/id.h"
#include "store/audit.h"
#include "store/meetings.h"
#include "store/sessions.h"

typedef struct Call {
  const ApiContext *context;
  const ApiRequest *request;
  sqlite3 *db; /* the reader's */
  ApiResponse *response;
  RouteMatch match;
  Session *session;     /* NULL only where FOR_ANYBODY */
  MeetingRights rights; /* where a MEETING_ value stands */
  json_t *body;         /* an object, or NULL when there was none */
  Moment now;           /* when the request came */
  int64_t now_ms;       /* its wall clock */
  Actor actor;          /* who does it, for the audit record */
  /* What a function on the writer leaves for the handler. */
  json_t *made;
  char made_id[33];
  char secret[SECRET_CHARS + 1];
  int64_t made_at;
} Call;

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

/* Runs on the writer until durable, with call as its data. On failure answers and returns false. */
bool call_write(Call *call, StoreWork work);

/* The query's limit (50 unless given, 1…200); answers and returns false when it is nonsense. */
bool call_limit(Call *call, int *limit);
const char *call_query(const Call *call, const char *name); /* NULL when absent or empty */

void call_effect(Call *call, ApiEffectKind kind, const char *meeting, const char *person);

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
