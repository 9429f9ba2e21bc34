#include "api/exchange.h"
#include "api/turn.h"
#include "store/people.h"
#include "store/standing.h"

#include <string.h>

static bool join(Exchange *exchange, GError **error) {
  char token[SECRET_CHARS + 1];
  int64_t expires_at;
  return join_token_create(exchange->db, exchange->session, exchange_text(exchange, "meeting"),
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
  if (!standing_read(exchange->db, exchange_text(exchange, "meeting"), exchange->session->person,
                     &standing, &error)) {
    exchange_fail(exchange, error);
    return true;
  }
  if (standing != STANDING_BARRED)
    return false;
  exchange_problem(exchange, 403, "barred", "The host removed you from this meeting for good");
  g_autofree char *name = person_shown(exchange->db, exchange->session->person, &error);
  if (name)
    exchange_effect_named(exchange, EFFECT_PERSON_TURNED_AWAY, exchange_text(exchange, "meeting"),
                          exchange->session->person, name);
  else
    exchange_fail(exchange, error);
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

static void begin(Exchange *exchange) {
  /* A page says whom it was opened for: nobody else joins through it. */
  const char *person = exchange_text(exchange, "person");
  if (person && strcmp(person, exchange->session->person) != 0)
    exchange_problem(exchange, 409, "other_person",
                     "Somebody else is signed in than this page is for");
  else if (!is_barred(exchange))
    begin_join(exchange);
}

static const Field server_parts[] = {
    LIST("urls", 1, INT32_MAX, &(const Field)RAW("url", 1, INT32_MAX),
         .about = "TURN URIs, best first"),
    RAW("username", 1, INT32_MAX, .flags = OPTIONAL,
        .about = "expiry (s since 1970-01-01 UTC), ':' and a random id"),
    RAW("credential", 1, INT32_MAX, .flags = OPTIONAL,
        .about = "base64 of HMAC-SHA1 with the secret shared with the TURN server"),
    END,
};
static const Field server = OBJECT("server", "IceServer", server_parts);
static const Field grant_parts[] = {
    RAW("token", 1, INT32_MAX),
    TIME("expires_at"),
    RAW("socket", 1, INT32_MAX),
    INT("mic_off_from", 0, INT32_MAX,
        .about = "so many people in the meeting, the one who joins among them, and the microphone "
                 "is off at joining"),
    LIST("ice_servers", 0, INT32_MAX, &server,
         .about = "for RTCPeerConnection, known before the WebSocket opens. TURN servers come with "
                  "credentials of this reply's own, good for turn_credential_min; empty when none "
                  "is configured"),
    END,
};
static const Field grant = OBJECT("grant", "JoinGrant", grant_parts);
static const Field fields[] = {
    ID("person", .about = "whom the page was opened for; when somebody else is signed in by now: "
                          "409 other_person"),
    END,
};

const Endpoint join_endpoints[] = {
    {HTTP_POST, "meetings/{meeting}/join", FOR_PERSON | DONE_AGAIN, "joinMeeting", begin,
     .on = "meeting.read", .fields = fields, .in = "person?", .answer = &grant,
     .what = "A token for the signalling connection (server/PROTOCOL.md)",
     .about = "single use, valid for minutes"},
    {0},
};
