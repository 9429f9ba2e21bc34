/* Whose packet is it: from an SSRC to its source, its layer and its epoch.
 *
 * An SSRC is told by the mid extension, by the offer's ssrc lines, or by a payload type that only
 * one m-line has; of a simulcast m-line the rid extension names the layer, and the repaired rid the
 * layer that a repair is for (RFC 8852). What was learned is kept: browsers stop sending mid and
 * rid after the first receiver report.
 *
 * An epoch is a run of numbers. A layer's next one begins with another SSRC for it, or when the
 * numbers of its SSRC jump away (demux_restart). The SSRC that was replaced is remembered: what is
 * still on its way of it is nobody's, and it takes the layer back only after the newer one has been
 * silent for DEMUX_BACK_US. So two that claim one layer cannot make it change all the time.
 *
 * A source lasts over any number of SSRCs. It ends when its m-line ceases to send, and begins anew
 * when its layers or its m-line change: nothing of before is taken for a layer of now.
 *
 * Pure: no clock, no callbacks, no allocation, and nothing that comes in can make it fail. Embedded
 * in an uplink; media thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/limit.h"
#include "peer/negotiate.h"
#include "router/packet.h"

/* Three layers of camera and screen, two of sound, and the repair of each: 16; and some that were
 * replaced. */
#define DEMUX_PLACES 24
#define DEMUX_NOBODY (-1)
#define DEMUX_BACK_US 2000000

typedef struct {
  uint32_t ssrc;
  Source source;
  uint8_t media; /* its m-line's index in the plan */
  uint8_t layer;
  bool used, repair; /* repair: RTX (RFC 4588) */
  bool replaced;     /* by another SSRC of the same layer */
  uint16_t epoch;    /* of its layer; wraps */
  int64_t last_us;   /* its newest packet */
} DemuxStream;

/* As the plan had it when it was read. */
typedef struct {
  bool sends;
  uint8_t media, layers; /* layers: 1 … LAYERS_MAX */
  char rids[LAYERS_MAX][sizeof((PlanMedia *)0)->rids[0]];
} DemuxSource;

typedef struct {
  const MediaPlan *plan; /* borrowed */
  uint8_t mid_extension, rid_extension, repaired_extension;
  Limit *learning; /* by source; borrowed */
  DemuxSource sources[SOURCE_COUNT];
  uint16_t epochs[SOURCE_COUNT][LAYERS_MAX];
  DemuxStream streams[DEMUX_PLACES];
} Demux;

/* plan: may change under it, see demux_replan. learning: how many SSRCs the client may bring of
 * each source, also in what comes after this Demux. */
void demux_init(Demux *demux, const MediaPlan *plan, Limit learning[SOURCE_COUNT]);

/* What a call put an end to, bit by bit: places, whose streams are others' now or nobody's, and
 * whole sources. */
typedef struct {
  uint32_t places;
  unsigned sources;
} DemuxEnded;

/* The plan changed. */
DemuxEnded demux_replan(Demux *demux);

/* The place of the stream that this packet belongs to, or DEMUX_NOBODY. Learns its SSRC if it is
 * new, at most LEARN_BURST of a source at once: *ended_places are those that gave way, perhaps the
 * returned one among them. */
int demux_packet(Demux *demux, const uint8_t *data, const RtpHeader *rtp, int64_t now_us,
                 uint32_t *ended_places);
/* The place of a known SSRC that was not replaced, or DEMUX_NOBODY. */
int demux_find(const Demux *demux, uint32_t ssrc);
/* The place of what the repair stream at this one repairs, or DEMUX_NOBODY. */
int demux_repaired(const Demux *demux, int place);
/* The numbers at this place begin anew: so does an epoch. False: not so soon again. */
bool demux_restart(Demux *demux, int place, int64_t now_us);
/* Of a source that sends. */
unsigned demux_layers(const Demux *demux, Source source);
