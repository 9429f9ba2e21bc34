#include "testscene.h"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <math.h>
#include <opus.h>
#include <string.h>

#include "elements.h"
#include "wire/rtp.h"
#include "wire/source.h"

#define VIDEO_PT 96
#define AUDIO_PT 111
#define OPUS_SAMPLES 960 /* 20 ms */

static GstBuffer *draw(const SceneVideo *part, int64_t pts_us, unsigned number) {
  size_t luma = (size_t)part->width * part->height;
  GstBuffer *buffer = gst_buffer_new_allocate(NULL, luma * 3 / 2, NULL);
  bool flash = pts_us % SCENE_PERIOD_US < FLASH_US;
  GstMapInfo map;
  g_assert(gst_buffer_map(buffer, &map, GST_MAP_WRITE));
  memset(map.data, flash ? 235 : (int)part->luma, luma);
  unsigned bar = number * 8 % (part->width - 32);
  for (unsigned y = part->height / 2; y < part->height / 2 + 32; y++)
    memset(map.data + (size_t)y * part->width + bar, 180, 32);
  memset(map.data + luma, 128, luma / 2);
  gst_buffer_unmap(buffer, &map);
  GST_BUFFER_PTS(buffer) = (GstClockTime)pts_us * GST_USECOND;
  GST_BUFFER_DURATION(buffer) = GST_SECOND / part->fps;
  return buffer;
}

typedef struct {
  SceneTrack *track;
  bool keyframe;
} Collector;

static GstPadProbeReturn on_encoded(GstPad *pad, GstPadProbeInfo *info, void *data) {
  Collector *collector = data;
  collector->keyframe =
      !GST_BUFFER_FLAG_IS_SET(GST_PAD_PROBE_INFO_BUFFER(info), GST_BUFFER_FLAG_DELTA_UNIT);
  collector->track->frames++;
  return GST_PAD_PROBE_OK;
}

static void collect(Collector *collector, GstBuffer *buffer) {
  ScenePacket packet = {.keyframe = collector->keyframe};
  packet.len = (uint16_t)gst_buffer_extract(buffer, 0, packet.data, sizeof packet.data);
  packet.capture_us = (int64_t)(GST_BUFFER_PTS(buffer) / GST_USECOND);
  /* One run of sequence numbers and time stamps over all parts. */
  SceneTrack *track = collector->track;
  RtpHeader rtp;
  g_assert(rtp_parse(packet.data, packet.len, true, &rtp));
  packet.sequence = 65500 + track->packets->len;
  uint16_t sequence = (uint16_t)packet.sequence;
  uint32_t timestamp = (uint32_t)(packet.capture_us * 9 / 100) + 0xffff0000u;
  packet.data[2] = (uint8_t)(sequence >> 8);
  packet.data[3] = (uint8_t)sequence;
  for (unsigned i = 0; i < 4; i++)
    packet.data[4 + i] = (uint8_t)(timestamp >> (24 - 8 * i));
  g_array_append_val(track->packets, packet);
}

static GstPadProbeReturn on_list(GstPad *pad, GstPadProbeInfo *info, void *data) {
  if (GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER) {
    collect(data, GST_PAD_PROBE_INFO_BUFFER(info));
    return GST_PAD_PROBE_OK;
  }
  GstBufferList *list = GST_PAD_PROBE_INFO_BUFFER_LIST(info);
  for (guint i = 0; i < gst_buffer_list_length(list); i++)
    collect(data, gst_buffer_list_get(list, i));
  return GST_PAD_PROBE_OK;
}

static void encode(SceneTrack *track, const SceneVideo *part) {
  g_autofree char *text = g_strdup_printf(
      "appsrc name=in format=time max-bytes=4000000 block=true "
      "caps=video/x-raw,format=I420,width=%u,height=%u,framerate=%u/1 ! "
      "vp8enc name=enc deadline=1 cpu-used=8 target-bitrate=1000000 keyframe-max-dist=%u ! "
      "rtpvp8pay name=pay pt=%d mtu=1200 picture-id-mode=2 ! "
      "appsink sync=false max-buffers=1 drop=true wait-on-eos=false",
      part->width, part->height, part->fps, part->keyframe_every, VIDEO_PT);
  g_autoptr(GError) error = NULL;
  g_autoptr(GstElement) pipeline = gst_parse_launch(text, &error);
  g_assert_no_error(error);
  Collector collector = {track, false};
  g_autoptr(GstElement) in = gst_bin_get_by_name(GST_BIN(pipeline), "in");
  g_autoptr(GstElement) enc = gst_bin_get_by_name(GST_BIN(pipeline), "enc");
  g_autoptr(GstElement) pay = gst_bin_get_by_name(GST_BIN(pipeline), "pay");
  g_autoptr(GstPad) encoded = gst_element_get_static_pad(enc, "src");
  g_autoptr(GstPad) paid = gst_element_get_static_pad(pay, "src");
  gst_pad_add_probe(encoded, GST_PAD_PROBE_TYPE_BUFFER, on_encoded, &collector, NULL);
  gst_pad_add_probe(paid, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST, on_list,
                    &collector, NULL);
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  unsigned number = 0;
  for (int64_t i = part->from_us * part->fps / 1000000;; i++) {
    int64_t pts_us = i * 1000000 / part->fps;
    if (pts_us >= part->to_us)
      break;
    if (pts_us >= part->from_us)
      gst_app_src_push_buffer(GST_APP_SRC(in), draw(part, pts_us, number++));
  }
  gst_app_src_end_of_stream(GST_APP_SRC(in));
  g_autoptr(GstBus) bus = gst_element_get_bus(pipeline);
  g_autoptr(GstMessage) message =
      gst_bus_timed_pop_filtered(bus, 300 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  g_assert(message && GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS);
  gst_element_set_state(pipeline, GST_STATE_NULL);
}

static SceneTrack *track_new(uint32_t number, const TapTrack *info) {
  SceneTrack *track = g_new0(SceneTrack, 1);
  track->track = number;
  track->info = *info;
  track->packets = g_array_new(FALSE, FALSE, sizeof(ScenePacket));
  return track;
}

SceneTrack *scene_video(uint32_t number, const SceneVideo *parts, unsigned count) {
  const TapTrack info = {
      .codec = TAP_VP8, .source = SOURCE_CAMERA, .payload_type = VIDEO_PT, .clock_rate = 90000};
  SceneTrack *track = track_new(number, &info);
  for (unsigned i = 0; i < count; i++)
    encode(track, &parts[i]);
  return track;
}

SceneTrack *scene_audio(uint32_t number, double tone, int64_t from_us, int64_t to_us) {
  const TapTrack info = {
      .codec = TAP_OPUS, .source = SOURCE_MIC, .payload_type = AUDIO_PT, .clock_rate = 48000};
  SceneTrack *track = track_new(number, &info);
  int error = 0, lookahead = 0;
  OpusEncoder *encoder = opus_encoder_create(48000, 1, OPUS_APPLICATION_VOIP, &error);
  g_assert(error == OPUS_OK);
  opus_encoder_ctl(encoder, OPUS_SET_INBAND_FEC(1));
  opus_encoder_ctl(encoder, OPUS_SET_PACKET_LOSS_PERC(5));
  opus_encoder_ctl(encoder, OPUS_SET_BITRATE(40000));
  opus_encoder_ctl(encoder, OPUS_GET_LOOKAHEAD(&lookahead));
  for (int64_t at_us = from_us; at_us < to_us; at_us += 20000) {
    float samples[OPUS_SAMPLES];
    for (int i = 0; i < OPUS_SAMPLES; i++) {
      /* The decoder's output lags the encoder's input by its look-ahead. */
      int64_t sample = at_us * 48 / 1000 + i + lookahead;
      bool on = sample % 48000 < FLASH_US * 48 / 1000;
      samples[i] =
          on ? 0.4f * sinf((float)(2 * G_PI * tone * (double)(sample % 48000) / 48000)) : 0;
    }
    ScenePacket packet = {.capture_us = at_us};
    packet.sequence = 65530 + track->packets->len;
    RtpHeader rtp = {.payload_type = AUDIO_PT,
                     .sequence = (uint16_t)packet.sequence,
                     .timestamp = (uint32_t)(at_us * 48 / 1000) + 0xffffff00u,
                     .ssrc = number};
    rtp_write(packet.data, &rtp);
    int len = opus_encode_float(encoder, samples, OPUS_SAMPLES, packet.data + RTP_HEADER_BYTES,
                                sizeof packet.data - RTP_HEADER_BYTES);
    g_assert(len > 0);
    packet.len = (uint16_t)(RTP_HEADER_BYTES + len);
    g_array_append_val(track->packets, packet);
    track->frames++;
  }
  opus_encoder_destroy(encoder);
  return track;
}

void scene_track_free(SceneTrack *track) {
  g_array_unref(track->packets);
  g_free(track);
}
