/* Files of terms (届档): one for each member and term, begun when he is admitted, with what he was
 * then, and the meetings of its days that he attended: of the eight classes of activity that such a
 * file has (systems.md 2.1), those that there are records of. Who keeps the register writes it, but
 * his own, which another of them writes; the yearly reports of a standing member are his own. */
#include "domain/list.h"

#include "domain/member_profile/member_profile.h"

static const Field fields[] = {
    REF("member_profile", "member_profile", .flags = ONCE),
    REF("term", "term", .flags = ONCE),
    REF("sector", "org", .flags = ONCE),
    WORD("capacity", MEMBER_CAPACITIES, .flags = ONCE),
    TEXT("work_unit", 1, 100, .flags = ONCE | OPTIONAL | PERSONAL),
    TEXT("work_title", 1, 60, .flags = ONCE | OPTIONAL | PERSONAL),
    TEXT("summary", 1, 5000, .flags = OPTIONAL | PERSONAL | LINES),
    FILES("materials", 10),
    FILES("reports", 10),
    TEXT("joined", 1, 20, .at = "",
         .about = "number of the member whose file of the same term this one took in"),
    END,
};

static const Grant grants[] = {
    {ROLES_PERSONAL, "own", "read history print", NULL},
    {ROLES_PERSONAL, "standing", "report", NULL},
    {ROLES_REGISTER, "all", "read history export print", NULL},
    {ROLES_REGISTER, "other", "edit report", NULL},
    {SERVER, "all", "open join", NULL},
    {0},
};

/* What one hands in as a member: who keeps the register may also put a report to the file that came
 * on paper, however the member stands. */
static bool may_report(Call *call) {
  bool found, may = true;
  return call_get(call, "reporter", &found) &&
         (!call_int(call, "@himself") || member_may_submit(call, call_text(call, "@me"), &may)) &&
         (may || call_refuse(call, "term_file.not_active"));
}

static const List of_member = {"of_member", "of_member", "-created_at", NULL, 100};
static const List all = {NULL, NULL, "created_at", "term capacity sector", 200};

static const Route routes[] = {
    {R_LIST, "members/{member_profile}/term_files", "read", .list = &of_member},
    {R_LIST, "term_files", "read", .list = &all},
    {R_ONE, "term_files/{term_file}", "read"},
    {R_EVENTS, "term_files/{term_file}/events", "history"},
    {R_CREATE, "term_files", "open",
     .in = "member_profile term sector capacity work_unit? work_title?"},
    {R_EDIT, "term_files/{term_file}", "edit", .in = "summary? materials?"},
    {R_EDIT, "term_files/{term_file}/reports", "report", .in = "reports", .guard = may_report},
    {R_EDIT, "term_files/{term_file}/join", "join", .in = "joined summary?"},
    {0},
};

static const Code codes[] = {{"term_file.not_active", 409}, {0}};

static const Paper papers[] = {
    {"file", "print", .rows = "meetings materials_named reports_named",
     .words = "basics activity meetings at result"},
    {0},
};

extern const char term_file_sql[], term_file_words[];
const Subject subject_term_file = {
    "term_file",    "term_file",     fields,        grants,
    routes,         codes,           term_file_sql, .words = term_file_words,
    .file = "read", .papers = papers};
