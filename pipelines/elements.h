/* GStreamer, but only the few plugins that recording needs.
 *
 * GStreamer's registry would scan some 250 plugins, and any of them could then be picked for bytes
 * that strangers sent. Here the registry starts empty and each plugin of a short list is loaded by
 * its file name: nothing else exists for this process, no scan, no cache file, and every library is
 * mapped before the sandbox closes. Never decodebin, never a type finder. Main thread.
 */
#pragma once

#include <gst/gst.h>
#include <stdbool.h>

/* Starts GStreamer and loads the list. Once, before any thread. False and error naming what is
 * missing. Until the environment's variables are read it must not have been started otherwise. */
bool elements_init(GError **error);

/* The names of the missing elements, comma-separated, or NULL: after elements_init. g_free. */
char *elements_missing(void);

/* A floating element of the list, or NULL and error. */
GstElement *element_new(const char *factory, GError **error);

#define ELEMENTS_ERROR elements_error_quark()
GQuark elements_error_quark(void);
