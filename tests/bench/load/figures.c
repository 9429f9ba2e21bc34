#include "figures.h"

#include <math.h>

static json_t *rounded(double value) {
  return json_real(round(value * 1000) / 1000);
}

static void put_quantiles(json_t *to, const char *name, const Histogram *histogram) {
  json_t *spread = json_pack(
      "{s:I, s:o, s:o, s:o, s:o}", "count", (json_int_t)histogram->count, "p50",
      rounded(histogram_ms(histogram, 0.5)), "p95", rounded(histogram_ms(histogram, 0.95)), "p99",
      rounded(histogram_ms(histogram, 0.99)), "max", rounded((double)histogram->most_us / 1000));
  json_object_set_new(to, name, spread);
}

json_t *figures_json(const Figures *f) {
  const struct {
    const char *name;
    uint64_t value;
  } counts[] = {{"sent", f->sent},
                {"resent", f->resent},
                {"received", f->received},
                {"bytes", f->bytes},
                {"frames", f->frames},
                {"reordered", f->late},
                {"repaired", f->repaired},
                {"lost", f->lost},
                {"audio", f->audio},
                {"audio_lost", f->audio_lost},
                {"audio_gaps", f->audio_gaps},
                {"nacks", f->nacks},
                {"plis", f->plis},
                {"feedbacks", f->feedbacks},
                {"nacks_sent", f->nacks_sent},
                {"plis_sent", f->plis_sent},
                {"feedbacks_sent", f->feedbacks_sent},
                {"freezes", f->freezes},
                {"switches", f->switches},
                {"layer_switches", f->layer_switches}};
  json_t *json = json_object();
  for (unsigned i = 0; i < sizeof counts / sizeof *counts; i++)
    json_object_set_new(json, counts[i].name, json_integer((json_int_t)counts[i].value));
  json_object_set_new(json, "frozen_s", rounded((double)f->frozen_us / 1e6));
  json_object_set_new(json, "picture_s", rounded((double)f->picture_us / 1e6));
  json_object_set_new(json, "worst_gap_ms", rounded((double)f->worst_gap_us / 1e3));
  put_quantiles(json, "audio_delay_ms", &f->audio_delay);
  put_quantiles(json, "video_delay_ms", &f->video_delay);
  put_quantiles(json, "switch_ms", &f->switch_time);
  return json;
}
