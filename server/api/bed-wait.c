#include <glib/gstdio.h>

#include "api/bed.h"

static void answered(void *user, ApiResponse *response) {
  *(ApiResponse **)user = response;
}

Exchange *bed_begin(Bed *bed, Who who, const char *path, ApiResponse **response) {
  return api_begin(bed->context, bed_request(bed, who, "GET", path, NULL), answered, response);
}

/* What is waited for may be a program's: the loop looks by itself, too. */
static gboolean wake(void *data) {
  return G_SOURCE_CONTINUE;
}

void bed_until(bool (*is_so)(const void *data), const void *data) {
  unsigned timer = g_timeout_add(10, wake, NULL);
  while (!is_so(data))
    g_main_context_iteration(NULL, TRUE);
  g_source_remove(timer);
}

static bool is_answered(const void *data) {
  return *(ApiResponse *const *)data != NULL;
}

void bed_until_answered(ApiResponse *const *response) {
  bed_until(is_answered, response);
}

static bool is_written(const void *path) {
  GStatBuf facts;
  return g_stat(path, &facts) == 0 && facts.st_size > 0;
}

void bed_until_written(const char *path) {
  bed_until(is_written, path);
}

char *bed_program(const Bed *bed, const char *text) {
  char *path = g_build_filename(bed->folder, "program", NULL);
  g_assert_true(g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_NONE, 0700, NULL));
  return path;
}
