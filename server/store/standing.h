/* What a person is in one meeting beside the invitation, at a host's word: `barred`, removed for
 * good, or `deputy`, who may do in the room what a host does. Main thread for the queue, any
 * connection for reading; who may say so is the caller's to check. */
#pragma once

#include "store/audit.h"
#include "store/database.h"

typedef enum { STANDING_NONE, STANDING_BARRED, STANDING_DEPUTY } Standing;

/* Of nobody special: STANDING_NONE. false with error. */
bool standing_read(sqlite3 *db, const char *meeting, const char *person, Standing *standing,
                   GError **error);
/* Writer. The newest word counts; each is audited. */
bool standing_set(sqlite3 *db, const char *meeting, const char *person, Standing standing,
                  const Actor *by, int64_t now_ms, GError **error);

typedef void (*StandingSet)(void *user, const GError *error);
/* Asynchronously; everything is copied, done may be NULL. */
void standing_queue(Store *store, const char *meeting, const char *person, Standing standing,
                    const Actor *by, int64_t now_ms, StandingSet done, void *user);
