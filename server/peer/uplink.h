/* The receiving half of a peer: its published RTP streams, from decrypted packets to tracks.
 *
 * Finds which m-line an SSRC belongs to (named in the offer, by the mid extension, or by a payload
 * type that only one m-line has) and, with simulcast, to which layer of it, and keeps that, since
 * browsers stop sending mid and rid after the first receiver report; takes RTX apart (RFC 4588);
 * drops what came twice; gives each packet its capture time, audio level and key-frame mark; asks
 * again for what is missing, reports reception (RR) and arrival times (transport-wide feedback),
 * and asks for key frames. Owned by one media thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "peer/negotiate.h"
#include "router/packet.h"
#include "wire/rtcp.h"

typedef struct Uplink Uplink;

typedef enum {
  UPLINK_FORWARDED,
  UPLINK_PADDING, /* a probe without media */
  UPLINK_MALFORMED,
  UPLINK_UNKNOWN_SSRC,
  UPLINK_DUPLICATE
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

/* plan, pool: borrowed, must outlive it. plan may change under it: see uplink_replan. */
Uplink *uplink_new(const MediaPlan *plan, PacketPool *pool, const UplinkSink *sink, void *user);
/* Ends every stream. */
void uplink_free(Uplink *uplink);

/* The plan changed: ends the streams of m-lines that do not send any more. */
void uplink_replan(Uplink *uplink);

/* One decrypted packet. */
UplinkVerdict uplink_receive(Uplink *uplink, const uint8_t *data, size_t len, int64_t arrival_us);
/* Something else came from the peer. */
void uplink_heard(Uplink *uplink, int64_t arrival_us);
void uplink_sender_report(Uplink *uplink, const RtcpSenderInfo *info, int64_t arrival_us);
/* Every 10 ms while it is sent anything, else every 50: NACK, feedback, receiver reports. rtt_us: 0
 * when unknown. */
void uplink_tick(Uplink *uplink, int64_t now_us, int64_t rtt_us);
bool uplink_receives(const Uplink *uplink);
/* Asks the publisher for a key frame of this layer. */
void uplink_keyframe(Uplink *uplink, Source source, unsigned layer);
/* Of all its pictures, in all layers. */
void uplink_keyframes(Uplink *uplink);
