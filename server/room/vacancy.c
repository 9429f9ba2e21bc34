#include "room/vacancy.h"

#include <glib.h>

void vacancy_init(Vacancy *vacancy, int64_t now_ms) {
  *vacancy = (Vacancy){.since_ms = now_ms};
}

/* Whoever comes may turn up late, like somebody who waits alone: only a meeting that people left is
 * over at once. */
static int64_t due_ms(const Vacancy *vacancy, const VacancyRules *rules, int64_t planned_end_ms) {
  bool left = vacancy->people == 0 && vacancy->came;
  return MAX(planned_end_ms, vacancy->since_ms + (left ? 0 : rules->alone_ms));
}

VacancyStep vacancy_judge(Vacancy *vacancy, const VacancyRules *rules, unsigned people,
                          int64_t planned_end_ms, int64_t now_ms) {
  people = MIN(people, 2);
  bool more = people > vacancy->people;
  if (people != vacancy->people)
    vacancy->since_ms = now_ms;
  vacancy->people = people;
  vacancy->came |= people > 0;
  bool warned = vacancy->end_at_ms != 0;
  /* The one who was warned and then left changes nothing about the end. */
  bool due = rules->on && people < 2 &&
             (warned ? !more && now_ms >= planned_end_ms
                     : now_ms >= due_ms(vacancy, rules, planned_end_ms));
  if (!due) {
    vacancy->end_at_ms = 0;
    return warned ? VACANCY_CALL_OFF : VACANCY_STAYS;
  }
  if (warned)
    return now_ms >= vacancy->end_at_ms ? VACANCY_END : VACANCY_STAYS;
  vacancy->end_at_ms = now_ms + rules->warning_ms;
  return VACANCY_WARN;
}

bool vacancy_stay(Vacancy *vacancy, int64_t now_ms) {
  bool warned = vacancy->end_at_ms != 0;
  vacancy->since_ms = now_ms;
  vacancy->end_at_ms = 0;
  return warned;
}
