/* The picture of an empty stage: one VP8 key frame, plain and dark, encoded when the process
 * starts. Main thread. */
#pragma once

#include <gst/gst.h>

#define SLATE_WIDTH 1280 /* pixels */
#define SLATE_HEIGHT 720

/* A whole key frame without a time stamp; NULL and error. */
GstBuffer *slate_new(GError **error);
