#include "peer/counters.h"

#include "base/metrics.h"

#define X(field, metric_name, metric_help)                                                         \
  static Metric metric_##field = {.name = metric_name, .help = metric_help, .kind = METRIC_COUNTER};
COUNTERS(X)
#undef X
#define X(field, metric_name, metric_label, metric_help)                                           \
  static Metric metric_##field = {                                                                 \
      .name = metric_name, .help = metric_help, .label = metric_label, .kind = METRIC_COUNTER};
COUNTERS_BY_REASON(X)
#undef X

static void publish(Metric *metric, uint64_t now, uint64_t published) {
  metric_add(metric, (int64_t)(now - published));
}

void counters_publish(const Counters *counters, Counters *published) {
#define X(field, name, help) publish(&metric_##field, counters->field, published->field);
  COUNTERS(X)
#undef X
#define X(field, name, label, help) publish(&metric_##field, counters->field, published->field);
  COUNTERS_BY_REASON(X)
#undef X
  *published = *counters;
}

uint64_t *counters_repair(Counters *counters, RepairVerdict verdict) {
  switch (verdict) {
  case REPAIR_SENT:
    return &counters->repairs;
  case REPAIR_RECENT:
    return &counters->repair_recent;
  case REPAIR_TIMES:
    return &counters->repair_times;
  case REPAIR_OLD:
    return &counters->repair_old;
  case REPAIR_SPENT:
    return &counters->repair_spent;
  case REPAIR_DOUBTED:
    return &counters->repair_doubted;
  case REPAIR_GONE:
    return &counters->repair_gone;
  case REPAIR_UNSENT:
    return &counters->repair_unsent;
  case REPAIR_COUNT:
    break;
  }
  g_assert_not_reached();
}

uint64_t *counters_unsent(Counters *counters, Unsent why) {
  switch (why) {
  case UNSENT_CLOSED:
    return &counters->unsent_closed;
  case UNSENT_NO_KEY:
    return &counters->unsent_no_key;
  case UNSENT_TOO_LONG:
    return &counters->unsent_long;
  case UNSENT_REFUSED:
    return &counters->unsent_refused;
  case UNSENT_REASONS:
    break;
  }
  g_assert_not_reached();
}
