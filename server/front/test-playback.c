#include <glib.h>

#include "front/playback.h"

static void test_plans(void) {
  static const struct {
    const char *range, *if_range, *if_none_match;
    int status;
    uint64_t first, length;
  } cases[] = {
      {NULL, NULL, NULL, 200, 0, 1000},
      {"bytes=0-99", NULL, NULL, 206, 0, 100},
      {"bytes=900-", NULL, NULL, 206, 900, 100},
      {"bytes=-10", NULL, NULL, 206, 990, 10},
      {"bytes=990-5000", NULL, NULL, 206, 990, 10},
      {"bytes=1000-", NULL, NULL, 416, 0, 0},
      {"bytes=0-1,5-6", NULL, NULL, 200, 0, 1000},
      {"bytes=0-99", "\"tag\"", NULL, 206, 0, 100},
      {"bytes=0-99", "\"old\"", NULL, 200, 0, 1000},
      {"bytes=0-99", "W/\"tag\"", NULL, 200, 0, 1000},
      {"bytes=0-99", "Mon, 23 Nov 2026 18:43:54 GMT", NULL, 200, 0, 1000},
      {"bytes=0-99", NULL, "\"tag\"", 304, 0, 0},
      {NULL, NULL, "\"a\", W/\"tag\" , \"b\"", 304, 0, 0},
      {NULL, NULL, "*", 304, 0, 0},
      {NULL, NULL, "\"tag", 200, 0, 1000},
      {NULL, NULL, "", 200, 0, 1000},
      {NULL, NULL, ",,,", 200, 0, 1000},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    FilePlan plan =
        playback_plan(1000, "\"tag\"", cases[i].range, cases[i].if_range, cases[i].if_none_match);
    if (plan.status != cases[i].status || plan.first != cases[i].first ||
        plan.length != cases[i].length || plan.size != 1000)
      g_error("case %u: %d %" G_GUINT64_FORMAT "+%" G_GUINT64_FORMAT, i, plan.status, plan.first,
              plan.length);
  }
}

static void test_empty(void) {
  FilePlan plan = playback_plan(0, "\"tag\"", NULL, NULL, NULL);
  g_assert_true(plan.status == 200 && plan.length == 0);
  plan = playback_plan(0, "\"tag\"", "bytes=0-", NULL, NULL);
  g_assert_true(plan.status == 416 && plan.length == 0);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/playback/plans", test_plans);
  g_test_add_func("/playback/empty", test_empty);
  return g_test_run();
}
