/* Members (委员): who is one, in which capacity, since when; what is known of him beside his
 * account (person) and his posts (post). Everybody sees the names; what is his own business those
 * who keep the register, and he. */
#include "domain/member_profile/member_profile.h"

#include <string.h>

#include "domain/list.h"
#include "model/subcase.h"
#include "store/statement.h"

static const Field fields[] = {
    REF("person", "person", .flags = ONCE),
    TEXT("code", 1, 20, .of = "a-zA-Z0-9-"),
    WORD("sex", "male female", .see = "details", .flags = OPTIONAL | PERSONAL),
    DATE("birth_date", .see = "details", .flags = OPTIONAL | PERSONAL),
    TEXT("nation", 1, 20, .see = "details", .flags = OPTIONAL | PERSONAL),
    TEXT("native_place", 1, 40, .see = "details", .flags = OPTIONAL | PERSONAL),
    TEXT("education", 1, 40, .see = "details", .flags = OPTIONAL | PERSONAL),
    DICT("political_affiliation", "political_affiliation", .see = "details",
         .flags = OPTIONAL | PERSONAL),
    TEXT("work_unit", 1, 100, .flags = OPTIONAL | PERSONAL),
    TEXT("work_title", 1, 60, .flags = OPTIONAL | PERSONAL),
    DICT("unit_kind", "unit_kind", .see = "details", .flags = OPTIONAL | PERSONAL),
    BOOL("in_system", .see = "details", .flags = OPTIONAL | PERSONAL),
    TEXT("social_posts", 1, 500, .see = "details", .flags = OPTIONAL | PERSONAL | LINES),
    TEXT("honours", 1, 500, .see = "details", .flags = OPTIONAL | PERSONAL | LINES),
    TEXT("phone", 5, 20, .of = "0-9+", .see = "details", .flags = OPTIONAL | PERSONAL),
    DATE("joined_on", .flags = OPTIONAL),
    INT("terms_served", 0, 20),
    BOOL("scored"),
    TEXT("not_scored_reason", 1, 200, .see = "details", .flags = OPTIONAL | PERSONAL),
    END,
};

static const Grant grants[] = {
    {ROLES_PERSONAL | ROLES_OFFICE, "all", "read", NULL},
    {ROLES_PERSONAL, "own", "details history", NULL},
    {ROLES_REGISTER, "all", "details history add edit admit export", NULL},
    {SERVER, "all", "edit", NULL},
    {0},
};

static const State states[] = {{"candidate", STATE_OPEN}, {"active", 0}, {0}};

bool member_may_submit(Call *call, const char *person, bool *may) {
  g_autoptr(Statement) row =
      db_prepare(call->db, "select state <> 'active' from member_profile where person = :person",
                 &call->error);
  if (!row)
    return false;
  statement_text(row, ":person", person);
  int result = statement_step(row, &call->error);
  *may = result == SQLITE_DONE || !column_int(row, 0);
  return result != SQLITE_ERROR;
}

static bool code_is_free(Call *call) {
  bool taken;
  if (!call_said(call, ":code"))
    return true;
  return call_get(call, "code_taken", &taken) &&
         (!taken || call_refuse(call, "member_profile.code_taken"));
}

/* Who is not scored, it is said why. */
static bool is_scored_well(Call *call) {
  bool scored = call_said(call, ":scored")
                    ? call_int(call, ":scored")
                    : !call_said(call, "$scored") || call_int(call, "$scored");
  bool reason = call_said(call, ":not_scored_reason") ? call_has(call, ":not_scored_reason")
                                                      : call_has(call, "$not_scored_reason");
  return scored || reason || problem_add(&call->problem, "not_scored_reason", "missing", NULL);
}

static bool may_edit(Call *call) {
  return code_is_free(call) && is_scored_well(call);
}

static bool may_add(Call *call) {
  bool found;
  if (!call_get(call, "holder", &found))
    return false;
  if (!found)
    return call_refuse(call, "member_profile.unknown");
  return (!call_int(call, "@there") || call_refuse(call, "member_profile.there")) && may_edit(call);
}

static const Step steps[] = {
    {"", "add", "candidate", .guard = may_add},
    {"candidate", "admit", "active", .in = "joined_on"},
    {0},
};

static const List all = {NULL, NULL, "code name", "state", 200};

#define KNOWN                                                                                      \
  "sex? birth_date? nation? native_place? education? political_affiliation? work_unit? "           \
  "work_title? unit_kind? in_system? social_posts? honours? phone? terms_served? scored? "         \
  "not_scored_reason?"

static const Route routes[] = {
    {R_LIST, "members", "read", .list = &all},
    {R_ONE, "members/{member_profile}", "read"},
    {R_EVENTS, "members/{member_profile}/events", "history"},
    {R_CREATE, "members", "add", .in = "person code " KNOWN},
    {R_EDIT, "members/{member_profile}", "edit", .in = "code? joined_on? " KNOWN,
     .guard = may_edit},
    {R_STEPS, "members/{member_profile}", NULL},
    {0},
};

static const Code codes[] = {
    {"member_profile.unknown", 422},
    {"member_profile.there", 409},
    {"member_profile.code_taken", 409},
    {0},
};

extern const char member_profile_sql[], member_profile_words[];
const Subject subject_member_profile = {"member_profile",
                                        "member_profile",
                                        fields,
                                        grants,
                                        routes,
                                        codes,
                                        member_profile_sql,
                                        states,
                                        steps,
                                        .words = member_profile_words};
