#include "source.h"

#include <opus.h>
#include <string.h>

#include "frames.h"
#include "reorder.h"
#include "timeline.h"
#include "webmfile.h"
#include "wire/rtp.h"
#include "wire/source.h"

#include "elements.h"

#define OPUS_RATE 48000     /* Hz, of every Opus time stamp (RFC 7587 §4.1) */
#define OPUS_CHANNELS 2     /* the decoder's: a mono packet is decoded to both */
#define STEP_US 1000        /* WebM counts milliseconds: no two frames share one */
#define REFRESH_US 20000000 /* seconds between key frames at most, so that one can seek */

typedef struct {
  int64_t pts_us;
  RtpHeader rtp;
  uint8_t payload[];
} HeldPacket;

/* One reader's course through the packets: what is lost to one may still come for the other. */
typedef struct {
  Timeline timeline;
  bool stamped; /* last_stamp and last_pts_us are set */
  uint32_t last_stamp;
  int64_t last_pts_us;
  Frames frames; /* VP8 */
} Course;

struct TapSource {
  char *dir, *name;
  unsigned part;
  uint32_t track;
  TapTrack info;
  SourceEvents events;
  void *user;

  Reorder reorder;
  Course courses[REORDER_READERS];
  int64_t asked_us;    /* monotonic; 0: never */
  int64_t keyframe_us; /* monotonic, when the last one went into the file */
  int64_t packet_us;   /* monotonic, when the last packet came */
  bool gap;            /* something is missing before what goes into the file next */

  GstElement *pipeline;
  GstPad *pad; /* ours; linked to the muxer */
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
  reorder_init(&source->reorder, g_free);
  for (unsigned i = 0; i < REORDER_READERS; i++) {
    timeline_init(&source->courses[i].timeline, setup->info.clock_rate);
    frames_init(&source->courses[i].frames);
  }
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
  for (unsigned i = 0; i < REORDER_READERS; i++)
    frames_clear(&source->courses[i].frames);
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

static int64_t opus_duration_us(const uint8_t *data, size_t len) {
  int samples = opus_packet_get_nb_samples(data, (opus_int32)len, OPUS_RATE);
  return MAX(samples, 0) * G_GINT64_CONSTANT(1000000) / OPUS_RATE;
}

/* The muxer refuses a change of caps, yet players follow the size in the VP8 frames themselves: the
 * first one stays in the header. */
static GstCaps *track_caps(const TapSource *source) {
  const Frames *frames = &source->courses[REORDER_FILE].frames;
  if (source->info.codec == TAP_VP8)
    return gst_caps_new_simple("video/x-vp8", "width", G_TYPE_INT, frames->width, "height",
                               G_TYPE_INT, frames->height, "framerate", GST_TYPE_FRACTION, 0, 1,
                               NULL);
  return gst_caps_new_simple("audio/x-opus", "channel-mapping-family", G_TYPE_INT, 0, "channels",
                             G_TYPE_INT, OPUS_CHANNELS, "rate", G_TYPE_INT, OPUS_RATE, NULL);
}

static bool link_muxer(TapSource *source, GstElement *mux) {
  const char *request = source->info.codec == TAP_VP8 ? "video_%u" : "audio_%u";
  g_autoptr(GstPad) muxed = gst_element_request_pad_simple(mux, request);
  source->pad = gst_object_ref_sink(gst_pad_new("frames", GST_PAD_SRC));
  return muxed && gst_pad_link(source->pad, muxed) == GST_PAD_LINK_OK;
}

static bool open_file(TapSource *source, int64_t start_us, GError **error) {
  const char *kind = source_kind_name(source->info.source);
  source->name =
      g_strdup_printf("track-%u-%u-%s.webm", source->part, source->track, kind ? kind : "other");
  g_autofree char *path = g_build_filename(source->dir, source->name, NULL);
  source->pipeline = gst_object_ref_sink(gst_pipeline_new(NULL));
  GstElement *mux = webmfile_add(GST_BIN(source->pipeline), path, error);
  if (!mux || !link_muxer(source, mux)) {
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
  g_autoptr(GstCaps) caps = track_caps(source);
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

static int64_t packet_time(Course *course, const HeldPacket *packet) {
  int64_t pts_us = timeline_map(&course->timeline, packet->rtp.timestamp, packet->pts_us);
  if (course->stamped && packet->rtp.timestamp == course->last_stamp)
    return course->last_pts_us;
  int64_t least_us = course->stamped ? course->last_pts_us + STEP_US : 0;
  course->last_stamp = packet->rtp.timestamp;
  course->stamped = true;
  return course->last_pts_us = MAX(pts_us, least_us);
}

/* What is whole with this packet: a picture, or its sound; NULL: nothing yet. */
static GstBuffer *take_frame(TapSource *source, Course *course, const HeldPacket *packet,
                             uint64_t lost, int64_t now_us) {
  bool video = source->info.codec == TAP_VP8;
  if (video && lost)
    frames_lost(&course->frames);
  if (!packet->rtp.payload_len) /* padding: it only counts in the numbers */
    return NULL;
  FramesVerdict verdict = video ? frames_put(&course->frames, packet->payload,
                                             packet->rtp.payload_len, packet->rtp.marker)
                                : FRAMES_WHOLE;
  if (verdict == FRAMES_WAIT) {
    source_ask(source, now_us);
    return NULL;
  }
  int64_t pts_us = packet_time(course, packet);
  if (verdict == FRAMES_MORE)
    return NULL;
  GstBuffer *frame = video ? frames_take(&course->frames)
                           : gst_buffer_new_memdup(packet->payload, packet->rtp.payload_len);
  GST_BUFFER_PTS(frame) = (GstClockTime)pts_us * GST_USECOND;
  return frame;
}

/* For the program. */
static void go_live(TapSource *source, const HeldPacket *packet, uint64_t lost, int64_t now_us) {
  Course *course = &source->courses[REORDER_LIVE];
  g_autoptr(GstBuffer) frame = take_frame(source, course, packet, lost, now_us);
  if (!frame)
    return;
  int64_t pts_us = course->last_pts_us;
  if (source->info.codec == TAP_OPUS)
    source->events.audio(source->user, source, pts_us, packet->payload, packet->rtp.payload_len);
  else
    source->events.picture(source->user, source, pts_us, frame, course->frames.keyframe);
}

static void count_frame(TapSource *source, GstBuffer *frame, const HeldPacket *packet,
                        int64_t now_us) {
  const Course *course = &source->courses[REORDER_FILE];
  int64_t duration_us = 0;
  if (source->info.codec == TAP_OPUS) {
    duration_us = opus_duration_us(packet->payload, packet->rtp.payload_len);
    GST_BUFFER_DURATION(frame) = (GstClockTime)duration_us * GST_USECOND;
  } else if (course->frames.keyframe) {
    source->keyframe_us = now_us;
  }
  source->frames++;
  source->end_us = MAX(source->end_us, course->last_pts_us + duration_us);
}

static void write_file(TapSource *source, const HeldPacket *packet, uint64_t lost, int64_t now_us) {
  Course *course = &source->courses[REORDER_FILE];
  g_autoptr(GstBuffer) frame = take_frame(source, course, packet, lost, now_us);
  bool waits = source->info.codec == TAP_VP8 && course->frames.wait_keyframe;
  source->gap = source->gap || lost || waits;
  if (!frame || source->broken)
    return;
  g_autoptr(GError) error = NULL;
  if (!source->pipeline && !open_file(source, course->last_pts_us, &error)) {
    fail(source, error->message);
    close_pipeline(source);
    return;
  }
  count_frame(source, frame, packet, now_us);
  if (source->gap)
    GST_BUFFER_FLAG_SET(frame, GST_BUFFER_FLAG_DISCONT);
  source->gap = false;
  if (gst_pad_push(source->pad, g_steal_pointer(&frame)) != GST_FLOW_OK)
    fail(source, "the elements refuse the data");
}

static void release(TapSource *source, int64_t now_us, bool all) {
  uint64_t lost;
  const HeldPacket *packet;
  while ((packet = reorder_pop(&source->reorder, REORDER_LIVE, now_us, all, &lost)))
    go_live(source, packet, lost, now_us);
  while ((packet = reorder_pop(&source->reorder, REORDER_FILE, now_us, all, &lost)))
    write_file(source, packet, lost, now_us);
}

void source_push(TapSource *source, uint64_t sequence, int64_t pts_us, const uint8_t *data,
                 size_t len, int64_t now_us) {
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
  if (!reorder_fits(&source->reorder, sequence))
    release(source, now_us, true);
  if (reorder_push(&source->reorder, sequence, packet, now_us))
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
                         .lost = source->reorder.readers[REORDER_FILE].lost,
                         .duration_us = source->end_us - source->start_us};
}
