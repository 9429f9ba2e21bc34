#include "source.h"

#include <opus.h>
#include <string.h>

#include "reorder.h"
#include "timeline.h"
#include "webmfile.h"
#include "wire/rtp.h"
#include "wire/source.h"
#include "wire/vp8.h"

#include "elements.h"

#define PAYLOAD_TYPE 96            /* of the packets handed to the depayloader */
#define OPUS_RATE 48000            /* Hz, of every Opus time stamp (RFC 7587 §4.1) */
#define STEP_US 1000               /* WebM counts milliseconds: no two frames share one */
#define REFRESH_US 20000000        /* seconds between key frames at most, so that one can seek */
#define SIDE_MIN 16                /* pixels: webmmux takes no smaller picture */
#define FRAME_MAX_BYTES (4u << 20) /* the depayloader collects until a frame ends */

typedef struct {
  int64_t pts_us;
  RtpHeader rtp;
  uint8_t payload[];
} HeldPacket;

struct TapSource {
  char *dir, *name;
  unsigned part;
  uint32_t track;
  TapTrack info;
  SourceEvents events;
  void *user;

  Reorder reorder;
  Timeline timeline;
  bool stamped; /* last_stamp and last_pts_us are set */
  uint32_t last_stamp;
  int64_t last_pts_us; /* handed to the elements */
  int64_t asked_us;    /* monotonic; 0: never */
  int64_t keyframe_us; /* monotonic, when the last one came */
  int64_t packet_us;   /* monotonic, when the last packet came */
  bool wait_keyframe, gap;
  size_t frame_bytes; /* of the frame that is being collected */
  uint16_t out_sequence;

  GstElement *pipeline;
  GstPad *pad; /* ours; linked to the depayloader */
  bool broken, finished, whole;
  int64_t start_us, end_us;
  uint64_t frames;
};

static const char *const kind_names[] = {
    [SOURCE_MIC] = "mic",
    [SOURCE_CAMERA] = "camera",
    [SOURCE_SCREEN] = "screen",
    [SOURCE_SCREEN_AUDIO] = "screen_audio",
};

const char *source_kind_name(unsigned source) {
  return source < G_N_ELEMENTS(kind_names) ? kind_names[source] : NULL;
}

TapSource *source_new(const SourceSetup *setup, const SourceEvents *events, void *user) {
  TapSource *source = g_new0(TapSource, 1);
  source->dir = g_strdup(setup->dir);
  source->part = setup->part;
  source->track = setup->track;
  source->info = setup->info;
  source->events = *events;
  source->user = user;
  source->wait_keyframe = setup->info.codec == TAP_VP8;
  reorder_init(&source->reorder, g_free);
  timeline_init(&source->timeline, setup->info.clock_rate);
  return source;
}

static void close_pipeline(TapSource *source) {
  if (!source->pipeline)
    return;
  gst_element_set_state(source->pipeline, GST_STATE_NULL);
  g_clear_object(&source->pipeline);
  gst_pad_set_active(source->pad, FALSE);
  g_clear_object(&source->pad);
}

void source_free(TapSource *source) {
  if (!source)
    return;
  close_pipeline(source);
  reorder_clear(&source->reorder);
  g_free(source->dir);
  g_free(source->name);
  g_free(source);
}

/* Messages of elements tell whether it was the disk; without one they refused the data. */
static void fail(TapSource *source, const char *message) {
  if (source->broken)
    return;
  source->broken = true;
  bool disk = false;
  g_autofree char *reason = source->pipeline ? webmfile_error(source->pipeline, &disk) : NULL;
  source->events.failed(source->user, source, disk, reason ? reason : message);
}

static int64_t opus_duration_us(GstBuffer *buffer) {
  GstMapInfo map;
  if (!gst_buffer_map(buffer, &map, GST_MAP_READ))
    return 0;
  int samples = opus_packet_get_nb_samples(map.data, (opus_int32)map.size, OPUS_RATE);
  gst_buffer_unmap(buffer, &map);
  return MAX(samples, 0) * G_GINT64_CONSTANT(1000000) / OPUS_RATE;
}

/* Between depayloader and muxer: whole frames pass here. Called within gst_pad_push, same thread.
 */
static GstPadProbeReturn on_frame(GstPad *pad, GstPadProbeInfo *info, void *data) {
  TapSource *source = data;
  GstBuffer *frame = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(info));
  GST_PAD_PROBE_INFO_DATA(info) = frame;
  int64_t pts_us = (int64_t)(GST_BUFFER_PTS(frame) / GST_USECOND);
  source->frames++;
  if (source->info.codec == TAP_OPUS) {
    int64_t duration_us = opus_duration_us(frame);
    GST_BUFFER_DURATION(frame) = (GstClockTime)duration_us * GST_USECOND;
    source->end_us = MAX(source->end_us, pts_us + duration_us);
  } else {
    bool keyframe = !GST_BUFFER_FLAG_IS_SET(frame, GST_BUFFER_FLAG_DELTA_UNIT);
    source->end_us = MAX(source->end_us, pts_us);
    source->events.picture(source->user, source, pts_us, frame, keyframe);
  }
  return GST_PAD_PROBE_OK;
}

static GstCaps *rtp_caps(const TapTrack *info) {
  if (info->codec == TAP_VP8)
    return gst_caps_new_simple("application/x-rtp", "media", G_TYPE_STRING, "video", "clock-rate",
                               G_TYPE_INT, 90000, "encoding-name", G_TYPE_STRING, "VP8", "payload",
                               G_TYPE_INT, PAYLOAD_TYPE, NULL);
  return gst_caps_new_simple("application/x-rtp", "media", G_TYPE_STRING, "audio", "clock-rate",
                             G_TYPE_INT, OPUS_RATE, "encoding-name", G_TYPE_STRING, "OPUS",
                             "payload", G_TYPE_INT, PAYLOAD_TYPE, "sprop-stereo", G_TYPE_STRING,
                             "1", NULL);
}

/* Two repairs between depayloader and muxer. The muxer takes Opus only with its rate, which the
 * depayloader does not tell. And it refuses a change of caps, yet players follow the size in the
 * VP8 frames themselves: the first size stays in the header. */
static GstPadProbeReturn on_caps(GstPad *pad, GstPadProbeInfo *info, void *data) {
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT(info);
  if (GST_EVENT_TYPE(event) != GST_EVENT_CAPS)
    return GST_PAD_PROBE_OK;
  if (gst_pad_has_current_caps(data))
    return GST_PAD_PROBE_DROP;
  GstCaps *caps;
  gst_event_parse_caps(event, &caps);
  if (gst_structure_has_name(gst_caps_get_structure(caps, 0), "audio/x-opus")) {
    g_autoptr(GstCaps) complete = gst_caps_copy(caps);
    gst_caps_set_simple(complete, "rate", G_TYPE_INT, OPUS_RATE, NULL);
    GST_PAD_PROBE_INFO_DATA(info) = gst_event_new_caps(complete);
    gst_event_unref(event);
  }
  return GST_PAD_PROBE_OK;
}

static bool link_elements(TapSource *source, GstElement *depay, GstElement *mux) {
  const char *request = source->info.codec == TAP_VP8 ? "video_%u" : "audio_%u";
  g_autoptr(GstPad) frames = gst_element_get_static_pad(depay, "src");
  g_autoptr(GstPad) packets = gst_element_get_static_pad(depay, "sink");
  g_autoptr(GstPad) muxed = gst_element_request_pad_simple(mux, request);
  source->pad = gst_object_ref_sink(gst_pad_new("packets", GST_PAD_SRC));
  if (!muxed || gst_pad_link(frames, muxed) != GST_PAD_LINK_OK ||
      gst_pad_link(source->pad, packets) != GST_PAD_LINK_OK)
    return false;
  gst_pad_add_probe(frames, GST_PAD_PROBE_TYPE_BUFFER, on_frame, source, NULL);
  gst_pad_add_probe(frames, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_caps, gst_object_ref(muxed),
                    gst_object_unref);
  return true;
}

static bool open_file(TapSource *source, int64_t start_us, GError **error) {
  const char *kind = source_kind_name(source->info.source);
  source->name =
      g_strdup_printf("track-%u-%u-%s.webm", source->part, source->track, kind ? kind : "other");
  g_autofree char *path = g_build_filename(source->dir, source->name, NULL);
  source->pipeline = gst_object_ref_sink(gst_pipeline_new(NULL));
  GstElement *depay =
      element_new(source->info.codec == TAP_VP8 ? "rtpvp8depay" : "rtpopusdepay", error);
  if (!depay)
    return false;
  gst_bin_add(GST_BIN(source->pipeline), depay);
  GstElement *mux = webmfile_add(GST_BIN(source->pipeline), path, error);
  if (!mux || !link_elements(source, depay, mux)) {
    if (error && !*error)
      g_set_error(error, ELEMENTS_ERROR, 0, "the elements of %s do not link", source->name);
    return false;
  }
  if (gst_element_set_state(source->pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    g_set_error(error, ELEMENTS_ERROR, 1, "%s cannot be opened", source->name);
    return false;
  }
  gst_pad_set_active(source->pad, TRUE);
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  segment.start = segment.time = (guint64)start_us * GST_USECOND;
  g_autoptr(GstCaps) caps = rtp_caps(&source->info);
  gst_pad_push_event(source->pad, gst_event_new_stream_start(source->name));
  gst_pad_push_event(source->pad, gst_event_new_caps(caps));
  gst_pad_push_event(source->pad, gst_event_new_segment(&segment));
  source->start_us = source->end_us = start_us;
  source->events.opened(source->user, source, start_us);
  return true;
}

void source_ask(TapSource *source, int64_t now_us) {
  if (source->finished || (source->asked_us && now_us - source->asked_us < SOURCE_ASK_US))
    return;
  source->asked_us = now_us;
  source->events.keyframe(source->user, source);
}

/* The elements get a plain header: own numbers, which only skip where packets were really lost. */
static GstBuffer *clean_packet(TapSource *source, const HeldPacket *packet, int64_t pts_us) {
  RtpHeader rtp = {.marker = packet->rtp.marker,
                   .payload_type = PAYLOAD_TYPE,
                   .sequence = source->out_sequence,
                   .timestamp = packet->rtp.timestamp,
                   .ssrc = 1};
  GstBuffer *buffer =
      gst_buffer_new_allocate(NULL, RTP_HEADER_BYTES + packet->rtp.payload_len, NULL);
  uint8_t header[RTP_HEADER_BYTES];
  rtp_write(header, &rtp);
  gst_buffer_fill(buffer, 0, header, sizeof header);
  gst_buffer_fill(buffer, RTP_HEADER_BYTES, packet->payload, packet->rtp.payload_len);
  GST_BUFFER_PTS(buffer) = (GstClockTime)pts_us * GST_USECOND;
  if (source->gap)
    GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_DISCONT);
  source->gap = false;
  source->out_sequence++;
  return buffer;
}

/* True when this video packet can be decoded with what the file already has. */
static bool decodable(TapSource *source, const HeldPacket *packet, int64_t now_us) {
  Vp8Descriptor vp8;
  bool parsed = vp8_parse(packet->payload, packet->rtp.payload_len, &vp8);
  if (parsed && vp8.keyframe && (vp8.width < SIDE_MIN || vp8.height < SIDE_MIN))
    parsed = false;
  source->frame_bytes += packet->rtp.payload_len;
  if (source->frame_bytes > FRAME_MAX_BYTES)
    parsed = false;
  if (packet->rtp.marker || !parsed)
    source->frame_bytes = 0;
  if (parsed && vp8.keyframe) {
    source->wait_keyframe = false;
    source->keyframe_us = now_us;
  }
  if (!parsed || source->wait_keyframe) {
    source->wait_keyframe = true;
    source->gap = true;
    source_ask(source, now_us);
    return false;
  }
  return true;
}

static int64_t packet_time(TapSource *source, const HeldPacket *packet) {
  int64_t pts_us = timeline_map(&source->timeline, packet->rtp.timestamp, packet->pts_us);
  if (source->stamped && packet->rtp.timestamp == source->last_stamp)
    return source->last_pts_us;
  int64_t least_us = source->stamped ? source->last_pts_us + STEP_US : 0;
  source->last_stamp = packet->rtp.timestamp;
  source->stamped = true;
  return source->last_pts_us = MAX(pts_us, least_us);
}

static void handle(TapSource *source, const HeldPacket *packet, uint64_t lost, int64_t now_us) {
  if (lost) {
    source->gap = true;
    source->out_sequence++;
    source->wait_keyframe = source->info.codec == TAP_VP8;
  }
  if (!packet->rtp.payload_len) /* padding: it only counts in the numbers */
    return;
  if (source->info.codec == TAP_VP8 && !decodable(source, packet, now_us))
    return;
  int64_t pts_us = packet_time(source, packet);
  if (source->info.codec == TAP_OPUS)
    source->events.audio(source->user, source, pts_us, packet->payload, packet->rtp.payload_len);
  if (source->broken)
    return;
  g_autoptr(GError) error = NULL;
  if (!source->pipeline && !open_file(source, pts_us, &error)) {
    fail(source, error->message);
    close_pipeline(source);
    return;
  }
  if (gst_pad_push(source->pad, clean_packet(source, packet, pts_us)) != GST_FLOW_OK)
    fail(source, "the elements refuse the data");
}

static void release(TapSource *source, int64_t now_us, bool all) {
  uint64_t lost;
  HeldPacket *packet;
  while ((packet = reorder_pop(&source->reorder, now_us, all, &lost))) {
    handle(source, packet, lost, now_us);
    g_free(packet);
  }
}

void source_push(TapSource *source, int64_t pts_us, const uint8_t *data, size_t len,
                 int64_t now_us) {
  RtpHeader rtp;
  if (source->finished || !rtp_parse(data, len, true, &rtp))
    return;
  if (source->info.payload_type && rtp.payload_type != source->info.payload_type)
    return; /* another format on the same numbers, such as comfort noise */
  source->packet_us = now_us;
  HeldPacket *packet = g_malloc(sizeof *packet + rtp.payload_len);
  packet->pts_us = pts_us;
  packet->rtp = rtp;
  memcpy(packet->payload, data + rtp.payload_offset, rtp.payload_len);
  if (reorder_push(&source->reorder, rtp.sequence, packet, now_us))
    release(source, now_us, false);
}

void source_tick(TapSource *source, int64_t now_us) {
  if (source->finished)
    return;
  release(source, now_us, false);
  bool flows = source->info.codec == TAP_VP8 && now_us - source->packet_us < SOURCE_ASK_US;
  if (flows && now_us - source->keyframe_us > REFRESH_US)
    source_ask(source, now_us);
}

bool source_finish(TapSource *source, int64_t now_us) {
  if (source->finished)
    return source->whole;
  release(source, now_us, true);
  source->finished = true;
  source->whole =
      source->pipeline && !source->broken && gst_pad_push_event(source->pad, gst_event_new_eos());
  close_pipeline(source);
  return source->whole;
}

const char *source_name(const TapSource *source) {
  return source->name;
}

uint32_t source_track(const TapSource *source) {
  return source->track;
}

const TapTrack *source_info(const TapSource *source) {
  return &source->info;
}

SourceFigures source_figures(const TapSource *source) {
  return (SourceFigures){.frames = source->frames,
                         .lost = source->reorder.lost,
                         .duration_us = source->end_us - source->start_us};
}
