/* How long things may take (办理时限): a rule of a code is made anew and never edited. From
 * its day on it counts for what begins then, until the day of the next; what runs keeps the one
 * that it began with (model/due-run.c). To add a code: its word in CODES, a row with its rule in a
 * migration, its words.
 */
#include "domain/list.h"

#include <string.h>

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
    DATE("starts_on", .flags = ONCE, .about = "from which day; left out: from today"),
    END,
};

static const Grant grants[] = {
    {ROLES_ALL, "all", "read", NULL},
    {ROLE_OFFICE | ROLE_SYSTEM_ADMIN, "all", "make", NULL},
    {0},
};

/* What began before it is not said to have begun by it. */
static bool may_make(Call *call) {
  bool past = call_has(call, ":starts_on") &&
              strcmp(call_text(call, ":starts_on"), call_text(call, "@today")) < 0;
  return !past || call_refuse(call, "deadline_rule.past");
}

static const List current = {NULL, "current", "code", NULL, 200};
static const List all = {"all", NULL, "-created_at", "code", 200};

static const Route routes[] = {
    {R_LIST, "deadline_rules", "read", .list = &current},
    {R_LIST, "deadline_rules/all", "read", .list = &all},
    {R_ONE, "deadline_rules/{deadline_rule}", "read"},
    {R_CREATE, "deadline_rules", "make", .in = "code count unit warn is_pausable source starts_on?",
     .guard = may_make},
    {0},
};

static const Code codes[] = {{"deadline_rule.past", 422}, {0}};

extern const char deadline_rule_sql[], deadline_rule_words[];
const Subject subject_deadline_rule = {"deadline_rule",
                                       "deadline_rule",
                                       fields,
                                       grants,
                                       routes,
                                       codes,
                                       deadline_rule_sql,
                                       .words = deadline_rule_words};
