/* Invitations (邀请) and the personal links that belong to them: who runs a meeting invites, staff
 * make hosts and hand out links, because whoever holds one can attend as its owner.
 *
 * A link's secret is told once, in the answer to what made it; the row keeps its digest. A copy
 * that could be shown again would be as good as the links of a whole meeting to whoever reads the
 * database or a backup of it, as the key would lie beside it. So who has lost the sheet makes them
 * anew, all at once: the old ones die. */
#include "domain/invitation/invitation.h"

#include <string.h>

#include "base/id.h"
#include "domain/list.h"
#include "domain/person/person.h"
#include "model/part.h"
#include "store/link-expiry.h"
#include "store/people.h"
#include "store/standing.h"

static const Field fields[] = {
    REF("meeting", "meeting", .flags = ONCE),
    REF("person", "person", .flags = ONCE | PERSONAL),
    WORD("capacity", INVITATION_CAPACITIES),
    TIME("link_expires_at", .flags = GIVEN | OPTIONAL),
    TIME("link_used_at", .flags = GIVEN | OPTIONAL),
    /* of the act: a guest is made with his invitation; until when the link is good, unless that
     * follows from the meeting's end */
    TEXT("guest_name", 1, PERSON_NAME_MOST, .at = ""),
    TEXT("organisation", 0, PERSON_ORGANISATION_MOST, .at = ""),
    TIME("expires_at", .at = ""),
    /* of the answer */
    WORD("link_state", "none made followed expired", .at = "", .flags = GIVEN),
    TEXT("link", 1, 300, .at = "", .flags = GIVEN | SECRET),
    END,
};

static const Grant grants[] = {
    {SIGNED_IN, "all", "create", NULL},
    {SIGNED_IN, "valid", "read edit revoke export", NULL},
    {ROLE_STAFF, "valid", "link", NULL},
    {SERVER, "all", "create read link", NULL},
    {0},
};

static bool for_office(const Call *call) {
  return call->roles & (ROLE_STAFF | SERVER);
}

/* ---- who is invited ---- */

/* Whoever presides could otherwise hand the meeting on, to guests too. */
static bool may_give(Call *call) {
  return strcmp(call_text(call, ":capacity"), "host") != 0 || for_office(call) ||
         call_refuse(call, "forbidden");
}

static bool expiry_is_good(Call *call) {
  bool found;
  int64_t at_ms = call_int(call, ":expires_at");
  if (!call_get(call, "planned", &found))
    return false;
  return !call_has(call, ":expires_at") ||
         (at_ms > call->now_ms &&
          at_ms <= link_expiry_latest(call_int(call, "@planned_end"), call->now_ms)) ||
         problem_add(&call->problem, "expires_at", "time", NULL);
}

/* Whose invitation was taken back is invited again by the same one. */
static bool person_is_good(Call *call) {
  bool found;
  if (!call_get(call, "invited", &found))
    return false;
  if (!found)
    return problem_add(&call->problem, "person", "id", NULL);
  if (call_int(call, "@is_valid"))
    return call_refuse(call, "invitation.invited");
  if (call_has(call, "@before"))
    call_row(call, call_text(call, "@before"));
  return true;
}

/* Without him there is no invitation: the last thing before it, in its transaction. */
static bool make_guest(Call *call) {
  char id[ID_CHARS + 1];
  const char *organisation = call_text(call, ":organisation");
  json_t *guest = json_pack("{s:s, s:s, s:s}", "name", call_text(call, ":guest_name"), "kind",
                            "guest", "organisation", organisation ? organisation : "");
  bool made = part_create(call, "person", guest, id);
  json_decref(guest);
  values_text(&call->asked, "person", id);
  return made;
}

static bool may_create(Call *call) {
  bool guest = call_said(call, ":guest_name");
  if (guest == call_said(call, ":person"))
    return problem_add(&call->problem, guest ? "guest_name" : "person",
                       guest ? "unknown" : "missing", NULL);
  if (!may_give(call) || !expiry_is_good(call))
    return false;
  return guest ? make_guest(call) : person_is_good(call);
}

/* Who is to run the meeting comes in, whoever shut him out before. */
static bool let_in(Call *call, const char *person) {
  return strcmp(call_text(call, ":capacity"), "host") != 0 ||
         standing_step(call->db, call_text(call, ":meeting"), person, STANDING_READMIT,
                       &call->actor, call->now_ms, NULL, &call->error);
}

static bool changed(Call *call) {
  call_effect(call, EFFECT_MEETING_CHANGED, call_text(call, ":meeting"), NULL, NULL);
  return true;
}

/* A fresh secret for the row. */
static bool make_link(Call *call) {
  bool found;
  char digest[65];
  if (!call_get(call, "planned", &found))
    return false;
  int64_t at_ms = call_int(call, ":expires_at");
  if (at_ms == 0)
    at_ms = call_int(call, "@link_until") > call->now_ms
                ? call_int(call, "@link_until")
                : link_expiry_default(call_int(call, "@planned_end"), call->now_ms);
  g_autofree char *secret = secret_new();
  g_autofree char *link = g_strconcat(call->base ? call->base : "", "/j/", secret, NULL);
  secret_digest(secret, digest);
  call_let(call, "digest", digest);
  call_let_int(call, "until", at_ms);
  call_say(call, "link", json_string(link));
  return call_run(call, "set_link");
}

/* Those that are made with a meeting get their links later. */
static bool created(Call *call) {
  return let_in(call, call_text(call, ":person")) &&
         (!(call->roles & ROLE_STAFF) || (call->roles & SERVER) || make_link(call)) &&
         changed(call);
}

/* ---- what becomes of it ---- */

static bool may_edit(Call *call) {
  bool found;
  if (!may_give(call) || !call_get(call, "presides", &found))
    return false;
  return !found || strcmp(call_text(call, ":capacity"), "host") == 0 ||
         call_refuse(call, "invitation.host");
}

static bool edited(Call *call) {
  return let_in(call, call_text(call, "$person_id")) && changed(call);
}

static bool may_revoke(Call *call) {
  bool found;
  return call_get(call, "presides", &found) && (!found || call_refuse(call, "invitation.host"));
}

static bool take_back(Call *call) {
  call_effect(call, EFFECT_PERSON_REVOKED, call_text(call, ":meeting"),
              call_text(call, "$person_id"), NULL);
  return call_run(call, "revoke") && call_run(call, "end_sessions");
}

/* What the person got by the old link dies with it. */
static bool renew(Call *call) {
  return make_link(call) && call_run(call, "end_sessions") && changed(call);
}

static const List of_meeting = {NULL, "valid", "name", NULL, 1000};

static const Route routes[] = {
    {R_LIST, "meetings/{meeting}/invitations", "read", .list = &of_meeting, .on = "meeting.run"},
    {R_CREATE, "meetings/{meeting}/invitations", "create",
     .in = "person? guest_name? organisation? capacity expires_at?", .guard = may_create,
     .effect = created, .out = "link?", .on = "meeting.invite"},
    {R_EDIT, "meetings/{meeting}/invitations/{invitation}", "edit", .in = "capacity",
     .guard = may_edit, .effect = edited, .on = "meeting.invite"},
    {R_DO, "meetings/{meeting}/invitations/{invitation}/revoke", "revoke", .guard = may_revoke,
     .effect = take_back, .on = "meeting.run"},
    {R_DO, "meetings/{meeting}/invitations/{invitation}/link", "link", .in = "expires_at?",
     .guard = expiry_is_good, .effect = renew, .out = "link", .on = "meeting.run"},
    {0},
};

static const Code codes[] = {{"invitation.invited", 409}, {"invitation.host", 409}, {0}};

extern const char invitation_sql[], invitation_words[];
const Subject subject_invitation = {
    "invitation", "invitation", fields,         grants,
    routes,       codes,        invitation_sql, .words = invitation_words};
