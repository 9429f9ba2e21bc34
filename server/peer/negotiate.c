#include "peer/negotiate.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/id.h"

#define ONE_BYTE_IDS 14 /* RFC 8285 §4.2: what we write is in that form */

/* --- reading the offer --- */

/* RFC 5761 §4: under these an RTP packet would be taken for RTCP. */
static bool is_forbidden(uint8_t payload_type) {
  return payload_type >= 64 && payload_type <= 95;
}

static const SdpCodec *codec_named(const SdpMedia *media, const char *name, uint32_t clock_rate) {
  for (unsigned i = 0; i < media->codec_count; i++)
    if (strcasecmp(media->codecs[i].name, name) == 0 && media->codecs[i].clock_rate == clock_rate &&
        !is_forbidden(media->codecs[i].payload_type))
      return &media->codecs[i];
  return NULL;
}

const SdpCodec *negotiate_codec(const SdpMedia *media) {
  return media->kind == SDP_AUDIO   ? codec_named(media, "opus", 48000)
         : media->kind == SDP_VIDEO ? codec_named(media, "VP8", 90000)
                                    : NULL;
}

static const SdpCodec *rtx_for(const SdpMedia *media, uint8_t payload_type) {
  for (unsigned i = 0; i < media->codec_count; i++)
    if (strcasecmp(media->codecs[i].name, "rtx") == 0 && media->codecs[i].apt == payload_type &&
        !is_forbidden(media->codecs[i].payload_type))
      return &media->codecs[i];
  return NULL;
}

static bool is_usable(const SdpMedia *media) {
  return !media->rejected && negotiate_codec(media);
}

static uint8_t extension_id(const SdpMedia *media, const char *uri) {
  for (unsigned i = 0; i < media->extension_count; i++)
    if (strcmp(media->extensions[i].uri, uri) == 0)
      return media->extensions[i].id;
  return 0;
}

static bool client_sends(const SdpMedia *media) {
  return media->direction == SDP_SENDONLY || media->direction == SDP_SENDRECV;
}

static bool client_receives(const SdpMedia *media) {
  return media->direction == SDP_RECVONLY;
}

static bool source_of(const EngineSource *sources, unsigned count, const char *mid,
                      Source *source) {
  for (unsigned i = 0; i < count; i++)
    if (strcmp(sources[i].mid, mid) == 0) {
      *source = sources[i].source;
      return true;
    }
  return false;
}

static bool is_audio(Source source) {
  return source == SOURCE_MIC || source == SOURCE_SCREEN_AUDIO;
}

/* --- the transport --- */

static bool fail(EngineError *error, const SdpMedia *media, const char *attribute,
                 const char *message) {
  *error = (EngineError){.code = "bad_sdp", .message = message, .attribute = attribute};
  if (media) {
    error->line = media->line;
    g_strlcpy(error->mid, media->mid, sizeof error->mid);
  }
  return false;
}

/* The m-line whose transport carries all (RFC 9143 §7.2.1): the first of the group that is taken,
 * or else the first of it that is not refused by the client; without a group the first of all. */
static const SdpMedia *transport_media(const Sdp *offer) {
  const SdpMedia *best = NULL;
  for (unsigned i = 0; i < offer->media_count; i++) {
    const SdpMedia *media = &offer->media[i];
    if (media->rejected || media->kind == SDP_OTHER || !media->fingerprint[0])
      continue;
    bool usable = is_usable(media), best_usable = best && is_usable(best);
    if (!best || (usable && !best_usable) ||
        (usable == best_usable && media->bundle_place && media->bundle_place < best->bundle_place))
      best = media;
  }
  return best;
}

static bool fail_media(EngineError *error, const SdpMedia *media, const char *attribute,
                       const char *message) {
  fail(error, media, attribute, message);
  error->code = "no_media";
  return false;
}

/* Every m-line that would be taken is on the one transport. A single one needs no group. */
static bool check_bundle(const Sdp *offer, EngineError *error) {
  unsigned usable = 0, bundled = 0;
  const SdpMedia *outside = NULL;
  bool any = false;
  for (unsigned i = 0; i < offer->media_count; i++) {
    const SdpMedia *media = &offer->media[i];
    any = any || (!media->rejected && media->kind <= SDP_VIDEO);
    if (!is_usable(media))
      continue;
    if (!media->mid[0])
      return fail(error, media, "mid", "an m-line has no mid");
    usable++;
    if (media->bundle_place)
      bundled++;
    else if (!outside)
      outside = media;
  }
  if (!any)
    return fail_media(error, NULL, "m", "the offer has no m-line of audio or video");
  if (outside && (usable > 1 || bundled))
    return fail(error, outside, "group", "all m-lines must be in one BUNDLE group");
  return true;
}

static bool check_transport(const Sdp *offer, EngineError *error) {
  if (offer->ice_lite)
    return fail(error, NULL, "ice-lite", "both sides are ICE-lite");
  if (!check_bundle(offer, error))
    return false;
  const SdpMedia *media = transport_media(offer);
  if (!media) {
    for (unsigned i = 0; !media && i < offer->media_count; i++)
      if (!offer->media[i].rejected)
        media = &offer->media[i];
    return fail(error, media, "fingerprint", "a fingerprint is required");
  }
  if (!media->rtcp_mux && media->kind != SDP_APPLICATION)
    return fail(error, media, "rtcp-mux", "rtcp-mux is required");
  if (!media->ice_ufrag[0])
    return fail(error, media, "ice-ufrag", "ICE credentials are missing");
  if (!media->ice_pwd[0])
    return fail(error, media, "ice-pwd", "ICE credentials are missing");
  if (strcmp(media->setup, "actpass") != 0 && strcmp(media->setup, "active") != 0)
    return fail(error, media, "setup", "the offer must let the client be the DTLS client");
  return true;
}

/* --- what each m-line becomes --- */

static uint32_t new_ssrc(const MediaPlan *plan) {
  for (;;) {
    uint32_t ssrc = random_u32();
    bool taken = ssrc == 0;
    for (unsigned i = 0; i < plan->media_count; i++)
      taken = taken || plan->media[i].ssrc == ssrc || plan->media[i].rtx_ssrc == ssrc;
    if (!taken)
      return ssrc;
  }
}

static void set_codec(PlanMedia *to, const SdpMedia *media, const SdpCodec *codec) {
  const SdpCodec *rtx = codec->nack ? rtx_for(media, codec->payload_type) : NULL;
  to->payload_type = codec->payload_type;
  to->clock_rate = codec->clock_rate;
  to->nack = codec->nack;
  to->rtx_payload_type = rtx ? rtx->payload_type : 0;
  const SdpCodec *red = media->kind == SDP_AUDIO ? codec_named(media, "red", 48000) : NULL;
  to->red_payload_type = red ? red->payload_type : 0;
}

/* Without the header extensions that name a packet's layer they could not be told apart. */
static void plan_layers(PlanMedia *to, const SdpMedia *media) {
  to->rid_extension = extension_id(media, URI_RID);
  to->repaired_extension = extension_id(media, URI_REPAIRED);
  to->rid_count = 0;
  if (media->kind != SDP_VIDEO || !to->mid_extension || !to->rid_extension)
    return;
  to->rid_count = MIN(media->rid_count, LAYERS_MAX);
  for (unsigned i = 0; i < to->rid_count; i++)
    g_strlcpy(to->rids[i], media->rids[i], sizeof to->rids[i]);
}

static void plan_uplink(PlanMedia *to, const SdpMedia *media, Source source) {
  to->use = PLAN_UPLINK;
  to->source = source;
  to->mid_extension = extension_id(media, URI_MID);
  to->twcc_extension = extension_id(media, URI_TWCC);
  to->level_extension = media->kind == SDP_AUDIO ? extension_id(media, URI_LEVEL) : 0;
  plan_layers(to, media);
  memset(to->remote_ssrc, 0, sizeof to->remote_ssrc);
  memset(to->remote_rtx_ssrc, 0, sizeof to->remote_rtx_ssrc);
  unsigned layers = MAX(to->rid_count, 1), layer = 0;
  for (unsigned i = 0; i < media->ssrc_count && layer < layers; i++)
    if (!media->rtx_of[i])
      to->remote_ssrc[layer++] = media->ssrcs[i];
  for (unsigned i = 0; i < media->ssrc_count; i++)
    for (layer = 0; layer < layers; layer++)
      if (media->rtx_of[i] && media->rtx_of[i] == to->remote_ssrc[layer])
        to->remote_rtx_ssrc[layer] = media->ssrcs[i];
}

/* A slot's stream of repairs comes with the first offer that has them, and stays its own. */
static void name_repairs(MediaPlan *plan) {
  for (unsigned i = 0; i < plan->media_count; i++) {
    PlanMedia *media = &plan->media[i];
    if (media->use == PLAN_SLOT && media->rtx_payload_type && !media->rtx_ssrc)
      media->rtx_ssrc = new_ssrc(plan);
  }
}

static void name_slot(MediaPlan *plan, PlanMedia *to, char letter, unsigned number,
                      unsigned index) {
  to->has_slot = true;
  to->slot = index;
  g_snprintf(to->name, sizeof to->name, "%c%u", letter, number);
  to->ssrc = new_ssrc(plan);
}

/* Fixes the row of slots at the first offer that has receiving m-lines. */
static void name_slots(MediaPlan *plan, unsigned video_slots_max) {
  unsigned video = 0, audio = 0, videos = 0;
  PlanMedia *screen = NULL;
  for (unsigned i = 0; i < plan->media_count; i++)
    if (plan->media[i].use == PLAN_SLOT) {
      plan->has_slots = true;
      if (plan->media[i].kind == SDP_VIDEO) {
        video++;
        screen = &plan->media[i];
      }
    }
  if (video < 2)
    screen = NULL;
  video_slots_max = MIN(video_slots_max, VIDEO_SLOTS_MAX);
  plan->video_slots = MIN(video - (screen ? 1 : 0), video_slots_max);
  for (unsigned i = 0; i < plan->media_count; i++) {
    PlanMedia *media = &plan->media[i];
    if (media->use != PLAN_SLOT)
      continue;
    if (media == screen)
      name_slot(plan, media, 's', 0, AUDIO_SLOTS + plan->video_slots);
    else if (media->kind == SDP_AUDIO && audio < AUDIO_SLOTS)
      name_slot(plan, media, 'a', audio, audio), audio++;
    else if (media->kind == SDP_VIDEO && videos < plan->video_slots)
      name_slot(plan, media, 'v', videos, AUDIO_SLOTS + videos), videos++;
  }
}

/* Is this the m-line that was there, of the same kind, as a transceiver's always is (RFC 9429
 * §5.2.2: another one gets another mid)? */
static bool is_same_line(const PlanMedia *before, const SdpMedia *media) {
  return before->kind == media->kind && strcmp(before->mid, media->mid) == 0;
}

/* Does the m-line stay in its place, or begin where one was refused before (RFC 9429 §5.2.2)? */
static bool fits_place(const MediaPlan *plan, unsigned index, const SdpMedia *media) {
  const PlanMedia *before = &plan->media[index];
  return index >= plan->media_count || before->use == PLAN_REJECTED || is_same_line(before, media);
}

static bool fail_place(EngineError *error, const PlanMedia *before, const SdpMedia *media) {
  if (before->kind != media->kind)
    return fail(error, media, "m", "an m-line changed its kind");
  return fail(error, media, "mid", "an m-line changed its place");
}

static void plan_receiving(PlanMedia *to, const SdpMedia *media, const SdpCodec *codec) {
  to->use = PLAN_SLOT;
  uint8_t id = extension_id(media, URI_TWCC);
  to->twcc_extension = codec->transport_cc && id <= ONE_BYTE_IDS ? id : 0;
  to->remb = codec->goog_remb && !to->twcc_extension;
}

static bool plan_media(MediaPlan *plan, const Sdp *offer, const EngineOffer *with,
                       EngineError *error) {
  bool taken[SOURCE_COUNT] = {false};
  if (offer->media_count < plan->media_count)
    return fail(error, NULL, "m", "m-lines were removed");
  for (unsigned i = 0; i < offer->media_count; i++) {
    const SdpMedia *media = &offer->media[i];
    PlanMedia *to = &plan->media[i];
    if (!fits_place(plan, i, media))
      return fail_place(error, to, media);
    if (i >= plan->media_count || !is_same_line(to, media))
      memset(to, 0, sizeof *to);
    plan->media_count = MAX(plan->media_count, i + 1);
    g_strlcpy(to->mid, media->mid, sizeof to->mid);
    to->kind = media->kind;
    to->use = PLAN_REJECTED;
    if (!is_usable(media))
      continue;
    const SdpCodec *codec = negotiate_codec(media);
    set_codec(to, media, codec);
    to->use = PLAN_INACTIVE;
    Source source;
    if (client_sends(media) && source_of(with->sources, with->source_count, media->mid, &source)) {
      if (is_audio(source) != (media->kind == SDP_AUDIO))
        return fail(error, media, "sources", "a source is of another kind than its m-line");
      if (taken[source])
        return fail(error, media, "sources", "a source has two m-lines");
      taken[source] = true;
      plan_uplink(to, media, source);
    } else if (client_receives(media)) {
      plan_receiving(to, media, codec);
    }
  }
  return true;
}

/* In a BUNDLE a payload type means one thing in all m-lines (RFC 9143 §9.1.1): else neither side
 * could tell whose a packet is by it. Zeros: nothing yet. */
typedef struct {
  struct {
    const char *codec; /* NULL: free */
    uint8_t of;        /* rtx: what it repairs */
  } types[128];
} PayloadTypes;

static bool means(PayloadTypes *all, uint8_t payload_type, const char *codec, uint8_t of) {
  const char *before = all->types[payload_type & 127].codec;
  if (before)
    return strcmp(before, codec) == 0 && all->types[payload_type & 127].of == of;
  all->types[payload_type & 127].codec = codec;
  all->types[payload_type & 127].of = of;
  return true;
}

static bool check_payload_types(const Sdp *offer, const MediaPlan *plan, EngineError *error) {
  PayloadTypes all = {0};
  for (unsigned i = 0; i < plan->media_count; i++) {
    const PlanMedia *media = &plan->media[i];
    uint8_t rtx = media->rtx_payload_type, red = media->red_payload_type;
    if (media->use == PLAN_REJECTED)
      continue;
    if (!means(&all, media->payload_type, media->kind == SDP_AUDIO ? "opus" : "VP8", 0) ||
        (rtx && !means(&all, rtx, "rtx", media->payload_type)) ||
        (red && !means(&all, red, "red", 0)))
      return fail(error, &offer->media[i], "rtpmap", "a payload type means two things in a BUNDLE");
  }
  return true;
}

/* A source whose m-line is not there would be waited for in vain. */
static bool check_sources(const Sdp *offer, const EngineOffer *with, EngineError *error) {
  for (unsigned i = 0; i < with->source_count; i++) {
    bool found = false;
    for (unsigned j = 0; j < offer->media_count; j++)
      found = found || strcmp(offer->media[j].mid, with->sources[i].mid) == 0;
    if (found)
      continue;
    fail(error, NULL, "sources", "a source names an m-line that is not in the offer");
    g_strlcpy(error->mid, with->sources[i].mid, sizeof error->mid);
    return false;
  }
  return true;
}

/* Nothing to send or to receive: where the first audio or video m-line fell short. */
static bool fail_unusable(const Sdp *offer, EngineError *error) {
  const SdpMedia *media = NULL;
  for (unsigned i = 0; !media && i < offer->media_count; i++)
    if (!offer->media[i].rejected && offer->media[i].kind <= SDP_VIDEO)
      media = &offer->media[i];
  if (media && negotiate_codec(media))
    return fail_media(error, media, "sources", "no m-line is named as a source and none receives");
  return fail_media(error, media, "rtpmap",
                    "the offer holds no Opus or VP8 with a payload type outside 64 to 95");
}

static bool make_plan(const Sdp *offer, const EngineOffer *with, const NegotiateSelf *self,
                      MediaPlan *plan, EngineError *error) {
  if (!check_transport(offer, error) || !plan_media(plan, offer, with, error) ||
      !check_payload_types(offer, plan, error) || !check_sources(offer, with, error))
    return false;
  if (!plan->has_slots)
    name_slots(plan, self->video_slots_max);
  bool usable = false;
  for (unsigned i = 0; i < plan->media_count; i++) {
    PlanMedia *media = &plan->media[i];
    if (media->use == PLAN_SLOT && !media->has_slot)
      media->use = PLAN_INACTIVE; /* more receiving m-lines than slots */
    usable = usable || media->use == PLAN_SLOT || media->use == PLAN_UPLINK;
  }
  if (!usable)
    return fail_unusable(offer, error);
  name_repairs(plan);
  const SdpMedia *transport = transport_media(offer);
  g_assert(transport); /* check_transport found one */
  g_strlcpy(plan->remote_ufrag, transport->ice_ufrag, sizeof plan->remote_ufrag);
  g_strlcpy(plan->remote_pwd, transport->ice_pwd, sizeof plan->remote_pwd);
  g_strlcpy(plan->remote_hash, transport->fingerprint_hash, sizeof plan->remote_hash);
  g_strlcpy(plan->remote_fingerprint, transport->fingerprint, sizeof plan->remote_fingerprint);
  plan->reduced_rtcp = transport->rtcp_rsize;
  plan->origin = offer->origin;
  plan->tls_id = offer->tls_id;
  g_strlcpy(plan->connection, with->connection ? with->connection : "", sizeof plan->connection);
  return true;
}

char *negotiate(const Sdp *offer, const EngineOffer *with, const NegotiateSelf *self,
                MediaPlan *plan, EngineError *error) {
  MediaPlan *next = g_memdup2(plan, sizeof *plan);
  char *answer = NULL;
  if (make_plan(offer, with, self, next, error)) {
    answer = negotiate_answer(offer, next, self);
    *plan = *next;
  }
  g_free(next);
  return answer;
}

static bool lines_fit(const Sdp *offer, const MediaPlan *plan) {
  if (offer->media_count < plan->media_count)
    return false;
  for (unsigned i = 0; i < plan->media_count; i++)
    if (!fits_place(plan, i, &offer->media[i]))
      return false;
  return true;
}

bool negotiate_is_new(const Sdp *offer, const char *connection, const MediaPlan *plan) {
  const SdpMedia *transport = transport_media(offer);
  if (!transport)
    return false; /* it will be refused */
  if (strcmp(transport->fingerprint, plan->remote_fingerprint) != 0)
    return true;
  if (connection && plan->connection[0])
    return strcmp(connection, plan->connection) != 0;
  if (offer->tls_id && plan->tls_id)
    return offer->tls_id != plan->tls_id;
  /* A new connection has new credentials, and a line that moved is no other session's then. */
  if (!negotiate_restarts_ice(offer, plan) || offer->origin == plan->origin)
    return false;
  return !lines_fit(offer, plan);
}

bool negotiate_restarts_ice(const Sdp *offer, const MediaPlan *plan) {
  const SdpMedia *transport = transport_media(offer);
  return transport && (strcmp(transport->ice_ufrag, plan->remote_ufrag) != 0 ||
                       strcmp(transport->ice_pwd, plan->remote_pwd) != 0);
}
