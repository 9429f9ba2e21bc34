#include "peer/counters.h"

#include "base/metrics.h"

#define X(field, metric_name, metric_help)                                                         \
  static Metric metric_##field = {.name = metric_name, .help = metric_help, .kind = METRIC_COUNTER};
COUNTERS(X)
#undef X

void counters_publish(const Counters *counters, Counters *published) {
#define X(field, name, help)                                                                       \
  metric_add(&metric_##field, (int64_t)(counters->field - published->field));
  COUNTERS(X)
#undef X
  *published = *counters;
}
