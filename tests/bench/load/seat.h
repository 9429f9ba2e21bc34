/* One synthetic participant's media: what it sends, what it receives in its slots, and its RTCP
 * both ways. It counts into the figures that it was given. Ticked by the stage. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "arrivals.h"
#include "clip.h"
#include "figures.h"
#include "receiver.h"
#include "sender.h"
#include "transport.h"

#define SEAT_SLOTS_MAX 64
#define SEAT_LAYERS_MAX 3

/* What everybody plays and how they take turns; borrowed, the same for all. */
typedef struct {
  const Clip *audio;                                          /* NULL: no sound */
  const Clip *video[SEAT_LAYERS_MAX], *keys[SEAT_LAYERS_MAX]; /* smallest first */
  unsigned layers;                                            /* 0: no picture; 1: no simulcast */
  unsigned speakers;                                          /* they speak in turns */
  int64_t turn_us;                                            /* so long each */
  int64_t epoch_us; /* clips start here, so that all flash together */
  bool staggered;   /* not quite together: no two frames are due at the same moment */
  bool stamped;     /* packets bear the time of sending */
  bool silent_stop; /* the sound stops between turns, as with DTX */
  bool no_feedback; /* none is offered: to see what it costs the server */
} SeatShow;

typedef struct {
  const SeatShow *show;
  bool publishes;
  unsigned index; /* of this participant: whose turn it is to speak */
  Figures *figures;
} SeatPlan;

/* How the answer lays out what is received and sent. */
typedef struct {
  uint32_t ssrc, rtx_ssrc;
  uint8_t red_type; /* payload type; 0: none */
  bool video;
  char name[8]; /* "v0"; "" when the server gives slots no names */
} SeatSlot;

typedef struct {
  SeatSlot slots[SEAT_SLOTS_MAX];
  unsigned slot_count;
  uint8_t audio_type, video_type, rtx_type; /* payload types of what is sent */
  uint8_t numbers_down;                     /* extension of transport-wide numbers of what comes */
  SenderExtensions up;
} SeatLayout;

/* Monotonic; 0: not yet. */
typedef struct {
  int64_t started_us, connected_us, first_packet_us, first_picture_us;
} SeatTimes;

typedef struct Seat Seat;

Seat *seat_new(Loop *loop, SSL_CTX *context, const SeatPlan *plan);
void seat_free(Seat *seat);
Transport *seat_transport(Seat *seat);
const SeatPlan *seat_plan(const Seat *seat);
/* Packets of speech since the last call: what it said, and what it heard of others. */
void seat_take_speech(Seat *seat, uint64_t *said, uint64_t *heard);
void seat_set_figures(Seat *seat, Figures *figures);
/* SSRCs for the offer: the sound's; a picture's (rtx: its repair stream's) without simulcast. */
uint32_t seat_audio_ssrc(const Seat *seat);
uint32_t seat_video_ssrc(const Seat *seat, bool rtx);
/* Rids of the layers, smallest first. */
extern const char *const seat_rids[SEAT_LAYERS_MAX];

void seat_start(Seat *seat, const SeatLayout *layout, int64_t now_us);
/* Who is in a slot: of the server's slots messages. */
void seat_assign(Seat *seat, const char *slot, bool occupied, int64_t now_us);
/* Which layers somebody takes (bit i: layer i). */
void seat_demand(Seat *seat, unsigned layers, int64_t now_us);

void seat_send_due(Seat *seat, int64_t now_us); /* every 5 ms, who publishes */
/* Asks again for what is missing; false when nothing is. Every 5 ms while it is. */
bool seat_repair(Seat *seat, int64_t now_us);
/* Where it adds itself when something is missing; borrowed, until seat_repair says that nothing is.
 */
void seat_report_missing(Seat *seat, GPtrArray *missing);
void seat_tick(Seat *seat, int64_t now_us); /* every 50 ms */
void seat_close_window(Seat *seat, int64_t now_us);
/* The network comes back: reception begins anew, and so do the times of what comes first. */
void seat_return(Seat *seat);
const SeatTimes *seat_times(const Seat *seat);
/* NULL while all is well. */
const char *seat_trouble(const Seat *seat);
/* Adds the widths of the pictures in occupied slots: widths[0] none yet, then below 480, below 960,
 * and larger. */
void seat_count_widths(const Seat *seat, unsigned widths[4]);
