#include "base/log.h"

#include <glib.h>
#include <string.h>

static void test_levels(void) {
  LogLevel level;
  g_assert_true(log_level_parse("warn", &level));
  g_assert_cmpint(level, ==, LOG_WARN);
  g_assert_false(log_level_parse("loud", &level));
  log_set_level(LOG_WARN);
  g_assert_false(log_enabled(LOG_INFO));
}

static void test_quoting_forges_no_line(void) {
  g_assert_cmpstr(log_q("a\nerror x"), ==, "\"a?error x\"");
  g_assert_cmpstr(log_q("say \"hi\""), ==, "\"say \\\"hi\\\"\"");
  g_assert_cmpstr(log_q(NULL), ==, "-");
  g_autofree char *lengthy = g_strnfill(1000, 'x');
  g_assert_cmpuint(strlen(log_q(lengthy)), <, 256);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/log/levels", test_levels);
  g_test_add_func("/log/quoting", test_quoting_forges_no_line);
  return g_test_run();
}
