#include "api/handlers.h"
#include "api/turn.h"
#include "store/people.h"
#include "store/standing.h"

#include <string.h>

static bool join(Exchange *exchange, GError **error) {
  char token[SECRET_CHARS + 1];
  int64_t expires_at;
  return join_token_create(exchange->db, exchange->session, exchange_id(exchange, 0),
                           exchange->now_ms, token, &expires_at, error) &&
         exchange_made(exchange, 200,
                       json_pack("{s:s, s:I, s:s, s:o, s:i}", "token", token, "expires_at",
                                 (json_int_t)expires_at, "socket", "/ws", "ice_servers",
                                 json_incref(exchange->own), "mic_off_from",
                                 exchange->context->config->mute_from));
}

/* Removed for good: the host is told that he tries. Answers and returns true. */
static bool is_barred(Exchange *exchange) {
  GError *error = NULL;
  Standing standing;
  if (!standing_read(exchange->db, exchange_id(exchange, 0), exchange->session->person, &standing,
                     &error)) {
    exchange_fail(exchange, error);
    return true;
  }
  if (standing != STANDING_BARRED)
    return false;
  exchange_problem(exchange, 403, "barred", "The host removed you from this meeting for good");
  json_t *person = person_get(exchange->db, exchange->session->person, exchange->now_ms, &error);
  if (person) {
    exchange_effect_named(exchange, EFFECT_PERSON_TURNED_AWAY, exchange_id(exchange, 0),
                          exchange->session->person,
                          json_string_value(json_object_get(person, "shown")));
    json_decref(person);
  } else {
    exchange_fail(exchange, error);
  }
  return true;
}

static bool join_refused(Exchange *exchange, const GError *error) {
  if (g_error_matches(error, STORE_ERROR, STORE_ERROR_FORBIDDEN))
    exchange_problem(exchange, 403, "not_invited", "You are not invited to this meeting");
  else if (g_error_matches(error, STORE_ERROR, STORE_ERROR_CONFLICT))
    exchange_problem(exchange, 409, "meeting_ended", "This meeting is over");
  else
    return false;
  return true;
}

static void servers_free(void *data) {
  json_decref(data);
}

/* The TURN secret is read here, not while the writer waits. */
static void begin_join(Exchange *exchange) {
  exchange->own = turn_ice_servers(exchange->context->turn, exchange->now_ms);
  exchange->own_free = servers_free;
  exchange_write_or(exchange, join, join_refused);
}

void meetings_join(Exchange *exchange) {
  static const BodyField fields[] = {{"person", BODY_TEXT, false, 64}};
  if (exchange->body && !exchange_body(exchange, fields, G_N_ELEMENTS(fields)))
    return;
  /* A page says whom it was opened for: nobody else joins through it. */
  const char *person = body_text(exchange->body, "person");
  if (person && strcmp(person, exchange->session->person) != 0)
    exchange_problem(exchange, 409, "other_person",
                     "Somebody else is signed in than this page is for");
  else if (!is_barred(exchange))
    begin_join(exchange);
}
