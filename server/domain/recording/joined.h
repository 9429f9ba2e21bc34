/* What was recorded of a meeting, in parts, as one time line: its zero is the beginning of the
 * first part that can be played.
 *
 * Any thread, on its own connection. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <sqlite3.h>

/* Of a row of recording_entry: {ended_at, duration_ms, bytes, all_bytes, gaps, files, tracks,
 * digests}. gaps [{at_ms, for_ms, cause}] ("stopped" by somebody, or "broken"); files of the
 * program, and everybody's single tracks, each with its place on the line; bytes of the program,
 * and of all; digests [{recording, files, sha256}], of each closed part what the audit record
 * noted of its files. A new reference, or NULL with error. */
json_t *recording_joined(sqlite3 *db, const char *entry, GError **error);

/* Gives connections that are opened from now on the function recording_joined(ENTRY) for SQL,
 * which says the same as JSON; as often as one likes. */
void recording_joined_register(void);
