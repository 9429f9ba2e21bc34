/* How long things may take (办理时限): a rule of a code is made anew and never edited. The latest
 * one counts for what begins from then on; what runs keeps the one that it began with
 * (model/due.h). To add a code: its word in CODES, a row with its rule in a migration, its words.
 */
#include "domain/list.h"

#include "model/call.h"
#include "model/deadline.h"
#include "store/people.h"

#define CODES "change"
#define UNITS "hours days working_days months"

static const Field warn_parts[] = {
    INT("count", 0, 366),
    WORD("unit", UNITS),
    END,
};
static const Field warn = OBJECT("warn", "warning", warn_parts);

static const Field fields[] = {
    WORD("code", CODES, .flags = ONCE),
    INT("count", 0, 1200, .flags = ONCE),
    WORD("unit", UNITS, .flags = ONCE),
    LIST("warn", 0, DEADLINE_WARNS, &warn, .flags = ONCE, .about = "so long before the end"),
    BOOL("is_pausable", .flags = ONCE),
    TEXT("source", 1, 200, .flags = ONCE, .about = "where it stands written"),
    END,
};

static const Grant grants[] = {
    {ROLES_ALL, "all", "read", NULL},
    {ROLE_OFFICE | ROLE_SYSTEM_ADMIN, "all", "make", NULL},
    {0},
};

static const List current = {NULL, "current", "code", NULL, 200};
static const List all = {"all", NULL, "-created_at", "code", 200};

static const Route routes[] = {
    {R_LIST, "deadline_rules", "read", .list = &current},
    {R_LIST, "deadline_rules/all", "read", .list = &all},
    {R_ONE, "deadline_rules/{deadline_rule}", "read"},
    {R_CREATE, "deadline_rules", "make", .in = "code count unit warn is_pausable source"},
    {0},
};

extern const char deadline_rule_sql[], deadline_rule_words[];
const Subject subject_deadline_rule = {"deadline_rule",
                                       "deadline_rule",
                                       fields,
                                       grants,
                                       routes,
                                       NULL,
                                       deadline_rule_sql,
                                       .words = deadline_rule_words};
