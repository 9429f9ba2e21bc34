/* av-sync: how well sound and picture of a recording belong together.
 *
 *   av-sync [--clock] [--list] [--tone HZ] [--from S] [--to S] FILE
 *
 * The recorded scene flashes bright and beeps at the same instants. Decodes the file, finds when
 * the picture turns bright and when the tone begins, pairs each flash with the nearest beep and
 * prints one JSON object: how many pairs, and by how much the sound comes after the picture
 * (negative: before), in milliseconds. Exit status 1 when nothing could be paired.
 *
 * --clock: the scene beeps on whole seconds of a clock that each picture shows in milliseconds, as
 * 16 blocks along its lower edge (0: no clock). For senders that draw late or seldom: what counts
 * is which time a picture shows, not when it came. --list: each pair too, on standard error.
 */
#include <gst/gst.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "elements.h"
#include "webm.h"

#define PAIR_US 500000  /* further apart they are not one event */
#define CLOCK_US 200000 /* a picture further from the beep does not tell the time of it */

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static double median(const double *values, unsigned count) {
  g_autofree double *sorted = g_memdup2(values, count * sizeof *values);
  qsort(sorted, count, sizeof *sorted, by_value);
  return count % 2 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2;
}

typedef struct {
  GArray *offsets; /* double, ms */
  int64_t from_us, to_us;
  bool list;
  int64_t first_us, last_us;
} Pairs;

static void add(Pairs *pairs, int64_t at_us, double offset_ms) {
  if (at_us < pairs->from_us || at_us > pairs->to_us)
    return;
  if (!pairs->offsets->len)
    pairs->first_us = at_us;
  pairs->last_us = at_us;
  if (pairs->list)
    fprintf(stderr, "%9.3f s  %+6.1f ms\n", (double)at_us / 1e6, offset_ms);
  g_array_append_val(pairs->offsets, offset_ms);
}

static void pair_flashes(Pairs *pairs, const GArray *flashes, const GArray *beeps) {
  unsigned next = 0;
  for (unsigned i = 0; i < flashes->len && beeps->len; i++) {
    int64_t flash = g_array_index(flashes, int64_t, i);
    while (next + 1 < beeps->len && llabs(g_array_index(beeps, int64_t, next + 1) - flash) <=
                                        llabs(g_array_index(beeps, int64_t, next) - flash))
      next++;
    int64_t offset_us = g_array_index(beeps, int64_t, next) - flash;
    if (llabs(offset_us) <= PAIR_US)
      add(pairs, flash, (double)offset_us / 1000);
  }
}

/* The picture nearest to a beep tells what time its sender had; how far that is from a whole second
 * is how much later the sound is. */
static void pair_clock(Pairs *pairs, const GArray *pictures, const GArray *beeps) {
  for (unsigned i = 0; i < beeps->len; i++) {
    int64_t beep = g_array_index(beeps, int64_t, i);
    const WebmPicture *nearest = NULL;
    for (unsigned p = 0; p < pictures->len; p++) {
      const WebmPicture *picture = &g_array_index(pictures, WebmPicture, p);
      if (picture->blocks &&
          (!nearest || llabs(picture->pts_us - beep) < llabs(nearest->pts_us - beep)))
        nearest = picture;
    }
    if (!nearest || llabs(nearest->pts_us - beep) > CLOCK_US)
      continue;
    double ms = fmod(nearest->blocks + (double)(beep - nearest->pts_us) / 1000 + 1500, 1000) - 500;
    add(pairs, beep, ms);
  }
}

int main(int argc, char **argv) {
  gboolean clock = FALSE, list = FALSE;
  double tone = 1000, from_s = 0, to_s = 1e6;
  g_auto(GStrv) paths = NULL;
  const GOptionEntry options[] = {
      {"clock", 0, 0, G_OPTION_ARG_NONE, &clock, "pictures show the sound's clock", NULL},
      {"list", 0, 0, G_OPTION_ARG_NONE, &list, "print each pair", NULL},
      {"tone", 0, 0, G_OPTION_ARG_DOUBLE, &tone, "frequency of the beep, 1000", "HZ"},
      {"from", 0, 0, G_OPTION_ARG_DOUBLE, &from_s, "leave out what is before", "S"},
      {"to", 0, 0, G_OPTION_ARG_DOUBLE, &to_s, "leave out what is after", "S"},
      {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &paths, NULL, "FILE"},
      {0}};
  g_autoptr(GOptionContext) context = g_option_context_new(NULL);
  g_option_context_add_main_entries(context, options, NULL);
  g_autoptr(GError) error = NULL;
  if (!g_option_context_parse(context, &argc, &argv, &error) || !paths || !paths[0]) {
    fprintf(stderr, "usage: av-sync [--clock] [--list] [--tone HZ] [--from S] [--to S] FILE\n");
    return 2;
  }
  g_autoptr(WebmFacts) facts = elements_init(&error) ? webm_read(paths[0], true, &error) : NULL;
  if (!facts) {
    fprintf(stderr, "av-sync: %s\n", error->message);
    return 2;
  }
  g_autoptr(GArray) flashes = webm_flashes(facts);
  g_autoptr(GArray) beeps = webm_beeps(facts, tone);
  g_autoptr(GArray) offsets = g_array_new(FALSE, FALSE, sizeof(double));
  Pairs pairs = {.offsets = offsets,
                 .from_us = (int64_t)(from_s * 1e6),
                 .to_us = (int64_t)(to_s * 1e6),
                 .list = list};
  if (clock)
    pair_clock(&pairs, facts->pictures, beeps);
  else
    pair_flashes(&pairs, flashes, beeps);
  const double *values = (const double *)(void *)offsets->data;
  double worst = 0;
  for (unsigned i = 0; i < offsets->len; i++)
    worst = MAX(worst, ABS(values[i]));
  /* The first and last ten apart: a drift would show between them. */
  unsigned end = MIN(offsets->len, 10);
  json_t *out =
      json_pack("{s:i, s:i, s:i, s:I, s:I}", "pairs", (int)offsets->len, "flashes",
                (int)flashes->len, "beeps", (int)beeps->len, "first_ms",
                (json_int_t)(pairs.first_us / 1000), "last_ms", (json_int_t)(pairs.last_us / 1000));
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
