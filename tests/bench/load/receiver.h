/* One slot that a participant receives, judged as a browser would: what is missing, what is asked
 * for again, which pictures are whole and can be decoded, how long the picture stood still. Written
 * against the RFCs and not on the server's own reception code: two independent ends meet. Embedded
 * in a Seat. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "figures.h"
#include "wire/red.h"
#include "wire/rtcp.h"
#include "wire/rtp.h"
#include "wire/seq.h"

#define RECEIVER_RING 512 /* packets that wait for what is missing; a power of two */
#define RECEIVER_HOLES 96 /* missing at once; more are given up at once */

typedef struct {
  uint16_t sequence;
  uint8_t what; /* flags of receiver.c */
  uint8_t tl0picidx;
} ReceiverPacket;

typedef struct {
  uint64_t sequence;
  int64_t since_us, asked_us; /* asked 0: not yet */
  unsigned tries;
  bool copied; /* a later packet brought its sound */
} ReceiverHole;

typedef struct {
  uint32_t ssrc, rtx_ssrc;
  uint32_t clock_rate;
  uint8_t red_type; /* payload type of packets with copies; 0: there are none */
  bool video;
  char name[8]; /* of the slot, "" when the server does not say */

  SeqUnwrap unwrap;
  uint64_t highest; /* extended; 0: nothing came */
  uint64_t speech;  /* packets of it, ever */
  uint64_t first, received, expected_before, received_before;
  uint32_t jitter_16, last_sr; /* jitter: ticks, times 16 */
  int64_t last_sr_us, transit;
  unsigned hole_count;
  ReceiverHole holes[RECEIVER_HOLES]; /* oldest first */

  /* Video: in the order of sending, as a decoder takes it. */
  ReceiverPacket *ring;
  uint64_t next; /* the first packet that was not taken yet */
  bool broken;   /* what follows cannot be decoded: wants a key frame */
  uint8_t shown_tl0;
  uint16_t width; /* of the last key frame; 0: none yet */

  bool occupied;       /* somebody is in the slot */
  int64_t occupied_us; /* since when */
  int64_t waiting_us;  /* the slot was given to somebody then whose picture has not come; 0: no */
  int64_t shown_us;    /* the last whole picture; 0: none yet */
  int64_t stalled_us;  /* decoding waits since; 0: it does not */
  int64_t asked_key_us;
} Receiver;

void receiver_init(Receiver *receiver, uint32_t ssrc, uint32_t rtx_ssrc, bool video);
void receiver_clear(Receiver *receiver);
/* The network was gone: what was sent meanwhile is not lost but was never due. */
void receiver_restart(Receiver *receiver);
/* Who is in the slot changed. */
void receiver_assign(Receiver *receiver, bool occupied, Figures *figures, int64_t now_us);
/* repaired: unpacked from RTX. */
void receiver_packet(Receiver *receiver, const RtpHeader *rtp, const uint8_t *payload,
                     bool repaired, Figures *figures, int64_t now_us);
/* Numbers to ask for again now. */
size_t receiver_nacks(Receiver *receiver, int64_t rtt_us, int64_t now_us, uint16_t *out,
                      size_t max);
/* A key frame is wanted now. */
bool receiver_wants_key(Receiver *receiver, int64_t now_us);
/* Gives up what is missing for too long. */
void receiver_tick(Receiver *receiver, Figures *figures, int64_t now_us);
/* A report block (RFC 3550 §6.4.1); false when nothing came yet. */
bool receiver_report(Receiver *receiver, RtcpReport *report, int64_t now_us);
void receiver_sender_report(Receiver *receiver, const RtcpSenderInfo *info, int64_t now_us);
/* Counts what is open into the figures: how long pictures were due and stood still. */
void receiver_close_window(Receiver *receiver, Figures *figures, int64_t now_us);
