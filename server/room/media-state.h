/* A participant's media: what is switched on, the peer of the engine, offers, pictures wanted, and
 * who is in the receiving slots. Main thread. */
#pragma once

#include "room/inner.h"

/* Closes the engine's peer, when there is one. */
void media_close(Participant *participant);
/* mic, camera or screen (with its sound). by: the host who does it, or NULL. */
void media_switch(Participant *participant, Source source, bool on, const Participant *by,
                  int64_t now_us);
/* Everything in the slots goes out with the next flush. */
void media_tell_slots(Participant *participant);
/* Sends the slots that changed to the client and a changed view to the engine. */
void media_flush(Participant *participant);
/* The engine's event. */
void media_slot(Participant *participant, const char *name, uint32_t publisher, Source source);
/* The engine's event: nobody takes other layers of the source than these. */
void media_demand(Participant *participant, Source source, const char (*layers)[17],
                  unsigned count);
/* The engine's event: what the way to the client carries, and what it would take. */
void media_downlink(Participant *participant, int64_t bps, int64_t wanted_bps);
/* Both again, after a resume. */
void media_retell(Participant *participant);
/* They were about a PeerConnection that is gone. */
void media_forget(Participant *participant);
/* Whether the connection still waits for the answer to this request of the engine; it does no
 * longer. *id: of the client's request. */
bool media_take_offer(Participant *participant, uint32_t request, uint32_t *id);
/* Another PeerConnection begins, with empty slots. What the client was told of those before may
 * have reached it after it made the new one, and would stand in its table. */
void media_begins_anew(Participant *participant);
