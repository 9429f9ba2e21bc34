/* Imports (导入): a table that somebody brought, and what became of it: planned, looked at, done
 * whole or not at all, taken back. Who may import what is said by the subject (its R_IMPORT); here
 * everybody sees his own. The lines are import_row's. */
#include "domain/list.h"

#include "model/call.h"
#include "model/import-run.h"
#include "store/people.h"

#define IMPORTERS (ROLE_STAFF | ROLE_LIAISON | ROLE_SYSTEM_ADMIN)

static const Field fields[] = {
    TEXT("subject", 1, 32, .flags = GIVEN),
    TEXT("file", 0, 200, .flags = GIVEN),
    TEXT("digest", 64, 64, .of = "a-f0-9", .flags = GIVEN),
    INT("creates", 0, 1000000, .flags = GIVEN),
    INT("updates", 0, 1000000, .flags = GIVEN),
    INT("skips", 0, 1000000, .flags = GIVEN),
    INT("errors", 0, 1000000, .flags = GIVEN),
    TIME("created_at", .flags = GIVEN),
    /* of the step that does it */
    TEXT("seen", 64, 64, .of = "a-f0-9", .at = ""), /* the digest of what was looked at */
    BOOL("valid_only", .at = ""),
    END,
};

static const Grant grants[] = {
    {IMPORTERS, "all", "plan", NULL},
    {IMPORTERS, "own", "read commit discard revert", NULL},
    {0},
};

static const State states[] = {
    {"planned", STATE_OPEN},
    {"committed", 0},
    {"discarded", STATE_FINAL},
    {"reverted", STATE_FINAL},
    {0},
};

static const Step steps[] = {
    {"", "plan", "planned"},
    {"planned", "commit", "committed", .in = "seen valid_only?", .effect = import_commit,
     .flags = HEAVY},
    {"planned", "discard", "discarded"},
    {"committed", "revert", "reverted", .effect = import_revert, .flags = HEAVY},
    {0},
};

static const List own = {NULL, NULL, "-created_at", "subject", 0};

static const Route routes[] = {
    {R_LIST, "imports", "read", .list = &own},
    {R_ONE, "imports/{import_plan}", "read"},
    {R_EVENTS, "imports/{import_plan}/events", "read"},
    {R_STEPS, "imports/{import_plan}"},
    {0},
};

static const Code codes[] = {
    {"import_plan.has_errors", 409, "errors:int"},
    {"import_plan.moved", 409, "row:int"},
    {"import_plan.other_plan", 409},
    {"import_plan.row_refused", 409, "row:int code field"},
    {"import_plan.later", 409, "row:int"},
    {"import_plan.too_late", 409},
    {"import_plan.unreadable", 422},
    {"import_plan.encrypted", 422},
    {"import_plan.encoding", 422},
    {"import_plan.too_large", 422},
    {"import_plan.empty", 422},
    {"import_plan.heads", 422},
    {"import_plan.head_twice", 422, "head"},
    {"import_plan.no_file", 422},
    {0},
};

extern const char import_plan_sql[], import_plan_words[];
/* clang-format off */
const Subject subject_import_plan = {"import_plan", "import", fields, grants, routes, codes,
                                     import_plan_sql, states, steps, import_plan_words};
/* clang-format on */
