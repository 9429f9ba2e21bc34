/* People (人员): who they are to others, how they sign in, and what they may do here. The three
 * administrators (三员) are kept apart: the system administrator makes accounts, the security
 * administrator gives roles and unlocks, the audit administrator reads the record. Nobody can both
 * get into an account and give it a role, and nobody changes an administrator's account. */
#include "domain/list.h"

#include <string.h>

#include "domain/person/person.h"
#include "domain/role_holder/role_holder.h"
#include "model/notice.h"
#include "store/people.h"

static const Field fields[] = {
    TEXT("name", 1, PERSON_NAME_MOST, .flags = KEY_PART | PERSONAL),
    TEXT("login", 1, PERSON_LOGIN_MOST, .of = PERSON_LOGIN_CHARS,
         .flags = OPTIONAL | KEY | PERSONAL),
    WORD("kind", "member staff guest admin", .flags = ONCE),
    TEXT("sector", 0, PERSON_SECTOR_MOST, .flags = PERSONAL),
    TEXT("organisation", 0, PERSON_ORGANISATION_MOST, .flags = KEY_PART | PERSONAL),
    BOOL("active"),
    WORDS("roles", ROLE_WORDS, 0, ROLE_COUNT, .at = "role_holder"),
    TIME("locked_until", .at = "login_failure", .flags = GIVEN | OPTIONAL),
    /* of lists */
    TEXT("q", 1, 64, .at = ""),
    WORD("role", ROLE_WORDS, .at = ""),
    REF("org", "org", .at = ""),
    BOOL("invitable", .at = ""),
    REF("invite_to", "meeting", .at = ""),
    END,
};

static const Grant grants[] = {
    {ROLE_STAFF | ROLE_LIAISON | ROLES_ADMIN, "all", "read", NULL},
    {ROLE_STAFF, "all", "export", NULL},
    {ROLE_STAFF | ROLE_SYSTEM_ADMIN, "all", "create import", NULL},
    {ROLE_LIAISON, "all", "create", NULL}, /* members, whom he enters in the register */
    {ROLE_STAFF | ROLE_SYSTEM_ADMIN, "plain", "edit", NULL},
    {ROLE_SYSTEM_ADMIN, "staff", "edit", NULL},
    {ROLE_SECURITY_ADMIN, "other", "set_roles unlock sign_out", NULL},
    {SERVER, "all", "read create set_roles", NULL}, /* the command line, and guests' invitations */
    {SERVER, "all", "edit", NULL},                  /* what the register decides of a member */
    {0},
};

/* ---- making and editing ---- */

static bool login_is_free(Call *call) {
  bool taken;
  if (!call_has(call, ":login"))
    return true;
  return call_get(call, "login_taken", &taken) &&
         (!taken || call_refuse(call, "person.login_taken"));
}

static bool may_create(Call *call) {
  call_default(call, "kind", "member");
  bool staff = strcmp(call_text(call, ":kind"), "staff") == 0;
  bool member = strcmp(call_text(call, ":kind"), "member") == 0;
  if (!(call->roles & SERVER) && !staff && !member)
    return problem_add(&call->problem, "kind", "words", NULL);
  if (staff && !(call->roles & (ROLE_SYSTEM_ADMIN | SERVER)))
    return call_refuse(call, "forbidden");
  if (call_has(call, ":login") && strcmp(call_text(call, ":kind"), "guest") == 0)
    return call_refuse(call, "person.guest");
  return login_is_free(call);
}

static bool created(Call *call) {
  call_effect(call, EFFECT_NAMES_CHANGED, NULL, NULL, NULL);
  return call_run(call, "first_role");
}

/* A guest has a link and nothing else, and an account that was merged into another has nothing. */
static bool may_edit(Call *call) {
  if (call_int(call, ":active") && call_has(call, "$merged_into_id"))
    return call_refuse(call, "person.merged");
  if (call_has(call, ":login") && strcmp(call_text(call, "$kind"), "guest") == 0)
    return call_refuse(call, "person.guest");
  return login_is_free(call);
}

/* What the view person_shown makes names of. */
static bool changes_names(const Call *call) {
  return call_said(call, ":name") || call_said(call, ":sector") ||
         call_said(call, ":organisation") || call_said(call, ":active");
}

/* Nobody who is out keeps a way in. */
static bool edited(Call *call) {
  call_effect(call, EFFECT_PERSON_CHANGED, NULL, call->id, NULL);
  if (changes_names(call))
    call_effect(call, EFFECT_NAMES_CHANGED, NULL, NULL, NULL);
  bool out = call_said(call, ":active") && !call_int(call, ":active");
  return (!call_said(call, ":name") || call_run(call, "hosted_meetings")) &&
         (!out || call_run(call, "shut_out"));
}

/* ---- roles and locks ---- */

/* An administrator does nothing else here, and what one alone may not give is asked for
 * (role_holder). */
static bool may_set_roles(Call *call) {
  bool found;
  if (strcmp(call_text(call, "$kind"), "guest") == 0 &&
      strcmp(call_text(call, ":roles"), "[]") != 0)
    return call_refuse(call, "person.guest");
  if (!call_get(call, "administrators", &found))
    return false;
  if (call_int(call, "@wanted") > 0 && call_int(call, "@total") > 1)
    return call_refuse(call, "person.two_administrators");
  if (call->roles & SERVER) /* whoever has the machine needs no second */
    return true;
  role_holder_let_confirmed(call);
  return call_get(call, "second", &found) &&
         (!call_int(call, "@needs_second") || call_refuse(call, "person.needs_second"));
}

static bool set_roles(Call *call) {
  call_effect(call, EFFECT_PERSON_CHANGED, NULL, call->id, NULL);
  return call_run(call, "set_roles") && notice_post(call, "roles_set", "himself");
}

static bool unlock(Call *call) {
  return call_run(call, "unlock");
}

/* ---- taking back what an import made ---- */

/* He could sign in, or somebody counts on him. */
static bool may_unmake(Call *call) {
  bool found;
  return call_get(call, "used", &found) &&
         (!call_int(call, "@used") || call_refuse(call, "person.used"));
}

static bool unmake(Call *call) {
  call_effect(call, EFFECT_NAMES_CHANGED, NULL, NULL, NULL);
  return call_run(call, "unmake");
}

/* Of a telephone that was lost, or of who should not be in any more: he may sign in again. */
static bool sign_out(Call *call) {
  call_effect(call, EFFECT_PERSON_CHANGED, NULL, call->id, NULL);
  return call_run(call, "shut_out");
}

static const List all = {NULL, "listed", "name sector organisation",
                         "q role sector org active invitable invite_to", 200};

static const Route routes[] = {
    {R_LIST, "people", "read", .list = &all},
    {R_ONE, "people/{person}", "read"},
    {R_EVENTS, "people/{person}/events", "read"},
    {R_CREATE, "people", "create", .in = "name login? kind? sector? organisation?",
     .guard = may_create, .effect = created},
    {R_IMPORT, "people/import", "import", .list = &all,
     .in = "name? login? kind? sector? organisation?", .guard = may_unmake, .effect = unmake},
    {R_EDIT, "people/{person}", "edit", .in = "name? login? sector? organisation? active?",
     .guard = may_edit, .effect = edited},
    {R_DO, "people/{person}/set_roles", "set_roles", .in = "roles", .guard = may_set_roles,
     .effect = set_roles},
    {R_DO, "people/{person}/unlock", "unlock", .effect = unlock},
    {R_DO, "people/{person}/sign_out", "sign_out", .effect = sign_out},
    {0},
};

static const Paper papers[] = {{"roster", .list = &all, .words = "no"}, {0}};

static const Code codes[] = {
    {"person.login_taken", 409},
    {"person.guest", 409},
    {"person.two_administrators", 409},
    {"person.needs_second", 409},
    {"person.used", 409},
    {"person.merged", 409},
    {0},
};

/* At once: whoever did not expect it should say so. */
static const NoticeKind notices[] = {{"roles_set", URGENT}, {0}};

extern const char person_sql[], person_words[];
const Subject subject_person = {"person",
                                "person",
                                fields,
                                grants,
                                routes,
                                codes,
                                person_sql,
                                .words = person_words,
                                .notices = notices,
                                .papers = papers};
