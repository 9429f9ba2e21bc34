#include "api/lanes.h"

#include <glib.h>

static void test_lanes(void) {
  Lanes *lanes = lanes_new();
  g_assert_cmpstr(lanes_find(lanes, NULL, "192.0.2.1"), ==, "192.0.2.1");
  for (unsigned i = 0; i < 200; i++) { /* whatever is made up */
    g_autofree char *cookie = g_strdup_printf("invented%u", i);
    g_assert_cmpstr(lanes_find(lanes, cookie, "192.0.2.1"), ==, "192.0.2.1");
  }
  lanes_note(lanes, "good", "li");
  lanes_note(lanes, "good-too", "li"); /* by two sessions he is one */
  lanes_note(lanes, "other", "wang");
  g_assert_cmpstr(lanes_find(lanes, "good", "192.0.2.1"), ==, "li");
  g_assert_cmpstr(lanes_find(lanes, "good-too", "192.0.2.9"), ==, "li");
  g_assert_cmpstr(lanes_find(lanes, "other", "192.0.2.1"), ==, "wang");
  lanes_forget(lanes, "good-too"); /* it was signed out: who has it still waits as a stranger */
  lanes_forget(lanes, "invented0");
  g_assert_cmpstr(lanes_find(lanes, "good", "192.0.2.1"), ==, "li");
  g_assert_cmpstr(lanes_find(lanes, "good-too", "192.0.2.9"), ==, "192.0.2.9");
  for (unsigned i = 0; i < 20000; i++) {
    g_autofree char *cookie = g_strdup_printf("session%u", i);
    lanes_note(lanes, cookie, "zhao");
    g_assert_cmpstr(lanes_find(lanes, cookie, "192.0.2.1"), ==, "zhao");
  }
  lanes_free(lanes);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/lanes/lanes", test_lanes);
  return g_test_run();
}
