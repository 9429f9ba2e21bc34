/* Whether the server can do its work: the database answers, and there is room on the disk. Runs on
 * the store's probe thread (store_probe), behind nobody's reads or writes. */
#pragma once

#include "api/api.h"

#define HEALTH_PATH "/healthz"

/* 200 {"status":"ok",version,uptime_s,pdf}, the last whether forms can be printed as PDF, or 503
 * {"status":"failing",…,checks:{name:reason}}. */
void health_check(const Config *config, sqlite3 *db, int64_t started_us, int64_t now_us,
                  ApiResponse *response);
