/* Terms (届): numbered, from their first day to their last; no day is in two. */
#include "domain/list.h"

#include "model/call.h"
#include "store/people.h"

static const Field fields[] = {
    INT("no", 1, 999, .flags = ONCE), TEXT("name", 1, 60), DATE("starts_on"), DATE("ends_on"), END,
};

static const Grant grants[] = {
    {ROLES_ALL, "all", "read", NULL},
    {ROLE_OFFICE | ROLE_LIAISON | ROLE_SYSTEM_ADMIN, "all", "create edit", NULL},
    {ROLE_STAFF | ROLE_OFFICE | ROLE_LIAISON | ROLE_PROPOSALS | ROLES_ADMIN, "all", "history",
     NULL},
    {0},
};

/* With what the request leaves as it is. */
static bool may_write(Call *call) {
  bool found;
  call_let(call, "from",
           call_text(call, call_said(call, ":starts_on") ? ":starts_on" : "$starts_on"));
  call_let(call, "to", call_text(call, call_said(call, ":ends_on") ? ":ends_on" : "$ends_on"));
  if (!call_get(call, "others", &found))
    return false;
  if (call_int(call, "@backwards"))
    return call_refuse(call, "term.ends_before");
  if (call_int(call, "@taken"))
    return call_refuse(call, "term.taken");
  if (call_int(call, "@sessions"))
    return call_refuse(call, "term.has_sessions");
  return !call_int(call, "@overlaps") || call_refuse(call, "term.overlaps");
}

static const List all = {NULL, NULL, "-no", NULL, 100};

static const Route routes[] = {
    {R_LIST, "terms", "read", .list = &all},
    {R_ONE, "terms/{term}", "read"},
    {R_EVENTS, "terms/{term}/events", "history"},
    {R_CREATE, "terms", "create", .in = "no name starts_on ends_on", .guard = may_write},
    {R_EDIT, "terms/{term}", "edit", .in = "name? starts_on? ends_on?", .guard = may_write},
    {0},
};

static const Code codes[] = {
    {"term.ends_before", 422},
    {"term.taken", 409},
    {"term.has_sessions", 409},
    {"term.overlaps", 409},
    {0},
};

extern const char term_sql[], term_words[];
const Subject subject_term = {"term", "term", fields,   grants,
                              routes, codes,  term_sql, .words = term_words};
