/* What a person is in one meeting beside the invitation, at a host's word: `barred`, removed for
 * good, or `deputy`, who may do in the room what a host does. Main thread for the queue, any
 * connection for reading; who may say so is the caller's to check. */
#pragma once

#include "store/audit.h"
#include "store/database.h"

typedef enum { STANDING_NONE, STANDING_BARRED, STANDING_DEPUTY } Standing;

typedef enum {
  STANDING_BAR,     /* FORBIDDEN for the meeting's hosts, and for staff however they came in */
  STANDING_READMIT, /* who was barred; else nothing changes. Becoming a host does the same */
  STANDING_APPOINT, /* a deputy; FORBIDDEN for guests and for who was barred meanwhile */
  STANDING_DISMISS, /* a deputy; else nothing changes */
} StandingStep;

/* Of nobody special: STANDING_NONE. false with error. */
bool standing_read(sqlite3 *db, const char *meeting, const char *person, Standing *standing,
                   GError **error);
/* Writer. Each change is audited; a step to where somebody is already writes nothing. changed:
 * whether it was one, or NULL. */
bool standing_step(sqlite3 *db, const char *meeting, const char *person, StandingStep step,
                   const Actor *by, int64_t now_ms, bool *changed, GError **error);

typedef void (*StandingStepped)(void *user, bool changed, const GError *error);
/* Asynchronously; everything is copied, done may be NULL. */
void standing_queue(Store *store, const char *meeting, const char *person, StandingStep step,
                    const Actor *by, int64_t now_ms, StandingStepped done, void *user);
