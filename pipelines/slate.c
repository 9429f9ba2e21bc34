#include "slate.h"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <string.h>

#include "elements.h"

/* #1d2229 in BT.601 limited range: the web application's dark ground. */
#define LUMA 45
#define BLUE 131
#define RED 125

static GstBuffer *raw_picture(void) {
  const size_t luma = SLATE_WIDTH * SLATE_HEIGHT, chroma = luma / 4;
  GstBuffer *raw = gst_buffer_new_allocate(NULL, luma + 2 * chroma, NULL);
  gst_buffer_memset(raw, 0, LUMA, luma);
  gst_buffer_memset(raw, luma, BLUE, chroma);
  gst_buffer_memset(raw, luma + chroma, RED, chroma);
  GST_BUFFER_PTS(raw) = 0;
  return raw;
}

GstBuffer *slate_new(GError **error) {
  g_autoptr(GstElement) pipeline = gst_object_ref_sink(gst_pipeline_new(NULL));
  GstElement *src = element_new("appsrc", error);
  GstElement *encoder = src ? element_new("vp8enc", error) : NULL;
  GstElement *sink = encoder ? element_new("appsink", error) : NULL;
  if (!sink)
    return NULL;
  g_autoptr(GstCaps) caps = gst_caps_new_simple(
      "video/x-raw", "format", G_TYPE_STRING, "I420", "width", G_TYPE_INT, SLATE_WIDTH, "height",
      G_TYPE_INT, SLATE_HEIGHT, "framerate", GST_TYPE_FRACTION, 2, 1, NULL);
  g_object_set(src, "caps", caps, "format", GST_FORMAT_TIME, NULL);
  g_object_set(encoder, "deadline", G_GINT64_CONSTANT(1), NULL);
  g_object_set(sink, "sync", FALSE, NULL);
  gst_bin_add_many(GST_BIN(pipeline), src, encoder, sink, NULL);
  GstBuffer *slate = NULL;
  if (gst_element_link_many(src, encoder, sink, NULL) &&
      gst_element_set_state(pipeline, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE) {
    gst_app_src_push_buffer(GST_APP_SRC(src), raw_picture());
    gst_app_src_end_of_stream(GST_APP_SRC(src));
    g_autoptr(GstSample) sample = gst_app_sink_try_pull_sample(GST_APP_SINK(sink), 5 * GST_SECOND);
    if (sample)
      slate = gst_buffer_copy_deep(gst_sample_get_buffer(sample));
  }
  gst_element_set_state(pipeline, GST_STATE_NULL);
  if (!slate) {
    g_set_error(error, ELEMENTS_ERROR, 2, "the slate could not be encoded");
    return NULL;
  }
  GST_BUFFER_PTS(slate) = GST_BUFFER_DTS(slate) = GST_BUFFER_DURATION(slate) = GST_CLOCK_TIME_NONE;
  return slate;
}
