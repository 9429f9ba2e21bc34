/* Failed log-ins (登录失败): accounts whose password was wrong since they last signed in, and those
 * that are locked for it. Written where passwords are checked (store/passwords.h); the security
 * administrator unlocks with person.unlock. Tries of names that nobody has are in the audit record.
 */
#include "domain/list.h"

#include "store/people.h"

static const Field fields[] = {
    TIME("last_at", .flags = GIVEN),
    TIME("locked_until", .flags = GIVEN | OPTIONAL),
    BOOL("locked", .at = ""),
    END,
};

static const Grant grants[] = {
    {ROLE_SECURITY_ADMIN | ROLE_SYSTEM_ADMIN, "all", "read export", NULL},
    {0},
};

static const List all = {NULL, NULL, "-last_at", "locked", 200};

static const Route routes[] = {
    {R_LIST, "login_failures", "read", .list = &all},
    {0},
};

extern const char login_failure_sql[], login_failure_words[];
const Subject subject_login_failure = {"login_failure",
                                       "login_failure",
                                       fields,
                                       grants,
                                       routes,
                                       NULL,
                                       login_failure_sql,
                                       .words = login_failure_words,
                                       .key = "person"};
