#include "program.h"

#include <gst/app/gstappsrc.h>

#include "base/log.h"
#include "elements.h"
#include "slate.h"
#include "webmfile.h"

#define STEP_US 1000   /* WebM counts milliseconds: no two frames share one */
#define BLOCK_US 20000 /* AUDIOMIX_BLOCK */
#define SLATE_PERIOD_US 500000
#define SLATE_DELAY_US 300000       /* behind the present: older than the next camera's key frame */
#define STALL_ASK_US 700000         /* a still screen share sends about one frame a second */
#define STALL_LIMIT_US 2500000      /* then the slate: the muxer must not wait for ever */
#define REFRESH_US 10000000         /* between key frames on stage, so that one can seek */
#define QUEUE_MAX_BYTES (64u << 20) /* a disk that hangs: beyond, frames are dropped and told */
#define CLOSE_TIMEOUT (10 * GST_SECOND)
#define BITRATE_BPS 64000

struct Program {
  ProgramEvents events;
  void *user;
  char *name;
  GstElement *pipeline;
  GstAppSrc *video, *audio;
  GstBuffer *slate;
  AudioMix *mix;
  uint32_t want;      /* who should be on stage */
  uint32_t shown;     /* whose frames are being written; 0: the slate */
  bool begun;         /* a picture was written */
  bool wait_keyframe; /* a frame was left out */
  int64_t last_us;    /* of the last picture */
  int64_t keyframe_us;
  uint64_t frames;
  bool broken, finished;
};

static void fail(Program *program, bool disk, const char *message) {
  if (program->broken)
    return;
  program->broken = true;
  program->events.failed(program->user, disk, message);
}

static GstAppSrc *add_appsrc(GstBin *bin, GstCaps *caps, GError **error) {
  GstElement *src = element_new("appsrc", error);
  if (src) {
    g_object_set(src, "caps", caps, "format", GST_FORMAT_TIME, "max-bytes", (guint64)0, NULL);
    gst_bin_add(bin, src);
  }
  gst_caps_unref(caps);
  return src ? GST_APP_SRC(src) : NULL;
}

static bool build(Program *program, const char *path, GError **error) {
  GstBin *bin = GST_BIN(program->pipeline);
  GstElement *mux = webmfile_add(bin, path, error);
  if (!mux)
    return false;
  program->video = add_appsrc(bin,
                              gst_caps_new_simple("video/x-vp8", "width", G_TYPE_INT, SLATE_WIDTH,
                                                  "height", G_TYPE_INT, SLATE_HEIGHT, "framerate",
                                                  GST_TYPE_FRACTION, 0, 1, NULL),
                              error);
  program->audio = add_appsrc(
      bin,
      gst_caps_new_simple("audio/x-raw", "format", G_TYPE_STRING, "S16LE", "layout", G_TYPE_STRING,
                          "interleaved", "rate", G_TYPE_INT, AUDIOMIX_RATE, "channels", G_TYPE_INT,
                          AUDIOMIX_CHANNELS, "channel-mask", GST_TYPE_BITMASK, (guint64)3, NULL),
      error);
  GstElement *encoder = element_new("opusenc", error);
  if (!program->video || !program->audio || !encoder)
    return false;
  g_object_set(encoder, "bitrate", BITRATE_BPS, NULL);
  gst_bin_add(bin, encoder);
  if (!gst_element_link_pads(GST_ELEMENT(program->video), "src", mux, "video_%u") ||
      !gst_element_link(GST_ELEMENT(program->audio), encoder) ||
      !gst_element_link_pads(encoder, "src", mux, "audio_%u") ||
      gst_element_set_state(program->pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    bool disk;
    g_autofree char *reason = webmfile_error(program->pipeline, &disk);
    g_set_error(error, ELEMENTS_ERROR, 1, "%s: %s", program->name, reason ? reason : "not linked");
    return false;
  }
  return true;
}

Program *program_new(const char *dir, unsigned part, const ProgramEvents *events, void *user,
                     GError **error) {
  Program *program = g_new0(Program, 1);
  program->events = *events;
  program->user = user;
  program->name = g_strdup_printf(PROGRAM_NAME, part);
  program->mix = audiomix_new();
  program->pipeline = gst_object_ref_sink(gst_pipeline_new(NULL));
  program->slate = slate_new(error);
  g_autofree char *path = g_build_filename(dir, program->name, NULL);
  if (!program->slate || !build(program, path, error)) {
    program_free(program);
    return NULL;
  }
  return program;
}

void program_free(Program *program) {
  if (!program)
    return;
  gst_element_set_state(program->pipeline, GST_STATE_NULL);
  gst_object_unref(program->pipeline);
  if (program->slate)
    gst_buffer_unref(program->slate);
  audiomix_free(program->mix);
  g_free(program->name);
  g_free(program);
}

AudioMix *program_mix(Program *program) {
  return program->mix;
}

static bool room_left(Program *program, GstAppSrc *src) {
  if (gst_app_src_get_current_level_bytes(src) < QUEUE_MAX_BYTES)
    return true;
  fail(program, true, "the disk is too slow");
  return false;
}

/* Shares the frame's memory under a time stamp of its own. */
static void write_picture(Program *program, int64_t pts_us, GstBuffer *frame, bool keyframe) {
  if (program->broken || program->finished || !room_left(program, program->video)) {
    program->wait_keyframe = true;
    return;
  }
  if (!program->begun) {
    /* The picture begins with the sound, whatever comes first: the index holds pictures only, and
     * Chromium seeks to a start before the first picture by the sound's, finds none and gives up.
     */
    program->begun = true;
    program->last_us = -STEP_US;
    if (pts_us > 0 && frame != program->slate)
      write_picture(program, 0, program->slate, true);
    else
      pts_us = 0;
  }
  program->last_us = MAX(pts_us, program->last_us + STEP_US);
  if (keyframe)
    program->keyframe_us = program->last_us;
  GstBuffer *copy = gst_buffer_copy(frame);
  GST_BUFFER_PTS(copy) = (GstClockTime)program->last_us * GST_USECOND;
  GST_BUFFER_DTS(copy) = GST_BUFFER_DURATION(copy) = GST_CLOCK_TIME_NONE;
  program->frames++;
  gst_app_src_push_buffer(program->video, copy);
}

static void show_slate(Program *program, int64_t now_us) {
  program->shown = 0;
  write_picture(program, now_us - SLATE_DELAY_US, program->slate, true);
}

void program_stage(Program *program, uint32_t track, int64_t now_us) {
  program->want = track;
  if (!track && program->shown)
    show_slate(program, now_us);
  if (track && track != program->shown)
    program->events.keyframe(program->user, track);
}

void program_track_gone(Program *program, uint32_t track, int64_t now_us) {
  if (program->want == track)
    program->want = 0;
  if (program->shown == track)
    show_slate(program, now_us);
}

void program_picture(Program *program, uint32_t track, int64_t pts_us, GstBuffer *frame,
                     bool keyframe) {
  if (program->finished)
    return;
  if (track == program->want && keyframe) {
    program->shown = track;
    program->wait_keyframe = false;
  }
  if (track != program->shown)
    return;
  if (program->wait_keyframe && !keyframe) {
    program->events.keyframe(program->user, track);
    return;
  }
  program->wait_keyframe = false;
  write_picture(program, pts_us, frame, keyframe);
}

static void tick_video(Program *program, int64_t now_us) {
  int64_t still_us = now_us - program->last_us;
  if (program->shown && still_us > STALL_LIMIT_US)
    show_slate(program, now_us);
  else if (!program->shown && (!program->begun || still_us - SLATE_DELAY_US >= SLATE_PERIOD_US))
    show_slate(program, now_us);
  bool refresh = program->shown && program->last_us - program->keyframe_us > REFRESH_US;
  bool stalled = program->shown && still_us > STALL_ASK_US;
  if (program->want && (program->want != program->shown || stalled || refresh))
    program->events.keyframe(program->user, program->want);
}

static void write_sound(Program *program, int64_t until_us) {
  while (!program->broken &&
         audiomix_position(program->mix) * 1000 / (AUDIOMIX_RATE / 1000) + BLOCK_US <= until_us) {
    if (!room_left(program, program->audio))
      return;
    int64_t position = audiomix_position(program->mix);
    size_t bytes = AUDIOMIX_BLOCK * AUDIOMIX_CHANNELS * sizeof(int16_t);
    int16_t *samples = g_malloc(bytes);
    audiomix_take(program->mix, samples);
    if (position == 0) { /* Opus's pre-skip would put it before the first picture: see above */
      g_free(samples);
      continue;
    }
    GstBuffer *block = gst_buffer_new_wrapped(samples, bytes);
    GST_BUFFER_PTS(block) = gst_util_uint64_scale((guint64)position, GST_SECOND, AUDIOMIX_RATE);
    GST_BUFFER_DURATION(block) = BLOCK_US * GST_USECOND;
    gst_app_src_push_buffer(program->audio, block);
  }
}

void program_tick(Program *program, int64_t now_us, int64_t newest_us) {
  if (program->finished)
    return;
  bool disk;
  g_autofree char *error = webmfile_error(program->pipeline, &disk);
  if (error)
    fail(program, disk, error);
  tick_video(program, now_us);
  write_sound(program, MAX(newest_us - PROGRAM_DELAY_US, now_us - PROGRAM_IDLE_DELAY_US));
}

bool program_finish(Program *program, int64_t end_us) {
  if (program->finished)
    return false;
  write_sound(program, end_us);
  program->finished = true;
  gst_app_src_end_of_stream(program->video);
  gst_app_src_end_of_stream(program->audio);
  g_autoptr(GstBus) bus = gst_element_get_bus(program->pipeline);
  g_autoptr(GstMessage) message = gst_bus_timed_pop_filtered(
      bus, program->broken ? 0 : CLOSE_TIMEOUT, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  bool whole = !program->broken && message && GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS;
  if (!whole)
    log_warn("pipeline", "program_cut", "reason=%s", message ? "error" : "timeout");
  gst_element_set_state(program->pipeline, GST_STATE_NULL);
  return whole;
}

uint64_t program_frames(const Program *program) {
  return program->frames;
}

int64_t program_duration_us(const Program *program) {
  return audiomix_position(program->mix) * 1000 / (AUDIOMIX_RATE / 1000);
}

const char *program_name(const Program *program) {
  return program->name;
}
