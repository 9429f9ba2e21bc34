/* The way up: events of a media thread, posted to the main thread.
 *
 * The functions below are called on the media thread and copy what they are given. An Outlet lives
 * until the last event posted through it has run: outlet_close, called on the main thread, makes
 * those still waiting do nothing and lets the mailbox free it.
 */
#pragma once

#include "peer/engine.h"
#include "peer/negotiate.h"

typedef struct Outlet Outlet;

Outlet *outlet_new(Mailbox *main_mailbox, const EngineEvents *events, void *user);
/* Main thread, once the media thread has ended. */
void outlet_close(Outlet *outlet);

/* sdp is taken over (free()). */
void outlet_answer(Outlet *outlet, uint32_t peer, uint32_t request, char *sdp, bool fresh,
                   const MediaPlan *plan);
void outlet_refusal(Outlet *outlet, uint32_t peer, uint32_t request, const EngineError *error);
/* reason: a constant. */
void outlet_state(Outlet *outlet, uint32_t peer, PeerState state, const char *reason);
/* track NULL: nobody. */
void outlet_slot(Outlet *outlet, uint32_t peer, const char *name, const TrackInfo *track);
/* Copies the names. */
void outlet_demand(Outlet *outlet, uint32_t peer, Source source, const char *const *layers,
                   unsigned count);
void outlet_downlink(Outlet *outlet, uint32_t peer, int64_t bps, int64_t wanted_bps);
void outlet_speaker(Outlet *outlet, uint32_t room, uint32_t peer);
void outlet_levels(Outlet *outlet, uint32_t room, const uint32_t *peers, const uint8_t *levels,
                   unsigned count);
void outlet_heard(Outlet *outlet, uint32_t room, const TrackInfo *track, bool on);
void outlet_shown(Outlet *outlet, uint32_t room, const TrackInfo *track, bool on);
void outlet_track(Outlet *outlet, uint32_t room, const TrackInfo *track, bool on);
void outlet_tap_closed(Outlet *outlet, uint32_t room, uint64_t dropped);
/* Copied. */
void outlet_figures(Outlet *outlet, uint32_t request, const PeerFigures *figures, unsigned count);
