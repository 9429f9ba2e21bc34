/* One encoding of a Track: what simulcast sends of the same picture in one size. A track without
 * simulcast, and sound, has one layer.
 *
 * A Layer knows the forwarders that carry it (the fan-out is a walk over an array) and those that
 * wait for its next key frame. Packets that come in one turn of the loop gather in a train; then
 * each forwarder is given the whole train, so that what belongs to its receiver (keys, numbers,
 * queues: more than all receivers' fits into a cache) is fetched once a train, and goes out in one
 * piece. The layer keeps a picture's packets of the last second (ring.h). What it costs is
 * measured, by temporal layer. Embedded in a Track; media thread.
 */
#pragma once

#include "router/keyframe.h"
#include "router/packet.h"
#include "router/ring.h"

typedef struct Forwarder Forwarder;

#define LAYER_FLOWING_US 1000000 /* a camera without a packet for longer is not sent now */
#define LAYER_RATE_US 500000     /* rates are measured over about so long … */
#define LAYER_RATE_NOW_AND_THEN_US 3000000 /* … where pictures come now and then */
#define LAYER_RESTS_US 2000000
#define LAYER_PAUSE_US 150000     /* … up to a packet at most so old */
#define LAYER_MISSED_US 1000000   /* asked for and not sent: its publisher cannot */
#define LAYER_UNWANTED_US 2500000 /* so long nobody takes it before it counts as not wanted */

typedef struct {
  Forwarder **at;
  size_t count, room;
} ForwarderList;

/* *at: the forwarder's place. */
void forwarder_list_add(ForwarderList *list, Forwarder *forwarder, size_t *at);
/* Returns who took the place, whose own is to be set; NULL for nobody. */
Forwarder *forwarder_list_remove(ForwarderList *list, const Forwarder *forwarder, size_t at);

#define TRAIN_PACKETS 16 /* a frame of a large picture */

typedef struct {
  int64_t packet_us;      /* when the last packet came; 0: none yet */
  uint16_t width, height; /* of the newest key frame; 0: none yet */
  uint16_t epoch;         /* of the last packet */
  uint64_t next;          /* above every number of this epoch that came */
  ForwarderList carried, waiting;
  size_t aimed;                 /* forwarders that should carry it */
  Packet *train[TRAIN_PACKETS]; /* in the order of their coming */
  unsigned train_length;
  bool keeps;      /* not sound: it conceals, and has its own FEC */
  PacketRing ring; /* … what it keeps */
  KeyframeWish keyframe;
  bool flowing; /* as of the last tick or packet */

  bool wanted;      /* as the publisher was told … */
  int64_t asked_us; /* … then */
  int64_t taken_us; /* when somebody last took it */

  int64_t rate_us;                   /* rates are measured over about so long; 0: LAYER_RATE_US */
  bool rests;                        /* for LAYER_RESTS_US, at least */
  bool rough;                        /* bps is of the first LAYER_RATE_US only */
  uint32_t counted[TEMPORAL_LAYERS]; /* bytes since counted_us */
  int64_t counted_us;
  uint32_t bps[TEMPORAL_LAYERS]; /* of each temporal layer alone */
  uint8_t temporal_top;          /* the highest seen */
} Layer;

/* No forwarder is left in it. */
void layer_clear(Layer *layer);

/* A packet came: rates, size. True when the picture has another size than before. */
bool layer_receive(Layer *layer, const Packet *packet);
/* So late that the layer holds nothing of what came right behind it: nobody begins with it, as his
 * slot's numbers would go on by all those at once, and his SRTP has to guess over them. */
bool layer_is_passed(const Layer *layer, const Packet *packet);
/* The packets of another epoch come from here on: what was kept is of no use to anybody, and who
 * carries the layer waits for where it begins. */
void layer_begin_anew(Layer *layer);
/* Puts a packet at the train's end, with a reference of its own. True when the train is full: send
 * it. */
bool layer_board(Layer *layer, Packet *packet);
/* Gives the train to those who carry the layer, and keeps a picture's packets. */
void layer_send_train(Layer *layer);
/* Closes the rates' interval when it is over; none is while the layer rests. */
void layer_measure(Layer *layer, int64_t now_us);
/* Bits per second on the wire of temporal layers 0…temporal; 0 when unknown. */
int64_t layer_bps(const Layer *layer, unsigned temporal);
/* Somebody takes it or wants to, now. */
bool layer_taken(const Layer *layer);

/* Into its lists and out of them. */
void layer_carry(Layer *layer, Forwarder *forwarder);
void layer_drop(Layer *layer, Forwarder *forwarder);
void layer_wait(Layer *layer, Forwarder *forwarder);
void layer_wait_no_more(Layer *layer, Forwarder *forwarder);
