#include "base/metrics.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* Guarded by lock; metrics never leave. All of one name stand together: the format wants it. */
static Metric *registry;

void metric_register(Metric *metric) {
  if (atomic_load_explicit(&metric->registered, memory_order_acquire))
    return;
  pthread_mutex_lock(&lock);
  if (!atomic_load_explicit(&metric->registered, memory_order_relaxed)) {
    Metric **at = &registry;
    while (*at && strcmp((*at)->name, metric->name) != 0)
      at = &(*at)->next;
    metric->next = *at;
    *at = metric;
    atomic_store_explicit(&metric->registered, 1, memory_order_release);
  }
  pthread_mutex_unlock(&lock);
}

void metric_add(Metric *metric, int64_t amount) {
  metric_register(metric);
  atomic_fetch_add_explicit(&metric->value, amount, memory_order_relaxed);
}

void metric_set(Metric *metric, int64_t value) {
  metric_register(metric);
  atomic_store_explicit(&metric->value, value, memory_order_relaxed);
}

void metric_observe(Metric *metric, double value) {
  metric_register(metric);
  unsigned bucket = 0;
  while (bucket < METRIC_BUCKETS && metric->bounds[bucket] > 0 && value > metric->bounds[bucket])
    bucket++;
  atomic_fetch_add_explicit(&metric->counts[bucket], 1, memory_order_relaxed);
  atomic_fetch_add_explicit(&metric->value, (int64_t)(value * 1e6), memory_order_relaxed);
}

static void render_histogram(GString *out, Metric *metric) {
  int64_t total = 0;
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  for (unsigned i = 0; i < METRIC_BUCKETS && metric->bounds[i] > 0; i++) {
    total += atomic_load_explicit(&metric->counts[i], memory_order_relaxed);
    g_string_append_printf(out, "%s_bucket{le=\"%s\"} %" G_GINT64_FORMAT "\n", metric->name,
                           g_ascii_formatd(number, sizeof number, "%.12g", metric->bounds[i]),
                           total);
  }
  unsigned last = 0;
  while (last < METRIC_BUCKETS && metric->bounds[last] > 0)
    last++;
  total += atomic_load_explicit(&metric->counts[last], memory_order_relaxed);
  double sum = (double)atomic_load_explicit(&metric->value, memory_order_relaxed) / 1e6;
  g_string_append_printf(out, "%s_bucket{le=\"+Inf\"} %" G_GINT64_FORMAT "\n", metric->name, total);
  g_string_append_printf(out, "%s_sum %s\n%s_count %" G_GINT64_FORMAT "\n", metric->name,
                         g_ascii_formatd(number, sizeof number, "%.6f", sum), metric->name, total);
}

static void render_value(GString *out, Metric *metric) {
  g_string_append(out, metric->name);
  if (metric->label)
    g_string_append_printf(out, "{%s}", metric->label);
  g_string_append_printf(out, " %" G_GINT64_FORMAT "\n",
                         (int64_t)atomic_load_explicit(&metric->value, memory_order_relaxed));
}

static void render_head(GString *out, const Metric *metric) {
  static const char *const kinds[] = {"counter", "gauge", "histogram"};
  g_string_append_printf(out, "# HELP %s %s\n# TYPE %s %s\n", metric->name, metric->help,
                         metric->name, kinds[metric->kind]);
}

GString *metrics_render(void) {
  GString *out = g_string_new(NULL);
  const char *name = "";
  pthread_mutex_lock(&lock);
  for (Metric *metric = registry; metric; name = metric->name, metric = metric->next) {
    if (strcmp(metric->name, name) != 0)
      render_head(out, metric);
    if (metric->kind == METRIC_HISTOGRAM)
      render_histogram(out, metric);
    else
      render_value(out, metric);
  }
  pthread_mutex_unlock(&lock);
  return out;
}
