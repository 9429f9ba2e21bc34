/* The text of an answer: what negotiate.c has decided, as SDP (RFC 8866, RFC 9429 §5.3). */
#include <glib.h>
#include <stdlib.h>

#include "peer/negotiate.h"

static void write_codec(SdpWriter *out, const SdpMedia *media, const PlanMedia *plan) {
  const SdpCodec *codec = negotiate_codec(media);
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
  if (plan->rtx_payload_type)
    sdp_line(out, "a=ssrc-group:FID %u %u", plan->ssrc, plan->rtx_ssrc);
  sdp_line(out, "a=ssrc:%u cname:slot-%s", plan->ssrc, plan->name);
  if (plan->rtx_payload_type)
    sdp_line(out, "a=ssrc:%u cname:slot-%s", plan->rtx_ssrc, plan->name);
}

/* How the one transport is reached, in each m-line: strict parsers look for it in refused ones too
 * (aiortc, werift). Candidates stand in the first only. */
static void write_transport(SdpWriter *out, const SdpMedia *media, const NegotiateSelf *self,
                            bool first) {
  sdp_line(out, "c=IN IP4 0.0.0.0");
  if (media->mid[0])
    sdp_line(out, "a=mid:%s", media->mid);
  sdp_line(out, "a=ice-ufrag:%s", self->ufrag);
  sdp_line(out, "a=ice-pwd:%s", self->pwd);
  sdp_line(out, "a=fingerprint:sha-256 %s", self->fingerprint);
  sdp_line(out, "a=setup:passive");
  if (!first)
    return;
  for (unsigned i = 0; i < self->candidate_count; i++)
    sdp_line(out, "a=%s", self->candidates[i]);
  sdp_line(out, "a=end-of-candidates");
}

/* RFC 3264 §6: the type, the profile and a format of the offer's. */
static void write_rejected(SdpWriter *out, const SdpMedia *media, const NegotiateSelf *self) {
  sdp_line(out, "m=%s 0 %s %s", media->type, media->profile, media->format);
  write_transport(out, media, self, false);
  if (media->kind != SDP_APPLICATION)
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
  /* RFC 9429 §5.3.1: the profile is the offer's, whatever it is. */
  sdp_line(out, "m=%s 9 %s %s", media->type, media->profile, types);
  write_transport(out, media, self, first);
  sdp_line(out, "a=rtcp-mux");
  if (media->rtcp_rsize)
    sdp_line(out, "a=rtcp-rsize");
  write_codec(out, media, plan);
  if (plan->use == PLAN_UPLINK)
    write_uplink(out, plan);
  else if (plan->use == PLAN_SLOT)
    write_slot(out, plan);
  else
    sdp_line(out, "a=inactive");
}

/* The accepted m-line that stands next behind `after` in the group; NULL: no more. */
static const SdpMedia *next_in_group(const Sdp *offer, const MediaPlan *plan, unsigned after) {
  const SdpMedia *next = NULL;
  for (unsigned i = 0; i < offer->media_count; i++) {
    const SdpMedia *media = &offer->media[i];
    if (plan->media[i].use != PLAN_REJECTED && media->bundle_place > after &&
        (!next || media->bundle_place < next->bundle_place))
      next = media;
  }
  return next;
}

/* In the offer's order: the first one's transport is everybody's (RFC 9143 §7.3.1). */
static void write_bundle(SdpWriter *out, const Sdp *offer, const MediaPlan *plan) {
  const SdpMedia *media = next_in_group(offer, plan, 0);
  if (!media)
    return;
  g_autoptr(GString) bundle = g_string_new("a=group:BUNDLE");
  for (; media; media = next_in_group(offer, plan, media->bundle_place))
    g_string_append_printf(bundle, " %s", media->mid);
  sdp_line(out, "%s", bundle->str);
}

char *negotiate_answer(const Sdp *offer, const MediaPlan *plan, const NegotiateSelf *self) {
  SdpWriter out = {0};
  sdp_line(&out, "v=0");
  sdp_line(&out, "o=- %" G_GUINT64_FORMAT " %u IN IP4 127.0.0.1", self->session, self->version);
  sdp_line(&out, "s=-");
  sdp_line(&out, "t=0 0");
  sdp_line(&out, "a=ice-lite");
  write_bundle(&out, offer, plan);
  sdp_line(&out, "a=msid-semantic: WMS *");
  const SdpMedia *first = next_in_group(offer, plan, 0);
  for (unsigned i = 0; i < offer->media_count; i++) {
    const SdpMedia *media = &offer->media[i];
    if (plan->media[i].use == PLAN_REJECTED)
      write_rejected(&out, media, self);
    else
      write_media(&out, media, &plan->media[i], self, !first || media == first);
  }
  return out.text;
}
