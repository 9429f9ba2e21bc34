/* When a media thread leaves something out, and when it takes it up again. */
#include <glib.h>

#include "peer/strain.h"

#define TURN_US 10000

/* Turns of which so many percent are work. Returns how often the relief changed. */
static unsigned work(Strain *strain, int64_t *now_us, int64_t seconds, int percent) {
  unsigned changes = 0;
  for (int64_t end_us = *now_us + seconds * 1000000; *now_us < end_us;) {
    *now_us += TURN_US;
    changes += strain_waited(strain, TURN_US * (100 - percent) / 100, 0, *now_us);
  }
  return changes;
}

static void test_pressed(void) {
  Strain strain;
  int64_t now_us = 1000000;
  strain_init(&strain, now_us);
  g_assert_cmpuint(work(&strain, &now_us, 60, 90), ==, 0); /* much, but in time */
  g_assert_cmpuint(strain.relief, ==, 0);
  work(&strain, &now_us, 3, 100);
  g_assert_cmpuint(strain.relief, ==, STRAIN_MOST); /* and no further */
  g_assert_cmpuint(work(&strain, &now_us, 30, 90), ==, 0);
  g_assert_cmpuint(strain.relief, ==, STRAIN_MOST); /* nothing to spare */
  work(&strain, &now_us, 4, 50);
  g_assert_cmpuint(strain.relief, ==, STRAIN_MOST);
  work(&strain, &now_us, 3, 50);
  g_assert_cmpuint(strain.relief, ==, 1); /* one after the other */
  work(&strain, &now_us, 6, 50);
  g_assert_cmpuint(strain.relief, ==, 0);
  g_assert_cmpuint(work(&strain, &now_us, 60, 50), ==, 0);
}

/* With all of it there is too much to do, without a layer time to spare: it must not flicker. */
static void test_patience(void) {
  Strain strain;
  int64_t now_us = 1000000;
  strain_init(&strain, now_us);
  unsigned changes[2] = {0};
  for (int second = 0; second < 600; second++)
    changes[second >= 300] += work(&strain, &now_us, 1, strain.relief == 0 ? 100 : 60);
  g_test_message("changes in the first 5 minutes %u, in the next %u", changes[0], changes[1]);
  g_assert_cmpuint(changes[0], <=, 20);
  g_assert_cmpuint(changes[1], <=, 10);
  /* When it has become less for good the patience is forgotten. */
  work(&strain, &now_us, 200, 20);
  g_assert_cmpuint(strain.relief, ==, 0);
  work(&strain, &now_us, 2, 100);
  g_assert_cmpuint(strain.relief, >, 0);
  work(&strain, &now_us, 14, 20);
  g_assert_cmpuint(strain.relief, ==, 0);
}

static void test_rest(void) {
  Strain strain;
  int64_t now_us = 1000000;
  strain_init(&strain, now_us);
  work(&strain, &now_us, 20, 10);
  g_assert_cmpint(strain.rest_us, ==, 0); /* who has time answers at once */
  work(&strain, &now_us, 20, 30);
  int64_t some_us = strain.rest_us;
  g_assert_cmpint(some_us, >, 100);
  work(&strain, &now_us, 20, 80);
  g_assert_cmpint(strain.rest_us, >, some_us);
  g_assert_cmpint(strain.rest_us, <=, 2000);
  work(&strain, &now_us, 20, 5);
  g_assert_cmpint(strain.rest_us, <, 10);
}

/* Much comes, and each is little work: a turn for several. */
static void test_many(void) {
  Strain strain;
  int64_t now_us = 1000000;
  uint64_t datagrams = 0;
  strain_init(&strain, now_us);
  static const struct {
    unsigned each_turn;
    int64_t least_us, most_us;
  } steps[] = {{3, 0, 0}, {10, 100, 800}, {40, 1400, 1500}, {4, 0, 10}};
  for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
    for (unsigned at = 0; at < 2000; at++) {
      datagrams += steps[i].each_turn;
      strain_waited(&strain, TURN_US * 95 / 100, datagrams, now_us += TURN_US);
    }
    g_assert_cmpint(strain.rest_us, >=, steps[i].least_us);
    g_assert_cmpint(strain.rest_us, <=, steps[i].most_us);
  }
  g_assert_cmpuint(strain.relief, ==, 0);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/peer/strain/pressed", test_pressed);
  g_test_add_func("/peer/strain/patience", test_patience);
  g_test_add_func("/peer/strain/rest", test_rest);
  g_test_add_func("/peer/strain/many", test_many);
  return g_test_run();
}
