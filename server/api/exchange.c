#include "api/exchange.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "store/kept-answer.h"

void exchange_json(Exchange *exchange, int status, json_t *document) {
  char *text = json_dumps(document, JSON_COMPACT);
  json_decref(document);
  g_assert(text);
  exchange->response->status = status;
  exchange->response->content_type = "application/json";
  g_string_assign(exchange->response->body, text);
  free(text);
}

void exchange_empty(Exchange *exchange) {
  exchange->response->status = 204;
  exchange->response->content_type = NULL;
  g_string_truncate(exchange->response->body, 0);
}

void exchange_problem(Exchange *exchange, int status, const char *code, const char *title) {
  api_problem(exchange->response, status, code, title, NULL);
}

/* For the log. */
static const char *exchange_route(const Exchange *exchange) {
  return exchange->match.endpoint ? exchange->match.endpoint->name
         : exchange->record.route ? exchange->record.route->path
                                  : "-";
}

void exchange_fail(Exchange *exchange, GError *error) {
  g_assert(error);
  if (g_error_matches(error, STORE_ERROR, STORE_ERROR_NOT_FOUND)) {
    exchange_problem(exchange, 404, "not_found", "There is no such thing");
  } else if (g_error_matches(error, STORE_ERROR, STORE_ERROR_CONFLICT)) {
    api_problem(exchange->response, 409, "conflict", "This does not go together with what is there",
                error->message);
  } else if (g_error_matches(error, STORE_ERROR, STORE_ERROR_INVALID)) {
    api_problem(exchange->response, 422, "invalid", "A value is not valid", error->message);
  } else if (g_error_matches(error, STORE_ERROR, STORE_ERROR_FORBIDDEN)) {
    api_problem(exchange->response, 403, "forbidden", "You may not do this", error->message);
  } else if (g_error_matches(error, STORE_ERROR, STORE_ERROR_BUSY)) {
    exchange_problem(exchange, 503, "busy", "Others write all the time; try again in a while");
    exchange->response->retry_after_s = 60;
  } else {
    log_error("api", "failed", "route=%s reason=%s", exchange_route(exchange),
              log_q(error->message));
    exchange_problem(exchange, 500, "internal", "The server failed to do this");
  }
  g_error_free(error);
}

void exchange_answer(Exchange *exchange, int status, json_t *document, GError *error) {
  if (document)
    exchange_json(exchange, status, document);
  else
    exchange_fail(exchange, error);
}

bool exchange_made(Exchange *exchange, int status, json_t *document) {
  if (document)
    exchange_json(exchange, status, document);
  return document != NULL;
}

void exchange_too_many(Exchange *exchange, const char *title, int retry_after_s) {
  exchange_problem(exchange, 429, "too_many", title);
  exchange->response->retry_after_s = retry_after_s;
}

/* ---- from thread to thread ---- */

void exchange_free(Exchange *exchange) {
  if (exchange->own_free)
    exchange->own_free(exchange->own);
  g_free(exchange->hash_whose);
  match_clear(&exchange->record);
  session_free(exchange->session);
  json_decref(exchange->body);
  values_clear(&exchange->asked);
  api_response_free(exchange->response);
  api_request_free(exchange->request);
  g_free(exchange);
}

void exchange_write(Exchange *exchange, ExchangeWork work) {
  exchange_write_or(exchange, work, NULL);
}

void exchange_write_or(Exchange *exchange, ExchangeWork work, ExchangeRefused refused) {
  g_assert(!exchange->work && !exchange->hash);
  exchange->work = work;
  exchange->refused = refused;
}

void exchange_write_alone(Exchange *exchange, ExchangeWork work, ExchangeRefused refused) {
  exchange_write_or(exchange, work, refused);
  exchange->alone = true;
}

void exchange_then(Exchange *exchange, void (*then)(Exchange *exchange)) {
  g_assert(!exchange->work && !exchange->hash && !exchange->then);
  exchange->then = then;
}

void exchange_hash(Exchange *exchange, const char *whose, const ExchangeHash *how) {
  g_assert(!exchange->work && !exchange->hash);
  exchange->hash = how;
  exchange->hash_whose = g_strdup(whose);
}

static void busy(Exchange *exchange) {
  exchange_problem(exchange, 503, "busy", "The server has too much to do; try again in a moment");
  exchange->response->retry_after_s = 5;
}

static bool still_worth_it(void *user) {
  Exchange *exchange = user;
  return !exchange->abandoned && (!exchange->hash->begin || exchange->hash->begin(exchange));
}

static bool run_slice(void *user) {
  Exchange *exchange = user;
  return exchange->hash->slice(exchange);
}

static void hashed(void *user, bool hashed) {
  Exchange *exchange = user;
  const ExchangeHash *hash = g_steal_pointer(&exchange->hash);
  if (hashed)
    hash->after(exchange);
  else if (hash->given_up && !exchange->abandoned)
    hash->given_up(exchange);
  else
    busy(exchange);
  exchange_proceed(exchange);
}

static const HashWork hash_work = {still_worth_it, run_slice, hashed};

/* What was asked, whoever asks it again. */
static void digest_request(const ApiRequest *request, char out[65]) {
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  g_checksum_update(sum, (const guchar *)method_name(request->method), -1);
  g_checksum_update(sum, (const guchar *)request->path, (gssize)strlen(request->path) + 1);
  if (request->behalf)
    g_checksum_update(sum, (const guchar *)request->behalf, -1);
  g_checksum_update(sum, request->body->data, request->body->len);
  g_strlcpy(out, g_checksum_get_string(sum), 65);
}

static void answer_again(Exchange *exchange, KeptAnswer *answer) {
  if (!answer->body) {
    exchange_problem(exchange, 409, "done_before", "This was done already; its answer is not kept");
    return;
  }
  ApiResponse *response = exchange->response;
  response->status = answer->status;
  response->content_type = answer->status == 204 ? NULL : "application/json";
  g_string_assign(response->body, answer->body);
  response->location = g_steal_pointer(&answer->location);
  response->version = answer->version;
}

static bool keep_answer(Exchange *exchange, const AnswerKey *key, GError **error) {
  const ApiResponse *response = exchange->response;
  bool keep = !response->secret && !response->set_cookie && response->body->len <= ANSWER_MOST;
  KeptAnswer answer = {response->status, keep ? response->body->str : NULL, response->location,
                       response->version};
  return kept_answer_put(exchange->db, key, &answer, exchange->now_ms, error);
}

/* What makes a secret anew is as good twice: its answer is kept nowhere, and whoever did not get it
 * asks again. So it is with the plan of an import. */
static bool is_done_again(const Exchange *exchange) {
  const Endpoint *ours = exchange->match.endpoint;
  const Route *route = exchange->record.route;
  return ours ? (ours->access & DONE_AGAIN) != 0
              : route && (route->kind == R_IMPORT ||
                          (route->kind == R_DO && match_tells_secret(&exchange->record)));
}

static bool has_key(const Exchange *exchange) {
  return exchange->session && exchange->request->key && !is_done_again(exchange);
}

static AnswerKey key_of(const Exchange *exchange) {
  AnswerKey key = {.person = exchange->session->person, .key = exchange->request->key};
  digest_request(exchange->request, key.request);
  return key;
}

/* ANSWER_SAME and ANSWER_OTHER are answered. */
static AnswerFound find_answer(Exchange *exchange, const AnswerKey *key, GError **error) {
  KeptAnswer answer = {0};
  AnswerFound found = kept_answer_find(exchange->db, key, &answer, error);
  if (found == ANSWER_OTHER)
    exchange_problem(exchange, 422, "key_reused", "This key was used for another request");
  else if (found == ANSWER_SAME)
    answer_again(exchange, &answer);
  kept_answer_clear(&answer);
  return found;
}

bool exchange_done_before(Exchange *exchange) {
  GError *error = NULL;
  if (!has_key(exchange))
    return false;
  AnswerKey key = key_of(exchange);
  AnswerFound found = find_answer(exchange, &key, &error);
  if (found == ANSWER_FAILED)
    exchange_fail(exchange, error);
  return found != ANSWER_NEW;
}

/* Once, however often it is sent: the writer does one after the other. */
static bool work_once(Exchange *exchange, GError **error) {
  AnswerKey key = key_of(exchange);
  AnswerFound found = find_answer(exchange, &key, error);
  if (found != ANSWER_NEW)
    return found != ANSWER_FAILED;
  return exchange->work(exchange, error) && keep_answer(exchange, &key, error);
}

static bool run_work(sqlite3 *db, void *data, GError **error) {
  Exchange *exchange = data;
  exchange->db = db;
  bool fine = has_key(exchange) ? work_once(exchange, error) : exchange->work(exchange, error);
  exchange->db = NULL;
  return fine;
}

static void written(void *data, const GError *error) {
  Exchange *exchange = data;
  exchange->work = NULL;
  if (error && !(exchange->refused && exchange->refused(exchange, error)))
    exchange_fail(exchange, g_error_copy(error));
  exchange_proceed(exchange);
}

static void finish(Exchange *exchange) {
  exchange->done(exchange->user, g_steal_pointer(&exchange->response));
  exchange_free(exchange);
}

void exchange_proceed(Exchange *exchange) {
  if (exchange->hash) {
    if (exchange->context->hasher &&
        hasher_post(exchange->context->hasher, exchange->hash_whose, &hash_work, exchange))
      return;
    exchange->hash = NULL;
    busy(exchange);
  } else if (exchange->work) {
    (exchange->alone ? store_write_alone : store_write)(exchange->context->store, run_work, written,
                                                        exchange);
    return;
  } else if (exchange->then) {
    void (*then)(Exchange *) = exchange->then;
    exchange->then = NULL;
    then(exchange);
    return;
  }
  finish(exchange);
}

void exchange_refuse(Exchange *exchange, Problem *problem) {
  char *text = problem_text(problem);
  exchange_problem(exchange, problem->status, problem->code, "");
  g_string_assign(exchange->response->body, text);
  free(text);
  problem_clear(problem);
}

void exchange_effect(Exchange *exchange, EffectKind kind, const char *meeting, const char *person) {
  exchange_effect_named(exchange, kind, meeting, person, NULL);
}

void exchange_effect_named(Exchange *exchange, EffectKind kind, const char *meeting,
                           const char *person, const char *name) {
  Effect effect = {kind, g_strdup(meeting), g_strdup(person), g_strdup(name)};
  g_array_append_val(exchange->response->effects, effect);
}

const char *exchange_text(const Exchange *exchange, const char *name) {
  const Value *value = values_find(&exchange->asked, name);
  return value ? value->text : NULL;
}

int64_t exchange_int(const Exchange *exchange, const char *name) {
  const Value *value = values_find(&exchange->asked, name);
  return value ? value->number : 0;
}

bool exchange_bool(const Exchange *exchange, const char *name) {
  return exchange_int(exchange, name) != 0;
}

const json_t *exchange_parts(const Exchange *exchange, const char *name) {
  const Value *value = values_find(&exchange->asked, name);
  return value ? value->json : NULL;
}
