/* How the ways to and from one client are, as its media thread sees them: for an operator who is
 * asked "whose line is bad?". A plain copy, passed from the media thread to the main one.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "peer/counters.h"
#include "peer/engine.h"
#include "router/capacity.h"

typedef enum { WAY_NONE, WAY_UDP, WAY_TCP } WayKind;

struct PeerFigures {
  uint32_t peer, room;
  PeerState state;
  WayKind way;
  bool from_here;    /* the other end has an address of this machine: a TURN server, or a browser */
  int64_t rtt_us;    /* 0: unknown */
  int64_t silent_us; /* since anything came */
  double loss_down, loss_up;       /* shares of packets in the last second or so, 0…1 */
  CapacitySource source;           /* what the estimate is made of */
  int64_t bps, wanted_bps;         /* INT64_MAX: no limit is known */
  uint64_t repairs, refused;       /* packets sent again; asked for and not */
  uint64_t unsent, keyframes;      /* that did not go out; key frames asked for */
  uint64_t dropped[REFUSAL_COUNT]; /* packets that came from it and were not taken */
  /* Pictures it is shown, by the layer that is sent; [0]: nothing is, of those it should see. */
  uint8_t pictures[LAYERS_MAX + 1];
};
