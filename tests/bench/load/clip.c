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
#define RTP_BYTES (12 + 8) /* header and the transport-wide number */

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
  if (clip->clock_rate == 90000 && vp8_parse(packet.payload, packet.len, &vp8)) {
    packet.keyframe = vp8.keyframe;
    packet.head_len = vp8.header_len;
    packet.starts = vp8.start_of_partition && vp8.partition == 0;
  }
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

static void index_frames(Clip *clip) {
  clip->frames = g_array_new(FALSE, TRUE, sizeof(ClipFrame));
  for (unsigned i = 0; i < clip->packets->len; i++) {
    uint32_t timestamp = g_array_index(clip->packets, ClipPacket, i).timestamp;
    unsigned frames = clip->frames->len;
    ClipFrame *last = frames ? &g_array_index(clip->frames, ClipFrame, frames - 1) : NULL;
    if (last && last->timestamp == timestamp) {
      last->count++;
    } else {
      ClipFrame frame = {timestamp, i, 1};
      g_array_append_val(clip->frames, frame);
    }
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
  index_frames(clip);
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
  /* A band of noise that changes with each frame: the encoder finds enough to spend its rate on. */
  uint32_t noise = index * 2654435761u + 1;
  for (int row = picture->height / 2; row < picture->height * 3 / 4; row++)
    for (int column = 0; column < picture->width; column++) {
      noise = noise * 1664525u + 1013904223u;
      data[row * picture->width + column] = (uint8_t)(90 + (noise >> 26));
    }
}

Clip *clip_video(int width, int height, int frames_per_second, int bps, bool all_key,
                 GError **error) {
  g_autofree char *description = g_strdup_printf(
      "video/x-raw,format=I420,width=%d,height=%d,framerate=%d/1 ! vp8enc deadline=1 cpu-used=16 "
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
                   "opusenc frame-size=20 bitrate=32000 inband-fec=true "
                   "packet-loss-percentage=10 ! rtpopuspay",
                   48000, CLIP_SECONDS * 50, AUDIO_RATE / 50 * 2, 20 * GST_MSECOND, fill_sound,
                   NULL, error);
}

Clip *clip_burst(unsigned bursts_per_second, unsigned packets, unsigned bytes) {
  /* RFC 7741 §4.2: X, S on the first; I with a 15-bit picture id; then a key frame's tag, 640x360.
   */
  static const uint8_t first[] = {0x90, 0x80, 0x80, 0x00, 0x10, 0x00, 0x00,
                                  0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01};
  static const uint8_t other[] = {0x80, 0x80, 0x80, 0x00};
  Clip *clip = g_new0(Clip, 1);
  clip->packets = g_array_new(FALSE, TRUE, sizeof(ClipPacket));
  clip->clock_rate = 90000;
  clip->length_ticks = CLIP_SECONDS * clip->clock_rate;
  uint32_t period = clip->clock_rate / bursts_per_second;
  for (uint32_t at = 0; at < clip->length_ticks; at += period) {
    for (unsigned i = 0; i < packets; i++) {
      ClipPacket packet = {.timestamp = at,
                           .len = (uint16_t)(bytes - RTP_BYTES),
                           .head_len = 4,
                           .marker = i + 1 == packets,
                           .keyframe = i == 0,
                           .starts = i == 0};
      memcpy(packet.payload, i == 0 ? first : other, i == 0 ? sizeof first : sizeof other);
      g_array_append_val(clip->packets, packet);
    }
  }
  index_frames(clip);
  return clip;
}

/* Head, then the packets as they are in memory: read only by the program that wrote them. */
typedef struct {
  char magic[8];
  uint32_t packet_bytes, clock_rate, length_ticks, packets;
} FileHead;

static const FileHead file_head = {.magic = "yishclip", .packet_bytes = sizeof(ClipPacket)};

Clip *clip_load(const char *path) {
  g_autofree char *data = NULL;
  gsize len = 0;
  FileHead head;
  if (!g_file_get_contents(path, &data, &len, NULL) || len < sizeof head)
    return NULL;
  memcpy(&head, data, sizeof head);
  if (memcmp(head.magic, file_head.magic, sizeof head.magic) != 0 ||
      head.packet_bytes != sizeof(ClipPacket) || head.packets == 0 ||
      len != sizeof head + (gsize)head.packets * sizeof(ClipPacket))
    return NULL;
  Clip *clip = g_new0(Clip, 1);
  clip->clock_rate = head.clock_rate;
  clip->length_ticks = head.length_ticks;
  clip->packets = g_array_new(FALSE, TRUE, sizeof(ClipPacket));
  g_array_append_vals(clip->packets, data + sizeof head, head.packets);
  index_frames(clip);
  return clip;
}

bool clip_save(const Clip *clip, const char *path, GError **error) {
  FileHead head = file_head;
  head.clock_rate = clip->clock_rate;
  head.length_ticks = clip->length_ticks;
  head.packets = clip->packets->len;
  g_autoptr(GByteArray) data = g_byte_array_new();
  g_byte_array_append(data, (const uint8_t *)&head, sizeof head);
  g_byte_array_append(data, (const uint8_t *)clip->packets->data,
                      clip->packets->len * (guint)sizeof(ClipPacket));
  return g_file_set_contents(path, (const char *)data->data, data->len, error);
}

void clip_free(Clip *clip) {
  if (!clip)
    return;
  g_array_unref(clip->packets);
  if (clip->frames)
    g_array_unref(clip->frames);
  g_free(clip);
}
