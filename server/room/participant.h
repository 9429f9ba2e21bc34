/* One device of one person in a room, connected or away. Main thread. */
#pragma once

#include "room/inner.h"

typedef struct {
  const char *person, *name, *kind, *capacity, *link; /* link NULL: came by an account */
  const char *session;                                /* as in JoinGrant */
  bool host, deputy, staff;                           /* likewise */
} ParticipantFacts;

/* Strings are copied. Not yet in any roster, not connected. */
Participant *participant_new(Room *room, const ParticipantFacts *facts, int64_t now_us);
/* Closes its media peer and forgets its session; asserts that it is not connected. */
void participant_free(Participant *participant);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Participant, participant_free)

/* Opens a presence segment for this connection. */
void participant_attach(Participant *participant, const RoomHello *hello, const RoomLink *link,
                        int64_t now_us);
/* Closes the segment as of at_us; the link is forgotten, not closed. */
void participant_detach(Participant *participant, const char *ended_by, int64_t at_us);
/* Tells `bye` when reason is not NULL, closes the connection and detaches. Does nothing when away.
 */
void participant_close(Participant *participant, const char *bye, unsigned code,
                       const char *ended_by, int64_t at_us);
/* The last sign of life that the store will accept as the end of the segment. */
int64_t participant_last_seen(const Participant *participant);
/* Heartbeat missed, resume window passed: false when the participant is gone (freed). */
bool participant_tick(Participant *participant, int64_t now_us);
/* name, kind, capacity and host as they are now; tells everybody, and itself what it may do. */
void participant_update(Participant *participant, const ParticipantFacts *facts);
/* Sends it away; by: the person who did; for_good: it may not come back. The caller releases the
 * room afterwards. */
void participant_remove(Participant *participant, const char *by, bool for_good, int64_t now_us);
/* Its right to be here has ended: that is nobody's act. The caller releases the room afterwards. */
void participant_revoke(Participant *participant, int64_t now_us);
/* It makes room for a newer connection of the same person. The caller releases the room. */
void participant_replace(Participant *participant, int64_t now_us);
/* Takes it out of its room and frees it, telling everybody. */
void participant_gone(Participant *participant, int64_t now_us);
