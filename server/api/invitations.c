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

void invitations_index(Exchange *exchange) {
  GError *error = NULL;
  int limit;
  if (!exchange_limit(exchange, &limit))
    return;
  json_t *page = invitations_list(exchange->db, exchange_id(exchange, 0),
                                  exchange_query(exchange, "after"), limit, &error);
  exchange_answer(exchange, 200, page, error);
}

/* NULL for hosts who are no staff: whoever holds a personal link can attend as its owner, so that
 * links are for staff, who hand them out, and their owners only. Who bound every address and set no
 * public_url has links that lead where the page that asks for them was reached. */
static char *link_base(const Exchange *exchange) {
  const char *reached = exchange->request->reached;
  return exchange->rights.manage
             ? g_strconcat(reached ? reached : exchange->context->base_url, "/j/", NULL)
             : NULL;
}

/* Hosts invite, staff make hosts: whoever presides could otherwise hand the meeting on, to guests
 * too. Says so when not. */
static bool may_give(Exchange *exchange, const char *capacity) {
  if (g_strcmp0(capacity, "host") != 0 || exchange->rights.manage)
    return true;
  exchange_problem(exchange, 403, "forbidden", "Only staff can make somebody a host");
  return false;
}

static bool answer(Exchange *exchange, int status, json_t *invitation) {
  exchange_effect(exchange, EFFECT_MEETING_CHANGED, exchange_id(exchange, 0), NULL);
  return exchange_made(exchange, status, invitation);
}

static bool create(Exchange *exchange, GError **error) {
  g_autofree char *base = link_base(exchange);
  InvitationNew invitation;
  exchange->response->secret = true; /* the link */
  return invitation_read(exchange->body, &invitation, error) &&
         answer(exchange, 201,
                invitation_create(exchange->db, exchange_id(exchange, 0), &invitation, base,
                                  &exchange->actor, exchange->now_ms, error));
}

void invitations_create(Exchange *exchange) {
  if (may_give(exchange, body_text(exchange->body, "capacity")))
    exchange_write(exchange, create);
}

static bool change(Exchange *exchange, GError **error) {
  return answer(exchange, 200,
                invitation_set_capacity(exchange->db, exchange_id(exchange, 0),
                                        exchange_id(exchange, 1),
                                        body_text(exchange->body, "capacity"), &exchange->actor,
                                        exchange->now_ms, error));
}

void invitations_change(Exchange *exchange) {
  static const BodyField fields[] = {{"capacity", BODY_TEXT, true, 64}};
  if (exchange_body(exchange, fields, G_N_ELEMENTS(fields)) &&
      may_give(exchange, body_text(exchange->body, "capacity")))
    exchange_write(exchange, change);
}

static bool revoke_it(Exchange *exchange, GError **error) {
  char person[ID_CHARS + 1];
  if (!invitation_revoke(exchange->db, exchange_id(exchange, 0), exchange_id(exchange, 1), person,
                         &exchange->actor, exchange->now_ms, error))
    return false;
  exchange_effect(exchange, EFFECT_PERSON_REVOKED, exchange_id(exchange, 0), person);
  exchange_empty(exchange);
  return true;
}

void invitations_revoke(Exchange *exchange) {
  if (exchange_body(exchange, NULL, 0))
    exchange_write(exchange, revoke_it);
}

static bool renew_link(Exchange *exchange, GError **error) {
  g_autofree char *base = link_base(exchange);
  return answer(exchange, 200,
                invitation_renew_link(exchange->db, exchange_id(exchange, 0),
                                      exchange_id(exchange, 1),
                                      body_integer(exchange->body, "expires_at"), base,
                                      &exchange->actor, exchange->now_ms, error));
}

void invitations_renew_link(Exchange *exchange) {
  static const BodyField fields[] = {{"expires_at", BODY_INTEGER, false, 0}};
  if (!exchange->body || exchange_body(exchange, fields, G_N_ELEMENTS(fields)))
    exchange_write(exchange, renew_link);
}
