/* A table of evenings: who is there when, and when the meeting ends by itself. Minutes after the
 * opening; the plan ends at 60. */
#include "room/vacancy.h"

#include <glib.h>

#define MINUTE_MS INT64_C(60000)
#define PLANNED_END 60
#define NEVER (-1)

/* From this minute on so many are there; STAY: the one there says so; LATER: the planned end is
 * moved half an hour on. */
enum { STAY = -1, LATER = -2 };
typedef struct {
  int minute, people;
} Turn;

typedef struct {
  const char *name;
  Turn turns[8]; /* up to one with minute 0 behind the first */
  int warned[3]; /* minutes at which it is said that it will end */
  int off[2];    /* … that it will not, after all */
  int ends;      /* minute, or NEVER within 200 */
} Case;

static const Case cases[] = {
    {"everybody leaves at the end", {{0, 20}, {62, 0}}, {62}, {0}, 64},
    {"everybody leaves before the end: it waits for the plan", {{0, 20}, {40, 0}}, {60}, {0}, 62},
    {"a sound check empties, people come", {{0, 3}, {5, 0}, {30, 20}, {70, 0}}, {70}, {0}, 72},
    {"two stay on", {{0, 20}, {61, 2}}, {0}, {0}, NEVER},
    {"one is alone from 61 on", {{0, 20}, {61, 1}}, {71}, {0}, 73},
    {"one is alone from long before", {{0, 20}, {30, 1}}, {60}, {0}, 62},
    {"alone from shortly before the end", {{0, 20}, {55, 1}}, {65}, {0}, 67},
    {"the one warned leaves", {{0, 20}, {61, 1}, {72, 0}}, {71}, {0}, 73},
    {"somebody comes back in time", {{0, 20}, {61, 0}, {62, 5}, {90, 0}}, {61, 90}, {62}, 92},
    {"one comes back and is alone", {{0, 20}, {61, 0}, {62, 1}}, {61, 72}, {62}, 74},
    {"the one alone stays, once", {{0, 20}, {61, 1}, {72, STAY}}, {71, 82}, {72}, 84},
    {"the one alone stays before the warning", {{0, 20}, {61, 1}, {65, STAY}}, {75}, {0}, 77},
    {"somebody joins the one warned", {{0, 9}, {61, 1}, {72, 2}, {80, 1}}, {71, 90}, {72}, 92},
    {"the plan is moved while warned", {{0, 9}, {61, 0}, {62, LATER}}, {61, 90}, {62}, 92},
    {"the plan is moved before", {{0, 9}, {50, LATER}, {61, 0}}, {90}, {0}, 92},
    {"nobody ever came", {{0, 0}}, {60}, {0}, 62},
    {"a pause of an hour over the end", {{0, 9}, {30, 0}, {61, 9}, {120, 0}}, {60, 120}, {61}, 122},
};

static int64_t at(int minute) {
  return minute * MINUTE_MS + 1000000;
}

static void run(const Case *each) {
  static const VacancyRules rules = {true, 10 * MINUTE_MS, 2 * MINUTE_MS};
  Vacancy vacancy;
  unsigned turn = 0, warned = 0, off = 0;
  int people = 0, planned_end = PLANNED_END;
  vacancy_init(&vacancy, at(0));
  for (int minute = 0; minute < 200; minute++) {
    while (turn < G_N_ELEMENTS(each->turns) && each->turns[turn].minute == minute &&
           (turn == 0 || minute > 0)) {
      int now = each->turns[turn++].people;
      if (now >= 0)
        people = now;
      else if (now == LATER)
        planned_end += 30;
      else if (vacancy_stay(&vacancy, at(minute)))
        g_assert_cmpint(each->off[off++], ==, minute);
    }
    VacancyStep step =
        vacancy_judge(&vacancy, &rules, (unsigned)people, at(planned_end), at(minute));
    if (step == VACANCY_WARN) {
      g_assert_cmpuint(warned, <, G_N_ELEMENTS(each->warned));
      g_assert_cmpint(each->warned[warned++], ==, minute);
      g_assert_cmpint(vacancy.end_at_ms, ==, at(minute + 2));
    } else if (step == VACANCY_CALL_OFF) {
      g_assert_cmpuint(off, <, G_N_ELEMENTS(each->off));
      g_assert_cmpint(each->off[off++], ==, minute);
    } else if (step == VACANCY_END) {
      g_assert_cmpint(each->ends, ==, minute);
      g_assert_true(warned == G_N_ELEMENTS(each->warned) || each->warned[warned] == 0);
      g_assert_true(off == G_N_ELEMENTS(each->off) || each->off[off] == 0);
      return;
    }
  }
  g_assert_cmpint(each->ends, ==, NEVER);
}

static void test_cases(void) {
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("%s", cases[i].name);
    run(&cases[i]);
  }
}

/* Found live when the server starts, after its planned end: people may be on their way back. */
static void test_found(void) {
  static const VacancyRules rules = {true, 10 * MINUTE_MS, 2 * MINUTE_MS};
  Vacancy vacancy;
  vacancy_init(&vacancy, at(100));
  g_assert_cmpint(vacancy_judge(&vacancy, &rules, 0, at(60), at(109)), ==, VACANCY_STAYS);
  g_assert_cmpint(vacancy_judge(&vacancy, &rules, 0, at(60), at(110)), ==, VACANCY_WARN);
  g_assert_cmpint(vacancy_judge(&vacancy, &rules, 0, at(60), at(112)), ==, VACANCY_END);
  g_assert_cmpint(vacancy_judge(&vacancy, &rules, 0, at(60), at(113)), ==, VACANCY_END);
  g_assert_true(vacancy_stay(&vacancy, at(113))); /* it could not be written */
  g_assert_cmpint(vacancy_judge(&vacancy, &rules, 0, at(60), at(122)), ==, VACANCY_STAYS);
}

static void test_off(void) {
  static const VacancyRules rules = {false, 10 * MINUTE_MS, 2 * MINUTE_MS};
  Vacancy vacancy;
  vacancy_init(&vacancy, at(0));
  for (int minute = 0; minute < 1000; minute++)
    g_assert_cmpint(vacancy_judge(&vacancy, &rules, minute < 50, at(60), at(minute)), ==,
                    VACANCY_STAYS);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/vacancy/cases", test_cases);
  g_test_add_func("/vacancy/found", test_found);
  g_test_add_func("/vacancy/off", test_off);
  return g_test_run();
}
