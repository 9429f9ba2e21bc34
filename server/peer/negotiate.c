#include "peer/negotiate.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/id.h"

#define ONE_BYTE_IDS 14 /* RFC 8285 §4.2: what we write is in that form */
#define URI_MID "urn:ietf:params:rtp-hdrext:sdes:mid"
#define URI_RID "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
#define URI_REPAIRED "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
#define URI_LEVEL "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
#define URI_TWCC "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"

/* --- reading the offer --- */

static const SdpCodec *codec_named(const SdpMedia *media, const char *name, uint32_t clock_rate) {
  for (unsigned i = 0; i < media->codec_count; i++)
    if (strcasecmp(media->codecs[i].name, name) == 0 && media->codecs[i].clock_rate == clock_rate)
      return &media->codecs[i];
  return NULL;
}

static const SdpCodec *codec_of(const SdpMedia *media) {
  return media->kind == SDP_AUDIO   ? codec_named(media, "opus", 48000)
         : media->kind == SDP_VIDEO ? codec_named(media, "VP8", 90000)
                                    : NULL;
}

static const SdpCodec *rtx_for(const SdpMedia *media, uint8_t payload_type) {
  for (unsigned i = 0; i < media->codec_count; i++)
    if (strcasecmp(media->codecs[i].name, "rtx") == 0 && media->codecs[i].apt == payload_type)
      return &media->codecs[i];
  return NULL;
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

static PlanMedia *plan_find(MediaPlan *plan, const char *mid) {
  for (unsigned i = 0; i < plan->media_count; i++)
    if (strcmp(plan->media[i].mid, mid) == 0)
      return &plan->media[i];
  return NULL;
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

static const char *check_transport(const Sdp *offer) {
  bool any = false;
  if (!offer->bundle)
    return "all m-lines must be in one BUNDLE group";
  if (offer->ice_lite)
    return "both sides are ICE-lite";
  for (unsigned i = 0; i < offer->media_count; i++) {
    const SdpMedia *media = &offer->media[i];
    for (unsigned j = 0; j < i; j++)
      if (strcmp(media->mid, offer->media[j].mid) == 0)
        return "m-lines need different mids";
    if (media->rejected || media->kind == SDP_OTHER)
      continue;
    any = true;
    if (!media->mid[0])
      return "an m-line has no mid";
    if (media->kind != SDP_APPLICATION && !media->rtcp_mux)
      return "rtcp-mux is required";
    if (strlen(media->ice_ufrag) < 4 || strlen(media->ice_pwd) < 22)
      return "ICE credentials are missing";
    if (!media->fingerprint[0] || !media->fingerprint_hash[0])
      return "a fingerprint is required";
    if (strcmp(media->setup, "actpass") != 0 && strcmp(media->setup, "active") != 0)
      return "the offer must let the client be the DTLS client";
  }
  return any ? NULL : "no m-line";
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

static void name_slot(MediaPlan *plan, PlanMedia *to, char letter, unsigned number,
                      unsigned index) {
  to->has_slot = true;
  to->slot = index;
  g_snprintf(to->name, sizeof to->name, "%c%u", letter, number);
  to->ssrc = new_ssrc(plan);
  to->rtx_ssrc = to->rtx_payload_type ? new_ssrc(plan) : 0;
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

static bool plan_media(MediaPlan *plan, const Sdp *offer, const EngineSource *sources,
                       unsigned source_count, const char **why) {
  bool taken[SOURCE_COUNT] = {false};
  for (unsigned i = 0; i < offer->media_count; i++) {
    const SdpMedia *media = &offer->media[i];
    PlanMedia *to = plan_find(plan, media->mid);
    if (!to || to != &plan->media[i]) {
      if (i < plan->media_count && plan->media[i].use != PLAN_REJECTED) {
        *why = "an m-line changed its place";
        return false;
      }
      to = &plan->media[i];
      memset(to, 0, sizeof *to);
    }
    plan->media_count = MAX(plan->media_count, i + 1);
    g_strlcpy(to->mid, media->mid, sizeof to->mid);
    to->kind = media->kind;
    to->use = PLAN_REJECTED;
    const SdpCodec *codec = codec_of(media);
    if (media->rejected || !codec)
      continue;
    set_codec(to, media, codec);
    to->use = PLAN_INACTIVE;
    Source source;
    if (client_sends(media) && source_of(sources, source_count, media->mid, &source)) {
      if (is_audio(source) != (media->kind == SDP_AUDIO) || taken[source]) {
        *why = "sources do not fit the m-lines";
        return false;
      }
      taken[source] = true;
      plan_uplink(to, media, source);
    } else if (client_receives(media)) {
      to->use = PLAN_SLOT;
      uint8_t id = extension_id(media, URI_TWCC);
      to->twcc_extension = codec->transport_cc && id <= ONE_BYTE_IDS ? id : 0;
      to->remb = codec->goog_remb && !to->twcc_extension;
    }
  }
  return true;
}

/* --- writing the answer --- */

static void write_codec(SdpWriter *out, const SdpMedia *media, const PlanMedia *plan) {
  const SdpCodec *codec = codec_of(media);
  if (media->kind == SDP_AUDIO) {
    sdp_line(out, "a=rtpmap:%u opus/48000/2", plan->payload_type);
    /* In-band FEC carries the voice over single losses; screen sound keeps its two channels. */
    sdp_line(out, "a=fmtp:%u minptime=10;useinbandfec=1%s", plan->payload_type,
             plan->use == PLAN_UPLINK && plan->source == SOURCE_SCREEN_AUDIO ? ";stereo=1" : "");
    if (plan->red_payload_type) {
      sdp_line(out, "a=rtpmap:%u red/48000/2", plan->red_payload_type);
      sdp_line(out, "a=fmtp:%u %u/%u", plan->red_payload_type, plan->payload_type,
               plan->payload_type);
    }
  } else {
    sdp_line(out, "a=rtpmap:%u VP8/90000", plan->payload_type);
  }
  if (plan->twcc_extension && codec->transport_cc)
    sdp_line(out, "a=rtcp-fb:%u transport-cc", plan->payload_type);
  if (plan->use == PLAN_SLOT && plan->remb)
    sdp_line(out, "a=rtcp-fb:%u goog-remb", plan->payload_type);
  /* Downwards only what can be sent again, on its own stream, is worth asking for. */
  if (codec->nack && (plan->use == PLAN_UPLINK || plan->rtx_payload_type))
    sdp_line(out, "a=rtcp-fb:%u nack", plan->payload_type);
  if (codec->nack_pli)
    sdp_line(out, "a=rtcp-fb:%u nack pli", plan->payload_type);
  if (plan->use == PLAN_UPLINK && codec->ccm_fir)
    sdp_line(out, "a=rtcp-fb:%u ccm fir", plan->payload_type);
  if (plan->rtx_payload_type) {
    sdp_line(out, "a=rtpmap:%u rtx/%u", plan->rtx_payload_type, plan->clock_rate);
    sdp_line(out, "a=fmtp:%u apt=%u", plan->rtx_payload_type, plan->payload_type);
  }
}

static void write_uplink(SdpWriter *out, const PlanMedia *plan) {
  sdp_line(out, "a=recvonly");
  if (plan->mid_extension)
    sdp_line(out, "a=extmap:%u %s", plan->mid_extension, URI_MID);
  if (plan->twcc_extension)
    sdp_line(out, "a=extmap:%u %s", plan->twcc_extension, URI_TWCC);
  if (plan->level_extension)
    sdp_line(out, "a=extmap:%u %s", plan->level_extension, URI_LEVEL);
  if (!plan->rid_count)
    return;
  sdp_line(out, "a=extmap:%u %s", plan->rid_extension, URI_RID);
  if (plan->repaired_extension)
    sdp_line(out, "a=extmap:%u %s", plan->repaired_extension, URI_REPAIRED);
  g_autoptr(GString) list = g_string_new(NULL);
  for (unsigned i = 0; i < plan->rid_count; i++) {
    sdp_line(out, "a=rid:%s recv", plan->rids[i]);
    g_string_append_printf(list, "%s%s", i ? ";" : "", plan->rids[i]);
  }
  sdp_line(out, "a=simulcast:recv %s", list->str);
}

/* Each slot has its own msid: browsers synchronise what shares one, and a slot's neighbour is
 * somebody else (platform.md). */
static void write_slot(SdpWriter *out, const PlanMedia *plan) {
  sdp_line(out, "a=sendonly");
  sdp_line(out, "a=msid:slot-%s slot-%s", plan->name, plan->name);
  if (plan->twcc_extension)
    sdp_line(out, "a=extmap:%u %s", plan->twcc_extension, URI_TWCC);
  if (plan->rtx_ssrc)
    sdp_line(out, "a=ssrc-group:FID %u %u", plan->ssrc, plan->rtx_ssrc);
  sdp_line(out, "a=ssrc:%u cname:slot-%s", plan->ssrc, plan->name);
  if (plan->rtx_ssrc)
    sdp_line(out, "a=ssrc:%u cname:slot-%s", plan->rtx_ssrc, plan->name);
}

static void write_rejected(SdpWriter *out, const SdpMedia *media) {
  if (media->kind == SDP_APPLICATION)
    sdp_line(out, "m=application 0 UDP/DTLS/SCTP webrtc-datachannel");
  else
    sdp_line(out, "m=%s 0 UDP/TLS/RTP/SAVPF %u", media->kind == SDP_AUDIO ? "audio" : "video",
             media->codec_count ? media->codecs[0].payload_type : 0);
  sdp_line(out, "c=IN IP4 0.0.0.0");
  if (media->mid[0])
    sdp_line(out, "a=mid:%s", media->mid);
  sdp_line(out, "a=inactive");
}

static void write_media(SdpWriter *out, const SdpMedia *media, const PlanMedia *plan,
                        const NegotiateSelf *self, bool first) {
  char types[16];
  unsigned first_type = plan->payload_type, second = plan->rtx_payload_type;
  if (plan->red_payload_type) { /* what is first is what the client sends */
    bool sends = plan->use == PLAN_UPLINK;
    first_type = sends ? plan->red_payload_type : plan->payload_type;
    second = sends ? plan->payload_type : plan->red_payload_type;
  }
  if (second)
    g_snprintf(types, sizeof types, "%u %u", first_type, second);
  else
    g_snprintf(types, sizeof types, "%u", first_type);
  sdp_line(out, "m=%s 9 UDP/TLS/RTP/SAVPF %s", media->kind == SDP_AUDIO ? "audio" : "video", types);
  sdp_line(out, "c=IN IP4 0.0.0.0");
  sdp_line(out, "a=mid:%s", plan->mid);
  sdp_line(out, "a=rtcp-mux");
  sdp_line(out, "a=rtcp-rsize");
  sdp_line(out, "a=ice-ufrag:%s", self->ufrag);
  sdp_line(out, "a=ice-pwd:%s", self->pwd);
  sdp_line(out, "a=fingerprint:sha-256 %s", self->fingerprint);
  sdp_line(out, "a=setup:passive");
  if (first) {
    for (unsigned i = 0; i < self->candidate_count; i++)
      sdp_line(out, "a=%s", self->candidates[i]);
    sdp_line(out, "a=end-of-candidates");
  }
  write_codec(out, media, plan);
  if (plan->use == PLAN_UPLINK)
    write_uplink(out, plan);
  else if (plan->use == PLAN_SLOT)
    write_slot(out, plan);
  else
    sdp_line(out, "a=inactive");
}

static char *write_answer(const Sdp *offer, const MediaPlan *plan, const NegotiateSelf *self) {
  SdpWriter out = {0};
  sdp_line(&out, "v=0");
  sdp_line(&out, "o=- %" G_GUINT64_FORMAT " %u IN IP4 127.0.0.1", self->session, self->version);
  sdp_line(&out, "s=-");
  sdp_line(&out, "t=0 0");
  sdp_line(&out, "a=ice-lite");
  g_autoptr(GString) bundle = g_string_new("a=group:BUNDLE");
  for (unsigned i = 0; i < offer->media_count; i++)
    if (plan->media[i].use != PLAN_REJECTED)
      g_string_append_printf(bundle, " %s", plan->media[i].mid);
  sdp_line(&out, "%s", bundle->str);
  sdp_line(&out, "a=msid-semantic: WMS *");
  bool first = true;
  for (unsigned i = 0; i < offer->media_count; i++) {
    if (plan->media[i].use == PLAN_REJECTED) {
      write_rejected(&out, &offer->media[i]);
    } else {
      write_media(&out, &offer->media[i], &plan->media[i], self, first);
      first = false;
    }
  }
  return out.text;
}

static const SdpMedia *transport_media(const Sdp *offer) {
  for (unsigned i = 0; i < offer->media_count; i++)
    if (!offer->media[i].rejected && offer->media[i].fingerprint[0])
      return &offer->media[i];
  return NULL;
}

static bool fail(NegotiateError *error, const char *code, const char *message) {
  error->code = code;
  error->message = message;
  return false;
}

static bool make_plan(const Sdp *offer, const EngineSource *sources, unsigned source_count,
                      const NegotiateSelf *self, MediaPlan *plan, NegotiateError *error) {
  const char *why = check_transport(offer);
  if (why)
    return fail(error, "bad_sdp", why);
  for (unsigned i = 0; i < offer->media_count; i++)
    if (offer->media[i].kind == SDP_OTHER)
      return fail(error, "bad_sdp", "an m-line is neither audio, video nor application");
  if (offer->media_count < plan->media_count)
    return fail(error, "bad_sdp", "m-lines were removed");
  if (!plan_media(plan, offer, sources, source_count, &why))
    return fail(error, "bad_sdp", why);
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
    return fail(error, "no_media", "the offer holds no Opus or VP8 m-line to send or receive");
  const SdpMedia *transport = transport_media(offer);
  g_assert(transport); /* check_transport found one */
  g_strlcpy(plan->remote_ufrag, transport->ice_ufrag, sizeof plan->remote_ufrag);
  g_strlcpy(plan->remote_hash, transport->fingerprint_hash, sizeof plan->remote_hash);
  g_strlcpy(plan->remote_fingerprint, transport->fingerprint, sizeof plan->remote_fingerprint);
  return true;
}

char *negotiate(const Sdp *offer, const EngineSource *sources, unsigned source_count,
                const NegotiateSelf *self, MediaPlan *plan, NegotiateError *error) {
  MediaPlan *next = g_memdup2(plan, sizeof *plan);
  char *answer = NULL;
  if (make_plan(offer, sources, source_count, self, next, error)) {
    answer = write_answer(offer, next, self);
    *plan = *next;
  }
  g_free(next);
  return answer;
}

bool negotiate_continues(const Sdp *offer, const MediaPlan *plan) {
  const SdpMedia *transport = transport_media(offer);
  if (!transport || strcmp(transport->fingerprint, plan->remote_fingerprint) != 0)
    return false;
  if (offer->media_count < plan->media_count)
    return false;
  for (unsigned i = 0; i < plan->media_count; i++)
    if (plan->media[i].use != PLAN_REJECTED && strcmp(plan->media[i].mid, offer->media[i].mid) != 0)
      return false;
  return true;
}

bool negotiate_restarts_ice(const Sdp *offer, const MediaPlan *plan) {
  const SdpMedia *transport = transport_media(offer);
  return transport && strcmp(transport->ice_ufrag, plan->remote_ufrag) != 0;
}
