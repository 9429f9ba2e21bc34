#include "elements.h"

#include <string.h>

G_DEFINE_QUARK(yishi - elements - error - quark, elements_error)

/* Debian's packages: gstreamer1.0-plugins-base (app, opus), -good (rtp, matroska, vpx); the core
 * elements belong to libgstreamer1.0-0. */
static const char *const plugins[] = {"coreelements", "app", "rtp", "matroska", "opus", "vpx"};

static const char *const elements[] = {"filesrc", "filesink", "queue",         "appsrc", "appsink",
                                       "opusenc", "webmmux",  "matroskademux", "vp8enc"};

bool elements_init(GError **error) {
  /* Empty paths: no plugin is found by itself. The variables are read once, in gst_init. */
  g_setenv("GST_PLUGIN_SYSTEM_PATH_1_0", "", TRUE);
  g_setenv("GST_PLUGIN_PATH_1_0", "", TRUE);
  g_setenv("GST_REGISTRY_DISABLE", "yes", TRUE);
  gst_registry_fork_set_enabled(FALSE);
  if (!gst_init_check(NULL, NULL, error))
    return false;
  for (unsigned i = 0; i < G_N_ELEMENTS(plugins); i++) {
    g_autofree char *path =
        g_strdup_printf("%s/libgst%s%s", GST_PLUGINS_DIR, plugins[i], "." G_MODULE_SUFFIX);
    GstPlugin *plugin = gst_plugin_load_file(path, NULL);
    if (plugin)
      gst_object_unref(plugin);
  }
  g_autofree char *missing = elements_missing();
  if (missing)
    g_set_error(error, ELEMENTS_ERROR, 0, "GStreamer elements are missing: %s", missing);
  return !missing;
}

char *elements_missing(void) {
  GString *missing = g_string_new(NULL);
  for (unsigned i = 0; i < G_N_ELEMENTS(elements); i++) {
    GstElementFactory *factory = gst_element_factory_find(elements[i]);
    if (factory)
      gst_object_unref(factory);
    else
      g_string_append_printf(missing, "%s%s", missing->len ? ", " : "", elements[i]);
  }
  return g_string_free(missing, missing->len == 0);
}

GstElement *element_new(const char *factory, GError **error) {
  GstElement *element = gst_element_factory_make(factory, NULL);
  if (!element)
    g_set_error(error, ELEMENTS_ERROR, 0, "GStreamer element %s is missing", factory);
  return element;
}
