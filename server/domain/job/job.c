/* Tasks that the server does by itself (定时任务), as store/jobs.h notes them. Nothing here writes.
 */
#include "domain/list.h"

#include "store/jobs.h"
#include "store/people.h"

static const Field fields[] = {
    WORD("name", JOB_NAMES, .at = "", .flags = GIVEN),
    TIME("last_started_at", .flags = GIVEN),
    TIME("last_ended_at", .flags = GIVEN),
    TIME("next_at", .flags = GIVEN | OPTIONAL),
    WORD("result", "ok failed", .flags = GIVEN),
    TEXT("message", 0, 500, .flags = GIVEN | OPTIONAL, .about = "why it failed, of the last time"),
    INT("failures", 0, INT32_MAX, .flags = GIVEN, .about = "in a row, up to the last time"),
    END,
};

static const Grant grants[] = {
    {ROLE_SYSTEM_ADMIN, "all", "read export", NULL},
    {0},
};

static const List all = {NULL, NULL, "name -last_ended_at", NULL, 200};

static const Route routes[] = {
    {R_LIST, "jobs", "read", .list = &all},
    {0},
};

extern const char job_sql[], job_words[];
const Subject subject_job = {
    "job", "job", fields, grants, routes, NULL, job_sql, .words = job_words, .key = "name"};
