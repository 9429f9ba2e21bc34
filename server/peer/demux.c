/* See demux.h. */
#include "peer/demux.h"

#include <glib.h>
#include <string.h>

/* New SSRCs and new beginnings of one source: each costs its receivers a key frame. */
#define LEARN_PER_SECOND 1
#define LEARN_BURST 16

/* --- the plan --- */

/* In a BUNDLE an extension has one id for all m-lines (RFC 9143 §10). */
static void read_extensions(Demux *demux) {
  const MediaPlan *plan = demux->plan;
  demux->mid_extension = demux->rid_extension = demux->repaired_extension = 0;
  for (unsigned i = 0; i < plan->media_count; i++) {
    const PlanMedia *media = &plan->media[i];
    if (media->use != PLAN_UPLINK)
      continue;
    if (media->mid_extension)
      demux->mid_extension = media->mid_extension;
    if (media->rid_extension)
      demux->rid_extension = media->rid_extension;
    if (media->repaired_extension)
      demux->repaired_extension = media->repaired_extension;
  }
}

static DemuxSource read_source(const MediaPlan *plan, Source source) {
  DemuxSource read = {0};
  for (unsigned i = 0; i < plan->media_count; i++) {
    const PlanMedia *media = &plan->media[i];
    if (media->use != PLAN_UPLINK || media->source != source)
      continue;
    read.sends = true;
    read.media = (uint8_t)i;
    read.layers = (uint8_t)CLAMP(media->rid_count, 1, LAYERS_MAX);
    for (unsigned k = 0; k < MIN(media->rid_count, LAYERS_MAX); k++)
      g_strlcpy(read.rids[k], media->rids[k], sizeof read.rids[k]);
    break;
  }
  return read;
}

static bool is_same(const DemuxSource *a, const DemuxSource *b) {
  if (a->sends != b->sends || a->media != b->media || a->layers != b->layers)
    return false;
  for (unsigned i = 0; i < LAYERS_MAX; i++)
    if (strcmp(a->rids[i], b->rids[i]) != 0)
      return false;
  return true;
}

void demux_init(Demux *demux, const MediaPlan *plan, Limit learning[SOURCE_COUNT]) {
  *demux = (Demux){.plan = plan, .learning = learning};
  demux_replan(demux);
}

/* The layer whose SSRC or whose repair's the offer named, or -1. */
static int signalled_layer(const PlanMedia *media, uint32_t ssrc) {
  for (int i = 0; ssrc && i < LAYERS_MAX; i++)
    if (media->remote_ssrc[i] == ssrc || media->remote_rtx_ssrc[i] == ssrc)
      return i;
  return -1;
}

static int media_by_signalled_ssrc(const MediaPlan *plan, uint32_t ssrc) {
  for (unsigned i = 0; i < plan->media_count; i++)
    if (plan->media[i].use == PLAN_UPLINK && signalled_layer(&plan->media[i], ssrc) >= 0)
      return (int)i;
  return -1;
}

/* Its source is another than it was, or the SSRC is named for another m-line now. */
static bool has_ended(const Demux *demux, const DemuxStream *stream, unsigned sources) {
  int media = media_by_signalled_ssrc(demux->plan, stream->ssrc);
  return sources & (1u << stream->source) || (media >= 0 && media != stream->media);
}

DemuxEnded demux_replan(Demux *demux) {
  DemuxEnded ended = {0};
  read_extensions(demux);
  for (int i = 0; i < SOURCE_COUNT; i++) {
    DemuxSource now = read_source(demux->plan, (Source)i);
    if (is_same(&now, &demux->sources[i]))
      continue;
    if (demux->sources[i].sends)
      ended.sources |= 1u << i;
    demux->sources[i] = now;
  }
  for (unsigned i = 0; i < DEMUX_PLACES; i++) {
    DemuxStream *stream = &demux->streams[i];
    if (!stream->used || !has_ended(demux, stream, ended.sources))
      continue;
    stream->used = false;
    if (!stream->replaced)
      ended.places |= UINT32_C(1) << i;
  }
  return ended;
}

unsigned demux_layers(const Demux *demux, Source source) {
  return demux->sources[source].layers;
}

/* --- whose packet --- */

static int media_by_mid(const MediaPlan *plan, const uint8_t *mid, size_t len) {
  for (unsigned i = 0; i < plan->media_count; i++)
    if (plan->media[i].use == PLAN_UPLINK && strlen(plan->media[i].mid) == len &&
        memcmp(plan->media[i].mid, mid, len) == 0)
      return (int)i;
  return -1;
}

static bool has_payload_type(const PlanMedia *media, uint8_t payload_type) {
  return media->payload_type == payload_type ||
         (media->rtx_payload_type && media->rtx_payload_type == payload_type) ||
         (media->red_payload_type && media->red_payload_type == payload_type);
}

static int media_by_payload_type(const MediaPlan *plan, uint8_t payload_type) {
  int found = -1;
  for (unsigned i = 0; i < plan->media_count; i++)
    if (plan->media[i].use == PLAN_UPLINK && has_payload_type(&plan->media[i], payload_type)) {
      if (found >= 0)
        return -1; /* camera and screen: it does not tell */
      found = (int)i;
    }
  return found;
}

static int find_media(const Demux *demux, const uint8_t *data, const RtpHeader *rtp) {
  const MediaPlan *plan = demux->plan;
  const uint8_t *mid;
  size_t len;
  int index = -1;
  if (demux->mid_extension && rtp_extension(data, rtp, demux->mid_extension, &mid, &len))
    index = media_by_mid(plan, mid, len);
  if (index < 0)
    index = media_by_signalled_ssrc(plan, rtp->ssrc);
  if (index < 0)
    index = media_by_payload_type(plan, rtp->payload_type);
  return index >= 0 && has_payload_type(&plan->media[index], rtp->payload_type) ? index : -1;
}

static int layer_by_rid(const DemuxSource *source, const uint8_t *rid, size_t len) {
  for (unsigned i = 0; i < source->layers; i++)
    if (strlen(source->rids[i]) == len && memcmp(source->rids[i], rid, len) == 0)
      return (int)i;
  return -1;
}

/* -1: it does not say. */
static int find_layer(const Demux *demux, const PlanMedia *media, bool repair, const uint8_t *data,
                      const RtpHeader *rtp) {
  const DemuxSource *source = &demux->sources[media->source];
  const uint8_t *rid;
  size_t len;
  uint8_t extension = repair ? demux->repaired_extension : demux->rid_extension;
  if (!source->rids[0][0])
    return 0; /* not simulcast */
  if (extension && rtp_extension(data, rtp, extension, &rid, &len))
    return layer_by_rid(source, rid, len);
  int layer = signalled_layer(media, rtp->ssrc);
  return layer < source->layers ? layer : -1;
}

/* The stream that has this part now. */
static int find_holder(const Demux *demux, Source source, unsigned layer, bool repair) {
  for (int i = 0; i < DEMUX_PLACES; i++) {
    const DemuxStream *stream = &demux->streams[i];
    if (stream->used && !stream->replaced && stream->source == source && stream->layer == layer &&
        stream->repair == repair)
      return i;
  }
  return DEMUX_NOBODY;
}

static int find_ssrc(const Demux *demux, uint32_t ssrc) {
  for (int i = 0; i < DEMUX_PLACES; i++)
    if (demux->streams[i].used && demux->streams[i].ssrc == ssrc)
      return i;
  return DEMUX_NOBODY;
}

/* A place that is free, or becomes so: of what was replaced first, then of what is longest silent.
 */
static int make_room(Demux *demux, uint32_t *ended_places) {
  int oldest = 0;
  for (int i = 0; i < DEMUX_PLACES; i++) {
    const DemuxStream *stream = &demux->streams[i], *other = &demux->streams[oldest];
    if (!stream->used)
      return i;
    if (stream->replaced != other->replaced ? stream->replaced : stream->last_us < other->last_us)
      oldest = i;
  }
  if (!demux->streams[oldest].replaced)
    *ended_places |= UINT32_C(1) << oldest;
  return oldest;
}

static bool may_begin(Demux *demux, Source source, int64_t now_us) {
  return limit_take(&demux->learning[source], LEARN_PER_SECOND, LEARN_BURST, now_us);
}

static void begin_epoch(Demux *demux, DemuxStream *stream) {
  stream->epoch = ++demux->epochs[stream->source][stream->layer];
}

/* The stream at this place has its part from now on. */
static void take_part(Demux *demux, int place, int before, uint32_t *ended_places) {
  DemuxStream *stream = &demux->streams[place];
  if (before != DEMUX_NOBODY) {
    demux->streams[before].replaced = true;
    *ended_places |= UINT32_C(1) << before;
  }
  stream->replaced = false;
  if (!stream->repair)
    begin_epoch(demux, stream);
}

static int learn(Demux *demux, const uint8_t *data, const RtpHeader *rtp, int64_t now_us,
                 uint32_t *ended_places) {
  int index = find_media(demux, data, rtp);
  if (index < 0)
    return DEMUX_NOBODY;
  const PlanMedia *media = &demux->plan->media[index];
  bool repair = media->rtx_payload_type && rtp->payload_type == media->rtx_payload_type;
  int layer = find_layer(demux, media, repair, data, rtp);
  if (layer < 0 || !may_begin(demux, media->source, now_us))
    return DEMUX_NOBODY;
  int before = find_holder(demux, media->source, (unsigned)layer, repair);
  int place = make_room(demux, ended_places);
  demux->streams[place] = (DemuxStream){.ssrc = rtp->ssrc,
                                        .source = media->source,
                                        .media = (uint8_t)index,
                                        .layer = (uint8_t)layer,
                                        .used = true,
                                        .repair = repair,
                                        .last_us = now_us};
  take_part(demux, place, before == place ? DEMUX_NOBODY : before, ended_places);
  return place;
}

/* Of an SSRC that was replaced: what is late, or it comes back. */
static int come_back(Demux *demux, int place, int64_t now_us, uint32_t *ended_places) {
  DemuxStream *stream = &demux->streams[place];
  int holder = find_holder(demux, stream->source, stream->layer, stream->repair);
  if (holder != DEMUX_NOBODY && now_us - demux->streams[holder].last_us < DEMUX_BACK_US)
    return DEMUX_NOBODY;
  if (!may_begin(demux, stream->source, now_us))
    return DEMUX_NOBODY;
  stream->last_us = now_us;
  take_part(demux, place, holder, ended_places);
  return place;
}

int demux_packet(Demux *demux, const uint8_t *data, const RtpHeader *rtp, int64_t now_us,
                 uint32_t *ended_places) {
  *ended_places = 0;
  int place = find_ssrc(demux, rtp->ssrc);
  if (place == DEMUX_NOBODY)
    return learn(demux, data, rtp, now_us, ended_places);
  if (demux->streams[place].replaced)
    return come_back(demux, place, now_us, ended_places);
  demux->streams[place].last_us = now_us;
  return place;
}

int demux_find(const Demux *demux, uint32_t ssrc) {
  int place = find_ssrc(demux, ssrc);
  return place != DEMUX_NOBODY && !demux->streams[place].replaced ? place : DEMUX_NOBODY;
}

int demux_repaired(const Demux *demux, int place) {
  const DemuxStream *repair = &demux->streams[place];
  return find_holder(demux, repair->source, repair->layer, false);
}

bool demux_restart(Demux *demux, int place, int64_t now_us) {
  DemuxStream *stream = &demux->streams[place];
  if (!may_begin(demux, stream->source, now_us))
    return false;
  begin_epoch(demux, stream);
  return true;
}
