/* See relay.h. */
#include "router/relay.h"

#include "router/core.h"

#define SHOWN (1u << LAYERS_MAX) /* beside the layers' bits */

struct Relay {
  Router *router; /* borrowed */
  RelaySink sink;
  void *user;
  GHashTable *taken; /* track id → layers' bits and SHOWN; none: 0 */
};

Relay *router_add_relay(Router *router, const RelaySink *sink, void *user) {
  Relay *relay = g_new0(Relay, 1);
  relay->router = router;
  relay->sink = *sink;
  relay->user = user;
  relay->taken = g_hash_table_new(NULL, NULL);
  g_ptr_array_add(router->relays, relay);
  for (guint i = 0; i < router->tracks->len; i++) {
    const Track *track = g_ptr_array_index(router->tracks, i);
    if (!track->info.remote)
      sink->begin(user, &track->info, track->muted);
  }
  return relay;
}

void router_remove_relay(Router *router, Relay *relay) {
  gboolean found = g_ptr_array_remove(router->relays, relay);
  g_assert(found);
  g_hash_table_unref(relay->taken);
  g_free(relay);
}

void relay_take(Relay *relay, uint32_t id, unsigned layers, bool shown) {
  const Track *track = router_track(relay->router, id);
  if (!track || track->info.remote)
    return;
  unsigned taken = (layers & (SHOWN - 1)) | (shown ? SHOWN : 0);
  g_hash_table_insert(relay->taken, GUINT_TO_POINTER(id), GUINT_TO_POINTER(taken));
}

void relay_keyframe(Relay *relay, uint32_t id, unsigned layer, int64_t now_us) {
  Track *track = router_track(relay->router, id);
  if (track && !track->info.remote && layer < track->layer_count)
    track_want_keyframe(track, layer, now_us);
}

void relays_begin(const Router *router, const Track *track) {
  if (track->info.remote)
    return;
  for (guint i = 0; i < router->relays->len; i++) {
    const Relay *relay = g_ptr_array_index(router->relays, i);
    relay->sink.begin(relay->user, &track->info, track->muted);
  }
}

void relays_packet(const Router *router, const Track *track, const Packet *packet) {
  if (track->info.remote)
    return;
  for (guint i = 0; i < router->relays->len; i++) {
    const Relay *relay = g_ptr_array_index(router->relays, i);
    relay->sink.packet(relay->user, &track->info, packet);
  }
}

void relays_muted(const Router *router, const Track *track) {
  if (track->info.remote)
    return;
  for (guint i = 0; i < router->relays->len; i++) {
    const Relay *relay = g_ptr_array_index(router->relays, i);
    relay->sink.muted(relay->user, &track->info, track->muted);
  }
}

void relays_end(const Router *router, const Track *track) {
  if (track->info.remote)
    return;
  for (guint i = 0; i < router->relays->len; i++) {
    const Relay *relay = g_ptr_array_index(router->relays, i);
    relay->sink.end(relay->user, &track->info);
    g_hash_table_remove(relay->taken, GUINT_TO_POINTER(track->info.id));
  }
}

static unsigned taken(const Router *router, const Track *track) {
  unsigned taken = 0;
  for (guint i = 0; i < router->relays->len; i++) {
    const Relay *relay = g_ptr_array_index(router->relays, i);
    taken |= GPOINTER_TO_UINT(g_hash_table_lookup(relay->taken, GUINT_TO_POINTER(track->info.id)));
  }
  return taken;
}

unsigned relays_taken(const Router *router, const Track *track) {
  return taken(router, track) & (SHOWN - 1);
}

bool relays_shown(const Router *router, const Track *track) {
  return taken(router, track) & SHOWN;
}
