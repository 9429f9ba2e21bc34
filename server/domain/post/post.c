/* Posts (任职): who is what in which organisation, from when to when. A row a span: it ends and is
 * never overwritten, so that the roster of any past day can be told; only what ended it by mistake
 * is taken back, with that (reopen). */
#include "domain/list.h"

#include <string.h>

#include "domain/org/org.h"
#include "model/notice.h"
#include "store/people.h"

#define POST_ROLES                                                                                 \
  "member standing chair vice_chair secretary_general convener vice_convener committee_head "      \
  "staff "                                                                                         \
  "unit_clerk station_manager station_member"

static const Field fields[] = {
    REF("person", "person", .flags = ONCE),
    REF("org", "org", .flags = ONCE),
    WORD("role", POST_ROLES, .flags = ONCE),
    REF("term", "term", .flags = ONCE | OPTIONAL),
    DATE("valid_from", .flags = ONCE),
    DATE("valid_to", .flags = OPTIONAL),
    TEXT("reason", 1, 200, .flags = OPTIONAL | PERSONAL),
    WORD("kind", ORG_KINDS, .at = ""),
    END,
};

static const Grant grants[] = {
    {ROLES_ALL, "all", "read", NULL},
    {ROLE_STAFF | ROLE_LIAISON | ROLE_SYSTEM_ADMIN, "all", "create end", NULL},
    {ROLE_STAFF | ROLE_LIAISON | ROLES_ADMIN, "all", "history", NULL},
    {ROLE_STAFF | ROLE_LIAISON, "all", "export", NULL},
    {SERVER, "all", "create end reopen",
     NULL}, /* what begins and ends with a member's time in office */
    {0},
};

/* Within the organisation's own time, and not what he is already. */
static bool may_create(Call *call) {
  bool found;
  if (call_has(call, ":valid_to") &&
      strcmp(call_text(call, ":valid_to"), call_text(call, ":valid_from")) <= 0)
    return call_refuse(call, "post.ends_before");
  if (!call_get(call, "place", &found))
    return false;
  if (!found || call_int(call, "@no_term"))
    return call_refuse(call, "post.unknown");
  if (!call_int(call, "@inside"))
    return call_refuse(call, "post.outside");
  return !call_int(call, "@overlaps") || call_refuse(call, "post.overlaps");
}

/* An end that was said may come earlier, never later: what is open again is another post. */
static bool may_end(Call *call) {
  if (call_has(call, "$valid_to") &&
      strcmp(call_text(call, ":valid_to"), call_text(call, "$valid_to")) > 0)
    return call_refuse(call, "post.ended");
  return strcmp(call_text(call, ":valid_to"), call_text(call, "$valid_from")) > 0 ||
         call_refuse(call, "post.ends_before");
}

/* Who is admitted is told of that. */
static bool created(Call *call) {
  return (call->roles & SERVER) || notice_post(call, "begun", "holder");
}

/* And so is whose seat ends with his term or his time in office. */
static bool ended(Call *call) {
  return (call->roles & SERVER) || notice_post(call, "ended", "holder");
}

static const List of_person = {"of_person", "of_person", "valid_from", "kind role", 200};
static const List of_org = {"of_org", "of_org", "name valid_from", "role", 1000};

static const Route routes[] = {
    {R_LIST, "people/{person}/posts", "read", .list = &of_person},
    {R_LIST, "orgs/{org}/posts", "read", .list = &of_org},
    {R_ONE, "posts/{post}", "read"},
    {R_EVENTS, "posts/{post}/events", "history"},
    {R_CREATE, "posts", "create", .in = "person org role term? valid_from valid_to? reason?",
     .guard = may_create, .effect = created},
    {R_EDIT, "posts/{post}/end", "end", .in = "valid_to reason?", .guard = may_end,
     .effect = ended},
    {R_EDIT, "posts/{post}/reopen", "reopen", .in = "valid_to"},
    {0},
};

static const Code codes[] = {
    {"post.unknown", 422}, {"post.outside", 409},     {"post.overlaps", 409},
    {"post.ended", 409},   {"post.ends_before", 422}, {0},
};

static const NoticeKind notices[] = {
    {"begun", .params = "org since"}, {"ended", .params = "org until"}, {0}};

extern const char post_sql[], post_words[];
const Subject subject_post = {"post",
                              "post",
                              fields,
                              grants,
                              routes,
                              codes,
                              post_sql,
                              .words = post_words,
                              .notices = notices};
