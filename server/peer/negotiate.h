/* Offer to answer (RFC 8829): what a client's m-lines become, and the text that tells it.
 *
 * The client offers, the server answers, always. Sending m-lines named in `sources` become uplinks;
 * receiving ones become slots in their order: the first three audio a0…a2, video v0…, and the last
 * of two or more receiving video m-lines s0, the screen. Everything is kept over later offers (same
 * mid, same slot, same SSRC); new receiving m-lines after the first offer get no slot. VP8 and Opus
 * only, with retransmission (RFC 4588) and redundant audio (RFC 2198) where they are offered. An
 * m-line that cannot be used is answered inactive, or with port 0; one that changes its kind, or a
 * payload type that means two things, makes the whole offer wrong.
 *
 * The m-lines share one transport (RFC 9143): that of the first in the BUNDLE group which is not
 * refused; the others need not say how they are reached.
 *
 * A function of its arguments and of random SSRCs; touches nothing when it fails. Any thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "peer/engine.h"
#include "wire/sdp.h"

/* Header extensions that are understood (RFC 9143, RFC 8852, RFC 6464). */
#define URI_MID "urn:ietf:params:rtp-hdrext:sdes:mid"
#define URI_RID "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
#define URI_REPAIRED "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
#define URI_LEVEL "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
#define URI_TWCC "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"

typedef enum {
  PLAN_REJECTED, /* port 0 */
  PLAN_INACTIVE, /* negotiated, but nothing flows */
  PLAN_UPLINK,   /* the client sends */
  PLAN_SLOT      /* the client receives */
} PlanUse;

typedef struct {
  char mid[17];
  SdpKind kind;
  PlanUse use;
  uint8_t payload_type, rtx_payload_type; /* rtx 0: none */
  uint8_t red_payload_type; /* sound: redundant audio (RFC 2198), offered either way; 0: none */
  uint32_t clock_rate;
  bool nack;
  /* Transport-wide sequence numbers, either way: the client's id for them, 0 without. */
  uint8_t twcc_extension;
  bool remb; /* slot: the receiver says what its way carries, having no transport-wide numbers */
  /* Uplink: the client's extension ids, 0 when absent, and the SSRCs its offer names, or 0. */
  Source source;
  uint8_t mid_extension, level_extension, rid_extension, repaired_extension;
  uint32_t remote_ssrc[LAYERS_MAX], remote_rtx_ssrc[LAYERS_MAX];
  /* Simulcast (RFC 8853): its rids in the offer's order, smallest layer first; 0: none. */
  unsigned rid_count;
  char rids[LAYERS_MAX][17];
  /* Slot. A slot keeps its name and SSRCs while its m-line is inactive. */
  bool has_slot;
  unsigned slot; /* index in the row a0 a1 a2 v0 … s0 */
  char name[8];
  uint32_t ssrc, rtx_ssrc;
} PlanMedia;

#define CONNECTION_BYTES 65 /* PROTOCOL.md: 64 characters of ASCII */

typedef struct {
  unsigned media_count, video_slots;
  bool has_slots;    /* the row of slots is fixed since the first offer with receiving m-lines */
  bool reduced_rtcp; /* the client takes RTCP that does not begin with a report (RFC 5506) */
  /* By what the client's next offer tells whether it is of the same PeerConnection. */
  uint64_t origin, tls_id; /* Sdp's */
  char connection[CONNECTION_BYTES];
  char remote_ufrag[257], remote_pwd[257];
  char remote_hash[16], remote_fingerprint[96];
  PlanMedia media[SDP_MAX_MEDIA];
} MediaPlan;

typedef struct {
  const char *ufrag, *pwd, *fingerprint; /* ours */
  const char *const *candidates;
  unsigned candidate_count;
  uint64_t session; /* o= line: stays the same over a connection's answers */
  unsigned version; /* counts them */
  unsigned video_slots_max;
} NegotiateSelf;

/* plan: zeroed before the first offer. Returns the answer (free with free()), or NULL with *error.
 */
char *negotiate(const Sdp *offer, const EngineOffer *with, const NegotiateSelf *self,
                MediaPlan *plan, EngineError *error);

/* Is this the first offer of another PeerConnection than the one that made plan?
 *
 * What the client calls its connection says so, another certificate, another tls-id (RFC 8842). One
 * certificate for several connections is allowed (W3C, RTCConfiguration), and then an o= line that
 * differs may mean two things: a browser's says that it is another connection, while aiortc and
 * werift make a new one for each offer. So it counts only where the m-lines do not fit; else the
 * offer is taken for an ICE restart, and the client's ClientHello, when one follows, begins another
 * DTLS association (peer.h). */
bool negotiate_is_new(const Sdp *offer, const char *connection, const MediaPlan *plan);
/* True when the offer brings new ICE credentials (RFC 8445 §9). */
bool negotiate_restarts_ice(const Sdp *offer, const MediaPlan *plan);

/* negotiate's second half, negotiate-answer.c: the text. Free with free(). */
char *negotiate_answer(const Sdp *offer, const MediaPlan *plan, const NegotiateSelf *self);
/* An m-line's codec that can be used: Opus or VP8; NULL without one. */
const SdpCodec *negotiate_codec(const SdpMedia *media);
