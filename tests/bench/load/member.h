/* One synthetic participant: signs in by a personal link, joins through the real signalling
 * (PROTOCOL.md), says what it shows, heeds what it is asked for, and hands its media to the stage.
 */
#pragma once

#include "http.h"
#include "seat.h"
#include "stage.h"

typedef struct Member Member;

/* What everybody has in common; borrowed. */
typedef struct {
  const char *url, *meeting;
  unsigned video_slots;
  Stage *stage;
  SSL_CTX *contexts[2]; /* two certificates: a new PeerConnection shows the other */
  char fingerprints[2][96];
  const SeatShow *show;
  const char *server_address;   /* of the candidate to take; NULL: the first IPv4 one */
  const char *listener_address; /* of those who do not publish; NULL: any */
  GPtrArray *pictures;          /* char *: pids of those who publish, whom all look at */
  const char *view;             /* "640x360 640x360 320x180": sizes, the speaker first; NULL: says
                                   nothing */
} MemberSetting;

typedef enum {
  MEMBER_AWAY,    /* not joined, or left */
  MEMBER_JOINING, /* until the first picture or sound that is due has come */
  MEMBER_IN,
  MEMBER_DROPPED, /* the network is gone, nobody was told */
  MEMBER_FAILED
} MemberState;

typedef enum { RETURN_BY_ICE, RETURN_ANEW } MemberReturn;

/* secret: of the personal link. */
Member *member_new(const MemberSetting *setting, const char *secret, unsigned index,
                   bool publishes);
void member_free(Member *member);
/* Signs in, asks for a token, opens the WebSocket, offers; the rest follows on the loop. */
void member_join(Member *member);
void member_leave(Member *member);
/* Loses its connections without a word, and comes back: resumes the session, and restarts ICE or
 * makes a new PeerConnection. */
void member_drop(Member *member);
void member_return(Member *member, MemberReturn how);
/* Every 50 ms or so: has the media come? Says hello to the server. */
void member_tick(Member *member, int64_t now_us);

MemberState member_state(const Member *member);
const char *member_trouble(const Member *member); /* NULL when all is well */
Seat *member_seat(Member *member);                /* NULL when it has none */

/* From being signed in (the click), or from the return, ms; -1: not yet. */
typedef struct {
  double answer, connected, first_packet, first_picture;
} MemberTimes;
MemberTimes member_times(const Member *member);
