/* The lines of an import: what each would do, and why one is wrong. Nobody changes them. */
#include "domain/list.h"

#include "model/call.h"
#include "model/import-plan.h"
#include "store/people.h"

#define IMPORTERS (ROLE_STAFF | ROLE_LIAISON | ROLE_SYSTEM_ADMIN)

static const Field fields[] = {
    INT("n", 1, 10000000, .flags = GIVEN),
    WORD("outcome", IMPORT_OUTCOMES),
    TEXT("key", 0, 1000, .flags = GIVEN | PERSONAL),
    END,
};

static const Grant grants[] = {
    {IMPORTERS, "own", "read", NULL},
    {ROLE_STAFF | ROLE_LIAISON, "own", "export", NULL},
    {0},
};

static const List of_import = {"of_import", "of_import", "n", "outcome", 1000};

static const Route routes[] = {
    {R_LIST, "imports/{import_plan}/rows", "read", .list = &of_import},
    {0},
};

extern const char import_row_sql[], import_row_words[];
/* clang-format off */
const Subject subject_import_row = {"import_row", "import_row", fields, grants, routes, NULL,
                                    import_row_sql, NULL, NULL, import_row_words};
/* clang-format on */
