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

void meetings_index(Call *call) {
  MeetingsQuery query = {.when = call_query(call, "when"),
                         .mine = g_strcmp0(call_query(call, "mine"), "0") != 0,
                         .after = call_query(call, "after"),
                         .time_zone = call->context->config->time_zone};
  GError *error = NULL;
  if (!query.when)
    query.when = "upcoming";
  if (!call_limit(call, &query.limit))
    return;
  if (!check_word("when", query.when, "live today upcoming past all", &error)) {
    call_fail(call, error);
    return;
  }
  json_t *page = meetings_list(call->db, &query, call->session, call->now_ms, &error);
  call_answer(call, 200, page, error);
}

/* false with error; list has room for all. */
static bool read_invitations(const json_t *items, InvitationNew *list, GError **error) {
  for (size_t i = 0; i < json_array_size(items); i++)
    if (!invitation_read(json_array_get(items, i), &list[i], error))
      return false;
  return true;
}

static bool create(Call *call, GError **error) {
  const json_t *items = json_object_get(call->body, "invitations");
  g_autofree InvitationNew *invitations = g_new0(InvitationNew, json_array_size(items) + 1);
  char id[ID_CHARS + 1];
  if (!read_invitations(items, invitations, error))
    return false;
  const MeetingNew meeting = {
      .title = body_text(call->body, "title"),
      .topic = body_text(call->body, "topic"),
      .planned_start = body_integer(call->body, "planned_start"),
      .planned_end = body_integer(call->body, "planned_end"),
      .host = body_text(call->body, "host"),
      .auto_record = body_switch(call->body, "auto_record"),
      .invitations = invitations,
      .invitation_count = (unsigned)json_array_size(items),
  };
  if (!meeting_create(call->db, &meeting, &call->actor, call->now_ms, id, error))
    return false;
  call->response->location = g_strconcat(API_PREFIX "meetings/", id, NULL);
  return call_made(call, 201, meeting_json(call->db, id, call->session, error));
}

void meetings_create(Call *call) {
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
  if (!call_body(call, fields, G_N_ELEMENTS(fields)))
    return;
  GError *error = NULL;
  const char *type = body_text(call->body, "type");
  if (type && !check_word("type", type, "consultation", &error))
    call_fail(call, error);
  else
    call_write(call, create);
}

/* With the time that one was there oneself, as the attendance counts it. */
void meetings_show(Call *call) {
  GError *error = NULL;
  const char *id = call_id(call, 0);
  int64_t own_ms = 0;
  json_t *meeting = meeting_json(call->db, id, call->session, &error);
  if (meeting && !evidence_own_ms(call->db, id, call->session->person, call->now, &own_ms, &error))
    g_clear_pointer(&meeting, json_decref);
  json_object_set_new(json_object_get(meeting, "my"), "present_s", json_integer(own_ms / 1000));
  call_answer(call, 200, meeting, error);
}

/* What a running room must know of, and the meeting as it is now. */
static bool answer_changed(Call *call, GError **error) {
  call_effect(call, API_MEETING_CHANGED, call_id(call, 0), NULL);
  return call_made(call, 200, meeting_json(call->db, call_id(call, 0), call->session, error));
}

static bool change(Call *call, GError **error) {
  return meeting_patch(call->db, call_id(call, 0), call->body, &call->actor, call->now_ms, error) &&
         answer_changed(call, error);
}

void meetings_change(Call *call) {
  static const BodyField fields[] = {
      {"title", BODY_TEXT, false, 1000},
      {"topic", BODY_TEXT, false, 10000},
      {"planned_start", BODY_INTEGER, false, 0},
      {"planned_end", BODY_INTEGER, false, 0},
      {"host", BODY_TEXT, false, 64},
      {"auto_record", BODY_SWITCH, false, 0},
  };
  if (!call_body(call, fields, G_N_ELEMENTS(fields)))
    return;
  /* Who presides is for staff to say, not for the one who presides now. */
  if (json_object_get(call->body, "host") && !call->rights.manage) {
    call_problem(call, 403, "forbidden", "Only staff can change the host");
    return;
  }
  call_write(call, change);
}

static bool open_it(Call *call, GError **error) {
  return meeting_open(call->db, call_id(call, 0), &call->actor, call->now, error) &&
         answer_changed(call, error);
}

static bool end_it(Call *call, GError **error) {
  return meeting_end(call->db, call_id(call, 0), &call->actor, call->now, error) &&
         answer_changed(call, error);
}

static bool cancel_it(Call *call, GError **error) {
  return meeting_cancel(call->db, call_id(call, 0), &call->actor, call->now, error) &&
         answer_changed(call, error);
}

static bool reopen_it(Call *call, GError **error) {
  return meeting_reopen(call->db, call_id(call, 0), &call->actor, call->now, error) &&
         answer_changed(call, error);
}

static void step(Call *call, CallWork work) {
  if (call_body(call, NULL, 0))
    call_write(call, work);
}

void meetings_open(Call *call) {
  step(call, open_it);
}

void meetings_end(Call *call) {
  step(call, end_it);
}

void meetings_cancel(Call *call) {
  step(call, cancel_it);
}

void meetings_reopen(Call *call) {
  step(call, reopen_it);
}

static bool join(Call *call, GError **error) {
  char token[SECRET_CHARS + 1];
  int64_t expires_at;
  return join_token_create(call->db, call->session, call_id(call, 0), call->now_ms, token,
                           &expires_at, error) &&
         call_made(call, 200,
                   json_pack("{s:s, s:I, s:s, s:o, s:i}", "token", token, "expires_at",
                             (json_int_t)expires_at, "socket", "/ws", "ice_servers",
                             json_incref(call->own), "mic_off_from",
                             call->context->config->mute_from));
}

/* Removed for good: the host is told that he tries. Answers and returns true. */
static bool is_barred(Call *call) {
  GError *error = NULL;
  Standing standing;
  if (!standing_read(call->db, call_id(call, 0), call->session->person, &standing, &error)) {
    call_fail(call, error);
    return true;
  }
  if (standing != STANDING_BARRED)
    return false;
  call_problem(call, 403, "barred", "The host removed you from this meeting for good");
  json_t *person = person_get(call->db, call->session->person, call->now_ms, &error);
  if (person) {
    call_effect_named(call, API_PERSON_TURNED_AWAY, call_id(call, 0), call->session->person,
                      json_string_value(json_object_get(person, "shown")));
    json_decref(person);
  } else {
    call_fail(call, error);
  }
  return true;
}

static bool join_refused(Call *call, const GError *error) {
  if (g_error_matches(error, STORE_ERROR, STORE_ERROR_FORBIDDEN))
    call_problem(call, 403, "not_invited", "You are not invited to this meeting");
  else if (g_error_matches(error, STORE_ERROR, STORE_ERROR_CONFLICT))
    call_problem(call, 409, "meeting_ended", "This meeting is over");
  else
    return false;
  return true;
}

static void servers_free(void *data) {
  json_decref(data);
}

/* The TURN secret is read here, not while the writer waits. */
static void begin_join(Call *call) {
  call->own = turn_ice_servers(call->context->turn, call->now_ms);
  call->own_free = servers_free;
  call_write_or(call, join, join_refused);
}

void meetings_join(Call *call) {
  static const BodyField fields[] = {{"person", BODY_TEXT, false, 64}};
  if (call->body && !call_body(call, fields, G_N_ELEMENTS(fields)))
    return;
  /* A page says whom it was opened for: nobody else joins through it. */
  const char *person = body_text(call->body, "person");
  if (person && strcmp(person, call->session->person) != 0)
    call_problem(call, 409, "other_person", "Somebody else is signed in than this page is for");
  else if (!is_barred(call))
    begin_join(call);
}

void meetings_events(Call *call) {
  GError *error = NULL;
  int limit;
  if (!call_limit(call, &limit))
    return;
  json_t *page = events_list(call->db, call_id(call, 0), page_cursor_int(call_query(call, "after")),
                             limit, &error);
  call_answer(call, 200, page, error);
}

void meetings_chat(Call *call) {
  GError *error = NULL;
  int limit;
  if (!call_limit(call, &limit))
    return;
  json_t *page = chat_page(call->db, call_id(call, 0), call_query(call, "after"), limit, &error);
  call_answer(call, 200, page, error);
}
