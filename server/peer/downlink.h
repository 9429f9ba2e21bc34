/* The sending half of a peer: its slots, from the router to encrypted datagrams.
 *
 * Implements the router's SlotSink: a packet gets the slot's header and is encrypted where it will
 * be sent from. Reads what the receiver says: NACK → what the router still holds, as RTX (RFC
 * 4588); PLI and FIR → a key frame; receiver reports → round-trip time. Sends the slots'
 * sender reports on the server's clock, one CNAME a slot (platform.md: publishers' clocks passed
 * through made buffers climb past 740 ms). Numbers what it sends transport-wide and reads the
 * feedback, REMB and receiver reports: how much the way carries is in its Capacity, from which the
 * router's choice of layers follows; probes for more go as padding on RTX. Owned by one media
 * thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "peer/counters.h"
#include "peer/egress.h"
#include "peer/negotiate.h"
#include "peer/srtp.h"
#include "router/capacity.h"
#include "router/router.h"
#include "wire/rtcp.h"

typedef struct Downlink Downlink;

/* The sink to give to router_add_subscriber, with the Downlink as its user. */
extern const SlotSink downlink_sink;

typedef void (*DownlinkAssigned)(void *user, const char *slot, const TrackInfo *track);

/* plan, egress, flow, counters: borrowed; what its stats count by reason is counted there, too.
 * assigned: told when a slot that the client negotiated changes, or ceases to be one. */
Downlink *downlink_new(const MediaPlan *plan, Egress *egress, EgressFlow *flow, Counters *counters,
                       DownlinkAssigned assigned, void *user);
void downlink_free(Downlink *downlink);

/* The plan changed. */
void downlink_replan(Downlink *downlink);
/* Sends with these keys from now on; NULL: nothing is sent. Borrowed. */
void downlink_set_srtp(Downlink *downlink, Srtp *srtp);
/* Who is asked for repairs and key frames; borrowed, NULL for nobody. */
void downlink_set_subscriber(Downlink *downlink, Subscriber *subscriber);

/* Tells of each slot that carries somebody that it is empty: what follows begins anew. */
void downlink_empty(Downlink *downlink);

/* One packet of a compound from the receiver; those that are not for slots are ignored. */
void downlink_feedback(Downlink *downlink, const RtcpPacket *packet, int64_t now_us);
/* Every 50 ms, every 10 while it probes: probes, the budget, sender reports. */
void downlink_tick(Downlink *downlink, int64_t now_us, int64_t wall_us);
bool downlink_probes(const Downlink *downlink);
/* The receiver moved or came back: asks for fresh pictures in all slots, and knows nothing any more
 * of what the way to it carries. */
void downlink_restart(Downlink *downlink, int64_t now_us);
/* The receiver has been silent for long: notes where the slots' time lines stand, before their
 * subscriber is paused … */
void downlink_quiet(Downlink *downlink, int64_t now_us);
/* … and sends, every second or so, their sender reports and a packet of padding, for it to answer.
 */
void downlink_trickle(Downlink *downlink, int64_t now_us, int64_t wall_us);
/* Packets of media sent so far, modulo 2^32. */
uint32_t downlink_packets(const Downlink *downlink);
/* Encrypts and queues RTCP of this peer, the uplink's too. */
void downlink_send_rtcp(Downlink *downlink, const uint8_t *data, size_t len);

/* Round-trip time from the newest receiver report, 0 when unknown. */
int64_t downlink_rtt_us(const Downlink *downlink);

/* What the way carries, as far as the receiver tells. Borrowed. */
const Capacity *downlink_capacity(const Downlink *downlink);

/* Its part of them. */
void downlink_figures(const Downlink *downlink, PeerFigures *figures);

typedef struct {
  uint64_t nacked, keyframes_asked, sender_reports, padding;
  uint64_t repairs[REPAIR_COUNT]; /* by verdict; SENT: packets, a number may be sent twice */
  uint64_t unsent[UNSENT_REASONS];
} DownlinkStats;
const DownlinkStats *downlink_stats(const Downlink *downlink);
