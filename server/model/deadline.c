#include "model/deadline.h"

#include <stdlib.h>

#define HOUR_MS INT64_C(3600000)

/* So many more hours or days lead out of every calendar. */
#define COUNT_MOST 1000000

/* Working days within which the colours begin. */
#define ORANGE_DAYS 1
#define YELLOW_DAYS 5

/* Not G_DEFINE_QUARK, which keeps the number in a variable without a lock. */
GQuark deadline_error_quark(void) {
  return g_quark_from_static_string("yishi-deadline-error-quark");
}

static bool fail(GError **error, DeadlineError code, const char *why) {
  g_set_error_literal(error, DEADLINE_ERROR, code, why);
  return false;
}

static bool due_day(Span limit, const Calendar *calendar, Day start, Day *due, GError **error) {
  switch (limit.unit) {
  case SPAN_WORKING_DAYS:
    return calendar_after(calendar, start, limit.count, due, error);
  case SPAN_MONTHS:
    return calendar_months_after(calendar, start, limit.count, due, error);
  default:
    return calendar_on_or_after(calendar, start + (Day)MIN(limit.count, COUNT_MOST), due, error);
  }
}

bool deadline_due(Span limit, const Calendar *calendar, GTimeZone *zone, int64_t start_ms,
                  int64_t *due_ms, GError **error) {
  if (limit.unit == SPAN_HOURS) {
    *due_ms = start_ms + MIN(limit.count, COUNT_MOST) * HOUR_MS;
    return true;
  }
  Day due;
  if (!due_day(limit, calendar, day_of_ms(start_ms, zone), &due, error))
    return false;
  *due_ms = day_end_ms(due, zone);
  return true;
}

bool deadline_start(Deadline *deadline, const DeadlineRule *rule, const Calendar *calendar,
                    GTimeZone *zone, int64_t start_ms, GError **error) {
  int64_t due_ms;
  if (!deadline_due(rule->limit, calendar, zone, start_ms, &due_ms, error))
    return false;
  *deadline = (Deadline){.start_ms = start_ms, .due_ms = due_ms};
  return true;
}

bool deadline_pause(Deadline *deadline, const DeadlineRule *rule, int64_t at_ms, GError **error) {
  if (!rule->is_pausable)
    return fail(error, DEADLINE_NOT_PAUSABLE, "the rule of this deadline knows no pause");
  if (deadline->paused_since_ms)
    return fail(error, DEADLINE_PAUSED, "the deadline is paused already");
  deadline->paused_since_ms = MAX(at_ms, deadline->start_ms);
  return true;
}

/* The day on which it is due after a pause. The day before it was paused is moved to a working day
 * first: it may have become one that is off. */
static bool day_after_pause(SpanUnit unit, const Calendar *calendar, Day since, Day until, Day *due,
                            GError **error) {
  int left;
  if (unit != SPAN_WORKING_DAYS)
    return calendar_on_or_after(calendar, *due + (until - since), due, error);
  return calendar_on_or_after(calendar, *due, due, error) &&
         calendar_working_days(calendar, since, *due, &left, error) &&
         calendar_after(calendar, until, (unsigned)left, due, error);
}

static bool due_after_pause(const Deadline *deadline, SpanUnit unit, const Calendar *calendar,
                            GTimeZone *zone, int64_t until_ms, int64_t *due_ms, GError **error) {
  int64_t since_ms = deadline->paused_since_ms;
  *due_ms = deadline->due_ms;
  if (since_ms > deadline->due_ms)
    return true;
  if (unit == SPAN_HOURS) {
    *due_ms += until_ms - since_ms;
    return true;
  }
  Day since = day_of_ms(since_ms, zone), until = day_of_ms(until_ms, zone);
  Day due = day_of_ms(deadline->due_ms, zone);
  if (!day_after_pause(unit, calendar, since, until, &due, error))
    return false;
  *due_ms = day_end_ms(due, zone);
  return true;
}

bool deadline_resume(Deadline *deadline, const DeadlineRule *rule, const Calendar *calendar,
                     GTimeZone *zone, int64_t at_ms, GError **error) {
  int64_t until_ms = MAX(at_ms, deadline->paused_since_ms); /* the clock may have been set back */
  int64_t due_ms;
  if (!deadline->paused_since_ms)
    return fail(error, DEADLINE_NOT_PAUSED, "the deadline is not paused");
  if (!due_after_pause(deadline, rule->limit.unit, calendar, zone, until_ms, &due_ms, error))
    return false;
  deadline->due_ms = due_ms;
  deadline->paused_ms += until_ms - deadline->paused_since_ms;
  deadline->paused_since_ms = 0;
  return true;
}

bool deadline_extend(Deadline *deadline, const Calendar *calendar, GTimeZone *zone, Day to,
                     Span most, GError **error) {
  int64_t most_ms;
  if (!calendar_on_or_after(calendar, to, &to, error) ||
      !deadline_due(most, calendar, zone, deadline->start_ms, &most_ms, error))
    return false;
  int64_t due_ms = day_end_ms(to, zone);
  if (due_ms <= deadline->due_ms)
    return fail(error, DEADLINE_NOT_LATER, "an extension must end later than the deadline does");
  if (due_ms > most_ms)
    return fail(error, DEADLINE_TOO_FAR, "an extension may not reach so far from the start");
  deadline->due_ms = due_ms;
  return true;
}

/* Working days after `from` up to and with `due`, or YELLOW_DAYS + 1 for all that are more: so the
 * colour needs only the days shortly before the end. */
static bool days_left(const Calendar *calendar, Day from, Day due, unsigned *left, GError **error) {
  *left = 0;
  for (Day day = due; day > from && *left <= YELLOW_DAYS; day--) {
    bool is_working;
    if (!calendar_is_working(calendar, day, &is_working, error))
      return false;
    *left += is_working;
  }
  return true;
}

bool deadline_colour(const Deadline *deadline, const Calendar *calendar, GTimeZone *zone,
                     int64_t at_ms, DeadlineColour *colour, GError **error) {
  int64_t now_ms = deadline->paused_since_ms ? deadline->paused_since_ms : at_ms;
  int64_t left_ms = deadline->due_ms - now_ms;
  int64_t passed_ms = now_ms - deadline->start_ms - deadline->paused_ms;
  *colour = left_ms < 0 ? COLOUR_RED : COLOUR_NONE;
  if (left_ms < 0 || left_ms > passed_ms)
    return true;
  unsigned left;
  if (!days_left(calendar, day_of_ms(now_ms, zone), day_of_ms(deadline->due_ms, zone), &left,
                 error))
    return false;
  *colour = left <= ORANGE_DAYS ? COLOUR_ORANGE : left <= YELLOW_DAYS ? COLOUR_YELLOW : COLOUR_NONE;
  return true;
}

/* From when on at most so many working days are left, the last one counted. What lies before the
 * start is of no use to a limit, here and to its warnings, and its year may not be loaded. */
static bool turn_ms(const Deadline *deadline, const Calendar *calendar, GTimeZone *zone,
                    unsigned days, int64_t *at_ms, GError **error) {
  Day start = day_of_ms(deadline->start_ms, zone), due = day_of_ms(deadline->due_ms, zone), from;
  if (!calendar_on_or_before(calendar, due, days + 1, start, &from, error))
    return false;
  *at_ms = day_end_ms(from - 1, zone) + 1;
  return true;
}

bool deadline_turns(const Deadline *deadline, const Calendar *calendar, GTimeZone *zone,
                    int64_t *yellow_ms, int64_t *orange_ms, GError **error) {
  int64_t began_ms = deadline->start_ms + deadline->paused_ms;
  int64_t half_ms = began_ms + (deadline->due_ms - began_ms + 1) / 2;
  if (!turn_ms(deadline, calendar, zone, YELLOW_DAYS, yellow_ms, error) ||
      !turn_ms(deadline, calendar, zone, ORANGE_DAYS, orange_ms, error))
    return false;
  *yellow_ms = MAX(*yellow_ms, half_ms);
  *orange_ms = MAX(*orange_ms, half_ms);
  return true;
}

static bool warn_day(Span before, const Calendar *calendar, Day start, Day due, Day *day,
                     GError **error) {
  int count = (int)MIN(before.count, COUNT_MOST);
  switch (before.unit) {
  case SPAN_WORKING_DAYS:
    return count == 0 ? calendar_on_or_before(calendar, due, 1, start, day, error)
                      : calendar_on_or_before(calendar, due - 1, before.count, start, day, error);
  case SPAN_MONTHS:
    return calendar_on_or_before(calendar, day_add_months(due, -count), 1, start, day, error);
  default:
    return calendar_on_or_before(calendar, due - count, 1, start, day, error);
  }
}

static bool warn_time(Span before, const Deadline *deadline, const Calendar *calendar,
                      GTimeZone *zone, int64_t *at_ms, GError **error) {
  if (before.unit == SPAN_HOURS) {
    *at_ms = deadline->due_ms - MIN(before.count, COUNT_MOST) * HOUR_MS;
    return true;
  }
  Day day;
  if (!warn_day(before, calendar, day_of_ms(deadline->start_ms, zone),
                day_of_ms(deadline->due_ms, zone), &day, error))
    return false;
  *at_ms = day_end_ms(day - 1, zone) + 1;
  return true;
}

static int compare_times(const void *a, const void *b) {
  int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
  return (left > right) - (left < right);
}

bool deadline_warnings(const Deadline *deadline, const DeadlineRule *rule, const Calendar *calendar,
                       GTimeZone *zone, int64_t at_ms[DEADLINE_WARNS], unsigned *count,
                       GError **error) {
  g_assert(rule->warn_count <= DEADLINE_WARNS);
  unsigned found = 0;
  for (unsigned i = 0; i < rule->warn_count && !deadline->paused_since_ms; i++) {
    int64_t *at = &at_ms[found];
    if (!warn_time(rule->warn[i], deadline, calendar, zone, at, error))
      return false;
    bool is_new = *at > deadline->start_ms;
    for (unsigned before = 0; before < found; before++)
      is_new = is_new && at_ms[before] != *at;
    found += is_new;
  }
  qsort(at_ms, found, sizeof *at_ms, compare_times);
  *count = found;
  return true;
}
