/* Limits (limit-table.h) of many by name: of addresses, accounts, sessions. Any thread.
 *
 * The table is bounded: the one who did nothing for the longest is forgotten first, so that filling
 * it with names gains nobody more than a fresh name does. */
#pragma once

#include "base/limit-table.h"

typedef struct Throttle Throttle;

Throttle *throttle_new(void);
void throttle_free(Throttle *throttle);

/* Uses up one of who's; false when there is none left. */
bool throttle_use(Throttle *throttle, LimitName name, const char *who, int64_t now_us);
/* Whether who has one left. */
bool throttle_left(Throttle *throttle, LimitName name, const char *who, int64_t now_us);
unsigned throttle_count(Throttle *throttle);
