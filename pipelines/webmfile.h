/* What every WebM writer here shares: how the muxer and the sink are set so that a process which is
 * killed leaves all but the last second. Main thread. */
#pragma once

#include <gst/gst.h>
#include <stdbool.h>

/* Adds a webmmux and a filesink to the bin and links them: the muxer is returned, borrowed. Each
 * cluster and block is written when it is made, nothing is kept in memory. The sink neither waits
 * for a clock nor prerolls. NULL and error when it cannot be made. */
GstElement *webmfile_add(GstBin *bin, const char *path, GError **error);

/* The text of the first error on the pipeline's bus, or NULL; free with g_free. disk: set when the
 * sink could not write. */
char *webmfile_error(GstElement *pipeline, bool *disk);
