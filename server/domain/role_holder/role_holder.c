/* Who holds which role (角色授予), for which organisation, since when: rows that end and are never
 * overwritten.
 *
 * The security administrator gives most roles alone. Those of ROLES_CONFIRMED (store/people.h) he
 * asks for, and another security administrator or a leader confirms: neither who asked nor whom it
 * is about. Where there is nobody else who could confirm (the first administrators of an
 * installation, a demonstration), he gives these too, and the row says that he did it alone:
 * whoever asked for it and whoever granted it are one person. The same rule holds for what the
 * people page sets at once (person.set_roles). */
#include "domain/role_holder/role_holder.h"

#include <string.h>

#include "domain/list.h"
#include "model/notice.h"
#include "store/people.h"

static const Field fields[] = {
    REF("person", "person", .flags = ONCE),
    WORD("role", ROLE_WORDS, .flags = ONCE),
    REF("org", "org", .flags = ONCE | OPTIONAL),
    TIME("valid_from", .flags = GIVEN | OPTIONAL),
    TIME("valid_to", .flags = GIVEN | OPTIONAL),
    TEXT("reason", 1, 200, .flags = ONCE | OPTIONAL | PERSONAL),
    REF("granted_by", "person", .flags = GIVEN | OPTIONAL),
    TEXT("note", 1, 500, .at = ""),
    END,
};

static const Grant grants[] = {
    {ROLES_ALL, "own", "read export", NULL},
    {ROLES_ADMIN | ROLE_LEADER, "all", "read export", NULL},
    {ROLE_SECURITY_ADMIN, "all", "give ask", NULL},
    {ROLE_SECURITY_ADMIN | ROLE_LEADER, "all", "confirm refuse", NULL},
    {ROLE_SECURITY_ADMIN, "asker", "withdraw", NULL},
    {ROLE_SECURITY_ADMIN, "other", "end", NULL},
    {0},
};

static const State states[] = {
    {"asked", STATE_OPEN},  {"held", 0}, {"refused", STATE_FINAL}, {"withdrawn", STATE_FINAL},
    {"ended", STATE_FINAL}, {0},
};

void role_holder_let_confirmed(Call *call) {
  json_t *roles = roles_json(ROLES_CONFIRMED);
  char *text = json_dumps(roles, JSON_COMPACT);
  call_let(call, "confirmed", text);
  free(text);
  json_decref(roles);
}

/* Whom and what it is about: of the request where the row is made, else of the row. */
static void let_holding(Call *call) {
  bool made = call_said(call, ":person");
  call_let(call, "person", call_text(call, made ? ":person" : "$person_id"));
  call_let(call, "role", call_text(call, made ? ":role" : "$role"));
  call_let(call, "org", call_text(call, made ? ":org" : "$org_id"));
}

/* Whether that person may hold it at all; "@needs_second" is known then. */
static bool may_hold(Call *call) {
  bool found;
  let_holding(call);
  role_holder_let_confirmed(call);
  if (!call_get(call, "holding", &found))
    return false;
  if (!found || call_int(call, "@no_org"))
    return call_refuse(call, "role_holder.unknown");
  if (call_int(call, "@guest"))
    return call_refuse(call, "role_holder.guest");
  if (!call_int(call, "@fits"))
    return call_refuse(call, "role_holder.other_org");
  if (call_int(call, "@apart"))
    return call_refuse(call, "role_holder.administrator");
  return !call_int(call, "@there") || call_refuse(call, "role_holder.there");
}

static bool may_ask(Call *call) {
  if (strcmp(call_text(call, ":person"), call_text(call, "@me")) == 0)
    return call_refuse(call, "forbidden");
  return may_hold(call);
}

static bool may_give(Call *call) {
  return may_ask(call) &&
         (!call_int(call, "@needs_second") || call_refuse(call, "role_holder.needs_second"));
}

/* Whoever may confirm it is told, so that nobody waits for somebody who does not know. */
static bool asked(Call *call) {
  return notice_post(call, "asked", "confirmers");
}

/* From the next request on. */
static bool held(Call *call) {
  call_effect(call, EFFECT_PERSON_CHANGED, NULL, call_text(call, "@person"), NULL);
  return call_run(call, "held") && notice_post(call, "given", "holder");
}

static bool ended(Call *call) {
  call_effect(call, EFFECT_PERSON_CHANGED, NULL, call_text(call, "$person_id"), NULL);
  return call_run(call, "ended") && notice_post(call, "ended", "holder");
}

static const Step steps[] = {
    {"", "give", "held", .guard = may_give, .effect = held},
    {"", "ask", "asked", .guard = may_ask, .effect = asked},
    {"asked", "confirm", "held", .guard = may_hold, .effect = held, .flags = DECIDES},
    {"asked", "refuse", "refused", .in = "note", .flags = DECIDES},
    {"asked", "withdraw", "withdrawn", .in = "note?"},
    {"held", "end", "ended", .in = "note?", .effect = ended},
    {0},
};

static const List all = {NULL, NULL, "-created_at", "state role person org", 200};

static const Route routes[] = {
    {R_LIST, "role_holders", "read", .list = &all},
    {R_ONE, "role_holders/{role_holder}", "read"},
    {R_EVENTS, "role_holders/{role_holder}/events", "read"},
    {R_CREATE, "role_holders", "give", .in = "person role org? reason?"},
    {R_CREATE, "role_holders/asked", "ask", .in = "person role org? reason"},
    {R_STEPS, "role_holders/{role_holder}", NULL},
    {0},
};

static const Code codes[] = {
    {"role_holder.unknown", 422},
    {"role_holder.guest", 409},
    {"role_holder.other_org", 409},
    {"role_holder.administrator", 409},
    {"role_holder.there", 409},
    {"role_holder.needs_second", 409},
    {0},
};

/* At once: whoever did not expect it should say so. */
static const NoticeKind notices[] = {
    {"given", URGENT}, {"ended", URGENT}, {"asked", .params = "name"}, {0}};

extern const char role_holder_sql[], role_holder_words[];
const Subject subject_role_holder = {"role_holder",
                                     "role_holder",
                                     fields,
                                     grants,
                                     routes,
                                     codes,
                                     role_holder_sql,
                                     states,
                                     steps,
                                     .words = role_holder_words,
                                     .notices = notices};
