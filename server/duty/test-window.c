/* The default window of meetings, as a table, and the curve against a naive model. */
#include "duty/window.h"

#include <glib.h>

#define MINUTE INT64_C(60000)

static const AttendanceRule rule = {.version = 1,
                                    .late_after_min = 10,
                                    .left_early_min = 10,
                                    .present_percent = 67,
                                    .window_people = 2,
                                    .window_share_percent = 20,
                                    .window_quiet_min = 15};

/* So many people from `in` to `out`; something going on from `in` to `out` with nobody named. All
 * in minutes after the opening. */
typedef struct {
  int people, in, out;
} Group;

typedef struct {
  int in, out;
} Act;

static const struct {
  const char *name;
  int planned_start, planned_end, end;
  Group groups[5];
  Act acts[5]; /* {0, 0} ends them */
  int from, to;
  WindowWhy why;
} cases[] = {
    {"as planned", 0, 120, 120, {{10, 0, 120}}, {{1, 119}}, 0, 120, WINDOW_ENDED},
    {"opened for a sound check half an hour early",
     30,
     150,
     150,
     {{3, 0, 10}, {10, 28, 150}},
     {{1, 5}, {30, 148}},
     30,
     150,
     WINDOW_ENDED},
    {"the sound check does not raise what is enough",
     30,
     150,
     150,
     {{30, 0, 20}, {4, 28, 140}, {2, 140, 150}},
     {{30, 150}},
     30,
     150,
     WINDOW_ENDED},
    {"opened late", -20, 100, 100, {{10, 0, 100}}, {{1, 99}}, 0, 100, WINDOW_ENDED},
    {"one tablet forgotten for three hours",
     0,
     120,
     300,
     {{10, 0, 120}, {1, 0, 300}},
     {{1, 119}},
     0,
     120,
     WINDOW_LEFT},
    {"two tablets forgotten: few against the peak",
     0,
     120,
     300,
     {{18, 0, 120}, {2, 0, 300}},
     {{1, 119}},
     0,
     120,
     WINDOW_LEFT},
    {"two of ten stay: a fifth, but nothing goes on",
     0,
     120,
     300,
     {{8, 0, 121}, {2, 0, 300}},
     {{1, 119}},
     0,
     120,
     WINDOW_QUIET},
    {"quiet begins with the last word after the planned end",
     0,
     120,
     300,
     {{10, 0, 300}},
     {{1, 131}},
     0,
     131,
     WINDOW_QUIET},
    {"a word each quarter of an hour keeps it open",
     0,
     120,
     150,
     {{10, 0, 150}},
     {{1, 118}, {132, 132}, {146, 146}},
     0,
     150,
     WINDOW_ENDED},
    {"quiet of just less than the quarter",
     0,
     120,
     134,
     {{10, 0, 134}},
     {{1, 120}},
     0,
     134,
     WINDOW_ENDED},
    {"quiet before the planned end closes nothing",
     0,
     120,
     121,
     {{10, 0, 121}},
     {{1, 40}, {118, 119}},
     0,
     121,
     WINDOW_ENDED},
    {"silent since before the planned end, and people stay",
     0,
     120,
     180,
     {{10, 0, 180}},
     {{1, 100}},
     0,
     120,
     WINDOW_QUIET},
    {"silent since before, and people leave soon after the planned end",
     0,
     120,
     180,
     {{10, 0, 123}},
     {{1, 110}},
     0,
     123,
     WINDOW_LEFT},
    {"a shared screen is a sign of life",
     0,
     120,
     160,
     {{10, 0, 160}},
     {{100, 160}},
     0,
     160,
     WINDOW_ENDED},
    {"who speaks up an hour later opens nothing again",
     0,
     120,
     300,
     {{10, 0, 300}},
     {{1, 120}, {190, 200}},
     0,
     120,
     WINDOW_QUIET},
    {"a pause of an hour in the middle, nobody there",
     0,
     180,
     180,
     {{10, 0, 60}, {10, 120, 180}},
     {{1, 60}, {120, 179}},
     0,
     180,
     WINDOW_ENDED},
    {"the host alone", 0, 60, 60, {{1, 0, 55}}, {{0, 1}}, 0, 55, WINDOW_LEFT},
    {"nobody ever came", 0, 60, 60, {{0, 0, 0}}, {{0, 0}}, 0, 60, WINDOW_ENDED},
    {"ended before it was to begin", 60, 120, 50, {{5, 0, 50}}, {{1, 49}}, 0, 50, WINDOW_ENDED},
    {"the plan begins as it ends", 50, 120, 50, {{5, 0, 50}}, {{1, 49}}, 0, 50, WINDOW_ENDED},
    {"opened after its planned end, and lively",
     -200,
     -80,
     60,
     {{5, 0, 60}},
     {{1, 58}},
     0,
     60,
     WINDOW_ENDED},
    {"opened after its planned end, a slow beginning",
     -200,
     -80,
     90,
     {{5, 0, 90}},
     {{20, 60}},
     0,
     60,
     WINDOW_QUIET},
    {"opened after its planned end, nothing is known of what went on",
     -200,
     -80,
     60,
     {{5, 0, 60}},
     {{0, 0}},
     0,
     60,
     WINDOW_ENDED},
    {"people trickle away: a fifth of eleven is three",
     0,
     120,
     120,
     {{8, 0, 100}, {1, 0, 110}, {2, 0, 120}},
     {{1, 119}},
     0,
     110,
     WINDOW_LEFT},
    {"and of ten two", 0, 120, 120, {{8, 0, 100}, {2, 0, 120}}, {{1, 119}}, 0, 120, WINDOW_ENDED},
    {"two people alone make a meeting", 0, 60, 60, {{2, 0, 50}}, {{1, 49}}, 0, 50, WINDOW_LEFT},
    {"came only to the sound check, then the host alone",
     30,
     90,
     90,
     {{6, 0, 20}, {1, 0, 85}},
     {{1, 20}},
     30,
     85,
     WINDOW_LEFT},
};

static unsigned spread(const Group *groups, Interval *stays) {
  unsigned count = 0;
  for (unsigned i = 0; i < 5; i++)
    for (int n = 0; n < groups[i].people; n++)
      stays[count++] = (Interval){groups[i].in * MINUTE, groups[i].out * MINUTE};
  return count;
}

static void test_cases(void) {
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    Interval stays[100], acts[5];
    unsigned act_count = 0, curve_count;
    while (act_count < 5 && cases[i].acts[act_count].out > 0) {
      acts[act_count] =
          (Interval){cases[i].acts[act_count].in * MINUTE, cases[i].acts[act_count].out * MINUTE};
      act_count++;
    }
    g_autofree CurveStep *curve =
        window_curve(stays, spread(cases[i].groups, stays), cases[i].end * MINUTE, &curve_count);
    WindowFacts facts = {cases[i].planned_start * MINUTE,
                         cases[i].planned_end * MINUTE,
                         cases[i].end * MINUTE,
                         curve,
                         curve_count,
                         acts,
                         act_count};
    WindowWhy why;
    Window window = window_default(&facts, &rule, &why, NULL);
    if (window.from_ms != cases[i].from * MINUTE || window.to_ms != cases[i].to * MINUTE ||
        why != cases[i].why)
      g_error("%s: %g-%g (%d)", cases[i].name, (double)window.from_ms / 60000,
              (double)window.to_ms / 60000, why);
  }
}

/* Random meetings: whatever happened, the window lies within the meeting and the fifth holds at its
 * end. */
static void test_bounds(void) {
  for (unsigned round = 0; round < 3000; round++) {
    Interval stays[12], acts[6];
    unsigned count = (unsigned)g_test_rand_int_range(0, 13), curve_count;
    unsigned act_count = (unsigned)g_test_rand_int_range(0, 7);
    for (unsigned i = 0; i < count; i++) {
      int in = g_test_rand_int_range(-60, 300);
      stays[i] = (Interval){in * MINUTE, (in + g_test_rand_int_range(0, 200)) * MINUTE};
    }
    int at = -30;
    for (unsigned i = 0; i < act_count; i++) {
      at += g_test_rand_int_range(0, 60);
      acts[i] = (Interval){at * MINUTE, (at + g_test_rand_int_range(0, 30)) * MINUTE};
    }
    int64_t end = g_test_rand_int_range(0, 300) * MINUTE;
    int start = g_test_rand_int_range(-100, 300);
    g_autofree CurveStep *curve = window_curve(stays, count, end, &curve_count);
    WindowFacts facts = {start * MINUTE,
                         (start + g_test_rand_int_range(1, 200)) * MINUTE,
                         end,
                         curve,
                         curve_count,
                         acts,
                         act_count};
    int least;
    Window window = window_default(&facts, &rule, NULL, &least);
    g_assert_cmpint(window.from_ms, >=, 0);
    g_assert_cmpint(window.to_ms, >=, window.from_ms);
    g_assert_cmpint(window.to_ms, <=, end);
    g_assert_cmpint(least, <=, 12);
  }
}

static void test_curve(void) {
  for (unsigned round = 0; round < 1000; round++) {
    enum { LENGTH = 60 };
    int there[LENGTH] = {0};
    Interval stays[10];
    unsigned count = (unsigned)g_test_rand_int_range(0, 11), steps;
    for (unsigned i = 0; i < count; i++) {
      int in = g_test_rand_int_range(-20, LENGTH + 10), out = in + g_test_rand_int_range(0, 40);
      stays[i] = (Interval){in, out};
      for (int at = MAX(in, 0); at < MIN(out, LENGTH); at++)
        there[at]++;
    }
    g_autofree CurveStep *curve = window_curve(stays, count, LENGTH, &steps);
    g_assert_cmpint(curve[0].at_ms, ==, 0);
    unsigned step = 0;
    for (int at = 0; at < LENGTH; at++) {
      if (step + 1 < steps && curve[step + 1].at_ms == at) {
        step++;
        g_assert_cmpint(curve[step].people, !=, curve[step - 1].people);
      }
      g_assert_cmpint(curve[step].people, ==, there[at]);
    }
    g_assert_true(step + 1 == steps || curve[step + 1].at_ms == LENGTH);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/window/cases", test_cases);
  g_test_add_func("/window/bounds", test_bounds);
  g_test_add_func("/window/curve", test_curve);
  return g_test_run();
}
