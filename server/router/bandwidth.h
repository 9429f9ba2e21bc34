/* How much the way to one receiver carries: send-side congestion control.
 *
 * After draft-ietf-rmcat-gcc-02: a delay-based estimate (trend.h feeds an additive-increase,
 * multiplicative-decrease controller, §5.5) and a loss-based one (§6); the lower of the two is the
 * target. Both lean on the acknowledged bitrate, what really came through. Receivers report with
 * transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01); what
 * the others tell, and when this estimate counts, is in capacity.h.
 *
 * Where we left the draft:
 * - A trend counts as overuse only if there is a queue (backlog.h): jitter has trends too, and a
 *   receiver behind it was left without pictures. A long queue is overuse without any trend: once
 *   it is full it grows no more, and would stay; then every two seconds, as follows.
 * - On a way that suddenly carries much less pictures wait until the queue is gone (stall.h).
 * - For a queue that does not grow after we yielded we do not yield again, for two seconds: ours
 *   empties. A way that became longer, with some jitter, cost half of what it carried.
 * - A queue that stays when we yield is another's (TCP fills whatever there is). Then delay says
 *   nothing of our share, and only loss limits us, as it limits TCP, until the queue is gone.
 * - Loss that stays when we yield is the way's own (loss.h).
 *
 * A sender that has less to send than the target learns nothing from sending it. So the estimate
 * does not grow beyond what came through; whoever wants more asks for a probe: a short burst at a
 * higher rate, whose spacing on arrival tells what the way would carry.
 *
 *   bandwidth_sent ──▶ ring of packets ◀── bandwidth_feedback ──▶ Trend, Backlog, Stall, Loss,
 *                                                            └──▶ target_bps            Probe
 *
 * One a subscriber; media thread; time is passed in.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "wire/rtcp.h"

#define BANDWIDTH_PACKETS 2048 /* on their way at most: 2 s of 8 Mbit/s; a power of two */
#define BANDWIDTH_FIRST_BPS 600000

#define BANDWIDTH_NO_SLOT 255
#define BANDWIDTH_MISSING_MAX 64

typedef struct Bandwidth Bandwidth;

/* What a packet carried: slot NO_SLOT for what is not sent again. */
typedef struct {
  uint8_t slot;
  uint16_t number; /* RTP sequence number */
} BandwidthLabel;

/* What the receiver said for the first time that it lacks. */
typedef struct {
  unsigned count;
  BandwidthLabel labels[BANDWIDTH_MISSING_MAX];
} BandwidthMissing;

/* Packets: judged lost; of these, said to have come after all; said to have come, but never sent.
 */
typedef struct {
  uint64_t lost, revived, unsent;
} BandwidthClaims;

Bandwidth *bandwidth_new(void);
void bandwidth_free(Bandwidth *bandwidth);
/* The way is another one, or was cut for a while: nothing is known of what it carries. */
void bandwidth_restart(Bandwidth *bandwidth);

/* Fetches into the cache what sending takes, in two steps a memory access apart. */
void bandwidth_prefetch(const Bandwidth *bandwidth, unsigned step);

/* The transport-wide sequence number of the next packet. */
uint16_t bandwidth_sequence(const Bandwidth *bandwidth);
/* It is sent, of so many bytes on the wire. */
void bandwidth_sent(Bandwidth *bandwidth, unsigned bytes, BandwidthLabel label, int64_t now_us);
/* All that was sent so far has left this machine, at that time at the latest. */
void bandwidth_left(Bandwidth *bandwidth, int64_t left_us);
/* True when something else may be sent than before, and at once. missing: added to; NULL where
 * nobody repairs. */
bool bandwidth_feedback(Bandwidth *bandwidth, const RtcpTwcc *twcc, BandwidthMissing *missing,
                        int64_t now_us);
/* What was said that does not fit together, since the connection began. */
BandwidthClaims bandwidth_claims(const Bandwidth *bandwidth);
/* Every 20 ms or so: a receiver that falls silent is trusted less and less. */
void bandwidth_tick(Bandwidth *bandwidth, int64_t now_us);

/* What may be sent, media, retransmissions and padding together. */
int64_t bandwidth_target_bps(const Bandwidth *bandwidth);
/* How fast a burst may be sent: a multiple of the target, or half of what bursts were seen to
 * arrive with, whichever is more; hardly more than the target where the way is full; 0 while what
 * was sent has to come through first (stall.h). */
int64_t bandwidth_pace_bps(const Bandwidth *bandwidth);
/* There was a queue on the way in the last half minute: it carries no more than the target. */
bool bandwidth_full(const Bandwidth *bandwidth);
/* What came through in the last half second; 0 when unknown. */
int64_t bandwidth_acked_bps(const Bandwidth *bandwidth);
/* From sending to the feedback's coming, smoothed; 0 when unknown. */
int64_t bandwidth_rtt_us(const Bandwidth *bandwidth);
/* Of the packets told of, over the last second or so: 0…1. */
double bandwidth_loss(const Bandwidth *bandwidth);

/* wanted_bps: what one would send if it were certain to fit. Returns how many bytes of padding to
 * send now, on top of all else: a probe begins or goes on, and what is sent anyhow is part of it.
 * Call it every few milliseconds. */
unsigned bandwidth_padding(Bandwidth *bandwidth, int64_t wanted_bps, int64_t now_us);
/* No probe is under way any more; what was sent of one tells nothing. */
void bandwidth_end_probe(Bandwidth *bandwidth);
/* A probe is under way. */
bool bandwidth_probes(const Bandwidth *bandwidth);
