#include "model/calendar.h"

#include <stdlib.h>

#define DAY_1970 719163 /* 1970-01-01 as GDate counts */
#define DAY_SECONDS INT64_C(86400)
#define SECOND_MS 1000

/* So many more months lead out of every calendar, and stay within what GDate can count. */
#define MONTHS_MOST 12000

struct Calendar {
  Day first, last;
  bool is_working[]; /* of first, first + 1, … last */
};

/* Not G_DEFINE_QUARK, which keeps the number in a variable without a lock. */
GQuark calendar_error_quark(void) {
  return g_quark_from_static_string("yishi-calendar-error-quark");
}

bool day_parse(const char *text, Day *day) {
  static const char form[] = "dddd-dd-dd";
  for (unsigned i = 0; i < sizeof form; i++)
    if (form[i] == 'd' ? !g_ascii_isdigit(text[i]) : text[i] != form[i])
      return false;
  int year = atoi(text), month = atoi(text + 5), of_month = atoi(text + 8);
  if (year < 1900 || year > 2200 || month < 1 || month > 12 || of_month < 1 ||
      !g_date_valid_dmy((GDateDay)of_month, (GDateMonth)month, (GDateYear)year))
    return false;
  if (day) {
    GDate date;
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)of_month, (GDateMonth)month, (GDateYear)year);
    *day = (Day)g_date_get_julian(&date);
  }
  return true;
}

static GDate date_of(Day day) {
  GDate date;
  g_assert(day > 0);
  g_date_clear(&date, 1);
  g_date_set_julian(&date, (guint32)day);
  return date;
}

void day_format(Day day, char text[DAY_TEXT_BYTES]) {
  GDate date = date_of(day);
  g_snprintf(text, DAY_TEXT_BYTES, "%04d-%02d-%02d", g_date_get_year(&date),
             g_date_get_month(&date), g_date_get_day(&date));
}

Day day_add_months(Day day, int months) {
  GDate date = date_of(day);
  if (months < 0)
    g_date_subtract_months(&date, (guint)MIN(-(int64_t)months, MONTHS_MOST));
  else
    g_date_add_months(&date, (guint)MIN(months, MONTHS_MOST));
  return (Day)g_date_get_julian(&date);
}

static int64_t floor_div(int64_t number, int64_t by) {
  return number / by - (number % by < 0);
}

static Day day_of_second(int64_t second, GTimeZone *zone) {
  int interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, second);
  return (Day)(floor_div(second + g_time_zone_get_offset(zone, interval), DAY_SECONDS) + DAY_1970);
}

Day day_of_ms(int64_t at_ms, GTimeZone *zone) {
  return day_of_second(floor_div(at_ms, SECOND_MS), zone);
}

/* The second at which the day changes is searched for, not composed from a date and 24:00: some
 * zones change their clocks at midnight, so that 00:00 or 23:59 is missing or comes twice that day.
 * No offset is as large as a day. */
int64_t day_end_ms(Day day, GTimeZone *zone) {
  int64_t of_day = (day - DAY_1970) * DAY_SECONDS - DAY_SECONDS; /* not after it yet */
  int64_t after = of_day + 3 * DAY_SECONDS;
  while (after - of_day > 1) {
    int64_t middle = of_day + (after - of_day) / 2;
    if (day_of_second(middle, zone) <= day)
      of_day = middle;
    else
      after = middle;
  }
  return after * SECOND_MS - 1;
}

static bool refuse(const Calendar *calendar, Day day, GError **error) {
  if (!calendar) {
    g_set_error_literal(error, CALENDAR_ERROR, CALENDAR_NOT_LOADED,
                        "no year of the calendar is loaded");
    return false;
  }
  char first[DAY_TEXT_BYTES], last[DAY_TEXT_BYTES], wanted[DAY_TEXT_BYTES];
  day_format(calendar->first, first);
  day_format(calendar->last, last);
  day_format(MAX(day, 1), wanted);
  g_set_error(error, CALENDAR_ERROR, CALENDAR_NOT_LOADED,
              "the calendar is loaded from %s to %s, it does not know whether %s is a working day",
              first, last, wanted);
  return false;
}

static bool bad_row(Day day, GError **error) {
  char text[DAY_TEXT_BYTES];
  day_format(MAX(day, 1), text);
  g_set_error(error, CALENDAR_ERROR, CALENDAR_BAD_ROWS,
              "%s stands in the calendar twice, or is not of its years", text);
  return false;
}

static bool add_rows(Calendar *calendar, const CalendarDay *rows, size_t count, GError **error) {
  g_autofree bool *is_set = g_new0(bool, (size_t)(calendar->last - calendar->first) + 1);
  for (size_t i = 0; i < count; i++) {
    Day day = rows[i].day;
    if (day < calendar->first || day > calendar->last || is_set[day - calendar->first])
      return bad_row(day, error);
    is_set[day - calendar->first] = true;
    calendar->is_working[day - calendar->first] = rows[i].is_work;
  }
  return true;
}

Calendar *calendar_new(Day first, Day last, const CalendarDay *rows, size_t count, GError **error) {
  g_assert(first > 0 && first <= last);
  g_autoptr(Calendar) calendar =
      g_malloc0(sizeof(Calendar) + ((size_t)(last - first) + 1) * sizeof(bool));
  calendar->first = first;
  calendar->last = last;
  for (Day day = first; day <= last; day++)
    calendar->is_working[day - first] = (day - 1) % 7 < 5; /* 0001-01-01 is a Monday */
  return add_rows(calendar, rows, count, error) ? g_steal_pointer(&calendar) : NULL;
}

void calendar_free(Calendar *calendar) {
  g_free(calendar);
}

bool calendar_is_working(const Calendar *calendar, Day day, bool *is_working, GError **error) {
  if (!calendar || day < calendar->first || day > calendar->last)
    return refuse(calendar, day, error);
  *is_working = calendar->is_working[day - calendar->first];
  return true;
}

bool calendar_after(const Calendar *calendar, Day day, unsigned n, Day *working, GError **error) {
  unsigned left = MAX(n, 1);
  for (Day at = n > 0 ? day + 1 : day;; at++) {
    bool is_working;
    if (!calendar_is_working(calendar, at, &is_working, error))
      return false;
    if (is_working && --left == 0) {
      *working = at;
      return true;
    }
  }
}

bool calendar_on_or_after(const Calendar *calendar, Day day, Day *working, GError **error) {
  return calendar_after(calendar, day, 0, working, error);
}

bool calendar_on_or_before(const Calendar *calendar, Day day, unsigned n, Day first, Day *working,
                           GError **error) {
  for (; day > first; day--) {
    bool is_working;
    if (!calendar_is_working(calendar, day, &is_working, error))
      return false;
    if (is_working && --n == 0)
      break;
  }
  *working = MAX(day, first);
  return true;
}

bool calendar_months_after(const Calendar *calendar, Day day, unsigned n, Day *working,
                           GError **error) {
  return calendar_on_or_after(calendar, day_add_months(day, (int)MIN(n, MONTHS_MOST)), working,
                              error);
}

bool calendar_working_days(const Calendar *calendar, Day from, Day to, int *count, GError **error) {
  int between = 0;
  for (Day day = MIN(from, to) + 1; day <= MAX(from, to); day++) {
    bool is_working;
    if (!calendar_is_working(calendar, day, &is_working, error))
      return false;
    between += is_working;
  }
  *count = from <= to ? between : -between;
  return true;
}
