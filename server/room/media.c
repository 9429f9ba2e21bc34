/* The real media side: one Engine per media thread, and the recorder. In a file of its own, so that
 * rooms link without the peer layer in their tests. */
#include "room/media.h"

#include "base/clock.h"
#include "room/inner.h"

#define TICK_MS 125 /* half of DELTA_US */

typedef struct {
  const Config *config;
  Store *store;
  unsigned count;
  Engine *engines[];
} Engines;

static Engine *engine_of(void *user, unsigned engine) {
  return ((Engines *)user)->engines[engine];
}

static void room_open(void *user, unsigned engine, uint32_t room, bool home) {
  engine_room_open(engine_of(user, engine), room, home);
}

static void room_link(void *user, unsigned engine, unsigned other, uint32_t room) {
  engine_room_link(engine_of(user, engine), engine_of(user, other), room);
}

static void room_close(void *user, unsigned engine, uint32_t room) {
  engine_room_close(engine_of(user, engine), room);
}

static void room_floor(void *user, unsigned engine, uint32_t room, uint32_t peer) {
  engine_room_floor(engine_of(user, engine), room, peer);
}

static void peer_open(void *user, unsigned engine, uint32_t room, uint32_t peer) {
  engine_peer_open(engine_of(user, engine), room, peer);
}

static void peer_close(void *user, unsigned engine, uint32_t peer) {
  engine_peer_close(engine_of(user, engine), peer);
}

static void peer_offer(void *user, unsigned engine, uint32_t peer, uint32_t request,
                       const EngineOffer *offer) {
  engine_peer_offer(engine_of(user, engine), peer, request, offer);
}

static void peer_mute(void *user, unsigned engine, uint32_t peer, Source source, bool muted) {
  engine_peer_mute(engine_of(user, engine), peer, source, muted);
}

static void peer_view(void *user, unsigned engine, uint32_t peer, const View *views,
                      unsigned count) {
  engine_peer_view(engine_of(user, engine), peer, views, count);
}

static void figures(void *user, unsigned engine, uint32_t request) {
  engine_figures(engine_of(user, engine), request);
}

static Recorder *record(void *user, unsigned engine, uint32_t room, const char *meeting,
                        const RecorderEvents *events, void *events_user, GError **error) {
  Engines *all = user;
  return recorder_start(all->config, all->store, all->engines[engine], room, meeting, events,
                        events_user, error);
}

static void engines_free(void *user) {
  Engines *all = user;
  for (unsigned i = 0; i < all->count; i++)
    engine_stop(all->engines[i]);
  for (unsigned i = 0; i < all->count; i++)
    engine_free(all->engines[i]);
  g_free(all);
}

static const RoomMediaOps engine_ops = {
    .room_open = room_open,
    .room_link = room_link,
    .room_close = room_close,
    .room_floor = room_floor,
    .peer_open = peer_open,
    .peer_close = peer_close,
    .peer_offer = peer_offer,
    .peer_mute = peer_mute,
    .peer_view = peer_view,
    .figures = figures,
    .record = record,
    .recorder_track = recorder_track,
    .recorder_tap_closed = recorder_tap_closed,
    .recorder_stop = recorder_stop,
    .recorder_id = recorder_id,
    .recorder_free = recorder_free,
    .free = engines_free,
};

static gboolean tick(void *data) {
  assembly_tick(data, clock_mono_us());
  return G_SOURCE_CONTINUE;
}

Assembly *assembly_new(const Config *config, Store *store, const struct Model *model,
                       Mailbox *mailbox, GError **error) {
  unsigned count = (unsigned)config->media_threads;
  Engines *all = g_malloc0(sizeof *all + count * sizeof all->engines[0]);
  all->config = config;
  all->store = store;
  Assembly *assembly =
      assembly_new_on(config, store, model, &(RoomMedia){&engine_ops, all, count}, NULL);
  for (; all->count < count; all->count++) {
    all->engines[all->count] =
        engine_new(config, all->count, mailbox, &assembly_engine_events, assembly, error);
    if (!all->engines[all->count]) {
      assembly_free(assembly);
      return NULL;
    }
  }
  assembly->timer = g_timeout_add(TICK_MS, tick, assembly);
  return assembly;
}
