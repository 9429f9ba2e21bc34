/* Members (委员): who is one, in which capacity, since when; what is known of him beside his
 * account (person) and his posts (post). Members and the office see the names, sectors and units of
 * those in office, and the number of who lets them call him; the rest of it, and who is not in
 * office, those who keep the register, and he.
 *
 * A candidate is admitted for a term, in a sector and a capacity; that begins his post and his file
 * of the term; when the next one begins he is admitted for that too (seat.h). Who is in office
 * already is entered with all of that at once, by hand or out of a table. Suspension and leaving
 * are asked and confirmed by two people (member_change), which takes the steps here. Who leaves is
 * out at once: his posts end, and so does his session. Who keeps the register is no judge of
 * himself: another admits him and writes what is known of him. */
#include "domain/member_profile/member_profile.h"

#include <string.h>

#include "base/id.h"
#include "domain/list.h"
#include "domain/member_profile/seat.h"
#include "domain/person/person.h"
#include "model/subcase.h"
#include "store/account-link.h"
#include "store/statement.h"

/* A whole list is admitted at once: long enough to look through it afterwards. */
#define UNDO_S 1800

#define AGES "under_40 from_40 from_50 from_60 from_70"

static const Field place_parts[] = {ID("id"), RAW("name", 0, INT32_MAX), END};
static const Field place = OBJECT("place", "MemberPlace", place_parts);

static const Field fields[] = {
    REF("person", "person", .flags = ONCE),
    TEXT("name", 1, PERSON_NAME_MOST, .at = "", .flags = KEY_PART | PERSONAL),
    TEXT("code", 1, 20, .of = "a-zA-Z0-9-", .flags = KEY),
    WORD("sex", "male female", .see = "details", .flags = OPTIONAL | PERSONAL),
    DATE("birth_date", .see = "details", .flags = OPTIONAL | PERSONAL),
    TEXT("nation", 1, 20, .see = "details", .flags = OPTIONAL | PERSONAL),
    TEXT("native_place", 1, 40, .see = "details", .flags = OPTIONAL | PERSONAL),
    TEXT("education", 1, 40, .see = "details", .flags = OPTIONAL | PERSONAL),
    DICT("political_affiliation", "political_affiliation", .see = "details",
         .flags = OPTIONAL | PERSONAL),
    TEXT("work_unit", 1, 100, .flags = OPTIONAL | PERSONAL),
    TEXT("work_title", 1, 60, .see = "details", .flags = OPTIONAL | PERSONAL),
    DICT("unit_kind", "unit_kind", .see = "details", .flags = OPTIONAL | PERSONAL),
    BOOL("in_system", .see = "details", .flags = OPTIONAL | PERSONAL),
    TEXT("social_posts", 1, 500, .see = "details", .flags = OPTIONAL | PERSONAL | LINES),
    TEXT("honours", 1, 500, .see = "details", .flags = OPTIONAL | PERSONAL | LINES),
    /* Free words: each office has its own, and a member says his; seen by all, as by them he is
     * found by who looks for somebody who knows about a thing. */
    TEXT("expertise", 1, 100, .flags = OPTIONAL | PERSONAL | TAGS),
    TEXT("focus", 1, 100, .flags = OPTIONAL | PERSONAL | TAGS),
    TEXT("phone", 5, 20, .of = "0-9+", .see = "call",
         .flags = OPTIONAL | PERSONAL | KEY_PART | UNSHARED),
    BOOL("phone_shared", .see = "details"),
    DATE("joined_on", .see = "details", .flags = OPTIONAL),
    INT("terms_served", 0, 20, .see = "details"),
    BOOL("scored", .see = "details"),
    WORD("state_on", "candidate active suspended left merged", .see = "details", .at = "",
         .flags = GIVEN | OPTIONAL,
         .about = "how he stood on the day that is asked for; null: he was not there yet"),
    BOOL("scored_now", .see = "details", .at = "", .flags = GIVEN,
         .about = "in office, not suspended and scored, on the day that is asked for"),
    DATE("state_since", .see = "details", .at = "", .flags = GIVEN | OPTIONAL,
         .about = "from which day on he stands as he does; null: not known"),
    TEXT("not_scored_reason", 1, 200, .see = "details", .flags = OPTIONAL | PERSONAL),
    DATE("left_on", .see = "details", .flags = OPTIONAL),
    DICT("exit", "member_exit", .see = "details", .flags = OPTIONAL | PERSONAL),
    FILES("documents", 5, .see = "details"),
    /* what he signs in by, and the link by which he sets that up (store/account-link.h) */
    WORD("account", "none invited expired ready", .see = "details", .at = "",
         .flags = GIVEN | PERSONAL),
    TIME("invited_until", .see = "details", .at = "", .flags = GIVEN | OPTIONAL),
    TEXT("link", 1, 300, .at = "", .flags = GIVEN | SECRET),
    /* of being admitted, and of lists */
    REF("term", "term", .at = ""),
    REF("sector", "org", .at = "", .flags = OPTIONAL),
    WORD("capacity", MEMBER_CAPACITIES, .at = ""),
    DATE("since", .at = ""),
    TEXT("document_no", 1, 60, .at = "", .flags = OPTIONAL),
    TEXT("q", 1, 64, .at = ""),
    REF("committee", "org", .at = ""),
    REF("committee2", "org", .at = ""),
    LIST("committees", 0, INT32_MAX, &place, .at = "", .flags = GIVEN | PERSONAL),
    REF("station", "org", .at = ""),
    BOOL("standing", .at = ""),
    BOOL("in_office", .at = "", .about = "active or suspended on the day that is asked for"),
    WORD("age", AGES, .at = ""),
    WORD("terms", "first second more", .at = ""),
    END,
};

/* Who finds members by name, sector and unit: not the units that answer them, nor the stations. */
#define ROLES_DIRECTORY                                                                            \
  (ROLES_OFFICE & ~(ROLES_REGISTER | ROLE_UNIT | ROLE_UNIT_HEAD | ROLE_STATION))

static const Grant grants[] = {
    {ROLES_PERSONAL | ROLES_DIRECTORY, "all", "read", "active suspended"},
    {ROLES_PERSONAL | ROLES_DIRECTORY, "sharing", "call", "active suspended"},
    {ROLES_PERSONAL, "own", "read details call share history print", NULL},
    {ROLE_CONVENER, "sector", "details call", NULL},
    {ROLE_COMMITTEE, "committee", "details call", NULL},
    {ROLES_REGISTER, "all", "read details call history add admit renew export print", NULL},
    {ROLES_REGISTER, "all", "enter import", NULL},
    {ROLES_REGISTER, "other", "edit", NULL},
    {ROLES_REGISTER, "other", "invite", "active suspended"},
    {SERVER, "all", "edit suspend restore leave merge", NULL},
    {0},
};

static const State states[] = {{"candidate", STATE_OPEN}, {"active", 0},
                               {"suspended", 0},          {"left", 0},
                               {"merged", STATE_FINAL},   {0}};

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

/* ---- how he stands, by the day (member_standing) ---- */

/* He stands as the row says now from that day on, which is none to come. */
static bool stand_from(Call *call, const char *day) {
  const char *today = call_text(call, "@today");
  call_let(call, "stands_from", day && strcmp(day, today) < 0 ? day : today);
  return call_run(call, "stands");
}

static bool stands_since(Call *call) {
  return stand_from(call, call_text(call, ":since"));
}

static bool stands_today(Call *call) {
  return stand_from(call, NULL);
}

/* ---- entering and editing ---- */

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

/* By phone and name one is known again, so that two have not the same; numbers of those who left
 * are given to others. */
static bool phone_is_free(Call *call) {
  bool taken;
  if (!call_has(call, ":phone"))
    return true;
  return call_get(call, "phone_taken", &taken) &&
         (!taken || call_refuse(call, "member_profile.phone_taken"));
}

static bool may_edit(Call *call) {
  return code_is_free(call) && phone_is_free(call) && is_scored_well(call);
}

/* Whether he is scored is known of each day too. */
static bool edited(Call *call) {
  return !call_said(call, ":scored") || call_run(call, "scores");
}

static bool may_add(Call *call) {
  bool found;
  if (!call_get(call, "holder", &found))
    return false;
  if (!found)
    return call_refuse(call, "member_profile.unknown");
  return (!call_int(call, "@there") || call_refuse(call, "member_profile.there")) && may_edit(call);
}

/* ---- into office ---- */

static bool may_admit(Call *call) {
  const char *files = call_text(call, ":documents");
  bool found;
  if (!call_has(call, ":document_no") && (!files || strcmp(files, "[]") == 0))
    return call_refuse(call, "member_profile.no_document");
  if (!call_get(call, "place", &found))
    return false;
  if (!found)
    return call_refuse(call, "member_profile.no_place");
  if (call_int(call, "@filed"))
    return call_refuse(call, "member_profile.filed");
  /* Whose account was shut for its other roles is opened by who may open such an account. */
  return !call_int(call, "@shut") || call_refuse(call, "member_profile.shut");
}

/* The account can be used, or not any more. */
static bool set_active(Call *call, bool active) {
  g_auto(Values) values = {NULL};
  values_int(&values, "active", active);
  return call_edit(call, "person", call_text(call, "$person_id"), "edit", &values);
}

static bool admitted(Call *call) {
  return set_active(call, true) &&
         seat_post(call, call_text(call, "$person_id"), call_text(call, ":sector"),
                   call_text(call, ":capacity")) &&
         seat_file(call) && stands_since(call);
}

/* ---- in office already: all of it at once ---- */

/* Nobody enters himself, nor has himself entered by a deputy. Whose account was shut for its other
 * roles is opened by who may open such an account. */
static bool may_be_named(Call *call) {
  const char *person = call_text(call, ":person");
  if (g_strcmp0(person, call_text(call, "@me")) == 0 ||
      g_strcmp0(person, call_text(call, "@deputy")) == 0)
    return call_refuse(call, "forbidden");
  return may_add(call) && (!call_int(call, "@shut") || call_refuse(call, "member_profile.shut"));
}

/* His own account, when the line names it; else he gets one, unless somebody of his name has an
 * account and is not in the register: then a human decides. */
static bool may_be_he(Call *call) {
  bool found;
  if (call_has(call, ":person"))
    return may_be_named(call);
  if (!call_has(call, ":name"))
    return problem_add(&call->problem, "name", "missing", NULL);
  return call_get(call, "namesake", &found) &&
         (!found || call_refuse(call, "member_profile.namesake")) && may_edit(call);
}

static bool may_enter(Call *call) {
  bool found;
  if (!may_be_he(call) || !call_get(call, "seat", &found))
    return false;
  if (!found)
    return call_refuse(call, "member_profile.no_place");
  if (call_int(call, "@no_committee"))
    return call_refuse(call, "member_profile.no_committee");
  return !call_int(call, "@outside") || call_refuse(call, "member_profile.outside");
}

/* As much of it as the field takes. */
static char *cut(const char *text, glong most) {
  return text ? g_utf8_substring(text, 0, MIN(g_utf8_strlen(text, -1), most)) : g_strdup("");
}

/* The row refers to him. */
static bool make_person(Call *call) {
  char id[ID_CHARS + 1];
  g_auto(Values) person = {NULL};
  if (!values_find(&call->asked, "terms_served"))
    values_int(&call->asked, "terms_served", 1);
  call_default(call, "joined_on", call_text(call, ":since"));
  if (call_has(call, ":person"))
    return true;
  g_autofree char *organisation = cut(call_text(call, ":work_unit"), PERSON_ORGANISATION_MOST);
  g_autofree char *sector = cut(call_text(call, "@sector_name"), PERSON_SECTOR_MOST);
  values_text(&person, "name", call_text(call, ":name"));
  values_text(&person, "sector", sector);
  values_text(&person, "organisation", organisation);
  if (!call_create(call, "person", "create", &person, id))
    return false;
  call_let(call, "new", id);
  values_text(&call->asked, "person", id);
  return true;
}

static bool open_account(Call *call) {
  g_auto(Values) values = {NULL};
  values_int(&values, "active", true);
  return call_has(call, "@new") ||
         call_edit(call, "person", call_text(call, ":person"), "edit", &values);
}

static bool entered(Call *call) {
  static const char *const committees[] = {":committee", ":committee2"};
  const char *person = call_text(call, ":person");
  bool fine = open_account(call) &&
              seat_post(call, person, call_text(call, ":sector"), call_text(call, ":capacity"));
  for (unsigned i = 0; fine && i < G_N_ELEMENTS(committees); i++)
    if (call_has(call, committees[i]))
      fine = seat_post(call, person, call_text(call, committees[i]), "member");
  return fine && seat_file(call) && stands_since(call);
}

/* What an import made is taken back while nothing has come of it. */
static bool may_unmake(Call *call) {
  bool found;
  return call_get(call, "used", &found) &&
         (!call_int(call, "@used") || call_refuse(call, "member_profile.used"));
}

/* With the account, if it came with him; one that was opened for him is shut again. */
static bool unmake(Call *call) {
  g_autofree char *person = g_strdup(call_text(call, "$person_id"));
  if (!call_run(call, "unmake"))
    return false;
  if (call_int(call, "@came_along"))
    return call_unmake(call, "person", person);
  return !call_int(call, "@opened") || set_active(call, false);
}

/* ---- his account ---- */

/* Whoever holds the link gets into the account: never into one that is in use, nor into one with
 * other duties, of which the system administrator makes the password. */
static bool may_invite(Call *call) {
  bool found;
  if (!call_get(call, "account", &found))
    return false;
  if (call_int(call, "@has_password"))
    return call_refuse(call, "member_profile.has_account");
  return !call_int(call, "@has_duties") || call_refuse(call, "member_profile.has_duties");
}

/* The secret is told once, in the answer; the link before ends with it. */
static bool invite(Call *call) {
  char digest[65];
  g_autofree char *secret = secret_new();
  g_autofree char *link = g_strconcat(call->base ? call->base : "", "/a/", secret, NULL);
  secret_digest(secret, digest);
  call_let(call, "digest", digest);
  call_let_int(call, "until", call->now_ms + ACCOUNT_LINK_MS);
  call_say(call, "link", json_string(link));
  return call_run(call, "invited");
}

/* His number is his own: whether the other members may call him is for him to say. */
static bool share(Call *call) {
  return call_run(call, "shared");
}

/* ---- out of it ---- */

static bool left(Call *call) {
  return seat_end_posts(call) && set_active(call, false) &&
         stand_from(call, call_text(call, ":left_on"));
}

static const Step steps[] = {
    {"", "add", "candidate", .guard = may_add, .effect = stands_today},
    {"", "enter", "active", .guard = may_enter, .effect = entered},
    {"candidate left", "admit", "active",
     .in = "term sector capacity since document_no? documents?", .guard = may_admit,
     .effect = admitted, .notice = "admitted>himself", .flags = DECIDES | MAY_TELL_NOBODY},
    {"active", "renew", "active", .in = "term sector? capacity? since? document_no",
     .guard = seat_may_renew, .effect = seat_renewed, .flags = DECIDES | BULK | MAY_TELL_NOBODY,
     .undo_s = UNDO_S, .undo = seat_unrenew},
    {"active", "suspend", "suspended", .in = "since", .effect = stands_since},
    {"suspended", "restore", "active", .in = "since", .effect = stands_since},
    {"candidate active suspended", "leave", "left", .in = "left_on exit", .effect = left},
    {"candidate active suspended left", "merge", "merged"}, /* it is an alias of another's */
    {0},
};

/* ---- lists ---- */

static const List all = {NULL, "there", "code name",
                         "q person state in_office sector committee standing "
                         "expertise focus",
                         1000};
static const List known = {"register", "known", "code name",
                           "q person state in_office term sector committee station standing "
                           "political_affiliation sex age scored in_system unit_kind terms account "
                           "expertise focus",
                           1000};

/* Among which a table finds those that are there. */
static const List unmerged = {"unmerged", "unmerged", "code", NULL, 1};

#define KNOWN                                                                                      \
  "sex? birth_date? nation? native_place? education? political_affiliation? work_unit? "           \
  "work_title? unit_kind? in_system? social_posts? honours? expertise? focus? phone? "             \
  "terms_served? scored? not_scored_reason?"

#define ENTERED                                                                                    \
  "person? name? code term sector capacity since document_no joined_on? committee? committee2?"

static const Route routes[] = {
    {R_LIST, "members", "read", .list = &all},
    {R_LIST, "members/register", "details", .list = &known},
    {R_ONE, "members/{member_profile}", "read"},
    {R_EVENTS, "members/{member_profile}/events", "history"},
    {R_CREATE, "members", "add", .in = "person code " KNOWN},
    {R_CREATE, "members/enter", "enter", .in = ENTERED " " KNOWN, .first = make_person},
    {R_IMPORT, "members/import", "import", .list = &unmerged, .in = ENTERED " " KNOWN,
     .guard = may_unmake, .effect = unmake, .makes = "enter"},
    {R_EDIT, "members/{member_profile}", "edit", .in = "code? joined_on? phone_shared? " KNOWN,
     .guard = may_edit, .effect = edited},
    {R_DO, "members/{member_profile}/share", "share", .in = "phone_shared", .effect = share},
    {R_DO, "members/{member_profile}/invite", "invite", .guard = may_invite, .effect = invite,
     .out = "link"},
    {R_STEPS, "members/{member_profile}", NULL},
    {0},
};

static const Code codes[] = {
    {"member_profile.unknown", 422},
    {"member_profile.there", 409},
    {"member_profile.code_taken", 409},
    {"member_profile.no_document", 422},
    {"member_profile.no_place", 422},
    {"member_profile.filed", 409},
    {"member_profile.not_later", 409},
    {"member_profile.too_early", 409},
    {"member_profile.shut", 409},
    {"member_profile.phone_taken", 409},
    {"member_profile.namesake", 409},
    {"member_profile.no_committee", 422},
    {"member_profile.outside", 409},
    {"member_profile.used", 409},
    {"member_profile.has_account", 409},
    {"member_profile.has_duties", 409},
    {0},
};

static const Paper papers[] = {
    {"record", "print", .get = "printed", .rows = "posts files meetings",
     .words = "meetings attended"},
    {"roster", .list = &known, .words = "no"},
    {"contacts", .list = &known},
    {"badges", .list = &known},
    {0},
};

static const NoticeKind notices[] = {
    {"admitted", .params = "term"}, {"unrenewed", .params = "term"}, {0}};

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
                                        .words = member_profile_words,
                                        .notices = notices,
                                        .file = "details",
                                        .papers = papers};
