#include "clip.h"

#include <gio/gio.h>
#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <gst/rtp/gstrtpbuffer.h>
#include <math.h>
#include <string.h>

#include "wire/vp8.h"

#define AUDIO_RATE 48000
#define FLASH_MS 100

static void add_packet(Clip *clip, GstSample *sample, uint32_t *first) {
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  if (!gst_rtp_buffer_map(gst_sample_get_buffer(sample), GST_MAP_READ, &rtp))
    return;
  ClipPacket packet = {.marker = gst_rtp_buffer_get_marker(&rtp),
                       .len = (uint16_t)gst_rtp_buffer_get_payload_len(&rtp)};
  uint32_t timestamp = gst_rtp_buffer_get_timestamp(&rtp);
  if (clip->packets->len == 0)
    *first = timestamp;
  packet.timestamp = timestamp - *first;
  g_assert(packet.len <= sizeof packet.payload);
  memcpy(packet.payload, gst_rtp_buffer_get_payload(&rtp), packet.len);
  Vp8Descriptor vp8;
  if (clip->clock_rate == 90000)
    packet.keyframe = vp8_parse(packet.payload, packet.len, &vp8) && vp8.keyframe;
  gst_rtp_buffer_unmap(&rtp);
  g_array_append_val(clip->packets, packet);
}

static void drain(Clip *clip, GstElement *sink, uint32_t *first) {
  GstSample *sample;
  while ((sample = gst_app_sink_try_pull_sample(GST_APP_SINK(sink), 10 * GST_SECOND))) {
    add_packet(clip, sample, first);
    gst_sample_unref(sample);
  }
}

/* Fills buffer number index; both media count time from the clip's start. */
typedef void (*Fill)(uint8_t *data, size_t len, unsigned index, const void *user);

static Clip *make_clip(const char *description, uint32_t clock_rate, unsigned buffers, size_t bytes,
                       GstClockTime each, Fill fill, const void *user, GError **error) {
  g_autofree char *line = g_strdup_printf("appsrc name=in format=time block=true ! %s ! "
                                          "appsink name=out sync=false",
                                          description);
  GstElement *pipeline = gst_parse_launch(line, error);
  if (!pipeline)
    return NULL;
  GstElement *in = gst_bin_get_by_name(GST_BIN(pipeline), "in");
  GstElement *out = gst_bin_get_by_name(GST_BIN(pipeline), "out");
  gst_app_src_set_max_bytes(GST_APP_SRC(in), 0);
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  for (unsigned i = 0; i < buffers; i++) {
    GstBuffer *buffer = gst_buffer_new_allocate(NULL, bytes, NULL);
    GstMapInfo map;
    gst_buffer_map(buffer, &map, GST_MAP_WRITE);
    fill(map.data, map.size, i, user);
    gst_buffer_unmap(buffer, &map);
    GST_BUFFER_PTS(buffer) = i * each;
    GST_BUFFER_DURATION(buffer) = each;
    gst_app_src_push_buffer(GST_APP_SRC(in), buffer);
  }
  gst_app_src_end_of_stream(GST_APP_SRC(in));
  Clip *clip = g_new0(Clip, 1);
  clip->packets = g_array_new(FALSE, TRUE, sizeof(ClipPacket));
  clip->clock_rate = clock_rate;
  clip->length_ticks = CLIP_SECONDS * clock_rate;
  uint32_t first = 0;
  drain(clip, out, &first);
  gst_element_set_state(pipeline, GST_STATE_NULL);
  gst_object_unref(in);
  gst_object_unref(out);
  gst_object_unref(pipeline);
  if (clip->packets->len == 0) {
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, "the encoder made no packet");
    clip_free(clip);
    return NULL;
  }
  return clip;
}

typedef struct {
  int width, height, rate;
} Picture;

static void fill_picture(uint8_t *data, size_t len, unsigned index, const void *user) {
  const Picture *picture = user;
  size_t luma = (size_t)(picture->width * picture->height);
  unsigned phase_ms = (unsigned)(index % (unsigned)picture->rate) * 1000u / (unsigned)picture->rate;
  memset(data, phase_ms < FLASH_MS ? 235 : 40, luma);
  memset(data + luma, 128, len - luma);
  /* A moving bar, so that frames differ and take bits. */
  int bar = (int)(index * 4) % (picture->width - 16);
  for (int row = picture->height / 2; row < picture->height / 2 + 32; row++)
    for (int column = 0; column < 16; column++)
      data[row * picture->width + bar + column] =
          (uint8_t)(60 + (row * 7 + column * 13 + (int)index) % 150);
}

Clip *clip_video(int width, int height, int frames_per_second, int bps, bool all_key,
                 GError **error) {
  g_autofree char *description = g_strdup_printf(
      "video/x-raw,format=I420,width=%d,height=%d,framerate=%d/1 ! vp8enc deadline=1 cpu-used=8 "
      "target-bitrate=%d end-usage=cbr keyframe-max-dist=%d error-resilient=default ! "
      "rtpvp8pay mtu=1180 picture-id-mode=15-bit",
      width, height, frames_per_second, bps, all_key ? 1 : 10 * frames_per_second);
  Picture picture = {width, height, frames_per_second};
  return make_clip(description, 90000, (unsigned)(CLIP_SECONDS * frames_per_second),
                   (size_t)(width * height * 3 / 2), GST_SECOND / (guint64)frames_per_second,
                   fill_picture, &picture, error);
}

static void fill_sound(uint8_t *data, size_t len, unsigned index, const void *user) {
  int16_t *samples = (int16_t *)(void *)data;
  size_t count = len / sizeof *samples;
  for (size_t i = 0; i < count; i++) {
    size_t at = index * count + i;
    bool beep = at % AUDIO_RATE < AUDIO_RATE * FLASH_MS / 1000;
    samples[i] = (int16_t)(beep ? 12000 * sin(2 * G_PI * 1000 * (double)at / AUDIO_RATE) : 0);
  }
}

Clip *clip_audio(GError **error) {
  return make_clip("audio/x-raw,format=S16LE,layout=interleaved,rate=48000,channels=1 ! "
                   "opusenc frame-size=20 bitrate=32000 ! rtpopuspay",
                   48000, CLIP_SECONDS * 50, AUDIO_RATE / 50 * 2, 20 * GST_MSECOND, fill_sound,
                   NULL, error);
}

Clip *clip_burst(void) {
  enum { PACKETS = 4, PERIOD_TICKS = 900, PAYLOAD = 1200 - 12 - 8 };
  Clip *clip = g_new0(Clip, 1);
  clip->packets = g_array_new(FALSE, TRUE, sizeof(ClipPacket));
  clip->clock_rate = 90000;
  clip->length_ticks = CLIP_SECONDS * clip->clock_rate;
  for (uint32_t at = 0; at < clip->length_ticks; at += PERIOD_TICKS) {
    for (unsigned i = 0; i < PACKETS; i++) {
      ClipPacket packet = {
          .timestamp = at, .len = PAYLOAD, .marker = i + 1 == PACKETS, .keyframe = i == 0};
      /* RFC 7741 §4.2: X, S on the first; I with a 15-bit picture id; then a key frame's tag,
       * 640x360. */
      const uint8_t head[] = {i == 0 ? 0x90 : 0x80,
                              0x80,
                              0x80,
                              0x00,
                              0x10,
                              0x00,
                              0x00,
                              0x9d,
                              0x01,
                              0x2a,
                              0x80,
                              0x02,
                              0x68,
                              0x01};
      memcpy(packet.payload, head, i == 0 ? sizeof head : 4);
      g_array_append_val(clip->packets, packet);
    }
  }
  return clip;
}

void clip_free(Clip *clip) {
  if (!clip)
    return;
  g_array_unref(clip->packets);
  g_free(clip);
}
