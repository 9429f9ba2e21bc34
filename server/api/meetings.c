#include "api/handlers.h"
#include "api/turn.h"
#include "duty/evidence.h"
#include "store/check.h"
#include "store/events.h"
#include "store/page.h"
#include "store/people.h"

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
  if (!check_word("when", query.when, "today upcoming past all", &error)) {
    call_fail(call, error);
    return;
  }
  json_t *page = meetings_list(call->db, &query, call->session, call->now_ms, &error);
  call_answer(call, 200, page, error);
}

static void answer_meeting(Call *call, int status, const char *id) {
  GError *error = NULL;
  json_t *meeting = meeting_json(call->db, id, call->session, &error);
  call_answer(call, status, meeting, error);
}

typedef struct {
  Call *call;
  MeetingNew meeting;
} Creation;

static bool create(sqlite3 *db, void *data, GError **error) {
  Creation *creation = data;
  Call *call = creation->call;
  return meeting_create(db, &creation->meeting, &call->actor, call->now_ms, call->made_id, error);
}

/* false with error; list has room for all. */
static bool read_invitations(const json_t *items, InvitationNew *list, GError **error) {
  for (size_t i = 0; i < json_array_size(items); i++)
    if (!invitation_read(json_array_get(items, i), &list[i], error))
      return false;
  return true;
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
  const json_t *items = json_object_get(call->body, "invitations");
  g_autofree InvitationNew *invitations = g_new0(InvitationNew, json_array_size(items) + 1);
  if ((type && !check_word("type", type, "consultation", &error)) ||
      !read_invitations(items, invitations, &error)) {
    call_fail(call, error);
    return;
  }
  Creation creation = {call,
                       {
                           .title = body_text(call->body, "title"),
                           .topic = body_text(call->body, "topic"),
                           .planned_start = body_integer(call->body, "planned_start"),
                           .planned_end = body_integer(call->body, "planned_end"),
                           .host = body_text(call->body, "host"),
                           .auto_record = body_switch(call->body, "auto_record"),
                           .invitations = invitations,
                           .invitation_count = (unsigned)json_array_size(items),
                       }};
  if (!store_write_wait(call->context->store, create, &creation, &error)) {
    call_fail(call, error);
    return;
  }
  call->response->location = g_strconcat(API_PREFIX "meetings/", call->made_id, NULL);
  answer_meeting(call, 201, call->made_id);
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

static bool change(sqlite3 *db, void *data, GError **error) {
  Call *call = data;
  return meeting_patch(db, call_id(call, 0), call->body, &call->actor, call->now_ms, error);
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
  if (!call_write(call, change))
    return;
  call_effect(call, API_MEETING_CHANGED, call_id(call, 0), NULL);
  answer_meeting(call, 200, call_id(call, 0));
}

static bool open_it(sqlite3 *db, void *data, GError **error) {
  Call *call = data;
  return meeting_open(db, call_id(call, 0), &call->actor, call->now, error);
}

static bool end_it(sqlite3 *db, void *data, GError **error) {
  Call *call = data;
  return meeting_end(db, call_id(call, 0), &call->actor, call->now, error);
}

static bool cancel_it(sqlite3 *db, void *data, GError **error) {
  Call *call = data;
  return meeting_cancel(db, call_id(call, 0), &call->actor, call->now, error);
}

static void step(Call *call, StoreWork work) {
  if (!call_body(call, NULL, 0) || !call_write(call, work))
    return;
  call_effect(call, API_MEETING_CHANGED, call_id(call, 0), NULL);
  answer_meeting(call, 200, call_id(call, 0));
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

static bool join(sqlite3 *db, void *data, GError **error) {
  Call *call = data;
  return join_token_create(db, call->session, call_id(call, 0), call->now_ms, call->secret,
                           &call->made_at, error);
}

void meetings_join(Call *call) {
  if (!call_body(call, NULL, 0))
    return;
  GError *error = NULL;
  if (store_write_wait(call->context->store, join, call, &error)) {
    call_json(call, 200,
              json_pack("{s:s, s:I, s:s, s:o}", "token", call->secret, "expires_at",
                        (json_int_t)call->made_at, "socket", "/ws", "ice_servers",
                        turn_ice_servers(call->context->turn, call->now_ms)));
  } else if (g_error_matches(error, STORE_ERROR, STORE_ERROR_FORBIDDEN)) {
    g_error_free(error);
    call_problem(call, 403, "not_invited", "You are not invited to this meeting");
  } else if (g_error_matches(error, STORE_ERROR, STORE_ERROR_CONFLICT)) {
    g_error_free(error);
    call_problem(call, 409, "meeting_ended", "This meeting is over");
  } else {
    call_fail(call, error);
  }
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
