/* What the participants counted since the last mark. Kept twice: for those whose network is as it
 * is, and for those behind an emulated link (link.h). */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "histogram.h"

typedef struct {
  uint64_t sent, resent, received, bytes, frames;
  uint64_t late;                   /* came after a later one, without being asked for */
  uint64_t repaired, lost;         /* holes filled by retransmission or lateness; never filled */
  uint64_t audio, audio_lost;      /* packets of sound received; lost */
  uint64_t audio_gaps;             /* of those lost: no later one brought a copy (RFC 2198) */
  uint64_t nacks, plis, feedbacks; /* asked of us, as publishers */
  uint64_t nacks_sent, plis_sent, feedbacks_sent; /* asked by us, as receivers */
  uint64_t freezes, frozen_us, worst_gap_us;      /* no new picture for over 200 ms */
  uint64_t picture_us;                            /* pictures were due for so long, summed */
  uint64_t switches, layer_switches;
  Histogram audio_delay, video_delay; /* from sending to arrival, what was not resent */
  Histogram switch_time;              /* from the slots message to the first whole picture */
} Figures;

json_t *figures_json(const Figures *figures);
