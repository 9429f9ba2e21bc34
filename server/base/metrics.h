/* Prometheus metrics: counters, gauges and histograms in one static registry.
 *
 * A metric is a static variable of the module that counts, declared with the macro below, or memory
 * that is never freed, and registered on first use. Updates are relaxed atomics: any thread, no
 * lock. Names follow Prometheus' conventions: prefix yishi_, base units, _total on counters only,
 * no label per member.
 */
#pragma once

#include <glib.h>
#include <stdatomic.h>
#include <stdint.h>

typedef enum { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM } MetricKind;

#define METRIC_BUCKETS 12 /* upper bounds of a histogram, at most */

typedef struct Metric {
  const char *name, *help;
  const char
      *label; /* reason="recent": one of several of this name, the first has the help; NULL */
  MetricKind kind;
  double bounds[METRIC_BUCKETS]; /* histogram: rising, the first 0 ends them */
  atomic_int_fast64_t value;     /* counter, gauge; histogram: sum in millionths of the unit */
  atomic_int_fast64_t counts[METRIC_BUCKETS + 1];
  atomic_int registered;
  struct Metric *next;
} Metric;

#define METRIC(variable, metric_kind, metric_name, metric_help)                                    \
  static Metric variable = {.name = metric_name, .help = metric_help, .kind = metric_kind}

void metric_add(Metric *metric, int64_t amount);
void metric_set(Metric *metric, int64_t value);
void metric_observe(Metric *metric, double value); /* histograms, in the unit of the name */

/* Metrics of one name and different labels are of one kind. Registers a metric so that it is shown
 * as 0 before its first use. */
void metric_register(Metric *metric);

/* The exposition format, version 0.0.4. The caller frees it with g_string_free. */
GString *metrics_render(void);
