#include "webmfile.h"

#include "elements.h"

/* GstFileSinkBufferMode; its header is not installed. */
#define BUFFER_MODE_UNBUFFERED 2

GstElement *webmfile_add(GstBin *bin, const char *path, GError **error) {
  g_autoptr(GstElement) mux = element_new("webmmux", error);
  g_autoptr(GstElement) sink = mux ? element_new("filesink", error) : NULL;
  if (!sink)
    return NULL;
  gst_object_ref_sink(mux);
  gst_object_ref_sink(sink);
  /* A cluster can hold 32 s; short ones make seeking in an unfinished file cheap. Without an
   * interval every Opus packet gets an index entry, as large as itself. */
  g_object_set(mux, "max-cluster-duration", (gint64)(2 * GST_SECOND), "min-cluster-duration",
               (gint64)(500 * GST_MSECOND), "min-index-interval", (gint64)GST_SECOND, "writing-app",
               "yishi-pipeline", NULL);
  g_object_set(sink, "location", path, "buffer-mode", BUFFER_MODE_UNBUFFERED, "sync", FALSE,
               "async", FALSE, NULL);
  gst_bin_add_many(bin, mux, sink, NULL);
  if (!gst_element_link(mux, sink)) {
    g_set_error(error, ELEMENTS_ERROR, 0, "webmmux does not link to filesink");
    return NULL;
  }
  return mux;
}

char *webmfile_error(GstElement *pipeline, bool *disk) {
  g_autoptr(GstBus) bus = gst_element_get_bus(pipeline);
  g_autoptr(GstMessage) message = gst_bus_pop_filtered(bus, GST_MESSAGE_ERROR);
  *disk = false;
  if (!message)
    return NULL;
  g_autoptr(GError) error = NULL;
  gst_message_parse_error(message, &error, NULL);
  *disk = error->domain == GST_RESOURCE_ERROR;
  return g_strdup(error->message);
}
