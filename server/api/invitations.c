#include "api/handlers.h"

#include <string.h>

bool invitation_read(const json_t *object, InvitationNew *out, GError **error) {
  static const BodyField fields[] = {
      {"person", BODY_TEXT, false, 64},        {"guest_name", BODY_TEXT, false, 400},
      {"organisation", BODY_TEXT, false, 800}, {"capacity", BODY_TEXT, true, 64},
      {"expires_at", BODY_INTEGER, false, 0},
  };
  if (!body_check(object, fields, G_N_ELEMENTS(fields), error))
    return false;
  *out = (InvitationNew){.person = body_text(object, "person"),
                         .guest_name = body_text(object, "guest_name"),
                         .organisation = body_text(object, "organisation"),
                         .capacity = body_text(object, "capacity"),
                         .expires_at = body_integer(object, "expires_at")};
  if (!out->person == !out->guest_name) {
    g_set_error_literal(error, STORE_ERROR, STORE_ERROR_INVALID,
                        "an invitation wants either person or guest_name");
    return false;
  }
  return true;
}

void invitations_index(Call *call) {
  GError *error = NULL;
  int limit;
  if (!call_limit(call, &limit))
    return;
  json_t *page =
      invitations_list(call->db, call_id(call, 0), call_query(call, "after"), limit, &error);
  call_answer(call, 200, page, error);
}

/* NULL for hosts who are no staff: whoever holds a personal link can attend as its owner, so that
 * links are for staff, who hand them out, and their owners only. Who bound every address and set no
 * public_url has links that lead where the page that asks for them was reached. */
static char *link_base(const Call *call) {
  const char *reached = call->request->reached;
  return call->rights.manage ? g_strconcat(reached ? reached : call->context->base_url, "/j/", NULL)
                             : NULL;
}

/* Hosts invite, staff make hosts: whoever presides could otherwise hand the meeting on, to guests
 * too. Says so when not. */
static bool may_give(Call *call, const char *capacity) {
  if (g_strcmp0(capacity, "host") != 0 || call->rights.manage)
    return true;
  call_problem(call, 403, "forbidden", "Only staff can make somebody a host");
  return false;
}

static bool answer(Call *call, int status, json_t *invitation) {
  call_effect(call, API_MEETING_CHANGED, call_id(call, 0), NULL);
  return call_made(call, status, invitation);
}

static bool create(Call *call, GError **error) {
  g_autofree char *base = link_base(call);
  InvitationNew invitation;
  return invitation_read(call->body, &invitation, error) &&
         answer(call, 201,
                invitation_create(call->db, call_id(call, 0), &invitation, base, &call->actor,
                                  call->now_ms, error));
}

void invitations_create(Call *call) {
  if (may_give(call, body_text(call->body, "capacity")))
    call_write(call, create);
}

static bool change(Call *call, GError **error) {
  return answer(call, 200,
                invitation_set_capacity(call->db, call_id(call, 0), call_id(call, 1),
                                        body_text(call->body, "capacity"), &call->actor,
                                        call->now_ms, error));
}

void invitations_change(Call *call) {
  static const BodyField fields[] = {{"capacity", BODY_TEXT, true, 64}};
  if (call_body(call, fields, G_N_ELEMENTS(fields)) &&
      may_give(call, body_text(call->body, "capacity")))
    call_write(call, change);
}

static bool revoke_it(Call *call, GError **error) {
  char person[ID_CHARS + 1];
  if (!invitation_revoke(call->db, call_id(call, 0), call_id(call, 1), person, &call->actor,
                         call->now_ms, error))
    return false;
  call_effect(call, API_PERSON_REVOKED, call_id(call, 0), person);
  call_empty(call);
  return true;
}

void invitations_revoke(Call *call) {
  if (call_body(call, NULL, 0))
    call_write(call, revoke_it);
}

static bool renew_link(Call *call, GError **error) {
  g_autofree char *base = link_base(call);
  return answer(call, 200,
                invitation_renew_link(call->db, call_id(call, 0), call_id(call, 1),
                                      body_integer(call->body, "expires_at"), base, &call->actor,
                                      call->now_ms, error));
}

void invitations_renew_link(Call *call) {
  static const BodyField fields[] = {{"expires_at", BODY_INTEGER, false, 0}};
  if (!call->body || call_body(call, fields, G_N_ELEMENTS(fields)))
    call_write(call, renew_link);
}
