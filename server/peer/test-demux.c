#include "peer/demux.h"

#include <glib.h>
#include <string.h>

#define VIDEO_PT 96
#define RTX_PT 97
#define AUDIO_PT 111
#define MID_ID 4
#define RID_ID 5
#define REPAIRED_ID 6
#define SECOND_US 1000000

typedef struct {
  MediaPlan plan;
  Demux demux;
  Limit learning[SOURCE_COUNT];
  uint32_t ended; /* places, of the last packet */
} Rig;

static PlanMedia *add_media(Rig *rig, const char *mid, Source source) {
  bool video = source == SOURCE_CAMERA || source == SOURCE_SCREEN;
  PlanMedia *media = &rig->plan.media[rig->plan.media_count++];
  *media = (PlanMedia){.kind = video ? SDP_VIDEO : SDP_AUDIO,
                       .use = PLAN_UPLINK,
                       .source = source,
                       .payload_type = video ? VIDEO_PT : AUDIO_PT,
                       .rtx_payload_type = video ? RTX_PT : 0,
                       .clock_rate = video ? 90000 : 48000,
                       .mid_extension = MID_ID};
  g_strlcpy(media->mid, mid, sizeof media->mid);
  return media;
}

static void set_rids(PlanMedia *media, const char *const *rids, unsigned count) {
  media->rid_extension = count ? RID_ID : 0;
  media->repaired_extension = count ? REPAIRED_ID : 0;
  media->rid_count = count;
  for (unsigned i = 0; i < count; i++)
    g_strlcpy(media->rids[i], rids[i], sizeof media->rids[i]);
}

static const char *const three[] = {"l", "m", "h"};

/* A microphone, a camera, a screen. */
static Rig *rig_new(void) {
  Rig *rig = g_new0(Rig, 1);
  add_media(rig, "0", SOURCE_MIC);
  add_media(rig, "1", SOURCE_CAMERA);
  add_media(rig, "2", SOURCE_SCREEN);
  demux_init(&rig->demux, &rig->plan, rig->learning);
  return rig;
}

static int packet(Rig *rig, uint8_t payload_type, uint32_t ssrc, const char *mid, const char *rid,
                  int64_t at_us) {
  uint8_t data[64];
  RtpHeader header = {.payload_type = payload_type, .ssrc = ssrc};
  rtp_write(data, &header);
  RtpExtensionWriter writer;
  rtp_extension_begin(&writer, data, sizeof data - RTP_HEADER_BYTES);
  if (mid)
    rtp_extension_add(&writer, MID_ID, mid, strlen(mid));
  if (rid)
    rtp_extension_add(&writer, payload_type == RTX_PT ? REPAIRED_ID : RID_ID, rid, strlen(rid));
  size_t len = RTP_HEADER_BYTES + rtp_extension_end(&writer);
  g_assert_true(rtp_parse(data, len, true, &header));
  return demux_packet(&rig->demux, data, &header, at_us, &rig->ended);
}

static const DemuxStream *at(const Rig *rig, int place) {
  g_assert_true(place >= 0 && place < DEMUX_PLACES);
  return rig->demux.streams + place;
}

static void test_whose(void) {
  Rig *rig = rig_new();
  set_rids(&rig->plan.media[1], three, 3);
  rig->plan.media[2].remote_ssrc[0] = 77;
  rig->plan.media[2].remote_rtx_ssrc[0] = 78;
  demux_replan(&rig->demux);
  /* By a payload type that one m-line has; by the mid; by the offer. */
  g_assert_cmpint(at(rig, packet(rig, AUDIO_PT, 10, NULL, NULL, 1))->source, ==, SOURCE_MIC);
  int high = packet(rig, VIDEO_PT, 23, "1", "h", 1);
  g_assert_cmpint(at(rig, high)->source, ==, SOURCE_CAMERA);
  g_assert_cmpuint(at(rig, high)->layer, ==, 2);
  g_assert_cmpint(at(rig, packet(rig, VIDEO_PT, 77, NULL, NULL, 1))->source, ==, SOURCE_SCREEN);
  g_assert_true(at(rig, packet(rig, RTX_PT, 78, NULL, NULL, 1))->repair);
  /* Known from then on without the extensions. */
  g_assert_cmpint(packet(rig, VIDEO_PT, 23, NULL, NULL, 2), ==, high);
  g_assert_cmpuint(rig->ended, ==, 0);
  /* Repair names what it repairs, which may come later. */
  int repair = packet(rig, RTX_PT, 31, "1", "l", 2);
  g_assert_cmpint(demux_repaired(&rig->demux, repair), ==, DEMUX_NOBODY);
  int low = packet(rig, VIDEO_PT, 21, "1", "l", 2);
  g_assert_cmpint(demux_repaired(&rig->demux, repair), ==, low);
  /* Nobody's: two m-lines have it; no such mid, rid, payload type. */
  g_assert_cmpint(packet(rig, VIDEO_PT, 40, NULL, NULL, 3), ==, DEMUX_NOBODY);
  g_assert_cmpint(packet(rig, VIDEO_PT, 0, NULL, NULL, 3), ==, DEMUX_NOBODY);
  g_assert_cmpint(packet(rig, VIDEO_PT, 40, "9", NULL, 3), ==, DEMUX_NOBODY);
  g_assert_cmpint(packet(rig, VIDEO_PT, 40, "1", "x", 3), ==, DEMUX_NOBODY);
  g_assert_cmpint(packet(rig, 100, 40, "1", "l", 3), ==, DEMUX_NOBODY);
  g_assert_cmpint(demux_find(&rig->demux, 40), ==, DEMUX_NOBODY);
  g_assert_cmpint(demux_find(&rig->demux, 23), ==, high);
  g_free(rig);
}

/* Another SSRC for a layer: the next epoch. What is late of the one before is nobody's. */
static void test_epochs(void) {
  Rig *rig = rig_new();
  int first = packet(rig, VIDEO_PT, 20, "1", NULL, SECOND_US);
  uint16_t epoch = at(rig, first)->epoch;
  int second = packet(rig, VIDEO_PT, 21, "1", NULL, 2 * SECOND_US);
  g_assert_cmpuint(at(rig, second)->epoch, ==, epoch + 1);
  g_assert_cmpuint(rig->ended, ==, UINT32_C(1) << first);
  g_assert_cmpint(demux_find(&rig->demux, 20), ==, DEMUX_NOBODY);
  for (int64_t now_us = 2 * SECOND_US; now_us < 30 * SECOND_US; now_us += SECOND_US / 10) {
    g_assert_cmpint(packet(rig, VIDEO_PT, 20, "1", NULL, now_us), ==, DEMUX_NOBODY);
    g_assert_cmpint(packet(rig, VIDEO_PT, 21, NULL, NULL, now_us), ==, second);
  }
  g_assert_cmpuint(at(rig, second)->epoch, ==, epoch + 1);
  /* It comes back when the newer one is silent, though it does not say any more what it is. */
  g_assert_cmpint(packet(rig, VIDEO_PT, 20, NULL, NULL, 31 * SECOND_US), ==, DEMUX_NOBODY);
  g_assert_cmpint(packet(rig, VIDEO_PT, 20, NULL, NULL, 32 * SECOND_US), ==, first);
  g_assert_cmpuint(rig->ended, ==, UINT32_C(1) << second);
  g_assert_cmpuint(at(rig, first)->epoch, ==, epoch + 2);
  /* Numbers that jump away. */
  g_assert_true(demux_restart(&rig->demux, first, 33 * SECOND_US));
  g_assert_cmpuint(at(rig, first)->epoch, ==, epoch + 3);
  g_free(rig);
}

/* A second offer: what is sent as before goes on, a source whose layers change begins anew. */
static void test_replan(void) {
  Rig *rig = rig_new();
  int mic = packet(rig, AUDIO_PT, 10, "0", NULL, 1);
  int camera = packet(rig, VIDEO_PT, 20, "1", NULL, 1);
  int repair = packet(rig, RTX_PT, 21, "1", NULL, 1);
  int screen = packet(rig, VIDEO_PT, 30, "2", NULL, 1);
  DemuxEnded ended = demux_replan(&rig->demux);
  g_assert_cmpuint(ended.places, ==, 0);
  g_assert_cmpuint(ended.sources, ==, 0);

  set_rids(&rig->plan.media[1], three, 3);
  rig->plan.media[2].use = PLAN_INACTIVE;
  ended = demux_replan(&rig->demux);
  g_assert_cmpuint(ended.sources, ==, 1u << SOURCE_CAMERA | 1u << SOURCE_SCREEN);
  g_assert_cmpuint(ended.places, ==, 1u << camera | 1u << repair | 1u << screen);
  g_assert_cmpint(demux_find(&rig->demux, 10), ==, mic);
  g_assert_cmpuint(demux_layers(&rig->demux, SOURCE_CAMERA), ==, 3);
  g_assert_cmpint(packet(rig, VIDEO_PT, 20, "1", NULL, 2), ==, DEMUX_NOBODY);
  g_assert_cmpuint(at(rig, packet(rig, VIDEO_PT, 22, "1", "h", 2))->layer, ==, 2);

  /* Fewer again, under other names. */
  static const char *const two[] = {"0", "1"};
  set_rids(&rig->plan.media[1], two, 2);
  ended = demux_replan(&rig->demux);
  g_assert_cmpuint(ended.sources, ==, 1u << SOURCE_CAMERA);
  g_assert_cmpint(packet(rig, VIDEO_PT, 22, "1", "h", 3), ==, DEMUX_NOBODY);
  g_assert_cmpuint(at(rig, packet(rig, VIDEO_PT, 22, "1", "1", 3))->layer, ==, 1);
  /* An SSRC that is named for another m-line is that one's. */
  rig->plan.media[2].use = PLAN_UPLINK;
  rig->plan.media[2].remote_ssrc[0] = 22;
  ended = demux_replan(&rig->demux);
  g_assert_cmpuint(ended.sources, ==, 0);
  g_assert_cmpint(at(rig, packet(rig, VIDEO_PT, 22, NULL, NULL, 4))->source, ==, SOURCE_SCREEN);
  g_free(rig);
}

/* However many SSRCs of one source come: few are learned, another source's at once, and the places
 * do not run out. */
static void test_flood(void) {
  Rig *rig = rig_new();
  unsigned learned = 0;
  for (uint32_t i = 0; i < 1000; i++)
    learned += packet(rig, AUDIO_PT, 1000 + i, "0", NULL, SECOND_US) != DEMUX_NOBODY;
  g_assert_cmpuint(learned, >, 8);
  g_assert_cmpuint(learned, <=, 16);
  g_assert_cmpint(packet(rig, VIDEO_PT, 30, "2", NULL, SECOND_US), !=, DEMUX_NOBODY);
  int camera = DEMUX_NOBODY;
  for (uint32_t i = 0; i < 100; i++) {
    int64_t now_us = (20 + i) * SECOND_US;
    int place = packet(rig, AUDIO_PT, 5000 + i, "0", NULL, now_us);
    g_assert_cmpint(at(rig, place)->source, ==, SOURCE_MIC);
    if (camera == DEMUX_NOBODY)
      camera = packet(rig, VIDEO_PT, 20, "1", NULL, now_us);
    /* What was replaced makes room first. */
    g_assert_cmpint(packet(rig, VIDEO_PT, 20, NULL, NULL, now_us), ==, camera);
  }
  g_free(rig);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/peer/demux/whose", test_whose);
  g_test_add_func("/peer/demux/epochs", test_epochs);
  g_test_add_func("/peer/demux/replan", test_replan);
  g_test_add_func("/peer/demux/flood", test_flood);
  return g_test_run();
}
