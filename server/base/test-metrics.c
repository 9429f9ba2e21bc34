#include "base/metrics.h"

#include <string.h>

METRIC(joins, METRIC_COUNTER, "yishi_test_joins_total", "Joins.");
static Metric delay = {.name = "yishi_test_delay_seconds",
                       .help = "Delay.",
                       .kind = METRIC_HISTOGRAM,
                       .bounds = {0.001, 0.01, 0.1}};

static Metric late = {.name = "yishi_test_refused_total",
                      .help = "Refused.",
                      .label = "reason=\"late\"",
                      .kind = METRIC_COUNTER};
static Metric odd = {.name = "yishi_test_refused_total",
                     .help = "Refused.",
                     .label = "reason=\"odd\"",
                     .kind = METRIC_COUNTER};

/* Those of one name stand together under one head, whatever was registered between them. */
static void test_labels(void) {
  metric_add(&late, 2);
  metric_add(&joins, 0);
  metric_add(&odd, 3);
  GString *text = metrics_render();
  const char *head = strstr(text->str, "# HELP yishi_test_refused_total Refused.\n"
                                       "# TYPE yishi_test_refused_total counter\n");
  g_assert_nonnull(head);
  g_assert_null(strstr(head + 1, "# HELP yishi_test_refused_total"));
  const char *first = strstr(head, "yishi_test_refused_total{reason=\"odd\"} 3\n");
  const char *second = strstr(head, "yishi_test_refused_total{reason=\"late\"} 2\n");
  g_assert_nonnull(first);
  g_assert_cmpint(second - first, ==, strlen("yishi_test_refused_total{reason=\"odd\"} 3\n"));
  g_string_free(text, TRUE);
}

static void test_render(void) {
  metric_add(&joins, 2);
  metric_add(&joins, 1);
  metric_observe(&delay, 0.005);
  metric_observe(&delay, 0.05);
  metric_observe(&delay, 5);
  GString *text = metrics_render();
  const char *const lines[] = {"# TYPE yishi_test_joins_total counter\nyishi_test_joins_total 3\n",
                               "yishi_test_delay_seconds_bucket{le=\"0.01\"} 1\n",
                               "yishi_test_delay_seconds_bucket{le=\"0.1\"} 2\n",
                               "yishi_test_delay_seconds_bucket{le=\"+Inf\"} 3\n",
                               "yishi_test_delay_seconds_count 3\n"};
  for (unsigned i = 0; i < G_N_ELEMENTS(lines); i++)
    g_assert_nonnull(strstr(text->str, lines[i]));
  g_string_free(text, TRUE);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/metrics/labels", test_labels);
  g_test_add_func("/metrics/render", test_render);
  return g_test_run();
}
