/* What meetings.c and invitations.c share; the public functions are in meetings.h. Writer. */
#pragma once

#include "store/meetings.h"

/* CONFLICT when it has ended or was cancelled, NOT_FOUND when there is none. */
bool meeting_is_ahead(sqlite3 *db, const char *id, GError **error);
/* INVALID when there is no such person or the account is closed. */
bool person_is_active(sqlite3 *db, const char *id, GError **error);
/* Adds or renews the invitation, without a link; makes the guest. id gets 17 bytes. */
bool invitation_insert(sqlite3 *db, const char *meeting, const InvitationNew *invitation,
                       int64_t now_ms, char *id, GError **error);
