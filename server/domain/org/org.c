/* Organisations (组织) with every name they ever had: a list as of a day (?on=2022-12-31) has those
 * that there were then, with the names of that day. What ends keeps its rows; 合并 and 更名 name
 * the successor. */
#include "domain/org/org.h"

#include <string.h>

#include "domain/list.h"
#include "model/call.h"
#include "store/people.h"

static const Field fields[] = {
    WORD("kind", ORG_KINDS, .flags = ONCE),
    TEXT("code", 1, 20),
    TEXT("name", 1, 100, .at = "org_name"),
    TEXT("short_name", 1, 20, .at = "org_name", .flags = OPTIONAL),
    REF("parent", "org", .flags = OPTIONAL),
    DATE("valid_from"),
    DATE("valid_to", .flags = OPTIONAL),
    REF("successor", "org", .flags = OPTIONAL),
    INT("sort", 0, 9999),
    FILES("documents", 10), /* that it was founded by, that set its rules */
    REF("under", "org", .at = ""),
    DATE("since", .at = ""), /* of a name */
    END,
};

static const Grant grants[] = {
    {ROLES_ALL, "all", "read export", NULL},
    {ROLE_STAFF | ROLE_LIAISON | ROLE_SYSTEM_ADMIN, "all", "create edit rename close", NULL},
    {ROLE_STAFF | ROLE_LIAISON | ROLES_ADMIN, "all", "history", NULL},
    {0},
};

/* Of what refers to it: that it is there, and that no circle is made. */
static bool refers_well(Call *call) {
  bool found;
  if (!call_get(call, "referred", &found))
    return false;
  if (call_int(call, "@no_parent") || call_int(call, "@no_successor"))
    return call_refuse(call, "org.unknown");
  return !call_int(call, "@circle") || call_refuse(call, "org.circle");
}

static bool code_is_free(Call *call) {
  bool taken;
  if (!call_has(call, ":code"))
    return true;
  call_let(call, "kind", call_text(call, call_said(call, ":kind") ? ":kind" : "$kind"));
  return call_get(call, "code_taken", &taken) && (!taken || call_refuse(call, "org.code_taken"));
}

static bool may_write(Call *call) {
  return refers_well(call) && code_is_free(call);
}

/* Its first name begins with it, and no name takes the place of another. */
static bool may_rename(Call *call) {
  bool named;
  if (strcmp(call_text(call, ":since"), call_text(call, "$valid_from")) < 0)
    return call_refuse(call, "org.before_it_began");
  return call_get(call, "named_then", &named) && (!named || call_refuse(call, "org.named_then"));
}

/* Whoever holds a post there after that day is moved first. */
static bool may_close(Call *call) {
  bool found;
  if (strcmp(call_text(call, ":valid_to"), call_text(call, "$valid_from")) <= 0)
    return call_refuse(call, "org.before_it_began");
  return refers_well(call) && call_get(call, "posts_open", &found) &&
         (!call_int(call, "@posts") || call_refuse(call, "org.has_posts"));
}

static const List all = {NULL, "current", "sort name", "kind parent under", 1000};

static const Route routes[] = {
    {R_LIST, "orgs", "read", .list = &all},
    {R_ONE, "orgs/{org}", "read"},
    {R_EVENTS, "orgs/{org}/events", "history"},
    {R_CREATE, "orgs", "create",
     .in = "kind code name short_name? parent? valid_from sort? documents?", .guard = may_write},
    {R_EDIT, "orgs/{org}", "edit", .in = "code? parent? sort? documents?", .guard = may_write},
    {R_EDIT, "orgs/{org}/names", "rename", .in = "name short_name? since", .guard = may_rename},
    {R_EDIT, "orgs/{org}/end", "close", .in = "valid_to successor?", .guard = may_close},
    {0},
};

static const Code codes[] = {
    {"org.code_taken", 409},
    {"org.unknown", 422},
    {"org.circle", 409},
    {"org.before_it_began", 409},
    {"org.has_posts", 409},
    {"org.named_then", 409},
    {0},
};

extern const char org_sql[], org_words[];
const Subject subject_org = {"org",  "org", fields,  grants,
                             routes, codes, org_sql, .words = org_words};
