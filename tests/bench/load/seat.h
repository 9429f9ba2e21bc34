/* One synthetic participant's media: what it sends from clips, what it receives in its slots, its
 * RTCP and its figures. Owned by the load client's media thread (stage.c). */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "clip.h"
#include "transport.h"

#define SEAT_SLOTS_MAX 64

typedef struct {
  const Clip *video, *video_keys, *audio; /* NULL: does not send that */
  unsigned index;                         /* of this participant: whose turn it is to speak */
  unsigned speakers;                      /* they speak in turns of 3 s */
  int64_t epoch_us;                       /* clips start here, so that all flash together */
} SeatPlan;

typedef struct {
  uint64_t sent, received, lost, late, bytes, frames, nacks, plis, feedbacks;
  int64_t started_us, connected_us, first_video_us;
  bool failed;
  const char *why;
} SeatFigures;

typedef struct Seat Seat;

/* How the answer lays out what is received and sent. */
typedef struct {
  uint32_t ssrc;
  bool video;
} SeatSlot;

typedef struct {
  SeatSlot slots[SEAT_SLOTS_MAX];
  unsigned slot_count;
  uint8_t audio_type, video_type;                             /* payload types of what is sent */
  uint8_t level_extension, sequence_extension, mid_extension; /* 0: not negotiated */
} SeatLayout;

Seat *seat_new(SSL_CTX *context, const SeatPlan *plan);
void seat_free(Seat *seat);
Transport *seat_transport(Seat *seat);
uint32_t seat_audio_ssrc(const Seat *seat);
uint32_t seat_video_ssrc(const Seat *seat);
void seat_start(Seat *seat, const SeatLayout *layout, int64_t now_us);
void seat_tick(Seat *seat, int64_t now_us);  /* every 5 ms: sends what is due */
void seat_count_anew(Seat *seat);            /* what was received so far no longer counts */
const SeatFigures *seat_figures(Seat *seat); /* loss is summed up here */
