/* The audit record (审计记录) as the audit administrator reads it. It is written in the
 * transactions that do what it tells (store/audit.h), so nothing here writes. */
#include "domain/list.h"

#include "store/people.h"

static const Field fields[] = {
    TIME("at", .flags = GIVEN),
    TEXT("kind", 1, 40, .flags = GIVEN),
    WORD("result", "ok refused failed", .flags = GIVEN),
    TEXT("address", 0, 128, .flags = GIVEN | OPTIONAL),
    /* of the list */
    REF("person", "person", .at = "", .about = "who did it"),
    ID("record", .at = "", .about = "what it was done to"),
    TEXT("of", 1, 40, .of = "a-z_", .at = "", .about = "kind of record: \"person\""),
    TIME("since", .at = ""),
    TIME("until", .at = "", .about = "before this"),
    END,
};

static const Grant grants[] = {
    {ROLE_AUDIT_ADMIN, "all", "read export", NULL},
    {0},
};

static const List all = {NULL, NULL, "-seq", "person kind of record result since until", 200};

static const Route routes[] = {
    {R_LIST, "audit", "read", .list = &all},
    {0},
};

extern const char audit_sql[], audit_words[];
const Subject subject_audit = {"audit",   "audit_record",       fields,      grants, routes, NULL,
                               audit_sql, .words = audit_words, .key = "seq"};
