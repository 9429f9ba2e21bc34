/* See layer.h. */
#include "router/layer.h"

#include <glib.h>
#include <string.h>

#include "router/forwarder.h"

/* What the way carries besides the payload: RTP header with transport-wide number, SRTP tag, UDP
 * and IPv4. */
#define OVERHEAD_BYTES (12 + 8 + 16 + 28)

void layer_clear(Layer *layer) {
  g_assert(layer->train_length == 0);
  g_assert(layer->carried.count == 0 && layer->waiting.count == 0 && layer->aimed == 0);
  ring_clear(&layer->ring);
  g_free(layer->carried.at);
  g_free(layer->waiting.at);
}

void forwarder_list_add(ForwarderList *list, Forwarder *forwarder, size_t *at) {
  if (list->count == list->room) {
    list->room = list->room ? 2 * list->room : 8;
    list->at = g_renew(Forwarder *, list->at, list->room);
  }
  *at = list->count;
  list->at[list->count++] = forwarder;
}

Forwarder *forwarder_list_remove(ForwarderList *list, const Forwarder *forwarder, size_t at) {
  g_assert(at < list->count && list->at[at] == forwarder);
  Forwarder *last = list->at[--list->count];
  list->at[at] = last;
  return last == forwarder ? NULL : last;
}

void layer_carry(Layer *layer, Forwarder *forwarder) {
  forwarder_list_add(&layer->carried, forwarder, &forwarder->at_current);
}

void layer_drop(Layer *layer, Forwarder *forwarder) {
  Forwarder *moved = forwarder_list_remove(&layer->carried, forwarder, forwarder->at_current);
  if (moved)
    moved->at_current = forwarder->at_current;
}

void layer_wait(Layer *layer, Forwarder *forwarder) {
  forwarder_list_add(&layer->waiting, forwarder, &forwarder->at_waits);
}

void layer_wait_no_more(Layer *layer, Forwarder *forwarder) {
  Forwarder *moved = forwarder_list_remove(&layer->waiting, forwarder, forwarder->at_waits);
  if (moved)
    moved->at_waits = forwarder->at_waits;
}

bool layer_is_passed(const Layer *layer, const Packet *packet) {
  return packet->sequence + RING_PACKETS < layer->next;
}

bool layer_receive(Layer *layer, const Packet *packet) {
  const Vp8Descriptor *vp8 = &packet->vp8;
  if (packet->arrival_us - layer->packet_us > LAYER_FLOWING_US) { /* it begins, or goes on */
    layer->counted_us = packet->arrival_us;
    memset(layer->counted, 0, sizeof layer->counted);
  }
  layer->packet_us = packet->arrival_us;
  layer->next = MAX(layer->next, packet->sequence + 1);
  unsigned temporal = vp8->has_tid ? vp8->tid : 0;
  layer->temporal_top = MAX(layer->temporal_top, (uint8_t)temporal);
  layer->counted[temporal] += packet->rtp.payload_len + OVERHEAD_BYTES;
  if (!vp8->keyframe)
    return false;
  bool other = layer->width != vp8->width || layer->height != vp8->height;
  layer->width = vp8->width;
  layer->height = vp8->height;
  if (!layer_is_passed(layer, packet))
    keyframe_came(&layer->keyframe);
  return other;
}

void layer_begin_anew(Layer *layer) {
  layer_send_train(layer);
  ring_clear(&layer->ring);
  layer->next = 0;
  while (layer->carried.count > 0) {
    Forwarder *forwarder = layer->carried.at[layer->carried.count - 1];
    forwarder_interrupt(forwarder);
    forwarder_settle(forwarder);
  }
}

bool layer_board(Layer *layer, Packet *packet) {
  g_assert(layer->train_length < TRAIN_PACKETS);
  layer->train[layer->train_length++] = packet_ref(packet);
  return layer->train_length == TRAIN_PACKETS;
}

/* While one receiver is sent to, those behind it are fetched: the next one's last step, the first
 * step of the one FORWARDER_EXPECT_STEPS behind. */
static void expect(const ForwarderList *carried, size_t at) {
  for (size_t step = 0; step < FORWARDER_EXPECT_STEPS; step++) {
    size_t place = at + FORWARDER_EXPECT_STEPS - step;
    if (place < carried->count)
      forwarder_expect(carried->at[place], (unsigned)step);
  }
}

void layer_send_train(Layer *layer) {
  for (size_t i = 0; i < layer->carried.count; i++) {
    expect(&layer->carried, i);
    Forwarder *forwarder = layer->carried.at[i];
    for (unsigned k = 0; k < layer->train_length; k++)
      forwarder_receive(forwarder, layer->train[k]);
  }
  /* Last: who begins with what is held has not been sent these. */
  for (unsigned k = 0; k < layer->train_length; k++) {
    if (layer->keeps)
      ring_put(&layer->ring, layer->train[k]);
    packet_unref(&layer->train[k]);
  }
  layer->train_length = 0;
}

void layer_measure(Layer *layer, int64_t now_us) {
  int64_t span_us = now_us - layer->counted_us;
  bool first = layer_bps(layer, TEMPORAL_LAYERS - 1) == 0;
  int64_t rate_us = layer->rate_us && !first ? layer->rate_us : LAYER_RATE_US;
  layer->rests = now_us - layer->packet_us > LAYER_RESTS_US;
  /* A layer that ceases will cost what it did when it comes again; one that sends little is
   * measured from packet to packet. */
  if (span_us < rate_us || now_us - layer->packet_us > LAYER_PAUSE_US)
    return;
  layer->counted_us = now_us;
  for (unsigned i = 0; i < TEMPORAL_LAYERS; i++) {
    uint32_t bps = (uint32_t)((int64_t)layer->counted[i] * 8000000 / span_us);
    layer->counted[i] = 0;
    layer->bps[i] = layer->bps[i] && !layer->rough ? (layer->bps[i] + bps) / 2 : bps;
  }
  layer->rough = first && layer->rate_us;
}

int64_t layer_bps(const Layer *layer, unsigned temporal) {
  int64_t bps = 0;
  for (unsigned i = 0; i <= MIN(temporal, TEMPORAL_LAYERS - 1); i++)
    bps += layer->bps[i];
  return bps;
}

bool layer_taken(const Layer *layer) {
  return layer->aimed > 0 || layer->carried.count > 0 || layer->waiting.count > 0;
}
