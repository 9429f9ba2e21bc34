#include "api/exchange.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "store/kept-answer.h"

#define LIMIT_USUAL 50
#define LIMIT_MOST 200

const char *exchange_id(const Exchange *exchange, unsigned n) {
  g_assert(n < ROUTE_IDS_MAX);
  return exchange->match.ids[n];
}

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
  return exchange->match.route    ? exchange->match.route->name
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
 * asks again. */
static bool is_done_again(const Exchange *exchange) {
  const ApiRoute *ours = exchange->match.route;
  const Route *route = exchange->record.route;
  return ours ? (ours->access & DONE_AGAIN) != 0
              : route && route->kind == R_DO && match_tells_secret(&exchange->record);
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
    store_write(exchange->context->store, run_work, written, exchange);
    return;
  } else if (exchange->then) {
    void (*then)(Exchange *) = exchange->then;
    exchange->then = NULL;
    then(exchange);
    return;
  }
  finish(exchange);
}

const char *exchange_query(const Exchange *exchange, const char *name) {
  const char *value = api_request_query(exchange->request, name);
  return value && *value ? value : NULL;
}

bool exchange_limit(Exchange *exchange, int *limit) {
  const char *text = exchange_query(exchange, "limit");
  char *end = NULL;
  long value = text ? strtol(text, &end, 10) : LIMIT_USUAL;
  if (value < 1 || value > LIMIT_MOST || (end && *end)) {
    api_problem(exchange->response, 422, "invalid", "A value is not valid",
                "limit wants a number from 1 to 200");
    return false;
  }
  *limit = (int)value;
  return true;
}

void exchange_effect(Exchange *exchange, EffectKind kind, const char *meeting, const char *person) {
  exchange_effect_named(exchange, kind, meeting, person, NULL);
}

void exchange_effect_named(Exchange *exchange, EffectKind kind, const char *meeting,
                           const char *person, const char *name) {
  Effect effect = {kind, g_strdup(meeting), g_strdup(person), g_strdup(name)};
  g_array_append_val(exchange->response->effects, effect);
}

static const BodyField *field_of(const BodyField *fields, unsigned count, const char *name) {
  for (unsigned i = 0; i < count; i++)
    if (strcmp(fields[i].name, name) == 0)
      return &fields[i];
  return NULL;
}

static bool field_fits(const BodyField *field, const json_t *value) {
  switch (field->type) {
  case BODY_TEXT_OR_NULL:
    if (json_is_null(value))
      return true;
    return json_is_string(value) && json_string_length(value) <= field->most;
  case BODY_TEXT:
    return json_is_string(value) && json_string_length(value) <= field->most;
  case BODY_INTEGER:
    return json_is_integer(value);
  case BODY_SWITCH:
    return json_is_boolean(value);
  case BODY_LIST:
    return json_is_array(value) && json_array_size(value) <= field->most;
  }
  g_assert_not_reached();
}

bool body_check(const json_t *object, const BodyField *fields, unsigned count, GError **error) {
  if (!json_is_object(object)) {
    g_set_error_literal(error, STORE_ERROR, STORE_ERROR_INVALID, "a JSON object is wanted");
    return false;
  }
  const char *name;
  json_t *value;
  json_object_foreach((json_t *)(uintptr_t)object, name, value) {
    const BodyField *field = field_of(fields, count, name);
    if (!field || !field_fits(field, value)) {
      g_autofree char *shown = g_strndup(name, 40);
      g_set_error(error, STORE_ERROR, STORE_ERROR_INVALID, "\"%s\" %s", shown,
                  field ? "is of the wrong type or too long" : "is not a member of this");
      return false;
    }
  }
  for (unsigned i = 0; i < count; i++)
    if (fields[i].required && !json_object_get(object, fields[i].name)) {
      g_set_error(error, STORE_ERROR, STORE_ERROR_INVALID, "\"%s\" is missing", fields[i].name);
      return false;
    }
  return true;
}

bool exchange_body(Exchange *exchange, const BodyField *fields, unsigned count) {
  GError *error = NULL;
  if (!exchange->body && count == 0)
    return true;
  if (body_check(exchange->body, fields, count, &error))
    return true;
  exchange_fail(exchange, error);
  return false;
}

const char *body_text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

int64_t body_integer(const json_t *object, const char *name) {
  return json_integer_value(json_object_get(object, name));
}

bool body_switch(const json_t *object, const char *name) {
  return json_is_true(json_object_get(object, name));
}
