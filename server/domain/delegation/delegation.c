/* Delegations (代办): who does what for whom, on which days (model/behalf.h says what follows).
 * Everybody gives his own; the security administrator sees them all and can end each. Nothing is
 * edited: what should be different is revoked and given anew. */
#include "domain/list.h"

#include <string.h>

#include "model/behalf.h"
#include "model/calendar.h"
#include "model/notice.h"
#include "model/right.h"
#include "store/people.h"

#define DAYS_MOST 366
#define VERBS_MOST 100

static const Field verb = TEXT("verb", 3, 80, .of = "a-z_.");

static const Field fields[] = {
    REF("giver", "person", .flags = GIVEN),
    REF("deputy", "person", .flags = ONCE),
    DATE("starts_on", .flags = ONCE),
    DATE("ends_on", .flags = ONCE, .about = "the last day"),
    TEXT("reason", 1, 200, .flags = ONCE | PERSONAL),
    INT("idle_min", 1, 480, .at = "", .flags = GIVEN,
        .about = "minutes after which whoever acts and does nothing goes on as himself"),
    LIST("verbs", 1, VERBS_MOST, &verb, .at = "", .about = "kind and verb: meeting.edit"),
    END,
};

static const Grant grants[] = {
    {ROLES_ALL & ~ROLES_ADMIN, "all", "create", NULL},
    {ROLES_ALL, "given", "read revoke export", NULL},
    {ROLES_ALL, "taken", "read export", NULL},
    {ROLE_SECURITY_ADMIN, "all", "read revoke export", NULL},
    {0},
};

static bool days_are_good(Call *call) {
  Day from, to, today;
  if (!day_parse(call_text(call, ":starts_on"), &from) ||
      !day_parse(call_text(call, ":ends_on"), &to) || !day_parse(call_text(call, "@today"), &today))
    return call_refuse(call, "delegation.ends_before");
  if (to < from || to < today)
    return call_refuse(call, "delegation.ends_before");
  return to - from < DAYS_MOST || call_refuse(call, "delegation.too_long");
}

/* Each is one that the giver holds himself, somewhere. */
static bool verbs_are_good(Call *call) {
  const json_t *list = values_find(&call->asked, "verbs")->json, *one;
  size_t i;
  json_array_foreach(list, i, one) {
    const char *name = json_string_value(one);
    if (!behalf_can_give(call->model, name))
      return problem_add(&call->problem, "verbs", "words", json_pack("{s:s}", "name", name));
    g_autofree char *subject = g_strndup(name, strcspn(name, "."));
    const Info *info = model_find(call->model, subject);
    if (!info_has(info, call->roles, info_verb(info, strchr(name, '.') + 1)))
      return call_refuse(call, "delegation.not_yours");
  }
  return true;
}

static bool may_create(Call *call) {
  bool found;
  if (!call_get(call, "deputy", &found))
    return false;
  if (!found || strcmp(call_text(call, ":deputy"), call_text(call, "@me")) == 0)
    return call_refuse(call, "delegation.unknown");
  if (call_int(call, "@administrator") || (call->roles & ROLES_ADMIN))
    return call_refuse(call, "delegation.administrator");
  return days_are_good(call) && verbs_are_good(call);
}

static bool created(Call *call) {
  return notice_post(call, "given", "deputy");
}

static bool is_on(Call *call) {
  return !call_int(call, "$is_revoked") || call_refuse(call, "delegation.revoked");
}

static bool revoked(Call *call) {
  return call_run(call, "revoked") && notice_post(call, "revoked", "both");
}

static const List all = {NULL, NULL, "-starts_on", "giver deputy", 200};
static const List holding = {"on_day", "on_day", "starts_on", "giver deputy", 200};

static const Route routes[] = {
    {R_LIST, "delegations", "read", .list = &all},
    {R_LIST, "delegations/on_day", "read", .list = &holding},
    {R_ONE, "delegations/{delegation}", "read"},
    {R_EVENTS, "delegations/{delegation}/events", "read"},
    {R_CREATE, "delegations", "create", .in = "deputy starts_on ends_on reason verbs",
     .guard = may_create, .effect = created},
    {R_DO, "delegations/{delegation}/revoke", "revoke", .guard = is_on, .effect = revoked},
    {0},
};

static const Code codes[] = {
    {"delegation.unknown", 422},
    {"delegation.administrator", 409},
    {"delegation.ends_before", 422},
    {"delegation.too_long", 422},
    {"delegation.not_yours", 409},
    {"delegation.revoked", 409},
    {0},
};

static const NoticeKind notices[] = {
    {"given", 0, "giver starts_on ends_on"}, {"revoked", 0, "giver deputy"}, {0}};

extern const char delegation_sql[], delegation_words[];
const Subject subject_delegation = {"delegation",
                                    "delegation",
                                    fields,
                                    grants,
                                    routes,
                                    codes,
                                    delegation_sql,
                                    .words = delegation_words,
                                    .notices = notices};
