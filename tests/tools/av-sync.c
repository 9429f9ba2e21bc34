/* av-sync: how well sound and picture of a recording belong together.
 *
 *   av-sync [--region X,Y,W,H] [--tone HZ] FILE
 *
 * The recorded scene flashes bright and beeps at the same instants. Decodes the file, finds when
 * the picture (or the region, in fractions) turns bright and when the tone begins, pairs each flash
 * with the nearest beep and prints one JSON object: how many pairs, and by how much the sound comes
 * after the picture (negative: before), in milliseconds. Exit status 1 when nothing could be
 * paired.
 */
#include <gst/gst.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "elements.h"
#include "webm.h"

#define PAIR_US 500000 /* further apart they are not one event */

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static double median(const double *values, unsigned count) {
  g_autofree double *sorted = g_memdup2(values, count * sizeof *values);
  qsort(sorted, count, sizeof *sorted, by_value);
  return count % 2 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2;
}

static GArray *pair(const GArray *flashes, const GArray *beeps, int64_t *first_us,
                    int64_t *last_us) {
  GArray *offsets = g_array_new(FALSE, FALSE, sizeof(double));
  unsigned next = 0;
  for (unsigned i = 0; i < flashes->len; i++) {
    int64_t flash = g_array_index(flashes, int64_t, i), best = PAIR_US + 1;
    while (next + 1 < beeps->len && llabs(g_array_index(beeps, int64_t, next + 1) - flash) <=
                                        llabs(g_array_index(beeps, int64_t, next) - flash))
      next++;
    if (next < beeps->len)
      best = g_array_index(beeps, int64_t, next) - flash;
    if (llabs(best) > PAIR_US)
      continue;
    if (!offsets->len)
      *first_us = flash;
    *last_us = flash;
    double ms = (double)best / 1000;
    g_array_append_val(offsets, ms);
  }
  return offsets;
}

int main(int argc, char **argv) {
  g_autofree char *region_text = NULL;
  double tone = 1000;
  g_auto(GStrv) paths = NULL;
  const GOptionEntry options[] = {
      {"region", 0, 0, G_OPTION_ARG_STRING, &region_text, "part of the picture", "X,Y,W,H"},
      {"tone", 0, 0, G_OPTION_ARG_DOUBLE, &tone, "frequency of the beep, 1000", "HZ"},
      {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &paths, NULL, "FILE"},
      {0}};
  g_autoptr(GOptionContext) context = g_option_context_new(NULL);
  g_option_context_add_main_entries(context, options, NULL);
  g_autoptr(GError) error = NULL;
  WebmRegion region = {0, 0, 1, 1};
  if (!g_option_context_parse(context, &argc, &argv, &error) || !paths || !paths[0] ||
      (region_text && sscanf(region_text, "%lf,%lf,%lf,%lf", &region.x, &region.y, &region.width,
                             &region.height) != 4)) {
    fprintf(stderr, "usage: av-sync [--region X,Y,W,H] [--tone HZ] FILE\n");
    return 2;
  }
  g_autoptr(WebmFacts) facts =
      elements_init(&error) ? webm_read(paths[0], true, &region, &error) : NULL;
  if (!facts) {
    fprintf(stderr, "av-sync: %s\n", error->message);
    return 2;
  }
  g_autoptr(GArray) flashes = webm_flashes(facts);
  g_autoptr(GArray) beeps = webm_beeps(facts, tone);
  int64_t first_us = 0, last_us = 0;
  g_autoptr(GArray) offsets = pair(flashes, beeps, &first_us, &last_us);
  const double *values = (const double *)(void *)offsets->data;
  double worst = 0;
  for (unsigned i = 0; i < offsets->len; i++)
    worst = MAX(worst, ABS(values[i]));
  /* The first and last ten apart: a drift would show between them. */
  unsigned end = MIN(offsets->len, 10);
  json_t *out = json_pack("{s:i, s:i, s:i, s:I, s:I}", "pairs", (int)offsets->len, "flashes",
                          (int)flashes->len, "beeps", (int)beeps->len, "first_ms",
                          (json_int_t)(first_us / 1000), "last_ms", (json_int_t)(last_us / 1000));
  if (offsets->len) {
    json_object_set_new(out, "median_ms", json_real(median(values, offsets->len)));
    json_object_set_new(out, "max_abs_ms", json_real(worst));
    json_object_set_new(out, "start_ms", json_real(median(values, end)));
    json_object_set_new(out, "end_ms", json_real(median(values + offsets->len - end, end)));
  }
  g_autofree char *text = json_dumps(out, JSON_REAL_PRECISION(6));
  puts(text);
  json_decref(out);
  return offsets->len ? 0 : 1;
}
