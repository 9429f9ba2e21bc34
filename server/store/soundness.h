/* Whether the database is whole. To know it, all of it has to be read: a small one is checked
 * before it serves, a large one while it serves, on a thread and connection of its own. Damage that
 * is found then is logged, noted in the database and told by /healthz; a database with such a note
 * is checked before it serves, whatever its size, so that the next start refuses it. */
#pragma once

#include "store/database.h"

/* In front, when it is small or damage is noted: false when it is damaged. Otherwise *later says
 * that it is still to be checked. A note that is not true any more is taken away. */
bool soundness_first(sqlite3 *db, const char *path, const Config *config, bool *later,
                     GError **error);

typedef struct Soundness Soundness;

/* Begins to check it while it serves; store is borrowed. */
Soundness *soundness_new(Store *store, const char *path);
/* Breaks it off, or waits for its last step. NULL is fine. */
void soundness_free(Soundness *soundness);
