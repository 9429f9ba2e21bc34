/* Offer to answer (RFC 8829): what a client's m-lines become, and the text that tells it.
 *
 * The client offers, the server answers, always. Sending m-lines named in `sources` become uplinks;
 * receiving ones become slots in their order: the first three audio a0…a2, video v0…, and the last
 * of two or more receiving video m-lines s0, the screen. Everything is kept over later offers (same
 * mid, same slot, same SSRC); new receiving m-lines after the first offer get no slot. VP8 and Opus
 * only, with retransmission (RFC 4588) and redundant audio (RFC 2198) where they are offered. An
 * m-line that cannot be used is answered inactive, or with port 0.
 *
 * A function of its arguments and of random SSRCs; touches nothing when it fails. Any thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "peer/engine.h"
#include "wire/sdp.h"

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

typedef struct {
  unsigned media_count, video_slots;
  bool has_slots; /* the row of slots is fixed since the first offer with receiving m-lines */
  char remote_ufrag[257];
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

typedef struct {
  const char *code, *message; /* as engine.h's answer event; constants */
} NegotiateError;

/* plan: zeroed before the first offer. Returns the answer (free with free()), or NULL with *error.
 */
char *negotiate(const Sdp *offer, const EngineSource *sources, unsigned source_count,
                const NegotiateSelf *self, MediaPlan *plan, NegotiateError *error);

/* Does this offer continue the connection of plan (same certificate, m-lines in place), or is it a
 * new PeerConnection? */
bool negotiate_continues(const Sdp *offer, const MediaPlan *plan);
/* True when the offer brings new ICE credentials (RFC 8445 §9). */
bool negotiate_restarts_ice(const Sdp *offer, const MediaPlan *plan);
