/* The receiving half of a peer: its published RTP streams, from decrypted packets to tracks.
 *
 * demux.h tells whose a packet is. Here RTX (RFC 4588) and RED are taken apart; what came twice is
 * dropped; each packet gets its number and epoch, capture time, audio level and VP8 descriptor.
 * What is missing is asked for again, reception (RR) and arrival times (transport-wide feedback)
 * are reported, key frames asked for. A source's track begins with its first packet and lasts over
 * all its SSRCs. Owned by one media thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limit.h"
#include "peer/intake.h"
#include "peer/negotiate.h"
#include "peer/receive.h"
#include "router/packet.h"
#include "wire/rtcp.h"

typedef struct Uplink Uplink;

/* What a client may bring in all its PeerConnections together; zeroed: nothing was brought yet.
 * Each source has its own: a microphone waits for no picture. */
typedef struct {
  Limit beginning[SOURCE_COUNT];              /* tracks */
  Limit learning[SOURCE_COUNT];               /* SSRCs */
  Intake intake[SOURCE_COUNT];                /* packets … */
  ReceiveGaps gaps[SOURCE_COUNT][LAYERS_MAX]; /* … and the numbers between them that have none */
} UplinkLimits;

typedef enum {
  UPLINK_FORWARDED,
  UPLINK_PADDING, /* a probe without media */
  UPLINK_MALFORMED,
  UPLINK_UNKNOWN_SSRC, /* or another codec, or a track too many in short time */
  UPLINK_DUPLICATE,
  UPLINK_EXCESS /* more than is taken of its source (intake.h) */
} UplinkVerdict;

/* What an uplink tells its peer; none of them may call back into the uplink. */
typedef struct {
  /* A source's first packet came; its packets follow. */
  void (*begin)(void *user, Source source, uint32_t clock_rate, unsigned layers);
  void (*media)(void *user, Source source, Packet *packet);
  void (*end)(void *user, Source source);
  /* This SSRC is (or is no longer) this peer's. */
  void (*ssrc)(void *user, uint32_t ssrc, bool on);
  /* Sends one RTCP packet or compound. */
  void (*rtcp)(void *user, const uint8_t *data, size_t len);
} UplinkSink;

/* plan, pool, limits: borrowed, must outlive it. plan may change under it: see uplink_replan. */
Uplink *uplink_new(const MediaPlan *plan, PacketPool *pool, UplinkLimits *limits,
                   const UplinkSink *sink, void *user);
/* Ends every stream. */
void uplink_free(Uplink *uplink);

/* The plan changed: ends the sources whose m-lines do not send any more. One whose layers changed
 * begins anew with its next packet. */
void uplink_replan(Uplink *uplink);

/* One decrypted packet. */
UplinkVerdict uplink_receive(Uplink *uplink, const uint8_t *data, size_t len, int64_t arrival_us);
/* Something else came from the peer. */
void uplink_heard(Uplink *uplink, int64_t arrival_us);
void uplink_sender_report(Uplink *uplink, const RtcpSenderInfo *info, int64_t arrival_us);
/* Every 10 ms while it is sent anything, else every 50: NACK, feedback, receiver reports. rtt_us: 0
 * when unknown. */
void uplink_tick(Uplink *uplink, int64_t now_us, int64_t rtt_us);
/* Share of its packets that did not come at first, over the last second or so: 0…1. */
double uplink_loss(const Uplink *uplink);
bool uplink_receives(const Uplink *uplink);
/* Asks the publisher for a key frame of this layer. */
void uplink_keyframe(Uplink *uplink, Source source, unsigned layer);
/* Of all its pictures, in all layers. */
void uplink_keyframes(Uplink *uplink);
