/* When a meeting ends by itself: its planned end has passed, and everybody left, or one person has
 * been alone for a while. Never before the planned end: an 8:30 sound check empties too.
 *
 *   stays ──planned end passed, nobody (or one, alone long enough)──▶ warned ──the warning's
 * time──▶ ends ▲                                                                │ └── somebody
 * came, the one there wants to stay, a later planned end ──┘
 *
 * Pure: the caller says who is there and what time it is (milliseconds UTC that never jump).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  bool on;            /* false: meetings end when somebody ends them */
  int64_t alone_ms;   /* for so long one person may be alone, or nobody have come yet */
  int64_t warning_ms; /* between the warning and the end */
} VacancyRules;

typedef struct {
  unsigned people;   /* different persons there, or away with their place kept; 2: two or more */
  bool came;         /* somebody was there since vacancy_init */
  int64_t since_ms;  /* since when there are so many, or the one there said that he stays */
  int64_t end_at_ms; /* when it ends, once warned; 0: not warned */
} Vacancy;

typedef enum {
  VACANCY_STAYS,
  VACANCY_WARN,     /* it will end at end_at_ms: say so */
  VACANCY_CALL_OFF, /* it will not, after all: say so */
  VACANCY_END,      /* end it; said again with every judgement until it has */
} VacancyStep;

/* A meeting that went live, or is found live at the server's start, at now_ms. */
void vacancy_init(Vacancy *vacancy, int64_t now_ms);
VacancyStep vacancy_judge(Vacancy *vacancy, const VacancyRules *rules, unsigned people,
                          int64_t planned_end_ms, int64_t now_ms);
/* Whoever is there wants it to go on, or it could not be ended: the time begins anew. True when
 * that calls a warning off. */
bool vacancy_stay(Vacancy *vacancy, int64_t now_ms);
