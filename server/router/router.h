/* The router of one room: which packets of which track go to whom. The whole contract of the layer.
 *
 *   peer/uplink ──track_receive──▶ Track ──▶ Slot ──sink->send──▶ peer/downlink
 *                                    └─────▶ Tap (the recorder: one more subscriber)
 *
 * A Track is one published source; with simulcast it comes in up to three layers. A Subscriber is
 * one receiving peer with its fixed slots: 3 audio, V video, 1 screen. The router decides who is in
 * which slot (allocation below) and which layer of it, from the size that the client shows and from
 * what its way carries; waits for a key frame when a video slot changes its track or layer; and
 * rewrites SSRC, sequence number, timestamp and VP8 picture ids so that each slot is one unbroken
 * stream. Publishers are told which layers somebody takes.
 *
 * Allocation. Audio: the 3 loudest others by RFC 6464 level with dominant-speaker smoothing, the
 * floor holder always among them. Screen: the newest screen share. Video: what the subscriber wants
 * (its view), in that order; before it said so: floor holder, dominant speaker, then recent
 * speakers, then by age. A track that already is in a slot stays in that slot (nothing jumps).
 *
 * Owned by one media thread; nothing here is thread safe. Lower than peer: packets and requests go
 * up through RouterEvents and SlotSink, which peer implements.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "router/packet.h"
#include "router/repair.h"
#include "wire/source.h"

typedef struct Router Router;
typedef struct Track Track;
typedef struct Subscriber Subscriber;
typedef struct Relay Relay;

typedef enum { SLOT_AUDIO, SLOT_VIDEO, SLOT_SCREEN } SlotKind;

#define AUDIO_SLOTS 3
#define SCREEN_SLOTS 1
#define VIDEO_SLOTS_MAX 49
#define SLOTS_MAX (AUDIO_SLOTS + VIDEO_SLOTS_MAX + SCREEN_SLOTS)

typedef struct {
  uint32_t id;   /* unique in the server's life; names the track in taps, logs and the catalogue */
  uint32_t peer; /* who publishes it */
  Source source;
  uint32_t clock_rate; /* Hz: 48000 or 90000 */
  unsigned layers;     /* spatial layers, with simulcast up to LAYERS_MAX; 0 counts as 1 */
  bool remote;         /* relayed from another router of the same room */
} TrackInfo;

/* One wish of a view: this peer's camera, shown so large. */
typedef struct {
  uint32_t peer;
  uint16_t width, height; /* pixels; 0: not to be seen at the moment */
} View;

/* What a slot sends: the payload of a packet under a new header, with other VP8 ids (see
 * slot_packet_write). A packet that was only padding is sent with an empty payload, so that the
 * receiver sees no gap in the sequence. */
typedef struct {
  Packet *packet;      /* borrowed for the call */
  uint16_t picture_id; /* in place of its own … */
  uint8_t tl0picidx;
  size_t payload_len; /* padding removed */
  uint16_t sequence;
  uint32_t timestamp;
  bool marker;
  bool retransmit; /* send as RTX (RFC 4588); sequence is the original one */
} SlotPacket;

/* Writes its payload_len bytes of payload to out. */
void slot_packet_write(const SlotPacket *packet, uint8_t *out);

typedef struct {
  /* Sends on slot index `slot` (audio 0…, video 0…, screen 0 as one row: a0 a1 a2 v0 … s0). False:
   * it did not go out, and its number is not used up. Then the slot stops, and a moment later its
   * stream goes on with that number, a picture's from a key frame on: numbers that ran on unsent
   * would be more than the receiver's SRTP can guess (RFC 3711 §3.3.1). */
  bool (*send)(void *user, unsigned slot, const SlotPacket *packet);
  /* The slot now carries this track, NULL for nobody. Told when it is decided, before the first
   * packet. */
  void (*assigned)(void *user, unsigned slot, const TrackInfo *track);
} SlotSink;

/* No callback, of these or of a SlotSink, may call back into the router. Those not set are skipped.
 */
typedef struct {
  /* A key frame of this layer is wanted now: merged and throttled already. */
  void (*keyframe)(void *user, const TrackInfo *track, unsigned layer);
  /* Which layers of a picture somebody takes (bit i: layer i); the others need not be sent. */
  void (*demand)(void *user, const TrackInfo *track, unsigned layers);
  /* Of a remote picture, for relay_take where it was published; shown: to somebody, or it is the
   * recording's. Told at once, and when it changed. */
  void (*taken)(void *user, const TrackInfo *track, unsigned layers, bool shown);
  /* The dominant speaker changed; peer 0 for nobody. */
  void (*speaker)(void *user, uint32_t peer);
  /* A peer began or ceased to be among those heard / shown to anybody: for the event log. Told
   * where it is published. */
  void (*heard)(void *user, const TrackInfo *track, bool on);
  void (*shown)(void *user, const TrackInfo *track, bool on);
} RouterEvents;

/* Where a tap's messages go: a SOCK_SEQPACKET socket, see wire/tapwire.h. */
typedef struct Tap Tap;

Router *router_new(const RouterEvents *events, void *user);
/* Asserts that no track, subscriber or tap is left. */
void router_free(Router *router);

/* So many temporal layers of every picture are left out of what receivers get, and nothing is tried
 * beyond what is sent: there is no time for more. The recording is not concerned. */
void router_set_relief(Router *router, unsigned layers);

/* Every 20 ms or so: speaker detection, silent tracks, deferred key-frame requests. */
void router_tick(Router *router, int64_t now_us);

/* Every few milliseconds while something waits for its turn: sends what may go now. */
void router_pace(Router *router, int64_t now_us);
bool router_paces(const Router *router);

/* The peer whose camera and microphone come first everywhere; 0 for nobody. */
void router_set_floor(Router *router, uint32_t peer);

/* Loudness of those in audio slots: fills peers and levels (0…127, 127 loudest), returns how many.
 */
size_t router_levels(const Router *router, uint32_t *peers, uint8_t *levels, size_t max);

/* Best called with the track's first packet in hand, or before it: slots that are free wait for its
 * first key frame at once. clock_rate is 48000 for audio and 90000 for video. */
Track *router_add_track(Router *router, const TrackInfo *info);
void router_remove_track(Router *router, Track *track);
/* Takes no reference: the router refs what it keeps. packet->sequence, levels and vp8 are set.
 * Packets may come late or out of order, never twice. One of a layer that the track has not is
 * dropped. Most wait for router_send_trains. */
void track_receive(Track *track, Packet *packet);
/* At the end of each turn of the loop, before the flush: sends on what was received. */
void router_send_trains(Router *router);
/* Nothing is forwarded while muted; its slots are given away. */
void track_set_muted(Track *track, bool muted);
const TrackInfo *track_info(const Track *track);

/* sink->assigned may be called before this returns. video_slots ≤ VIDEO_SLOTS_MAX. held: see
 * subscriber_hold. */
Subscriber *router_add_subscriber(Router *router, uint32_t peer, unsigned video_slots, bool held,
                                  const SlotSink *sink, void *user);
void router_remove_subscriber(Router *router, Subscriber *subscriber);
/* What the client shows, most important first: it gets these cameras, in the size that it shows,
 * and no others. Until the first call it gets whom the router thinks important. Copied. */
void subscriber_set_view(Subscriber *subscriber, const View *views, size_t count);
/* What the way to the receiver carries, in bits per second; INT64_MAX: no limit is known. pace_bps:
 * how fast what is more than a burst goes; full: the way was seen full (pacer.h). Sound comes
 * first, then the pictures' smallest layers in the order of the view, then larger ones. */
void subscriber_set_budget(Subscriber *subscriber, int64_t bps, int64_t pace_bps, bool full);
/* The budget with which all that is shown would be sent as its size asks for. */
int64_t subscriber_wanted_bps(const Subscriber *subscriber);
/* More than now cannot be sent anyhow (router_set_relief). */
bool subscriber_relieved(const Subscriber *subscriber);
/* The client receives on this slot. All are open at first; a closed one carries nobody. */
void subscriber_open_slot(Subscriber *subscriber, unsigned slot, bool open);
/* Nothing is sent while paused: the client is gone for a while. Afterwards each slot goes on with
 * the next sequence number, pictures from a key frame on. */
void subscriber_pause(Subscriber *subscriber, bool paused);
/* No pictures, as if they were paused. */
void subscriber_only_sound(Subscriber *subscriber, bool only);
/* Nothing is sent while held: the client is not connected yet. But all is made ready, so that its
 * pictures begin with the connection: their layers are asked for, their key frames kept fresh. */
void subscriber_hold(Subscriber *subscriber, bool held);
/* The receiver lacks what went out on the slot under this number: it is sent again (send with
 * retransmit = true) if it is still held and repair.h lets it. */
RepairVerdict subscriber_repair(Subscriber *subscriber, unsigned slot, uint16_t sequence,
                                const RepairAsk *ask);
/* The receiver lost the picture (PLI or FIR on a slot). */
void subscriber_keyframe(Subscriber *subscriber, unsigned slot, int64_t now_us);

/* A room on several media threads has a router on each. What is published to one is relayed to each
 * other (peer/links.h), whole; there it is a remote track, and all else is as if it had been
 * published there. A relay takes what is published here to one other router. */
typedef struct {
  void (*begin)(void *user, const TrackInfo *track, bool muted);
  void (*packet)(void *user, const TrackInfo *track, const Packet *packet); /* borrowed */
  void (*muted)(void *user, const TrackInfo *track, bool muted);
  void (*end)(void *user, const TrackInfo *track);
} RelaySink;
/* sink->begin is called at once for what is published already. */
Relay *router_add_relay(Router *router, const RelaySink *sink, void *user);
void router_remove_relay(Router *router, Relay *relay);
/* The other router's events, taken and keyframe. A track that is gone is ignored. */
void relay_take(Relay *relay, uint32_t track, unsigned layers, bool shown);
void relay_keyframe(Relay *relay, uint32_t track, unsigned layer, int64_t now_us);
/* Another router decides who the dominant speaker is, and tells; peer 0: nobody. */
void router_follow_speaker(Router *router, uint32_t peer);

/* How many pictures it is sent in each layer, [1] the smallest; [0]: those that it should see and
 * is sent nothing of. */
void subscriber_pictures(const Subscriber *subscriber, uint8_t pictures[LAYERS_MAX + 1]);

/* Slots in the row: AUDIO_SLOTS + video_slots + SCREEN_SLOTS. */
unsigned subscriber_slot_count(const Subscriber *subscriber);
/* For the slot's sender report: the RTP timestamp that belongs to now_us of the server's clock. The
 * slots of one publisher are in step: equal capture times give equal report times. False while the
 * slot has sent nothing, or carries nobody: then no sender report is due. */
bool subscriber_slot_clock(const Subscriber *subscriber, unsigned slot, int64_t now_us,
                           uint32_t *rtp_timestamp);

/* Every track from now on goes to fd as tap messages (wire/tapwire.h) and the program's source is
 * announced in band. The tap owns fd. Non-blocking: when the socket is full, packets are dropped
 * and counted. NULL never. */
Tap *router_add_tap(Router *router, int fd);
/* Closes fd. */
void router_remove_tap(Router *router, Tap *tap);
/* Reads the worker's requests (key frames); call when fd is readable. False when the other end is
 * gone. */
bool tap_read(Tap *tap, int64_t now_us);
int tap_fd(const Tap *tap);
uint64_t tap_dropped(const Tap *tap); /* packets */
