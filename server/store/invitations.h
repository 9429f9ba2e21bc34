/* What meetings.c and invitations.c share; the public functions are in meetings.h. Writer. */
#pragma once

#include "store/meetings.h"

/* CONFLICT when it has ended or was cancelled, NOT_FOUND when there is none. */
bool meeting_is_ahead(sqlite3 *db, const char *id, GError **error);
/* INVALID when there is no such person, the account is closed or an administrator's. */
bool person_is_invitable(sqlite3 *db, const char *id, GError **error);
/* Adds or renews the invitation, without a link; makes the guest. id gets 17 bytes. */
bool invitation_insert(sqlite3 *db, const char *meeting, const InvitationNew *invitation,
                       int64_t now_ms, char *id, GError **error);
/* The planned end moved: every link, and the sessions that came by one, move along
 * (link-expiry.h). */
bool invitations_move_links(sqlite3 *db, const char *meeting, int64_t old_end_ms,
                            int64_t new_end_ms, int64_t now_ms, GError **error);
