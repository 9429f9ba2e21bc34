#include "repair.h"

#include <errno.h>
#include <fcntl.h>
#include <gst/gst.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "elements.h"
#include "files.h"
#include "webmfile.h"

#define TIMEOUT (10 * 60 * GST_SECOND)
#define QUEUE_MAX_BYTES (256u << 20) /* sound and picture may lie seconds apart in the file */
#define STREAMS_MAX 2
#define NOTHING_MAX_BYTES 65536 /* a larger file without one frame is damaged, not empty */

typedef struct {
  GstElement *pipeline, *mux;
  GMutex lock; /* the streams' threads write the figures */
  unsigned streams;
  GstPad *inputs[STREAMS_MAX]; /* of the queues; borrowed */
  struct {
    bool video;
    uint64_t frames;
    int64_t end_us;
  } figures[STREAMS_MAX];
} Repair;

static GstPadProbeReturn on_frame(GstPad *pad, GstPadProbeInfo *info, void *data) {
  Repair *repair = data;
  unsigned index = GPOINTER_TO_UINT(g_object_get_data(G_OBJECT(pad), "stream"));
  GstBuffer *frame = GST_PAD_PROBE_INFO_BUFFER(info);
  int64_t end_us = (int64_t)(GST_BUFFER_PTS(frame) / GST_USECOND);
  if (GST_BUFFER_DURATION_IS_VALID(frame) && !repair->figures[index].video)
    end_us += (int64_t)(GST_BUFFER_DURATION(frame) / GST_USECOND);
  g_mutex_lock(&repair->lock);
  repair->figures[index].frames++;
  repair->figures[index].end_us = MAX(repair->figures[index].end_us, end_us);
  g_mutex_unlock(&repair->lock);
  return GST_PAD_PROBE_OK;
}

static void on_pad(GstElement *demux, GstPad *pad, void *data) {
  Repair *repair = data;
  g_autoptr(GstCaps) caps = gst_pad_get_current_caps(pad);
  const char *name = caps ? gst_structure_get_name(gst_caps_get_structure(caps, 0)) : "";
  bool video = g_str_equal(name, "video/x-vp8");
  if (repair->streams == STREAMS_MAX || (!video && !g_str_equal(name, "audio/x-opus")))
    return; /* not a file of ours */
  GstElement *queue = element_new("queue", NULL);
  g_object_set(queue, "max-size-buffers", 0, "max-size-time", G_GUINT64_CONSTANT(0),
               "max-size-bytes", QUEUE_MAX_BYTES, NULL);
  gst_bin_add(GST_BIN(repair->pipeline), queue);
  g_autoptr(GstPad) in = gst_element_get_static_pad(queue, "sink");
  if (!gst_element_link_pads(queue, "src", repair->mux, video ? "video_%u" : "audio_%u") ||
      !gst_element_sync_state_with_parent(queue) || gst_pad_link(pad, in) != GST_PAD_LINK_OK)
    return;
  g_object_set_data(G_OBJECT(pad), "stream", GUINT_TO_POINTER(repair->streams));
  gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, on_frame, repair, NULL);
  repair->figures[repair->streams].video = video;
  repair->inputs[repair->streams++] = in;
}

/* Runs to the end. What the demuxer cannot read at a cut tail ends the streams there. */
static bool run(Repair *repair, GError **error) {
  g_autoptr(GstBus) bus = gst_element_get_bus(repair->pipeline);
  for (bool cut = false;;) {
    g_autoptr(GstMessage) message =
        gst_bus_timed_pop_filtered(bus, TIMEOUT, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
    if (message && GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS)
      return true;
    g_autoptr(GError) reason = NULL;
    if (message)
      gst_message_parse_error(message, &reason, NULL);
    if (!message || cut || reason->domain == GST_RESOURCE_ERROR) {
      g_set_error(error, ELEMENTS_ERROR, 5, "%s", reason ? reason->message : "took too long");
      return false;
    }
    if (!repair->streams)
      return true;
    cut = true;
    for (unsigned i = 0; i < repair->streams; i++)
      gst_pad_send_event(repair->inputs[i], gst_event_new_eos());
  }
}

static bool copy_blocks(const char *path, const char *fresh, RepairFacts *facts, GError **error) {
  Repair repair = {.pipeline = gst_object_ref_sink(gst_pipeline_new(NULL))};
  g_mutex_init(&repair.lock);
  GstElement *src = element_new("filesrc", error);
  GstElement *demux = src ? element_new("matroskademux", error) : NULL;
  repair.mux = demux ? webmfile_add(GST_BIN(repair.pipeline), fresh, error) : NULL;
  bool ok = repair.mux != NULL;
  if (ok) {
    g_object_set(src, "location", path, NULL);
    gst_bin_add_many(GST_BIN(repair.pipeline), src, demux, NULL);
    g_signal_connect(demux, "pad-added", G_CALLBACK(on_pad), &repair);
    if (!gst_element_link(src, demux) ||
        gst_element_set_state(repair.pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
      g_set_error(error, ELEMENTS_ERROR, 5, "%s cannot be copied", path);
      ok = false;
    }
  }
  ok = ok && run(&repair, error);
  gst_element_set_state(repair.pipeline, GST_STATE_NULL);
  gst_object_unref(repair.pipeline);
  g_mutex_clear(&repair.lock);
  facts->empty = true;
  for (unsigned i = 0; i < repair.streams; i++) {
    facts->empty = facts->empty && repair.figures[i].frames == 0;
    facts->duration_us = MAX(facts->duration_us, repair.figures[i].end_us);
    if (repair.figures[i].video || repair.streams == 1)
      facts->frames = repair.figures[i].frames;
  }
  return ok;
}

static bool system_fail(GError **error, const char *path) {
  g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(errno), "%s: %s", path,
              g_strerror(errno));
  return false;
}

static bool sync_folder(const char *path) {
  g_autofree char *dir = g_path_get_dirname(path);
  int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  bool ok = fd >= 0 && fsync(fd) == 0;
  if (fd >= 0)
    close(fd);
  return ok;
}

/* The new file is on the disk before it takes the old one's name. */
static bool take_place(const char *fresh, const char *path, RepairFacts *facts, GError **error) {
  int fd = open(fresh, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return system_fail(error, fresh);
  bool ok =
      fsync(fd) == 0 && digest_fd(fd, facts->sha256, &facts->bytes) && rename(fresh, path) == 0;
  if (!ok)
    system_fail(error, fresh);
  close(fd);
  return ok && (sync_folder(path) || system_fail(error, path));
}

bool repair_file(const char *path, RepairFacts *facts, GError **error) {
  *facts = (RepairFacts){0};
  struct stat st;
  if (lstat(path, &st) < 0)
    return system_fail(error, path);
  if (!S_ISREG(st.st_mode)) {
    errno = EINVAL;
    return system_fail(error, path);
  }
  g_autofree char *fresh = g_strconcat(path, ".repair", NULL);
  bool ok = true;
  if (st.st_size == 0)
    facts->empty = true;
  else
    ok = copy_blocks(path, fresh, facts, error);
  if (ok && facts->empty && st.st_size > NOTHING_MAX_BYTES) {
    errno = EIO;
    ok = system_fail(error, path);
  }
  if (ok && !facts->empty)
    ok = take_place(fresh, path, facts, error);
  if (!ok || facts->empty)
    unlink(fresh);
  if (ok && facts->empty && unlink(path) < 0)
    return system_fail(error, path);
  return ok;
}
