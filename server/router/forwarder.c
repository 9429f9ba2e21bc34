/* See forwarder.h. */
#include "router/forwarder.h"

#include <stddef.h>

#include "base/prefetch.h"
#include "router/core.h"

#define YIELD_MOST_US 1000000

void forwarder_init(Forwarder *forwarder, uint32_t clock_rate, ForwarderSend send) {
  *forwarder =
      (Forwarder){.send = send, .target = LAYER_NONE, .current = LAYER_NONE, .waits = LAYER_NONE};
  /* Below 2^15: a first packet that is lost or late must not make the receiver guess a wrong
   * roll-over counter (RFC 3711 §3.3.1). */
  rewriter_init(&forwarder->rewriter, clock_rate, (uint16_t)(g_random_int() & 0x7fff),
                g_random_int());
}

static Layer *layer_at(const Forwarder *forwarder, int layer) {
  return &forwarder->track->layers[layer];
}

static void carry(Forwarder *forwarder, int layer) {
  if (forwarder->current == layer)
    return;
  if (forwarder->current != LAYER_NONE)
    layer_drop(layer_at(forwarder, forwarder->current), forwarder);
  forwarder->current = layer;
  if (layer != LAYER_NONE)
    layer_carry(layer_at(forwarder, layer), forwarder);
}

/* The newest key frame of the layer, if it can be begun with: it is fresh, and later than what the
 * receiver was sent before. */
static Packet *fresh_keyframe(const Forwarder *forwarder, int layer) {
  int64_t since_us = forwarder->track->router->now_us - FORWARDER_FRESH_US;
  Packet *packet = ring_keyframe(&layer_at(forwarder, layer)->ring, since_us);
  bool later = packet && packet->capture_us > rewriter_captured_us(&forwarder->rewriter);
  return later ? packet : NULL;
}

/* Only who is sent nothing at the moment: a stream that goes on would step back in time. */
static bool begin_from_ring(Forwarder *forwarder) {
  bool may = forwarder->current == LAYER_NONE && !forwarder->live_only;
  Packet *packet = may ? fresh_keyframe(forwarder, forwarder->waits) : NULL;
  if (!packet)
    return false;
  forwarder_begin(forwarder, packet);
  return true;
}

static void wait_for(Forwarder *forwarder, int layer) {
  if (forwarder->waits == layer)
    return;
  if (forwarder->waits != LAYER_NONE)
    layer_wait_no_more(layer_at(forwarder, forwarder->waits), forwarder);
  forwarder->waits = layer;
  if (layer == LAYER_NONE)
    return;
  layer_wait(layer_at(forwarder, layer), forwarder);
  if (!begin_from_ring(forwarder))
    track_want_keyframe(forwarder->track, (unsigned)layer, forwarder->track->router->now_us);
}

static void aim(Forwarder *forwarder, int layer) {
  if (forwarder->target != LAYER_NONE)
    layer_at(forwarder, forwarder->target)->aimed--;
  forwarder->target = layer;
  if (layer != LAYER_NONE)
    layer_at(forwarder, layer)->aimed++;
}

void forwarder_set_track(Forwarder *forwarder, Track *track) {
  if (forwarder->track == track)
    return;
  if (forwarder->track) {
    forwarder_aim(forwarder, LAYER_NONE, 0);
    track_remove_forwarder(forwarder->track, forwarder);
  }
  forwarder->track = track;
  if (track)
    track_add_forwarder(track, forwarder);
}

/* The layer nearest to the target that is sent at the moment, smaller rather than larger. */
static int nearest_flowing(const Forwarder *forwarder) {
  int count = (int)forwarder->track->layer_count;
  for (int i = forwarder->target; i >= 0; i--)
    if (layer_at(forwarder, i)->flowing)
      return i;
  for (int i = forwarder->target + 1; i < count; i++)
    if (layer_at(forwarder, i)->flowing)
      return i;
  return forwarder->target;
}

void forwarder_settle(Forwarder *forwarder) {
  int target = forwarder->target, current = forwarder->current;
  if (target == LAYER_NONE || forwarder->held)
    return;
  bool current_flows = current != LAYER_NONE && layer_at(forwarder, current)->flowing;
  int next = target;
  if (!layer_at(forwarder, target)->flowing) {
    int nearest = nearest_flowing(forwarder);
    /* It begins with a key frame, if what is carried lasts until then; meanwhile the best there is.
     */
    if (!current_flows || (nearest > current && nearest < target))
      next = nearest;
  }
  wait_for(forwarder, next == current ? LAYER_NONE : next);
}

void forwarder_hold(Forwarder *forwarder, bool held) {
  forwarder->held = held;
  if (!forwarder->track || forwarder->target == LAYER_NONE)
    return;
  if (!held) {
    forwarder_settle(forwarder);
    return;
  }
  wait_for(forwarder, LAYER_NONE);
  carry(forwarder, LAYER_NONE);
  int64_t now_us = forwarder->track->router->now_us;
  const PacketRing *ring = &layer_at(forwarder, forwarder->target)->ring;
  if (!ring_keyframe(ring, now_us - FORWARDER_FRESH_US / 2))
    track_want_keyframe(forwarder->track, (unsigned)forwarder->target, now_us);
}

void forwarder_yield(Forwarder *forwarder) {
  if (forwarder->current <= forwarder->target || forwarder->waits == LAYER_NONE)
    return;
  carry(forwarder, LAYER_NONE);
  forwarder->yielded_us = forwarder->track->router->now_us;
}

void forwarder_interrupt(Forwarder *forwarder) {
  if (forwarder->track)
    carry(forwarder, LAYER_NONE);
}

/* In vain: what it was to make room for does not come. */
static bool has_yielded_long(const Forwarder *forwarder) {
  return forwarder->target != LAYER_NONE && forwarder->current == LAYER_NONE &&
         forwarder->track->router->now_us - forwarder->yielded_us >= YIELD_MOST_US;
}

void forwarder_aim(Forwarder *forwarder, int layer, unsigned temporal) {
  forwarder->temporal_target = temporal;
  if (layer == forwarder->target) {
    if (has_yielded_long(forwarder))
      forwarder_settle(forwarder); /* the best there is */
    return;
  }
  aim(forwarder, layer);
  if (layer != LAYER_NONE) {
    if (forwarder->held)
      forwarder_hold(forwarder, true);
    else
      forwarder_settle(forwarder);
    return;
  }
  wait_for(forwarder, LAYER_NONE);
  carry(forwarder, LAYER_NONE);
}

void forwarder_keyframe(const Forwarder *forwarder, int64_t now_us) {
  int waits = forwarder->waits, current = forwarder->current;
  bool comes = waits != LAYER_NONE && layer_at(forwarder, waits)->flowing;
  int layer = comes || current == LAYER_NONE ? waits : current;
  if (forwarder->track && layer != LAYER_NONE)
    track_want_keyframe(forwarder->track, (unsigned)layer, now_us);
}

/* On its way to a smaller layer it is thinned at once. */
static unsigned temporal_limit(const Forwarder *forwarder) {
  if (forwarder->current > forwarder->target)
    return 0;
  unsigned relief = forwarder->live_only ? 0 : forwarder->track->router->relief;
  if (relief == 0)
    return forwarder->temporal_target;
  unsigned top = layer_at(forwarder, forwarder->current)->temporal_top;
  return MIN(forwarder->temporal_target, top > relief ? top - relief : 0);
}

/* One verdict a picture. A key frame is what begins, whatever its temporal layer. Temporal layers
 * are taken up one by one, each where it refers to nothing that was left out (layer sync, RFC 7741
 * §4.2). */
static bool is_left_out(Forwarder *forwarder, const Vp8Descriptor *vp8) {
  if (!vp8->has_tid || !vp8->has_picture_id)
    return false;
  if (forwarder->judged && forwarder->judged_picture == vp8->picture_id)
    return forwarder->judged_out;
  unsigned limit = temporal_limit(forwarder);
  if (vp8->keyframe || forwarder->temporal > limit)
    forwarder->temporal = limit;
  else if (vp8->tid == forwarder->temporal + 1 && vp8->tid <= limit && vp8->layer_sync)
    forwarder->temporal = vp8->tid;
  forwarder->judged = true;
  forwarder->judged_picture = vp8->picture_id;
  return forwarder->judged_out = !vp8->keyframe && vp8->tid > forwarder->temporal;
}

void forwarder_expect(const Forwarder *forwarder, unsigned step) {
  if (step == 0) {
    prefetch(forwarder, offsetof(Forwarder, rewriter.pieces));
    /* … and the beginning of what it is embedded in. */
    prefetch(&forwarder->rewriter.newest,
             sizeof *forwarder - offsetof(Forwarder, rewriter.newest) + CACHE_LINE_BYTES);
  } else if (forwarder->expect) {
    forwarder->expect(forwarder, step);
  }
}

void forwarder_receive(Forwarder *forwarder, Packet *packet) {
  Rewriter *rewriter = &forwarder->rewriter;
  bool newest = packet->sequence >= rewriter->in_next;
  if (newest && is_left_out(forwarder, &packet->vp8) && rewriter_leave_out(rewriter, packet))
    return;
  Rewritten rewritten;
  if (rewriter_apply(rewriter, packet, &rewritten))
    forwarder->send(forwarder, packet, &rewritten);
}

/* What came behind the key frame's first packet already: it began some time ago, or its start was
 * overtaken by the rest of it. */
static void send_followers(Forwarder *forwarder, const PacketRing *ring, uint64_t first) {
  for (uint64_t at = first + 1; at < ring->next; at++) {
    Packet *packet = ring_get(ring, at);
    if (packet)
      forwarder_receive(forwarder, packet);
  }
}

void forwarder_begin(Forwarder *forwarder, Packet *packet) {
  const Layer *layer = layer_at(forwarder, forwarder->waits);
  carry(forwarder, forwarder->waits);
  forwarder->judged = false;
  forwarder->temporal = temporal_limit(forwarder);
  rewriter_switch(&forwarder->rewriter, forwarder->track->info.id, packet);
  forwarder_receive(forwarder, packet);
  if (layer->keeps)
    send_followers(forwarder, &layer->ring, packet->sequence);
  forwarder_settle(forwarder); /* waits no more; or for what it is aimed at */
}
