/* Sessions (次) of a term: the days of the plenary, and the time in which proposals for it are
 * taken, from its opening to just before its close; what comes at another time is an ordinary one
 * (平时提案). */
#include "domain/list.h"

#include "model/call.h"
#include "store/people.h"

static const Field fields[] = {
    REF("term", "term", .flags = ONCE),
    INT("no", 1, 99, .flags = ONCE),
    TEXT("name", 1, 60),
    DATE("plenary_from"),
    DATE("plenary_to"),
    TIME("proposal_open_at", .flags = OPTIONAL),
    TIME("proposal_close_at", .flags = OPTIONAL),
    END,
};

static const Grant grants[] = {
    {ROLES_ALL, "all", "read", NULL},
    {ROLE_OFFICE | ROLE_LIAISON | ROLE_SYSTEM_ADMIN, "all", "create edit", NULL},
    {ROLE_OFFICE | ROLE_PROPOSALS, "all", "window", NULL},
    {ROLE_STAFF | ROLE_OFFICE | ROLE_LIAISON | ROLE_PROPOSALS | ROLES_ADMIN, "all", "history",
     NULL},
    {0},
};

/* Of the request where it says so, else of the row. */
static void let(Call *call, const char *name, const char *asked, const char *before) {
  call_let(call, name, call_text(call, call_said(call, asked) ? asked : before));
}

static bool may_write(Call *call) {
  bool found;
  let(call, "term", ":term", "$term_id");
  let(call, "from", ":plenary_from", "$plenary_from");
  let(call, "to", ":plenary_to", "$plenary_to");
  if (!call_get(call, "place", &found))
    return false;
  if (!found)
    return call_refuse(call, "term_session.unknown");
  if (call_int(call, "@backwards"))
    return call_refuse(call, "term_session.ends_before");
  if (call_int(call, "@taken"))
    return call_refuse(call, "term_session.taken");
  return !call_int(call, "@outside") || call_refuse(call, "term_session.outside");
}

/* Both or none. */
static bool may_open(Call *call) {
  bool opens = call_has(call, ":proposal_open_at"), closes = call_has(call, ":proposal_close_at");
  if (opens != closes ||
      (opens && call_int(call, ":proposal_close_at") <= call_int(call, ":proposal_open_at")))
    return call_refuse(call, "term_session.closes_before");
  return true;
}

static bool may_create(Call *call) {
  return may_open(call) && may_write(call);
}

static const List all = {NULL, NULL, "-plenary_from", NULL, 200};
static const List of_term = {"of_term", "of_term", "no", NULL, 100};

static const Route routes[] = {
    {R_LIST, "term_sessions", "read", .list = &all},
    {R_LIST, "terms/{term}/sessions", "read", .list = &of_term},
    {R_ONE, "term_sessions/{term_session}", "read"},
    {R_EVENTS, "term_sessions/{term_session}/events", "history"},
    {R_CREATE, "term_sessions", "create",
     .in = "term no name plenary_from plenary_to proposal_open_at? proposal_close_at?",
     .guard = may_create},
    {R_EDIT, "term_sessions/{term_session}", "edit", .in = "name? plenary_from? plenary_to?",
     .guard = may_write},
    {R_EDIT, "term_sessions/{term_session}/window", "window",
     .in = "proposal_open_at proposal_close_at", .guard = may_open},
    {0},
};

static const Code codes[] = {
    {"term_session.unknown", 422}, {"term_session.ends_before", 422},   {"term_session.taken", 409},
    {"term_session.outside", 409}, {"term_session.closes_before", 422}, {0},
};

extern const char term_session_sql[], term_session_words[];
const Subject subject_term_session = {
    "term_session", "term_session", fields,           grants,
    routes,         codes,          term_session_sql, .words = term_session_words};
