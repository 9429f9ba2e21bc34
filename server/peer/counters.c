#include "peer/counters.h"

#include <glib.h>
#include <stddef.h>

#include "base/metrics.h"

typedef struct {
  const char *name, *label, *help; /* label: beside the thread's, or NULL */
  size_t offset;                   /* of the number in Counters */
} Row;

static const Row rows[] = {
#define X(field, name, help) {name, NULL, help, offsetof(Counters, field)},
    COUNTERS(X)
#undef X
#define X(field, name, label, help) {name, label, help, offsetof(Counters, field)},
        COUNTERS_BY_REASON(X)
#undef X
#define X(what, name, help)                                                                        \
  {"yishi_media_dropped_" name "_total", NULL, help, offsetof(Counters, refused[what])},
            REFUSALS(X)
#undef X
};

static Metric *of_thread[COUNTERS_THREADS_MAX]; /* each G_N_ELEMENTS(rows), never freed */

void counters_register(unsigned thread) {
  g_assert(thread < COUNTERS_THREADS_MAX);
  if (of_thread[thread])
    return;
  Metric *metrics = g_new0(Metric, G_N_ELEMENTS(rows));
  for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
    const Row *row = &rows[i];
    metrics[i].name = row->name;
    metrics[i].help = row->help;
    metrics[i].kind = METRIC_COUNTER;
    metrics[i].label = g_strdup_printf("thread=\"%u\"%s%s", thread, row->label ? "," : "",
                                       row->label ? row->label : "");
    metric_register(&metrics[i]);
  }
  of_thread[thread] = metrics;
}

static uint64_t number_at(const Counters *counters, size_t offset) {
  return *(const uint64_t *)((const char *)counters + offset);
}

void counters_publish(const Counters *counters, Counters *published, unsigned thread) {
  Metric *metrics = of_thread[thread];
  for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
    uint64_t more = number_at(counters, rows[i].offset) - number_at(published, rows[i].offset);
    if (more > 0)
      metric_add(&metrics[i], (int64_t)more);
  }
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
