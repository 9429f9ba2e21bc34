/* The SDP of a synthetic participant: what it offers, and what an answer (or an offer of a server
 * that offers itself) says about the streams. */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>

#include "seat.h"
#include "wire/sdp.h"

enum { OFFER_AUDIO_TYPE = 111, OFFER_VIDEO_TYPE = 96, OFFER_RTX_TYPE = 97, OFFER_RED_TYPE = 63 };

typedef struct {
  Seat *seat;
  const char *fingerprint;
  bool sends, simulcast, active;     /* active: insists on being the DTLS client */
  bool silent;                       /* what comes is not numbered: no transport-wide feedback */
  unsigned audio_slots, video_slots; /* receiving m-lines, behind the two that send */
} OfferSetting;

/* Free with free(). */
char *offer_write(const OfferSetting *setting);
/* The answer to an offer that only sends to us: receives every m-line. Free with free(). */
char *offer_answer(const Sdp *offer, Seat *seat, const char *fingerprint);
/* What the other side says; slots have no names yet. mids: of the slots, to find their names. */
void offer_read(const Sdp *sdp, SeatLayout *layout, char mids[SEAT_SLOTS_MAX][17]);
/* The candidate with this address (NULL: the first IPv4 one over UDP). */
bool offer_candidate(const char *sdp, const char *address, struct sockaddr_in *out);
