#include "peer/outlet.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "peer/figures.h"

#define LEVELS_MAX 32 /* more are heard by nobody: three slots each */

struct Outlet {
  Mailbox *mailbox;
  EngineEvents events;
  void *user;
  bool closed; /* main thread */
};

typedef struct {
  Outlet *outlet;
  uint32_t peer, request;
  char *sdp;
  bool fresh;
  unsigned slot_count;
  EngineSlotName slots[SLOTS_MAX];
  EngineError error;
} Answer;

typedef enum { STATE, SLOT, DEMAND, DOWNLINK, SPEAKER, HEARD, SHOWN, TRACK, TAP_CLOSED } EventKind;

typedef struct {
  Outlet *outlet;
  EventKind kind;
  uint32_t room, peer, publisher, track;
  PeerState state;
  const char *reason; /* a constant */
  Source source;
  char slot[8];
  unsigned layer_count;
  char layers[LAYERS_MAX][17];
  bool on;
  int64_t bps, wanted_bps;
  uint64_t dropped;
} Event;

typedef struct {
  Outlet *outlet;
  uint32_t room;
  unsigned count;
  uint32_t peers[LEVELS_MAX];
  uint8_t levels[LEVELS_MAX];
} Levels;

Outlet *outlet_new(Mailbox *main_mailbox, const EngineEvents *events, void *user) {
  Outlet *outlet = g_new0(Outlet, 1);
  outlet->mailbox = main_mailbox;
  outlet->events = *events;
  outlet->user = user;
  return outlet;
}

void outlet_close(Outlet *outlet) {
  outlet->closed = true;
  /* Messages run or are dropped in order: this one is the last to know the outlet. */
  mailbox_post(outlet->mailbox, g_free, g_free, outlet);
}

/* --- answers --- */

static void answer_free(void *data) {
  Answer *answer = data;
  free(answer->sdp);
  g_free(answer);
}

static void answer_run(void *data) {
  Answer *answer = data;
  const Outlet *outlet = answer->outlet;
  if (!outlet->closed && outlet->events.answer)
    outlet->events.answer(outlet->user, answer->peer, answer->request,
                          &(EngineAnswer){.sdp = answer->sdp,
                                          .fresh = answer->fresh,
                                          .slots = answer->slots,
                                          .slot_count = answer->slot_count,
                                          .error = answer->error});
  answer_free(answer);
}

static Answer *answer_new(Outlet *outlet, uint32_t peer, uint32_t request) {
  Answer *answer = g_new0(Answer, 1);
  answer->outlet = outlet;
  answer->peer = peer;
  answer->request = request;
  return answer;
}

void outlet_answer(Outlet *outlet, uint32_t peer, uint32_t request, char *sdp, bool fresh,
                   const MediaPlan *plan) {
  Answer *answer = answer_new(outlet, peer, request);
  answer->sdp = sdp;
  answer->fresh = fresh;
  for (unsigned i = 0; i < plan->media_count; i++) {
    const PlanMedia *media = &plan->media[i];
    if (media->use != PLAN_SLOT)
      continue;
    EngineSlotName *slot = &answer->slots[answer->slot_count++];
    g_strlcpy(slot->mid, media->mid, sizeof slot->mid);
    g_strlcpy(slot->name, media->name, sizeof slot->name);
  }
  mailbox_post(outlet->mailbox, answer_run, answer_free, answer);
}

void outlet_refusal(Outlet *outlet, uint32_t peer, uint32_t request, const EngineError *error) {
  Answer *answer = answer_new(outlet, peer, request);
  answer->error = *error;
  mailbox_post(outlet->mailbox, answer_run, answer_free, answer);
}

/* --- the small ones --- */

static void event_run(void *data) {
  Event *event = data;
  const Outlet *outlet = event->outlet;
  const EngineEvents *to = &outlet->events;
  void *user = outlet->user;
  if (!outlet->closed) {
    switch (event->kind) {
    case STATE:
      if (to->state)
        to->state(user, event->peer, event->state, event->reason);
      break;
    case SLOT:
      if (to->slot)
        to->slot(user, event->peer, event->slot, event->publisher, event->source);
      break;
    case DEMAND:
      if (to->demand)
        to->demand(user, event->peer, event->source, event->layers, event->layer_count);
      break;
    case DOWNLINK:
      if (to->downlink)
        to->downlink(user, event->peer, event->bps, event->wanted_bps);
      break;
    case SPEAKER:
      if (to->speaker)
        to->speaker(user, event->room, event->peer);
      break;
    case HEARD:
      if (to->heard)
        to->heard(user, event->room, event->track, event->peer, event->on);
      break;
    case SHOWN:
      if (to->shown)
        to->shown(user, event->room, event->track, event->peer, event->on);
      break;
    case TRACK:
      if (to->track)
        to->track(user, event->room, event->track, event->peer, event->source, event->on);
      break;
    case TAP_CLOSED:
      if (to->tap_closed)
        to->tap_closed(user, event->room, event->dropped);
      break;
    }
  }
  g_free(event);
}

static void post(Outlet *outlet, const Event *event) {
  Event *copy = g_memdup2(event, sizeof *event);
  copy->outlet = outlet;
  mailbox_post(outlet->mailbox, event_run, g_free, copy);
}

void outlet_state(Outlet *outlet, uint32_t peer, PeerState state, const char *reason) {
  post(outlet, &(Event){.kind = STATE, .peer = peer, .state = state, .reason = reason});
}

void outlet_slot(Outlet *outlet, uint32_t peer, const char *name, const TrackInfo *track) {
  Event event = {.kind = SLOT, .peer = peer};
  g_strlcpy(event.slot, name, sizeof event.slot);
  if (track) {
    event.publisher = track->peer;
    event.source = track->source;
  }
  post(outlet, &event);
}

void outlet_demand(Outlet *outlet, uint32_t peer, Source source, const char *const *layers,
                   unsigned count) {
  Event event = {.kind = DEMAND, .peer = peer, .source = source, .layer_count = count};
  for (unsigned i = 0; i < count; i++)
    g_strlcpy(event.layers[i], layers[i], sizeof event.layers[i]);
  post(outlet, &event);
}

void outlet_downlink(Outlet *outlet, uint32_t peer, int64_t bps, int64_t wanted_bps) {
  post(outlet, &(Event){.kind = DOWNLINK, .peer = peer, .bps = bps, .wanted_bps = wanted_bps});
}

void outlet_speaker(Outlet *outlet, uint32_t room, uint32_t peer) {
  post(outlet, &(Event){.kind = SPEAKER, .room = room, .peer = peer});
}

static Event track_event(EventKind kind, uint32_t room, const TrackInfo *track, bool on) {
  return (Event){.kind = kind,
                 .room = room,
                 .track = track->id,
                 .peer = track->peer,
                 .source = track->source,
                 .on = on};
}

void outlet_heard(Outlet *outlet, uint32_t room, const TrackInfo *track, bool on) {
  Event event = track_event(HEARD, room, track, on);
  post(outlet, &event);
}

void outlet_shown(Outlet *outlet, uint32_t room, const TrackInfo *track, bool on) {
  Event event = track_event(SHOWN, room, track, on);
  post(outlet, &event);
}

void outlet_track(Outlet *outlet, uint32_t room, const TrackInfo *track, bool on) {
  Event event = track_event(TRACK, room, track, on);
  post(outlet, &event);
}

void outlet_tap_closed(Outlet *outlet, uint32_t room, uint64_t dropped) {
  post(outlet, &(Event){.kind = TAP_CLOSED, .room = room, .dropped = dropped});
}

static void levels_run(void *data) {
  Levels *levels = data;
  const Outlet *outlet = levels->outlet;
  if (!outlet->closed && outlet->events.levels)
    outlet->events.levels(outlet->user, levels->room, levels->peers, levels->levels, levels->count);
  g_free(levels);
}

void outlet_levels(Outlet *outlet, uint32_t room, const uint32_t *peers, const uint8_t *levels,
                   unsigned count) {
  Levels *copy = g_new0(Levels, 1);
  copy->outlet = outlet;
  copy->room = room;
  copy->count = MIN(count, LEVELS_MAX);
  memcpy(copy->peers, peers, copy->count * sizeof *peers);
  memcpy(copy->levels, levels, copy->count * sizeof *levels);
  mailbox_post(outlet->mailbox, levels_run, g_free, copy);
}

/* --- figures --- */

typedef struct {
  Outlet *outlet;
  uint32_t request;
  unsigned count;
  PeerFigures figures[];
} Figures;

static void figures_run(void *data) {
  Figures *figures = data;
  const Outlet *outlet = figures->outlet;
  if (!outlet->closed && outlet->events.figures)
    outlet->events.figures(outlet->user, figures->request, figures->figures, figures->count);
  g_free(figures);
}

void outlet_figures(Outlet *outlet, uint32_t request, const PeerFigures *all, unsigned count) {
  Figures *figures = g_malloc0(sizeof *figures + count * sizeof figures->figures[0]);
  figures->outlet = outlet;
  figures->request = request;
  figures->count = count;
  memcpy(figures->figures, all, count * sizeof *all);
  mailbox_post(outlet->mailbox, figures_run, g_free, figures);
}
