/* An offer to its answer, and a second offer on the same connection: the input holds one or two,
 * parted by a NUL. What comes out must be an SDP of our own with the same m-lines. */
#include "fuzz.h"

#include <string.h>

#include "peer/negotiate.h"

static const NegotiateSelf self = {
    .ufrag = "abcdefgh",
    .pwd = "0123456789abcdefghijklmnopqrstuv",
    .fingerprint = "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:"
                   "AA:BB:CC:DD:EE:FF",
    .candidates = (const char *const[]){"1 1 udp 1 192.0.2.1 7000 typ host"},
    .candidate_count = 1,
    .session = 7,
    .version = 1,
    .video_slots_max = VIDEO_SLOTS_MAX,
};

static void check_plan(const MediaPlan *plan, const Sdp *offer) {
  MUST(plan->media_count == offer->media_count && plan->video_slots <= VIDEO_SLOTS_MAX);
  bool sources[SOURCE_COUNT] = {0}, slots[SLOTS_MAX] = {0};
  for (unsigned i = 0; i < plan->media_count; i++) {
    const PlanMedia *media = &plan->media[i];
    if (media->use == PLAN_UPLINK) {
      MUST(media->source < SOURCE_COUNT && !sources[media->source]);
      sources[media->source] = true;
    } else if (media->use == PLAN_SLOT) {
      MUST(media->slot < AUDIO_SLOTS + plan->video_slots + SCREEN_SLOTS && !slots[media->slot]);
      MUST(media->ssrc && (media->rtx_ssrc || !media->rtx_payload_type));
      slots[media->slot] = true;
    }
  }
}

static void offer_once(const char *text, size_t len, MediaPlan *plan) {
  SdpError why;
  Sdp *offer = sdp_parse(text, len, &why);
  if (!offer)
    return;
  /* What a page would say: sending m-lines of a kind in the order of its sources. */
  EngineSource sources[SDP_MAX_MEDIA] = {0};
  unsigned count = 0, of_kind[2] = {0};
  for (unsigned i = 0; i < offer->media_count; i++) {
    const SdpMedia *media = &offer->media[i];
    static const Source order[2][3] = {{SOURCE_MIC, SOURCE_SCREEN_AUDIO, SOURCE_MIC},
                                       {SOURCE_CAMERA, SOURCE_SCREEN, SOURCE_CAMERA}};
    bool video = media->kind != SDP_AUDIO;
    if (media->direction == SDP_RECVONLY || of_kind[video] == 3)
      continue;
    g_strlcpy(sources[count].mid, media->mid, sizeof sources[count].mid);
    sources[count++].source = order[video][of_kind[video]++];
  }
  negotiate_is_new(offer, NULL, plan);
  negotiate_restarts_ice(offer, plan);
  MediaPlan before = *plan;
  EngineError error = {0};
  char *answer = negotiate(offer, &(EngineOffer){text, NULL, sources, count}, &self, plan, &error);
  if (!answer) {
    MUST(error.code && error.message && error.attribute);
    MUST(memcmp(&before, plan, sizeof before) == 0);
  } else {
    check_plan(plan, offer);
    Sdp *back = sdp_parse(answer, strlen(answer), &why);
    MUST(back && back->media_count == offer->media_count);
    free(back);
    free(answer);
  }
  free(offer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  MediaPlan *plan = calloc(1, sizeof *plan);
  MUST(plan != NULL);
  const uint8_t *cut = memchr(data, 0, len);
  size_t first = cut ? (size_t)(cut - data) : len;
  offer_once((const char *)data, first, plan);
  offer_once((const char *)data + (cut ? first + 1 : 0), cut ? len - first - 1 : first, plan);
  free(plan);
  return 0;
}
