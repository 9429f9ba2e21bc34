#include "webm.h"

#include <gst/app/gstappsink.h>
#include <gst/gst.h>
#include <math.h>
#include <string.h>

#include "elements.h"

#define RATE 48000
#define READ_TIMEOUT (20 * 60 * GST_SECOND)
#define QUIET_US 200000 /* of darkness or silence before an onset counts */

typedef struct {
  WebmFacts *facts;
  GstElement *pipeline;
  bool decode;
  GMutex lock; /* facts: pads of one demuxer share a thread, decoders may not */
} Reader;

typedef struct {
  Reader *reader;
  unsigned index;
  int64_t last_block_us, last_keyframe_us;
  unsigned width, height;
} Stream;

static WebmTrack *track_of(Stream *stream) {
  return &g_array_index(stream->reader->facts->tracks, WebmTrack, stream->index);
}

static GstPadProbeReturn on_block(GstPad *pad, GstPadProbeInfo *info, void *data) {
  Stream *stream = data;
  GstBuffer *block = GST_PAD_PROBE_INFO_BUFFER(info);
  int64_t pts_us = (int64_t)(GST_BUFFER_PTS(block) / GST_USECOND);
  g_mutex_lock(&stream->reader->lock);
  WebmTrack *track = track_of(stream);
  if (track->frames++ == 0)
    track->first_us = stream->last_block_us = pts_us;
  if (pts_us - stream->last_block_us > track->max_gap_us) {
    track->max_gap_us = pts_us - stream->last_block_us;
    track->max_gap_at_us = stream->last_block_us;
  }
  stream->last_block_us = pts_us;
  if (!GST_BUFFER_FLAG_IS_SET(block, GST_BUFFER_FLAG_DELTA_UNIT)) {
    if (track->keyframes++)
      track->keyframe_gap_us = MAX(track->keyframe_gap_us, pts_us - stream->last_keyframe_us);
    stream->last_keyframe_us = pts_us;
  }
  int64_t end_us = pts_us;
  if (GST_BUFFER_DURATION_IS_VALID(block))
    end_us += (int64_t)(GST_BUFFER_DURATION(block) / GST_USECOND);
  track->last_us = MAX(track->last_us, end_us);
  g_mutex_unlock(&stream->reader->lock);
  return GST_PAD_PROBE_OK;
}

/* From left, top to right, bottom; every second pixel is enough. */
static float mean_luma(const uint8_t *data, unsigned stride, unsigned left, unsigned top,
                       unsigned right, unsigned bottom) {
  uint64_t sum = 0, count = 0;
  for (unsigned y = top; y < bottom; y += 2)
    for (unsigned x = left; x < right; x += 2, count++)
      sum += data[(size_t)y * stride + x];
  return count ? (float)sum / (float)count : 0;
}

/* The middle of each block, because its edges are blurred. */
static uint16_t read_blocks(const uint8_t *data, unsigned stride, unsigned width, unsigned height) {
  unsigned value = 0, top = height - height / 8, bottom = height - height / 24;
  for (unsigned i = 0; i < 16; i++) {
    unsigned left = width * (4 * i + 1) / 64, right = width * (4 * i + 3) / 64;
    value = value << 1 | (mean_luma(data, stride, left, top, right, bottom) > 128);
  }
  return (uint16_t)value;
}

static GstFlowReturn on_picture(GstAppSink *sink, void *data) {
  Stream *stream = data;
  g_autoptr(GstSample) sample = gst_app_sink_pull_sample(sink);
  if (!sample)
    return GST_FLOW_EOS;
  GstBuffer *buffer = gst_sample_get_buffer(sample);
  const GstStructure *caps = gst_caps_get_structure(gst_sample_get_caps(sample), 0);
  int width = 0, height = 0;
  gst_structure_get_int(caps, "width", &width);
  gst_structure_get_int(caps, "height", &height);
  GstMapInfo map;
  unsigned stride = ((unsigned)width + 3) & ~3u; /* GStreamer's default for I420 */
  if (!gst_buffer_map(buffer, &map, GST_MAP_READ))
    return GST_FLOW_ERROR;
  WebmPicture picture = {.pts_us = (int64_t)(GST_BUFFER_PTS(buffer) / GST_USECOND)};
  if (map.size >= (size_t)stride * (unsigned)height) {
    picture.luma = mean_luma(map.data, stride, 0, 0, (unsigned)width, (unsigned)height);
    picture.blocks = read_blocks(map.data, stride, (unsigned)width, (unsigned)height);
  }
  gst_buffer_unmap(buffer, &map);
  g_mutex_lock(&stream->reader->lock);
  track_of(stream)->decoded++;
  if (stream->width && (stream->width != (unsigned)width || stream->height != (unsigned)height))
    track_of(stream)->sizes++;
  stream->width = (unsigned)width;
  stream->height = (unsigned)height;
  g_array_append_val(stream->reader->facts->pictures, picture);
  g_mutex_unlock(&stream->reader->lock);
  return GST_FLOW_OK;
}

static GstFlowReturn on_samples(GstAppSink *sink, void *data) {
  Stream *stream = data;
  g_autoptr(GstSample) sample = gst_app_sink_pull_sample(sink);
  if (!sample)
    return GST_FLOW_EOS;
  GstBuffer *buffer = gst_sample_get_buffer(sample);
  const GstStructure *caps = gst_caps_get_structure(gst_sample_get_caps(sample), 0);
  int channels = 1;
  gst_structure_get_int(caps, "channels", &channels);
  GstMapInfo map;
  if (!gst_buffer_map(buffer, &map, GST_MAP_READ))
    return GST_FLOW_ERROR;
  const int16_t *in = (const int16_t *)map.data;
  size_t count = map.size / sizeof *in / (unsigned)channels;
  size_t at = (size_t)gst_util_uint64_scale_round(GST_BUFFER_PTS(buffer), RATE, GST_SECOND);
  g_mutex_lock(&stream->reader->lock);
  track_of(stream)->decoded++;
  GArray *out = stream->reader->facts->samples;
  if (out->len < at + count)
    g_array_set_size(out, (guint)(at + count));
  for (size_t i = 0; i < count; i++) {
    float sum = 0;
    for (int c = 0; c < channels; c++)
      sum += in[i * (unsigned)channels + (unsigned)c];
    g_array_index(out, float, at + i) = sum / (float)channels / 32768;
  }
  g_mutex_unlock(&stream->reader->lock);
  gst_buffer_unmap(buffer, &map);
  return GST_FLOW_OK;
}

static bool add_branch(Stream *stream, GstPad *pad, bool video, bool decode) {
  GstBin *bin = GST_BIN(stream->reader->pipeline);
  GstElement *decoder = decode ? element_new(video ? "vp8dec" : "opusdec", NULL) : NULL;
  GstElement *sink = element_new("appsink", NULL);
  if (!sink || (decode && !decoder))
    return false;
  g_object_set(sink, "sync", FALSE, "async", FALSE, NULL);
  gst_bin_add(bin, sink);
  if (decode) {
    GstAppSinkCallbacks callbacks = {.new_sample = video ? on_picture : on_samples};
    gst_app_sink_set_callbacks(GST_APP_SINK(sink), &callbacks, stream, NULL);
    gst_bin_add(bin, decoder);
    if (!gst_element_link(decoder, sink) || !gst_element_sync_state_with_parent(decoder))
      return false;
  } else {
    g_object_set(sink, "drop", TRUE, "max-buffers", 1, "wait-on-eos", FALSE, NULL);
  }
  gst_element_sync_state_with_parent(sink);
  g_autoptr(GstPad) target = gst_element_get_static_pad(decode ? decoder : sink, "sink");
  return gst_pad_link(pad, target) == GST_PAD_LINK_OK;
}

static void on_pad(GstElement *demux, GstPad *pad, void *data) {
  Reader *reader = data;
  g_autoptr(GstCaps) caps = gst_pad_get_current_caps(pad);
  const GstStructure *structure = caps ? gst_caps_get_structure(caps, 0) : NULL;
  const char *name = structure ? gst_structure_get_name(structure) : "";
  WebmTrack track = {.video = g_str_has_prefix(name, "video/")};
  const char *slash = strchr(name, '/');
  g_strlcpy(track.codec, slash && g_str_has_prefix(slash, "/x-") ? slash + 3 : name,
            sizeof track.codec);
  if (track.video) {
    gst_structure_get_int(structure, "width", (int *)&track.width);
    gst_structure_get_int(structure, "height", (int *)&track.height);
  }
  g_mutex_lock(&reader->lock);
  bool first = true;
  for (unsigned i = 0; i < reader->facts->tracks->len; i++)
    if (g_array_index(reader->facts->tracks, WebmTrack, i).video == track.video)
      first = false;
  Stream *stream = g_new0(Stream, 1);
  stream->reader = reader;
  stream->index = reader->facts->tracks->len;
  g_array_append_val(reader->facts->tracks, track);
  g_mutex_unlock(&reader->lock);
  gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, on_block, stream, NULL);
  g_object_set_data_full(G_OBJECT(pad), "stream", stream, g_free);
  bool known = strcmp(track.codec, "vp8") == 0 || strcmp(track.codec, "opus") == 0;
  add_branch(stream, pad, track.video, reader->decode && first && known);
}

/* Cues stand behind the last cluster; the seek head in front only names them. */
static bool has_cues(const char *path) {
  g_autofree char *bytes = NULL;
  gsize len = 0;
  if (!g_file_get_contents(path, &bytes, &len, NULL))
    return false;
  static const uint8_t cues[] = {0x1c, 0x53, 0xbb, 0x6b}; /* at the file's end */
  gsize from = len > (4u << 20) ? len - (4u << 20) : 4096;
  return len > from && memmem(bytes + from, len - from, cues, sizeof cues);
}

static void watch(Reader *reader, GError **error) {
  g_autoptr(GstBus) bus = gst_element_get_bus(reader->pipeline);
  for (;;) {
    g_autoptr(GstMessage) message = gst_bus_timed_pop_filtered(
        bus, READ_TIMEOUT, GST_MESSAGE_EOS | GST_MESSAGE_ERROR | GST_MESSAGE_WARNING);
    if (!message) {
      g_set_error(error, ELEMENTS_ERROR, 3, "reading took too long");
      return;
    }
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS)
      return;
    g_autoptr(GError) reason = NULL;
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_WARNING) {
      reader->facts->warnings++;
      continue;
    }
    gst_message_parse_error(message, &reason, NULL);
    if (reader->facts->tracks->len == 0)
      g_propagate_error(error, g_steal_pointer(&reason));
    else
      reader->facts->error = g_strdup(reason->message);
    return;
  }
}

WebmFacts *webm_read(const char *path, bool decode, GError **error) {
  g_autoptr(WebmFacts) facts = g_new0(WebmFacts, 1);
  facts->tracks = g_array_new(FALSE, TRUE, sizeof(WebmTrack));
  facts->pictures = g_array_new(FALSE, TRUE, sizeof(WebmPicture));
  facts->samples = g_array_new(FALSE, TRUE, sizeof(float));
  Reader reader = {.facts = facts, .decode = decode};
  g_mutex_init(&reader.lock);
  g_autoptr(GstElement) pipeline = gst_object_ref_sink(gst_pipeline_new(NULL));
  reader.pipeline = pipeline;
  GstElement *src = element_new("filesrc", error);
  GstElement *demux = src ? element_new("matroskademux", error) : NULL;
  if (!demux)
    return NULL;
  g_object_set(src, "location", path, NULL);
  gst_bin_add_many(GST_BIN(pipeline), src, demux, NULL);
  g_signal_connect(demux, "pad-added", G_CALLBACK(on_pad), &reader);
  GError *failure = NULL;
  if (!gst_element_link(src, demux) ||
      gst_element_set_state(pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE)
    g_set_error(&failure, ELEMENTS_ERROR, 3, "%s cannot be opened", path);
  else
    watch(&reader, &failure);
  gint64 duration = -1;
  facts->duration_us = -1;
  if (!failure && gst_element_query_duration(demux, GST_FORMAT_TIME, &duration))
    facts->duration_us = duration / GST_USECOND;
  facts->seekable = has_cues(path);
  gst_element_set_state(pipeline, GST_STATE_NULL);
  g_mutex_clear(&reader.lock);
  if (failure) {
    g_propagate_error(error, failure);
    return NULL;
  }
  return g_steal_pointer(&facts);
}

void webm_facts_free(WebmFacts *facts) {
  if (!facts)
    return;
  g_array_unref(facts->tracks);
  g_array_unref(facts->pictures);
  g_array_unref(facts->samples);
  g_free(facts->error);
  g_free(facts);
}

GArray *webm_flashes(const WebmFacts *facts) {
  GArray *out = g_array_new(FALSE, FALSE, sizeof(int64_t));
  const WebmPicture *pictures = (const WebmPicture *)(void *)facts->pictures->data;
  float low = 255, high = 0;
  for (unsigned i = 0; i < facts->pictures->len; i++) {
    low = MIN(low, pictures[i].luma);
    high = MAX(high, pictures[i].luma);
  }
  float level = (low + high) / 2;
  if (high - low < 40)
    return out;
  int64_t bright_us = -QUIET_US;
  for (unsigned i = 0; i < facts->pictures->len; i++) {
    if (pictures[i].luma <= level)
      continue;
    if (i > 0 && pictures[i].pts_us - bright_us > QUIET_US)
      g_array_append_val(out, pictures[i].pts_us);
    bright_us = pictures[i].pts_us;
  }
  return out;
}

#define STEP 48    /* samples: 1 ms */
#define SPAN 5     /* steps: the tone is measured over 5 ms, whole periods of 1 kHz */
#define LEVEL 0.03 /* amplitude: about -30 dB of full scale */

GArray *webm_beeps(const WebmFacts *facts, double frequency) {
  GArray *out = g_array_new(FALSE, FALSE, sizeof(int64_t));
  const float *samples = (const float *)(void *)facts->samples->data;
  size_t steps = facts->samples->len / STEP;
  g_autofree double *re = g_new0(double, steps + 1);
  g_autofree double *im = g_new0(double, steps + 1);
  double peak = LEVEL;
  g_autofree double *tone = g_new0(double, steps + 1);
  for (size_t s = 0; s < steps; s++)
    for (unsigned i = 0; i < STEP; i++) {
      double angle = 2 * G_PI * frequency * (double)((s * STEP + i) % RATE) / RATE;
      re[s] += samples[s * STEP + i] * cos(angle);
      im[s] += samples[s * STEP + i] * sin(angle);
    }
  for (size_t s = 0; s + SPAN <= steps; s++) {
    double a = 0, b = 0;
    for (unsigned i = 0; i < SPAN; i++)
      a += re[s + i], b += im[s + i];
    tone[s] = 2 * sqrt(a * a + b * b) / (SPAN * STEP);
    peak = MAX(peak, tone[s]);
  }
  /* Half of the tone's height is reached when half of the span lies in it. */
  int64_t loud_us = -QUIET_US;
  for (size_t s = 0; s + SPAN <= steps; s++) {
    int64_t at_us = (int64_t)s * 1000 + SPAN * 500;
    if (tone[s] < peak / 3)
      continue;
    if (s > 0 && at_us - loud_us > QUIET_US)
      g_array_append_val(out, at_us);
    loud_us = at_us;
  }
  return out;
}
