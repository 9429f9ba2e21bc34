/* One API request on its way: what is known about it, and how handlers answer.
 *
 *   main ─▶ a reader: route, session, role, token, meeting, body, the handler ─▶ main: done
 *                        │ exchange_hash             │ exchange_write
 *                        ▼                           ▼
 *                  the hasher's thread ─▶ main ─▶ the writer: changes and answers ─▶ main: done
 *
 * A handler runs on a reader. It answers, or says what comes next and returns: nothing waits. What
 * is to be written is written and answered in one go on the writer, in one transaction; when that
 * fails, or is not committed, the answer is the failure. An exchange is used by one thread at a
 * time and freed on the main thread. */
#pragma once

#include <jansson.h>

#include "api/api.h"
#include "api/endpoint.h"
#include "base/id.h"
#include "model/serve.h"
#include "model/values.h"
#include "store/audit.h"
#include "store/sessions.h"

/* On the writer: changes rows by exchange->db and answers; false with error undoes it. */
typedef bool (*ExchangeWork)(Exchange *exchange, GError **error);
/* Main thread: answers for an error in words of its own, or returns false. */
typedef bool (*ExchangeRefused)(Exchange *exchange, const GError *error);

typedef struct {
  bool (*begin)(
      Exchange *exchange); /* main thread, when its turn has come: still worth it? NULL: always */
  bool (*slice)(Exchange *exchange); /* the hasher's thread: one hash; true: there is more to do */
  /* Main thread: exchange_write, or answers. */
  void (*after)(Exchange *exchange);
  /* Main thread: it was not worth it any more; answers. NULL: the server cannot answer now. */
  void (*given_up)(Exchange *exchange);
} ExchangeHash;

struct Exchange {
  ApiContext *context;
  ApiRequest *request;
  sqlite3 *db; /* of the thread that it is on; NULL on those without */
  ApiResponse *response;
  EndpointMatch match; /* of an endpoint of ours, or none */
  Match record;        /* of a route that a subject declares, or none */
  Session *session;    /* NULL only where FOR_ANYBODY */
  bool no_session;     /* the cookie was looked up and is none, or none any more */
  json_t *body;        /* an object, or NULL when there was none */
  Values asked;        /* of an endpoint: what the path, the query and the body say, checked */
  Moment now;          /* when the request came */
  int64_t now_ms;      /* its wall clock */
  Actor actor;         /* who does it, for the audit record */

  void *own; /* a handler's own, between its steps; freed by own_free */
  GDestroyNotify own_free;

  /* exchange.c's: what comes next, and who is told at the end. */
  const ExchangeHash *hash;
  char *hash_whose;
  ExchangeWork work;
  ExchangeRefused refused;
  bool alone; /* exchange_write_alone */
  void (*then)(Exchange *exchange);
  bool abandoned;                   /* main thread */
  void (*left)(Exchange *exchange); /* main thread, of a handler: told when it is; or NULL */
  ApiDone done;
  void *user;
};

void exchange_free(Exchange *exchange);

/* ---- what comes next; one of them at most ---- */

void exchange_write(Exchange *exchange, ExchangeWork work);
void exchange_write_or(Exchange *exchange, ExchangeWork work, ExchangeRefused refused);
/* The same for what writes thousands of rows (store_write_alone). */
void exchange_write_alone(Exchange *exchange, ExchangeWork work, ExchangeRefused refused);
/* whose: the address or account that it waits in line for. how is static. */
void exchange_hash(Exchange *exchange, const char *whose, const ExchangeHash *how);
/* Main thread, next: something that takes its time elsewhere (a list on the slow reader, a process)
 * and ends on the main thread with exchange_proceed. */
void exchange_then(Exchange *exchange, void (*then)(Exchange *exchange));
/* A reader: whether this very request, by its key, was done already, or its key is another's; then
 * it is answered. */
bool exchange_done_before(Exchange *exchange);
/* Main thread: does what comes next, or tells that it is done, and frees it. */
void exchange_proceed(Exchange *exchange);

/* ---- answering ---- */

/* Answers with a JSON document; takes it. NULL answers error (freed). */
void exchange_json(Exchange *exchange, int status, json_t *document);
void exchange_empty(Exchange *exchange); /* 204 */
/* Answers with what a StoreErrorCode means; frees error. */
void exchange_fail(Exchange *exchange, GError *error);
void exchange_problem(Exchange *exchange, int status, const char *code, const char *title);
/* A document, or error when it is NULL. */
void exchange_answer(Exchange *exchange, int status, json_t *document, GError *error);

/* The same in work: false when document is NULL, for work to return. */
bool exchange_made(Exchange *exchange, int status, json_t *document);
/* 429 with Retry-After. */
void exchange_too_many(Exchange *exchange, const char *title, int retry_after_s);

/* What is wrong with what was asked; clears it. */
void exchange_refuse(Exchange *exchange, Problem *problem);

void exchange_effect(Exchange *exchange, EffectKind kind, const char *meeting, const char *person);
/* name: of the person, as others see it. */
void exchange_effect_named(Exchange *exchange, EffectKind kind, const char *meeting,
                           const char *person, const char *name);

/* ---- what was asked: by the names of the endpoint's path and fields ---- */

#define CODE_CHARS_MOST 64 /* of a code or recovery code, as typed */

/* NULL, 0 or false when it was left out, or is null. Borrowed. */
const char *exchange_text(const Exchange *exchange, const char *name);
int64_t exchange_int(const Exchange *exchange, const char *name);
bool exchange_bool(const Exchange *exchange, const char *name);
/* Of what has parts. */
const json_t *exchange_parts(const Exchange *exchange, const char *name);
