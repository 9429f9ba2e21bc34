/* Recordings that have become too old (the setting recording_days) are removed by the server.
 *
 * Whoever presides in the meeting, and who made it, is told RECORDING_WARN_DAYS before; nothing is
 * removed of which they were not told so long before, also where the days were set to fewer since
 * or a hold was released. What is held is left alone. Source of the rule: domain.md section 7,
 * "retention per class"; of what a class is without days (cases), it says permanent, and so is the
 * setting's default. */
#pragma once

#include <glib.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#define RECORDING_WARN_DAYS 7

struct Model;

/* On the writer, from time to time: tells, and removes, a hundred at most. *removed: how many;
 * their files go then (recordings/removal.h). zone: in which days are told. */
bool recordings_retain(sqlite3 *db, const struct Model *model, const char *zone, int64_t now_ms,
                       unsigned *removed, GError **error);
