/* The limits by which attendance is drafted, as dated rows: a meeting is judged by those in force
 * when it was opened, so that a changed limit never changes last year.
 *
 * The configuration says today's limits. When the server starts with others than those of the
 * newest row, a new row begins then. The first row holds for everything before it too. */
#pragma once

#include "base/config.h"
#include "store/database.h"

typedef struct {
  int version; /* 1, 2, … */
  int late_after_min, left_early_min;
  int present_percent;      /* 67 stands for two thirds exactly */
  int window_people;        /* so many make a meeting (duty/window.h) */
  int window_share_percent; /* and so much of the most who were there */
  int window_quiet_min;     /* quiet that closes it after the planned end */
} AttendanceRule;

/* On the writer, in a transaction; store_open calls it before anybody reads. */
bool rules_keep(sqlite3 *db, const Config *config, int64_t now_ms, GError **error);
/* The row in force at that time. */
bool rules_at(sqlite3 *db, int64_t at_ms, AttendanceRule *rule, GError **error);
