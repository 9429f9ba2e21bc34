/* One synthetic participant: signs in by a personal link, joins through the real signalling
 * (PROTOCOL.md) and hands its media to the stage. Main thread. */
#pragma once

#include "rest.h"
#include "stage.h"

typedef struct Member Member;

typedef struct {
  const char *url, *meeting;
  unsigned video_slots;
  Stage *stage;
  SSL_CTX *context;
  char fingerprint[96];
  const char *server_address; /* of the candidate to take; NULL: the first IPv4 one */
} MemberSetting;

/* secret: of the personal link. seat: owned by the stage once the answer came. */
Member *member_new(const MemberSetting *setting, const char *secret, const SeatPlan *plan);
/* Signs in and opens the WebSocket; the rest follows on the main loop. */
bool member_join(Member *member, GError **error);
void member_leave(Member *member);
bool member_joined(const Member *member);         /* the answer was taken */
bool member_gone(const Member *member);           /* the socket is closed */
const char *member_trouble(const Member *member); /* NULL when all is well */
double member_answer_ms(const Member *member);    /* from the call of join to the answer */
void member_free(Member *member);
