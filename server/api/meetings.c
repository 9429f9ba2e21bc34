#include "api/handlers.h"
#include "api/turn.h"
#include "duty/evidence.h"
#include "store/chat.h"
#include "store/check.h"
#include "store/events.h"
#include "store/page.h"
#include "store/people.h"
#include "store/standing.h"

#include <string.h>

#define INVITATIONS_MAX 1000

void meetings_index(Exchange *exchange) {
  MeetingsQuery query = {.when = exchange_query(exchange, "when"),
                         .mine = g_strcmp0(exchange_query(exchange, "mine"), "0") != 0,
                         .after = exchange_query(exchange, "after"),
                         .time_zone = exchange->context->config->time_zone};
  GError *error = NULL;
  if (!query.when)
    query.when = "upcoming";
  if (!exchange_limit(exchange, &query.limit))
    return;
  if (!check_word("when", query.when, "live today upcoming past all", &error)) {
    exchange_fail(exchange, error);
    return;
  }
  json_t *page = meetings_list(exchange->db, &query, exchange->session, exchange->now_ms, &error);
  exchange_answer(exchange, 200, page, error);
}

/* false with error; list has room for all. */
static bool read_invitations(const json_t *items, InvitationNew *list, GError **error) {
  for (size_t i = 0; i < json_array_size(items); i++)
    if (!invitation_read(json_array_get(items, i), &list[i], error))
      return false;
  return true;
}

static bool create(Exchange *exchange, GError **error) {
  const json_t *items = json_object_get(exchange->body, "invitations");
  g_autofree InvitationNew *invitations = g_new0(InvitationNew, json_array_size(items) + 1);
  char id[ID_CHARS + 1];
  if (!read_invitations(items, invitations, error))
    return false;
  const MeetingNew meeting = {
      .title = body_text(exchange->body, "title"),
      .topic = body_text(exchange->body, "topic"),
      .planned_start = body_integer(exchange->body, "planned_start"),
      .planned_end = body_integer(exchange->body, "planned_end"),
      .host = body_text(exchange->body, "host"),
      .auto_record = body_switch(exchange->body, "auto_record"),
      .invitations = invitations,
      .invitation_count = (unsigned)json_array_size(items),
  };
  if (!meeting_create(exchange->db, &meeting, &exchange->actor, exchange->now_ms, id, error))
    return false;
  exchange->response->location = g_strconcat(API_PREFIX "meetings/", id, NULL);
  return exchange_made(exchange, 201, meeting_json(exchange->db, id, exchange->session, error));
}

void meetings_create(Exchange *exchange) {
  static const BodyField fields[] = {
      {"title", BODY_TEXT, true, 1000},
      {"topic", BODY_TEXT_OR_NULL, false, 10000},
      {"planned_start", BODY_INTEGER, true, 0},
      {"planned_end", BODY_INTEGER, true, 0},
      {"host", BODY_TEXT, true, 64},
      {"type", BODY_TEXT, false, 64},
      {"auto_record", BODY_SWITCH, false, 0},
      {"invitations", BODY_LIST, false, INVITATIONS_MAX},
  };
  if (!exchange_body(exchange, fields, G_N_ELEMENTS(fields)))
    return;
  GError *error = NULL;
  const char *type = body_text(exchange->body, "type");
  if (type && !check_word("type", type, "consultation", &error))
    exchange_fail(exchange, error);
  else
    exchange_write(exchange, create);
}

/* With the time that one was there oneself, as the attendance counts it. */
void meetings_show(Exchange *exchange) {
  GError *error = NULL;
  const char *id = exchange_id(exchange, 0);
  int64_t own_ms = 0;
  json_t *meeting = meeting_json(exchange->db, id, exchange->session, &error);
  if (meeting &&
      !evidence_own_ms(exchange->db, id, exchange->session->person, exchange->now, &own_ms, &error))
    g_clear_pointer(&meeting, json_decref);
  json_object_set_new(json_object_get(meeting, "my"), "present_s", json_integer(own_ms / 1000));
  exchange_answer(exchange, 200, meeting, error);
}

/* What a running room must know of, and the meeting as it is now. */
static bool answer_changed(Exchange *exchange, GError **error) {
  exchange_effect(exchange, EFFECT_MEETING_CHANGED, exchange_id(exchange, 0), NULL);
  return exchange_made(
      exchange, 200,
      meeting_json(exchange->db, exchange_id(exchange, 0), exchange->session, error));
}

static bool change(Exchange *exchange, GError **error) {
  return meeting_patch(exchange->db, exchange_id(exchange, 0), exchange->body, &exchange->actor,
                       exchange->now_ms, error) &&
         answer_changed(exchange, error);
}

void meetings_change(Exchange *exchange) {
  static const BodyField fields[] = {
      {"title", BODY_TEXT, false, 1000},
      {"topic", BODY_TEXT, false, 10000},
      {"planned_start", BODY_INTEGER, false, 0},
      {"planned_end", BODY_INTEGER, false, 0},
      {"host", BODY_TEXT, false, 64},
      {"auto_record", BODY_SWITCH, false, 0},
  };
  if (!exchange_body(exchange, fields, G_N_ELEMENTS(fields)))
    return;
  /* Who presides is for staff to say, not for the one who presides now. */
  if (json_object_get(exchange->body, "host") && !exchange->rights.manage) {
    exchange_problem(exchange, 403, "forbidden", "Only staff can change the host");
    return;
  }
  exchange_write(exchange, change);
}

static bool open_it(Exchange *exchange, GError **error) {
  return meeting_open(exchange->db, exchange_id(exchange, 0), &exchange->actor, exchange->now,
                      error) &&
         answer_changed(exchange, error);
}

static bool end_it(Exchange *exchange, GError **error) {
  return meeting_end(exchange->db, exchange_id(exchange, 0), &exchange->actor, exchange->now,
                     error) &&
         answer_changed(exchange, error);
}

static bool cancel_it(Exchange *exchange, GError **error) {
  return meeting_cancel(exchange->db, exchange_id(exchange, 0), &exchange->actor, exchange->now,
                        error) &&
         answer_changed(exchange, error);
}

static bool reopen_it(Exchange *exchange, GError **error) {
  return meeting_reopen(exchange->db, exchange_id(exchange, 0), &exchange->actor, exchange->now,
                        error) &&
         answer_changed(exchange, error);
}

static void step(Exchange *exchange, ExchangeWork work) {
  if (exchange_body(exchange, NULL, 0))
    exchange_write(exchange, work);
}

void meetings_open(Exchange *exchange) {
  step(exchange, open_it);
}

void meetings_end(Exchange *exchange) {
  step(exchange, end_it);
}

void meetings_cancel(Exchange *exchange) {
  step(exchange, cancel_it);
}

void meetings_reopen(Exchange *exchange) {
  step(exchange, reopen_it);
}

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

void meetings_events(Exchange *exchange) {
  GError *error = NULL;
  int limit;
  if (!exchange_limit(exchange, &limit))
    return;
  json_t *page = events_list(exchange->db, exchange_id(exchange, 0),
                             page_cursor_int(exchange_query(exchange, "after")), limit, &error);
  exchange_answer(exchange, 200, page, error);
}

void meetings_chat(Exchange *exchange) {
  GError *error = NULL;
  int limit;
  if (!exchange_limit(exchange, &limit))
    return;
  json_t *page = chat_page(exchange->db, exchange_id(exchange, 0),
                           exchange_query(exchange, "after"), limit, &error);
  exchange_answer(exchange, 200, page, error);
}
