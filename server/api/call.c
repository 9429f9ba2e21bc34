#include "api/call.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"

#define LIMIT_USUAL 50
#define LIMIT_MOST 200

const char *call_id(const Call *call, unsigned n) {
  g_assert(n < ROUTE_IDS_MAX);
  return call->match.ids[n];
}

void call_json(Call *call, int status, json_t *document) {
  char *text = json_dumps(document, JSON_COMPACT);
  json_decref(document);
  g_assert(text);
  call->response->status = status;
  call->response->content_type = "application/json";
  g_string_assign(call->response->body, text);
  free(text);
}

void call_empty(Call *call) {
  call->response->status = 204;
  call->response->content_type = NULL;
  g_string_truncate(call->response->body, 0);
}

void call_problem(Call *call, int status, const char *code, const char *title) {
  api_problem(call->response, status, code, title, NULL);
}

void call_fail(Call *call, GError *error) {
  g_assert(error);
  if (g_error_matches(error, STORE_ERROR, STORE_ERROR_NOT_FOUND)) {
    call_problem(call, 404, "not_found", "There is no such thing");
  } else if (g_error_matches(error, STORE_ERROR, STORE_ERROR_CONFLICT)) {
    api_problem(call->response, 409, "conflict", "This does not go together with what is there",
                error->message);
  } else if (g_error_matches(error, STORE_ERROR, STORE_ERROR_INVALID)) {
    api_problem(call->response, 422, "invalid", "A value is not valid", error->message);
  } else if (g_error_matches(error, STORE_ERROR, STORE_ERROR_FORBIDDEN)) {
    api_problem(call->response, 403, "forbidden", "You may not do this", error->message);
  } else {
    log_error("api", "failed", "route=%s reason=%s",
              call->match.route ? call->match.route->name : "-", log_q(error->message));
    call_problem(call, 500, "internal", "The server failed to do this");
  }
  g_error_free(error);
}

void call_answer(Call *call, int status, json_t *document, GError *error) {
  if (document)
    call_json(call, status, document);
  else
    call_fail(call, error);
}

bool call_made(Call *call, int status, json_t *document) {
  if (document)
    call_json(call, status, document);
  return document != NULL;
}

void call_too_many(Call *call, const char *title, int retry_after_s) {
  call_problem(call, 429, "too_many", title);
  call->response->retry_after_s = retry_after_s;
}

/* ---- from thread to thread ---- */

void call_free(Call *call) {
  if (call->own_free)
    call->own_free(call->own);
  g_free(call->hash_whose);
  session_free(call->session);
  json_decref(call->body);
  api_response_free(call->response);
  api_request_free(call->request);
  g_free(call);
}

void call_write(Call *call, CallWork work) {
  call_write_or(call, work, NULL);
}

void call_write_or(Call *call, CallWork work, CallRefused refused) {
  g_assert(!call->work && !call->hash);
  call->work = work;
  call->refused = refused;
}

void call_hash(Call *call, const char *whose, const CallHash *how) {
  g_assert(!call->work && !call->hash);
  call->hash = how;
  call->hash_whose = g_strdup(whose);
}

static void busy(Call *call) {
  call_problem(call, 503, "busy", "The server has too much to do; try again in a moment");
  call->response->retry_after_s = 5;
}

static bool still_worth_it(void *user) {
  Call *call = user;
  return !call->abandoned && (!call->hash->begin || call->hash->begin(call));
}

static bool run_slice(void *user) {
  Call *call = user;
  return call->hash->slice(call);
}

static void hashed(void *user, bool hashed) {
  Call *call = user;
  const CallHash *hash = g_steal_pointer(&call->hash);
  if (hashed)
    hash->after(call);
  else if (hash->given_up && !call->abandoned)
    hash->given_up(call);
  else
    busy(call);
  call_proceed(call);
}

static const HashWork hash_work = {still_worth_it, run_slice, hashed};

static bool run_work(sqlite3 *db, void *data, GError **error) {
  Call *call = data;
  call->db = db;
  bool fine = call->work(call, error);
  call->db = NULL;
  return fine;
}

static void written(void *data, const GError *error) {
  Call *call = data;
  call->work = NULL;
  if (error && !(call->refused && call->refused(call, error)))
    call_fail(call, g_error_copy(error));
  call_proceed(call);
}

static void finish(Call *call) {
  call->done(call->user, g_steal_pointer(&call->response));
  call_free(call);
}

void call_proceed(Call *call) {
  if (call->hash) {
    if (call->context->hasher &&
        hasher_post(call->context->hasher, call->hash_whose, &hash_work, call))
      return;
    call->hash = NULL;
    busy(call);
  } else if (call->work) {
    store_write(call->context->store, run_work, written, call);
    return;
  }
  finish(call);
}

const char *call_query(const Call *call, const char *name) {
  const char *value = api_request_query(call->request, name);
  return value && *value ? value : NULL;
}

bool call_limit(Call *call, int *limit) {
  const char *text = call_query(call, "limit");
  char *end = NULL;
  long value = text ? strtol(text, &end, 10) : LIMIT_USUAL;
  if (value < 1 || value > LIMIT_MOST || (end && *end)) {
    api_problem(call->response, 422, "invalid", "A value is not valid",
                "limit wants a number from 1 to 200");
    return false;
  }
  *limit = (int)value;
  return true;
}

void call_effect(Call *call, ApiEffectKind kind, const char *meeting, const char *person) {
  call_effect_named(call, kind, meeting, person, NULL);
}

void call_effect_named(Call *call, ApiEffectKind kind, const char *meeting, const char *person,
                       const char *name) {
  ApiEffect effect = {kind, g_strdup(meeting), g_strdup(person), g_strdup(name)};
  g_array_append_val(call->response->effects, effect);
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

bool call_body(Call *call, const BodyField *fields, unsigned count) {
  GError *error = NULL;
  if (!call->body && count == 0)
    return true;
  if (body_check(call->body, fields, count, &error))
    return true;
  call_fail(call, error);
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
